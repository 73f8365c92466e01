#!/bin/sh
# SPDX-License-Identifier: ISC
# nightly: count, report, mail; what it says in cron; and logs that logrotate rotates.
. "${0%/*}/lib.sh"

mkdir bin
cat >bin/sendmail <<-'END'
	#!/bin/sh
	echo "$*" >"$SENT.args"
	cat >"$SENT"
	exit "${SENDMAIL_STATUS-0}"
END
chmod 755 bin/sendmail
PATH=$T/bin:$PATH
SENT=$T/sent
export SENT

# found N SIGNATURE: the record of a virus in message N
found() { printf 'verdict=infected id=%020d n=1 sig=%s do=hold set=20261126120000\n' "$1" "$2"; }
# total: messages with a virus that were counted
total() { virtally top -D state -p all | awk '{ n += $1 } END { print n + 0 }'; }

{
	found 1 W32/Klez-H
	found 2 W32/Klez-H
	found 3 '%3Cscript%3E'
} | virlog -o log
exits 0 'nightly' nightly -D state -o report -m numbers.prom log
is "$(cat out err)" '' 'says nothing where nothing is wrong'
is "$(cd report && echo *)" \
    'day.csv day.html day.json index.html month.csv month.html month.json week.csv week.html week.json' \
    'writes the pages'
like "$(grep '^multiscan_messages_total.*"virus"' numbers.prom)" '*} 3' 'and the numbers'
[ ! -e sent ]
ok $? 'and mails nobody who was not named'
exits 0 'once more' nightly -D state -o report log log
is "$(total)" 3 'counts nothing twice'

# The mail
exits 0 'with a mail' nightly -D state -p week -f gate@example.org -r a@example.org -r b@example.org log
is "$(cat sent.args)" '-i -f <> -- a@example.org b@example.org' 'it is handed to sendmail, from nobody'
sed '/^$/q' sent >head
like "$(grep -i '^From:' head)" '*gate@example.org*' 'From: is who was named'
like "$(grep -i '^To:' head)" '*a@example.org*b@example.org*' 'To: too'
like "$(grep -i '^Subject:' head)" 'Subject: *: 3 viruses, week to *: *' 'its subject is what matters'
like "$(grep -i '^Auto-Submitted:' head)" '*auto-generated' 'and is no answer'
grep -q '^ *2 .*W32/Klez-H' sent
ok $? 'the summary is in it'
exits 0 'its message can be split' mimesplit mail <sent

like "$(sed '1,/^$/d' sent | head -1)" '3 viruses, week to *' 'and its first line is the same'

# Of which days: yesterday, in the morning too
yesterday=$(date -d yesterday +%Y-%m-%d)
printf '%s\n' "${yesterday}T00:30:00.1+00:00 mta iMS: [ID 702911 mail.alert] EICAR virus found and dealt id=77 n=1" |
    sed "s/+00:00/$(date -d "$yesterday" +%:z)/" >before
nightly -D state2 -r a@example.org before log
like "$(grep -i '^Subject:' sent)" "Subject: *1 virus, $(LC_ALL=C date -d yesterday '+%a %-e %b %Y')*" \
    'without -p it is of yesterday, from its beginning'
exits 0 'and of a day' nightly -D state2 -p "$yesterday" -r a@example.org log
exits 64 'of no other' nightly -D state2 -p year log

# What fails
exits 75 'a log that is not there' nightly -D state -o report2 none log
grep -q 'virtally: none: ' err
ok $? 'is named'
[ -e report2/week.html ]
ok $? 'and the report is written all the same'
exits 75 'a report that cannot be written' nightly -D state -o none/report -r a@example.org log
[ -s sent ]
ok $? 'and the mail is sent all the same'
rm -f sent
exits 75 'a sendmail that fails' env SENDMAIL_STATUS=75 nightly -D state -r a@example.org log
like "$(cat err)" '*nightly: the summary was not mailed' 'is said'
echo 'tally=7' >broken.tally
mkdir broken && mv broken.tally broken/tally
rm -f sent
exits 75 'a tally that is none' nightly -D broken -r a@example.org log
[ ! -e sent ]
ok $? 'no half of a mail is sent'

# The snippets that are shipped
grep -v '^#' "$ROOT/scripts/nightly.cron" | grep -v = >jobs
mkdir -p var/log var/lib/multiscan/report
cp log var/log/mail.log
is "$(awk '$6 != "virtally" || $7 != "nightly" || NF < 9' jobs)" '' 'the cron lines have a user and a command'
while read -r _ _ _ _ _ _ command; do
	command=$(echo "$command" | sed "s,/var/,$T/var/,g; s,^nightly,nightly -D $T/cron,")
	last=$command
	exits 0 "$command" sh -c "$command"
	is "$(cat out err)" '' 'says nothing, before the first rotation too'
done <jobs
like "$(grep '^To:' sent)" '*postmaster*' 'the mail was sent'
gzip -c log >var/log/mail.log.2.gz
mkdir var/log/multiscan
found 4 W32/Klez-H | virlog -o var/log/multiscan/our.log
sh -c "$last"
is "$(virtally top -D cron -p all | awk '{ n += $1 } END { print n + 0 }')" 4 'all logs that are there are counted once'
exits 75 'no log at all' nightly -D state "$T/none/*.log*"
is "$(cat err)" 'nightly: there is no log' 'is said'
exits 75 'a log without a * that is not there' nightly -D state none log

# logrotate, virlog and virtally on the same log
mkdir rotated
sed "s,/var/log/multiscan/\*.log,$T/rotated/*.log,
    s/su multiscan adm/su $(id -un) $(id -gn)/" "$ROOT/scripts/multiscan.logrotate" >rotate.conf
chmod 644 rotate.conf
rm -rf state
n=100
for day in 1 2 3 4; do
	for _ in 1 2 3 4 5; do
		n=$((n + 1))
		found $n W32/Klez-H | virlog -o rotated/our.log
	done
	[ $day -eq 2 ] || virtally count -q -D state rotated/our.log*
	exits 0 "logrotate, day $day" logrotate -f -s rotate.state rotate.conf
done
virtally count -q -D state rotated/*
is "$(total)" 20 'what was rotated and compressed on the way is counted once'
like "$(cd rotated && echo *)" 'our.log.1 our.log.2.gz *' 'it was rotated and compressed'
finish
