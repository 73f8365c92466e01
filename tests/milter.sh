# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2034,SC2154
# multiscan-milter before the queue of a Postfix of our own; read after postfix.sh, whose
# functions it uses:
#
#	send_mail --> port $port_in: smtpd <--> multiscan-milter, guard, multiscan
#	          --> smtp --> the sink, $T/sink/N.eml
#
# At port $port_asks smtpd asks a milter at the port $port_tcp, not at the socket.
# The milter works as nobody, and says what it says into $T/milter.log.  In place of
# multiscan it may have one that is told what to do, $T/fake.

M=$T/milter
FAKE=$T/fake
milter_pid=''

write_postfix() {
	# shellcheck disable=SC2046
	set -- $(free_ports 2)
	port_asks=$1 port_tcp=$2
	install -d -o nobody -g postfix -m 2750 "$M"
	cat >>"$C/main.cf" <<-END
	myhostname = gateway.example
	mydestination =
	mynetworks = 127.0.0.0/8 192.0.2.0/24
	default_transport = smtp:[127.0.0.1]:$port_sink
	relayhost = [127.0.0.1]:$port_sink
	allow_min_user = yes
	milter_default_action = tempfail
	milter_protocol = 6
	smtpd_milters = unix:$M/sock
	non_smtpd_milters =
	smtpd_authorized_xclient_hosts = 127.0.0.0/8
	smtp_line_length_limit = 0
	END
	cat >>"$C/master.cf" <<-END
	127.0.0.1:$port_in inet n - n - 60 smtpd
	127.0.0.1:$port_asks inet n - n - 20 smtpd -o smtpd_milters=inet:127.0.0.1:$port_tcp
	127.0.0.1:$port_back inet n - n - 20 smtpd -o smtpd_milters=
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

ready() { grep -c 'ready: ' "$T/milter.log"; }
is_ready() { [ "$(ready)" -ge "$1" ]; }

# milter_ends: what was told to end does so: libmilter looks for it after each connection,
# and without one every five seconds
milter_ends() {
	while "$BUILD/tools/talk" "unix:$M/sock" </dev/null >/dev/null 2>&1; do sleep 0.05; done
}

# milter_start [OPTION]...
milter_start() {
	[ -e "$T/milter.log" ] || : >"$T/milter.log"
	n=$(($(ready) + 1))
	MULTISCAN_CONF=$T/multiscan.conf setpriv --pdeathsig TERM \
	    "$P/bin/multiscan-milter" -v -u nobody -l "unix:$M/sock" "$@" 2>>"$T/milter.log" &
	milter_pid=$!
	cleanup='milter_stop; postfix_stop'
	wait_for 20 is_ready "$n" || { sed 's/^/# /' "$T/milter.log"; return 1; }
}

# milter_stop [SIGNAL]
milter_stop() {
	[ -n "$milter_pid" ] || return 0
	kill "${1:--TERM}" "$milter_pid" 2>/dev/null
	milter_ends
	wait "$milter_pid" 2>/dev/null
	milter_pid=
}

# fake_make: one that plays multiscan -X, and keeps its arguments in $FAKE/arguments
fake_make() {
	install -d -o nobody -m 755 "$FAKE" "$FAKE/work" "$FAKE/quarantine"
	cat >"$FAKE/multiscan" <<-END
	#!/bin/sh
	ID=0123456789abcdef0123 HERE=$FAKE
	DIR=\$HERE/work/\$\$
	trap 'r=\$?; trap "" TERM; [ \$r -eq 0 ] || rm -rf "\$DIR"' EXIT
	trap 'exit 75' TERM
	manifest() { echo "part=0 id=\$1 parts=1" >"\$DIR/manifest"; }
	mkdir -p "\$DIR/parts" && manifest \$ID || exit
	printf '%s\\n' "\$@" >"\$HERE/arguments"
	if [ -e "\$HERE/deaf" ]; then head -c 1 >"\$DIR/message"; else cat >"\$DIR/message"; fi
	cp "\$DIR/message" "\$HERE/got"
	answer() { echo "id=\$ID \$*"; }
	. "\$HERE/does"
	END
	chmod 755 "$FAKE/multiscan"
}

# does TEXT: of shell, what it does with DIR and ID, as: answer do=deliver at=work dir="$DIR"
does() {
	printf '%s\n' "$1" >"$FAKE/does.new"
	mv "$FAKE/does.new" "$FAKE/does"
}
DELIVER='answer do=deliver at=work dir="$DIR"'
CHANGE='cp "$HERE/new" "$DIR/message.new"; answer do=deliver at=work dir="$DIR" changed=yes'

# as_taken FILE: a message from the sink, with LF and without Postfix's own field on top
as_taken() {
	awk '{ sub(/\r$/, "") }
	    NR == 1 && /^Received: from / { ours = 1; next }
	    ours && /^[ \t]/ { next }
	    { ours = 0; print }' "$1"
}
