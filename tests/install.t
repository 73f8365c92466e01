#!/bin/sh
# SPDX-License-Identifier: ISC
# Installed elsewhere it works from there, and goes without a trace.
. "${0%/*}/lib.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS
case $BUILD in
*-asan) config=asan ;;
*-cov) config=cov ;;
*) config=release ;;
esac

make_it() {
	make -s -C "$ROOT" B="${BUILD#"$ROOT"/}" CONFIG="$config" DESTDIR="$T/root" PREFIX=/opt/scan "$@"
}

exits 0 'make install' make_it install
prefix=$T/root/opt/scan
for command in "$ROOT"/cmd/*; do
	[ -x "$prefix/bin/${command##*/}" ]
	ok $? "bin/${command##*/} is there"
done
for page in "$ROOT"/man/*.[0-9]; do
	sed 's,/usr/local/,/opt/scan/,g' "$page" >placed
	same placed "$prefix/share/man/man${page##*.}/${page##*/}" "the page ${page##*/} too"
done
for set in "$ROOT"/signatures/*; do
	same "$set" "$prefix/share/multiscan/signatures/${set##*/}" "the signatures ${set##*/}"
done
for unit in "$ROOT"/systemd/*.service "$ROOT"/systemd/*.timer; do
	[ -f "$prefix/lib/systemd/system/${unit##*/}" ]
	ok $? "the unit ${unit##*/}"
done
for kind in sysusers tmpfiles; do
	same "$ROOT/systemd/multiscan.$kind" "$prefix/lib/$kind.d/multiscan.conf" "$kind.d has its file"
	[ ! -e "$prefix/lib/systemd/system/multiscan.$kind" ]
	ok $? 'which is no unit'
done
is "$(grep -rl /usr/local/ "$prefix/lib" "$prefix/share" | sed 's,.*/,,')" multiscan.conf \
    'what names places names those of this installation'
is "$(find "$prefix" -type f -perm /022)" '' 'nothing that others may write'

# From there, and with nothing of ours in PATH.
PATH=/usr/bin:/bin
is "$("$prefix/bin/record" part 3 name 'a b')" 'part=3 name=a%20b' 'record runs from there'
mkdir -p work/parts
echo 'part=0 id=5d2f0a3c9b1e7f604821 parts=1 name=filename:a.exe' >work/manifest
exits 1 'suffixcheck too' "$prefix/bin/suffixcheck" work exe

# What is somebody else's in the same prefix stays.
echo theirs >"$prefix/bin/theirs"
exits 0 'make uninstall' make_it uninstall
is "$(cd "$prefix" && find . -type f)" ./bin/theirs 'nothing of ours is left'
is "$(find "$prefix" -name '*multiscan*')" '' 'no folder of ours either'
exits 0 'make uninstall once more does no harm' make_it uninstall
finish
