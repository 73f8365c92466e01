#!/bin/sh
# SPDX-License-Identifier: ISC
# Mail at random through a real Postfix, by DATA, and in one chunk or many (BDAT): what is
# clean arrives as it was, what is bad is replaced by a note and all else is as it was.
#	SOAK=1		many, and others each time
#	MAILS=N		so many clean ones, and as many bad ones
#	SEED=N		the first seed
. "${0%/*}/lib.sh"
if [ -n "${SOAK-}" ]; then
	: "${MAILS:=500}" "${SEED:=$(date +%s)}"
	export MULTISCAN_LIFE=7200
fi
. "$HERE/postfix.sh"

if why=$(postfix_missing); then
	skip 'mail through Postfix' "$why"
	finish
	exit
fi
postfix_start
ok $? 'Postfix, avscand and a sink run' || { finish; exit 1; }

clean=${MAILS:-40} first=${SEED:-1}
echo "# MAILS=$clean SEED=$first"

# chunks SEED: how it goes; chunks that are small, but no more than some hundreds
chunks() {
	case $(($1 % 3)) in
	0) chunk= ;;
	1) chunk=100000000 ;;
	2) chunk=$(($(wc -c <"mail.$1/message") / 300 + $1 % 89 + 3)) ;;
	esac
}
# make_mail SEED [OPTION]...: mail.SEED, sent
make_mail() {
	seed=$1
	shift
	"$BUILD/tools/mkmail" "$@" "$seed" "mail.$seed" && chunks "$seed" &&
	    send_mail "mail.$seed/message" a@example.org c@example.net &&
	    echo "$(cat "mail.$seed/info")${chunk:+ chunk=$chunk}" >"mail.$seed/info" &&
	    sent=$((sent + 1))
}

# Which of those that arrived is whose: its first Message-ID begins with the seed.
sort_out() {
	for file in sink/*.eml; do
		seed=$(sed -n 's/^Message-ID: <\([0-9]*\)\..*/\1/p;T;q' "$file")
		echo "$file" >>"mail.$seed/arrived"
		without_ours "$file" >"mail.$seed/got"
	done
}

# arrived_once SEED
arrived_once() {
	[ "$(wc -l <"mail.$1/arrived")" -eq 1 ] || why="$(wc -l <"mail.$1/arrived") times"
}

check_clean() {
	why=
	if [ ! -e "mail.$1/arrived" ]; then why='it did not arrive'; else
		arrived_once "$1"
		cmp "mail.$1/message" "mail.$1/got" >cmp.out 2>&1 || why=$(cat cmp.out)
	fi
	[ -z "$why" ]
	ok $? "clean, $(cat "mail.$1/info"): arrives byte for byte" || echo "# $why"
}

# check_note DIR: before, a note, after
check_note() {
	# shellcheck disable=SC2046
	set -- "$1" $(stat -c %s "$1/before" "$1/after" "$1/got")
	size=$(($4 - $2 - $3))
	if [ $size -le 0 ] || [ $size -gt 2000 ]; then
		why="$size bytes in the place of the part"
		return
	fi
	tail -c +$(($2 + 1)) "$1/got" | head -c $size >note
	cat "$1/before" note "$1/after" | cmp -s - "$1/got" || why='what is around the part changed'
	grep -q '^An attachment was removed from this message: ' note || why='there is no note'
}

# check_parts DIR: every other part is there, the bad one is not
check_parts() {
	mimesplit "$1/work" <"$1/got" >/dev/null || [ $? -eq 1 ] || why='mimesplit fails'
	sha256sum "$1"/* "$1"/work/parts/* 2>/dev/null | awk '
	    $2 ~ /parts/ { have[$1]++ }
	    $2 ~ /leaf\./ { want[$1]++ }
	    $2 ~ /\/bad$/ { bad = $1 }
	    END {
		for (sum in want)
			if (have[sum] < want[sum])
				missing++
		exit missing > 0 || bad == "" || bad in have
	    }' || why='not every other part is identical, or the bad one is there'
	suffixcheck "$1/work" exe >/dev/null || why='its name is still there'
	grep -q 'EICAR-STANDARD' "$1"/work/parts/* && why='it is still there'
}

check_bad() {
	why=
	if [ ! -e "mail.$1/arrived" ]; then why='it did not arrive'; else
		arrived_once "$1"
		check_note "mail.$1"
		check_parts "mail.$1"
	fi
	[ -z "$why" ]
	ok $? "$2, $(cat "mail.$1/info"): replaced, all else is as it was" || echo "# $why"
}

sent=0 last=$first
while [ "$sent" -lt "$clean" ]; do
	make_mail "$last" || break
	last=$((last + 1))
done
is "$sent" "$clean" 'clean mail is taken'

# Each depth with each encoding: EICAR in one half, a name in the other.
: >bad
for kind in eicar name; do
	for depth in 1 2 3 4 5 6; do
		for encoding in 7bit 8bit quoted-printable base64 x-uuencode; do
			echo "$kind $depth $encoding"
		done
	done
done >combinations
if [ -z "${MAILS-}" ]; then
	awk 'NR % 2 == 1' combinations >half && mv half combinations
fi
count_bad=${MAILS:-$(wc -l <combinations)}
while [ "$sent" -lt $((clean + count_bad)) ]; do
	while read -r kind depth encoding; do
		[ "$sent" -lt $((clean + count_bad)) ] || break
		make_mail "$last" -b "$kind" -d "$depth" -e "$encoding" || break 2
		echo "$last $kind" >>bad
		last=$((last + 1))
	done <combinations
done
is "$sent" $((clean + count_bad)) 'and bad mail'

wait_delivered "$sent" $((60 + sent))
ok $? 'as many arrive'
wait_queue 0
ok $? 'and nothing is left in the queue'
is "$(delivered)" "$sent" 'nor was anything else sent'
sort_out
seed=$first
while [ "$seed" -lt $((first + clean)) ]; do
	check_clean "$seed"
	seed=$((seed + 1))
done
while read -r seed kind; do
	check_bad "$seed" "$kind"
done <bad
is "$(find spool/work -mindepth 1 | wc -l)" 0 'no work directory is left'
is "$(find spool/quarantine -mindepth 1 -maxdepth 1 | wc -l)" "$(wc -l <bad)" \
    'the original of each bad one is kept'

# What both logs say of it, counted.
exits 0 'the logs are counted' virtally count -D tally spool/log postfix/log
virtally export -F csv -p all -D tally >counts
# messages KIND [NAME]
messages() { awk -F, -v kind="$1" -v name="${2-}" '$4 == kind && $5 == name { n += $6 } END { print n + 0 }' counts; }
is "$(messages received) $(messages delivered)" "$sent $sent" \
    'each mail was received once and delivered once, though it went through twice'
is "$(messages virus) $(messages virus Eicar-Test-Signature)" \
    "$(grep -c eicar bad) $(grep -c eicar bad)" 'each virus is counted'
is "$(messages suffix)" "$(grep -c name bad)" 'and each suffix'
is "$(messages waited) $(messages strange) $(messages duplicate)" '0 0 0' 'and nothing else'
finish
