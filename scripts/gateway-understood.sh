# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC1091,SC2015,SC2034,SC2153,SC2154
# gateway-understood.sh: is it a Postfix that we understand, and one that does what it is
# to do once our settings are in it?  For gateway-setup, read with `.'.
#
# Each FOLDER has a main.cf and a master.cf; what they mean postconf says.  Each fault is
# said by itself (wrong), and then nothing is changed.

# --- before: what they were before us ------------------------------------------------------

# understood FOLDER: says all that is not
understood() {
	postconf -c "$1" -M 2>"$W/said" | awk '{ print $1 "/" $2, $8 }' >"$W/services"
	[ -s "$W/services" ] || wrong "/etc/postfix/master.cf: postconf says: $(sed 1q "$W/said")"
	_smtp=$(awk '$1 == "smtp/inet" { print $2 }' "$W/services")
	case $_smtp in
	smtpd) ;;
	'') wrong '/etc/postfix/master.cf: there is no service "smtp inet" (is its line a' \
		"comment?): put Debian's back" ;;
	*) wrong "/etc/postfix/master.cf: smtp inet is $_smtp, which is not understood:" \
		"it has to be Debian's smtpd" ;;
	esac
	while read -r name command; do
		case $name in
		smtp/inet) ;;
		multiscan/unix | multiscan-back/unix | multiscan-heartbeat/unix | relaycheck/unix | \
		    *:10026/inet | 10026/inet)
			is_kept master.cf "$name" || wrong "/etc/postfix/master.cf: there is a" \
				"service $name already: take it out" ;;
		*/inet)
			wrong "/etc/postfix/master.cf: $name ($command) takes mail too, which is not" \
				'understood: a gateway does so on port 25 only: make its line a comment' ;;
		esac
	done <"$W/services"
	for name in pickup/unix relay/unix smtp/unix; do
		grep -q "^$name " "$W/services" ||
			wrong "/etc/postfix/master.cf: there is no service $name: put Debian's back"
	done
	understood_settings "$1"
	[ -e "$G/published" ] || replaced "$1"
	case $(postconf -c "$1" -hx inet_protocols 2>/dev/null) in
	*all* | *ipv4*) ;;
	*) wrong '/etc/postfix/main.cf: inet_protocols has no ipv4: the way back from the scanner' \
		'and the heartbeat are on 127.0.0.1: say all (no other address of IPv4 is needed)' ;;
	esac
}
understood_settings() {
	postconf -c "$1" -P 2>/dev/null |
		sed -n 's,^\(smtp/inet\|pickup/unix\|cleanup/unix\)/\([^ ]*\) .*,\1 \2,p' >"$W/said"
	while read -r service name; do
		case $name in
		smtpd_*_restrictions | smtpd_milters | smtpd_milter_maps | smtpd_proxy_filter | \
		    non_smtpd_milters | content_filter | receive_override_options | mynetworks)
			wrong "/etc/postfix/master.cf: ${service%/*} ${service#*/} has -o $name, by" \
				'which what we set would not count: take it out' ;;
		esac
	done <"$W/said"
	values "$1" smtpd_milters smtpd_milter_maps smtpd_proxy_filter non_smtpd_milters \
		content_filter receive_override_options milter_default_action >"$W/said"
	while read -r name _ value; do
		if is_kept main.cf "$name"; then
			kept_front "$name" "$value"
		elif [ -n "$value" ] && [ "$name" != milter_default_action ]; then
			wrong "/etc/postfix/main.cf: $name is $value: there is a filter already," \
				'which is not understood: take it out'
		fi
	done <"$W/said"
}
# values FOLDER NAME...: NAME = VALUE, what these are there or by default
values() {
	_folder=$1
	shift
	postconf -c "$_folder" -x "$@" 2>/dev/null
}
# kept_front NAME VALUE: with this of somebody's own the front does what it is to do
kept_front() {
	case $FRONT,$1,$2 in
	pipe,*smtpd_milters,*multiscan/milter.sock*)
		_why='but multiscan-milter does not run: all mail would be put off: take that one out' ;;
	milter,content_filter,multiscan:*)
		_why='and mail would be judged twice: take it out, or say front pipe' ;;
	milter,milter_default_action,tempfail) return 0 ;;
	milter,milter_default_action,* | milter,*smtpd_milters,*default_action*=*accept*)
		_why='and while multiscan-milter is away mail would pass unseen: say tempfail' ;;
	milter,receive_override_options,*no_milters*)
		_why='and nobody would look at mail: take it out' ;;
	*) return 0 ;;
	esac
	wrong "/etc/postfix/main.cf: $1 was changed by somebody, to $2: it stays so, $_why"
}

# replaced FOLDER: what we set, and somebody has set already for mail that has no route
replaced() {
	settings_of "$1/main.cf" >"$W/settings"
	for name in relay_domains transport_maps virtual_alias_maps relay_recipient_maps \
	    local_recipient_maps smtpd_recipient_restrictions; do
		value=$(sed -n "s/^$name$TAB//p" "$W/settings")
		[ -z "$value" ] || wrong "/etc/postfix/main.cf: $name is $value: it would be" \
			'replaced by what gateway.conf says: give it a route (relay_domains,' \
			'transport_maps) or recipients there, and take it out'
	done
	{
		hostname -f
		cat "$R/etc/mailname" "$R/etc/hostname"
		values "$1" myhostname mydomain | sed 's/^[^=]*= *//'
		echo "$NAME"
		answers route | cut -f 1
	} 2>/dev/null | sed 'p; s/\..*//' >"$W/names"
	values "$1" mydestination | sed 's/^[^=]*= *//' | tr -s ', ' '\n' |
		grep -vixF -f "$W/names" | grep -v '^localhost' >"$W/said"
	while read -r domain; do
		[ -z "$domain" ] || wrong "/etc/postfix/main.cf: mydestination has $domain, which is" \
			'this machine no more then: give it a route, or take it out'
	done <"$W/said"
}

# --- after: with our settings in it -------------------------------------------------------

# looked_at FOLDER: somebody looks at mail there, whatever was kept
looked_at() {
	case $FRONT in
	milter) values "$1" smtpd_milters | grep -q 'unix:multiscan/milter\.sock' ;;
	*) values "$1" content_filter | grep -q '^content_filter *= *multiscan:' ;;
	esac || wrong "/etc/postfix/main.cf: what somebody changed there stays, and nobody would look" \
		"at mail: take out smtpd_milters and content_filter"
}

# elsewhere FOLDER: a domain with a route is of no other class, or nobody in it is known
elsewhere() {
	answers route | cut -f 1 >"$W/domains"
	values "$1" virtual_alias_domains virtual_mailbox_domains >"$W/said"
	while read -r name _ value; do
		printf '%s\n' "$value" | tr -s ', ' '\n' | tr '[:upper:]' '[:lower:]' |
			grep -xF -f "$W/domains" | while read -r domain; do
			wrong "/etc/postfix/main.cf: $name has $domain, which has a route:" \
				'nobody in it would be known: take it out'
		done
		for map in $(printf '%s' "$value" | tr -s ', ' '\n'); do
			case $map in
			*:$MAPS/*) continue ;;		# by default: our aliases
			texthash:* | hash:* | btree:* | lmdb:* | cdb:*) ;;
			*) continue ;;
			esac
			postmap -c "$1" -q - "$map" <"$W/domains" 2>/dev/null |
			    while read -r domain _; do
				wrong "/etc/postfix/main.cf: $name: $map has $domain, which has a route: take it out"
			done
		done
	done <"$W/said"
}
# goes_past FOLDER: FILTER in a table counts before content_filter, and takes mail past us
goes_past() {
	[ "$FRONT" = pipe ] || return 0
	(
		PIPES=multiscan NL='
' MAIL_CONFIG=$1
		export MAIL_CONFIG
		OVER=$(postconf -Px 2>/dev/null)
		# shellcheck disable=SC2317
		warn() { note "$@"; }
		. "$LIB/check-passing.sh"
		asked | while read -r setting map; do table "$setting" "$map"; done
	)
}

# odd_settings FOLDER: what postconf says of it.  It looks into the maps of ldap:, too.
odd_settings() {
	rm -rf "$W/odd.d" && mkdir "$W/odd.d" && cp "$1/master.cf" "$W/odd.d" &&
		sed "s,$MAPS,$1/multiscan,g" "$1/main.cf" >"$W/odd.d/main.cf" || fail "$W: cannot be written"
	settled "$W/odd.d"
	postconf -c "$W/odd.d" -n 2>&1 >/dev/null | sed "s,$W/odd.d/,,"
	postconf -c "$W/odd.d" -M 2>&1 >/dev/null | sed "s,$W/odd.d/,,"
}
