# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# gateway-answers.sh: the answers of gateway.conf(5), and what is in the files that they
# name; for gateway-setup, read with `.'.

# read_answers FILE: on standard output a line an answer, its words between tabs, as
# gateway-answers.awk has it; or what is wrong, on standard error; then it fails
read_answers() {
	if [ -d "$1" ]; then
		echo "gateway-setup: $1: that is a folder: give the file with the answers" >&2
		return 1
	fi
	# With -R this is another machine.
	[ -n "$R" ] && _own='' || _own=$(hostname -I 2>/dev/null)
	awk -v addresses="$_own" -f "$LIB/gateway-words.awk" -f "$LIB/gateway-answers.awk" -- "$1"
	case $? in
	0) ;;
	1) return 1 ;;
	*)
		echo "gateway-setup: $1: a file that it names in routes cannot be read: a folder?" >&2
		return 1
		;;
	esac
}

# answers KEY: the words behind it, a line each
answers() { sed -n "s/^$1$TAB//p" "$W/answers"; }

take_answers() {
	[ "$(id -u)" -ne 0 ] || sure_of "$CONF"
	read_answers "$CONF" >"$W/answers" || : >"$W/wrong"
	NAME=$(answers hostname) POSTMASTER=$(answers postmaster) FRONT=$(answers front)
	RECIPIENTS=
	[ -z "$(answers ldap)" ] || RECIPIENTS=ldap
	[ -z "$(answers recipients)" ] || RECIPIENTS='file'
	[ "$(id -u)" -ne 0 ] || for _name in routes recipients; do
		answers $_name >"$W/said"
		while read -r _file; do sure_of "$_file"; done <"$W/said"
	done
	case $RECIPIENTS in
	ldap) sure_of_password ;;
	file)
		if [ -f "$(answers recipients)" ] && [ -r "$(answers recipients)" ]; then
			recipients "$(answers recipients)" >"$W/known" || : >"$W/wrong"
			nobody_there
		else
			wrong "$(answers recipients): cannot be read: it is to name the recipients"
		fi
		;;
	esac
}

# nobody_there: routes to domains in which the file knows nobody
nobody_there() {
	_said=$({
		answers route | cut -f 1
		echo
		cat "$W/known"
	} | (
		. "$LIB/check-relaying.sh"
		empty_domains "$(answers recipients): there is"
	))
	[ -z "$_said" ] || warn "$_said"
}

# sure_of FILE: with answers: it is root's alone
sure_of() {
	[ -e "$1" ] || return 0
	case $(stat -L -c %u:%A "$1") in
	0:?????-??-?) ;;
	*) wrong "$1: it is not root's alone: chown root, chmod go-w" ;;
	esac
}

# sure_of_password: nobody else reads it, and it is one
sure_of_password() {
	_file=$(answers ldap | cut -s -f 5)
	[ -n "$_file" ] || return 0
	if [ ! -r "$_file" ] || [ ! -f "$_file" ]; then
		wrong "$_file: cannot be read: it is to hold the directory's password"
		return
	fi
	case $(stat -L -c %a:%u "$_file") in
	*00:0 | *00:"$(id -u)") ;;
	*) wrong "$_file: others may read the password in it: chmod 600, chown root" ;;
	esac
	password "$_file" >/dev/null ||
		wrong "$_file: it is not one line with a password: no blank at its ends, no tab"
}

# As gateway.conf may, such a file has the marks of another system.
PLAIN='{ sub(/\r$/, "") } NR == 1 { sub(/^\357\273\277/, "") }'

# password FILE: its one line, that means itself in Postfix's files; or it fails
password() {
	awk "$PLAIN"'
	NR == 1 { password = $0 }
	NR > 1 && $0 != "" { exit bad = 1 }
	END {
		if (bad || password ~ /^[ \t]|[ \t]$|[\001-\037]/ || password == "" || length(password) > 500)
			exit 1
		print password
	}' "$1"
}

# recipients FILE: an address a line, checked, for a texthash map; false where one is none.
# multiscan-check asks it, too.
recipients() {
	awk "$PLAIN"'
	{ sub(/^[ \t]+/, ""); sub(/[ \t]+$/, "") }
	/^(#|$)/ { next }
	length > 320 || !/^[A-Za-z0-9._%+=&\/'"'"'!?^~{}|*-]*@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$/ {
		printf "gateway-setup: %s:%d: that is no address: give one a line, or @domain\n", \
		    FILENAME, NR >"/dev/stderr"
		bad++
		if (bad > 20)
			exit
		next
	}
	{ print tolower($0), "taken" }
	END { exit bad > 0 }' "$1"
}

known_recipients() { recipients "$(answers recipients)"; }
