#!/bin/sh
# SPDX-License-Identifier: ISC
# What every command does the same way.
. "${0%/*}/lib.sh"

for command in "$ROOT"/cmd/*; do
	name=${command##*/}
	exits 0 "$name -h" "$name" -h </dev/null
	like "$(sed 1q out)" "$name*" "$name -h tells on stdout how to call it"
	is "$(cat err)" '' "$name -h says nothing else"
	cp out help
	exits 0 "$name --help" "$name" --help </dev/null
	same out help "$name --help is the same"
	exits 0 "$name -V" "$name" -V </dev/null
	like "$(cat out)" "$name (multiscan) [0-9]*" "$name -V names the version"
	cp out version
	exits 0 "$name --version" "$name" --version </dev/null
	same out version "$name --version is the same"
	exits 64 "$name -@ is a wrong call" "$name" -@ </dev/null
	is "$(cat out)" '' "$name -@ prints no record"
	like "$(cat err)" "$name: *-@*usage: $name *-h*" "$name -@ says what to do"
	exits 75 "$name -h to a full disk is no success" \
	    sh -c "$name -h >/dev/full" </dev/null
	exits 75 "$name -V to a closed stdout neither" \
	    sh -c "$name -V >&-" </dev/null
done
for name in multiscan multiscan-pipe quarantine; do
	exits 0 "$name -V" "$name" -V </dev/null
	like "$(cat out)" "$name (multiscan) [0-9]*" "$name -V names the version"
done
finish
