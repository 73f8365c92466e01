# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC1091,SC2015,SC2016,SC2034,SC2153,SC2154
# gateway-postfix.sh: Postfix's own files, for gateway-setup; read with `.'.
#
# main.cf and master.cf are made from what they were before us (base_of): the original,
# or, where somebody has changed them since, the live ones with our settings and services
# taken back, each where it still is as we set it.

MAPS=/etc/postfix/multiscan

# --- what they were before us -----------------------------------------------------------

# settings_of FILE: of a main.cf, a line a setting: name, tab, value in one line
settings_of() {
	[ ! -e "$1" ] || awk '
	function flush() {
		if (name != "") {
			gsub(/[ \t]+/, " ", value)
			sub(/^ /, "", value)
			sub(/ $/, "", value)
			print name "\t" value
		}
		name = ""
	}
	/^[ \t]*(#|$)/ { next }
	/^[ \t]/ { value = value " " $0; next }
	{
		flush()
		at = index($0, "=")
		name = substr($0, 1, at - 1)
		gsub(/[ \t]/, "", name)
		value = substr($0, at + 1)
	}
	END { flush() }' "$1"
}

# services_of FILE: of a master.cf, a line a service: name/type, tab, all of it
services_of() {
	[ ! -e "$1" ] || postconf -c "${1%/*}" -M 2>/dev/null |
		awk '{ key = $1 "/" $2; gsub(/[ \t]+/, " "); print key "\t" $0 }'
}

# changes_back KIND FILE: what has to be done to the live FILE (main.cf, master.cf), so
# that what we set is not set: lines `set', `unset' or `left', a name, a value, between
# tabs.  Left is what somebody has changed since.
changes_back() {
	{
		"$1" "$R/etc/postfix/$2" | sed "s/^/live	/"
		"$1" "$G/original/etc/postfix/$2" | sed "s/^/original	/"
		sets | while read -r _set; do
			"$1" "$G/$_set/etc/postfix/$2" | sed "s/^/$_set	/"
		done
	} | awk -F '\t' '
	{
		names[$2] = 1
		there[$1] = 1
		value[$1, $2] = $3
		has[$1, $2] = 1
	}
	function differs(a, b, n) {
		return has[a, n] != has[b, n] || value[a, n] != value[b, n]
	}
	END {
		for (n in names) {
			ours = 0
			mine = 0
			for (s in there)
				if (s != "live" && s != "original") {
					ours += differs(s, "original", n)
					mine += !differs(s, "live", n)
				}
			if (!ours || !differs("live", "original", n))
				continue
			if (!mine)
				print "left\t" n "\t-"
			else if (has["original", n])
				print "set\t" n "\t" value["original", n]
			else
				print "unset\t" n "\t-"
		}
	}' | sort
}

# taken_back FOLDER: in FOLDER are the live main.cf and master.cf; takes ours out of them.
# What stays is a line in kept.
taken_back() {
	changes_back settings_of main.cf >"$W/back"
	while IFS=$TAB read -r what name value; do
		case $what in
		set) postconf -c "$1" -e "$name=$value" ;;
		unset) postconf -c "$1" -X "$name" ;;
		*) keep main.cf "$name" ;;
		esac || fail "/etc/postfix/main.cf: $name cannot be set back"
	done <"$W/back"
	changes_back services_of master.cf >"$W/back"
	while IFS=$TAB read -r what name value; do
		case $what in
		set) postconf -c "$1" -M -e "$name=$value" ;;
		unset) postconf -c "$1" -MX "$name" ;;
		*) keep master.cf "$name" ;;
		esac || fail "/etc/postfix/master.cf: $name cannot be set back"
	done <"$W/back"
	sed -i "/^$MARK/d" "$1/main.cf" "$1/master.cf" || fail "$1: cannot be written"
	settled "$1"
}
MARK='# gateway-setup(8): '

# keep CF NAME: somebody's own from now on
keep() {
	! is_kept "$1" "$2" || return 0
	echo "$1 $2" >>"$W/kept"
	note "/etc/postfix/$1: $2 was changed since: it stays as it is"
}
# stands CF NAME: it is there now
stands() {
	case $1 in
	main.cf) settings_of "$R/etc/postfix/main.cf" ;;
	*) services_of "$R/etc/postfix/master.cf" ;;
	esac | cut -f 1 | grep -qxF "$2"
}
is_kept() { grep -qxF "$1 $2" "$W/kept"; }

# base_of FOLDER: there, main.cf and master.cf as they were before us.  One that nobody
# else has changed is the original, to the byte.
base_of() {
	mkdir -p "$1" || fail "$1: cannot be made"
	for _set in $(sets); do
		[ ! -e "$G/$_set/kept" ] || cat "$G/$_set/kept"
	done | sort -u >"$W/said"
	# What somebody has taken out since is nobody's, and is set again.
	{
		settings_of "$R/etc/postfix/main.cf" | sed "s/$TAB.*//; s/^/main.cf /"
		services_of "$R/etc/postfix/master.cf" | sed "s/$TAB.*//; s/^/master.cf /"
	} >"$W/names"
	grep -xF -f "$W/names" "$W/said" >"$W/kept"
	cp "$W/kept" "$W/kept.before"
	_touched=
	for _cf in main.cf master.cf; do
		cp -p "$R/etc/postfix/$_cf" "$1/$_cf" || fail "/etc/postfix/$_cf: cannot be copied"
		is_ours "/etc/postfix/$_cf" || _touched=1
	done
	[ -z "$_touched" ] || [ ! -e "$G/original/etc/postfix/main.cf" ] || taken_back "$1"
	for _cf in main.cf master.cf; do
		if is_ours "/etc/postfix/$_cf"; then
			cp -p "$G/original/etc/postfix/$_cf" "$1/$_cf" || fail "$G: cannot be read"
		fi
	done
}

# --- what they become --------------------------------------------------------------------

# networks FORM: who is inside, for main.cf (IPv6 in brackets) or relay.conf, one a line
networks() {
	_said=$(answers internal)
	for network in $_said; do
		case $1$network in
		main.cf*:*)
			_not=${network%%[!!]*} network=${network#!}
			_bits=/${network#*/}
			[ "$_bits" != "/$network" ] || _bits=
			echo "${_not}[${network%%/*}]$_bits"
			;;
		*) echo "$network" ;;
		esac
	done
}

# joined: lines as the words of one
joined() { tr '\n' ' ' | sed 's/ $//'; }

stage_main() {
	_parents=$(postconf -c "$1" -h parent_domain_matches_subdomains 2>/dev/null |
		tr -s ', ' '\n' | grep -v '^relay_domains$' | joined)
	_policy='check_policy_service unix:private/relaycheck'
	_rbl=$(answers rbl | sed 's/^/, reject_rbl_client /' | tr -d '\n')
	set -- \
		"myhostname=$NAME" 'myorigin=$myhostname' \
		'mydestination=$myhostname, localhost' \
		"mynetworks=!127.25.25.25 127.0.0.0/8 [::1]/128 $(networks main.cf | joined)" \
		'inet_interfaces=all' \
		"local_recipient_maps=inline:{ heartbeat@$NAME=taken }" \
		"virtual_alias_maps=texthash:$MAPS/aliases" \
		"relay_domains=texthash:$MAPS/routes" \
		"transport_maps=texthash:$MAPS/own, texthash:$MAPS/routes" \
		"parent_domain_matches_subdomains=$_parents" \
		'smtpd_relay_restrictions=permit_mynetworks, reject_unauth_destination' \
		"smtpd_recipient_restrictions=$_policy, permit_mynetworks, reject_unauth_destination$_rbl" \
		'relaycheck_time_limit=3600' 'disable_vrfy_command=yes' 'bounce_size_limit=1' \
		'multiscan_destination_recipient_limit=1' 'multiscan_time_limit=1000'
	# No IPv6: where Postfix does not speak it, it would not start.
	_self=$(answers self | grep -v : | joined)
	case $_self,$(postconf -c "$STAGE/etc/postfix" -h inet_protocols 2>/dev/null) in
	,* | *,ipv6) ;;
	*) set -- "$@" "proxy_interfaces=$_self" ;;
	esac
	case $RECIPIENTS in
	ldap) set -- "$@" "relay_recipient_maps=proxy:ldap:$MAPS/recipients.cf" ;;
	file) set -- "$@" "relay_recipient_maps=texthash:$MAPS/recipients" ;;
	esac
	# For all that comes in, so that nothing goes round it, not even while only one of
	# the two files is new.
	case $FRONT in
	milter) set -- "$@" 'smtpd_milters=unix:multiscan/milter.sock' \
		'non_smtpd_milters=$smtpd_milters' 'milter_default_action=tempfail' ;;
	pipe) set -- "$@" 'content_filter=multiscan:dummy' \
		'receive_override_options=no_address_mappings' ;;
	esac
	set_in "$STAGE/etc/postfix" "$@" || fail 'the new main.cf cannot be written'
}

# ended FILE: with a line end, so that what is added to it is a line of its own
ended() { [ -z "$(tail -c 1 "$1")" ] || echo >>"$1"; }

# set_in FOLDER NAME=VALUE...: where it stands, or else at the end; postconf would add
# them in another order each time
set_in() {
	_main=$1/main.cf
	shift
	settings_of "$_main" | cut -f 1 >"$W/names"
	: >"$W/more"
	for _setting; do
		shift
		if is_kept main.cf "${_setting%%=*}"; then
			:
		elif grep -qxF "${_setting%%=*}" "$W/names"; then
			set -- "$@" "$_setting"
		else
			echo "${_setting%%=*} = ${_setting#*=}" >>"$W/more"
		fi
	done
	[ $# -eq 0 ] || postconf -c "${_main%/*}" -e "$@" || return
	ended "$_main" || return
	{
		echo "${MARK}what stands nowhere above"
		cat "$W/more"
	} >>"$_main"
}

# The way back (10026) refuses nothing that was taken once: no rule for clients of main.cf
# counts there, and a message that has grown (notices, marks) is not too large.
# The pipe is there with the milter, too: mail that came in before a change of the front
# asks for it.
stage_master() {
	cat >"$W/services" <<-END || fail 'the new master.cf cannot be written'
	${MARK}the scanner, the way back from it, who may relay,
	${MARK}and whether all that works
	multiscan unix - n n - 6 pipe flags=q user=multiscan null_sender=
	  argv=$BIN/guard -t 310 $BIN/multiscan-pipe
	  -i \${queue_id} -a \${client_address} -H \${client_hostname}
	  -e \${client_helo} -u \${sasl_username} -f \${sender} -- \${recipient}
	127.0.0.1:10026 inet n - n - 100 smtpd -o content_filter= -o smtpd_milters=
	  -o receive_override_options=no_header_body_checks,no_unknown_recipient_checks
	  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
	  -o local_header_rewrite_clients=
	  -o mynetworks=127.0.0.0/8
	  -o smtpd_relay_restrictions=permit_mynetworks,reject
	  -o smtpd_recipient_restrictions=permit_mynetworks,reject
	  -o smtpd_client_restrictions= -o smtpd_helo_restrictions=
	  -o smtpd_sender_restrictions= -o smtpd_data_restrictions=
	  -o smtpd_end_of_data_restrictions= -o smtpd_etrn_restrictions=
	  -o smtpd_helo_required=no -o smtpd_reject_unlisted_sender=no
	  -o strict_rfc821_envelopes=no
	  -o smtpd_tls_security_level=none -o smtpd_tls_wrappermode=no
	  -o smtpd_milter_maps= -o smtpd_proxy_filter= -o smtpd_command_filter=
	  -o smtpd_upstream_proxy_protocol=
	  -o smtpd_discard_ehlo_keywords= -o smtpd_discard_ehlo_keyword_address_maps=
	  -o smtpd_client_event_limit_exceptions=127.0.0.0/8
	  -o message_size_limit=0 -o cleanup_service_name=multiscan-back
	multiscan-back unix n - n - 0 cleanup -o message_size_limit=0
	relaycheck unix - n n - 0 spawn user=relaycheck argv=$BIN/relaycheck -p
	multiscan-heartbeat unix - n n - 2 pipe user=heartbeat null_sender=
	  argv=$BIN/multiscan-heartbeat -r
	END
	ended "$STAGE/etc/postfix/master.cf" && awk '
	FILENAME == ARGV[1] { kept[$0] = 1; next }
	/^[^ #]/ { skip = "master.cf " $1 "/" $2 in kept }
	!skip' "$W/kept" "$W/services" >>"$STAGE/etc/postfix/master.cf" ||
		fail 'the new master.cf cannot be written'
}

# routes: relay: and the server, in brackets, so that its address is taken, not its MX
routes() {
	echo "# Made by gateway-setup(8) from gateway.conf: what goes where."
	sed -n "s/^route$TAB//p" "$W/answers" |
		awk -F '\t' '{ print $1, "relay:[" $2 "]:" $3 }'
}
own() {
	cat <<-END
	# Made by gateway-setup(8): what is for the gateway itself, though there may be a
	# route for all that is below its domain.
	heartbeat@$NAME multiscan-heartbeat:
	$NAME local:
	END
}
aliases() {
	cat <<-END
	# Made by gateway-setup(8) from gateway.conf: who is postmaster here.  Without a
	# domain it is any name or address of this machine, as in postmaster@[192.0.2.1].
	END
	for _name in root postmaster abuse; do
		printf '%s %s\n' "$_name@$NAME" "$POSTMASTER" "$_name@localhost" "$POSTMASTER" \
			"$_name" "$POSTMASTER"
	done
}

# ldap_cf: for ldap_table(5).  A dot-route has no domain to compare with.
ldap_cf() {
	IFS=$TAB read -r _uri _base _filter _dn _file <<-END
	$(answers ldap)
	END
	cat <<-END
	# Made by gateway-setup(8) from gateway.conf: who knows the recipients.
	server_host = $_uri
	version = 3
	timeout = 5
	search_base = $_base
	query_filter = $_filter
	result_attribute = mail
	END
	answers route | grep -q '^\.' ||
		printf 'domain = %s\n' "$(answers route | cut -f 1 | joined)"
	case $_uri in
	ldaps:*) printf '%s\n' 'tls_require_cert = yes' \
		'tls_ca_cert_file = /etc/ssl/certs/ca-certificates.crt' ;;
	esac
	if [ -n "$_dn" ]; then
		_password=$(password "$_file") || fail "$_file: cannot be read"
		printf '%s\n' 'bind = yes' "bind_dn = $_dn" "bind_pw = $_password"
	else
		echo 'bind = no'
	fi
}

# stage_postfix FOLDER: all of /etc/postfix, from the base in FOLDER
stage_postfix() {
	mkdir -p "$STAGE/etc/postfix" && cp -p "$1/main.cf" "$1/master.cf" "$STAGE/etc/postfix" ||
		fail "$STAGE: cannot be written"
	stage routes $MAPS/routes 644
	stage own $MAPS/own 644
	stage aliases $MAPS/aliases 644
	case $RECIPIENTS in
	ldap) stage ldap_cf $MAPS/recipients.cf 640 root:postfix ;;
	file) stage known_recipients $MAPS/recipients 644 ;;
	esac
	stage_master
	stage_main "$1"
	# The one that asks for the others last.
	for _cf in master.cf main.cf; do
		chmod --reference="$R/etc/postfix/$_cf" "$STAGE/etc/postfix/$_cf" &&
			chown --reference="$R/etc/postfix/$_cf" "$STAGE/etc/postfix/$_cf" ||
			fail "$STAGE: cannot be written"
		echo "/etc/postfix/$_cf" >>"$W/staged"
	done
	settled "$STAGE/etc/postfix"
}

# settled FOLDER: what Postfix reads it reads again and again, for two seconds, while it
# seems to be written
settled() {
	find "$1" -type f -exec touch -d '5 seconds ago' {} + || fail "$1: cannot be written"
}

# needs_restart FOLDER FOLDER: do they differ in what a reload does not change?
needs_restart() {
	for _name in inet_interfaces inet_protocols; do
		[ "$(postconf -c "$1" -h $_name 2>/dev/null)" = \
			"$(postconf -c "$2" -h $_name 2>/dev/null)" ] || return 0
	done
	return 1
}
