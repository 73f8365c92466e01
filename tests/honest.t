#!/bin/sh
# SPDX-License-Identifier: ISC
# Honest names pass: none is banned that does not end in a listed suffix to the
# eye, and of a hundred at most one is odd.
. "${0%/*}/lib.sh"
NAMES=$HERE/data/honest-names

# The rules about names; the others are of contents.
ODD='clsid|bidi|spaces|length|stream|path|badchar|dotlike|entity|confusable'
# judge N NAME: the records in ./out are of so many names
judge() {
	grep '^\(part=[0-9]* \)*verdict=banned' out | grep -v 'suffix=\([^ ]*\) .*\1$' >wrong
	is "$(cat wrong)" '' "$2: none banned that is not listed"
	grep -E "verdict=odd why=($ODD) " out >odd
	sed 's/^/# /' odd
	[ $(($(wc -l <odd) * 100)) -le "$1" ]
	ok $? "$2: $(wc -l <odd) of $1 names odd"
}

grep -v '^#' "$NAMES" >names
tr '\n' '\0' <names >given
[ "$(wc -l <names)" -ge 200 ] && [ "$(grep -c '^# ' "$NAMES")" -gt 20 ]
ok $? 'there are names of twenty scripts'
for list in "$ROOT"/suffixes/*; do
	suffixcheck -N -L "${list##*/}" <given >out 2>err
	like "$(tail -n 1 out)" "check=suffixcheck names=$(wc -l <names)" "${list##*/}: all were looked at"
	judge "$(wc -l <names)" "${list##*/}"
	is "$(grep -c banned out)" 0 "${list##*/}: and none is listed"
	# The rules are not blind in any script.
	sed 's,$,.ExE,' names | tr '\n' '\0' | suffixcheck -N -L "${list##*/}" >out 2>err
	is "$(grep -c 'banned why=suffix suffix=.exe' out)" "$(wc -l <names)" \
	    "${list##*/}: with another suffix all are banned"
done

if [ ! -d "$SHARED/mail" ]; then
	skip 'the names in mail' 'there is no ../shared/mail'
	finish
	exit
fi
n=0
for mail in "$SHARED"/mail/*/*.eml; do
	n=$((n + 1))
	mimesplit "w$n" <"$mail" >/dev/null 2>err
done
all=$(cat w*/manifest | tr ' ' '\n' | grep -c '^name=')
for list in "$ROOT"/suffixes/*; do
	for folder in w*; do
		suffixcheck -L "${list##*/}" "$folder" 2>err
	done >out
	is "$(grep -c '^check=suffixcheck' out)" "$n" "${list##*/}: all mails were looked at"
	judge "$all" "${list##*/}, in mail"
done
finish
