#!/bin/sh
# SPDX-License-Identifier: ISC
# sigupdate on a disk that is full or broken: each call that has to do with the root of
# generations fails once.  The set is the old one or the new one, whole; that is said,
# with the name of the file, and 75 the answer; the next update is as if nothing had been.
#	SOAK=1	each of the calls, and those that only read too
# shellcheck disable=SC2154
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"
. "$HERE/sigserver.sh"
. "$HERE/sigpoints.sh"
can_follow 'updates whose calls fail' || { finish; exit; }
old_and_new || { ok 1 'two sets'; finish; exit; }

python3 "$HERE/sigpoints.py" trace "$T/conf" | grep " $T/w0/root" >points
CHANGES='^[0-9]*:(write|fsync|renameat|linkat|symlinkat|create|mkdirat):'
LOOKS='^[0-9]*:(read|openat|getdents|fstat|fstatat|readlinkat|unlinkat|flock|fchmod|ftruncate):'
# What nobody needs: the number in .lock, and a generation less, which is said.  What
# close(2) says matters where the file was opened to be written.
awk '{ path = $2 }
    $1 ~ /:(create|openat):/ { how[path] = $1 }
    $1 ~ /:close:/ && (how[path] !~ /:create:/ || path ~ /\/\.lock$/) { print $1 }
    $1 ~ /:write:/ && path ~ /\/\.lock$/ { print $1 }
    path ~ /\/\.gone\./ { print $1 }' points >harmless

# faults NUMBER ERROR CALLS ONE-OF: those that only read may be tried in another way, or
# cost a file that is brought anew
faults() {
	grep -E "$3" points | if [ -n "${SOAK-}" ]; then cat; else awk "NR % $4 == 1"; fi >chosen
	n=$(grep -c . chosen)
	python3 "$HERE/sigpoints.py" fail "$T/conf" "$1" <chosen >failed
	ok $? "$2 at $n calls"
	is "$(sed -n 's/^missed	//p' failed)" '' '... each was come to'
	grep '^old	\|^new	\|^some	' failed >whole
	is "$(grep -c . whole)" "$n" '... the set is the old one or the new one, whole'
	is "$(sed -n 's/^wrong	//p' failed)" '' '... nothing else is wrong, then and after the next update'
	awk -F '\t' -v looks="$([ "$3" = "$LOOKS" ]; echo $?)" '
	    BEGIN { while ((getline p <"harmless") > 0) harmless[p] = 1 }
	    { split($3, at, " "); path = name = at[2] }
	    { sub(/.*\//, "", name); sub(/\.new$/, "", name) }
	    $2 == 0 && $1 == "new" && at[1] in harmless { next }
	    $2 == 75 && index($4, path) { next }
	    $2 == 75 && index($4, name) && $4 ~ /sigupdate: \// { next }
	    looks == 0 && ($1 == "new" && $2 < 2 || $4 ~ /Input\/output error/) { next }
	    # of a folder, one of its files is named
	    $2 == 75 && at[1] ~ /:fsync:/ && index($4, path "/") { next }
	    { print }' whole >other
	is "$(cat other)" '' '... 75 and the path of the file, or it is harmless'
}
if [ "$(uname -m)" != x86_64 ]; then
	skip 'calls that fail' 'on x86_64 alone they can be made to'
else
	faults 28 ENOSPC "$CHANGES" 17
	faults 5 EIO "$CHANGES|:close:" 41
	[ -z "${SOAK-}" ] || faults 5 EIO "$LOOKS" 1
fi

### The manifest of the current set, when not every source can be asked
cp -a old hurt
line 9 'by hand' >hurt/current/hand.ndb
line 5 'number 5 in own' >own/own.ndb
mv doc/set doc/gone
in_hurt() { timeout 60 "$@" sigupdate update -a -c "$T/conf" -D "$T/hurt"; }
all=$(cd hurt/current/ && sha256sum ./*.*)
point=$(sed -n 's,^1:openat:[0-9]* .*/2[0-9]*/manifest$,&,p' points | head -n 1)
if [ "$(uname -m)" = x86_64 ]; then
	in_hurt sysat -o log -m "$T/conf" -e 5 "${point%% *}" 2>err
	is "$(tail -n 1 log)" 'exit 75' 'a manifest that cannot be read, once'
	is "$(cd hurt/current/ && sha256sum ./*.*)" "$all" '... nothing is lost for it'
fi
rm -f hurt/current/manifest
exits 1 'one that is lost' in_hurt env
like "$(cat err)" '*/hurt: stays as it is, *set brings nothing now*' '... is said'
is "$(cd hurt/current/ && sha256sum ./*.*)" "$all" '... nothing more is lost'
mv doc/gone doc/set
exits 1 'when each source can be asked' in_hurt env
exits 0 '... the set is made anew' in_hurt env
cmp -s hurt/current/own.ndb own/own.ndb && cmp -s hurt/current/one.ndb doc/set/one.ndb
ok $? '... and whole'

### A disk of 300 KB
in_small() { timeout 60 sigupdate update -a -c conf -D "$T/small"; }
now() { (cd small/current/ && sha256sum ./*) 2>&1; }
# of SOURCE: what of it is in use
of() { grep "^name=.* source=$1 " small/current/manifest; }
# full NAME WHAT: an update does not fit, for that file
full() {
	before=$(of "${1%%/*}")
	exits 75 "$2 that does not fit" in_small
	like "$(cat err)" "sigupdate: $T/small/.part/$1: No space left on device
*sigupdate: ${1%%/*}: the run that asked it ended: it said why; the others went on" '... is said'
	is "$(of "${1%%/*}")" "$before" '... what it had stays'
	is "$(find "small/.part/${1%%/*}" small/.stage -type f 2>/dev/null)" '' '... it does not stay full'
}
# fits N WHAT: generation N does
fits() {
	all_of "$1"
	exits 0 "$2" in_small
	[ "$(cat small/current/*.ndb | grep -c "Canary$1:\|Canary$1\.")" -eq 5 ]
	ok $? '... is taken'
	is "$(find small/ -name '.?*' ! -name .lock ! -name .state ! -path small/.part)" '' \
	    '... nothing is left'
}
mkdir small
if ! mount -t tmpfs -o size=300k,mode=755 none small 2>/dev/null; then
	skip 'a disk that is full' 'here nothing can be mounted'
	finish
	exit
fi
cleanup="umount $T/small; $cleanup"
fits 5 'on a small disk, a first generation'
all_of 6
awk 'BEGIN { for (i = 1; i < 9000; i++) printf "Test.Big%d:0:*:%08x%08x\n", i, 2864434397, i }' >big
cat big >>own/own.ndb
full own/own.ndb 'a file of a folder'
grep -q 'Canary6:' small/current/packed.ndb
ok $? '... and the others are new'
fits 7 'one that fits'
cat big >>doc/set/two.ndb && sign 8 ours
full set/two.ndb 'a file of a signed set'
all_of 9
cat big >>packed/packed.ndb && pack 9
full packed/packed.ndb 'a file of an archive'
fits 10 'one that fits'
# Filled by somebody else, but for a page or two.
all_of 11
dd if=/dev/zero of=small/filler bs=4k count=100 2>/dev/null
before=$(now)
exits 75 'a disk that somebody else fills' in_small
like "$(cat err)" "sigupdate: $T/small/*: No space left on device*" '... is said'
is "$(now)" "$before" '... the set is the old one'
rm small/filler
fits 12 'when there is room'
finish
