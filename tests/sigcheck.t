#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034,SC3045
# avscand -k: what libclamav makes of a bad set, and that it is told by file.
. "${0%/*}/lib.sh"
unset MULTISCAN_SOCKET MULTISCAN_SIGNATURES
sigs=$BUILD/share/multiscan/signatures
mkdir tmp
export TMPDIR="$T/tmp"

# set_of NAME: a new set, the test signatures; says its path
set_of() {
	mkdir "$1" && cp "$sigs"/* "$1/" && chmod u+w "$1"/*
}

# good SET WHAT
good() { exits 0 "$2: is good" timeout 60 avscand -k -D "$1"; }

# bad SET FILE WHY TEXT WHAT: its record says why, a line of stderr the text
bad() {
	exits 75 "$5: is not good" timeout 60 avscand -k -D "$1"
	like "$(cat err)" "*avscand: $T/$1/$2: $4*" '... is named'
	like "$(grep "/$2 " out | tail -n 1)" "name=file:$T/$1/$2 size=* why=$3" \
	    '... has its reason'
	is "$(tail -n 1 out)" "set=$1 why=file" '... and the set is not good for it'
	! grep -q '^check=' out
	ok $? '... and nothing says that the set was checked'
}

# one NAME FILE BYTES: a new set with one more file; BYTES is a printf format
one() {
	set_of "$1"
	# shellcheck disable=SC2059
	printf "$3" >"$1/$2"
}
line='Test.One:0:*:4142434445464748'
hash=44d88612fea8a8f36de82e1278abb02e:68:Test.Two
rule='rule one { strings: $a = "abcdefgh" condition: $a }'

### A good one
set_of plain
touch -d @1000000000 plain/*
good plain 'the test set'
is "$(cat err)" '' '... nothing is said of it'
is "$(sed 's/ age=.*//' out)" "name=file:$T/plain/clamav-testfile.hsb size=86
name=file:$T/plain/eicar.ndb size=162
check=avscand set=plain sigs=2" '... a record a file, and the last'
old=$(($(date +%s) - 1000000000))
age=$(sed -n 's/^check=.* age=\([0-9]*\) engine=.*/\1/p' out)
[ "${age:-0}" -ge $((old - 60)) ] && [ "${age:-0}" -le $((old + 60)) ]
ok $? '... tells how old it is' || echo "# $age, wanted about $old"
like "$(tail -n 1 out)" '* age=* engine=[1-9]*.*.* level=[1-9]*' '... and what engine it is'
is "$(ls tmp)" '' '... no temporary file stays'
ln -s plain current
good current 'a link to it'
like "$(tail -n 1 out)" 'check=avscand set=plain *' '... what it leads to is told'
exits 0 'a set by the environment' env MULTISCAN_SIGNATURES=plain avscand -k
# The whole of it must stand in none of our programs.
! grep -qF 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-''ANTIVIRUS-TEST-FILE' \
    "$BUILD/bin/avscand"
ok $? 'the program does not hold EICAR'

### What libclamav refuses without a name
one zero x.hdb ''
bad zero x.hdb empty 'empty: *' 'an empty .hdb'
one blank x.ndb '\n'
bad blank x.ndb bad '*Problem parsing database at line 1*' 'a .ndb of one empty line'
one page x.hsb '<html>\n'
bad page x.hsb bad '*Problem parsing database at line 1*' 'a page of HTML as .hsb'
one logical x.ldb 'Test;Engine:51-255,Target:0;(0&1);41414141\n'
bad logical x.ldb bad '*number of subsignatures*' 'a bad line of a .ldb'
one two x.ldb 'Test;Engine:51-255,Target:0;(0&1);41414141\n'
: >two/y.ndb
bad two y.ndb empty 'empty*' 'two bad files'

### What it loads in silence
one cut x.ndb "$line\n${line}00"
bad cut x.ndb cut 'its last line has no end*' 'a .ndb cut within a line that is still one'
one cuthash x.hdb "$hash\n44d88612fea8a8f36de82e1278abb02f:68:T"
bad cuthash x.hdb cut 'its last line has no end*' 'a .hdb cut within a name'
one nuls x.ndb "$line\n\0\0\0\0"
bad nuls x.ndb cut 'its last line has no end*' 'a .ndb that ends in NULs'
one yara x.yar "$rule\nrule two { nonsense }\n"
bad yara x.yar bad '*syntax error*' 'a YARA file with a bad rule'
one cutyara x.yara "$rule\nrule two { strings: \$a = \"abc"
bad cutyara x.yara bad '*syntax error*' 'a YARA file that was cut'
one comment x.yar '/* no rule */\n'
bad comment x.yar bad 'libclamav finds nothing*' 'a YARA file without a rule'
one zeroyara x.yar ''
bad zeroyara x.yar empty 'empty*' 'an empty YARA file'
one zeroign x.ign2 ''
bad zeroign x.ign2 empty 'empty*' 'an empty .ign2'
one code x.cbc 'ClamBC\n'
bad code x.cbc bad 'libclamav finds nothing*' 'bytecode without a signature'
one twice x.yar "$rule\n"
cp twice/x.yar twice/y.yar
exits 75 'one YARA rule in two files: is not good' avscand -k -D twice
like "$(cat err)" "*duplicate identifier*$T/twice: each file loads, but not*" \
    '... is explained'
is "$(tail -n 1 out)" 'set=twice why=together' '... in a word'
set_of gone
ln -s nowhere gone/x.ndb
bad gone x.ndb unreadable 'No such file*' 'a link that leads nowhere'
set_of away
printf '%s\n' "$line" >away.ndb
ln -s ../away.ndb away/x.ndb
bad away x.ndb outside 'a link out of the set*' 'a link out of the folder'
set_of within
ln -s eicar.ndb within/x.ndb
good within 'a link within the folder'

### What holds it up for ever
set_of folder
mkdir folder/x.ndb
bad folder x.ndb no-file 'not a regular file*' 'a folder for a file'
set_of pipe
mkfifo pipe/x.hdb
bad pipe x.hdb no-file 'not a regular file*' 'a pipe for a file'

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	one closed x.ndb "$line\n"
	chmod 0 closed/x.ndb
	chmod 755 "$T"
	chmod 1777 tmp
	exits 75 'a file that one may not read: is not good' setpriv --reuid=65534 \
	    --regid=65534 --clear-groups "$(command -v avscand)" -k -D closed
	like "$(cat err)" "*$T/closed/x.ndb: Permission denied*" '... is named'
else
	skip 'a file that one may not read' 'only root can become another user'
fi

### What is as it should be
one crlf x.ndb "$line\r\n"
good crlf 'lines that end in CR LF'
like "$(tail -n 1 out)" '*sigs=3 *' '... count'
one case x.hdb "$hash\n"
printf '%s\n' "$hash" >case/X.HDB
good case 'two files whose names differ in case only'
like "$(tail -n 1 out)" '*sigs=4 *' '... are both loaded'
set_of upper
mv upper/eicar.ndb upper/EICAR.NDB
good upper 'a suffix in capitals'
one readme x.foo 'no signature\n'
good readme 'a file of an unknown suffix'
like "$(cat err)" "*$T/readme/x.foo: not loaded: *" '... is named'
like "$(grep foo out)" '* why=suffix' '... its record says that it is passed over'
one manifest manifest 'manifest=x generation=1\n'
good manifest 'what sigupdate keeps in a generation'
is "$(cat err; grep -c manifest out)" 3 '... is passed over in silence'
mkdir none
exits 75 'a folder without a set: is not good' avscand -k -D none
like "$(cat err)" "*$T/none: holds no signature file*" '... is told'
is "$(cat out)" 'set=none why=empty' '... in a word'
exits 75 'no folder at all: is not good' avscand -k -D nowhere

### What it finds
one ignored x.ign2 'Eicar-Test-Signature\n'
exits 75 'a set that ignores EICAR: is not good' avscand -k -D ignored
like "$(cat err)" '*answer to a mail with EICAR attached is OK*answer to EICAR is OK*' \
    '... is told'
is "$(grep -c 'OK; is there a signature for it, and none that ignores it (.ign2, .fp)?$' err)" 1 \
    '... and once what to look for'
one crignored x.ign2 'Eicar-Test-Signature\r\n'
exits 75 '... in a line with CR LF too' avscand -k -D crignored
mkdir without
printf '%s\n' "$line" >without/x.ndb
exits 75 'a set without EICAR: is not good' avscand -k -D without
like "$(cat err)" "*$T/without: not to be used: the answer to * is OK*" '... is told'
one greedy x.ndb 'Test.Greedy:0:*:626c756520666f6c646572\n'
exits 75 'a set that finds something in a harmless text: is not good' avscand -k -D greedy
like "$(cat err)" '*the answer to a harmless text is Test.Greedy*' '... is told'
is "$(tail -n 1 out)" 'set=greedy why=answer' '... in a word'
ok "$(! grep -q '^check=' out; echo $?)" '... and has no last record'

### Out of resources
# Too little for the start up to just too little for the load.
one large x.ndb "$line\n"
awk 'BEGIN { for (i = 1; i < 100000; i++)
	printf "Test.N%d:0:*:%08x%08x%08x%08x\n", i, i * 7919, i * 104729, i, i * 31 }' \
    >>large/x.ndb
good large 'a large set'
lacking=0
case $BUILD in *-asan) limits= ;; *) limits='50 60 80 100 105 110 115 120 125 130 135' ;; esac
for limit in $limits; do
	(ulimit -v "${limit}000" && exec timeout 60 avscand -k -D large) >out 2>err
	case $?$(tail -n 1 out) in
	75*why=memory)
		lacking=$((lacking + 1))
		like "$(cat err)" '*no memory*' "with $limit MB: memory is what it lacks"
		! grep -q 'why=[^m]' out
		ok $? '... and no file is called bad' || sed 's/^/# /' out ;;
	*) ! grep -q 'why=' out; ok $? "with $limit MB: no file is called bad" ;;
	esac
done
[ -z "$limits" ] || [ "$lacking" -gt 1 ]
ok $? 'memory is told as what it is'
exits 75 'no folder for temporary files' avscand -k -D plain -T nowhere

# untried WHAT TEXT COMMAND...: one line says what the system refused, and no fault is told
untried() {
	what=$1 text=$2
	shift 2
	exits 75 "$what: is not good" timeout 60 "$@"
	like "$(grep '^avscand:' err)" "avscand: $text" '... what was refused is told'
	is "$(grep -c '^avscand:' err)" 1 '... in one line' || sed 's/^/# /' err
	is "$(tail -n 1 out)" "set=plain why=system" '... and that it was the system'
	! grep 'why=' out | grep -qv 'why=system$'
	ok $? '... and no file is called bad' || sed 's/^/# /' out
}
lacking=0
for limit in 5 6 7 8 10 13 16 20 22 26; do
	(ulimit -n "$limit" && exec timeout 60 avscand -k -D plain) >out 2>err
	case $?$(tail -n 1 out) in
	75*why=system)
		lacking=$((lacking + 1))
		is "$(grep -c '^avscand:.*Too many open files' err)/$(grep -c '^avscand:' err)" 1/1 \
		    "with $limit descriptors: one line says that they lack" ;;
	esac
	! grep 'why=' out | grep -qv 'why=system$'
	ok $? "with $limit descriptors: the set is not called bad" || sed 's/^/# /' out err
done
[ "$lacking" -gt 1 ]
ok $? 'a want of descriptors is told as what it is'
mkdir small
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k,nr_inodes=9 none small 2>/dev/null; then
	cleanup="umount $T/small"
	# Nothing, some, and all but just enough room.
	for room in 0 1 2 3; do
		dd if=/dev/zero of=small/x bs=4k count=$((16 - room)) 2>/dev/null
		untried "$room free blocks for temporary files" \
		    "$T/small: No space left on device: the set could not be tried" \
		    env TMPDIR="$T/small" avscand -k -D plain
	done
	rm small/x
	touch small/1 small/2 small/3 small/4 small/5 small/6
	untried 'no inode for temporary files' "$T/small: * No space left*: the set *" \
	    env TMPDIR="$T/small" avscand -k -D plain
	touch small/7 small/8
	untried 'none for their folder' "$T/small/*: No space left on device" \
	    env TMPDIR="$T/small" avscand -k -D plain
	umount small
	cleanup=:
else
	skip 'a full folder for temporary files' 'here nothing can be mounted'
fi
exits 75 'no room on standard output' sh -c 'avscand -k -D plain >/dev/full'
if strace -o /dev/null true 2>/dev/null; then
	one deadly x.ndb "$line\n"
	# The first to open it is our own look, the second libclamav.
	for when in 1 2; do
		exits 75 "libclamav crashes, $when: is not good" strace -qq -f -o /dev/null \
		    -P "$T/deadly/x.ndb" -e trace=open,openat \
		    -e inject=open,openat:signal=SEGV:when=$when avscand -k -D deadly
		like "$(cat err)" "*$T/deadly/x.ndb: libclamav dies of it (s*" \
		    '... and the file is named'
		like "$(grep '/x.ndb ' out | tail -n 1)" '* why=died' '... in its record'
	done
	is "$(ls tmp)" '' '... no temporary file stays'
	for call in memfd_create clone,fork,vfork mkdir; do
		untried "$call is refused" '*: Too many open files*' strace -qq -f -o /dev/null \
		    -e trace=$call -e inject=$call:error=EMFILE avscand -k -D plain
	done
	# The second child is the one that loads.
	untried 'one process too many' 'fork: Resource temporarily *: the set could not be tried' \
	    strace -qq -f -o /dev/null -e trace=clone,fork,vfork \
	    -e inject=clone,fork,vfork:error=EAGAIN:when=2 avscand -k -D plain
	untried 'a file for which there is no descriptor' "$T/plain/eicar.ndb: Too many open files" \
	    strace -qq -f -o /dev/null -P "$T/plain/eicar.ndb" -e trace=open,openat \
	    -e inject=open,openat:error=EMFILE:when=1 avscand -k -D plain
	for error in EMFILE ENFILE EIO; do
		untried "libclamav is refused a file, $error" '*: the set could not be tried' \
		    strace -qq -f -o /dev/null -P "$T/plain/eicar.ndb" -e trace=open,openat \
		    -e inject=open,openat:error=$error:when=2 avscand -k -D plain
	done
	untried 'a disk that fails' "$T/plain/eicar.ndb: Input/output error" \
	    strace -qq -f -o /dev/null -P "$T/plain/eicar.ndb" -e trace=pread64 \
	    -e inject=pread64:error=EIO avscand -k -D plain
	exits 75 'a file that may not be opened: is not good' strace -qq -f -o /dev/null \
	    -P "$T/plain/eicar.ndb" -e trace=open,openat \
	    -e inject=open,openat:error=EACCES:when=1 avscand -k -D plain
	is "$(grep -o 'why=.*' out | tr '\n' ' ')" 'why=unreadable why=file ' '... and its own fault'
else
	skip 'libclamav crashes' 'strace does not work here'
fi

### Where a link leads while it changes
if command -v flock >/dev/null; then
	set_of first
	set_of second
	ln -s first moving
	# Whoever removes a set holds it; the link leads elsewhere by then.
	flock -x first sh -c ': >held; sleep 0.7; ln -s second new; mv -T new moving
		rm -r first' &
	remover=$!
	until [ -e held ]; do sleep 0.02; done
	good moving 'a set that is removed just now'
	like "$(tail -n 1 out)" 'check=avscand set=second *' '... is not the one that is checked'
	wait "$remover"
	flock -x second sleep 20 &
	holder=$!
	sleep 0.2
	exits 0 'somebody who holds it does not stop it' timeout 60 avscand -k -D second
	kill "$holder"
	wait "$holder" 2>/dev/null
else
	skip 'a set that is removed' 'no flock'
fi
if strace -o /dev/null true 2>/dev/null; then
	exits 0 'a file system without locks' strace -qq -f -o /dev/null \
	    -e trace=flock -e inject=flock:error=ENOLCK avscand -k -D plain
	exits 0 'it is held while it is loaded' strace -qq -f -o trace \
	    -e trace=flock avscand -k -D plain
	like "$(cat trace)" '*flock(*LOCK_SH|LOCK_NB)* = 0*' '... so that it stays'
fi

### Containers
if [ -d "$SHARED/cvd" ]; then
	cvd=$SHARED/cvd/test
	# with NAME FILE FROM: a new set with a container
	with() {
		set_of "$1"
		cat "$3" >"$1/$2"
	}
	with signed test.cvd "$cvd-6.cvd"
	good signed 'a signed .cvd'
	like "$(grep cvd out)" '*/test.cvd size=9952 set=6 sigs=14 level=81 age=1*' \
	    '... what its header says'
	like "$(tail -n 1 out)" '*sigs=12 *' '... it is loaded'
	printf x | dd of=signed/test.cvd bs=1 seek=5000 conv=notrunc 2>/dev/null
	bad signed test.cvd bad-signature "Can't verify*" 'a .cvd that was changed'
	head -c 5000 "$cvd-6.cvd" >signed/test.cvd
	bad signed test.cvd bad-signature "Can't verify*" 'a .cvd that was cut'
	head -c 100 "$cvd-6.cvd" >signed/test.cvd
	bad signed test.cvd no-header 'does not begin*' 'a .cvd cut in its header'
	with both daily.cvd "$cvd-6.cvd"
	cp "$cvd-5.cvd" both/daily.cld
	good both 'a .cld beside a newer .cvd'
	like "$(cat err)" "*/daily.cld: not loaded: daily.cvd is newer*" '... is named'
	like "$(grep daily.cld out)" '* set=5 * why=older' '... its record says so'
	like "$(tail -n 1 out)" '*sigs=12 *' '... one of them counts'
	rm both/daily.cld
	head -c 3000 "$cvd-6.cvd" >both/daily.cld
	bad both daily.cld bad-signature '*' 'a .cld that was cut'

	# As freshclam keeps it: a plain tar.
	tail -c +513 "$cvd-6.cvd" | gzip -dc >all.tar 2>/dev/null
	head -c 512 "$cvd-6.cvd" >header
	cat header all.tar >plain.cld
	with local test.cld plain.cld
	good local 'a .cld of freshclam'
	head -c 30000 plain.cld >local/test.cld
	bad local test.cld cut 'ends too early*' 'one that was cut within a file'
	mkdir files
	(cd files && tar xf ../all.tar && chmod 644 ./* && rm test.cdb &&
	    tar cf ../less.tar -- *)
	cat header less.tar >local/test.cld
	bad local test.cld cut 'ends too early*' 'one that was cut between files'
else
	skip 'signed containers' "ClamAV's test sets are not here"
fi

if [ -d "$SHARED/cvd" ] && strace -o /dev/null true 2>/dev/null; then
	with descriptors test.cvd "$SHARED/cvd/test-6.cvd"
	# Our own look, the header, the signature.
	for when in 1 2 3; do
		exits 75 "no descriptor for a .cvd, $when" strace -qq -f -o /dev/null \
		    -P "$T/descriptors/test.cvd" -e trace=open,openat \
		    -e inject=open,openat:error=EMFILE:when=$when avscand -k -D descriptors
		is "$(grep -o 'why=.*' out | tr '\n' ' ')" 'why=system why=system ' \
		    '... is not its fault'
	done
fi

### Without -k nothing has changed
for name in cut yara away; do
	avscand -D $name -l unix:engine -w 1 2>log &
	daemon=$!
	cleanup='kill $daemon'
	tries=0
	until [ -S engine ] || [ "$tries" -eq 500 ]; do
		tries=$((tries + 1))
		sleep 0.02
	done
	like "$(printf 'zVERSION\0' | "$BUILD/tools/talk" unix:engine | tr '\0' '|')" \
	    "ClamAV */$name/*" "avscand without -k takes the set $name as it did"
	kill "$daemon"
	wait "$daemon"
	cleanup=:
done
exits 75 'avscand without -k refuses an empty file as it did' \
    avscand -D zero -l unix:engine
like "$(cat err)" "*$T/zero/x.hdb: empty*" '... and names it'
exits 64 '-k with an address' avscand -k -l unix:x
exits 64 '-k with an argument' avscand -k plain
finish
