#!/bin/sh
# SPDX-License-Identifier: ISC
. "${0%/*}/lib.sh"

is "$(record part 3 name 'a b')" 'part=3 name=a%20b' 'words become a record'
is "$(record from '')" 'from=' 'an empty value stands'
printf 'name=%%00%%1B%%5B2J%%C3%%A9\n' >bad
is "$(record -d name <bad)" '\x00\x1B[2J\xC3\xA9' 'a value is shown safely'
printf 'name=a%%5C033c\n' >back
is "$(record -d name <back)" 'a\x5C033c' 'nothing that echo would obey'
is "$(record -r -d name <bad | od -An -tx1 | tr -d ' ')" '001b5b324ac3a90a' 'or raw'
exits 1 'a bad line is named' record -k <<-END
	a=1
	b = 2
END
like "$(cat err)" '*line 2*' 'by its number'
printf 'a=1' >cut
exits 1 'a line without its newline is not a record' record -k <cut
exits 64 'a key in capitals is a wrong call' record KEY x
exits 64 'a key without a value too' record key
exits 64 'nothing to do too' record
exits 75 'a full standard output is no success' sh -c 'record a b >/dev/full'
exits 75 'nor a closed one' sh -c 'record a b >&-'
exits 0 'help' record -h
exits 0 'long help' record --help
exits 0 'version' record -V
is "$(record part 1 with -x)" 'part=1 with=-x' 'a value may look like an option'
finish
