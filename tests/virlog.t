#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016
. "${0%/*}/lib.sh"

unset MULTISCAN_LOG_SOCKET MULTISCAN_LOG_FALLBACK
PATH=$PATH:/usr/sbin
ID=0123456789abcdef0123
receiver=
# shellcheck disable=SC2034
cleanup='[ -z "$receiver" ] || kill "$receiver"'

# receive FILE: a syslog at ./socket that writes a datagram a line to FILE
receive() {
	rm -f socket
	perl -MIO::Socket::UNIX -e '
		$s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "socket") or die;
		open $f, ">", $ARGV[0] or die;
		$f->autoflush(1);
		print $f "$m\n" while defined $s->recv($m, 65536);' "$1" &
	receiver=$!
	wait_for -S socket
}

# wait_for TEST FILE: a moment at the most
wait_for() {
	tries=0
	while [ ! "$@" ] && [ $tries -lt 2000 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
}

# lines N FILE: waits for so many
lines() {
	tries=0
	while [ "$(wc -l <"$2")" -lt "$1" ] && [ $tries -lt 2000 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
}

# serve FILE CODE: a TCP server at $port that does CODE with each client $c; what it says
# with say is in FILE
serve() {
	rm -f port "$1"
	: >"$1"
	perl -MIO::Socket::INET -e '
		$s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;
		open $f, ">", $ARGV[0] or die;
		$f->autoflush(1);
		$SIG{PIPE} = "IGNORE";
		sub say { print $f @_ }
		open $p, ">", "port" or die;
		print $p $s->sockport, "\n";
		close $p;
		while (defined($c = $s->accept)) { eval $ARGV[1]; die $@ if $@ }' "$1" "$2" &
	receiver=$!
	wait_for -s port
	port=$(cat port)
}

stop() {
	kill "$receiver"
	wait "$receiver" 2>/dev/null
	receiver=
}

# To a file
cat >records <<END
part=2 verdict=infected sig=W32/Klez-H by=/run/x.sock set=27000
part=1 verdict=banned why=suffix suffix=.exe name=filename:virus%20found.exe
part=1 verdict=odd why=macro
part=1 verdict=unscanned why=encrypted
relay=reject rule=relay-attempt
part=2 ignored=W32/Klez-H until=2027-01-01 sig=W32/Klez-H
id=$ID do=hold text=virus%20found%5D%0A
check=avscan id=$ID parts=3
x=1
END
exits 0 'records to a file' virlog -o log <records
is "$(cat out err)" '' 'in silence'
is "$(stat -c %a log)" 640 'which is not for everybody'
is "$(sed 's/^[A-Z][a-z][a-z] [ 0-9][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9] [A-Za-z0-9._-]* //' log)" \
    "iMS: [ID 702911 mail.alert] W32/Klez-H virus found and dealt part=2 verdict=infected sig=W32/Klez-H by=/run/x.sock set=27000
iMS: [ID 702911 mail.notice] .exe suffix dealt part=1 verdict=banned why=suffix suffix=.exe name=filename:virus%20found.exe
iMS: [ID 702911 mail.notice] macro odd part dealt part=1 verdict=odd why=macro
iMS: [ID 702911 mail.warning] encrypted not scanned part=1 verdict=unscanned why=encrypted
iMS: [ID 702911 mail.notice] reject relay dealt relay=reject rule=relay-attempt
iMS: [ID 702911 mail.notice] W32/Klez-H finding ignored part=2 ignored=W32/Klez-H until=2027-01-01 sig=W32/Klez-H
iMS: [ID 702911 mail.notice] hold action id=$ID do=hold text=virus%20found%5D%0A
iMS: [ID 702911 mail.warning] unknown other record x=1" 'a line each, in the form of 2002'
virlog -o passed <<-'END'
	verdict=infected sig=X do=pass rule=conversions
	verdict=infected sig=X do=deliver rule=f
	verdict=infected sig=X do=mark rule=f
	verdict=infected sig=X do=deliver rule=f do=substitute rule=g
	verdict=odd why=macro do=pass rule=conversions
	END
is "$(sed 's/.*\] \([^=]*\) [a-z]*=.*/\1/' passed | tr '\n' ,)" \
    'X virus found and passed,X virus found and passed,X virus found and dealt,X virus found and dealt,macro odd part passed,' \
    'what passed is not said to be dealt with'
is "$(TZ=UTC-5 virlog -o utc <records; sed -n '1s/:.*//p' utc)" "$(TZ=UTC-5 date '+%b %e %H')" 'local time'
exits 0 'a tag of its own' virlog -T multi-scan.1 -o tag <records
like "$(sed 1q tag)" '* multi-scan.1: [[]ID *' 'is used'

# The tally of 2002
rm -f log
for name in W32/Klez-H W32/Sircam-A W32/Klez-H 'a b]c virus found' W32/Klez-H W32/Sircam-A; do
	record part 1 verdict infected sig "$name" name "filename:] virus found x"
	record part 1 verdict banned suffix .exe name 'filename:virus found'
	record id $ID 'do' refuse text 'virus found'
done | virlog -o log
is "$(grep "virus found" log | awk -F] '{print $2}' | awk '{print $1}' | sort | uniq -c | sort -nr | head -10 | sed 's/^ *//')" \
    '3 W32/Klez-H
2 W32/Sircam-A
1 a%20b%5Dc%20virus%20found' 'the tally of 2002 works on it'
is "$(grep -c "virus found" log)" 6 'and the count'

# Every byte, in every field
perl -e '$all = join "", map { chr } 1 .. 255; exec "record", map { ($_, $all) }
    qw(id part verdict sig name from to why) ' >hostile
perl -pe 's/verdict=\S+/verdict=infected/' hostile >infected
rm -f log
cat hostile infected | virlog -o log
is "$? $(wc -l <log | tr -d ' ') $(tr -d ' -~\n' <log | wc -c | tr -d ' ')" '0 2 0' \
    'every byte in every field: a line each of printable ASCII'
is "$(grep -c 'virus found' log)" 1 'one of them a virus'
is "$(awk '{ if (length($0) + 1 > 1024 || length($0) < 900) print length($0) }' log)" '' \
    'of at most 1,024 bytes, and not much less'
sed 's/.*and dealt //;s/.*other record //' log >tails
exits 0 'which end in a record' record -k <tails
like "$(sed 1q tails)" '* cut=id cut=part *' 'that says what was cut'
record verdict infected sig X from "$(awk 'BEGIN { for (i = 0; i < 2000; i++) printf "\n" } END { print "x" }' /dev/null)" to a@b |
	virlog -o cut
like "$(cat cut)" '* X virus found and dealt verdict=infected sig=X from=%0A*%0A to=a@b cut=from' \
    'a cut falls between escapes, and spares short values'

# Each kind
cat >kinds <<-END
	source=a state=new sigs=3
	source=a state=refused why=key
	source=a state=later stale=max-age
	set=7 state=current made=2026-11-26T15:00:00Z files=2 sigs=3 engine=1.4.3
	clean=yes id=$ID parts=3 queue=4bX from= to=a@b msgid=x@y
	verdict=infected sig=X set=7 state=current
	set=7 state=current verdict=x
	set=7
	END
virlog -o kinds.log <kinds
is "$(sed 's/.*mail\.//; s/=.*//' kinds.log)" 'notice] a signatures source
warning] a signatures source
warning] a signatures source
notice] 7 signatures set
info] 0123456789abcdef0123 clean clean
alert] X virus found and dealt verdict
warning] x other record set
warning] unknown other record set' 'the signatures, and what is clean'
while read -r words; do
	for word in $words; do
		case $word in
		*=*) printf '%s ' "$word" ;;
		*) printf '%s=virus%%20found ' "$word" ;;
		esac
	done
	echo 'tag=virus%20found kind=virus text=virus%20found cut=virus%20found'
done >every <<-'END'
	why=conversions rule name
	verdict=banned suffix why
	verdict=odd why
	verdict=unscanned why by
	ignored until sig
	relay rule
	source state stale
	set state engine
	clean=yes id queue from to to msgid
	do id to
	do=virus found
	verdict x
	END
sed -i 's/ $//' every
rm -f every.log
virlog -o every.log <every
virlog -j -o every.log <every
is "$? $(wc -l <every.log) $(grep -c 'virus found' every.log)" '0 24 0' \
    'of the lines of every kind only those of viruses say "virus found"'

# JSON, and for people: all bytes in every field
perl -e '
	$all = join "", map { chr =~ m{[-A-Za-z0-9._+/:@,=]} ? chr : sprintf "%%%02X", $_ } 0 .. 255;
	print "x=1 $_=$all\n" for qw(id n queue from to msgid part parts name size do sig engine
	    set source state verdict why rule relay ignored clean suffix code text cut time host
	    tag level kind subject);
	print "verdict=infected sig=$all to=a\@b n=12\n"' >all
exits 0 'JSON of all bytes in every field' virlog -j -o all.json <all
exits 0 'and text' virlog -o all.text <all
cat hostile infected >>all
exits 0 'and of what is too long' virlog -j -o all.json <hostile
virlog -j -o all.json <infected
cat >check.py <<-'END'
	import json, re, sys, urllib.parse
	def unique(pairs):
	    assert len(pairs) == len(dict(pairs)), pairs
	    return dict(pairs)
	ours = ["time", "host", "tag", "level", "kind", "subject", "text"]
	got = whole = cut = 0
	for line in open("all.json", "rb"):
	    assert len(line) <= 1024 and line.endswith(b"}\n") and line.isascii(), line
	    assert not re.search(rb"[\0-\x1f\x7f\\]", line[:-1]), line
	    o = json.loads(line, object_pairs_hook=unique)
	    assert list(o)[:7] == ours, o
	    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[-+]\d\d:\d\d", o["time"]), o
	    assert (o["kind"] == "virus") == ("virus found" in line.decode()), o
	    got += 1
	    cut += isinstance(o.get("cut"), list) and "name" in o["cut"]
	    for key in list(o)[7:]:
	        for value in o[key] if isinstance(o[key], list) else [o[key]]:
	            if urllib.parse.unquote_to_bytes(str(value)) == bytes(range(256)):
	                whole += 1
	print(got, whole, cut)
	END
is "$(python3 check.py)" '35 33 2' 'is valid, with each name once, and holds them all'
virlog -j -o members <<-END
	part=2 verdict=infected sig=X size=0 n=01 to=a@b do=x to=c@d to=%0A parts=1234567890123456 time=7
	END
is "$(sed 's/^{"time":"[^"]*","host":"[A-Za-z0-9._-]*",//' members)" \
    '"tag":"iMS","level":"alert","kind":"virus","subject":"X","text":"virus found and dealt","part":2,"verdict":"infected","sig":"X","size":0,"n":"01","to":["a@b","c@d","%0A"],"do":"x","parts":"1234567890123456","record_time":"7"}' \
    'numbers are numbers, what stands twice is an array'

exits 0 'all that for people' virlog -r all.text all.json
mv out shown
cat >check.py <<-'END'
	import re, unicodedata
	def back(text):
	    return re.sub(rb"\\(x([0-9A-F]{2})|.)",
	        lambda m: bytes([int(m[2], 16)]) if m[2] else m[1], text)
	text = open("shown", "rb").read()
	assert not re.search(rb"[\0-\x09\x0b-\x1f\x7f]", text)
	assert not [c for c in text.decode() if c != "\n" and unicodedata.category(c)[0] == "C"]
	lines = text.split(b"\n")[:-1]
	values = [back(v) for line in lines for v in re.findall(rb'=("(?:[^"\\]|\\.)*")', line)]
	print(len(lines), sum(v == b'"' + bytes(range(256)) + b'"' for v in values))
	END
is "$(python3 check.py)" '68 66' 'all is there again, and nothing that a terminal obeys'
sed 's/^[A-Z].. .. ..:..:.. [^ ]* //' all.text >a
virlog -r a | sed 's/^iMS: //' >b
for form in 's/^/Nov 26 10:00:00 mta /' 's/^/2026-11-26T10:00:00.123456+01:00 mta /' \
    's/^iMS:/2026-11-26T10:00:00Z mta iMS/' 's/^iMS:/Nov 26 10:00:00 mta iMS[12]:/' \
    's/^iMS:/<17>1 2026-11-26T18:00:00.123456+01:00 mta iMS - virus -/'; do
	sed "$form" a | virlog -r >c
	sed 's/.*\[ID/[ID/' c | cmp - b
	ok $? "each stamp and tag: $(sed 's/\[ID.*//;q' c)"
done
echo 'verdict=odd why=x name=filename:%C3%A9%E2%80%AE%22%5C%20%1B%5B1m to=a@b to=' >one
virlog -o one.log <one
virlog -j -o one.json <one
like "$(virlog -r one.log)" '* iMS: [[]ID 702911 mail.notice] x odd part dealt verdict=odd why=x name="filename:é\\xE2\\x80\\xAE\\"\\\\ \\x1B[[]1m" to=a@b to=' \
    'what can be shown is shown'
is "$(virlog -r <one.json | sed 's/.*\[ID/[ID/')" "$(virlog -r <one.log | sed 's/.*\[ID/[ID/')" 'the same from JSON'
like "$(virlog -r one.json)" '{????-??-??T* iMS} [[]ID *' 'which is seen'
printf 'pre fix \033]0;x\007 [ID 702911 mail.alert] a virus found and x\\\n{"time":"\n\n\302\233x \303\251 %%41' >foreign
exits 0 'what is not ours' virlog -r foreign
is "$(cat out)" 'pre fix \x1B]0;x\x07 \x5BID 702911 mail.alert] a virus found and x\\
{"time":"

\xC2\x9Bx é %41' 'is shown as it is, but safe'
perl -e 'print "\xc3\xa9x\0\x1b" x 200000, "\n", "\xe2\x82\xac" x 5000, "\nlast"' >big
exits 0 'a line of 1 MB with NULs' virlog -r big
is "$(python3 -c '
import re
text = open("out", "rb").read()
assert text.count(b"\n") == 3 and b"\0" not in text and b"\x1b" not in text
text = re.sub(rb"\\x(..)", lambda m: bytes([int(m[1], 16)]), text)
print(text == open("big", "rb").read() + b"\n")')" True 'is one line still, and a character is never taken apart'
cat >differ.py <<-'END'
	# Lines that differ are shown differently: ours, ours with a few bytes changed, what is
	# shown of them, and what is shown of that.
	import random, subprocess
	def show(lines):
	    out = subprocess.run(["virlog", "-r"], input=b"".join(l + b"\n" for l in lines),
	        stdout=subprocess.PIPE, check=True).stdout.split(b"\n")
	    assert out.pop() == b"" and len(out) == len(lines)
	    return out
	some = random.Random(1)
	read = lambda name: open(name, "rb").read().split(b"\n")[:-1]
	ours = [l for f in ("all.text", "all.json", "every.log", "members", "one.log", "one.json")
	    for l in read(f)]
	bits = [b"%20", b"%41", b"A", b" ", b'"', b"\\", b"\\x41", b"{", b"}", b"[ID 702911 mail.", b"=",
	    b" x=1", b',"x":"1"', b'"', b"1", b"]", b":", b"\xc2\xad", b"\xc2", b"\xad", b"record_"]
	lines = set(ours)
	for _ in range(4000):
	    l = some.choice(ours)
	    for _ in range(some.randint(1, 3)):
	        at = some.randrange(len(l) + 1)
	        l = l[:at] + some.choice(bits) + l[at + some.choice((0, 0, 1, 3)):]
	    lines.add(l)
	for _ in range(2):
	    lines |= set(show(sorted(lines)))
	lines = sorted(lines)
	print(len(lines) > 7000, len(lines) - len(set(show(lines))))
	END
is "$(python3 differ.py)" 'True 0' 'what differs is shown differently'
exits 75 'no log to show' virlog -r none
exits 75 'nor a folder' virlog -r .
virlog -r one.log >1.shown
cp one.log one.copy
virlog -r one.log - foreign <one.copy | sed 2q >2.shown
cat 1.shown 1.shown | cmp - 2.shown
ok $? '- is standard input'
mkfifo logs
cat one.log >logs &
exits 0 'a pipe' virlog -r logs
cmp out 1.shown
ok $? 'is shown too'
{ virlog -r big big big big 2>err; echo $? >status; } | head -c 10 >/dev/null
is "$(cat status err)" 75 'who reads no more is told nothing'
virlog -r big >/dev/full 2>err
is "$? $(cat err)" '75 virlog: standard output: No space left on device' 'and nowhere to show it'

# Not records
rm -f log
printf 'a=1\nb = 2\nverdict=infected sig=a\033b\nc=3\n\nd=%%41\ne=5' >bad
exits 75 'lines that are no records' virlog -o log <bad
is "$(cat err)" 'virlog: standard input: line 2 is not a record, not logged: from byte 1 on
virlog: standard input: line 3 is not a record, not logged: from byte 17 on
virlog: standard input: line 5 is not a record, not logged: from byte 1 on
virlog: standard input: line 6 is not a record, not logged: from byte 1 on
virlog: standard input: line 7 is not a record, not logged: it has no newline at its end' 'are named'
is "$(sed 's/.* //' log | tr '\n' ' ')" 'a=1 c=3 ' 'the others are logged'
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do echo X; done | virlog -o log 2>err
is "$? $(wc -l <err) $(tail -n 1 err)" '75 11 virlog: standard input: 12 lines are not records, not logged' 'not all of many'
awk 'BEGIN { printf "a="; for (i = 0; i < 70000; i++) printf "x"; print "\nb=2" }' >long
exits 75 'a line that is too long for a record' virlog -o long.log <long
is "$(wc -l <long.log | tr -d ' ')" 1 'is passed over whole'
exits 0 'nothing to log' virlog -o none.log </dev/null

# Many writers, a torn file, no room
rm -f log
awk 'BEGIN { for (i = 0; i < 500; i++) print "verdict=infected sig=W" i " name=filename:a%20name%20to%20make%20it%20long" }' >many
writers=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	virlog -o log <many &
	writers="$writers $!"
done
# shellcheck disable=SC2086
wait $writers
is "$(sed 's/.*\] \(W[0-9]*\) virus found and dealt verdict=infected sig=\1 name=filename:a%20name%20to%20make%20it%20long$/\1/' log |
	sort | uniq -c | awk '$1 == 16 && $2 ~ /^W[0-9]+$/' | wc -l | tr -d ' ')" 500 \
    'sixteen writers at once lose and mix nothing'
printf 'half a li' >torn
echo a=1 | virlog -o torn
like "$(sed -n '2p' torn)" '*other record a=1' 'after half a line a new one is begun'
# A file that may be written and not read: an empty line is cheaper than a glued one.
printf 'half a li' >unread
chmod 200 unread
caps=
[ "$(id -u)" -ne 0 ] || caps='setpriv --bounding-set=-dac_override,-dac_read_search'
# shellcheck disable=SC2086
exits 0 'a file that may not be read' $caps virlog -o unread <records
chmod 600 unread
is "$(sed 1q unread; grep -c '^[A-Z].. .. ..:..:.. [^ ]* iMS: ' unread)" 'half a li
8' 'has each line on a new one'
# Who holds the lock writes half a line, and then lets go.
: >locked
mkfifo gate
flock locked sh -c ': >gate; sleep 0.05; printf "half a li" >>locked' &
: <gate
exits 0 'a file that another is writing to' virlog -o locked <records
wait $!
is "$(grep -c '^[A-Z].. .. ..:..:.. [^ ]* iMS: ' locked; grep -c 'half a li.' locked)" '8
0' 'is waited for, and no line is glued to half of one'
(flock 9; exec sleep 20) 9<locked &
holder=$!
tries=0
while flock -n locked true && [ $tries -lt 2000 ]; do tries=$((tries + 1)); done
exits 0 'one that another holds' timeout 15 virlog -o locked <records
is "$(grep -c ' iMS: ' locked)" 16 'is written to all the same'
kill $holder
exits 75 'a full disk' virlog -o /dev/full <records
exits 75 'no such folder' virlog -o none/log <records
mkfifo pipe
exits 75 'a pipe that nobody reads' virlog -o pipe <records

# To syslog
receive got
exits 0 'records to a socket' virlog -s unix:socket <records
exits 0 'or to that of the environment' env MULTISCAN_LOG_SOCKET=socket virlog -T x <records
lines 16 got
exits 0 'or as an address' env MULTISCAN_LOG_SOCKET=unix:socket virlog -T x </dev/null
stop
is "$(sed 's/>.*//' got | sort | uniq -c | sed 's/^ *//' | tr '\n' ' ')" '2 <17 4 <20 10 <21 ' \
    'mail.alert is for the virus alone'
like "$(sed 1q got)" '<17>??? [ 0-9][0-9] ??:??:?? iMS: [[]ID 702911 mail.alert] W32/Klez-H virus found and dealt part=2 *' \
    'in the old format, without a pid'
receive got
virlog -s unix:socket <infected
wait_for -s got
stop
is "$(awk '{ print (length($0) > 900 && length($0) <= 1024) }' got)" 1 'no datagram is longer than 1,024 bytes'
exits 75 'a socket that nobody has' virlog -s unix:socket <records
is "$(cat err)" 'virlog: socket: Connection refused: 8 lines are not logged' 'is named'
exits 75 'no socket' virlog -s unix:none <records
exits 75 'nor when there is nothing to log' virlog -s unix:none </dev/null
is "$(cat err)" 'virlog: none: No such file or directory' 'is named'
rm -f socket
perl -MIO::Socket::UNIX -e '
    $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "socket") or die; sleep 60' &
receiver=$!
wait_for -S socket
begun=$(date +%s%N)
exits 75 'a socket that is stuck' virlog -s unix:socket <many
took=$((($(date +%s%N) - begun) / 1000000))
[ $took -ge 200 ] && [ $took -lt 5000 ]
ok $? "costs 200 ms, and is left then" || echo "# $took ms"
like "$(cat err)" 'virlog: socket: busy: 4[0-9][0-9] lines are not logged' 'and is named'
stop

# The fall-back
receive got
exits 0 'a socket that is there' virlog -F spare -s unix:socket <records
[ ! -e spare ]
ok $? 'needs no fall-back'
stop
exits 0 'one that nobody has, and a fall-back' virlog -F spare -s unix:socket <records
is "$(cat err)" 'virlog: socket: Connection refused: 8 lines are in spare' 'which is said once'
is "$(stat -c %a spare)" 640 'is not for everybody'
virlog -o log8 <records
is "$(cut -d' ' -f4- spare | sed 's/^[0-9:]* //')" "$(cut -d' ' -f4- log8 | sed 's/^[0-9:]* //')" 'and has the lines that a file has'
exits 0 'the fall-back of the environment' env MULTISCAN_LOG_FALLBACK=spare2 virlog -j -s unix:none <one
is "$(cat err)" 'virlog: none: No such file or directory: 1 line is in spare2' 'is used'
is "$(sed 's/.*"text"/"text"/' spare2)" "$(sed 's/.*"text"/"text"/' one.json)" 'and has JSON if that was asked for'
exits 75 'an empty name is none' env MULTISCAN_LOG_FALLBACK= virlog -s unix:none <one
exits 0 'nothing to log' virlog -F spare3 -s unix:none </dev/null
[ ! -s err ] && [ ! -e spare3 ]
ok $? 'needs none'
exits 75 'a line that is no record is still an error' virlog -F spare -s unix:socket <bad
exits 75 'and a fall-back that fails' virlog -F none/log -s unix:none <records
is "$(cat err)" 'virlog: none: No such file or directory; none/log: No such file or directory: 8 lines are lost' 'is said'
exits 75 'and one that is full' virlog -F /dev/full -s unix:none <records
exits 0 'a full disk, and a fall-back' virlog -o /dev/full -F spare4 <records
is "$(cat err; wc -l <spare4)" 'virlog: /dev/full: No space left on device: 8 lines are in spare4
8' 'takes all'
exits 0 'a file in no folder' virlog -o none/log -F spare4 <records
exits 0 'a pipe that nobody reads' virlog -o pipe -F spare4 <records
is "$(wc -l <spare4)" 24 'are no loss'
printf 'half a li' >spare5
virlog -o /dev/full -F spare5 <one 2>/dev/null
is "$(wc -l <spare5; sed -n 1p spare5)" '2
half a li' 'after half a line of the fall-back a new one is begun'
awk 'BEGIN { for (i = 1; i < 100; i++) print "123456789"; print "1234" }' >part
exits 0 'a file that ends within a line' sh -c 'ulimit -f 2; exec virlog -o part -F spare6' <records
is "$(tail -c 20 part | wc -l; wc -l <spare6; stat -c %s part)" '0
8
1024' 'has lost no line'
virlog -o part <one
is "$(wc -l <part; tail -n 1 part | sed 's/.*iMS/iMS/')" "102
$(sed 's/.*iMS/iMS/' one.log)" 'and is gone on with on a new line'
perl -MIO::Socket::UNIX -e '
    $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "stuck") or die; sleep 60' &
receiver=$!
wait_for -S stuck
exits 0 'a socket that is stuck, and a fall-back' virlog -s unix:stuck -F spare7 <many
stop
lost=$(sed -n 's/^virlog: stuck: busy: \([0-9]*\) lines are in spare7$/\1/p' err)
is "$lost" "$(wc -l <spare7)" 'takes the rest'
is "$(tail -n 1 spare7 | sed 's/.*\] //')" "$(tail -n 1 log | sed 's/.*\] //')" 'to the last line'

for wrong in '-s tcp:localhost:514' '-s /dev/log' '-T a]' '-T foundx' "-s unix:$(printf %0200d 1)"; do
	rm -f spare14
	# shellcheck disable=SC2086
	exits 0 "a wrong call, ${wrong%00*}, and a fall-back" virlog $wrong -F spare14 <records
	is "$(grep -c ' iMS: ' spare14) $(grep -c ': 8 lines are in spare14' err)" '8 1' 'takes all'
done
exits 0 'or that of the environment' env MULTISCAN_LOG_FALLBACK=spare14 virlog -o '' <records

# A server
serve got 'local $/; say scalar <$c>; close $c'
exits 0 'records to a server' virlog -s tcp:127.0.0.1:"$port" -F spare8 <records
exits 0 'or to that of the environment' env MULTISCAN_LOG_SOCKET=tcp:127.0.0.1:"$port" virlog -j -F spare8 <one
[ ! -s err ] && [ ! -e spare8 ]
ok $? 'in silence'
stop
perl -0777 -ne 'while (s/^([1-9]\d*) //) { print substr($_, 0, $1, ""), "\n" } print length, "\n"' got >framed
is "$(tail -n 1 framed; wc -l <framed)" '0
10' 'with its length before each'
sed -n 's/^<\([0-9]*\)>1 [-0-9]*T[0-9:]*\.[0-9]\{6\}[-+][0-9:]\{5\} [A-Za-z0-9._-]* iMS - \([a-z]*\) - \[/\1 \2 [/p' framed >net
is "$(sed 's/ \[.*//' net | tr '\n' ,)" '17 virus,21 suffix,21 odd,20 unscanned,21 relay,21 ignored,21 action,20 other,' \
    'in the form of RFC 5424'
is "$(sed 's/^[^[]*//' net)" "$(sed 's/.*iMS: //' log8)" 'with the same lines'
like "$(sed -n 9p framed)" '<21>1 * iMS - odd - {"time":"*","kind":"odd",*}' 'or JSON'
serve got 'local $/; $_ = <$c>; s/[^\n]*?<\d+>1 ([^<]*)/$1\n/g; say $_; close $c'
cat hostile infected every | virlog -s tcp:127.0.0.1:"$port"
cat hostile infected every | virlog -j -s tcp:127.0.0.1:"$port"
stop
is "$(awk 'length($0) + 6 > 1024 || /virus found/ && !/ - virus - / { print }' got; grep -c 'virus found' got; wc -l <got)" '2
28' 'of at most 1,024 bytes, and "virus found" for a virus alone'
awk 'BEGIN { for (i = 0; i < 3000; i++) print "verdict=infected sig=W" i " n=" i }' >more
serve got 'local $/; say scalar <$c>; close $c'
exits 0 'more than is sent at once' virlog -s tcp:127.0.0.1:"$port" -F spare9 <more
stop
is "$(cat got spare9 2>/dev/null | grep -o ' n=[0-9]*' | sort -u | wc -l)" 3000 'is all there'

# Servers that do not take it
exits 75 'nobody at the port' virlog -s tcp:127.0.0.1:"$port" <records
is "$(cat err)" "virlog: tcp:127.0.0.1:$port: Connection refused: 8 lines are not logged" 'is named'
exits 0 'and a fall-back' virlog -s tcp:127.0.0.1:"$port" -F spare10 <records
is "$(cat err)" "virlog: tcp:127.0.0.1:$port: Connection refused: 8 lines are in spare10" 'takes all'
# refused CODE WHY NAME
refused() {
	serve got "$1"
	rm -f spare11
	exits 0 "$3" virlog -s tcp:127.0.0.1:"$port" -F spare11 <records
	like "$(cat err; wc -l <spare11)" "virlog: tcp:127.0.0.1:$port: $2: 8 lines are in spare11
8" 'is not trusted to have read it'
	stop
}
refused 'close $c' '[BC]*' 'a server that hangs up'
refused 'sysread $c, $b, 100; close $c' '[BC]*' 'one that has read the beginning'
refused 'push @keep, $c' 'stuck' 'one that reads nothing'
refused 'local $/; $x = <$c>; push @keep, $c' 'stuck' 'one that reads all and does not say so'
refused 'syswrite $c, "220\n"; local $/; $x = <$c>; close $c' 'it talks*' 'one that greets'
refused 'local $/; $x = <$c>; syswrite $c, "x"; close $c' 'it talks*' 'one that says a byte at the end'
refused 'while (1) { syswrite $c, "x" x 9999 or last }' '*' 'one that talks and talks'
serve got 'push @keep, $c'
begun=$(date +%s%N)
exits 75 'a server that is stuck' virlog -s tcp:127.0.0.1:"$port" <more
took=$((($(date +%s%N) - begun) / 1000000))
[ $took -ge 200 ] && [ $took -lt 5000 ]
ok $? "costs 200 ms, and is left then" || echo "# $took ms"
is "$(cat err)" "virlog: tcp:127.0.0.1:$port: stuck: 3000 lines are not logged" 'and is named'
stop

# Input that lasts
# feed OPTION...: a virlog that reads what is written to 9
feed() {
	rm -f feed
	mkfifo feed
	# under nohup SIGHUP would be ignored, and this never end
	env --default-signal=HUP virlog "$@" <feed 2>err &
	writer=$!
	exec 9>feed
}
serve got 'local $/; say scalar <$c>; close $c'
feed -s tcp:127.0.0.1:"$port" -F spare12
cat records >&9
tries=0
until grep -q 'other record x=1' got || [ $tries -ge 2000 ]; do
	sleep 0.01
	tries=$((tries + 1))
done
is "$(grep -o ' - \[ID' got | wc -l)" 8 'what a server is to have it has when the input pauses'
cat one >&9
kill "$writer"
wait "$writer"
is "$? $(cat err)" '75 virlog: standard input: stopped by a signal before its end' 'a signal ends it'
exec 9>&-
stop
serve got 'push @keep, $c'
feed -s tcp:127.0.0.1:"$port" -F spare12
cat records >&9
: >spare12
lines 8 spare12
kill -HUP "$writer"
wait "$writer"
is "$? $(wc -l <spare12) $(sed 1q err)" "75 8 virlog: tcp:127.0.0.1:$port: stuck: 8 lines are in spare12" \
    'one that is stuck does not hold them'
exec 9>&-
stop
rm -f socket
feed -s unix:socket -F spare13
: >spare13
cat one >&9
wait_for -s err
receive got 9>&-
# the pause may not be over yet
sent=1
until [ -s got ] || [ $sent -gt 100 ]; do
	cat one >&9
	sent=$((sent + 1))
	sleep 0.1
done
exec 9>&-
wait "$writer"
is "$? $(sed 1q err | cut -d: -f1-3)" '0 virlog: socket: No such file or directory' \
    'a line for which there is no socket'
is "$(grep -c . got) $(cat spare13 got | wc -l)" "1 $sent" 'after a pause the socket has another chance'
stop

# A file that is rotated while the input lasts
feed -o rotated
: >>rotated
cat one >&9
lines 1 rotated
tries=0
while readlink /proc/"$writer"/fd/* 2>/dev/null | grep -q '/rotated$' && [ $tries -lt 2000 ]; do
	sleep 0.01
	tries=$((tries + 1))
done
mv rotated rotated.1
cat one >&9
exec 9>&-
wait "$writer"
is "$? $(wc -l <rotated) $(wc -l <rotated.1)" '0 1 1' 'a file that was rotated is opened anew'

# A real rsyslog, and sixteen writers at once
cat >rsyslog.conf <<-END
	global(workDirectory="$T" net.enableDNS="off")
	module(load="imtcp")
	module(load="imuxsock" SysSock.Use="off")
	input(type="imtcp" port="0" address="127.0.0.1" listenPortFileName="$T/port" ruleset="net")
	input(type="imuxsock" socket="$T/dev" rateLimit.interval="0" ruleset="local")
	ruleset(name="net") {
		action(type="omfile" file="$T/net.log" template="RSYSLOG_FileFormat")
		action(type="omfile" file="$T/net.5424" template="RSYSLOG_SyslogProtocol23Format")
	}
	ruleset(name="local") {
		action(type="omfile" file="$T/dev.log" template="RSYSLOG_FileFormat")
		action(type="omfile" file="$T/dev.old" template="RSYSLOG_TraditionalFileFormat")
	}
END
rm -f port
rsyslogd -n -f rsyslog.conf -i "$T/rsyslog.pid" >rsyslog.out 2>&1 &
receiver=$!
wait_for -s port
wait_for -S dev
port=$(cat port)
cat records infected one >some
virlog -o some.log <some
virlog -j -o some.json <some
for to in unix:dev tcp:127.0.0.1:"$port"; do
	virlog -s "$to" <some && virlog -j -s "$to" <some
	ok $? "records to rsyslog, $to"
done
lines 20 dev.log
lines 20 dev.old
lines 20 net.log
lines 20 net.5424
sed 's/.*iMS: //' some.log >some.text
sed -n 's/^[-0-9]*T[0-9:]*\.[0-9]*[-+][0-9:]* [^ ]* iMS: \[/[/p' dev.log | cmp - some.text
ok $? 'its own stamp, then our line'
sed -n 's/^[A-Z].. [ 0-9][0-9] ..:..:.. [^ ]* iMS: \[/[/p' dev.old | cmp - some.text
ok $? 'or the old one'
grep -v '^.*from=.*cut=' some.text >short
sed -n 's/^[-0-9]*T[0-9:]*\.[0-9]*[-+][0-9:]* [^ ]* iMS \[/[/p' net.log | grep -v 'cut=' | cmp - short
ok $? 'without the colon from RFC 5424'
sed -n 's/^<[0-9]*>1 [^ ]* [^ ]* iMS - [a-z]* - \[/[/p' net.5424 | grep -v 'cut=' | cmp - short
ok $? 'which it can write too'
sed 's/^[^{]*{"time":"[^"]*",//' some.json | grep -v '"cut"' >short
for file in dev.log dev.old net.log net.5424; do
	sed -n 's/^[^{]*{"time":"[^"]*",//p' $file | grep -v '"cut"' | cmp - short
	ok $? "$file: JSON as it was"
	virlog -r $file | sed 's/.*\[ID/[ID/' | sort | uniq -c | awk '!/cut=/ && $1 != 2' >odd
	is "$(cat odd)" '' 'and shown like text'
done
head -n 50 more >few
: >spare.unix
: >spare.tcp
for to in unix:dev tcp:127.0.0.1:"$port"; do
	writers=
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		sed "s/^/id=$n /" few | virlog -F "spare.${to%%:*}" -s "$to" 2>/dev/null &
		writers="$writers $!"
	done
	# shellcheck disable=SC2086
	wait $writers
done
# What it has read it writes before it ends.
stop
for pair in 'dev.log spare.unix' 'net.log spare.tcp'; do
	# shellcheck disable=SC2086
	cat $pair | sed -n '/\[ID.* id=[0-9]* /p' | grep -v "id=$ID" >several
	is "$(sed 's/.*\] \(W[0-9]*\) virus found and dealt \(id=[0-9]*\) verdict=infected sig=\1 n=[0-9]*$/\1 \2/' several |
		sort -u | awk 'NF == 2 { n++; next } { print } END { print n }')" 800 \
	    "sixteen writers at once lose and mix nothing: $pair"
done

# Calls
for tag in '' found foundry 'a b' 'a]' 'a:' 'a[1]' 'a%' "$(printf 'a\nb')" 123456789012345678901234567890123; do
	exits 64 "the tag '$(printf %s "$tag" | tr '\n' ' ')' is a wrong call" virlog -T "$tag" -o log </dev/null
done
exits 64 'a file and a socket too' virlog -o log -s unix:socket </dev/null
exits 64 'and no socket' virlog -s socket </dev/null
exits 64 'and a path that is no address' virlog -s /dev/log </dev/null
like "$(cat err)" 'virlog: /dev/log: is no address: did you mean unix:/dev/log[?]*' 'with a hint'
exits 64 'and -o without a file' virlog -o '' </dev/null
for server in tcp:localhost:514 tcp:127.1:514 tcp:::1:514 'tcp:[::1%lo]:514' tcp:127.0.0.1 tcp:127.0.0.1:0; do
	exits 64 "and the server $server" virlog -s "$server" </dev/null
done
exits 0 'but not one of IPv6' virlog -s 'tcp:[::1]:514' </dev/null
exits 64 'and a socket of the environment that is too long' env \
    MULTISCAN_LOG_SOCKET="$(printf %0200d 1)" virlog </dev/null
exits 64 'and -F without a file' virlog -F '' </dev/null
for call in '-j' '-o log' '-s unix:socket' '-F log' '-T x'; do
	# shellcheck disable=SC2086
	exits 64 "and -r $call" virlog -r $call </dev/null
done
exits 64 'and an argument' virlog -o log records </dev/null
# pipe(8) and services have a umask of 077; who counts is of the file's group
(umask 077; echo 'id=ab do=hold' | virlog -o readable)
is "$(stat -c %a readable)" 640 'a log can be read by its group'
chmod 600 readable
(umask 077; echo 'id=ab do=hold' | virlog -o readable)
is "$(stat -c %a readable)" 600 'one that is there keeps its mode'
finish
