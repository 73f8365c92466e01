#!/bin/sh
# SPDX-License-Identifier: ISC
# virtally count, killed at each of its system calls, and on a disk where each of them
# fails once: the tally is the old one or the new one, whole, and the next count is as if
# nothing had been: nothing is lost, nothing is counted twice.
#	SOAK=1	each of them, not a sample
. "${0%/*}/lib.sh"
PATH=$BUILD/tools:$PATH
export TZ=Europe/Berlin
if ! sysat -o trace true 2>err; then
	skip 'counts that are killed' 'here no process can be followed'
	finish
	exit
fi

# counts STATE: all that a tally has counted, save what differs by who made it
counts() { grep -a '^host=' "$1/tally" 2>/dev/null; }
# run HOW...: a count of ./log and of ./log.1.gz into ./state
run() { "$@" virtally count -D "$T/state" -y 2026 log log.1.gz >out 2>err; }
# restore STATE: it is ./state, and ./log as it has grown
restore() {
	rm -rf state
	[ "$1" = none ] || cp -a "$1" state
}

python3 "$HERE/tallylogs.py" make made 300 3
python3 "$HERE/tallylogs.py" make first 100 4
gzip -c first/log >log.1.gz
head -n 120 made/log >log
run && mv state old
cat made/log >log
restore old && run && mv state new
restore none && run && mv state fresh
counts old >old.counts; counts new >new.counts; counts fresh >fresh.counts; : >none.counts
! cmp -s old.counts new.counts && cmp -s new.counts fresh.counts
ok $? 'a state to begin with, and what it becomes'

# points STATE: the calls from where the folder of the state is opened on
points() {
	restore "$1"
	run sysat -o trace -m "$T/state"
	sed -n 's/^call \([0-9]*:[a-z]*:[0-9]* .*\)/\1/p' trace
}
# chosen ONE-OF: all that have to do with the state's files, or a sample
chosen() { if [ -n "${SOAK-}" ]; then cat; else awk -v n="$1" 'NR % n == 1'; fi; }

# at STATE POINT HOW...: what is wrong after it, and after the next count
at() {
	state=$1 point=${2%% *}
	restore "$state"
	shift 2
	status=0
	run sysat -o trace -m "$T/state" "$@" || status=$?
	if [ "$status" -ne 0 ] || ! grep -q '^at ' trace; then
		echo "$point was not come to"
		return
	fi
	counts state >now
	if cmp -s now "$state.counts"; then echo old >>which
	elif cmp -s now new.counts; then echo new >>which
	else echo "$point: half a tally"; fi
	end=$(sed -n 's/^exit //p; s/^signal /-/p' trace)
	case $end in
	-9) ;;
	75) [ -s err ] || echo "$point: nothing is said" ;;
	*) echo "$point: ends with $end" ;;
	esac
	[ ! -s out ] || cmp -s now new.counts || echo "$point: says it has counted"
	run || echo "$point: the next count: $(cat err)"
	counts state >now
	cmp -s now new.counts || echo "$point: the next count is not right"
	left=$(find state -mindepth 1 ! -name tally ! -name .lock)
	[ -z "$left" ] || echo "$point: leaves $left"
}

for state in old none; do
	points "$state" >all
	grep -E ':(write|fsync|renameat|create|mkdir|flock|ftruncate):' all >changing
	[ "$(grep -c . changing)" -gt 5 ]
	ok $? "the calls of a count into $state: $(grep -c . all)"
	{ chosen 2 <changing; grep -vFx -f changing all | chosen 5; } >here
	: >which
	while read -r point; do
		at "$state" "$point" -k "${point%% *}"
	done <here >wrong
	is "$(cat wrong)" '' \
	    "killed at $(grep -c . here) of them, it is whole, and the next count right"
	grep -q old which && grep -q new which
	ok $? '... and it was both, the old one and the new one'
	grep -E " $T/state|:mkdir:" all | grep -vE ':(fstat|fstatat|close|read):' >here
	for error in 28 5; do
		chosen 2 <here >some
		while read -r point; do
			at "$state" "$point" -e $error "${point%% *}"
		done <some >wrong
		is "$(cat wrong; [ -s some ] || echo none)" '' \
		    "error $error at $(grep -c . some) calls: 75, it is said, it is whole"
	done
done
finish
