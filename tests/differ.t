#!/bin/sh
# SPDX-License-Identifier: ISC
# What other parsers find in ordinary mail, we find too: each attachment that
# Python's email, or GMime where it is installed, gives a name, to the byte.
. "${0%/*}/lib.sh"
PEERS=$ROOT/tests/bench/peers
MOST=5		# that they read in a way of their own

if ! [ -d "$SHARED/mail" ] || ! command -v python3 >/dev/null; then
	skip 'as other parsers do' 'there is no ../shared/mail, or no python3'
	finish
	exit
fi
find "$(cd "$SHARED/mail" && pwd)" "$ROOT/samples" -name '*.eml' | sort >list
mkdir out
python3 "$PEERS/pyemail.py" list out/python
ok $? "Python's email: $(wc -l <list) messages"
# shellcheck disable=SC2046
if pkg-config --exists gmime-3.0 2>/dev/null; then
	cc -o gmime "$PEERS/gmime.c" $(pkg-config --cflags --libs gmime-3.0) &&
	    ./gmime list out/gmime
	ok $? 'GMime'
else
	skip 'GMime' 'it is not here: bootstrap bench brings it'
fi
sh "$PEERS/tools.sh" mimesplit list out/mimesplit
if ! theirs=$(python3 "$PEERS/table.py" differ out list); then
	theirs='table.py failed'
	MOST=0
fi
only=$(printf '%s' "$theirs" | grep -c '')
[ "$only" -le $MOST ]
ok $? "attachments that only they have: $only" || printf '%s\n' "$theirs" | sed 's/^/# /'
finish
