#!/bin/sh
# SPDX-License-Identifier: ISC
# What virtally count counts: logs whose counts are known, whatever becomes of them.
. "${0%/*}/lib.sh"
export TZ=Europe/Berlin

make_log() { python3 "$HERE/tallylogs.py" make "$@"; }
# cells STATE: what a state has counted
cells() { python3 "$HERE/tallylogs.py" read "$1/tally"; }
# count STATE LOG...: the year is that of the stamps, whenever this is run
count() { state=$1; shift; virtally count -D "$state" -y 2026 "$@"; }
# counts WANT NAME STATE LOG...: exits 0 and prints WANT
counts() {
	want=$1 what=$2
	shift 2
	is "$(count "$@" 2>&1)" "$want" "$what"
}
# equal STATE TRUTH NAME
equal() {
	cells "$1" >got
	same got "$2" "$3" || diff got "$2" | sed -n '1,9s/^/# /p'
}
# Lines of ours; the second without ids, numbered, at different times
FOUND='virus found and dealt'
hit() { echo "2026-11-2${2:-1}T10:00:00Z ${3:-mta1} iMS: [ID 702911 mail.alert] V $FOUND ${4-n=1}"; }
hits() {
	for i in $(seq "$1" "$2"); do
		echo "2026-11-21T10:$((i / 60 + 10)):$((i % 50 + 10))Z mta1" \
		    "iMS: [ID 702911 mail.alert] V$i $FOUND"
	done
}
# kind STATE KIND: how many lines of it were counted
kind() {
	awk -v k="$2=" '$1 ~ /^host=/ && $2 == k {
		n = split(substr($3, 4), at, "[:,]")
		for (i = 3; i <= n; i += 3) sum += at[i]
	} END { print sum + 0 }' "$1/tally"
}
found() { kind "$1" virus; }

# A log, counted
make_log made 1500 1
cp made/log log
exits 0 'a log is counted' count whole log
equal whole made/truth 'every cell is as it was made'
is "$(found whole)" "$(awk '/ iMS: \[ID 702911 mail.alert\] [^ ]+ virus found and dealt/ &&
    !/(sshd|iMSd|postfix[^ ]*): .* iMS: / {
	id = match($0, / id=[^ ]*/) ? substr($0, RSTART, RLENGTH) : NR
	n = match($0, / n=[^ ]*/) ? substr($0, RSTART, RLENGTH) : ""
	if (!seen[id n]++) found++ } END { print found }' log)" 'its viruses are as many as awk finds'
sums=$(awk -F, '$5 == "" { sum[$4 == "duplicate" || $4 == "strange" ? $4 : "records"] += $7 }
	END { print "records=" sum["records"], "duplicates=" sum["duplicate"],
	    "strange=" sum["strange"] }' made/truth)
is "$(cat out)" "log=log state=new bytes=$(wc -c <log) $sums" '... which is said'
was=$(stat -c '%i %Y %s' whole/tally)
SAME='bytes=0 records=0 duplicates=0 strange=0'
counts "log=log state=same $SAME" 'nothing in it is new' whole log
cp log copy; gzip -k log; cp log.gz given.gz; xz -k log
{ cat log; } >log.2; gzip log.2; ln -s log link
is "$(stat -c '%i %Y %s' whole/tally)" "$was" '... and nothing was written'
counts "log=copy state=same $SAME
log=log.gz state=same $SAME
log=- state=same $SAME
log=log.xz state=same $SAME
log=link state=same $SAME
log=log.2.gz state=same $SAME" 'copies, compressed or not, are not counted again' \
    whole copy log.gz - log.xz link log.2.gz <given.gz
equal whole made/truth 'it is the same'
was=$(stat -c '%i %Y %s' whole/tally)
count whole log.2.gz log.xz copy log.gz log link log.gz >out
is "$(stat -c '%i %Y %s' whole/tally)" "$was" 'copies that are known are no news'
for form in gz xz; do
	count "$form" "log.$form" >out
	equal "$form" made/truth "a log of $form alone"
done
count pipe - <log >out && equal pipe made/truth 'standard input'
gzip -c log | count pipe.gz - >out && equal pipe.gz made/truth '... compressed'
mkfifo fifo
cat log >fifo &
timeout 20 virtally count -D fifo.s -y 2026 fifo >out; equal fifo.s made/truth "a fifo"
{ head -c 70001 log | gzip; tail -c +70002 log | gzip; head -c 512 /dev/zero; } >members.gz
exits 0 'gzip in members, with zeros behind them' count members members.gz
equal members made/truth '... each counted'
exits 0 'cron is told nothing' count quiet -q log
is "$(cat out err)" '' '... at all'
equal quiet made/truth '... it was counted'

# In pieces, as it grows
python3 "$HERE/tallylogs.py" split log pieces 2
for n in 1 2 3 4 5 6 7 8 9 10; do
	cat "pieces/$n" >grows
	count grown -q grows
	[ "$n" -ne 4 ] || { mv grows other; cp other grows; }
	[ "$n" -ne 6 ] || { gzip -c grows >grows.6.gz; count grown -q grows.6.gz; }
done
equal grown made/truth 'a log that grows, cut wherever'
count grown -q pieces/5 other pieces/3 grows.6.gz pieces/9 pieces/10
equal grown made/truth '... and older copies of it'

# In files of whole lines, in any order
split -n l/7 log part.
for seed in 1 2 3; do
	# shellcheck disable=SC2046
	for part in $(for p in part.??; do echo "$p $p"; done | tr ' ' '\n' |
	    python3 -c 'import random, sys; l = sys.stdin.read().split()
random.seed(int(sys.argv[1])); random.shuffle(l); print(*l)' $seed); do
		count "order$seed" -q "$part"
	done
	equal "order$seed" made/truth "pieces in an order ($seed), each twice"
done
for host in mta1 mta2 gw.example; do
	grep -a "^[^ ]* $host \|^... .. ........ $host " log >"log.$host"
done
count hosts -q log.mta1 log.gw.example log.mta2
equal hosts made/truth 'the log of three gateways is as one of each'
{ echo first; cat part.ac part.aa; } >turned
count turned.s -q part.ac part.aa
before=$(kind turned.s duplicate)
count turned.s -q turned
is "$(kind turned.s duplicate)" "$(($(grep -ac ' id=[0-9a-f]\{20\} n=' turned) + before))" \
    'lines with an id that come again are duplicates'

# What becomes of logs
guess() { virtally count -D "$@"; }
hits 1 40 >r; count r.s -q r
is "$(found r.s)" 40 'a log'
hits 41 60 >>r; mv r r.1; hits 61 70 >r
counts "log=r state=new bytes=$(wc -c <r) records=10 duplicates=0 strange=0
log=r.1 state=more bytes=$(hits 41 60 | wc -c) records=20 duplicates=0 strange=0" \
    'renamed, having grown, with a new one in its place' r.s r r.1
gzip r.1; mv r.1.gz r.2.gz; hits 71 80 >>r; cp r r.1; : >r; hits 81 84 >>r
count r.s -q r r.1 r.2.gz
is "$(found r.s)" 84 'compressed; copied and cut'
hits 85 90 >>r; cp r r.1; : >r
count r.s -q r.1 r; hits 91 95 >>r; count r.s -q r
is "$(found r.s)" 95 'copied and cut when little was in it'
inode=$(stat -c %i r); hits 101 190 >r
is "$(stat -c %i r)" "$inode" 'the inode is used again'
count r.s -q r; hits 191 200 >>r; count r.s -q r
is "$(found r.s)" 195 '... by another log'
hits 201 260 >a; count r.s -q a; cp a b; count r.s -q b
hits 261 270 >>a; hits 271 279 >>b; count r.s -q a b; count r.s -q b a
is "$(found r.s)" 274 'a copy that goes on differently'
head -n 30 a >c; counts "log=c state=same $SAME" 'an older copy' r.s c
hits 280 281 >>c; count r.s -q c
is "$(found r.s)" 276 '... that goes on differently'
{ hits 201 250; hits 283 284; } >d; count r.s -q d; mv a a.1; rm b c; gzip a.1
hits 285 286 >>d; count r.s -q d
is "$(found r.s)" 282 \
    '... before what was counted, of which little is counted again, and when that is gone'
: >none
counts "log=none state=same $SAME" 'an empty log' r.s none
exits 0 'an empty log alone' count empty.s none
[ -s empty.s/tally ] && [ "$(virtally top -D empty.s -p all)" = '' ]
ok $? '... makes an empty tally'
hits 282 282 >>none; count r.s -q none
is "$(found r.s)" 283 '... is begun'

hits 1 20 >far; count far.s -q far
for i in 31 41 51; do
	{ cat far; hits $i $((i + 9)); } >far.new; mv far.new far; count far.s -q far
done
is "$(found far.s) $(grep -c ^log= far.s/tally)" '50 1' \
    'one that is copied anew each time is one log'
for i in 61 71; do
	hits $i $((i + 9)) >>far; mv far "far.$i"; count far.s -q "far.$i"; mv "far.$i" far
done
is "$(found far.s) $(grep -c ^log= far.s/tally)" '70 1' \
    '... and one that gets another name each time'

LOST='has lost its end, or goes on in another way: up to'
hits 1 30 >short; count short.s -q short; hits 1 20 >short
counts "virtally: short: $LOST 160 bytes are counted again
log=short state=more bytes=160 records=2 duplicates=0 strange=0" 'one whose end was cut off' \
    short.s short
counts "log=short state=same $SAME" '... stays' short.s short
hits 91 95 >>short; count short.s -q short
is "$(found short.s)" 37 '... goes on'
hits 101 130 >>short; count short.s -q short
is "$(found short.s)" 67 '... and on'

# Its end was not yet on the disk when the power went
queue() { awk -v q="$1" -v from="$2" -v to="$3" 'BEGIN { for (i = from; i < to; i++)
	printf "2026-11-26T10:%02d:%02d.%06dZ mta postfix/smtpd[1]: %s%04dA:" \
	    " client=x.example[10.0.0.1]\n", i / 60 % 60, i % 60, i, q, i }'; }
received() { kind "$1" received; }
queue Q 0 100 >log4; count 4.s -q log4; cp -r 4.s 5.s; cp -r 4.s 6.s; cp -p log4 log4.was
{ queue Q 0 90; queue R 90 130; } >new; cat new >log4
counts "virtally: log4: $LOST 510 bytes are counted again
log=log4 state=more bytes=3570 records=42 duplicates=0 strange=0" \
    'a log that lost its end and goes on' 4.s log4
queue R 130 140 >>log4
counts 'log=log4 state=more bytes=850 records=10 duplicates=0 strange=0' '... and on' 4.s log4
{ queue Q 0 90; queue R 90 95; } >new; cat new >log4
counts "virtally: log4: $LOST 510 bytes are counted again
log=log4 state=more bytes=595 records=7 duplicates=0 strange=0" \
    '... also when less came than was lost' 5.s log4
counts "log=log4.was state=same $SAME" '... while a copy of the whole is known' 5.s log4.was
queue Q 0 100 >few; queue Q 0 60 >copy; count 6.s -q few; cp log4 other
counts "virtally: other: $LOST 510 bytes are counted again
log=other state=more bytes=595 records=7 duplicates=0 strange=0
log=copy state=same $SAME" 'a copy that goes on in another way; an older one' 6.s other copy
rm few log4; queue Q 0 50 >copy; queue Q 0 49 >copy2
is "$(count 6.s copy copy2 2>&1 | grep -c 'virtally: .* not there to be compared')" 0 \
    '... as long as one of them is there'
rm -f other copy
counts "virtally: copy2: begins like a log of which more was counted, and which is not there to be\
 compared: up to 3825 bytes are counted again
log=copy2 state=more bytes=3825 records=45 duplicates=0 strange=0" \
    '... else it is counted, rather than lost' 4.s copy2
queue Q 0 100 >log8; queue Q 0 49 >copy8; count 8.s -q log8; cp log8 log8.1; : >log8
counts "log=copy8 state=same $SAME
log=log8.1 state=same $SAME" '... whatever the order of the logs' 8.s copy8 log8.1
queue Q 0 100 >A; count 7.s -q A; gzip A; count 7.s -q A.gz
{ queue Q 0 10; queue R 10 60; } >B
count 7.s B >out 2>err
is "$(received 7.s) $(grep -c 'counted again' err)" '156 1' \
    'compared with a log that was compressed'

# At a glance
hits 1 9 >twin; count twin.s -q twin; inode=$(stat -c %i twin)
hits 1 9 | sed 's/V/W/' >twin.new
touch -r twin twin.new; cp -p twin.new twin
is "$(stat -c %i twin)" "$inode" 'written over, with the same size and time'
count twin.s -q twin
is "$(found twin.s)" 18 '... is another log'
gzip twin.new; count twin.s -q twin.new.gz; mv twin.new.gz twin.2.gz
count twin.s twin.2.gz >out
is "$(cat out) $(grep -c '^log=twin.2.gz ' twin.s/tally)" "log=twin.2.gz state=same $SAME 1" \
    'one that got another name is known by its last bytes'

# Lines that come again
for i in 1 2 1; do hit x 1 mta1 "id=aaaaaaaaaaaaaaaaaaaa n=$i"; done >ids
counts "log=ids state=new bytes=$(wc -c <ids) records=2 duplicates=1 strange=0" \
    'a retry: the same id and n' ids.s ids
{ hit y 2; cat ids; hit x 1 mta1 'id=bbbbbbbbbbbbbbbbbbbb n=1'; } >ids.2
counts "log=ids.2 state=new bytes=$(wc -c <ids.2) records=2 duplicates=3 strange=0" \
    '... in another log' ids.s ids.2
{ hit z; hit z; hit z 1 mta1 part=2; } >noids; count noids.s -q noids
is "$(cells noids.s | grep ',V,')" '2026-11-21,11,mta1,virus,V,3,3' \
    'lines without an id count each'

# Years
stamped() { echo "$1 mta1 iMS: [ID 702911 mail.alert] V virus found and dealt"; }
# dated WRITTEN STAMP...: the days on which they are counted
dated() {
	touched=$1; shift
	for stamp in "$@"; do stamped "$stamp"; done >dated
	touch -d "$touched" dated
	rm -rf dated.s
	guess dated.s -q dated && cells dated.s | awk -F, '$5 == "" { printf "%s ", $1 }'
}
is "$(dated '2026-01-01 00:05' 'Dec 31 23:59:59' 'Jan  1 00:00:01')" '2025-12-31 2026-01-01 ' \
    'New Year, in a log that was written after it'
is "$(dated '2025-12-31 23:59:58' 'Dec 31 23:59:59' 'Jan  1 00:00:01')" '2025-12-31 2026-01-01 ' \
    '... and by a clock that is late'
is "$(dated '2025-12-31 12:00' 'Jan  2 12:00:01')" '2025-01-02 ' \
    'more than a day is the year before'
is "$(dated '2026-01-05' '2025-12-31T23:30:00Z' 'Jan  1 00:30:00')" '2026-01-01 ' 'both forms'
is "$(dated '2026-03-01' 'Feb 29 12:00:00')" '2024-02-29 ' 'the last 29 February'
stamped 'Jan  1 12:00:00' >dated; stamped 'Dec 31 12:00:00' >>dated; touch -d 2026-06-01 dated
guess dated.y -q -y 2002 dated
is "$(cells dated.y | awk -F, '$5 == "" { printf "%s ", $1 }')" '2002-01-01 2002-12-31 ' \
    'a year that was given'
{ stamped 'Feb 30 12:00:00'; stamped '2026-13-01T00:00:00Z'
	stamped '2026-11-21T10:00:00Z'; } >dated
touch -d 2026-12-01 dated; guess dated.z dated >out
is "$(sed 's/.* records/records/' out)" 'records=1 duplicates=0 strange=2' \
    'stamps that are no time are strange'

# Bytes
{ hit a; printf 'a\0b\n\0\0\0'; hit b | head -c 40; printf '\0\n'
	head -c 1000000 /dev/zero | tr '\0' x
	hit c; hit d; head -c 300000 /dev/zero; echo; hit e; } >bytes
count bytes.s -q bytes
is "$(found bytes.s)" 3 'NUL bytes and lines that are too long'
{ head -c 600000 /dev/zero; hit a; hit b; } >sparse; cp sparse sparse.2; hit c >>sparse.2
count sparse.s -q sparse sparse.2
is "$(found sparse.s)" 2 'a log that begins with a hole'
hit a >last; hit b | tr -d '\n' >>last
counts "log=last state=new bytes=$(hit a | wc -c) records=1 duplicates=0 strange=0" \
    'a last line that is still written waits' last.s last
counts "log=last state=same $SAME" '... as long as it is' last.s last
echo >>last; count last.s -q last
is "$(found last.s)" 2 '... and counts when it is whole'
{ hit a; hit b | tr -d '\n'; } >last; touch -d '2 minutes ago' last; count last.t -q last
is "$(found last.t)" 2 'one that nobody writes any more counts'
{ hit more; hit c; } >>last; count last.t last >out
is "$(found last.t) $(sed 's/.*strange/strange/' out)" '3 strange=0' \
    '... and what is put to it later does not'
{ hit a; hit b | tr -d '\n'; } | gzip >last.gz; count last.u -q last.gz
{ hit a; hit b | tr -d '\n'; } | count last.v -q -
is "$(found last.u) $(found last.v)" '1 1' \
    'of what is compressed, and of standard input, it does not count'
counts "log=last.gz state=same $SAME" '... nor later' last.u last.gz
{ hit a; hit b; } >last; count last.u -q last; is "$(found last.u)" 2 '... until it is whole'
sed 's/$/\r/' part.ab | count cr.s -q -; count cr.t -q part.ab
cells cr.t >want; equal cr.s want 'lines that end as those of Windows'

# Whose lines; what is said
{ hit a; hit b | sed 's/iMS:/filter:/'; sed 's/V virus found/V was found/' last; stamped x; } >tags
count tags.s -q -T filter tags
is "$(found tags.s) $(kind tags.s strange)" '1 0' 'only lines with a tag'
{ hit a; printf '%s\033[31m\n' "$(hit b | sed 's/virus.*/was found/')"; } >say
count say.s -v say >out 2>err
is "$(cat err)" "virtally: say: strange: $(hit b | sed 's/virus.*/was found/')?[31m" \
    'a strange line, safe on a terminal'
exits 64 'no log' count say.s
exits 64 'a year that is none' virtally count -D say.s -y 20x6 say

# While it is written, and rotated
{
	for i in 11 12 13 14 15; do
		hits ${i}00 ${i}99 | dd bs=37 status=none >>live
		[ $i -ne 13 ] || mv live live.1
	done
	: >written
} &
while [ ! -e written ]; do count live.s -q live live.1 2>/dev/null; done
count live.s -q live.1 live
is "$(found live.s)" 500 'a log that is written and rotated at the same time'

# On a terminal
if command -v script >/dev/null; then
	odd=$(printf 'slow\033[2J')
	mkfifo "$odd"
	{ cat part.aa; sleep 1.2; cat part.ab part.ac; echo x; } >"$odd" &
	script -qec "timeout 20 virtally count -D slow.s -y 2026 '$odd'" all >/dev/null 2>&1 </dev/null
	sed '/^Script \(started\|done\) /d' all >typescript
	like "$(tr '\r' '|' <typescript)" '*|virtally: slow?[[]2J: 0 MB|*|  *|log=slow%1B%5B2J state=new *' \
	    'on a terminal it says how far it is, safely, and wipes that away'
	is "$(tr -d '\12\15\40-\176' <typescript | od -c)" '0000000' '... in plain letters'
else
	skip 'progress' 'script is absent'
fi

# Many at a time
for part in part.??; do count many -q "$part" & done; wait
equal many made/truth 'seven at a time count each line once'

# What cannot be read
rm -rf bad.s
mkdir folder
exits 75 'a folder, a device, nothing: the others count' count bad.s folder /dev/zero none.such ids
is "$(sed 's/ .*//' out) $(grep -c . err)" 'log=ids 3' '... and each is named'
is "$(found bad.s)" 2 '... the others were counted'
if [ "$(id -u)" -ne 0 ]; then
	cp ids closed; chmod 0 closed
	exits 75 'a log that may not be read' count bad.s closed
fi
bzip2 -c log >log.bz2 2>/dev/null || printf 'BZh9' >log.bz2
mkfifo silent
exits 75 'a pipe to which nobody writes' timeout 20 virtally count -D bad.s silent ids
is "$(sed 's/ .*//' out) $(cat err)" \
    'log=ids virtally: silent: is a pipe to which nobody writes' '... the others count'
odd=$(printf 'no\033[2J')
exits 75 'a name that would do something to a terminal' count bad.s "$odd"
is "$(cat err)" 'virtally: no?[2J: No such file or directory' '... is shown safely'
exits 75 'a way to compress that it does not know' count bad.s log.bz2
like "$(cat err)" '*log.bz2*bzip2*' '... is said'
size=$(wc -c <log.gz)
for form in gz xz; do
	head -c $((size / 2)) "log.$form" >"cut.$form"
	exits 75 "a log.$form that is cut" count "cut.$form.s" "cut.$form"
	like "$(cat err)" "virtally: cut.$form: is cut*" '... is said'
	seen=$(sed 's/.*bytes=\([0-9]*\) .*/\1/' out)
	[ "$seen" -gt 1000 ] && [ "$(head -c "$seen" log | tail -c 1 | od -An -tx1)" = ' 0a' ]
	ok $? '... is counted up to a line that is whole'
	exits 75 '... and is not done' count "cut.$form.s" "cut.$form"
	like "$(cat out)" "*state=same bytes=0 *" '... though nothing is new'
	cp "log.$form" "cut.$form"
	exits 0 '... until it is whole' count "cut.$form.s" "cut.$form"
	equal "cut.$form.s" made/truth '... then each line was counted once'
	for seed in 1 2 3 4 5; do
		cp "log.$form" "hurt.$form"
		python3 "$HERE/tallylogs.py" hurt "hurt.$form" $seed
		count "hurt.$form.t" -q "hurt.$form" 2>/dev/null || echo 75
	done >out
	is "$(tr '\n' ' ' <out)" '75 75 75 75 75 ' "a log.$form with a bit that is wrong"
	count "hurt.$form.t" -q log
	equal "hurt.$form.t" made/truth '... is not counted, and not remembered'
	{ head -c 3000 "log.$form"; printf 'damage'; tail -c +3007 "log.$form"; } >"hurt.$form"
	exits 75 "a log.$form that is damaged" count "hurt.$form.s" "hurt.$form" ids
	like "$(cat err)" "virtally: hurt.$form: is damaged*" '... is said'
	is "$(tail -n 1 out | sed 's/ .*//')" log=ids '... and the others count'
done

# No room
cp -a grown full; sum=$(sha256sum <full/tally)
exits 75 'no room for the tally' sh -c "ulimit -f 1; exec virtally count -D full -y 2026 ids"
is "$(cat out)" '' '... nothing is said to be counted'
is "$(sha256sum <full/tally)" "$sum" '... the tally is as it was'
count full -q ids && count grown -q ids
cells grown >want; equal full want '... and the next time counts'
# What a power failure leaves before the next line
line='iMS: [ID 702911 mail.alert] X virus found and dealt verdict=infected sig=X'
{
	printf 'Nov 26 10:00:01 mta %s id=%020d n=1\n' "$line" 1
	head -c 300 /dev/zero
	printf 'Nov 26 10:00:02 mta %s id=%020d n=1\n' "$line" 2
	printf '\0Nov 26 10:00:02 mta postfix/smtpd[7]: 4Xabc12345z: client=a[192.0.2.1]\n'
} >holes
like "$(virtally count -D holes.s holes)" '* records=3 *' 'a line behind NULs counts'
### What a filter in the session leaves in the log: mail that waits is not refused
# milter WHERE WHAT: a line of Postfix's of a milter
milter() {
	case $1 in
	END-OF-MESSAGE) from=cleanup where=0B36F1CA3FBB ;;
	*) from=smtpd where=NOQUEUE ;;
	esac
	echo "2026-11-21T10:00:00Z mta1 postfix/${from}[7]: $where: milter-reject: $1 from" \
	    "a.example[192.0.2.1]: $2; from=<a@example.org> to=<b@example.net> proto=ESMTP" \
	    'helo=<c>'
}
GONE='4.7.1 Service unavailable - try again later' LATER='try again later'
ID=0123456789abcdef0123
# milters: of which several are no message of their own
milters() {
	for where in CONNECT EHLO HELO MAIL; do milter $where "451 $GONE"; done
	milter END-OF-MESSAGE "$GONE"
	milter END-OF-MESSAGE "4.7.1 could not be judged, $LATER"
	milter END-OF-MESSAGE "4.3.2 too many messages at once, $LATER"
	milter END-OF-MESSAGE "5.7.1 a.com: virus X; reference $ID"
	milter END-OF-MESSAGE "5.7.1 refused (reference $ID)"
	milter END-OF-MESSAGE '5.7.1 spam, says another'
	milter END-OF-MESSAGE "5.7.1 the hash of another ${ID}4567"
	milter END-OF-MESSAGE '4.7.1 Greylisted, says another'
	milter END-OF-MESSAGE '5.7.1 spam' | sed "s/<[^>]*>/<$ID>/g"
	for what in discard hold; do
		milter END-OF-MESSAGE 'milter triggers it' | sed "s/milter-reject/milter-$what/"
	done
}
milters >milters.log
exits 0 'what milters do is counted' count milters.s milters.log
is "$(kind milters.s waited) $(kind milters.s refused)" '4 4' \
    'what is put off waits; what we refuse is in a line of ours already'
virtally export -F csv -p 2026-11-21 -D milters.s >got
# messages KIND NAME: how many, and how many findings
messages() {
	awk -F, -v k="$1" -v n="$2" '$4 == k && $5 == n { m += $6; f += $7 }
	    END { print m + 0 "/" f + 0 }' got
}
is "$(messages waited transport) $(messages waited other)" '2/2 2/2' \
    '... for want of the filter, or for something else'

### What the policy lets pass, what is too large, what is released
virlog -o logged <<-END
	id=${ID} n=1 part=0 verdict=banned why=size do=hold rule=on_size
	id=${ID}1 n=1 part=0 verdict=banned why=size do=pass rule=allow:3
	id=${ID}2 n=1 part=2 verdict=banned why=suffix suffix=.exe do=pass rule=allow:3
	id=${ID}3 n=1 part=2 verdict=unscanned why=limit-size do=pass rule=allow:3
	id=${ID}4 n=1 part=2 verdict=unscanned why=limit-size do=hold rule=on_unscanned
	id=${ID}5 n=1 part=2 verdict=encrypted why=zip do=pass rule=allow:3
	id=${ID}6 n=1 part=2 verdict=unscanned why=limit-size do=pass rule=x do=mark rule=y
	id=${ID} do=release rule=quarantine who=root when=2026-11-21T10:00:00Z to=b@example.net
END
virlog -j -o logged.json <<-END
	id=${ID} n=1 part=0 verdict=banned why=size do=hold rule=on_size
	id=${ID}3 n=1 part=2 verdict=unscanned why=limit-size do=pass rule=allow:3
END
exits 0 'what is passed and released is counted' virtally count -D logged.s logged
virtally export -F csv -p all -D logged.s >got
is "$(messages suffix too%20large) $(messages suffix .exe) $(messages suffix unknown)" \
    '2/2 1/1 0/0' 'what is too large is named so'
is "$(messages passed suffix) $(messages passed unscanned) $(messages action pass)" \
    '2/2 1/1 1/1' 'what is allowed has passed'
is "$(messages action release) $(messages suffix "") $(messages unscanned "")" \
    '1/1 3/3 3/3' 'a release is an action, and nothing found'
virtally report -p all -D logged.s >said
grep -q 'too large' said
ok $? 'people are told in words' || sed 's/^/# /' said
virtally count -q -D logged2.s logged.json
virtally export -F csv -p all -D logged2.s >got
is "$(messages suffix too%20large) $(messages passed unscanned)" '1/1 1/1' '... of JSON as well'
finish
