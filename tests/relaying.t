#!/bin/sh
# SPDX-License-Identifier: ISC
# relaycheck -p behind a real Postfix, which spawns it, asked by swaks: each address
# of a client is one that XCLIENT gives.
# shellcheck disable=SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/master.sh"

if why=$(postfix_missing) || ! command -v swaks >/dev/null; then
	skip 'relaycheck behind a Postfix' "${why:-swaks is not installed}"
	finish
	exit
fi
cp "$BUILD/bin/relaycheck" "$T/relaycheck"
cat >relay.conf <<-END
	internal 192.0.2.0/24 2001:db8:aa::/48
	domains company.com .company.com
	self 203.0.113.25
	hostname mta01.company.com
END
chmod 644 relay.conf
master_make
port=$(free_ports 1)
port=${port% }
# What Postfix would say itself is yes to all: what is refused, relaycheck refused.
cat >>"$C/main.cf" <<-END
	myhostname = mta01.company.com
	mydestination =
	inet_protocols = all
	mynetworks = 127.0.0.0/8
	default_transport = discard
	smtpd_relay_restrictions = check_client_access static:{OK}, reject
	smtpd_recipient_restrictions = check_policy_service unix:private/relaycheck
	smtpd_authorized_xclient_hosts = 127.0.0.1
	smtpd_error_sleep_time = 0
	smtpd_policy_service_max_idle = 300s
END
cat >>"$C/master.cf" <<-END
	127.0.0.1:$port inet n - n - 20 smtpd
	relaycheck unix - n n - 0 spawn user=nobody
	  argv=/usr/bin/env ASAN_OPTIONS=${ASAN_OPTIONS-} $T/relaycheck -p -c $T/relay.conf
	discard unix - - n - - discard
END
cleanup=master_stop
master_start
ok $? 'Postfix runs'

# from CLIENT SENDER RCPT [OPTION]...: Postfix's answer to RCPT
from() {
	client=$1 sender=$2 rcpt=$3
	shift 3
	swaks --server "127.0.0.1:$port" --ehlo client.example --from "$sender" --to "$rcpt" \
	    --xclient-addr "$client" --xclient-name '[UNAVAILABLE]' --quit-after RCPT --timeout 4 \
	    "$@" >said 2>&1
	sed -n '/^ -> RCPT/,$s/^<..* \([245][0-9][0-9]\) /\1 /p' said | sed 1q
}
out=198.51.100.7
like "$(from $out a@b.example joe@company.com)" '250 *' 'mail for us'
like "$(from $out '<>' joe@a.company.com)" '250 *' 'from nobody, too'
like "$(from $out a@b.example bob@victim.example)" \
    '554 5.7.1 *Recipient address rejected: relaying denied' 'for somebody else: refused, and why'
like "$(from 192.0.2.9 a@b.example bob@victim.example)" '250 *' 'from inside it is taken'
like "$(from IPv6:2001:db8:aa::1 a@b.example bob@victim.example)" '250 *' 'by IPv6'
like "$(from IPv6:2001:db8:ab::1 a@b.example bob@victim.example)" '554 5.7.1 *' 'but not from beside it'
like "$(from $out a@b.example 'bob%victim.example@company.com')" '554 5.7.1 *by % in*' 'a % is no way round'
like "$(from $out a@b.example 'bob%a.company.com@company.com')" '250 *' 'unless it leads to us'
like "$(from $out a@b.example '"bob@victim.example"@company.com')" '554 5.7.1 *quoted*' 'nor are quotes'
like "$(from $out a@b.example '"bob blow"@company.com')" '250 *' 'which are good for a blank'
like "$(from $out a@b.example 'victim.example!bob@company.com')" '554 5.7.1 *' 'nor is a !'
like "$(from $out a@b.example '@company.com:bob@victim.example')" '554 5.7.1 *' 'nor is a route'
like "$(from $out a@b.example '@x.example:joe@company.com')" '250 *' 'which is taken off'
like "$(from $out a@b.example 'joe@[203.0.113.25]')" '250 *' 'our address'
like "$(from $out a@b.example 'joe@[203.0.113.26]')" '554 5.7.1 *' 'and no other'
like "$(from $out a@b_c.example joe@company.com)" '554 5.1.? *bad sender address' 'a sender that is none'
like "$(from $out a@b.example joe@company.com. )" '554 5.1.3 *' 'a trailing dot'
like "$(from $out a@b.example joe@company.com --xclient-addr '[UNAVAILABLE]')" '450 4.3.5 *' \
    'a client without an address is to come again'

# Several in one session, each by itself.
like "$(from $out a@b.example joe@company.com,bob@victim.example,ann@company.com)" '250 *' 'several:'
is "$(grep -c '^<-  250 2.1.5' said).$(grep -c 'relaying denied' said)" 2.1 '	two are ours, one is not'

# The rules change while Postfix and relaycheck run.
echo 'domains victim.example' >new.conf
mv new.conf relay.conf
like "$(from $out a@b.example bob@victim.example)" '250 *' 'new rules count at once'
like "$(from $out a@b.example joe@company.com)" '554 5.7.1 *' '	all of them'
echo 'domains victim..example' >relay.conf
like "$(from $out a@b.example bob@victim.example)" '450 4.3.5 *the rules for relaying*' \
    'with an error in them mail waits'
rm relay.conf
like "$(from $out a@b.example bob@victim.example)" '450 4.3.5 *' 'and without them'
printf 'domains company.com\ninternal 192.0.2.0/24\n' >relay.conf
chmod 644 relay.conf
like "$(from $out a@b.example joe@company.com)" '250 *' 'until they are good again'
# shellcheck disable=SC2046
kill -9 $(for pid in $(ours); do
	[ "$(readlink "/proc/$pid/exe")" != "$T/relaycheck" ] || echo "$pid"
done)
like "$(from $out a@b.example joe@company.com)" '250 *' 'one that is killed is started again'
! grep -q 'virus found' postfix/log
ok $? 'nothing of it looks like a finding'
finish
