#!/bin/sh
# SPDX-License-Identifier: ISC
# The unit tests in C, and each fuzz target replayed over its corpus.
. "${0%/*}/lib.sh"

for program in "$BUILD"/unit/*; do
	case $program in *.d) continue ;; esac
	exits 0 "unit test ${program##*/}" "$program"
	grep '^not ok' out | sed 's/^/# /'
done
for program in "$BUILD"/replay/*; do
	case $program in *.d) continue ;; esac
	name=${program##*/}
	exits 0 "replay of ${name}" "$program" "$HERE/fuzz/corpus/$name" "$ROOT/samples"
done
finish
