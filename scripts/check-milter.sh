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
		start='systemctl start multiscan-milter' again='systemctl restart multiscan-milter'
		open=": install -d -o multiscan -g postfix -m 2750 ${path%/*}, and restart multiscan-milter"
		of "$2" content_filter
		[ -z "$VALUE" ] || start='take it out of smtpd_milters' again=$start
		;;
	*) start='start what listens there, or take it out of smtpd_milters' again=$start open= ;;
	esac
	if [ ! -S "$path" ]; then
		$1 "postfix: $2: $path: is not there: $start"
	elif ! as_user postfix test -w "$path"; then
		$1 "postfix: $path: postfix cannot connect$open"
	elif [ -w "$path" ] && ! speaks "$path"; then
		$1 "postfix: $2: $path: nobody answers there: $again"
	fi
}
# served GRADE SERVICE HOST:PORT
served() {
	speaks "$3" ||
		$1 "postfix: $2: smtpd_milters: inet:$3: nobody answers: start what listens there, or take it out"
}

# speaks PLACE: who listens at this path, or HOST:PORT, answers within ten seconds as a
# milter does whom Postfix asks what it wants (SMFIC_OPTNEG).  A socket that is there says
# nothing: it stays where its owner was killed, and takes connections while he hangs.
speaks() {
	perl -MIO::Socket::UNIX -MIO::Socket::IP -e '
		my ($place) = @ARGV;
		$SIG{ALRM} = sub { exit 1 };
		$SIG{PIPE} = "IGNORE";
		alarm 10;
		my ($host, $port) = $place =~ m{^([^/]*):([^:/]+)$};
		$host =~ tr/[]//d if defined $host;
		my $milter = defined $host ?
		    IO::Socket::IP->new(PeerHost => $host, PeerPort => $port) :
		    IO::Socket::UNIX->new(Peer => $place);
		exit 1 unless $milter;
		$milter->autoflush(1);
		print $milter pack "N a N3", 13, "O", 6, 0x1ff, 0x1fffff;
		my $answer = "";
		exit 1 unless read($milter, $answer, 5) == 5 && substr($answer, 4) eq "O";
		print $milter pack "N a", 1, "Q";
		exit 0' -- "$1"
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
