#!/bin/sh
# SPDX-License-Identifier: ISC
# Who is postmaster of a gateway: what gateway-setup makes, used by a Postfix of our own.
# By each name and address of the machine it is the one of gateway.conf (RFC 5321, 4.5.1),
# and nobody else is anybody there.
# shellcheck disable=SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/master.sh"
if why=$(postfix_missing); then
	skip 'who is postmaster' "$why"
	finish
	exit
fi
master_make
port=$(free_ports 1)

mkdir -p root/etc/postfix root/usr/sbin root/lib/systemd
echo 'compatibility_level = 3.6' >root/etc/postfix/main.cf
cat >root/etc/postfix/master.cf <<-END
	smtp inet n - y - - smtpd
	pickup unix n - y 60 1 pickup
	smtp unix - - y - - smtp
	relay unix - - y - - smtp
END
touch root/usr/sbin/rsyslogd root/lib/systemd/systemd
chmod 755 root/usr/sbin/rsyslogd
cat >answers <<-END
	hostname gw1.company.com
	internal 192.0.2.0/24
	route company.com 192.0.2.77
	postmaster admin@company.com
	front milter
	self 192.0.2.10 2001:db8::10
END
exits 0 'gateway-setup makes its files' gateway-setup -R "$T/root" -c answers -o "$T/made"

# Of its main.cf what says who is here; in place of servers, nobody.
grep -E '^(my|relay_domains|parent_domain|local_recip|virtual_alias_maps|proxy_int|smtpd_relay|transport)' \
    made/etc/postfix/main.cf | sed "s,/etc/postfix/multiscan,$T/made/etc/postfix/multiscan,g" >settings
chmod 711 made made/etc made/etc/postfix made/etc/postfix/multiscan
sed -i 's/ relay:.*/ discard:/; s/ multiscan-heartbeat:.*/ discard:/; s/ local:.*/ local:/' made/etc/postfix/multiscan/*
sed -i '/^local_recipient_maps/d' "$C/main.cf"
cat settings - >>"$C/main.cf" <<-END
	inet_interfaces = 127.0.0.1
	relay_transport = discard
	default_transport = error:nobody
	smtpd_error_sleep_time = 0
	smtpd_recipient_restrictions = reject_unauth_destination
END
cat >>"$C/master.cf" <<-END
	127.0.0.1:$port inet n - n - 20 smtpd
	discard unix - - n - - discard
	error unix - - n - - error
	local unix - n n - - local
END
master_start
ok $? 'Postfix runs'

# to ADDRESS: Postfix's answer to a mail to him
to() { "$BUILD/tools/submit" "$port" a@b.example "$1" <"$ROOT/samples/text.eml" 2>&1; }
# went_to ADDRESS: where it went, once it did
went_to() {
	queue=$(to "$1" | tee answer | sed -n 's/.*queued as \([0-9A-Za-z]*\).*/\1/p')
	[ -n "$queue" ] || { cat answer; return; }
	wait_for 20 grep -q "$queue: to=" postfix/log
	sed -n "s/.*$queue: to=<\([^>]*\)>.*relay=\([a-z]*\),.*status=\([a-z]*\).*/\1 \2 \3/p" postfix/log
}
for name in postmaster abuse root; do
	for place in @gw1.company.com @localhost '@[127.0.0.1]' '@[192.0.2.10]' ''; do
		is "$(went_to "$name$place")" 'admin@company.com none sent' "$name$place is the postmaster"
	done
done
is "$(went_to 'PostMaster@[127.0.0.1]')" 'admin@company.com none sent' '	in capitals, too'
like "$(to 'joe@[127.0.0.1]')" '550 5.1.1 *' 'nobody else has an address here'
like "$(to 'joe@[192.0.2.10]')" '550 5.1.1 *' '	nor at another one of it'
like "$(to 'postmaster@[192.0.2.99]')" '554 5.7.1 *' 'what is not here is not the postmaster here'
like "$(to 'joe@postmaster')" '55[04] 5.*' 'nor is there a domain of that name'
is "$(went_to postmaster@company.com)" 'postmaster@company.com none sent' 'one of a domain with a route is his own'
finish
