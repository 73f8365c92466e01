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

# words_of FILE: what its text calls, sets and defines, without running it.  A line each:
#	set NAME		calls LINE NAME ARGUMENTS FIRST
#	defines NAME		uses NAME ($NAME)
#	passes NAME (let_pass in it)
# What is in quotes or is made while it runs ($...) is no name of these; FIRST is there
# without its quotes, and - where it has a blank or is made while it runs.
words_of() {
	awk '
	function flush(  first) {
		if (have)
			print "calls", at, have, args, one
		if (have == "let_pass")
			print "passes", here_in
		have = ""; args = 0; one = "-"
	}
	# word W: at the place of a command, an argument, or after > and <
	function word(w) {
		raw = text
		text = ""
		if (w == "")
			return
		if (target) { target = 0; return }
		if (mode[depth] == "case") { if (w == "in") mode[depth] = "pattern"; return }
		if (mode[depth] == "pattern") {
			if (w == "esac") { depth--; start = 0 }
			return
		}
		if (!start) {
			if (!args++)
				one = raw ~ /^[^ \t$`\\]+$/ ? raw : "-"
			return
		}
		if (w ~ /^(if|then|else|elif|fi|do|done|while|until|!|[{}])$/)
			return
		if (w == "case") { mode[++depth] = "case"; return }
		if (w == "esac") { depth--; start = 0; return }
		if (w ~ /^[A-Za-z_][A-Za-z0-9_]*=/) {
			if (w ~ /^[A-Z]/)
				print "set", substr(w, 1, index(w, "=") - 1)
			return
		}
		start = 0
		if (w == "for") { loop = 1; return }
		if (plain(w)) { have = w; at = NR; args = 0; one = "-" }
	}
	function plain(w) { return w ~ /^[A-Za-z_\/][A-Za-z0-9_.\/-]*$/ }
	# end of a command
	function cut() { word(w); w = ""; flush(); start = 1; target = 0 }
	BEGIN { start = 1; mode[0] = ""; one = "-" }
	here != "" {
		s = $0
		if (tabs)
			sub(/^\t+/, "", s)
		if (s == here)
			here = ""
		names(); next
	}
	function names(  s, n) {
		s = $0
		while (match(s, /\$\{?[A-Za-z_][A-Za-z0-9_]*/)) {
			n = substr(s, RSTART, RLENGTH)
			sub(/^\$\{?/, "", n)
			print "uses", n
			s = substr(s, RSTART + RLENGTH)
		}
	}
	{
		names()
		for (i = 1; i <= length($0); i++) {
			c = substr($0, i, 1)
			if (quote != "") {
				if (c == "\\" && quote == "\"")
					i++
				else if (c == quote)
					quote = ""
				w = w "$"
				if (quote != "")
					text = text c
			} else if (nest) {
				if (c == "(") nest++
				if (c == ")") nest--
			} else if (c == "\\") {
				if (i == length($0)) { joined = 1; break }
				w = w "$"; text = text c; i++
			} else if (c == "\"" || c == "\047" || c == "`") {
				quote = c; w = w "$"
				if (c == "`")
					text = text c
			} else if (c == "$" && substr($0, i + 1, 1) == "(") {
				nest = 1; i++; w = w "$"; text = text c
			} else if (c == "$" && substr($0, i + 1, 1) == "{") {
				while (i < length($0) && substr($0, i, 1) != "}") i++
				w = w "$"; text = text "$"
			} else if (c == "#" && w == "") {
				break
			} else if (c == " " || c == "\t") {
				word(w); w = ""
			} else if (c == ">" || c == "<") {
				if (w !~ /^[0-9]*$/) word(w)
				w = ""
				if (substr($0, i) ~ /^<<-?[^<]/) {
					tabs = substr($0, i + 2, 1) == "-"
					want = substr($0, i + 2 + tabs)
					gsub(/^[ \t]*|[\047"\\]/, "", want)
					sub(/[ \t;&|)].*/, "", want)
					i++
				} else
					while (substr($0, i + 1, 1) ~ /[<>&|]/) i++
				target = 1
			} else if (c == ")" && mode[depth] == "pattern") {
				w = ""; mode[depth] = "body"; start = 1
			} else if (c == "(" && mode[depth] == "pattern") {
				w = ""
			} else if (c == "(" && w ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && start) {
				print "defines", w
				here_in = w
				w = ""; i = index(substr($0, i), ")") + i - 1
			} else if (c == "(" && have && substr($0, i, 2) == "()" && !args) {
				print "defines", have
				here_in = have
				have = ""; start = 1; i++
			} else if (c == ";" && substr($0, i + 1, 1) == ";") {
				cut(); i++
				if (mode[depth] == "body") mode[depth] = "pattern"
			} else if (index(";&|()", c)) {
				if (mode[depth] == "pattern" && w != "esac") w = text = ""
				else cut()
			} else {
				w = w c
				text = text c
			}
		}
		if (joined) { joined = 0; word(w); w = ""; next }
		if (quote != "" || nest) { w = w "$"; next }
		if (mode[depth] == "pattern" || mode[depth] == "case") { word(w); w = "" }
		else cut()
		loop = 0
		if (want != "") { here = want; want = "" }
	}' "$1"
}

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
