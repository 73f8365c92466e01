# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-milter.sh: of multiscan-check's part postfix, what judges in the session: that it is
# ours, is asked for all, has the time it needs, answers, and may reach what it asks.
#	by_tcp, milter, sockets, confined	are called by check-postfix.sh
#	value, of, seconds			are taken from there; they set VALUE
#	running, enabled, as_user		from check-parts.sh
#	wrong, warn				from multiscan-check; a GRADE is one of them
# It reads TIMEOUT, ENGINES, LOG_SERVER and NEXT_HOP of the settings, and keeps, for one
# look at all services (fronts of check-postfix.sh empties them):
#	MILTERS		services that ours judges for
#	SOCKETS		milters that were looked at, which are not looked at twice
#	PLACES		where a multiscan-milter listens by TCP

# milter SERVICE MILTERS: it is asked for all, has the time it needs, and where it is not
# there no mail passes
milter() {
	[ -n "$MILTERS" ] || running "postfix: $1: its milter:" - multiscan-milter.service
	MILTERS="$MILTERS $1"
	of "$1" milter_default_action
	case $VALUE,$2 in
	accept,* | *default_action*=*accept*)
		wrong "postfix: $1: milter_default_action is accept: mail passes unseen: tempfail" ;;
	tempfail,*) ;;
	*) warn "postfix: $1: milter_default_action: $VALUE: tempfail has mail wait" ;;
	esac
	of "$1" smtpd_milter_maps
	[ -z "$VALUE" ] ||
		wrong "postfix: $1: smtpd_milter_maps: $VALUE: who is in it is not looked at: take it out"
	of "$1" receive_override_options
	case $VALUE in
	*no_milters*) wrong "postfix: $1: receive_override_options: no_milters: mail passes unseen: take it out" ;;
	esac
	of "$1" milter_content_timeout
	seconds "$VALUE"
	# a run in the session has 290 seconds at the most
	[ "$TIMEOUT" -lt 290 ] && longest=$TIMEOUT || longest=290
	[ "$VALUE" -ge $((longest + 10)) ] ||
		wrong "postfix: $1: milter_content_timeout is $VALUE: TIMEOUT is $TIMEOUT: give it ten seconds more"
}

# sockets SERVICE CHROOT MILTERS: somebody is there, once for each; without an answer mail
# waits, or passes by it
sockets() {
	of "$1" milter_default_action
	case $VALUE in
	accept) grade=warn ;;
	*) grade=wrong ;;
	esac
	for word in $(printf '%s' "$3" | tr ',{}' '   '); do
		case " $SOCKETS " in
		*" $word "*) continue ;;
		esac
		SOCKETS="$SOCKETS $word"
		case $word in
		unix:*) local_socket $grade "$1" "$2" "${word#unix:}" ;;
		inet:*@*) word=${word#inet:}; served $grade "$1" "${word#*@}:${word%%@*}" ;;
		inet:*:*) served $grade "$1" "${word#inet:}" ;;
		esac
	done
}
# local_socket GRADE SERVICE CHROOT PATH
local_socket() {
	value queue_directory
	path=$4
	case $3$path in
	y"$VALUE"/*)
		if [ ! -S "$VALUE$path" ]; then
			$1 "postfix: $2: unix:$path: it runs in $VALUE (chroot): say unix:${path#"$VALUE/"}"
			return
		fi
		path=$VALUE$path
		;;
	y* | n[!/]*) path=$VALUE/${path#/} ;;
	esac
	case $4 in
	*multiscan* | *milter.sock)
		start='systemctl start multiscan-milter'
		open=": install -d -o multiscan -g postfix -m 2750 ${path%/*}, and restart multiscan-milter"
		of "$2" content_filter
		[ -z "$VALUE" ] || start='take it out of smtpd_milters'
		;;
	*) start='start what listens there, or take it out of smtpd_milters' open= ;;
	esac
	if [ ! -S "$path" ]; then
		$1 "postfix: $2: $path: is not there: $start"
	elif ! as_user postfix test -w "$path"; then
		$1 "postfix: $path: postfix cannot connect$open"
	fi
}
# served GRADE SERVICE HOST:PORT
served() {
	host=${3%:*} host=${host#[} host=${host%]}
	# of all that Debian always has this alone can connect
	command -v bash >/dev/null || return 0
	# shellcheck disable=SC2016
	timeout 10 bash -c ': <>"/dev/tcp/$1/$2"' - "$host" "${3##*:}" 2>/dev/null ||
		$1 "postfix: $2: smtpd_milters: inet:$3: nobody answers: start what listens there, or take it out"
}

# by_tcp MILTERS: is one of them a multiscan-milter that listens at a port?
by_tcp() {
	case $1 in
	*inet:*) ;;
	*) return 1 ;;
	esac
	[ -n "$PLACES" ] || PLACES=" $(places) "
	for word in $(printf '%s' "$1" | tr ',{}' '   '); do
		case $word in
		inet:*@*) word=${word#inet:} word=${word#*@}:${word%%@*} ;;
		inet:*:*) word=${word#inet:} ;;
		*) continue ;;
		esac
		place "$word"
		case $PLACES in
		*" $VALUE "*) return 0 ;;
		esac
	done
	return 1
}
# places: where they do, by what its units say, and what runs
places() {
	{
		systemctl show -p ExecStart multiscan-milter.service 'multiscan-*' 2>/dev/null
		set +f
		grep -la multiscan-milter /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
			{ tr '\0' ' ' <"$file"; } 2>/dev/null
			echo
		done
	} | grep multiscan-milter | grep -o 'tcp:[^ ;]*' | sort -u | while read -r line; do
		place "${line#tcp:}"
		printf '%s ' "$VALUE"
	done
}
# place HOST:PORT: it, in VALUE, with one name for this machine
place() {
	case $1 in
	127.*:* | localhost:* | '[::1]:'* | 0.0.0.0:* | '[::]:'*) VALUE=here:${1##*:} ;;
	*) VALUE=$1 ;;
	esac
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
