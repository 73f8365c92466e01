#!/bin/sh
# SPDX-License-Identifier: ISC
# Every command refuses wrong calls with 64 and a line that says what to do; a
# full disk, a folder that is missing or may not be written, a closed or full
# standard output, no descriptors: 75, and nothing half-made is left.
# shellcheck disable=SC2016,SC2034,SC2153,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"
. "$HERE/aside.sh"

# Where anybody may run them.
chmod 711 .
mkdir programs
cp -rL "$BUILD/bin" "$BUILD/lib" "$BUILD/share" programs
BUILT=$BUILD
PATH=$T/programs/bin:/usr/bin:/bin
SIGS=$T/programs/share/multiscan/signatures
unset MULTISCAN_SOCKET MULTISCAN_CONF
echo verdict=infected id=0123456789abcdef0123 n=1 sig=X | virlog -o found.log
virtally count -q -D state found.log

### Wrong calls
# told NAME CALL: out is empty, err begins with the name, and says how
told() {
	is "$(cat out)" '' '	says nothing on standard output'
	like "$(sed 1q err)" "$1: ?*" '	names itself'
	case $(sed 1d err) in
	"usage: $1"* | "$1 "*) ok 0 '	and says how' ;;
	*) ok 1 '	and says how' ;;
	esac
	[ "$(wc -l <err)" -ge 2 ] && [ "$(wc -c <err)" -lt 2000 ]
	ok $? '	in a few lines'
}
called=
while read -r call; do
	name=${call%% *}
	called="$called $name "
	eval "exits 64 '$call' $call </dev/null"
	told "$name"
done <<-'END'
	allowed
	allowed a
	allowed -L a
	allowed -L a b c
	allowed -k a
	allowed -L a -k b
	allowed -z a
	arcnames
	arcnames a b
	arcnames -d 0 a
	arcnames -t x a
	arcnames -x text a
	arcnames -z a
	arcnames .
	avscan
	avscan -z
	avscan -s nonsense file
	avscan -s
	avscan -t soon file
	avscan -t 0 file
	avscan -D . file
	avscan . file
	avscan .
	avscand -z
	avscand file
	avscand -l nonsense
	avscand -w 0
	avscand -t -1
	gateway-setup redo
	gateway-setup undo apply
	gateway-setup -z
	gateway-setup -c
	gateway-setup -R relative
	guard
	guard -t x true
	guard -z true
	held
	held -n
	held keep
	held list
	held list a b
	held list -d 0 a
	held show
	held expire -s 1X a
	held expire -d soon a
	held expire -R a
	held sweep a
	held sweep -t 0 a
	mboxsplit
	mboxsplit a b
	mboxsplit -t x a
	mboxsplit -z a
	mimejoin
	mimejoin a b
	mimejoin -z a
	mimejoin -t '' a
	mimesplit
	mimesplit a b
	mimesplit -g both a
	mimesplit -i a -Q a a
	mimesplit -Q a -i a a
	mimesplit -M '' a
	mimesplit -M a:b a
	mimesplit -t 0 a
	mimesplit -d x a
	mimesplit -z a
	mimesplit -r
	mimesplit -C
	mimesplit -k
	mimesplit -k -C a b
	multiscan -z
	multiscan -w
	multiscan -x
	multiscan -n
	multiscan file
	multiscan -x . file
	multiscan -g both
	multiscan -g
	multiscan-why
	multiscan-why a b
	multiscan-why -l
	multiscan-why -z a
	multiscan-sweep a
	multiscan-sweep -t soon
	multiscan-sweep -z
	multiscan-milter file
	multiscan-milter -g elsewhere
	multiscan-milter -l nonsense
	multiscan-milter -t soon
	multiscan-milter -u
	multiscan-milter -w 0
	multiscan-milter -z
	multiscan-heartbeat a@b.example c@d.example
	multiscan-heartbeat nobody
	multiscan-heartbeat -f nobody
	multiscan-heartbeat -o ''
	multiscan-heartbeat -r -v
	multiscan-heartbeat -r a@b.example
	multiscan-heartbeat -s nonsense
	multiscan-heartbeat -t 0
	multiscan-heartbeat -z
	multiscan-check file
	multiscan-check -c
	multiscan-check -z
	multiscan-check -u
	multiscan-check settings mail
	notice
	notice -f a@b.example
	notice -r a@b.example
	notice -f nobody -r ''
	notice -e
	notice -k
	notice -q
	notice -u
	notice -o state -f a@b.example -r c@d.example
	notice -e -T note name
	notice -e -T .note
	notice -z
	quarantine
	quarantine burn
	quarantine show
	quarantine release
	quarantine list all
	quarantine list -z
	quarantine release -r
	quarantine release -a
	quarantine recheck
	quarantine recheck -a b
	quarantine expire all
	quarantine why
	record
	record KEY x
	record key
	record -d K
	record -z
	record -k a b
	reinject
	reinject .
	reinject -s nonsense .
	reinject -s 127.0.0.1:25
	reinject -s 127.0.0.1:25 a b
	reinject -z
	relaycheck a@b.example
	relaycheck -i 192.0.2.1
	relaycheck -f a@b.example
	relaycheck -a
	relaycheck -p a@b.example
	relaycheck -p -i 192.0.2.1
	relaycheck -p -k
	relaycheck -p -m a
	relaycheck -k a@b.example
	relaycheck -z
	relayprobe
	relayprobe -
	relayprobe -z a
	relayprobe a:b
	relayprobe a b:0
	relayprobe a..b
	relayprobe -S a
	relayprobe -r nobody a
	relayprobe -f '' a
	relayprobe -e a@b a
	relayprobe -t 0 a
	relayprobe -w 0 a
	relayprobe -R -T a
	relayprobe -m a a
	relayprobe -m example.net a
	relayprobe -d -S -r a@b.example a
	sigupdate
	sigupdate renew
	sigupdate update more
	sigupdate update -z
	sigupdate update -e soon
	sigupdate update -t 0
	sigupdate check -S
	sigupdate rollback a b
	sigupdate manifest a 1
	sigupdate -k update
	stow
	stow a
	stow a b c
	stow -z a b
	suffixcheck
	suffixcheck .
	suffixcheck -L
	suffixcheck -z . exe
	suffixcheck -x text . exe
	suffixcheck -F a . exe
	suffixcheck -H -N exe
	nightly
	nightly -z log
	nightly -p year log
	nightly -r a,b log
	nightly -r -x log
	virlog file
	virlog -r -j
	virlog -F
	virlog -s tcp:localhost:514
	virtally
	virtally add log
	virtally count
	virtally count -z log
	virtally count -y year log
	virtally count -y 1969 log
	virtally count -N 3 log
	virtally top -D state -N 0
	virtally top -D state -N many
	virtally top -D state -p year
	virtally top -D state -p 2026-02-30
	virtally report -D state -e soon
	virtally report -o
	virtally export -D state
	virtally export -D state -F xml
	virtally export -D state -F 2002
	virtally merge a b
	virtally merge -o out
	virlog -z
	virlog -o
	virlog -o a -s unix:b
	virlog -s nonsense
	virlog -T ''
END
for program in programs/bin/*; do
	name=${program##*/}
	case $called in
	*" $name "*) ;;
	*) [ "$name" = multiscan-pipe ] || [ "$name" = sigupdate-mail ]; ok $? "$name has its wrong calls here" ;;
	esac
done

### Not now
exits 0 'mails' make_mails
exits 0 'an engine' start_engine
cat >settings <<-END
	. "$T/programs/lib/multiscan/multiscan.conf"
	SPOOL=$T WORK=$T/work QUARANTINE=$T/quarantine RECORD_DIR=$T/records LOG_FALLBACK=$T/records/unlogged.log
	ENGINES=unix:$T/engine
END
export MULTISCAN_CONF="$T/settings"
mkdir work quarantine records q
echo 'domains example.net' >rules
printf '192.0.2.1\t0\t\ta@b.example\n' >questions
{ printf 'From a@b.example Tue Nov  3 09:00:00 2026\n'; cat infected; } >mbox

# folder NAME: a work directory of the infected mail, with a change to be made
folder() {
	chmod -R u+w "$1" 2>/dev/null
	rm -rf "$1"
	mimesplit -f a@b.example -r "$RCPT" "$1" <infected >split
	echo 'part=2 do=delete' >"$1/changes"
}
# whole NAME: is it as folder made it, and nothing more?
whole() {
	[ -e "$1/manifest" ] && cmp -s "$1/message" infected &&
		is "$(cd "$1" && echo *)" 'changes envelope manifest message parts' "$2"
}
folder w
id=$(sed -n 's/.* id=\([0-9a-f]*\) .*/\1/p' split)
cp -r w "quarantine/$id"
cp -r w bad
chmod u+w bad/envelope
sed -i 's/to=[^ ]*/to=/' bad/envelope

# Calls that end in a success, or a find; then what must not be there after 75.
calls='avscan -s unix:engine w
avscan -P -D $SIGS infected
suffixcheck w exe txt
relaycheck -c rules -i 192.0.2.1 a@b.example
relaycheck -c rules <questions
relaycheck -k -c rules
mimesplit new <infected;new
mboxsplit new <mbox;new
mimejoin w;w/message.new w/message.new.tmp
notice -f a@b.example -r c@d.example <clean
notice -e -T note name x
record part 1
record -d part <w/manifest
reinject -s 127.0.0.1:1 bad
relayprobe -n a.example
multiscan <infected
multiscan <clean
multiscan -n infected clean
multiscan -n mbox
multiscan -n none
quarantine list
quarantine show $id
quarantine recheck $id
held list quarantine
held show quarantine $id
held expire -n -s 0 quarantine'

# outcome CALL LEFTOVERS HOW: 75, and nothing half-made
outcome() {
	is "$status" 75 "$1 $3" || sed 's/^/# /;5q' err
	[ -s err ] || [ -n "${4-}" ]
	ok $? '	says why'
	for file in $2; do
		[ ! -e "$file" ]
		ok $? "	leaves no $file"
		rm -rf "$file"
	done
}

for to in '>/dev/full' '>&-'; do
	printf '%s\n' "$calls" >list
	for program in programs/bin/*; do
		printf '%s\n' "${program##*/} -h" "${program##*/} -V"
	done >>list
	while IFS=';' read -r call file; do
		eval "$call $to" 2>err </dev/null
		status=$?
		outcome "$call" "$file" "$to"
		rm -f w/message.new
	done <list
done

# What is not there.
while IFS=';' read -r call file; do
	eval "$call" >out 2>err </dev/null
	status=$?
	outcome "$call" "$file" ''
done <<-'END'
	avscan none
	avscan -s unix:none w
	avscan -s tcp:127.0.0.1:1 w
	avscan -P -D none w
	avscand -D none -l unix:sock;sock
	avscand -D q -l unix:sock;sock
	avscand -D $SIGS -l unix:none/sock
	avscand -D $SIGS -T none -l unix:sock;sock
	guard none
	guard ./q
	sigupdate update -c none
	sigupdate list -D none
	sigupdate verify -D none
	sigupdate rollback -D none
	sigupdate manifest a 1 none
	mboxsplit none/new <mbox
	mboxsplit new <mbox <&-;new
	mboxsplit new <q;new
	mimejoin none
	mimejoin q
	mimesplit none/new <infected
	mimesplit w <infected
	mimesplit infected <infected
	mimesplit new <&-;new
	mimesplit new <q;new
	multiscan <&-
	multiscan <q
	multiscan -w none/new <infected
	multiscan -w w <infected
	multiscan -n none
	multiscan-heartbeat -r -D none <infected
	multiscan-heartbeat -r -D q <q
	MULTISCAN_LOG_SOCKET=none multiscan-heartbeat -D none -s 127.0.0.1:1 -t 1 >&2
	multiscan -x none
	multiscan -x q
	TMPDIR=none multiscan <infected
	TMPDIR=none multiscan -n infected
	MULTISCAN_CONF=none multiscan <infected
	MULTISCAN_CONF=q multiscan <infected
	notice -f a@b.example -r c@d.example <&-
	notice -f a@b.example -r c@d.example <q
	notice -o none/state -c x -f a@b.example -r c@d.example <clean
	notice -o q -c x -f a@b.example -r c@d.example <clean
	notice -e -i -T note <q
	notice -q none
	held list none
	held expire none
	held sweep -t 1 none
	held show none
	quarantine recheck 0123456789abcdef0123
	quarantine release none
	quarantine show none
	quarantine show 0123456789abcdef0123
	quarantine release 0123456789abcdef0123
	quarantine release $id
	record -d part <&-
	record -d part <q
	reinject -s 127.0.0.1:1 w
	reinject -s 127.0.0.1:1 none
	reinject -s 127.0.0.1:1 q
	reinject -s nowhere.invalid:1 w
	relaycheck -c none -i 192.0.2.1 a@b.example
	relaycheck -c q -i 192.0.2.1 a@b.example
	relaycheck -c none -k
	relaycheck -c rules -m none -i 192.0.2.1 a@b.example
	relaycheck -c rules -m q -i 192.0.2.1 a@b.example
	relaycheck -c rules -i none a@b.example
	relaycheck -c rules <q
	relaycheck -c rules <&-
	relaycheck -p -c rules <&-
	relayprobe -t 5 127.0.0.1:1
	relayprobe -t 5 nowhere.invalid
	relayprobe - <&-
	relayprobe - <q
	stow none q
	stow q q
	stow w none
	suffixcheck none exe
	suffixcheck q exe
	suffixcheck -L ./none w
	nightly -D none/state found.log
	nightly -D state none
	nightly -D state q
	virtally count -D state none
	virtally count -D state q
	virtally count -D none/state found.log
	virtally count -D state - <&-
	virtally report -D state -o none/report
	virtally export -D state -F csv -o none/csv
	virtally export -D state -F csv -o q
	virtally merge -o none/tally state
	virlog -o none/log <w/manifest
	virlog -o q <w/manifest
	virlog -s unix:none <w/manifest
	virlog -o /dev/full <w/manifest
	virlog -o log <&-
END
mv quarantine gone
quarantine list >out 2>err
is $? 75 'no quarantine to list'
mv gone quarantine
whole w '	the folder is as it was'

# What may not be written, or read: root may, so somebody else tries.
mkdir -m 555 closed
folder mine
echo >secret
chmod 600 secret
if [ "$(id -u)" -eq 0 ]; then
	chown -R 65534:65534 mine
	as='setpriv --reuid 65534 --regid 65534 --clear-groups'
else
	as= 
	chmod 0 secret
fi
chmod 500 mine
chmod 644 infected settings mbox
while IFS=';' read -r call file; do
	eval "$as $call" >out 2>err </dev/null
	status=$?
	outcome "$call" "$file" 'as somebody else'
done <<-'END'
	mimesplit closed/new <infected;closed/new
	mboxsplit closed/new <mbox;closed/new
	mimejoin mine;mine/message.new mine/message.new.tmp
	stow mine closed;closed/*
	virlog -o closed/log <w/manifest;closed/log
	avscan -s unix:engine secret
	avscand -D $SIGS -l unix:closed/sock;closed/sock
	suffixcheck -L ./secret mine
	multiscan -w closed/new <infected;closed/new
	multiscan -n secret
	env TMPDIR=$T/closed multiscan <infected;closed/*
	env MULTISCAN_CONF=$T/secret multiscan <infected
END
chmod 700 mine
rm -rf mine

### Files may not grow; few descriptors
perl -e 'print "From: a\@b.example\nContent-Type: multipart/mixed; boundary=b\n\n";
    for (1 .. 6) { print "--b\nContent-Type: application/octet-stream; name=$_.exe\n\n", "~" x 5000, "\n" }
    print "--b--\n"' >big
{ echo 'From a'; cat big; echo 'From b'; cat big; } >bigbox
# limited LIMIT...: under each all that writes, or wants descriptors
limited() {
	cp -r ../w ../big ../bigbox ../clean .
	mkdir q
	ln -s ../engine engine
	for limit; do
		bad=
		while IFS=';' read -r call file; do
			rm -rf new log mine
			case $call in
			*mine*) mimesplit mine <big >split; echo 'part=1 do=delete' >mine/changes ;;
			esac
			eval "prlimit --$limit $call" >out 2>err
			status=$?
			case $status in
			0 | 1) ;;
			75)
				for leftover in $file; do
					[ ! -e "$leftover" ] || bad="$bad
$call: $leftover"
				done
				;;
			*) bad="$bad
$call: exit $status" ;;
			esac
		done <<-'END'
			mimesplit new <big;new
			mboxsplit new <bigbox;new
			mimejoin mine;mine/message.new mine/message.new.tmp
			virlog -o log <w/manifest
			virtally count -D counting ../found.log;counting/tally counting/.tally*
			virtally report -D ../state -o pages;pages/.*.new
			stow mine q
			suffixcheck w exe
			avscan -s unix:engine w
			avscan -P -D $SIGS w
			record part 1
			reinject -s 127.0.0.1:1 w
			relayprobe -t 5 127.0.0.1:1
			notice -f a@b.example -r c@d.example <clean
			notice -p 1 -o notices -c x -f a@b.example -r c@d.example <clean
			guard true
		END
		is "$bad" '' "$limit: 75, and nothing half-made"
		rm -rf q/*
	done
}
small_files() { limited fsize=0 fsize=512 fsize=3000 fsize=9000 fsize=20000; }
few_descriptors() { limited nofile=4 nofile=5 nofile=6 nofile=7; }
aside small_files
aside few_descriptors

### No room.  free N COMMAND...: with so many pages of 4 KiB left in fs
free() {
	blocks=$1
	shift
	rm -f fs/fill
	dd if=/dev/zero of=fs/fill bs=4096 2>/dev/null
	size=$(($(stat -c %s fs/fill) / 4096))
	[ "$size" -le "$blocks" ] || blocks=$((size - blocks))
	dd if=/dev/null of=fs/fill bs=4096 seek="$blocks" 2>/dev/null
	"$@"
}
mkdir fs
# filled WANT CALL LEFTOVERS: so many of these calls must have failed at least
filled() {
	failed=0 done=0 bad=
	for pages in 0 1 2 3 4 5 6 7 8 9 10 12 14 16 18 20 22 24 26 28 30; do
		rm -rf fs/*
		[ -z "${4-}" ] || eval "$4"
		free $pages eval "$2" >out 2>err
		status=$?
		case $status in
		0) done=$((done + 1)) ;;
		75)
			failed=$((failed + 1))
			for file in $3; do
				[ ! -e "$file" ] || bad="$bad $pages:$file"
			done
			[ -s err ] || bad="$bad $pages:silent"
			;;
		*) bad="$bad $pages:exit-$status" ;;
		esac
	done
	[ $failed -gt 2 ] && [ $done -gt 0 ]
	ok $? "$1: $failed times full, $done times not"
	is "$bad" '' '	75, and nothing half-made'
}
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=160k tmpfs fs 2>/dev/null; then
	cleanup="$cleanup; umount $T/fs"
	filled mimesplit 'mimesplit fs/w <big' fs/w
	filled mboxsplit 'mboxsplit fs/w <bigbox' fs/w
	filled mimejoin 'mimejoin fs/w' 'fs/w/message.new fs/w/message.new.tmp' \
	    'mimesplit fs/w <big >split; echo "part=1 do=delete" >fs/w/changes'
	filled multiscan 'TMPDIR=$T/fs multiscan <clean' 'fs/multiscan.*'
	filled virlog 'yes "$(record part 1 verdict infected sig x text "$(cat big)")" | head -n 60 | virlog -o fs/log' ''
	rm -rf fs/*
	PATH=$PATH:$BUILT
	make_front f
	for place in work quarantine records; do
		rmdir f/$place
		ln -s ../fs/$place f/$place
	done
	sed -i 's,LOG_FILE=[^ ]*,LOG_FILE=$T/fs/log,' f/conf
	for mail in infected clean; do
		bad='' seen=' '
		for pages in 0 1 2 3 4 5 6 7 8 9 10 11 12 14 16 20 30; do
			rm -rf fs/* f/sink/*.*
			mkdir fs/work fs/quarantine fs/records
			free $pages front f $mail
			status=$?
			seen="$seen$status "
			! wrong f $mail $status || bad="$bad $pages:$what"
			[ -z "$(left f)" ] || bad="$bad $pages:left-$(left f)"
			for file in fs/quarantine/* fs/records/*; do
				case $file in
				*'*') ;;
				fs/quarantine/*) [ -e "$file/manifest" ] && cmp -s "$file/message" $mail ;;
				*.tmp) false ;;
				*/unlogged.log) ;;	# appended to: empty, it is whole
				*) tail -n 1 "$file" | grep -q . ;;
				esac || bad="$bad $pages:half-$file"
			done
		done
		case $seen in
		*' 75 '*' 0 '*) ok 0 "multiscan-pipe, $mail mail, little room:$seen" ;;
		*) ok 1 "multiscan-pipe, $mail mail, little room:$seen" ;;
		esac
		is "$bad" '' '	nothing lost, nothing half-made'
	done
else
	skip 'a full disk' 'only root can mount a small one'
fi

together
finish
