# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC1010,SC2015,SC2120
# settings.sh: what each script begins with; read with `.'.  read_settings reads
# the site's file, and judging.sh and the rest only then, so that no function of the site's
# takes the place of one of ours.  For the same reason what must be there before
# has a name that begins with _: those are the program's.

set -f
NL='
'
BIN=${0%/*}
LIB=$BIN/../lib/multiscan
PATH=${PATH:+$PATH:}/usr/bin:/bin
# Nothing of this comes from the caller's environment.
LOADED=$$ CONF='' SPLIT='' OWN_ENGINE='' _policy=''

# The commands that our functions use, and that a function would come before
_TOOLS='printf echo read kill command test [ type getopts cat mv rm mktemp sed tr sleep find grep'

# _stop TEXT: this message was not decided.
_stop() {
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	exit 75
}

# read_settings: the first configuration there is; one that fails stops all.
read_settings() {
	ENGINE_LINES=
	unset SUFFIXES SUFFIX_LISTS ARCHIVES_OFF SPOOL WORK QUARANTINE RECORD_DIR ENGINES NEXT_HOP
	unset TIMEOUT LOG_TAG LOG_FILE LOG_SERVER LOG_FORMAT LOG_FALLBACK LOG_CLEAN
	unset NOTIFY_TO NOTIFY_FROM NOTICE_LANGS NOTICE_STATE SIZE_LIMIT SUFFIXES_INSIDE SIZE_LIMIT_INSIDE ALLOW MARK_FIELD
	unset PASSES_VIRUS QUARANTINE_AGE QUARANTINE_SIZE MULTISCAN_LOG_SOCKET MULTISCAN_LOG_FALLBACK
	CONVERSIONS=$LIB/conversions
	[ ! -e /etc/multiscan/conversions ] || CONVERSIONS=/etc/multiscan/conversions
	RELAY_CONF=
	[ ! -e /etc/multiscan/relay.conf ] || RELAY_CONF=/etc/multiscan/relay.conf
	for CONF in "${MULTISCAN_CONF:-/etc/multiscan/multiscan.conf}" "$LIB/multiscan.conf"; do
		[ -e "$CONF" ] || [ "$CONF" = "${MULTISCAN_CONF-}" ] || continue
		[ -r "$CONF" ] && [ -f "$CONF" ] || _stop "$CONF: cannot be read"
		case $CONF in
		*/*) ;;
		*) CONF=./$CONF ;;
		esac
		# shellcheck source=/dev/null
		. "$CONF" || _stop "$CONF: failed"
		unset IFS
		set -f
		# shellcheck disable=SC2086
		unset -f $_TOOLS
		# shellcheck source=scripts/judging.sh
		. "$LIB/judging.sh"
		_check_settings
		NOTICE_LANGS=${NOTICE_LANGS:-en} NOTICE_STATE=${NOTICE_STATE-$RECORD_DIR/notices}
		LOG_FALLBACK=${LOG_FALLBACK-$RECORD_DIR/unlogged.log}
		return
	done
	_stop "no configuration: set MULTISCAN_CONF, or make /etc/multiscan/multiscan.conf"
}

# _check_settings: a name that is misspelt is a name that is missing
_check_settings() {
	[ -n "${SUFFIXES+set}" ] || _stop "$CONF: SUFFIXES is not set"
	for setting in WORK QUARANTINE RECORD_DIR NEXT_HOP TIMEOUT NOTIFY_FROM LOG_TAG; do
		eval "[ -n \"\${$setting-}\" ]" || _stop "$CONF: $setting is not set"
	done
	case $TIMEOUT in
	0* | *[!0-9]* | ??????*) _stop "$CONF: TIMEOUT: $TIMEOUT is not a number of seconds" ;;
	esac
	[ -z "${SIZE_LIMIT-}${SIZE_LIMIT_INSIDE-}" ] || _check_sizes
	case ${MARK_FIELD-} in
	'') ;;
	*[!A-Za-z0-9-]*) _stop "$CONF: MARK_FIELD: $MARK_FIELD is no name of a field" ;;
	[Xx]-?*) ;;
	*) _stop "$CONF: MARK_FIELD: $MARK_FIELD: give one of your own, as X-Multiscan" ;;
	esac
	for policy in on_infected on_banned on_odd on_encrypted on_unscanned; do
		command -v $policy >/dev/null || _stop "$CONF: there is no $policy"
	done
}

_check_sizes() {
	for setting in SIZE_LIMIT SIZE_LIMIT_INSIDE; do
		_size=
		eval "_size=\${$setting-}"
		case ${_size%[KMG]} in
		0* | *[!0-9]* | ?????????????*)
			_stop "$CONF: $setting: $_size is no size: give a number, or one with K, M or G" ;;
		esac
	done
	command -v on_size >/dev/null || _stop "$CONF: there is no on_size"
}

# engine NAME COMMAND CLEAN-CODES INFECTED-CODES: one more scanner
engine() {
	[ $# -eq 4 ] || _stop "engine $*: give NAME 'COMMAND' CLEAN-CODES INFECTED-CODES"
	case $1 in
	'' | *[!a-z0-9]*) _stop "engine $1: a name is a-z and 0-9" ;;
	esac
	ENGINE_LINES="$ENGINE_LINES$1|$3|$4|$2$NL"
}
