# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-postfix.sh: multiscan-check's part postfix.  What its configuration means Postfix
# says itself (postconf); it is never read here.  A gateway may be made in other ways than
# by gateway-setup: what may be right there is a warning.  For wrong, warn and lines see
# multiscan-check.

# value NAME: what main.cf says, or the default, in VALUE.  Those that are always asked for
# are in P_NAME.
NAMES='content_filter smtpd_milters smtpd_milter_maps non_smtpd_milters milter_default_action
milter_content_timeout receive_override_options queue_directory inet_interfaces
smtpd_relay_restrictions smtpd_recipient_restrictions smtpd_client_restrictions
smtpd_helo_restrictions smtpd_sender_restrictions smtpd_data_restrictions
smtpd_end_of_data_restrictions smtpd_etrn_restrictions smtpd_restriction_classes header_checks
mime_header_checks nested_header_checks body_checks smtpd_reject_unlisted_sender
smtpd_tls_security_level smtpd_tls_wrappermode smtpd_enforce_tls mynetworks relay_domains
mydestination virtual_alias_domains virtual_mailbox_domains bounce_size_limit
transport_maps virtual_alias_maps relay_recipient_maps command_time_limit multiscan_time_limit
multiscan_destination_recipient_limit relaycheck_time_limit maximal_queue_lifetime'
value() {
	VALUE='?'
	case $1 in
	*[!a-z_]*) ;;
	*) eval "VALUE=\${P_$1-?}" ;;
	esac
	[ "$VALUE" != '?' ] || VALUE=$(postconf -hx "$1" 2>/dev/null)
}
take_values() {
	IFS=$NL
	for line in $MAIN; do
		VALUE=${line#* =}
		eval "P_${line%% =*}=\${VALUE# }"
	done
	unset IFS
}

# service NAME: its line (unix), in VALUE
service() {
	VALUE=
	case $NL$SERVICES$NL in
	*"$NL$1 unix "*)
		VALUE=$NL$SERVICES$NL VALUE=${VALUE##*"$NL$1 unix "}
		VALUE="$1 unix ${VALUE%%"$NL"*}"
		;;
	esac
}

# words TEXT: its words, without commas, in VALUE
words() {
	IFS=', '
	set -- $1
	unset IFS
	VALUE=$*
}

# of SERVICE NAME: what holds in this service of master.cf (NAME/TYPE), in VALUE
of() {
	case $NL$OVER$NL in
	*"$NL$1/$2 = "*)
		VALUE=$NL$OVER VALUE=${VALUE#*"$NL$1/$2 = "}
		VALUE=${VALUE%%"$NL"*}
		;;
	*"$NL$1/$2 ="*) VALUE= ;;
	*) value "$2" ;;
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
	of "$1" smtpd_milters
	milters=$VALUE
	[ -z "$milters" ] || sockets "$1" "$2" "$milters"
	of "$1" content_filter
	if [ -n "$VALUE" ]; then
		behind "$1" "$VALUE" "$milters"
		return
	fi
	case $milters in
	*multiscan* | *milter.sock*) milter "$1" "$milters" ;;
	*inet:*)
		if by_tcp "$milters"; then
			milter "$1" "$milters"
		else
			warn "postfix: $1: smtpd_milters: $milters: none of them looks like ours"
		fi
		;;
	?*) warn "postfix: $1: smtpd_milters: $milters: none of them looks like ours" ;;
	*)
		case $1 in
		127.*:* | localhost:* | '[::1]:'*) grade=warn ;;	# as behind another filter
		*) grade=wrong ;;
		esac
		$grade "postfix: $1: nobody looks at what comes there: give it content_filter or smtpd_milters"
		;;
	esac
}

# behind SERVICE FILTER MILTERS: what it sends its mail to
behind() {
	filter=${2%%:*}
	service "$filter"
	case "$VALUE " in
	' ') wrong "postfix: $1: content_filter: there is no $filter in master.cf: mail waits" ;;
	*[\ /]multiscan-pipe\ *)
		PIPES="$PIPES $filter"
		case $3 in
		*multiscan/milter.sock*)
			warn "postfix: $1: mail is judged twice: take multiscan/milter.sock out of smtpd_milters" ;;
		*) ! by_tcp "$3" ||
			warn "postfix: $1: mail is judged twice: take multiscan-milter out of smtpd_milters" ;;
		esac
		;;
	*) warn "postfix: $1: content_filter: $2 is not ours" ;;
	esac
}

# fronts: each service that takes mail from others, but the way back
fronts() {
	back_port=${NEXT_HOP##*:} BACK='' PIPES='' MILTERS='' SOCKETS='' PLACES='' seen=''
	# what - is: y before Postfix 3.0, and where it has to be as it was before
	value compatibility_level
	case ${VALUE:-0} in
	0 | 0.*) usual=y ;;
	*) usual=n ;;
	esac
	while read -r name type _ _ chroot _ _ command _; do
		case $type,$command in
		inet,smtpd | pass,smtpd) ;;
		*) continue ;;
		esac
		[ "$chroot" != - ] || chroot=$usual
		case $name in
		"$back_port" | *":$back_port") BACK=$name ;;
		*)
			front "$name/$type" $chroot
			seen=1
			heard "$name/$type"
			;;
		esac
	done <<-LINES
	$SERVICES
	LINES
	[ -n "$seen" ] || warn 'postfix: no service of master.cf takes mail: smtp inet is not there'
	value non_smtpd_milters
	if [ -n "$MILTERS" ] && [ -z "$VALUE" ]; then
		warn 'postfix: non_smtpd_milters: what is sent with sendmail is not looked at'
	elif [ -n "$PIPES" ]; then
		of pickup/unix content_filter
		[ -n "$VALUE" ] || warn 'postfix: pickup: what is sent with sendmail is not looked at'
	fi
}

# heard SERVICE: by others than this machine
heard() {
	case $1 in
	*:*) return ;;
	esac
	of "$1" inet_interfaces
	case $VALUE in
	loopback-only | 127.0.0.1 | localhost)
		warn "postfix: $1: inet_interfaces is $VALUE: no mail comes from others" ;;
	esac
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
	for name in content_filter smtpd_milters smtpd_milter_maps; do
		of "$BACK/inet" $name
		[ -z "$VALUE" ] ||
			wrong "postfix: $BACK: mail goes round and round: -o $name="
	done
	takes_back
}
# takes_back: what was taken once is not refused there
takes_back() {
	for name in client helo sender relay recipient data end_of_data; do
		well=
		case $name in
		relay | recipient) well=permit_mynetworks,reject ;;
		esac
		of "$BACK/inet" smtpd_${name}_restrictions
		words "$VALUE"
		for word in $VALUE; do
			case $word in
			permit* | reject_unauth_*) break ;;
			check_policy_service | unix:private/*relaycheck*) continue ;;
			esac
			wrong "postfix: $BACK: what was taken may be refused there, and bounces:" \
				"-o smtpd_${name}_restrictions=$well"
			break
		done
	done
	for name in smtpd_tls_security_level=encrypt smtpd_enforce_tls=yes smtpd_tls_wrappermode=yes \
		smtpd_reject_unlisted_sender=yes; do
		of "$BACK/inet" ${name%=*}
		case $VALUE in
		"${name#*=}")
			[ $VALUE = encrypt ] && well=none || well=no
			wrong "postfix: $BACK: what was taken is refused there, and bounces: -o ${name%=*}=$well"
			;;
		esac
	done
}

# pipes: who runs us, how long, and for how many
pipes() {
	seen=' '
	for name in $PIPES; do
		case $seen in
		*" $name "*) continue ;;
		esac
		seen="$seen$name "
		service $name
		line=$VALUE
		value ${name}_destination_recipient_limit
		[ "$VALUE" = 1 ] ||
			wrong "postfix: ${name}_destination_recipient_limit = 1: else one that is refused holds up others"
		user=${line#* user=} user=${user%%[ :]*}
		case $user in
		"$_user" | "$_me") ;;
		root | postfix) wrong "postfix: $name: user=$user: pipe(8) runs nothing as he: mail waits" ;;
		*) if ! id "$user" >/dev/null 2>&1; then
			wrong "postfix: $name: there is no user $user: mail waits"
		else warn "postfix: $name: user=$user judges mail: multiscan-check -u $user looks as he does"
		fi ;;
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
	value ${1}_time_limit
	[ -n "$VALUE" ] || value command_time_limit
	seconds "$VALUE"
	[ "$VALUE" -gt "$guards" ] ||
		wrong "postfix: ${1}_time_limit is $VALUE: mail is bounced before guard ends a run: give more than $guards"
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
		[ -z "$said" ] || wrong "postfix: $file: ${said%%"$NL"*}: mail waits"
	done
}

# tables: what has to be asked for each mail is there
tables() {
	for name in transport_maps virtual_alias_maps relay_recipient_maps; do
		value $name
		words "$VALUE"
		for word in $VALUE; do
			word=${word#proxy:} path=${word#*:}
			case $word in
			hash:/* | btree:/*) path=$path.db ;;
			lmdb:/* | cdb:/*) path=$path.${word%%:*} ;;
			texthash:/* | cidr:/* | regexp:/* | pcre:/*) ;;
			*) continue ;;
			esac
			[ -e "$path" ] || wrong "postfix: $name: $path: there is none: mail waits: make it (postmap)"
		done
	done
}

check_postfix() {
	PATH=$PATH:/usr/sbin:/sbin
	command -v postconf >/dev/null || return 0
	. "$LIB/check-parts.sh"
	. "$LIB/check-milter.sh"
	. "$LIB/check-passing.sh"
	. "$LIB/check-relaying.sh"
	. "$LIB/check-arriving.sh"
	if ! SERVICES=$(postconf -M 2>/dev/null) || ! OVER=$(postconf -Px 2>/dev/null) ||
		! MAIN=$(postconf -x $NAMES 2>/dev/null); then
		said=$(postconf -M 2>&1 >/dev/null)
		wrong "postfix: postconf fails: ${said%%"$NL"*}"
		return
	fi
	SERVICES=$(printf '%s\n' "$SERVICES" | tr -s ' ')
	take_values
	fronts
	way_back
	pipes
	passing
	relaying
	value bounce_size_limit
	[ "$VALUE" = 1 ] ||
		warn 'postfix: bounce_size_limit = 1: else a virus goes back with the bounce'
	value maximal_queue_lifetime
	lifetime=$VALUE
	seconds "$lifetime"
	case $lifetime in
	*[!0-9]*) ;;
	*) VALUE=$((VALUE * 86400)) ;;	# days, without a unit
	esac
	[ "$VALUE" -ge 86400 ] ||
		wrong "postfix: maximal_queue_lifetime is $lifetime: mail that waits for the scanner bounces then: 5d"
	tables
	directories
	arriving
	confined
	[ "$_uid" -eq 0 ] || return 0
	said=$(postfix check 2>&1) && grade=warn || grade=wrong
	case $said in
	*"$NL"*) said=$(printf '%s\n' "$said" | awk '!seen[$0]++') ;;
	esac
	lines $grade "$said"
	grade=warn
	[ ! -d /run/systemd/system ] || ! enabled postfix || grade=wrong
	postfix status >/dev/null 2>&1 ||
		$grade 'postfix: it does not run: systemctl start postfix; the mail log says why'
}
