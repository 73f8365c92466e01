#!/bin/sh
# SPDX-License-Identifier: ISC
# Two gateways in front of one internal server, and a pool of two engines for both: the one
# is killed in the middle, and comes back or does not; an engine is, and then both; and the
# logs of all give one report.  What comes is what was sent, judged.
#	SOAK=1		1,000 mails through the kills of gateways, 1,300 through those of engines
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2153,SC2154
. "${0%/*}/lib.sh"
[ -z "${SOAK-}" ] || export MULTISCAN_LIFE=7200
. "$HERE/gateways.sh"

if why=$(gateways_missing); then
	skip 'several gateways' "$why"
	finish
	exit
fi
few=${SOAK:+500} some=${SOAK:+330}
few=${few:-40} some=${some:-30}

shared_make
ok $? 'avscand, a stock clamd and an internal server run' || { finish; exit 1; }
avscan -k $(printf ' -s %s' $ENGINES) >proved
is "$? $(grep -c proved=yes proved)" '0 10' 'both engines prove that they alert'
# An engine that is connected to, and never answers: it takes its time, so it begins here.
"$BUILD/tools/sink" -t "$LIFE" -P "$T/hangs.port" -r connect=hang "$T" 2>/dev/null &
others_pid=$!
avscand -D "$P/share/multiscan/signatures" -l "unix:$T/other" 2>other.err &
others_pid="$others_pid $!"
cleanup='kill $others_pid; gateways_stop'
wait_for 10 test -s hangs.port && wait_for 20 test -S other
ok $? 'and what hangs does'
hangs=127.0.0.1:$(cat hangs.port)
head -c 20000000 /dev/zero >large
for file in mails/infected large; do
	(
		avscan -t 60 -s "tcp:$hangs" -s "unix:$T/other" $file 2>&1
		echo "exit=$?"
	) >hung.${file#*/} &
	eval "hung_${file#*/}=$!"
done

avscand=unix:$S/avscand.sock clamd=tcp:127.0.0.1:$port_clamd
gateway_make mx1 milter "ENGINES='$avscand $clamd'" LOG_CLEAN=1
gateway_make mx2 pipe "ENGINES='$clamd $avscand'" LOG_CLEAN=1
gateway_make mx3 milter "ENGINES='$avscand $clamd'" LOG_CLEAN=1
gateway_start mx1
ok $? 'mx1 has a milter, and asks avscand first' || { finish; exit 1; }
gateway_start mx2
ok $? 'mx2 has a pipe, and asks clamd first' || { finish; exit 1; }
ports="$port_mx1 $port_mx2"

### As every day
stream quiet 20
streamed mx1 mx2
audit
none_lost 'two gateways, and all is well'
is "$(of twice)" 0 'nothing comes twice'

# count NAME: what it logged, into its own tally, as on that machine
count() {
	unshare --uts sh -c 'hostname "$0" && exec virtally count -q -D "$0/tally" "$@"' \
	    "$1" "$1"/*/log
}
# merged KIND [NAME [GATEWAY]]: how many messages, in the tally of all
merged() {
	awk -F, -v kind="$1" -v name="${2-}" -v host="${3-}" 'NR > 1 && $4 == kind && $5 == name &&
	    (host == "" || $3 == host) { n += $6 } END { print n + 0 }' merged.csv
}
tally() {
	set --
	for name in $gateways; do
		count $name || return
		set -- "$@" $name/tally
	done
	virtally merge -o merged "$@" && virtally export -F csv -p all merged >merged.csv
}
# took AT KIND: how many of the stream
took() { grep -c " $2 $1 taken " "$record"; }
tally
ok $? 'both logs are counted, and the tallies merged'
got=$(for host in mx1 mx2; do
	echo $host $(merged virus Eicar-Test-Signature $host) $(merged clean '' $host) \
	    $(merged received '' $host) $(merged delivered '' $host)
done)
is "$got" "mx1 $(took 0 infected) $(took 0 clean) $(grep -c '^[0-9]* [a-z]* 0 taken' $record)\
 $(grep -c '^[0-9]* [a-z]* 0 taken' $record)
mx2 $(took 1 infected) $(took 1 clean) $(grep -c '^[0-9]* [a-z]* 1 taken' $record)\
 $(grep -c '^[0-9]* [a-z]* 1 taken' $record)" \
    'the numbers of each are what it was sent: virus, clean, received, delivered'

### A gateway is killed
# one_dies NAME AT OTHER
one_dies() {
	stream "$1" $few
	came $((few / 3))
	gateway_kill $1
	after=$(so_far)
	streamed $3
	ok $? "$1 is dead, and the client has got rid of all by $3"
	perl "$GATEWAYS" missing "$record" sink >not-come
	perl "$GATEWAYS" queued $1 >on-disk
	comm -23 not-come on-disk >lost
	is "$(cat lost)" '' "what has not come is in the queue of $1"
	echo "# $1 does not come back: $(wc -l <not-come) of $few are on its disk only," \
	    "$(grep -c " $2 unsure" "$record") were without an answer when it died"
	gateway_start $1 && drain $1
	ok $? "$1 is back, and goes on"
	audit $2 $after
	none_lost "$1 was killed: what was taken has come"
}
one_dies mx1 0 mx2
one_dies mx2 1 mx1

### One report
# ids NAME KIND: the numbers and ids of what it logged
ids() {
	sed -n "s/.*\] .* $2.* id=\([0-9a-f]*\) .* msgid=%3C\([0-9]*\)@number.*/\2 \1/p" \
	    $1/spool/log | sort -u
}
tally
ok $? 'the logs of all that, counted and merged'
for kind in 'virus found' clean; do
	ids mx1 "$kind" >ids.mx1
	ids mx2 "$kind" >ids.mx2
	is "$(merged ${kind% found} '' mx1) $(merged ${kind% found} '' mx2)" \
	    "$(wc -l <ids.mx1) $(wc -l <ids.mx2)" "$kind: of each gateway each id once"
	cat ids.mx1 ids.mx2 | sort >all
	cut -d' ' -f1 all | uniq -d >more
	sent=$(cat list.* | grep -c " $([ "$kind" = clean ] && echo clean || echo infected)")
	is "$(($(merged ${kind% found}) - $(wc -l <all) + $(cut -d' ' -f1 all | uniq | wc -l)))" \
	    "$sent" "$kind: what was sent, and once more what both logged"
	echo "# $kind: $sent sent, $(merged ${kind% found}) counted, $(wc -l <more) by both gateways"
	cat tries.* | grep ' unsure$' | cut -d' ' -f1 | sort -u >unsure
	is "$(comm -23 more unsure)" '' "$kind: of those the client had no answer at first"
done
virtally report -o pages merged && grep -q mx1 pages/day.html && grep -q mx2 pages/day.html
ok $? 'one page has both gateways'
virtally report -p day merged >text
is "$(sed -n 2p text | cut -c1-10)" '2 gateways' 'and one summary' || sed 's/^/# /' text

### A pool of engines
by() { cat mx1/spool/log mx2/spool/log | grep -c " by=$1 "; }
by_clamd() { grep -c instream clamd/log; }
engines_so_far() { echo "$(by "$S/avscand.sock") $(by "$clamd") $(by_clamd)"; }
# engines STREAM: who did what since then
engines() {
	set -- "$1" $was $(engines_so_far)
	was="$5 $6 $7"
	echo "# $1: viruses by avscand $(($5 - $2)), by clamd $(($6 - $3));" \
	    "clamd scanned $(($7 - $4)) parts and messages"
}
was=$(engines_so_far)
stream pool $some
streamed mx1 mx2
audit
none_lost 'both engines'
engines both

stream avscand $some
came $((some / 3))
killed $engine_pid
streamed mx1 mx2
audit
none_lost 'avscand was killed'
engines 'avscand killed'

engine_start
stream clamd $some
came $((some / 3))
killed $clamd_pid
streamed mx1 mx2
audit
none_lost 'avscand is back, clamd was killed'
engines 'clamd killed'

### An engine that hangs
wait $hung_infected
like "$(cat hung.infected)" "*tcp:$hangs: not scanned:*verdict=infected * by=$T/other *
exit=1" 'one that does not answer is left for the next'
wait $hung_large
like "$(cat hung.large)" "*tcp:$hangs: not scanned:*check=avscan parts=1
exit=0" 'and one that does not take a large file'

### No engine
put_off() { grep -c ', put off' mx1/milter.log; grep -c 'status=deferred' mx2/postfix/log; }
put_off_since() {
	set -- $was_put_off $(put_off)
	[ $3 -gt $1 ] && [ $4 -gt $2 ]
}
was_put_off=$(put_off)
stream none $some
came 1	# so that there are mails left for each of the two
killed $engine_pid
wait_for 60 put_off_since
ok $? 'without an engine both gateways put off what they get'
wait $client_pid
perl "$GATEWAYS" missing "$record" sink >not-come
echo "# no engine: $(wc -l <not-come) of $some wait"
engine_start && clamd_start && drain mx1 mx2
ok $? 'they go on with the engines'
audit
none_lost 'no engine for a while'

### A mail that two gateways had
# The first dies when it has logged what it found, while a notice hangs, before it has
# answered the client, who goes on to the other.
gateway_start mx3
ok $? 'mx3 has a milter, too'
at mx1 configure "ENGINES='$avscand $clamd'" LOG_CLEAN=1 NOTIFY_TO=watch@example.net \
    NOTICE_STATE= "NEXT_HOP=$hangs"
logged() { grep -q "virus found.*msgid=%3C$2@" "$1/spool/log"; }
# central: how many viruses, where one state counts the logs of all
central() {
	virtally count -q -D central mx?/spool/log &&
		virtally export -F csv -p all -D central >central.csv &&
		awk -F, '$4 == "virus" && $5 == "" { n += $6 } END { print n }' central.csv
}
# had_by_both OTHER
had_by_both() {
	tally
	was_merged=$(merged virus) was_central=$(central)
	next=$(((next + 9) / 10 * 10))
	number=$next
	eval "ports=\"$port_mx1 \$port_$1\""
	stream "mx1-$1" 1 0
	wait_for 60 logged mx1 $number && gateway_kill mx1 && streamed $1
	ok $? "mx1 died when it had logged a virus, and $1 took the mail"
	gateway_start mx1 && drain mx1
	audit 0 0
	none_lost 'which has come'
	is "$(grep -c ' 0 unsure' "$record") $(of twice)" '1 0' 'once'
	tally
	counted="$(($(merged virus) - was_merged)) $(($(central) - was_central))"
}
had_by_both mx2
is "$counted" '2 2' 'behind the queue ids are another: it is counted at both, whoever counts'
had_by_both mx3
is "$counted" '2 1' 'in the session the id is one: who counts all logs counts it once'
finish
