#!/bin/sh
# SPDX-License-Identifier: ISC
# What suffixcheck makes of contents: of parts in a work directory, by hand, and in
# the whole flow.
# shellcheck disable=SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"
/usr/bin/python3 "$HERE/archives.py" . small || exit 1

# mail FILE NAME [TYPE]: a message with it into ./mail, and its work directory ./w
mail() {
	{
		printf '%s\n' 'From: a@example.org' 'MIME-Version: 1.0' \
		    'Content-Type: multipart/mixed; boundary=b' '' --b 'Content-Type: text/plain' '' text \
		    --b "Content-Type: ${3:-application/octet-stream}; name=\"$2\"" \
		    'Content-Transfer-Encoding: base64' ''
		base64 "$1"
		echo --b--
	} >mail
	rm -rf w
	mimesplit w <mail >/dev/null
}
# says WANT FILE NAME [TYPE]: the verdict on such an attachment, with its name's end
says() {
	mail "$2" "$3" "${4-}"
	suffixcheck w exe lnk msi >out 2>err
	is "$(sed -n 's/^part=2 verdict=//p' out)$(cat err)" "$1" "$2 as $3"
}

### By octets
printf 'MZ\0' >program
echo 'MZ is text' >text
says 'banned why=magic suffix=.exe name=type:photo.jpg' program photo.jpg
says '' text photo.jpg
printf 'name: x\n\n' | suffixcheck -H -F program js >out
is $? 0 'one that is not listed is none'

printf '%s\n' exe js '!setup-acme.exe' '!*.pdf.js' >list
mail program setup-acme.exe
exits 0 'a program whose name is excepted' suffixcheck -L ./list w
mail program a.pdf.js
exits 1 'one whose name is excepted as something else' suffixcheck -L ./list w
like "$(cat out)" '*why=magic suffix=.exe*' 'is banned'

### In archives
says 'banned why=inner suffix=.exe name=local:hidden.exe' local-only.zip a.zip
says 'banned why=inner suffix=.exe name=unicode:u.exe' unicode.zip a.zip
says 'banned why=inner suffix=.exe name=central:a.exe' picture.zip a.zip
says 'banned why=inner suffix=.exe name=central:a.exe' big.zip a.zip
says 'banned why=inner suffix=.exe name=local:b.exe' cut.zip a.zip
says '' front.zip a.zip
says 'unscanned why=encrypted name=type:a.zip' encrypted.zip a.zip
says 'unscanned why=volume name=type:a.zip' volume.zip a.zip
says 'unscanned why=limit name=type:a.zip' many.zip a.zip
says 'unscanned why=depth name=type:a.bz2' layers6 a.bz2
says 'unscanned why=broken name=type:a.zip' missing.zip a.zip
says 'odd why=link name=link:l' link-up.zip a.zip
says 'odd why=link name=link:l' link-root.zip a.zip
says 'odd why=link name=link:l' link-program.zip a.zip
says '' link-good.zip a.zip
says 'odd why=link name=member:s' link.tar a.tar
says 'odd why=macro name=central:word/vbaProject.bin' macro.zip a.zip

says 'banned why=inner suffix=.exe name=member:setup.exe' hard.tar a.tar
says 'banned why=inner suffix=.exe name=central:a.exe' forged7z photos.bin
for i in 0 1 2 3; do
	mail "dots$i.zip" a.zip
	suffixcheck w exe >out
	like "$(cat out)" '*banned why=inner suffix=.exe name=central:a.exe*' "dots$i.zip"
done

### One file, compressed
says 'banned why=inner suffix=.exe name=header:setup.exe' named.gz a.gz
says 'banned why=inner suffix=.exe name=type:setup.exe.GZ' cut.gz setup.exe.GZ
says 'banned why=magic suffix=.exe name=type:a.gz' program.gz a.gz
says 'unscanned why=broken name=type:a.gz' cut.gz a.gz
says 'odd why=mismatch name=type:setup.exe.gz' text setup.exe.gz

### By name and octets
says 'unscanned why=volume name=type:a.z01' text a.z01
says 'unscanned why=volume name=type:a.001' front.zip a.001
says '' text a.001
says 'odd why=mismatch name=type:a.txt' zip64.zip a.txt
says 'odd why=mismatch name=type:a.zip' text a.zip
says '' text a.zip application/applefile
says 'odd why=bidi name=type:%E2%80%AEa.zip
unscanned why=encrypted name=type:%E2%80%AEa.zip' encrypted.zip "$(printf '\342\200\256a.zip')"

### It can be turned off
mail picture.zip a.zip
exits 0 '-A: not into archives' suffixcheck -A w exe
mail encrypted.zip a.zip
exits 0 'nor is it said of one that it cannot be' suffixcheck -A w exe
mail front.zip a.zip
exits 1 '-x' suffixcheck -x zip w exe
like "$(cat out)" 'part=2 verdict=unscanned why=unlistable *' 'is said of each'
exits 64 '-x of what is none' suffixcheck -x text w exe

### What goes wrong with arcnames is not now, and not clean
mkdir -p bin
cp "$BUILD/bin/suffixcheck" bin/
mail front.zip a.zip
exits 75 'no arcnames' bin/suffixcheck w exe
# lies SCRIPT WHAT: in its place
lies() {
	printf '#!/bin/sh\n%s\n' "$1" >bin/arcnames
	chmod +x bin/arcnames
	exits 75 "one that $2" bin/suffixcheck w exe
	is "$(grep -c check= out)" 0 'is not believed'
}
lies 'exit 0' 'says nothing'
lies 'echo check=arcnames names=0; exit 1' 'has not told why'
lies 'echo level=1 why=broken; echo check=arcnames names=0; exit 0' 'has told why, and is content'
lies 'echo check=arcnames names=0; echo level=1 name=a:b' 'goes on'
lies 'echo "a b"; echo check=arcnames names=0' 'tells no record'
lies 'echo level=1 why=moon; echo check=arcnames names=0; exit 1' 'has a reason of its own'
lies 'echo check=arcnames names=0; kill -9 $$' 'is killed'
lies 'echo level=1 name=b; echo check=arcnames names=0' 'has a name without a source'

### The whole flow
exits 0 'an engine' start_engine
make_front f
# through FILE NAME: such a mail through the pipe; what became of it
through() {
	mail "$1" "$2"
	echo "$(gate mail outside) sent=$(find f/sink -name '*.eml' | wc -l) kept=$(find f/quarantine -name manifest | wc -l)"
}
content=$(base64 <picture.zip | sed 1q)
is "$(through front.zip a.zip)" '0 sent=1 kept=0' 'an honest archive goes on'
is "$(through picture.zip a.zip)" '0 sent=1 kept=1' 'one with a program in it'
is "$(grep -c "$content" f/sink/*.eml)" 0 'is not passed on'
like "$(tail -n 1 f/log)" '*verdict=banned why=inner suffix=.exe name=central:a.exe*do=substitute*' 'and the log says why'
is "$(through encrypted.zip a.zip)" '0 sent=1 kept=0' 'an encrypted one'
like "$(cat f/sink/*.eml)" '*X-Multiscan: unscanned; part=2; why=encrypted;*' 'is marked'
is "$(through missing.zip a.zip)" '0 sent=0 kept=1' 'one that cannot be listed is held'
echo 'ARCHIVES_OFF=all' >>f/conf
is "$(through missing.zip a.zip)" '0 sent=1 kept=0' 'ARCHIVES_OFF=all: it goes on'
finish
