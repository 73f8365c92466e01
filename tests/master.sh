# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# A Postfix of our own, in $T/postfix; read after lib.sh.  A test writes what is its
# own into $C/main.cf and $C/master.cf between master_make and master_start.  All of
# this wants root.

PATH=$PATH:/usr/sbin:/sbin
C=$T/postfix/etc
LIFE=${MULTISCAN_LIFE:-600}	# seconds after which all of it ends by itself
PLACE_OF_POSTFIX=$(postconf -d -h daemon_directory 2>/dev/null)

# postfix_missing: prints why there can be none here; false if there can
postfix_missing() {
	if [ "$(id -u)" -ne 0 ]; then
		echo 'Postfix is started by root only'
	elif [ -z "$PLACE_OF_POSTFIX" ]; then
		echo 'Postfix is not installed'
	elif ! id nobody >/dev/null 2>&1; then
		echo 'there is no user nobody'
	else
		return 1
	fi
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# free_ports N: that many ports nobody listens on, below those that the kernel
# gives to clients
free_ports() {
	perl -MSocket -e 'socket my $probe, PF_INET, SOCK_STREAM, 0 or die;
	    for (1 .. 1000) {
		last if keys %got == $ARGV[0];
		my $port = 12000 + int rand 20000;
		socket my $s, PF_INET, SOCK_STREAM, 0 or die;
		next unless bind $s, sockaddr_in($port, INADDR_LOOPBACK);
		$got{$port} = $s;
	    }
	    print join(" ", keys %got), "\n"' "$1"
}

# master_make: its folders, what each main.cf says, and the services that each has;
# nothing of it leaves the machine.  The folders are those of postfix-files: `postfix check',
# which makes them too, starts a process for each line of it.
master_make() {
	chmod 711 "$T"
	mkdir -p "$C" "$T/postfix/data"
	mkdir -m 755 "$T/postfix/queue" "$T/postfix/queue/pid"
	chown postfix "$T/postfix/data"
	(
		cd "$T/postfix/queue" &&
		install -d -o postfix -m 700 active bounce corrupt defer deferred flush hold \
		    incoming private saved trace &&
		install -d -o postfix -g postdrop -m 730 maildrop &&
		install -d -o postfix -g postdrop -m 710 public
	)
	cat >"$C/main.cf" <<-END
	compatibility_level = 3.6
	config_directory = $C
	queue_directory = $T/postfix/queue
	data_directory = $T/postfix/data
	maillog_file = $T/postfix/log
	maillog_file_prefixes = $T/postfix
	alias_maps =
	alias_database =
	local_recipient_maps =
	inet_interfaces = 127.0.0.1
	inet_protocols = ipv4
	END
	cat >"$C/master.cf" <<-END
	postlog unix-dgram n - n - 1 postlogd
	cleanup unix n - n - 0 cleanup
	qmgr unix n - n 300 1 qmgr
	rewrite unix - - n - - trivial-rewrite
	bounce unix - - n - 0 bounce
	defer unix - - n - 0 bounce
	anvil unix - - n - 1 anvil
	END
}

# settled FILE: a main.cf that nobody writes any more: all of Postfix waits for two seconds
# after a change, in case there is more to come
settled() { touch -d '1 minute ago' "$1"; }

# master_start: false, with the log as comments, if it does not run
master_start() {
	settled "$C/main.cf"
	MAIL_CONFIG=$C "$PLACE_OF_POSTFIX/master" -c "$C" -e "$LIFE" -w && return 0
	postfix -c "$C" check >"$T/postfix/check" 2>&1
	cat "$T/postfix/check" "$T/postfix/log" 2>/dev/null | sed 's/^/# /'
	return 1
}

# ours: the processes that work in the queue's folder: Postfix, and what pipe(8)
# or spawn(8) started; a line each
ours() {
	find /proc/[0-9]*/cwd -maxdepth 0 -lname "$T/postfix/*" 2>/dev/null | cut -d / -f 3
}
no_process() { [ -z "$(ours)" ]; }

# Whatever happened, nothing of it is left.
master_stop() {
	read -r pid <"$T/postfix/queue/pid/master.pid" 2>/dev/null &&
		case " $(ours | tr '\n' ' ')" in
		*" $pid "*) kill "$pid" ;;
		esac
	wait_for 3 no_process && return
	for pid in $(ours); do kill -9 "$pid" 2>/dev/null; done
	wait_for 3 no_process
}
