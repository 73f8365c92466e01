#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016
# Under nohup SIGHUP is ignored, and a shell cannot take that back.
[ -n "${SIGNALS-}" ] || SIGNALS=default exec perl -e \
    '$SIG{$_} = "DEFAULT" for qw(HUP INT TERM); exec @ARGV' sh "$0" "$@"
. "${0%/*}/lib.sh"

# Is the process in file $1 gone?  It may take a moment.
gone() {
	tries=0
	while [ $tries -lt 200 ]; do
		# A zombie has no memory left.
		kill -0 "$(cat "$1")" 2>/dev/null && [ -s "/proc/$(cat "$1")/maps" ] || return 0
		sleep 0.01
		tries=$((tries + 1))
	done
	return 1
}

# wait_for FILE
wait_for() {
	tries=0
	while [ ! -s "$1" ] && [ $tries -lt 500 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
}

exits 0 '0 passes' guard true
is "$(cat out err)" '' 'in silence'
exits 69 '69 passes' guard sh -c 'exit 69'
exits 75 '75 passes' guard sh -c 'exit 75'
is "$(cat out err)" '' 'in silence too'
for status in 1 2 64 71 78 99 126 127 137 255; do
	exits 75 "$status becomes 75" guard sh -c "exit $status"
	is "$(cat err)" "guard: sh: exit status $status, so 75" 'and is named'
done
for signal in HUP INT TERM KILL SEGV PIPE ALRM; do
	exits 75 "death by SIG$signal is 75" guard sh -c "kill -$signal \$\$"
	like "$(cat err)" '*guard: sh: killed by signal *, so 75' 'and is named'
done
exits 75 'a command that is missing' guard ./none
like "$(cat err)" 'guard: ./none: No such file or directory' 'is named'
echo 'exit 0' >plain
exits 75 'one that is not executable' guard ./plain
exits 64 'no command is a wrong call' guard
exits 64 'so is -t 0' guard -t 0 true
exits 64 'and -t x' guard -t x true

is "$(echo in | guard sh -c 'read -r x; echo "$x out"; echo "$# $1" >&2' x 'a  b' 2>err) $(cat err)" \
    'in out 1 a  b' 'input, output and arguments go through'
is "$(guard echo -t 5 -h)" '-t 5 -h' 'the options of the command are its own'
is "$(MULTISCAN_GUARD='' guard sh -c 'echo $MULTISCAN_GUARD')" 1 'it knows that it is guarded'
exits 0 'a caller that ignores SIGCHLD' sh -c 'trap "" CHLD; exec guard true'
exits 75 'learns the end too' sh -c 'trap "" CHLD; exec guard false'
exits 0 'the command is not left with blocked signals' guard sh -c \
    'read -r x x <<-END
	$(grep SigBlk /proc/self/status)
	END
	[ "$x" = 0000000000000000 ]'

# Time is over
exits 75 'a command that hangs' guard -t 1 sh -c \
    'sleep 50 & echo $! >a; setsid sh -c "sleep 50 & echo \$! >b; sleep 50" & trap "" TERM; sleep 50; sleep 50'
is "$(cat err)" 'guard: sh: not done in 1 seconds, stopped' 'is stopped, and that is said'
gone a
ok $? 'with what it started'
gone b
ok $? 'and what has left its group'

# Nothing is left of one that ended either
exits 0 'a command that leaves processes' guard sh -c \
    'sleep 50 & echo $! >a; setsid sh -c "sleep 50 & echo \$! >b; sleep 50" & while [ ! -s b ]; do sleep 0.01; done'
gone a
ok $? 'in the background: gone'
gone b
ok $? 'outside of its group: gone'
exits 75 'one that died by a signal' guard sh -c 'sleep 50 & echo $! >a; kill -9 $$'
gone a
ok $? 'leaves nothing as well'

# Signals go to the group
for signal in TERM INT HUP; do
	rm -f a got
	# A shell starts what is in the background with SIGINT ignored.
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' guard sh -c \
	    'trap "echo got >got; exit 0" '$signal'; sleep 50 & echo $! >a; wait' 2>err &
	guard=$!
	wait_for a
	kill -$signal $guard
	wait $guard
	is "$? $(cat got)" '0 got' "SIG$signal reaches the command"
	gone a
	ok $? 'and its children'
done
rm -f a
guard sh -c 'echo $$ >a; exec sleep 50' 2>err &
guard=$!
wait_for a
kill -KILL $guard
wait $guard 2>/dev/null
gone a
ok $? 'SIGKILL of guard ends the command'
finish
