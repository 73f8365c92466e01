#!/bin/sh
# SPDX-License-Identifier: ISC
# sigupdate and a server that misbehaves: whatever it does, the set in use stays as it
# was, the exit status and the one line of message are right, and it goes on afterwards.
#	SOAK=1	each of 60 flips in each file
# shellcheck disable=SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"
. "$HERE/sigserver.sh"
exits 0 'an authority' authority
exits 0 'keys' keys ours
keys theirs
serve https --cert tls.pem --key tls.key
serve http
publish 1

globals="ca $T/ca.pem
shrink 100
max-size 200K
max-time 6s
slow 1K 1s"
# ours URL...: a configuration of the signed set there
ours() {
	conf <<-END
	source set
		signed $*
		key $(public ours)
		allow http
	END
}
# one_line: what was said, but for -v's and the staleness's
one_line() { grep -c . err; }
# kept STATUS TEXT WHAT: an update fails, says so, and changes nothing
kept() {
	exits "$1" "$3" update -a
	[ "$1" -eq 75 ] && said=$2 || said="refused: $2"
	like "$(grep '^sigupdate: set: ' err)" "sigupdate: set: $said" '... is said'
	is "$(one_line)" 1 '... in one line'
	is "$(sums)" "$set" '... the set is the old one'
	is "$(debris)" '' '... nothing stays in the root'
	[ "$(du -sk root | cut -f 1)" -lt 1000 ]
	ok $? '... no room is taken'
}
S=https://127.0.0.1:$https/set
ours "$S"

### As it should be
exits 0 'a first generation, over https' update
is "$(state set)" new '... is taken'
same doc/set/two.ndb root/current/two.ndb '... as it was published'
set=$(sums)
: >requests
exits 0 'a second look' update
is "$(state set) $(asked) $(cut -d ' ' -f 2,4 requests)" "same 1 /set/manifest.minisig 304" \
    '... asks for one small file, and if it is newer'
publish 2
{ cat doc/set/two.ndb; line 22 'more in two'; } >more && cp root/current/one.ndb root/current/three.ndb doc/set/ &&
    cp more doc/set/two.ndb && sign 2 ours
: >requests
exits 1 'a check when there is something new' timeout 60 sigupdate check -c conf
is "$(state set) $(cut -d ' ' -f 2 requests | tr '\n' ' ')" \
    'new /set/manifest.minisig /set/manifest ' '... fetches none of it'
is "$(sums)" "$set" '... and changes nothing'

### One of the files
# of FILE FAULT STATUS TEXT: with one of the files
of() {
	fault "/set/$1 $2"
	kept "$3" "$4" "$1: $2"
}
url="$S/: two.ndb:"
size=$(wc -c <doc/set/two.ndb)
of two.ndb short 75 "$url ended after * of $size bytes"
of two.ndb 'short-close 100' 75 "$url ended after * of $size bytes"
of two.ndb cut-line 75 "$url ended after * of $size bytes"
of two.ndb empty 75 "$url ended after 0 of $size bytes"
of two.ndb 'flip 1000' 1 "$url is not the file that the manifest names: its SHA-256 is another"
of two.ndb 'append 1' 1 "$url longer than $size bytes"
of two.ndb html 75 "$url ended after * of $size bytes"
of two.ndb 'status 403' 75 "$url HTTP 403*"
of two.ndb 'status 404' 75 "$url HTTP 404*"
of two.ndb 'status 500' 75 "$url HTTP 500*"
of two.ndb redirect-loop 75 "$url *redirect*"
of two.ndb 'redirect file:///etc/passwd' 75 "$url redirects to another scheme*"
of two.ndb "redirect http://127.0.0.1:$http/set/two.ndb" 75 "$url redirects to another scheme*"
of two.ndb endless 1 "$url longer than $size bytes"
of two.ndb drip 75 "$url slower than 1024 bytes a second*"
of two.ndb stall 75 "$url slower than 1024 bytes a second*"
of two.ndb hang 75 "$url *"
of two.ndb reset 75 "$url *"
of two.ndb big-headers 75 "$url *"
well
exits 0 'then, when it is well' update -a
same doc/set/two.ndb root/current/two.ndb '... the new one is taken'
is "$(debris)$(ls -A root/.part 2>/dev/null)" '' '... and nothing is left'
set=$(sums)

### What was cut is continued
again() {
	publish "$1"
	{ cat doc/set/two.ndb; lines 2000; } >two && cp two doc/set/two.ndb && sign "$1" ours
}
again 3
size=$(wc -c <doc/set/two.ndb)
fault '/set/two.ndb once short 40000'
: >requests
exits 75 'a transfer that is cut' update -a
exits 0 'the next' update -a
like "$(grep two.ndb requests | tail -n 1)" 'GET /set/two.ndb bytes=*- 206 *if-range*' '... goes on where it was cut'
same doc/set/two.ndb root/current/two.ndb '... and the file is whole'
for change in etag-change same-etag-change lying-206 bad-206 small-206 no-if-range; do
	again $((size + 4))
	size=$((size + 1))
	set=$(sums)
	fault '/set/two.ndb once short 40000'
	[ "$change" != no-if-range ] || echo '/set/two.ndb etag-change' >>doc/.faults
	[ "$change" != etag-change ] || fault '/set/two.ndb etag-change'
	[ "$change" != same-etag-change ] || fault '/set/two.ndb same-etag-change'
	case $change in
	*-206) echo "/set/two.ndb $change" >>doc/.faults ;;
	esac
	exits 75 "a transfer that is cut, then $change" update -a
	update -a >out 2>err
	case $?$change in
	1etag-change | 1same-etag-change | 1no-if-range)
		is "$(sums)" "$set" '... is not taken, the set is the old one' ;;
	0*-206 | 75*-206) ok 0 '... is fetched anew, or not taken' ;;
	*) ok 1 '... ends in a way that is not expected' ;;
	esac
	well
	exits 0 '... all is well in the end' update -a
	same doc/set/two.ndb root/current/two.ndb '... as it was published'
done
set=$(sums)

### Its manifest, and the signature
generation=$((size + 100))
publish $generation
url="$S/:"
of manifest short 75 "$url manifest: ended after *"
of manifest cut-line 1 "$url manifest.minisig: *"
of manifest empty 1 "$url manifest.minisig: *"
of manifest html 1 "$url manifest.minisig: *"
of manifest endless 1 "$url manifest: longer than *"
of manifest 'status 429 77' 75 "$url manifest: HTTP 429*"
of manifest always-304 75 "$url manifest: HTTP 304*"
of manifest.minisig short 75 "$url manifest.minisig: ended after *"
of manifest.minisig cut-line 1 "$url manifest.minisig: *"
of manifest.minisig empty 1 "$url manifest.minisig: *"
of manifest.minisig 'append 9' 1 "$url manifest.minisig: *"
of manifest.minisig 'status 503' 75 "$url manifest.minisig: HTTP 503*"
of manifest.minisig drip 75 "$url manifest.minisig: slower *"
# flips NAME STATUS N: N bits of it, spread, one after another; all of 60 with SOAK
flips() {
	n=${SOAK:+60} i=0 wrong=''
	n=${n:-$2}
	bits=$(($(wc -c <"doc/$1") * 8))
	while [ $i -lt "$n" ]; do
		fault "/$1 flip $(((i * bits + bits / 2) / n))"
		update -a >out 2>err
		[ $? -eq 1 ] && [ "$(sums)" = "$set" ] && grep -q ': refused: ' err ||
		    wrong="$wrong $(((i * bits + bits / 2) / n)) $(cat err)"
		i=$((i + 1))
	done
	is "$wrong" '' "$1: each of $n flipped bits is refused"
}
flips set/manifest 12
flips set/one.ndb 12
# The first line of a signature is a comment that nothing covers.
comment=$(($(head -n 1 doc/set/manifest.minisig | wc -c) * 8))
bits=$(($(wc -c <doc/set/manifest.minisig) * 8))
wrong='' i=0
n=${SOAK:+60}
n=${n:-12}
while [ $i -lt "$n" ]; do
	fault "/set/manifest.minisig flip $((comment + (i * (bits - comment) + 4) / n))"
	update -a >out 2>err
	[ $? -eq 1 ] && [ "$(sums)" = "$set" ] ||
	    wrong="$wrong $((comment + (i * (bits - comment) + 4) / n))"
	i=$((i + 1))
done
is "$wrong" '' "manifest.minisig: each of $n flipped bits is refused"
well
sign $generation theirs
kept 1 "$url manifest.minisig: *key*" 'signed by somebody else'
sigupdate manifest other $generation doc/set >doc/set/manifest
minisign -S -s key/ours.sec -x doc/set/manifest.minisig -m doc/set/manifest >/dev/null
kept 1 "$url manifest: is of the set \`other'*" 'the manifest of another set'
sign 2 ours
kept 1 "$url manifest: generation 2 is older than *" 'an older one once more'
sign $generation ours
cp -r doc/set aside
exits 0 'the right one' update -a
set=$(sums)
publish $generation
line 99 other >>doc/set/one.ndb
sign $generation ours
kept 1 "$url manifest: generation $generation once more, with other contents" \
    'the same generation with other contents'
rm -r doc/set
mv aside doc/set

### Mirrors, and when they are asked
ours "https://127.0.0.1:$https/gone/" "http://127.0.0.1:$http/set"
publish $((generation + 1))
exits 0 'the first mirror has nothing, the second' update
is "$(state set)" new '... is asked'
: >requests
exits 0 'and the next time' update
! grep -q gone requests
ok $? '... the first is left alone for a while'
ours "$S"
fault '/set/manifest.minisig status 429 3600'
exits 75 'one that says when to come back' update -a
: >requests
exits 75 'the next run' update
is "$(asked)$(state set)" 0later '... does not ask'
like "$(grep '^source=set' out)" '* until=20* why=*429*' '... and says until when'
exits 75 'with -q' update -q
is "$(cat err)" '' '... says nothing'
well
exits 0 'but with -a' update -a
ours "https://127.0.0.1:1/" "$S"
exits 0 'nobody listens at the first' update -a

### One source does not stop the others
ours "$S"
own_source >>conf
publish $((generation + 2))
fault '/set/*.ndb slow 1500'
line 77 'of this machine' >own/own.ndb
sed -i 's/^source set/&\n\tmax-time 2s/' conf
exits 75 'a server that is just fast enough, for longer than max-time' update -a
is "$(state own)" new '... and what needs no server is taken'
well
sed -i '/max-time 2s/d' conf
: >requests
fault '/set/two.ndb once short 700'
line 78 'of this machine' >own/own.ndb
publish $((generation + 3))
exits 75 'a transfer that is cut while others have news' update -a
is "$(state own)" new '... which are taken'
exits 0 'with time' update -a
like "$(grep two.ndb requests | tail -n 1)" 'GET /set/two.ndb bytes=*- 206 *' '... it goes on where it was cut'
printf 'source one\n\tcvd %s/\n\tfiles none.cvd\n\tallow http\n' "http://127.0.0.1:$http/set" >>conf
update -a >out 2>err
: >requests
{ cat conf && printf 'source two\n\tcvd %s/\n\tfiles none.cvd\n\tallow http\n' "http://127.0.0.1:$http/set"; } >two &&
    mv two conf
update >out 2>err
is "$(state one)$(state two)" laterfailed 'two sources of one server'
is "$(grep -c none.cvd requests)" 1 '... are put off each for itself'

### What is signed anew, what takes away, what is frozen
ours "$S"
long_ago=2020-01-01T00:00:00Z
publish $((generation + 4))
sign $((generation + 4)) ours $long_ago
exits 0 'without those' update -S -a
printf '\tchanges 1d\n' >>conf
exits 1 'a set of long ago' update -a
like "$(cat err)" 'sigupdate: set: stale: what it has is * old (changes is 24 hours)' '... is stale'
sign $((generation + 5)) ours
exits 0 'the same files, signed anew' update -a
is "$(state set)" same '... are nothing new'
like "$(sigupdate list -c conf | grep '^source=set')" "*generation=$((generation + 5)) *" '... but heard'
sign $((generation + 4)) ours
exits 1 'the older signature' update -a
like "$(cat err)" '*manifest: generation * is older than *' '... is refused then'
ours "$S"
echo 'Test.Line1' >doc/set/x.ign2
sign $((generation + 6)) ours
exits 1 'a list of signatures to ignore' update -a
like "$(cat err)" '*set: refused: x.ign2: takes away *allow exceptions*' '... has to be allowed'
printf '\tallow exceptions\n' >>conf
exits 0 'and then' update -a
[ -s root/current/x.ign2 ]
ok $? '... is taken'
mv doc/set/x.ign2 doc/set/x.cud
sign $((generation + 7)) ours
ours "$S"
exits 1 'a container that nobody signs' update -a
like "$(cat err)" '*set: refused: x.cud: takes away *' '... has to be allowed, too'
rm doc/set/x.cud
sign $((generation + 8)) ours $long_ago
cp -r doc/set doc/frozen
ours "http://127.0.0.1:$http/frozen"
exits 0 'a mirror' update -a -S
publish $((generation + 9))
ours "http://127.0.0.1:$http/frozen" "$S"
exits 0 'that is as it was' update -a
is "$(state set)" same '... is believed'
printf '\tchanges 1d\n' >>conf
exits 0 'but not where something is to change' update -a
is "$(state set)" new '... another is asked'
exits 0 'back to the frozen one' sigupdate rollback -c conf
exits 1 'what was taken back, and is there still' update -a
like "$(cat err)" '*set: stale: what it has is *' '... does not make the old one look young'
conf <<-END
	source set
		archive http://127.0.0.1:$http/none.tgz?token=SECRET
		key $(public ours)
		allow http
	END
exits 75 'an URL with a word for us alone' update -a -v
like "$(cat err)" '*none.tgz?: HTTP 404*' '... is shown'
! grep -q SECRET err out
ok $? '... without it'

### Trust
globals="shrink 100
max-time 6s"
ours "$S"
exits 75 'an authority that the system does not know' update -a
like "$(cat err)" '*certificate*' '... is not believed'
globals="ca $T/ca.pem
shrink 100
max-time 6s"
ours "$S"
printf '\tnetrc %s/netrc\n' "$T" >>conf
fault '* auth anna se:cret'
printf 'machine 127.0.0.1 login anna password se:cret\n' >netrc
chmod 600 netrc
: >requests
exits 0 'a server that wants a password' update -a -v
grep -q ' 200 anna ' requests || grep -q ' 304 anna ' requests
ok $? '... is given it'
! grep -q 'cret' err
ok $? '... nobody else'
chmod 644 netrc
exits 75 'a password that all may read' update -a
like "$(cat err)" '*netrc: *' '... is not used'
rm netrc
exits 75 'no password' update -a
well
finish
