# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# A root of generations in the test's folder, read after lib.sh: what makes a
# configuration, runs sigupdate and says which set is in use.
unset MULTISCAN_SOCKET MULTISCAN_SIGNATURES https_proxy http_proxy all_proxy no_proxy
sigs=$BUILD/share/multiscan/signatures
mkdir root test own tmp
export TMPDIR="$T/tmp"
cp "$sigs"/* test/ && chmod 644 test/*

# conf: a configuration of the test set, and what stands on standard input
conf() {
	{
		printf 'root %s/root\nengine none\n' "$T"
		[ -z "${globals-}" ] || printf '%s\n' "$globals"
		printf 'source test\n\tlocal %s/test\n' "$T"
		cat
	} >conf
}
own_source() { printf 'source own\n\tlocal %s/own\n\toptional\n' "$T"; }

# line N TEXT: a signature of that number, found in TEXT
line() {
	hex=$(printf '%s' "$2" | od -An -tx1 -v | tr -d ' \n')
	printf 'Test.Canary%s:0:*:%s\n' "$1" "$hex"
}
# lines N: a list of so many
lines() {
	n=1
	while [ "$n" -le "$1" ]; do
		printf 'Test.Line%s:0:*:%08x%08x\n' "$n" 2864434397 "$n"
		n=$((n + 1))
	done
}
update() { timeout 120 sigupdate update -c conf "$@"; }
gen() { readlink root/current; }
# state NAME: its state in the records of ./out
state() { sed -n "s/^source=$1 state=\([a-z]*\).*/\1/p" out; }
# sums: what is in use, all of it
sums() { (cd root/current/ && sha256sum ./*) 2>&1; }
# debris: what a run should not leave in the root
debris() {
	(cd root && find . -mindepth 1 -name '.*' \
	    ! -name .lock ! -name .state ! -name .part ! -name .waiting | sort)
}
