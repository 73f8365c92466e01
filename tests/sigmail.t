#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034,SC2046,SC2153,SC2154
# sigupdate-mail, by hand and as a transport of a Postfix: whatever the mail and whatever
# goes wrong, it is taken, at once; and many announcements are one update.
. "${0%/*}/lib.sh"
. "$HERE/sigroot.sh"
. "$HERE/master.sh"

# What it starts is the sigupdate beside it: this copy waits first, where it is to,
# and notes each run.
P=$T/programs
mkdir "$P"
cp "$BUILD/bin/sigupdate-mail" "$BUILD/bin/record" "$P"
cat >"$P/sigupdate" <<-END
	#!/bin/sh
	echo "\$\$ \$*" >>"$T/runs"
	tries=0
	while [ -e "$T/slow" ] && [ \$tries -lt 200 ]; do
		sleep 0.1
		tries=\$((tries + 1))
	done
	PATH=$BUILD/bin:\$PATH
	"$BUILD/bin/sigupdate" "\$@" -v >>"$T/run.out" 2>&1
	echo "\$\$ ended \$?" >>"$T/ends"
END
chmod 755 "$P"/*
: >runs
: >ends
own_source | conf
mail() { timeout 20 "$P/sigupdate-mail" -c "$T/conf" "$@"; }
runs() { grep -c . runs; }
has_begun() { [ "$(runs)" -ge "$1" ]; }
has_run() { [ "$(grep -c . ends)" -ge "$1" ]; }
printf '%s\n' 'From: vendor@example.net' 'Subject: new' '' 'there is something new' >news.eml

### By hand
exits 0 'an announcement' mail -e 1 <news.eml
is "$(cat out err)" '' '... nothing is said'
wait_for 5 has_run 1
ok $? '... starts an update'
is "$(gen | tr -d '0-9')$(gen | wc -c)" 15 '... there is a set'
like "$(head -n 1 runs)" "* update -q -e 1 -c $T/conf" '... quietly, and of this configuration'
line 1 'a canary' >own/one.ndb
exits 0 'with -D' mail -e 1 -D "$T/root" <news.eml
wait_for 5 has_run 2
like "$(sed -n 2p runs)" "* update -q -e 1 -c $T/conf -D $T/root" '... it is handed over'
[ -e root/current/one.ndb ]
ok $? '... what is new, is in use'
: >slow
exits 0 'an update that takes long' mail -e 1 <news.eml
out=$(mail -e 1 <news.eml 2>&1)
wait_for 10 has_begun 3
[ "$(grep -c . ends)" -eq 2 ]
ok $? '... is not waited for, nor does it hold the output'
rm slow
n=4
# taken WHAT COMMAND...: 0, and a run more
taken() {
	what=$1
	shift
	exits 0 "$what" "$@"
	n=$((n + 1))
	wait_for 5 has_begun $n
	ok $? '... an update is started'
}
here="$P/sigupdate-mail -c $T/conf -e 1"
taken 'standard input closed' sh -c "$here <&-"
taken 'all three closed' sh -c "$here <&- >&- 2>&-"
taken 'output to a full disk' sh -c "$here <'$T/news.eml' >/dev/full 2>&1"
taken 'an empty mail' sh -c "$here </dev/null"
taken 'standard input a folder' sh -c "$here <'$T'"
taken 'a bad option' mail -e 1 -x <news.eml
taken 'a mail without end' sh -c "$here </dev/zero"
taken 'LANG and IFS of somebody' env IFS=/ LC_ALL=xx "$P/sigupdate-mail" -e 1 -c "$T/conf" <news.eml
taken 'an environment without PATH' env -i "$P/sigupdate-mail" -e 1 -c "$T/conf" <news.eml
exits 0 'no such configuration' "$P/sigupdate-mail" -e 1 -c "$T/nowhere" <news.eml
exits 0 '-e that is no number' "$P/sigupdate-mail" -e soon -c "$T/conf" <news.eml
n=$((n + 2))
wait_for 5 has_run $n
mkdir dead
ln -s /bin/false dead/logger
line 4 'said to nobody' >own/four.ndb
mkdir bad
echo 'no signature' >bad/bad.ndb
printf 'source bad\n\tlocal %s/bad\n' "$T" | cat conf - >bad.conf
exits 0 'without syslog, and something to say' \
    env "PATH=$T/dead:$PATH" "$BUILD/bin/sigupdate-mail" -e 1 -c "$T/bad.conf" <news.eml
wait_for 10 test -e root/current/four.ndb
ok $? '... the update is done'
mkfifo news.fifo
for signal in TERM PIPE HUP INT; do
	perl -e '$SIG{$ARGV[0]} = "DEFAULT"; shift; exec @ARGV' \
	    $signal "$P/sigupdate-mail" -c "$T/conf" -e 1 <news.fifo 2>err &
	pid=$!
	exec 9>news.fifo
	sleep 0.2
	kill -$signal $pid
	sleep 0.1
	exec 9>&-
	wait $pid
	is "$?$(cat err)" 0 "SIG$signal, in the middle of a mail"
done

### As a transport
if why=$(postfix_missing); then
	skip 'as a transport' "$why"
	finish
	exit
fi
master_make
cleanup=master_stop
port=$(free_ports 1)
chmod 755 "$P"
chmod 1777 tmp
chmod 666 runs ends
: >run.out
chmod 666 run.out
rm -f root/.waiting
chown -R nobody root
cat >>"$C/main.cf" <<-END
	myhostname = gateway.example
	mydestination =
	mynetworks = 127.0.0.0/8
	default_transport = sigupdate:
	relay_transport = sigupdate:
	relay_domains = example.net
	message_size_limit = 20000000
	sigupdate_destination_recipient_limit = 1
END
cat >>"$C/master.cf" <<-END
	127.0.0.1:$port inet n - n - 20 smtpd
	sigupdate unix - n n - 1 pipe
	  -o { export_environment = TZ LANG TMPDIR=$T/tmp }
	  user=nobody argv=$P/sigupdate-mail -c $T/conf -e 3
	error unix - - n - - error
	retry unix - - n - - error
END
send() { "$BUILD/tools/submit" "$port" vendor@example.com new@example.net <"$1" >answer; }
sent() { [ "$(grep -c 'relay=sigupdate.*status=sent' postfix/log)" -ge "$1" ]; }
master_start
ok $? 'Postfix runs' || { finish; exit 1; }
sleep 1.5
: >runs
: >ends
line 2 'a second canary' >own/two.ndb
send news.eml
ok $? 'an announcement is taken'
wait_for 10 test -e root/current/two.ndb
ok $? '... the set is new' || sed 's/^/# /' answer postfix/log run.out
wait_for 5 has_run 1
: >run.out
line 3 'a third canary' >own/three.ndb
for i in 1 2 3 4 5 6 7 8 9 10; do send news.eml; done
wait_for 10 sent 11
ok $? 'ten at once are delivered'
wait_for 15 has_run 11
is "$(grep -c 'another run waits already' run.out) $(grep -c 'ended 0' ends)" '9 11' \
    '... nine see that one waits, and end well'
[ -e root/current/three.ndb ]
ok $? '... the one has the set new'

: >slow
{
	cat news.eml
	head -c 5000000 /dev/zero | tr '\0' a | fold -w 76
} >big.eml
send big.eml
wait_for 10 sent 12
ok $? 'a mail of 5 MB is delivered'
printf '%s\r\n' 'Subject: $(touch owned) `touch owned`; touch owned' \
    'From: "|touch owned" <-c/etc/passwd@example.net>' 'To: ../../../owned, -D, /' \
    "$(printf 'X-\033[31m: \033]0;owned\007 \001\002\377')" 'X-Folded: a' ' -e 1 -c /dev/zero' \
    'Content-Type: text/plain; charset="; touch owned"' '' '#!/bin/sh' 'touch owned' \
    'source own' '	local /etc' >odd.eml
"$BUILD/tools/submit" "$port" vendor@example.com '"$(touch owned)"@example.net' <odd.eml >answer
wait_for 10 sent 13
ok $? 'one that is full of shell, too' || sed 's/^/# /' answer
send odd.eml
wait_for 10 sent 14
is "$(find "$T" -name '*owned*')" '' '... without effect'
is "$(cut -d' ' -f2- runs | sort -u)" "update -q -e 3 -c $T/conf" '... all are started alike'
echo 'no configuration' >conf
rm slow
send news.eml
wait_for 10 sent 15
ok $? 'where the configuration is wrong, one is delivered'
failed_run() { grep -q 'ended 64' ends; }
wait_for 10 failed_run
ok $? '... though the update is none'
is "$(grep -c 'status=[^s]' postfix/log)$(grep -c 'sender non-delivery' postfix/log)" 00 \
    'nothing is put off or comes back' || grep 'status=[^s]' postfix/log | sed 's/^/# /'
wait_for 10 has_run 15
grep 'relay=sigupdate' postfix/log | sed 's/.*delays=\([^,]*\),.*/\1/' | awk -F/ '$4 >= 1' >long
is "$(grep -c . long)" 0 'nor does Postfix wait for an update' || sed 's/^/# /' long
finish
