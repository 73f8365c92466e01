#!/bin/sh
# SPDX-License-Identifier: ISC
# quarantine: list, show, release and recheck, with real messages, a real engine and a
# next hop that fails as it is told.
# shellcheck disable=SC2012,SC2034,SC2154,SC2119
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"

exits 0 'an engine' start_engine
exits 0 'mails' make_mails
make_front f -r '1:dot=451 4.7.1 later' -r '2:dot=554 5.7.1 no %0A' -r '3:dot=drop' \
    -r '4:rcpt=451 4.2.1 full'
export MULTISCAN_CONF="$T/f/conf"
quarantine() { "$T/f/bin/quarantine" "$@"; }
q=$T/f/quarantine
{
	cat f/conf
	echo 'on_infected() { write_record; force_hold; }'
	echo 'on_banned() { force_hold; }'
} >conf.new
mv conf.new f/conf

# what stays the same: all but the actions
kept_files() { find f/quarantine -type f ! -name action -exec cksum {} + | sort; }
sent_to_sink() { find f/sink -name '*.eml' | wc -l; }

front f infected
is $? 0 'an infected mail is held'
infected=$(ls f/quarantine)
front f banned
for id in f/quarantine/*; do
	id=${id#f/quarantine/}
	[ "$id" = "$infected" ] || banned=$id
done
touch -d '2026-01-02 03:04:05' "$q/$banned/manifest"

### list
exits 0 'list' quarantine list
is "$(cut -c 1-20 out)" "$banned
$infected" 'by time, the oldest first'
like "$(sed 1q out)" "$banned 2026-01-02 03:04:05 hold * $(wc -c <banned) from=anna@example.org to=$RCPT banned:.exe" \
    'when, how it ended, size, sender, recipient, what was found'
for choice in '-f ANNA@' '-r example.net' '-S eicar' '-d 2'; do
	# shellcheck disable=SC2086
	like "$(quarantine list $choice)" "*$infected*" "list $choice"
done
is "$(quarantine list -f nobody; quarantine list -r anna; quarantine list -S klez)" '' \
    'what does not fit is not listed'
is "$(quarantine list -d 2 | wc -l)" 1 'nor what is older'
is "$(quarantine list -S .exe | cut -c 1-20)" "$banned" 'a suffix is as good as a signature'
quarantine list -R >records.out
exits 0 'list -R is records' record -k <records.out
like "$(sed 1q records.out)" "id=$banned stowed=2026-01-02T*Z do=hold size=* queue=4Q from=anna@example.org *verdict=banned * to=$RCPT" \
    'with all that is known'

### show
exits 0 'show' quarantine show -m "$infected"
like "$(cat out)" "$infected*ended    hold*from     anna@example.org*part 2 \"eicar.com.txt\": infected Eicar-Test-Signature, by *, set *hold by on_infected*Subject: The file you wanted*" \
    'envelope, findings with the names of parts, the engine, actions, the fields'
exits 75 'show of what is not there' quarantine show "$infected" 0123456789abcdef0123
like "$(cat out; cat err)" "$infected*0123456789abcdef0123: No such file*" 'shows the others'

### Hostile
name=$(printf 'a\033[2J\007\342\200\256gpj.exe')
sed "s/Game.EXE/$name/" banned >hostile
"$T/f/bin/multiscan-pipe" -i 4Q -f "$(printf '"\033]0;x\007\na\\\\b"@example.org')" -- \
    "$(printf '"\342\200\256\302\205"@example.net')" <hostile >f/out 2>&1
is $? 0 'a hostile mail is held'
hostile=$(quarantine list -S .exe | cut -c 1-20 | grep -v "$banned")
{
	quarantine list
	quarantine show -m "$hostile"
	quarantine recheck "$hostile"
} >out 2>&1
is "$(tr -d '\n\t' <out | grep -c '[[:cntrl:]]')" 0 'no control character is shown'
is "$(grep -c "$(printf '\342\200\256\|\302\205')" out)" 0 'nor what turns the direction'
like "$(cat out)" '*from="\\"\\x1B]0;x\\x07\\x0Aa*' 'they can be read all the same'
like "$(quarantine show "$hostile")" '*part 2 "a\\x1B[[]2J\\x07\\xE2\\x80\\xAEgpj.exe"*' 'in names too'
rm -r "${q:?}/$hostile"

### Strangers
mkdir strange "$q/unfinished" "$q/00000000000000000000"
ln -s "$q/$banned" "$q/11111111111111111111"
echo >"$q/$(printf 'x\033')"
cp -r "$q/$banned" "$q/22222222222222222222"
exits 0 'list with strangers in the folder' quarantine list
is "$(cut -c 1-20 out)" "$banned
$infected" 'lists what is ours'
for name in unfinished 00000000000000000000 11111111111111111111 22222222222222222222 'x\\x1B'; do
	like "$(cat err)" "*/$name: *" "and names $name"
done
exits 75 'a link is not released' quarantine release 11111111111111111111
rm -r "$q/unfinished" "$q"/[012][012][012]* "$q"/x*

### release
exits 75 'the MTA says 451: not now' quarantine release "$banned"
like "$(cat out; cat err)" "quarantine: $banned: not released: *451 4.7.1 later*" 'and not released'
exits 75 'the MTA says 554' quarantine release "$banned"
like "$(cat out; cat err)" "quarantine: $banned: not released: the MTA behind us refuses it: *5.7.1 no %0A*" \
    'nor then'
exits 75 'the MTA goes away after the data' quarantine release "$banned"
like "$(cat out; cat err)" "quarantine: $banned: not released, as far as is known: *closed the connection*" \
    'it is not known'
like "$(quarantine list)" "*$banned * releasing *" 'list says so'
exits 1 'so it is not sent once more' quarantine release "$banned"
like "$(cat err)" "*its release was begun by *, and how that ended is not known*release -F*" \
    'but for who wants it'
exits 75 'a recipient is refused' quarantine release -F "$banned"
like "$(cat err)" "*not released: *451 4.2.1 full*" 'none gets it'
is "$(sent_to_sink)" 0 'nothing was sent so far'
exits 1 'it is still not known' quarantine release "$banned"
SUDO_USER=ada exits 0 'the MTA takes it' quarantine release -F "$banned"
is "$(cat out)" "$banned: released" 'then it is released'
same f/sink/1.eml banned.crlf 'as it came'
like "$(cat f/sink/1.env)" '*MAIL FROM:<anna@example.org>*RCPT TO:<'"$RCPT"'>*' 'for whom it was meant'
like "$(tail -n 1 "$q/$banned/action")" "id=$banned rule=quarantine do=release who=* who=ada when=20*Z" \
    'who did it, and when, is kept'
like "$(quarantine list)" "*$banned * release *" 'list says so'
exits 1 'it is not released twice' quarantine release "$banned"
like "$(cat err)" "*it was released already by * at 20*" 'without a word'
exits 0 'to somebody else, knowing it' quarantine release -F -r carl@example.net "$banned"
like "$(cat out; cat f/sink/2.env)" "$banned: released to carl@example.net*RCPT TO:<carl@example.net>*" 'it is'
exits 1 'an infected one is not released' quarantine release "$infected"
like "$(cat err)" "*it is infected: infected:Eicar-Test-Signature*release -F*" 'without a word'
exits 0 'but it can be' quarantine release -F "$infected"
exits 1 'and not twice' quarantine release -F "$infected"
like "$(cat err)" '*release -FF*' 'with that word'
is "$(sent_to_sink)" 3 'three were sent'
like "$(tail -n 1 f/log)" "*mail.notice] release action id=$infected do=release rule=quarantine who=* queue=4Q *to=$RCPT" \
    'the log has it'
virtally count -q -D state f/log
is "$(virtally top -D state -p all)" '      1 Eicar-Test-Signature' 'as no virus'
exits 75 'several: of one that is not there' quarantine release -F 0123456789abcdef0123 "$infected" -x
like "$(cat err)" '*0123456789abcdef0123: not in *' 'the others are looked at'

### Two at once, and a kill
# begun N: until the infected one was begun to be released so often
begun() {
	tries=0
	until [ "$(grep -c do=releasing "$q/$infected/action")" -ge "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || return
		sleep 0.02
	done
}
start_sink stuck -r dot=hang
cp f/conf settings
echo "NEXT_HOP=127.0.0.1:$(cat stuck/port)" >>f/conf
setsid "$T/f/bin/quarantine" release -FF "$infected" >killed.out 2>&1 &
killed=$!
begun 2
exits 75 'a second one meanwhile' quarantine release -FF "$infected"
like "$(cat err)" '*somebody is releasing it at this moment*' 'is told'
quarantine expire -s 1 >out 2>err
[ -e "$q/$infected/manifest" ] && [ ! -e "$q/$banned" ]
ok $? 'expire leaves it where it is'
like "$(cat err)" '*being released*' 'and says so'
kill -9 "-$killed"
wait $killed 2>/dev/null
# The last of them has the lock until it is gone.
tries=250
until ! kill -0 "-$killed" 2>/dev/null || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.02
done
cp settings f/conf
is "$(grep -c ': released' killed.out)" 0 'one that is killed says nothing'
exits 1 'the next one' quarantine release -F "$infected"
like "$(cat err)" '*its release was begun by *' 'knows of it'

### recheck
front f banned
is $? 0 'one more is held'
banned=$(quarantine list -S .exe | cut -c 1-20)
kept_files >before
exits 1 'recheck: both are found still' quarantine recheck "$banned" "$infected"
is "$(cat out)" "$banned: now hold, banned:suffix:.exe; then hold, banned:suffix:.exe
$infected: now hold, infected:Eicar-Test-Signature; then hold, infected:Eicar-Test-Signature; released" 'as then'
echo "SUFFIXES='scr'" >>f/conf
before=$(sent_to_sink)
exits 0 'with other settings one is not' quarantine recheck "$banned"
is "$(cat out)" "$banned: now deliver, nothing found; then hold, banned:suffix:.exe" 'and is told so'
exits 1 'recheck -a' quarantine recheck -a
is "$(wc -l <out)" 2 'is all'
kept_files >after
same before after 'it changes nothing'
is "$(sent_to_sink) $(left f) $(ls f/records | wc -l)" "$before  1" 'nowhere'
exits 1 'recheck -r' quarantine recheck -a -r
like "$(cat out)" "*$banned: released*" 'releases what is clean'
is "$(sent_to_sink)" $((before + 1)) 'and that alone'
exits 0 'once' quarantine recheck -r "$banned"
is "$(sent_to_sink)" $((before + 1)) 'only'
echo "ENGINES=unix:$T/none" >>f/conf
exits 75 'recheck without an engine' quarantine recheck "$banned"
like "$(cat out; cat err)" "*$banned: could not be judged*" 'is no verdict'
cp settings f/conf

### Many
rm -r "${q:?}"/*
perl -e 'for my $n (1 .. 2000) {
	my $id = sprintf "%020x", $n * 7919;
	my $dir = "$ARGV[0]/$id";
	mkdir $dir or die;
	for (["envelope", "id=$id from=a%20$n\@b.example to=c\@d.example\n"],
	    ["manifest", "part=0 id=$id parts=1 size=1\n"], ["message", "x"],
	    ["verdicts", "n=1 part=0 verdict=infected sig=X\n"], ["action", "id=$id do=hold\n"]) {
		open my $f, ">", "$dir/$_->[0]" or die;
		print $f $_->[1];
	}
	utime 1e9 + $n, 1e9 + $n, "$dir/manifest";
}' "$q"
exits 0 '2,000 are listed' quarantine list
is "$(wc -l <out) $(sort -c -k 2,3 out && echo sorted)" '2000 sorted' 'all of them, in order'
like "$(sed -n 2000p out)" '* hold * 1 from="a 2000@b.example" to=c@d.example infected:X' 'with what is known'
finish
