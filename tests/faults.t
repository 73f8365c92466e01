#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2034,SC2046,SC2154
# The system refuses a worker's calls, at random: each call that a scan makes, in
# turn.  An infected file is never OK.
#	SOAK=1	many more, and all of ClamAV's files
#	SEED=N	as in the run that said so
. "${0%/*}/lib.sh"
. "$HERE/engine.sh"
SEED=${SEED:-$(date +%s)}
rounds=${SOAK:+400}
rounds=${rounds:-10}
sample=${SOAK:+12}
sample=${sample:-4}

# chance N: one of 0 to N - 1, the same for the same seed
drawn=0
chance() {
	drawn=$((drawn + 1))
	number=$(awk -v n="$1" -v seed="$((SEED + drawn * 7919))" \
	    'BEGIN { srand(seed); rand(); print int(rand() * n) }')
}
one_of() {
	chance $#
	shift "$number"
	chosen=$1
}
# Not ENOENT and EINVAL: a file can make libclamav ask for what is not there.
errors_of() {
	case $1 in
	openat | open | dup | fcntl) echo 'EMFILE EACCES ENFILE ENOMEM EIO' ;;
	write | pwrite64 | mkdir) echo 'ENOSPC EIO EDQUOT' ;;
	unlink | rmdir | chmod | newfstatat) echo 'EACCES EIO EROFS' ;;
	mmap | mremap | brk | munmap | mprotect | madvise) echo 'ENOMEM' ;;
	*) echo 'EIO ENOMEM' ;;
	esac
}
sampled() {
	picked=''
	while [ $(echo "$picked" | wc -w) -lt "$sample" ]; do
		# shellcheck disable=SC2086
		one_of "$files"/*
		picked="$picked $chosen"
	done
}
traced() { grep -q 'TracerPid:.*[1-9]' "/proc/$1/status" 2>/dev/null; }
# with_strace OPTION...: strace at the one worker
with_strace() {
	until_true has_worker || return 1
	strace -qq -p "$worker" "$@" 2>/dev/null &
	tracer=$!
	until_true traced "$worker"
}
has_worker() {
	worker=$(workers | tr -d ' ')
	[ -n "$worker" ]
}
untrace() {
	kill "$tracer" 2>/dev/null
	wait "$tracer"
}
# scan FILE...: those that are OK, in $clean
scan() {
	clean=''
	for file; do
		exec 3<"$file"
		case $(ask 'zFILDES\0' 3) in
		*': OK|') clean="$clean ${file##*/}" ;;
		esac
		exec 3<&-
	done
}
# Not the end of a worker, and what is sure to be its end.
calls_made() {
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$@" | sort -u |
	    grep -vE '^(exit|exit_group|rt_sigreturn|restart_syscall|recvmsg|sendto)$'
}

if [ ! -d "$files" ]; then
	skip 'faults' 'clamav-testfiles is not installed'
	finish
	exit
fi
begin -w 1
if ! with_strace -o calls; then
	skip 'faults' 'strace is absent or not allowed'
	end
	finish
	exit
fi
# one that unpacks much, whatever the seed
scan "$files/clam.ole.doc" "$files/clam.exe.html" "$files/clam.zip"
is "$clean" '' 'without a fault they are found'
untrace
calls=$(calls_made calls)
[ $(echo "$calls" | wc -l) -ge 10 ]
ok $? 'the calls of a scan are known'

# fault CALL ERROR FIRST EVERY FILE...
fault() {
	what="$1 is $2, from the call $3 on each ${4}th"
	# Any call but the allowed getpid in its place would end the worker.
	with_strace -o hits -e trace="$1" \
	    -e inject="$1:error=$2:syscall=getpid:when=$3+$4" || {
		ok 1 "traced: $what"
		return
	}
	shift 4
	scan "$@"
	untrace
	hit=$((hit + $(grep -c INJECTED hits)))
	is "$clean" '' "$what: nothing is OK"
	scan "$@"
	is "$clean" '' 'nor afterwards'
}
hit=0
# what was OK once
fault getdents64 EIO 2 2 "$files/clam.ole.doc" "$files/clam.exe.mbox.uu"
fault write ENOSPC 1 1 "$files/clam.exe" "$files/clam-upack.exe"
fault newfstatat EIO 3 7 "$files/clam.exe.html" "$files/clam.exe.mbox.uu"
for round in $(seq "$rounds"); do
	# shellcheck disable=SC2086
	one_of $calls
	call=$chosen
	one_of $(errors_of "$call")
	error=$chosen
	chance 12
	first=$((number + 1))
	chance 5
	every=$((number + 1))
	sampled
	# shellcheck disable=SC2086
	fault "$call" "$error" "$first" "$every" $picked
done
[ "$hit" -ge "$rounds" ]
ok $? 'faults were felt'
echo "# SEED=$SEED, $hit calls failed"
until_true has_worker
scan "$files/clam.exe"
is "$clean" '' 'and after it all it is found'
end
finish
