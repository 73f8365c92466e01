#!/bin/sh
# SPDX-License-Identifier: ISC
# The pages, the summary and the forms of virtally: what they say is what grep says.
# shellcheck disable=SC2016
. "${0%/*}/lib.sh"

export TZ=CET-1CEST,M3.5.0,M10.5.0/3
END=2026-11-24T15:20

look() { python3 "$HERE/report.py" "$@"; }
figure() { sed -n "s/^$1 //p" "$2"; }

# well WHAT FOLDER: it has its files, and the pages are as they should be
well() {
	(cd "$2" && ls) | cmp -s - names && look pages "$2" >wrong 2>&1 && [ ! -s wrong ]
	ok $? "$1: the pages are well made" || sed 's/^/# /' wrong | head -20
}

# equal NAME: ./got is ./wanted
equal() { same got wanted "$1" || diff wanted got | sed 's/^/# /'; }

{
	echo index.html
	for period in day week month; do
		printf '%s\n' $period.csv $period.html $period.json
	done
} | sort >names

# A log, and its truth: each finding once, as DAY HOUR HOST ID NAME KIND
look log log
awk '{
	id = n = ""
	for (i = 1; i <= NF; i++) {
		if ($i ~ /^id=/) id = $i
		if ($i ~ /^n=/) n = $i
	}
	if ((id, n) in seen) next
	seen[id, n] = 1
	kind = / virus found /? "virus" : / suffix /? "suffix" : / relay dealt/? "relay" : \
	    / not scanned /? "unscanned" : "?"
	name = kind == "relay" ? "relay-attempt" : $7
	print substr($1, 1, 10), substr($1, 12, 2), $2, id, name, kind
}' log >truth

exits 0 'a log is counted' virtally count -q -D state log
exits 0 'a report' virtally report -D state -o pages -e $END
is "$(cat out err)" '' 'in silence'
is "$(stat -c %a pages pages/week.html pages/week.csv | tr '\n' ' ')" '755 644 644 ' \
    'for a web server to read'
well 'the log' pages
same pages/index.html pages/week.html 'index.html is the week'

# ids CONDITION: how many messages there are in such lines of the truth
ids() { awk "$1"' && !($4 in seen) { seen[$4] = 1; n++ } END { print n + 0 }' truth; }

hosts() {
	for host in mta1 mta2 mta3; do
		echo "$(ids "\$1 >= \"$1\" && \$3 == \"$host\" && \$6 == \"virus\"") $host"
	done | sort -k1,1nr -k2 | cut -d' ' -f2
}

# from_log FROM: what a page since that day is to say
from_log() {
	for kind in virus suffix relay unscanned; do
		figure=messages
		[ $kind != suffix ] || figure=refused
		echo "$kind.$figure $(ids "\$1 >= \"$1\" && \$6 == \"$kind\"")"
		n=0
		for host in $(hosts "$1"); do
			n=$((n + 1))
			echo "gateway.$n.$kind $(ids "\$1 >= \"$1\" && \$3 == \"$host\" &&
			    \$6 == \"$kind\"")"
		done
	done
	awk -v from="$1" '$1 >= from { n++ } END { print "records", n }' truth
	awk '{ n++ } END { print "strange 0" }' truth
}

# count FROM KIND: its names as uniq -c has them, each once for a message
count() {
	awk -v from="$1" -v kind="$2" '$1 >= from && $6 == kind { print $4, $5 }' truth | sort -u |
	    cut -d' ' -f2 | sort | uniq -c | sort -nr
}

for period in week month; do
	from=2026-11-18
	[ $period = week ] || from=2026-10-26
	figures=pages/$period.figures
	from_log $from | sort >wanted
	grep -E '^(records|strange|(virus|suffix|relay|unscanned)\.(messages|refused)|gateway\..*[ndsxy]) ' \
	    $figures | sort >got
	equal "the figures of a $period are those of the log"
	for kind in virus unscanned suffix relay; do
		count $from $kind | head -10 | awk -v kind=$kind '{ print kind ".top." NR, $1 }'
	done | sort >wanted
	grep -E '^[a-z]*\.top\.' $figures | sort >got
	equal 'and the names that were counted most'
done

virtally top -D state -e $END >got
count 2026-11-18 virus | head -10 >wanted
equal 'top is as uniq -c and sort -nr are, to the byte'
virtally top -D state -e $END -N 3 >got
count 2026-11-18 virus | head -3 >wanted
equal 'and -N names of it'

# The bars: a day each, its gateways by name
i=0
for day in 18 19 20 21 22 23 24; do
	{
		echo "virus.bar.$i"
		for host in mta1 mta2 mta3; do
			ids "\$1 == \"2026-11-$day\" && \$3 == \"$host\" && \$6 == \"virus\""
		done
	} | paste -sd' '
	i=$((i + 1))
done >wanted
grep '^virus.bar' pages/week.figures >got
equal 'the bars are those of the log, by gateway'
is "$(grep -c '^virus.bar' pages/day.figures)" 24 'a day has 24 bars'
awk '/^virus.bar/ { for (i = 2; i <= NF; i++) n += $i } END { print n }' pages/day.figures >got
is "$(cat got)" \
    "$(ids '$1 $2 >= "2026-11-2316" && $6 == "virus"')" 'and they are 24 hours'

# The change: the hours that are over, against the same hours a week before
is "$(figure virus.messages.like pages/week.figures)" \
    "$(ids '$1 >= "2026-11-18" && $1 $2 < "2026-11-2415" && $6 == "virus"')" \
    'a change looks at what is over'
is "$(figure virus.messages.like.before pages/week.figures)" \
    "$(ids '$1 >= "2026-11-11" && $1 $2 < "2026-11-1715" && $6 == "virus"')" \
    'and at as much before'
is "$(figure virus.messages.like pages/day.figures)" \
    "$(ids '$1 $2 >= "2026-11-2316" && $1 $2 < "2026-11-2415" && $6 == "virus"')" \
    'of a day too'
is "$(figure virus.messages.like.before pages/day.figures)" \
    "$(ids '$1 $2 >= "2026-11-2216" && $1 $2 < "2026-11-2315" && $6 == "virus"')" \
    'and the day before'
like "$(cat pages/week.words)" '*messages with a virus*no earlier data*' \
    'where the tally does not go back that far, nothing is made up'

# Forms
for form in csv json; do
	exits 0 "export -F $form" virtally export -F $form -D state -e $END -o $form
	same $form pages/week.$form "is week.$form"
done
look csv csv >got
look json json >wanted
equal 'both read back with the same sums'
exits 0 'export -F prom' virtally export -F prom -D state -e $END
is "$(look prom out 2>&1)" '' 'is as Prometheus has it'
is "$(awk '/^multiscan_findings_total.*kind="virus"}/ { n += $2 } END { print n }' out)" \
    "$(grep -c ' virus$' truth)" 'with the findings of all days'
exits 64 'a form that is none' virtally export -F xml -D state

# 0, 1, 9 and ten million, and as many a week before
look tallies tallies
for n in 0 1 9 10000000; do
	virtally report -e $END -o out.$n tallies/$n
	well "$n" out.$n
	for figure in virus.messages suffix.refused unscanned.messages; do
		for period in day week month; do
			figure $figure out.$n/$period.figures
		done
	done | tr '\n' ' ' >got
	is "$(cat got)" "$n $n $((2 * n)) $n $n $((2 * n)) $n $n $((2 * n)) " "$n: on each page"
done
like "$(cat out.1/week.words)" '* message with a virus 1 as many as in the week before*' 'one'
like "$(cat out.9/week.words)" '* messages with a virus 9 *50.0 %*of 18 messages received*' 'nine'
like "$(cat out.10000000/week.words)" '* messages with a virus 10,000,000 *of 20,000,000 *' \
    'ten million'
is "$(grep '^virus.bar' out.0/week.figures | cut -d' ' -f2- | tr -d '\n')" 0000000 \
    'a day without data is 0'

# Nothing at all; marks
virtally report -e $END -o out.none tallies/none
well 'nothing counted' out.none
like "$(cat out.none/week.words)" '*Nothing has been counted yet.*virtally count*' 'and help'
virtally report -e $END -o out.marks tallies/marks
well 'marks' out.marks
words=$(cat out.marks/week.words)
like "$words" '*mta2 is quiet: its last record is of 06:10, 9 h ago*' 'a gateway that is quiet'
like "$words" '*mta3 has old signatures: 2026-11-22 01:00 UTC, more than a day behind*' \
    'an old set'
like "$words" '*mta4 has old signatures: *sigupdate calls them stale*' 'a stale one'
like "$words" '*stuck at mta1, mta2: no engine answered in 2 hours between 10:00 and 12:00 (15 tries*' \
    'hours without an engine'
is "$(grep -c 'class="mark"' out.marks/week.html)" 3 'the other gateway is not marked'
is "$(figure engine.hours out.marks/week.figures)" 2 'an hour counts once, at however many gateways'
is "$(figure waited out.marks/week.figures)" 20 'and how often it waited'

# unlike GOT PATTERN NAME
unlike() {
	# shellcheck disable=SC2254
	case $1 in
	$2) ok 1 "$3" ;;
	*) ok 0 "$3" ;;
	esac
}

# What is judged: the first line, the text, the page
# judged CASE [OPTION...]: text is what is said, words are the page's
judged() {
	case=$1
	shift
	virtally report -e $END "$@" "tallies/$case" >out
	head=$(head -1 out)
	text=$(tr -s ' \n' '  ' <out)
	rm -rf "out.$case"
	virtally report -e $END -o "out.$case" "tallies/$case"
	well "$case" "out.$case"
	words=$(cat "out.$case/week.words")
}

judged well
is "$head" '0 viruses, week to Tue 24 Nov 2026, 15:20: all is well' 'nothing is wrong'
like "$(sed -n 2p out)" '2 gateways: *' 'how many there are'
like "$words" '*All is well.*All 2 gateways report*' 'nor on the page'

judged stuck
is "$head" '[!] mail is stuck at mta2 (not judged), 0 viruses, week to Tue 24 Nov 2026, 15:20' \
    'mail that waits is what matters'
said='Mail is stuck at mta2: it has not been judged since 13:00, and before, since Fri 20 Nov, 09:00'
like "$text" "*! $said (1,201 tries, the last one after 15:00). It waits in this gateway's queue, or at who sends it: mailq;*postqueue -f*" \
    'why, where, since when, what to do'
like "$words" "*Needs a look*$said*mail stuck*" 'on the page too'
! grep -q 'server that sent it' out.stuck/week.html
ok $? 'it waits here'

judged missed
is "$head" '[!] the heartbeat fails at mta1, 0 viruses, week to Tue 24 Nov 2026, 15:20' \
    'a heartbeat that fails is what matters'
said='The heartbeat fails at mta1 since 14:00 (15 runs): a virus was not caught'
like "$text" "*! $said*" 'where, since when'
like "$words" "*Needs a look*$said*" 'on the page too'

judged over
like "$head" '\[!\] mail was stuck at 300 gateways (no engine) (+ 1 more), *' 'what is over'
said='Mail was stuck at all 300 gateways: no engine answered in 1 hour (09:00-10:00)'
like "$text" "*$said (600 tries, over since 10:00). What of it still waits: mailq*" \
    'is said so, by the hour'
like "$text" '*Mail was stuck at g007: Postfix could not start a transport (the filter, or another) in 1 hour*' 'whatever the cause'
is "$(figure engine.hours out.over/week.figures)" 1 'an hour is one'

judged bounced
like "$head" '\[!\] 3 sent back by a failed filter at mta1, *' 'mail that a failed filter sent back'
like "$words" '*3 messages were sent back by a filter that failed at mta1 since 15:00: senders were told*' \
    'is on the page'
judged refused
like "$head" '*: all is well' 'what the policy sent back is none'
like "$text" '*sent back by the filter*refused*' 'but is said'

judged passed
like "$head" '\[!\] 4 with a virus passed on, 10 viruses, *' 'a virus that was passed on'
like "$words" '*4 messages with a virus were passed on at mta1, as the policy says: see conversions(5) and multiscan.conf(5)*' \
    'is on the page'
is "$(figure suffix.refused out.passed/week.figures) $(figure gateway.1.suffix out.passed/week.figures)" \
    '4 4' 'what was passed is not refused'
is "$(figure records out.passed/week.figures)" "$(awk -F, '$4 != "passed" && $5 == "" { n += $7 } END { print n }' \
    out.passed/week.csv)" 'nor counted twice'

judged signatures
like "$words" '*mta1 has old signatures: 2026-11-14 01:00 UTC, 10 days*' 'a set of more than a week'
like "$words" '*mta2 has strange signatures: 2027-01-01 00:00 UTC, which is still to come*' 'one of a day to come'
like "$words" '*mta3: sigupdate has not been heard since Sun 22 Nov, 09:00*' 'a silent sigupdate'
like "$words" '*mta4: 3 signature updates failed or were refused in 24 hours*' 'one that fails'
like "$words" '*Signatures not known: 1 of 6 gateways*' 'what is not known is said'
unlike "$words" '*mta5:*' 'one that brought new ones is well'
is "$(grep -c 'class="mark"' out.signatures/week.html)" 4 'they are marked'
like "$text" '*Signature updates*failed*refused*' 'and the updates have rows'
judged aged
like "$head" '\[!\] mta1 has old signatures, *' 'an old set needs no other'
judged unknown
like "$head" '*: signatures not known' 'not known is not well'
like "$words" '*as far as is known*Signatures not known: 1 of 2 gateways*' 'nor on the page'

judged lost
like "$words" '*mta2 is quiet: its last record is of Mon 12 Oct, 10:10, 43 days ago*' 'one that was lost long ago'
like "$words" '*mta3 is quiet: its last record is of Mon 23 Nov, 14:10, 25 h ago*' 'more than a day is always quiet'
unlike "$words" '*mta2 has old*' 'what it has now is not known'

judged share
like "$words" '*of the mail was infected 1.0 % of 200 messages received; 2.0 % the week before*' 'a share, and its change'
like "$head" '2 viruses (-50 %), *: all is well' 'and that of the viruses'
judged noshare
unlike "$words" '*of the mail was infected*' 'none where a gateway has no lines of Postfix'
like "$words" '*As of Tue 24 Nov 2026, 15:20.*' 'when it is of'
virtally report -o out.now tallies/share
like "$(cat out.now/week.html)" '*Written *; pages are written every hour: *look at cron*' 'or when it was written'

judged whole
unlike "$words" '*no earlier data*' 'a week before that is whole'
judged half
like "$words" '*no earlier data*' 'and one that may have begun in the middle'

# The same for Prometheus
virtally export -F prom -e $END tallies/signatures >metrics
is "$(look prom metrics 2>&1)" '' 'signatures, for Prometheus'
is "$(sed -n 's/^multiscan_gateway_signatures_old{gateway=//p' metrics | tr -d '}\n')" \
    '"mta1" 1"mta2" 1"mta3" 0"mta4" 0"mta5" 0' 'which are old, where they are known'
virtally export -F prom -e $END tallies/lost >metrics
is "$(sed -n 's/^multiscan_gateway_quiet//p' metrics | tr '\n' ' ')" \
    '{gateway="mta1"} 0 {gateway="mta2"} 1 {gateway="mta3"} 1 ' 'who is quiet'
virtally export -F prom -e $END tallies/stuck >metrics
is "$(sed -n 's/^multiscan_last_waited//p' metrics)" \
    "_timestamp_seconds{gateway=\"mta2\"} $(date -d '2026-11-24 16:00' +%s)" 'and when mail was stuck'

# yesterday: of the calendar
judged passed -p yesterday
like "$head" '0 viruses, Mon 23 Nov 2026: all is well' 'yesterday'
for end in 2026-11-24 2026-11-25T00:00 2026-11-25T00:02; do
	virtally report -p yesterday -e $end tallies/passed | head -1
done | cut -d, -f2- | paste -sd';' >got
echo ' Mon 23 Nov 2026: all is well; 10 viruses, Tue 24 Nov 2026; 10 viruses, Tue 24 Nov 2026' >wanted
equal 'of the day before END'
judged stuck -p 2026-11-24 -e 2026-11-25T00:02
like "$text" '*Mail was stuck at mta2: *over since 16:00*' 'a day that is over'

# Each byte in each place
virtally report -e $END -o out.bytes tallies/bytes
well 'all bytes' out.bytes
look csv out.bytes/day.csv >got 2>&1
echo '{"virus": 155}' >wanted
equal 'the CSV is one'
look json out.bytes/day.json >got 2>&1
equal 'and the JSON'
virtally export -F prom -e $END tallies/bytes >metrics
is "$(look prom metrics 2>&1)" '' 'and what Prometheus reads'

# Days of 23 and 25 hours, and 24 hours across one
for day in 2026-03-29=23 2026-10-25=25 2026-10-26=24; do
	is "$(virtally report -p ${day%=*} tallies/none | grep -cE '^(Sun|Mon) .* [0-2][0-9]:00 ')" \
	    "${day#*=}" "${day%=*} has ${day#*=} hours"
done
is "$(virtally report -p day -e 2026-10-25T12:30 tallies/none | grep -E '^S[au][tn] ' |
    awk '{ print $4 }' | tr '\n' ' ')" "14:00 15:00 16:00 17:00 18:00 19:00 20:00 21:00 22:00 23:00 \
00:00 01:00 02:00 02:00 03:00 04:00 05:00 06:00 07:00 08:00 09:00 10:00 11:00 12:00 " \
    'the hour that comes twice is twice there'
is "$(virtally report -p 2026-10-25 tallies/none | awk '/02:00/ { print $5 }' | paste -sd' ')" 'CEST CET' \
    'by the name of its zone'

# Many, and hostile names
virtally report -e $END -o out.many tallies/many
well '300 gateways, names of 500 bytes' out.many
! grep -qi '<script' out.many/*.html pages/*.html
ok $? 'a name is text'
like "$(cat pages/week.words)" '*<script>alert(1)</script>*' 'whatever it is'
exits 0 'the summary' virtally report -e $END tallies/many
! sed 1d out | LC_ALL=C.UTF-8 grep -E '^.{81}'
ok $? 'has 80 columns'
is "$(head -1 out | wc -c | awk '{ print ($1 <= 160) }')" 1 'and a first line that is a subject'
! tr -d '\n' <out | grep -q '[[:cntrl:]]'
ok $? 'and nothing for a terminal to obey'
virtally report -e $END -D state >out
is "$(awk '/messages with a virus  / { gsub(",", ""); print $1 }' out)" \
    "$(figure virus.messages pages/week.figures)" 'it has the same figures'

# 2002: the files of then, out of a log made from them
old() {
	awk -v stamp="$1" '{
		for (i = 0; i < $1; i++)
			print stamp, "16:45:44 mta iMS: [ID 702911 mail.alert]", $2, "virus found and dealt"
	}'
}
cases=$SHARED/cases/2002
if [ -d "$cases" ]; then
	{
		# What is not in the top ten was found once each.
		awk '{ print; n += $1 } END { while (n++ < 1248) print 1, "W32/Once-" n }' \
		    "$cases/virus_top10.dat" | old 'Sep  8'
		echo 1321 x | old 'Sep  7'
		echo 1157 x | old 'Sep  6'
	} >september
	virtally count -q -D old.state -y 2002 september
	exits 0 'export -F 2002' virtally export -F 2002 -D old.state -o old.files
	same old.files/vir_data.dat "$cases/vir_data.dat" 'vir_data.dat, to the byte'
	same old.files/virus_top10.dat "$cases/virus_top10.dat" 'virus_top10.dat, to the byte'
	old 'Aug 14' <"$cases/top10-20020814.tsv" >august
	virtally count -q -D old.state -y 2002 august
	virtally export -F 2002 -D old.state -p 2002-08-14 -o old.august
	tr '\t' ' ' <"$cases/top10-20020814.tsv" | cmp -s - old.august/virus_top10.dat
	ok $? 'and that of a day'
	virtally top -D old.state -p 2002-08-14 >got
	grep 'virus found' august | awk -F] '{print $2}' | awk '{print $1}' | sort -n | uniq -c |
	    sort -nr | head -10 >wanted
	equal 'top is what the pipeline of 2002 prints'
else
	skip 'the files of 2002' 'they are not here'
fi

# Where a message has a virus twice, 2002 counts it twice
virtally export -F 2002 -D state -p 2026-11-24 -o new
awk '$1 == "2026-11-24" && $6 == "virus" { print $5 }' truth | sort | uniq -c | sort -nr |
    head -10 | sed 's/^ *//' >wanted
cp new/virus_top10.dat got
equal 'the files of 2002 count lines'
awk '$6 == "virus" { n[$1]++ } END { for (day in n) print day, n[day] }' truth | sort -r |
    sed 's/-//g; s/ /, /' >wanted
grep -v ', 0$' new/vir_data.dat >got
equal 'of each day'

for words in 'A 1 1' 'A 1 2' 'A 1 3' 'B 2 1' 'B 3 1'; do
	printf 'Nov 24 10:00:00 mta iMS: [ID 702911 mail.alert] %s virus found and dealt %s\n' \
	    "${words%% *}" "id=${words#* }" | sed 's/ \([0-9]\)$/ n=\1/'
done >lines
virtally count -q -D lines.state -y 2026 lines
virtally export -F 2002 -D lines.state -o lines.files
is "$(paste -sd' ' lines.files/virus_top10.dat)" '3 A 2 B' 'and put them in that order'
is "$(virtally top -D lines.state -p 2026-11-24 | awk '{ print $1, $2 }' | paste -sd' ')" '2 B 1 A' \
    'where top counts messages'

# Calls
exits 64 'a period that is none' virtally report -D state -p year
exits 64 'a moment that is none' virtally top -D state -e 2026-02-30
exits 64 'another that is none' virtally top -D state -e 2026-02-03T24:00
exits 64 'pages of one period' virtally report -D state -p day -o x
exits 75 'a folder that cannot be made' virtally report -D state -o log
exits 75 'a full disk' sh -c 'virtally report -D state >/dev/full'

finish
