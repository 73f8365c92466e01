# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# engines.sh: what else engines say: those of `engine' lines, and what avscan is to
# ignore.  Read where there is any of it.

# take_ignored: out of answer into IGNORED, what the site has avscan ignore
take_ignored() {
	well_formed "$answer" || not_now 'avscan: its answer is not made of records'
	IGNORED=$(printf '%s\n' "$answer" |
		sed -n '/ verdict=/d; /^part=[0-9]* ignored=/p')
	answer=$(printf '%s\n' "$answer" | sed '/ verdict=/b
		/^part=[0-9]* ignored=/d')
}

# The engines of `engine' lines, file by file, so that a part can be named.
other_engines() {
	set +f
	set -- "$DIR"/parts/* "$DIR/message"
	set -f
	IFS=$NL
	for line in $ENGINE_LINES; do
		unset IFS
		name=${line%%|*} line=${line#*|}
		clean=${line%%|*} line=${line#*|}
		infected=${line%%|*} command=${line#*|}
		seen=
		for file in "$@"; do
			[ -e "$file" ] || continue
			one_engine "$file"
		done
	done
	unset IFS
}

# one_engine FILE: by its exit code; its words become the signature's name
one_engine() {
	answer=$($command "$1" 2>&1 </dev/null)
	code=$?
	case " $clean " in
	*" $code "*) return ;;
	esac
	case " $infected " in
	*" $code "*) ;;
	*) not_now "engine $name: exit $code" ;;
	esac
	part=${1##*/}
	if [ "$part" = message ]; then
		[ -z "$seen" ] || return 0
		part=0
	fi
	seen=1
	last=${answer##*"$NL"}
	load_policy
	coded part "$part" verdict infected sig "${last:-$name}" by "$name"
	add_finding "$CODED"
}
