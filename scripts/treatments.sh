# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154,SC2015,SC2153
# treatments.sh: the treatments that are not the standard one.  Read only for a
# message whose first record has apply=, which begin_message put into APPLY.

# in_parts N PARTS: is it one of them?  As 1,3-9, in order.
in_parts() {
	IFS=,
	for run in $2; do
		unset IFS
		[ "$1" -ge "${run%-*}" ] || return 1
		[ "$1" -gt "${run#*-}" ] || return 0
	done
	unset IFS
	return 1
}

# of_part FINDING: its number in part; false: it is of the message, or of none.
# What mimesplit itself could not read is told once for all parts.
of_part() {
	part=${1#n=}
	[ "${part%% *}" -gt "$SPLIT_N" ] || return 1
	part=${1#* part=} part=${part%% *}
	case $part in
	0 | '' | *[!0-9]*) return 1 ;;
	esac
}

# treated FINDING: is it for a treatment alone, not for the policy?
treated() {
	unset IFS
	of_part "$1" || return 1
	alone=1
	for w in $APPLY; do
		in_parts "$part" "${w#*:}" || continue
		case $w in
		multiscan:*) return 1 ;;
		esac
		alone=0
	done
	return $alone
}

# passes FINDING: by the conversions file
passes() {
	unset IFS
	of_part "$1" || return 1
	for w in $APPLY; do
		case $w in
		pass:*) in_parts "$part" "${w#*:}"; return ;;
		esac
	done
	return 1
}

# stays FINDING: is it in a part that a treatment leaves in the message?
stays() {
	of_part "$1" || return 1
	w=${1#n=} w=${w%% *}
	case $ACTED in
	*" $w:substitute:"* | *" $w:delete:"*) return 1 ;;
	esac
	for w in $APPLY; do
		case $w in
		multiscan:*) continue ;;
		esac
		! in_parts "$part" "${w#*:}" || return 0
	done
	return 1
}

# left_in: in LEFT what functions left in their parts, FUNCTION KEY, a line each
left_in() {
	LEFT=$NL
	IFS=$NL
	for line in $FINDINGS; do
		unset IFS
		stays "$line" || continue
		finding_key "$line"
		for w in $APPLY; do
			case $w in
			multiscan:* | pass:* | delete:*) continue ;;
			esac
			! in_parts "$part" "${w#*:}" || LEFT="$LEFT${w%%:*} $KEY$NL"
		done
	done
	unset IFS
}

# was_left FINDING: did each function that has its part leave one like it?  Only as
# many times as it did.
was_left() {
	of_part "$1" || return 1
	left=1
	for w in $APPLY; do
		case $w in
		multiscan:* | pass:* | delete:*) continue ;;
		esac
		in_parts "$part" "${w#*:}" || continue
		w="$NL${w%%:*} $KEY$NL"
		case $LEFT in
		*"$w"*) LEFT=${LEFT%%"$w"*}$NL${LEFT#*"$w"} left=0 ;;
		*) return 1 ;;
		esac
	done
	return $left
}

# without_passed: out of FINDINGS, what was left there before the message was changed
without_passed() {
	rest=
	IFS=$NL
	for line in $FINDINGS; do
		unset IFS
		finding_key "$line"
		case $NL$KEYS in
		*"$NL$KEY$NL"*) if passes "$line" || was_left "$line"; then continue; fi ;;
		esac
		rest="$rest$line$NL"
	done
	unset IFS
	FINDINGS=$rest
}

# apply_conversions: each part that has a treatment of its own gets it
apply_conversions() {
	load_policy
	look_at_names
	read_envelope
	_records=
	for treatment in $APPLY; do
		treatment=${treatment%%:*}
		case $treatment in
		multiscan) ;;
		pass) RULE=conversions; pass_findings ;;
		delete) RULE=conversions; treat_parts delete force_delete ;;
		*)
			! is_own "$treatment" ||
				not_now "conversions: $treatment is a function of the program"
			is_function "$treatment" || not_now "conversions: there is no function $treatment"
			RULE=$treatment
			treat_parts "$treatment" "$treatment"
			;;
		esac
	done
	ATTACHMENT_NUMBER='' FOUND=''
	if infected_stays; then scan_rest; fi
}

# infected_stays: would a part leave in which a virus was found?
infected_stays() {
	case $DISPOSITIONS in
	*' retry:'* | *' hold:'* | *' refuse:'* | *' discard:'*) return 1 ;;
	esac
	IFS=$NL
	for line in $FINDINGS; do
		unset IFS
		case $line in
		*' verdict=infected '*) ! stays "$line" || return 0 ;;
		esac
	done
	unset IFS
	return 1
}

# treat_parts WORD FUNCTION: calls it for each part that has treat=WORD
treat_parts() {
	if [ -z "$_records" ]; then
		_records=$(sed -n 's/ treat=multiscan / /; s/ treat=pass / /; / treat=/p' "$DIR/manifest") &&
			well_formed "$_records" || not_now "$DIR/manifest: cannot be read"
		INPUT_CHANNEL=${CHANNEL:-outside}
	fi
	set -- "$1" "$2" "$_records"
	IFS=$NL
	for record in $3; do
		unset IFS
		case "$record " in
		*" treat=$1 "*) ;;
		*) continue ;;
		esac
		part_words
		part_findings "$ATTACHMENT_NUMBER"
		_part=$ATTACHMENT_NUMBER
		"$2"
		case $? in
		126 | 127) not_now "conversions: $2, part $_part: a command in it is not there" ;;
		esac
		unset IFS
		set -f
	done
	unset IFS
}

# part_words: what a function finds set, in the coding of record(5)
part_words() {
	ATTACHMENT_NUMBER='' INPUT_FILE='' INPUT_SIZE='' INPUT_ENCODING=''
	INPUT_TYPE='' INPUT_SUBTYPE='' INPUT_DISPOSITION='' NAME='' FILENAME='' NAMES=''
	for w in $record; do
		case $w in
		part=*) ATTACHMENT_NUMBER=${w#*=} ;;
		file=yes) INPUT_FILE=$DIR/parts/$ATTACHMENT_NUMBER ;;
		size=*) INPUT_SIZE=${w#*=} ;;
		encoding=*) INPUT_ENCODING=${w#*=} ;;
		disposition=*) INPUT_DISPOSITION=${w#*=} ;;
		type=*)
			w=${w#*=}
			INPUT_TYPE=${w%%/*} INPUT_SUBTYPE=${w#"${w%%/*}"}
			INPUT_SUBTYPE=${INPUT_SUBTYPE#/}
			;;
		name=*)
			w=${w#*=}
			NAMES="$NAMES${NAMES:+ }$w"
			case $w in
			type:*) [ -n "$NAME" ] || NAME=${w#*:} ;;
			filename:*) [ -n "$FILENAME" ] || FILENAME=${w#*:} ;;
			esac
			;;
		esac
	done
}

# part_findings N: FOUND is what the checks found in that part, RED_FLAG whether any
part_findings() {
	FOUND='' RED_FLAG=0
	IFS=$NL
	for line in $FINDINGS; do
		case $line in
		*' verdict=banned why=conversions'*) continue ;;
		*" part=$1 "*) ;;
		*) continue ;;
		esac
		FOUND="$FOUND$line$NL" RED_FLAG=1
	done
	unset IFS
}

# pass_findings: what was found in the parts that pass is logged, no more
pass_findings() {
	FOUND=''
	IFS=$NL
	for line in $FINDINGS; do
		! passes "$line" || FOUND="$FOUND$line$NL"
	done
	unset IFS
	each pass_one
}
pass_one() {
	say_action "n=$NUMBER part=$PART do=pass"
	acted pass
}

# scan_rest: an engine that found something in a part has not looked for more in
# the message; who takes that part out has it scanned then, but this one stays.
# So the message is scanned without all of them.
scan_rest() {
	FOUND=''
	found=$(findings_of_rest) || not_now 'the message without its infected parts could not be judged'
	rm -rf "$DIR/again" "$DIR/message.new" "$DIR/changes"
	[ ! -e "$DIR/changes.kept" ] || mv "$DIR/changes.kept" "$DIR/changes" ||
		not_now "$DIR/changes: cannot be written"
	IFS=$NL
	for line in $found; do
		unset IFS
		case $line in
		*' verdict=infected '*) ;;
		*) continue ;;
		esac
		line="part=0 ${line#n=* part=* }"
		case $FINDINGS in
		*" $line$NL"*) continue ;;
		esac
		add_finding "$line"
		FOUND="${FOUND}n=$N $line$NL"
	done
	unset IFS
	[ -n "$FOUND" ] || return 0
	RED_FLAG=1
	rule on_infected
}

# findings_of_rest: in a shell of its own
findings_of_rest() {
	[ ! -e "$DIR/changes" ] || mv "$DIR/changes" "$DIR/changes.kept" || exit
	gone=' '
	IFS=$NL
	for line in $FINDINGS; do
		unset IFS
		case $line in
		*' verdict=infected '*) of_part "$line" || continue ;;
		*) continue ;;
		esac
		case $gone in
		*" $part "*) continue ;;
		esac
		gone="$gone$part "
		echo "part=$part do=delete" >>"$DIR/changes" || exit
	done
	unset IFS
	answer=$("$BIN/mimejoin" "$DIR") || exit
	[ "$answer" = "check=mimejoin id=$ID parts=$PARTS" ] && [ -f "$DIR/message.new" ] || exit 75
	new=$DIR/message.new DIR=$DIR/again SPLIT=
	split_message <"$new" || exit
	begin_message
	av_scan
	printf '%s' "$FINDINGS"
}
