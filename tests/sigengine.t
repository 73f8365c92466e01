#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034,SC2046,SC2154
# Who is told of a new set by sigupdate: an avscand, a clamd, one that is down, and what
# only stands in the place of an engine.  And scans while the sets change: all are
# answered, each from one set.  SOAK=1: more of them.
. "${0%/*}/lib.sh"
. "$HERE/engine.sh"
rmdir tmp
. "$HERE/sigroot.sh"
. "$HERE/aside.sh"

# engines ADDRESS...: the configuration, with these
engines() {
	printf '%s\n' "root $T/root" "engine $*" 'source test' "	local $T/test" \
	    'source own' "	local $T/own" '	optional' >conf
}
# fresh TEXT: the source own has another signature
number=0
fresh() {
	number=$((number + 1))
	line "$number" "${1:-canary number $number}" >own/one.ndb
}
has() { ask 'zVERSION\0' | grep -q "/$(gen)/"; }
# asked COMMAND: how often the false engine was
asked() { grep -c "^$1$" asked; }

# fake HOW: a false engine at ./fake; what it is asked is in ./asked
cat >fake.py <<'END'
import socket, time
old = b'ClamAV 1.4.3/20010101000000/now\0'
s = socket.socket(socket.AF_UNIX)
s.bind('fake')
s.listen(5)
VERSION = {'refuse': b'ClamAV 1.4.3/27000/now\0', 'clamd': b'ClamAV 1.4.3/27000/now\0'}
RELOAD = {'refuse': b'COMMAND \033[31m\nUNAVAILABLE\0'}
STATS = {'failed': b'POOLS: 1\nRELOAD: 0 s ago: x.ndb: \033bad\nEND\0',
    'loading': b'POOLS: 1\nRELOAD: 9999 s ago: ok\nEND\0',
    'other': b'POOLS: 1\nRELOAD: 0 s ago: ok\nEND\0',
    'absurd': b'POOLS: 1\nRELOAD: 99999999999999999999999 s ago: ' + 900 * b'x' + b'\n\0'}
held = []
while True:
    c = s.accept()[0]
    how = open('how').read()
    asked = c.recv(100)
    with open('asked', 'ab') as log:
        log.write(asked.replace(b'\0', b'\n'))
    try:
        if how == 'silent':
            held.append(c)
            continue
        elif how == 'dribble':
            while True:
                c.sendall(b'x')
                time.sleep(0.3)
        elif how == 'garbage':
            c.sendall(bytes(range(1, 256)))
        elif how == 'nuls':
            c.sendall(bytes(300))
        elif how == 'endless':
            while True:
                c.sendall(65536 * b'a')
        elif how != 'nothing':
            c.sendall({b'zVERSION\0': VERSION.get(how, old),
                b'zRELOAD\0': RELOAD.get(how, b'RELOADING\0'),
                b'zSTATS\0': STATS.get(how, b'UNKNOWN COMMAND\0')}[asked])
    except (BrokenPipeError, ConnectionResetError):
        pass
    c.close()
END
fake_pid=
fake() {
	printf '%s' "$1" >how
	: >asked
	[ -z "$fake_pid" ] || return 0
	python3 fake.py & fake_pid=$!
	until_true [ -S fake ]
}

# --- patience, beside the rest --------------------------------------------------------

# patience HOW TEXT: it costs one patience, not more
patience() {
	mkdir root test own
	cp ../test/* test/
	cp ../fake.py .
	engines "unix:$T/fake"
	cleanup='[ -z "$fake_pid" ] || kill $fake_pid 2>/dev/null'
	fake "$1"
	begun=$(date +%s)
	exits 75 "an engine that $2" timeout 40 sigupdate update -c conf
	like "$(cat err)" "*unix:$T/fake: engine: cannot be told of set $(gen): Connection timed out; *" \
	    '... is said'
	[ $(($(date +%s) - begun)) -le 14 ]
	ok $? '... after ten seconds'
	kill $fake_pid
	wait $fake_pid 2>/dev/null
}
silent() { patience silent 'says nothing'; }
dribble() { patience dribble 'has a byte now and then'; }
aside silent
aside dribble

# --- an avscand -------------------------------------------------------------------------

port=$((10000 + $$ % 20000))
engines "unix:$T/engine"
fresh
exits 75 'an engine that is down' update
like "$(cat err)" "*sigupdate: unix:$T/engine: engine: cannot be told of set $(gen): *; it is told next time" \
    '... is said'
exits 75 'once more, with -q and nothing new' update -q
is "$(cat err)" '' '... is not said'
begin -w 2 -D root/current -l "tcp:127.0.0.1:$port"
until_true grep -q ready: log
exits 0 'one that has the set since it began' update -v
is "$(grep -c 'engine: told' err)" 0 '... is not told'
fresh
exits 0 'one that runs' update -v
like "$(cat err)" "*unix:$T/engine: engine: told of set $(gen)*" '... is told'
until_true has
ok $? '... and has the set'
engines "tcp:127.0.0.1:$port"
fresh
exits 0 'by TCP' update
until_true has
ok $? '... it has the set'
engines "unix:$T/nowhere" "unix:$T/test/eicar.ndb" tcp:127.0.0.1:1 "unix:$T/engine"
fresh
exits 75 'three that are none, and one that is' update
is "$(grep -c 'engine: cannot be told' err)" 3 '... the three are said'
until_true has
ok $? '... the one has the set'
engines none
fresh
exits 0 'engine none' update
sleep 0.3
has
is "$?" 1 '... tells nobody'
engines "unix:$T/engine"
exits 0 'the next run' update
until_true has
ok $? '... does, though nothing is new'
exits 0 'rollback' sigupdate rollback -c conf
until_true has
ok $? '... tells it too'
sed '/^engine/d' conf >none.conf
exits 0 'no word of an engine, and none at the usual place' update -c none.conf
end

# --- one that has another set ---------------------------------------------------------

engines "unix:$T/fake"
fake old
exits 0 'one that has another set' update
is "$(asked zVERSION) $(asked zRELOAD)" '1 1' '... is asked and told'
exits 75 'and still has it at the next run' update -q
like "$(cat err)" "sigupdate: unix:$T/fake: engine: was told of set $(gen), and still has 20010101000000: its log says why" \
    '... is said, with -q too'
is "$(asked zRELOAD)" 2 '... and told again'
fake failed
exits 75 'where it tells what came of it' update -q
like "$(cat err)" '* still has 20010101000000: x.ndb: ?bad' '... that is said'
fake other
exits 75 'where it has loaded that one just now' update -q
like "$(cat err)" '* still has 20010101000000: it loads another folder than *root/current' '... that is'
fake loading
exits 0 'where it may be at it still' update -q
is "$(cat err)$(asked zRELOAD)" '0' '... it is let alone'
fake absurd
timeout 20 sigupdate update -q -c conf >out 2>err
is "$?$(asked zVERSION)" 01 'a number that is none is survived'
fake clamd
fresh
exits 0 'one that does not tell its set' update
exits 0 'once more' update
is "$(asked zRELOAD)" 1 '... is told once'
fake refuse
fresh
exits 75 'one that does not take RELOAD' update -q
is "$(cat err)" "sigupdate: unix:$T/fake: engine: answers to RELOAD: COMMAND ?[31m?UNAVAILABLE" \
    '... is said, and shown as it can be'
fresh
for how in garbage nothing endless nuls; do
	fake $how
	exits 75 "one that answers $how" update
	like "$(cat err)" "*sigupdate: unix:$T/fake: engine: *" '... is said'
	is "$(tr -d '\12\40-\176' <err)" '' '... in ASCII'
done
kill $fake_pid
wait $fake_pid 2>/dev/null

# --- clamd --------------------------------------------------------------------------------

readings() { [ "$(grep -c 'Reading databases' clamd.log)" -ge "$1" ]; }
if PATH=$PATH:/usr/sbin command -v clamd >/dev/null; then
	printf '%s\n' "LocalSocket $T/clamd" "DatabaseDirectory $T/root/current" \
	    "LogFile $T/clamd.log" 'Foreground yes' 'SelfCheck 0' "User $(id -un)" \
	    "TemporaryDirectory $TMPDIR" >clamd.conf
	PATH=$PATH:/usr/sbin clamd -c clamd.conf >clamd.out 2>&1 & clamd=$!
	cleanup='kill -9 $clamd 2>/dev/null'
	until_true [ -S clamd ]
	ok $? 'a clamd on the current set' || sed 's/^/# /' clamd.out
	engines "unix:$T/clamd"
	fresh 'a canary for clamd'
	exits 0 'an update' update
	until_true readings 2
	ok $? '... has it load the set'
		exits 0 'once more, with nothing new' update -v
	is "$(grep -c 'engine: told' err)" 0 '... it is not told again'
	echo 'this is a canary for clamd' >canary
	finds() { avscan -s "unix:$T/clamd" canary | grep -q Canary; }
	until_true finds
	ok $? '... it has what is new'
	kill $clamd
	wait $clamd
	cleanup=:
else
	skip 'clamd' 'it is not installed'
fi

# --- scans while the sets change -----------------------------------------------------------

# Each set has in two files a canary of its own; a text has those of all sets, and an
# answer names those of one.
engines "unix:$T/engine"
sets=${SOAK:+100}
sets=${sets:-15}
n=0
while [ $n -le "$sets" ]; do
	printf 'alpha-canary-%04d\nbeta-canary-%04d\n' $n $n
	n=$((n + 1))
done >probe
# pair N: the source own in its state N
pair() {
	for half in alpha beta; do
		hex=$(printf '%s-canary-%04d' $half "$1" | od -An -tx1 -v | tr -d ' \n')
		printf 'Test.%s.%s:0:*:%s\n' $half "$1" "$hex" >$half.new
	done
	mv alpha.new own/alpha.ndb
	mv beta.new own/beta.ndb
}
cat >client.py <<'END'
import os, re, socket, struct, sys, time

probe, text = open('probe', 'rb').read(), b'harmless'
good = re.compile(rb'stream: Test\.(alpha|beta)\.(\d+)\.UNOFFICIAL '
    rb'Test\.(?!\1)(alpha|beta)\.\2\.UNOFFICIAL FOUND')
seen, scans, busy, wrong = set(), 0, 0, []

def scan(c, content):
    said = b''
    try:
        c.sendall(b'zALLMATCHSTREAM\0' + struct.pack('>I', len(content)) + content + bytes(4))
    except BrokenPipeError:
        pass    # it has gone: what it said before that counts
    while not said.endswith(b'\0'):
        some = c.recv(4096)
        if not some:
            return said + b' (hung up)'
        said += some
    return said[:-1]

def judge(said, content):
    global scans, busy
    scans += 1
    found = good.fullmatch(said)
    if said == b'Busy ERROR':
        busy += 1
    elif content is probe and found:
        seen.add(found[2])
    elif content is probe or said != b'stream: OK':
        wrong.append(said)

def connection(numbers):
    c = socket.socket(socket.AF_UNIX)
    c.settimeout(20)
    c.connect('engine')
    if numbers[0]:
        c.sendall(b'zIDSESSION\0')
    for number in numbers:
        content = text if scans % 2 else probe
        time.sleep(0.01)
        said = scan(c, content)
        head = b'%d: ' % number if number else b''
        judge(said[len(head):] if said.startswith(head) else b'no number: ' + said, content)
        if said.endswith(b'(hung up)'):
            break
    c.close()

while not os.path.exists('stop'):
    try:
        connection(range(1, 17) if sys.argv[1] == 'session' else [0])
    except OSError as e:
        wrong.append(str(e).encode())
print(f'scans={scans} sets={len(seen)} busy={busy} wrong={len(wrong)}')
for said in wrong[:5]:
    print('#', said)
END

pair 0
rm -f own/one.ndb
update -S >out 2>err
begin -w 2 -D root/current
until_true grep -q ready: log
clients=''
for how in single session single; do
	python3 client.py $how >"client.$how$clients" 2>&1 & clients="$clients.$!"
done
# ... and who scans as the gateway does
(
	while [ ! -e stop ]; do
		avscan -s unix:engine probe >said 2>>avscan.err
		echo "$? $(grep -c 'verdict=infected' said)" >>avscan.said
		sleep 0.1
	done
) & clients="$clients.$!"
# Sets that come faster than the engine can let go of one cost a client its connection.
settled() { has && [ "$(generations | wc -w)" -eq 1 ]; }
n=1 failed=0
while [ $n -le "$sets" ]; do
	pair $n
	update -q >>update.out 2>&1 || failed=$((failed + 1))
	until_true settled || failed=$((failed + 1))
	n=$((n + 1))
done
is "$failed" 0 "$sets updates while it scans" || head -n 5 update.out | sed 's/^/# /'
until_true has
ok $? 'it has the last set'
sleep 0.3
: >stop
for client in $(echo "$clients" | tr . ' '); do wait "$client"; done
for file in client.*.* client.single; do
	[ "$file" != client.py ] || continue
	sed 's/^/# /' "$file"
	like "$(head -n 1 "$file")" 'scans=[1-9]* sets=[1-9]* busy=0 wrong=0' \
	    "${file#client.}: each scan is answered, from one set"
done
is "$(sort -u avscan.said)" '1 1' 'avscan finds something each time' ||
    { sort avscan.said | uniq -c; head -n 5 avscan.err; } | sed 's/^/# /'
is "$(grep -c 'not taken' log)" 0 'the engine loads each set that it is told of' ||
    grep 'avscand: ' log | grep -v ready | tail -n 5 | sed 's/^/# /'
end
is "$ended" 0 'it ends'
together
finish
