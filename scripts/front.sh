# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC1010,SC2015,SC2034,SC2154
# front.sh: how both fronts begin: a message on standard input, with its envelope as
# the MTA tells it.  Read when the settings are.

# find_channel: where the client is, by the site's relay.conf, if it has one here and
# the MTA did not say.  No client, as with what sendmail takes: outside.
find_channel() {
	[ -z "$_channel" ] && [ -n "${RELAY_CONF-}" ] || return 0
	_channel=outside
	[ -n "$_client" ] || return 0
	# of whom it comes and to whom it goes decides nothing of this
	answer=$("$BIN/relaycheck" -c "$RELAY_CONF" -i "$_client" ${_user:+-a} postmaster)
	case $?$answer in
	0*' channel=inside '*) _channel=inside ;;
	0*' channel=outside '* | 75*' why=bad-client '*) ;;
	*) not_now "relaycheck: $RELAY_CONF does not say who is inside" ;;
	esac
}

# Of this process, or of one of the same number that was killed.
rm_work() { [ ! -e "$_work" ] || rm -rf "${_work:?}"; }

# receive [OPTION]... [--] RCPT...: the message in DIR; until it is handed on, the MTA
# has it, and nothing of ours is left where that fails
receive() {
	_queue='' _client='' _host='' _helo='' _user='' _channel='' _from='' _is=-i
	OPTIND=1
	while getopts :i:Q:a:H:e:u:g:f:hV opt; do
		case $opt in
		i) _queue=$OPTARG ;;
		Q) _queue=$OPTARG _is=-Q ;;
		a) _client=$OPTARG ;;
		H) _host=$OPTARG ;;
		e) _helo=$OPTARG ;;
		u) _user=$OPTARG ;;
		g) _channel=$OPTARG ;;
		f) _from=$OPTARG ;;
		h | V) ;;	# alone they are no message, and with more no reason to bounce one
		*) not_now "-$OPTARG: no such option, or no argument; -h tells more" ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -gt 0 ] || not_now 'no recipient; -h tells more'
	find_channel
	for to in "$@"; do
		set -- "$@" -r "$to"
		shift
	done
	# with -Q the folder is used when this process is gone, and its number another's
	_work=$WORK/$$
	case $_is$_queue in
	-i* | -Q | *[!A-Za-z0-9-]* | -Q*-*) ;;
	*) _work=$_work.$_queue ;;
	esac
	DIR=$_work
	rm_work
	trap 'trap "" HUP INT TERM; rm_work; exit 75' EXIT
	trap 'exit 75' HUP INT TERM
	split_message $_is "$_queue" -a "$_client" -H "$_host" -e "$_helo" -u "$_user" \
		${_channel:+-g "$_channel"} -f "$_from" "$@"
	word id "$SPLIT"
	ID=$VALUE
}
