#!/bin/sh
# SPDX-License-Identifier: ISC
. "${0%/*}/lib.sh"

text='A virus was found: café.

The gateway
'
# mail ARGUMENTS: a notice with that text in ./mail
mail() { printf '%s' "$text" | notice "$@" >mail; }
# field NAME: its line in ./mail
field() { sed '/^$/q' mail | grep "^$1: "; }

exits 0 'a notice' mail -f 'Gateway <mail@example.org>' -r a@example.net -S 'Your message'
is "$(field From)" 'From: Gateway <mail@example.org>' 'From'
is "$(field To)" 'To: a@example.net' 'To'
is "$(field Subject)" 'Subject: Your message' 'Subject'
is "$(field Auto-Submitted)" 'Auto-Submitted: auto-replied' 'Auto-Submitted'
is "$(field MIME-Version)" 'MIME-Version: 1.0' 'MIME-Version'
like "$(field Message-ID)" 'Message-ID: <????????????????????????????????@?*>' 'Message-ID'
like "$(field Date)" "Date: ???, * $(date -u '+%b %Y') ??:??:?? +0000" 'Date'
is "$(grep -c "$(printf '\r')" mail)" 0 'lines end with LF'
first=$(field Message-ID)
mail -A -f mail@example.org -r a@example.net -r b@example.net -R '<1@example.net>'
[ "$first" != "$(field Message-ID)" ]
ok $? 'each has a Message-ID of its own'
is "$(field To)" 'To: a@example.net, b@example.net' 'two recipients'
is "$(field Auto-Submitted)" 'Auto-Submitted: auto-generated' '-A'
is "$(field In-Reply-To) $(field References)" \
    'In-Reply-To: <1@example.net> References: <1@example.net>' '-R'
is "$(field Subject)" '' 'no subject is no field'
mimesplit d <mail >/dev/null
is "$(record -d type <d/manifest)" 'text/plain' 'it is one text'
is "$(tr -d '\r' <d/parts/0)" "${text%?}" 'as it was given'

# --- what a sender chose ------------------------------------------------------
mail -f m@example.org -r 'a b,c@example.net' -R 'no id' -S "a
Bcc: victim@example.com$(printf '\033[2J')"
is "$(field To)" 'To: "a b,c"@example.net' 'a strange local part is quoted'
is "$(field Subject)" 'Subject: a Bcc: victim@example.com?[2J' 'a subject is one line'
is "$(field In-Reply-To)" '' 'what is no Message-ID is left out'
mail -f m@example.org -r "j$(printf '\303\266')rg@example.net" -S "$(printf '%0600d' 0) é"
is "$(awk 'length > 998' mail)" '' 'no line is too long'
mail -f m@example.org -r a@example.net -S "$(printf '%040d é ' 1 2 3)"
is "$(field Subject | cut -c1-21)" 'Subject: =?utf-8?B?MD' 'encoded words'
is "$(sed '/^$/q' mail | awk 'length > 76')" '' 'none too long'
exits 0 'a hostile text' sh -c "printf -- '--b\n.\nFrom me\n\033[2J\000\377\n' |
    notice -f m@example.org -r a@example.net >mail"
rm -rf d
mimesplit d <mail >/dev/null
is "$(cat d/parts/0)" '--b
.
From me
?[2J??' 'is cleaned'
dd if=/dev/zero bs=1000 count=100 2>/dev/null | tr '\0' x |
    notice -f m@example.org -r a@example.net >mail
rm -rf d
mimesplit d <mail >/dev/null
is "$(tail -n 1 d/parts/0) $(wc -c <d/parts/0)" '[...] 65543' 'a long text is cut at 64 KiB'

# --- wrong calls ------------------------------------------------------------------
exits 64 'no recipient' notice -f m@example.org </dev/null
exits 64 'no sender' notice -r m@example.org </dev/null
exits 64 'the null sender as recipient' notice -f m@example.org -r '' </dev/null
like "$(cat err)" '*null sender*' 'is told why'
for address in 'a@b
Bcc: c' "a$(printf '\r')@b" 'a@b>' 'a@' "$(printf 'a\033@b')" "$(printf '%0400d@b' 0)"; do
	exits 64 'an address that cannot stand in a field' \
	    notice -f m@example.org -r "$address" </dev/null
	is "$(cat out)" '' 'gets no mail'
	is "$(tr -d '\n -~' <err | wc -c)" 0 'and is not shown'
done
exits 64 'a file' notice -f m@example.org -r a@example.net mail
exits 75 'a full standard output is no success' \
    sh -c 'notice -f m@example.org -r a@example.net </dev/null >/dev/full'
exits 75 'nor a closed one' sh -c 'notice -f m@example.org -r a@example.net </dev/null >&-'
exits 75 'nor a standard input that cannot be read' notice -f m@example.org -r a@example.net <.
exits 64 'a folder twice' notice -q a b
exits 64 'two things at once' notice -e -k x
exits 64 'nothing to check' notice -k
exits 64 'a state without a cause' notice -o s -f m@example.org -r a@example.net
exits 64 'nothing to undo' notice -u

# --- templates ----------------------------------------------------------------------
mkdir -p site/en site/de site/xx more/en
cat >site/en/t <<'END'
# a comment
Subject: About {name}
Infected: it holds {sig}
Nameless: part {part}

{text}: {name}, {what} ({{id})
+ * {name}: {what}
? and {more} more
? {count} more since {since}
END
cat >site/de/t <<'END'
Subject: Über {name}
Charset: iso-8859-15
Infected: enthält {sig}

Für {name}: {what}, 5 €
END
echo 'Subject: more' >more/en/other
# filled ARGUMENT...: a text of the templates here
filled() { notice -e -N site:more "$@"; }

is "$(filled -T t name a.exe text hello what bad)" 'hello: a.exe, bad ({id})' 'keys are put in'
is "$(filled -T t name "$(printf '{sig}\n\033[2J\377\342\200\256 {')" text '' what '{name}')" \
    ': {sig} ?[2J?? {, {name} ({id})' 'values are no template, nor lines, and clean'
is "$(filled -T ./site/en/t name a what b)" ': a, b ({id})' 'a file, by its path'
printf '%s\n' 'id=17 text=x%20y from=a@b.example' \
    'part=2 verdict=infected sig=X%1B name=filename:a%20b' \
    'part=3 verdict=infected sig=Y' >records
is "$(filled -i -T t <records)" 'x y: a b, it holds X? ({id})
* a b: it holds X?
* part 3: it holds Y' 'records: what concerns all, and a list'
is "$(filled -i -T t text z <records | sed 1q)" 'z: a b, it holds X? ({id})' 'words come first'
{ cat records; yes part=4 | head -n 40; } >many
is "$(filled -i -T t <many | wc -l) $(filled -i -T t <many | tail -n 1)" '22 and 22 more' \
    'a list of 20, and how many more'
yes "part=1 name=filename:$(printf '%.0900d' 0 | sed 's/0/%FF/g')" | head -n 5000 >huge
exits 0 'a huge list' filled -i -T t <huge
[ "$(wc -c <out)" -lt 65537 ]
ok $? 'is bounded'
exits 75 'what is no record' filled -i -T t <mail
exits 64 'a key without a value' filled -T t name
exits 64 'no such key' filled -T t nome x
exits 64 'no such template' filled -T nothing
for name in ../t en/../../t '' . "$(printf 'a\033b')" 'a b'; do
	exits 64 'a name that is none' filled -T "$name"
	is "$(tr -d '\n -~' <err | wc -c)" 0 'is not shown'
done
for langs in ../en '' 'en,' en,,de 'e n' "$(printf '%040d' 0)" a,b,c,d,e,f,g,h,i; do
	exits 64 'languages that are none' filled -T t -l "$langs"
done

# Languages, and where they are.
is "$(filled -l de -T t name a what b)" 'Für a: b, 5 €' 'another language'
is "$(filled -l de_AT -T t name a what b)" 'Für a: b, 5 €' 'without its country, if need be'
is "$(filled -i -l de,en -T t <records | sed 5q)" 'Für a b: enthält X?, 5 €

----------------------------------------

x y: a b, it holds X? ({id})' 'two languages'
is "$(filled -l fr -T t name a text b what c 2>err)" 'b: a, c ({id})' \
    'English where there is no other'
like "$(cat err)" 'notice: there is no t in fr' 'which is said'
exits 0 'in the second folder' filled -T other
exits 0 'of the program, if not given' notice -e -T note name x
like "$(cat out)" '*removed*x*' '	it is that'
chmod 0 site/de/t
if [ "$(id -u)" -ne 0 ]; then
	exits 75 'one that cannot be read is not another one' filled -l de -T t
fi
chmod 644 site/de/t
mkdir site/en/folder
exits 75 'nor is a folder' filled -T folder

# What is wrong with them.
wrong() {
	printf '%b' "$1" >site/xx/w
	exits 64 "a template: $2" notice -k ./site/xx/w
	like "$(cat err)" "notice: ./site/xx/w$2*" '	says so'
	[ -n "${3-}" ] || exits 64 '	and is not used' notice -e -T ./site/xx/w
	is "$(cat out)" '' '	nor printed'
}
wrong 'Subject: a\n\nx\n{nome}\n' ':4: no such placeholder: {nome}'
wrong 'Subject: a\n\n{name\n' ':3: a { without its }'
wrong 'Subject: a\n\n{\0033[2J}\n' ':3: a character that is not shown'
wrong 'Subject: a\nBanner: x\n\n' ':2: no such word in a head'
wrong '\nSubject: a\n' ':1: no Subject'
wrong 'Subject: a\n\n\0351\n' ':3: a character that is not shown'
wrong 'Subject: a\nCharset: utf-16\n\n' ': its charset' use
wrong 'Subject: a\nCharset: x"; y=z\n\n' ': its charset' use
wrong 'Subject: a\nCharset: iso-8859-1\n\n€\n' ': its text does not fit' use
dd if=/dev/zero bs=1000 count=66 2>/dev/null | tr '\0' 'x' >site/xx/long
exits 64 'one that is too long' notice -k ./site/xx/long
exits 0 'all is well' notice -k -N site -l en,de t
exits 64 'a language lacks' notice -k -N site -l en,fr t
exits 0 'those of the program' \
    notice -k -N "$ROOT/notices" -l de,en,es,fr note bounce operator held
# does LANG/NAME: the words of its head, its marks and its placeholders
does() {
	words='Subject|Infected|Banned|Encrypted|Unscanned|Odd|Nameless'
	grep -oE "^($words): |^[?+] |\{[a-z]*\}" "$ROOT/notices/$1" | sort
}
for name in note bounce operator held; do
	for lang in de es fr; do
		is "$(does "$lang/$name")" "$(does "en/$name")" \
		    "$name in $lang says what it does in English"
	done
done

# The mail, as another reader has it.
# read_mail: subject, name, charset and text of ./mail
read_mail() {
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open("mail", "rb"), policy=email.policy.default)
assert not m.defects and not any(m[k].defects for k in ("Subject", "From", "Content-Type"))
out = [m["Subject"].strip(), m["From"].addresses[0].display_name, m.get_content_charset()]
sys.stdout.buffer.write("\n".join(out + [m.get_content()]).encode())'
}
exits 0 'a mail of a template' mail -f 'Günther <m@example.org>' -r a@example.net \
    -N site -l de -T t name Zoë what x
is "$(read_mail)" 'Über Zoë
Günther
iso-8859-15
Für Zoë: x, 5 €' 'in its charset'
is "$(LC_ALL=C tr -d '\n -~' <mail | wc -c)" 0 'which is coded'
is "$(grep -c '=?utf-8' mail)" 0 'in its head, too'
exits 0 'one that does not fit' mail -f 'Łódź <m@example.org>' -r a@example.net \
    -N site -l de -T t name 'Łódź' what x
is "$(read_mail)" 'Über Łódź
Łódź
utf-8
Für Łódź: x, 5 €' 'is in UTF-8'
days=$(printf '日%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)
printf '%s\n' 'Subject: 日本語 {name}' 'Charset: iso-2022-jp' '' '-日' 本 '-- x' >jp
exits 0 'one with states' mail -f m@example.org -r a@example.net -T ./jp \
    name "$days"
is "$(read_mail)" "日本語 $days

iso-2022-jp
-日
本
-- x" 'begins each line and word anew'
is "$(sed '/^$/q' mail | awk 'length > 76')" '' 'no line of its head is too long'
exits 0 'a charset that is not usable' mail -f m@example.org -r a@example.net -T ./site/xx/w
is "$(read_mail | sed -n 3p)" utf-8 'is UTF-8'
exits 64 'a subject for one that has one' \
    notice -f m@example.org -r a@example.net -S x -N site -T t

# What is known of a message.
printf '%b' 'Subject: =?utf-8?Q?caf=C3=A9?=\n =?utf-8?Q?_x?= {id}\nSubject: two\n' \
    'Message-ID: <1@b>\nDate:\tThu, 26 Nov 2026 21:49:15 +0000\n\nSubject: body\n' |
    mimesplit -f '' -r c@d.example -r e@f.example -a 192.0.2.1 w >split
cat >site/en/all <<'END'
Subject: x

? {from}
{to} {subject} {date} {msgid} {client} {id}
+ {part}
END
id=$(sed -n 's/.*id=\([0-9a-f]*\).*/\1/p' split)
is "$(filled -d w -T all)" \
    "c@d.example, e@f.example café x {id} Thu, 26 Nov 2026 21:49:15 +0000 <1@b> 192.0.2.1 $id" \
    'of a work directory'
is "$(printf 'part=2\n\npart=3\n' | filled -i -d w -T all subject given | sed 's/Thu.*//')" \
    'c@d.example, e@f.example given 
2
3' 'what is given comes first, and each record is an entry'
exits 0 'a mail about it' mail -f m@example.org -r a@example.net -N site -d w -T all
is "$(field In-Reply-To)" 'In-Reply-To: <1@b>' 'says so'
mail -f m@example.org -r a@example.net -N site -d w -R '<2@b>' -T all
is "$(field In-Reply-To)" 'In-Reply-To: <2@b>' 'or what it was told'
exits 75 'what is no work directory' filled -d site -T all
exits 64 'one without a template' notice -d w -f m@example.org -r a@example.net

# --- how often ------------------------------------------------------------------------
# sent ARGUMENT...: a mail with a state
sent() { notice -o state -p 86400 -f m@example.org -r a@example.net -N site "$@"; }
exits 0 'the first' sent -c 'bounce a@b' -T t
[ -s out ]
ok $? 'is printed'
exits 1 'the next' sent -c 'BOUNCE a@B' -T t
is "$(cat out)$(cat err)" \
    'notice: there was one of this cause less than 86400 seconds ago; 1 held back since' \
    'is counted'
exits 0 'another cause' sent -c 'bounce c@d' -T t
exits 0 'it is undone' notice -u -o state -c 'bounce a@b'
exits 0 'and may be sent' sent -c 'bounce a@b' -T t
like "$(cat out)" '*1 more since 2???-??-?? ??:?? UTC*' 'with how many there were'
plain() { echo hello | notice -o state -p 86400 -f m@b -r a@c "$@"; }
exits 1 'a template or not' plain -c 'bounce a@b'
notice -u -o state -c 'bounce a@b'
exits 0 'without' plain -c 'bounce a@b'
like "$(cat out)" '*
hello

(2 more such notices were held back since 2* UTC.)' 'it is said at its end'
exits 64 'what is no template' sent -c new -T nothing
exits 64 'or has an error' sent -c new -T ./site/xx/long
exits 75 'or cannot be written' \
    sh -c 'notice -o state -c new -f m@b -r a@c </dev/null >/dev/full'
exits 75 'or is closed' sh -c 'notice -o state -c new -f m@b -r a@c </dev/null >&-'
exits 0 'takes nobody his turn' sent -c new -T t
for i in 1 2 3 4 5 6; do
	notice -o flood -m 4 -c "cause $i" -f m@b -r a@c </dev/null 2>>errs || echo held
done >mails
[ "$(grep -c '^Date: ' mails)" -le 8 ] && [ "$(grep -c '^Date: ' mails)" -ge 4 ]
ok $? 'so many a minute of all causes, or of two minutes'
is "$(grep -vc '^notice: there were 4 of all causes in this minute' errs)" 0 'is said'
is "$(wc -c <state)" 262656 'the state has one size'
cp state whole
printf x | dd of=state bs=1 seek=20 conv=notrunc 2>/dev/null
exits 0 'a damaged one' sent -c 'bounce a@b' -T t
like "$(cat err)" '*state: damaged, begun anew' 'is begun anew'
exits 1 'and whole' sent -c 'bounce a@b' -T t
is "$(cat err)" \
    'notice: there was one of this cause less than 86400 seconds ago; 1 held back since' \
    'nothing more is said'
ln -s whole link
exits 75 'a link is none' sh -c 'notice -o link -c x -f m@b -r a@c </dev/null'
mkfifo fifo
exits 75 'nor is a fifo' sh -c 'notice -o fifo -c x -f m@b -r a@c </dev/null'
exits 75 'nor a folder' sh -c 'notice -o site -c x -f m@b -r a@c </dev/null'
for p in 0 90000 x; do
	exits 64 "not $p seconds" sent -c x -p $p -T t
done

# --- whom to answer -----------------------------------------------------------------------
# asked FROM HEAD: does a mail like this get an answer?
asked() {
	rm -rf q
	printf '%b\n\nList-Id: body\n' "$2" | mimesplit -f "$1" -r b@example.net q >/dev/null
	notice -q q >out
	echo "$? $(cat out)"
}
is "$(asked a@example.net 'Subject: x')" '0 ' 'a person'
is "$(asked a@example.net '')" '0 ' 'a body is no head'
is "$(asked '' 'Subject: x')" '1 why=null-sender' 'nobody'
is "$(asked MAILER-DAEMON@example.net 'Subject: x')" '1 why=sender' 'a program'
is "$(asked a@example.net 'From: b\nAuto-submitted: auto-generated')" '1 why=auto-submitted' \
    'what is automatic'
is "$(asked a@example.net 'Auto-Submitted:\r\n no\r\nList-Post: <x>\r\n')" '1 why=list' \
    'a list'
is "$(asked a@example.net 'Subject: x\rPrecedence: bulk\rTo: y')" '1 why=precedence' \
    'lines of CR'
is "$(asked a@example.net "Subject: $(printf '%01200d' 0)\nPrecedence: junk")" \
    '1 why=precedence' 'after a long line'
is "$(asked a@example.net 'List-Id: x')" '1 why=list' 'the last line'
rm -rf q
yes 'X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' |
    head -n 15000 | mimesplit -f a@example.net q >/dev/null
exits 1 'a head without an end' notice -q q
is "$(cat out)" why=head 'is not told'
rm -rf q
notice -f m@example.org -r a@example.net -N site -T t | mimesplit -f a@example.net q >/dev/null
is "$(notice -q q)" why=auto-submitted 'our own mails'
exits 75 'no work directory' notice -q site
exits 75 'none at all' notice -q none
rm q/manifest
exits 75 'one that is not whole' notice -q q
finish
