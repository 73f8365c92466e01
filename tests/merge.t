#!/bin/sh
# SPDX-License-Identifier: ISC
# virtally merge: its laws, what it refuses, and that nothing is ever half.
. "${0%/*}/lib.sh"
export TZ=UTC

tallies() { python3 "$HERE/tallymerge.py" "$@"; }
# seal FILE: puts right what its one day has as bytes= and sum=
seal() {
	sed 1,2d "$1" >text
	sum=$(b2sum -l 128 text | cut -c1-16)
	sed -i "2s/ bytes=.*/ bytes=$(($(wc -c <text))) sum=$sum/" "$1"
}
merge() { virtally merge -o "$@"; }

# The laws, on tallies made at random, against a model
seed=1
while [ $seed -le 4 ]; do
	tallies make $seed 6 "r$seed"
	(
		cd "r$seed" || exit 1
		tallies merge 0 1 2 3 4 5 >wanted
		merge all 0 1 2 3 4 5 && cmp all wanted || echo 'not as the page has it'
		merge back 5 4 3 2 1 0 && cmp all back || echo 'not commutative'
		merge twice 0 0 1 2 1 3 4 5 5 3 0 && cmp all twice || echo 'not idempotent'
		merge a 0 1 && merge b 2 3 && merge c 4 5 && merge ab a b && merge abc ab c
		merge bc c b && merge cba bc a
		cmp all abc && cmp all cba || echo 'not associative'
		merge again all && cmp all again || echo 'what was merged is merged to something else'
		merge all all 3 && cmp all again || echo 'not into itself'
		for i in 0 1 2 3 4 5; do
			merge one $i && cmp one $i || echo 'one alone is not itself'
		done
	) >said 2>&1
	is "$(cat said)" '' "the laws of seed $seed"
	seed=$((seed + 1))
done

# Of a state
log() { printf '2026-11-%sT10:00:00Z %s iMS: [ID 702911 mail.alert] %s virus found and dealt id=%s n=1\n' "$@"; }
{ log 25 mta1 Klez a1; log 26 mta1 Klez a2; } >log1
{ log 25 mta2 Klez b1; log 26 mta2 Eicar b2; } >log2
virtally count -q -D s1 log1
virtally count -q -D s2 log2
cp s1/tally before
exits 0 'two states' merge both s1 s2/tally
is "$(sed 1q both)" 'tally=1 generation=0' 'what was merged has no writer'
is "$(grep -c '^log=\|^seen=' both)" 0 'nor what only a state needs'
is "$(grep -c '^day=' both)" 4 'and the days of both'
is "$(virtally top -p all both)" "$(virtally top -p all s1 s2)" 'it counts as much as they do together'
is "$(virtally top -p all both)" '      3 Klez
      1 Eicar' '... which is right'
log 26 mta1 Klez a3 >>log1
virtally count -q -D s1 log1
exits 0 'one that counted on' merge newer both s1
is "$(virtally top -p all newer)" '      4 Klez
      1 Eicar' '... takes the place of its older copy'
merge older newer before
same older newer 'the older copy of it changes nothing'

# A state is not written over
cp s1/tally was
exits 64 'a state is not written over' merge s1/tally both
like "$(cat err)" '*s1/tally*state*' '... which is said'
same s1/tally was '... and not done'
exits 64 'nor a folder' merge s1 both
for i in s1/.lock log1; do
	cp $i was
	exits 64 "nor $i" merge $i both
	like "$(cat err)" "*$i: *no tally*" '... which is said'
	same $i was '... and not done'
done
truncate -s 3G huge
exits 64 'a huge file that is none' merge x huge
like "$(cat err)" '*huge: is no tally*' '... which is said'
printf 'tally=1 generation=0\n' | dd of=huge conv=notrunc 2>/dev/null
exits 64 'a tally that is too large' merge x huge
like "$(cat err)" '*huge: *1 GiB*' '... which is said'
rm huge
exits 0 'a tally that was merged is' merge both s1 s2
exits 75 'a folder that is not there' merge none/file both
exits 64 'without a tally' virtally merge -o x
exits 64 'without -o' virtally merge both

# Two that count the same gateway
cp -r s1 s3
sed -i 's/writer=[^ ]*-/&f/' s3/tally
exits 64 'a gateway that two count' merge x s1 s3
like "$(cat err)" '*mta1*2026-11-25*-*-*one place*' 'is named, with both and what to do'
[ ! -e x ]
ok $? 'and nothing is made'
{ log 27 mta1 Klez c1; } >log4
virtally count -q -D s4 log4
exits 0 'one that moved to another writer' merge x s1 s4
exits 64 'nor is a report made of two that count the same' virtally top -p all s1 s3

# What is none
{ echo 'tally=1 generation=0'; grep -A9 '^day=2026-11-25' s2/tally | sed '/^day=2026-11-26/,$d'; } >good
seal good
exits 0 'one by hand' merge x good
same x good '... is as we would write it'
# none NAME SED-SCRIPT: with it the sum is right, and yet it is none
none() {
	sed "$2" good >bad
	seal bad
	exits 64 "$1" merge y bad
	like "$(cat err)" '*bad: line *' '... with file and line'
}
none 'a host that is no value' 's/mta2/mta 2/'
none 'a name that is no value' 's/Klez/K<lez/'
none 'a name that is coded otherwise' 's/Klez/%4Blez/'
none 'no such kind' 's/virus=/worm=/'
none 'no such hour' 's/at=10:/at=25:/'
none 'a number with a zero before it' 's/at=10:1/at=10:01/'
none 'more messages than findings' 's/:1:1/:2:1/'
none 'nothing found' 's/:1:1/:0:0/'
none 'too large a number' 's/:1:1/:1:1000000000000000000/'
none 'an hour twice' 's/:1:1/:1:1,10:1:1/'
none 'an end without' 's/:1:1/:1:1,/'
none 'no sum before the names' '/virus= /d'
none 'a gateway that was not introduced' '/last=/d'
none 'no such time' 's/last=2026-11-25/last=2026-02-30/'
none 'a word too many' 's/last=/x=1 &/'
none 'no such day' 's/day=2026-11-25/day=2026-02-30/'
none 'the past without its end' 's/day=2026-11-25/day=past/'
none 'no generation' 's/ generation=1//'
# More gateways than there is room for, of several days and tallies
# many DAY N FIRST: as many gateways, a line each
many() { awk -v d="$1" -v n="$2" -v at="$3" 'BEGIN { for (i = 0; i < n; i++)
	print d "T10:00:01Z h" at + i " iMS: [ID 702911 mail.alert] X virus found and dealt id=" d at + i " n=1" }'; }
many 2026-11-24 3000 0 >many1
many 2026-11-25 3000 3000 >many2
many 2026-11-24 2000 7000 >many3
for i in 1 2; do virtally count -q -D many many$i; done
exits 0 'more gateways than there is room for' virtally top -D many -p all
is "$(cat out)" '   6000 X' '... are all counted'
virtally count -q -D many.3 many3
exits 0 '... and merged' merge many.m many many.3
exits 0 '... whose merging' merge many.n many.m many.3
same many.m many.n '... changes nothing'
is "$(virtally top -p all many.m)" '   8000 X' '... nor the sum'
exits 0 '... and counted on' virtally count -q -D many many1 many3
is "$(virtally top -D many -p all)" '   8000 X' '... to the last'
sed 's/ h7005 / h2999 /; s/ id=/&x/' many3 >many4
virtally count -q -D many.4 many4
exits 64 'two that count one of so many' merge x many.4 many.m
like "$(cat err)" '*gateway h*2026-11-24*' '... which is said'
virtally merge -o many.5 many many.4 2>err
like "$(cat err)" '*h2999*' '... by its name'
for i in 1 2; do
	{ echo 'tally=1 generation=0'; printf 'day=2026-11-25 start=2026-11-25T00:00:00Z writer=w%s generation=1 bytes= sum=\nhost=%%2A last=2026-11-25T10:00:00Z\nhost=%%2A virus= at=10:1:1\n' $i; } >rest$i
	seal rest$i
done
exits 0 'what two counted of too many is no gateway of both' merge x rest1 rest2

# Zones
sed 's/start=2026-11-25T00/start=2026-11-25T01/' s2/tally >apart
exits 64 'a day that began at two times' merge y s1 apart
like "$(cat err)" '*2026-11-25*two zones: by *UTC?0?:00, and by *UTC?0?:00*' '... with both'
exits 64 'a report in another zone' env TZ=CET-1 virtally report -D s2 -p 2026-11-25
like "$(cat err)" '*2026-11-25*UTC+00:00*UTC+01:00*same TZ*' '... which is said'
exits 64 'an export in another zone' env TZ=CET-1 virtally export -F prom -D s2
log 26 mta2 Klez zone >elsewhere
cp s2/tally was
exits 64 'counting on in another zone' env TZ=CET-1 virtally count -q -D s2 elsewhere
same s2/tally was '... which changes nothing'
exits 0 'merging in another zone' env TZ=CET-1 virtally merge -o y s1 s2
rm y
none 'a day that begins nowhere' 's/ start=[^ ]*//'
none 'a day that begins on another' 's/ start=2026-11-25/ start=2026-11-28/'
sed 's/virus=Klez/virus=Klex/' good >bad
exits 64 'a byte that is another one' merge y bad
like "$(cat err)" '*bad: line 3: *2026-11-25*sum=*' '... is found by the sum'
{ cat good; sed 1d good; } >bad
exits 64 'a day twice' merge y bad
head -c -1 good >bad
exits 64 'without its last byte' merge y bad
sed 's/tally=1/tally=2/' good >bad
exits 64 'another version' merge y bad
like "$(cat err)" '*bad: *version 2*' '... which is said'
: >bad
exits 64 'an empty file' merge y bad
exits 64 'a log' merge y log1
like "$(cat err)" '*log1: is no tally*' '... which is said'
mkdir empty
exits 75 'a folder that is no state' merge y empty
exits 75 'one that is not there' merge y nothing
mkfifo fifo
exits 64 'a fifo, at which nobody waits' merge y fifo
[ ! -e y ]
ok $? 'none of them made anything'

# A state that is damaged is left as it is
log 28 mta1 Klez a9 >>log1
# spoilt NAME SED-SCRIPT: count says it, and leaves the state
spoilt() {
	rm -rf sp
	cp -r s1 sp
	sed -i "$2" sp/tally
	cp sp/tally spoilt
	exits 64 "$1" virtally count -D sp log1
	like "$(cat err)" '*sp/tally: *' '... with the name of the file'
	same sp/tally spoilt '... and it is left as it is'
}
spoilt 'a state whose head is damaged' '1s/generation=/generatiom=/'
spoilt 'a state of another version' '1s/=1/=7/'
spoilt 'a state without its key' '1s/key=./&x/'
spoilt 'how far a log was read is damaged' 's/^log=.*/log=x/'
spoilt 'what was seen is damaged' 's/ids=/&%20/'
spoilt 'a day of somebody else' 's/^\(day=.*writer=\)/\1x/'
spoilt 'days that are cut' "\$d"
rm -rf sp
mkdir sp
cp both sp/tally
exits 64 'what was merged is no state' virtally count -D sp log1
is "$(grep -c 'a copy of it' err)" 0 '... and nothing that a copy would mend'
rm sp/tally
mkdir sp/tally
exits 64 'a state that is a folder' virtally count -D sp log1
exits 64 'no folder' virtally count -D log1 log1
# a day that nobody opens is not looked at, and stays as it is
rm -rf sp
cp -r s1 sp
sed -i 's/^host=mta1 virus=Klez at=10:1:1$/host=mta1 virus=Klex at=10:1:1/' sp/tally
exits 0 'a damaged day that is not counted into' virtally count -q -D sp log1
like "$(grep Klex sp/tally)" '*Klex*' '... is kept'
exits 64 '... and is said when it is looked at' virtally top -D sp -p 2026-11-25
like "$(cat err)" '*sp/tally: line *2026-11-25*' '... with file and day'
log 25 mta1 Klez a10 >>log1
cp sp/tally spoilt
exits 64 '... or counted into' virtally count -q -D sp log1
same sp/tally spoilt '... and it is left as it is'

# Full disks, and kills
i=0
while [ $i -lt 400 ]; do log 1$((i % 9)) mta1 "Name-$i" "d$i"; i=$((i + 1)); done >log5
cp s1/tally was
exits 75 'a full disk' sh -c 'ulimit -f 8; exec virtally count -q -D s1 log5'
like "$(cat err)" '*s1/tally: *' '... with the name of the file'
same s1/tally was '... and the old state stays'
is "$(grep -c . err)" 1 '... once'
is "$(ls -A s1)" '.lock
tally' '... alone'
exits 75 'a full disk' sh -c 'ulimit -f 0; exec virtally merge -o z s1'
is "$(find . -maxdepth 1 -name '*z*')" '' 'nothing half'
echo half >s1/.virtally-0123456789abcdef
exits 0 'what a killed run left does not matter' virtally count -q -D s1 log5
is "$(virtally top -D s1 -p all -N 1000 | awk '{ n += $1 } END { print n }')" 403 'all is counted'
is "$(ls -A s1)" '.lock
tally' 'and it is gone'

# What others put beside a tally is theirs
echo mine >.x.new
echo mine >.virtally-0123456789abcdee
echo mine >victim
ln victim .virtally-0123456789abcded
ln -s victim .virtally-0123456789abcdec
mkfifo .virtally-0123456789abcdeb
exits 0 'files of others beside a tally' flock .virtally-0123456789abcdee timeout 20 \
    virtally merge -o x s1
is "$(cat .x.new .virtally-0123456789abcdee victim)" 'mine
mine
mine' '... are not written to'
[ -e .virtally-0123456789abcdee ]
ok $? '... nor removed, while somebody holds them'
is "$(ls -A -d .virtally-*)" '.virtally-0123456789abcdeb
.virtally-0123456789abcdec
.virtally-0123456789abcded
.virtally-0123456789abcdee' '... nor what is none of ours'
rm .virtally-* .x.new
is "$(stat -c %a s1/tally x)" '640
644' 'who may read a state, and a tally'
if [ "$(id -u)" -eq 0 ]; then
	mkdir theirs
	chmod 755 .
	chown nobody theirs
	chgrp daemon theirs
	as_nobody() { setpriv --reuid=nobody --regid=daemon --clear-groups "$@"; }
	exits 0 'root counts in a folder of another one' virtally count -q -D theirs log1
	is "$(stat -c %U:%G theirs/.lock theirs/tally)" 'nobody:daemon
nobody:daemon' '... and what it makes there is theirs'
	exits 0 '... who goes on' as_nobody virtally count -q -D theirs log2
	rm theirs/.lock
	ln victim theirs/.lock
	virtally count -q -D theirs log5 2>err
	is "$(stat -c %U victim)" root '... but not what was there'
else
	skip 'root counts in a folder of another one' 'not root'
fi

# Two at a time
for i in 1 2 4; do virtally count -q -D both4 "log$i" & done
virtally count -q -D both4 log5
ok $? 'one of several at a time'
wait
is "$(virtally top -D both4 -p all -N 1000 | awk '{ n += $1 } END { print n }')" \
    "$(cat log[1-5] | grep -vc '^2026-11-2[7-9]')" 'each of them has counted'

# Killed at each call that changes something, or where that fails: the old state or the new
# one, and the next run is as if nothing had been
# points CALL...: each with its number, into ./points
points() {
	for call; do
		awk -v c="$call(" 'index($0, c) == 1 { print substr(c, 1, length(c) - 1), ++n }' trace
	done >points
}
# at CALL N WHAT: counts in a copy of the state, and does that there
at() {
	rm -rf k
	cp -r from k
	strace -qq -o /dev/null -e trace="$1" -e "inject=$1:$3:when=$2" \
	    virtally count -q -D k log6 >out 2>err
}
if strace -qq -o /dev/null true 2>err; then
	cp -r s2 from
	cat log2 log5 >log6
	cp -r from k
	strace -qq -o trace virtally count -q -D k log6
	cp k/tally new
	points openat flock write fsync renameat close exit_group
	[ "$(grep -c . points)" -gt 20 ]
	ok $? "$(grep -c . points) calls to be killed at"
	old=0
	while read -r call n; do
		at "$call" "$n" signal=KILL
		if cmp -s k/tally from/tally; then old=$((old + 1)); else cmp k/tally new; fi
		virtally count -q -D k log6 && cmp k/tally new || echo "then: $call $n"
	done <points >said 2>&1
	is "$(grep -v Killed said)" '' 'killed at each of them nothing is half, lost or counted twice'
	[ $old -gt 15 ]
	ok $? "and it was both: $old times the old one"
	points write fsync renameat
	while read -r call n; do
		at "$call" "$n" error=ENOSPC
		[ $? -eq 75 ] && grep -q 'k/tally: No space' err || echo "$call $n: $(cat err)"
		[ "$call $n" = 'fsync 2' ] || cmp k/tally from/tally
		virtally count -q -D k log6 && cmp k/tally new || echo "then: $call $n"
	done <points >said 2>&1
	is "$(cat said)" '' 'nor where the disk is full at any of them'
else
	skip 'killed at each call' 'strace is absent or not allowed'
fi
finish
