#!/bin/sh
# SPDX-License-Identifier: ISC
# The Debian package: what is in it, and its life on a Debian with systemd: installed,
# upgraded, not removed while mail needs it, removed, purged.
# shellcheck disable=SC2154
. "${0%/*}/lib.sh"
. "$HERE/debian.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS

for tool in dpkg-buildpackage dh lintian; do
	command -v $tool >/dev/null && continue
	skip 'a package' "no $tool"
	finish
	exit
done
exits 0 'make deb' make -s -C "$ROOT" B="${BUILD#"$ROOT"/}" deb
version=$(sed -n 's/^VERSION *= *//p' "$ROOT/Makefile")
deb=$(echo "$BUILD"/deb/*.deb)
(nice lintian --fail-on error,warning "$deb" >words 2>&1; echo $? >lintian) &
lintian=$!

# --- what is in it ------------------------------------------------------------------

is "${deb##*/}" "multiscan_$version-1_$(dpkg --print-architecture).deb" \
    'its version is that of the Makefile'
is "$(sed -n '/^[0-9][^ ]*$/{p;q;}' "$ROOT/CHANGES")" "$version" 'and the newest in CHANGES'
dpkg-deb -R "$deb" x
is "$(cd x && find etc lib usr ! -type l ! -perm 644 ! -perm 755)" '' 'modes are 644 and 755'
is "$(dpkg-deb -c "$deb" | awk '$2 != "root/root"')" '' "all is root's"
is "$(find x/usr/local x/var x/run x/etc/systemd x/etc/cron* 2>/dev/null)" '' \
    'nothing in /usr/local, nothing enabled'
is "$(grep -rl /usr/local x/etc x/lib x/usr/lib x/usr/share/multiscan | sed 's,.*/,,' |
    sort -u)" multiscan.conf 'what names places names those of the package'
missing=
for page in "$ROOT"/man/*.[0-9]; do
	name=${page##*/}
	set -- "x/usr/share/man/man${name##*.}/$name"*.gz
	[ -f "$1" ] || missing="$missing $name"
done
for command in "$ROOT"/cmd/*/; do
	command=${command%/}
	[ -x "x/usr/lib/multiscan/bin/${command##*/}" ] || missing="$missing ${command##*/}"
done
is "$missing" '' 'every command and every page'
for name in allowed guard held nightly notice record reinject stow; do
	find x/usr/bin x/usr/share/man -name "$name" -o -name "$name.1.gz"
done >taken
is "$(cat taken)" '' 'none has a name that others have'
sort x/DEBIAN/conffiles >settings
is "$(tr '\n' ' ' <settings)" "/etc/logrotate.d/multiscan /etc/multiscan/conversions \
/etc/multiscan/multiscan.conf /etc/multiscan/sigupdate.conf " "these are the site's"

# A library that is linked statically is named with its version, and in the copyright.
grep -o -e '-l:lib[a-z0-9]*\.a' "$ROOT/Makefile" | sort -u | while read -r library; do
	file=$(readlink -f "$(gcc -print-file-name="${library#-l:}")")
	package=$(grep -lxF -e "$file" -e "/usr${file#/usr}" /var/lib/dpkg/info/*.list |
	    sed 's,.*/,,; s/[.:].*//')
	source=$(dpkg-query -W -f '${source:Package} (= ${source:Version})' "$package")
	case $(dpkg-deb -f "$deb" Built-Using), in
	*"$source,"*) ;;
	*) echo "$library" ;;
	esac
	grep -q "($package)" x/usr/share/doc/multiscan/copyright || echo "$package"
done >missing
is "$(cat missing)" '' 'each library in the programs is in Built-Using and in copyright'

# --- its life -----------------------------------------------------------------------

# What others do when something is installed (an index of pages) is no matter.
package() { inside dpkg --no-triggers --force-unsafe-io "$@"; }

# There is $D/root/newer.deb: a version to come, with other defaults
make_newer() {
	sed -i 's/^Version: .*/Version: 99-1/' x/DEBIAN/control
	echo '! newer' >>x/etc/multiscan/conversions
	dpkg-deb -Znone --root-owner-group -b x "$D/root/newer.deb" >/dev/null
}

# all_files: those there are, but for the backups of the lists of users, and folders of
# systemd's that are not there while they are empty
all_files() {
	inside find /etc /usr/bin /usr/sbin /lib/systemd /usr/lib/systemd /usr/lib/sysusers.d \
	    /usr/lib/tmpfiles.d /usr/lib/multiscan /usr/share/multiscan /usr/share/man \
	    /usr/share/doc/multiscan /usr/share/lintian/overrides /var/lib/multiscan \
	    /var/log/multiscan /var/spool/multiscan 2>/dev/null |
	    grep -vE '^/etc/(passwd|shadow|group|gshadow)-$|/\.pwd\.lock$|\.wants$' | sort
}

# units: ours, a line each, less those that others are made of
units() {
	find "$ROOT/systemd" -name '*.[a-z]*' ! -name '*@*' ! -name 'multiscan.*' -printf '%f\n'
}

# process UNIT: that of it, or 0
process() { inside systemctl show -p MainPID --value "$1"; }

installed() {
	all_files >before
	inside postconf -n >postfix
	exits 0 'it is installed' package -i /root/first.deb
	inside postconf -n | cmp -s - postfix
	ok $? 'and has changed nothing of Postfix'
	for unit in $(units); do
		state=$(inside systemctl is-enabled "$unit")/$(inside systemctl is-active "$unit")
		case $state in
		disabled/inactive | static/inactive) ;;
		*) echo "$unit: $state" ;;
		esac
	done >states
	is "$(cat states)" '' 'nothing is enabled, and nothing runs'
	is "$(inside id -nG sigupdate) $(inside id -nG virtally)" \
	    'sigupdate multiscan virtally adm multiscan' 'the users are there'
	is "$(inside stat -c '%a %U:%G %n' /var/spool/multiscan /var/spool/multiscan/work \
	    /var/log/multiscan /var/lib/multiscan/sigs /var/lib/multiscan/report)" \
	    '700 multiscan:multiscan /var/spool/multiscan
700 multiscan:multiscan /var/spool/multiscan/work
2750 multiscan:adm /var/log/multiscan
755 sigupdate:sigupdate /var/lib/multiscan/sigs
755 virtally:virtally /var/lib/multiscan/report' 'and the folders'
	for command in x/usr/bin/*; do
		command=${command##*/}
		inside "$command" -V >said 2>&1 </dev/null
		grep -qxF "$command (multiscan) $version" said || echo "$command"
	done >wrong
	is "$(cat wrong)" '' 'every command runs by its name'
}

upgraded() {
	# There is no official set, of which it says so.
	exits 1 'signatures' inside runuser -u sigupdate -- sigupdate update
	exits 0 'the engine starts' inside systemctl start avscand
	printf 'Subject: a test\n\nclean\n' >mail
	like "$(inside timeout 60 multiscan <mail 2>&1)" '*would deliver it, untouched' \
	    'a message is judged'
	exits 0 'and the milter' inside sh -c 'install -d -o multiscan -g postfix -m 2750 \
	    /var/spool/postfix/multiscan && systemctl start multiscan-milter'
	was=$(process avscand) milter=$(process multiscan-milter)
	socket=$(inside stat -c %i /run/multiscan/avscand.sock)
	sed -i 's/^NOTIFY_TO=.*/NOTIFY_TO=admin@company.com/' "$D/etc/multiscan/multiscan.conf"
	exits 0 'an upgrade' package -i /root/newer.deb
	is "$(sed -n 's/^NOTIFY_TO=//p' "$D/etc/multiscan/multiscan.conf")" admin@company.com \
	    'keeps what the site has set'
	is "$(tail -n 1 "$D/etc/multiscan/conversions")" '! newer' 'and brings the rest'
	now=$(process avscand)
	[ "$now" -gt 0 ] && [ "$now" -ne "$was" ]
	ok $? 'the engine that ran is the new one'
	is "$(inside stat -c %i /run/multiscan/avscand.sock)" "$socket" \
	    'its socket was there all the time'
	now=$(process multiscan-milter)
	[ "$milter" -gt 0 ] && [ "$now" -gt 0 ] && [ "$now" -ne "$milter" ]
	ok $? 'so is the milter'
	is "$(inside systemctl is-active multiscan-heartbeat.timer)" inactive 'what did not run does not'
}

# `remove' is what dpkg asks it before.
refused() {
	inside mkdir -p /var/lib/multiscan/gateway
	exits 1 "a gateway's is not removed" package -r multiscan
	like "$(cat err)" "*first run \`gateway-setup undo'*" 'it says what to do'
	is "$(inside systemctl is-active avscand)" active 'and goes on'
	inside rm -r /var/lib/multiscan/gateway
	cp "$D/etc/postfix/master.cf" "$D/etc/postfix/main.cf" .
	echo '  user=multiscan argv=/usr/lib/multiscan/bin/guard' >>"$D/etc/postfix/master.cf"
	exits 1 'nor while master.cf names a command of it' \
	    inside sh /var/lib/dpkg/info/multiscan.prerm remove
	cp master.cf "$D/etc/postfix"
	echo 'smtpd_milters = unix:multiscan/milter.sock' >>"$D/etc/postfix/main.cf"
	exits 1 'nor while main.cf names its socket' \
	    inside sh /var/lib/dpkg/info/multiscan.prerm remove
	cp main.cf "$D/etc/postfix"
	printf '%s\n' 'multiscan unix - n n - 6 pipe user=multiscan' '  argv=/usr/bin/multiscan-pipe -i' \
	    >>"$D/etc/postfix/master.cf"
	exits 1 'nor while it is called by its short name' \
	    inside sh /var/lib/dpkg/info/multiscan.prerm remove
	cp master.cf "$D/etc/postfix"
	printf '%s\n' 'smtpd_milters =' '  # ours' '  unix:multiscan/milter.sock' >>"$D/etc/postfix/main.cf"
	exits 1 'nor while a line below names its socket' \
	    inside sh /var/lib/dpkg/info/multiscan.prerm remove
	cp main.cf "$D/etc/postfix"
	asked_by_tcp
}

# asked_by_tcp: the same for its port, which is no other's
asked_by_tcp() {
	unit=$D/etc/systemd/system/multiscan-milter.service.d
	mkdir "$unit"
	cat >"$unit/port.conf" <<-'END'
	[Service]
	ExecStart=
	ExecStart=/usr/lib/multiscan/bin/multiscan-milter \
	  -l tcp:127.0.0.1:8899
	END
	echo 'smtpd_milters = inet:127.0.0.1:8891, inet:192.0.2.7:8899' >>"$D/etc/postfix/main.cf"
	exits 0 'a milter at another port, or place, is no matter' \
	    env DPKG_ROOT="$D" sh x/DEBIAN/prerm remove
	cp main.cf "$D/etc/postfix"
	for asks in inet:localhost:8899 '{inet:8899@127.0.0.1, connect_timeout=5s}'; do
		echo "smtpd_milters = inet:127.0.0.1:8891, $asks" >>"$D/etc/postfix/main.cf"
		exits 1 "nor while Postfix asks $asks" inside sh /var/lib/dpkg/info/multiscan.prerm remove
		like "$(cat err)" "*smtpd_milters *names its milter's port*" '	which is said'
		cp main.cf "$D/etc/postfix"
	done
	rm -r "$unit"
	echo '127.0.0.1:10025 inet n - n - - smtpd -o smtpd_milters=inet:[::1]:8898' >>"$D/etc/postfix/master.cf"
	exits 0 'a port that nobody says is ours' env DPKG_ROOT="$D" sh x/DEBIAN/prerm remove
	inside perl -e 'sleep 60' multiscan-milter -l 'tcp:[::1]:8898' &
	runs=$!
	wait_until 5 inside sh -c 'grep -sqa "multiscan[-]milter" /proc/[0-9]*/cmdline'
	exits 1 'but is, by who listens there' inside sh /var/lib/dpkg/info/multiscan.prerm remove
	kill $runs
	cp master.cf "$D/etc/postfix"
}

removed() {
	held=/var/spool/multiscan/quarantine/5d2f0a3c9b1e7f604821
	inside install -d -o multiscan -m 700 "$held"
	exits 0 'it is removed' package -r multiscan
	is "$(inside systemctl is-active avscand avscand.socket multiscan-milter | tr '\n' ' ')" \
	    'inactive inactive inactive ' 'the engine is stopped, and the milter'
	all_files | comm -13 before - | grep -v '^/var' >left
	is "$(cat left)" "$(echo /etc/multiscan | sort - settings)" 'what the site has set stays'
	[ -d "$D/$held" ]
	ok $? 'and what is held'
	exits 0 'it is purged' package -P multiscan
	like "$(cat out err)" '*stays in /var/spool/multiscan/quarantine*' 'it says that mail stays'
	all_files >after
	is "$(comm -13 before after)" "${held%/*/*}
${held%/*}
$held" 'and nothing else does'
	is "$(comm -23 before after)" '' 'nothing of others is gone'
}

if why=$(debian_missing); then
	skip 'its life' "$why"
elif debian_boot; then
	cp "$deb" "$D/root/first.deb"
	make_newer
	installed
	upgraded
	refused
	removed
	debian_stop
else
	ok 1 'a Debian of its own'
fi

wait $lintian
ok "$(cat lintian)" 'lintian has no word' || sed 's/^/# /' words
finish
