# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-viruses.sh: of multiscan-check's part settings, that no virus is let pass.  With -e
# that is tried: EICAR in parts of several kinds, from outside and from inside, is judged by
# multiscan, which does nothing then, and what it would deliver is scanned.  That runs the
# policy; without -e only mimesplit says what the conversions are for each, and the policy
# is read.  For wrong, warn and lines see multiscan-check, for WORDS check-policy.sh.

# What a virus comes in
KINDS='text file zip document picture message untyped alone'

# eicar: in two halves, so that this file is not taken for it
eicar() {
	# shellcheck disable=SC2016
	printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' 'ANTIVIRUS-TEST-FILE!$H+H*'
}
# eicar_zip: stored, as eicar.txt
# shellcheck disable=SC2059
eicar_zip() {
	of='\074\317\121\150\104\0\0\0\104\0\0\0\011\0\0\0'	# its sum, its sizes
	printf 'PK\003\004\012\0\0\0\0\0\0\0\041\0'"$of"'eicar.txt'
	eicar
	printf 'PK\001\002\012\0\012\0\0\0\0\0\0\0\041\0'"$of"'\0\0\0\0\0\0\0\0\0\0\0\0\0\0eicar.txt'
	printf 'PK\005\006\0\0\0\0\001\0\001\0\067\0\0\0\153\0\0\0\0\0'
}

# mail_of KIND: the virus is its last part
mail_of() {
	printf '%s: multiscan-check\n' Subject From
	echo 'MIME-Version: 1.0'
	if [ "$1" = alone ]; then
		echo
		eicar
		return
	fi
	printf '%s\n' 'Content-Type: multipart/mixed; boundary=check' '' --check \
		'Content-Type: text/plain' '' 'A text.' --check
	what='eicar base64'
	case $1 in
	text) echo 'Content-Type: text/plain'; what='eicar cat' ;;
	file) typed application/octet-stream check.dat ;;
	zip) typed application/zip check.zip; what='eicar_zip base64' ;;
	document) typed application/pdf check.pdf ;;
	picture) typed image/jpeg check.jpg ;;
	message) printf 'Content-Type: message/rfc822\n\nSubject: check\n'; what='eicar cat' ;;
	untyped) echo 'Content-Disposition: attachment' ;;
	line-*) IFS=:; set -- $1; unset IFS; typed $2 $3 $4 ;;
	esac
	[ "${what#* }" = cat ] || echo 'Content-Transfer-Encoding: base64'
	echo
	${what% *} | ${what#* }
	printf '\n--check--\n'
}
# typed TYPE NAME [DISPOSITION]
typed() {
	printf '%s\n' "Content-Type: $1; name=$2" "Content-Disposition: ${3:-attachment}; filename=$2"
}

# kinds_that_pass: of each entry of conversions that passes, a part that it is for, twenty at
# the most: line-LINE:TYPE:NAME:DISPOSITION.  What asks for client, sender or recipient is
# for some mail alone.
kinds_that_pass() {
	awk '
	/^!/ { next }
	{ entry = entry $0 }
	/\\$/ { sub(/\\$/, "", entry); next }
	/;[ \t]*$/ { next }
	{
		said = some = passes = 0
		type = "application"; kind = "octet-stream"; name = "check.dat"; how = "attachment"
		n = split(entry, clause, ";")
		entry = ""
		for (i = 1; i <= n; i++) {
			c = clause[i]
			gsub(/[^!-~]|"/, "", c)
			key = tolower(substr(c, 1, index(c, "=") - 1))
			value = substr(c, index(c, "=") + 1)
			if (key == "command" && value ~ /(^|\/)pass(\.sh)?$/) passes = 1
			if (key ~ /^in-(client|from|to)$/) some = 1
			gsub(/\*+/, key == "in-name" ? "x" : "", value)
			gsub(/[^A-Za-z0-9._+-]/, "x", value)
			if (value == "" || key !~ /^in-(type|subtype|name|disposition)$/) continue
			said = 1
			if (key == "in-type") { type = value; kind = "x" }
			if (key == "in-subtype") { sub_is = value }
			if (key == "in-name") name = value
			if (key == "in-disposition") how = value
		}
		if (sub_is != "") kind = sub_is
		sub_is = ""
		if (passes && said && !some && all++ < 20)
			print "line-" NR ":" type "/" kind ":" name ":" how
	}' "$CONVERSIONS"
}

# viruses: each kind, from each side.  PASSED: RULE|HOW|LINE|CHANNEL|KIND, a line each
viruses() {
	[ -z "$_before" ] || return 0
	PASSED='' MISSED='' more=''
	try=seems
	if [ -z "$_ask" ]; then
		only_marked
	elif an_engine; then
		try=is_judged
	else
		warn 'whether a virus passes is not tried: no engine answers'
	fi
	[ $try = is_judged ] || [ "${CONVERSIONS:-$LIB/conversions}" != "$LIB/conversions" ] || return 0
	place=$(mktemp -d "${TMPDIR:-/tmp}/multiscan-check.XXXXXX") || exit 75
	trap 'rm -rf "$place"; exit 75' EXIT
	[ -z "${CONVERSIONS-}" ] || more=$(kinds_that_pass 2>/dev/null)
	for kind in $KINDS $more; do
		mail_of $kind >"$place/mail"
		for channel in outside inside; do
			rm -rf "$place/work" "$place/again"
			$try
		done
	done
	rm -rf "$place"
	trap 'exit 75' EXIT
	say_passed
	lines wrong "$(printf '%s' "$MISSED" | uniq)"
}

an_engine() {
	for server in ${ENGINES:-${MULTISCAN_SOCKET:-unix:/run/multiscan/avscand.sock}}; do
		! "$BIN/avscan" -t 10 -s "$server" /dev/null >/dev/null 2>&1 || return 0
	done
	return 1
}

# seems: by the conversions alone
seems() {
	"$BIN/mimesplit" -C "$CONVERSIONS" -g $channel "$place/work" <"$place/mail" >/dev/null 2>&1
	case $(tail -n 1 "$place/work/manifest" 2>/dev/null) in
	part=0\ *) ;;
	part=*' treat=pass '*) passed conversions pass ;;
	esac
}

# is_judged: by all there is
is_judged() {
	MULTISCAN_CONF=$CONF "$BIN/multiscan" -g $channel -w "$place/work" <"$place/mail" \
		>"$place/said" 2>"$place/why"
	status=$?
	if [ $status -gt 1 ]; then
		MISSED="${MISSED}a virus from $channel waits, and so does its mail: $(tail -n 1 "$place/why")$NL"
	elif ! grep -qs ' verdict=infected ' "$place/work/verdicts"; then
		MISSED="${MISSED}EICAR in mail from $channel is not found in: $kind$NL"
	elif grep -q '^would deliver it' "$place/said" && is_whole; then
		rules=$(awk '/^part / { on = / infected: / } on && sub(/^\tby /, "") { sub(/:/, ""); print }' \
			"$place/said" | grep -v ' substitute$\| delete$' | sort -u)
		[ -n "$rules" ] ||
			MISSED="${MISSED}EICAR in mail from $channel is found in: $kind, and arrives whole$NL"
		IFS=$NL
		for rule in $rules; do
			unset IFS
			passed ${rule% *} ${rule##* }
		done
		unset IFS
	fi
}
# is_whole: does what would be delivered have it?  What cannot be said has.
is_whole() {
	[ -e "$place/work/message.new" ] || return 0
	set -- -t "$TIMEOUT"
	for server in ${ENGINES-}; do set -- "$@" -s "$server"; done
	"$BIN/mimesplit" "$place/again" <"$place/work/message.new" >/dev/null 2>&1
	! "$BIN/avscan" "$@" "$place/again" >/dev/null 2>&1
}

# passed RULE HOW
passed() {
	at=
	[ $1$2 != conversionspass ] || at=$(entry_of)
	case $kind,$NL$PASSED in
	line-*"$NL$1|$2|$at|$channel|"*) return ;;
	esac
	PASSED="$PASSED$1|$2|$at|$channel|${kind%%:*}$NL"
}

# entry_of: the line that the entry of conversions ends with by which the mail's last part
# passes: with the entries behind it cut off it does, with it cut off too it does not.
# Empty where none is for that part.
entry_of() {
	ends=$(awk '/^!/ { next } !/;[[:blank:]]*$/ && !/\\$/ && /[^[:blank:]]/ { print NR }' "$CONVERSIONS")
	set -- $ends
	low=0 high=$#
	[ $high -gt 0 ] && passes_with "$(nth $high $ends)" || return 0
	while [ $((high - low)) -gt 1 ]; do
		middle=$(((low + high) / 2))
		if passes_with "$(nth $middle $ends)"; then high=$middle; else low=$middle; fi
	done
	nth $high $ends
}
nth() {
	shift $1
	echo $1
}
# passes_with LINE: by the conversions up to there
passes_with() {
	sed "$1q" "$CONVERSIONS" >"$place/conversions"
	printf '\nin-type=*; command="multiscan"\n' >>"$place/conversions"
	rm -rf "$place/cut"
	"$BIN/mimesplit" -C "$place/conversions" -g $channel "$place/cut" <"$place/mail" >/dev/null 2>&1
	case $(tail -n 1 "$place/cut/manifest" 2>/dev/null) in
	part=*' treat=pass '*) ;;
	*) return 1 ;;
	esac
}

# say_passed: a line for each rule, and of conversions for each line of theirs
say_passed() {
	said=$(printf '%s' "$PASSED" | awk -F'|' '
	{ key = $1 "|" $2 "|" $3 "|" $4 }
	!(key in in_) { order[++n] = key }
	{ in_[key] = in_[key] (in_[key] == "" ? "" : ", ") $5 }
	END { for (i = 1; i <= n; i++) print order[i] "|" in_[order[i]] }')
	while IFS='|' read -r rule how at channel kinds; do
		[ -n "$rule" ] || continue
		case $rule in
		conversions)
			text="$CONVERSIONS${at:+:$at}: pass"
			[ -n "$at" ] || text="$text (no entry is for it)"
			do='command="multiscan"'
			;;
		*) text="$CONF: $rule(): $how" do='substitute_part or force_hold' ;;
		esac
		text="$text: a virus from $channel goes on whole ($kinds)"
		if among $rule ${PASSES_VIRUS-}; then
			warn "$text"
		else
			wrong "$text: $do; if it is meant, PASSES_VIRUS=$rule"
		fi
	done <<-PASSED
	$said
	PASSED
}

# only_marked: a policy for viruses that calls nothing by which one stays
only_marked() {
	for rule in $(printf '%s\n' "$WORDS" | awk '
	function over() {
		if (rule ~ /^on_infected/ && goes && !other)
			print rule
		rule = ""; goes = other = 0
	}
	$1 == "defines" { over(); rule = $2 }
	$1 != "calls" { next }
	$3 ~ /^(mark|tag_subject|redirect_to|let_pass)$/ { goes = 1; next }
	$3 !~ /^(write_record|keep_original|send_email|notify_recipients|echo|printf|test|true|from|all_to)$/ { other = 1 }
	END { over() }'); do
		text="$CONF: $rule(): nothing in it keeps a virus"
		if among $rule ${PASSES_VIRUS-}; then
			warn "$text"
		else
			wrong "$text: substitute_part or force_hold; if it is meant, PASSES_VIRUS=$rule"
		fi
	done
}
