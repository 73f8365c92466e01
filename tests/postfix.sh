# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2119,SC2120,SC2154
# A whole gateway behind a Postfix of our own; read after lib.sh.  Nothing in it is
# replaced but signatures and ports:
#
#	send_mail --> port $port_in: smtpd --> pipe(8): guard, multiscan-pipe
#	          --> port $port_back: smtpd --> smtp --> the sink, $T/sink/N.eml
#
# Its configuration, queue and data are in $T/postfix; what it runs is a copy of
# our programs, $P, and works as nobody in $T/spool.  Mail that was put off waits
# until flush, so that how often it is tried does not depend on the time.  All of
# this wants root.

. "$ROOT/tests/master.sh"
P=$T/programs
S=$T/spool
sink_pid='' engine_pid=''

# Runs a command as pipe(8) does.
as_nobody='setpriv --reuid=nobody --regid=nogroup --clear-groups'

# --- its parts ----------------------------------------------------------------

engine_start() {
	rm -f "$S/avscand.sock"
	$as_nobody --pdeathsig TERM "$P/bin/avscand" -D "$P/share/multiscan/signatures" -w 2 \
	    -T "$S/tmp" -l "unix:$S/avscand.sock" 2>>"$T/avscand.log" &
	engine_pid=$!
	wait_for 20 test -S "$S/avscand.sock"
}

engine_stop() {
	[ -n "$engine_pid" ] || return 0
	kill "$engine_pid" 2>/dev/null
	wait "$engine_pid" 2>/dev/null
	engine_pid=
}

# sink_start [OPTION]...: at the same port each time
sink_start() {
	mkdir -p "$T/sink"
	setpriv --pdeathsig TERM "$BUILD/tools/sink" -t "$LIFE" -p "$port_sink" -P "$T/sink.port" "$@" "$T/sink" &
	sink_pid=$!
	wait_for 10 test -f "$T/sink.port"
}

sink_stop() {
	[ -n "$sink_pid" ] || return 0
	kill "$sink_pid" 2>/dev/null
	wait "$sink_pid" 2>/dev/null
	sink_pid=
	rm -f "$T/sink.port"
}

# What a site would write, but for ports, places and times.
write_postfix() {
	cat >>"$C/main.cf" <<-END
	myhostname = gateway.example
	mydestination =
	mynetworks = 127.0.0.0/8
	default_transport = smtp:[127.0.0.1]:$port_sink
	relayhost = [127.0.0.1]:$port_sink
	allow_min_user = yes
	END
	cat >>"$C/master.cf" <<-END
	127.0.0.1:$port_in inet n - n - 20 smtpd -o content_filter=multiscan:dummy
	multiscan unix - n n - ${PIPES:-3} pipe
	  -o { export_environment = TZ LANG MULTISCAN_CONF=$T/multiscan.conf
	       ASAN_OPTIONS=${ASAN_OPTIONS-} UBSAN_OPTIONS=${UBSAN_OPTIONS-} }
	  flags=q user=nobody null_sender=
	  argv=$P/bin/guard -t 40 $P/bin/multiscan-pipe
	  -i \${queue_id} -a \${client_address} -H \${client_hostname}
	  -e \${client_helo} -u \${sasl_username} -f \${sender} -- \${recipient}
	127.0.0.1:$port_back inet n - n - 20 smtpd -o content_filter=
	  -o smtpd_milters= -o smtpd_authorized_xforward_hosts=127.0.0.0/8
	  -o local_header_rewrite_clients=
	  -o receive_override_options=no_header_body_checks,no_unknown_recipient_checks
	  -o { smtpd_recipient_restrictions = check_recipient_access
	       inline:{ never@example.net=REJECT }, permit_mynetworks, reject }
	pickup unix n - n 60 1 pickup
	trace unix - - n - 0 bounce
	flush unix n - n 1000? 0 flush
	showq unix n - n - - showq
	scache unix - - n - 1 scache
	smtp unix - - n - - smtp
	error unix - - n - - error
	retry unix - - n - - error
	END
}

# What a test has in addition, before it starts
write_more() { :; }

# configure [LINE]...: the shipped multiscan.conf, our places, then these lines
configure() {
	{
		cat "$P/lib/multiscan/multiscan.conf"
		cat <<-END
		SPOOL=$S
		WORK=$S/work
		QUARANTINE=$S/quarantine
		RECORD_DIR=$S/records
		unset LOG_FALLBACK
		ENGINES=unix:$S/avscand.sock
		NEXT_HOP=127.0.0.1:$port_back
		TIMEOUT=30
		LOG_FILE=$S/log
		END
		printf '%s\n' "$@"
	} >"$T/multiscan.conf.new"
	mv "$T/multiscan.conf.new" "$T/multiscan.conf"
}

# postfix_start: false, with the log as comments, if it does not run
postfix_start() {
	master_make
	mkdir "$P"
	cp -R "$BUILD/bin" "$BUILD/lib" "$BUILD/share" "$P"
	install -d -o nobody -g nogroup -m 700 "$S" "$S/work" "$S/quarantine" \
	    "$S/records" "$S/tmp"
	cleanup=postfix_stop
	# shellcheck disable=SC2046
	set -- $(free_ports 3)
	port_in=$1 port_back=$2 port_sink=$3
	write_postfix
	settled "$C/main.cf"
	write_more
	configure
	if ! $as_nobody test -x "$P/bin/guard"; then
		echo "# nobody cannot reach $P" && return 1
	fi
	if ! engine_start; then
		sed 's/^/# /' "$T/avscand.log" && return 1
	fi
	sink_start && master_start
}

# Whatever happened, nothing of ours is left.
postfix_stop() {
	sink_stop
	engine_stop
	master_stop
}

# --- what a test asks -----------------------------------------------------------

# send_mail FILE FROM TO...: false if it was not taken; $helo is how it greets, $chunk the
# size of the chunks, where it is to go by BDAT
helo=client.example chunk=
send_mail() {
	mail=$1
	shift
	"$BUILD/tools/submit" -e "$helo" ${chunk:+-c $chunk} "$port_in" "$@" <"$mail" >"$T/answer"
}

delivered() {
	n=0
	while [ -e "$T/sink/$((n + 1)).eml" ]; do n=$((n + 1)); done
	echo $n
}
has_delivered() { [ -e "$T/sink/$1.eml" ]; }

# wait_delivered N [SECONDS]: until the sink has had N in all
wait_delivered() {
	wait_for "${2:-60}" has_delivered "$1" && return
	echo "# $(delivered) delivered, not $1; Postfix's log ends"
	tail -n 20 "$T/postfix/log" | sed 's/^/# /'
	return 1
}

# queue_count: the mails that are in Postfix
queue_count() (
	n=0
	for place in hold 'deferred/?' active incoming maildrop; do
		# shellcheck disable=SC2086
		set -- "$T"/postfix/queue/$place/*
		[ ! -e "$1" ] || n=$((n + $#))
	done
	echo $n
)
# Twice, since a mail may move on while the folders are looked at.
queue_is() { [ "$(queue_count)" -eq "$1" ] && [ "$(queue_count)" -eq "$1" ]; }

# wait_queue N: until N mails are in it; usually 0: each has come to its end
wait_queue() {
	wait_for "${2:-60}" queue_is "$1" && return
	echo "# $(queue_count) in the queue, not $1; Postfix's log ends"
	tail -n 20 "$T/postfix/log" | sed 's/^/# /'
	return 1
}

# flush: what was put off is tried once more
flush() { postqueue -c "$C" -f; }
put_off_is() (
	set -- "$T"/postfix/queue/deferred/?/*
	[ -e "$1" ] || shift
	[ $# -eq "$N" ] && [ "$(grep -c 'status=deferred' "$T/postfix/log")" -ge "$times_put_off" ]
)
# put_off N: until the N mails that there are were tried once more and put off
times_put_off=0
put_off() {
	times_put_off=$((times_put_off + $1))
	N=$1 wait_for 60 put_off_is
}

# lf FILE: with the line ends that Postfix had
lf() { tr -d '\r' <"$1"; }

# without_ours FILE: so, less the two fields that Postfix put on top, on the way
# in and on the way back, and the one that marks what clients read differently
without_ours() {
	awk '{ sub(/\r$/, "") }
	    /^Received: from / && got < 2 && !past { got++; ours = 1; next }
	    ours && /^[ \t]/ { next }
	    /^X-Multiscan: odd;/ { ours = 1; next }
	    { past = got == 2; ours = 0; print }' "$1"
}
