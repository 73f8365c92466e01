#!/bin/sh
# SPDX-License-Identifier: ISC
# What a policy may do, each once, through a real Postfix; and what goes wrong
# on the way: nothing is lost, nothing bad is delivered or sent back.
# shellcheck disable=SC2016,SC2154
. "${0%/*}/lib.sh"
. "$HERE/postfix.sh"

if why=$(postfix_missing); then
	skip 'policies behind Postfix' "$why"
	finish
	exit
fi
postfix_start
ok $? 'Postfix, avscand and a sink run' || { finish; exit 1; }

FROM=sender@example.org
TO=reader@example.net
count_sent=0

# send FILE [FROM TO...]
send() {
	file=$1
	shift
	[ $# -gt 0 ] || set -- $FROM $TO
	send_mail "$file" "$@" || echo "# not taken: $(cat answer)"
}
# arrives N NAME: N more, and no other, and the queue is empty; the last is in ./got
arrives() {
	count_sent=$((count_sent + $1))
	wait_queue 0
	is "$(queue_count) $(delivered)" "0 $count_sent" "$2"
	last=sink/$count_sent
	[ ! -e "$last.eml" ] || lf "$last.eml" >got
}
held() { find spool/quarantine -mindepth 1 -maxdepth 1 | wc -l; }
# The words of the last message's log line but for those that differ each time
log_words() { tail -n 1 spool/log; }
# harmless FILE NAME: the engine finds nothing in it
harmless() {
	avscan -s "unix:$S/avscand.sock" "$1" >/dev/null
	ok $? "$2: nothing of the virus is in it"
}
# envelope: of the last one that arrived
envelope() { sed -n 's/^\(MAIL\|RCPT\) \([A-Z]*:<[^>]*>\).*/\2/p' "$last.env" | tr -d '\r' | tr '\n' ' '; }
# waits N NAME: N mails in the queue were tried and put off
waits() {
	put_off "$1"
	ok $? "$2: it is put off" || tail -n 5 postfix/log
	is "$(queue_count) $(delivered)" "$1 $count_sent" "$2: it waits in the queue"
}

# A mail with a bad part that can be taken out whole: before, after, rest.
seed=1
until "$BUILD/tools/mkmail" -b eicar -d 3 $seed bad && [ -e bad/rest ]; do
	rm -r bad
	seed=$((seed + 1))
done
"$BUILD/tools/mkmail" -d 3 1 good
eicar=$ROOT/samples/eicar.eml

# What is shipped
send "$eicar"
arrives 1 'the shipped policy: a changed one arrives'
harmless got 'the shipped policy'
id=$(ls spool/quarantine)
awk '/^Received: from/ && !got { got = 1; ours = 1; next } ours && /^[ \t]/ { next }
    { ours = 0; print }' "spool/quarantine/$id/message" >original
same original "$eicar" 'its original is in the quarantine, as it came'
is "$(ls spool/records)" "VirusScan-$id" 'write_record wrote a file'
like "$(cat "spool/records/VirusScan-$id")" "*from=$FROM*part=0 id=$id*sig=Eicar*do=substitute*" \
    'with envelope, manifest, verdict and what was done'
like "$(log_words)" "*iMS: [[]ID 702911 mail.alert[]] Eicar-Test-Signature virus found and dealt id=$id *" \
    'the log has the line of 2002'
like "$(log_words) " "* n=1 * queue=* client=127.0.0.1 from=$FROM to=$TO *" \
    'with number, queue, sender and recipient'
like "$(log_words)" '*do=substitute*' 'and what was done'
is "$(envelope)" "FROM:<$FROM> TO:<$TO> " 'the envelope stays'

# force_delete
configure 'on_infected() { force_delete; }'
send bad/message
arrives 1 'force_delete: it arrives'
without_ours "$last.eml" >got
same got bad/rest 'without the part, and all else as it was'

# force_bounce
before=$(held)
configure 'on_infected() { force_bounce; }' 'NOTIFY_FROM=postmaster@example.net'
send "$eicar"
arrives 1 'force_bounce: one mail is sent'
is "$(envelope)" "FROM:<> TO:<$FROM> " 'to the sender, from nobody'
like "$(cat got)" '*Auto-Submitted: auto-replied*' 'it says that a program sent it'
like "$(cat got)" '*
Subject: Your message was not delivered
*
Your message was not delivered.*Reference: *' 'and what happened'
harmless got 'the notice'
grep -q 'WDVPIVAl' got
is $? 1 'nor its encoded form'
is "$(held)" $((before + 1)) 'the mail is kept'
send "$eicar" '' $TO
arrives 0 'to a null sender nothing is sent'
is "$(held)" $((before + 2)) 'but the mail is kept'
like "$(log_words)" '*do=refuse * from= *' 'and logged'

# force_hold, and released
ls spool/quarantine >before
configure 'on_infected() { force_hold; }'
send "$eicar" $FROM $TO second@example.net
arrives 0 'force_hold: nothing arrives'
ls spool/quarantine >after
id=$(comm -13 before after)
quarantine() { MULTISCAN_CONF=$T/multiscan.conf $as_nobody "$P/bin/quarantine" "$@"; }
like "$(quarantine list)" "*$id *from=$FROM to=$TO to=second@example.net*infected:Eicar*" \
    'quarantine list has it'
exits 0 'and can release it' quarantine release -F "$id"
like "$(cat out)" "*$id: released" 'says so'
arrives 1 'then it arrives'
without_ours "$last.eml" >got
same got "$eicar" 'as it came'
is "$(envelope)" "FROM:<$FROM> TO:<$TO> TO:<second@example.net> " 'for whom it was meant'

# force_discard
before=$(held)
configure 'on_infected() { force_discard; }'
send "$eicar"
arrives 0 'force_discard: nothing arrives'
is "$(held)" "$before" 'nor is kept'
like "$(log_words)" '*Eicar*do=discard*' 'but logged'

# mark
configure 'on_infected() { mark; }'
send bad/message
arrives 1 'mark: it arrives'
lf "$last.eml" | awk '/^X-Multiscan: / { ours = 1; next } ours && /^[ \t]/ { next } { ours = 0; print }' >unmarked
without_ours unmarked >got
same got bad/message 'nothing else is changed'
like "$(lf "$last.eml")" '*
X-Multiscan: infected;*Eicar-Test-Signature*' 'and a field says why'

# redirect_to, send_email, NOTIFY_TO, a function of the site's own
configure 'NOTIFY_TO=watch@example.net' 'NOTIFY_FROM=gateway@example.net' \
    'on_infected() { redirect_to desk@example.net; let_pass; each tell_desk; }' \
    'tell_desk() { case $SIG in' \
    'Eicar*) send_email help@example.net "A test: $SIG" "in part $PART of $ID" ;;' \
    'esac; }'
send "$eicar" $FROM $TO other@example.net
arrives 3 'redirect_to, send_email and NOTIFY_TO: three mails'
for n in $((count_sent - 2)) $((count_sent - 1)) $count_sent; do
	last=sink/$n
	case $(envelope) in
	"FROM:<$FROM> TO:<desk@example.net> ") echo redirected ;;
	'FROM:<> TO:<help@example.net> ') cp "$last.eml" help && echo sent ;;
	'FROM:<> TO:<watch@example.net> ') cp "$last.eml" watch && echo notified ;;
	*) envelope ;;
	esac
done >kinds
is "$(sort kinds | tr '\n' ' ')" 'notified redirected sent ' 'each to whom it was for'
harmless help 'what send_email sent'
harmless watch 'what NOTIFY_TO got'
like "$(lf help)" '*
Subject: A test: Eicar-Test-Signature
*
in part 2 of *' 'one has subject and text'
like "$(lf watch)" '*it holds Eicar-Test-Signature*' 'the other says what was found'

# A second engine is one line
cat >engine.sh <<-'END'
	#!/bin/sh
	grep -q 'forbidden-word' "$1" || exit "$(cat "${0%/*}/engine.says")"
	echo 'Word.Found $(id) 50%'
	exit 3
END
chmod 755 engine.sh
echo 0 >engine.says
configure "engine words '$T/engine.sh' 0 3" 'on_infected() { substitute_part; }'
sed 's/^Hello.*/a forbidden-word/' "$ROOT/samples/report.eml" >word.eml
send word.eml
arrives 1 'a second engine: what it finds'
grep -q 'forbidden-word' got
is $? 1 'is replaced'
like "$(log_words)" '*sig=Word.Found%20%24%28id%29%2050%25 *by=words*' 'and logged by its name and its words'
send good/message
arrives 1 'what it does not find'
without_ours "$last.eml" >got
same got good/message 'arrives as it was'
echo 7 >engine.says
send good/message
waits 1 'it fails'
echo 0 >engine.says
flush
arrives 1 'when it answers again, so does the mail'

# The engine stopped
configure
engine_stop
send good/message
send "$eicar"
waits 2 'the engine is stopped'
virtally count -q -D tally postfix/log
tries=$(grep -c 'relay=multiscan,.*status=deferred .*no engine answers' postfix/log)
[ "$tries" -ge 2 ] && virtally export -F csv -p all -D tally | grep -q ",waited,engine,$tries,$tries\$"
ok $? 'the engine is stopped: the report knows of hours without one'
engine_start
flush
arrives 2 'the engine is back: both arrive, once'
for n in $((count_sent - 1)) $count_sent; do harmless "sink/$n.eml" "mail $n"; done

# A policy that is broken, a policy that says later, findings nobody acts on
configure 'on_infected( {'
send good/message
waits 1 'a syntax error'
configure 'unset -f on_odd'
flush
waits 1 'a policy without one of its functions'
configure
flush
arrives 1 'a configuration that is mended'
configure 'on_infected() { force_retry; }'
send "$eicar"
waits 1 'force_retry'
configure 'on_infected() { force_discard; }'
flush
arrives 0 'when the policy decides it is done'
before=$(held)
configure 'on_infected() { echo "on stdout"; echo "5.1.1 on stderr" >&2; false; }'
send "$eicar"
arrives 0 'a policy that does nothing'
is "$(held)" $((before + 1)) 'holds'

# The MTA behind us says no for good
configure
send good/message $FROM never@example.net
arrives 1 'a clean mail that is refused behind us'
is "$(envelope)" "FROM:<> TO:<$FROM> " 'is bounced by the MTA'
send "$eicar" $FROM never@example.net
arrives 0 'a changed one: no second notice in the same minute'
send "$eicar" other@example.org never@example.net
arrives 1 'that of another sender'
is "$(envelope)" "FROM:<> TO:<other@example.org> " 'is bounced by us'
harmless got 'that notice'
is "$(find spool/work -mindepth 1 | wc -l)" 0 'no work directory is left'
finish
