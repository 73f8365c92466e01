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

# cron passes over a file with a dot in its name, so that each has another one in
# /etc/cron.d, and all who name it there name it alike.
for file in "$ROOT"/scripts/*.cron; do
	echo "$(sed -n 's,^# /etc/cron.d/\([^: ]*\):.*,\1,p' "$file")=${file##*/}"
done | sort >pairs
is "$(grep -v '^[A-Za-z0-9_-]*=' pairs)" '' 'each cron file says by which name cron reads it'
sh -c '. "$1" && printf "%s\n" $CRONS' - "$ROOT/scripts/gateway-services.sh" |
    sort >of_setup
same pairs of_setup 'gateway-setup puts it there by that name'
for pages in "$ROOT/man/multiscan-gateway.7" "$ROOT/man/*.[0-9]"; do
	# shellcheck disable=SC2086
	sed -n 's,.*[ /]\([a-z-]*\.cron\) .*/etc/cron.d/\([a-z.-]*\),\2=\1,p' $pages |
	    sort -u >of_pages
	same pairs of_pages "so does who reads ${pages##*/}"
done
sed -n -e "s/.*running '[^']*' \([a-z-]*[a-z]\) .*/\1/p" -e 's,.*/etc/cron.d/\([a-z-]*\) .*,\1,p' \
    "$ROOT"/scripts/check-*.sh | sort -u >of_check
sed 's/=.*//' pairs | sort >names
same names of_check 'multiscan-check looks for these names'

# From there, and with nothing of ours in PATH.
PATH=/usr/bin:/bin
is "$("$prefix/bin/record" part 3 name 'a b')" 'part=3 name=a%20b' 'record runs from there'
mkdir -p work/parts
echo 'part=0 id=5d2f0a3c9b1e7f604821 parts=1 name=filename:a.exe' >work/manifest
exits 1 'suffixcheck too' "$prefix/bin/suffixcheck" work exe

# Postfix would be left without its filter.
mkdir -p "$T/root/var/lib/multiscan/gateway"
exits 2 'make uninstall under a gateway' make_it uninstall
like "$(cat err)" "*gateway-setup undo*" '	says what to do first'
[ -x "$prefix/bin/record" ]
ok $? '	and removes nothing'
rmdir "$T/root/var/lib/multiscan/gateway"

# What is somebody else's in the same prefix stays.
echo theirs >"$prefix/bin/theirs"
exits 0 'make uninstall' make_it uninstall
is "$(cd "$prefix" && find . -type f)" ./bin/theirs 'nothing of ours is left'
is "$(find "$prefix" -name '*multiscan*')" '' 'no folder of ours either'
exits 0 'make uninstall once more does no harm' make_it uninstall
finish
