# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-arriving.sh: of multiscan-check's part postfix, that mail gets there: that none is
# thrown away or refused by a route, that Postfix takes a recipient when it is asked, and
# that postmaster is somebody.  For wrong, warn, value and words see check-postfix.sh.

# arriving: all of that
arriving() {
	lost
	somebody_is_postmaster
	asked_itself
}

# lost: routes that end in discard(8) or error(8), by these or other names of master.cf
lost() {
	throws=' discard ' refuses=' error retry '
	for name in $(printf '%s\n' "$SERVICES" | awk '$2 == "unix" && $8 == "discard" { print $1 }'); do
		throws="$throws$name "
	done
	for name in $(printf '%s\n' "$SERVICES" | awk '$2 == "unix" && $8 == "error" { print $1 }'); do
		refuses="$refuses$name "
	done
	for name in relay_transport default_transport virtual_transport local_transport; do
		value $name
		case $throws in
		*" ${VALUE%%:*} "*) wrong "postfix: $name: $VALUE: such mail is taken and thrown away: smtp or relay" ;;
		esac
		case $name,$refuses in
		relay_transport,*" ${VALUE%%:*} "*)
			wrong "postfix: $name: $VALUE: what has no route of its own never arrives: relay" ;;
		default_transport,*" ${VALUE%%:*} "*)
			warn "postfix: $name: $VALUE: no mail goes out: smtp" ;;
		esac
	done
	value transport_maps
	words "$VALUE"
	for table in $VALUE; do
		lost_routes ${table#proxy:}
	done
}
# lost_routes TABLE: those of whole domains; what is for one address alone may well be meant
lost_routes() {
	case $1 in
	texthash:* | hash:* | lmdb:* | btree:* | cdb:*) said=$(timeout 20 postmap -s "$1" 2>/dev/null) ;;
	regexp:/* | pcre:/*) said=$(grep -v '^#' "${1#*:}" 2>/dev/null) ;;
	*) return 0 ;;
	esac
	lines wrong "$(printf '%s\n' "$said" | awk -v throws="$throws" -v refuses="$refuses" -v table="$1" '
	{ to = $2; sub(/:.*/, "", to) }
	to == "" || $1 ~ /[^\/]@/ { next }
	index(throws, " " to " ") { how = "is taken and thrown away" }
	index(refuses, " " to " ") && to != "retry" { how = "is refused" }
	how != "" {
		if (n++ < 20)
			print "postfix: transport_maps: " table ": " $1 " " $2 ": its mail " how
		how = ""
	}
	END { if (n > 20) print "postfix: transport_maps: " table ": and " n - 20 " more" }')"
}

# somebody_is_postmaster: every server has to know that address (RFC 5321, 4.5.1)
somebody_is_postmaster() {
	value myhostname
	host=$VALUE
	value virtual_alias_maps
	words "$VALUE"
	for table in $VALUE; do
		for to in "postmaster@$host" "@$host"; do
			[ -z "$(timeout 20 postmap -q "$to" "$table" 2>/dev/null)" ] || return 0
		done
	done
	domains=$(domains_of mydestination relay_domains virtual_mailbox_domains) || return 0
	for domain in $domains; do
		case .$host in
		*".${domain#.}") return 0 ;;
		esac
	done
	wrong "postfix: postmaster@$host is nobody, and has to be somebody (RFC 5321): virtual_alias_maps"
}

# asked_itself: each service that takes mail is asked for a recipient, and nothing is sent.
# What it cannot do, as with restrictions that are no whole ones, it says only then.
asked_itself() {
	value queue_directory
	[ -s "$VALUE/pid/master.pid" ] && command -v bash >/dev/null &&
		kill -0 "$(tr -d ' ' <"$VALUE/pid/master.pid" 2>/dev/null)" 2>/dev/null || return 0
	value myhostname
	to=heartbeat@$VALUE
	while read -r name type _ _ _ _ _ command _; do
		[ "$type,$command" = inet,smtpd ] || continue
		case $name in
		*:*) at=${name%:*} ;;
		*)
			of "$name/$type" inet_interfaces
			words "$VALUE"
			at=${VALUE%% *}
			;;
		esac
		at=${at#[} at=${at%]}
		case $at in
		all | loopback-only | localhost | '$'*) at=127.0.0.1 ;;
		esac
		said=$(session "$at" "${name##*:}" "$to")
		case $said in
		4*) wrong "postfix: $name: asked for $to, it says $said: mail waits: the mail log says why" ;;
		nothing) wrong "postfix: $name: asked for $to, it says nothing: mail waits: the mail log says why" ;;
		'') warn "postfix: $name: nobody takes connections there at $at" ;;
		esac
	done <<-LINES
	$SERVICES
	LINES
}
# session HOST PORT RECIPIENT: what it says to this recipient, or before that is neither 2xx
# nor 3xx; nothing, as while its processes end at once.  What it refuses for good, as one
# that asks for TLS does, is no fault.
session() {
	# of all that Debian always has bash alone can connect
	# shellcheck disable=SC2016
	timeout 100 bash -c '
	exec 3<>"/dev/tcp/$1/$2" || exit
	reply() {
		while line=; IFS= read -r -t 20 line <&3; do
			line=${line%$'\''\r'\''}
			[[ $line == ???-* ]] || break
		done
		[[ $line == [23]* ]] && return
		line=${line:0:200}
		printf "%s\n" "${line:-nothing}"
		exit
	}
	reply
	for word in "EHLO localhost" "MAIL FROM:<>" "RCPT TO:<$3>"; do
		printf "%s\r\n" "$word" >&3
		reply
	done
	printf "%s\n" "${line:0:200}"
	printf "RSET\r\nQUIT\r\n" >&3' - "$1" "$2" "$3" 2>/dev/null </dev/null | LC_ALL=C tr -cd '[:print:]\n'
}
