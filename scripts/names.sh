# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# names.sh: what the site's functions may not be called.  Read where one of them is
# about to be called, and by multiscan-check; not for clean mail.

# own_functions: in OWN the names of the program's functions, as the scripts that
# judge and end a message define them
own_functions() {
	set -- "$BIN/multiscan" "$BIN/multiscan-pipe" "$LIB/scriptfunctions"
	for name in actions endings engines front judging names settings treatments; do
		set -- "$@" "$LIB/$name.sh"
	done
	OWN=$(sed -n 's/^\([a-z0-9_]*\)() *[{(].*/\1/p' "$@") || not_now 'sed: failed'
	for name in judge engine mark carry_out refuse; do
		is_own $name || not_now "$LIB: the names of the functions cannot be read"
	done
}

# is_own NAME: is it one of these?
is_own() {
	case $NL$OWN$NL in
	*"$NL$1$NL"*) ;;
	*) return 1 ;;
	esac
}

# functions_of_settings NAME...: those of them that the settings define, a line
# each.  For that they are read once more, in a shell that has none of our functions
# but engine, which they call.
functions_of_settings() (
	_names=$*
	# shellcheck disable=SC2086
	unset -f $OWN $_names
	engine() { _engine=ours; }
	set --
	# shellcheck source=/dev/null
	. "$CONF" >/dev/null 2>&1 || exit
	unset IFS
	_engine=
	engine a b c d >/dev/null 2>&1
	[ -z "$_engine" ] || unset -f engine
	# shellcheck disable=SC2086
	_names=$(LC_ALL=C type $_names 2>/dev/null)
	unset -f printf sed
	printf '%s\n' "$_names" | sed -n 's/^\([a-z0-9_]*\) is a \(shell \)*function$/\1/p'
)
