#!/bin/sh
# SPDX-License-Identifier: ISC
# Lists of suffixes: those shipped, a site's own, and its exceptions.
. "${0%/*}/lib.sh"

# names NAME...: on standard output, with a NUL behind each
names() { printf '%s\0' "$@"; }
# banned LIST NAME...: those of the names that are banned by ./LIST
banned() {
	file=./$1
	shift
	names "$@" | suffixcheck -N -L "$file" >out 2>err
	sed -n 's/^verdict=banned .*name=given://p' out | tr '\n' ' '
}

### Those shipped
for list in "$ROOT"/suffixes/*; do
	name=${list##*/}
	same "$list" "$BUILD/share/multiscan/suffixes/$name" "$name: is beside the programs"
	names a.exe a.pdf | suffixcheck -N -L "$name" >out 2>err
	is "$?" 1 "$name: is found by its name"
	is "$(grep -c banned out)" 1 "$name: has .exe and not .pdf"
	grep -v '^#' "$list" | sort -c 2>err
	ok $? "$name: is in order"
	grep -v '^#' "$list" | sort | uniq -d >twice
	is "$(cat twice)" '' "$name: has nothing twice"
	is "$(grep -v '^#' "$list" | grep -vx '[.][a-z0-9_-]*')" '' "$name: a suffix a line"
	grep -q '^#' "$list"
	ok $? "$name: says where it is from"
done
is "$(grep -v '^#' "$ROOT/suffixes/2002" | tr '\n' ' ')" '.exe .scr .vbs ' \
    '2002: the list of then, and .scr is what was meant'
is "$(banned "../${ROOT#/}/suffixes/2002" a.src; names a.scr | suffixcheck -N -L 2002 |
    grep -c banned)" 1 '2002: stops a screen saver'
[ "$(grep -vc '^#' "$ROOT/suffixes/short")" -le 30 ]
ok $? 'short: is short'
grep -vxF -f "$ROOT/suffixes/outlook" "$ROOT/suffixes/short" | grep -v '^#' >more
is "$(cat more)" '' 'short: is a part of outlook'

### Where a name is looked for
mkdir -p there/bin there/share/multiscan/suffixes
cp "$BUILD/bin/suffixcheck" there/bin
echo zip >there/share/multiscan/suffixes/zips
echo zip >there/share/multiscan/suffixes/.hidden
there=$T/there/bin/suffixcheck
names a.zip >given
exits 1 'beside the program, wherever it is' "$there" -N -L zips <given
ln -s "$there" linked
exits 1 'through a link too' ./linked -N -L zips <given
echo pdf >short
exits 64 'a file here is no list by its name alone' "$there" -N -L short <given
like "$(cat err)" '*no list `short*: zips; write ./short for a file' 'it says what there is, and how'
is "$(cat out)" '' 'and nothing else'
exits 0 'with a slash it is' "$there" -N -L ./short <given
exits 1 'wherever it is' "$there" -N -L "$T/there/share/multiscan/suffixes/zips" <given
for name in '' . ..; do
	exits 64 "the name \`$name' is no list" "$there" -N -L "$name" <given
done
exits 64 'a name of any length' "$there" -N -L "$(head -c 5000 /dev/zero | tr '\0' a)" <given
mkfifo fifo
for file in ./fifo /dev/zero /dev/tty; do
	exits 75 "no regular file: $file" timeout 5 suffixcheck -N -L $file <given
done
head -c 1048576 /dev/zero | tr '\0' '\n' >large
exits 0 'a list of 1 MiB' suffixcheck -N -L ./large exe </dev/null
echo >>large
exits 64 'and one of more' suffixcheck -N -L ./large exe </dev/null
like "$(cat err)" '*large: the list has more than 1 MiB*' 'which it says'
mkdir there/share/multiscan/suffixes/folder
exits 75 'a folder of that name' "$there" -N -L folder <given
ln -s nowhere there/share/multiscan/suffixes/gone
exits 75 'a link to nowhere' "$there" -N -L gone <given
rm -r there/share
exits 64 'where none are shipped' "$there" -N -L zips <given

cat >etc <<'EOS'
mount -t tmpfs none /etc || exit 99
mkdir -p /etc/multiscan/suffixes
echo pdf >/etc/multiscan/suffixes/short
echo pdf >/etc/multiscan/suffixes/ours
printf 'a.pdf\0' | suffixcheck -N -L short || echo the site\'s comes first
printf 'a.exe\0' | suffixcheck -N -L short && echo and alone
printf 'a.pdf\0' | suffixcheck -N -L ours || echo one of its own
printf 'a.exe\0' | suffixcheck -N -L gmail || echo the others stay
suffixcheck -N -L none </dev/null
rm /etc/multiscan/suffixes/short
ln -s nowhere /etc/multiscan/suffixes/short
suffixcheck -N -L short </dev/null
echo $?
EOS
if unshare -m true 2>err; then how='unshare -m'; else how='unshare -rm'; fi
$how sh ./etc >out 2>err
if [ $? -ge 99 ] || [ ! -s out ]; then
	skip 'a list of the site' 'no file system can be mounted here'
else
	is "$(grep -v = out)" "the site's comes first
and alone
one of its own
the others stay
75" 'a list of the site is before one that is shipped'
	like "$(cat err)" '*ours short 2002 gmail*/etc/multiscan/suffixes/short*' 'both are told, and one that is broken'
fi

### Exceptions
printf '%s\n' .exe .js '!*.pdf.js # ours' '!Setup-ACME.exe' '!v?.exe' '  !*acme*tool*.EXE' >site
is "$(banned site a.exe b.pdf.js setup-acme.exe B.PDF.JS. SETUP-ACME.EXE a.js xsetup-acme.exe)" \
    'a.exe a.js xsetup-acme.exe ' 'names that are excepted pass'
is "$(banned site vé.exe vx.exe vxx.exe v.exe)" 'vxx.exe v.exe ' '? is a character'
is "$(banned site 'the acme big tool 3.exe' acmetool.exe 'acme tol.exe')" 'acme%20tol.exe ' \
    '* is any number of them'
is "$(banned site ｓetup-acme.exe 'setup-acme.exe ' "setup-acme.exe'")" '' 'they are folded as names are'
is "$(banned site a.exe:setup-acme.exe setup-acme.exe:x.txt x/setup-acme.exe)" \
    'a.exe:setup-acme.exe ' 'each reading is one, the rest of it hits'
names a.exe/setup-acme.exe setup-acme.exe/a.txt a.exe?setup-acme.exe 'setup-acme.exe?.txt' |
	suffixcheck -N -L ./site >out
is "$(sed -n 's/.*why=\(.*\)/\1/p' out)" 'path name=given:a.exe/setup-acme.exe
suffix suffix=.exe name=given:a.exe%3Fsetup-acme.exe' 'odd readings too'
mkdir -p work/parts
{
	echo 'part=0 id=5d2f0a3c9b1e7f604821 parts=3'
	echo 'part=1 parent=0 edit=1 name=f:a.exe%00setup-acme.exe'
	echo 'part=2 parent=0 edit=2 name=f:a.exe%00x%00setup-acme.exe.pdf.js'
} >work/manifest
exits 1 'what a NUL cuts off excepts nothing' suffixcheck -L ./site work
is "$(sed -n 's/.*\(part=.*\) name.*/\1/p' out)" 'part=1 verdict=banned why=suffix suffix=.exe
part=2 verdict=banned why=nul suffix=.exe' 'by the reading up to it'
echo exe >one
echo '!a.exe' >two
exits 0 'exceptions of all lists are one set' sh -c 'printf "a.exe\0" | suffixcheck -N -L ./two -L ./one'
exits 0 'before words too' sh -c 'printf "a.exe\0" | suffixcheck -N -L ./two exe'
exits 64 'exceptions alone are no suffix' suffixcheck -N -L ./two </dev/null
like "$(cat err)" '*at least one suffix*' 'which it says'

long=$(head -c 256 /dev/zero | tr '\0' a)
for line in '!' '! ' '!*' '!*.*' '!?' '!a b.exe' '!a/b.exe' '!a\b.exe' "!$long" '! a.exe' '!​'; do
	printf 'com\n%s\n' "$line" >wrong
	exits 64 "a line \`$(printf '%.20s' "$line")' is refused" suffixcheck -N -L ./wrong </dev/null
	like "$(cat err)" '*wrong: line 2*' 'with its number'
done
# What names are compared without would leave more than was meant.
for line in '!\304*.exe' '\304.exe' '!*\302\255.exe' 'e\302\255xe' '!a\342\200\213*.exe' '.exe\342\200\213'; do
	# shellcheck disable=SC2059
	printf "com\n$line\n" >wrong
	exits 64 "a line $line is refused" suffixcheck -N -L ./wrong </dev/null
	like "$(cat err)" '*wrong: line 2*' 'with its number'
done
printf 'com\n!%s\n' "${long#a}" >right
exits 0 '255 characters are not too many' suffixcheck -N -L ./right </dev/null

### multiscan.conf
mkdir p p/bin spool
ln -s "$BUILD/lib" p/lib
ln -s "$BUILD"/bin/* p/bin
rm p/bin/avscan
cat >p/bin/avscan <<'EOS'
#!/bin/sh
for dir; do :; done
read -r part id parts rest <"$dir/manifest"
echo "check=avscan $id $parts"
EOS
chmod +x p/bin/avscan
MULTISCAN_CONF=$T/conf
export MULTISCAN_CONF
# judged LISTS: what multiscan says of a message with a.exe and b.pdf.js
judged() {
	{
		grep -v '^SUFFIX' "$ROOT/scripts/multiscan.conf"
		printf '%s\n' SUFFIXES= ENGINES=unix:none "SUFFIX_LISTS='$1'" "SPOOL=$T/spool"
	} >conf
	printf '%s\n' 'Content-Type: multipart/mixed; boundary=b' '' \
	    --b 'Content-Disposition: attachment; filename=a.exe' '' x \
	    --b 'Content-Disposition: attachment; filename=b.pdf.js' '' x --b-- |
	    p/bin/multiscan 2>err | sed -n 's/^part \([0-9]*\) .*banned.*/\1/p' | tr '\n' ' '
}
is "$(judged short)" '1 2 ' 'SUFFIX_LISTS: a list by its name'
is "$(judged "2002 $T/site")" '1 ' 'and a file, with its exceptions'
is "$(judged nope)" '' 'one that is not there'
like "$(cat err)" '*no list `nope*' 'is told'

# The slowest: long names that an exception matches nearly, again and again.
many=$(head -c 249 /dev/zero | tr '\0' a)
{ echo exe; for n in 0 1 2 3 4 5 6 7 8 9; do echo "!*$many$n.exe"; done; } >slow
head -c 65530 /dev/zero | tr '\0' a >name
for n in 0 1 2 3 4 5 6 7 8 9; do
	cat name
	printf '.exe\0'
	names "$many$many$many$many.exe" "$many$many$many$many.exe"
done >ten
for n in 0 1 2 3 4 5 6 7 8 9; do cat ten; done >hundred
exits 1 'exceptions do not hold it up' timeout 120 suffixcheck -N -L ./slow <hundred
is "$(grep -c banned out)" 300 'and no file has a name so long'
finish
