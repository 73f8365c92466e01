#!/bin/sh
# SPDX-License-Identifier: ISC
# multiscan-milter in the session of a real Postfix: each ending, and what arrives is what
# was judged; whatever fails, is killed or says something odd, the client is told to come
# again, and nothing is left.
# shellcheck disable=SC2012,SC2016,SC2030,SC2031,SC2086,SC2094,SC2154
. "${0%/*}/lib.sh"
. "$HERE/postfix.sh"
. "$HERE/milter.sh"

if why=$(postfix_missing); then
	skip 'multiscan in the session' "$why"
	finish
	exit
fi
postfix_start
ok $? 'Postfix, avscand and a sink run' || { finish; exit 1; }
fake_make

FROM=sender@example.org TO=reader@example.net
count_sent=0

# session FILE TO...: the answer is in ./answer
session() {
	file=$1
	shift
	send_mail "$file" $FROM "${@:-$TO}"
}
# answers PATTERN NAME: the client is told so of what was sent last
answers() { like "$(cat answer)" "$1" "$2"; }
# arrives FILE NAME: one more, and equal to FILE but for its last line end
arrives() {
	count_sent=$((count_sent + 1))
	wait_delivered $count_sent || { ok 1 "$2"; return; }
	as_taken "sink/$count_sent.eml" >got
	awk 1 "$1" >wanted
	same got wanted "$2" || diff got wanted | sed 's/^/# /;20q'
}
# nothing_more NAME: nothing else arrived, nothing is in the queue
nothing_more() {
	wait_queue 0
	is "$(delivered)" "$count_sent" "$1"
}
# talk LINE...: what a client says, each after the answer to the one before
talk() {
	perl -MIO::Socket::INET -e '
	    my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:" . shift, Timeout => 20) or die;
	    alarm 20;
	    for ("", @ARGV) {
		my $line = $_;
		if ($line =~ s/^FILE //) {
		    open my $f, "<", $line or die;
		    while (<$f>) { chomp; s/^\./../; print $s "$_\r\n" }
		    $line = ".";
		}
		print $s "$line\r\n" if $line ne "";
		my $answer;
		do { defined($answer = <$s>) or die; print $answer } while $answer =~ /^...-/;
	    }' "$port_in" "$@"
}
# kept: the folder of the only one in the quarantine
kept() { set -- spool/quarantine/*; [ $# -eq 1 ] && echo "$1"; }
forget() { rm -rf spool/quarantine/* spool/records/*; }
in_work() { find "$1/work" -mindepth 1 | wc -l; }
work_is_empty() { [ "$(in_work "$1")" -eq 0 ]; }
# children: of the milter
children() { cat "/proc/$milter_pid/task"/*/children | wc -w; }
no_children() { [ "$(children)" -eq 0 ]; }
fds_are() { [ "$(descriptors)" -eq "$1" ]; }
descriptors() { set -- "/proc/$milter_pid/fd"/*; echo $#; }

# What is missing is missed before a message comes.
as_root="$P/bin/multiscan-milter -u nobody"
exits 75 'no multiscan: it does not start' $as_root -l "unix:$M/none" -m "$T/none"
like "$(cat err)" "multiscan-milter: $T/none: No such file*" 'and says so'
exits 75 'no folder for its socket' $as_root -l "unix:$T/none/sock"
exits 64 'as root' "$P/bin/multiscan-milter" -l "unix:$M/none"
like "$(cat err)" '*: not as root: say -u *' 'it says what to do'
exits 64 'nobody of this name' "$P/bin/multiscan-milter" -l "unix:$M/none" -u no-such-user

### What is shipped
milter_start
ok $? 'the milter runs' || { finish; exit 1; }
is "$(stat -c '%a %U %G' "$M/sock")" '660 nobody postfix' 'its socket is for its user and Postfix'

session "$ROOT/samples/report.eml"
answers '250 *' 'clean: taken'
arrives "$ROOT/samples/report.eml" 'it arrives as it was, byte for byte'
ok "$(in_work spool)" 'nothing is left of it'
is "$(sed -n 's/.*do=//p' milter.log)" 'deliver' 'and -v said so'

# infected MORE: a mail with much that is not as usual in it
infected() {
	LONG=$(printf '%0900d' 0)
	cat <<-END
	Received: from elsewhere.example by elsewhere.example; Thu, 26 Nov 2026 21:00:00 +0000
	Received: from here.example by here.example; Thu, 26 Nov 2026 21:00:00 +0000
	From: $FROM
	To: $TO
	Subject:  two blanks
	X-Long: a$LONG
	  b$LONG
	 c
	Date: Thu, 26 Nov 2026 21:00:00 +0000
	Message-ID: <1@example.org>
	X-Empty:
	content-type: multipart/mixed; boundary=one
	X-Dup: 1
	Content-Type: multipart/mixed; boundary=one
	MIME-Version: 1.0
	X-Dup: 1
	X-Multiscan: odd; forged

	preamble
	--one
	Content-Type: text/plain; charset=utf-8
	Content-Transfer-Encoding: 8bit

	.
	..
	.dots, $(printf 'M\303\274ller, \377 and a tab\t')
	$LONG$LONG$LONG

	--one
	Content-Type: application/octet-stream; name="a.com"
	Content-Transfer-Encoding: base64

	$(sed -n '/^WDVP/,/^$/p' "$ROOT/samples/eicar.eml")
	--one--
	.
	END
}
infected >infected
for way in 'multipart' 'one part' 'with a lone CR'; do
	cp infected mail
	[ "$way" != 'one part' ] || cat >mail <<-END
	From: $FROM
	Message-ID: <2@example.org>
	Date: Thu, 26 Nov 2026 21:00:00 +0000
	MIME-Version: 1.0
	Content-Type: application/octet-stream; name="a.com"
	X-Between: 1
	Content-Disposition: attachment;
	 filename="a.com"
	Content-Transfer-Encoding: base64

	$(sed -n '/^WDVP/,/^$/p' "$ROOT/samples/eicar.eml")
	END
	[ "$way" != 'with a lone CR' ] || sed -i 's/^preamble/pre\ramble/' mail
	session mail
	answers '250 *' "infected, $way: taken"
	arrives "$(kept)/message.new" 'what arrives is what was judged once more'
	! grep -q '^WDVP' got && grep -q 'was removed' got
	ok $? 'without the virus, with a note'
	[ "$way" = 'with a lone CR' ] || same "$(kept)/message" mail 'the original is kept, as it came'
	forget
done

# In chunks of any size (RFC 3030), which cut the virus, line ends and dots: the same.  The
# fourth is as large as the one with the virus: nothing is left for the last chunk.
sed 's/^the minutes are.*/.\n..\n.dots/' "$ROOT/samples/report.eml" >clean
printf 'the last line has no end' >>clean
talk 'EHLO x' QUIT >talked
is "$(grep -c '^250.CHUNKING' talked) $(grep -c BINARYMIME talked)" '1 0' \
    'Postfix takes chunks, and no binary mail'
for chunk in 7 61 997 $(sed 's/$/\r/' infected | wc -c) 1000000; do
	session clean
	answers '250 *' "in chunks of $chunk, clean: taken"
	arrives clean '	it arrives as it was, byte for byte'
	session infected
	answers '250 *' '	infected: taken'
	arrives "$(kept)/message.new" '	what arrives is what was judged once more'
	! grep -q '^WDVP' got && grep -q 'was removed' got
	ok $? '	without the virus, with a note'
	same "$(kept)/message" infected '	the original is kept, as it came'
	forget
done
chunk=
talk 'EHLO x' "MAIL FROM:<$FROM>" "RCPT TO:<$TO>" "$(printf 'BDAT 12\r\nSubject: x')" QUIT >talked
nothing_more 'without the last one there is no mail'
ok "$(in_work spool)" 'and nothing is left of it'

# The policy's words are heard by the client.
configure 'on_infected() { force_bounce; keep_original; }' 'on_banned() { force_discard; }' \
    'on_odd() { redirect_to else@example.com; }' 'on_encrypted() { force_hold; }'
session "$ROOT/samples/eicar.eml"
is $? 1 'infected, refused: the client is told for good'
id=$(basename "$(kept)")
answers "550 5.7.1 *eicar.com.txt*$id*" 'with the name of the file and the id'
forget
chunk=61
session "$ROOT/samples/eicar.eml"
is $? 1 'so it is when it comes in chunks'
answers "550 5.7.1 *eicar.com.txt*$(basename "$(kept)")*" 'with the same words'
chunk=
forget
session "$ROOT/samples/program.eml"
answers '250 *' 'banned, discarded: taken'
configure 'on_infected() { force_hold; }'
session "$ROOT/samples/eicar.eml"
answers '250 *' 'infected, held: taken'
same "$(kept)/message" "$ROOT/samples/eicar.eml" 'it is in the quarantine'
forget
configure 'on_infected() { substitute_part; redirect_to else@example.com; keep_original; }'
session "$ROOT/samples/eicar.eml" $TO other@example.net
arrives "$(kept)/message.new" 'infected, to another address: it arrives, changed'
is "$(grep -c ^RCPT sink/$count_sent.env) $(sed -n 's/^RCPT TO:<\([^>]*\)>.*/\1/p' sink/$count_sent.env)" \
    '1 else@example.com' 'there and nowhere else'
forget
# Postfix reads what is to be taken out by other rules than what comes.
set -- 'EHLO x'
for odd in '<Foo <reader@example.net>>' '<reader@example.net,>' 'reader@example.net,' \
    '<Foo <reader%example.net>>' '<a@example.org <reader@example.net>>' \
    '<reader@example.net <reader%example.net>>'; do
	set -- "$@" 'MAIL FROM:<a@example.org>' "RCPT TO:<$TO>" "RCPT TO:$odd" DATA "FILE $ROOT/samples/eicar.eml"
done
talk "$@" QUIT >talked
is "$(grep -c '^354' talked) $(grep -c '^451 4.7.1' talked)" '6 6' \
    'to another address, and a recipient is written oddly: the client is to come again'
forget
talk 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<reader%example.net>' \
    'RCPT TO:<"rea der"@example.net>' "RCPT TO:<$TO> NOTIFY=NEVER" 'RCPT TO:reader@gateway.example' \
    'RCPT TO:<reader>' 'RCPT TO:<READER@example.NET.>' DATA "FILE $ROOT/samples/eicar.eml" QUIT >talked
is "$(grep -c '^250 2.1.5' talked)" 6 'recipients in many forms'
arrives "$(kept)/message.new" 'to another address instead of these: it arrives'
is "$(sed -n 's/^RCPT TO:<\([^>]*\)>.*/\1/p' sink/$count_sent.env)" 'else@example.com' 'there and nowhere else'
forget
engine_stop
session "$ROOT/samples/report.eml"
answers '451 4.7.1 could not be judged, try again later*' 'no engine: the client is to come again'
engine_start
nothing_more 'and of all these no more arrived'
ok "$(in_work spool)" 'nothing is left'

# Without a session: a mail of sendmail.
postconf -c "$C" -e "non_smtpd_milters = unix:$M/sock"
milter_stop -KILL

### One that is told what to do
before=$(ready)
milter_start -w 2 -t 60 -m "$FAKE/multiscan"
ok $? 'after a kill it starts: the dead socket is replaced'
is "$(($(ready) - before))" 1 'and says so'
exits 75 'beside a live one it does not start' \
    "$P/bin/multiscan-milter" -u nobody -l "unix:$M/sock"
like "$(cat err)" 'multiscan-milter: unix:*: something is listening there already*' 'and says why'

# Heads of few names, some of them twice, folded or empty, changed at random.
mkdir heads
perl -e '
	srand 7;
	my @f = ("Subject: a", "Subject: b", "subject: a", "X-A: 1\n\t2", "X-A: 1", "X-B:",
	    "Received: x", "Received: y\n by z", "X-C: " . "x" x 400 . "\n " . "y" x 400);
	my @own = ("Date: Thu, 26 Nov 2026 21:00:00 +0000", "Message-ID: <1\@example.org>",
	    "From: sender\@example.org");
	sub body { join "", map { (".", "..", "x" x 3000, "", "a\rb", "\xff")[rand 6] . "\n" } 1 .. rand 9 }
	for my $n (1 .. 12) {
		my @old = (@own, map { $f[rand @f] } 1 .. rand 12);
		my @new = grep { rand() > .3 } @old;
		splice @new, rand(@new + 1), 0, $f[rand @f] for 1 .. rand 4;
		my $body = body();
		my $other = $n % 3 ? $body : body() . ($n % 2 ? "" : "no line end");
		for (["old", \@old, $body], ["new", \@new, $other]) {
			open my $o, ">", "heads/$n.$$_[0]" or die;
			print $o map({ "$_\n" } @{$$_[1]}), "\n", $$_[2];
		}
	}'
does "$CHANGE"
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	tr '\r' ' ' <heads/$n.old >mail
	cp heads/$n.new fake/new
	session mail
	arrives heads/$n.new "a head changed at random ($n)"
	same fake/got mail '	it was handed on as it came'
done
does "$DELIVER"
perl -e 'print "From: a\@example.org\nMessage-ID: <1\@b>\nDate: x\n", "X-Many: ", "x" x 70, "\n", " y" x 40, "\n"; for (1 .. 700) { print "\t" . "z" x 70, "\n" }
    print "\n\nlast"' >mail
awk 1 mail >large
session large
arrives large 'a field of 50,000 bytes arrives'

# Each change of a field costs Postfix a walk through all that stand before it.
does "$CHANGE"
for n in 300 3000; do
	{ echo 'From: a@example.org'; seq -f 'X-Many: %g' $n; printf 'Message-ID: <1@b>\nDate: x\n\nbody\n'; } >mail
	grep -v ^X-Many mail >fake/new
	session mail
	[ $n -eq 300 ] || { answers '451 4.7.1 *' 'more fields go than Postfix could take out: 451'; continue; }
	arrives fake/new 'many fields go'
done

# Options, in the order in which they are asked for
does 'ls /proc/$$/fd >"$HERE/fds"; '"$DELIVER"
session "$ROOT/samples/text.eml" $TO 'two@example.net'
arrives "$ROOT/samples/text.eml" 'one for two: it arrives'
queue=$(sed -n 's/.*queued as //p' answer | tr -d '\r')
is "$(tr '\n' ' ' <fake/arguments)" \
    "-X -Q $queue -a 127.0.0.1 -H localhost -e client.example -u  -f $FROM -- $TO two@example.net " \
    'multiscan is told the envelope'
is "$(grep -c '^[3-9]$' fake/fds)" 0 'and has no descriptor of the milter'

# Who has not read a message to its end has not looked at it
{ cat "$ROOT/samples/text.eml"; seq 100000; } >long
does "$DELIVER"
: >fake/deaf
session long
answers '451 4.7.1 *' 'an answer about the beginning of a message'
rm fake/deaf

# What is no answer
for odd in 'exit 75' 'exit 0' 'exit 1' "kill -9 \$\$" "kill -9 \$PPID" 'echo odd' \
    'answer do=deliver at=work dir="$DIR" more=x' 'answer do=hold at=work dir="$DIR"' \
    'answer do=hold at=quarantine dir="$HERE/quarantine/none"' \
    'answer do=deliver at=work dir="$DIR" changed=yes' \
    'answer do=deliver at=work dir="$HERE/none" changed=yes' \
    'manifest ffffffffffffffffffff; '"$CHANGE" ': >"$DIR/manifest"; '"$CHANGE" \
    "$DELIVER to=%3C%3E" "$DELIVER to=%20" "$DELIVER to=%28x%29" "$DELIVER to=@" "$DELIVER to=@example.com" \
    "$DELIVER to=a@" "$DELIVER to=a@example.com%20b@example.com" "$DELIVER to=a@b@example.com" \
    "$DELIVER to=a@example..com" "$DELIVER to=a@." \
    "$DELIVER; $DELIVER" "$DELIVER; exit 75" 'yes' 'yes >&2; exit 75' 'exec <&-; exit 75' \
    'printf "A: 1\nno field\n\n" >"$DIR/message.new"; answer do=deliver at=work dir="$DIR" changed=yes' \
    'printf "A: 1\n" >"$DIR/message.new"; answer do=deliver at=work dir="$DIR" changed=yes'; do
	[ "$odd" != yes ] || odd='n=0; while [ $n -lt 9000 ]; do echo id=0123456789abcdef0123; n=$((n + 1)); done'
	does "$odd"
	session "$ROOT/samples/text.eml"
	answers '451 4.7.1 could not be judged*' "451: $odd"
done
chmod -x fake/multiscan
session "$ROOT/samples/text.eml"
answers '451 4.7.1 could not be judged*' '451: it cannot be run'
chmod +x fake/multiscan
[ "$(wc -c <milter.log)" -lt 20000 ]
ok $? 'of what is said without an end little is written'
does "$DELIVER"
$as_nobody prlimit --pid $milter_pid --nofile=$(($(descriptors) + 2)):
session "$ROOT/samples/text.eml"
answers '451 4.7.1 *' '451: no descriptors'
$as_nobody prlimit --pid $milter_pid --nofile=1024:
nothing_more 'none of these arrived'
session "$ROOT/samples/text.eml"
arrives "$ROOT/samples/text.eml" 'after all of these: taken'
rm -rf fake/work/*

# One that takes nothing of its message, one that writes what is no text
does 'printf "\033[2Jred\n" >&2; exit 75'
session "$ROOT/samples/text.eml"
grep -q '?\[2Jred' milter.log && ! grep -q "$(printf '\033')" milter.log
ok $? 'what is said is cleaned'
does 'answer do=refuse at=work dir="$DIR" text=100%25%0D%0A250%20OK%20%E2%82%AC'
session "$ROOT/samples/text.eml"
answers "550 5.7.1 100% 250 OK ? (reference 0123456789abcdef0123)*" 'words of a refusal are one line of ASCII'

# A session with two messages, one that ends within a message, one that says RSET
does "$DELIVER"
ENVELOPE='MAIL FROM:<a@example.org>'
talk 'EHLO x' "$ENVELOPE" "RCPT TO:<$TO>" DATA "FILE $ROOT/samples/text.eml" "$ENVELOPE" "RCPT TO:<$TO>" RSET \
    'MAIL FROM:<>' "RCPT TO:<$TO>" DATA "FILE $ROOT/samples/text.eml" QUIT >talked
is "$(grep -c '^250 2.0.0 Ok: queued' talked)" 2 'two messages in a session are taken'
arrives "$ROOT/samples/text.eml" 'the first arrives'
arrives "$ROOT/samples/text.eml" 'the second arrives'
like "$(tr '\n' ' ' <fake/arguments)" '* -e x -u  -f  -- reader@example.net ' 'that one of nobody'
talk 'EHLO x' "XCLIENT ADDR=192.0.2.7 NAME=[UNAVAILABLE] LOGIN=anna" 'EHLO y' "$ENVELOPE" \
    "RCPT TO:<$TO>" DATA "FILE $ROOT/samples/text.eml" QUIT >talked
arrives "$ROOT/samples/text.eml" 'one from afar arrives'
like "$(tr '\n' ' ' <fake/arguments)" '*-a 192.0.2.7 -H unknown -e y -u anna -f a@example.org*' \
    'with its address and its login'

talk 'EHLO x' 'MAIL FROM:<Foo <a@example.org>>' 'RCPT TO:<Foo <reader@example.net>>' \
    "RCPT TO:<reader%example.net>" DATA "FILE $ROOT/samples/text.eml" QUIT >talked
arrives "$ROOT/samples/text.eml" 'one whose envelope is oddly written arrives'
like "$(tr '\n' ' ' <fake/arguments)" '* -f a@example.org -- reader@example.net reader@example.net ' \
    'and is judged for whom Postfix has it'

# More than there are places for.  libmilter may leave a session that is ready until a
# thread of its pool is free, or until another one comes: so one more is sent then.
rm -rf fake/work/*
does 'while [ ! -e "$HERE/go" ]; do sleep 0.05; done; '"$DELIVER"
one_more() {
	clients=$((clients + 1))
	( T=$T/client$clients; mkdir "$T"; session "$ROOT/samples/text.eml" ) &
	ids="$ids $!"
}
one_answered() { [ "$(cat client?/answer 2>/dev/null | wc -l)" -ge 1 ]; }
ids='' clients=0
for n in 1 2 3 4 5; do one_more; done
until wait_for 3 one_answered || [ $clients -eq 9 ]; do one_more; done
is "$(cat client?/answer | sed 1q | cut -c 1-34)" '451 4.3.2 too many messages at onc' \
    'two are judged, two wait, one more is put off at once'
is "$(ls fake/work | wc -l)" 2 'two are judged'
: >fake/go
# shellcheck disable=SC2086
wait $ids
put_off=$(cat client?/answer | grep -c '^451 4.3.2')
taken=$(cat client?/answer | grep -c '^250 2.0.0')
is $((put_off + taken)) $clients 'all others are taken'
[ "$taken" -ge 4 ]
ok $? 'four at the least'
while [ "$taken" -gt 0 ]; do
	arrives "$ROOT/samples/text.eml" "and arrive ($taken)"
	taken=$((taken - 1))
done
rm fake/go
does ': >"$HERE/reached"; while [ ! -e "$HERE/go" ]; do sleep 0.05; done; '"$DELIVER"

# It is killed while it judges, and Postfix says so
rm -f fake/reached
( T=$T/killed; mkdir "$T"; session "$ROOT/samples/text.eml" ) &
client=$!
wait_for 10 test -e fake/reached
kill -KILL $milter_pid
wait $client
like "$(cat killed/answer)" '451 4.7.1 *' 'killed in the middle of a message: 451'
wait_for 10 work_is_empty fake
ok $? 'its runs ended with it'
milter_stop
session "$ROOT/samples/text.eml"
answers '451 4.7.1 *' 'while it is not there: 451'
does "$DELIVER"
milter_start -w 2 -t 3 -m "$FAKE/multiscan"
fds=$(descriptors)
session "$ROOT/samples/text.eml"
arrives "$ROOT/samples/text.eml" 'when it is there again: taken'

# Never ready: the time is over
does 'trap "" TERM; while :; do sleep 1; done'
session "$ROOT/samples/text.eml"
answers '451 4.7.1 could not be judged*' 'one that takes too long, and cannot be told to end: 451'
rm -rf fake/work/*
ok "$(children)" 'and has no process any more'
wait_for 10 fds_are "$fds"
ok $? 'nor a descriptor'

# Told to end while it judges
does ': >"$HERE/reached"; while [ ! -e "$HERE/go" ]; do sleep 0.05; done; '"$DELIVER"
rm -f fake/reached
( T=$T/ended; mkdir "$T"; session "$ROOT/samples/text.eml" ) &
client=$!
wait_for 10 test -e fake/reached
kill -TERM $milter_pid
: >fake/go
wait $client
like "$(cat ended/answer)" '250 *' 'told to end, it ends what it has'
arrives "$ROOT/samples/text.eml" 'and that arrives'
milter_ends
wait $milter_pid
is $? 0 'and ends'
milter_pid=
nothing_more 'and of all these no more arrived'
### By TCP
port_in=$port_asks
session "$ROOT/samples/report.eml"
answers '451 4.7.1 *' 'by TCP, nobody is there: 451'
configure 'on_infected() { force_bounce; }'
milter_start -l "tcp:127.0.0.1:$port_tcp"
ok $? 'it listens at a port'
is "$(grep -c 'alone' milter.log)" 0 'of this machine, of which nothing is said'
session "$ROOT/samples/report.eml"
answers '250 *' 'clean: taken'
arrives "$ROOT/samples/report.eml" 'it arrives as it was, byte for byte'
session "$ROOT/samples/eicar.eml"
answers '550 5.7.1 *eicar.com.txt*' 'infected: refused, with the words of the policy'
exits 75 'a port where somebody listens' \
    "$P/bin/multiscan-milter" -u nobody -l "tcp:127.0.0.1:$port_tcp"
like "$(cat err)" "*tcp:127.0.0.1:$port_tcp: cannot be listened on*" 'is none for another one'
milter_stop -KILL
milter_start -l "tcp:localhost:$port_tcp"
ok $? 'after a kill it starts at once'
session "$ROOT/samples/report.eml"
arrives "$ROOT/samples/report.eml" 'and judges'
milter_stop
milter_start -l "tcp:0.0.0.0:$port_tcp"
like "$(cat milter.log)" "*tcp:0.0.0.0:$port_tcp: not of this machine alone: *" \
    'that others can reach a port is said'
milter_stop
nothing_more 'and nothing else arrived'

is "$(grep -E 'warning: (milter|.*unexpected)|panic|fatal' postfix/log | grep -v -e "$M/sock" -e "inet:127.0.0.1:$port_tcp" | head -n 3)" '' \
    'Postfix found nothing odd'

finish
