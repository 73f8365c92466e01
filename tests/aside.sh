# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2030,SC2031
# Parts of a test that wait for long, beside the rest of it; read after lib.sh.

asides=''

# aside FUNCTION: runs it in a folder of its own, where it is $T and $TMPDIR is in
# it; `together' tells what it said, and ends it if the test ends before
aside() {
	mkdir "$T/$1" "$T/$1/tmp" || exit 1
	(
		T=$T/$1
		TMPDIR=$T/tmp count=0 cleanup=: asides=''
		trap 'eval "$cleanup"' EXIT
		trap 'exit 1' INT TERM HUP
		cd "$T" || exit 1
		"$1"
		echo 'came to its end'
	) >"$T/$1.said" &
	asides="$asides $1=$!"
	trap 'end_asides; eval "$cleanup"; cd /; rm -rf "$T"' EXIT
}
end_asides() {
	for part in $asides; do kill "${part#*=}" 2>/dev/null; done
	for part in $asides; do wait "${part#*=}"; done
}

# tell FILE NAME: what a part said, as the test's own
tell() {
	last=
	while IFS= read -r line; do
		last=$line
		case $line in
		'ok '* | 'not ok '*)
			count=$((count + 1))
			printf '%sok %d - %s\n' "${line%%ok *}" "$count" "${line#* - }"
			;;
		'came to its end') ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <"$1"
	[ "$last" = 'came to its end' ] || ok 1 "$2 comes to its end"
}

# together: waits for all parts
together() {
	for part in $asides; do
		wait "${part#*=}"
		tell "$T/${part%=*}.said" "${part%=*}"
	done
	asides=
}
