#!/bin/sh
# SPDX-License-Identifier: ISC
# The conversions file: the treatment of each part, from mimesplit's word to what
# leaves.
# shellcheck disable=SC2016,SC2086,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"

# treats FILE-TEXT OPTION...: of ./mail each part's treatments, as PART:WORD
treats() {
	printf '%s\n' "$1" >file
	shift
	rm -rf w
	mimesplit -C file "$@" w <mail >/dev/null || echo "exit $?"
	told
}
told() {
	awk '/^part=[0-9]+ / { for (i = 2; i <= NF; i++)
	    if (sub(/^treat=/, "", $i)) printf "%s:%s ", substr($1, 6), $i }' w/manifest
}
applies() { head -n 1 w/manifest | tr ' ' '\n' | sed -n 's/^apply=//p' | tr '\n' ' '; }

# --- the treatment of each part ------------------------------------------------
cp "$ROOT/samples/program.eml" mail
cat >first <<-'END'
	!
	! Message parts which have a MIME-type of "APPLICATION/octet-stream",
	! should be processed by the "multiscan.sh" command.
	!
	in-channel=*; in-type=application; in-subtype=*;
	parameter-symbol-0=NAME; parameter-copy-0=*;
	dparameter-symbol-0=FILENAME; dparameter-copy-0=*;
	message-header-file=2; original-header-file=1;
	override-header-file=1; override-option-file=1;
	command="/server_root/msg-instance/imta/bin/multiscan.sh"
	END
is "$(treats "$(cat first)") $(applies)" '0:multiscan 1:pass 2:multiscan  pass:1 ' 'the entry of 2002'
treats 'command=multiscan' >/dev/null
is "$(told) $(applies)" '0:multiscan 1:multiscan 2:multiscan  ' 'one that reads every type'
mimesplit w2 <mail >/dev/null
is "$(grep -cE ' (treat|apply|disposition)=' w2/manifest)" 0 'without -C there is no such word'
sed 's/ treat=[a-z]*//; s/ disposition=[a-z]*//' w/manifest >left
same left w2/manifest 'and nothing else differs'
like "$(sed -n 3p w/manifest)" '*disposition=attachment *' 'the disposition is told'

# one QUALIFIERS WANT [OPTION]...: does part 2 get it?
one() {
	is "$(treats "$1; delete=1
command=multiscan" $3 $4)" "0:multiscan 1:multiscan 2:$2 " "$1 $3 $4"
}
one 'in-channel=outside; in-type=appl*' delete
one 'in-channel=tcp_local; in-type=application' delete -g outside
one 'in-channel=outside; in-type=application' multiscan -g inside
one 'in-channel=tcp_intranet; in-type=application' delete -g inside
one 'in-from=*@partner.example; in-type=application' delete -f Me@Partner.Example
one 'in-from=*@partner.example; in-type=application' multiscan -f me@partner.example.net
one 'in-from=; in-type=application' delete
one 'in-to=*@company.com; in-type=application' delete '-r a@company.com' '-r b@Company.com'
one 'in-to=*@company.com; in-type=application' multiscan '-r a@company.com' '-r b@company.net'
one 'in-to=*; in-type=application' multiscan
one 'in-client=192.0.2.0/24; in-type=application' delete -a 192.0.2.7
one 'in-client=192.0.2.0/24; in-type=application' delete -a ::ffff:192.0.2.7
one 'in-client=192.0.2.0/24; in-type=application' multiscan -a 192.0.3.7
one 'in-client=2001:db8::/32; in-type=application' delete -a 2001:db8::1
one 'in-client=::/0; in-type=application' multiscan -a unknown
one 'in-client=0.0.0.0/0; in-type=application' multiscan
one 'in-subtype=OCTET-%tream' delete
one 'in-subtype=octet' multiscan
one 'in-disposition=attachment' delete
one 'in-disposition=inline' multiscan
one 'in-parameter-name-0=NAME; in-parameter-value-0=*.exe' delete
one 'in-parameter-name-0=charset; in-type=application' multiscan
one 'in-dparameter-name-4=filename; in-dparameter-value-4="game.%xe"' delete
one 'in-name=*.exe' delete
one 'in-name=*.com' multiscan
one 'in-size-min=58; in-size-max=58; in-type=application' delete
one 'in-size-min=1K' multiscan
one 'in-description=%*' multiscan
sed 's/^Content-Disp.*/&\nContent-Description: my (x) game/' "$ROOT/samples/program.eml" >mail
is "$(treats 'in-description="my*game"; delete=1
command=multiscan')" '0:multiscan 1:multiscan 2:multiscan 2:delete ' \
    'a description with a comment: both treatments'
sed 's/^Content-Disp.*/&\nContent-Description: my game/' "$ROOT/samples/program.eml" >mail
one 'in-description="MY g$ame"' delete
sed 's/^Content-Disp.*/&\nContent-Description: =?utf-8?Q?my_game?=/' "$ROOT/samples/program.eml" >mail
is "$(treats 'in-description="my game"; delete=1
command=multiscan')" '0:multiscan 1:multiscan 2:multiscan 2:delete ' \
    'a description that is coded: both treatments'
cp "$ROOT/samples/program.eml" mail
is "$(treats 'in-type=text; command=f
in-subtype=plain; delete=1
command=pass')" '0:multiscan 1:f 2:pass ' 'the first that matches wins'

# What holds parts, and the message
cp "$ROOT/samples/text.eml" mail
is "$(treats 'command=pass')" '0:multiscan ' 'a message of one part does not pass'
is "$(treats 'in-type=text; command=f')" '0:multiscan 0:f ' 'but a function sees it too'
cp "$ROOT/samples/forwarded.eml" mail
is "$(treats 'command=pass' | tr ' ' '\n' | grep -c pass)" \
    "$(grep -c ' file=yes ' w/manifest)" 'of an attached message the leaves pass'

# --- a sender cannot choose by being read in two ways ---------------------------
# mail_with FIELDS: one part of them, with EICAR
mail_with() {
	printf '%s\n' 'From: a@example.org' 'MIME-Version: 1.0' \
	    'Content-Type: multipart/mixed; boundary=b' '' '--b' 'Content-Type: text/html' '' \
	    '<p>x' '--b' "$@" 'Content-Transfer-Encoding: base64' '' \
	    "${EICAR64}ELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=" '--b--' >mail
}
LAX='in-type=image; command=pass
command=multiscan'
mail_with 'Content-Type: image/jpeg'
is "$(treats "$LAX")" '0:multiscan 1:multiscan 2:pass ' 'an image passes'
mail_with 'Content-Type: image/jpeg' 'Content-Type: application/x-msdownload'
is "$(treats "$LAX")" '0:multiscan 1:multiscan 2:multiscan ' 'two types: the checks'
mail_with 'Content-Type: application/x-msdownload' 'Content-Type: image/jpeg'
is "$(treats "$LAX")" '0:multiscan 1:multiscan 2:multiscan ' 'in any order'
mail_with 'Content-Type: image/jpeg;' ' name=a.jpg' 'Content-Disposition: attachment; filename=a.exe'
is "$(treats 'in-name=*.jpg; command=pass
command=multiscan')" '0:multiscan 1:multiscan 2:multiscan ' 'two names'
is "$(treats 'in-name=*.exe; delete=1
command=pass')" '0:multiscan 1:pass 2:multiscan 2:delete ' 'one of them is for what is stricter'
mail_with 'Content-Type: image/jpeg' 'no field' 'X-Type: x' 'Content-Disposition: attachment'
is "$(treats 'in-disposition=attachment; command=pass
command=multiscan' | tr ' ' '\n' | grep -c '^2:pass')" 0 'a line that is no field'
mail_with 'Content-Type: image/jpeg' 'Content-Type : application/x-y'
is "$(treats "$LAX" | tr ' ' '\n' | grep -c pass)" 0 'a field that some do not read'
mail_with 'Content-Type: image/jpeg' '' 'Content-Type: application/x-msdownload'
is "$(treats "$LAX" | tr ' ' '\n' | grep -c pass)" 0 'a head that some read on'
mail_with 'Content-Type: image/jpeg (x)'
is "$(treats 'in-type=image; in-subtype=jpeg; command=pass
command=multiscan' | tr ' ' '\n' | grep -c '^2:')" 1 'a comment'
printf '%s\n' 'From: a@example.org' 'Content-Type: multipart/mixed; boundary=b; boundary=c' '' \
    '--b' 'Content-Type: image/jpeg' '' 'the bytes' '--b--' \
    '--c' 'Content-Type: application/x-y' '' 'the bytes' '--c--' >mail
is "$(treats "$LAX" | tr ' ' '\n' | grep -c pass)" 0 'the same bytes in another reading'
sed 's/^Hello.*/begin 644 a.exe\n#86)C\n`\nend/' "$ROOT/samples/report.eml" >mail
is "$(treats 'in-type=text; command=pass
command=multiscan' | tr ' ' '\n' | sed -n 's/^3://p')" multiscan 'a file inside a text is no text'

# in-name sees names as suffixcheck does: none is outside of both.
# in_name FIELD...: the treatments of a part of them, with *.zip deleted and *.pdf passed
in_name() {
	mail_with "$@"
	treats 'in-name=*.zip; delete=1
in-name=*.pdf; command=pass
command=multiscan' | tr ' ' '\n' | sed -n 's/^2://p' | sort | tr '\n' ' '
}
# filename NAME: as a field, in the coding of RFC 2231
filename() { printf "Content-Disposition: attachment; filename*=UTF-8''%s" "$1"; }
a251=$(head -c 251 /dev/zero | tr '\0' a)
for name in a.zip. a.zip%3Ax a.zip%27 a.zip%2C a.zip%2F a.zip%5C a.z%E2%80%8Bip a.zip%E2%80%8B \
    a.z%C2%ADip a.zip%C2%A0 a.%EF%BD%9Aip a%EF%BC%8Ezip a.%20zip a.z%01ip 'a.zip%3A%3A%24DATA' \
    "$a251.zip.txt" 'a%26%2346%3Bzip' a.z%D1%96p A.ZIP a.zip%3F.txt a%E3%80%82zip a.zip/a.txt; do
	like "$(in_name 'Content-Type: a/b' "$(filename "$name")")" 'delete *' "in-name: the zip $name"
done
for name in a.exe%3Ax.pdf a.exe%5C.pdf a.exe%2F.pdf "$a251.exe.pdf" a.exe%00.pdf 'a.exe%3F.pdf' \
    a.pdf%3Bx a.exe%26%2358%3B.pdf; do
	is "$(in_name 'Content-Type: a/b' "$(filename "$name")")" 'multiscan ' "in-name: no pass for $name"
done
for name in a.pdf A.PDF a%20b%20%281%29.pdf %C3%A4.pdf a.exe.pdf %28a%29.pdf; do
	is "$(in_name 'Content-Type: a/b' "$(filename "$name")")" 'pass ' "in-name: a pass for $name"
done
is "$(in_name 'Content-Type: a/b' 'Content-Description: invoice.exe' 'Content-Location: a.pdf')" \
    'multiscan ' 'a location is no name beside a description'
is "$(in_name 'Content-Type: a/b' 'Content-Description: a.pdf' 'Content-Location: http://x/a.pdf?x')" \
    'pass ' 'both of them'
is "$(in_name 'Content-Type: a/b; name=a.pdf' 'Content-Description: x' 'Content-Location: cid:x')" \
    'pass ' 'neither beside a name'
is "$(in_name 'Content-Type: a/b' 'Content-Description: a.zip')" 'delete ' \
    'a description alone is a name'
is "$(in_name 'Content-Type: text/html' 'Content-Description: a.zip')" 'multiscan ' 'but not of a text'
is "$(in_name 'Content-Type: a/b' 'Content-Location: http://a.zip')" 'multiscan ' 'nor a host'

# --- limits ----------------------------------------------------------------------
{
	printf '%s\n' 'From: a@example.org' 'Content-Type: multipart/mixed; boundary=b' ''
	i=0
	while [ $i -lt 4000 ]; do
		printf '%s\n' --b '' "$i" --b 'Content-Type: image/png' '' "$i"
		i=$((i + 1))
	done
	echo --b--
} >mail
treats "$LAX" >/dev/null
is "$(applies)$(grep -c ' treat=pass' w/manifest)" 0 'too many runs of parts: none passes'
like "$(head -n 1 w/manifest)" '* unscanned=0:limit-conversions *' 'and that is a limit'
treats 'command=pass' >/dev/null
is "$(applies)" 'pass:1-8000 ' 'many that follow each other are one run'
treats 'command=f' >/dev/null
like "$(head -n 1 w/manifest)" '* unscanned=0:limit-conversions *' 'so many are not given to a function'

# --- a file that is wrong ---------------------------------------------------------
cp "$ROOT/samples/text.eml" mail
printf '%s\n' 'in-typ=a; delete=1' '' 'command=multiscan' 'in-type=x; delete=2' 'delete=1;' \
    'in-type=a; command=pass' >wrong
exits 64 'a wrong file' mimesplit -C wrong w9 <mail
[ ! -e w9 ]
ok $? 'no work directory is made'
exits 64 '-k of it' mimesplit -k -C wrong
is "$(cat err)" 'mimesplit: wrong: line 1: in-typ is not known here
mimesplit: wrong: line 4: delete can only be 1
mimesplit: wrong: line 6: command is a second action for this entry' 'names each line'
printf '%s\n' 'in-type=a; command=pass' 'in-type=a; in-name=x; command=on_x' >warned
exits 0 '-k of one that looks wrong' mimesplit -k -C warned
is "$(cat out)" treat=on_x 'tells the functions'
like "$(cat err)" '*line 2: warning: every part that this entry is for has an earlier one (line 1)
*line 2: warning: no entry matches every part: what matches none passes' 'and warns'
exits 75 'one that is not there' mimesplit -k -C nothing
: >empty
exits 64 'one without an entry' mimesplit -C empty w9 <mail
is "$(cat err)" 'mimesplit: empty: line 1: the file ends without an entry: all would pass; for the standard checks write command=multiscan' 'which it says'
printf '%s\n' '! one' '!' 'in-type=x;' >empty
exits 64 'one with no end of its entry' mimesplit -k -C empty
head -c 70000 /dev/zero | tr '\0' '\n' >large
exits 64 'one that is too large' mimesplit -k -C large
like "$(cat err)" '*line 65537: the file has more than 64 KiB' 'with the line'
mkfifo fifo
for file in fifo folder.d /dev/zero /dev/tty; do
	mkdir -p folder.d
	exits 75 "no regular file: $file" timeout 5 mimesplit -k -C $file </dev/null
done
exits 64 '-k without one' mimesplit -k

# --- what happens then ------------------------------------------------------------
exits 0 'an engine' start_engine
exits 0 'mails' make_mails
cp "$ROOT/samples/text.eml" text
sed 's/$/\r/' text >text.crlf
make_front f
cat >>f/conf <<-END
	CONVERSIONS='$T/conv'
	large() { [ "\$INPUT_SIZE" -lt 60 ] || force_hold; }
	refuse_exe() { case \$FILENAME in *.[eE][xX][eE]) force_bounce 'no programs' ;; esac; }
	note_it() {
		for v in INPUT_FILE INPUT_TYPE INPUT_SUBTYPE INPUT_DISPOSITION INPUT_SIZE INPUT_ENCODING \\
		    ATTACHMENT_NUMBER NAME FILENAME NAMES RED_FLAG FOUND RULE; do
			eval "echo \$v=\\"\\\$\$v\\""
		done >>'$T/noted'
	}
	remove_it() { keep_original; substitute_part; }
	let_it() { let_pass; }
	marks() { mark; }
	END

echo 'in-channel=outside; command=multiscan' >conv
is "$(gate infected inside)" 0 'from inside'
arrives_as_it_was infected
ok $? 'it passes as it was'
like "$(tail -n 1 f/log)" '*Eicar*do=pass rule=conversions *' 'and the log says so'
is "$(gate infected outside)" 0 'from outside'
is "$(arrived_with "$EICAR64") $(find f/quarantine -name manifest | wc -l)" '0 1' 'it does not'
like "$(hand infected -g inside)" '*	by conversions: pass
would deliver it' 'by hand it is said'
like "$(hand infected)" '*by on_infected: substitute*' 'by hand the channel is outside'
mkdir folder && cp infected folder
like "$(MULTISCAN_CONF=$T/f/conf f/bin/multiscan -g inside -n folder)" \
    '*infected: deliver part=2*' 'so it is of a folder'

printf '%s\n' 'in-type=application; delete=1' 'command=multiscan' >conv
is "$(gate text outside)" 0 'delete: a mail without such a part'
arrives_as_it_was text
ok $? 'arrives as it was'
is "$(gate banned outside)" 0 'one with it'
is "$(arrived_with "$BANNED64") $(arrived_with "$TEXT")" '0 1' 'arrives without it'
is "$(arrived_with removed)" 0 'with no note in its place'
like "$(tail -n 1 f/log)" '*suffix=.exe*do=delete rule=conversions *' 'which the log says'
sed 's/Game.EXE/game.bin/g' banned >other
is "$(gate other outside)$(arrived_with "$BANNED64")" 00 'one in which nothing is found'
like "$(tail -n 1 f/log)" '*n=1 *why=conversions *name=*game.bin*do=delete rule=conversions *' 'too'
is "$(gate infected outside)$(arrived_with "$EICAR64")" 00 'a part with a virus goes too'

printf '%s\n' 'in-type=application; command="/x/refuse_exe.sh"' 'command=multiscan' >conv
is "$(gate banned outside)" 0 'a function that refuses by name'
grep -q '<anna@example.org>' f/sink/*.env
ok $? 'the sender is told'
is "$(arrived_with "$BANNED64")" 0 'and nobody gets it'
like "$(tail -n 1 f/log)" '*do=refuse rule=refuse_exe *' 'the log has the rule'
is "$(gate clean outside)$(arrives_as_it_was clean; echo $?)" 00 'not of this name'
like "$(hand infected)" '*by multiscan: hold*would hold it in quarantine, by multiscan: no rule acted on it' \
    'what it does not act on is held'
printf '%s\n' 'in-type=application; command=large' 'command=multiscan' >conv
like "$(hand other)" '*would deliver it, untouched' 'a function by size: less'
like "$(hand infected)" '*by large: hold*would hold it in quarantine, by large' 'and more'
printf '%s\n' 'in-type=application; command=remove_it' 'command=multiscan' >conv
like "$(hand other)" '*such parts are not passed on
	by remove_it: keep_original
	by remove_it: substitute
would deliver it, changed as said, the original kept in quarantine' 'a function that substitutes'
is "$(gate other outside)$(arrived_with "$BANNED64")" 00 'and so it leaves'
printf '%s\n' 'in-type=application; command=let_it' 'command=multiscan' >conv
is "$(gate infected outside)$(arrives_as_it_was infected; echo $?)" 00 'a function that lets it pass'
printf '%s\n' 'in-type=application; command=marks' 'command=multiscan' >conv
is "$(gate other outside)" 0 'a function that marks'
like "$(cat f/sink/*.eml)" 'X-Multiscan: banned; part=2; why=*' 'marks'

# A function runs once, with the part's words as the record has them.
printf '%s\n' 'in-type=application; command=note_it' 'command=multiscan' >conv
hand infected -w kept >/dev/null
is "$(sed 's/^FOUND=n=[0-9]* part=2 verdict=infected .*/FOUND/' noted)" "INPUT_FILE=kept/parts/2
INPUT_TYPE=application
INPUT_SUBTYPE=octet-stream
INPUT_DISPOSITION=attachment
INPUT_SIZE=68
INPUT_ENCODING=base64
ATTACHMENT_NUMBER=2
NAME=
FILENAME=eicar.com.txt
NAMES=filename:eicar.com.txt
RED_FLAG=1
FOUND

RULE=note_it" 'what a function finds set'
n=0
for name in '$(touch pwned)' '`touch pwned`' 'a;touch pwned' "a'touch pwned'" '* ? [a-z]' 'a b=c|d&e' \
    '%s%n\q' '-rf' '../../x' '${IFS}x' ; do
	n=$((n + 1))
	rm -f noted
	printf '%s' "$name" | sed 's/["\\]/\\&/g' >quoted
	{
		echo 'From: a@example.org'
		echo 'Content-Type: multipart/mixed; boundary=b'
		printf '\n--b\nContent-Type: application/x-y;\n name="%s"\n' "$(cat quoted)"
		printf 'Content-Disposition: attachment;\n filename="%s"\n\nx\n--b--\n' "$(cat quoted)"
	} >hostile
	hand hostile >/dev/null
	coded=$(record name "$name")
	is "$(sed -n 's/^\(FILE\)*NAME=//p' noted | tr '\n' ' ')" " ${coded#name=} " "hostile name $n: coded"
done
[ ! -e pwned ] && [ ! -e kept/pwned ]
ok $? 'none of them was run'

# A changed message is judged again: the function is not run again, nothing loops.
rm -f noted
printf '%s\n' 'in-type=text; command=note_it' 'command=multiscan' >conv
is "$(gate infected outside)" 0 'a mail that is changed'
is "$(grep -c ^ATTACHMENT_NUMBER= noted)" 1 'a function is run once'
cat >two <<-END
	From: a@example.org
	Content-Type: multipart/mixed; boundary=b

	--b
	Content-Type: image/png
	Content-Transfer-Encoding: base64

	${EICAR64}ELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=
	--b
	Content-Type: application/x-y
	Content-Transfer-Encoding: base64

	${EICAR64}ELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=
	--b--
	END
printf '%s\n' 'in-type=image; command=pass' 'command=multiscan' >conv
is "$(gate two outside)$(arrived_with "$EICAR64")" 01 \
    'of the same virus in two parts the one passes, the other is taken out'
# What an engine finds in the message only is not hidden by what passes.
cat >f/second <<-'END'
	#!/bin/sh
	case $1 in */message) ;; *) exit 0 ;; esac
	! grep -q 'only in the message' "$1" || exit 3
	exit 0
	END
chmod 755 f/second
cp f/conf good
sed 's/^From: /Subject: only in the message\n&/' two >three
echo 'command=pass' >conv
is "$(gate three outside)$(arrived_with "$EICAR64")" 02 'two parts with a virus pass'
# As of an engine that stops at the first signature.
cat >f/second <<-'END'
	#!/bin/sh
	! grep -q WDVPIVAl "$1" || exit 0
	! grep -q 'only in the message' "$1" || exit 3
	exit 0
	END
echo "engine second '$T/f/second' 0 3" >>f/conf
like "$(hand three)" '*part 0 (part 0): infected: it holds second
	by on_infected: substitute*' 'what it finds behind them is for the policy'
cp good f/conf

# A function that is not there
printf '%s\n' 'in-type=application; command=nobody' 'command=multiscan' >conv
is "$(gate infected outside)" 75 'a function that is not there'
like "$(cat f/out)" '*conversions: there is no function nobody*' 'is named'
printf '%s\n' 'in-type=application; command=rm' 'command=multiscan' >conv
is "$(gate infected outside)" 75 'a program is no function'
is "$(gate text outside)" 0 'where it is not asked for, mail goes on'
cp wrong conv
is "$(gate clean outside)" 75 'a wrong file: no mail is judged'
like "$(cat f/out)" '*line 1: in-typ is not known here*' 'and the line is named'

# --- multiscan-check ----------------------------------------------------------------
check() { MULTISCAN_CONF=$T/f/conf f/bin/multiscan-check -u "$(id -un)" "$@" settings engines; }
for name in large let_it marks note_it refuse_exe remove_it; do
	echo "in-type=$name; command=$name"
done >conv
echo 'command=multiscan' >>conv
exits 0 'multiscan-check: all is well' check -e
is "$(cat out err)" '' 'says nothing'
cp wrong conv
exits 64 'a wrong conversions file' check
like "$(cat err)" '*line 1: in-typ *
*line 4: delete *' 'each line is named'
printf '%s\n' 'in-type=a; command=nobody' 'in-type=b; command=large' 'in-type=c; command=rm' \
    'command=multiscan' >conv
exits 64 'functions that are not there' check
is "$(grep -c 'there is no function' err)" 2 'each is named'
printf '%s\n' 'in-type=a; command=large' >conv
exits 64 'parts that no entry is for' check
like "$(cat err)" '*warning: no entry matches every part*' 'is said'
like "$(cat err)" '*conv: pass (no entry is for it): a virus from outside goes on whole*' 'and that a virus passes'
echo 'command=multiscan' >conv
# broken LINE PATTERN NAME [OPTION]
broken() {
	{ cat good; echo "$1"; } >f/conf
	# shellcheck disable=SC2086
	exits 64 "$3" check ${4-}
	like "$(cat err)" "$2" 'says so'
}
broken 'on_odd( {' '*yntax error*' 'a syntax error'
broken 'unset -f on_odd' '*there is no on_odd*' 'a policy without one of its functions'
broken 'TIMEOUT=soon' '*TIMEOUT: soon*' 'a setting that is none'
broken 'SUFFIXES="a/b"' '*a/b*' 'a suffix that is none'
broken 'SUFFIX_LISTS=/none' '*/none*' 'a list that is not there'
broken 'QUARANTINE=/none' '*QUARANTINE: /none: there is no such folder*' 'a folder that is not there'
broken 'NEXT_HOP=mail' '*NEXT_HOP: mail is not HOST:PORT*' 'a next hop that is none'
broken 'ENGINES=/run/x' '*ENGINES: /run/x is neither*' 'an engine that is none'
broken 'engine x /none/x 0 1' '*engine x: /none/x: there is no such program*' 'another engine'
broken 'ENGINES=unix:/none' '*/none*' 'an engine that does not answer' -e
other=/dev/shm
[ "$(stat -c %d $other)" != "$(stat -c %d .)" ] || other=/var/tmp
other=$other/conversions.$$
mkdir $other && broken "QUARANTINE=$other" '*not on one file system*' 'two file systems'
rmdir $other
exits 64 'a wrong option' check -z
finish
