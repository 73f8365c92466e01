# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-settings.sh: multiscan-check's part settings, but for names (check-policy.sh):
# what the settings say has to be there, and of the form that is asked for.  Read when
# they are; for stops, wrong and warn see multiscan-check.

# places: the folders are there, ours, on one file system, and have room
places() {
	for place in WORK QUARANTINE RECORD_DIR; do
		eval "folder=\$$place"
		grade=wrong
		[ $place != WORK ] || grade=stops
		if [ ! -d "$folder" ]; then
			$grade "$place: $folder: there is no such folder: make it"
		elif [ ! -w "$folder" ] || [ ! -x "$folder" ]; then
			$grade "$place: $folder: cannot be written by $(id -un): let him"
		else
			room "$place" "$folder"
		fi
	done
	[ "$(stat -c %d "$WORK" 2>/dev/null)" = "$(stat -c %d "$QUARANTINE" 2>/dev/null)" ] ||
		wrong "WORK and QUARANTINE: $WORK and $QUARANTINE are not on one file system: move one"
}

# room PLACE FOLDER: less than a hundredth of the blocks or files is as good as none
room() {
	# available and all blocks, free and all files; a system without a number of files has
	# 0; and the octets of a block
	left=$(stat -f -c '%a %b %d %c %S' "$2") || { $grade "$1: $2: cannot be looked at"; return; }
	blocks=${left%% *} left=${left#* }
	of=${left%% *} left=${left#* }
	block=${left##* } left=${left% *}
	if [ $((blocks * 100)) -lt $((of)) ]; then
		$grade "$1: $2: its disk is full: make room (quarantine expire)"
	elif [ $((blocks * 20)) -lt $((of)) ] && [ $((blocks * block)) -lt 500000000 ]; then
		warn "$1: $2: its disk is nearly full: make room (quarantine expire)"
	fi
	[ $((${left% *} * 1000)) -ge $((${left#* })) ] ||
		$grade "$1: $2: its disk has no room for more files: make some"
}

# log_file NAME PATH: can lines be appended to it?
log_file() {
	case $2 in
	'') return ;;
	/*) ;;
	*) wrong "$1: $2: give its whole path"; return ;;
	esac
	folder=${2%/*}/
	if [ -d "$2" ]; then
		wrong "$1: $2: that is a folder: give the path of a file"
	elif [ ! -d "$folder" ]; then
		wrong "$1: ${2%/*}: there is no such folder: make it"
	elif [ -e "$2" ] && [ ! -f "$2" ] && [ ! -p "$2" ] && [ ! -c "$2" ]; then
		wrong "$1: $2: that is no file: give the path of one"
	elif [ -e "$2" ] && [ ! -w "$2" ]; then
		wrong "$1: $2: cannot be written by $(id -un): let it, or give another"
	elif [ ! -e "$2" ] && { [ ! -w "$folder" ] || [ ! -x "$folder" ]; }; then
		wrong "$1: $2: cannot be made by $(id -un): make it, or give another"
	fi
}

# log_server: a socket must be there; a server may well not be, now
log_server() {
	case ${LOG_SERVER-} in
	'') return ;;
	unix:/?* | tcp:?*:[1-9]*) ;;
	*) wrong "LOG_SERVER: $LOG_SERVER: give unix:PATH or tcp:ADDRESS:PORT"; return ;;
	esac
	[ -z "${LOG_FILE-}" ] ||
		wrong "LOG_FILE and LOG_SERVER: lines go to one of them: leave one empty"
	said=$("$BIN/virlog" -s "$LOG_SERVER" 2>&1 </dev/null)
	case $? in
	0) ;;
	64) wrong "LOG_SERVER: ${said%%"$NL"*}" ;;
	*) wrong "LOG_SERVER: ${said%%"$NL"*}: start what listens there, or give another" ;;
	esac
}

logging() {
	case $LOG_TAG in
	*[!A-Za-z0-9._-]* | ?????????????????????????????????* | found*)
		wrong "LOG_TAG: $LOG_TAG: give 1 to 32 of A-Z a-z 0-9 . _ -, not found..." ;;
	esac
	log_file LOG_FILE "${LOG_FILE-}"
	if [ "$LOG_FALLBACK" != "$RECORD_DIR/unlogged.log" ] || [ -d "$RECORD_DIR" ]; then
		log_file LOG_FALLBACK "$LOG_FALLBACK"
	fi
	[ -z "${LOG_FILE-}" ] || [ "${LOG_FILE-}" != "$LOG_FALLBACK" ] ||
		wrong "LOG_FALLBACK: is LOG_FILE: give another file, for when that one fails"
	log_server
	case ${LOG_FORMAT-} in
	'' | json) ;;
	*) wrong "LOG_FORMAT: $LOG_FORMAT: give json, or nothing for lines as syslog's" ;;
	esac
	case ${LOG_CLEAN-} in
	'' | [01]) ;;
	*) wrong "LOG_CLEAN: $LOG_CLEAN: give 1, or nothing where clean messages have no line" ;;
	esac
}

addresses() {
	case $NEXT_HOP in
	?*:[1-9]*) ;;
	*) wrong "NEXT_HOP: $NEXT_HOP is not HOST:PORT: give the MTA behind us" ;;
	esac
	for server in ${ENGINES-}; do
		case $server in
		unix:?* | tcp:?*:[1-9]*) ;;
		*) stops "ENGINES: $server is neither unix:PATH nor tcp:HOST:PORT" ;;
		esac
	done
	IFS=$NL
	for line in $ENGINE_LINES; do
		unset IFS
		command=${line##*|}
		command -v "${command%% *}" >/dev/null ||
			stops "engine ${line%%|*}: ${command%% *}: there is no such program: install it"
	done
	unset IFS
}

# suffixes SUFFIX...: and the lists, and the kinds of archives
suffixes() {
	[ -n "$*${SUFFIX_LISTS-}" ] || return 0
	names=$*
	case $names in
	*[,\;\|]*) stops "SUFFIXES: $names: give them with blanks between: a name ends in none of these" ;;
	esac
	set -- -N
	for list in ${SUFFIX_LISTS-}; do set -- "$@" -L "$list"; done
	for kind in ${ARCHIVES_OFF-}; do
		[ "$kind" = all ] || set -- "$@" -x "$kind"
	done
	said=$("$BIN/suffixcheck" "$@" -- $names 2>&1 </dev/null) || stops "${said%%"$NL"*}"
}

# conversions: mimesplit names each line that it does not understand, and what
# only looks wrong; then functions that are not the site's
conversions() {
	case ${CONVERSIONS-} in
	'') return ;;
	/* | "$LIB"/*) ;;
	*) wrong "CONVERSIONS: $CONVERSIONS: give its whole path" ;;
	esac
	words=$("$BIN/mimesplit" -k -C "$CONVERSIONS") || _failed=1
	for word in $words; do
		word=${word#treat=}
		if is_own "$word"; then
			wrong "$CONVERSIONS: command $word: that is a function of the program"
		elif [ -z "$(functions_of_settings "$word")" ]; then
			wrong "$CONVERSIONS: command $word: there is no function of that name in $CONF"
		fi
	done
}

# recipients: who is told, and who it comes from
recipients() {
	for setting in NOTIFY_TO NOTIFY_FROM; do
		eval "to=\${$setting-}"
		case $to in
		'' | postmaster) ;;
		*[!A-Za-z0-9.+_=@-]* | @* | *@ | *@*@*)
			wrong "$setting: $to is no address: give one, as postmaster@example.com" ;;
		*@*) ;;
		*) warn "$setting: $to has no domain: the MTA has to know where that is" ;;
		esac
	done
	[ "$TIMEOUT" -le 300 ] ||
		warn "TIMEOUT: $TIMEOUT: a run is ended after 310 seconds (guard), 290 in the session: give 300 at the most"
}

# notices: the templates of all languages
notices() {
	said=$("$BIN/notice" -k -l "$NOTICE_LANGS" note bounce operator held 2>&1) || lines wrong "$said"
}

# allowing: who may have what others may not; what it warns of is said, too
allowing() {
	case ${ALLOW-} in
	'') return ;;
	/*) ;;
	*) wrong "ALLOW: $ALLOW: give its whole path"; return ;;
	esac
	if said=$("$BIN/allowed" -k -L "$ALLOW" 2>&1); then
		[ -z "$said" ] || printf '%s\n' "$said" >&2
	else
		lines wrong "$said"
	fi
}

# ignoring: the file of signatures that are to be ignored; avscan reads it before it asks
ignoring() {
	said=$("$BIN/avscan" -s unix:/nowhere /dev/null 2>&1) || :
	case $said in
	*'no engine answers'*) ;;
	*) lines stops "$said" ;;
	esac
}

# limits: what is kept, and the field that a mark is
limits() {
	case ${QUARANTINE_AGE-} in
	'' | [1-9] | [1-9][0-9] | [1-9][0-9][0-9] | [1-9][0-9][0-9][0-9]) ;;
	*) wrong "QUARANTINE_AGE: $QUARANTINE_AGE is not a number of days: give 1 to 9999" ;;
	esac
	size=${QUARANTINE_SIZE-}
	case ${size%[KMGT]} in
	0* | *[!0-9]* | ?????????????*)
		wrong "QUARANTINE_SIZE: $QUARANTINE_SIZE is no size: give a number, K, M, G or T" ;;
	?*) fits ;;
	esac
}
# fits: else the disk is full before `quarantine expire' takes anything away
fits() {
	case $size in
	*K) kib=${size%K} ;;
	*M) kib=$((${size%M} * 1024)) ;;
	*G) kib=$((${size%G} * 1048576)) ;;
	*T) kib=$((${size%T} * 1073741824)) ;;
	*) kib=$((size / 1024)) ;;
	esac
	said=$(df -Pk "$QUARANTINE" 2>/dev/null | sed -n '2s/^[^ ]* *\([0-9]*\) .*/\1/p')
	[ "${said:-$kib}" -ge "$kib" ] ||
		warn "QUARANTINE_SIZE: $size, but all of its disk has $((said / 1024))M: give it less, or mail waits once it is full"
}


check_settings() {
	[ -z "$_said" ] || wrong "$CONF: it prints: $_said$(_blanks "$CONF")"
	policy
	places
	logging
	addresses
	suffixes $SUFFIXES
	[ -z "${SUFFIXES_INSIDE+set}" ] || suffixes $SUFFIXES_INSIDE
	conversions
	allowing
	ignoring
	recipients
	notices
	limits
	viruses
}
