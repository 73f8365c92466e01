#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2046
# Every reading that a client could take is offered: crafted messages, each with
# something that some client finds in it (tests/tools/craft-set.h).  SEED=N runs
# one set again.
. "${0%/*}/lib.sh"

seed=${SEED:-$(date +%s)}
word=$(printf %s "$seed" | sha256sum | cut -c 1-20)
echo "# SEED=$seed"

# split_all FILE...: each into w/NAME; what is told to ./told, what broke to ./broken
split_all() {
	rm -rf w
	mkdir w
	: >broken
	for message in "$@"; do
		mimesplit "w/${message##*/}" <"$message" >>told 2>>broken
		status=$?
		[ $status -le 1 ] || echo "$message: exit $status" >>broken
	done
}

# all FILE NAME: the lines of FILE are those of ./found too
all() {
	sort -u found >found.sorted
	missing=$(sort "$1" | comm -23 - found.sorted)
	[ -z "$missing" ]
	ok $? "$2: $(wc -l <"$1")" || printf '%s\n' "$missing" | sed 's/^/# missed: /'
}

with_payload() { grep -rlF -- "$1" w/*/parts | cut -d / -f 2 >found; }
# a coded name, whatever stands around it
with_name() { grep -lE " name=[a-z0-9]+:[^ ]*$1" w/*/manifest | cut -d / -f 2 >found; }

unbroken() {
	[ ! -s broken ]
	ok $? "$1" || sed 's/^/# /' broken
}

"$BUILD/tools/craft" -s "$seed" -n "$word.exe" -p "payload-$word" set || exit 75
# The sanitizers make this slow: there, one in four.
every=1
case $BUILD in
*-asan) every=4 ;;
esac
awk -v every=$every 'NR % every == 0' set/LIST >some
mv some set/LIST
split_all $(sed 's,^,set/,; s, .*,,' set/LIST)
unbroken 'every crafted message is split'
sed -n 's/ content$//p' set/LIST >wanted
with_payload "payload-$word"
all wanted 'and what is in it comes out'
sed -n 's/ name$//p' set/LIST >wanted
with_name "${word}[.]exe"
all wanted 'or its name'

# What was hidden from us once: a payload, or (3*) a name.
split_all "$HERE"/data/hidden/*.eml
unbroken 'what was hidden once is split'
(cd "$HERE/data/hidden" && ls ./*.eml) | cut -c 3- >all
grep -v '^3' all >wanted
with_payload ToKeN_7qZ
all wanted 'and what is in it comes out'
grep '^3' all >wanted
with_name 'inv[.]exe'
all wanted 'or its name'

if [ -d "$SHARED/evasion" ]; then
	: >told
	split_all "$SHARED"/evasion/*.eml
	unbroken 'every message of the shared set is split'
	(cd "$SHARED/evasion" && ls ./*.eml) | cut -c 3- >all
	grep -v '^n' all >wanted
	with_payload "$(printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' \
	    'ANTIVIRUS-TEST-FILE!$H+H*')"
	all wanted 'and what is in it comes out'
	grep '^n' all >wanted
	with_name 'invoice[.]exe'
	all wanted 'or its name'
	is "$(grep -c 'why=limit-' told)" 0 'none reaches a limit'
else
	skip 'the shared set' 'it is not here'
fi
if [ -d "$SHARED/mail" ]; then
	: >told
	find "$SHARED/mail" -name '*.eml' | awk -v every=$every 'NR % every == 0' >list
	i=0
	mkdir -p real
	while read -r message; do
		i=$((i + 1))
		ln -s "$message" real/$i
	done <list
	split_all real/*
	unbroken 'real mail is split'
	is "$(grep -c 'why=limit-' told)" 0 'none reaches a limit'
else
	skip 'real mail' 'it is not here'
fi
finish
