# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2034,SC2046
# An avscand in the test's folder, read after lib.sh: what starts it, asks it and
# ends it, and two files, ./eicar and ./text.
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

# begin OPTION...: an avscand that listens at ./engine, and loads what it is told to
begin() {
	avscand -c 0 -l unix:engine "$@" 2>log &
	daemon=$!
	cleanup='kill -9 $daemon $(generations) $(workers) 2>/dev/null'
	until_true [ -S engine ]
}
children() { cat "/proc/$1/task/"*/children 2>/dev/null; }
generations() { children "$daemon"; }
workers() { for generation in $(generations); do children "$generation"; done; }
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
