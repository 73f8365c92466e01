#!/bin/sh
# SPDX-License-Identifier: ISC
# The session of the README, word for word: each command says what it shows there.
. "${0%/*}/lib.sh"
export MULTISCAN_SIGNATURES="$BUILD/share/multiscan/signatures"
unset MULTISCAN_SOCKET MULTISCAN_CONF
cp -R "$ROOT/samples" .

# session: its commands, each with what it says, to 1.cmd, 1.want, 2.cmd, ...
session() {
	awk '/^## / { in_it = /^## A session/ }
	    !in_it || !/^    / { next }
	    sub(/^    \$ /, "") { n++; print >(n ".cmd"); printf "" >(n ".want"); next }
	    { print substr($0, 5) >(n ".want") }' "$ROOT/README.md"
}

# On a terminal a tab is blanks, and ls writes columns.
blanks() { tr -s '[:space:]' ' ' <"$1"; }

session
n=1
while [ -s "$n.cmd" ]; do
	timeout -k 5 60 sh "$n.cmd" </dev/null >"$n.got" 2>&1
	is "$(blanks "$n.got")" "$(blanks "$n.want")" "$(tr '#' ' ' <"$n.cmd")"
	n=$((n + 1))
done
[ "$n" -gt 4 ]
ok $? 'there is a session'
finish
