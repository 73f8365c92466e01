#!/bin/sh
# SPDX-License-Identifier: ISC
# sigupdate, killed at each of its system calls: what is in use is the old set or the
# new one, whole; nothing runs on; the next update is as if nothing had been.
#	SOAK=1	each of them, not a sample
# shellcheck disable=SC2154
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"
. "$HERE/sigserver.sh"
. "$HERE/sigpoints.sh"
can_follow 'updates that are killed' || { finish; exit; }
old_and_new || { ok 1 'two sets'; finish; exit; }

python3 "$HERE/sigpoints.py" trace "$T/conf" >points
ok $? 'the calls of an update'
all=$(grep -c . points)
[ "$all" -gt 300 ]
ok $? '... are many'
if [ -n "${SOAK-}" ]; then
	cp points chosen
else
	# some of what changes names, some of the rest
	grep -E ':(renameat|linkat|symlinkat|fsync|exec):' points | awk 'NR % 9 == 1' >chosen
	grep -vE ':(renameat|linkat|symlinkat|fsync|exec):' points |
	    awk -v n="$all" 'int(NR * 14 / n) != last { last = int(NR * 14 / n); print }' >>chosen
fi
chosen=$(grep -c . chosen)
python3 "$HERE/sigpoints.py" kill "$T/conf" <chosen >killed
ok $? "killed at $chosen of $all calls"
is "$(sed -n 's/^missed	//p' killed)" '' '... each was come to'
grep '^old	\|^new	\|^some	' killed >whole
is "$(grep -c . whole)" "$chosen" '... the set is the old one or the new one, whole'
is "$(grep '^some' killed | grep -v '^some	[0-9]*	[2-9]')" '' \
    '... but for a source whose own process was killed'
is "$(sed -n 's/^wrong	//p' killed)" '' '... nothing else is wrong, then and after the next update'
grep -q '^new' killed && grep -q '^old' killed
ok $? '... and it was both'
how_many() { grep -c "^$1" killed; }
echo "# $chosen points: $(how_many old) old, $(how_many new) new," \
    "$(how_many some) with a source less, $(how_many 'wrong.*\(current is\|manifest\)') broken," \
    "$(how_many 'wrong.*debris') with debris"
finish
