# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-postfix.sh: multiscan-check's part postfix.  What its configuration means Postfix
# says itself (postconf); it is never read here.  A gateway may be made in other ways than
# by gateway-setup: what may be right there is a warning.  For wrong, warn and lines see
# multiscan-check.

# main NAME: what main.cf says, or the default.  Those that are always asked for are in
# MAIN.
NAMES='content_filter smtpd_milters non_smtpd_milters milter_default_action queue_directory
inet_interfaces command_time_limit smtpd_relay_restrictions smtpd_recipient_restrictions
smtpd_client_restrictions mynetworks relay_domains mydestination bounce_size_limit'
main() {
	case $NL$MAIN in
	*"$NL$1 = "* | *"$NL$1 ="*) printf '%s\n' "$MAIN" | sed -n "s/^$1 = *//p" ;;
	*) postconf -hx "$1" 2>/dev/null ;;
	esac
}

# of SERVICE NAME: what holds in this service of master.cf (NAME/TYPE), in VALUE
of() {
	case $NL$OVER$NL in
	*"$NL$1/$2 = "*)
		VALUE=${OVER#*"$1/$2 = "}
		VALUE=${VALUE%%"$NL"*}
		;;
	*"$NL$1/$2 ="*) VALUE= ;;
	*) VALUE=$(main "$2") ;;
	esac
}

# seconds TIME: as Postfix writes them, in VALUE
seconds() {
	VALUE=${1%[smhdw]}
	case $VALUE in
	'' | *[!0-9]*) VALUE=0 ;;
	esac
	case $1 in
	*m) VALUE=$((VALUE * 60)) ;;
	*h) VALUE=$((VALUE * 3600)) ;;
	*[dw]) VALUE=$((VALUE * 86400)) ;;
	esac
}

# after WORD LINE: the word behind it, in VALUE
after() {
	VALUE=
	case " $2 " in
	*" $1 "*) VALUE=" $2 " VALUE=${VALUE#*" $1 "} VALUE=${VALUE%% *} ;;
	esac
}

# front SERVICE CHROOT: is what comes there looked at?
front() {
	of "$1" content_filter
	case $VALUE in
	'') ;;
	*)
		filter=${VALUE%%:*}
		line=$(printf '%s\n' "$SERVICES" | grep "^$filter  *unix .*[ /]multiscan-pipe\( \|\$\)")
		if [ -n "$line" ]; then
			PIPES="$PIPES $filter"
		elif ! printf '%s\n' "$SERVICES" | grep -q "^$filter  *unix "; then
			wrong "postfix: $1: content_filter: there is no $filter in master.cf: mail waits"
		else
			warn "postfix: $1: content_filter: $VALUE is not ours"
		fi
		return
		;;
	esac
	of "$1" smtpd_milters
	case $VALUE in
	*multiscan* | *milter.sock*) milter "$1" "$2" "$VALUE" ;;
	?*) warn "postfix: $1: smtpd_milters: $VALUE: none of them looks like ours" ;;
	*)
		case $1 in
		127.*:* | localhost:* | '[::1]:'*) grade=warn ;;	# as behind another filter
		*) grade=wrong ;;
		esac
		$grade "postfix: $1: nobody looks at what comes there: give it content_filter or smtpd_milters"
		;;
	esac
}

# milter SERVICE CHROOT MILTERS: it is there, and where it is not no mail passes
milter() {
	MILTERS="$MILTERS $1"
	of "$1" milter_default_action
	case $VALUE,$3 in
	accept,* | *default_action*=*accept*)
		wrong "postfix: $1: milter_default_action is accept: mail passes unseen: tempfail" ;;
	tempfail,*) ;;
	*) warn "postfix: $1: milter_default_action: $VALUE: tempfail has mail wait" ;;
	esac
	for word in $(printf '%s' "$3" | tr ',{}' '   '); do
		case $word in
		unix:*multiscan* | unix:*milter.sock) ;;
		*) continue ;;
		esac
		word=${word#unix:}
		case $2$word in
		y* | [!y][!/]*) word=$(main queue_directory)/${word#/} ;;
		esac
		if [ ! -S "$word" ]; then
			wrong "postfix: $1: $word: is not there: systemctl start multiscan-milter"
		elif ! as_user postfix test -w "$word"; then
			wrong "postfix: $word: postfix cannot connect: install -d -o multiscan -g postfix" \
				"-m 2750 ${word%/*}, and restart multiscan-milter"
		fi
	done
}

# fronts: each service that takes mail from others, but the way back
fronts() {
	back_port=${NEXT_HOP##*:} BACK='' PIPES='' MILTERS='' seen=''
	while read -r name type _ _ chroot _ _ command _; do
		case $type,$command in
		inet,smtpd | pass,smtpd) ;;
		*) continue ;;
		esac
		case $name in
		"$back_port" | *":$back_port") BACK=$name ;;
		*)
			front "$name/$type" $chroot
			seen=1
			;;
		esac
	done <<-LINES
	$SERVICES
	LINES
	[ -n "$seen" ] || warn 'postfix: no service of master.cf takes mail: smtp inet is not there'
	if [ -n "$MILTERS" ] && [ -z "$(main non_smtpd_milters)" ]; then
		warn 'postfix: non_smtpd_milters: what is sent with sendmail is not looked at'
	elif [ -n "$PIPES" ]; then
		of pickup/unix content_filter
		[ -n "$VALUE" ] || warn 'postfix: pickup: what is sent with sendmail is not looked at'
	fi
}

# way_back: what was scanned, and notices, come in there, from this machine alone, and are
# not scanned again
way_back() {
	case ${NEXT_HOP%:*} in
	127.* | localhost | '[::1]') ;;
	*) return 0 ;;
	esac
	if [ -z "$BACK" ]; then
		wrong "postfix: NEXT_HOP: $NEXT_HOP: master.cf has no smtpd on port $back_port:" \
			'what is scanned cannot come back'
		return
	fi
	of "$BACK/inet" inet_interfaces
	case $BACK,$VALUE in
	127.*:* | localhost:* | '[::1]:'* | *,loopback-only | *,127.0.0.1 | *,localhost) ;;
	*) wrong "postfix: port $back_port is open to others, and nobody looks there: call it 127.0.0.1:$back_port" ;;
	esac
	for name in content_filter smtpd_milters; do
		of "$BACK/inet" $name
		[ -z "$VALUE" ] ||
			wrong "postfix: $BACK: mail goes round and round: -o $name="
	done
}

# pipes: who runs us, how long, and for how many
pipes() {
	for name in $(printf '%s\n' $PIPES | sort -u); do
		line=$(printf '%s\n' "$SERVICES" | grep "^$name  *unix ")
		[ "$(main ${name}_destination_recipient_limit)" = 1 ] ||
			wrong "postfix: ${name}_destination_recipient_limit = 1: else one that is refused holds up others"
		user=${line#* user=} user=${user%%[ :]*}
		case $user in
		"$_user" | "$_me") ;;
		*) warn "postfix: $name: user=$user judges mail: multiscan-check -u $user looks as he does" ;;
		esac
		for word in $line; do
			case $word in
			argv=*) runs "$name" "${word#argv=}" ;;
			*/multiscan-pipe) runs "$name" "$word" ;;
			esac
		done
		case $line in
		*guard\ *) waits $name "$line" ;;
		*) warn "postfix: $name: without guard a run that hangs is bounced: see multiscan-pipe(1)" ;;
		esac
	done
}
# runs SERVICE PROGRAM
runs() {
	[ -x "$2" ] || wrong "postfix: $1: $2: there is no such program: mail waits"
}
# waits SERVICE LINE: each waits longer than what it runs
waits() {
	after -t "$2"
	seconds "${VALUE:-310}"
	guards=$VALUE
	[ "$TIMEOUT" -lt "$guards" ] ||
		wrong "postfix: $1: guard -t $guards: TIMEOUT is $TIMEOUT: give guard ten seconds more"
	limit=$(main ${1}_time_limit)
	seconds "${limit:-$(main command_time_limit)}"
	[ "$VALUE" -gt "$guards" ] ||
		wrong "postfix: ${1}_time_limit is $VALUE: mail is bounced before guard ends a run: give more than $guards"
}

# relaying: is relaycheck asked, and are Postfix's own rules the same?
relaying() {
	rules="$(main smtpd_relay_restrictions) $(main smtpd_recipient_restrictions) $(main smtpd_client_restrictions)
$(printf '%s\n' "$OVER" | grep 'smtpd_.*_restrictions = ')"
	name=$(printf '%s\n' "$SERVICES" | sed -n 's/^\([^ ]*\) .* spawn .*[ =/]relaycheck.*/\1/p' | sed 1q)
	case $name,$rules in
	,*unix:private/relaycheck*)
		wrong 'postfix: relaycheck is asked and not in master.cf: mail waits: see relaycheck(1)' ;;
	,*) warn 'postfix: relaycheck is not in master.cf: nobody asks it: see relaycheck(1)' ;;
	*"unix:private/$name"*)
		seconds "$(main ${name}_time_limit)"
		[ "$VALUE" -ge 3600 ] || warn "postfix: ${name}_time_limit = 3600: else it is started again and again" ;;
	*) warn "postfix: nobody asks $name: smtpd_recipient_restrictions = check_policy_service unix:private/$name" ;;
	esac
	own_rules
}

# trusts ADDRESS: may it relay by relay.conf?
trusts() {
	case $("$BIN/relaycheck" -c "$RELAY_CONF" -i "$1" nobody@relay.invalid 2>/dev/null) in
	*relay=relay*) ;;
	*) return 1 ;;
	esac
}
# ours DOMAIN: is it, by relay.conf, for who is outside?
ours() {
	case $("$BIN/relaycheck" -c "$RELAY_CONF" -i 0.0.0.1 "nobody@$1" 2>/dev/null) in
	*relay=local*) ;;
	*) return 1 ;;
	esac
}
# ends NETWORK: its first and last address; what is no IPv4 network has the first alone
ends() {
	printf '%s\n' "$1" | tr -d '[]' | awk -F'[./]' '
	NF == 5 && !/:/ {
		n = ((($1 * 256) + $2) * 256 + $3) * 256 + $4 + 2 ^ (32 - $5) - 1
		print $1 "." $2 "." $3 "." $4
		print int(n / 16777216) "." int(n / 65536) % 256 "." int(n / 256) % 256 "." n % 256
		next
	}
	{ sub(/\/.*/, ""); print }'
}
# own_rules: wider than relay.conf is wider than meant
own_rules() {
	for net in $(main mynetworks | tr ',' ' '); do
		case $net in
		0.0.0.0/0 | '[::]/0' | ::/0) wrong "postfix: mynetworks: $net: everybody may relay: take it out" ;;
		127.* | '[::1]'* | '[::ffff:127.'* | *:/* | /* | !*) ;;
		*)
			[ -n "${RELAY_CONF-}" ] || continue
			for one in $(ends "$net"); do
				trusts $one || {
					warn "postfix: mynetworks: $net: $one may not relay by $RELAY_CONF: which of them is right?"
					break
				}
			done
			;;
		esac
	done
	[ -z "${RELAY_CONF-}" ] || own_domains
}

# domains_of NAME...: those that Postfix knows by these, the first thousand of a table; false
# where a table cannot be listed
domains_of() {
	for name in "$@"; do
		for word in $(main "$name" | tr ',' ' '); do
			case $word in
			texthash:* | hash:* | lmdb:* | btree:* | cdb:*)
				postmap -s "$word" 2>/dev/null | sed 's/[[:blank:]].*//; /@/d; 1000q' ;;
			*[:\!/{}]*) return 1 ;;
			*) printf '%s\n' "$word" ;;
			esac
		done
	done
}
# own_domains: Postfix and relay.conf have the same
own_domains() {
	for name in $(domains_of relay_domains); do
		case $name in
		.*) ours "x$name" ;;
		*) ours "$name" ;;
		esac || warn "postfix: relay_domains: $name is not ours by $RELAY_CONF: which of them is right?"
	done
	known=$(domains_of relay_domains mydestination virtual_alias_domains virtual_mailbox_domains) ||
		return 0
	set -- $known
	# shellcheck disable=SC2013
	for name in $(sed -n 's/#.*//; s/^[[:blank:]]*domains[[:blank:]]//p' "$RELAY_CONF" 2>/dev/null); do
		case $name in
		[!A-Za-z0-9]*) continue ;;
		esac
		among "$name" "$@" ||
			warn "postfix: $name is ours by $RELAY_CONF, but nothing says so to Postfix: relay_domains"
	done
}
among() {
	word=$1
	shift
	for one in "$@"; do
		[ "$one" != "$word" ] || return 0
	done
	return 1
}

# directories: each file of an ldap: map is there, is no secret told, and is answered
directories() {
	for file in $(postconf -x 2>/dev/null | sed 's/^[^=]*=//' | tr -s ', ' '\n' |
		sed -n 's/^\(proxy:\)*ldap:\//\//p' | sort -u); do
		if [ ! -r "$file" ]; then
			wrong "postfix: $file: cannot be read: make it: see ldap_table(5)"
			continue
		fi
		if grep -q '^bind_pw' "$file" && [ "$(stat -c %a "$file" | sed 's/.*\(.\)$/\1/')" != 0 ]; then
			warn "postfix: $file: everybody can read the password in it: chmod 640"
		fi
		said=$(timeout 20 postmap -q nobody@relay.invalid "ldap:$file" 2>&1)
		[ -z "$said" ] || warn "postfix: $file: ${said%%"$NL"*}: mail waits"
	done
}

# confined: the milter's unit may reach this machine alone, as it is shipped
confined() {
	enabled multiscan-milter || return 0
	allowed=$(systemctl show -p IPAddressAllow,IPAddressDeny multiscan-milter 2>/dev/null)
	case $allowed in
	*IPAddressDeny=?*) ;;
	*) return 0 ;;
	esac
	allowed=${allowed#*IPAddressAllow=} allowed=${allowed%%"$NL"*}
	for word in $allowed; do
		case $word in
		127.* | ::1*) ;;
		*) return 0 ;;
		esac
	done
	for server in ${ENGINES-} ${LOG_SERVER-} "tcp:$NEXT_HOP"; do
		case $server in
		tcp:127.* | tcp:localhost:* | tcp:'[::1]'* | unix:*) ;;
		*) wrong "$server: multiscan-milter may not reach it: systemctl edit multiscan-milter: [Service] IPAddressAllow=" ;;
		esac
	done
}

check_postfix() {
	PATH=$PATH:/usr/sbin:/sbin
	command -v postconf >/dev/null || return 0
	. "$LIB/check-parts.sh"
	if ! SERVICES=$(postconf -M) || ! OVER=$(postconf -Px 2>/dev/null) ||
		! MAIN=$(postconf -x $NAMES 2>/dev/null); then
		wrong 'postfix: postconf fails, as said above'
		return
	fi
	SERVICES=$(printf '%s\n' "$SERVICES" | tr -s ' ')
	fronts
	way_back
	pipes
	relaying
	[ "$(main bounce_size_limit)" = 1 ] ||
		warn 'postfix: bounce_size_limit = 1: else a virus goes back with the bounce'
	directories
	confined
	[ "$_uid" -eq 0 ] || return 0
	if said=$(postfix check 2>&1); then lines warn "$said"; else lines wrong "$said"; fi
}
