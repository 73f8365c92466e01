# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC1091,SC2015,SC1010,SC2030,SC2031,SC2034,SC2153,SC2154
# endings.sh: what multiscan-pipe does with one message.  Read when the settings are.

# still_wanted: if the process that would report it was killed, the MTA has tried
# again already.  Nobody may have noticed its end yet: Z.
still_wanted() {
	kill -0 "${_end##* }" 2>/dev/null || return
	! { read -r stat <"/proc/${_end##* }/stat"; } 2>/dev/null || [ "${stat%') Z '*}" = "$stat" ]
}

# hand_on: message.new or message to the MTA behind us
hand_on() {
	still_wanted || not_now 'nobody waits for this any more'
	clean=1
	[ "$AT" = work ] && [ ! -e "$DIR/verdicts" ] || clean=0
	set -- -t "$TIMEOUT" -s "$NEXT_HOP" -w "${_end##* }"
	if [ -n "$TO" ]; then
		to=$(printf 'to=%s\n' "$TO" | "$BIN/record" -r -d to) || not_now 'record: failed'
		set -- "$@" -r "$to"
	fi
	[ $clean -eq 0 ] || set -- "$@" -u
	out=$("$BIN/reinject" "$@" "$DIR")
	if sent $? "$ID" "$out"; then discard; else refused_by_mta; fi
}

# The MTA behind us will never take it.  Where something was found it is not
# given to pipe(8) to bounce, since that would return the message as it came.
refused_by_mta() {
	if [ "$clean" -eq 0 ]; then refuse; return; fi
	word text "$out"
	decoded "$VALUE"
	rm_work
	trap - EXIT
	printf '%s: bounce %s\n' "$_end" "$DECODED"
	exit 69
}

# bounce: a notice of ours to the sender, if there is one who can be told
bounce() {
	read_envelope
	[ -n "$SENDER" ] || return 0
	if ! "$BIN/notice" -q "$DIR" >/dev/null; then
		echo "$ID: no notice to the sender: it is a program" >&2
		return 0
	fi
	from=$(plain "$SENDER") || not_now 'record: failed'
	text=$(said_by_policy) || not_now 'record: failed'
	if is_function bounce_text; then
		text=$(bounce_text) || not_now 'bounce_text: failed'
		printf '%s\n' "$text" | mail_out "bounce $from" "$from" -S 'Your message was not delivered'
	else
		printf '%s' "$FINDINGS" | mail_out "bounce $from" "$from" -d "$DIR" -i -T bounce \
			-l "$NOTICE_LANGS" text "$text" url "${ERROR_POINTER_URL-}"
	fi
	case $? in
	0) ;;
	1 | 64) echo "$ID: no notice to the sender: it is not taken" >&2 ;;
	2) echo "$ID: no notice to the sender: there was one a short while ago" >&2 ;;
	*) not_now 'the notice to the sender was not sent' ;;
	esac
}

# said_by_policy: the words that force_bounce was given, else those of the site
said_by_policy() {
	while read -r line; do
		word rule "$line"
		_rule=$VALUE
		case $line in
		*' do=refuse text='*) ;;
		*) continue ;;
		esac
		word text "$line"
		[ "$VALUE" = "$_rule" ] || { plain "$VALUE"; return; }
	done <"$DIR/action"
	printf '%s\n' "${DIAGNOSTIC_MSG-}"
}

# refuse: after the queue nobody can be told in the session any more
refuse() {
	load_policy
	. "$LIB/actions.sh"
	begin_message
	if is_heartbeat; then discard; return; fi
	if [ "$AT" = work ]; then stow_message; fi
	[ ! -e "$DIR/verdicts" ] || FINDINGS=$(cat "$DIR/verdicts") || not_now "$DIR/verdicts: cannot be read"
	bounce
}

finish() {
	trap - EXIT
	echo "$_end: done"
	exit 0
}

# discard: our copy goes, unless it is kept
discard() {
	[ "$AT" = quarantine ] || rm_work
}

# judged: multiscan's answer about DIR, in answer
judged() {
	answer=$(
		set -- -x "$DIR"
		OPTIND=1
		. "$BIN/multiscan"
	)
	status=$?
	[ $status -eq 0 ] && well_formed "$answer" || not_now "multiscan: exit $status"
	case $answer in
	*"$NL"*) not_now 'multiscan: more than one answer' ;;
	"id=$ID do="*' at='*) ;;
	*) not_now 'multiscan: its answer is not that of this message' ;;
	esac
}

# run ARGUMENT...: one message, from here to its end
run() {
	. "$LIB/front.sh"
	receive "$@"
	judged
	word to "$answer"
	TO=$VALUE
	word at "$answer"
	AT=$VALUE
	[ "$AT" = work ] || DIR=$QUARANTINE/$ID
	[ -f "$DIR/manifest" ] || not_now "$DIR: not there"
	word do "$answer"
	case $VALUE$AT in
	deliverwork | deliverquarantine) hand_on ;;
	holdquarantine) ;;
	refusework | refusequarantine) refuse ;;
	discardwork | discardquarantine) discard ;;
	*) not_now 'multiscan: no such answer' ;;
	esac
	finish
}
