#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2012,SC2016,SC2034,SC2046,SC2059,SC2086,SC2154
# Clients of avscand that do what no client should: nobody else has to wait.
. "${0%/*}/lib.sh"
. "$HERE/engine.sh"
. "$HERE/aside.sh"

# soon: it answers somebody else at once
soon() { [ "$(printf 'zPING\0' | timeout 5 "$tools/talk" unix:engine | tr '\0' '|')" = 'PONG|' ]; }
# hold COMMAND...: runs one that lasts until `release'
hold() {
	rm -f hold held
	mkfifo hold
	"$@" <hold >held 2>&1 &
	holder=$!
	exec 9>hold
}
release() {
	exec 9>&-
	wait $holder
}
signatures() { ask 'zSTATS\0' | sed 's/.*signatures \([0-9]*\) age.*/\1/'; }
has_signatures() { [ "$(signatures)" = "$1" ]; }
has_generations() { [ "$(generations | wc -w)" = "$1" ]; }

# Looked at when all else is done: it takes 20 seconds.
avscand -w 1 -l unix:stopped 2>stopped.log &
stopped=$!
until_true grep -q ready: stopped.log
kill -STOP $(children $stopped)
sooner=0

### What takes long, beside all else
# hang WHAT: a file system at ./hangs that never answers WHAT; false: it cannot be
hang() {
	rm -f stay ready
	mkfifo stay
	"$tools/hangfs" hangs "$1" <stay >ready 2>why &
	hangfs=$!
	exec 8>stay
	until_true sh -c '[ -s ready ] || [ -s why ]'
	[ -s ready ]
}
unhang() {
	exec 8>&-
	wait $hangfs
}
# hanging WHAT: a file in it, and then others
hanging() {
	begin -w 1 -t 1
	until_true grep -q ready: log
	mkdir hangs
	if ! hang "$1"; then
		unhang
		skip "a file system that does not answer a $1" "$(tail -n 1 why)"
		end
		return
	fi
	hold "$tools/linger" engine hangs/file 8>&-
	soon
	ok $? "a file system that does not answer a $1: nobody waits for it"
	until_true [ -s held ] || until_true [ -s held ]
	like "$(cat held)" 'fd[[]*]: engine-timeout: * ERROR' 'the file is no OK'
	exits 0 'scans go on' timeout 60 avscan -s unix:engine ../text
	unhang
	release
	like "$(cat log)" '*does not die of SIGKILL*' 'a worker that cannot be ended is left behind'
	end
	is "$ended $(ls tmp)" '0 ' 'and leaves nothing in the end'
}
a_flush() { hanging flush; }
a_read() { hanging read; }
two_at_one_path() {
	avscand -w 1 -l unix:engine 2>one.log &
	one=$!
	avscand -w 1 -l unix:engine 2>two.log &
	two=$!
	cleanup='kill $one $two 2>/dev/null'
	until_true grep -q 'serves it already' one.log two.log
	ok $? 'of two that start at one path one gives up'
	is "$(cat one.log two.log | grep -c 'serves it already')" 1 'and says why'
	until_true [ -S engine ]
	exits 0 'the other serves' avscan -s unix:engine ../text
	kill $one $two 2>/dev/null
	wait $one
	wait $two
	is "$(find . -name 'engine*')" '' 'and leaves nothing'
}
aside a_flush
aside a_read
aside two_at_one_path

### Descriptors whose close does not return
begin -w 1
until_true grep -q ready: log
hold "$tools/linger" engine
until_true [ -s held ]
like "$(cat held)" 'fd[[]*]: Not a regular file ERROR' 'a socket that lingers is refused'
soon
ok $? 'and nobody waits for its end'
release
end

begin -w 1
until_true grep -q ready: log
### Commands that are never whole
hold "$tools/idle" engine 2100 zPI
until_true [ -s held ]
soon
ok $? '2,100 clients with half a command'
release
until_true soon

### More answers than are read
# commands N NAME: a session of so many
commands() {
	awk -v n="$1" -v name="$2" 'BEGIN { printf "zIDSESSION|"; while (n-- > 0) printf "z%s|", name }' |
	    tr '|' '\0'
}
{
	commands 3000 PING
	sleep 1
} | "$tools/talk" unix:engine | tr '\0' '\n' >out
is "$(wc -l <out) $(tail -n 1 out)" '3000 3000: PONG' '3,000 commands at once are all answered'
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 755 many
	chmod 755 "$T"
	awk 'BEGIN { for (i = 0; i < 3000; i++) { f = "many/" i; print >f; close(f) } }'
	chmod 000 many/*
	printf 'zCONTSCAN %s\0' "$T/many" | "$tools/talk" unix:engine | tr '\0' '\n' >out
	is "$(grep -c 'Access denied. ERROR' out)" 3000 'and so are all files of a folder'
else
	skip 'all files of a folder' 'this is not root'
fi
# a folder in whose place a loop of links comes while its first file is scanned
mkdir -m 755 turns
for n in 1 2 3 4 5 6 7 8; do
	cp eicar turns/$n
done
echo harmless >"turns/$(ls -U turns | head -n 1)"
kill -STOP $(workers)
(ask "zSCAN $T/turns\0" >said) &
asker=$!
stats_busy() { ask 'zSTATS\0' | grep -q "BUSY: $1 of"; }
until_true stats_busy 1
mv turns moved
ln -s turns turns
kill -CONT $(workers)
wait $asker
like "$(cat said)" "*: Eicar-Test-Signature.UNOFFICIAL FOUND|" 'a folder that turns into a link is scanned all the same'
commands 20000 STATS >flood
hold sh -c 'exec 3<&0; echo; "$0" unix:engine <flood | { read -r _ <&3; }' "$tools/talk"
until_true [ -s held ]
soon
ok $? 'one who reads nothing keeps up nobody'
release

### A stream by the byte
{
	printf 'zINSTREAM\0'
	{
		cat eicar
		head -c 40000 /dev/zero | tr '\0' '\n'
	} | sed 's/\(.\)/\1/g' | od -An -v -tx1 | tr -s ' ' '\n' | awk 'NF {
		printf "\\000\\000\\000\\001\\%03o", index("0123456789abcdef", substr($1, 1, 1)) * 16 - 16 + \
		    index("0123456789abcdef", substr($1, 2, 1)) - 1 }' >bytes
	printf "$(cat bytes)"
	printf '\0\0\0\0'
} >stream
is "$("$tools/talk" unix:engine <stream | tr '\0' '|')" \
    'stream: Eicar-Test-Signature.UNOFFICIAL FOUND|' '40,000 chunks of a byte each'
end

### Reloads
cp -r "$sigs" set
begin -w 1 -D set
until_true grep -q ready: log
first=$(generations)
printf 'zINSTREAM\0\0\0' >half
hold sh -c '{ cat half; exec cat; } | "$0" unix:engine' "$tools/talk"
until_true sh -c 'ls -l /proc/$1/fd | grep -q avscand-stream' sh $first
echo 'One:0:*:6861726d6c657373' >set/one.ndb
kill -HUP "$daemon" $(generations) $(workers)
until_true has_signatures 3
ok $? 'SIGHUP to all of our processes is one reload'
until_true has_generations 2
echo 'Two:0:*:6861726d6c657373' >>set/one.ndb
kill -HUP "$daemon"
most=0
until has_signatures 4; do
	n=$(generations | wc -w)
	[ "$n" -le $most ] || most=$n
done
is $most 2 'a client that never ends does not keep a third set in memory'
release
like "$(tr '\0\n' '|;' <held)" '*stream: Busy ERROR|' 'it is told to ask again'
exits 1 'the newest serves' avscan -s unix:engine text
is "$(awk '/zero .deleted/' /proc/$(workers | tr -d ' ')/maps | wc -l)" 1 \
    'a worker shares nothing with others but one number'

end

### A generation that does not go round
again() { [ "$(grep -c ready: stopped.log)" -gt 1 ]; }
until [ $sooner -gt 400 ] || again; do
	sleep 0.1
	sooner=$((sooner + 1))
done
like "$(cat stopped.log)" '*does not answer: it is ended*a new one starts*' \
    'one that was stopped is ended'
exits 0 'and replaced' avscan -s unix:stopped text
kill $stopped
wait $stopped
is "$? $(ls tmp)" '0 ' 'and nothing is left'

### What systemd should not hand over
exits 75 'no socket' sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec avscand' 3</dev/null
like "$(cat err)" '*descriptor 3 is no socket that listens*' 'is named'

together
finish
