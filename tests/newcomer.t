#!/bin/sh
# SPDX-License-Identifier: ISC
# A newcomer's hour: the README's steps, word for word, on a Debian as it comes; then
# mail from outside and from inside, a virus, somebody who would relay, the report.
# On a Debian that is fresh from the network: `make newcomer'.
# shellcheck disable=SC2016,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$ROOT/tests/debian.sh"
package=${MULTISCAN_PACKAGE:-$(echo "$BUILD"/deb/multiscan_*.deb)}
why=
[ -e "$package" ] || why='no package was made: make deb wants debhelper'
if [ -n "$why" ] || why=$(debian_missing); then
	skip 'a gateway by the README' "$why"
	finish
	exit
fi

# --- what the README says ---------------------------------------------------------

# The block of its section `A gateway' that has this in it, without the indent
block_with() {
	awk -v has="$1" '/^## /{ in_it = /^## A gateway/ }
	    !in_it { next }
	    /^    / { text = text substr($0, 5) "\n"; next }
	    { if (index(text, has)) printf "%s", text; text = "" }' "$ROOT/README.md"
}
# named COMMAND: it is one of the README's steps, as it stands there
named() {
	grep -qxF -- "$1" steps
	ok $? "the README says: $1"
}
# in_readme WORDS: it has them
in_readme() {
	grep -qF -- "\`$1" "$ROOT/README.md"
	ok $? "the README has: $1"
}
block_with 'apt install' | sed 's/ *# .*//; s/ *| less$//' >steps
block_with 'hostname ' >answers

# --- the world around -------------------------------------------------------------

# other SERVER ADDRESS: somebody else's mail server, in the clients' net
other() {
	mkdir "$1"
	from "$BUILD/tools/sink" -t 600 -l "$2" -p 25 -P "$1/port" "$1" >"$1/err" 2>&1 &
	wait_until 5 test -s "$1/port"
}
arrived() (
	set -- "$1"/*.eml
	[ -e "$1" ] || shift
	echo $#
)
has_arrived() { [ "$(arrived "$1")" -ge "$2" ]; }
# mail CLIENT FROM TO <MESSAGE: its answer in ./answer
mail() { from "$BUILD/tools/submit" -s "$GATEWAY" -b "$1" 25 "$2" "$3" >answer 2>&1; }

debian_boot gw1.company.com
ok $? 'a Debian with Postfix, and nothing of ours' || { finish; exit 1; }
other inside "$INSIDE" && other internet "$OUTSIDE"
ok $? 'with a mail server inside, and the Internet'
cleanup=debian_stop

# --- the README's steps -----------------------------------------------------------

# Names are addresses here, since there is no DNS.
cp "$package" "$D/root/" 2>err
ok $? 'the package is there' || { sed 's/^/# /' err; finish; exit 1; }
cp "$ROOT"/samples/*.eml "$D/root/"
named 'apt install ./build/deb/multiscan_0.1-1_amd64.deb clamav-freshclam'
exits 0 'apt install' inside env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y install "/root/${package##*/}" clamav-freshclam
is "$(inside postconf -n | grep -c multiscan)$(inside postconf -M | grep -c multiscan)" 00 \
    'which leaves the mail alone'
is "$(inside systemctl list-units --no-legend --state=running 'multiscan*' 'avscand*')" '' \
    'and starts nothing'
# What freshclam brings, from a mirror that cannot be reached from here.
"$BUILD/tools/gensigs" "$D/var/lib/clamav" 2000 && find "$D/var/lib/clamav" -size 0 -delete

is "$(wc -l <answers)" 5 'five lines of answers'
sed "s/mail\.company\.com/$INSIDE/" answers >"$D/etc/multiscan/gateway.conf"
named 'gateway-setup -n'
exits 1 'what it would change' inside gateway-setup -n
like "$(cat out)" '*+relay_domains = texthash:*' 'is shown'
is "$(inside postconf -n | grep -c multiscan)" 0 'and not done'
named gateway-setup
exits 0 'gateway-setup' inside gateway-setup
sed 's/^/# /' out err
exits 0 'once more' inside gateway-setup
like "$(cat out)" '*nothing*' 'has nothing to do'

# --- each ends as it should -------------------------------------------------------

mail "$OUTSIDE" anna@example.org ben@company.com <"$ROOT/samples/text.eml"
is $? 0 'a clean mail from outside is taken'
wait_until 60 has_arrived inside 1
ok $? 'and arrives'
sed 's/\r$//' inside/1.eml | awk '/^Received:/ || (skip && /^[ \t]/) { skip = 1; next }
    { skip = 0; print }' | cmp -s - "$ROOT/samples/text.eml"
ok $? 'as it was'

mail "$OUTSIDE" anna@example.org ben@company.com <"$ROOT/samples/eicar.eml"
is $? 0 'a mail with a virus is taken'
wait_until 60 has_arrived inside 2
ok $? 'and arrives'
is "$(grep -c 'WDVPIVAlQEFQ' inside/2.eml)" 0 'without the virus'
# The heartbeat's are from this machine.
inside sed -n 's/.*Eicar-Test-Signature virus found and dealt id=\([0-9a-f]*\) .*/\1/p' \
    /var/log/mail.log >ids
id=$(inside runuser -u multiscan -- quarantine list | sed 's/ .*//')
is "$(grep -c -x -- "$id" ids)" 1 'of which the log has a line'
exits 0 'multiscan-why tells of it' inside multiscan-why "$id"
like "$(cat out)" "$id*Eicar-Test-Signature*on_infected*/multiscan.conf:[0-9]*original: */$id*" \
    'what was found, by which rule, and where the original is'
like "$(inside runuser -u multiscan -- quarantine show "$id")" "*ben@company.com*" \
    'the original is kept'

mail "$OUTSIDE" anna@example.org joe@elsewhere.example <"$ROOT/samples/text.eml"
is "$?$(cut -c1-3 answer)" 1554 'nobody from outside may relay'
mail "$OUTSIDE" anna@example.org 'joe%elsewhere.example@company.com' <"$ROOT/samples/text.eml"
is "$?$(cut -c1-2 answer)" 155 'by no trick either'
mail "$INSIDE" ben@company.com "anna@[$OUTSIDE]" <"$ROOT/samples/text.eml"
is $? 0 'mail from inside is taken'
wait_until 60 has_arrived internet 1
ok $? 'and arrives in the Internet'
mail "$INSIDE" ben@company.com "anna@[$OUTSIDE]" <"$ROOT/samples/eicar.eml"
wait_until 60 has_arrived internet 2
is "$(grep -c 'WDVPIVAlQEFQ' internet/2.eml)" 0 'and is scanned, too'

in_readme 'multiscan-check -e'
exits 0 'multiscan-check -e: all is well' inside multiscan-check -e
sed 's/^/# /' out err
in_readme 'runuser -u heartbeat -- multiscan-heartbeat -v'
exits 0 'multiscan-heartbeat: it beats' inside runuser -u heartbeat -- multiscan-heartbeat -v
cp out beat
like "$(cat beat)" 'heartbeat=ok * virusmail=removed cleanmail=arrived *' '	the virus is taken out'
exits 0 '	and as the timer has it' inside systemctl start multiscan-heartbeat.service ||
	inside journalctl -u multiscan-heartbeat --no-pager | sed 's/^/# /'

exits 0 'the report is made' inside systemctl start nightly.service ||
	inside journalctl -u nightly --no-pager | sed 's/^/# /'
page=$D/var/lib/multiscan/report/day.html
is "$(grep -c 'Eicar-Test-Signature' "$page" | sed 's/^[1-9].*/some/')" some 'it names the virus'
is "$(grep -c 'gw1' "$page" | sed 's/^[1-9].*/some/')" some 'and the gateway'
is "$(inside virtally top)" "      2 Eicar-Test-Signature" \
    'two of them, and none by the heartbeat'
is "$(inside systemctl list-units --no-legend --failed | grep -v -e apt -e logrotate)" '' \
    'no unit has failed'

# --- and back ---------------------------------------------------------------------

in_readme 'gateway-setup undo'
exits 0 'gateway-setup undo' inside gateway-setup undo
is "$(inside postconf -n | grep -c multiscan)$(inside postconf -M | grep -c multiscan)" 00 \
    'Postfix is as it was'
exits 0 'apt remove' inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y remove multiscan
is "$(inside sh -c 'ls /usr/bin/multiscan* /usr/lib/multiscan 2>/dev/null')" '' \
    'nothing of ours is left'
finish
