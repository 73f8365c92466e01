#!/bin/sh
# SPDX-License-Identifier: ISC
# multiscan-heartbeat through a whole gateway: well, and each way not to be well.
# shellcheck disable=SC2016,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/postfix.sh"

# listen: syslog's socket, whose lines are in ./lines; it ends with this test
listen() {
	: >lines
	perl -MSocket -e 'socket my $s, PF_UNIX, SOCK_DGRAM, 0 or die;
	    bind $s, pack_sockaddr_un("log.new") or die;
	    chmod 0666, "log.new";
	    rename "log.new", "log.sock" or die;
	    alarm 600;
	    $| = 1;
	    while (defined recv $s, my $line, 9999, 0) { print "$line\n" }' >>lines &
	logger=$!
	cleanup='kill $logger $servers 2>/dev/null'
	wait_for 10 test -S log.sock
}
# logged OUT: is the one line about that server's or that folder's run, without its stamp,
# what OUT says?
logged() {
	wanted="heartbeat failed $(sed 's/^heartbeat=failed //' "$1")"
	wait_for 5 grep -qF "$wanted" lines
	is "$(grep -F "$(grep -o 'server=[^ ]*' "$1") " lines | sed 's/>... .. ..:..:.. />/' | sed '$!d')" \
	    "<19>multiscan-heartbeat: [ID 702911 mail.err] $wanted" '	is a line in the log'
}
metric() { sed -n "s/^multiscan_heartbeat_$1 //p" "$2/heartbeat.prom"; }
# failed_because FOLDER: the reason of the metric
failed_because() { sed -n 's/^multiscan_heartbeat_failed{reason="\(.*\)"} 1$/\1/p' "$1/heartbeat.prom"; }
# judge STATUS PATTERN NAME OUT FOLDER: the record, the log and the metric of a run that failed
judge() {
	like "$1 $(cat "$4")" "$2" "$3"
	logged "$4"
	is "$(failed_because "$5") $(metric ok "$5")" "$(sed 's/.* why=\([a-z]*\) .*/\1/' "$4") 0" \
	    '	and in the metric'
}

listen
ok $? 'a syslog'
exits 64 'a wrong call' multiscan-heartbeat -r -t 3

# Servers that answer as told, all at once, while other things are looked at
servers='' runno=0
# server RULE...: the next one; its port in $port
server() {
	place=server.$((runno + 1))
	mkdir $place
	for rule in "$@"; do
		set -- "$@" -r "$rule"
		shift
	done
	"$BUILD/tools/sink" -t 600 -P $place/port "$@" $place &
	servers="$servers $!"
	wait_for 10 test -s $place/port
	port=$(cat $place/port)
}
# try NAME PATTERN OPTION...: a run that fails so
try() {
	runno=$((runno + 1))
	printf '%s\n' "$1" "$2" >case.$runno
	shift 2
	mkdir -m 700 beat.$runno
	{
		MULTISCAN_LOG_SOCKET=unix:$T/log.sock multiscan-heartbeat -D beat.$runno \
		    -s "127.0.0.1:$port" "$@" >out.$runno 2>err.$runno
		echo $? >status.$runno
	} &
	runs="$runs $!"
}
runs='' port=1
try 'nobody listens' '1 heartbeat=failed why=connect server=127.0.0.1:1 virusmail=waiting cleanmail=waiting text=Connection%20refused' \
    -t 3
server 'connect=say:220 +OK\r\n'
try 'a server without a name' '1 * why=connect *text=its%20greeting%20does%20not%20begin%20with%20a%20host%20name' -t 3
server connect=drop
try 'a server that hangs up' '1 * why=connect * text=it%20closed%20the%20connection' -t 3
server connect=hang
try 'a server that says nothing' '1 * why=late * virusmail=waiting cleanmail=waiting' -t 3
server 'dot=say:250 ok\r\n250 and more\r\n'
try 'a server that says too much' '1 * why=connect * text=it%20does%20not%20speak%20SMTP' -t 3
server 'rcpt=550 5.1.1 no such user'
try 'a recipient that is refused, for which nobody waits' \
    '1 * why=refused * virusmail=waiting cleanmail=waiting code=550 text=5.1.1%20no%20such%20user' -t 600
server 'dot=451 4.7.1 later'
try 'mail that is put off' '1 * why=refused * virusmail=waiting cleanmail=waiting code=451 text=4.7.1%20later' -t 3
later=server.$runno
server 'dot=550 5.7.1 no'
try 'a server that refuses both' \
    '1 * why=refused * virusmail=refused cleanmail=waiting code=550 text=5.7.1%20no' -t 600
server
try 'mail that does not arrive' '1 * why=late * virusmail=waiting cleanmail=waiting' -t 3 \
    -f a@b.example c@d.example
# -r: what is waited for, and all else
mkdir -m 700 beat
TOKEN=0123456789abcdef0123456789abcdef
agent() { multiscan-heartbeat -r -D beat; }
mail() { printf 'Subject: x\nX-Multiscan-Heartbeat: %s\n\n%s\n' "$1" "$2"; }
rm -f beat/*
mail $TOKEN hello | agent
is "$? $(ls beat)" '0 ' 'mail that nobody waits for is dropped'
mail ../../../../../../tmp/0123456789a hello | agent
is "$? $(ls beat)" '0 ' 'so is what has no token'
: >beat/$TOKEN.waiting
mail "${TOKEN}0" hello | agent
is "$(ls beat)" $TOKEN.waiting 'and what has a longer one'
printf 'Subject: x\n\nX-Multiscan-Heartbeat: %s\n' $TOKEN | agent
is "$(ls beat)" $TOKEN.waiting 'and what has it in the body: a bounce'
mail $TOKEN hello | agent
is "$? $(cat beat/$TOKEN.arrived)" "0 token=$TOKEN holds=nothing bytes=74" \
    'what is waited for is noted'
{ mail $TOKEN ''; head -c 20000000 /dev/zero; } | agent
like "$? $(cat beat/$TOKEN.arrived)" '0 *bytes=20000069' 'of whatever size'
exits 75 'without the folder it is tried again' multiscan-heartbeat -r -D none </dev/null
touch -d '2 days ago' beat/$TOKEN.waiting beat/$TOKEN.new.17 beat/other beat/$TOKEN.other
touch beat/fedcba9876543210fedcba9876543210.waiting
MULTISCAN_LOG_SOCKET=none exits 1 'a run' multiscan-heartbeat -D beat -s 127.0.0.1:1 -t 1
is "$(cd beat && echo *)" "$TOKEN.arrived $TOKEN.other fedcba9876543210fedcba9876543210.waiting heartbeat.prom other" \
    'clears what runs left that were killed, after a day'
rm -f beat/*

# What is wrong with this machine
MULTISCAN_LOG_SOCKET=$T/log.sock exits 75 'no folder' multiscan-heartbeat -D none -s 127.0.0.1:2 -o metric
like "$(cat out)" 'heartbeat=failed why=local *text=none:%20No%20such%20file%20or%20directory' 'is said'
logged out
is "$(sed -n 's/.*{reason="\(.*\)"} 1$/\1/p' metric)" local '	and in the metric'

# What the servers came to
# shellcheck disable=SC2086
wait $runs
while [ $runno -gt 0 ]; do
	{ read -r name; read -r pattern; } <case.$runno
	judge "$(cat status.$runno)" "$pattern" "$name" out.$runno beat.$runno
	is "$(ls beat.$runno; cat err.$runno)" heartbeat.prom '	and nothing is left'
	runno=$((runno - 1))
done
[ "$(grep -c 'do=connect' $later/log)" -ge 3 ]
ok $? 'what is put off is tried again'
is "$(grep -c '<a@b.example>\|<c@d.example>' $place/1.env)" 2 'from and to whom was said'

if why=$(postfix_missing); then
	skip 'through Postfix' "$why"
	finish
	exit
fi
# As gateway-setup has it; and a port with a milter, for later.
write_more() {
	port_milter=$(free_ports 1)
	echo 'transport_maps = inline:{ heartbeat@gateway.example=multiscan-heartbeat: }' >>"$C/main.cf"
	cat >>"$C/master.cf" <<-END
	multiscan-heartbeat unix - n n - 2 pipe
	  -o { export_environment = TZ LANG ASAN_OPTIONS=${ASAN_OPTIONS-} UBSAN_OPTIONS=${UBSAN_OPTIONS-} }
	  user=nobody null_sender=
	  argv=$P/bin/multiscan-heartbeat -r -D $S/beat
	127.0.0.1:$port_milter inet n - n - 20 smtpd -o smtpd_milters=unix:$T/milter/sock
	END
}
postfix_start
ok $? 'Postfix, with a heartbeat, avscand and a sink run' || { finish; exit 1; }
cleanup='kill $logger $servers 2>/dev/null; postfix_stop'
install -d -o nobody -g nogroup -m 700 "$S/beat"
B=$S/beat
# What tells a heartbeat of this gateway's from others
echo 'hostname gateway.example' >"$T/relay.conf"
settings() { configure "RELAY_CONF=$T/relay.conf" "$@"; }
settings
# As nobody, whose the folder is; through WANT NAME OPTION...
beat() {
	$as_nobody env MULTISCAN_LOG_SOCKET="$T/log.sock" "$P/bin/multiscan-heartbeat" -v -D "$B" \
	    -L "$S/none" -s "127.0.0.1:$port_in" "$@"
}
through() {
	want=$1 what=$2
	shift 2
	exits "$want" "$what" beat "$@"
}
# fails PATTERN NAME OPTION...
fails() {
	pattern=$1 what=$2
	shift 2
	beat "$@" >out 2>err
	judge $? "1 heartbeat=failed $pattern" "$what" out "$B"
}
# found: lines of the gateway's log that name what is in the mail
found() { grep -c "virus found.* name=filename:heartbeat-[0-9a-f]*.txt" "$S/log"; }
in_quarantine() { find "$S/quarantine" -mindepth 1 -maxdepth 1 | wc -l; }

: >lines
through 0 'all is well' -t 60
like "$(cat out)" "heartbeat=ok server=127.0.0.1:$port_in virusmail=removed cleanmail=arrived ms=[0-9]*" \
    'the virus is taken out, the other one arrives'
is "$(metric ok "$B") $(failed_because "$B")" '1 ' 'the metric says so'
last=$(metric last_ok_timestamp_seconds "$B")
is "$last" "$(metric last_run_timestamp_seconds "$B")" 'and when'
is "$(grep -c '^multiscan_heartbeat_seconds{mail="[a-z]*"} [0-9]*\.[0-9][0-9][0-9]$' "$B/heartbeat.prom")" 2 \
    'and how long it took'
is "$(grep -c ': client=[^,]*\[127\.25\.25\.25\]' "$T/postfix/log")" 2 'as somebody from outside'
is "$(cat lines)" '' 'nothing is logged'
is "$(ls "$B") $(stat -c %a "$B/heartbeat.prom")" 'heartbeat.prom 644' 'nothing is left'
is "$(found) $(in_quarantine) $(delivered)" '1 0 0' \
    'it is in the log, not in the quarantine, and went nowhere else'
is "$(find "$S/records" -name 'VirusScan*' | wc -l)" 1 'its record is written as for other mail'

through 75 'a metric that cannot be written' -t 60 -o "$S/none/metric"
like "$(cat out)" '*why=local * virusmail=removed cleanmail=arrived text=*metric:%20No%20such%20file*' 'is said'
logged out

# The engine calls everything clean.
$as_nobody "$BUILD/tools/badengine" "$S/blind.sock" '@: fd[9]: OK~' 2>blind.log &
servers="$servers $!"
wait_for 10 test -S "$S/blind.sock"
settings "ENGINES=unix:$S/blind.sock"
fails 'why=passed * virusmail=whole cleanmail=arrived' 'a scanner that is blind' -t 60
is "$(metric last_ok_timestamp_seconds "$B")" "$last" '	and since when'
# A rule takes what the scanner should.
settings "ENGINES=unix:$S/blind.sock" SUFFIXES=txt
fails 'why=changed * virusmail=removed cleanmail=changed' 'or hidden by a rule that takes both' -t 60

# There is none; a run is killed; what was waited for comes when nobody waits.
settings
engine_stop
beat -t 600 >killed &
run=$!
has_waiting() { [ "$(find "$B" -name '*.waiting' | wc -l)" -eq "$1" ]; }
wait_for 10 has_waiting 2
fails 'why=late * virusmail=waiting cleanmail=waiting' 'no engine' -t 1
for pid in $(cat "/proc/$run/task/$run/children") $run; do kill -9 "$pid" 2>/dev/null; done
wait $run 2>/dev/null
is "$(cat killed; find "$B" -name '*.waiting' | wc -l)" 2 'a run that is killed leaves what it waits for'
engine_start
# what was being tried when it started may be put off once more
empty() { queue_is 0 || { flush; sleep 0.5; false; }; }
wait_for 60 empty
ok $? 'what waited goes on'
is "$(cd "$B" && cat ./*.arrived | sed 's/.*holds=\([a-z]*\) .*/\1/' | sort | tr '\n' ' ')" 'clean nothing ' \
    'and is noted where it is still waited for'
rm -f "$B"/*.waiting "$B"/*.arrived
beat -t 60 >first &
run=$!
through 0 'two at once: one' -t 60
wait $run
is "$? $(grep -c '^heartbeat=ok' first)" '0 1' 'and the other'

# Nobody is told of it, and nothing kept, but of other viruses.
settings NOTIFY_TO=watch@example.net \
    'on_infected() { keep_original; notify_recipients; send_email help@example.net S T; substitute_part; }'
through 0 'a policy that tells and keeps' -t 60
wait_queue 0
is "$(in_quarantine) $(delivered)" '0 0' 'does neither'
send_mail "$ROOT/samples/eicar.eml" heartbeat@gateway.example heartbeat@gateway.example c@example.net
send_mail "$ROOT/samples/eicar.eml" heartbeat@gateway.example d@example.net
send_mail "$ROOT/samples/eicar.eml" a@example.org heartbeat@gateway.example
send_mail "$ROOT/samples/eicar.eml" heartbeat@example.net heartbeat@example.net
wait_queue 0
is "$(in_quarantine)" 4 'what anybody else would get, or has sent, is kept'
is "$(cat sink/*.env | grep -c 'RCPT.*<\(watch\|help\)@')" 2 'and told, once a minute'

# A log tells of what does not arrive; of what is sent elsewhere, which may arrive yet,
# when the time is over: that one is looked at in the end.
settings 'on_infected() { redirect_to help@example.net; }'
kept=$(in_quarantine) before=$(delivered) n=$(($(found) + 1))
beat -t 20 -L "$S/log" -o "$S/elsewhere.prom" >elsewhere &
elsewhere=$!
has_found() { [ "$(found)" -ge "$1" ]; }
wait_for 60 has_found "$n"
wait_queue 0
is "$(delivered)" "$before" 'what is sent elsewhere is not, of a heartbeat'
settings 'on_infected() { force_discard; }'
through 0 'what is discarded' -t 60 -L "$S/log"
like "$(cat out)" '* virusmail=logged cleanmail=arrived *' 'is seen in the log'
settings 'on_infected() { force_hold; }'
through 0 'what is held' -t 60 -L "$S/log"
like "$(cat out)" '* virusmail=logged cleanmail=arrived *' 'too'
settings 'on_infected() { force_bounce; }'
through 0 'what is refused' -t 60 -L "$S/log"
wait_queue 0
is "$(in_quarantine) $(find "$S/work" -mindepth 1 | wc -l)" "$kept 0" 'and none of it is kept'
settings 'on_infected() { force_discard; }' LOG_FORMAT=json
through 0 'also where that is JSON' -t 60 -L "$S/log"
like "$(cat out)" '* virusmail=logged cleanmail=arrived *' 'is seen in the log'
# whether the other one arrives in a second is another matter
fails 'why=* virusmail=waiting *' 'else it is not seen' -t 1
settings 'on_infected() { let_pass; }'
fails 'why=passed * virusmail=whole cleanmail=arrived' 'what a policy lets pass' -t 60 -L "$S/log"

# Of what was counted
virtally count -q -D state "$S/log"
sum() { virtally export -F csv -p all -D state | awk -F, -v kind="$1" '$4 == kind && $5 == "" { n += $6 } END { print n + 0 }'; }
is "$(sum heartbeat) $(sum virus)" "$(($(found) + $(grep -c '"name":"filename:heartbeat' "$S/log") - 1)) 5" \
    'heartbeats are counted apart, and what is forged or passed is not one'
like "$(virtally report -p all -D state)" '*heartbeats whose virus was found*' 'and reported'
sed -n 's/^<19>\(... .. ..:..:..\) /\1 mx1 /p' lines >mail.log
virtally count -q -D state mail.log
is "$(sum missed)" "$(grep -c 'heartbeat failed' lines)" 'runs that failed are counted'
like "$(virtally report -p all -D state)" '*! The heartbeat fails*' 'and reported first'

# In the session
. "$HERE/milter.sh"
install -d -o nobody -g postfix -m 2750 "$M"
settings 'on_infected() { force_bounce; }'
milter_start
cleanup='kill $logger $servers 2>/dev/null; milter_stop; postfix_stop'
port_in=$port_milter
through 0 'a virus that is refused in the session' -t 60
like "$(cat out)" '* virusmail=refused cleanmail=arrived *' 'is caught'
kept=$(in_quarantine)
settings 'on_infected() { keep_original; substitute_part; }'
through 0 'or taken out' -t 60
like "$(cat out) $(in_quarantine)" "* virusmail=removed cleanmail=arrived * $kept" 'and not kept'

wait $elsewhere
like "$? $(cat elsewhere)" '0 heartbeat=ok * virusmail=logged cleanmail=arrived *' \
    'what was sent elsewhere is seen in the log, too'
finish
