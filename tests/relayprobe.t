#!/bin/sh
# SPDX-License-Identifier: ISC
# relayprobe asks servers that relay, that do not, that cannot be judged, and
# that lie: it claims no more than was shown.
# shellcheck disable=SC2016,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/master.sh"
. "$HERE/relays.sh"
. "$HERE/aside.sh"
cleanup=relays_stop

# verdict PORT: of the host at that port, in ./out
verdict() { grep "port=$1 .*check=relayprobe" out | sed 's/.* relay=\([a-z]*\) .*/\1/'; }
# last PORT KEY: a word of the record that closes it
last() { grep "port=$1 .*check=relayprobe" out | tr ' ' '\n' | sed -n "s/^$2=//p"; }
# form PORT NAME KEY: a word of the record of a form
form() { grep "port=$1 .*form=$2 " out | tr ' ' '\n' | sed -n "s/^$3=//p"; }
# taken PORT: the forms that were
taken() { grep "port=$1 .*form=.* relay=taken" out | sed 's/.* form=\([^ ]*\) .*/\1/' | tr '\n' ' '; }
# a process of ours is left
some_left() { pgrep -f "relayprobe -t 59 127.0.0.1:$fake_silent" >/dev/null; }
none_left() { ! some_left; }
# begin HOST...: in the background, from which the first host is not to come back
begin() {
	rm -f out
	relayprobe -t 59 127.0.0.1:"$fake_silent" "$@" >out 2>err &
	pid=$!
}

POSTFIX='closed open percent greylist tarpit data dataall catchall few blocked blockedmail
	blockedbanner login defer exempt'
if why=$(postfix_missing) || ! relays_start; then
	POSTFIX=
fi

### All at once: servers that lie, stall and talk too much, and Postfix
LIARS='silent closes flood slow half mixed number bare twice go nul escape endless all
	later away closing huge forged forged2 name garbage banner421 early shifted own
	sender vague old nullmx tls mail noname refused
	long unasked defer yes220 blocklist nodomain local noreset helo shifted2 encrypt again
	number2 ban ban2'
# shellcheck disable=SC2086
fake $LIARS
for mode in $LIARS; do eval "echo 127.0.0.1:\$fake_$mode"; done >hosts
for name in $POSTFIX; do eval "echo 127.0.0.1:\$port_$name"; done >>hosts
all_at_once() {
	exits 1 'forty servers, some of which take' relayprobe -w 100 -t 6 - <../hosts
	record -k <out
	ok $? 'all is records'
	is "$(grep -c check=relayprobe out)" "$(wc -l <../hosts)" 'each host has its last one'
	unjudged=$(grep -c 'check=relayprobe relay=tempfail' out)
	is "$(cat err)" "relayprobe: $unjudged of $(wc -l <../hosts) hosts could not be judged" \
	    'and what is not judged is said'
	while read -r mode want why stage; do
		eval "port=\$fake_$mode"
		is "$(verdict "$port") $(last "$port" why) $(last "$port" stage)" "$want $why $stage" \
		    "$mode: $want $why $stage" || grep "port=$port .*check" out | sed 's/^/# /'
	done <<-END
		silent tempfail timeout banner
		closes tempfail closed banner
		flood tempfail endless banner
		slow tempfail timeout banner
		garbage tempfail no-smtp banner
		early tempfail early ehlo
		half tempfail closed rcpt
		mixed tempfail no-smtp rcpt
		number tempfail no-smtp rcpt
		bare tempfail no-smtp rcpt
		go tempfail no-smtp rcpt
		endless tempfail endless rcpt
		closing tempfail closed rcpt
		twice tempfail out-of-step rcpt
		shifted tempfail out-of-step ehlo
		shifted2 tempfail out-of-step rcpt
		yes220 tempfail no-smtp rcpt
		blocklist tempfail client rcpt
		nodomain tempfail domain rcpt
		encrypt tempfail starttls mail
		number2 tempfail refuses-all rcpt
		ban tempfail unclear rcpt
		ban2 tempfail changed rcpt
		name tempfail own-recipient rcpt
		vague tempfail vague rcpt
		nullmx tempfail null-mx rcpt
		tls tempfail starttls mail
		noname tempfail no-name rcpt
	END
	for mode in nul escape huge long unasked defer local forged forged2 old refused; do
		eval "port=\$fake_$mode"
		is "$(verdict "$port") $(last "$port" forms)" "reject 51" "$mode: refuses" || :
	done
	is "$(last "$fake_later" code) $(last "$fake_later" tempfail)" '450 51' 'what is put off is no refusal'
	is "$(last "$fake_away" code)" 421 'nor is 421'
	is "$(last "$fake_banner421" code) $(last "$fake_banner421" stage)" '421 banner' 'nor at the start'
	is "$(verdict "$fake_all")" taken 'who takes all takes'
	is "$(form "$fake_all" nmap-2 why)$(form "$fake_all" nmap-12 why)" '' 'strangers as they are prove it'
	is "$(form "$fake_all" nmap-6 why)" catch-all 'but not what may be its own'
	is "$(taken "$fake_own")" 'nmap-6 nmap-8 nmap-14 nmap-16 percent-word percent-chain percent-inner percent-empty percent-quoted bang-chain bang-chain-name bang-quoted ' \
	    'who honours % and ! is found out'
	is "$(last "$fake_own" unproved)" 0 'since it takes not just anybody'
	is "$(verdict "$fake_noreset") $(taken "$fake_helo")" "taken $(taken "$fake_all")" \
	    'who has no RSET, or no EHLO, takes too'
	is "$(taken "$fake_again")" 'percent-parent ' 'and who wants to be greeted after RSET'
	like "$(form "$fake_long" nmap-2 dialogue)" '*relaying%20denied%20%80*
S:...' 'of a long reply the beginning is kept'
	like "$(form "$fake_unasked" nmap-2 dialogue)" '*S:550%20relaying%20denied
S:250%20yes' 'what was not asked for is told'
	is "$(form "$fake_defer" nmap-2 relay) $(form "$fake_defer" nmap-2 code)" 'reject 454' \
	    'not yet relaying is not relaying'
	is "$(form "$fake_sender" nmap-13 relay) $(form "$fake_sender" nmap-13 from)" 'taken ' \
	    'where senders are refused another one is tried'
	is "$(form "$fake_sender" nmap-2 stage)" mail 'but not where it is the question'
	is "$(grep -c "port=$fake_forged .*evil" out)" 1 'a forged name is in the greeting'
	is "$(grep "port=$fake_forged .*form=" out | grep -c evil)" 0 'and nowhere else'
	grep -q "port=$fake_escape .*text=relaying%20%1B%5D0" out
	ok $? 'escapes are escaped'
	is "$(form "$fake_refused" nmap-2 dialogue)" 'C:MAIL%20FROM:%3Cprobe@example.org%3E
S:250%20ok
C:RCPT%20TO:%3Cprobe@example.net%3E
S:550%20no,%20relaying%20denied' 'the dialogue is there'

	# The same of Postfix, where there is one.
	if [ -n "$POSTFIX" ]; then
		while read -r name want why; do
			eval "port=\$port_$name"
			is "$(verdict "$port") $(last "$port" why)" "$want $why" "$name: $want $why" ||
				grep "port=$port .*check" out | sed 's/^/# /'
		done <<-END
			closed reject
			open taken
			percent taken
			data taken
			dataall taken
			few reject
			login reject
			greylist tempfail
			tarpit tempfail time
			catchall tempfail catch-all
			defer reject
			exempt tempfail client
			blocked tempfail client
			blockedmail tempfail sender
			blockedbanner tempfail
		END
		is "$(form "$port_open" nmap-2 stage) $(form "$port_open" nmap-2 code)" 'rcpt 250' 'open at RCPT'
		is "$(taken "$port_percent")" 'nmap-5 nmap-6 nmap-8 percent-word percent-parent percent-localhost percent-chain percent-inner percent-empty percent-quoted percent-route ' \
		    'percent: those with one, no other'
		is "$(last "$port_percent" unproved)" 0 'which is proved'
		is "$(last "$port_catchall" taken) $(form "$port_catchall" nmap-6 why)" '0 catch-all' \
		    'catchall: its own, for all that is known'
		is "$(grep -c "port=$port_greylist .*relay=taken" out)" 0 'greylist: nothing is taken'
		is "$(form "$port_greylist" nmap-2 code)" 450 'but put off'
		is "$(last "$port_closed" rejected)" 51 'closed: each form was asked'
		like "$(grep "port=$port_blockedbanner .*check" out)" '*stage=banner code=554*' 'blocked at the banner'
		[ "$(last "$port_tarpit" forms)" -gt 0 ] && [ "$(grep -c "port=$port_tarpit .*relay=taken" out)" -eq 0 ]
		ok $? 'tarpit: as far as it came'
		is "$(grep -c 'status=sent' ../postfix/log)" 0 'nothing was sent'
	fi
}
aside all_at_once

### Beside that
exits 1 'a domain that they take mail for' relayprobe -m company.example -m company.test \
    127.0.0.1:"$fake_mail" 127.0.0.1:"$fake_noname"
is "$(taken "$fake_mail")" 'nmap-6.mail1 percent-chain.mail1 percent-inner.mail1 percent-empty.mail1 percent-quoted.mail1 ' 'is asked about as well'
is "$(verdict "$fake_noname") $(form "$fake_noname" nmap-6.mail2 relay)" 'reject reject' \
    'and stands for a name'

exits 1 'a table' relayprobe -T -t 5 127.0.0.1:"$fake_escape" 127.0.0.1:"$fake_later" 127.0.0.1:"$fake_own"
is "$(LC_ALL=C tr -d ' -~\n' <out)" '' 'has nothing but printable ASCII'
like "$(grep ":$fake_escape " out)" '127.0.0.1:* refuses    all 51 forms' 'says who refuses'
like "$(grep ":$fake_later " out)" '*NOT JUDGED 51 of 51 forms*450 come again*' 'who is not judged'
like "$(grep ":$fake_own " out)" '*TAKES      12 of 51 forms: nmap-6 nmap-8 nmap-14 +9' 'who takes'
is "$(tail -n 1 out)" '3 hosts: 1 refuse, 0 relay, 1 take, 1 not judged' 'and how many'
exits 0 'the dialogue' relayprobe -T -v 127.0.0.1:"$fake_escape"
like "$(cat err)" "*127.0.0.1:$fake_escape: S:550 relaying ?]0;owned??[2J?31m denied*" 'is clean'
script -qec "relayprobe 127.0.0.1:$fake_refused" /dev/null </dev/null >tty 2>&1
like "$(tail -n 1 tty)" '1 host: 1 refuse*' 'on a terminal it is a table'
script -qec "relayprobe -R -t 6 127.0.0.1:$fake_silent" /dev/null </dev/null >tty 2>&1
like "$(cat tty)" '*relayprobe: 0 of 1 hosts done, 1 in hand*why=timeout*' '-R: records; progress'

exits 0 'one that refuses: 0' relayprobe localhost:"$fake_refused"
is "$(last "$fake_refused" address)" 127.0.0.1 'by a name: at the address that answers'
exits 75 'one that cannot be judged as well: 75' relayprobe -t 1 127.0.0.1:"$fake_refused" 127.0.0.1:"$fake_closes"
exits 75 'a name that does not exist' relayprobe -t 5 nowhere.invalid
like "$(cat out)" '*relay=tempfail*stage=connect why=*' 'is no server'
exits 64 'what is no host on standard input' relayprobe - <<-'END'
	# a comment

	mx.a.example
	mx.a.example:smtp
END
like "$(sed 1q err)" '*line 4: `mx.a.example:smtp*' 'is named'
yes 'a b' | sed '3s/.*/fe80::1%lo/;12q' >wrong
exits 64 'a dozen lines that are none' relayprobe - <wrong
is "$(grep -c 'standard input, line' err) $(grep -c 'line 3: .*zone' err) $(grep -c '^relayprobe: 12 of' err)" \
    '10 1 1' 'are named up to ten'
echo ' # nothing' >empty
exits 64 'a list of none' relayprobe - <empty
like "$(cat err)" '*list on standard input is empty*' 'is not one host too few'
printf '%s\n' a.example. 'A.example:25	# ours' '[192.0.2.1]:26' a.example 192.0.2.1:26 >names
exits 0 'a name with a dot, a comment, brackets, doubles' relayprobe -n - <names
is "$(grep -c 'form=nmap-1 ' out) $(sed 's/ form=.*//' out | uniq | tr '\n' ' ')" \
    '2 host=a.example port=25 host=192.0.2.1 port=26 ' 'are two hosts'
exits 0 'our own sender, recipient and name' relayprobe -e '[192.0.2.9]' -f me@home.example \
    -r you@there.example 127.0.0.1:"$fake_refused"
is "$(form "$fake_refused" nmap-2 from) $(form "$fake_refused" nmap-2 to)" \
    'me@home.example you@there.example' 'are used'
like "$(last "$fake_refused" dialogue)" '*C:EHLO%20%5B192.0.2.9%5D*' 'all three'

for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do echo 127.0.0.$i:1; done >many
exits 75 'few descriptors' sh -c 'ulimit -n 20 && exec relayprobe - <many'
is "$(grep -c 'why=refused' out) $(grep -c '12 hosts at once, not 22' err)" '22 1' 'mean fewer at once, said once'

echo "127.0.0.1:$fake_own" >>many
exits 1 'a long table' relayprobe -T - <many
is "$(grep -c "^127.0.0.1:$fake_own " out) $(tail -n 5 out | grep -c "^127.0.0.1:$fake_own ")" '2 1' \
    'has who relays at its end once more'
is "$(awk 'length > 79' out)" '' 'and no long lines'

# Processes that are killed, and we.
begin 127.0.0.1:"$fake_refused"
wait_for 10 grep -qs check= out
kill -KILL "$(pgrep -P $pid)"
wait $pid
is "$? $(last "$fake_silent" why) $(verdict "$fake_refused")" '75 died reject' \
    'a process that is killed costs its host only'
begin 127.0.0.1:"$fake_refused"
wait_for 10 grep -qs check= out
kill -TERM $pid
wait $pid
is "$? $(last "$fake_silent" why) $(verdict "$fake_refused")" '75 interrupted reject' \
    'what was found before an interrupt is kept'
relayprobe -T -w 1 -t 59 127.0.0.1:"$fake_own" 127.0.0.1:"$fake_silent" 127.0.0.1:1 >out 2>err &
pid=$!
wait_for 10 grep -qs TAKES out
wait_for 10 pgrep -P $pid >/dev/null
kill -TERM $pid
wait $pid
is "$? $(tail -n 1 out)" '1 3 hosts: 0 refuse, 0 relay, 1 take, 1 not judged, 1 not asked' \
    'who takes counts, and who was not asked is told'
wait_for 10 none_left
ok $? 'nobody is left'
begin
wait_for 10 pgrep -P $pid >/dev/null
kill -KILL $pid
wait $pid 2>/dev/null
wait_for 10 none_left
ok $? 'nor where we are killed'

together

### Postfix, asked further
if [ -z "$POSTFIX" ]; then
	skip 'private Postfix instances' "${why:-it does not run}"
	finish
	exit
fi
exits 75 'with DATA' relayprobe -d 127.0.0.1:"$port_data" 127.0.0.1:"$port_dataall"
is "$(form "$port_data" nmap-2 relay) $(form "$port_data" nmap-2 stage)" 'reject data' 'it is refused there'
is "$(verdict "$port_data") $(verdict "$port_dataall")" 'reject tempfail' \
    'who refuses its postmaster, too, may refuse us'
exits 1 'an open one with DATA' relayprobe -d 127.0.0.1:"$port_open"
is "$(form "$port_open" nmap-2 relay) $(form "$port_open" nmap-2 code)" 'taken 354' 'takes that too'
is "$(grep -c 'status=sent' postfix/log)" 0 'and still nothing was sent'

exits 1 'with a message' relayprobe -S -r me@home.example 127.0.0.1:"$port_percent"
is "$(verdict "$port_percent") $(form "$port_percent" nmap-6 stage)" 'relay sent' 'percent relays it'
like "$(form "$port_percent" nmap-6 msgid)" '*.1.nmap-6.127.0.0.1@example.org' 'and the record has its Message-ID'
sent() { grep -c 'to=<me@home.example>, orig_to=<me%home.example@mta01.company.example>.*status=sent' postfix/log; }
tries=100
until [ "$(sent)" -gt 0 ] || [ $tries -eq 0 ]; do
	sleep 0.05
	tries=$((tries - 1))
done
[ "$(sent)" -gt 0 ]
ok $? 'as its log says'
is "$(grep -o 'message-id=<[0-9a-f]*\.1\.nmap-6\.127\.0\.0\.1@example.org>' postfix/log | wc -l)" 1 'a Message-ID names the form'
finish
