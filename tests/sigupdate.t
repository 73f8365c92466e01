#!/bin/sh
# SPDX-License-Identifier: ISC
# sigupdate without a server: folders as sources, generations, what is refused, what
# is stale, and who is told.
# shellcheck disable=SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"

### A configuration with errors
# wrong LINES TEXT: is told by file and line
wrong() {
	printf '%b' "$1" >bad.conf
	exits 64 "${1##*\\n}: is refused" sigupdate -k -c bad.conf
	like "$(cat err)" "sigupdate: bad.conf:$2" '... and named'
}
wrong 'source x\n' '1: source x: says neither *'
wrong 'source x\n\tlocal sigs\n' '2: local: sigs: give its whole path'
wrong 'source x\n\tlocal /a\n\tlocal /b\n' '3: local: source x is local already'
wrong 'source X\n\tlocal /a\n' '1: source: X: a name is *'
wrong 'source x\n\tlocal /a\nsource x\n\tlocal /b\n' '3: source: x: is there twice'
wrong 'source x\n\tsigned https://a/\n' '1: source x: is signed, and has no key'
wrong 'source x\n\tsigned https://a/\n\tkey RWQabc\n' '3: key: RWQabc: is no public key*'
wrong 'source x\n\tarchive http://a/b\n' '1: source x: http://a/b: is not https*'
wrong 'source x\n\tarchive file:///a/b\n' '2: archive: file:///a/b: is no URL*'
wrong 'source x\n\tarchive https://u:p@a/b\n' '2: archive: *: holds a name or password*'
wrong 'source x\n\tcvd https://a/\n' '1: source x: does not say which files'
wrong 'source x\n\tcvd https://a/\n\tfiles x.ndb\n' '3: files: x.ndb: is no .cvd*'
wrong 'source x\n\tcvd https://a/\n\tfiles ../x.cvd\n' '3: files: ../x.cvd: *'
wrong 'source x\n\tcvd https://a/\n\tfiles a.cvd A.cvd\n' '3: files: A.cvd: is there twice'
wrong 'max-age 24\nsource x\n\tlocal /a\n' '1: max-age: 24: is no time*'
wrong 'keep 1\nsource x\n\tlocal /a\n' '1: keep: 1: is no number*'
wrong 'source x\n\tlocal /a\n\tkeep 3\n' '3: keep: belongs before the first source*'
wrong 'engine nowhere\nsource x\n\tlocal /a\n' '1: engine: nowhere: is neither *'
wrong 'local /a\n' '1: local: stands before the first source'
wrong 'sourec x\n' '1: sourec: no line begins with that'
wrong 'source x\n\tsigned http://a/\n\tallow all\n' '3: allow: all: what can be allowed*'
wrong 'source x\n\tarchive http://a/b\n\tallow http\n\tnetrc /x\n' '1: source x: http://a/b: is not https: the password*'
wrong "source x\n\tarchive https://a/b\n\tca $T/none\n" '1: source x: ca: */none: No such file*'
key=RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3
keys="$key $key $key $key $key $key $key $key"
wrong "source x\n\tarchive https://a/b\n\tkey $keys $keys $key\n" '3: key: more than 16 keys'
printf 'source x\n\tlocal /\0a\n' >bad.conf
exits 64 'a NUL: is refused' sigupdate -k -c bad.conf
printf '\033[31mx\n' >bad.conf
exits 64 'an escape: is refused' sigupdate -k -c bad.conf
! grep -q "$(printf '\033')" err
ok $? '... and not shown'
printf '\303\303\250\033\033[31mx\n' >bad.conf
exits 64 'bytes that are no text: are refused' sigupdate -k -c bad.conf
! grep -q "$(printf '\033')" err
ok $? '... and not shown'
: >bad.conf
exits 64 'an empty one: is refused' sigupdate -k -c bad.conf
exits 75 'one that is not there' sigupdate -k -c nowhere.conf

### The first set
own_source | conf
exits 0 'a good one' sigupdate -k -c conf
exits 1 'without any set, a check that finds something' timeout 60 sigupdate check -c conf
is "$(state test)" new '... says that it is new'
is "$(gen)" '' '... and makes none'
exits 0 'the first update' update
like "$(cat err)" 'sigupdate: set ?????????????? is in use: 2 signatures in 2 files' '... says so'
first=$(gen)
like "$(tail -n 1 out)" "set=$first state=current made=* files=2 sigs=2 engine=*" '... as a record'
is "$(ls root/current/)" "clamav-testfile.hsb
eicar.ndb
manifest" '... holds the files, and their manifest'
is "$(debris)" '' '... nothing else stays'
is "$(find root/current/ -type f ! -perm 444)$(find root/current -prune ! -perm 755 -type d)" '' \
    '... which nobody changes'
exits 0 'once more' update
is "$(gen)$(state test)" "${first}same" '... nothing is new, nothing is made'
is "$(cat err)" '' '... and nothing said'
exits 0 'a check' timeout 60 sigupdate check -c conf
is "$(state test)" same '... finds nothing'
exits 0 'list' sigupdate list -c conf
like "$(head -n 1 out)" "set=$first state=current *" '... names it'
exits 0 'verify' timeout 60 sigupdate verify -c conf
exits 0 'avscand -k finds it good' timeout 60 avscand -k -D root/current
is "$(sed -n 's/^check=avscand set=\([0-9]*\) .*/\1/p' out)" "$first" '... and gives its name to it'

### A site's own files survive
line 1 'the first canary' >own/one.ndb
echo 'Some.Signature' >own/site.ign2
echo '44d88612fea8a8f36de82e1278abb02e:68:not.this' >own/site.fp
exits 0 'a second source comes' update
is "$(state own)" new '... and is taken'
ls root/current/one.ndb root/current/site.ign2 root/current/site.fp root/current/eicar.ndb >/dev/null
ok $? '... beside the first'
is "$(stat -c %i root/current/eicar.ndb)" "$(stat -c %i "root/$first/eicar.ndb")" \
    '... of which nothing is copied'
is "$(readlink root/previous)" "$first" '... the one before is known'
line 9 'put there by hand' >root/current/hand.ndb
n=2
while [ $n -le 5 ]; do
	line $n "canary number $n" >own/one.ndb
	update >out 2>err || break
	n=$((n + 1))
done
is "$n" 6 'four generations more'
cmp -s root/current/site.fp own/site.fp && [ -s root/current/site.ign2 ] &&
    grep -q Canary9 root/current/hand.ndb && grep -q Canary5 root/current/one.ndb
ok $? '... all that is the site'\''s is still there, what was put there by hand too'
is "$(find root -mindepth 1 -maxdepth 1 -type d -name '2*' | grep -c .)" 3 '... and three are kept'
[ ! -e "root/$first" ]
ok $? '... not the first'
rm own/one.ndb
exits 1 'a source that loses its signatures' update
like "$(cat err)" '*own: refused: has 0 signatures, had 1: *shrink*update -S*' '... is refused'
exits 0 'unless told so' update -S
[ ! -e root/current/one.ndb ]
ok $? '... then it goes'

### Back
before=$(readlink root/previous) now=$(gen)
exits 0 'rollback' sigupdate rollback -c conf
is "$(gen) $(readlink root/previous)" "$before $now" '... changes the two'
exits 0 'an update' update
is "$(gen)$(state own)" "${before}same" '... does not take again what was taken back'
line 6 'canary number 6' >own/one.ndb
exits 0 'something else' update -S
grep -q Canary6 root/current/one.ndb
ok $? '... is taken'
exits 0 'rollback to one by name' sigupdate rollback -c conf "$before"
exits 0 'and forward' sigupdate rollback -c conf "$now"
is "$(gen)" "$now" '... is that one'
for n in 15 16; do
	line $n "canary number $n" >own/one.ndb
	update -S >out 2>err
done
now=$(gen)
exits 0 'rollback once' sigupdate rollback -c conf
once=$(gen)
exits 0 'and once more' sigupdate rollback -c conf
[ "$(gen)" -lt "$once" ]
ok $? '... goes further back, never forward'
exits 75 'and beyond the first' sigupdate rollback -c conf
exits 0 'forward again by name' sigupdate rollback -c conf "$now"
oldest=$(find root -mindepth 1 -maxdepth 1 -type d -name '2*' | sort | sed -n '1s,root/,,p')
chmod u+w "root/$oldest/eicar.ndb"
cp "root/$oldest/eicar.ndb" kept.ndb
: >"root/$oldest/eicar.ndb"
exits 75 'to one that is damaged' sigupdate rollback -c conf "$oldest"
like "$(cat err)" "*root/$oldest/eicar.ndb: is not as it came*" '... names the file'
cat kept.ndb >"root/$oldest/eicar.ndb"
exits 64 'to one that is not there' sigupdate rollback -c conf 20010101000000
exits 64 'to a path' sigupdate rollback -c conf ../../../../etc
is "$(gen)" "$now" '... changes nothing'

### What is refused
kept=$(sums)
# refused TEXT WHAT: an update refuses the source own, the set stays
refused() {
	exits 1 "$2" update
	is "$(state own)" refused '... is refused'
	like "$(cat err)" "*sigupdate: own: refused: $1" '... and it is said why'
	is "$(sums)" "$kept" '... the set is the old one'
	is "$(debris)" '' '... nothing stays'
}
echo 'no signature' >own/bad.ndb
refused 'bad.ndb: *' 'a line that is none'
printf 'Test.Cut:0:*:41424344' >own/bad.ndb
refused 'bad.ndb: *its last line has no end*' 'a list that was cut'
: >own/bad.ndb
refused 'bad.ndb: *empty*' 'an empty file'
rm own/bad.ndb
line 7 harmless >own/EICAR.ndb
refused 'EICAR.ndb: takes the place of eicar.ndb, which source test brings' 'a name that differs in case'
rm own/EICAR.ndb
mkfifo own/pipe.ndb
refused 'pipe.ndb: is no regular file' 'a pipe'
rm own/pipe.ndb
ln -s nowhere own/link.ndb
refused 'link.ndb: No such file or directory' 'a link that leads nowhere'
rm own/link.ndb
lines 50 >own/fifty.ndb
exits 0 'fifty signatures' update
sed 's/^/#/' own/fifty.ndb >tmp/fifty && line 50 fifty >>tmp/fifty && cp tmp/fifty own/fifty.ndb
kept=$(sums)
refused 'has *: that is more than shrink*' 'comments in their place'
rm own/fifty.ndb
exits 0 'without them' update -S
line 14 'where a link leads' >linked
ln -s ../linked own/link.ndb
exits 0 'a link to a file' update
line 14 'somewhere else' >linked
exits 0 'that has changed' update
same linked root/current/link.ndb '... is followed each time'
rm own/link.ndb
exits 0 'without it' update -S
kept=$(sums)
line 8 harmless >'own/a b.ndb'
refused 'a b.ndb: *' 'a name with a blank'
rm 'own/a b.ndb'
head -c 2000 /dev/zero >own/bad.cvd
refused 'bad.cvd: *' 'a .cvd that is none'
exits 1 'with -q, for the first time' update -q
exits 1 'and once more' update -q
is "$(cat err)" '' '... it is said once a day'
sed -i 's/ saidat=[^ ]*/ saidat=2020-01-01T00:00:00Z/' root/.state
exits 1 'the day after' update -q
like "$(cat err)" 'sigupdate: own: refused: bad.cvd: *' '... again'
rm own/bad.cvd
# Found in a letter: avscand's harmless text is one.
line 13 'the train leaves' >own/any.ndb
refused '*not to be used*' 'a signature that is found in everything'
printf 'Test.A:0:*:4142434445464748\n' >test/more.ndb
exits 1 'beside it another source has something good' update
is "$(state own)$(state test)" refusednew '... which is taken without the bad one'
[ -s root/current/more.ndb ] && [ ! -e root/current/any.ndb ]
ok $? '... the set has the one and not the other'
rm own/any.ndb
rm -r own
mkdir own
exits 1 'an own folder that is empty' update
exits 0 '... once it is told so' update -S
sed -i '/^source own/,$d' conf
exits 0 'a source that is no longer configured' update -S
is "$(sed -n 's/^source=\([a-z]*\) .*/\1/p' root/current/manifest)" test '... is no longer in the set'
mkdir root/mine
echo mine >root/mine/x.ndb
exits 0 'what is not ours' update
[ -s root/mine/x.ndb ]
ok $? '... is left alone'

### Stale
own_source | conf
globals='max-age 1h' && own_source | conf
exits 0 'heard a moment ago' update
mv test gone
sed -i 's/ heard=[^ ]*/ heard=2020-01-01T00:00:00Z/' root/.state
exits 1 'a source that is gone for longer than max-age' update -q
like "$(cat err)" 'sigupdate: test: stale: heard last * ago (max-age is 60 minutes): */test: No such file*' \
    '... is said, with -q too'
exits 1 'and the next time' update -q
mv gone test
exits 0 'until it is back' update -q
is "$(cat err)" '' '... with -q nothing is said'
is "$(cat out)" '' '... nor printed'
globals=
{ printf '\tchanges 2d\n'; own_source; } | conf
line 10 'five days old' >test/old.ndb
touch -d '5 days ago' test/*
exits 1 'a source in which nothing changes' update
like "$(cat err)" '*sigupdate: test: stale: what it has is 5 days old (changes is 48 hours)' '... is said'
like "$(grep '^source=test' out)" '* stale=changes*' '... as a record'
exits 1 'list' sigupdate list -c conf
like "$(grep '^source=test' out)" '* stale=changes*' '... shows it too'
line 10 'of today' >test/old.ndb
exits 0 'until it does' update

### What was changed on the disk
good=$(gen)
cp -r "root/$good" saved
chmod u+w "root/$good/eicar.ndb"
echo '#' >>"root/$good/eicar.ndb"
exits 1 'verify, after a file was changed' timeout 60 sigupdate verify -c conf
like "$(cat out)" "name=file:eicar.ndb source=test size=162 why=changed*" '... names it'
rm -f "root/$good/eicar.ndb"
exits 1 'verify, after one was removed' timeout 60 sigupdate verify -c conf
like "$(cat out)" 'name=file:eicar.ndb * why=missing*' '... names it'
exits 1 'an update' update
like "$(cat err)" "*root/$good/eicar.ndb: is not as it came: test is asked for it anew*" '... says so'
is "$(state test)" new '... and brings it'
exits 0 'verify, then' timeout 60 sigupdate verify -c conf
cmp -s root/current/eicar.ndb saved/eicar.ndb
ok $? '... it is what it was'
exits 0 'the next update has nothing to say' update -q

now=$(gen)
mv root/current aside
mv test gone
exits 1 'without current, and a source that brings nothing' update
like "$(cat err)" "*root/current: leads to no generation; * sigupdate rollback $now*" '... says what to do'
[ ! -e root/current ]
ok $? '... and does not make one of half of it'
mv gone test
exits 0 'what it said' sigupdate rollback -c conf "$now"
is "$(gen)" "$now" '... does it'
echo nonsense >>root/.state
exits 1 'what is remembered, broken' update
like "$(cat err)" '*root/.state, line *: is broken*' '... is said'
exits 0 'once' update

### What is lost, and what is not for it
# lines_of: all signatures in use, and what was put there by hand
lines_of() { cat root/current/*.ndb | sort; }
lines 50 >own/fifty.ndb
line 31 'by hand once more' >root/current/hand2.ndb
exits 0 'a set of some more' update -S
before=$(lines_of)
rm -f root/current/manifest
echo junk >own/bad.ndb
exits 1 'its manifest is lost, and a source is refused' update
is "$(lines_of)" "$before" '... nothing is lost for it'
exits 1 'list' sigupdate list -c conf
rm own/bad.ndb
exits 1 'when all bring what they have' update
is "$(lines_of)" "$before" '... it is the same once more, what was put there by hand too'
exits 0 'and well' update
rm root/.state
exits 1 'what is remembered, lost' update
like "$(cat err)" '*root/.state: is gone*' '... is said'
mkdir a b
mv own/fifty.ndb a/
line 40 'alone' >a/alone.ndb
{ printf 'source a\n\tlocal %s/a\nsource b\n\tlocal %s/b\n\toptional\n' "$T" "$T"; own_source; } | conf
exits 0 'a name that moves' update -S
mv a/fifty.ndb b/
line 41 'of its own' >own/ownmore.ndb
exits 1 'from one source, which shrinks, to another' update
is "$(state a)$(state b)$(state own)" refusedrefusednew '... is refused at both, and the third is new'
[ -s root/current/fifty.ndb ] && [ -s root/current/ownmore.ndb ]
ok $? '... nothing is lost'
exits 0 'unless told so' update -S
is "$(state a)$(state b)" newnew '... then it moves'
chmod 000 root/current/hand2.ndb
line 42 'of its own' >own/ownmore.ndb
if [ "$(id -u)" -ne 0 ]; then
	exits 1 'what was put there by hand, and cannot be read' update
	like "$(cat err)" '*hand2.ndb: was put there by hand, and is left out*' '... is left out'
fi
chmod 644 root/current/hand2.ndb
echo junk >root/current/hand2.ndb
line 43 'of its own' >own/ownmore.ndb
exits 1 'what was put there by hand, and is none' update
like "$(cat err)" '*hand2.ndb: was put there by hand, and is left out: *' '... is left out'
is "$(state own)" new '... and stops nobody'
own_source | conf
exits 0 'the two sources go' update -S

### Two at once, and announcements
line 11 'canary eleven' >own/one.ndb
timeout 60 sigupdate update -c conf >a.out 2>a.err & a=$!
timeout 60 sigupdate update -c conf >b.out 2>b.err & b=$!
wait $a; ended=$?
wait $b; ended=$ended$?
is "$ended" 00 'two at once: both come to their end'
is "$(grep -ho 'own state=[a-z]*' a.out b.out | sort)" "own state=new
own state=same" '... one has done it'
begun=$(date +%s)
timeout 60 sigupdate update -e 5 -c conf >a.out 2>a.err & a=$!
sleep 1.5
exits 0 'an announcement while one waits' timeout 60 sigupdate update -e 5 -c conf
is "$(cat out)" '' '... does nothing'
wait $a
is "$?" 0 '... the first one runs'
[ $(($(date +%s) - begun)) -ge 2 ]
ok $? '... not before its time'

### An engine that is never there
sed 's,^engine none,engine unix:/nowhere/engine,' conf >down.conf
exits 75 'an engine that is down' timeout 60 sigupdate update -q -c down.conf
is "$(cat err)" '' '... is nothing to act on'
sed -i '/^engine=/s/ since=[^ ]*/ since=2020-01-01T00:00:00Z/' root/.state
exits 1 'for more than a day' timeout 60 sigupdate update -q -c down.conf
like "$(cat err)" '*unix:/nowhere/engine: engine: cannot be told*' '... it is'

### Whose files they are
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$T" && chmod 1777 tmp && chown -R nobody root
	line 12 'canary twelve' >own/one.ndb
	exits 0 'started as root, in the folder of another' update
	is "$(find root ! -user nobody)" '' '... all is his'
	chmod 777 root
	exits 75 'a root that anybody may write to' update
	like "$(cat err)" '*root: *' '... is refused, and named'
	chmod 755 root
else
	skip 'started as root' 'not root'
fi
finish
