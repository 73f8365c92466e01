#!/bin/sh
# SPDX-License-Identifier: ISC
. "${0%/*}/lib.sh"
id=5d2f0a3c9b1e7f604821

# work DIR WORDS...: a work directory whose parts 1, 2, ... have these words
work() {
	dir=$1
	shift
	mkdir -p "$dir/parts"
	echo "part=0 id=$id parts=$(($# + 1)) type=multipart/mixed" >"$dir/manifest"
	n=0
	for words; do
		n=$((n + 1))
		echo "part=$n parent=0 edit=$n type=x/y${words:+ $words}"
	done >>"$dir/manifest"
}

work clean '' name=filename:report.pdf 'name=type:a.txt name=filename:a.jpg'
exits 0 'nothing is found in honest names' suffixcheck clean exe .scr '*.vbs'
is "$(cat out)" "check=suffixcheck id=$id parts=4" 'and what was looked at is said'

work bad name=type:Setup.EXE 'name=type:a.txt name=filename:b.exe name=uu:c.scr' \
    name=filename:x.pdf
exits 1 'listed suffixes are found' suffixcheck bad scr exe
is "$(cat out)" "part=1 verdict=banned why=suffix suffix=.exe name=type:Setup.EXE
part=2 verdict=banned why=suffix suffix=.exe name=filename:b.exe
check=suffixcheck id=$id parts=4" 'one verdict a part, by the first name that hits'

work odd 'name=filename:a%20%28%29%24x.exe%00.txt' 'name=filename:..%5Ca.scr%5C'
exits 1 'a NUL or a path does not hide one' suffixcheck odd exe scr
is "$(sed 1q out)" \
    'part=1 verdict=banned why=nul suffix=.exe name=filename:a%20%28%29%24x.exe%00.txt' \
    'the name stands as the manifest had it'
record -k <out
ok $? 'all of it is records'

work cut 'name=filename:a.txt cut=name' 'name=filename:a.exe name=type:b cut=name' \
    'type=x cut=type cut=name'
exits 1 'names that were cut were not looked at whole' suffixcheck cut exe
is "$(cat out)" "part=1 verdict=unscanned why=limit-names
part=2 verdict=banned why=suffix suffix=.exe name=filename:a.exe
part=3 verdict=unscanned why=limit-names
check=suffixcheck id=$id parts=4" 'unless what there is hits'

long=$(head -c 65000 /dev/zero | tr '\0' A)
work long "name=filename:$long.exe" "name=filename:$long.txt"
exits 1 'a name as long as a record is read to its end' suffixcheck long exe
like "$(head -n 1 out)" 'part=1 verdict=banned*suffix=.exe name=filename:AAA*A cut=name' 'and named as far as it need be'
{ echo "part=0 id=$id parts=2"; printf 'part=1 parent=0 edit=1 name=f:%s%%20.exe\n' "$(
    head -c 65480 /dev/zero | tr '\0' A)"; } >long/manifest
exits 1 'one with no room in the verdict too' suffixcheck long exe
record -k <out
ok $? 'which then still is a record'
is "$(sed 's/AA*//' out)" "part=1 verdict=banned why=suffix suffix=.exe name=f: cut=name
check=suffixcheck id=$id parts=2" 'with the name cut'

printf '# scripts\n\n  .vbs\t# one\n*.EXE\r\njs' >list
exits 1 'a list is read' suffixcheck -L ./list bad
exits 0 'what is not in it is not found' suffixcheck -L ./list clean
echo zip >list
exits 0 'a list is read anew each time' suffixcheck -L ./list bad
echo exe >list
exits 1 'when it has grown too' suffixcheck -L ./list bad
echo scr >list; echo pdf >list2
exits 1 'two lists and words add up' suffixcheck -L ./list -L ./list2 bad zip
is "$(grep -c banned out)" 2 'each with its own hits'

exits 75 'a list that is not there is not an empty one' suffixcheck -L ./none clean exe
like "$(cat err)" '*none*' 'it is named'
exits 75 'a folder is no list' suffixcheck -L ./ clean exe
for line in 'exe scr' '*' a/b '*.vb*' 'e?e'; do
	printf 'com\n%s\n' "$line" >wrong
	exits 64 "a line \`$line' is refused" suffixcheck -L ./wrong clean
	like "$(cat err)" '*wrong: line 2*' 'with its number'
done
: >empty
exits 64 'a list with nothing in it and no word' suffixcheck -L ./empty clean
exits 64 'no suffix at all is a wrong call' suffixcheck clean
like "$(cat err)" '*suffix*usage:*' 'that says what to do'
exits 64 'an empty suffix too' suffixcheck clean ''
exits 64 'and two in one word' suffixcheck clean 'exe scr'
exits 64 'one with a wildcard inside' suffixcheck clean '*.vb*'
exits 64 'an exception, which is of a list' suffixcheck clean exe '!a.exe'
exits 64 'and no folder' suffixcheck
is "$(cat out)" '' 'no record comes of a wrong call'

# The path of a URL names a file (RFC 3986), a host does not.
work url name=location:http://www.example.com name=location:http://www.example.com/ \
    name=location:cid:a@b.com name=location:http://x/y%3Fu=http://www.example.com \
    name=location:http://x/a.com%3Fb 'name=location:http://x/b.com name=type:a.txt'
exits 1 'a location' suffixcheck url com
is "$(sed 1q out)" 'part=5 verdict=banned why=suffix suffix=.com name=location:http://x/a.com%3Fb' \
    'is no file by its host, but by its path'
is "$(grep -c verdict= out)" 1 'and only where there is no other name'

# Names that some client saves as a.exe or shows as something else: the name as
# printf has it, the verdict, and why.
while IFS='|' read -r name want why; do
	# shellcheck disable=SC2059
	{ printf "$name"; printf '\0'; } | suffixcheck -N exe >out 2>err
	is "$(sed -n 's/^verdict=\([a-z]* why=[a-z]*\).*/\1/p' out)" "$want" "$name: $why"
done <<'END'
?a.exe?|odd why=badchar|left out, as sanitizers do, what Windows has not in a name
a.e*xe|odd why=badchar|the same inside
a."exe"|odd why=badchar|the same, quotes
a.e:xe|odd why=badchar|the same, a colon
a.e/xe|odd why=badchar|the same, a separator
a.exe: |banned why=stream|blanks at the end go first, then NTFS has the file a.exe
a.exe: .|banned why=stream|and dots
a.exe: b||but a sentence goes on
a.exe\357\270\217|banned why=suffix|FE0F, a default ignorable (UAX 44), as NFKC_Casefold drops it
a.e\315\217xe|banned why=suffix|034F
a.exe\343\205\244|banned why=suffix|3164, a filler
a.exe\341\236\264|banned why=suffix|17B4
a.exe\363\240\204\200|banned why=suffix|E0100
a.exe/\342\200\213|banned why=suffix|a component that is not seen
a.\033(Bexe|banned why=suffix|ISO-2022-JP (RFC 1468), which is read without encoded words too
a.e\033$B\033(Jxe|banned why=suffix|with JIS between
a.e\033xe|banned why=suffix|the escape alone
a\357\270\222exe|odd why=dotlike|FE12 is 3002 in NFKC, a dot in UTS 46
a.\360\235\233\206x\360\235\233\206|odd why=confusable|1D6C6 is an epsilon in NFKC
a&#12290;exe|odd why=entity|3002 behind a reference
a.exe&#63;.txt|odd why=entity|a question mark
a&#8238;fdp.txt|odd why=entity|202E
a.exe \342\200\213 \342\200\213 \342\200\213 \342\200\213 \342\200\213 \342\200\213 \342\200\213 \342\200\213 \342\200\213 .txt|odd why=spaces|what is not seen between blanks ends no row of them
\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200.txt|odd why=spaces|2800, an empty cell, as in CVE-2024-43461
END

exits 75 'no folder there' suffixcheck none exe
mkdir unfinished
exits 75 'a folder without a manifest is unfinished' suffixcheck unfinished exe
work short name=filename:a
sed -i '$d' short/manifest
exits 75 'a manifest that lacks a part is refused' suffixcheck short exe
is "$(grep -c check= out)" 0 'and no check is claimed'
work odd2 name=a.exe
exits 75 'a name without a source is refused' suffixcheck odd2 exe
work odd3 'name=filename:a b'
exits 75 'and a line that is no record' suffixcheck odd3 exe
exits 75 'a full standard output' sh -c 'suffixcheck clean exe >/dev/full'
exits 75 'a closed one' sh -c 'suffixcheck bad exe >&-'

case $BUILD in
*-asan) skip 'it links libc only' 'a sanitizer is linked' ;;
*)
	is "$(ldd "$BUILD/bin/suffixcheck" | grep -cv -e linux-vdso -e libc.so -e ld-linux -e 'statically linked')" 0 \
	    'it links libc only' ;;
esac
finish
