# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-parts.sh: multiscan-check's parts relay, signatures, engines, report and
# heartbeat.  For stops, wrong, warn and lines see multiscan-check.

# relay: the rules have no error, and do not let everybody in
check_relay() {
	case ${RELAY_CONF-} in
	'') return ;;
	/*) ;;
	*) wrong "RELAY_CONF: $RELAY_CONF: give its whole path"; return ;;
	esac
	said=$("$BIN/relaycheck" -k -c "$RELAY_CONF" 2>&1 >/dev/null)
	case $? in
	0) ;;
	1) open_or_odd "$said" "$("$BIN/relaycheck" -k -c "$RELAY_CONF" 2>/dev/null)" ;;
	64) lines stops "${said#relaycheck: }" ;;
	*) stops "${said#relaycheck: }: make it, and let $(id -un) read it" ;;
	esac
}

# open_or_odd WORDS RECORDS: a line of each for each thing that it found
open_or_odd() {
	records=$2
	IFS=$NL
	for line in $1; do
		unset IFS
		line=${line#relaycheck: }
		case $records in
		why=open\ *) wrong "$line" ;;
		*) warn "$line" ;;
		esac
		records=${records#*"$NL"}
	done
	unset IFS
}

# as_user USER COMMAND...: where root asks and there is such a user
as_user() (
	if [ "$_uid" -eq 0 ] && group=$(id -g "$1" 2>/dev/null); then
		_as=$1
		shift
		setpriv --reuid "$_as" --regid "$group" --init-groups "$@"
	else
		shift
		"$@"
	fi
)

# our_engine: is avscand of this machine one of those that are asked?
our_engine() {
	case " ${ENGINES:-${MULTISCAN_SOCKET:-unix:/run/multiscan/avscand.sock}} " in
	*' unix:/run/multiscan/avscand.sock '*) ;;
	*) return 1 ;;
	esac
}

# signatures: where they come from, and what is in use
check_signatures() {
	our_engine && grade=wrong || grade=warn
	conf=/etc/multiscan/sigupdate.conf why=
	if [ ! -e $conf ]; then
		$grade "signatures: $conf: there is none: copy $LIB/sigupdate.conf"
		return
	fi
	said=$(as_user sigupdate "$BIN/sigupdate" -k -c $conf 2>&1) || { lines wrong "${said#sigupdate: }"; return; }
	said=$(as_user sigupdate "$BIN/sigupdate" list -c $conf 2>&1) || why=${said%%"$NL"*}
	sigs='' stale='' made=''
	IFS=$NL
	for line in $said; do
		unset IFS
		case $line in
		set=*' state=current '*)
			sigs=${line##* sigs=} sigs=${sigs%% *}
			made=${line##* made=} made=${made%% *}
			;;
		source=*' stale='*) line=${line#source=}; stale="$stale ${line%% *}" ;;
		esac
	done
	unset IFS
	# who may not read what sigupdate remembers does not know
	[ "$_uid" -eq 0 ] || [ "$_me" = sigupdate ] || ! id sigupdate >/dev/null 2>&1 || stale=
	case $sigs in
	'')
		case $why in
		*'Permission denied'*) $grade "signatures: $why: let sigupdate read it" ;;
		*) $grade 'signatures: there is no set in use: sigupdate update' ;;
		esac
		;;
	? | ?? | ???)
		# so it begins
		[ $(($(date +%s) - $(date -d "$made" +%s))) -gt 86400 ] || grade=warn
		$grade "signatures: the set in use has only $sigs: no virus is found by it:" \
			"$(source_hint)sigupdate update" ;;
	esac
	! our_engine || running 'signatures: nobody fetches them:' sigupdate sigupdate.timer
	[ -z "$stale" ] || $grade "signatures: stale:$stale: sigupdate list says since when, and why"
}
source_hint() {
	command -v freshclam >/dev/null || echo 'apt install clamav-freshclam, '
}

# engines: each can be reached and scans, or proves that it alerts
check_engines() {
	set -- ${ENGINES:-${MULTISCAN_SOCKET:-unix:/run/multiscan/avscand.sock}}
	all=$# down='' first=''
	for server in "$@"; do
		# one that hangs is not waited for once more
		if said=$("$BIN/avscan" -t 10 -s "$server" /dev/null 2>&1 >/dev/null); then
			[ -n "$_ask" ] || continue
			said=$("$BIN/avscan" -k -t "$TIMEOUT" -s "$server" 2>&1 >/dev/null) && continue
		fi
		case $said in
		*'no engine answers'*) down="$down $server" first=${first:-${said%%"$NL"*}} ;;
		*) lines wrong "engine $server: ${said:-it did not prove that it alerts}" ;;
		esac
	done
	[ -z "$_ask" ] || [ -z "$ENGINE_LINES" ] || other_engines_alert
	set -- $down
	if [ $# -eq $all ]; then
		start='start it'
		! our_engine || start='systemctl start avscand.socket avscand'
		wrong "ENGINES: none can be reached by $(id -un) ($first): $start, or let him"
	else
		for server in "$@"; do
			warn "engine $server: cannot be reached by $(id -un): the others do its work"
		done
	fi
}

# other_engines_alert: those of `engine' lines, at a text and at EICAR (in two halves, so
# that this file is not taken for it)
other_engines_alert() {
	place=$(mktemp -d "${TMPDIR:-/tmp}/multiscan-check.XXXXXX") || exit 75
	asked=
	trap '[ -z "$asked" ] || kill "$asked"; rm -rf "$place"; exit 75' EXIT
	trap 'exit 75' HUP INT TERM
	echo 'a text' >"$place/clean"
	# shellcheck disable=SC2016
	printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' \
		'ANTIVIRUS-TEST-FILE!$H+H*' >"$place/infected"
	IFS=$NL
	for line in $ENGINE_LINES; do
		unset IFS
		name=${line%%|*} line=${line#*|}
		clean=${line%%|*} line=${line#*|}
		infected=${line%%|*} command=${line#*|}
		exits_with "$name" "$command" "$clean" "$place/clean" 'a text is not called clean' &&
			exits_with "$name" "$command" "$infected" "$place/infected" 'EICAR is not found'
	done
	unset IFS
	rm -rf "$place"
	trap - HUP INT TERM
	trap 'exit 75' EXIT
}
# exits_with ENGINE COMMAND CODES FILE WORDS: what it says of the file; false where it says
# nothing.  A wait ends with a signal, which a command would not.
exits_with() {
	limit="timeout -k 5 $TIMEOUT"
	case $(command -v "${2%% *}") in
	*/*) ;;
	*) limit= ;;	# a function of the settings
	esac
	$limit $2 "$4" >/dev/null 2>&1 </dev/null &
	asked=$!
	wait $asked
	code=$? asked=
	case $limit,$code in
	?*,124 | ?*,137) wrong "engine $1: no answer in $TIMEOUT seconds"; return 1 ;;
	esac
	case " $3 " in
	*" $code "*) ;;
	*) wrong "engine $1: $5: exit $code, and not $3" ;;
	esac
}

# reads USER FILE, writes USER FOLDER
reads() { as_user "$1" test -r "$2"; }
writes() { as_user "$1" test -w "$2" && as_user "$1" test -x "$2"; }

# report: who counts can read, and write; and somebody has it done
check_report() {
	running 'report: nobody tidies up:' multiscan multiscan-sweep.timer multiscan-expire.timer
	if [ "$_uid" -ne 0 ] && [ "$_me" != virtally ]; then
		warn 'report: not looked at: only root can, as the user virtally'
		return
	fi
	if ! id virtally >/dev/null 2>&1; then
		warn 'report: there is no user virtally, so nobody counts (systemd-sysusers makes it)'
		return
	fi
	if [ ! -e /var/log/mail.log ]; then
		warn 'report: /var/log/mail.log: there is none: apt install rsyslog'
	fi
	[ ! -x /usr/sbin/rsyslogd ] || running 'report: nothing is logged:' - rsyslog.service
	for log in /var/log/mail.log "${LOG_FILE-}" "${LOG_FALLBACK-}"; do
		[ -e "$log" ] || continue
		reads virtally "$log" ||
			wrong "report: $log: virtally cannot read it: usermod -aG $(stat -c %G "$log") virtally"
	done
	for folder in /var/lib/multiscan/tally /var/lib/multiscan/report; do
		writes virtally $folder ||
			wrong "report: $folder: virtally cannot write there: install -d -o virtally -m 755 $folder"
	done
	if [ ! -e /etc/cron.d/multiscan-report ] && ! enabled nightly.timer; then
		warn 'report: nobody counts: systemctl enable --now nightly.timer nightly-mail.timer'
	else
		running 'report: nobody counts:' multiscan-report nightly.timer nightly-mail.timer
	fi
}
enabled() { systemctl is-enabled -q "$1" 2>/dev/null; }

# running WORDS CRON UNIT...: where systemd is and no such file for cron, those run, and do
# so after the next boot; where there is the file, they do not
running() {
	[ -d /run/systemd/system ] || return 0
	_what=$1 _cron=/etc/cron.d/$2
	shift 2
	# a line: UNIT yes or no, twice: now, and after the next boot
	_states=$(systemctl show -p Id,ActiveState,UnitFileState "$@" 2>/dev/null |
		awk -F= '$1 == "Id" { printf "\n%s", $2; next }
		NF { printf $2 ~ /^(active|activating|reloading|enabled|enabled-runtime)$/ ? " yes" : " no" }
		END { print "" }')
	if [ -e "$_cron" ]; then
		_units=$(units_with yes)
		[ -z "$_units" ] || warn "${_what%%:*}: $_cron and$_units do the same: take one away"
	else
		_units=$(units_with no)
		[ -z "$_units" ] || warn "$_what systemctl enable --now$_units"
	fi
}
# units_with WORD: those of _states
units_with() { printf '%s\n' "$_states" | awk -v word=" $1" 'index($0 " ", word " ") { printf " " $1 }'; }

# heartbeat: wired, and the last run was a moment ago, and well
check_heartbeat() {
	PATH=$PATH:/usr/sbin:/sbin
	command -v postconf >/dev/null || return 0
	service=$(postconf -M multiscan-heartbeat/unix 2>/dev/null | tr -s ' ')
	case $service in
	*' pipe '*) ;;
	*)
		warn 'heartbeat: master.cf has no multiscan-heartbeat: see multiscan-heartbeat(8)'
		return
		;;
	esac
	agent "$service"
	to=heartbeat@$(postconf -hx myhostname 2>/dev/null)
	leads=
	IFS=$NL
	for map in $(maps_of "$(postconf -hx transport_maps 2>/dev/null)"); do
		unset IFS
		[ -n "$leads" ] || leads=$(timeout 20 postmap -q "$to" "${map#proxy:}" 2>/dev/null)
	done
	unset IFS
	case $leads in
	multiscan-heartbeat:*) ;;
	*) wrong "heartbeat: transport_maps: $to does not lead to multiscan-heartbeat:" ;;
	esac
	running 'heartbeat: it is not asked for:' multiscan-heartbeat multiscan-heartbeat.timer
	if [ "$_uid" -ne 0 ] && [ "$_me" != heartbeat ]; then
		warn 'heartbeat: its last run is not looked at: only root can'
	else
		last_beat /var/lib/multiscan/heartbeat/heartbeat.prom
	fi
}

# maps_of LIST: a line each; blanks and commas in braces are a map's own
maps_of() {
	printf '%s\n' "$1" | awk '{
		for (i = 1; i <= length($0); i++) {
			c = substr($0, i, 1)
			depth += (c == "{") - (c == "}")
			printf "%s", !depth && c ~ /[ \t,]/ ? "\n" : c
		}
		print ""
	}' | grep .
}

# agent LINE: its program is there, and its user can keep what is waited for
agent() {
	user=${1#* user=} user=${user%%[ :]*} program=${1#* argv=} program=${program%% *}
	[ -x "$program" ] ||
		wrong "heartbeat: master.cf: $program: there is no such program: it never arrives"
	if ! id "$user" >/dev/null 2>&1; then
		wrong "heartbeat: master.cf: there is no user $user: it never arrives"
	elif [ "$_uid" -eq 0 ] && [ -d /var/lib/multiscan/heartbeat ] &&
		! writes "$user" /var/lib/multiscan/heartbeat; then
		wrong "heartbeat: master.cf: user=$user: cannot write /var/lib/multiscan/heartbeat: user=heartbeat"
	fi
}

# last_beat FILE: what the metric says; with -o it is elsewhere.  Its folder is one that
# what reads hostile mail can write.
last_beat() {
	if [ ! -e "$1" ] && [ ! -L "$1" ]; then
		warn "heartbeat: $1: it has never run: systemctl enable --now multiscan-heartbeat.timer"
		return
	fi
	if [ -L "$1" ] || [ ! -f "$1" ]; then
		wrong "heartbeat: $1: it is no file: take it away"
		return
	fi
	ok='' why='' at=0
	said=$(as_user heartbeat timeout 5 head -c 4096 "$1" 2>/dev/null | tr ' ' =)
	for line in $said; do
		case $line in
		multiscan_heartbeat_ok=*) ok=${line#*=} ;;
		'multiscan_heartbeat_failed{reason="'*'"}=1') why=${line#*\"} why=${why%%\"*} ;;
		multiscan_heartbeat_last_run_timestamp_seconds=*) at=${line##*=} ;;
		esac
	done
	case $at in
	'' | *[!0-9]* | 0* | ?????????????*) at=0 ;;
	esac
	case $why in
	*[!a-z]*) why= ;;
	esac
	if [ "$ok" != 1 ]; then
		wrong "heartbeat: the last run failed: ${why:-$1}: multiscan-heartbeat(8) says what that is:" \
			'see: runuser -u heartbeat -- multiscan-heartbeat'
	elif [ $(($(date +%s) - at)) -gt 900 ]; then
		wrong "heartbeat: its last run is more than 15 minutes ago: systemctl status multiscan-heartbeat.timer"
	fi
}
