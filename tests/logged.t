#!/bin/sh
# SPDX-License-Identifier: ISC
# What the log says: the words of each kind of line, where the lines go, and what
# sigupdate logs.
# shellcheck disable=SC2016,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"
unset MULTISCAN_LOG_SOCKET MULTISCAN_LOG_FALLBACK
export MULTISCAN_IGNORE=

exits 0 'an engine' start_engine
make_mails
make_front f
cp f/conf good
EICAR=${EICAR64}ELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=

# with [LINE]...: the settings, and these at their end
with() { { cat good; printf '%s\n' "$@"; } >f/conf; }
# judge MAIL [OPTION]...: a work directory of it is made and judged as behind pipe(8)
judge() {
	mail=$1
	shift
	rm -rf w f/log f/quarantine/* f/records/*
	mimesplit -i 4Q -a 192.0.2.1 -f anna@example.org -r "$RCPT" "$@" w <"$mail" >/dev/null
	id=$(sed -n '1s/.* id=\([0-9a-f]*\) .*/\1/p' w/manifest)
	MULTISCAN_CONF=$T/f/conf f/bin/multiscan -x w >answer 2>err
	# where it is now, and whether it was changed, other tests say
	sed "s, changed=yes,,; s, dir=.*,," answer >out
}
# logged: the lines of the last message, without time and host, and without the
# words that all of them end in
logged() {
	[ ! -e f/log ] || sed "s/^.\{16\}[^ ]* //; s/ $ends\$/ .../; s/ id=$id n=/ ID n=/" f/log
}
ends="msgid=%3Call@example.org%3E queue=4Q client=192.0.2.1 from=anna@example.org to=ben@example.net"

# All kinds in one message
cat >all <<-END
	From: anna@example.org
	Message-ID: <all@example.org>
	Content-Type: multipart/mixed; boundary=b

	--b
	Content-Type: text/plain

	hello
	--b
	Content-Type: application/x-y; name="a b.bin"
	Content-Transfer-Encoding: base64

	$EICAR
	--b
	Content-Type: application/octet-stream; name="game.exe"

	not a program
	--b
	Content-Type: application/octet-stream
	Content-Disposition: attachment; filename*=utf-8''a%E2%80%AEgpj.bin

	x
	--b--
	END

### The words of each line
judge all
is "$(cat out)" "id=$id do=deliver at=quarantine" 'a message with much in it'
is "$(logged)" "iMS: [ID 702911 mail.alert] Eicar-Test-Signature virus found and dealt ID n=1 part=2 verdict=infected sig=Eicar-Test-Signature by=$T/engine set=signatures type=application/x-y size=68 name=type:a%20b.bin do=substitute rule=on_infected ...
iMS: [ID 702911 mail.notice] .exe suffix dealt ID n=2 part=3 verdict=banned why=suffix suffix=.exe name=type:game.exe size=13 do=substitute rule=on_banned ...
iMS: [ID 702911 mail.notice] bidi odd part dealt ID n=3 part=4 verdict=odd why=bidi name=rfc2231:a%E2%80%AEgpj.bin size=1 do=mark rule=on_odd ..." \
    'a virus, a suffix and what is odd'
cp f/log before
judge all
is "$(cut -c 16- f/log)" "$(cut -c 16- before)" 'once more it has the same ids and numbers'
judge all -p 3
is "$(logged | sed -n '/not scanned/p')" "iMS: [ID 702911 mail.warning] limit-parts not scanned ID n=1 part=0 verdict=unscanned why=limit-parts size=409 do=hold rule=on_unscanned ..." \
    'what was not scanned'

# What is ignored is logged like the rest, and numbered behind it
echo 'Eicar-Test-Signature 2999-12-31 a test' >ignore
MULTISCAN_IGNORE=$T/ignore
judge all
is "$(logged | sed -n '1s/ rule=.*//p; 3p')" "iMS: [ID 702911 mail.notice] .exe suffix dealt ID n=1 part=3 verdict=banned why=suffix suffix=.exe name=type:game.exe size=13 do=substitute
iMS: [ID 702911 mail.notice] Eicar-Test-Signature finding ignored ID n=3 part=2 ignored=Eicar-Test-Signature until=2999-12-31 text=a%20test sig=Eicar-Test-Signature by=$T/engine set=signatures type=application/x-y size=68 name=type:a%20b.bin do=pass rule=ignore ..." \
    'what is ignored'
judge infected
is "$(cat out)" "id=$id do=deliver at=work" 'a message with nothing else is delivered'
like "$(logged)" '* finding ignored ID n=1 part=2 *' 'and that is logged'
MULTISCAN_IGNORE=

# Another engine, one that finds more and one that knows the message alone
cat >f/sweep <<-'END'
	#!/bin/sh
	echo "W32/Klez-H found"
	case $1 in
	*/parts/3) exit 3 ;;
	esac
	exit 0
	END
sed 's,/parts/3,/message,' f/sweep >f/whole
chmod 755 f/sweep f/whole
with 'SUFFIXES=none' "engine sweep $T/f/sweep 0 3" "engine whole $T/f/whole 0 3"
judge all
is "$(logged | sed -n 2,3p)" "iMS: [ID 702911 mail.alert] W32/Klez-H%20found virus found and dealt ID n=2 part=3 verdict=infected sig=W32/Klez-H%20found by=sweep size=13 name=type:game.exe do=substitute rule=on_infected ...
iMS: [ID 702911 mail.alert] W32/Klez-H%20found virus found and dealt ID n=3 part=0 verdict=infected sig=W32/Klez-H%20found by=whole size=409 do=substitute rule=on_infected ..." \
    'what another engine finds'

# The conversions file
cat >conv <<-'END'
	in-subtype=octet-stream; command=held
	in-type=text; command=multiscan
	END
with 'SUFFIXES=none' 'held() { force_hold; }' "CONVERSIONS=$T/conv"
judge all -C conv
is "$(logged)" "iMS: [ID 702911 mail.alert] Eicar-Test-Signature virus found and passed ID n=1 part=2 verdict=infected sig=Eicar-Test-Signature by=$T/engine set=signatures type=application/x-y size=68 name=type:a%20b.bin do=pass rule=conversions ...
iMS: [ID 702911 mail.notice] bidi odd part dealt ID n=2 part=4 verdict=odd why=bidi name=rfc2231:a%E2%80%AEgpj.bin size=1 do=hold rule=held ...
iMS: [ID 702911 mail.notice] held conversion dealt ID n=3 part=3 verdict=banned why=conversions name=type:game.exe size=13 do=hold rule=held ..." \
    'what the conversions file passes, and what its function acts on'

# Many recipients
cp good f/conf
set --
i=0
while [ $i -lt 80 ]; do set -- "$@" -r "reader$i@example.net"; i=$((i + 1)); done
judge infected "$@"
like "$(cat f/log)" "* virus found and dealt id=$id n=1 *set=*size=68 name=*do=substitute*msgid=*queue=4Q client=*from=*to=*cut=to*" \
    'to many: the line has all but some of them'

i=0
while [ $i -lt 1000 ]; do set -- "$@" -r "r$i@example.net"; i=$((i + 1)); done
judge infected "$@"
like "$(cat out; cat err; cat f/log)" "id=$id do=deliver at=quarantine
* queue=4Q client=192.0.2.1 from=anna@example.org to=ben@example.net to=reader0@*to=*cut=to*" \
    'to many more'
judge infected -r "$(printf %02000d 0)@example.net"
like "$(cat f/log)" '* to=ben@example.net cut=to' 'to one whose name is long'

### What is put off
with 'on_infected() { mark; force_retry; }'
judge infected
is "$(cat out; logged)" "iMS: [ID 702911 mail.alert] Eicar-Test-Signature virus found and dealt ID n=1 part=2 verdict=infected sig=Eicar-Test-Signature by=$T/engine set=signatures type=application/octet-stream size=68 name=filename:eicar.com.txt do=retry rule=on_infected msgid=%3Ceicar.3@example.org%3E ${ends#* }" \
    'a policy that says: not now'
cp f/log before
judge infected
is "$(cut -c 16- f/log)" "$(cut -c 16- before)" 'says it again, with the same id and number'
cp good f/conf
rm f/bin/mimejoin
ln -s /bin/false f/bin/mimejoin
judge infected
like "$(cat out; cat f/log)" "* virus found and dealt id=$id n=1 *do=retry rule=*" 'so with a change that fails'
f/bin/multiscan <infected >out 2>err
is "$(wc -l <f/log)" 1 'by hand nothing is logged'
rm f/bin/mimejoin
ln -s "$BUILD/bin/mimejoin" f/bin

### Clean messages
judge clean
is "$(logged)" '' 'a clean message has no line'
with LOG_CLEAN=1
judge clean
is "$(cat out) $(wc -l <f/log)" "id=$id do=deliver at=work 1" 'with LOG_CLEAN it has one'
is "$(logged)" "iMS: [ID 702911 mail.info] $id clean id=$id clean=yes n=0 parts=3 msgid=%3Creport.2@example.org%3E queue=4Q client=192.0.2.1 from=anna@example.org to=ben@example.net" \
    'with its words'
judge infected
is "$(grep -c ' clean=yes ' f/log)" 0 'another has none'
export MULTISCAN_IGNORE="$T/ignore"
judge infected
is "$(logged | cut -d' ' -f5-9 | sed "s/$id/ID/g")" 'Eicar-Test-Signature finding ignored ID n=1
ID clean id=ID clean=yes n=0' 'what is ignored and no more is clean'
MULTISCAN_IGNORE=
with LOG_CLEAN=1 LOG_TAG=mail-1
front f clean
is "$? $(grep -c "mail-1: \[ID 702911 mail.info\] .* clean=yes .* queue=4Q " f/log)" '0 1' 'behind pipe(8)'

### Where lines go, and how
with LOG_FORMAT=json LOG_CLEAN=1
judge all
is "$(grep -c '^{.*}$' f/log)" 3 'JSON'
like "$(cat f/log)" '{*"kind":"virus"*"sig":"Eicar-Test-Signature"*' 'says the same'
judge clean
like "$(cat f/log)" '{*"kind":"clean"*' 'of a clean one, too'
with LOG_FILE= "LOG_SERVER=unix:$T/none"
judge infected
is "$(cat out)" "id=$id do=deliver at=quarantine" 'a syslog that is gone stops nothing'
like "$(cat f/records/unlogged.log)" "* iMS: [[]ID 702911 mail.alert[]] Eicar-Test-Signature virus found and dealt id=$id *" \
    'the lines are in a file'
is "$(grep -c "$T/none" err)" 1 'that is said once'
with LOG_FILE= "LOG_SERVER=unix:$T/none" LOG_FALLBACK=
judge infected
is "$(cat out)" "id=$id do=deliver at=quarantine" 'nor does it where there is no such file'
like "$(cat err)" "*multiscan: virlog failed, not logged (1 in all):
multiscan: id=$id n=1 part=2 verdict=infected *" 'they are said'
exe() { printf -- '--b\nContent-Type: application/octet-stream; name="game%s.exe"\n\n%s\n' "$1" "$1"; }
{
	printf 'From: anna@example.org\nContent-Type: multipart/mixed; boundary=b\n\n'
	for n in 1 2 3 4 5 6 7; do exe $n; done
	printf -- '--b--\n'
} >seven
MULTISCAN_LOG_FALLBACK=$T/f/callers judge seven
is "$(grep -c '^multiscan: id=' err) $(tail -n 1 err)" '5 multiscan: and 2 more' 'of many, some'
[ ! -e f/callers ]
ok $? 'and what the caller has set is not used'
for words in LOG_SERVER=tcp:127.0.0.1:99999 LOG_SERVER=/dev/log 'LOG_TAG="a b"'; do
	with LOG_FILE= "LOG_SERVER=unix:$T/none" "$words"
	judge infected
	is "$(grep -c ' virus found ' f/records/unlogged.log)" 1 "$words: the line is in the fall-back"
done
cat >f/failing <<-'END'
	#!/bin/sh
	case "$*" in
	*-F*) exit 75 ;;
	esac
	exec "$VIRLOG" "$@"
	END
chmod 755 f/failing
rm f/bin/virlog
mv f/failing f/bin/virlog
with LOG_FILE= LOG_SERVER=
VIRLOG=$BUILD/bin/virlog
export VIRLOG
judge infected
is "$(grep -c ' virus found ' f/records/unlogged.log)" 1 'where virlog fails it is tried for that alone'
rm f/bin/virlog
ln -s "$BUILD/bin/virlog" f/bin
with "LOG_FILE=$T/none/log" "LOG_FALLBACK=$T/f/spare"
judge infected
is "$(grep -c ' virus found ' f/spare)" 1 'a file that fails is no better'
perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "syslog") or die;
    $s->recv($m, 65536); open $f, ">", "got.new"; print $f $m; close $f; rename "got.new", "got"' &
wait_for -S syslog
with LOG_FILE= "LOG_SERVER=unix:$T/syslog"
judge infected
wait_for -s got
like "$(cat got)" "<17>* iMS: [[]ID 702911 mail.alert[]] Eicar-Test-Signature virus found and dealt id=$id *" \
    'another syslog'

### Wrong values
# refused LINE WHY
refused() {
	with "$1"
	MULTISCAN_CONF=$T/f/conf exits 64 "$1: is refused" f/bin/multiscan-check -u "$(id -un)" settings
	like "$(cat err)" "multiscan-check: $2" 'and it says what to do'
	with LOG_CLEAN=1 "$1"
	judge clean
	is "$(cat out)" "id=$id do=deliver at=work" 'but stops no mail'
}
cp good f/conf
MULTISCAN_CONF=$T/f/conf exits 0 'all is well' f/bin/multiscan-check -u "$(id -un)" settings
refused 'LOG_TAG="a b"' 'LOG_TAG: a b: give 1 to 32 of *'
refused "LOG_TAG=$(printf %033d 0)" 'LOG_TAG: 0*0: give 1 to 32 of *'
refused LOG_TAG=foundry 'LOG_TAG: foundry: give *'
mkdir -p f/folder
python3 -c 'import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).bind("f/stream")'
refused "LOG_FILE=$T/f/folder" "LOG_FILE: $T/f/folder: that is a folder*"
refused "LOG_FILE=$T/f/folder/" "LOG_FILE: $T/f/folder/: that is a folder*"
refused "LOG_FALLBACK=$T/f/folder" "LOG_FALLBACK: $T/f/folder: that is a folder*"
refused "LOG_FILE=$T/f/stream" "LOG_FILE: $T/f/stream: that is no file*"
refused "LOG_FALLBACK=$T/f/log" "LOG_FALLBACK: is LOG_FILE: give another *"
refused "LOG_FILE= LOG_SERVER=unix:$T/none" "LOG_SERVER: virlog: $T/none: No such file *: start what *"
refused "LOG_FILE= LOG_SERVER=unix:$T/f/stream" "LOG_SERVER: virlog: $T/f/stream: *: start what *"
if [ "$(id -u)" -ne 0 ]; then
	: >f/readonly
	chmod 444 f/readonly
	chmod 555 f/folder
	refused "LOG_FILE=$T/f/readonly" "LOG_FILE: $T/f/readonly: cannot be written by *"
	refused "LOG_FILE=$T/f/folder/log" "LOG_FILE: $T/f/folder/log: cannot be made by *"
	chmod 755 f/folder
fi
refused LOG_FILE=log 'LOG_FILE: log: give its whole path'
refused "LOG_FILE=$T/none/log" "LOG_FILE: $T/none: there is no such folder: make it"
refused LOG_FALLBACK=log 'LOG_FALLBACK: log: give its whole path'
refused "LOG_FALLBACK=$T/none/log" "LOG_FALLBACK: $T/none: there is no such folder: make it"
refused 'LOG_FILE= LOG_SERVER=/dev/log' 'LOG_SERVER: /dev/log: give unix:PATH or tcp:ADDRESS:PORT'
refused 'LOG_FILE= LOG_SERVER=unix:log' 'LOG_SERVER: unix:log: give unix:PATH or *'
refused 'LOG_FILE= LOG_SERVER=tcp:127.0.0.1:99999' 'LOG_SERVER: *tcp:127.0.0.1:99999*'
refused "LOG_FILE=$T/f/log LOG_SERVER=tcp:127.0.0.1:514" 'LOG_FILE and LOG_SERVER: *leave one empty'
refused LOG_FORMAT=xml 'LOG_FORMAT: xml: give json, or nothing *'
refused LOG_CLEAN=yes 'LOG_CLEAN: yes: give 1, or nothing *'

### What sigupdate logs
. "$HERE/sigroot.sh"
# said: the lines since the last call, without time and host, and with T for each time
said() {
	[ ! -e siglog ] || sed "s/^.\{16\}[^ ]* //; s/=20[0-9-]*T[0-9:]*Z/=T/g; s/engine=[0-9.]*/engine=E/" siglog
	rm -f siglog
}
set_line() { echo "iMS: [ID 702911 mail.notice] $(gen) signatures set=$(gen) state=current made=T files=$1 sigs=$1 engine=E"; }
set_like() { set_line "$1" | tr '[]' '??'; }
globals="log $T/siglog"
own_source | conf
line 1 one-canary >own/a.ndb
exits 0 'a first set' update -q
is "$(said)" "iMS: [ID 702911 mail.notice] test signatures source=test state=new heard=T
iMS: [ID 702911 mail.notice] own signatures source=own state=new heard=T
$(set_line 3)" 'its sources and it are logged'
first=$(gen)
exits 0 'once more' update
is "$(said)" "$(set_line 3)" 'the set in use alone is'
echo nonsense >own/a.ndb
exits 1 'something that is refused' update -q
like "$(said)" "iMS: [[]ID 702911 mail.warning[]] own signatures source=own state=refused heard=T why=a.ndb:*
$(set_like 3)" 'is logged, and why'
line 2 two-canary >own/a.ndb
exits 1 'check' timeout 60 sigupdate check -c conf
is "$(said)" '' 'logs nothing'
{ own_source; printf 'source gone\n\tlocal %s/gone\n\tmax-age never\n' "$T"; } | conf
exits 75 'a source that fails' update
like "$(said)" "iMS: [[]ID 702911 mail.notice[]] own signatures source=own state=new heard=T
iMS: [[]ID 702911 mail.warning[]] gone signatures source=gone state=failed why=*/gone:%20No*
$(set_like 3)" 'is logged, beside what is new'
own_source | conf
exits 0 'rollback' timeout 60 sigupdate rollback -c conf
is "$(gen)" "$first" 'goes back'
is "$(said)" "$(set_line 3)" 'the set then in use is logged'
line 3 three-canary >own/a.ndb
touch -d '2001-01-01' own/a.ndb
{ own_source; printf '\tchanges 1d\n'; } | conf
exits 1 'what is stale' update -q
is "$(said)" "iMS: [ID 702911 mail.warning] own signatures source=own state=new heard=T stale=changes
$(set_line 3)" 'is logged'
exits 1 'and still is' update -q
is "$(said)" "iMS: [ID 702911 mail.warning] own signatures source=own state=same heard=T stale=changes
$(set_line 3)" 'is logged again'
{ own_source; printf '\tchanges 1d\n'; } | conf
(flock 9; exec sleep 20) 9<root/.lock &
SERVERS="$SERVERS $!" holder=$!
tries=0
while flock -n root/.lock true && [ $tries -lt 500 ]; do
	sleep 0.02
	tries=$((tries + 1))
done
exits 1 'a run that does not come to its end' update -q -t 1
is "$(said)" "iMS: [ID 702911 mail.warning] own signatures source=own state=failed heard=T stale=changes why=the%20run%20did%20not%20come%20to%20its%20end
$(set_line 3)" 'leaves a line of it'
kill $holder
own_source | conf
mkdir other
exits 0 'another root' update -q -D other
is "$(said)" '' 'logs nothing'
globals=
own_source | conf
exits 0 'no word of it' update
is "$(said)" '' 'no log'
globals="log $T/siglog json"
own_source | conf
exits 0 'JSON' update
like "$(cat siglog)" "{*\"kind\":\"signatures\"*\"set\":\"$(gen)\"*" 'says the same'
said >/dev/null

# A log that fails
globals="log unix:$T/none"
own_source | conf
exits 0 'a log that fails' update
like "$(cat err)" "*sigupdate: not all is logged: virlog: *$T/none*" 'is said, and changes nothing'
mkdir beside
cp "$BUILD/bin/sigupdate" "$BUILD/bin/avscand" beside
printf '#!/bin/sh\nexec sleep 60\n' >beside/virlog
chmod 755 beside/virlog
exits 0 'one that is stuck' timeout 60 beside/sigupdate update -c conf
like "$(cat err)" '*sigupdate: not all is logged: virlog took longer than * seconds' 'does so, too'

rm beside/virlog
exits 0 'one that is not there' env PATH=/usr/bin:/bin timeout 60 beside/sigupdate update -c conf
like "$(cat err)" '*sigupdate: virlog: cannot be started: No such file or directory, nothing is logged' 'too'
mkdir logs
for words in "$T/logs" "$T/logs/"; do
	globals="log $words"
	own_source | conf
	exits 64 "log $words: a folder" sigupdate -k -c conf
	like "$(cat err)" "*conf: log: $words is a folder: give the path of a file" 'is none'
done
globals="log $T/none/log"
own_source | conf
exits 64 'and a file in no folder' sigupdate -k -c conf
globals="log $T/logs/log"
own_source | conf
exits 0 'but not one that is to be made' sigupdate -k -c conf

# wrong_log LINES
wrong_log() {
	printf '%bsource x\n\tlocal /a\n' "$1" >bad.conf
	exits 64 "$1: is refused" sigupdate -k -c bad.conf
	like "$(cat err)" "sigupdate: bad.conf:$2" '... and named'
}
for words in 'log' 'log siglog' 'log no json' 'log syslog xml' 'log syslog json json' 'log udp:a:1'; do
	wrong_log "$words\n" '1: log: say no, or syslog, *'
done
wrong_log 'log no\nlog syslog\n' '2: log: is there twice'
wrong_log 'source y\n\tlocal /b\nlog no\n' '3: log: belongs before the first source*'
finish
