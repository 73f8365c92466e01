# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC1010,SC2015,SC1091,SC2154
# judging.sh: the steps of judging one message; read when the settings are.  Only
# what every message needs is here: the rest is read where something is found.
#
# A message is judged in its work directory DIR:
#	begin_message	ID, PARTS and what mimesplit could not read
#	size_limit, av_scan, suffix_scan, findings	set FOUND (records) and RED_FLAG
#	rule		has the policy act on that: scriptfunctions
#	decide		the strictest disposition wins: DO
#	carry_out	all but the ending: actions.sh
# Every way out that is not a decision is not_now: exit 75, and the MTA tries
# again.  Records hold no blank but between words and no glob (record.5), so
# they are split by the shell as they are.

# not_now TEXT: this message was not decided.
not_now() { _stop "$1"; }

# say WORDS: a line on standard output, which must get there
say() { printf '%s\n' "$*" || not_now 'standard output: cannot be written'; }

# word KEY RECORD: the first value of KEY, coded, in VALUE; false if none
word() {
	VALUE=
	for w in $2; do
		case $w in
		"$1="*) VALUE=${w#*=}; return 0 ;;
		esac
	done
	return 1
}

# well_formed TEXT: could it be records?
well_formed() {
	case $1 in
	*[!A-Za-z0-9._+/:@,=%\ -]*)
		IFS=$NL
		for line in $1; do
			case $line in
			*[!A-Za-z0-9._+/:@,=%\ -]*) unset IFS; return 1 ;;
			esac
		done
		unset IFS
		;;
	esac
	return 0
}

# split_message OPTION...: the message on standard input into DIR; ID and PARTS
split_message() {
	answer=$("$BIN/mimesplit" -t "$TIMEOUT" ${CONVERSIONS:+-C "$CONVERSIONS"} \
		${MARK_FIELD:+-M "$MARK_FIELD"} "$@" "$DIR")
	status=$?
	well_formed "$answer" || not_now 'mimesplit: its answer is not made of records'
	SPLIT=${answer##*"$NL"} LIMITS=$status
	case $status$answer in
	0'check=mimesplit id='*' parts='[1-9]*) [ "$answer" = "$SPLIT" ] ;;
	1*'part='*' verdict='*"$NL"'check=mimesplit id='*' parts='[1-9]*) ;;
	*) false ;;
	esac || not_now "mimesplit: exit $status"
}

# sent STATUS ID OUTPUT: 0: it was; 1: the MTA behind us will never take it; all
# else is not_now.
sent() {
	[ "$1" -ne 0 ] || return 0
	well_formed "$3" || not_now 'reinject: its answer is no record'
	case $1$3 in
	*"$NL"*) ;;
	1"id=$2 do=refuse code=5"[0-9][0-9]' text='*) return 1 ;;
	esac
	not_now "reinject: exit $1"
}

# begin_message: DIR's first record says what message this is
begin_message() {
	ID='' PARTS='' FINDINGS='' FOUND='' RED_FLAG=0 N=0 DO=deliver CHANGED=0
	DISPOSITIONS='' KEEP=0 WRITE=0 MAILS='' ACTED=' ' REMOVED='' REDIRECT='' REDIRECT_WORD=''
	ENVELOPE='' CHANNEL='' FORGED='' SIZE='' REFUSED='' REFUSE_TEXT=''
	HELD=': no rule acted on it' IGNORED=''
	RULE='' APPLY='' ATTACHMENT_NUMBER=''
	first=
	[ -e "$DIR/manifest" ] || not_now "$DIR: no manifest, so no whole work directory"
	read -r first <"$DIR/manifest" || not_now "$DIR/manifest: cannot be read"
	well_formed "$first" || not_now "$DIR/manifest: not a record"
	for w in $first; do
		case $w in
		id=*) ID=${w#id=} ;;
		parts=*) PARTS=${w#parts=} ;;
		unscanned=*:*) w=${w#unscanned=}
			add_finding "part=${w%%:*} verdict=unscanned why=${w#*:}" ;;
		odd=*:*) w=${w#odd=}
			add_finding "part=${w%%:*} verdict=odd why=${w#*:}" ;;
		apply=*:*) APPLY="$APPLY ${w#apply=}" ;;
		forged=[1-9]*) FORGED=${w#forged=} ;;
		body=*) SIZE=${w#body=} ;;
		esac
	done
	SPLIT_N=$N
	# shellcheck source=/dev/null
	[ -z "$APPLY" ] || . "$LIB/treatments.sh"
	case $ID$PARTS in
	*[!0-9a-f]* | '') not_now "$DIR/manifest: no id" ;;
	esac
	[ "$SPLIT $LIMITS" = "check=mimesplit id=$ID parts=$PARTS $((N > 0))" ] || [ -z "$SPLIT" ] ||
		not_now 'mimesplit: its answer is not that of this message'
	if [ ${#FORGED} -gt 2 ]; then too_many_marks; fi
}

# too_many_marks: to take them all out would keep the MTA busy; whoever did that can wait
too_many_marks() {
	add_finding 'part=0 verdict=unscanned why=limit-marks'
	DISPOSITIONS="$DISPOSITIONS hold:multiscan"
}

# read_envelope: what a policy sees of it, in the coding of record(5)
read_envelope() {
	[ -z "$ENVELOPE" ] || return 0
	CHANNEL='' CLIENT='' HOST='' LOGIN='' SENDER='' RCPT='' RCPTS=''
	{ read -r ENVELOPE <"$DIR/envelope" && well_formed "$ENVELOPE"; } ||
		not_now "$DIR/envelope: cannot be read"
	for w in $ENVELOPE; do
		case $w in
		channel=*) CHANNEL=${w#*=} ;;
		client=*) CLIENT=${w#*=} ;;
		host=*) HOST=${w#*=} ;;
		user=*) LOGIN=${w#*=} ;;
		from=*) SENDER=${w#*=} ;;
		to=*) RCPTS="$RCPTS${RCPTS:+ }${w#*=}" ;;
		esac
	done
	RCPT=${RCPTS%% *}
}

# of_channel: settings that are others for what comes from inside
of_channel() {
	[ -n "${SUFFIXES_INSIDE+set}${SIZE_LIMIT_INSIDE+set}" ] || return 0
	read_envelope
	[ "$CHANNEL" = inside ] || return 0
	SUFFIXES=${SUFFIXES_INSIDE-$SUFFIXES} SIZE_LIMIT=${SIZE_LIMIT_INSIDE-${SIZE_LIMIT-}}
}

# add_finding RECORD: numbered, and kept once
add_finding() {
	case $NL$FINDINGS in
	*" $1$NL"*) return ;;
	esac
	N=$((N + 1))
	FINDINGS="${FINDINGS}n=$N $1$NL"
}

# run_check NAME ARGUMENT...: its output in answer, its status in status.  By way of a
# file: for $(...) the shell makes a copy of itself, which costs as much as the check.
run_check() {
	_check=$1 _more=
	shift
	"$BIN/$_check" "$@" >"$DIR/said"
	status=$?
	{ IFS= read -r answer && ! IFS= read -r _more && [ -z "$_more" ]; } <"$DIR/said" ||
		answer=$(cat "$DIR/said") || not_now "$_check: its answer cannot be read"
}

# looked NAME STATUS OUTPUT: did this check look at all of this message?
looked() {
	end="check=$1 id=$ID parts=$PARTS"
	case $2 in
	0) [ "$3" = "$end" ] || not_now "$1: exit 0, but it does not say that it looked at all" ;;
	1)
		well_formed "$3" || not_now "$1: its answer is not made of records"
		case $3 in
		*"$NL$end") ;;
		*) not_now "$1: its answer does not end in $end" ;;
		esac
		take_findings "$1" "${3%"$NL$end"}"
		;;
	*) not_now "$1: exit $2" ;;
	esac
}

# take_findings NAME RECORDS: each must be one verdict on a part; one at least.
# More than MOST are not taken one by one: that would take longer than a run may.
# Then the message is held, whatever the policy is: what is left may be worse.
MOST=200
take_findings() {
	taken=0
	IFS=$NL
	for line in $2; do
		unset IFS
		case $line in
		*' verdict='*' verdict='*) not_now "$1: two verdicts in: $line" ;;
		part=[0-9]*' verdict='*) add_finding "$line" ;;
		*) not_now "$1: no verdict in: $line" ;;
		esac
		taken=$((taken + 1))
		if [ $taken -eq $MOST ]; then
			add_finding 'part=0 verdict=unscanned why=limit-findings'
			DISPOSITIONS="$DISPOSITIONS hold:multiscan"
			break
		fi
	done
	unset IFS
	[ $taken -gt 0 ] || not_now "$1: exit 1, but no verdict"
}

# findings KIND: FOUND is what was found of that kind, RED_FLAG whether any
findings() {
	FOUND='' RED_FLAG=0
	[ -n "$FINDINGS" ] || return 0
	load_policy
	look_at_names
	read_envelope
	findings_of "$1"
}

# load_policy: what a rule may call.  So late, since most mail needs none of it.
load_policy() {
	[ -z "$_policy" ] || return 0
	_policy=1
	# shellcheck source=scripts/scriptfunctions
	. "$LIB/scriptfunctions"
}

# size_limit BYTES: is the message larger?  K, M and G may follow the number.
size_limit() {
	FOUND='' RED_FLAG=0
	[ -n "$1" ] || return 0
	case $1 in
	*K) set -- $((${1%K} * 1024)) ;;
	*M) set -- $((${1%M} * 1048576)) ;;
	*G) set -- $((${1%G} * 1073741824)) ;;
	esac
	case $SIZE in
	[0-9]*+[0-9]*) ;;
	*) not_now "$DIR/manifest: no size" ;;
	esac
	[ $((${SIZE%+*} + ${SIZE#*+})) -gt "$1" ] || return 0
	add_finding 'part=0 verdict=banned why=size'
	findings size
}

# av_scan: every engine looks at every part, and at the message
av_scan() {
	set --
	for server in ${ENGINES-}; do set -- "$@" -s "$server"; done
	run_check avscan ${OWN_ENGINE:+-s "$OWN_ENGINE"} -t "$TIMEOUT" "$@" "$DIR"
	case $answer in
	*' ignored='*) . "$LIB/engines.sh"; take_ignored ;;
	esac
	looked avscan $status "$answer"
	if [ -n "$ENGINE_LINES" ]; then . "$LIB/engines.sh"; other_engines; fi
	findings infected
}

# suffix_scan SUFFIX...: every name of every part, and in every archive
suffix_scan() {
	if [ -z "$*${SUFFIX_LISTS-}" ]; then findings banned; return; fi
	set -- "$DIR" "$@"
	for list in ${SUFFIX_LISTS-}; do set -- -L "$list" "$@"; done
	for kind in ${ARCHIVES_OFF-}; do
		case $kind in
		all) set -- -A "$@" ;;
		*) set -- -x "$kind" "$@" ;;
		esac
	done
	run_check suffixcheck "$@"
	looked suffixcheck $status "$answer"
	findings banned
}

# decide: the strictest disposition wins; what no rule acted on is held
decide() {
	IFS=$NL
	for finding in $FINDINGS; do
		unset IFS
		NUMBER=${finding#n=} NUMBER=${NUMBER%% *}
		case $ACTED in
		*" $NUMBER:"*) ;;
		*)
			RULE=multiscan
			say_action "n=$NUMBER do=hold text=no%20rule%20acted%20on%20it"
			acted hold
			DISPOSITIONS="$DISPOSITIONS hold:multiscan"
			;;
		esac
	done
	unset IFS
	RULE=multiscan
	for DO in retry hold refuse discard deliver; do
		for w in $DISPOSITIONS; do
			[ "${w%%:*}" != $DO ] || { RULE=${w#*:}; return; }
		done
	done
}
