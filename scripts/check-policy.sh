# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-policy.sh: multiscan-check's part settings: the names in them.  What is misspelt
# is a setting that is not there, a policy that is never asked, or an action that fails
# on the day when a virus comes.  The file is read as text for that: a policy may run
# anything, and so it is not run.

# What somebody asks for; multiscan.conf(5) has all of them.
KNOWN='SUFFIXES SUFFIX_LISTS SIZE_LIMIT SUFFIXES_INSIDE SIZE_LIMIT_INSIDE ALLOW MARK_FIELD
ARCHIVES_OFF CONVERSIONS RELAY_CONF SPOOL WORK QUARANTINE RECORD_DIR QUARANTINE_AGE
QUARANTINE_SIZE ENGINES NEXT_HOP TIMEOUT LOG_TAG LOG_FILE LOG_SERVER LOG_FORMAT LOG_FALLBACK
LOG_CLEAN PASSES_VIRUS NOTIFY_TO NOTIFY_FROM NOTICE_LANGS NOTICE_STATE DIAGNOSTIC_MSG ERROR_POINTER_URL'
# What others ask for, or the program has set
OTHERS='PATH TZ LANG LC_ALL HOME TMPDIR IFS MULTISCAN_SOCKET MULTISCAN_IGNORE FINDINGS
DISPOSITIONS FOUND RED_FLAG'
POLICIES='on_infected on_banned on_size on_odd on_encrypted on_unscanned on_infected_inside
on_banned_inside on_size_inside on_odd_inside on_encrypted_inside on_unscanned_inside'
TEXTS='note_text bounce_text refuse_text'
ACTIONS='write_record keep_original substitute_part force_delete mark tag_subject force_hold
force_bounce force_discard force_retry let_pass redirect_to send_email notify_recipients each
all_to from'

# words_of FILE: what its text calls, sets and defines: a line each, as check-policy.awk says
words_of() { awk -f "$LIB/check-policy.awk" <"$1"; }

# meant NAME KNOWN...: one of them that is a letter, or two that changed places, away, or
# that begins with it
meant() {
	name=$1
	shift
	printf '%s\n' "$@" | awk -v name="$name" '
	function near(a, b,   i, la, lb) {
		la = length(a); lb = length(b)
		for (i = 1; i <= la && substr(a, i, 1) == substr(b, i, 1); i++) ;
		if (la == lb)
			return substr(a, i + 1) == substr(b, i + 1) ||
			    (substr(a, i + 2) == substr(b, i + 2) &&
			    substr(a, i, 1) == substr(b, i + 1, 1) &&
			    substr(a, i + 1, 1) == substr(b, i, 1))
		if (la == lb + 1)
			return substr(a, i + 1) == substr(b, i)
		return la + 1 == lb && substr(a, i) == substr(b, i + 1)
	}
	near(name, $0) { print; found = 1; exit }
	length(name) > 3 && index($0, name) == 1 && part == "" { part = $0 }
	END { if (!found && part != "") print part }'
}

# said_word LINE: is it one of WORDS?
said_word() {
	case $NL$WORDS$NL in
	*"$NL$1$NL"*) ;;
	*) return 1 ;;
	esac
}

# settings_named: those in capitals that the file sets, and nobody asks for
settings_named() {
	for name in $(printf '%s\n' "$WORDS" | sed -n 's/^set //p' | sort -u); do
		among $name $KNOWN $OTHERS && continue
		like=$(meant $name $KNOWN)
		if [ -n "$like" ]; then
			warn "$CONF: $name: nobody asks for it: is $like meant?"
		elif ! said_word "uses $name" && ! exported $name; then
			warn "$CONF: $name: nobody asks for it: take it out, or see multiscan.conf(5)"
		fi
	done
}
exported() { grep -q "^[[:blank:]]*export .*$1" "$CONF"; }

# called: each name of a call; what `each' calls is one
called() {
	printf '%s\n' "$WORDS" | sed -n 's/^calls [0-9]* each [0-9]* \([a-zA-Z_]\)/\1/p
		s/^calls [0-9]* \([^ ]*\) .*/\1/p'
}

# functions_named: a policy that is misspelt is one that is not there
functions_named() {
	called=$(called)
	for name in $(printf '%s\n' "$WORDS" | sed -n 's/^defines //p' | sort -u); do
		among $name $POLICIES $TEXTS $called && continue
		case $name in
		on_*)
			like=$(meant $name $POLICIES)
			wrong "$CONF: $name(): no finding is of that kind${like:+: is $like meant?}"
			;;
		*)
			[ -z "$(uses_of $name)" ] || continue
			like=$(meant $name $POLICIES $TEXTS)
			warn "$CONF: $name(): nobody calls it${like:+: is $like meant?}"
			;;
		esac
	done
}

# uses_of NAME: where else it stands; a rule may call it by a name it makes, the
# conversions call it
uses_of() {
	{ sed "s/^[[:blank:]]*$1[[:blank:]]*()//; s/^[[:blank:]]*#.*//" "$CONF"
	[ -z "${CONVERSIONS-}" ] || sed 's/^!.*//' "$CONVERSIONS" 2>/dev/null; } | grep -w "$1"
}

# calls_named: each name that a policy calls is an action, a function of the site's or a
# program
calls_named() {
	words=$(called | sort -u)
	# in a shell that has none of our functions
	words=$(sh -c 'for w; do command -v "$w" >/dev/null || echo "$w"; done' sh $words)
	[ -n "$words" ] || return 0
	# what is no name of a function would end the shell that asks
	# shellcheck disable=SC2046
	site=$(functions_of_settings $(printf '%s\n' "$words" | grep -v '[^A-Za-z0-9_]'))
	for name in $words; do
		case $name in
		# asked for before it is called
		/*) ! grep -qF -e "-x $name" "$CONF" || continue ;;
		esac
		if ! is_own $name && ! among $name $site; then
			like=$(meant $name $ACTIONS)
			wrong "$CONF:$(line_of $name): $name: there is no such action, function or program${like:+: is $like meant?}"
		fi
	done
}
line_of() {
	printf '%s\n' "$WORDS" | awk -v name="$1" '
	$1 == "calls" && ($3 == name || ($3 == "each" && $5 == name)) { print $2; exit }'
}

# arguments: an action that has none of what it needs says not now on its day
arguments() {
	printf '%s\n' "$WORDS" | awk -v file="$CONF" '
	BEGIN {
		need["redirect_to"] = "an ADDRESS"; least["redirect_to"] = 1
		need["tag_subject"] = "a TEXT"; least["tag_subject"] = 1
		need["send_email"] = "ADDRESS SUBJECT TEXT"; least["send_email"] = 3
		need["each"] = "a FUNCTION"; least["each"] = 1
	}
	$1 == "calls" && $3 in need && $4 < least[$3] { print file ":" $2 ": " $3 ": give " need[$3] }
	# as the action itself asks
	$1 == "calls" && $3 == "redirect_to" && $4 && $5 != "-" &&
	($5 ~ /[^A-Za-z0-9.+_=@-]|^@|@$|@.*@/) {
		print file ":" $2 ": redirect_to: " $5 " is no address: mail waits"
	}'
}

# policy: all of that
policy() {
	. "$LIB/names.sh"
	own_functions
	for name in $(functions_of_settings $OWN $_TOOLS); do
		wrong "$CONF: $name() is a name that the program uses: give it another name"
	done
	WORDS=$(words_of "$CONF")
	settings_named
	functions_named
	calls_named
	lines wrong "$(arguments)"
	for name in on_infected on_infected_inside; do
		! said_word "passes $name" || warn "$CONF: $name(): let_pass: what has a virus may go on"
	done
}
