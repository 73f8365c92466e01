#!/bin/sh
# SPDX-License-Identifier: ISC
# The names in archives: those that tools make, and those that lie.
. "${0%/*}/lib.sh"
/usr/bin/python3 "$HERE/archives.py" . || exit 1

# told FILE: its records but for the last, with what is the same in all left out
told() { arcnames "$@" 2>err | sed '/^check=/d; s/^level=1 //; s/name=//'; }
# names WANT STATUS FILE WHAT
names() {
	exits "$2" "$4" arcnames "$3"
	is "$(sed '/^check=/d; s/^level=1 //; s/type=zip //; s/name=//' out)" "$1" "$3: $4"
}

### zip: each name that some reader shows
names 'central:a.txt
unicode:u.exe' 0 unicode.zip 'the field 0x7075'
names 'central:a.txt
local:hidden.exe' 0 local-only.zip 'a header that is in no directory'
names central:a.txt 0 front.zip 'a picture in front'
names central:m.txt 0 moved.zip 'offsets that count from the beginning of the file'
names central:a.txt 0 behind.zip 'much behind'
names 'central:a.txt
central:b.exe' 0 between.zip 'two, and junk between'
names central:a.txt 0 comment.zip 'a comment that looks like an end'
names 'local:a.txt
local:b.exe
why=broken' 1 cut.zip 'a cut one'
names '' 0 empty.zip 'an empty one'
names 'central:l.txt
local:after.exe' 0 later.zip 'behind a member whose size is told later'
like "$(told lie.zip)" '*local:after.exe*why=broken*' 'lie.zip: behind one whose size is a lie'
names central:a.txt 0 zip64.zip 'zip64'
names central:a.txt 0 single.zip 'a marker of a volume, of one'
names 'local:a.txt
central:a.txt
why=broken' 1 nowhere.zip 'an entry without a header'
names 'central:a.txt
why=broken' 1 missing.zip 'fewer entries than are said'
names 'central:a.txt
why=encrypted' 1 encrypted.zip 'encrypted'
names 'central:a.txt
why=encrypted' 1 aes.zip 'by AES'
names 'central:a.txt
why=volume' 1 volume.zip 'the last of several'
names 'local:a.txt
why=volume
why=broken' 1 first.zip 'the first of several'
names 'central:a.zip
why=unlistable' 1 deflate64.zip 'a member that cannot be unpacked'
for target in ../../etc/cron.d/x:up /etc/passwd:root lib/x.so.1:good a.exe:program; do
	names "central:l
link:l link=${target%:*}" 0 "link-${target#*:}.zip" 'a link'
done

for archive in short.zip hollow.zip method.zip; do
	like "$(told $archive)" '*why=broken*' "$archive: two headers that disagree"
done
like "$(told link-renamed.zip)" '*link:a link=../../x' 'link-renamed.zip: a link for one of two headers'
is "$(told hard.cpio | tail -n 1)" 'level=2 type=zip in=i.zip central:a.exe' 'a hard link with the data'
for archive in pointed.zip orphan.zip; do
	like "$(told $archive)" '*local:a.exe*' "$archive: a header that is not met on the way"
done
like "$(told global.tar)" '*header:a.exe*' 'a tar whose names are told in front of all'
like "$(told junk.tar)" '*header:a.exe*' 'a tar with junk in it'
like "$(told size.tar)" '*header:a.exe*' 'a tar with a size that covers the next header'
like "$(told forged7z)" '*central:a.exe*' 'signatures in front of it'
exits 1 'signatures without end' arcnames forgedrar
like "$(cat out)" '*why=limit*' 'are a limit'

names 'type=lha member:%C2%93%C3%BA%C2%96%7B.exe' 0 japan.lzh 'names in a charset that is not told'

### Limits
exits 0 '10,000 names' arcnames most.zip
is "$(tail -n 1 out)" 'check=arcnames names=10000' 'are told'
exits 1 'and one more' arcnames many.zip
is "$(tail -n 2 out)" 'level=1 type=zip why=limit
check=arcnames names=10000' 'is not, and that is said'
exits 1 'megabytes of names' arcnames names.zip
like "$(tail -n 2 out)" 'level=1 type=zip why=limit*' 'are too many too'
exits 0 'a name of 65,000 bytes' arcnames long.zip
is "$(grep -c 'xxx cut=name$\|xxx.exe cut=name$' out)" 2 'is told by both ends'
exits 1 'more than 100 MiB that had to be unpacked' arcnames bomb.gz
is "$(sed 1q out)" 'level=1 type=gzip why=limit' 'is a limit'
exits 1 'in a member too' arcnames bomb.zip
is "$(sed -n '1,3p' out)" 'level=1 type=zip name=central:b.tar
level=1 type=zip why=limit
level=2 type=tar in=b.tar name=member:big' 'and what was seen counts'
exits 0 'much that need not be' arcnames big.zip
is "$(tail -n 2 out | sed 1q)" 'level=2 type=zip in=i.zip name=central:a.exe' 'hides nothing'
exits 0 'a late one' arcnames late.zip
like "$(tail -n 2 out)" 'level=2 type=zip in=z.dat name=central:a.exe*' 'is found too'
exits 1 'one behind more than is kept' arcnames huge.zip
like "$(cat out)" '*type=zip why=limit*' 'is a limit'
names 'type=gzip magic=' 0 empty.gz 'a compressed nothing'
is "$(told deep.gz | sed 1q)" 'type=gzip why=depth' 'deep.gz: 300 layers'
is "$(told layers5)" 'level=5 type=gzip magic=' 'layers5: five layers are opened'
like "$(told layers6)" '*why=depth*' 'layers6: a sixth'
is "$(told -d 1 stored.zip | tail -n 1)" 'type=zip why=depth' '-d 1'

exits 1 'no time' arcnames -t 1 slow
like "$(cat out)" '*why=limit*' 'is a limit too'

### Archives in archives
is "$(told picture.zip)" 'type=zip central:p.jpg
level=2 type=zip in=p.jpg central:a.exe' 'behind a picture in a zip'
is "$(told tar.zip)" 'type=zip central:t.tgz
level=2 type=tar in=t.tgz member:d/a.exe' 'a compressed tar'
is "$(told macro.zip)" 'type=zip central:report.docx
level=2 type=zip in=report.docx central:word/vbaProject.bin' 'a document'

### One file, compressed
is "$(told named.gz)" 'type=gzip header:setup.exe
type=gzip magic=' 'by the name in its header'
is "$(told program.gz)" 'type=gzip magic=.exe' 'by its octets'
is "$(told cut.gz)" 'type=gzip why=broken
type=gzip magic=' 'cut'

### By tools: each kind, and in each compression
mkdir -p d/sub
printf 'MZ\0' >d/a.exe
echo text >d/sub/r.txt
for kind in 7z:7zip tar:ustar tar:pax tar:gnutar cpio:newc cpio:odc zip:zip xar:xar iso:iso9660; do
	bsdtar -cf x --format "${kind#*:}" d
	exits 0 "$kind" arcnames x
	is "$(sed -n 's/.*name=[a-z]*:\(d.*\)/\1/p' out | tr "[:upper:]" "[:lower:]" | sort -u | tr '\n' ' ')" \
	    'd/a.exe d/sub/r.txt ' "$kind: all names"
	is "$(grep -c "type=${kind%:*} " out)" "$(grep -c name= out)" "$kind: by its type"
	bsdtar -cf y.zip --format zip x
	like "$(told y.zip)" "*level=2 type=${kind%:*} in=x *d/a.exe*" "$kind in a zip"
done
for how in z:gzip j:bzip2 J:xz; do
	bsdtar "-c${how%:*}f" x d
	is "$(told x)" 'type=tar member:d/a.exe
type=tar member:d/sub/r.txt' "tar and ${how#*:}"
done
bsdtar -cf - d | zstd -q >x
is "$(told x | sed 1q)" 'type=tar member:d/a.exe' 'tar and zstd'
bsdtar -cf x --format ar -C d a.exe
is "$(told x)" 'type=ar member:a.exe' 'ar'
bsdtar -cf x --format iso9660 --options iso9660:joliet,iso9660:!rockridge d
like "$(told x | tr "[:upper:]" "[:lower:]")" '*member:d/a.exe*' 'iso with Joliet alone'
(printf 'MZ\0\0'; head -c 9000 /dev/zero; bsdtar -cf - --format 7zip d) >x
like "$(told x)" 'type=7z member:d/a.exe*' 'a 7z behind a program'
bsdtar -cf x --format 7zip d
head -c 60 x >y
is "$(told y)" 'type=7z why=broken' 'a cut 7z'

### The readers can be chosen
is "$(told -x 7z x)" 'type=7z why=unlistable' '-x: a reader that is off'
is "$(told -x iso -x rar x | sed 1q)" 'type=7z member:d/a.exe' 'and others that are not'
exits 64 'one that is none' arcnames -x nothing x

### No archives
for file in constants.exe "$0" /dev/null; do
	[ -f "$file" ] && names '' 0 "$file" 'no archive'
done
: >nothing
names '' 0 nothing 'an empty file'
exits 64 'a folder' arcnames .
exits 75 'nothing there' arcnames none
exits 64 'no file' arcnames
exits 0 'standard input' sh -c 'arcnames - <front.zip'
exits 64 'that is no file' sh -c 'cat front.zip | arcnames -'
exits 75 'a full standard output' sh -c 'arcnames front.zip >/dev/full'
# Whatever the caller's locale is.
mkdir n
: >"n/$(printf 'r\303\251.exe')"
LC_ALL=C.UTF-8 bsdtar -cf x --format 7zip n
for locale in C xx C.UTF-8; do
	LC_ALL=$locale arcnames x >out
	is "$(sed 1q out)" 'level=1 type=7z name=member:n/r%C3%A9.exe' "a name in UTF-8, LC_ALL=$locale"
done

### The cases
if [ -d "$SHARED/cases/archives" ]; then
	for file in "$SHARED"/cases/archives/*; do
		timeout 60 arcnames "$file" >out 2>err
		case $?$(cat err) in
		0 | 1) ok 0 "${file##*/}: in time and without a word" ;;
		*) ok 1 "${file##*/}: $(cat err)" ;;
		esac
	done
else
	skip 'the archives of the cases' 'there is no ../shared/cases'
fi
finish
