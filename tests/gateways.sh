# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2030,SC2031,SC2034,SC2046,SC2086,SC2153,SC2154
# Several gateways on one machine, with MX of equal priority, in front of one internal
# server; read after lib.sh.
#
#	gateways.pl --+--> $T/mx1: Postfix, multiscan-milter --+--> the sink, $T/sink/N.eml
#	              +--> $T/mx2: Postfix, multiscan-pipe ----+
#	                     engines of both: avscand (unix:) and a stock clamd (tcp:)
#
# Each has its own host name, processes, configuration, queue, spool and logs, as
# postfix.sh and milter.sh have them in a $T of their own: only the programs and ports
# are of one machine.  To kill a gateway is to kill the first process of its name space
# of processes, with which the kernel kills all others: as by the switch, but that the
# disk keeps what was written.

. "$HERE/postfix.sh"
GATEWAYS=$HERE/gateways.pl
gateways=''	# the names of those that were started

# gateways_missing: prints why there can be none here; false if there can
gateways_missing() {
	postfix_missing && return
	if ! unshare --uts --pid --mount --fork --mount-proc true 2>/dev/null; then
		echo 'there are no name spaces'
	elif [ ! -x /usr/sbin/clamd ]; then
		echo 'clamd is not installed'
	else
		return 1
	fi
}

# at NAME COMMAND...: with the functions and places of this gateway
at() (
	T=$T/$1
	. "$HERE/postfix.sh"
	[ "$(cat "$T/front")" != milter ] || . "$HERE/milter.sh"
	shift
	"$@"
)

# --- the parts that they share ------------------------------------------------------

clamd_make() {
	port_clamd=$(free_ports 1)
	mkdir "$T/clamd" "$T/clamd/sigs"
	cp "$P/share/multiscan/signatures"/* "$T/clamd/sigs"
	chown -R nobody "$T/clamd"
	cat >"$T/clamd/conf" <<-END
		TCPSocket $port_clamd
		TCPAddr 127.0.0.1
		DatabaseDirectory $T/clamd/sigs
		TemporaryDirectory $T/clamd
		LogFile $T/clamd/log
		LogClean yes
		User nobody
		Foreground yes
		AlertExceedsMax yes
		AlertEncrypted yes
	END
}

clamd_answers() { avscan -k -s "tcp:127.0.0.1:$port_clamd" >/dev/null 2>&1; }
clamd_start() {
	setpriv --pdeathsig KILL /usr/sbin/clamd -c "$T/clamd/conf" >>"$T/clamd/out" 2>&1 &
	clamd_pid=$!
	wait_for 20 clamd_answers
}

# killed PID: at once, and it is gone
killed() { { kill -9 "$1" && wait "$1"; } 2>/dev/null; }

# shared_make: the programs, the engines, the internal server
shared_make() {
	mkdir -p "$P" "$T/mails"
	chmod 711 "$T"
	cp -R "$BUILD/bin" "$BUILD/lib" "$BUILD/share" "$P"
	install -d -o nobody -g nogroup -m 700 "$S" "$S/tmp"
	cleanup=gateways_stop
	port_sink=$(free_ports 1)
	clamd_make
	ENGINES="unix:$S/avscand.sock tcp:127.0.0.1:$port_clamd"
	for kind in clean infected; do
		sample=report
		[ $kind = clean ] || sample=eicar
		sed '1,/^$/{/^Message-ID:/d}' "$ROOT/samples/$sample.eml" >"$T/mails/$kind"
	done
	engine_start && clamd_start && sink_start
}

# --- a gateway ----------------------------------------------------------------------

# gateway_write LINE...: all that is its own, with these in its multiscan.conf
gateway_write() {
	ln -s ../programs "$P"
	master_make
	install -d -o nobody -g nogroup -m 700 "$S" "$S/work" "$S/quarantine" "$S/records"
	write_postfix
	sed -i "s/^myhostname = .*/myhostname = ${T##*/}.example/" "$C/main.cf"
	# what was put off is tried again when the test says so
	echo 'queue_run_delay = 3600' >>"$C/main.cf"
	settled "$C/main.cf"
	configure "$@"
	{
		echo "hostname ${T##*/}"
		echo "export MULTISCAN_CONF='$T/multiscan.conf' MAIL_CONFIG='$C'"
		echo "'$PLACE_OF_POSTFIX/master' -c '$C' -e $LIFE -w || exit"
		[ "$(cat "$T/front")" != milter ] ||
			echo "'$P/bin/multiscan-milter' -v -u nobody -l 'unix:$M/sock' -w 8" \
			    "2>>'$T/milter.log' &"
		echo ": >'$T/up'"
		# it takes the status of whatever ends here
		echo 'while :; do sleep 1; done'
	} >"$T/init"
}

# gateway_make NAME FRONT [LINE]...: in the background; its port in port_NAME
gateway_make() {
	name=$1
	mkdir "$T/$name"
	echo "$2" >"$T/$name/front"
	shift 2
	set -- $(free_ports 2) "$@"
	port_in=$1 port_back=$2
	shift 2
	eval "port_$name=$port_in back_$name=$port_back"
	at "$name" gateway_write "$@" &
	eval "making_$name=$!"
}

is_up() { [ -e "$T/$1/up" ] && { [ ! -d "$T/$1/milter" ] || [ -S "$T/$1/milter/sock" ]; }; }

# gateway_start NAME: until it takes mail
gateway_start() {
	eval "making=\$making_$1 making_$1="
	[ -z "$making" ] || { wait "$making" && gateways="$gateways $1"; } || return
	rm -f "$T/$1/up" "$T/$1/milter/sock"
	setpriv --pdeathsig KILL unshare --uts --pid --mount --fork --mount-proc --kill-child \
	    sh "$T/$1/init" >>"$T/$1/out" 2>&1 &
	eval "pid_$1=$!"
	wait_for 20 is_up "$1" && return
	tail -n 20 "$T/$1/out" "$T/$1/check" "$T/$1/postfix/log" | sed 's/^/# /'
	return 1
}

# gateway_kill NAME: all its processes, at once, and they are gone
gateway_kill() {
	eval "gateway_pid=\$pid_$1 pid_$1="
	[ -n "$gateway_pid" ] || return 0
	# a line without an end
	read -r first <"/proc/$gateway_pid/task/$gateway_pid/children"
	kill -9 $first
	wait "$gateway_pid" 2>/dev/null
	return 0
}

gateways_stop() {
	for name in $gateways; do gateway_kill $name; done
	[ -z "$clamd_pid" ] || kill "$clamd_pid" 2>/dev/null
	engine_stop
	sink_stop
}
clamd_pid=''

# --- what a test asks ---------------------------------------------------------------

# stream NAME N [FIRST]: sends N more, each tenth of them infected, in the background;
# until streamed.  How each was tried is in the file tries, of this stream alone.
next=1
stream() {
	record=tries.$1
	: >"$record"
	seq $next $((next + $2 - 1)) | awk '{ print $1, $1 % 10 ? "clean" : "infected" }' >"list.$1"
	next=$((next + $2)) already=$(so_far)
	perl "$GATEWAYS" send "${3:-any}" "${AT_ONCE:-8}" 300 "$record" mails $ports <"list.$1" &
	client_pid=$!
}
# streamed NAME...: the client has got rid of all, and so have these gateways
streamed() {
	wait $client_pid && drain "$@"
}
# came N: until so many of the stream have
came() { wait_for 60 so_far_is $((already + $1)); }

# so_far: how many mails have come
so_far() { find "$T/sink" -name '*.eml' | wc -l; }
so_far_is() { [ "$(so_far)" -ge "$1" ]; }

# in_queue NAME: how many mails; files that are not executable had not come in whole
# when it was killed, and belong to who sent them
in_queue() {
	(
		cd "$T/$1/postfix/queue" &&
		find maildrop incoming active deferred hold -type f -perm -u+x 2>/dev/null | wc -l
	)
}
# Twice, since a mail may move on while the folders are looked at.
has_none() { [ "$(in_queue $1)$(in_queue $1)" = 00 ]; }

# drain NAME...: until their queues are empty, tried as often as it takes
drain() {
	for name in "$@"; do
		rounds=300
		until has_none $name; do
			rounds=$((rounds - 1))
			[ $rounds -gt 0 ] || return 1
			at $name flush
			sleep 0.2
		done
	done
}

# audit [KILLED AFTER]: what became of the stream, in the file audited
audit() {
	perl "$GATEWAYS" audit "$record" sink "${1:--}" "${2:-0}" $gateways >audited
	echo "# ${record#tries.}: $(head -n 1 audited)"
}
# of KEY: a value of it
of() { sed -n "1s/.* $1=\([^ ]*\).*/\1/p" audited; }
# none_lost NAME
none_lost() {
	is "$(head -n 1 audited | sed 's/^mails=[0-9]* //; s/ twice=.*//')" \
	    'lost=0 unscanned=0 unlogged=0 torn=0 waiting=0 refused=0 strange=0 odd=0' "$1"
	sed -n '2,$p' audited
}
