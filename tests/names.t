#!/bin/sh
# SPDX-License-Identifier: ISC
# A name of a part, from its head to the manifest and the verdict: the cases in
# ../shared that are about names alone.
. "${0%/*}/lib.sh"
CASES=$SHARED/cases/suffix.tsv

# A line each: id, verdict, suffixes, the name as a record has it, and the head
# as printf has it.  The name is given only where it needs folding before it
# hits: then it is enough that it is told.
cases() {
	awk -F '\t' '
	BEGIN {
		for (i = 1; i < 256; i++)
			coded[sprintf("%c", i)] = sprintf("%%%02X", i)
	}
	function hex(s) {
		return index(D, substr(s, 1, 1)) * 16 + index(D, substr(s, 2, 1))
	}
	function octal(s,  r) {
		while (match(s, /\\(\\|x[0-9a-f][0-9a-f])/)) {
			r = r substr(s, 1, RSTART - 1)
			r = r (RLENGTH == 2 ? "\\0134" : sprintf("\\0%o", hex(substr(s, RSTART + 2))))
			s = substr(s, RSTART + RLENGTH)
		}
		return r s
	}
	function record(s,  r) {
		sub(/.*filename="/, "", s)
		sub(/".*/, "", s)
		for (; s != ""; s = substr(s, 2))
			if (s ~ /^\\x/) {
				r = r "%" toupper(substr(s, 3, 2))
				s = substr(s, 4)
			} else
				r = r (s ~ /^[A-Za-z0-9._+\/:@,=-]/ ? substr(s, 1, 1) : coded[substr(s, 1, 1)])
		return r
	}
	BEGIN { D = "123456789abcdef" }
	/^#/ || $1 == "id" || $4 != "-" || $2 ~ /Description: notes/ { next }
	{
		fold = $6 == "banned" && ($2 ~ /="[^"]*\\x[89a-f][0-9a-f]/ || $7 ~ /truncate|stream/)
		print $1 "\t" $6 "\t" $3 "\t" (fold ? record($2) : "-") "\t" octal($2)
	}' "$CASES"
}

if [ ! -f "$CASES" ]; then
	skip 'names' 'there is no ../shared/cases'
	finish
	exit
fi
cases >list
tab=$(printf '\t')
while IFS=$tab read -r id verdict suffixes name head; do
	rm -rf w
	printf '%b\r\n\r\nx\r\n' "$head" >m
	mimesplit w <m >/dev/null 2>err || cat err
	if [ "$name" != - ]; then
		tr ' ' '\n' <w/manifest | grep -qxF "name=filename:$name"
		ok $? "$id: told"
		continue
	fi
	# shellcheck disable=SC2086
	suffixcheck w $suffixes >out 2>err
	if grep -q '^part=.* verdict=banned' out; then got=banned; else got=other; fi
	[ "$verdict" = banned ] || verdict=other
	is "$got" "$verdict" "$id"
done <list
ok $(($(wc -l <list) < 100)) 'there were many'
finish
