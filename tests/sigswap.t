#!/bin/sh
# SPDX-License-Identifier: ISC
# Readers of the current set, while it becomes another again and again: each sees all
# canaries of one generation and none of another, be it a program that opens the folder,
# holds it and reads, or avscand.
#	SOAK=1	1,000 generations, not 40
# shellcheck disable=SC2015,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"
files=8
swaps=${SOAK:+1000}
swaps=${swaps:-40}
globals='keep 2'
own_source | conf

# canaries N: each file of the source with that of generation N
canaries() {
	n=1
	while [ $n -le $files ]; do
		line "$1.$n" "generation $1" >"own/$n.ndb" || return
		n=$((n + 1))
	done
}

# What avscand does: where current leads, held, if it is still there then.
cat >reader <<-'END'
	import fcntl, os, re, sys, time
	files, seen, reads, again = int(sys.argv[1]), set(), 0, 0
	while not os.path.exists("over"):
	    time.sleep(.002)
	    try:
	        folder = os.open(os.path.realpath("root/current"), os.O_RDONLY | os.O_DIRECTORY)
	    except FileNotFoundError:
	        again += 1
	        continue
	    try:
	        try:
	            fcntl.flock(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
	        except BlockingIOError:
	            again += 1
	            continue
	        now = os.fstat(folder)
	        if not os.path.exists("root/current"):
	            print("no current set")
	        elif not os.path.samestat(now, os.stat("root/current")):
	            again += 1
	            continue
	        found = {}
	        for name in os.listdir(folder):
	            with open(os.open(name, os.O_RDONLY, dir_fd=folder), encoding="ascii") as f:
	                found[name] = re.findall(r"Canary(\d+)\.\d+:", f.read())
	        canaries = [c for name in found for c in found[name]]
	        if len(canaries) != files or len(set(canaries)) != 1 or "eicar.ndb" not in found:
	            print("torn:", found)
	        seen.update(canaries)
	        reads += 1
	    except OSError as e:
	        print(repr(e))
	    finally:
	        os.close(folder)
	print(f"{reads} reads of {len(seen)} generations, {again} tries more", file=sys.stderr)
END
# loads: avscand loads it, again and again, each time all of it
loads() {
	while [ ! -e over ]; do
		timeout 60 avscand -k -D root/current >load 2>load.err
		status=$?
		[ $status -eq 0 ] && [ "$(grep -c '^name=' load)" -eq $((files + 2)) ] &&
		    [ "$(sed -n 's/^check=.* sigs=\([0-9]*\) .*/\1/p' load)" -eq $((files + 2)) ] ||
		    { echo "exit $status"; cat load load.err; }
		sed -n 's/^check=avscand set=\([0-9]*\) .*/\1/p' load >>loaded
	done
}

# swap FROM TO: a generation each; how many were made
swap() {
	i=$1 made=0 before=$(gen)
	while [ "$i" -le "$2" ]; do
		canaries "$i" && update -q >out 2>err || { echo "# generation $i"; sed 's/^/# /' err; break; }
		[ "$(gen)" = "$before" ] || made=$((made + 1))
		before=$(gen)
		i=$((i + 1))
	done
}
canaries 1
exits 0 'a first generation' update

python3 reader $files >torn 2>read &
reader=$!
cleanup="kill $reader 2>/dev/null"
swap 2 $((swaps + 1))
: >over
wait $reader
ok $? "a reader, while there are $swaps generations more"
is "$made" "$swaps" '... of which each was in use'
is "$(cat torn)" '' '... sees each whole, and nothing of another'
seen=$(sed -n 's/.* reads of \([0-9]*\) generations.*/\1/p' read)
[ "${seen:-0}" -gt $((swaps / 2)) ]
ok $? '... more than half of them'
echo "# $(cat read)"

rm over
: >loaded
loads >torn &
reader=$!
cleanup="kill $reader 2>/dev/null"
swap $((swaps + 2)) $((swaps + 1 + swaps / 5))
: >over
wait $reader
is "$made" $((swaps / 5)) "avscand -k, while there are $made generations more"
is "$(cat torn)" '' '... loads each whole'
[ "$(sort -u loaded | grep -c .)" -gt 2 ]
ok $? '... and not one alone'
echo "# $(grep -c . loaded) loads of $(sort -u loaded | grep -c .) generations"

i=$((i + 1))
canaries $i && exits 0 'when nobody reads' update
is "$(find root -mindepth 1 -maxdepth 1 -type d -name '2*' | grep -c .)" 2 '... two are left'
is "$(debris)" '' '... and nothing else'
finish
