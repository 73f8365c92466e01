#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034,SC2046,SC2094,SC2154,SC3045
# avscand with real clients, and with what it must never call clean.
. "${0%/*}/lib.sh"
. "$HERE/engine.sh"
. "$HERE/aside.sh"

# replaced: there are workers, others than $first
replaced() { [ -n "$(workers)" ] && [ "$(workers)" != "$first" ]; }

### What takes long, beside all else
# a process and its children
all_gone() {
	for process; do
		grep -qs 'State:.[^Z]' "/proc/$process/status" && return 1
	done
	return 0
}
# one that is ended while it tries a new set
ended_early() {
	begin -w 8
	until_true grep -q ready: log
	before=$(generations)
	kill -HUP "$daemon"
	# it tries the new set: from now on it hears no signal but when it looks
	until [ "$(workers | wc -w)" -gt 8 ] || grep -q 'old one is to end' log ||
	    all_gone "$daemon"; do :; done
	kill "$daemon"
	until_true all_gone "$daemon"
	ok $? 'SIGTERM ends it while a new set is tried'
	# shellcheck disable=SC2046
	kill -9 "$daemon" $(generations) $(workers) 2>/dev/null
	wait "$daemon" 2>/dev/null
}
# never_clean WHAT: none of ClamAV's own infected files is clean, and the fault
# was felt
never_clean() {
	clean=''
	for file in "$files"/*; do
		timeout 20 avscan -s unix:engine "$file" >out 2>err
		case $? in
		1 | 75) ;;
		*) clean="$clean ${file##*/}" ;;
		esac
	done
	is "$clean" '' "never clean: $1"
	# under the last limit there is no log either
	[ "$1" = 'no file may be written' ] ||
	    grep -q 'avscand: \(scan\|libclamav\|worker\|.*/avscand\)' log
	ok $? 'and the fault is in the log' || sed 's/^/# /' log
}
# under_limit OPTION WHAT: never clean, with a worker under a limit of prlimit
under_limit() {
	begin -w 1
	prlimit --pid "$(generations | tr -d ' ')" "--$1"
	first=$(workers)
	# shellcheck disable=SC2086
	kill -9 $first
	until_true replaced
	never_clean "$2"
	end
}
failing_calls() {
	calls='write:error=ENOSPC lseek:error=EIO unlink:error=EACCES'
	strace -qq true 2>/dev/null || {
		skip 'calls that fail' 'strace is absent or not allowed'
		calls=
	}
	for call in $calls; do
		begin -w 1
		: >trace
		strace -qq -o trace -p "$(workers | tr -d ' ')" -e trace="${call%%:*}" \
		    -e inject="$call:syscall=getpid:when=2+3" 2>/dev/null &
		tracer=$!
		if until_true grep -q TracerPid:.*[1-9] "/proc/$(workers | tr -d ' ')/status"; then
			never_clean "$call"
		else
			skip "never clean: $call" 'strace is absent or not allowed'
		fi
		end
		kill "$tracer" 2>/dev/null
		wait "$tracer"
	done
}
# asked of all of ClamAV's files, without a second try: how many answers end so
answers() {
	for file in "$files"/*; do
		exec 3<"$file"
		ask 'zFILDES\0' 3
	done | tr '|' '\n' | grep -c "$1\$"
	exec 3<&-
}
no_room() {
	mkdir small
	if mount -t tmpfs -o size=4k,nr_inodes=8 none small 2>/dev/null; then
		begin -w 1 -T small
		head -c 10000 /dev/zero >small/fill 2>/dev/null
		never_clean 'the temporary folder is full'
		end
		rm small/fill
		# so much that no new worker has to wait for its folder
		mount -o remount,nr_inodes=10 small
		begin -w 1 -T small
		head -c 10000 /dev/zero >small/fill 2>/dev/null
		[ "$(answers ERROR)" -gt 0 ]
		ok $? 'it is full, and each asked for once'
		mount -o remount,size=8m,nr_inodes=1000 small
		is "$(answers FOUND)" "$(echo "$files"/* | wc -w)" 'then it is not, and all are found'
		end
		begin -w 1 -T small
		# a worker that has just ended may still hold a file
		until_true mount -o remount,ro small 2>/dev/null
		never_clean 'the temporary folder is read-only'
		mount -o remount,rw small
		end
		umount small
	else
		skip 'a full temporary folder' 'mount is not allowed'
	fi
}
few_descriptors() { under_limit nofile=14 '14 descriptors'; }
# signatures N: so many are loaded
signatures() { ask 'zSTATS\0' | grep -q "signatures $1 "; }
# a set that changes, and nobody says RELOAD
unasked() {
	cp ../eicar ../text .
	cp -r "$sigs" set
	begin -w 1 -c 1 -D set
	until_true grep -q ready: log
	before=$(workers)
	mv set away
	sleep 4
	is "$(workers)" "$before" 'a set that goes away stays in use'
	mv away set
	sleep 4
	is "$(workers)" "$before" 'so it does when the same is back'
	echo 'Harmless:0:*:6861726d6c657373' >set/own.ndb
	until_true signatures 3
	ok $? 'one that has changed is loaded without a word'
	exits 1 'and used' avscan -s unix:engine text
	mv set/eicar.ndb .
	until_true grep -q 'old one stays' log
	like "$(ask 'zSTATS\0')" '*RELOAD: * ago: *set: does not find EICAR*' \
	    'but not if it does not find EICAR any more'
	exits 1 'which is found as before' avscan -s unix:engine eicar
	sleep 3
	is "$(grep -c 'old one stays' log)" 1 'it is not tried again and again'
	mv eicar.ndb set
	rm set/own.ndb
	until_true signatures 2
	ok $? 'the next one is loaded'
	end
	is "$ended $(ls tmp)" '0 ' 'and nothing is left'
}
# what sigupdate keeps is gone, and comes back
fallen_back() {
	mkdir -p lib/multiscan lib/clamav sigs
	cp -r "$sigs" sigs/current
	cp "$sigs"/*.ndb lib/clamav
	# shellcheck disable=SC2317
	begin_there() {
		unshare -m sh -c 'mount --bind lib /var/lib && exec "$@"' sh env -u MULTISCAN_SIGNATURES \
		    avscand -l unix:engine "$@" 2>log &
		daemon=$!
		cleanup='kill -9 $daemon $(generations) $(workers) 2>/dev/null'
		until_true [ -S engine ]
	}
	if unshare -m sh -c 'mount --bind lib /var/lib' 2>why; then
		begin_there -w 1 -c 1
		signatures 1
		ok $? 'without sigupdate'\''s set it is freshclam'\''s'
		mv sigs lib/multiscan
		until_true signatures 2
		ok $? 'and sigupdate'\''s once it is back'
		mv lib/multiscan/sigs .
		sleep 4
		signatures 2
		ok $? 'which stays in use when it goes away again'
		end
	else
		skip 'a set that comes back' "$(head -n 1 why)"
	fi
}
aside ended_early
aside unasked
aside fallen_back
if [ -d "$files" ]; then
	aside few_descriptors
	aside failing_calls
	aside no_room
fi

### Wrong calls, bad sets
exits 64 'an address in no form' avscand -l /run/x
exits 64 '-l - with another' avscand -l - -l unix:x </dev/null
exits 64 '-l - on what is no socket' avscand -l - </dev/null
like "$(cat err)" '*standard input is no socket*' 'is told so'
exits 64 'no workers' avscand -w 0
exits 64 'no time' avscand -t 0
exits 64 'an argument' avscand "$sigs"
exits 64 'a path that is too long' avscand -l "unix:$(head -c 101 /dev/zero | tr '\0' x)"
mkdir empty
exits 75 'a folder that is not there' avscand -D none -l unix:engine
exits 75 'a folder without signatures' avscand -D empty -l unix:engine
like "$(cat err)" '*empty: holds no signature file: *freshclam*' 'is named, and what to do'
cp -r "$sigs" zero
: >zero/new.ldb
exits 75 'a set with an empty file' avscand -D zero -l unix:engine
like "$(cat err)" '*/zero/new.ldb: empty*' 'names it'
for bad in 'new.ndb:cut' 'new.ldb:Name;Engine' 'new.hsb:<html>'; do
	cp -r "$sigs" "bad-${bad%%:*}"
	echo "${bad#*:}" >"bad-${bad%%:*}/${bad%%:*}"
	exits 75 "a set with a bad ${bad%%:*}" avscand -D "bad-${bad%%:*}" -l unix:engine
	like "$(cat err)" "*bad-*: the set does not load: *bad-*/${bad%%:*}: *" 'is refused, and the file named'
done
cp -r "$sigs" folder
mkdir folder/x.ndb
exits 75 'a set with a folder for a file' avscand -D folder -l unix:engine
mkdir blind
echo 'Harmless:0:*:6861726d6c657373' >blind/own.ndb
exits 75 'a set without EICAR' timeout 60 avscand -D blind -l unix:engine
like "$(cat err)" '*blind: does not find EICAR*avscand -k*add the eicar.ndb*' \
    'is refused, and it is told what to do'
exits 75 'nothing is clean by it' timeout 60 avscan -P -D blind eicar
is "$(cat out)" '' 'nor is it said'
if [ -e /run/multiscan/avscand.sock ]; then
	skip 'a message by hand' 'there is an engine on this machine'
else
	exits 75 'a message by hand' env MULTISCAN_SIGNATURES="$T/blind" multiscan <"$ROOT/samples/eicar.eml"
	like "$(cat err)" '*blind: does not find EICAR*no engine:*' \
	    'is not judged with the test signatures in its place' || sed 's/^/# /' err
fi
cp "$sigs/eicar.ndb" blind
echo 'Eicar-Test-Signature' >blind/own.ign2
exits 75 'one that ignores EICAR' timeout 60 avscand -D blind -l unix:engine
like "$(cat err)" '*blind: does not find EICAR*' 'is refused as well'
rm blind/own.ign2
exits 1 'signatures of one'\''s own, and EICAR' timeout 60 avscan -P -D blind text
like "$(cat out)" '*verdict=infected sig=Harmless *' 'do'
exits 75 'no place for temporary files' avscand -T none -l unix:engine
exits 75 'a socket in no folder' avscand -l unix:none/engine
echo precious >engine
exits 75 'a file where the socket belongs' avscand -l unix:engine
is "$(cat engine)" precious 'is left as it is'
rm engine

### Ready, and who may connect
cat >listen.pl <<'END'
use Socket;
socket my $s, PF_UNIX, SOCK_DGRAM, 0 or die;
bind $s, sockaddr_un($ARGV[0]) or die;
open my $f, '>', 'listens'; close $f;
alarm 30;
recv $s, my $text, 100, 0;
print $text;
END
perl listen.pl notify >notified &
notified=$!
until_true [ -e listens ]
NOTIFY_SOCKET=$T/notify
export NOTIFY_SOCKET
begin -w 1 -m 620
unset NOTIFY_SOCKET
wait $notified
is "$(cat notified)" 'READY=1' 'systemd is told that it is ready'
is "$(find engine -perm 620)" engine '-m is the mode of the socket'
end
exits 64 'no mode' avscand -m 999 -l unix:engine
exits 64 'nor this' avscand -m 7777 -l unix:engine

### Clients
port=$((10000 + $$ % 20000))
begin -w 2 -l "tcp:127.0.0.1:$port"
ok $? 'it listens' || sed 's/^/# /' log
until_true grep -q ready: log
like "$(cat log)" "avscand: ready: *, 2 signatures, 2 workers" 'and says so'
is "$(echo tmp/avscand.*/* | wc -w)" 2 'each worker has a temporary folder'
is "$(find tmp/avscand.*/* -maxdepth 0 -perm 0700 | wc -l)" 2 'that is its own'
exits 75 'a second one at the same socket' timeout 60 avscand -l unix:engine
like "$(cat err)" '*serves it already*' 'is refused'

if ! command -v clamdscan >/dev/null; then
	skip 'clamdscan' 'it is not installed'
else
	echo "LocalSocket $T/engine" >local.conf
	printf '%s\n' "TCPSocket $port" 'TCPAddr 127.0.0.1' >tcp.conf
	for how in 'local --fdpass' 'local --stream' 'tcp --stream'; do
		conf=${how% *} way=${how#* }
		exits 0 "clamdscan $how, clean" clamdscan -c "$conf.conf" "$way" text
		like "$(cat out)" '*text: OK*' 'is OK'
		exits 1 "clamdscan $how, infected" clamdscan -c "$conf.conf" "$way" text eicar
		like "$(cat out)" '*text: OK*eicar: Eicar-Test-Signature.UNOFFICIAL FOUND*' 'is found'
	done
	exits 0 'clamdscan --ping' clamdscan -c local.conf --ping 1
	exits 0 'clamdscan --version' clamdscan -c local.conf --version
	like "$(cat out)" 'ClamAV 1.*/signatures/*' 'names the set'
	head -c 105000000 /dev/zero >large
	echo 'StreamMaxLength 200M' >>local.conf
	exits 2 'clamdscan --stream, too much' clamdscan -c local.conf --stream large
	like "$(cat out err)" '*INSTREAM size limit exceeded. ERROR*' 'is refused'
	rm large
fi

### The protocol
is "$(ask 'zPING\0')" 'PONG|' 'zPING'
is "$(ask 'nPING\n')" 'PONG;' 'nPING'
is "$(ask 'PING\r\n')" 'PONG;' 'PING as by hand'
like "$(ask 'zVERSION\0')" 'ClamAV 1.*/signatures/*|' 'VERSION'
like "$(ask 'zSTATS\0')" 'POOLS: 1;*THREADS: live 2  idle 2 max 2 *QUEUE: 0 items;BUSY: 0 of 2 workers;*SET: signatures signatures 2 age [0-9]*;RELOAD: [0-9]* s ago: ok;END|' 'STATS'
is "$(ask 'zPING\0zPING\0')" 'PONG|' 'one command without a session'
is "$(ask 'zIDSESSION\0zPING\0zPING\0zEND\0zPING\0')" '1: PONG|2: PONG|' 'several with one'
is "$(ask 'nIDSESSION\nnPING\nnEND\n')" '1: PONG;' 'lines as well'
is "$(ask 'zNONE\0')" 'UNKNOWN COMMAND|' 'no such command'
is "$(ask 'zIDSESSION\0zNONE\0zPING\0')" '1: Command invalid inside IDSESSION. ERROR|' \
    'ends a session'
is "$(ask 'zPI')" 'Cut off. ERROR|' 'half a command'
is "$(ask 'nPING\0x\n')" 'The command is too long, or has a NUL. ERROR;' 'a NUL in a line'
is "$(ask "$(head -c 2000 /dev/zero | tr '\0' x)")" 'Cut off. ERROR;' 'a command without an end'
is "$(ask "$(head -c 5000 /dev/zero | tr '\0' x)")" 'The command is too long. ERROR;' 'a long one'
is "$(ask 'zINSTREAM\0\0\0\0\003abc\0\0\0\0')" 'stream: OK|' 'a clean stream'
is "$(ask 'zINSTREAM\0\0\0\0\0')" 'stream: OK|' 'an empty one'
is "$({ printf 'zINSTREAM\0\0\0\0\104'; cat eicar; printf '\0\0\0\0'; } |
    "$tools/talk" unix:engine | tr '\0' '|')" \
    'stream: Eicar-Test-Signature.UNOFFICIAL FOUND|' 'an infected one'
is "$({ printf 'nINSTREAM\n\0\0\0\060'; head -c 48 eicar; printf '\0\0\0\024'
    tail -c 20 eicar; printf '\0\0\0\0'; } | "$tools/talk" "tcp:127.0.0.1:$port")" \
    'stream: Eicar-Test-Signature.UNOFFICIAL FOUND' 'one in two chunks, by TCP'
for cut in 'zINSTREAM\0' 'zINSTREAM\0\0' 'zINSTREAM\0\0\0\0\003ab' 'zINSTREAM\0\0\0\0\002ab'; do
	is "$(ask "$cut")" 'stream: Cut off. ERROR|' "a stream that is cut: $cut"
done
is "$(ask 'zINSTREAM\0\377\377\377\377abc')" 'INSTREAM size limit exceeded. ERROR|' 'too much'
exec 3<text 4<eicar 5<. 6>>text 7</dev/null
like "$(ask 'zFILDES\0' 3)" 'fd[[][0-9]*]: OK|' 'a descriptor'
like "$(ask 'nFILDES\n' 4)" 'fd[[][0-9]*]: Eicar-Test-Signature.UNOFFICIAL FOUND;' 'infected'
like "$(ask 'zFILDES\0' 5)" 'fd[[][0-9]*]: Not a regular file ERROR|' 'a folder'
like "$(ask 'zFILDES\0' 7)" 'fd[[][0-9]*]: Not a regular file ERROR|' 'a device'
like "$(ask 'zFILDES\0' 6)" 'fd[[][0-9]*]: * ERROR|' 'one that cannot be read'
exec 8</proc/version
like "$(ask 'zFILDES\0' 8)" 'fd[[][0-9]*]: OK|' 'one that hides its length is read to its end'
exec 8</dev/null
if [ -r /sys/devices/system/cpu/online ]; then
	exec 8</sys/devices/system/cpu/online
	like "$(ask 'zFILDES\0' 8)" 'fd[[][0-9]*]: OK|' 'so is one that is shorter than it says'
else
	skip 'one that is shorter than it says' 'there is none'
fi
exec 8<&-
is "$(ask 'zFILDES\0x')" 'No file descriptor received. ERROR|' 'no descriptor'
is "$(ask 'zFILDES\0')" 'Cut off. ERROR|' 'not even a byte'
is "$(ask 'zFILDES\0' 3 4)" 'More than one file descriptor, or no room for one. ERROR|' 'two at once'
is "$(ask 'zFILDES\0' 3 3 3 3 3 3 3 3 3 3 3 3)" 'More than one file descriptor, or no room for one. ERROR|' 'too many'
is "$(ask 'zIDSESSION\0zPING\0' 4)" '1: PONG|2: Cut off. ERROR;' 'one that nobody asked for'
exec 3<&- 4<&- 5<&- 6<&- 7<&-
is "$(find $(workers | sed 's,[0-9][0-9]*,/proc/&/fd,g') -lname "$T/text" | wc -l)" 0 \
    'no descriptor is kept'

### A worker that dies
first=$(workers)
# shellcheck disable=SC2086
kill -ABRT $first
# others: two workers, and none of them of the first
others() {
		set -- $(workers)
	[ $# -eq 2 ] || return 1
	case " $first " in
	*" $1 "* | *" $2 "*) return 1 ;;
	esac
}
until_true others
ok $? 'two that died were replaced'
exits 1 'and scans go on' avscan -s unix:engine eicar text
is "$(echo tmp/avscand.*/* | wc -w)" 2 'their folders are gone'
like "$(cat log)" '*ended by signal 6*' 'their end is in the log'
end
is "$ended" 0 'SIGTERM ends it'
[ ! -e engine ]
ok $? 'its socket is gone'
is "$(ls tmp)" '' 'and its temporary folders'

begin -w 2
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
[ -S engine ]
ok $? 'a socket is left by one that was killed'
rm -rf tmp/*
: >log
avscand -l unix:engine 2>log &
daemon=$!
until_true grep -q ready: log
exits 0 'and is taken over' avscan -s unix:engine text
rm engine
mkdir engine
end
[ -d engine ]
ok $? 'what is not its socket is not removed'
rmdir engine

### Paths
mkdir -p folder2/in/deep
cp eicar folder2/in/deep/1
cp eicar folder2/2
cp text folder2/3
ln -s ../eicar folder2/link
mkfifo folder2/fifo
chmod 755 "$T"
begin -w 1
is "$(ask "zSCAN $T/text\0")" "$T/text: OK|" 'SCAN, clean'
is "$(ask "nSCAN $T/eicar\n")" "$T/eicar: Eicar-Test-Signature.UNOFFICIAL FOUND;" 'infected'
is "$(ask "zSCAN $T/none\0")" "$T/none: No such file or directory. ERROR|" 'not there'
is "$(ask "zSCAN text\0")" 'text: No absolute path ERROR|' 'no absolute path'
is "$(ask "zSCAN $T/folder2/fifo\0")" "$T/folder2/fifo: Not a regular file. ERROR|" 'a pipe'
# cut to what a path may have it is another file's
long=$T$(head -c $((4095 - ${#T} - 4)) /dev/zero | tr '\0' /)text
is "$(ask "zSCAN $long\0")" "$long: OK|" 'the longest path'
is "$(ask "zSCAN ${long}more\0")" "${long}more: Its path is too long. ERROR|" 'a longer one'
is "$(ask "zCONTSCAN $T/folder2\0" | tr '|' '\n' | sort)" \
"$T/folder2/2: Eicar-Test-Signature.UNOFFICIAL FOUND
$T/folder2/in/deep/1: Eicar-Test-Signature.UNOFFICIAL FOUND" 'CONTSCAN, a folder'
is "$(ask "zSCAN $T/folder2\0" | tr '|' '\n' | wc -l)" 1 'SCAN ends with the first'
is "$(ask "zALLMATCHSCAN $T/folder2/2\0")" \
    "$T/folder2/2: Eicar-Test-Signature.UNOFFICIAL FOUND|" 'ALLMATCHSCAN'
rm folder2/2 folder2/in/deep/1
is "$(ask "zMULTISCAN $T/folder2\0")" "$T/folder2: OK|" 'MULTISCAN, nothing found'
is "$(ask "zIDSESSION\0zSCAN $T/text\0zPING\0zEND\0")" "1: $T/text: OK|2: PONG|" 'in a session'
mkdir "folder2/a;b
c"
cp eicar "folder2/a;b
c/1"
is "$(ask "zSCAN $T/folder2\0")" \
    "$T/folder2/a;b?c/1: Eicar-Test-Signature.UNOFFICIAL FOUND|" 'a name with a line end'
if [ "$(id -u)" -eq 0 ]; then
	chmod 600 text
	is "$(ask "zSCAN $T/text\0")" "$T/text: Access denied. ERROR|" 'not with the rights of root'
	# as amavisd's folders are, for a scanner's user who is of its group
	chown 0:54321 text
	chmod 640 text
	echo 'mail:x:54321:nobody' >group
	if unshare -m sh -c 'mount --bind group /etc/group' 2>why; then
		rm -f grouped
		unshare -m sh -c 'mount --bind group /etc/group; exec "$@"' sh \
		    avscand -u nobody -w 1 -l unix:grouped 2>grouped.log &
		grouped=$!
		until_true [ -S grouped ]
		is "$(printf 'zSCAN %s\0' "$T/text" | "$tools/talk" unix:grouped | tr '\0' '|')" \
		    "$T/text: OK|" "with those of the user's groups"
		kill $grouped
		wait $grouped
	else
		skip "with those of the user's groups" "$(cat why)"
	fi
	chown 0:0 text
	chmod 644 text
else
	skip 'not with the rights of root' 'this is not root'
	skip "with those of the user's groups" 'this is not root'
fi
command -v clamdscan >/dev/null && {
	exits 1 'clamdscan without options' clamdscan -c local.conf --no-summary "$T/eicar" "$T/text"
	is "$(cat out)" "$T/eicar: Eicar-Test-Signature.UNOFFICIAL FOUND
$T/text: OK" 'says which'
	exits 1 'clamdscan --multiscan' clamdscan -c local.conf --no-summary --multiscan "$T/folder2"
}
end

### A second try, all names
printf '%s' 'EGGA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' >egga
printf 'Second:0:*:%s\n' "$(printf EICAR-STANDARD | od -An -tx1 | tr -d ' \n')" >second
cp -r "$sigs" two
mv second two/second.ndb
exec 3<text 4<eicar 5<egga
begin -w 2 -D two
like "$(ask 'zFILDES\0' 5)" 'fd[[][0-9]*]: cli_egg* ERROR|' 'what libclamav complains of'
like "$(ask 'zRETRY\0' 5)" 'fd[[][0-9]*]: engine-error UNSCANNED|' 'is its own doing at the second try'
like "$(ask 'zRETRY\0' 3)" 'fd[[][0-9]*]: OK|' 'a second try that goes well'
like "$(ask 'zRETRY\0' 4)" 'fd[[][0-9]*]: *.UNOFFICIAL FOUND|' 'and one that finds something'
like "$(ask 'zALLMATCH\0' 4)" 'fd[[][0-9]*]: *Eicar-Test-Signature.UNOFFICIAL* FOUND|' 'all names'
like "$(ask 'zALLMATCH\0' 4)" 'fd[[][0-9]*]: *Second.UNOFFICIAL* FOUND|' 'the other one too'
like "$(ask 'zALLMATCH\0' 3)" 'fd[[][0-9]*]: OK|' 'none'
like "$(ask 'zALLMATCH\0' 5)" 'fd[[][0-9]*]: * ERROR|' 'an error'
end
exec 3<&- 4<&- 5<&-

### Busy, and many that say nothing
# stopped: workers that scan, and go no further
seq 9999999 | head -c 15000000 >slow
stats_busy() { ask 'zSTATS\0' | tr ';' '\n' | grep -q "BUSY: $1 of"; }
scans() { timeout 60 "$tools/talk" unix:engine 3 <scan 3<slow >"answer$1" & }
in_flight() { [ "$(ask 'zSTATS\0' | tr ';' '\n' | sed -n 's/QUEUE: \([0-9]*\) .*/\1/p')" -eq "$1" ]; }
printf 'zFILDES\0' >scan
begin -w 1
kill -STOP $(workers)
scans 1
one=$!
two=
for i in 2 3 4; do
	scans $i
	two="$two $!"
done
until_true in_flight 3
ok $? 'one is scanned, three wait'
exec 3<text
like "$(ask 'zFILDES\0' 3)" 'fd[[][0-9]*]: Busy ERROR|' 'the fifth is told that it is busy'
is "$(ask 'zINSTREAM\0')" 'stream: Busy ERROR|' 'a stream too'
is "$(ask "zSCAN $T/text\0")" "$T/text: Busy ERROR|" 'and a path'
is "$(ask 'zPING\0')" 'PONG|' 'what is no scan is answered'
exec 3<&-
kill -CONT $(workers)
wait $one
# shellcheck disable=SC2086
wait $two
like "$(cat answer1 answer2 | tr '\0' '|')" 'fd*OK|fd*OK|' 'then both are done'
mkfifo hold
: >idle
"$tools/idle" engine 600 <hold >idle &
exec 4>hold
until_true grep -q 600 idle
ok $? '600 that say nothing'
is "$(ask 'zPING\0')" 'PONG|' 'do not keep the next one out'
exits 1 'nor a scan' avscan -s unix:engine eicar
exec 4>&-
end

### Fair to others
begin -w 1
for i in 1 2 3 4; do
	{ printf 'zINSTREAM\0' && until_true [ -e streamed ]; } |
	    "$tools/talk" unix:engine >/dev/null &
done
all_there() { [ "$(ask 'zSTATS\0' | tr ';' '\n' | sed -n 's/CLIENTS: \([0-9]*\) of.*/\1/p')" -ge 5 ]; }
until_true all_there
exits 1 'streams that do not come keep nobody out' avscan -s unix:engine eicar
: >streamed
# shellcheck disable=SC2046
avscan -s unix:engine $(yes slow | head -n 200) >/dev/null 2>&1 &
hog=$!
until_true stats_busy 1
exits 1 'nor does one who scans without end' timeout 60 avscan -s unix:engine eicar
kill -0 $hog
ok $? 'which still does'
kill $hog
end

### A scan that dies is the only one
begin -w 3
kill -STOP $(workers)
scans 1
client1=$!
scans 2
client2=$!
scans 3
client3=$!
until_true stats_busy 3
victim=$(workers | cut -d' ' -f1)
kill -SEGV "$victim"
kill -CONT $(workers)
wait "$client1" "$client2" "$client3"
is "$(cat answer1 answer2 answer3 | tr '\0' '\n' | grep -c ': OK$')" 2 'two scans of three are done'
is "$(cat answer1 answer2 answer3 | tr '\0' '\n' |
    grep -c 'engine-died: ended [a-z0-9 ]* ERROR$')" 1 'the one that crashed is an error'
until_true grep -q 'worker .*ended' log
three() { [ "$(workers | wc -w)" -eq 3 ]; }
until_true three
ok $? 'and there are three workers again'
exits 0 'which scan' avscan -s unix:engine text
end

### A new set
cp -r "$sigs" set
begin -w 1 -D set
before=$(generations)
echo 'Harmless:0:*:6861726d6c657373' >set/own.ndb
exits 0 'before' avscan -s unix:engine text
is "$(ask 'zRELOAD\0')" 'RELOADING|' 'RELOAD'
three_signatures() { ask 'zSTATS\0' | grep -q 'signatures 3'; }
until_true three_signatures
ok $? 'the new set is taken'
exits 1 'and used' avscan -s unix:engine text
gone() { [ ! -e "/proc/$1" ]; }
until_true gone "${before# }"
ok $? 'the old generation has ended'
: >set/own.hdb
kill -HUP "$daemon"
until_true grep -q 'the old one stays' log
ok $? 'a set that does not load is not taken'
like "$(ask 'zSTATS\0')" '*RELOAD: * ago: *own.hdb: empty*' 'STATS says why'
exits 1 'the old one is in use' avscan -s unix:engine text
rm set/own.hdb set/own.ndb
# a session goes on with the generation that it began with
before=$(generations)
renewed() { [ "$(generations | wc -w)" -gt 1 ] || [ "$(generations)" != "$before" ]; }
said=$({
	printf 'zIDSESSION\0zVERSION\0'
	kill -HUP "$daemon"
	until_true renewed
	until_true sh -c '[ "$(grep -c "old one is to end" log)" -ge 2 ]'
	printf 'zPING\0zEND\0'
} | "$tools/talk" unix:engine | tr '\0' '|')
like "$said" '1: ClamAV *|2: PONG|' 'a session survives a reload'
until_true gone "${before# }"
ok $? 'and its generation ends with it'
kill -KILL $(generations)
until_true grep -q 'a new one starts' log
exits 0 'a generation that was killed is replaced' avscan -s unix:engine text
end
is "$ended" 0 'SIGTERM ends all'
is "$(ls tmp)" '' 'with their folders'

### Ends
begin -w 1
is "$(ask "zSCAN $T/text\0")" "$T/text: OK|" 'a path, for which rights change'
# shellcheck disable=SC2086
set -- $(generations) $(workers)
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
until_true all_gone "$@"
ok $? 'nobody outlives the one that holds the sockets'
kill -9 "$@" 2>/dev/null
rm -r tmp/* engine

### A scan that is lost is never clean
begin -w 1
first=$(workers)
kill -STOP $(workers)
scans 1
client=$!
until_true stats_busy 1
kill -9 $(workers)
wait $client
like "$(tr '\0' '|' <answer1)" 'fd*: engine-died: ended by signal 9 ERROR|' 'a worker that is killed'
exits 0 'the next one is well' avscan -s unix:engine text
until_true replaced
kill -STOP $(workers)
avscan -s unix:engine slow >found 2>/dev/null &
client=$!
until_true stats_busy 1
kill -9 $(workers)
wait $client
is "$?:$(cat found)" '0:check=avscan parts=1' 'avscan has it scanned once more'
end
begin -w 1 -t 1
kill -STOP $(workers)
scans 1
client=$!
wait $client
like "$(tr '\0' '|' <answer1)" 'fd*: engine-timeout: * ERROR|' 'a worker that takes too long'
until_true grep -q 'took too long' log
ok $? 'and it is in the log'
exits 0 'the next one is well' avscan -s unix:engine text
end

### Where libclamav says clean and has not looked
if [ ! -d "$files" ]; then
	skip 'never clean' 'clamav-testfiles is not installed'
else
	begin -w 1
	is "$(avscan -s unix:engine "$files"/* | grep -c 'sig=ClamAV-Test-File')" \
	    "$(echo "$files"/* | wc -w)" 'every one of ClamAV'\''s test files is found'
	rm -rf tmp/avscand.*/*
	never_clean 'the temporary folder is missing'
	end
	rm -rf tmp/*
	under_limit fsize=0 'no file may be written'
	exits 75 'nor does it start so' sh -c 'ulimit -f 0; exec avscand -w 1 -l unix:engine'
fi

### The one connection of -l -
exits 1 'it serves and ends' avscan -P -D "$sigs" eicar
exits 75 'without room for temporary files it is no answer' env TMPDIR="$T/none" \
    avscan -P -D "$sigs" text
is "$(ls tmp)" '' 'nothing is left'

together
finish
