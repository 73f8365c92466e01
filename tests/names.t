#!/bin/sh
# SPDX-License-Identifier: ISC
# A name of a part, from its head to the manifest and the verdict: the cases in
# ../shared that are about names alone.
. "${0%/*}/lib.sh"
CASES=$SHARED/cases/suffix.tsv

# A line each: id, verdict, reason, suffixes, and the head as printf has it.
cases() {
	awk -F '\t' '
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
	BEGIN { D = "123456789abcdef" }
	/^#/ || $1 == "id" || $4 != "-" { next }
	{ print $1 "\t" $6 "\t" $7 "\t" $3 "\t" octal($2) }' "$CASES"
}
# verdict: the first of ./out, and its reason
verdict() { sed -n 's/^\(part=[0-9]* \)*verdict=\([a-z]*\) why=\([a-z-]*\).*/\2 \3/p;T;q' out; }

if [ ! -f "$CASES" ]; then
	skip 'names' 'there is no ../shared/cases'
	finish
	exit
fi
cases >list
tab=$(printf '\t')
while IFS=$tab read -r id verdict reason suffixes head; do
	case $verdict in
	allow) want='' ;;
	*) want="$verdict $reason" ;;
	esac
	# shellcheck disable=SC2086
	printf '%b\r\n\r\n' "$head" | suffixcheck -H $suffixes >out 2>err
	is "$(verdict)" "$want" "$id: $reason"
	rm -rf w
	printf '%b\r\n\r\nx\r\n' "$head" >m
	mimesplit w <m >/dev/null 2>err || cat err
	# shellcheck disable=SC2086
	suffixcheck w $suffixes >out 2>err
	is "$(verdict)" "$want" "$id, by way of a manifest"
done <list
ok $(($(wc -l <list) < 100)) 'there were many'

### Names given
printf 'a.exe\0b.txt\0\0c.\357\275\205xe' | suffixcheck -N exe >out
is "$?" 1 '-N: names with a NUL behind each'
is "$(cat out)" 'verdict=banned why=suffix suffix=.exe name=given:a.exe
verdict=banned why=suffix suffix=.exe name=given:c.%EF%BD%85xe
check=suffixcheck names=4' 'and the last without one'
exits 0 'nothing at all' suffixcheck -N exe </dev/null
exits 64 '-H and -N' suffixcheck -H -N exe </dev/null
exits 64 'no suffix' suffixcheck -N </dev/null
for locale in C tr_TR.UTF-8 xx; do
	printf 'A.PIF' | LC_ALL=$locale suffixcheck -N pif >out
	is "$?" 1 "a Turkish i, LC_ALL=$locale"
done
finish
