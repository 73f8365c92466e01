#!/bin/sh
# SPDX-License-Identifier: ISC
# Who may relay: each step, what a configuration may hold, lines, and the policy
# protocol by hand.
# shellcheck disable=SC2016
. "${0%/*}/lib.sh"

cat >relay.conf <<-'END'
	internal !192.0.2.66/32 192.0.2.0/24 2001:db8:aa::/48 127.0.0.1/32
	domains !no.company.com mta01.company.com company.com .company.com
	self 203.0.113.25 192.0.2.10 2001:db8::25
	hostname mta01.company.com
END

# asked CLIENT SENDER RCPT [OPTION]...: the record without its rule
asked() {
	client=$1 sender=$2 rcpt=$3
	shift 3
	relaycheck -c relay.conf -i "$client" -f "$sender" "$@" -- "$rcpt" 2>err | sed 's/ rule=.*//'
}
# each RELAY WHY TO RCPT: from outside
each() {
	is "$(asked 198.51.100.7 a@sender.example "$4")" \
	    "relay=$1 why=$2 code=$code channel=outside to=$3" "$4: $1 $2"
}

### The steps
code=2.1.5
each local our-domain joe@company.com joe@company.com
each local our-domain JOE@company.com '<JOE@Company.COM>'
each local our-domain joe@a.b.company.com joe@a.b.company.com
each local our-domain joe@x.no.company.com joe@x.no.company.com
each local postmaster postmaster@mta01.company.com PostMaster
each local percent-hop-ours joe@a.company.com 'joe%a.company.com%b.company.com@company.com'
each local source-route-stripped joe@company.com '@a.example,@b.example:joe@company.com'
each local own-literal 'joe@%5B203.0.113.25%5D' 'joe@[203.0.113.25]'
each local own-literal 'joe@%5BIPv6:2001:db8::25%5D' 'joe@[ipv6:2001:DB8:0::25]'
code=5.7.1
each reject relay-denied '' bob@victim.example
each reject relay-denied '' joe@no.company.com
each reject relay-denied '' joe@notcompany.com
each reject relay-denied '' joe@company.com.example
each reject relay-denied '' 'joe@[IPv6:::ffff:203.0.113.25]'
each reject relay-denied '' 'a!b@victim.example'
each reject source-route '' '@company.com:bob@victim.example'
each reject percent-route '' 'bob%victim.example@company.com'
each reject percent-route '' 'joe%company.com%victim.example@company.com'
each reject percent-route '' '%company.com@company.com'
each reject percent-route '' 'joe%@company.com'
each reject bang-route '' 'victim!joe@company.com'
each reject bang-route '' 'victim!joe'
each reject quoted-route '' '"bob@victim.example"@company.com'
each reject quoted-route '' '"bob\@victim.example"'
code=5.1.3
each reject unqualified '' joe
each reject unqualified '' '"postmaster"'
each reject unqualified '' '@a.example:postmaster'
code='5.1.3'
is "$(asked 198.51.100.7 '' joe@company.com. | sed 's/ channel.*//')" \
    'relay=reject why=syntax code=5.1.3' 'a trailing dot: reject syntax'
like "$(relaycheck -c relay.conf -i 198.51.100.7 joe@company.com.)" '* rule=3 text=its%20domain*' \
    'and what is wrong is said'
long=$(printf '%064d' 0 | tr 0 d)
like "$(asked 198.51.100.7 '' "joe@$long.company.com")" '*why=length code=5.1.3*' 'a long label: reject length'

is "$(asked 192.0.2.9 '' bob@victim.example)" \
    'relay=relay why=client-internal code=2.1.5 channel=inside to=bob@victim.example' 'from inside: relay'
is "$(asked 192.0.2.66 '' bob@victim.example)" \
    'relay=reject why=relay-denied code=5.7.1 channel=outside to=' 'but not from what a ! takes out'
is "$(asked ::ffff:192.0.2.9 '' 'a!b@Victim.example')" \
    'relay=relay why=client-internal code=2.1.5 channel=inside to=a%21b@victim.example' \
    'a mapped address is the one that it maps, and a foreign local part is left alone'
is "$(asked 2001:db8:aa::1%eth0 '' bob@victim.example | cut -d' ' -f1)" relay=relay 'by IPv6'
is "$(asked 198.51.100.7 '' bob@victim.example -a)" \
    'relay=relay why=authenticated code=2.1.5 channel=inside to=bob@victim.example' 'and who has authenticated'
is "$(asked 192.0.2.9 '' 'bob%victim.example@company.com' | cut -d' ' -f1,2)" \
    'relay=local why=our-domain' 'who is inside may write to us as they like'
is "$(asked 192.0.2.9 '' 'bob%a.company.com@company.com' | cut -d' ' -f2,5)" \
    'why=percent-hop-ours to=bob@a.company.com' 'hops of ours are taken off for them too'
is "$(asked 192.0.2.9 '' 'b ob@victim.example' | cut -d' ' -f2)" why=syntax 'but not in bad grammar'
for client in '' unknown 192.0.2 192.0.2.09 '192.0.2.9 ' '[192.0.2.9]' 192.0.2.9/24; do
	is "$(asked "$client" '' joe@company.com | cut -d' ' -f1-3)" \
	    'relay=tempfail why=bad-client code=4.3.5' "the client \`$client' is none"
	is "$(asked "$client" '' joe@company.com -a | cut -d' ' -f1)" relay=tempfail '	authenticated or not'
done

for sender in '' '<>' a@b '@a.example:x@y.example' '<x@[192.0.2.1]>' "$long$long@a.example"; do
	is "$(asked 198.51.100.7 "$sender" joe@company.com | cut -d' ' -f1)" relay=local "the sender \`$sender'"
done
for sender in x 'x@y@z' 'x@' '<x'; do
	is "$(asked 198.51.100.7 "$sender" joe@company.com | cut -d' ' -f1-3)" \
	    'relay=reject why=bad-sender code=5.1.7' "the sender \`$sender' is refused"
done
is "$(asked 198.51.100.7 'x@y@z' bob@victim.example | cut -d' ' -f2)" why=relay-denied \
    'and looked at last'

### Which rule it was
is "$(relaycheck -c relay.conf -i 192.0.2.9 bob@victim.example | sed 's/.* rule=//')" \
    7:relay.conf:1:192.0.2.0/24 'the network that says so'
is "$(relaycheck -c relay.conf -i 192.0.2.66 bob@victim.example | sed 's/.* rule=//')" \
    7:relay.conf:1:%21192.0.2.66/32 'or that says no'
is "$(relaycheck -c relay.conf -i 192.0.2.66 joe@no.company.com | sed 's/.* rule=//')" \
    7:relay.conf:2:%21no.company.com 'or the domain that does'
is "$(relaycheck -c relay.conf -i 192.0.2.66 joe@x.y.company.com | sed 's/.* rule=//')" \
    10:relay.conf:2:.company.com 'the domain'
is "$(relaycheck -c relay.conf -i 192.0.2.66 'joe@[192.0.2.10]' | sed 's/.* rule=//')" \
    10:relay.conf:3:192.0.2.10 'the address'
exits 1 'in words' relaycheck -v -c relay.conf -i 192.0.2.66 "$(printf 'b\033[1mob@victim.example')"
like "$(cat err)" '*client 192.0.2.66: relay.conf:1:!192.0.2.66/32 holds it, so it is outside*' 'the client'
like "$(cat err)" '*step 3 of relaycheck(1): reject, syntax*' 'the step'
[ "$(tr -d '\n -~' <err | wc -c)" -eq 0 ]
ok $? 'and no escape of a sender gets to a terminal'

### Exit status
exits 0 'all accepted: 0' relaycheck -c relay.conf -i 192.0.2.9 joe@company.com bob@victim.example
is "$(wc -l <out)" 2 'a record each'
exits 1 'one refused: 1' relaycheck -c relay.conf -i 198.51.100.7 joe@company.com bob@victim.example
exits 75 'one not judged: 75' relaycheck -c relay.conf -i unknown joe@company.com bob@victim.example

### Configurations
# conf NAME LINE...: ./NAME
conf() { name=$1 && shift && printf '%s\n' "$@" >"$name"; }
conf empty
is "$(relaycheck -c empty -i 127.0.0.1 joe@company.com | cut -d' ' -f2)" why=relay-denied \
    'an empty one trusts nobody and has nothing'
is "$(relaycheck -c empty -i 127.0.0.1 postmaster | cut -d' ' -f5)" to=postmaster 'not even a name'
# bad NAME TEXT: refused with 64 and a line that begins with that
bad() {
	exits 64 "$1: refused" relaycheck -c "$1" -i 127.0.0.1 joe@company.com
	is "$(cat out)" '' '	and nothing is answered'
	like "$(sed 1q err)" "relaycheck: $2*" '	where'
}
while IFS=' ' read -r name line; do
	conf "$name" 'domains company.com' "$line"
	bad "$name" "$name:2: "
	conf list "${line#* }"
	conf "$name" 'domains company.com' '' "${line%% *} ./list"
	case $name in
	in-*) bad "$name" "./list:1: " ;;
	esac
done <<-'END'
	in-hostbits internal 192.168.228.1/24
	in-mask internal 192.168.228.0/33
	in-mask6 internal ::/129
	in-number internal 192.168.999.0/24
	in-range internal 192.168.1.0-192.168.2.0
	in-name internal mx.company.com
	in-not internal !
	in-two internal !!192.168.1.0
	in-star domains *.company.com
	in-dot domains company.com.
	in-empty domains .
	in-under domains a_b.example
	in-numbers domains 1.2.3.4
	in-bracket domains [1.2.3.4]
	in-at domains joe@company.com
	in-self self company.com
	unknown mynetworks 127.0.0.0/8
	case Internal 127.0.0.1
	host hostname a..b
	hosts hostname a b
	nohost hostname
END
printf 'domains company.com\0 x.example\n' >nul
bad nul nul:1:
printf '\357\273\277domains company.com\n' >bom
bad bom 'bom:1: *byte order mark'
conf longword "domains $(head -c 5000 /dev/zero | tr '\0' a).example"
bad longword 'longword:1: aaa*is longer than any word'
conf other.conf 'hostname m.company.com' 'domains company.com'
conf nolist 'domains ./other.conf'
bad nolist './other.conf:1: m.company.com: stands behind a word of relay.conf'
head -c 3000000 /dev/zero >zeros
bad zeros 'zeros:1: has a NUL'
n=0
while [ $n -lt 300 ]; do
	n=$((n + 1))
	echo "d$n.example" >"l$n"
done
conf lists "$(printf 'domains ./l%d\n' $(seq 255))"
exits 0 '255 lists' relaycheck -c lists -i 127.0.0.1 a@d255.example
conf lists "$(printf 'domains ./l%d\n' $(seq 300))"
exits 64 'and no more' relaycheck -c lists -i 127.0.0.1 a@d1.example
conf line "internal $(seq -f '10.0.%.0f.0/24 ' 255 | tr -d '\n')" "internal $(seq -s ' 172.16.0.' 1 9)"
bad line 'line:2: 1: '
conf line "internal $(seq -f '10.0.%.0f.0/24' -s ' ' 255)" "self $(seq -f '10.9.0.%.0f' -s ' ' 255)" \
    'domains a.example'
is "$(relaycheck -c line -i 10.0.255.1 'a@[10.9.0.255]' b@c.example | cut -d' ' -f1 | tr '\n' ' ')" \
    'relay=local relay=relay ' 'many words in a line'
conf twice 'hostname a' 'hostname a'
bad twice twice:2:
exits 75 'a missing one' relaycheck -c none -i 127.0.0.1 joe@company.com
exits 75 'a folder' relaycheck -c . -i 127.0.0.1 joe@company.com
mkfifo pipe
exits 75 'a fifo' timeout 5 relaycheck -c pipe -i 127.0.0.1 joe@company.com
conf list 'company.com /etc/hostname'
conf nested 'domains ./list'
bad nested './list:1: /etc/hostname: is a file in a file'
conf missing 'domains ./none'
exits 75 'a missing list' relaycheck -c missing -i 127.0.0.1 joe@company.com
like "$(cat err)" 'relaycheck: ./none: *a list of missing:1)' '	is named, and who wants it'

mkdir etc
conf etc/nets '# offices' '10.1.0.0/16 10.2.0.0/16 # two' '' '!10.3.3.0/24' '10.3.0.0/16'
conf etc/ours 'company.com' 'bücher.example' '.example.org'
conf etc/conf 'internal 10.9.9.9 ./nets' 'internal 10.0.0.0/30' "domains $T/etc/ours x.example#1" 'hostname a.b'
bad etc/conf 'etc/conf:3: x.example#1: '
conf etc/conf 'internal 10.9.9.9 ./nets' 'internal 10.0.0.0/30' "domains $T/etc/ours x.example #1"
for client in 10.9.9.9 10.1.2.3 10.2.255.255 10.3.0.1 10.0.0.3; do
	is "$(relaycheck -c etc/conf -i $client a@b.example | cut -d' ' -f1)" relay=relay "$client is in a list"
done
is "$(relaycheck -c etc/conf -i 10.3.3.1 a@b.example | sed 's/.*rule=//')" \
    7:etc/./nets:4:%2110.3.3.0/24 'one that a list takes out, and where'
for rcpt in a@company.com a@xn--bcher-kva.example a@Bücher.example a@b.example.org a@x.example; do
	is "$(relaycheck -c etc/conf -i 10.3.3.1 "$rcpt" | cut -d' ' -f1)" relay=local "$rcpt is in a list"
done
is "$(relaycheck -c etc/conf -i 10.3.3.1 a@example.org | cut -d' ' -f1)" relay=reject \
    'what is below a domain is not it'

printf 'domains company.co' >half
relaycheck -c half -i 198.51.100.7 a@company.com >out 2>err &
sleep 0.3
echo 'domains company.com' >half
wait $!
like "$?.$(cat out)" '0.relay=local *' 'what is half written is waited for'
printf 'domains company.com' >half
exits 0 'not for ever' relaycheck -c half -i 198.51.100.7 a@company.com

### -k
exits 0 'nothing to say of a good one' relaycheck -k -c relay.conf
is "$(cat out err)" '' '	nothing'
# warns WHY LINE...: -k finds just that
warns() {
	why=$1
	shift
	conf warned "$@" 'hostname company.com' 'domains company.com'
	exits 1 "-k: $*" relaycheck -k -c warned
	is "$(sed 's/ rule=.*//' out)" "why=$why" "	$why"
	record -k <out
	ok $? '	is a record'
	like "$(cat err)" 'relaycheck: warned*: ?*' '	and said'
}
warns open 'internal 0.0.0.0/0'
warns open 'internal ::/0'
warns open 'internal 10.0.0.0/7'
warns open 'domains .net'
warns unreachable 'internal 10.0.0.0/8 10.1.0.0/16'
warns unreachable 'internal 10.0.0.0/9 10.128.0.0/9 !10.0.0.0/8'
warns unreachable 'domains .a.example x.y.a.example'
warns unreachable 'domains a.example a.example'
warns unreachable 'domains .a.example !.b.a.example'
warns open 'internal 64:ff9b::/96'
warns open 'internal 2002::/16'
warns open "internal $(seq -f '%.0f.0.0.0/8' -s ' ' 20 25)"
warns open 'internal !0.0.0.0/2 0.0.0.0/0'
warns unreachable 'internal !::/0 ::/0'
conf warned 'internal 10.1.0.0/16 !10.1.2.0/24 10.0.0.0/8' 'domains a.b .a.b !x.c .c.d' 'hostname q.a.b'
exits 1 '-k' relaycheck -k -c warned
is "$(cut -d' ' -f1,2 out)" 'why=unreachable rule=warned:1' 'what is reached is not told'
exits 1 '-k' relaycheck -k -c empty
is "$(cut -d' ' -f1 out)" why=empty 'nothing is ours'
conf warned 'domains !a.example' 'hostname a.example'
exits 1 '-k' relaycheck -k -c warned
is "$(cut -d' ' -f1 out)" why=empty 'nothing but what is not'
printf 'domains a.example\nhostname a.example' >warned
exits 1 '-k' relaycheck -k -c warned
is "$(cut -d' ' -f1,2 out)" 'why=cut rule=warned' 'a line without its end'
conf warned 'internal 10.0.0.0/8 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 192.0.2.0/24' \
    'domains a.example' 'hostname a.example'
exits 0 '-k' relaycheck -k -c warned
conf warned 'domains a.example' 'hostname b.example'
exits 1 '-k' relaycheck -k -c warned
is "$(cut -d' ' -f1,2 out)" 'why=hostname rule=warned:2' 'we are not ours'
conf warned 'internal 1.2.3.4/8 10.0.0.0/33' 'nonsense' 'domains a@b ok.example' 'self x'
exits 64 '-k tells errors' relaycheck -k -c warned
is "$(cut -d: -f2,3 err | tr '\n' ' ')" ' warned:1  warned:1  warned:2  warned:3  warned:4 ' 'all of them'

### Lines
printf '%s\n' '198.51.100.7	0	a@b.example	joe@company.com' '192.0.2.9	0		bob@victim.example' \
    '198.51.100.7	1	<>	bob@victim.example' >lines
exits 0 'lines' relaycheck -c relay.conf <lines
is "$(cut -d' ' -f1,2 out | tr '\n' ' ')" \
    'relay=local why=our-domain relay=relay why=client-internal relay=relay why=authenticated ' 'an answer each'
printf '198.51.100.7\t0\t\tj\\x6fe\\x40company.com' >lines
exits 0 'escapes, and a last line without an end' relaycheck -c relay.conf <lines
like "$(cat out)" '*to=joe@company.com *' '	are read'
printf '192.0.2.9\\x00\t0\t\ta@b.c\n192.0.2.9\t0\t\ta\\x00@b.c\n192.0.2.9\t0\t\ta\\\\@b.c\n' >lines
exits 75 'octets' relaycheck -c relay.conf <lines
is "$(cut -d' ' -f2 out | tr '\n' ' ')" 'why=bad-client why=syntax why=syntax ' '	each is one'
n=0
while IFS= read -r line; do
	n=$((n + 1))
	printf '%b\n' "$line" >lines
	exits 75 "no question: $line" relaycheck -c relay.conf <lines
	is "$(cut -d' ' -f1-3 out)" 'relay=tempfail why=bad-line code=4.3.5' '	is not judged'
	like "$(cat err)" 'relaycheck: standard input: line 1 *' '	and said'
done <<-'END'
	
	192.0.2.9
	192.0.2.9\t0\ta@b.c
	192.0.2.9\t0\t\ta@b.c\t
	192.0.2.9\t\t\ta@b.c
	192.0.2.9\t2\t\ta@b.c
	192.0.2.9\t01\t\ta@b.c
	192.0.2.9\t0\t\ta@b.c\\
	192.0.2.9\t0\t\ta@b.c\\x4
	192.0.2.9\t0\t\ta@b.c\\n
	192.0.2.9 0 x a@b.c
END
{
	printf '192.0.2.9\t0\t\t'
	head -c 300000 /dev/zero | tr '\0' a
	printf '@company.com\n192.0.2.9\t0\t\tjoe@company.com\n'
} >lines
exits 75 'a line without end' relaycheck -c relay.conf <lines
is "$(cut -d' ' -f1 out | tr '\n' ' ')" 'relay=tempfail relay=local ' '	is passed over'
exits 0 'no lines' relaycheck -c relay.conf </dev/null
is "$(cat out)" '' '	no answers'
mkfifo to from
relaycheck -c relay.conf <to >from &
exec 8>to 9<from
printf '192.0.2.9\t0\t\tjoe@company.com\n' >&8
IFS= read -r answer <&9
like "$answer" 'relay=local *' 'who writes a line and waits has its answer'
exec 8>&- 9<&-
wait

### The policy protocol
# request STATE CLIENT USER SENDER RCPT
request() {
	printf '%s\n' request=smtpd_access_policy "protocol_state=$1" protocol_name=ESMTP \
	    "client_address=$2" client_name=unknown helo_name=x "sender=$4" "recipient=$5" \
	    recipient_count=0 queue_id= instance=1.2 "sasl_username=$3" policy_context= ''
}
# policy TEXT NAME: the answer to the request in ./asked
policy() {
	relaycheck -p -c relay.conf <asked >out 2>err
	is "$?" 0 "$2"
	is "$(cat out)" "action=$1" '	the answer'
}
request RCPT 198.51.100.7 '' a@b.example joe@company.com >asked
policy DUNNO 'ours'
request RCPT 198.51.100.7 '' a@b.example bob@victim.example >asked
policy 'REJECT 5.7.1 relaying denied' 'theirs'
request RCPT 198.51.100.7 ann '' bob@victim.example >asked
policy DUNNO 'theirs, authenticated'
request RCPT 192.0.2.9 '' '' bob@victim.example >asked
policy DUNNO 'theirs, from inside'
request RCPT 198.51.100.7 '' '' 'bob blow@company.com' >asked
policy DUNNO 'without the quotes, as Postfix has it'
request RCPT 198.51.100.7 '' '' 'bob@victim.example@company.com' >asked
policy 'REJECT 5.7.1 no relaying by quoted addresses' 'a @ without its quotes'
request RCPT 198.51.100.7 '' '' 'bob%victim.example@company.com' >asked
policy 'REJECT 5.7.1 no relaying by % in an address' 'a %'
request RCPT unknown '' '' joe@company.com >asked
policy 'DEFER_IF_PERMIT 4.3.5 the address of the client cannot be read' 'no client'
request RCPT 198.51.100.7 '' 'x@y z' joe@company.com >asked
policy 'REJECT 5.1.7 bad sender address' 'a sender'
request VRFY 198.51.100.7 '' '' bob@victim.example >asked
policy 'REJECT 5.7.1 relaying denied' 'VRFY'
question='DEFER_IF_PERMIT 4.3.5 the question cannot be read'
request DATA 198.51.100.7 '' '' '' >asked
policy "$question" 'asked at DATA'
like "$(cat err)" '*belongs into smtpd_relay_restrictions*' '	it says where it belongs'
request RCPT 198.51.100.7 '' '' joe@company.com | grep -v ^recipient= >asked
policy "$question" 'no recipient'
request RCPT 198.51.100.7 '' '' joe@company.com | grep -v ^client_a >asked
policy "$question" 'no client'
request RCPT 198.51.100.7 '' '' joe@company.com | sed s/smtpd_access/other/ >asked
policy "$question" 'another request'
request RCPT 198.51.100.7 '' '' joe@company.com | sed 's/^sender=/sender/' >asked
policy "$question" 'a line without ='
request RCPT 198.51.100.7 '' '' joe@company.com | sed 's/^sender=.*/&\n&/' >asked
policy "$question" 'a line twice'
request RCPT 198.51.100.7 '' "$(head -c 5000 /dev/zero | tr '\0' a)" joe@company.com >asked
policy "$question" 'a value longer than any'
{
	request RCPT 198.51.100.7 '' '' joe@company.com
	request RCPT 198.51.100.7 '' '' bob@victim.example
	head -c 200000 /dev/zero | tr '\0' x
	echo
	echo
	request RCPT 198.51.100.7 '' '' joe@company.com
} | relaycheck -p -c relay.conf >out 2>err
is "$(cut -c 1-21 out | tr '\n' '|')" \
    'action=DUNNO||action=REJECT 5.7.1 r||action=DEFER_IF_PERMI||action=DUNNO||' 'one after the other, none in the other'
request RCPT 198.51.100.7 '' '' joe@company.com | head -n 5 | relaycheck -p -c relay.conf >out 2>err
is "$?.$(cat out)" 75. 'half a question has no answer'

# A configuration that changes between two questions.
cp relay.conf changing
relaycheck -p -c changing <to >from 2>changes &
exec 8>to 9<from
# next WANT NAME: joe@company.com is asked about
next() {
	request RCPT 198.51.100.7 '' '' joe@company.com >&8
	IFS= read -r answer <&9
	IFS= read -r empty <&9
	like "$answer$empty" "action=$1" "$2"
}
next DUNNO 'a configuration'
echo 'domains other.example' >changing.new
mv changing.new changing
next 'REJECT*' 'that is another file is read again'
echo 'domains company.com' >changing
next DUNNO 'so is one that is written over'
: >changing
next 'DEFER_IF_PERMIT 4.3.5 the rules for relaying are being changed' 'which may not be written to its end'
sleep 1.2
next 'REJECT*' 'unless it stays so'
printf 'domains company.co' >changing
next 'DEFER_IF_PERMIT 4.3.5 the rules for relaying cannot be read' 'or cut within a word'
echo 'domains company.com' >changing
next DUNNO 'until it is whole'
echo 'internal 1.2.3.4/8' >>changing
next 'DEFER_IF_PERMIT 4.3.5 *' 'one that is wrong now accepts nothing'
next 'DEFER_IF_PERMIT 4.3.5 *' 'nor does it later'
is "$(cat changes)" 'relaycheck: changing: the last line has no newline: the file may be cut
relaycheck: changing:2: 1.2.3.4/8: has bits set behind its mask' 'and is told once'
rm changing
next 'DEFER_IF_PERMIT 4.3.5 *' 'one that is gone neither'
rm list
echo 'domains ./list' >changing
next 'DEFER_IF_PERMIT 4.3.5 *' 'nor one whose list is not there'
echo company.com >list
next DUNNO 'until it is'
echo example.com >list.new
mv list.new list
next 'REJECT*' 'and a list that changes is read again'
exec 8>&- 9<&-
wait
# As spawn(8) starts it: what is wrong must not get into the answers.
perl -MSocket -e '
	socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die;
	if (fork == 0) {
		open STDIN, "<&", $theirs; open STDOUT, ">&", $theirs; open STDERR, ">&", $theirs;
		close $ours;
		exec "relaycheck", "-p", "-c", "none";
	}
	close $theirs;
	local $/; syswrite $ours, <STDIN>; shutdown $ours, 1;
	print <$ours>' <<-END >out
	$(request RCPT 198.51.100.7 '' '' joe@company.com)

END
is "$(cat out)" 'action=DEFER_IF_PERMIT 4.3.5 the rules for relaying cannot be read' \
    'behind spawn nothing but answers is written'

### The cases
cases=$SHARED/cases
if [ -e "$cases/relay.tsv" ]; then
	# the name of each configuration that can be read, and then its cases
	awk -F '\t' '!/^#/ && $1 != "id" { print $2 "\t" $3 "\t" $4 "\t" $5 >("in." $6)
	    print $7, $9, $8 >("want." $6) }' "$cases/relay.tsv"
	for in in in.*; do
		name=${in#in.}
		relaycheck -c "$cases/conf/$name.conf" <"$in" >out 2>err
		status=$?
		case $name in
		hostbits | badmask | badnet | missing | unreadable)
			[ $status -eq 64 ] || [ $status -eq 75 ]
			ok $? "cases of $name: not judged"
			is "$(cat out)" '' "	and no answers"
			continue
			;;
		esac
		perl -ne 'chomp; my %w = map { split /=/, $_, 2 } split / /;
		    $w{to} =~ s/%(..)/chr hex $1/ge; print "$w{relay} $w{why} $w{to}\n"' out >got
		perl -pe 's/\\(x(..)|\\)/$2 ? chr hex $2 : "\\"/ge' "want.$name" >want
		is "$(cat got)" "$(cat want)" "cases of $name: all $(wc -l <"$in")"
	done
else
	skip 'the cases' 'no ../shared'
fi
finish
