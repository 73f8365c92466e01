# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# A real rsyslog of the test's own: what comes to ./log.sock and to 127.0.0.1:$LOG_PORT is
# written in both of its forms, the old one (RSYSLOG_TraditionalFileFormat) to ./old.log and
# with RFC 3339 stamps, as Debian's, to ./new.log.

syslogd=

# start_rsyslog: and cleanup must call stop_rsyslog
start_rsyslog() {
	LOG_PORT=${LOG_PORT:-$(python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')}
	mkdir -p rsyslog.work
	cat >rsyslog.conf <<-END
	global(workDirectory="$PWD/rsyslog.work" maxMessageSize="8k")
	module(load="imuxsock" SysSock.Use="off")
	input(type="imuxsock" Socket="$PWD/log.sock" RateLimit.Interval="0")
	module(load="imtcp")
	input(type="imtcp" address="127.0.0.1" port="$LOG_PORT")
	main_queue(queue.type="LinkedList" queue.size="200000")
	action(type="omfile" file="$PWD/old.log" template="RSYSLOG_TraditionalFileFormat"
	    asyncWriting="off" flushOnTXEnd="on")
	action(type="omfile" file="$PWD/new.log" template="RSYSLOG_FileFormat"
	    asyncWriting="off" flushOnTXEnd="on")
	END
	rm -f log.sock
	/usr/sbin/rsyslogd -n -f "$PWD/rsyslog.conf" -i "$PWD/rsyslog.pid" >rsyslog.out 2>&1 &
	syslogd=$!
	for _ in $(seq 100); do
		if [ -S log.sock ] && python3 -c 'import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()' "$LOG_PORT" 2>/dev/null; then return; fi
		sleep 0.1
	done
	sed 's/^/# /' rsyslog.out
	return 1
}

# stop_rsyslog: it ends when it has written all it has
stop_rsyslog() {
	[ -n "$syslogd" ] || return 0
	kill "$syslogd"
	wait "$syslogd" 2>/dev/null
	syslogd=
}
