#!/bin/sh
# SPDX-License-Identifier: ISC
# The units, as installed: systemd takes every line, and finds little exposed; and under
# a systemd of its own each does what it is for, and what it writes has its mode.
# shellcheck disable=SC2016,SC2086,SC2154
. "${0%/*}/lib.sh"
. "$HERE/debian.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS
prefix=$T/root
units=$prefix/lib/systemd/system
exits 0 'make install' make -s -C "$ROOT" B="${BUILD#"$ROOT"/}" PREFIX="$prefix" install

run=$(sed -n 's/^ExecStart=//p' "$units/avscand.service")
is "${run%% *}" "$prefix/bin/avscand" 'the service runs what was installed'
exits 0 'by a call that is right' $run -h
is "$(sed -n 's/^ListenStream=/unix:/p' "$units/avscand.socket")" \
    "$("${run%% *}" -h | sed -n 's/.*else \(unix:[^ ]*\)$/\1/p')" \
    'the socket is where clients look for it'

is "$(sed -n 's/^ExecStart=//p' "$units/sigupdate.service")" \
    "$prefix/bin/sigupdate update -e 60" 'signatures are renewed by what was installed'
like "$("${run%% *}" -h)" \
    "*/var/lib/$(sed -n 's/^StateDirectory=//p' "$units/sigupdate.service")/current,*" \
    'where the engine looks for them'

# runs UNIT: its program without the place, on one line
runs() {
	sed -e ':a' -e '/\\$/N; s/\\\n[[:blank:]]*//; ta' "$units/$1.service" |
	    sed -n "s,^ExecStart=,,p" | sed "s,$prefix/bin/,,; s,^/bin/sh -c 'exec \(.*\)'\$,\1,"
}
# of_cron FILE: what it has run, and by whom
of_cron() {
	sed -n 's/^[0-9*].* \* \([a-z]* .*\)/\1/p' "$prefix/lib/multiscan/$1.cron" |
	    sed 's, >/dev/null,,; s, 2>&1,,; s/ update -q$/ update -e 60/'
}
by_unit() {
	for unit in "$@"; do
		echo "$(sed -n 's/^User=//p' "$units/$unit.service") $(runs $unit)"
	done
}
for pair in 'multiscan multiscan-sweep multiscan-expire multiscan-prove' 'nightly nightly nightly-mail' \
    'sigupdate sigupdate' 'multiscan-heartbeat multiscan-heartbeat'; do
	is "$(by_unit ${pair#* })" "$(of_cron ${pair%% *})" "${pair%% *}: the timers do what cron does"
done

if ! command -v systemd-analyze >/dev/null; then
	skip 'systemd reads them' 'no systemd-analyze'
	finish
	exit
fi
# Where the pages are is no matter of this test.
sed -i '/^Documentation=/d' "$units"/*
exits 0 'systemd reads them' systemd-analyze verify "$units"/*
is "$(cat err)" '' 'without a word'

# How much each may be exposed, in tenths: what is left is what it needs, the net first.
while read -r unit most why; do
	exits 0 "$unit: exposed by $most of 100 at the most ($why)" systemd-analyze security \
	    --offline=yes --threshold="$most" "$units/$unit.service"
done <<-'END'
avscand 5 its socket, /dev, signatures that others read
sigupdate 12 the net
multiscan-milter 9 the MTA and engines by TCP
multiscan-heartbeat 10 the port
multiscan-sweep 2 syslog
multiscan-expire 2 syslog
multiscan-prove 9 engines
nightly 2 pages that others read
nightly-mail 5 sendmail
multiscan-failed@ 2 syslog
END
set -- "$units"/*.service
is $# 10 'and there is no other service'
for timer in "$units"/*.timer; do
	[ -e "${timer%.timer}.service" ] && systemd-analyze calendar \
	    "$(sed -n 's/^OnCalendar=//p' "$timer")" >/dev/null 2>&1
	ok $? "${timer##*/} has times and a service"
done

# --- under a systemd --------------------------------------------------------------

if why=$(debian_missing); then
	skip 'they run' "$why"
	finish
	exit
fi
debian_boot gw1.company.com
ok $? 'a Debian' || { finish; exit 1; }
exits 0 'what is installed in it' make -s -C "$ROOT" B="${BUILD#"$ROOT"/}" PREFIX=/usr \
    DESTDIR="$D" install
cp "$ROOT"/samples/*.eml "$D/root"
cat >"$D/root/prepare" <<-'END'
	systemd-sysusers && systemd-tmpfiles --create || exit
	install -d -o multiscan -g postfix -m 2750 /var/spool/postfix/multiscan
	mkdir -p /etc/multiscan && cd /usr/lib/multiscan || exit
	cp multiscan.conf conversions /etc/multiscan
	printf '%s\n' 'log syslog' 'source test' '	local /usr/share/multiscan/signatures' \
	    '	changes never' >/etc/multiscan/sigupdate.conf
	printf '%s\n' 'internal 192.0.2.0/24' 'domains company.com' 'hostname company.com' \
	    >/etc/multiscan/relay.conf
	postconf mydestination=company.com,gw1.company.com alias_maps= local_recipient_maps= \
	    smtpd_milters=unix:multiscan/milter.sock 'non_smtpd_milters=$smtpd_milters' \
	    local_transport=discard
	postconf -M 127.0.0.1:10026/inet='127.0.0.1:10026 inet n - n - 9 smtpd -o smtpd_milters='
	mkdir -p /etc/systemd/system/multiscan-milter.service.d
	printf '[Service]\nRestartSec=1\n' >/etc/systemd/system/multiscan-milter.service.d/test.conf
	systemctl daemon-reload && systemctl restart postfix
END
exits 0 'users, folders and settings' inside sh /root/prepare

# starts UNIT: does, and ends well if it ends
starts() {
	inside timeout 60 systemctl start "$1" >out 2>&1
	ok $? "$1 starts" ||
		inside sh -c "journalctl --sync; journalctl --no-pager -u $1; tail -n 5 /var/log/mail.log" |
		sed 's/^/# /'
	is "$(inside systemctl show -p Result --value "$1")" success '	and is well'
}
# modes FOLDER: of what is below it, with its owners
modes() { inside find "$1" -mindepth 1 -printf '%m %u:%g %P\n' | LC_ALL=C sort -k 3; }
# logged PATTERN
logged() { inside grep -c "$1" /var/log/mail.log; }
has_logged() { [ "$(logged "$1")" -ge 1 ]; }

starts sigupdate.service
set=$(inside readlink /var/lib/multiscan/sigs/current)
is "$(modes /var/lib/multiscan/sigs)" "600 sigupdate:sigupdate .lock
700 sigupdate:sigupdate .part
600 sigupdate:sigupdate .state
600 sigupdate:sigupdate .waiting
755 sigupdate:sigupdate $set
444 sigupdate:sigupdate $set/clamav-testfile.hsb
444 sigupdate:sigupdate $set/eicar.ndb
444 sigupdate:sigupdate $set/manifest
777 sigupdate:sigupdate current" 'signatures: others read them'
starts avscand.service
is "$(inside journalctl --no-pager -o cat -u avscand | grep -v -e '^Start' -e ': ready: ')" '' \
    'it has all that it shuts workers in with'
is "$(inside stat -c '%a %U:%G' /run/multiscan/avscand.sock)" '660 root:multiscan' \
    'its socket is for who judges'
exits 0 'and it alerts' inside runuser -u multiscan -- avscan -k
starts multiscan-milter.service
wait_until 20 inside test -S /var/spool/postfix/multiscan/milter.sock
is "$(inside stat -c '%a %U:%G' /var/spool/postfix/multiscan/milter.sock)" \
    '660 multiscan:postfix' 'its socket is for Postfix'
for mail in text eicar zip program; do
	inside sh -c "sendmail -f anna@example.org ben@company.com </root/$mail.eml"
done
for mail in text.1 eicar.3 zip.6 program.4; do
	wait_until 20 has_logged "message-id=<$mail@"
done
gone() { [ "$(logged 'to=<ben@company.com>.*status=sent')" -eq "$1" ]; }
wait_until 20 gone 4
ok $? 'mails are judged, and go on'
is "$(logged 'virus found and dealt') $(logged 'suffix dealt')" '2 1' 'what is in them is found'
is "$(modes /var/spool/multiscan | sed 's/[0-9a-f]\{20\}/ID/' | grep -v '/ID/' |
    sort -u -k 3)" "700 multiscan:multiscan quarantine
700 multiscan:multiscan quarantine/ID
700 multiscan:multiscan records
600 multiscan:multiscan records/VirusScan-ID
700 multiscan:multiscan work" "what is kept is nobody else's"
is "$(inside find /var/spool/multiscan/quarantine -perm /077)" '' 'to the last file'

# what no log takes
inside sh -c 'mv /run/systemd/journal/dev-log /run/away
    sed s/Game/Fun/ /root/program.eml | sendmail -f anna@example.org ben@company.com'
wait_until 20 inside test -s /var/log/multiscan/unlogged.log
inside mv /run/away /run/systemd/journal/dev-log
is "$(modes /var/log/multiscan)" '640 multiscan:adm unlogged.log' \
    'lines that no log takes are for who counts'

starts nightly.service
is "$(modes /var/lib/multiscan/tally)" '600 virtally:virtally .lock
640 virtally:virtally tally' 'the tally'
is "$(modes /var/lib/multiscan/report | cut -d ' ' -f 1,2 | sort | uniq -c | sed 's/^ *//')" \
    '10 644 virtally:virtally' 'the report is for all'
is "$(inside virtally top)" '      2 Eicar-Test-Signature' 'what was logged is counted'
starts nightly-mail.service
wait_until 20 has_logged 'from=<>.*queue active'
ok $? 'and mailed'
is "$(logged 'warning: .*\(postdrop\|sendmail\)')" 0 'without a word'
inside sh -c 'mkdir /var/spool/multiscan/work/99999 && cd /var/spool/multiscan &&
    chown multiscan work/99999 && touch -d "3 years ago" work/99999 quarantine/*/* quarantine/*'
starts multiscan-sweep.service
starts multiscan-expire.service
starts multiscan-prove.service
is "$(modes /var/spool/multiscan | grep -c -e work/ -e quarantine/)" 0 'what is old is gone'
wait_until 20 has_logged 'expire action id='
ok $? 'and that is logged'

# settings with which all mail would wait
inside sh -c 'systemctl stop multiscan-milter; echo TIMEOUT=5m >>/etc/multiscan/multiscan.conf'
inside timeout 20 systemctl start multiscan-milter.service 2>/dev/null
is "$(inside systemctl is-active multiscan-milter)" activating 'wrong settings: it does not start'
journal_has() { inside journalctl --no-pager -o cat -u "$1" | grep -q "$2"; }
wait_until 20 journal_has multiscan-milter 'multiscan-check: .*TIMEOUT: 5m is not a number of seconds'
ok $? 'and says which'
inside sed -i '$d' /etc/multiscan/multiscan.conf
wait_until 20 inside systemctl is-active -q multiscan-milter
ok $? 'and does, by itself, when they are right'
inside sh -c 'echo ENGINES=tcp:192.0.2.77:3310 >>/etc/multiscan/multiscan.conf
    systemctl -q enable multiscan-milter' 2>/dev/null
exits 64 'an engine elsewhere' inside multiscan-check postfix
like "$(cat err)" '*tcp:192.0.2.77:3310: multiscan-milter may not reach it*' \
    'is none that it may reach'

# what fails is in the mail log
echo nonsense >"$D/etc/multiscan/sigupdate.conf"
inside systemctl start sigupdate.service 2>/dev/null
wait_until 20 has_logged 'multiscan-failed.*sigupdate.service failed'
ok $? 'a unit that fails is in the mail log'
is "$(inside systemctl --failed --no-legend --plain | grep -v -e sigupdate -e apt -e logrotate)" '' \
    'and no other has'
finish
