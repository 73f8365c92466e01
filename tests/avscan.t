#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034
# avscan with real engines; and with badengine, because engines that answer
# wrongly cannot be had.
. "${0%/*}/lib.sh"
. "$HERE/aside.sh"
unset MULTISCAN_SOCKET
export MULTISCAN_IGNORE=
sigs=$BUILD/share/multiscan/signatures
export MULTISCAN_SIGNATURES="$sigs"
export TMPDIR="$T"
tools=$BUILD/tools
id=5d2f0a3c9b1e7f604821
ALL='by=avscand set=signatures'

# In two halves, so that this file is not taken for it.
printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' \
    'ANTIVIRUS-TEST-FILE!$H+H*' >eicar
echo 'harmless' >text
base64 -d >locked.zip <<-END
	UEsDBAoACQAAAJOKeF2MsuviEwAAAAcAAAAHABwAc2VjLnR4dFVUCQADZscFa2bHBWt1eAsAAQQA
	AAAABAAAAACBWt1zfF5j14gesrotHRYX/yitUEsHCIyy6+ITAAAABwAAAFBLAQIeAwoACQAAAJOK
	eF2MsuviEwAAAAcAAAAHABgAAAAAAAEAAACkgQAAAABzZWMudHh0VVQFAANmxwVrdXgLAAEEAAAA
	AAQAAAAAUEsFBgAAAAABAAEATQAAAGQAAAAAAA==
END

# folder NAME MESSAGE PART...: a work directory; - is a part without a file
folder() {
	mkdir -p "$1/parts"
	cp "$2" "$1/message"
	name=$1 records='' n=0
	shift 2
	for file; do
		words="part=$n parent=0 edit=$n"
		[ "$n" -gt 0 ] || words="part=0 id=$id parts=$#"
		[ "$file" = - ] || { cp "$file" "$name/parts/$n"; words="$words file=yes"; }
		records="$records$words
"
		n=$((n + 1))
	done
	printf '%s' "$records" >"$name/manifest"
}

# mail FIELD FILE...: a message that holds the files in base64
mail() {
	printf '%s\n' "$1" 'From: a@example.org' 'Subject: files' 'MIME-Version: 1.0' \
	    'Content-Type: multipart/mixed; boundary=b' ''
	shift
	for file; do
		printf '%s\n' '--b' 'Content-Type: application/octet-stream' \
		    'Content-Transfer-Encoding: base64' '' "$(base64 "$file")"
	done
	echo '--b--'
}

# until_there PATH: waits for a socket, ten seconds at the most
until_there() {
	tries=0
	until [ -S "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || return 1
		sleep 0.02
	done
}

### Wrong calls
exits 64 'nothing to scan' avscan
exits 64 'an engine in no form' avscan -s /run/x text
like "$(cat err)" '*unix:PATH*' 'is told the forms'
exits 64 '-D without -P' avscan -D "$sigs" text
exits 64 '-D and -s' avscan -P -D "$sigs" -s unix:x text
exits 64 'a word for seconds' avscan -t soon text
exits 64 'an empty argument to -s' avscan -s '' text
exits 64 'nonsense in $MULTISCAN_SOCKET' env MULTISCAN_SOCKET='unix:x nonsense' avscan text
mkdir empty
exits 64 'a folder among files' avscan -P text empty
exits 64 'a folder that is no work directory' avscan -P empty
like "$(cat err)" '*empty: *-r*' 'is told what to do'
is "$(cat out)" '' 'is not said to be looked at'
exits 64 'standard input twice' avscan -P - -
for extra in text -r '-I ignore'; do
	# shellcheck disable=SC2086
	exits 64 "-k with $extra" avscan -P -k $extra
done
if [ -e /run/multiscan/avscand.sock ]; then
	skip 'no engine' 'there is one on this machine'
else
	exits 75 'no engine' avscan text
	like "$(cat err)" '*-s*MULTISCAN_SOCKET*-P*' 'is told what to do'
fi

### Files, with an avscand of our own
exits 0 'a clean file' avscan -P text
is "$(cat out)" 'check=avscan parts=1' 'is said to be looked at'
exits 1 'clean, infected and encrypted files' avscan -P text eicar locked.zip text
is "$(cat out)" "name=file:eicar verdict=infected sig=Eicar-Test-Signature $ALL
name=file:locked.zip verdict=unscanned why=encrypted sig=Heuristics.Encrypted.Zip $ALL
check=avscan parts=4" 'are told apart, in order'
is "$(record -k <out)" '' 'by records'
cp eicar 'a b;$(id)'
exits 1 'a name with blanks' avscan -P 'a b;$(id)'
like "$(cat out)" 'name=file:a%20b%3B%24%28id%29 *' 'is coded'
exits 75 'a file that is not there' avscan -P text none eicar
is "$(grep -c check= out)" 0 'makes it no answer'
like "$(cat out)" 'name=file:eicar verdict=infected *' 'but the others are scanned'
mv -- text -text
exits 0 'a name like an option' avscan -P -- -text
mv -- -text text
: >nothing
exits 0 'an empty file' avscan -P nothing
truncate -s 101M large
exits 1 'a file over the limit' avscan -P large
like "$(cat out)" 'name=file:large verdict=unscanned why=limit-filesize *' 'is unscanned'
cp eicar deep
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	gzip -nc deep >deeper && mv deeper deep
done
exits 1 'a virus deeper than the limit' avscan -P deep
like "$(cat out)" 'name=file:deep verdict=unscanned why=limit-recursion *' 'is unscanned'
printf 'EGGA.................................' >egga
exits 1 'what libclamav complains of and calls clean' avscan -P egga
like "$(cat out)" 'name=file:egga verdict=unscanned why=engine-error *' 'is not clean'
{ mail 'X: y' locked.zip eicar; } >both
exits 1 'an encrypted part before an infected one' avscan -P both
like "$(cat out)" '*verdict=infected sig=Eicar*' 'does not hide it'

### What is no file
mkfifo pipe
cat eicar >pipe &
exits 1 'a named pipe' avscan -P pipe
like "$(cat out)" 'name=file:pipe verdict=infected *check=avscan parts=1' 'is read to its end'
: >pipe &
exits 0 'one in which nothing comes' avscan -P pipe
exits 75 'one in which nobody writes' timeout 20 avscan -P -t 1 pipe
# from_pipe FILE STATUS NAME ARGUMENT...
from_pipe() {
	file=$1 want=$2 what=$3
	shift 3
	# shellcheck disable=SC2002
	cat "$file" | "$@" >out 2>err
	is $? "$want" "$what"
}
from_pipe eicar 1 'standard input' avscan -P -
like "$(cat out)" 'name=file:- verdict=infected *' 'is named -'
from_pipe eicar 1 '/dev/stdin, a pipe' avscan -P text /dev/stdin
like "$(cat out)" 'name=file:/dev/stdin verdict=infected *parts=2' 'by its name'
exits 1 'standard input, a file' sh -c 'avscan -P - <eicar'
{ echo; cat eicar; } >after
exits 1 'one that was read from' sh -c '{ read -r line; avscan -P -; } <after'
is "$(cut -d' ' -f1 out | sed 1q)" 'name=file:-' 'is scanned from there on'
exits 0 'one that was read to its end' sh -c '{ cat >/dev/null; avscan -P -; } <eicar'
exits 75 'a closed one' sh -c 'avscan -P - <&-'
truncate -s 104857601 most
from_pipe most 1 '100 MiB and a byte' avscan -P -
like "$(cat out)" 'name=file:- verdict=unscanned why=limit-filesize *' 'go to the engine'
truncate -s 104857602 most
from_pipe most 75 'a byte more does not' avscan -P text - eicar
like "$(cat err)" '*-: more than 100 MiB*' 'and that is said'
is "$(cut -d' ' -f1 out)" 'name=file:eicar' 'while the others are scanned'
rm most
mv -- text ./-
exits 0 'a file that is called -' avscan -P ./-
mv -- ./- text

### Folders
mkdir -p tree/a/b 'tree/c d'
cp eicar tree/a/b/deep
cp text tree/a
escape=$(printf 'x\033[2J\nname=file:y verdict=odd')
cp eicar "tree/c d/$escape"
exits 1 'a folder' avscan -P -r tree
is "$(grep name= out | cut -d' ' -f1,2 | sort)" \
    'name=file:tree/a/b/deep verdict=infected
name=file:tree/c%20d/x%1B%5B2J%0Aname=file:y%20verdict=odd verdict=infected' \
    'is walked, and each name is one word'
is "$(tail -n 1 out)" 'check=avscan parts=3' 'all of it is counted'
is "$(record -k <out)" '' 'in records'
exits 1 'a folder with a slash' avscan -P -r tree/ text
is "$(grep -c name=file:tree/a/b/deep out) $(tail -n 1 out)" '1 check=avscan parts=4' \
    'has one, and goes with files'
exits 0 'an empty folder' avscan -P -r empty
is "$(cat out)" 'check=avscan parts=0' 'is said to be empty'
exits 0 'with -r, a file' avscan -P -r text
mkdir links
cp eicar outside
ln -s ../outside ../tree ../none links
exits 0 'links' avscan -P -r links
is "$(cat out)" 'check=avscan parts=0' 'are not followed'
ln -s tree to-tree
exits 1 'but for the argument itself' avscan -P -r to-tree
mkfifo "tree/$(printf 'pipe\033[2J')"
exits 1 'a pipe in a folder' timeout 20 avscan -P -r tree
like "$(cat err)" '*tree/pipe?*: not a file, passed over*' 'is passed over, and said'
is "$(tr -d '\12\40-\176' <err | wc -c)" 0 'safely'
is "$(tail -n 1 out)" 'check=avscan parts=3' 'and not counted'
path=chain
for i in 1 2 3 4 5 6 7 8 9 10; do
	path=$path/$i
	for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do path=$path/$k; done
done
mkdir -p "$path"
exits 75 'a folder too deep' avscan -P -r chain
is "$(grep -c check= out)" 0 'is not said to be looked at'
rm -r chain
cp eicar tree/secret && mkdir tree/closed && chmod 0 tree/secret tree/closed
mkdir nobody
cp "$BUILD/bin/avscan" "$BUILD/bin/avscand" nobody
cp -r "$sigs" nobody/sigs
as_nobody=
if [ "$(id -u)" -eq 0 ]; then
	as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chmod 711 .
fi
# shellcheck disable=SC2086
exits 75 'what cannot be read' env MULTISCAN_SIGNATURES="$T/nobody/sigs" TMPDIR=/tmp \
    $as_nobody nobody/avscan -P -r tree
like "$(cat err)" '*tree/secret: Permission denied*' 'is named'
like "$(cat err)" '*tree/closed: Permission denied*' 'a folder too'
is "$(grep -c verdict=infected out) $(grep -c check= out)" '2 0' 'and all else scanned'
chmod 700 tree/closed tree/secret

### Work directories
mail 'X: y' text eicar >message
folder found message - text eicar
exits 1 'an infected part' avscan -P found
is "$(cat out)" "part=2 verdict=infected sig=Eicar-Test-Signature $ALL
check=avscan id=$id parts=3" 'is named, once'
folder only message - text text
exits 1 'an infection that is in no part' avscan -P only
is "$(cat out)" "part=0 verdict=infected sig=Eicar-Test-Signature $ALL
check=avscan id=$id parts=3" 'is the message'\''s'
mail 'MZ: 1' text eicar >program
exits 0 'a message that libclamav takes for a program' avscan -P program
folder hidden program - text eicar
exits 1 'shows its infected part all the same' avscan -P hidden
like "$(cat out)" 'part=2 verdict=infected *' 'by its number'
folder leaf eicar eicar
exits 1 'a message that is its own leaf' avscan -P leaf
is "$(cat out)" "part=0 verdict=infected sig=Eicar-Test-Signature $ALL
check=avscan id=$id parts=1" 'is reported once'
mail 'X: y' text text >harmless
folder clean harmless - text text
exits 0 'a clean message' avscan -P clean
is "$(cat out)" "check=avscan id=$id parts=3" 'was looked at'
cp -r clean lacks && rm lacks/parts/2
exits 75 'a part that lacks' avscan -P lacks
cp -r clean linked && rm linked/parts/2 && ln -s ../../text linked/parts/2
exits 75 'a part that is a link' avscan -P linked
cp -r clean more && sed -i s/parts=3/parts=4/ more/manifest
exits 75 'a manifest that promises more' avscan -P more
is "$(grep -c check= out)" 0 'is not looked at whole'
cp -r clean headless && rm headless/message
exits 75 'a message that lacks' avscan -P headless
exits 1 'a work directory with -r' avscan -P -r found
is "$(cut -d' ' -f1 out | sort)" 'check=avscan
name=file:found/message
name=file:found/parts/2' 'is a folder like any other'

### Engines that take long, beside all else
# bad ANSWER [LAST [RETRY [ALLMATCH]]]: starts one at ./bad
bad() { engine_at bad "$@"; }
# engine_at PATH ANSWER...: one more; what it is asked is in PATH.log
engine_at() {
	rm -f "$1"
	"$tools/badengine" "$@" 2>"$1.log" &
	[ "$cleanup" != : ] || cleanup=
	cleanup="$cleanup kill $! 2>/dev/null;"
	until_there "$1"
}
gone() { eval "$cleanup"; cleanup=:; }
# asked PATH: what it was asked, but for the beginning of each session
asked() { grep -v zIDSESSION "$1.log" | tr '\n' ' '; }
silent() {
	cp ../text .
	for answer in '^' '@: fd[9]^'; do
		bad "$answer"
		exits 75 "one that falls silent: $answer" timeout 20 avscan -t 1 -s unix:bad text
		like "$(cat err)" '*not done in time*' 'is not waited for'
		gone
	done
	bad '@: fd[9]: OK~' '^'
	exits 75 'one that does not close the connection' timeout 20 avscan -t 1 -s unix:bad text
	gone
	bad '@: fd[9]: Busy ERROR~'
	exits 75 'one that stays busy' timeout 20 avscan -t 2 -s unix:bad text
	like "$(cat err)" '*not done in time*' 'is not waited for longer than -t'
	gone
}
second_try() {
	cp ../text .
	how=$1
	bad "$how" '' '@: fd[9]: OK~'
	exits 0 "an avscand that fails ($how), and then does not" avscan -s unix:bad text
	is "$(grep -c zFILDES bad.log) $(grep -c zRETRY bad.log)" '1 1' 'is asked once more'
	gone
	bad "$how" '' '@: fd[9]: Name FOUND~'
	exits 1 "or then finds ($how)" avscan -s unix:bad text
	is "$(cut -d' ' -f1-3 out | sed 1q)" 'name=file:text verdict=infected sig=Name' 'is believed'
	gone
	for why in engine-died engine-timeout engine-error; do
		bad "$how" '' "@: fd[9]: $why UNSCANNED~"
		exits 1 "$how, then $why" avscan -s unix:bad text
		is "$(cat out)" "name=file:text verdict=unscanned why=$why by=bad set=bad
check=avscan parts=1" 'is a finding'
		gone
	done
	for again in "$how" '^' '@: fd[9]: other UNSCANNED~' '@: engine-died UNSCANNED~' \
	    '@: fd[9]: engine-died~' '@: fd[9]: OK~@: fd[9]: OK~' '+: fd[9]: OK~'; do
		bad "$how" '' "$again"
		exits 75 "$how, then $again" timeout 20 avscan -t 2 -s unix:bad text
		is "$(cat out)" '' 'is none'
		gone
	done
	bad "$how"
	exits 75 "a clamd that fails ($how)" avscan -s unix:bad text
	like "$(cat err)" '*text: engine bad: not scanned: *' 'is not scanned'
	gone
}
complains() { second_try '@: fd[9]: Oops ERROR~'; }
hangs_up() { second_try '!'; }
stops_short() { second_try '@: fd[9]: O!'; }
progress() {
	cp -r ../text ../clean .
	# on_terminal COMMAND: what a terminal would get is in ./typescript
	on_terminal() {
		script -qec "$1" all >/dev/null 2>&1 </dev/null
		status=$?
		sed '/^Script \(started\|done\) /d' all >typescript
		return $status
	}
	bad '_@: fd[9]: OK~'
	odd=$(printf 'a\033[2J\302\233b')
	cp text "$odd"
	on_terminal "avscan -s unix:bad text '$odd'"
	is $? 0 'a long scan on a terminal'
	like "$(cat typescript)" '*1 of 2 files*now: a??2J?b*' 'is told of'
	is "$(tr -d '\12\15\40-\176' <typescript | od -c)" '0000000' 'safely'
	like "$(tail -n 2 typescript | tr '\r' '|')" '*|  *  |check=avscan parts=2*' 'and gone at the end'
	on_terminal "avscan -s unix:bad clean 2>log"
	is "$(cat log)" '' 'nothing where standard error is a file'
	gone
	bad '_@: fd[9]: Name FOUND~'
	on_terminal "avscan -s unix:bad text text >found.out"
	like "$(cat typescript)" '*0 of 2 files*' 'also where the records go to a file'
	is "$(grep -c sig=Name found.out)" 2 'which has them alone'
	on_terminal "avscan -s unix:bad text text"
	is "$(tr '\r' '\n' <typescript | grep -c '^name=file:text verdict=infected sig=Name by=bad set=bad$')" 2 \
	    'a record is a line of its own'
	gone
}
aside silent
aside complains
aside hangs_up
aside stops_short
if command -v script >/dev/null; then
	aside progress
else
	skip 'progress' 'script is absent'
fi

### What it takes
case $BUILD in
*-asan | *-cov) skip 'libc only' 'this build links more' ;;
*)
	is "$(ldd "$BUILD/bin/avscan" | grep -vcE 'linux-vdso|ld-linux|/libc\.so|ld-musl')" \
	    0 'avscan links libc only'
	;;
esac
if ! strace -qq true 2>/dev/null; then
	skip 'the socket pair' 'strace is absent or not allowed'
else
	exits 1 'under strace' strace -o trace -e trace=socketpair,socket,connect,sendmsg \
	    avscan -P found
	is "$(grep -c '^socketpair(AF_UNIX' trace)" 1 'there is one socket pair'
	is "$(grep -c SCM_RIGHTS trace)" 3 'one descriptor passed for each request'
	is "$(grep SCM_RIGHTS trace | grep -vc 'cmsg_data=\[[0-9]*\]')" 0 'one at a time'
	is "$(grep -c '^connect' trace)" 0 'and no other connection'
fi
exits 75 'a full standard output' sh -c 'avscan -P eicar >/dev/full'
exits 75 'a closed one' sh -c 'avscan -P eicar >&-'
exits 1 'a closed standard input is not needed' sh -c 'avscan -P eicar <&-'
{ sleep 0.2; avscan -P eicar 2>/dev/null; echo $? >status; } | true
is "$(cat status)" 75 'a reader that left is no success either'

### No avscand, or a bad one
mkdir alone
cp "$BUILD/bin/avscan" alone/
exits 75 'no avscand to be found' env PATH=/nonexistent alone/avscan -P eicar
like "$(cat err)" '*not beside avscan*' 'is said'
exits 1 'one in PATH is' env PATH="$BUILD/bin:/usr/bin:/bin" alone/avscan -P eicar
exits 75 'a folder of signatures that is not there' avscan -P -D none eicar
exits 75 'one without signatures' avscan -P -D empty eicar
for how in 'exit 0' 'exit 1' 'kill -9 $$' 'echo "1: fd[3]: OK"' 'exec sleep 0.2'; do
	printf '#!/bin/sh\n%s\n' "$how" >alone/avscand
	chmod +x alone/avscand
	exits 75 "an avscand that does: $how" timeout 20 alone/avscan -P eicar
	is "$(cat out)" '' 'and its words are not ours'
done

### What it leaves behind
# ours: the processes whose call names this set
mkdir private && cp "$sigs"/* private
ours() { grep -l "$T/[p]rivate" /proc/[0-9]*/cmdline 2>/dev/null | wc -l; }
exits 1 'a set of our own' avscan -P -D "$T/private" eicar
is "$(ours)" 0 'no avscand is left'
is "$(echo avscand.*)" 'avscand.*' 'no temporary folder either'
seq 9999999 | head -c 60000000 >slow
avscan -P -D "$T/private" slow slow slow slow >/dev/null 2>&1 &
pid=$!
tries=0 seen=$(ours)
while [ "$seen" -lt 3 ] && [ "$tries" -lt 200 ]; do
	sleep 0.05
	tries=$((tries + 1)) seen=$(ours)
done
[ "$seen" -ge 3 ]
ok $? 'one that is at work'
kill -9 "$pid"
tries=0
while [ "$(ours)" -gt 0 ] && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
is "$(ours)" 0 'goes when its avscan is killed'
is "$(echo avscand.*)" 'avscand.*' 'with its temporary folder'

### Engines that answer wrongly
bad '@: fd[9]: OK~'
exits 0 'a fake engine that answers well' avscan -s unix:bad text found/message
gone
bad '@: fd[9]: Name FOUND~'
exits 1 'and one that finds' avscan -s unix:bad text
is "$(sed 1q out)" 'name=file:text verdict=infected sig=Name by=bad set=bad' 'is believed'
gone
for answer in '!' '@: fd[9]: OK!' '@: fd[9]: O' '@' '+: fd[9]: OK~' '0: fd[9]: OK~' \
    'fd[9]: OK~' 'OK~' '@: OK~' '@: fd[9]: ok~' '@: fd[9]: OKAY~' '@: fd[9]: OK ~' \
    '@: fd[9]: OK ERROR~' '@: fd[9]: Oops ERROR~' '@: FOUND~' '@: fd[9]: FOUND~' \
    '@: fd[9]: OK~@: fd[9]: OK~' '@: fd[9]: OK~+: fd[9]: OK~' '@: /etc/passwd: OK~' \
    '~' '~~' '@: ~' '<html>OK</html>~' '@: PONG~' '@: fd[9]:  FOUND~'; do
	[ "${answer%[!~]}" = "$answer" ] || answer=$answer!
	bad "$answer"
	exits 75 "an engine that answers $answer" timeout 20 avscan -s unix:bad text text
	is "$(grep -c check= out)" 0 'has not looked at it'
	gone
done
bad '@: fd[9]: OK~' 'x'
exits 75 'one that says more at the end' avscan -s unix:bad text
is "$(grep -c check= out)" 0 'has not looked at it'
gone
bad "$(head -c 5000 /dev/zero | tr '\0' x)"
exits 75 'one whose answer does not end' timeout 20 avscan -s unix:bad text
gone
bad "@: fd[9]: $(printf '\033[2J') ERROR~"
exits 75 'one that draws on the terminal' avscan -s unix:bad text
is "$(tr -d '\12\40-\176' <err | wc -c)" 0 'is quoted safely'
gone

### Several engines
bad '@: fd[9]: OK~'
exits 0 'the next one on a failure to connect' avscan -s unix:none -s tcp:127.0.0.1:1 -s unix:bad text
like "$(cat err)" '*none: engine: *127.0.0.1:1: engine: *' 'each failure is said'
exits 75 'none of several' avscan -s unix:none -s unix:text text
exits 0 'several in $MULTISCAN_SOCKET' env MULTISCAN_SOCKET="unix:none unix:$T/bad" avscan text
exits 75 '-P is for where there is none' env MULTISCAN_SOCKET="unix:none" avscan -P text
exits 0 '-D is an avscand of our own in any case' env MULTISCAN_SOCKET="unix:none" avscan -P -D "$sigs" text
exits 0 '-s goes before $MULTISCAN_SOCKET' env MULTISCAN_SOCKET="unix:none" avscan -s unix:bad text
gone
rm -f bad
exits 75 'an engine that is gone' avscan -s unix:bad text

### A pool
bad '@: fd[9]: Busy ERROR~'
engine_at other '@: fd[9]: OK~'
exits 0 'the next one where the first is busy' avscan -s unix:bad -s unix:other text text
is "$(asked other)" 'connection zVERSION zFILDES zFILDES zEND ' 'gets all the scans'
is "$(cat err)" '' 'without a word'
gone
bad '!'
engine_at other '@: fd[9]: OK~'
exits 0 'the next one where the first hangs up' avscan -s unix:bad -s unix:other text
is "$(asked other)" 'connection zFILDES zEND ' 'is asked in its place'
gone
bad '@: fd[9]: Busy ERROR~|@: fd[9]: Busy ERROR~|@: fd[9]: OK~'
exits 0 'one that is busy, and the only one' avscan -s unix:bad text
is "$(asked bad)" 'connection zFILDES zFILDES zFILDES zEND ' 'is asked until it is not'
gone
bad '@: fd[9]: Busy ERROR~|@: fd[9]: Busy ERROR~|@: fd[9]: OK~'
engine_at other '@: fd[9]: Busy ERROR~'
exits 0 'two that are busy' avscan -s unix:bad -s unix:other -s unix:none text
is "$(grep -c zFILDES bad.log) $(grep -c zFILDES other.log)" '3 2' 'are asked in turn'
is "$(grep -c 'none: engine' err)" 1 'one that is down is said once'
gone
bad '@: fd[9]: OK~|@: fd[9]: Busy ERROR~|@: fd[9]: OK~'
engine_at other '@: fd[9]: OK~'
exits 0 'one that is busy later' avscan -s unix:bad -s unix:other text text
is "$(asked bad)$(cat other.log)" 'connection zVERSION zFILDES zFILDES zFILDES zEND ' 'is waited for'
gone
bad '@: fd[9]: First FOUND~|!'
engine_at other '@: fd[9]: OK~'
exits 75 'a clamd that hangs up later' avscan -s unix:bad -s unix:other text text
is "$(cut -d' ' -f2-3 out)" 'verdict=infected sig=First' 'is no reason to ask another'
gone

### A second try
bad '!' '' '@: fd[9]: OK~'
exits 0 'after a hang-up' avscan -s unix:bad text
is "$(asked bad)" 'connection zFILDES connection zRETRY zEND ' 'it is a new connection'
gone
bad '@: fd[9]: Oops ERROR~' '' '@: fd[9]: Busy ERROR~|@: fd[9]: OK~'
exits 0 'a busy second try' avscan -s unix:bad text
is "$(asked bad)" 'connection zFILDES zRETRY zRETRY zEND ' 'is asked for again'
gone
bad '@: fd[9]: engine-died UNSCANNED~'
exits 75 'UNSCANNED to the first try' avscan -s unix:bad text
is "$(cat out)" '' 'is no answer'
gone
bad '@: fd[9]: Oops ERROR~|@: fd[9]: Name FOUND~'
exits 75 'of several files, one that a clamd does not scan' avscan -s unix:bad eicar text
is "$(cut -d' ' -f1-3 out)" 'name=file:text verdict=infected sig=Name' 'is named, the others scanned'
like "$(cat err)" '*eicar: engine bad: not scanned: fd?9?: Oops*' 'in its own words'
gone
bad '@: fd[9]: OK~|@: fd[9]: Oops ERROR~' '' '@: fd[9]: engine-died UNSCANNED~'
exits 1 'a part that the engine dies of' avscan -s unix:bad clean
is "$(cat out)" "part=2 verdict=unscanned why=engine-died by=bad set=bad
part=0 verdict=unscanned why=engine-died by=bad set=bad
check=avscan id=$id parts=3" 'is named, and the message scanned too'
gone

### The ignore file
# The day is a local one: here it is noon.
hour=$(date -u +%H)
export TZ="X$((${hour#0} - 12))"
day() { date -d "$1" +%F; }
eicar_hash=$(sha256sum <eicar | cut -c 1-64)
ignore() { printf '%s\n' '# what is known' '' "$@" >ignore; }
known="ignored=Name until=$(day tomorrow) text=a%20word%3B%20two sig=Name by=bad set=bad"
ignore "Name	$(day tomorrow)  a word; two"
bad '@: fd[9]: Name FOUND~' '' '' '@: fd[9]: Name.UNOFFICIAL FOUND~'
exits 0 'a finding that is ignored' avscan -I ignore -s unix:bad text
is "$(cat out)" "name=file:text $known
check=avscan parts=1" 'is a record of its own'
is "$(record -k <out)$(cat err)" '' 'in silence'
exits 1 'without the file it counts' avscan -s unix:bad text
exits 0 'the file of the environment' env MULTISCAN_IGNORE="$T/ignore" avscan -s unix:bad text
ignore "Other $(day tomorrow) x"
exits 1 '-I goes before it' env MULTISCAN_IGNORE="$T/nothing" avscan -I ignore -s unix:bad text
ignore "Name.UNOFFICIAL $(day today) x"
exits 0 'its last day, and the name as in a log of clamd' avscan -I ignore -s unix:bad text
ignore "Name $(day yesterday) x"
exits 1 'the day after' avscan -I ignore -s unix:bad text text
is "$(cat err)" "avscan: ignore:3: not ignored any more: $(day yesterday) is past" 'is said, once'
ignore "Name $(day yesterday) x" "Name $(day tomorrow) y"
exits 0 'a line that is renewed' avscan -I ignore -s unix:bad text
is "$(cat err)" '' 'counts'
ignore "name $(day tomorrow) x" "Nam $(day tomorrow) x" "Name. $(day tomorrow) x"
exits 1 'another name does not' avscan -I ignore -s unix:bad text
gone
for line in 'Name' 'Name 2999-12-31' 'Name 2999-12-31 ' '2999-12-31 Name x' 'Name 2999-02-29 x' \
    'Name 2999-13-01 x' 'Name 2999-00-01 x' 'Name 2999-01-00 x' 'Name 2999-1-1 x' 'Name 31.12.2999 x' \
    'Name 2999-12-311 x' 'Name two 2999-12-31 x' 'sha256:12 2999-12-31 x' 'sha256: 2999-12-31 x' \
    "sha256:${eicar_hash}0 2999-12-31 x" "sha256:${eicar_hash%?}g 2999-12-31 x"; do
	ignore "Name 2996-02-29 x" "$line"
	exits 75 "a bad line: $line" avscan -I ignore -P text
	like "$(cat err)" 'avscan: ignore:4: *' 'is named'
done
printf 'Name 2999-12-31 x\0y\n' >ignore
exits 75 'a line with a NUL' avscan -I ignore -P text
{ printf 'Name 2999-12-31 '; head -c 3000 text /dev/zero | tr '\0' x; } >ignore
exits 75 'a line too long' avscan -I ignore -P text
exits 75 'an ignore file that is not there' avscan -I none -P text
exits 75 'one of the environment' env MULTISCAN_IGNORE=none avscan -P text
exits 75 'a folder for one' avscan -I empty -P text
printf 'Name 2999-12-31 x' >ignore
exits 0 'one without an end of line' avscan -I ignore -P text

ignore "Name 2999-12-31 x" "Two 2999-12-31 y"
bad '@: fd[9]: Name FOUND~' '' '' '@: fd[9]: Two Name Two FOUND~'
exits 0 'all that matches is ignored' avscan -I ignore -s unix:bad text
is "$(cut -d' ' -f1,2 out)" 'name=file:text ignored=Two
name=file:text ignored=Name
check=avscan parts=1' 'a record each'
gone
bad '@: fd[9]: Name FOUND~' '' '' '@: fd[9]: Two.UNOFFICIAL Bad.UNOFFICIAL Worse Name FOUND~'
exits 1 'not all of it is' avscan -I ignore -s unix:bad text
is "$(cut -d' ' -f1-3 out | sed '/ignored/s/ until.*//')" 'name=file:text ignored=Two
name=file:text ignored=Name
name=file:text verdict=infected sig=Bad
check=avscan parts=1' 'the first that is not is the finding'
gone
for answer in '@: Command invalid inside IDSESSION. ERROR~!' '@: fd[9]: Oops ERROR~' '!' '@: fd[9]: OK~' \
    '@: fd[9]: One' '@: fd[9]: FOUND~' '@: fd[9]:  FOUND~' '@: fd[9]: Name FOUND~@: fd[9]: OK~' \
    '+: fd[9]: Name FOUND~' '@: UNKNOWN COMMAND~'; do
	[ "${answer%[!~]}" = "$answer" ] || answer=$answer!
	bad '@: fd[9]: Name FOUND~' '' '' "$answer"
	exits 1 "an engine that does not tell all: $answer" avscan -I ignore -s unix:bad text text
	is "$(grep -c 'verdict=infected sig=Name' out)" 2 'is believed in what it said'
	like "$(cat err)" '*text: engine bad does not tell all that matches: not ignored*' 'and that is said'
	gone
done
bad '@: fd[9]: Name FOUND~' '' '' '@: fd[9]: Busy ERROR~|@: fd[9]: Name FOUND~'
exits 0 'a busy one' avscan -I ignore -s unix:bad text
gone
bad '@: fd[9]: Name FOUND~' '' '' '@: fd[9]: Name  FOUND~'
exits 1 'a name that is empty' avscan -I ignore -s unix:bad text
gone

# By its hash, with a real engine: whatever it says of it.
ignore "sha256:$eicar_hash $(day tomorrow) ours"
exits 0 'a content that is known' avscan -P -I ignore eicar text
is "$(cat out)" "name=file:eicar ignored=sha256:$eicar_hash until=$(day tomorrow) text=ours sig=Eicar-Test-Signature $ALL
check=avscan parts=2" 'by its hash'
exits 1 'another with the same virus' avscan -P -I ignore eicar message
is "$(grep verdict= out | cut -d' ' -f1)" 'name=file:message' 'is found'
ignore "sha256:$(echo "$eicar_hash" | tr a-f A-F) $(day tomorrow) ours"
exits 0 'in capitals' avscan -P -I ignore eicar
bad '@: fd[9]: Oops ERROR~' '' '@: fd[9]: engine-died UNSCANNED~'
exits 0 'one that the engine dies of' avscan -I ignore -s unix:bad eicar
is "$(cut -d' ' -f2-6 out | sed 1q)" \
    "ignored=sha256:$eicar_hash until=$(day tomorrow) text=ours why=engine-died by=bad" 'is known by its hash alone'
gone

# With an avscand that knows ALLMATCH: a content with two signatures.
cp -r "$sigs" two
printf 'Second:0:*:%s\n' "$(printf '$EICAR-STANDARD' | od -An -tx1 | tr -d ' \n')" >two/second.ndb
ignore 'Eicar-Test-Signature 2999-12-31 x'
exits 1 'avscand tells all that matches' avscan -P -D two -I ignore eicar
is "$(grep -c ignored=Eicar out) $(grep -c sig=Second out)" '1 1' 'so one is ignored and the other found'
ignore 'Eicar-Test-Signature 2999-12-31 x' 'Second 2999-12-31 y'
exits 0 'both ignored' avscan -P -D two -I ignore found
is "$(cut -d' ' -f1,2 out)" "part=2 ignored=Eicar-Test-Signature
part=2 ignored=Second
check=avscan id=$id" 'once, in the part, not in the message again'

# Of a message: part 2 is eicar, for the fake engines too.
ignore "Name 2999-12-31 x" "sha256:$eicar_hash 2999-12-31 ours"
leaf='@: fd[9]: OK~|@: fd[9]: Leaf FOUND~'
bad "$leaf|@: fd[9]: Leaf FOUND~" '' '' '@: fd[9]: Leaf FOUND~'
exits 0 'a part that is ignored' avscan -I ignore -s unix:bad found
is "$(cut -d' ' -f1,2,5 out)" "part=2 ignored=sha256:$eicar_hash sig=Leaf
check=avscan id=$id" 'and nothing else in the message'
gone
bad "$leaf|@: fd[9]: Leaf FOUND~" '' '' '@: fd[9]: Leaf FOUND~|@: fd[9]: Leaf Hidden FOUND~'
exits 1 'hides nothing else in the message' avscan -I ignore -s unix:bad found
is "$(tail -n 2 out | cut -d' ' -f1-3)" "part=0 verdict=infected sig=Hidden
check=avscan id=$id parts=3" 'of which it is a finding'
gone
bad "$leaf|@: fd[9]: Leaf FOUND~" '' '' '@: fd[9]: Leaf Second FOUND~|@: fd[9]: Second Leaf FOUND~'
exits 0 'nor is what is ignored with it' avscan -I ignore -s unix:bad found
is "$(grep -c ignored= out)" 2 'found again'
gone
bad "$leaf|@: fd[9]: Leaf FOUND~"
exits 1 'where an engine does not tell all' avscan -I ignore -s unix:bad found
is "$(tail -n 2 out | cut -d' ' -f1-3)" "part=0 verdict=infected sig=Leaf
check=avscan id=$id parts=3" 'the finding in the message stands'
gone
bad '@: fd[9]: OK~|@: fd[9]: OK~|@: fd[9]: Name FOUND~' '' '' '@: fd[9]: Name FOUND~'
exits 0 'a signature in the message alone' avscan -I ignore -s unix:bad clean
is "$(cut -d' ' -f1,2 out | sed 1q)" 'part=0 ignored=Name' 'is ignored too'
gone
bad '@: fd[9]: Bad FOUND~|@: fd[9]: Leaf FOUND~|@: fd[9]: Leaf FOUND~' '' '' \
    '@: fd[9]: Leaf FOUND~|@: fd[9]: Leaf Bad FOUND~'
exits 1 'another part that is infected' avscan -I ignore -s unix:bad found
is "$(cut -d' ' -f1,2 out)" "part=1 verdict=infected
part=2 ignored=sha256:$eicar_hash
check=avscan id=$id" 'is found, and not once more in the message'
gone
unset TZ

# What the scripts make of it.
cp "$ROOT/scripts/multiscan.conf" conf
printf '%s\n' "ENGINES=unix:$T/bad" "LOG_FILE=$T/log" "WORK=$T" "QUARANTINE=$T" "RECORD_DIR=$T" >>conf
ignore "Name 2999-12-31 x"
mimesplit judged <message >/dev/null
export MULTISCAN_CONF="$T/conf"
judge() { exits "$1" "$2" env MULTISCAN_IGNORE="$T/ignore" multiscan -x judged; }
bad '@: fd[9]: OK~|@: fd[9]: Name FOUND~|@: fd[9]: OK~' '' '' '@: fd[9]: Name FOUND~'
judge 0 'a mail with what is ignored'
is "$(sed 's/id=[0-9a-f]*/id/' out)" 'id do=deliver at=work dir=judged' 'is delivered'
is "$(wc -l <log)" 1 'and logged, once'
like "$(cat log)" '* id=* part=* ignored=Name until=2999-12-31 text=x sig=Name by=*' 'with what was ignored'
gone
bad '@: fd[9]: OK~|@: fd[9]: Name FOUND~|@: fd[9]: Macro FOUND~' '' '' '@: fd[9]: Name FOUND~'
rm -f log
printf '%s\n' 'on_infected() { force_hold; }' >>conf
judge 0 'a mail with that and a virus'
like "$(cat out)" 'id=* do=hold at=quarantine dir=*' 'is held'
is "$(grep -c 'virus found' log) $(grep -c ignored= log)" '1 1' 'both are logged'
gone
mimesplit byhand <message >/dev/null
rm -f log
bad '@: fd[9]: OK~|@: fd[9]: Name FOUND~|@: fd[9]: OK~' '' '' '@: fd[9]: Name FOUND~'
exits 0 'by hand' env MULTISCAN_IGNORE="$T/ignore" sh -c 'multiscan <message'
[ ! -e log ]
ok $? 'nothing is logged'
gone
unset MULTISCAN_CONF

### Does it alert?
exits 0 'our own engine alerts' avscan -k -P
is "$(cut -d' ' -f1-3 out)" 'sample=clean proved=yes by=avscand
sample=mail proved=yes sig=Eicar-Test-Signature
sample=eicar proved=yes sig=Eicar-Test-Signature
sample=encrypted proved=yes sig=Heuristics.Encrypted.Zip
sample=deep proved=yes sig=Heuristics.Limits.Exceeded.MaxRecursion
check=avscan-k parts=5' 'on each sample but the clean one'
is "$(record -k <out)$(cat err)" '' 'in records alone'
bad '@: fd[9]: OK~'
exits 75 'one that finds nothing does not' avscan -k -s unix:bad
is "$(grep -c proved=no out) $(grep -c check= out)" '4 0' 'on four'
for word in ScanMail freshclam AlertEncrypted AlertExceedsMax; do
	like "$(cat err)" "*bad: *$word*" "and is told of $word"
done
gone
bad '@: fd[9]: Name FOUND~'
exits 75 'one that finds all' avscan -k -s unix:none -s unix:bad
is "$(grep proved=no out)" 'sample=clean proved=no sig=Name by=bad set=bad
sample=encrypted proved=no sig=Name by=bad set=bad
sample=deep proved=no sig=Name by=bad set=bad' 'does so of a clean one, and says the same of all'
like "$(cat err)" '*none: engine: *bad: a harmless text: found what is not in it: *' 'each engine is asked'
gone
bad '@: fd[9]: Oops ERROR~'
exits 75 'one that fails' avscan -k -s unix:bad
is "$(grep -c proved=yes out)" 0 'proves nothing'
gone
exits 75 'one that is not there' avscan -k -s unix:none
is "$(cat out)" '' 'says nothing'

### clamd as it is
if ! command -v clamd >/dev/null; then
	skip 'clamd' 'it is not installed'
else
	port=$((10000 + $$ % 20000))
	cat >clamd.conf <<-END
		LocalSocket $T/clamd
		TCPSocket $port
		TCPAddr 127.0.0.1
		DatabaseDirectory $sigs
		TemporaryDirectory $T
		Foreground yes
		AlertExceedsMax yes
		AlertEncrypted yes
	END
	host=127.0.0.1
	if grep -qs ' lo$' /proc/net/if_inet6; then
		host='[::1]'
		echo 'TCPAddr ::1' >>clamd.conf
	fi
	clamd -c clamd.conf >clamd.log 2>&1 &
	cleanup="kill $!"
	until_there clamd
	ok $? 'clamd is up' || sed 's/^/# /' clamd.log
	exits 1 'clamd on a unix socket' avscan -s "unix:$T/clamd" text eicar locked.zip large deep
	is "$(sed "s,by=$T/clamd,by," out)" 'name=file:eicar verdict=infected sig=Eicar-Test-Signature by
name=file:locked.zip verdict=unscanned why=encrypted sig=Heuristics.Encrypted.Zip by
name=file:large verdict=unscanned why=limit-filesize sig=Heuristics.Limits.Exceeded.MaxFileSize by
name=file:deep verdict=unscanned why=limit-recursion sig=Heuristics.Limits.Exceeded.MaxRecursion by
check=avscan parts=5' 'answers as avscand does'
	exits 1 'a work directory too' avscan -s "unix:$T/clamd" found
	like "$(cat out)" "part=2 verdict=infected *check=avscan id=$id parts=3" 'by part'
	exits 1 'clamd by TCP' avscan -s "tcp:127.0.0.1:$port" text eicar message
	like "$(cat out)" "name=file:eicar verdict=infected * by=tcp:127.0.0.1:$port*name=file:message *parts=3" \
	    'is sent the files'
	exits 1 "clamd at $host" avscan -s "tcp:$host:$port" eicar
	like "$(cat out)" "name=file:eicar verdict=infected * by=tcp:$(echo "$host" | sed 's/\[/%5B/; s/]/%5D/'):$port*" 'is another address'
	exits 75 'more than clamd takes by TCP' avscan -s "tcp:127.0.0.1:$port" large
	is "$(grep -c check= out)" 0 'is not clean'
	exits 0 'a clean message by TCP' avscan -s "tcp:127.0.0.1:$port" clean
	ignore 'Eicar-Test-Signature 2999-12-31 x'
	for engine in "unix:$T/clamd" "tcp:127.0.0.1:$port"; do
		exits 1 'a clamd does not tell all that matches' avscan -I ignore -s "$engine" eicar text message
		like "$(cat err)" '*eicar: *does not tell all*' 'so the finding stands'
		is "$(tail -n 1 out)" 'check=avscan parts=3' 'and it goes on'
	done
	from_pipe eicar 1 'a pipe to clamd' avscan -s "unix:$T/clamd" -
	exits 0 'clamd alerts on all samples' avscan -k -s "unix:$T/clamd" -s "tcp:127.0.0.1:$port"
	is "$(grep -c proved=yes out) $(tail -n 1 out)" '10 check=avscan-k parts=10' 'by both ways'
	gone
	grep -v Alert clamd.conf >stock.conf
	rm -f clamd
	clamd -c stock.conf >clamd.log 2>&1 &
	cleanup="kill $!"
	until_there clamd
	exits 75 'a clamd as it comes' avscan -k -s "unix:$T/clamd"
	is "$(grep proved=no out | cut -d' ' -f1)" 'sample=encrypted
sample=deep' 'does not alert on what it has not read'
	like "$(cat err)" '*AlertEncrypted yes*AlertExceedsMax yes*' 'and what to set is said'
	gone
fi

together
finish
