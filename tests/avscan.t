#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034
# avscan with real engines; and with badengine, because engines that answer
# wrongly cannot be had.
. "${0%/*}/lib.sh"
unset MULTISCAN_SOCKET
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
exits 75 'a folder that is no work directory' avscan -P empty
is "$(cat out)" '' 'is not said to be looked at'
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
mkfifo pipe
exits 75 'a pipe is refused, not waited for' timeout 10 avscan -P pipe
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
exits 75 'what libclamav complains of and calls clean' avscan -P egga
is "$(grep -c check= out)" 0 'is not clean'
{ mail 'X: y' locked.zip eicar; } >both
exits 1 'an encrypted part before an infected one' avscan -P both
like "$(cat out)" '*verdict=infected sig=Eicar*' 'does not hide it'

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
# bad ANSWER [LAST]: starts one at ./bad
bad() {
	rm -f bad
	"$tools/badengine" bad "$@" 2>/dev/null &
	cleanup="kill $! 2>/dev/null"
	until_there bad
}
gone() { eval "$cleanup"; cleanup=:; }
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
for answer in '^' '@: fd[9]^'; do
	bad "$answer"
	exits 75 "one that falls silent: $answer" timeout 20 avscan -t 1 -s unix:bad text
	like "$(cat err)" '*not done in time*' 'is not waited for'
	gone
done
bad '@: fd[9]: OK~' '^'
exits 75 'one that does not close the connection' timeout 20 avscan -t 1 -s unix:bad text
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

### clamd as it is
if ! command -v clamd >/dev/null; then
	skip 'clamd' 'it is not installed'
else
	port=$((20000 + $$ % 20000))
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
	exits 75 'more than clamd takes by TCP' avscan -s "tcp:127.0.0.1:$port" large
	is "$(grep -c check= out)" 0 'is not clean'
	exits 0 'a clean message by TCP' avscan -s "tcp:127.0.0.1:$port" clean
	gone
fi
finish
