# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# gateway-services.sh: what runs, by systemd or by cron, and what takes notice of new
# files; for gateway-setup, read with `.'.
#
# In $G/todo is what new files need, before they are published; it goes when it was done.
# In $G/units are those that we enabled, before they are; in $G/started those of them that
# did not run before.

has_systemd() {
	if [ -n "$R" ]; then [ -e "$R/lib/systemd/systemd" ]; else [ -d /run/systemd/system ]; fi
}

# units: those that a gateway has
units() {
	printf '%s\n' avscand.socket avscand.service sigupdate.timer sigupdate.path \
		multiscan-sweep.timer multiscan-expire.timer multiscan-prove.timer \
		nightly.timer nightly-mail.timer multiscan-heartbeat.timer
	[ "$FRONT" != milter ] || echo multiscan-milter.service
	printf '%s\n' rsyslog.service postfix.service
}
# crons: the same for cron; the name in /etc/cron.d, and of ours
CRONS='multiscan=multiscan.cron multiscan-report=nightly.cron sigupdate=sigupdate.cron
	multiscan-heartbeat=multiscan-heartbeat.cron'

# states_of_units: in states, a line each: its name, loaded or not-found, active or not, enabled or not
states_of_units() {
	# shellcheck disable=SC2046
	systemctl show -p Id,LoadState,ActiveState,UnitFileState $(units) | awk -F = '
	$1 == "Id" { id = $2 }
	$1 == "LoadState" { load = $2 }
	$1 == "ActiveState" { active = $2 }
	$1 == "UnitFileState" { print id, load, active, $2 == "" ? "-" : $2 }' >"$W/states"
	[ "$(wc -l <"$W/states")" -eq "$(units | wc -l)" ] ||
		fail 'systemctl show does not tell of each unit: is systemd well?'
}

# postfix_runs: its unit does not tell: it is a wrapper that is always active
postfix_runs() { postfix status >/dev/null 2>&1 9<&-; }

# there_are_units: says which are missing
there_are_units() {
	states_of_units
	while read -r unit load active enabled; do
		[ "$load" != not-found ] ||
			wrong "$unit: there is no such unit: is all of multiscan installed" \
				'(systemctl daemon-reload)?'
	done <"$W/states"
}

# wanted_units: in to_enable, to_start and to_stop, what differs
wanted_units() {
	empty to_enable to_start to_stop
	[ -z "$R" ] && has_systemd || return 0
	states_of_units
	while read -r unit load active enabled; do
		[ "$enabled" = enabled ] || echo "$unit" >>"$W/to_enable"
		[ "$active" = active ] || echo "$unit" >>"$W/to_start"
	done <"$W/states"
	[ -e "$G/units" ] || return 0
	units | grep -vxF -f - "$G/units" >"$W/to_stop"
	return 0
}

# things_to_do: in todo, what the files that change need
things_to_do() {
	: >"$W/todo"
	[ -d "$G/published" ] || echo signatures >>"$W/todo"
	! cat "$W/changed" "$W/gone" | grep -q '^/etc/rsyslog\.d/' || echo rsyslog >>"$W/todo"
	[ -n "$R" ] || postfix_runs || echo restart >>"$W/todo"
	cat "$W/changed" "$W/gone" | grep -q '^/etc/postfix/' || return 0
	if needs_restart "$R/etc/postfix" "$STAGE/etc/postfix"; then
		echo restart >>"$W/todo"
	else
		echo reload >>"$W/todo"
	fi
}
# pending: what a run that was killed has not done
pending() { [ ! -e "$G/todo" ] || cat "$G/todo"; }

# commands: what will be run
commands() {
	_todo=" $(cat "$W/todo" 2>/dev/null) $(pending) "
	_todo=$(echo "$_todo" | tr '\n' ' ')
	if [ -n "$R" ]; then
		return
	fi
	case $_todo in *' signatures '*) echo "$AS_SIGUPDATE $BIN/sigupdate update -q" ;; esac
	if has_systemd; then
		sed 's/^/systemctl disable --now /' "$W/to_stop"
		all_of 'systemctl enable' "$W/to_enable"
		all_of 'systemctl start' "$W/to_start"
	fi
	case $_todo in *' rsyslog '*) echo "$RSYSLOG_RESTART" ;; esac
	case $_todo in
	*' restart '*) echo "$POSTFIX_RESTART" ;;
	*' reload '*) echo 'postfix reload' ;;
	esac
}
# all_of COMMAND FILE: it, for all of them at once
all_of() { [ ! -s "$2" ] || echo "$1 $(joined <"$2")"; }
AS_SIGUPDATE='setpriv --reuid=sigupdate --regid=sigupdate --init-groups'
by_systemd_or_not() {
	if has_systemd; then
		RSYSLOG_RESTART='systemctl restart rsyslog.service'
		POSTFIX_RESTART='systemctl restart postfix.service'
	else
		RSYSLOG_RESTART='service rsyslog restart'
		POSTFIX_RESTART='service postfix restart'
	fi
}

# run COMMAND...: said, and done without our lock; one that fails is said
run() {
	echo "$*"
	"$@" 9<&- </dev/null && return
	_status=$?
	warn "$*: exit $_status"
	return $_status
}

# activate: all that is to be done, in an order in which no mail passes unseen: first what
# scans, then who asks it
activate() {
	[ -z "$R" ] || {
		rm -f "$G/todo"
		return
	}
	_todo=" $(pending | tr '\n' ' ')"
	case $_todo in *' signatures '*) signatures ;; esac
	if has_systemd; then
		start_units
	else
		cat <<-END
		gateway-setup: systemd does not run here: start these by hand, and at each boot:
		  avscand (man avscand)
		END
		[ "$FRONT" != milter ] || echo '  multiscan-milter (man multiscan-milter)'
	fi
	awaken || return 0
	rm -f "$G/todo" && sync "$G"
}
# awaken: who reads files at his start; false where one did not, and it is to be tried again
awaken() {
	_todo=" $(pending | tr '\n' ' ')" _failed=
	# shellcheck disable=SC2086
	case $_todo in *' rsyslog '*) run $RSYSLOG_RESTART || _failed=1 ;; esac
	# shellcheck disable=SC2086
	case $_todo in
	*' restart '*) restart_postfix ;;
	*' reload '*) if postfix_runs; then run postfix reload; else restart_postfix; fi ;;
	esac || _failed=1
	[ -z "$_failed" ]
}
restart_postfix() {
	# shellcheck disable=SC2086
	run $POSTFIX_RESTART || return
	for _second in 1 2 3 4 5 6 7 8 9 10; do
		! postfix_runs || return 0
		sleep 1
	done
	warn 'Postfix does not run: the mail log says why'
	return 1
}

# signatures: the first ones.  With only the test set it exits 1: so it is said.
signatures() {
	[ -n "$(find /var/lib/multiscan/sigs -mindepth 1 -print -quit 2>/dev/null)" ] ||
		: >"$G/signatures"
	echo "$AS_SIGUPDATE $BIN/sigupdate update -q"
	# shellcheck disable=SC2086
	$AS_SIGUPDATE "$BIN/sigupdate" update -q >"$W/said" 9<&- </dev/null
	case $? in
	0) ;;
	1) warn 'sigupdate: not all signatures are there yet (see above): apt install' \
		'clamav-freshclam, or man sigupdate.conf; "sigupdate list" tells' ;;
	*) warn 'sigupdate: there are no new signatures, see above' ;;
	esac
}

start_units() {
	# Those that systemctl removes when they are empty again
	find /etc/systemd/system -name '*.wants' -type d -empty >"$W/said"
	[ -e "$G/wants" ] || add_lines wants "$W/said"
	add_lines units "$W/to_enable"
	grep -xF -f "$W/to_start" "$W/to_enable" >"$W/said"
	add_lines started "$W/said"
	while read -r unit; do
		run systemctl -q disable --now "$unit"
	done <"$W/to_stop"
	if [ -s "$W/to_stop" ]; then
		grep -vxF -f "$W/to_stop" "$G/units" >"$G/units.new"
		sync "$G/units.new" && mv -f "$G/units.new" "$G/units" && sync "$G" ||
			fail "$G/units: cannot be written"
	fi
	# shellcheck disable=SC2046
	[ ! -s "$W/to_enable" ] || run systemctl -q enable $(cat "$W/to_enable")
	# shellcheck disable=SC2046
	[ ! -s "$W/to_start" ] || run systemctl start $(cat "$W/to_start")
}

# deactivate: after the files are what they were
deactivate() {
	[ -z "$R" ] || return 0
	awaken
	if has_systemd && [ -e "$G/units" ]; then
		# shellcheck disable=SC2046
		[ ! -s "$G/units" ] || run systemctl -q disable $(cat "$G/units")
		# What ran before us runs after us.
		_ours=$G/started
		[ -e "$_ours" ] || _ours=$G/units
		# shellcheck disable=SC2046
		[ ! -s "$_ours" ] || run systemctl -q stop $(cat "$_ours")
		# What a timer has started may run still.
		# shellcheck disable=SC2046
		systemctl -q stop $(sed -n 's/\.timer$/.service/p; s/\.path$/.service/p' "$G/units") 2>/dev/null 9<&-
		while read -r path; do mkdir -p "$path"; done <"$G/wants"
	fi
	if [ -e "$G/signatures" ]; then
		find /var/lib/multiscan/sigs -mindepth 1 -delete
	fi
}
