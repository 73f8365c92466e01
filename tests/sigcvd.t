#!/bin/sh
# SPDX-License-Identifier: ISC
# sigupdate and ClamAV's own containers: from a server, which misbehaves, and as
# freshclam keeps them.
#	SOAK=1	60 flips of each part
# shellcheck disable=SC2154
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"
. "$HERE/sigserver.sh"
if ! [ -d "$SHARED/cvd" ]; then
	skip 'containers' 'no shared/cvd'
	finish
	exit 0
fi
serve http

globals="shrink 100
max-age never
max-time 6s
slow 1K 1s"
url=http://127.0.0.1:$http/
# ours URL...: a configuration of test.cvd there
ours() { printf 'source set\n\tcvd %s\n\tfiles %s\n\tallow http\n' "$*" "${files-test.cvd}" | conf; }
give() { cp "$SHARED/cvd/test-$1.cvd" "doc/${2-test.cvd}" && chmod 644 "doc/${2-test.cvd}"; }
# has N [NAME]: it is what is in use
has() { cmp -s "$SHARED/cvd/test-$1.cvd" "root/current/${2-test.cvd}"; }
# kept STATUS TEXT WHAT: an update fails, says so, and changes nothing
kept() {
	update -a >out 2>err
	got=$?
	[ "$1" -eq 75 ] && said=$2 || said="refused: $2"
	[ "$got" -eq "$1" ] && [ "$(grep -c . err)" -eq 1 ] && [ "$(sums)" = "$set" ] &&
	    [ -z "$(debris)" ] && [ "$(du -sk root | cut -f 1)" -lt 1000 ]
	ok $? "$3: exit $1, one line, the set is the old one, nothing stays" ||
	    { echo "# exit $got"; sed 's/^/# /' err; debris; du -sk root; }
	like "$(cat err)" "sigupdate: set: $said" '... and it is said why'
	[ "$1" -eq 75 ] || is "$(ls -A root/.part/set 2>/dev/null)" '' '... of what is refused nothing is kept'
}
ours "$url"

### As it should be
give 1
exits 0 'the first' update
is "$(state set)" new '... is taken'
has 1
ok $? '... as it is'
is "$(cut -d ' ' -f 2-4 requests | tr '\n' ' ')" '/test.cvd bytes=0-511 206 /test.cvd - 200 ' '... once its number is known'
: >requests
exits 0 'once more' update
is "$(state set) $(cut -d ' ' -f 2-4 requests)" 'same /test.cvd bytes=0-511 206' '... asks for its number alone'
for number in 2 3 4; do
	give $number
	: >requests
	exits 1 "a check when there is number $number" timeout 60 sigupdate check -c conf
	is "$(state set) $(cut -d ' ' -f 2-4 requests)" 'new /test.cvd bytes=0-511 206' '... asks for that alone'
	exits 0 "number $number" update
	has $number
	ok $? '... is taken'
	sed -n 's/^source=set .* sigs=\([0-9]*\).*/\1/p' root/current/manifest >sigs
	is "$(cat sigs)" "$(head -c 512 doc/test.cvd | cut -d : -f 4)" '... with its signatures'
done
is "$(debris)$(ls -A root/.part)" '' '... and nothing is left'
exits 0 'what was taken' timeout 60 sigupdate verify -c conf
set=$(sums)

### What is refused
give 3
kept 1 "$url: test.cvd: number 3 is older than ours, 4" 'an older one'
sed '1s/:1:0:81:/:9:0:81:/' "$SHARED/cvd/test-1.cvd" >doc/test.cvd
kept 1 "$url: test.cvd: *" 'an old one that calls itself number 9'
give 3
fault '/test.cvd once flip 282'
kept 1 "$url: test.cvd: number 3 is older than ours, 4" 'a head of number 7, a file of number 3'
give 5
fault '/test.cvd flip 40000'
kept 1 "$url: test.cvd: *" 'one with another bit'
like "$(cat err)" '*test.cvd: Can?t verify database integrity*' '... for what it is'
head -c 7000 "$SHARED/cvd/test-5.cvd" >doc/test.cvd
well
kept 1 "$url: test.cvd: *" 'one that is cut'
head -c 512 "$SHARED/cvd/test-5.cvd" >doc/test.cvd
kept 1 "$url: test.cvd: *" 'a head alone'
head -c 511 "$SHARED/cvd/test-5.cvd" >doc/test.cvd
kept 1 "$url: test.cvd: does not begin as a .cvd does" 'not even that'

### What the server does
give 5
size=$(wc -c <doc/test.cvd)
# of FAULT STATUS TEXT
of() {
	fault "/test.cvd $1"
	kept "$2" "$url: test.cvd: $3" "$1"
	rm -rf root/.part
}
of short 75 'ended after 256 of 512 bytes'
of 'short 4000' 75 "ended after 4000 of $size bytes"
of 'short-close 4000' 1 '*'
of endless 1 'does not begin as a .cvd does'
of html 1 'does not begin as a .cvd does'
of empty 75 'HTTP 416*'
of 'append 1' 1 '*'
of 'status 403' 75 'HTTP 403*'
of 'status 404' 75 'HTTP 404*'
of 'status 429 77' 75 'HTTP 429*'
of 'status 500' 75 'HTTP 500*'
of always-304 75 'HTTP 304*'
of redirect-loop 75 '*redirect*'
of 'redirect file:///etc/passwd' 75 'redirects to another scheme*'
of drip 75 'slower than 1024 bytes a second*'
of stall 75 'slower than 1024 bytes a second*'
of 'stall 4000' 75 'slower than 1024 bytes a second*'
of 'reset 4000' 75 '*'
of etag-change 75 'ended after 256 of 512 bytes'
well
globals="$globals
max-size 5000"
ours "$url"
kept 1 "$url: test.cvd: longer than 5000 bytes" 'larger than max-size'
globals=${globals%?max-size*}
ours "$url"
fault '/test.cvd status 429 3600'
exits 75 'one that says when to come back' update -a
: >requests
exits 75 'the next run' update
is "$(asked)$(state set)" 0later '... does not ask'
fault '/test.cvd 2 times short 4000'
: >requests
exits 75 'a transfer that is cut' update -a
exits 0 'the next' update -a
like "$(tail -n 1 requests)" 'GET /test.cvd bytes=4000- 206 *if-range*' '... goes on where it was cut'
has 5
ok $? '... and is whole'
set=$(sums)
# number 6 would be there, but only its head and half
give 6
fault '/test.cvd 2 times short 4000' '/test.cvd no-if-range'
exits 75 'a transfer that is cut' update -a
sed '1s/ 21-34 / 21-35 /' "$SHARED/cvd/test-6.cvd" >doc/test.cvd
printf x | dd of=doc/test.cvd bs=1 seek=3000 conv=notrunc 2>/dev/null
kept 1 "$url: test.cvd: *" '... goes on with the half of another file'
give 6
well
fault '/test.cvd 2 times short 4000'
exits 75 'one more' update -a
give 5
exits 0 '... and then the old one is back' update -a
is "$(state set)$(sums)$(ls -A root/.part)" "same$set" '... is the same, and nothing is left'
fault '/test.cvd 2 times short 4000'
give 6
exits 75 'one more' update -a
touch doc/test.cvd
well
exits 0 '... then it is whole' update -a
has 6
ok $? '... and taken'
fault '/test.cvd no-range'
exits 0 'a server that knows no ranges' update -a
is "$(state set)" same '... is asked too'
well

### Back by hand
six=$(readlink root/current)
exits 0 'rollback' sigupdate rollback -c conf
exits 0 'an update' update -a
has 5
ok $? '... does not take again what was taken back'
exits 0 'forward' sigupdate rollback -c conf "$six"
has 6
ok $? '... again'

### What libclamav would load in its place
own_source >>conf
cp "$SHARED/cvd/test-6.cvd" own/Test.cld
exits 1 'a .cld of that stem from another source' update -a
like "$(cat err)" '*own: refused: Test.cld: takes the place of test.cvd, *' '... is refused'
rm own/Test.cld
exits 0 'without it' update -a
sed -i '/^source own/,$d' conf

### Flipped bits
# Of the archive, and of what its signature covers of the head: not the date in words,
# the builder and the blanks.
mkdir doc/each
n=${SOAK:+60}
n=$(python3 - "${n:-10}" "$SHARED/cvd/test-5.cvd" doc/each <<-'END'
	import os, sys
	most, data, to = int(sys.argv[1]), open(sys.argv[2], 'rb').read(), sys.argv[3]
	head = data[:512].rstrip()
	signed = len(head[:35]), len(head.rsplit(b':', 2)[0])     # number to signature
	bits = [512 * 8 + (i * 2 + 1) * (len(data) - 512) * 8 // (most * 2) for i in range(most)]
	bits += [signed[0] * 8 + (i * 2 + 1) * (signed[1] - signed[0]) * 8 // (most * 2)
	         for i in range(most)]
	for bit in bits:
	    other = bytearray(data)
	    other[bit // 8] ^= 1 << bit % 8
	    os.mkdir('%s/%d' % (to, bit))
	    open('%s/%d/test.cvd' % (to, bit), 'wb').write(other)
	print(len(bits))
END
)
mv root aside
mkdir root
for folder in doc/each/*; do
	printf 'source n%s\n\tcvd %seach/%s/\n\tfiles test.cvd\n\tallow http\n' \
	    "${folder##*/}" "$url" "${folder##*/}"
done >sources
conf <sources
exits 1 "each of $n flipped bits, all at once" update
is "$(grep -c '^source=n[0-9]* state=refused' out)" "$n" '... is refused'
is "$(ls root/current/)" "clamav-testfile.hsb
eicar.ndb
manifest" '... and none is in the set'
is "$(debris)$(find root/.part -type f)" '' '... nothing stays'
rm -r root
mv aside root

### Mirrors
mkdir doc/bad
cp "$(find doc/each -type f | sort | tail -n 1)" doc/bad/test.cvd
rm -r root
mkdir root
ours "${url}bad/" "$url"
exits 0 'the first mirror has a bad one' update -a
has 6
ok $? '... the second is asked'
: >requests
exits 0 'the next time' update
! grep -q bad requests
ok $? '... the first is left alone'

### Two files
files='test.cvd other.cvd'
ours "$url"
give 4 other.cvd
exits 0 'a second file' update -a
has 4 other.cvd && has 6
ok $? '... is taken'
give 5 other.cvd
fault '/other.cvd 2 times short 4000'
exits 75 'it is cut' update -a
well
give 4 other.cvd
give 6
sed -i '/files/s/$/ third.cvd/' conf
give 5 third.cvd
exits 0 'another comes, and the one that was cut is the old one again' update -a
has 4 other.cvd && has 6 && has 5 third.cvd
ok $? '... all are there'
set=$(sums)
rm doc/third.cvd
give 5 other.cvd
kept 75 "$url: third.cvd: HTTP 404*" 'one of them is gone'

### One that wants a newer engine
# Nobody but ClamAV can make one: so avscand says it.
mkdir bin
cp "$BUILD/bin/sigupdate" bin/
printf '#!/bin/sh\n"%s/bin/avscand" "$@" | sed "/other/s/ level=[0-9]*/ level=9999/"\n' "$BUILD" >bin/avscand
chmod 755 bin/avscand
give 5 third.cvd
exits 1 'one that wants a newer engine' timeout 60 bin/sigupdate update -a -c conf
like "$(cat err)" '*other.cvd: asks for an engine of level 9999, and libclamav * has *apt-get *libclamav*' \
    '... says what to do'
has 5 other.cvd
ok $? '... and is in use'

### As freshclam keeps them
rm -r root own/* 2>/dev/null
mkdir root
cp "$SHARED/cvd/test-4.cvd" own/test.cvd
printf 'source own\n\tlocal %s/own\n\tchanges 3d\n' "$T" | conf
exits 1 'a folder of freshclam, which is old' update
has 4
ok $? '... is taken'
like "$(cat err)" '*own: stale: what it has is * days old*' '... and said to be stale, by the date in it'
sed -i '/changes/d' conf
{ head -c 512 "$SHARED/cvd/test-5.cvd"; tail -c +513 "$SHARED/cvd/test-5.cvd" | gzip -dc; } >own/test.cld
rm own/test.cvd
exits 0 'a .cld in its place' update
cmp -s own/test.cld root/current/test.cld && [ ! -e root/current/test.cvd ]
ok $? '... is taken'
set=$(sums)
sed -i 's/0748b843/1748b843/' own/test.cld
exits 1 'one with another byte' update
is "$(state own)$(sums)" "refused$set" '... is refused'
cp "$SHARED/cvd/test-6.cvd" own/test.cvd
rm own/test.cld
exits 0 'a .cvd once more' update
has 6 && [ ! -e root/current/test.cld ]
ok $? '... is taken'
finish
