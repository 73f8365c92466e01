#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034,SC2046,SC2094,SC3045
# avscand with real clients, and with what it must never call clean.
. "${0%/*}/lib.sh"
unset MULTISCAN_SOCKET
sigs=$BUILD/share/multiscan/signatures
export MULTISCAN_SIGNATURES="$sigs"
tools=$BUILD/tools
files=/usr/share/clamav-testfiles
mkdir tmp
export TMPDIR="$T/tmp"

printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' \
    'ANTIVIRUS-TEST-FILE!$H+H*' >eicar
echo harmless >text

until_true() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || return 1
		sleep 0.02
	done
}

# begin OPTION...: an avscand that listens at ./engine
begin() {
	avscand -l unix:engine "$@" 2>log &
	daemon=$!
	cleanup='kill -9 $daemon $(workers) 2>/dev/null'
	until_true [ -S engine ]
}
workers() { cat "/proc/$daemon/task/$daemon/children" 2>/dev/null; }
end() {
	kill "$daemon"
	wait "$daemon"
	ended=$?
	cleanup=:
}
# ask BYTES [DESCRIPTOR]...: what avscand answers; NUL is shown as |
ask() {
	bytes=$1
	shift
	# shellcheck disable=SC2059
	printf "$bytes" | "$tools/talk" unix:engine "$@" | tr '\0\n' '|;'
}

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
like "$(cat err)" '*empty: holds no signature file: *sigupdate*' 'is named, and what to do'
cp -r "$sigs" zero
: >zero/new.ldb
exits 75 'a set with an empty file' avscand -D zero -l unix:engine
like "$(cat err)" '*/zero/new.ldb: empty*' 'names it'
for bad in 'new.ndb:cut' 'new.ldb:Name;Engine' 'new.hsb:<html>'; do
	cp -r "$sigs" "bad-${bad%%:*}"
	echo "${bad#*:}" >"bad-${bad%%:*}/${bad%%:*}"
	exits 75 "a set with a bad ${bad%%:*}" avscand -D "bad-${bad%%:*}" -l unix:engine
	like "$(cat err)" "*bad-*: the set does not load: *" 'is refused'
done
cp -r "$sigs" folder
mkdir folder/x.ndb
exits 75 'a set with a folder for a file' avscand -D folder -l unix:engine
exits 75 'no place for temporary files' avscand -T none -l unix:engine
exits 75 'a socket in no folder' avscand -l unix:none/engine
echo precious >engine
exits 75 'a file where the socket belongs' avscand -l unix:engine
is "$(cat engine)" precious 'is left as it is'
rm engine

### Clients
port=$((20000 + $$ % 20000))
begin -w 2 -l "tcp:127.0.0.1:$port"
ok $? 'it listens' || sed 's/^/# /' log
until_true grep -q ready: log
like "$(cat log)" "avscand: ready: *, 2 signatures, 2 workers" 'and says so'
is "$(echo tmp/avscand.* | wc -w)" 2 'each worker has a temporary folder'
is "$(find tmp/avscand.* -maxdepth 0 -perm 0700 | wc -l)" 2 'that is its own'
exits 75 'a second one at the same socket' avscand -l unix:engine
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
like "$(ask 'zSTATS\0')" 'POOLS: 1;*SET: signatures signatures 2;END|' 'STATS'
is "$(ask 'zPING\0zPING\0')" 'PONG|' 'one command without a session'
is "$(ask 'zIDSESSION\0zPING\0zPING\0zEND\0zPING\0')" '1: PONG|2: PONG|' 'several with one'
is "$(ask 'nIDSESSION\nnPING\nnEND\n')" '1: PONG;' 'lines as well'
is "$(ask 'zNONE\0')" 'UNKNOWN COMMAND|' 'no such command'
is "$(ask 'zIDSESSION\0zNONE\0zPING\0')" '1: Command invalid inside IDSESSION. ERROR|' \
    'ends a session'
is "$(ask 'zPI')" '' 'half a command'
is "$(ask 'nPING\0x\n')" '' 'a NUL in a line'
is "$(ask "$(head -c 2000 /dev/zero | tr '\0' x)")" '' 'a command without an end'
is "$(ask 'zINSTREAM\0\0\0\0\003abc\0\0\0\0')" 'stream: OK|' 'a clean stream'
is "$(ask 'zINSTREAM\0\0\0\0\0')" 'stream: OK|' 'an empty one'
is "$({ printf 'zINSTREAM\0\0\0\0\104'; cat eicar; printf '\0\0\0\0'; } |
    "$tools/talk" unix:engine | tr '\0' '|')" \
    'stream: Eicar-Test-Signature.UNOFFICIAL FOUND|' 'an infected one'
is "$({ printf 'nINSTREAM\n\0\0\0\060'; head -c 48 eicar; printf '\0\0\0\024'
    tail -c 20 eicar; printf '\0\0\0\0'; } | "$tools/talk" "tcp:127.0.0.1:$port")" \
    'stream: Eicar-Test-Signature.UNOFFICIAL FOUND' 'one in two chunks, by TCP'
for cut in 'zINSTREAM\0' 'zINSTREAM\0\0' 'zINSTREAM\0\0\0\0\003ab' 'zINSTREAM\0\0\0\0\002ab'; do
	is "$(ask "$cut")" 'the stream was cut off ERROR|' "a stream that is cut: $cut"
done
is "$(ask 'zINSTREAM\0\377\377\377\377abc')" 'INSTREAM size limit exceeded. ERROR|' 'too much'
exec 3<text 4<eicar 5<. 6>>text 7</dev/null
like "$(ask 'zFILDES\0' 3)" 'fd[[][0-9]*]: OK|' 'a descriptor'
like "$(ask 'nFILDES\n' 4)" 'fd[[][0-9]*]: Eicar-Test-Signature.UNOFFICIAL FOUND;' 'infected'
like "$(ask 'zFILDES\0' 5)" 'fd[[][0-9]*]: Not a regular file ERROR|' 'a folder'
like "$(ask 'zFILDES\0' 7)" 'fd[[][0-9]*]: Not a regular file ERROR|' 'a device'
like "$(ask 'zFILDES\0' 6)" 'fd[[][0-9]*]: * ERROR|' 'one that cannot be read'
is "$(ask 'zFILDES\0x')" 'No file descriptor received. ERROR|' 'no descriptor'
is "$(ask 'zFILDES\0')" '' 'not even a byte'
is "$(ask 'zFILDES\0' 3 4)" '' 'two at once'
is "$(ask 'zFILDES\0' 3 3 3 3 3 3 3 3 3 3 3 3)" '' 'too many'
is "$(ask 'zIDSESSION\0zPING\0' 4)" '1: PONG|' 'one that nobody asked for'
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
is "$(echo tmp/avscand.* | wc -w)" 2 'their folders are gone'
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

### A scan that is lost is never clean
seq 9999999 | head -c 60000000 >slow
# busy: the only worker is scanning, 0.1 s of processor at least
busy() { [ "$(cut -d' ' -f14 "/proc/$(workers | tr -d ' ')/stat")" -ge 10 ]; }
lost() {
	until_true busy && kill -STOP $(workers) && "$@"
	kill -CONT $(workers) 2>/dev/null
	wait "$client"
	is "$?" 75 "a scan whose worker $what"
	is "$(cat found)" '' 'has no result'
}
begin -w 1
avscan -s unix:engine slow slow slow >found 2>/dev/null &
client=$! what='was killed'
lost sh -c "kill -9 $(workers)"
exits 0 'the next one is well' avscan -s unix:engine text
end
begin -w 1 -t 1
avscan -s unix:engine slow slow slow >found 2>/dev/null &
client=$! what='took too long'
lost sleep 2.2
until_true grep -q 'took too long' log
ok $? 'and it is in the log'
exits 0 'the next one is well' avscan -s unix:engine text
end

### Where libclamav says clean and has not looked
# never_clean WHAT: none of ClamAV's own infected files is clean, and the fault
# was felt
never_clean() {
	clean='' errors=0
	for file in "$files"/*; do
		timeout 20 avscan -s unix:engine "$file" >out 2>err
		case $? in
		1) ;;
		75) errors=$((errors + 1)) ;;
		*) clean="$clean ${file##*/}" ;;
		esac
	done
	is "$clean" '' "never clean: $1"
	[ "$errors" -gt 0 ]
	ok $? 'it is an error for some'
}
if [ ! -d "$files" ]; then
	skip 'never clean' 'clamav-testfiles is not installed'
else
	begin -w 1
	is "$(avscan -s unix:engine "$files"/* | grep -c 'sig=ClamAV-Test-File')" \
	    "$(echo "$files"/* | wc -w)" 'every one of ClamAV'\''s test files is found'
	rm -rf tmp/avscand.*
	never_clean 'the temporary folder is missing'
	end
	rm -rf tmp/*
	mkdir small
	if mount -t tmpfs -o size=4k,nr_inodes=8 none small 2>/dev/null; then
		begin -w 1 -T small
		head -c 10000 /dev/zero >"$(echo small/avscand.*)/fill" 2>/dev/null
		never_clean 'the temporary folder is full'
		mount -o remount,ro small
		never_clean 'the temporary folder is read-only'
		mount -o remount,rw small
		end
		umount small
	else
		skip 'a full temporary folder' 'mount is not allowed'
	fi
	(ulimit -n 14 && exec avscand -w 1 -l unix:engine 2>log) &
	daemon=$!
	until_true [ -S engine ]
	never_clean '14 descriptors'
	end
	(ulimit -f 0 && exec avscand -w 1 -l unix:engine 2>/dev/null) &
	daemon=$!
	until_true [ -S engine ]
	never_clean 'no file may be written'
	end
	calls='write:error=ENOSPC lseek:error=EIO unlink:error=EACCES'
	strace -qq true 2>/dev/null || {
		skip 'calls that fail' 'strace is absent or not allowed'
		calls=
	}
	for call in $calls; do
		begin -w 1
		: >trace
		strace -qq -o trace -p "$(workers | tr -d ' ')" -e trace="${call%%:*}" \
		    -e inject="$call:when=2+3" 2>/dev/null &
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
fi

### The one connection of -l -
exits 1 'it serves and ends' avscan -P -D "$sigs" eicar
exits 75 'without room for temporary files it is no answer' env TMPDIR="$T/none" \
    avscan -P -D "$sigs" text
is "$(ls tmp)" '' 'nothing is left'
finish
