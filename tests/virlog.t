#!/bin/sh
# SPDX-License-Identifier: ISC
. "${0%/*}/lib.sh"

unset MULTISCAN_LOG_SOCKET
ID=0123456789abcdef0123
receiver=
# shellcheck disable=SC2016,SC2034
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
	while [ ! "$@" ] && [ $tries -lt 500 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
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

# Not records
rm -f log
printf 'a=1\nb = 2\nverdict=infected sig=a\033b\nc=3\n\nd=%%41\ne=5' >bad
exits 75 'lines that are no records' virlog -o log <bad
is "$(cat err)" 'virlog: standard input: line 2 is not a record, not logged
virlog: standard input: line 3 is not a record, not logged
virlog: standard input: line 5 is not a record, not logged
virlog: standard input: line 6 is not a record, not logged
virlog: standard input: line 7 is not a record, not logged' 'are named'
is "$(sed 's/.* //' log | tr '\n' ' ')" 'a=1 c=3 ' 'the others are logged'
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
exits 75 'a full disk' virlog -o /dev/full <records
exits 75 'no such folder' virlog -o none/log <records
mkfifo pipe
exits 75 'a pipe that nobody reads' virlog -o pipe <records

# To syslog
receive got
exits 0 'records to a socket' virlog -s unix:socket <records
exits 0 'or to that of the environment' env MULTISCAN_LOG_SOCKET=socket virlog -T x <records
wait_for "$(wc -l <got)" -eq 14
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
like "$(cat err)" 'virlog: socket: Connection refused' 'is named'
exits 75 'no socket' virlog -s unix:none <records
rm -f socket
perl -MIO::Socket::UNIX -e '
    $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "socket") or die; sleep 60' &
receiver=$!
wait_for -S socket
begun=$(date +%s%N)
exits 75 'a socket that is stuck' virlog -s unix:socket <many
took=$((($(date +%s%N) - begun) / 1000000))
[ $took -ge 200 ] && [ $took -lt 1000 ]
ok $? "costs 200 ms and no more" || echo "# $took ms"
is "$(cat err)" 'virlog: socket: stuck, not all is logged' 'and is named'
stop

# Calls
for tag in '' 'a b' 'a]' 'a:' 'a[1]' 'a%' "$(printf 'a\nb')" 123456789012345678901234567890123; do
	exits 64 "the tag '$(printf %s "$tag" | tr '\n' ' ')' is a wrong call" virlog -T "$tag" -o log </dev/null
done
exits 64 'a file and a socket too' virlog -o log -s unix:socket </dev/null
exits 64 'and no socket' virlog -s socket </dev/null
exits 64 'and one by TCP' virlog -s tcp:127.0.0.1:514 </dev/null
exits 64 'and an argument' virlog -o log records </dev/null
finish
