#!/bin/sh
# SPDX-License-Identifier: ISC
# Both fronts before a real Postfix under kills at random, without an engine, without room,
# under load: nothing is lost, nothing that was not looked at is delivered, nothing is
# bounced, and nothing is left.
#	SOAK=1		300 mails and 60 kills; MAILS=N under load, 10,000 without it
#	SEED=N		as in the run that said so
#	FRONTS=pipe	only that one
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2153,SC2154
. "${0%/*}/lib.sh"
[ -z "${SOAK-}" ] || export MULTISCAN_LIFE=7200
. "$HERE/milter.sh"
. "$HERE/postfix.sh"
. "$HERE/killer.sh"

if why=$(postfix_missing); then
	skip 'fronts behind Postfix' "$why"
	finish
	exit
fi
SEED=${SEED:-$(date +%s)}
PIPES=6
postfix_start && killers_make
ok $? 'Postfix, avscand and a sink run' || { finish; exit 1; }
# The rooms that are filled are of a size of their own.
engine_stop
mount -t tmpfs -o "size=${SOAK:+1}28m,mode=700,uid=$(id -u nobody)" multiscan-test "$S" \
    2>/dev/null
small=$?
umount_all() { [ $small -ne 0 ] || umount -l "$S"; }
install -d -o nobody -g nogroup -m 700 "$S/work" "$S/quarantine" "$S/records" "$S/tmp"
engine_start
ok $? 'the engine has its folder' || { finish; exit 1; }
cleanup='postfix_stop; umount_all'
: >wrong

delivered_is() { [ "$(find sink -name '*.eml' | wc -l)" -ge "$1" ]; }
# in_background COMMAND...
in_background() { "$@" & background=$!; }
# so_far: how many mails have come
so_far() { find sink -name '*.eml' | wc -l; }

### Kills at random
at_random() {
	rm -f no-more
	from=$next
	perl "$KILLER" shoot "$SEED" "$shots" "$mails" "$P" "$(so_far)" >shot 2>hit &
	shooter=$!
	mails "$mails" clean infected clean hold
	[ $FRONT != pipe ] || settle 300
	rounds=0
	while [ ! -s shot ] && [ $rounds -lt 20 ]; do
		mails $((mails / 20)) clean
		[ $FRONT != pipe ] || settle 60
		rounds=$((rounds + 1))
	done
	: >no-more
	wait $shooter
	[ $FRONT != pipe ] || settle 60
	rm -f no-more
	cat hit
	audit 'kills at random' $from "$(cat shot)"
}

### The engine goes and comes
put_off_so_far() {
	cat milter.log postfix/log 2>/dev/null | grep -cE ', put off|status=deferred'
}
put_off_is() { [ "$(put_off_so_far)" -ge "$1" ]; }
no_engine() {
	from=$next
	in_background mails "$stream" clean infected
	next=$((next + stream))	# which was counted in that process
	wait_for 30 delivered_is $(($(so_far) + stream / 4))
	engine_stop
	already=$(put_off_so_far)
	first=$background
	in_background mails $((stream / 2)) clean infected
	next=$((next + stream / 2))
	wait_for 30 put_off_is $((already + stream / 4))
	ok $? "	$FRONT: without an engine all is put off"
	engine_start
	wait $first $background
	settle 120
	audit 'the engine stopped and started' $from 0
}

### No room
# room KB: so much is left
room() {
	rm -f "$S/fill"
	avail=$(df -k --output=avail "$S" | tail -n 1)
	[ "$avail" -le "$1" ] || head -c $(((avail - $1) * 1024)) /dev/zero >"$S/fill"
}
no_room() {
	from=$next
	for kb in $rooms; do
		room "$kb"
		first=$next
		before=$(so_far)
		PATIENCE=0 mails 3 infected clean hold
		if [ $FRONT = pipe ]; then
			flush
			wait_for 30 nothing_active
		fi
		wanted='0 0'
		[ $FRONT = milter ] || wanted='0 3'
		[ "$kb" -ne 0 ] || is "$(($(so_far) - before)) $(taken $first)" "$wanted" \
		    "	$FRONT: without room none is delivered"
	done
	rm -f "$S/fill"
	# the client comes again
	awk '$1 >= '"$from"' && $3 == "given-up" { print $1, $2 }' sent >list
	perl "$KILLER" send "$port_in" 3 120 mails sent <list
	settle 120
	audit "no room, then room" $from 0
}
nothing_active() {
	[ -z "$(find postfix/queue/active postfix/queue/incoming -type f)" ]
}
# taken FIRST: of those since number FIRST
taken() { awk '$1 >= '"$1"' && $3 == "taken"' sent | wc -l; }

### Load
# level PID: what a process has; of its children the memory, too
level() {
	children=$(cat "/proc/$1/task"/*/children)
	rss=$(for pid in $1 $children; do cat "/proc/$pid/status"; done |
	    awk '/^VmRSS:/ { kb += $2 } END { print kb }')
	zombies=$(for c in $children; do grep -l '^State:.Z' "/proc/$c/status"; done | wc -l)
	set -- "/proc/$1/fd"/* - "/proc/$1/task"/*
	fds=0
	while [ "$1" != - ]; do
		fds=$((fds + 1))
		shift
	done
	echo "rss=$rss fds=$fds threads=$(($# - 1)) children=$(echo $children | wc -w)" \
	    "zombies=$zombies"
}
# is_level BEFORE AFTER KB NAME: no more of anything, but for so much memory
is_level() {
	echo "# $4: before $1; after $2"
	printf '%s\n' $1 $2 | tr '=' ' ' | awk -v more="$3" '
	    NR <= 5 { was[$1] = $2; next }
	    { bad += $2 > was[$1] + ($1 == "rss" ? more : $1 == "zombies" ? 0 : 2) }
	    END { exit NR != 10 || bad }'
	ok $? "	$4: no more memory, descriptors, threads, children than before"
}
load() {
	# the first hundreds are what it grows by once
	mails $((load / 10)) clean infected
	settle 120
	sleep 1
	engine_was=$(level $engine_pid)
	[ $FRONT = pipe ] || milter_was=$(level "$(cat milter.pid)")
	from=$next
	began=$(date +%s)
	AT_ONCE=50 PATIENCE=3000 mails "$load" $KINDS
	settle 600
	echo "# $FRONT: $load mails, 50 at once: $(($(date +%s) - began)) s"
	audit "$load mails, 50 at once" $from 0
	sleep 2
	is_level "$engine_was" "$(level $engine_pid)" 16384 "$FRONT: avscand"
	[ $FRONT = pipe ] ||
		is_level "$milter_was" "$(level "$(cat milter.pid)")" 8192 "the milter"
	is "$(find "$S/work" -mindepth 1 | wc -l)" 0 "	$FRONT: no work folder is left"
}
# one in twenty
KINDS='clean clean clean clean clean clean clean clean clean clean clean clean clean clean
    clean clean clean clean clean infected'

mails=${SOAK:+300} shots=${SOAK:+60} stream=${SOAK:+200}
mails=${mails:-24} shots=${shots:-6} stream=${stream:-16} rooms='0 4 12 20' load=
[ -z "${SOAK-}" ] || rooms='0 4 8 12 16 20 24 28 32 36 40 48 56 64 96 128' load=${MAILS:-10000}

both() {
	front $1
	if [ $1 = milter ]; then
		keep_milter
		ok $? 'a milter runs' || return
	fi
	at_random
	no_engine
	if [ $small -eq 0 ]; then no_room; else skip 'without room' 'nothing can be mounted here'; fi
	rm -rf "$S"/work/*
	if [ -n "$load" ]; then
		if [ $1 = milter ]; then
			leave_milter
			MILTER_OPTIONS='-w 25 -t 280'
			keep_milter
		fi
		load
	fi
	[ $1 != milter ] || leave_milter
}
for front in ${FRONTS:-pipe milter}; do
	both $front
done
table
nothing_lost "kills at random, no engine, no room: nothing is lost; seed $SEED"
is "$(sum twice '^milter')" 0 'nothing came twice in the session'
# What was taken, and killed before it was told: how much that is depends on the machine.
[ "$(sum twice '^pipe')" -le $((3 + shots / 20)) ]
ok $? "nor more than $((3 + shots / 20)) behind the queue: $(sum twice '^pipe')"
finish
