# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2153,SC2154,SC2015,SC1010
# actions.sh: what happens to a message in which something was found, and what
# is told to people.  Not read for clean mail.

# carry_out: everything but the ending, then the record for the front:
#	id= do=deliver|hold|refuse|discard at=work|quarantine
carry_out() {
	load_policy
	if is_heartbeat; then heartbeat_goes; fi
	[ -z "$FORGED" ] || [ "$DO" != deliver ] || strip_forged
	[ "$DO" != retry ] || put_off "$RULE: not now"
	if [ "$CHANGED$DO" = 1deliver ]; then change_message; fi
	keep_verdicts
	log_findings
	at=work
	say_action "do=$DO"
	if [ "$WRITE" -eq 1 ]; then write_record_file; fi
	MAILED=0
	# Nobody would ever let go what is held of a heartbeat: the log has said it.
	if [ "$DO" = hold ] && is_heartbeat; then DO=discard; fi
	if [ "$KEEP" -eq 1 ] || [ "$DO" = hold ]; then
		stow_message
		at=quarantine
	fi
	[ $MAILED -eq 1 ] || send_mails
	case $DO$CHANGED in
	refuse*) words_of_refusal; how=" $CODED" ;;
	deliver1) how=" changed=yes$REDIRECT_WORD" ;;
	deliver0) how=$REDIRECT_WORD ;;
	*) how= ;;
	esac
	say_answer "do=$DO at=$at$how"
}

# is_heartbeat: is it multiscan-heartbeat's?  Of this machine, by what the MTA saw, and
# for nobody but its own agent, whose address no one else has.
is_heartbeat() {
	read_envelope
	case $CLIENT in
	127.* | ::1) ;;
	*) return 1 ;;
	esac
	[ "$RCPTS" = "$SENDER" ] && [ -r "$RELAY_CONF" ] || return 1
	while read -r _key _name _; do
		[ "$_key $SENDER" != "hostname heartbeat@$_name" ] || return 0
	done <"$RELAY_CONF"
	return 1
}

# heartbeat_goes: nobody is told of it or gets it, and nothing of it is kept
heartbeat_goes() {
	KEEP=0 MAILS='' NOTIFY_TO=''
	if [ "$DO" = deliver ] && [ -n "$REDIRECT" ]; then DO=discard; fi
	REDIRECT=''
}

# words_of_refusal: what the client is told in the session, in CODED
words_of_refusal() {
	finding=${REFUSED%%"$NL"*}
	finding_words
	describe
	text=$REFUSE_TEXT
	if [ -z "$text" ] && is_function refuse_text; then
		text=$(refuse_text) || not_now 'refuse_text: failed'
	fi
	coded text "$(printf '%.400s' "${text:-$NAME: $WHAT; reference $ID}")"
}

# put_off TEXT: not now; what was found is logged all the same, since each try may end so
put_off() {
	case $_mode in
	carry_out | receive) DO=retry; log_findings ;;
	esac
	not_now "$1"
}

# strip_forged: fields that look as if we had written them; ours come with a mark
strip_forged() {
	RULE=multiscan
	coded part 0 do strip with "$MARK_FIELD"
	say_change "$CODED"
	say_action do=strip
	FORGED=
}

keep_verdicts() {
	rm -f "$DIR/said" || not_now "$DIR/said: cannot be removed"
	printf '%s' "$FINDINGS" >"$DIR/verdicts" || not_now "$DIR/verdicts: cannot be written"
	[ -z "$REDIRECT" ] || { coded to "$REDIRECT"; REDIRECT_WORD=" $CODED"; }
}

# change_message: message.new, and once more the checks: what leaves has been
# scanned, as it leaves.
change_message() {
	answer=$("$BIN/mimejoin" "$DIR")
	status=$?
	[ "$status" -eq 0 ] && [ "$answer" = "check=mimejoin id=$ID parts=$PARTS" ] &&
		[ -f "$DIR/message.new" ] || put_off "mimejoin: exit $status"
	found=$(judge_again) || put_off 'the changed message could not be judged'
	rm -rf "$DIR/again"
	finding_keys "$FINDINGS"
	IFS=$NL
	for finding in $found; do
		unset IFS
		finding_key "$finding"
		case "$NL$REMOVED" in
		*"$NL$KEY$NL"*) still_found; return ;;
		esac
		case "$NL$KEYS" in
		*"$NL$KEY$NL"*) ;;
		*) still_found; return ;;
		esac
	done
	unset IFS
}

still_found() {
	RULE=multiscan DO=hold HELD=': what was taken out is still found in the changed message'
	say_action "do=hold text=still%20found%20in%20the%20changed%20message"
}

# What is found in message.new, in a shell of its own: by whom and to whom it is, some
# entries of conversions and of the allow list ask.
judge_again() {
	read_envelope
	set -- ${CHANNEL:+-g "$CHANNEL"}
	for key in from:f client:a host:H user:u; do
		word "${key%:*}" "$ENVELOPE" || continue
		value=$(plain "$VALUE") || exit 75
		set -- "$@" "-${key#*:}" "$value"
	done
	# shellcheck disable=SC2086
	[ -z "$RCPTS" ] || value=$(printf 'to=%s\n' $RCPTS | "$BIN/record" -r -d to) || exit 75
	IFS=$NL
	for to in ${RCPTS:+$value}; do set -- "$@" -r "$to"; done
	unset IFS
	finding_keys "$FINDINGS"
	LEFT=
	[ -z "$APPLY" ] || left_in
	new=$DIR/message.new DIR=$DIR/again SPLIT=
	split_message "$@" <"$new"
	begin_message
	av_scan
	# shellcheck disable=SC2086
	suffix_scan $SUFFIXES
	[ -z "$APPLY" ] || without_passed
	printf '%s' "$FINDINGS"
}

# finding_keys RECORDS: the key of each, a line each, in KEYS
finding_keys() {
	KEYS=
	IFS=$NL
	for finding in $1; do
		unset IFS
		finding_key "$finding"
		KEYS="$KEYS$KEY$NL"
	done
	unset IFS
}

# log_findings: a line for each finding, with what was done, for each that is ignored,
# and of a message in which nothing was found where the site wants that
log_findings() {
	load_policy
	read_envelope
	common_words
	[ -z "$FINDINGS$IGNORED" ] || said_of_parts
	lines=$(
		FOUND=$FINDINGS
		each log_line
		FOUND=$IGNORED
		each log_ignored
		[ -n "$FINDINGS" ] || [ "${LOG_CLEAN-}" != 1 ] || log_clean
	)
	[ -z "$lines" ] || log_lines "$lines"
}

# common_words: what every line of a message ends in, in _common: to= is last, and of
# many recipients there are as many as may stand in a line
common_words() {
	_common='' _to='' _recipients=0
	for w in $first $ENVELOPE; do
		case $w in
		queue=* | client=* | from=* | msgid=*)
			[ ${#w} -le 2000 ] || w=cut=${w%%=*}
			_common="$_common $w"
			;;
		to=*)
			_recipients=$((_recipients + 1))
			[ $_recipients -le 20 ] && [ ${#w} -le 1000 ] || continue
			_to="$_to $w"
			;;
		esac
	done
	_common=$_common$_to
	# shellcheck disable=SC2086
	set -- $_to
	[ $# -eq $_recipients ] || _common="$_common cut=to"
	! is_heartbeat || _common="$_common heartbeat=sent"
}

# log_lines RECORDS: a line each; a log that fails stops no mail
log_lines() {
	lines=$1
	set -- -T "$LOG_TAG"
	[ "${LOG_FORMAT-}" != json ] || set -- "$@" -j
	if [ -n "${LOG_FILE-}" ]; then
		set -- "$@" -o "$LOG_FILE"
	elif [ -n "${LOG_SERVER-}" ]; then
		set -- "$@" -s "$LOG_SERVER"
	fi
	[ -z "$LOG_FALLBACK" ] || set -- "$@" -F "$LOG_FALLBACK"
	printf '%s\n' "$lines" | "$BIN/virlog" "$@" && return
	[ -z "$LOG_FALLBACK" ] || ! printf '%s\n' "$lines" | "$BIN/virlog" -o "$LOG_FALLBACK" ||
		return 0
	say_lines
}

# say_lines: to standard error, a bounded part of $lines
say_lines() {
	set --
	IFS=$NL
	# shellcheck disable=SC2086
	set -- $lines
	unset IFS
	_more=$#
	printf '%s: virlog failed, not logged (%s in all):\n' "${0##*/}" $# >&2
	while [ $# -gt 0 ] && [ $_more -lt $(($# + 5)) ]; do
		printf '%s: %.1000s\n' "${0##*/}" "$1" >&2
		shift
	done
	[ $# -eq 0 ] || printf '%s: and %s more\n' "${0##*/}" $# >&2
}

# said_of_parts: in _said_N, of each part that is about to be logged, what the manifest
# says of it: its size and its first name
said_of_parts() {
	wanted=
	IFS=$NL
	for line in $FINDINGS $IGNORED; do
		line=${line#*part=} line=${line%% *}
		case "|$wanted|$line" in
		*[!0-9\|]* | *"|$line|"*) continue ;;
		esac
		wanted="$wanted${wanted:+|}$line"
		eval "_said_$line="
	done
	# No record has a ! in it.
	for line in $(printf '%s\n' "/^part=($wanted) /!d" 's/ name=([^ ]*).*/!\1/' \
	    's/^part=([0-9]*) [^!]*( size=[0-9]*)[^!]*/\1\2/' 's/!/ name=/' |
	    sed -E -f /dev/stdin "$DIR/manifest"); do
		eval "_said_${line%% *}=\${line#* }"
	done
	unset IFS
}

# log_words FINDING ACTION: a record of these words, of what FINDING does not say of its
# part, and of what every line has; what would make it too long is left out
log_words() {
	more=
	case $PART in
	'' | *[!0-9]*) said= ;;
	*) eval "said=\${_said_$PART-}" ;;
	esac
	for w in $said; do
		case " $1 " in
		*" ${w%%=*}="* | *" cut=${w%%=*} "*) ;;
		*) more="$more $w" ;;
		esac
	done
	line="id=$ID"
	for w in $1 $more $2; do
		if [ ${#w} -gt 2000 ] || [ ${#line} -gt 30000 ]; then w=cut=${w%%=*}; fi
		line="$line $w"
	done
	echo "$line$_common"
}
log_line() {
	how=
	for a in $ACTED; do
		case $a in
		"$NUMBER:"*) a=${a#*:}; how="$how do=${a%%:*} rule=${a#*:}" ;;
		esac
	done
	[ "$DO" != retry ] || how="do=retry rule=$RULE"
	log_words "$finding" "$how"
}
# Numbered behind the findings, whose numbers they leave as they are.
log_ignored() {
	N=$((N + 1))
	log_words "n=$N $finding" "do=pass rule=ignore"
}
log_clean() {
	PART=none
	log_words "clean=yes n=0 parts=$PARTS" ""
}

# write_record_file: RECORD_DIR/VirusScan-ID
write_record_file() {
	file=$RECORD_DIR/VirusScan-$ID
	cat "$DIR/envelope" "$DIR/manifest" "$DIR/verdicts" "$DIR/action" >"$file.tmp" &&
		mv -f "$file.tmp" "$file" ||
		not_now "$file: cannot be written"
}

# stow_message: to the quarantine; DIR is its new place.  Where it is there
# already, this is one more try, and who was to be told was told.
stow_message() {
	[ ! -e "$QUARANTINE/$ID/manifest" ] || was_this_try
	answer=$("$BIN/stow" "$DIR" "$QUARANTINE")
	status=$?
	[ "$status" -eq 0 ] && [ "$answer" = "check=stow id=$ID parts=$PARTS" ] &&
		[ -f "$QUARANTINE/$ID/manifest" ] && [ -f "$QUARANTINE/$ID/message" ] ||
		not_now "stow: exit $status"
	DIR=$QUARANTINE/$ID
}

# was_this_try: is what is there an earlier try of this message, about which people were
# told?  With the milter an id is that of all such messages from one client.
was_this_try() {
	[ -n "$(find "$QUARANTINE/$ID/manifest" -mtime -5 2>/dev/null)" ] || return 0
	grep -qs ' do=release' "$QUARANTINE/$ID/action" || MAILED=1
}

# send_mails: those that a policy asked for, and what NOTIFY_TO is told.  By now all
# else is done, so one that fails is only said.
send_mails() {
	if [ -n "${NOTIFY_TO-}" ]; then
		finding=${FINDINGS%%"$NL"*}
		finding_key "$finding"
		printf '%s' "$FINDINGS" | mail_out "operator $NOTIFY_TO $KEY" "$NOTIFY_TO" -A \
			-d "$DIR" -i -T operator -l "$NOTICE_LANGS" "do" "$DO" rule "$RULE"
		was_it_sent $?
	fi
	IFS=$NL
	for mail in $MAILS; do
		unset IFS
		case $mail in
		to=*' do=held'*)
			# it would not be true
			if [ "$DO" = hold ]; then mail_to_recipient; else say_action "${mail%% *} do=not_told"; fi
			;;
		*) mail_of_policy ;;
		esac
	done
	unset IFS
}

# was_it_sent STATUS
was_it_sent() {
	case $1 in
	0) ;;
	2) echo "$ID: no notice: there was one a short while ago" >&2 ;;
	*) printf '%s: %s: a notice was not sent\n' "${0##*/}" "$ID" >&2 ;;
	esac
}

# mail_of_policy: what send_email asked for
mail_of_policy() {
	for key in to subject text rule; do
		word "$key" "$mail"
		value=$(plain "$VALUE") || not_now 'record: failed'
		case $key in
		to) to=$value ;;
		subject) subject=$value ;;
		text) text=$value ;;
		esac
	done
	printf '%s\n' "$text" | mail_out "send_email $VALUE $to" "$to" -S "$subject"
	was_it_sent $?
}

# mail_to_recipient: a message for him is kept here
mail_to_recipient() {
	word to "$mail"
	to=$(plain "$VALUE") || not_now 'record: failed'
	printf '%s' "$FINDINGS" | mail_out "held $SENDER $to" "$to" -A -d "$DIR" -i -T held \
		-l "$NOTICE_LANGS" to "$to" days "${QUARANTINE_AGE-}" \
		text "${DIAGNOSTIC_MSG-}" url "${ERROR_POINTER_URL-}"
	told=$?
	[ $told -eq 0 ] || say_action "do=not_told to=$VALUE"
	was_it_sent $told
}

# plain VALUE: what a coded value says, its bytes as they are
plain() { printf 'text=%s\n' "$1" | "$BIN/record" -r -d text; }

# mail_out CAUSE TO OPTION...: notice's mail, from its standard input, through the MTA
# behind us, at most one a minute for a cause.  1: it will never take it, 2: there was
# one a short while ago, 64: nobody can be written to there
mail_out() (
	_notice=$(mktemp -d "$WORK/notice.XXXXXX") && [ -d "$_notice" ] || exit 75
	_cause=$1 _to=$2 _state=$NOTICE_STATE
	case $_cause in
	operator*) _state=$_state.operator ;;
	esac
	readonly _notice _cause _state
	shift 2
	trap 'rm -rf "$_notice"' EXIT
	[ -z "$NOTICE_STATE" ] || set -- -o "$_state" -c "$_cause" "$@"
	"$BIN/notice" -f "$NOTIFY_FROM" -r "$_to" "$@" >"$_notice/mail"
	case $? in
	0) ;;
	1) exit 2 ;;
	64) exit 64 ;;
	*) exit 75 ;;
	esac
	# what was not sent does not count
	[ -z "$NOTICE_STATE" ] ||
		trap 'rm -rf "$_notice"; "$BIN/notice" -u -o "$_state" -c "$_cause"' EXIT
	DIR=$_notice/message SPLIT=
	split_message -f '' -r "$_to" <"$_notice/mail"
	word id "$SPLIT"
	out=$("$BIN/reinject" -t "$TIMEOUT" -s "$NEXT_HOP" "$DIR")
	sent $? "$VALUE" "$out" || exit
	trap 'rm -rf "$_notice"' EXIT
)

# --- by hand: nothing happens, all is told -----------------------------------

# open_scratch: a folder for the time of the run, and an engine if there is none
open_scratch() {
	load_policy
	_scratch=$(mktemp -d "${TMPDIR:-/tmp}/multiscan.XXXXXX") && [ -d "$_scratch" ] ||
		not_now 'mktemp: failed'
	readonly _scratch
	_engine_pid=
	trap 'close_scratch; exit 75' EXIT
	[ -n "$ENGINES${MULTISCAN_SOCKET-}" ] || [ -e /run/multiscan/avscand.sock ] || own_engine
}

close_scratch() {
	trap - EXIT
	[ -z "$_engine_pid" ] || kill "$_engine_pid" 2>/dev/null
	rm -rf "$_scratch"
}

# own_engine: one avscand for all that is judged by hand: the signatures are
# loaded once.  Without any of the site's, those that came with the program; where the
# site has some that are not fit, none.
own_engine() {
	for set in "" "${BIN%bin}share/multiscan/signatures"; do
		[ -z "$set" ] || echo "${0##*/}: $set: test signatures only" >&2
		"$BIN/avscand" -w 1 -T "$_scratch" -l "unix:$_scratch/engine" ${set:+-D "$set"} \
			>"$_scratch/log" 2>&1 </dev/null &
		_engine_pid=$!
		while kill -0 $_engine_pid 2>/dev/null; do
			if [ -S "$_scratch/engine" ]; then
				OWN_ENGINE=unix:$_scratch/engine
				return
			fi
			sleep 0.05
		done
		grep -q ': no signatures: ' "$_scratch/log" || break
	done
	cat "$_scratch/log" >&2
	not_now 'no engine: start avscand, or see avscan(1)'
}

# by_hand: one message on standard input
by_hand() {
	open_scratch
	DIR=${_keep:-$_scratch/message}
	split_message ${_channel:+-g "$_channel"}
	judge
	try_change
	keep_verdicts
	explain
	close_scratch
	[ -z "$FINDINGS" ] || exit 1
	exit 0
}

# try_change: as carry_out would
try_change() {
	[ -z "$FORGED" ] || [ "$DO" != deliver ] || strip_forged
	if [ "$CHANGED$DO" = 1deliver ]; then change_message; fi
}

# explain: what was found, by which rule, and what would happen
explain() {
	[ "$DO$RULE" = holdmultiscan ] || HELD=
	say "message $ID, $PARTS parts"
	FOUND=$FINDINGS
	each explain_one
	how=
	[ "$CHANGED" -eq 0 ] || how=', changed as said'
	[ "$KEEP" -eq 0 ] || how="$how, the original kept in quarantine"
	[ -n "$FINDINGS" ] || how=', untouched'
	[ -z "$REDIRECT" ] || { decoded "${REDIRECT_WORD# to=}"; how=" to $DECODED$how"; }
	case $DO in
	deliver) say "would deliver it$how" ;;
	hold) say "would hold it in quarantine, by $RULE$HELD" ;;
	*) say "would $DO it, by $RULE" ;;
	esac
}
explain_one() {
	describe
	say "part $PART ($NAME): $VERDICT: $WHAT"
	for a in $ACTED; do
		case $a in
		"$NUMBER:"*) a=${a#*:}; say "	by ${a#*:}: ${a%%:*}" ;;
		esac
	done
}

# judge_spool FILE...: each message a line, then a total
judge_spool() {
	open_scratch
	total=0 with=0 failed=0
	for place in "$@"; do
		if [ -d "$place" ]; then judge_folder "$place"; else judge_file "$place"; fi
	done
	say "$total messages: $with with findings, $failed not judged"
	close_scratch
	[ "$failed" -eq 0 ] || exit 75
	[ "$with" -eq 0 ] || exit 1
	exit 0
}

# judge_folder DIR: all in it, and in the folders in it; of a Maildir cur, new
# and its folders
judge_folder() {
	if [ ! -r "$1" ] || [ ! -x "$1" ]; then
		echo "$1: cannot be read" >&2
		failed=$((failed + 1))
		return
	fi
	set +f
	if [ -d "$1/cur" ]; then
		set -- "$1"/cur "$1"/new "$1"/.[!.]*/
	else
		set -- "$1"/* "$1"/.[!.]*
	fi
	set -f
	for file in "$@"; do
		if [ -h "${file%/}" ]; then
			:
		elif [ -d "$file" ]; then
			judge_folder "${file%/}"
		elif [ -f "$file" ]; then
			judge_file "$file"
		fi
	done
}

# judge_file FILE: a message, or an mbox
judge_file() {
	start=
	{ read -r start; } <"$1" 2>/dev/null || [ -r "$1" ] || {
		echo "$1: cannot be read" >&2
		failed=$((failed + 1))
		return
	}
	case $start in
	'From '*) ;;
	*) judge_one "$1" "$1"; return ;;
	esac
	"$BIN/mboxsplit" "$_scratch/mbox" <"$1" >/dev/null || {
		echo "$1: cannot be taken apart" >&2
		failed=$((failed + 1))
	}
	number=1
	while [ -e "$_scratch/mbox/$number" ]; do
		judge_one "$_scratch/mbox/$number" "$1:$number"
		number=$((number + 1))
	done
	rm -rf "$_scratch/mbox"
}

# judge_one FILE NAME: in a shell of its own, so that one failure stops nothing
judge_one() {
	total=$((total + 1))
	line=$(
		trap - EXIT
		DIR=$_scratch/message SPLIT=
		split_message ${_channel:+-g "$_channel"} <"$1"
		judge >&2
		try_change
		FOUND=$FINDINGS
		echo "$DO"
		each brief
	)
	status=$?
	rm -rf "$_scratch/message"
	if [ $status -ne 0 ]; then
		failed=$((failed + 1))
		line='not judged'
	fi
	case $line in
	*"$NL"*) with=$((with + 1)) ;;
	esac
	coded name "$2"
	# shellcheck disable=SC2086
	say "${CODED#name=}:" $line
}
brief() {
	echo "part=$PART verdict=$VERDICT ${SIG:+sig=$SIG }${WHY:+why=$WHY }${SUFFIX:+suffix=$SUFFIX}"
}
