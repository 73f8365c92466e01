#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2059,SC2013
. "${0%/*}/lib.sh"

# split FILE OPTION...: into ./w, anew
split() {
	rm -rf w
	file=$1
	shift
	mimesplit "$@" w <"$file" >out 2>err
}
part() { cat "w/parts/$1"; }
# key N KEY: a word of part N's record
key() { sed -n "$(($1 + 1))p" w/manifest | tr ' ' '\n' | sed -n "s/^$2=//p"; }

# multipart BODY...: parts given with their heads
multipart() {
	printf 'From: a@example.org\nContent-Type: multipart/mixed; boundary="b"\n\npreamble\n'
	for body in "$@"; do printf -- '--b\n%b\n' "$body"; done
	printf -- '--b--\nepilogue\n'
}

multipart 'Content-Type: text/plain\n\none\n' \
	'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="x y.bin"\n\nAAEC\nAwQ=' \
	'Content-Transfer-Encoding: quoted-printable\n\na=3Db=\nc =\t \nd  ' >m
split m -i 4Q -a 192.0.2.1 -H h.example -e helo -u me -g outside -f a@b -r c@d -r 'e f@g'
ok $? 'a multipart is split'
id=$(key 0 id)
is "$(cat out)" "check=mimesplit id=$id parts=4" 'which is said'
is "$(cat w/envelope)" "id=$id queue=4Q client=192.0.2.1 host=h.example helo=helo user=me channel=outside from=a@b to=c@d to=e%20f@g" 'the envelope'
same m w/message 'the message as it came'
is "$(part 1)" 'one' 'a text without the line end of its delimiter'
is "$(part 2 | od -An -tx1)" ' 00 01 02 03 04' 'base64'
is "$(part 3)" 'a=bc d' 'quoted-printable'
is "$(key 2 name)" 'filename:x%20y.bin' 'a name'
is "$(key 2 encoding) $(key 2 imap) $(key 2 size) $(key 0 type)" 'base64 2 5 multipart/mixed' 'other words'
range=$(key 2 body)
is "$(dd if=m bs=1 skip="${range%+*}" count="${range#*+}" 2>/dev/null)" 'AAEC
AwQ=' 'the range of a body'
range=$(key 2 span)
is "$(dd if=m bs=1 skip="${range%+*}" count="${range#*+}" 2>/dev/null | head -n 1)" '--b' 'a span begins with its delimiter'
is "$(stat -c %a w w/parts w/parts/1 w/message | tr '\n' ' ')" '700 700 400 400 ' 'modes'
is "$(($(key 0 body)))" "$(($(wc -c <m)))" 'the body of part 0 ends with the message'
again=$id
split m -i 4Q -f a@b -r c@d -r 'e f@g'
is "$(key 0 id)" "$again" 'a retry has the same id'
split m -i 4R -f a@b -r c@d -r 'e f@g'
[ "$(key 0 id)" != "$again" ]
ok $? 'another message has another'

# --- fields that are ours --------------------------------------------------------
split m -M X-Multiscan
is "$(key 0 forged)" '' 'none of ours: nothing is said'
printf 'x-multiscan: clean\nSubject: x\nbad\n X-Multiscan\n : clean\nA: b\rX-MULTISCAN\t:\n\nX-Multiscan: body\n' >forged
split forged -M X-Multiscan
is "$(key 0 forged)" 3 'fields of ours, in any reading'
split forged -M X-Other
is "$(key 0 forged)" '' 'of another name'
split forged
is "$(key 0 forged)" '' 'or of none'
printf 'A: b\nX-Multiscan' >forged
split forged -M X-Multiscan
is "$(key 0 forged) $(($(key 0 body)))" '1 16' 'at the end of the message'
printf 'A: b\rX-Multiscan: c\r\rX-Multiscan: d\r' >forged
split forged -M X-Multiscan
is "$(key 0 forged)" 1 'where a CR ends each line'

split m -Q 4Q -a 192.0.2.1 -f a@b -r c@d -r 'e f@g'
again=$(key 0 id)
is "$(cat w/envelope)" "id=$again queue=4Q client=192.0.2.1 from=a@b to=c@d to=e%20f@g" 'the queue id of a session is kept'
split m -a 192.0.2.1 -Q 4R -f a@b -r c@d -r 'e f@g'
is "$(key 0 id)" "$again" 'but another one makes no other id'
split m -Q 4Q -a 192.0.2.2 -f a@b -r c@d -r 'e f@g'
[ "$(key 0 id)" != "$again" ]
ok $? 'another client does'
split m -Q 4Q -f a@b -r c@d -r 'e f@g'
like "$(cat out)" 'check=mimesplit id=*' 'a session without a client'

sed 's/$/\r/' m >crlf
split crlf
is "$(part 1 | od -An -c | tr -d ' ')$(part 3)" 'one\r\na=bc d' 'CRLF line ends'

# where a part ends
multipart 'Content-Type: multipart/alternative; boundary=bb\n\n--bb\n\nin\n--bb\n\nlast' >m
split m
is "$(key 0 parts) $(part 2) $(part 3)" '4 in last' 'an outer delimiter ends the inner multipart'
printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nno end\n' >m
split m
is "$(part 1)" 'no end' 'so does the end of the message'
is "$(key 1 size)" 7 'then its line end is its own'
printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\nx\n--b--\n' >m
split m
is "$(key 0 parts) $(key 1 size) $(part 2)" '3 0 x' 'a head may lack its body'
printf 'Subject: x\nContent-Type: multipart/mixed\n\n--b\n\nx\n' >m
split m
is "$(key 0 parts) $(key 0 file)" '1 yes' 'a multipart without a boundary is a leaf'

# messages in messages
multipart 'Content-Type: message/rfc822\n\nSubject: in\n\ninner' >m
split m
is "$(key 0 parts) $(key 1 type) $(key 2 parent) $(part 2) $(key 2 imap)" '3 message/rfc822 1 inner 1.1' 'message/rfc822'
inner=$(printf 'Content-Type: multipart/mixed; boundary=i\n\n--i\n\ndeep\n--i--\n' | base64 -w 60 | sed 's/$/\\n/' | tr -d '\n')
multipart "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n$inner" '\nlast' >m
split m
is "$(key 0 parts) $(part 4) $(key 3 parent) $(key 4 edit)" '5 deep 1 1' 'an encoded message is split too'
is "$(key 4 head)" '' 'and has no range'
multipart "Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: x\n\nin a digest\n--d--" >m
split m
is "$(key 2 type) $(part 3)" 'message/rfc822 in a digest' 'multipart/digest'

# uuencode
printf 'Subject: x\n\ntext\nbegin 644 a b.exe\n#86)C\n`\nend\nmore\nbegin 644 none\nno data: here\n' >m
split m
is "$(key 0 parts) $(part 1) $(key 1 name) $(key 1 parent) $(key 1 edit)" '2 abc uu:a%20b.exe 0 0' 'uuencode in a text'
printf 'Subject: x\n\nbegin 644 open\n#86)C\n' >m
split m
is "$(part 1)" abc 'without an end'

# heads
{ printf 'From nobody\nno field\n:x\nSubject : a\n'; printf '\tfold\n'; head -c 1500000 /dev/zero | tr '\0' x
  printf '\nX: %02000000d\nContent-Type: multipart/mixed;\n boundary="b"\n\n--b\n\nfound\n--b--\n' 0; } >m
split m
is "$(tail -n 1 out) $(part 1)" "check=mimesplit id=$(key 0 id) parts=3 found" 'bad lines and long lines do not stop the head'

# names
multipart "Content-Type: x/y; name*0*=us-ascii''in%76o; name*1=ice.exe\nContent-Disposition: a; filename=\"=?iso-8859-1?Q?=E9?= =?utf-8?B?LmV4ZQ==?=\"\nContent-Location: http://x/l.exe\n\n" >m
split m
is "$(key 1 name | tr '\n' ' ')" 'word:%C3%A9.exe rfc2231:invoice.exe location:http://x/l.exe ' 'names of every source'
printf 'Content-Disposition: a; filename="%020000d"\n\n' 0 >m
split m
is "$? $(cut -d' ' -f2- out | head -n 1)" '1 part=0 verdict=unscanned why=limit-names' 'a name too long to tell is said'
like "$(key 0 unscanned) $(key 0 cut)" '0:limit-names name' 'in the manifest too'

# windows: a delimiter at every place round the ends of the window
bad=0
for size in 65536 196607 196609 262140 262144; do
	for shift in 0 1 2 3 4 5; do
		{ printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\n'
		  head -c $((size - 50 + shift)) /dev/zero | tr '\0' '~'
		  printf '\n--b\n\nsecond\n--b--\n'; } >m
		split m
		[ "$(key 0 parts) $(part 2) $(key 1 size)" = "3 second $((size - 50 + shift))" ] || bad=$((bad + 1))
	done
done
is $bad 0 'a delimiter on the edge of the window'
{ printf 'Content-Transfer-Encoding: base64\n\n'; head -c 300001 /dev/urandom >bin; base64 -w 0 bin; } >m
split m
same bin w/parts/0 'a line longer than the window'
head -c 3000000 /dev/urandom >bin
{ printf 'Content-Transfer-Encoding: base64\r\n\r\n'; base64 -w 76 bin | sed 's/$/\r/'; } >m
split m
same bin w/parts/0 'a large one in lines'

# nothing much
: >m
split m
is "$? $(key 0 parts) $(key 0 size)" '0 1 0' 'an empty message'
printf 'x' >m
split m
is "$? $(key 0 parts)" '0 1' 'one byte'

# limits
nest=
i=0
while [ $i -lt 120 ]; do
	i=$((i + 1))
	nest="${nest}Content-Type: multipart/mixed; boundary=b$i\n\n--b$i\n"
done
printf '%b\n\nx\n' "$nest" >m
split m
is "$? $(cut -d' ' -f2- out | head -n 1)" '1 part=100 verdict=unscanned why=limit-depth' 'too deep'
split m -d 200
is "$? $(part 120 | tail -n 1)" '0 x' 'unless it is allowed'
{ printf 'Content-Type: multipart/mixed; boundary=b\n\n'; yes -- '--b

x' | head -n 3000; printf -- '--b--\n'; } >m
split m -p 100
is "$? $(key 0 parts) $(cut -d' ' -f2- out | head -n 1)" '1 100 part=0 verdict=unscanned why=limit-parts' 'too many parts'
split m
is "$? $(key 0 parts)" '0 1001' 'unless they are allowed'
head -c 1000000 /dev/zero >>m
split m -m 1000
like "$? $(cut -d' ' -f2- out | head -n 1)" '1 part=* verdict=unscanned why=limit-size' 'too large'
same m w/message 'and yet whole in the folder'

{ printf 'Content-Type: multipart/mixed; boundary=b\nContent-Type: text/html\n\n'; head -c 2000000 /dev/zero | tr '\0' '~'; } >m
split m -y 0
like "$? $(cut -d' ' -f2- out)" '1 part=0 verdict=unscanned why=limit-readings*' 'more to be read again than is allowed'
{ printf 'Content-Type: text/html\n\n'; yes 'begin 644 a
M!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
end' | head -c 3000000; } >m
split m -z 1 -p 100000
like "$? $(cut -d' ' -f2- out | head -n 1)" '1 part=* verdict=unscanned why=limit-decoded' 'more to be decoded'

printf 'Content-Type: multipart/digest; boundary=b\n\n--b x\n--b x\n--b x\n' >m
split m -d 1
is "$(key 0 unscanned)" 0:limit-depth 'a limit in a part that is not told is said of the one round it'

# structures that clients read in more than one way
# reads TEXT READING DEFECT NAME: the message in m holds this text by that reading
# and the defect is told; by itself and inside another
reads() {
	split m
	text=$1 reading=$2 defect=$3 name=$4
	said=
	for found in $(grep -lxF -- "$text" w/parts/*); do
		said="$said $(key "${found##*/}" reading)"
	done
	case "$said $(tr ' ' '\n' <w/manifest | grep '^defect=' | tr '\n' ' ')" in
	*" $reading "*"defect=$defect "*) ok 0 "$name" ;;
	*) ok 1 "$name"; sed 's/^/# /' w/manifest ;;
	esac
	{ printf 'Content-Type: multipart/mixed; boundary=OUT\n\n--OUT\nContent-Type: message/rfc822\n\n'
	  cat m; printf -- '\n--OUT--\n'; } >outer
	split outer
	grep -qxF -- "$text" w/parts/*
	ok $? 'inside another too'
}
# mixed TYPE BODY
mixed() { printf "Content-Type: multipart/mixed; $1\n\n$2" >m; }

for boundary in 'abc(x)' '"ab\\c"' '"abc "' '"ab\n c"' "abc; boundary=x" 'x; boundary=abc' '"abc"d'; do
	mixed "boundary=$boundary" '--abc\n\nx y\n--abc--\n'
	split m
	grep -qxF 'x y' w/parts/* && grep -q 'defect=boundary' w/manifest
	ok $? "boundary=$boundary"
done
mixed "boundary*=us-ascii''ab%%63" '--abc\n\nx y\n--abc--\n'
split m
grep -qxF 'x y' w/parts/*
ok $? 'a boundary of RFC 2231'
mixed boundary=abc '--xyz\nContent-Type: text/html\n\nx y\n--xyz--\n'
reads 'x y' guess no-parts 'a multipart by a line that looks like a delimiter'
mixed boundary=abc '--abc\n\nx\n--abc--\n--abc\nContent-Type: text/html\n\ny z\n'
reads 'y z' epilogue after-close 'a part after the end'
mixed boundary=abc '--abc\n\nx\n--abc and more\nContent-Type: text/html\n\ny z\n--abc--\n'
reads 'y z' delimiter delimiter 'a delimiter with text behind it'
mixed boundary=abc 'Content-Type: text/html\n\ny z\n--abc\n\nx\n--abc--\n'
reads 'y z' preamble preamble 'a part before the first delimiter'
mixed boundary=abc '--abc\n\nx\n--abc--\nContent-Type: text/html\n\ny z\n'
reads 'y z' epilogue epilogue 'and one behind the last'
printf 'Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=abc\n\n--abc\nContent-Type: text/html\n\nx y\n' >m
reads 'x y' multipart field-twice 'two Content-Types'
printf 'Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\neCB5\n' >m
reads 'x y' base64 field-twice 'two encodings'
printf 'Content-Type: multipart/mixed; boundary=abc\nContent-Transfer-Encoding: base64\n\n%s\n' \
	"$(printf -- '--abc\n\nx y\n--abc--\n' | base64)" >m
split m
grep -qxF 'x y' w/parts/* && grep -q 'defect=encoded-multipart' w/manifest
ok $? 'an encoded multipart'
printf 'Content-Transfer-Encoding: x "base64"\n\neCB5\n' >m
split m
grep -qxF 'x y' w/parts/* && grep -q 'defect=encoding' w/manifest
ok $? 'an encoding among other words'
printf 'X: y\rContent-Transfer-Encoding: base64\n\neCB5\n' >m
reads 'x y' cr bare-cr 'a field behind a CR'
printf 'Content-Type: text/html\nno <field> here\n\nx\n' >m
reads 'no <field> here' bad-line bad-line 'a line that is no field'
printf '\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\neCB5\n' >m
reads 'x y' late-head late-head 'a head behind an empty line'
printf 'Content-Type: x/y; name=a\nContent-Transfer-Encoding: base64\n\neA==\neCB5\n' >m
split m
is "$(part 0) $(key 1 reading) $(part 1)" 'xx y base64-stop x' 'what follows a padding, and up to it'
is "$(key 1 of) $(key 1 edit) $(key 0 odd)" '0 0 0:readings' 'of which part, and that there is more than one'
printf 'Content-Type: message/partial; id=x; number=1\n\nx\n' >m
split m
like "$? $(cut -d' ' -f2- out)" '1 part=0 verdict=unscanned why=partial*' 'a piece of a message'

# what a part carries
{ printf 'Content-Type: text/plain\n\nwords\n\nbegin-base64 644 a.exe\neCB5\n====\n'; } >m
split m
is "$(part 1) $(key 1 name)" 'x y uu:a.exe' 'begin-base64'
printf 'Content-Type: text/html\n\n<a href="data:text/plain;base64,eCB5IHo=">\n' >m
split m
is "$(part 1)" 'x y z' 'a data: URI'
split "$HERE/data/hidden/50-cms-long-oid.eml"
is "$? $(key 0 parts)" '0 3' 'S/MIME: what is signed, and nothing out of its midst'
printf 'Subject: x\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMAw==\n-----END PGP MESSAGE-----\n' >m
split m
is "$? $(cut -d' ' -f2- out | head -n 1)" '1 part=0 verdict=unscanned why=encrypted' 'OpenPGP for who has the key'
printf 'Subject: x\n\n-----BEGIN PGP MESSAGE-----\n\no wEA\n-----END PGP MESSAGE-----\n' >m
split m
is "$? $(cut -d' ' -f2- out | head -n 1)" '1 part=0 verdict=unscanned why=compressed' 'and compressed'
for words in '10 minutes early.' 'forwarded message:' 'with the first one.' ''; do
	printf 'Subject: x\n\nThe talks\nbegin %s\n> Please be there by then, and\n-----\nend\n' "$words" >m
	split m
	is "$? $(key 0 parts)" '0 1' "begin $words"
done
printf 'words\n\n--- Below this line is a copy of the message.\n\nFrom: a@b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\neCB5\n' |
	{ printf 'Subject: x\n\n'; cat; } >m
split m
is "$(part 1) $(key 1 type)" 'x y text/html' 'a message behind the mark of a bounce'
is "$(key 0 odd)" '' 'is no other reading of anything'

# unambiguous
multipart 'Content-Type: text/plain\n\none' 'Content-Type: x/y; name=a\nContent-Transfer-Encoding: base64\n\nAAECAw==' >m
split m
is "$(key 0 unambiguous)" yes 'an ordinary message is unambiguous'
sed 's/name=a/name=a; name=b/' m >m2
split m2
is "$(key 0 unambiguous) $(key 2 defect)" ' names' 'one with two names is not'

for boundary in abc '"abc"' 'abc; x=y' '"abc" ; x=y' '"=_abc (1) boundary"'; do
	name=$(printf '%s' "$boundary" | sed 's/"\([^"]*\)".*/\1/; s/;.*//')
	printf -- "Content-Type: multipart/mixed;\n\tboundary=$boundary\n\n--$name\n\nx\n--$name--\n" >m
	split m
	is "$? $(key 0 parts)" '0 2' "boundary=$boundary is plain"
done
{ printf 'Subject: x\n\nbegin 644 '; printf '%0140d' 0; printf '.exe\n--\nend\n'; } >m
split m
like "$(key 1 name)" 'uu:0*.exe' 'a long uuencode name'
{ printf 'Subject: x\n\nbegin 644 '; printf '%01040d' 0; printf '.exe\n--\nend\n'; } >m
split m
like "$? $(cat out) $(key 1 name)" '*[.]exe*' 'a longer one on one line'
printf 'Content-Type: x/y; name="=?utf-8?B?%s?="\n\nx' "$(printf '%0900d.exe' 0 | base64 -w 0)" >m
split m
like "$(key 0 name | tail -n 1)" 'word:0*.exe' 'a long encoded word'

exits 75 'a folder that is there' mimesplit w </dev/null
ok "$([ -e w/manifest ]; echo $?)" 'is left alone'
exits 75 'a folder that cannot be' mimesplit none/w </dev/null
exits 64 'no folder' mimesplit
exits 64 'a channel of another name' mimesplit -g x w2
set --
i=0
while [ $i -lt 3000 ]; do i=$((i + 1)); set -- "$@" -r "someone.$i@example.org"; done
exits 75 'more recipients than a record holds' mimesplit "$@" w2 </dev/null
ok "$([ ! -e w2 ]; echo $?)" 'leave nothing half-made'
finish
