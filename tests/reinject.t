#!/bin/sh
# SPDX-License-Identifier: ISC
# reinject against a sink that keeps what it gets and fails as it is told.
. "${0%/*}/lib.sh"

ID=0123456789abcdef0123
server=
# shellcheck disable=SC2016,SC2034
cleanup='[ -z "$server" ] || kill "$server"'

# folder DIR [KEY VALUE]...: a work directory of the message on standard input
folder() {
	rm -rf "$1"
	mkdir -m 700 "$1" "$1/parts"
	cat >"$1/message"
	dir=$1
	shift
	record id $ID "$@" >"$dir/envelope"
	echo "part=0 id=$ID parts=1 type=text/plain file=yes size=1" >"$dir/manifest"
}

# sink [OPTION]...: a new one; its port is in $port, its folder is ./sink
sink() {
	if [ -n "$server" ]; then
		kill "$server"
		wait "$server" 2>/dev/null
	fi
	rm -rf sink port
	mkdir sink
	"$BUILD/tools/sink" -P port -t 60 "$@" sink &
	server=$!
	tries=0
	while [ ! -f port ] && [ $tries -lt 500 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
	port=$(cat port)
}

# send WANT NAME [OPTION]...: reinject to the sink
send() {
	want=$1 what=$2
	shift 2
	exits "$want" "$what" reinject -t 20 "$@" -s "127.0.0.1:$port" w
}

# logged PATTERN: how often; what was sent last may be logged a moment later
logged() {
	tries=0
	until grep -q "$1" sink/log || [ $tries -eq 100 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
	grep -c "$1" sink/log
}
# counts PATTERN...: how often each, once QUIT was logged after them
counts() {
	logged line=QUIT >/dev/null
	for pattern; do grep -c "$pattern" sink/log; done | tr '\n' ' '
}
nothing_sent() { [ ! -e sink/1.eml ]; ok $? "$1: nothing was taken"; }

plain() { printf 'Subject: x\n\nhello\n' | folder w from a@b.example to c@d.example "$@"; }

# The bytes: what is in the file, with CRLF line ends, and nothing else.
sink
printf '.\n..\n.a\nb\r\n.\r\nc\n.\r\nd\r\n.\ne\r.\rf\r.\ng\r\r\n.\r\n\0\377\200\n\n.\n' >bytes
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "y"; printf "\n." }' >>bytes
folder w from a@b.example to c@d.example <bytes
send 0 'a message of dots, bare CR, NUL, 8 bits and a long line is sent'
is "$(cat out err)" '' 'without a word'
perl -0777 -pe 's/(?<!\r)\n/\r\n/g; s/\z/\r\n/ unless /\n\z/' bytes >want
same sink/1.eml want 'its bytes arrive'
[ ! -e sink/2.eml ]
ok $? 'as one message'
is "$(sed -n 's/.*SIZE=\([0-9]*\).*/\1/p' sink/1.env)" "$(wc -c <want)" 'of the size that was said'
is "$(sed -n '/MAIL/,$s/SIZE=[0-9]*/SIZE/p;/RCPT/p' sink/1.env)" 'MAIL FROM:<a@b.example> SIZE BODY=8BITMIME
RCPT TO:<c@d.example>' 'with its envelope'
is "$(counts line=EHLO line=HELO)" '1 0 ' 'EHLO, never HELO'
is "$(logged line=QUIT)" 1 'and QUIT'
is "$(sed -n 's/.*line=\([A-Z]*\).* read=\(.*\)/\1\2/p' sink/log | grep -v QUIT | tr '\n' ' ')" \
    'EHLO1 XFORWARD2 XFORWARD2 MAIL2 RCPT2 DATA3 ' 'a phase of the dialogue is one write'

: >empty
folder w from '' to c@d.example <empty
send 0 'an empty message, from the null sender'
[ -f sink/2.eml ] && [ ! -s sink/2.eml ]
ok $? 'arrives empty'
like "$(cat sink/2.env)" '*MAIL FROM:<> SIZE=0
RCPT*' 'from nobody'

perl -e 'for $i (1..60000) { print "." x ($i % 3), "line $i", $i % 7 ? "\n" : "\r\n" }' >bytes
folder w from a@b.example to c@d.example to e@f.example <bytes
send 0 'a message of many buffers, to two'
perl -0777 -pe 's/(?<!\r)\n/\r\n/g' bytes >want
same sink/3.eml want 'arrives'
is "$(grep -c RCPT sink/3.env)" 2 'for both'

plain
record part 1 "do" delete >w/changes
send 75 'changes that were not made: not the message as it came'
like "$(cat err)" '*w: there are changes, but no message.new' 'which is said'
echo 'changed' >w/message.new
send 0 'a changed message'
is "$(tr -d '\r' <sink/4.eml)" changed 'is the one that is sent'

plain
send 0 '-u' -u
[ ! -e w ]
ok $? '-u removes the folder'
[ -f sink/5.eml ]
ok $? 'and sends'

# XFORWARD
plain queue 4XyZ client 192.0.2.7 host mx.b.example helo 'a+b=c d' channel outside
send 0 'a client is known'
is "$(grep XFORWARD sink/6.env | tr -d '\r')" 'XFORWARD NAME=mx.b.example ADDR=192.0.2.7
XFORWARD HELO=a+2Bb+3Dc+20d IDENT=4XyZ SOURCE=REMOTE' 'XFORWARD tells of it'
plain client 2001:db8::7 host unknown helo '' channel inside
send 0 'a client without a name, by IPv6'
is "$(grep XFORWARD sink/7.env)" 'XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::7
XFORWARD HELO=[UNAVAILABLE] IDENT=[UNAVAILABLE] SOURCE=LOCAL' 'XFORWARD says what is not known'
plain client "$(printf '192.0.2.7\r\nRCPT TO:<x@y>')" helo "$(printf 'x\r\nQUIT\r\n')"
send 0 'a client that lies'
is "$(grep XFORWARD sink/8.env)" 'XFORWARD NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE]
XFORWARD HELO=x+0D+0AQUIT+0D IDENT=[UNAVAILABLE] SOURCE=[UNAVAILABLE]' 'does not get out of its word'
is "$(grep -c RCPT sink/8.env)" 1 'and adds no recipient'
plain helo "$(awk 'BEGIN { for (i = 0; i < 5000; i++) printf "+" }')"
send 0 'a long HELO'
is "$(sed -n 's/.*HELO=\([^ ]*\).*/\1/p' sink/9.env | wc -c)" 256 'is cut'
sink -N XFORWARD -N SIZE -N PIPELINING -N 8BITMIME
plain client 192.0.2.7
send 0 'a server that offers little'
is "$(grep -v EHLO sink/1.env)" 'MAIL FROM:<a@b.example>
RCPT TO:<c@d.example>' 'is asked for nothing more'
is "$(sed -n 's/.*line=\([A-Z]*\).* read=\(.*\)/\1\2/p' sink/log | tr '\n' ' ')" \
    'EHLO1 MAIL2 RCPT3 DATA4 QUIT6 ' 'one command at a time'
printf 'Subject: x\n\nf\374r\n' | folder w from a@b.example to c@d.example
send 75 '8-bit bytes and no 8BITMIME'
like "$(cat err)" '*8BITMIME*' 'says so'
sink -r 'xforward=501 5.5.4 Bad NAME'
plain client 192.0.2.7
send 0 'XFORWARD refused'
like "$(cat err)" '*XFORWARD: 501 5.5.4 Bad NAME' 'is a warning only'

# Addresses
sink
printf 'Subject: gr\303\274\303\237e\n\n' | folder w from "$(printf 'gr\303\274\303\237e@b.example')" to c@d.example
send 0 'an address that is not ASCII'
like "$(cat sink/1.env)" '* BODY=8BITMIME SMTPUTF8*' 'asks for SMTPUTF8'
printf 'Subject: gr\303\274\303\237e\n\n' | folder w from a@b.example to c@d.example
send 0 'a header that is not'
like "$(grep MAIL sink/2.env)" '* BODY=8BITMIME' 'does not: the next host may not have it'
plain to "$(printf '"a b<\\">"@c.example')"
send 0 'a quoted address'
is "$(grep RCPT sink/3.env)" 'RCPT TO:<c@d.example>
RCPT TO:<"a b<\">"@c.example>' 'is sent as it is'
for bad in 'x@y> SIZE=1' 'a b@c' '<x@y>' "$(printf 'x@y>\r\nRCPT TO:<z')" "$(printf 'a\033[2J@c')" '"x@y' ''; do
	plain to "$bad"
	send 1 "no recipient: $(printf %s "$bad" | tr -c 'a-zA-Z@<> "' '?')"
	like "$(cat out)" "id=$ID do=refuse code=553 text=5.1.3%20*" 'is refused here'
done
printf x | folder w from 'x@y> SIZE=1' to c@d.example
send 1 'such a sender too'
[ ! -e sink/4.eml ]
ok $? 'and none of them was sent'
sink -N SMTPUTF8
printf x | folder w from a@b.example to "$(printf '\303\274@d.example')"
send 75 'an address that is not ASCII and no SMTPUTF8'
like "$(cat err)" '*SMTPUTF8*' 'says so'

# Refusals
for at in mail rcpt data dot; do
	sink -r "$at=say:550-5.7.1 no,\r\n550 5.7.1 \x1b[2Jnever\r\n"
	plain
	send 1 "5xx at $at is final"
	is "$(cat out)" "id=$ID do=refuse code=550 text=5.7.1%20no,%205.7.1%20%1B%5B2Jnever" 'and a record'
	nothing_sent "5xx at $at"
	is "$(logged line=QUIT)" 1 'with QUIT'
	sink -r "$at=say:451 4.3.0 \x1b[2Jlater\r\n"
	plain
	send 75 "4xx at $at is not"
	is "$(cat out)" '' 'no record'
	like "$(cat err)" "reinject: 127.0.0.1:$port: *451 4.3.0 ?\\[2Jlater" 'the answer, printable'
	nothing_sent "4xx at $at"
done
for at in connect ehlo; do
	for code in 421 554; do
		sink -r "$at=$code no service"
		plain
		send 75 "$code at $at is about us, not the message"
		nothing_sent "$code at $at"
	done
done

# Several recipients: all of them or none
for codes in 550,450 450,550 550,250 250,450; do
	sink -r "rcpt1=${codes%,*} x" -r "rcpt2=${codes#*,} x"
	plain to e@f.example
	send 75 "recipients answered with $codes"
	is "$(counts line=DATA line=RSET line=QUIT)" '0 1 1 ' 'no DATA, but RSET and QUIT'
	nothing_sent "$codes"
done
sink -r 'rcpt=550 no'
plain to e@f.example
send 1 'all recipients refused'
is "$(counts line=DATA line=RSET)" '0 1 ' 'no DATA, but RSET'
sink -N PIPELINING -r 'rcpt2=550 no'
plain to e@f.example to g@h.example
send 75 'and so without PIPELINING'
is "$(counts line=RCPT line=DATA)" '3 0 ' 'which asks for all of them'
sink -N PIPELINING -r 'rcpt=550 no'
plain to e@f.example to g@h.example
send 1 'and where all are refused'
sink
# shellcheck disable=SC2046
plain $(awk 'BEGIN { for (i = 0; i < 500; i++) print "to user" i "@a.very.long.name.example" }')
send 0 '501 recipients'
is "$(grep -c RCPT sink/1.env)" 501 'are all named'

# A server that breaks off, lies or is mad
awk 'BEGIN { for (i = 0; i < 40000; i++) print "a line that fills buffers and sockets" }' >large
for rule in connect=drop ehlo=drop mail=drop rcpt=drop data=drop body:1=drop \
    body:300000=drop dot=drop 'connect=say:HTTP/1.1 200 OK\r\n' 'ehlo=say:250-x\r\n251 y\r\n' \
    'mail=say:250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n' 'data=250 ok' 'data=say:354 go\r\n250 kept\r\n' \
    'dot=354 more' 'dot=say:2' 'mail=354 go'; do
	case $rule in
	dot=say:2) seconds=1 ;;
	*) seconds=20 ;;
	esac
	sink -r "$rule"
	folder w from a@b.example to c@d.example <large
	exits 75 "a server with $rule" reinject -t $seconds -s "127.0.0.1:$port" w
	is "$(cat out)" '' 'no record'
	like "$(cat err)" 'reinject: *' 'but a line'
done
# More than the sockets hold: the answer is there before the message is gone.
sink -r 'body:1=say:250 kept\r\n'
yes 'a line' | head -c 20000000 | folder w from a@b.example to c@d.example
send 75 'a server that accepts before the end'
like "$(cat err)" '*answered before it was asked' 'is not believed'
sink -r 1:connect=hang -r 2:ehlo=hang -r 3:mail=hang -r 4:rcpt=hang -r 5:data=hang -r 6:dot=hang
plain
clients=
for i in 1 2 3 4 5 6; do
	reinject -t 1 -s "127.0.0.1:$port" w 2>err.$i &
	clients="$clients $!"
done
got=
for client in $clients; do
	wait "$client"
	got="$got $?"
done
is "$got" ' 75 75 75 75 75 75' 'a server that hangs, at each of six moments'
is "$(cat err.* | sort -u)" 'reinject: not done in time, stopped' 'each says so'
sink -b -d 5
plain
send 0 'a server that dribbles'
sink -r 'ehlo=say:250-\x00\xff\r\n250-PIPELINING x\r\n250 \r\n'
plain
send 0 'a server that offers rubbish'
sink -r 'quit=drop'
plain
send 0 'a server that drops QUIT has the message'
long=$(awk 'BEGIN { for (i = 0; i < 20000; i++) printf "x" }')
sink -r "ehlo=say:250-$long\r\n250 x\r\n"
plain
send 75 'an answer without an end'

# The folder
sink
plain
rm w/manifest
send 75 'an unfinished folder'
plain
printf 'id=%s from=a@b\n' $ID >w/envelope
send 75 'an envelope without a recipient'
plain
printf 'from=a@b to=c@d' >w/envelope
send 75 'half an envelope'
plain
rm w/message
send 75 'no message'
plain
ln -s /etc/passwd w/message.new
send 75 'a link in its place'
send 75 '-u with no folder' -u
rm -rf w
send 75 'no folder'
nothing_sent 'of these'
plain
chmod 500 w
[ "$(id -u)" -eq 0 ] || send 0 'a folder that cannot be removed is still sent' -u
chmod 700 w

# Addresses of the server, calls
plain
sink -6
exits 0 'IPv6' reinject -s "[::1]:$port" w
sink
exits 0 'a name' reinject -s "localhost:$port" w
exits 0 'tcp: as elsewhere' reinject -s "tcp:127.0.0.1:$port" w
exits 75 'nobody listens' reinject -s 127.0.0.1:1 w
like "$(cat err)" 'reinject: 127.0.0.1:1: Connection refused' 'says so'
exits 75 'a name that is none' reinject -s no-such-host.invalid:25 w
for bad in '' localhost :25 localhost: localhost:0 localhost:65536 localhost:smtp ::1:25 unix:/x '[::1]25'; do
	exits 64 "-s '$bad' is a wrong call" reinject -s "$bad" w
done
exits 64 'no server too' reinject w
exits 64 'no folder too' reinject -s 127.0.0.1:25
exits 64 'nor two' reinject -s 127.0.0.1:25 w w
exits 64 'nor -t 0' reinject -t 0 -s 127.0.0.1:25 w
exits 64 'nor -w 0' reinject -w 0 -s 127.0.0.1:25 w

# Who waits for it ends, long before the server is ready for the message.
sink
send 0 'somebody waits for it' -w $$
sleep 60 &
waits=$!
sink -d 400
{
	logged line=EHLO >waited
	kill -9 $waits
} &
send 75 'who waits for it is killed meanwhile' -w $waits
like "$(cat err)" 'reinject: w: nobody waits for it any more' 'says so'
is "$(logged do=close) $(ls sink/*.eml 2>/dev/null)" '1 ' 'the end of the message is not sent'
wait $waits 2>/dev/null
sink -d 400
{
	sh -c 'reinject "$@"; :' sh -t 20 -w $$ -s "127.0.0.1:$port" w 2>err &
	waits=$!
	logged line=EHLO >waited
	kill -9 $waits
	wait $waits
} 2>/dev/null
is "$(logged do=close) $(ls sink/*.eml 2>/dev/null)" '1 ' 'nor where its parent is killed'
like "$(cat err)" 'reinject: w: nobody waits for it any more' 'says so'
exits 75 'who waits for it is gone before' reinject -w $waits -s "127.0.0.1:$port" w
sink -r 'mail=550 no'
exits 75 'a refusal that cannot be printed is not one' sh -c "reinject -s 127.0.0.1:$port w >/dev/full"
# What was held goes out as it came, and elsewhere.
sink
plain
echo changed >w/message.new
send 0 'the original is sent where it is asked for' -O -r '"x y"@e.example'
is "$(tr -d '\r' <sink/1.eml | tail -n 1)" hello 'as it came'
is "$(grep RCPT sink/1.env)" 'RCPT TO:<"x y"@e.example>' 'to that address alone'
finish
