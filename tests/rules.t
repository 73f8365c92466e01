#!/bin/sh
# SPDX-License-Identifier: ISC
# What a policy may ask and do beyond the standard: channels, size, an allow list, marks
# of others, the subject, recipients who are told, the words of a refusal; by multiscan
# -X, as the milter calls it, and in the pipe.
# shellcheck disable=SC2016,SC2086,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"

exits 0 'an engine' start_engine
exits 0 'mails' make_mails
make_front f
cp f/conf conf

# settle LINE...: these settings, in an empty front
settle() {
	forget f
	{ cat conf; printf '%s\n' "$@"; } >f/conf
	rm -f f/log
}
# ask MAIL OPTION...: the answer of multiscan -X, and its status
ask() {
	mail=$1
	shift
	MULTISCAN_CONF=$T/f/conf f/bin/multiscan -X -a 192.0.2.1 -f anna@example.org "$@" <"$mail" >out 2>err
	echo "$? $(cat out)"
}
DIR="$T/f/work/[0-9]*"

# --- the answer ------------------------------------------------------------------
settle
like "$(ask clean -Q 4Q -- $RCPT)" "0 id=* do=deliver at=work dir=$DIR" 'a clean one'
like "$(ask infected -Q 4Q -- $RCPT)" \
    "0 id=* do=deliver at=quarantine changed=yes dir=$T/f/quarantine/*" 'an infected one is changed'
one=$(ask clean -Q 4Q -- $RCPT) two=$(ask clean -Q 5R -- $RCPT)
is "${two%% do=*}" "${one%% do=*}" '-Q: another queue id, the same id'
two=$(ask clean -Q 4Q -a 192.0.2.2 -- $RCPT)
[ "${two%% do=*}" != "${one%% do=*}" ]
ok $? 'another client, another id'
like "$(ask clean -i 4Q)" '75 ' 'no recipient'
like "$(ask clean -z -- $RCPT)" '75 ' 'no such option'
forget f

settle 'on_banned() { force_bounce; }'
like "$(ask banned -- $RCPT)" \
    "0 id=* do=refuse at=work text=Game.EXE:%20files%20*reference%20* dir=$DIR" 'a refusal names the file'
settle 'on_banned() { force_bounce "No programs, $SENDER"; }'
like "$(ask banned -- $RCPT)" '*text=No%20programs,%20anna@example.org *' 'or has the words of the policy'
settle 'on_banned() { force_bounce; }; refuse_text() { echo "we do not want $NAME"; }'
like "$(ask banned -- $RCPT)" '*text=we%20do%20not%20want%20Game.EXE *' 'or those of the site'
settle 'on_banned() { force_bounce; }; refuse_text() { false; }'
is "$(ask banned -- $RCPT)" '75 ' 'words that fail: not now'
is "$(left f)" '' 'and nothing is left'

# --- channels ----------------------------------------------------------------------
settle 'on_banned_inside() { force_discard; }' 'SUFFIXES_INSIDE="xyz"' "SUFFIX_LISTS="
like "$(ask banned -g inside -- $RCPT)" '0 id=* do=deliver at=work dir=*' 'other suffixes from inside'
like "$(ask banned -g outside -- $RCPT)" '* changed=yes *' 'from outside the usual ones'
settle 'on_banned_inside() { force_discard; }'
like "$(ask banned -g inside -- $RCPT)" '* do=discard at=work *' 'a policy of its own from inside'
like "$(cat f/log)" '*do=discard rule=on_banned_inside *' 'and the log names it'
like "$(ask banned -g outside -- $RCPT)" '* changed=yes *' 'none for others'
settle 'on_infected_inside() { force_discard; }'
like "$(ask banned -g inside -- $RCPT)" '* changed=yes *' 'only where there is one'

# --- size ------------------------------------------------------------------------------
{ cat clean; head -c 3000 /dev/zero | tr '\0' x; echo; } >large
settle SIZE_LIMIT=2K
like "$(ask large -- $RCPT)" '* do=hold at=quarantine *' 'too large: held'
like "$(cat f/log)" '* why=size *do=hold rule=on_size *' 'and logged'
like "$(ask clean -- $RCPT)" '* do=deliver *' 'not too large'
settle SIZE_LIMIT=2K SIZE_LIMIT_INSIDE=1M
like "$(ask large -g inside -- $RCPT)" '* do=deliver at=work *' 'another limit from inside'
for size in 2X 02K -1 K.; do
	settle "SIZE_LIMIT=$size"
	is "$(ask clean -- $RCPT)" '75 ' "SIZE_LIMIT=$size: not now"
done
{ cat infected; head -c 3000 /dev/zero | tr '\0' x; echo; } >largeinfected
settle SIZE_LIMIT=1K 'on_size() { mark; }'
like "$(ask largeinfected -- $RCPT)" '* at=quarantine changed=yes *' 'one that is infected, too'
is "$(grep -c "^$EICAR64" f/quarantine/*/message.new)" 0 'is changed'
like "$(cat f/quarantine/*/message.new)" 'X-Multiscan: banned; part=0; why=size;*' 'and marked'

# --- the allow list ----------------------------------------------------------------------
printf '%s\n' '# who may' 'banned from=anna@* client=192.0.2.0/24' >allow
settle "ALLOW=$T/allow"
like "$(ask banned -- $RCPT)" '0 id=* do=deliver at=work dir=*' 'what is allowed passes as it came'
like "$(cat f/log)" '*verdict=banned *do=pass rule=allow:2 *' 'logged, with the line'
like "$(ask banned -a 198.51.100.1 -- $RCPT)" '* changed=yes *' 'not from elsewhere'
like "$(ask infected -- $RCPT)" '* at=quarantine changed=yes *' 'a virus never does'
printf '%s\n' 'infected from=anna@*' >allow
is "$(ask banned -- $RCPT)" '75 ' 'a list with an error: not now'
is "$(ask clean -- $RCPT | sed 's/ id=.*//')" 0 'but for what needs it'
rm allow
is "$(ask banned -- $RCPT)" '75 ' 'a list that is not there'

# --- marks, and the subject ----------------------------------------------------------------
{ printf 'X-Multiscan: clean; id=0\nx-MULTISCAN : fine\n more\n'; cat clean; } >forged
settle
like "$(ask forged -- $RCPT)" '* do=deliver at=work changed=yes *' 'marks that are not ours'
exits 0 'go, and nothing else' cmp f/work/*/message.new clean
is "$(MULTISCAN_CONF=$T/f/conf f/bin/multiscan-pipe -f '' -- $RCPT <forged 2>&1; echo $?)" 0 'in the pipe'
exits 0 'as well' cmp f/sink/1.eml clean.crlf
{ seq 1000 | sed 's/^/X-Multiscan: /'; cat clean; } >many
settle 'on_unscanned() { let_pass; }'
like "$(ask many -- $RCPT)" '* do=hold at=quarantine *' 'of a thousand the message is held'
settle MARK_FIELD=
like "$(ask forged -- $RCPT)" '* do=deliver at=work dir=*' 'without a MARK_FIELD they stay'
settle MARK_FIELD=X-Gate 'on_banned() { mark; tag_subject "[program]"; }'
like "$(ask banned -- $RCPT)" '* changed=yes *' 'a mark of another name, and a tag'
like "$(cat f/work/*/message.new)" 'X-Gate: banned; part=2; *' 'is there'
is "$(grep '^Subject:' f/work/*/message.new)" "$(sed -n 's/^Subject: /&[program] /p' banned)" 'before the subject'

# --- recipients ----------------------------------------------------------------------------
settle 'on_banned() { if all_to "*@lab.example" ben@*; then let_pass; else force_hold; fi; }'
like "$(ask banned -- x@LAB.example $RCPT)" '* do=deliver *' 'each recipient matches'
like "$(ask banned -- x@lab.example y@example.com)" '* do=hold *' 'one does not'
settle 'on_banned() { if from "anna@*"; then let_pass; else force_hold; fi; }'
like "$(ask banned -- $RCPT)" '* do=deliver *' 'the sender'
settle 'on_banned() { redirect_to lab@example.com; }'
like "$(ask banned -- $RCPT)" '* do=deliver at=work to=lab@example.com dir=*' 'to somebody else'

for to in '' '<>' ' ' '(x)' @ 'a@x b@y' 'a@b@c'; do
	settle "on_infected() { redirect_to '$to'; }"
	is "$(ask infected -- $RCPT)" '75 ' "redirect_to '$to': not now"
done
settle 'on_banned() { redirect_to lab@example.com; force_hold; }'
like "$(ask banned -- $RCPT)" '* do=hold at=quarantine dir=*' 'held: to nobody'
settle 'on_banned() { force_retry; }'
is "$(ask banned -- $RCPT)" '75 ' 'force_retry'
like "$(cat f/log)" '*do=retry rule=on_banned *' 'is logged'

# --- who is told ---------------------------------------------------------------------------
settle 'on_banned() { force_hold; notify_recipients; }' NOTIFY_TO=watch@example.net NOTICE_LANGS=en,de
like "$(ask banned -- $RCPT carl@example.net)" '* do=hold *' 'held'
is "$(cat f/sink/*.env | grep -c 'FROM:<>')" 3 'three notices, from nobody'
is "$(cat f/sink/*.env | grep -c 'RCPT TO:<\(ben\|carl\|watch\)@example.net>')" 3 'to both and to the operator'
is "$(cat f/sink/*.eml | grep -c '^Auto-Submitted: auto-')" 3 'that say what they are'
is "$(cat f/sink/*.eml | grep -c '^Subject: A message for you is held')" 2 'from the template'
is "$(cat f/sink/*.eml | grep -c 'Game.EXE')" 6 'in both languages, with the name of the file'
{ cat banned; echo; } >other
like "$(ask other -- $RCPT carl@example.net)" '* do=hold *' 'another one in the same minute'
is "$(cat f/sink/*.env | grep -c 'FROM:<>')" 3 'is told to nobody'
like "$(cat err)" '*there was one a short while ago*' 'which is said'
settle 'on_banned() { force_discard; notify_recipients; }'
like "$(ask banned -- dan@example.net)" '* do=discard *' 'what is not held'
is "$(cat f/sink/*.env 2>/dev/null | grep -c dan)" 0 'is not said to be'
settle 'on_banned() { force_hold; }' NOTIFY_TO=watch2@example.net
ask banned -- $RCPT >first
rm -f f/sink/*
ask banned -- $RCPT >first
is "$(cat f/sink/*.env 2>/dev/null | grep -c watch2)" 0 'another try of what is held tells nobody again'
printf 'id=%s do=release\n' "$(ls f/quarantine)" >>"$(echo f/quarantine/*)/action"
rm -f f/records/notices*
ask banned -- $RCPT >first
is "$(cat f/sink/*.env | grep -c watch2)" 1 'one like it after that was released does'
settle 'on_banned() { force_bounce "Not here."; }'
is "$(front f banned; echo $?)" 0 'in the pipe the words of a refusal'
like "$(cat f/sink/*.eml)" '*Not here.*' 'are in the notice'
rm -f f/records/notices*
settle 'on_banned() { force_bounce; }'
is "$(front f banned; echo $?)" 0 'in the pipe a refusal is a notice'
like "$(cat f/sink/*.eml)" '*Subject: Your message was not delivered*Game.EXE*' 'which names the file'
{ echo 'Auto-Submitted: auto-generated'; cat banned; } >auto
forget f
is "$(front f auto; echo $?)" 0 'of a mail that a program sent'
is "$(find f/sink -name '*.env' | wc -l)" 0 'nobody is told'
is "$(find f/quarantine -name manifest | wc -l)" 1 'and it is kept'
is "$(left f)" '' 'nothing is left'
finish
