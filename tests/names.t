#!/bin/sh
# SPDX-License-Identifier: ISC
# A part, from its head and its content to the manifest and the verdict: the cases
# in ../shared.
. "${0%/*}/lib.sh"
CASES=$SHARED/cases/suffix.tsv

# A line each: id, verdict, reason, suffixes, the file with the content or -, and
# the head as printf has it.
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
	/^#/ || $1 == "id" { next }
	{ print $1 "\t" $6 "\t" $7 "\t" $3 "\t" ($4 == "-" ? "-" : $5) "\t" octal($2) }' "$CASES"
}
# verdict: the first of ./out, and its reason; unscanned counts as odd (RULES.md)
verdict() {
	sed -n 's/^\(part=[0-9]* \)*verdict=\([a-z]*\) why=\([a-z-]*\).*/\2 \3/p;T;q' out |
		sed 's/^unscanned/odd/'
}
# message HEAD FILE: with the content in base64, if there is one
message() {
	printf '%b\r\n' "$1"
	case $2 in
	-) printf '\r\nx\r\n' ;;
	*/uu.txt) printf '\r\n' && cat "$2" ;;
	*) printf 'Content-Transfer-Encoding: base64\r\n\r\n' && base64 "$2" ;;
	esac
}

if [ ! -f "$CASES" ]; then
	skip 'names' 'there is no ../shared/cases'
	finish
	exit
fi
/usr/bin/python3 -c 'import zipfile
with zipfile.ZipFile("many.zip", "w") as z:
    for i in range(70000):
        z.writestr("f%d.txt" % i, "")'
cases >list
tab=$(printf '\t')
while IFS=$tab read -r id verdict reason suffixes file head; do
	case $verdict in
	allow) want='' ;;
	*) want="$verdict $reason" ;;
	esac
	set -- -H
	case $file in
	-) ;;
	*/many.zip) file=many.zip ;;
	*) file=$SHARED/cases/$file ;;
	esac
	[ "$file" = - ] || set -- "$@" -F "$file"
	# shellcheck disable=SC2086
	printf '%b\r\n\r\n' "$head" | suffixcheck "$@" $suffixes >out 2>err
	is "$(verdict)" "$want" "$id: $reason"
	rm -rf w
	message "$head" "$file" >m
	mimesplit w <m >/dev/null 2>err || cat err
	# shellcheck disable=SC2086
	suffixcheck w $suffixes >out 2>err
	case $file in
	*/winmail.dat) want='banned suffix' ;;	# mimesplit opens it
	esac
	is "$(verdict)" "$want" "$id, by way of a manifest"
done <list
ok $(($(wc -l <list) < 180)) 'there were many'

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
