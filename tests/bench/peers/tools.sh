#!/bin/sh
# SPDX-License-Identifier: ISC
# tools.sh PEER LIST OUT: a command as a peer of mimesplit, a process a message.
# The parts of message I of LIST are files in OUT/I; their names are those of the
# files, or stand in OUT/I/NAMES.
peer=$1 list=$2 out=$3 here=$PWD i=0
numbers=$(seq 1 40)

# shellcheck disable=SC2094
reformime_sections() {
	timeout 20 reformime -i <"$1" >NAMES
	sed -n 's/^section: //p' NAMES | head -n 40 | while read -r section; do
		timeout 20 reformime -e -s "$section" <"$1" >"$section"
	done
}

split() {
	case $peer in
	mimesplit) mimesplit w <"$1" ;;
	ripmime) timeout 20 ripmime -i "$1" -d . ;;
	munpack) timeout 20 munpack -q -t "$1" ;;
	mblaze)
		# shellcheck disable=SC2086
		timeout 20 mshow -x "$1" $numbers </dev/null
		timeout 20 mshow -t "$1" >NAMES </dev/null
		;;
	reformime) reformime_sections "$1" ;;
	esac
}

mkdir "$out" || exit 75
while read -r message; do
	mkdir "$out/$i" || exit 75
	case $message in /*) ;; *) message=$here/$message ;; esac
	cd "$out/$i" || exit 75
	split "$message" >/dev/null 2>&1
	cd "$here" || exit 75
	i=$((i + 1))
done <"$list"
