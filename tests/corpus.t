#!/bin/sh
# SPDX-License-Identifier: ISC
# Real mail, some of it broken: it is split, joined to the same bytes where
# nothing is to be changed, and judged; nothing crashes, nothing hangs.
# shellcheck disable=SC2016,SC2034
. "${0%/*}/lib.sh"

engine=
cleanup='[ -z "$engine" ] || { kill "$engine"; wait "$engine"; }'
avscand -D "$BUILD/share/multiscan/signatures" -l "unix:$T/engine" 2>engine.err &
engine=$!
tries=0
until [ -S engine ]; do
	tries=$((tries + 1))
	[ $tries -lt 200 ] || break
	sleep 0.1
done
[ -S engine ]
ok $? 'avscand runs' || sed 's/^/# /' engine.err
export MULTISCAN_SOCKET="unix:$T/engine"

# join_each FILE...: names those that do not come back as they were
cat >join_each <<-'END'
	mkdir work.$$ || exit
	n=0
	for file; do
		n=$((n + 1))
		dir=work.$$/$n
		split=$(mimesplit -t 30 "$dir" <"$file") || [ $? -eq 1 ] || {
			echo "$file: mimesplit"
			continue
		}
		joined=$(mimejoin -t 30 "$dir") || echo "$file: mimejoin"
		[ "${split##*check=mimesplit}" = "${joined#check=mimejoin}" ] ||
			echo "$file: $split: $joined"
		cmp "$dir/message.new" "$file" 2>&1
	done
END

# corpus NAME FOLDER: the messages in it
corpus() {
	name=$1
	find "$2" -name '*.eml' | sort >list
	number=$(wc -l <list)
	[ "$number" -gt 0 ]
	ok $? "$name: $number messages"
	tr '\n' '\0' <list | xargs -0 -n 100 -P 2 sh join_each >different 2>&1
	is "$(cat different)" '' "$name: mimejoin without changes gives the same bytes"
	# The sanitizers make this slow: there, one in five.
	case $BUILD in
	*-asan) awk 'NR % 5 == 1' list >some && mv some list && number=$(wc -l <list) ;;
	esac
	xargs -n 200 -P 2 timeout 300 multiscan -n <list >judged 2>judged.err
	status=$?
	case $status in
	0 | 123) ;;	# 123: one of them said that something was found
	*) echo "# xargs: exit $status" ;;
	esac
	# A file that begins like an mbox may hold several: FILE:1, FILE:2, ...
	is "$(sed -n 's/\.eml\(:[0-9]*\)\{0,1\}: .*/.eml/p' judged | sort -u | wc -l)" "$number" \
	    "$name: each is judged"
	is "$(grep -c ' 0 not judged$' judged)" $(((number + 199) / 200)) "$name: to the end"
	is "$(cat judged.err)" '' "$name: in silence"
}

corpus samples "$ROOT/samples"
# An mbox and a Maildir of them
for message in "$ROOT"/samples/*.eml; do
	echo 'From MAILER-DAEMON Thu Jan  1 00:00:00 2026'
	cat "$message"
	echo
done >mbox
mkdir -p maildir/cur maildir/new maildir/tmp
cp "$ROOT"/samples/[a-p]*.eml maildir/new
cp "$ROOT"/samples/[q-z]*.eml maildir/cur
for place in mbox maildir; do
	exits 1 "multiscan -n $place" multiscan -n $place
	is "$(tail -n 1 out)" '6 messages: 4 with findings, 0 not judged' 'has the same findings'
	is "$(sed 's/^[^ ]* //' out | sort)" "$(sed 's/^[^ ]* //' judged | sort)" 'in the same words'
done
is "$(grep -c 'sig=Eicar' judged)" 3 'samples: EICAR in each of the three that hold it'
is "$(grep -c 'verdict=banned' judged)" 1 'samples: the suffix too'
if [ -d "$SHARED/mail" ]; then
	corpus 'public mail' "$SHARED/mail"
else
	skip 'public mail' 'there is no ../shared/mail'
fi
finish
