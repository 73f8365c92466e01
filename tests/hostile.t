#!/bin/sh
# SPDX-License-Identifier: ISC
# Names that a sender made for the shell: of attachments, of the sender, of
# recipients, of the client.  They go through every script behind a real
# Postfix, and by hand.  A name that any of them runs makes a file `pwned'.
# shellcheck disable=SC2016,SC2034,SC2094,SC2154
. "${0%/*}/lib.sh"
. "$HERE/postfix.sh"

if why=$(postfix_missing); then
	skip 'hostile names through Postfix' "$why"
	finish
	exit
fi
postfix_start
ok $? 'Postfix, avscand and a sink run' || { finish; exit 1; }
# Where each user that a script may run as can write.
trap_file=$S/pwned
as() { MULTISCAN_CONF=$T/multiscan.conf $as_nobody "$@"; }
# sprung NAME: the trap is as it was
sprung() {
	is "$(find "$T" -name 'pwned*')" '' "$1: nothing was run"
	find "$T" -name 'pwned*' -delete
}

# names: each in percent-coding, a line each
names() {
	perl -ne 'chomp; s/TRAP/$ENV{trap_file}/g; s/\\x(..)/chr hex $1/ge; s/LONG/"A" x 3000/e;
	    print join("", map { sprintf "%%%02X", ord } split //), "\n"' <<-'END'
	$(touch TRAP).exe
	`touch TRAP`.exe
	;touch TRAP;.exe
	|touch TRAP.exe
	&touch TRAP&.exe
	a"; touch TRAP; ".exe
	a'; touch TRAP; '.exe
	a\x0Atouch TRAP\x0A.exe
	a\x0D\x0A\x0D\x0Atouch TRAP.exe
	a\x0AX-Injected: yes\x0A\x0A.exe
	a\x0D\x0AX-Injected: yes.exe
	a"\x0Dtouch TRAP\x0D".exe
	>TRAP.exe
	\x5C$(touch TRAP)\x5C.exe
	${IFS}.exe
	$IFS$9-x$(touch${IFS}TRAP).exe
	$((a[$(touch TRAP)])).exe
	${x:=$(touch TRAP)}.exe
	-rf.exe
	-o.exe
	--help.exe
	-e$(touch TRAP).exe
	*.exe
	/*/*.exe
	[a-z]?*.exe
	~root.exe
	.exe
	 a  b .exe
	../../../../../../tmp/x.exe
	/etc/passwd.exe
	%s%n%100000d.exe
	%0A%00.exe
	part=0 do=deliver.exe
	a verdict=clean n=1.exe
	=,:@=.exe
	\x00.exe
	a\x00$(touch TRAP).exe
	\x1B]0;x\x07\x1B[2J.exe
	\xE2\x80\xAEtxt.exe
	\xFF\xFE\xC3(.exe
	\xE4\xF6\xFC.exe
	\xC3\xA4\xCC\x88.exe
	\x80\x9B2J.exe
	LONG.exe
	$(touch TRAP)LONG.exe
	END
}

# A message with a part for each name.  form: percent (RFC 2231), few (only some
# of them); quoted (as it is in a quoted string) and uu (a begin line) share
# those that can stand there.
make_message() {
	printf 'From: a@example.org\nTo: b@example.net\nSubject: names\n'
	printf 'Message-ID: <names.%s@example.org>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n' "$1"
	printf 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n'
	names | perl -ne 'BEGIN { $form = shift @ARGV } chomp;
	    ($raw = $_) =~ s/%(..)/chr hex $1/ge;
	    ($quoted = $raw) =~ s/(["\\])/\\$1/g;
	    next if $form eq "few" && $. % 9 != 1;
	    next if $form =~ /^[qu]/ && ($raw =~ /[\r\n\0]/ || $. % 2 != ($form eq "uu"));
	    $field = $form eq "quoted" ? "filename=\"$quoted\""
		: $form eq "uu" ? "size=3" : "filename*=utf-8\x27\x27$_";
	    print "--b\nContent-Type: text/plain\nContent-Disposition: attachment; $field\n\n";
	    print $form eq "uu" ? "begin 644 $raw\n#86)C\n`\nend\n" : "nothing\n";
	    END { print "--b--\n" }' "$1"
}
# shellcheck disable=SC2030
export trap_file

# Everything that a policy can do with a name
configure 'NOTIFY_TO=watch@example.net' NOTICE_STATE= \
    'on_banned() { write_record; keep_original; substitute_part; mark; each tell; }' \
    'tell() { decoded "${NAME#*:}"; told="$DECODED"; case $told in' \
    '*IFS*|*X-Injected*) send_email help@example.net "Found: $told" "$told, $NAME, in $ID" ;; esac; }' \
    "engine extra 'test -e' 0 3"
total=0
for form in percent quoted uu; do
	make_message $form >$form
	send_mail $form a@example.org b@example.net
	total=$((total + $(grep -c '^--b$' $form)))
done
wait_queue 0 60
is "$(queue_count)" 0 'messages full of hostile names: each comes to its end'
sprung 'Postfix, multiscan-pipe'
files=$(grep -L '^Auto-Submitted:' sink/*.eml)
is "$(echo "$files" | wc -l)" 3 'they arrive'
notes=0
for file in $files; do
	lf "$file" >got
	mimesplit work <got >/dev/null
	suffixcheck work exe >/dev/null || echo "# $file: a name is left"
	notes=$((notes + $(grep -l '^An attachment was removed' work/parts/* | wc -l)))
	rm -r work
done
is "$notes" "$total" 'with a note for each'
is "$(wc -l <spool/log)" "$total" 'a log line for each'
sed 's/.* suffix dealt //' spool/log >lines
exits 0 'each of them records' record -k <lines
for dir in spool/quarantine/*; do
	for file in envelope manifest verdicts changes action; do
		record -k <"$dir/$file" || echo "# $dir/$file"
	done
done >bad
is "$(cat bad)" '' 'and all of what is kept'
cat sink/*.eml | tr -d '\r' >all
is "$(grep -ci '^X-Injected' all)" 0 'no name became a field'
is "$(awk 'FNR == 1 { head = 1 } /^\r?$/ { head = 0 } head && /^Subject:/' sink/*.eml | wc -l)" \
    "$(delivered)" 'each mail has one subject'
is "$(grep -l '^Subject: Found:' sink/*.eml | wc -l)" "$(cat percent quoted uu | grep -c 'IFS\|X-Inj\|%49%46%53\|%58%2D%49%6E%6A')" \
    'mails about them were sent'
is "$(sed -n 's/^RCPT TO:<\([^>]*\)>.*/\1/p' sink/*.env | tr -d '\r' | sort -u | tr '\n' ' ')" \
    'b@example.net help@example.net watch@example.net ' 'and to nobody else'

# By hand, as an administrator, where nobody may write: the trap is here.
# clean_text FILE: nothing in it moves a terminal
clean_text() {
	! tr -d '\n\t' <"$1" | grep -q '[[:cntrl:]]'
	ok $? 'what it prints is safe'
}
mkdir hand hand/mail
chmod 777 hand
make_message few >hand/mail/few
for name in '$(touch pwned)' '; touch pwned' '-n' '*' 'a
touch pwned' "$(printf '\033[2J')" '`touch pwned`'; do
	cp "$ROOT/samples/text.eml" "hand/mail/$name"
done
cd hand || exit 1
exits 1 'multiscan by hand' as "$P/bin/multiscan" <../percent
clean_text out
exits 1 'multiscan -n of a folder with such names' as "$P/bin/multiscan" -n mail
like "$(tail -n 1 out)" '8 messages: 1 with findings, 0 not judged' 'judges each'
clean_text out
cd ..
exits 0 'quarantine list' as "$P/bin/quarantine" list
clean_text out
id=$(grep -l 'names.percent' spool/quarantine/*/message)
id=${id%/message}
exits 0 'quarantine show' as "$P/bin/quarantine" show "${id##*/}"
clean_text out
sprung 'by hand'

# --- the envelope ---------------------------------------------------------------

# Odd but legal, as Postfix spells them.
addresses() {
	sed "s,TRAP,$trap_file," <<-'END'
	"$(touch TRAP)"@example.org
	`touch${IFS}TRAP`@example.org
	"; touch TRAP; "@example.org
	"a\" ; touch TRAP ; \"b"@example.org
	"a'; touch TRAP; '"@example.org
	"a\\$(touch TRAP)"@example.org
	|touch${IFS}TRAP@example.org
	-rf@example.org
	--help@example.org
	*@example.org
	{a}&=?^~#'/+@example.org
	"a b"@example.org
	"a@b,c:d;e"@example.org
	$IFS@example.org
	grüße@example.org
	END
}
# The addresses after WORD in the envelopes of those that arrived since $since.
# shellcheck disable=SC2231
seen() {
	n=$since
	while [ -e "sink/$((n + 1)).env" ]; do
		n=$((n + 1))
		sed -n "s/^$1:<\(.*[^\\\\]\)>.*/\1/p" sink/$n.env | tr -d '\r'
	done | sort
}
configure
since=$(delivered)
addresses >list
set --
while IFS= read -r address; do set -- "$@" "$address"; done <list
send_mail "$ROOT/samples/text.eml" sender@example.org "$@"
ok $? 'odd recipients are taken' || cat answer
wait_queue 0
is "$(seen 'RCPT TO')" "$(sort list)" 'a mail for all of them: each gets it'
since=$(delivered)
helo='$(touch${IFS}'"$trap_file"')'
for address; do
	send_mail "$ROOT/samples/text.eml" "$address" reader@example.net || cat answer
done
wait_queue 0
is "$(seen 'MAIL FROM')" "$(sort list)" 'a mail from each of them: it arrives'
since=$(delivered)
rm -r spool/quarantine/*
configure 'on_infected() { write_record; force_bounce; }' 'NOTIFY_TO='
for address; do
	send_mail "$ROOT/samples/eicar.eml" "$address" "$address" || cat answer
done
wait_queue 0
is "$(seen 'RCPT TO')" "$(sort list)" 'a virus from each: each is told'
is "$(queue_count)" 0 'all came to an end'
sprung 'the envelope'
exits 0 'quarantine list' as "$P/bin/quarantine" list
clean_text out
# shellcheck disable=SC2046
exits 0 'and all of it can be shown' as "$P/bin/quarantine" show $(ls spool/quarantine)
clean_text out
before=$(delivered)
# shellcheck disable=SC2046
exits 0 'and released' as "$P/bin/quarantine" release -F $(ls spool/quarantine)
wait_queue 0
is "$(delivered)" $((before + $(find spool/quarantine -mindepth 1 -maxdepth 1 | wc -l))) 'each once'
sprung 'quarantine'
is "$(find spool/work -mindepth 1 | wc -l)" 0 'no work directory is left'
finish
