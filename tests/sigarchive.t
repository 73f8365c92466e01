#!/bin/sh
# SPDX-License-Identifier: ISC
# sigupdate and a set that comes as one archive: what is taken of it, what is refused,
# and a server that misbehaves.
#	SOAK=1	each of 60 flips in each archive
# shellcheck disable=SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"
. "$HERE/sigserver.sh"
exits 0 'keys' keys ours
keys theirs
serve http

globals="shrink 100
max-age never
max-size 1M
max-time 6s
slow 1K 1s"
url=http://127.0.0.1:$http/set.tgz
# ours KEY URL...: a configuration of the archive there; KEY: "" for none
ours() {
	key=$1
	shift
	{
		printf 'source set\n\tarchive %s\n\tallow http\n' "$*"
		[ -z "$key" ] || printf '\tkey %s\n' "$(public "$key")"
	} | conf
}
# whole N [KEY]: generation N in doc/set, of which a.ndb is the first name
whole() {
	publish "$1"
	{ line "$1" "generation $1 in a"; lines 9; } >doc/set/a.ndb
	sign "$1" "${2-ours}"
}
packed() { tar -C doc/set -czf doc/set.tgz .; }
# published: what is in use is what doc/set has, all of it
published() {
	for file in doc/set/*.[nc][dv][bd]; do
		cmp -s "$file" "root/current/${file##*/}" || return 1
	done
}
# kept STATUS TEXT WHAT: an update fails, says so, and changes nothing
kept() {
	(
		# a file of more than 2 MiB would be its end
		ulimit -f 4096
		exec timeout 60 sigupdate update -a -c conf
	) >out 2>err
	got=$?
	[ "$1" -eq 75 ] && said=$2 || said="refused: $2"
	[ "$got" -eq "$1" ] && [ "$(grep -c . err)" -eq 1 ] && [ "$(sums)" = "$set" ] &&
	    [ -z "$(debris)" ] && [ "$(du -sk root | cut -f 1)" -lt 1000 ]
	ok $? "$3: exit $1, one line, the set is the old one, nothing stays" ||
	    { echo "# exit $got"; sed 's/^/# /' err; debris; du -sk root; }
	like "$(cat err)" "sigupdate: set: $said" '... and it is said why'
	[ "$1" -eq 75 ] || is "$(ls -A root/.part/set 2>/dev/null)" '' '... of what is refused nothing is kept'
}
ours ours "$url"

### As it should be
whole 1
python3 "$HERE/sigarchives.py" made doc/set
cp -r doc/set first
for good in made/good*; do
	rm -rf root
	mkdir root
	cp "$good" doc/set.tgz
	update >out 2>err && published
	ok $? "${good#made/} is taken" || sed 's/^/# /' err
done
is "$(debris)$(ls -A root/.part)" '' '... and nothing is left'
set=$(sums)
: >requests
exits 0 'a second look' update
is "$(state set) $(asked) $(cut -d ' ' -f 2,4 requests)" 'same 1 /set.tgz 304' '... asks if it is newer'
exits 0 'a check' timeout 60 sigupdate check -c conf
is "$(state set) $(tail -n 1 requests | cut -d ' ' -f 4)" 'same 304' '... too'
fault '* no-etag'
cp made/good.tar doc/set.tgz
touch -d '1 hour ago' doc/set.tgz
exits 0 'the same in another archive, without ETag' update
is "$(state set)$(sums)" "same$set" '... is the same'
exits 0 'once more' update
is "$(tail -n 1 requests | cut -d ' ' -f 4,6)" '304 if-modified-since' '... asks by its time'
well
whole 2
packed
: >requests
exits 1 'a check when there is something new' timeout 60 sigupdate check -c conf
is "$(state set) $(cut -d ' ' -f 2,3 requests)" 'new /set.tgz bytes=0-0' '... fetches nothing'
is "$(sums)" "$set" '... and changes nothing'
exits 0 'a new one' update
is "$(state set)" new '... is taken'
published
ok $? '... as it was published'
set=$(sums)

### What is refused
# each FILE...: a source of each of them, all asked in one run
each() {
	rm -rf doc/each
	mkdir doc/each
	mv "$@" doc/each/
	n=0 ours=$(public ours)
	for file in doc/each/*; do
		n=$((n + 1))
		printf 'source n%s\n\tarchive http://127.0.0.1:%s/each/%s\n\tallow http\n' \
		    $n "$http" "${file##*/}"
		printf '\tset set\n\tkey %s\n' "$ours"
	done >sources
	conf <sources
	n=$(grep -c '^source' sources)
}
mv root aside
mkdir root
each made/bad*
(
	# a file of more than 2 MiB would be its end
	ulimit -f 4096
	exec timeout 100 sigupdate update -c conf
) >out 2>err
is "$?" 1 'each bad archive, all at once'
is "$(sed -n 's/^source=set .*//; s/^source=n[0-9]* state=refused .*/refused/p' out | grep -c .)" \
    "$(find doc/each -type f | grep -c .)" '... is refused'
is "$(grep -c 'refused: http.*/bad[^:]*: ..' err) $(grep -cv ': refused:' err)" "$n 1" '... each in one line, with a reason'
! grep 'in the manifest' err
ok $? '... for what it is'
is "$(update -q 2>&1)" '' '... and with -q they are asked later'
is "$(debris)$(find root/.part -type f)" '' '... nothing stays'
is "$(du -sk root | awk '{ print ($1 < 2000) }')" 1 '... no room is taken'
rm -r root
mv aside root
ours ours "$url"
cp doc/set/a.ndb made/x.ndb

### What the manifest says
# with COMMAND...: generation 3 anew, changed by it, packed
with() {
	whole 3
	"$@"
	packed
}
change() { sed -i 's/Line5:/Line6:/' doc/set/one.ndb; }
other() {
	rm doc/set/manifest*
	sigupdate manifest other 3 doc/set >manifest.new && mv manifest.new doc/set/manifest
	minisign -S -s key/ours.sec -x doc/set/manifest.minisig -m doc/set/manifest >/dev/null
}
with cp made/x.ndb doc/set/
kept 1 "$url: x.ndb: is not in the manifest" 'a file that is not named'
rm doc/set/x.ndb
with rm doc/set/two.ndb
kept 1 "$url: two.ndb: is in the manifest, and not there" 'a file that is missing'
with change
kept 1 "$url: one.ndb: is not the file that the manifest names: its SHA-256 is another" 'one that was changed'
with cp made/x.ndb doc/set/one.ndb
kept 1 "$url: one.ndb: is not the file that the manifest names: its size is another" 'one of another size'
with rm doc/set/manifest
kept 1 "$url: holds no manifest" 'no manifest'
with rm doc/set/manifest.minisig
kept 1 "$url: holds no manifest.minisig" 'no signature'
with sed -i 's/generation=3/generation=4/' doc/set/manifest
kept 1 "$url: manifest.minisig: *" 'a manifest that was changed'
with sign 3 theirs
kept 1 "$url: manifest.minisig: *key*" 'signed by somebody else'
with other
kept 1 "$url: manifest: is of the set \`other'*" 'the manifest of another set'
with sign 1 ours
kept 1 "$url: manifest: generation 1 is older than 2*" 'an older one once more'
with sign 2 ours
kept 1 "$url: manifest: generation 2 once more, with other contents" 'the same generation with other contents'
head -c 3000000 /dev/zero | tr '\0' x >big
with cp big doc/set/manifest
kept 1 "$url: it holds more *" 'a large manifest'
whole 3
# one that avscand -k finds bad, of a name like that of the archive itself
cp doc/set/a.ndb doc/set/archive.ndb
line 13 'the train leaves' >>doc/set/archive.ndb
sign 3 ours
packed
exits 1 'a signature that is found in everything' update -a
is "$(sums)" "$set" '... the set is the old one'
exits 1 'once more' update -a
is "$(state set)$(sums)" "refused$set" '... it is refused once more'
rm doc/set/archive.ndb

### What the server does
whole 4
packed
size=$(wc -c <doc/set.tgz)
# of FAULT STATUS TEXT
of() {
	fault "/set.tgz $1"
	kept "$2" "$url: $3" "$1"
	rm -rf root/.part
}
of short 75 "ended after * of $size bytes"
of 'short-close 300' 1 '*'
of endless 1 'longer than 1048576 bytes'
of html 1 '*'
of empty 1 '*empty*'
of 'append 1' 1 '*behind*'
of 'status 403' 75 'HTTP 403*'
of 'status 404' 75 'HTTP 404*'
of 'status 429 77' 75 'HTTP 429*'
of 'status 500' 75 'HTTP 500*'
of 'redirect file:///etc/passwd' 75 'redirects to another scheme*'
of redirect-loop 75 '*redirect*'
of drip 75 'slower than 1024 bytes a second*'
of 'stall 200' 75 'slower than 1024 bytes a second*'
of reset 75 '*'
fault '/set.tgz status 429 3600'
exits 75 'one that says when to come back' update -a
: >requests
exits 75 'the next run' update
is "$(asked)$(state set)" 0later '... does not ask'
for change in etag-change same-etag-change lying-206; do
	fault '/set.tgz once short 300' "/set.tgz $change"
	exits 75 "a transfer that is cut, then $change" update -a
	kept 1 "$url: *" '... and something else'
done
fault '/set.tgz once short 300'
: >requests
exits 75 'a transfer that is cut' update -a
cp -r root aside
exits 0 'the next' update -a
like "$(tail -n 1 requests)" 'GET /set.tgz bytes=300- 206 *if-range*' '... goes on where it was cut'
published
ok $? '... and is whole'
rm -r root
mv aside root

### Flipped bits
# Those that are taken (a flip in a time, in what nobody reads) are taken once more
# alone: what comes of them is what was published.
rm -r doc/set
cp -r first doc/set
# flips FILE: so many bits of it, spread, each in an archive of its own
flips() {
	rm -rf flipped root
	mkdir flipped root
	python3 - "$1" "${SOAK:+60}" <<-'END'
		import sys
		data, most = open(sys.argv[1], 'rb').read(), int(sys.argv[2] or 8)
		bits = 8 * len(data)
		for i in range(most):
		    bit = (i * bits + bits // 2) // most
		    other = bytearray(data)
		    other[bit // 8] ^= 1 << bit % 8
		    open('flipped/%d' % bit, 'wb').write(other)
	END
	each flipped/*
	exits 1 "${1##*/}: flipped bits, all at once" update
	grep '^source=n' out >asked
	grep -v 'state=refused .*why=http' asked | sed 's/^source=n\([0-9]*\) .*/\1/' >taken
	is "$(grep -c . asked) $(grep -v 'state=new' asked | grep -v 'why=http' | grep -vc 'takes%20the%20place')" \
	    "$n 0" '... each is refused, or taken'
	i=0 wrong=''
	for file in doc/each/*; do
		i=$((i + 1))
		grep -q "^$i\$" taken || continue
		cp "$file" doc/set.tgz
		rm -r root
		mkdir root
		ours ours "$url"
		update -a >out 2>err && published || wrong="$wrong ${file##*/}"
	done
	is "$wrong" '' "... $(grep -c . taken) of $n change nothing of what is taken"
}
mv root aside
for file in made/good.tar.gz made/good.tar.xz made/good.tar made/good.zip made/good-stored.zip; do
	flips "$file"
done
rm -r root
mv aside root
well

### Mirrors
whole 4
packed
ours ours "http://127.0.0.1:$http/gone.tgz" "http://127.0.0.1:$http/bad.tgz" "$url"
head -c 700 doc/set.tgz >doc/bad.tgz
exits 0 'one mirror has nothing, one what is refused' update -a
published
ok $? '... the third is asked'

### Without a key
ours '' "$url"
whole 5
packed
set=$(sums)
kept 1 "$url: *manifest*" 'without a key, a set with a manifest'
rm doc/set/manifest*
packed
kept 1 "$url: a.ndb: is signed by nobody: *" '... and without'
if [ -d "$SHARED/cvd" ]; then
	rm doc/set/*
	cp "$SHARED/cvd/test-3.cvd" doc/set/test.cvd
	packed
	exits 0 'a .cvd' update -a -S
	published
	ok $? '... is taken'
	set=$(sums)
	exits 0 'once more' update
	is "$(state set)" same '... is the same'
	cp "$SHARED/cvd/test-4.cvd" doc/set/test.cvd
	for more in a.ndb manifest manifest.minisig test.cld b.cud; do
		cp doc/set/test.cvd "doc/set/$more"
		packed
		kept 1 "$url: *$more*" "$more beside it"
		rm "doc/set/$more"
	done
	cp "$SHARED/cvd/test-2.cvd" doc/set/test.cvd
	packed
	kept 1 "$url: test.cvd: number 2 is older than ours, 3" 'an older one'
	{ head -c 1000 "$SHARED/cvd/test-4.cvd"; echo; tail -c +1002 "$SHARED/cvd/test-4.cvd"; } >doc/set/test.cvd
	packed
	kept 1 "$url: test.cvd: *" 'one with another byte'
	cp "$SHARED/cvd/test-4.cvd" doc/set/test.cvd
	head -c 5000 doc/set/test.cvd >doc/set/archive.cvd
	packed
	kept 1 "$url: archive.cvd: *" 'one that is whole, one that is cut'
	kept 1 "$url: archive.cvd: *" '... and again'
	rm doc/set/archive.cvd
	packed
	exits 0 'a newer one' update -a
	published
	ok $? '... is taken'
else
	skip '.cvd files in an archive' 'no shared/cvd'
fi
finish
