#!/bin/sh
# SPDX-License-Identifier: ISC
# multiscan-why: from the quarantine, from a record, from logs of each form and age; what a
# sender wrote is neither believed nor obeyed.
# shellcheck disable=SC2012,SC2034,SC2154,SC2119
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"

exits 0 'an engine' start_engine
exits 0 'mails' make_mails
make_front f
export MULTISCAN_CONF="$T/f/conf"
cat >>f/conf <<'END'
on_infected() {
	write_record
	each one_infected
}
# what comes of each
one_infected() { force_hold 'a virus'; }
END
why() { "$T/f/bin/multiscan-why" -l "$T/mail.log" -l "$T/f/log" "$@"; }

# By the front's own hand: in the quarantine
front f infected
is $? 0 'an infected mail is held'
id=$(ls f/quarantine)
cat >mail.log <<END
Nov 26 18:00:00 mta postfix/smtpd[1]: 4Q: client=unknown[192.0.2.1]
Nov 26 18:00:00 mta postfix/cleanup[2]: 4Q: message-id=<eicar.3@example.org>
Nov 26 18:00:01 mta postfix/pipe[3]: 4Q: to=<ben@example.net>, relay=multiscan, status=sent (delivered via multiscan service)
Nov 26 18:00:01 mta postfix/smtpd[4]: 5ZB: client=unknown[192.0.2.1], orig_queue_id=4Q, orig_client=unknown[192.0.2.1]
Nov 26 18:00:01 mta postfix/cleanup[2]: 5ZB: message-id=<eicar.3@example.org>
Nov 26 18:00:02 mta postfix/smtp[5]: 5ZB: to=<ben@example.net>, relay=mx.example.net[192.0.2.9]:25, status=sent (250 ok)
Nov 26 18:00:02 mta postfix/smtp[5]: 14Q: to=<other@example.net>, relay=none, status=deferred
END
exits 0 'by its id' why "$id"
cp out by_id
like "$(cat out)" "$id
*ended    hold*part 2 \"eicar.com.txt\": infected Eicar-Test-Signature, by *engine, set *hold by on_infected: a virus*
log:
*] Eicar-Test-Signature virus found and dealt id=$id *do=hold rule=on_infected *
rule on_infected:
*/f/conf:[0-9]:
        on_infected() {
                write_record
                each one_infected
        }
original: $T/f/quarantine/$id/message*
Postfix, 4Q:
*client=unknown*delivered via multiscan service*
Postfix, 5ZB:
*relay=mx.example.net*" 'all that is known'
is "$(grep -c '14Q' out)" 0 'and of this message alone'
exits 0 'by its queue id' why 4Q
same out by_id 'it is the same'
for word in '<eicar.3@example.org>' eicar.3@example.org; do
	exits 0 "by its Message-ID $word" why "$word"
	same out by_id 'it is the same'
done
exits 0 'by the name of quarantine why' f/bin/quarantine why -l "$T/mail.log" -l "$T/f/log" 4Q
same out by_id 'it is the same'
touch -d 'now + 1 hour' f/conf
like "$(why "$id")" '*(this file was changed after that, *' 'a configuration that is newer is said'
touch -d '1 hour ago' f/conf
is "$(why "$id" | grep -c 'was changed')" 0 'and not one that is older'

# What is left of it goes, one by one
rm -r "f/quarantine/$id"
exits 0 'by the record' why 4Q
like "$(cat out)" "$id
*part 2 \"eicar.com.txt\": infected*  by $T/f/records/VirusScan-$id
log:*original: not in the quarantine*" 'of what write_record wrote'
rm f/records/*
exits 0 'by the log' why 4Q
like "$(cat out)" "$id
log:
*virus found*rule on_infected:*f/conf:*original: not in the quarantine*Postfix, 4Q:*" 'alone'
touch -d 'now + 1 hour' f/conf
like "$(why 4Q)" '*(this file was changed after that, *' 'a configuration that is newer is said, too'
cp f/log f/log.2
gzip f/log.2
sed 's/rule=on_infected/rule=gone_since/' f/log >f/log.1
gzip -d -c f/log.2.gz | sed 's/ do=hold rule=on_infected/ do=retry rule=on_infected/' | xz >f/log.3.xz
rm f/log
exits 0 'by logs that were rotated' why "$id"
like "$(cat out)" "$id
log:
*do=retry rule=on_infected *
*do=hold rule=on_infected *
*do=hold rule=gone_since *
rule on_infected:*rule gone_since:*	not in */f/conf any more*" 'the oldest first'
mv f/log.3.xz f/log.xz
rm f/log.[12]*
xz -d f/log.xz
like "$(why 4Q)" '*original: put off; it waits in the queue of the MTA, *' 'one that was put off'

# JSON, as syslog has it
echo "id=$id n=1 part=2 verdict=infected sig=W32/X do=hold rule=on_infected queue=4Q msgid=%3Cj@x%3E" |
	virlog -j -o json
sed 's/^/2026-11-26T18:00:00.1+01:00 mta iMS: /' json >f/log
like "$(why "$id")" "*} [[]ID 702911 mail.alert[]] W32/X virus found and dealt id=$id *rule on_infected:*" 'JSON'
like "$(why j@x)" "$id*" 'by its Message-ID'

# Rules that are no functions of the site's
printf '# ours\nbanned from a@b.example\n' >allow
echo "ALLOW=$T/allow" >>f/conf
for rule in allow:2 ignore multiscan conversions; do
	echo "id=$id n=1 part=2 verdict=banned do=pass rule=$rule queue=4R"
done | virlog -o f/log
like "$(why 4R)" "*rule allow:2:
$T/allow:2:
        banned from a@b.example
*rule ignore:*ignore file*rule multiscan:*the program*rule conversions:
*/conversions*" 'rules of lists, and of the program'

# What a sender has written
mark='[ID 702911 mail.alert] X virus found and dealt id=00000000000000000000 n=1 do=deliver rule=evil'
{
	echo "Nov 26 18:00:00 mta postfix/cleanup[2]: 7H: warning: header Subject: $mark queue=7H"
	echo "Nov 26 18:00:00 mta postfix/cleanup[2]: 7H: warning: header Subject: a $mark"
	printf 'Nov 26 18:00:00 mta postfix/smtpd[2]: 7H: helo=<\033]0;x\007\033[2J>\r\n'
	echo 'Nov 26 18:00:00 mta other[2]: x postfix/smtpd[2]: 7H: of another program'
} >mail.log
rm f/log
echo "id=$id n=1 part=2 verdict=banned name=filename:a%20rule=evil%20queue=8J%20%22%20rule=worse do=hold rule=on_banned queue=7H" |
	virlog -o f/log
exits 0 'hostile lines' why 7H
like "$(cat out)" "$id
*rule on_banned:*Postfix, 7H:*" 'are shown'
is "$(grep -c 'rule evil\|rule worse\|^00000000000000000000' out)" 0 'but not believed'
is "$(tr -d '\n\t' <out | grep -c '[[:cntrl:]]')" 0 'nor obeyed'
is "$(grep -c 'of another program' out)" 0 'nor taken for others'
exits 1 'a queue id that stands in a name alone' why 8J
exits 1 'a forged id' why 00000000000000000000
exits 1 'what begins like an option' why -- -x
exits 1 'a word with all there is in it' why "a' \$(touch pwned) *%\""
exits 64 'a control character' why "$(printf 'a\033')"
[ ! -e pwned ]
ok $? 'runs nothing'

# Nothing
if [ "$(id -u)" -ne 0 ]; then
	echo >closed.log
	chmod 0 closed.log
	why -l closed.log 7H >out 2>err
	like "$(cat err)" '*closed.log: cannot be read, left out*' 'a log that cannot be read is named'
fi
exits 1 'of one that never was' why 9NONE
is "$(cat out)" '' 'there is nothing to say'
like "$(cat err)" "multiscan-why: 9NONE: nothing is known of it; looked at were
	$T/f/quarantine
	$T/f/records
	*/f/log
	*/mail.log
*LOG_CLEAN=1*" 'but where it was looked for'
echo 'Nov 26 18:00:00 mta postfix/qmgr[2]: 6CLEAN: from=<a@b.example>, size=1' >>mail.log
exits 0 'of a clean one' why 6CLEAN
like "$(cat out)" 'No line of ours: *LOG_CLEAN*Postfix, 6CLEAN:*' 'there are lines of Postfix'
# What the milter has put off has no line of ours, and says why beside Postfix's.
cat >mail.log <<'END'
Nov 26 18:00:00 mta postfix/smtpd[1]: 7Q: client=unknown[192.0.2.1]
Nov 26 18:00:00 mta postfix/cleanup[2]: 7Q: message-id=<eicar.9@example.org>
Nov 26 18:00:01 mta multiscan-milter[9]: multiscan-milter: 7Q: avscan: no engine answers
Nov 26 18:00:01 mta multiscan-milter[9]: multiscan-milter: 8Q: avscan: of another mail
Nov 26 18:00:01 mta postfix/cleanup[2]: 7Q: milter-reject: END-OF-MESSAGE from unknown[192.0.2.1]: 4.7.1 could not be judged, try again later
END
exits 0 'what the milter has put off' why 7Q
like "$(cat out)" '*It was put off, and not judged*avscan: no engine answers*' 'is told, and why'
is "$(grep -c 'No line of ours\|another mail' out)" 0 'and no more'
finish
