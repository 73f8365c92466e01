#!/bin/sh
# SPDX-License-Identifier: ISC
# multiscan-check: no virus is let pass, by a policy or by the conversions; tried with -e,
# and without it as far as it can be read.
# shellcheck disable=SC2016,SC2086
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"
unset MULTISCAN_SOCKET MULTISCAN_CONF
make_front f >/dev/null && start_engine
ok $? 'an engine, and a front'
cp f/conf good

# with LINE...: the good settings, and these
with() {
	cp good f/conf
	printf '%s\n' "$@" >>f/conf
}
# says STATUS PATTERN NAME [OPTION]
says() {
	want=$1 pattern=$2 name=$3
	shift 3
	exits $want "$name" f/bin/multiscan-check -u "$(id -un)" -c "$T/f/conf" "$@" settings
	like "$(cat err)" "$pattern" '	and it says so'
}
ALL='(text, file, zip, document, picture, message, untyped, alone)'
END='substitute_part or force_hold; if it is meant, PASSES_VIRUS'
# passes RULE HOW LINE: tried, by that rule and action
passes() {
	with "$3"
	says 64 "*multiscan-check: $T/f/conf: $1(): $2: a virus from outside goes on whole $ALL: $END=$1*" "$3" -e
}

### By the policy
says 0 '' 'all is well, tried' -e
is "$(find f/log f/work/* f/quarantine/* f/records/* f/sink -type f ! -name port -size +0 2>/dev/null)" '' \
    'and nothing is left, or sent'
passes on_infected mark 'on_infected() { mark; }'
like "$(cat err)" '*mark: a virus from inside goes on*' 'from inside, too'
passes on_infected tag 'on_infected() { tag_subject x; write_record; }'
passes on_infected redirect 'on_infected() { redirect_to abuse@example.net; }'
passes on_infected deliver 'on_infected() { case $SIG in Old*) force_hold ;; *) let_pass ;; esac; }'
passes on_infected mark 'on_infected() { ours; }; ours() { [ -n "$RCPTS" ] && force_hold || mark; }'
with 'on_infected_inside() { mark; }'
says 64 "*: on_infected_inside(): mark: a virus from inside goes on whole $ALL: *" 'one from inside alone' -e
is "$(grep -c . err)" 1 '	and no more'
with 'on_infected() { redirect_to abuse@example.net; }' 'PASSES_VIRUS=on_infected'
says 0 'multiscan-check: warning: *: on_infected(): redirect: a virus from outside*' 'one that is meant' -e
for action in substitute_part force_delete force_hold force_bounce force_discard; do
	with "on_infected() { mark; tag_subject x; redirect_to a@example.net; $action; }"
	says 0 '' "$action" -e
done
with 'on_infected() { redirect_to "$NOBODY"; }'
says 64 '*: a virus from outside waits, and so does its mail: *redirect_to: nothing is no address*' \
    'an action that fails' -e
PASSES_VIRUS=on_infected
export PASSES_VIRUS
passes on_infected mark 'on_infected() { mark ; }'
unset PASSES_VIRUS

### By the conversions
# converts LINE...: those, as the site's
converts() {
	printf '%s\n' "$@" >conversions
	with "CONVERSIONS='$T/conversions'"
}
BUT=$(echo "$ALL" | sed 's/, alone//')
STANDARD='in-channel=*; command="multiscan.sh"'
for how in '' -e; do
	converts "$STANDARD"
	says 0 '' "standard checks $how" $how
	converts '! all' 'in-type=*; command="pass"' "$STANDARD"
	says 64 "*multiscan-check: $T/conversions:2: pass: a virus from outside goes on whole $BUT: command=\"multiscan\"; if it is meant, PASSES_VIRUS=conversions*" \
	    "all pass $how" $how
	converts 'in-type=text;' '  in-size-max=1;' '  delete=1' '' 'in-channel=outside;' '! a' ' in-type=application;' \
	    ' command="pass"' 'in-subtype=gif; command="multiscan"' "$STANDARD"
	says 64 "*multiscan-check: $T/conversions:8: pass: a virus from outside goes on whole (file, zip, document): *" \
	    "applications pass $how" $how
	case $(cat err) in
	*inside* | *multiscan-check*multiscan-check*) ok 1 '	and no more' ;;
	*) ok 0 '	and no more' ;;
	esac
	converts 'in-name=*.dwg; in-size-min=1; command="pass"' 'in-type=audio; in-subtype=x-*;' \
	    ' in-disposition=inline; command="/usr/lib/pass.sh"' 'in-client=192.0.2.7; in-type=video; command="pass"' "$STANDARD"
	says 64 "*multiscan-check: $T/conversions:1: pass: a virus from outside goes on whole (line-1): *" \
	    "what an entry itself asks for $how" $how
	like "$(cat err)" '*conversions:3: pass: a virus from outside goes on whole (line-3): *' '	each'
	is "$(grep -c . err)" 4 '	and no more'
	converts 'in-channel=inside; command="pass"' "$STANDARD"
	echo PASSES_VIRUS=conversions >>f/conf
	says 0 "*multiscan-check: warning: $T/conversions:1: pass: a virus from inside goes on whole $BUT" \
	    "one that is meant $how" $how
	converts 'in-type=text; command="multiscan"'
	says 64 "*multiscan-check: $T/conversions: pass (no entry is for it): a virus from outside*" \
	    "no last entry $how" $how
done
converts 'in-type=application; command="ours"' "$STANDARD"
echo 'ours() { tag_subject ours; }' >>f/conf
says 64 "*: ours(): tag: a virus from outside goes on whole (file, zip, document): *" 'a function that leaves it' -e

### Read
for line in 'on_infected() { mark; }' 'on_infected_inside() { tag_subject x; write_record; }' \
    'on_infected() { redirect_to a@example.net; }'; do
	with "$line"
	says 64 "multiscan-check: $T/f/conf: ${line%%(*}(): nothing in it keeps a virus: $END=${line%%(*}" "$line"
	echo "PASSES_VIRUS=${line%%(*}" >>f/conf
	says 0 "multiscan-check: warning: *: nothing in it keeps a virus" '	and is meant'
done
with "on_infected() { if from '*@a.example'; then mark; else force_hold; fi; }" 'on_odd() { mark; }'
says 0 '' 'one that may keep it'
with "on_infected() { mark; : >$T/ran; force_hold; }"
says 0 '' 'a policy is read'
[ ! -e ran ]
ok $? '	and not run'
exits 0 'nor tried before a start' f/bin/multiscan-check -u "$(id -un)" -c "$T/f/conf" -be settings
[ ! -e ran ]
ok $? '	and not run'
with 'ENGINES=unix:/none'
says 0 '*warning: whether a virus passes is not tried: no engine answers' 'no engine' -e
finish
