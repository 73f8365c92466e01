#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC1010,SC2059
. "${0%/*}/lib.sh"

# split DIR: a message on stdin; at most found, never failed
split() {
	rm -rf "$1"
	mimesplit "$1" >/dev/null
	[ $? -le 1 ] || { ok 1 "mimesplit $1"; return 1; }
}

# change DIR WORDS...: one more record of its changes
change() {
	changed=$1
	shift
	record -- "$@" >>"$changed/changes"
}

# crlf: LF lines on stdin, CRLF lines on stdout
crlf() { awk '{ printf "%s\r\n", $0 }'; }

cat >two <<'END'
From: a@example.org
Subject: two parts
Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: text/plain

first
--b
Content-Type: application/octet-stream; name=a.exe
Content-Transfer-Encoding: base64

UEsFBg==
--b--
epilogue
END

# --- nothing to change --------------------------------------------------------
for file in two "$ROOT"/samples/*.eml; do
	split d <"$file"
	exits 0 "${file##*/}: no changes" mimejoin d
	same d/message.new "$file" "${file##*/}: the same bytes"
	is "$(cat out)" "check=mimejoin id=$(record -d id <d/manifest) parts=$(wc -l <d/manifest)" \
	    "${file##*/}: it says what it joined"
done
: >d/changes
exits 0 'an empty changes file is none' mimejoin d
same d/message.new "$file" 'the same bytes again'

# --- a part becomes a note ----------------------------------------------------
split d <two
change d part 2 do substitute with 'A virus: café.
--b--
'
exits 0 'a part is substituted' mimejoin d
cat >want <<'END'
From: a@example.org
Subject: two parts
Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: text/plain

first
--b
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
Content-Disposition: inline

A virus: caf=C3=A9.
=2D-b--

--b--
epilogue
END
same d/message.new want 'by a note, the rest untouched'
crlf <two >two.crlf
crlf <want >want.crlf
cp d/changes changes
split d <two.crlf
cp changes d/changes
exits 0 'in a message with CRLF lines' mimejoin d
same d/message.new want.crlf 'the note has CRLF lines'
split e <d/message.new
is "$(tr -d '\r' <e/parts/2)" 'A virus: café.
--b--' 'and reads as it was written'

change d part 2 do substitute with 'A macro.'
change d part 2 do substitute with 'A virus: café.
--b--
'
change d part 2 do delete
exits 0 'two texts for one part' mimejoin d
split e <d/message.new
is "$(tr -d '\r' <e/parts/2)" 'A virus: café.
--b--

A macro.' 'are one note, each once, in order'

split d <two
change d part 2 do substitute with "$(printf '\033[2J\007bell\tTab \342\200\256exe.cod \351')"
mimejoin d >/dev/null
split e <d/message.new
is "$(cat e/parts/2)" '?[2J?bell	Tab ?exe.cod ?' 'control and hidden characters go'

long=$(printf '%0200d-%0200d' 0 0 | tr 0 -)
split d <two
change d part 2 do substitute with "$long"
mimejoin d >/dev/null
is "$(grep -c '^--' d/message.new)" 3 'no line of a note can be a delimiter'
is "$(awk 'length > 76' d/message.new)" '' 'nor is one too long'
split e <d/message.new
is "$(tr -d '\r' <e/parts/2)" "$long" 'and no byte of it is lost'

# --- a part goes ---------------------------------------------------------------
split d <two
change d part 2 do delete
exits 0 'a part is deleted' mimejoin d
sed 10,14d two >want
same d/message.new want 'with its delimiter'
change d part 1 do delete with 'Both are gone.'
exits 0 'all parts of a multipart are deleted' mimejoin d
split e <d/message.new
is "$(wc -l <e/manifest)" 2 'one is left'
is "$(cat e/parts/1)" 'The content of this part of the message was removed.' \
    'which says so'

# --- a forwarded message -------------------------------------------------------
cat >forward <<'END'
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: message/rfc822

Received: from x by y
	with SMTP
Subject: inner
Content-Type: text/html;
	charset=utf-8
Content-Transfer-Encoding: 8bit
MIME-Version: 1.0
X-Bad : no field
From: b@example.org

<b>evil</b>
--o--
END
split d <forward
change d part 2 do substitute with gone
exits 0 'the content of a message/rfc822' mimejoin d
cat >want <<'END'
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: message/rfc822

Received: from x by y
	with SMTP
Subject: inner
From: b@example.org
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
Content-Disposition: inline
MIME-Version: 1.0

gone

--o--
END
same d/message.new want 'keeps its fields but those of MIME'
change d part 1 do substitute with 'all gone'
mimejoin d >/dev/null
split e <d/message.new
is "$(wc -l <e/manifest)" 2 'of two targets in each other the outer one is replaced'
is "$(cat e/parts/1)" 'gone

all gone' 'with the texts of both'
split d <"$ROOT/samples/forwarded.eml"
change d part 5 do delete
mimejoin d >/dev/null
split e <d/message.new
is "$(wc -l <e/manifest)" 5 'a part deep inside goes'
cmp -s d/parts/4 e/parts/4
ok $? 'its neighbour stays'

# --- the message itself ----------------------------------------------------------
{
	echo 'From nobody Mon Nov 24 10:00:00 2026'
	printf 'From: a@example.org\nSubject: x\rContent-Type: text/html\n'
	printf 'X-Fold: a\n \nTo: b@example.org\nContent-Type: text/html\n\nevil\n'
} >leaf
split d <leaf
change d part 0 do substitute with gone
exits 0 'the message itself' mimejoin d
cat >want <<'END'
From: a@example.org
To: b@example.org
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
Content-Disposition: inline
MIME-Version: 1.0

gone
END
same d/message.new want 'keeps the fields that can be read in one way only'
rm d/changes
change d part 0 do delete
change d part 0 do mark with 'X-Multiscan: odd'
mimejoin d >/dev/null
{ echo 'X-Multiscan: odd'; sed '/^gone$/d' want; } >want.deleted
same d/message.new want.deleted 'deleted and marked: an empty note with the mark on top'

# --- broken ends: what is written is never glued to what was there ---------------
for end in '--b' '--b
' '--b
Content-Type: text/plain' '--b
Content-Type: text/plain
' '--b
Content-Type: message/rfc822
' '--b
Content-Type: message/rfc822

From: x' '--b

x' '--b

x
--b--'; do
	printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n%s' "$end" >broken
	split d <broken
	last=$(($(wc -l <d/manifest) - 1))
	change d part $last do substitute with noted
	mimejoin d >/dev/null
	split e <d/message.new
	is "$(wc -l <e/manifest) $(cat e/parts/1) $(cat e/parts/$last)" \
	    "$((last + 1)) first noted" "a message that ends: $(echo "$end" | tr '\n' '|')"
done
printf 'Content-Type: text/plain\n\nx' >broken
split d <broken
printf 'X' >d/changes
exits 75 'changes that are no records' mimejoin d
printf '' >broken
split d <broken
change d part 0 do substitute with gone
exits 0 'the empty message' mimejoin d
like "$(tail -n 1 d/message.new)" "gone$(printf '\r')" 'gets CRLF lines'

# --- marks -------------------------------------------------------------------------
# marked NAME WANT: the message in ./in with two marks
marked() {
	split d <in
	change d part 0 do mark with 'X-Multiscan: odd; why=macro'
	change d part 0 do mark with "X-Long: $(printf '%030d %030d %030d' 1 2 3)"
	mimejoin d >/dev/null
	is "$(cat d/message.new)" "$2" "$1"
}
marks="X-Multiscan: odd; why=macro
X-Long: $(printf '%030d %030d\n %030d' 1 2 3)"
printf 'From: x\n\ny\n' >in
marked 'marks are on top, in order, folded' "$marks
$(cat in)"
printf 'From x@y Mon Nov 24 10:00:00 2026\nFrom: x\n\ny\n' >in
marked 'under a "From " line' "$(sed 1q in)
$marks
$(sed 1d in)"
printf ' Content-Type: text/html\nFrom: x\n\ny\n' >in
marked 'a line that would continue the mark stays above it' "$(sed 1q in)
$marks
$(sed 1d in)"
printf '\ny\n' >in
marked 'a message without a head' "$marks
$(cat in)"

# --- fields that are ours go, and the Subject gets a text --------------------------
# becomes NAME WANT [CHANGE...]: the message in ./in with changes of part 0
becomes() {
	name=$1 want=$2
	shift 2
	split d <in
	for made in "$@"; do change d part 0 do "${made%% *}" with "${made#* }"; done
	mimejoin d >/dev/null
	printf "$want" >want
	cmp -s d/message.new want
	ok $? "$name" || od -c d/message.new | sed 's/^/# /'
}
our='strip X-Multiscan'
printf 'x-multiscan: clean\nA: b\n X-Multiscan: c\nX-MULTISCAN \t:\n d\n\nX-Multiscan: e\n' >in
becomes 'fields of a name go' 'A: b\n X-Multiscan: c\n\nX-Multiscan: e\n' "$our"
becomes 'and a mark comes' 'X-Multiscan: odd\nA: b\n X-Multiscan: c\n\nX-Multiscan: e\n' \
    "$our" 'mark X-Multiscan: odd'
becomes 'names of more than one kind' '\nX-Multiscan: e\n' "$our" 'strip A' "$our"
becomes 'a name that is not there' 'x-multiscan: clean\nA: b\n X-Multiscan: c\nX-MULTISCAN \t:\n d\n\nX-Multiscan: e\n' \
    'strip X-Multisca'
printf 'bad\n X-Multi\0scan: a\nX-Multiscan\n : b\n\013X-Multiscan: c\nA: b\rX-Multiscan: d\nSubject: x\n\ny\n' >in
becomes 'in whatever reading' 'bad\nA: b\r\nSubject: x\n\ny\n' "$our"
printf 'X-Multiscan: a\r\nSubject: x\r\nX-Multiscan: b' >in
becomes 'at the end of a message without a body' 'Subject: x\r\n' "$our"
printf 'X-Multiscan: a\rB: c\r\rX-Multiscan: d\r' >in
becomes 'where a CR ends each line' 'B: c\r\rX-Multiscan: d\r' "$our"
printf ' X-Multiscan: a\n b\nFrom x\nA: b\n\ny\n' >in
becomes 'above a mark' 'From x\nX-Multiscan: odd\nA: b\n\ny\n' "$our" 'mark X-Multiscan: odd'

tag='subject [odd]'
printf 'Subject: hello\nA: b\n\nSubject: x\n' >in
becomes 'a text before the Subject' 'Subject: [odd] hello\nA: b\n\nSubject: x\n' "$tag"
becomes 'two texts' 'Subject: [odd] [large] hello\nA: b\n\nSubject: x\n' "$tag" 'subject [large]' "$tag"
becomes 'and the field is stripped' 'Subject: [odd]\nA: b\n\nSubject: x\n' "$tag" 'strip subject'
printf 'SUBJECT:hello\r\nSubject:\r\n =?utf-8?q?x?=\r\nSubject:\r\n\r\n[odd] y\r\n' >in
becomes 'each Subject' 'SUBJECT: [odd] hello\r\nSubject: [odd]\r\n =?utf-8?q?x?=\r\nSubject: [odd]\r\n\r\n[odd] y\r\n' "$tag"
printf 'A: b\n\ny\n' >in
becomes 'a message without one' 'Subject: [odd]\nA: b\n\ny\n' "$tag"
becomes 'under a mark' 'X-Multiscan: odd\nSubject: [odd]\nA: b\n\ny\n' "$tag" 'mark X-Multiscan: odd'
printf '\ny\n' >in
becomes 'a message without a head' 'Subject: [odd]\n\ny\n' "$tag"
printf 'bad\n Subject: z\n\ny\n' >in
becomes 'one that not everybody sees' 'Subject: [odd]\nbad\n Subject: [odd] z\n\ny\n' "$tag"
for begun in '[odd] x' 'Re: [odd] x' 'Re: AW:Fwd:  [odd]' 'Re:\n [odd]'; do
	printf "Subject: $begun\n\ny\n" >in
	becomes "not twice: $begun" "Subject: $begun\n\ny\n" "$tag"
done
for begun in '[odd' 'Hello: [odd]' 'x [odd]' '1: [odd]'; do
	printf "Subject: $begun\n\ny\n" >in
	becomes "but: $begun" "Subject: [odd] $begun\n\ny\n" "$tag"
done
long=$(printf '%0990d' 0)
printf "Subject: $long\nA: b\n\ny\n" >in
becomes 'a long line is folded' "Subject: [odd]\n $long\nA: b\n\ny\n" "$tag"
printf "Subject:$long\nA: b\n\ny\n" >in
becomes 'and one without a blank' "Subject: [odd]\n $long\nA: b\n\ny\n" "$tag"

note='Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\nContent-Disposition: inline\nMIME-Version: 1.0\n\ngone\n'
printf 'X-Multiscan: a\nSubject: hello\nX-Multiscan: b\n c\nA: b\n\nevil\n' >in
becomes 'with the message replaced' "X-Multiscan: odd\nSubject: [odd] hello\nA: b\n$note" \
    "$tag" "$our" 'mark X-Multiscan: odd' 'substitute gone'
printf 'X-Multiscan: a\nSubject : hello\nA: b\n\nevil\n' >in
becomes 'and its Subject not kept' "A: b\nSubject: [odd]\n$note" "$tag" "$our" 'substitute gone'
split d <two
change d part 0 do subject with '[odd]'
change d part 0 do strip with from
change d part 2 do delete
mimejoin d >/dev/null
{ sed 1d two | sed '1s/: /: [odd] /' | sed 9,13d; } >want
same d/message.new want 'with a part deleted'
awk 'BEGIN { for (i = 0; i < 20000; i++) print "X-Multiscan: a\nA: b"; print "\ny" }' >in
awk 'BEGIN { for (i = 0; i < 20000; i++) print "A: b"; print "\ny" }' >want
split d <in
change d part 0 do strip with X-Multiscan
mimejoin d >/dev/null
same d/message.new want 'many of them'

# What is left has none, for the splitter, which counts by the same rule.
for file in "$ROOT"/samples/*.eml "$HERE"/fuzz/corpus/fieldfind/*; do
	split d <"$file"
	change d part 0 do strip with message-id
	mimejoin d >/dev/null
	rm -rf e
	mimesplit -M Message-ID e <d/message.new >/dev/null
	grep -c '^part=0 .* forged=' e/manifest
done >left
is "$(sort -u left)" 0 'none is left'

# --- refused -----------------------------------------------------------------------
# refused WHY PATTERN: 75, a line that says why, and nothing left
refused() {
	exits 75 "$1" mimejoin d
	like "$(cat err)" "mimejoin: d*$2*" "$1: it says why"
	is "$(echo d/message.new*)" 'd/message.new*' "$1: no message.new"
	is "$(cat out)" '' "$1: no record"
}
split d <two
mimejoin d >/dev/null
change d part 3 do delete
refused 'a part that is not there' '/changes: line 1: there is no such part'
record part 1 do delete >d/changes
record part 1 do burn >>d/changes
refused 'an unknown do' '/changes: line 2: do= is not'
record part 1 do substitute >d/changes
refused 'a substitute without a text' 'line 1: a substitute needs with='
echo 'part=1 do = delete' >d/changes
refused 'a line that is no record' '/changes: *not a record'
printf 'part=1 do=delete' >d/changes
refused 'a last line cut off' '/changes: *not a record'
record part 0 do mark with 'X-A: b
Content-Type: text/html' >d/changes
refused 'a mark of two lines' 'line 1: is no mark'
record part 0 do mark with 'Content-Type: text/html' >d/changes
refused 'a mark that would change how the message is read' 'line 1: is no mark'
for name in Content-Type content-foo Mime-Version RECEIVED 'a b' a: '' "$(printf '%065d' 0)"; do
	record part 0 do strip with "$name" >d/changes
	refused "a strip of $name" 'line 1: is no strip'
done
for text in '' ' a' 'a ' "$(printf 'a\nb')" "$(printf '\303\244')" "$(printf '%0201d' 0)"; do
	record part 0 do subject with "$text" >d/changes
	refused "a subject of $(printf %s "$text" | tr '\n' '|')" 'line 1: is no subject'
done
record part 1 do strip with A >d/changes
refused 'a strip in a part' 'line 1: is no strip'
for n in 1 2 3 4 5; do record part 0 do subject with $n; done >d/changes
refused 'too many subjects' 'line 5: is one subject too many'
for n in 1 2 3 4 5 6 7 8 9; do record part 0 do strip with $n; done >d/changes
refused 'too many strips' 'line 9: is one strip too many'
record part 1 do delete >d/changes

# manifest SED WHY: the same with a manifest that lies
cp d/manifest manifest
manifest() {
	chmod u+w d/manifest
	sed "$1" manifest >d/manifest
	cmp -s manifest d/manifest && ok 1 "$2: the manifest was changed"
	refused "$2" '/manifest: '
}
manifest '2s/span=[0-9]*+[0-9]*/span=0+99999/' 'a span beyond the end'
manifest '2s/body=[0-9]*+/body=9999999999+/' 'a body beyond the end'
manifest '2s/body=\([0-9]*\)+[0-9]*/body=\1+18446744073709551615/' 'a range that wraps round'
manifest '3s/span=[0-9]*+[0-9]*/span=120+150/' 'a span into the one before'
manifest '3s/ head=[0-9]*+/ head=1+/' 'a head outside its span'
manifest '2s/span=\([0-9]*\)+[0-9]*/span=\1+1/' 'a span shorter than its part'
manifest '2s/head=[^ ]* //' 'a part without its head'
manifest '3s/edit=2/edit=3/' 'an edit that is no part'
manifest '3d' 'a part too few'
manifest '1s/parts=3/parts=2/' 'a part too many'
cp manifest d/manifest
exits 0 'the true manifest does' mimejoin d
chmod u+w d/message
printf 'short' >d/message
refused 'a message that was cut' '/manifest: '

# --- resources ------------------------------------------------------------------------
split d <two
change d part 1 do substitute with "$(printf '%03000d' 0)"
exits 75 'a full disk' sh -c 'trap "" XFSZ; ulimit -f 1; exec mimejoin d'
is "$(echo d/message.new*)" 'd/message.new*' 'leaves nothing half-made'
exits 75 'a full standard output is no success' sh -c 'mimejoin d >/dev/full'
exits 75 'nor a closed one' sh -c 'mimejoin d >&-'
rm d/manifest
exits 75 'a folder without a manifest' mimejoin d
exits 75 'no folder' mimejoin nowhere
like "$(cat err)" 'mimejoin: nowhere: *' 'is named'
exits 64 'no name is a wrong call' mimejoin
exits 64 'two names too' mimejoin d e

{
	sed 13q two | sed 13d
	dd if=/dev/zero bs=1000000 count=40 2>/dev/null | tr '\0' A
	echo
	echo --b--
} >big
split d <big
change d part 1 do substitute with small
case $BUILD in
*-asan | *-cov) skip 'memory does not grow with the message' 'a build with more of its own' ;;
*)
	exits 0 'memory does not grow with the message' sh -c 'ulimit -v 16000; exec mimejoin d'
	is "$(tail -c 10000000 d/message.new | cksum)" "$(tail -c 10000000 big | cksum)" 'nor is a byte lost'
	;;
esac
rm -rf big d

# --- real mail ------------------------------------------------------------------------------
# each tenth message: unchanged the same bytes; and with one part replaced
# every part before it as it was
if [ -d "$SHARED/mail" ]; then
	same=0 noted=0 n=0
	for file in $(find "$SHARED/mail" -type f ! -name '*.md' | sort | awk 'NR % 10 == 1'); do
		n=$((n + 1))
		split d <"$file" || continue
		mimejoin d >/dev/null && cmp -s d/message.new "$file" && same=$((same + 1))
		last=$(($(wc -l <d/manifest) - 1))
		change d part $last do substitute with "noted $n"
		mimejoin d >/dev/null || continue
		split e <d/message.new || continue
		before=$(record -d edit <d/manifest | tail -n 1)
		for part in d/parts/*; do
			[ ! -f "$part" ] || [ "${part##*/}" -ge "${before:-0}" ] ||
				cmp -s "$part" "e/parts/${part##*/}" || echo "# $file: $part"
		done
		grep -lq "noted $n" e/parts/* && noted=$((noted + 1))
	done
	[ $n -gt 20 ]
	ok $? "real mail: $n messages"
	is $same $n 'without changes each is the same'
	is $noted $n 'and each can be given a note'
else
	skip 'real mail' 'the shared folder is not here'
fi
finish
