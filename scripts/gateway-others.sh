# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# gateway-others.sh: what is made beside Postfix's own files: relay.conf, rsyslog's, the
# settings that are the site's, and cron's where there is no systemd; for gateway-setup,
# read with `.'.

relay_conf() {
	cat <<-END
	# Made by gateway-setup(8) from gateway.conf: who may relay, and what is ours.
	hostname $NAME
	# The heartbeat comes as somebody from outside does.
	internal !127.25.25.25 127.0.0.0/8 ::1
	END
	networks relay.conf | sed 's/^/internal /'
	echo "domains $NAME"
	answers route | sed "s/$TAB.*//; s/^/domains /"
	answers self | sed 's/^/self /'
}

# rsyslog_conf: what cannot be sent is kept, on disk if need be, and holds nobody up
rsyslog_conf() {
	IFS=$TAB read -r _host _port <<-END
	$(answers loghost)
	END
	cat <<-END
	# Made by gateway-setup(8) from gateway.conf: the mail log goes to another machine, too.
	mail.* action(type="omfwd" name="multiscan" target="$_host" port="$_port" protocol="tcp"
	    template="RSYSLOG_ForwardFormat"
	    action.resumeRetryCount="-1" action.resumeInterval="10"
	    queue.type="LinkedList" queue.size="10000" queue.filename="multiscan"
	    queue.maxDiskSpace="1g" queue.saveOnShutdown="on" queue.timeoutEnqueue="0")
	END
}

# Where they are missing; they are the site's then.
SEEDS='/etc/multiscan/multiscan.conf /etc/multiscan/conversions'
SEEDS="$SEEDS /etc/multiscan/sigupdate.conf /etc/logrotate.d/multiscan"

stage_others() {
	stage relay_conf /etc/multiscan/relay.conf 644
	for _path in $SEEDS; do
		_name=${_path##*/}
		[ "$_name" != multiscan ] || _name=multiscan.logrotate
		seed "$_path" "$_name"
	done
	[ -z "$(answers loghost)" ] || stage rsyslog_conf /etc/rsyslog.d/30-multiscan.conf 644
	has_systemd || for _pair in $CRONS; do
		_from=$LIB/${_pair#*=}
		stage seed_text "/etc/cron.d/${_pair%%=*}" 644
	done
	for _name in postfix/multiscan multiscan logrotate.d rsyslog.d; do
		folder /etc/$_name 755 root:root
	done
	has_systemd || folder /etc/cron.d 755 root:root
	[ -n "$R" ] && ! id multiscan >/dev/null 2>&1 || milter_folder
}

# milter_folder: where Postfix, in its chroot, finds multiscan-milter
milter_folder() { our_folder /var/spool/postfix/multiscan 2750 multiscan:postfix; }
