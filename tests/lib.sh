# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# The test framework: TAP for prove(1).  A test is a shell file that begins
#	. "${0%/*}/lib.sh"
# and ends with `finish'.  It runs in an empty folder of its own, with our
# programs first in PATH.

HERE=$(cd "${0%/*}" && pwd)
ROOT=${HERE%/tests*}
BUILD=${MULTISCAN_BUILD:-$ROOT/build}
PATH=$BUILD/bin:$PATH
SHARED=$ROOT/../shared
export PATH
export LC_ALL=C
T=$(mktemp -d "${TMPDIR:-/tmp}/multiscan-test.XXXXXX") || exit 1
cd "$T" || exit 1
count=0
cleanup=:
trap 'eval "$cleanup"; cd /; rm -rf "$T"' EXIT
trap 'exit 1' INT TERM HUP

# ok STATUS NAME: passes where STATUS is 0
ok() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$count" "$2"
	else
		printf 'not ok %d - %s\n' "$count" "$2"
		return 1
	fi
}

# is GOT WANT NAME: two texts are equal
is() {
	if [ "$1" = "$2" ]; then ok 0 "$3"; else
		ok 1 "$3"
		printf '%s\n' "got:    $1" "wanted: $2" | sed 's/^/# /'
	fi
}

# like GOT PATTERN NAME: a shell pattern
like() {
	# shellcheck disable=SC2254
	case $1 in
	$2) ok 0 "$3" ;;
	*) ok 1 "$3"; printf '%s\n' "got:    $1" "wanted: $2" | sed 's/^/# /' ;;
	esac
}

# same FILE FILE NAME: equal to the byte
same() { cmp -s "$1" "$2"; ok $? "$3"; }

# exits WANT NAME COMMAND...: runs it; its output is in ./out and ./err
exits() {
	want=$1 what=$2
	shift 2
	"$@" >out 2>err
	got=$?
	[ "$got" -eq "$want" ]
	ok $? "$what" || { echo "# exit $got, wanted $want: $*"; sed 's/^/# /' err; }
}

# skip NAME WHY: said, and not counted as a pass of anything; noted in $MULTISCAN_SKIPS,
# where that is set
skip() {
	count=$((count + 1))
	[ -z "${MULTISCAN_SKIPS-}" ] || echo "${0##*/}: $1: $2" >>"$MULTISCAN_SKIPS"
	printf 'ok %d - %s # SKIP %s\n' "$count" "$1" "$2"
}

finish() { echo "1..$count"; }
