#!/bin/sh
# SPDX-License-Identifier: ISC
# The units, as installed: systemd takes every line, and finds little exposed.
. "${0%/*}/lib.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS
prefix=$T/root
units=$prefix/lib/systemd/system
exits 0 'make install' make -s -C "$ROOT" B="${BUILD#"$ROOT"/}" PREFIX="$prefix" install

run=$(sed -n 's/^ExecStart=//p' "$units/avscand.service")
is "${run%% *}" "$prefix/bin/avscand" 'the service runs what was installed'
# shellcheck disable=SC2086
exits 0 'by a call that is right' $run -h
is "$(sed -n 's/^ListenStream=/unix:/p' "$units/avscand.socket")" \
    "$("${run%% *}" -h | sed -n 's/.*else \(unix:[^ ]*\)$/\1/p')" \
    'the socket is where clients look for it'

is "$(sed -n 's/^ExecStart=//p' "$units/sigupdate.service")" \
    "$prefix/bin/sigupdate update -e 60" 'signatures are renewed by what was installed'
like "$("${run%% *}" -h)" \
    "*/var/lib/$(sed -n 's/^StateDirectory=//p' "$units/sigupdate.service")/current,*" \
    'where the engine looks for them'

if ! command -v systemd-analyze >/dev/null; then
	skip 'systemd reads them' 'no systemd-analyze'
	finish
	exit
fi
# Where the pages are is no matter of this test.
sed -i '/^Documentation=/d' "$units"/*
exits 0 'systemd reads them' systemd-analyze verify "$units"/*
is "$(cat err)" '' 'without a word'
exits 0 'exposed by less than 1 of 10' systemd-analyze security --offline=yes \
    --threshold=10 "$units/avscand.service"
# It has the network besides.
exits 0 'exposed by less than 2 of 10' systemd-analyze security --offline=yes \
    --threshold=20 "$units/sigupdate.service"
exits 0 'the times are some' systemd-analyze calendar \
    "$(sed -n 's/^OnCalendar=//p' "$units/sigupdate.timer")"

finish
