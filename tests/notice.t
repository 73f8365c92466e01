#!/bin/sh
# SPDX-License-Identifier: ISC
. "${0%/*}/lib.sh"

text='A virus was found: café.

The gateway
'
# mail ARGUMENTS: a notice with that text in ./mail
mail() { printf '%s' "$text" | notice "$@" >mail; }
# field NAME: its line in ./mail
field() { sed '/^$/q' mail | grep "^$1: "; }

exits 0 'a notice' mail -f 'Gateway <mail@example.org>' -r a@example.net -S 'Your message'
is "$(field From)" 'From: Gateway <mail@example.org>' 'From'
is "$(field To)" 'To: a@example.net' 'To'
is "$(field Subject)" 'Subject: Your message' 'Subject'
is "$(field Auto-Submitted)" 'Auto-Submitted: auto-replied' 'Auto-Submitted'
is "$(field MIME-Version)" 'MIME-Version: 1.0' 'MIME-Version'
like "$(field Message-ID)" 'Message-ID: <????????????????????????????????@?*>' 'Message-ID'
like "$(field Date)" "Date: ???, * $(date -u '+%b %Y') ??:??:?? +0000" 'Date'
is "$(grep -c "$(printf '\r')" mail)" 0 'lines end with LF'
first=$(field Message-ID)
mail -A -f mail@example.org -r a@example.net -r b@example.net -R '<1@example.net>'
[ "$first" != "$(field Message-ID)" ]
ok $? 'each has a Message-ID of its own'
is "$(field To)" 'To: a@example.net, b@example.net' 'two recipients'
is "$(field Auto-Submitted)" 'Auto-Submitted: auto-generated' '-A'
is "$(field In-Reply-To) $(field References)" \
    'In-Reply-To: <1@example.net> References: <1@example.net>' '-R'
is "$(field Subject)" '' 'no subject is no field'
mimesplit d <mail >/dev/null
is "$(record -d type <d/manifest)" 'text/plain' 'it is one text'
is "$(tr -d '\r' <d/parts/0)" "${text%?}" 'as it was given'

# --- what a sender chose ------------------------------------------------------
mail -f m@example.org -r 'a b,c@example.net' -R 'no id' -S "a
Bcc: victim@example.com$(printf '\033[2J')"
is "$(field To)" 'To: "a b,c"@example.net' 'a strange local part is quoted'
is "$(field Subject)" 'Subject: a Bcc: victim@example.com?[2J' 'a subject is one line'
is "$(field In-Reply-To)" '' 'what is no Message-ID is left out'
mail -f m@example.org -r "j$(printf '\303\266')rg@example.net" -S "$(printf '%0600d' 0) é"
is "$(awk 'length > 998' mail)" '' 'no line is too long'
mail -f m@example.org -r a@example.net -S "$(printf '%040d é ' 1 2 3)"
is "$(field Subject | cut -c1-21)" 'Subject: =?utf-8?B?MD' 'encoded words'
is "$(sed '/^$/q' mail | awk 'length > 76')" '' 'none too long'
exits 0 'a hostile text' sh -c "printf -- '--b\n.\nFrom me\n\033[2J\000\377\n' |
    notice -f m@example.org -r a@example.net >mail"
rm -rf d
mimesplit d <mail >/dev/null
is "$(cat d/parts/0)" '--b
.
From me
?[2J??' 'is cleaned'
dd if=/dev/zero bs=1000 count=100 2>/dev/null | tr '\0' x |
    notice -f m@example.org -r a@example.net >mail
rm -rf d
mimesplit d <mail >/dev/null
is "$(tail -n 1 d/parts/0) $(wc -c <d/parts/0)" '[...] 65543' 'a long text is cut at 64 KiB'

# --- wrong calls ------------------------------------------------------------------
exits 64 'no recipient' notice -f m@example.org </dev/null
exits 64 'no sender' notice -r m@example.org </dev/null
exits 64 'the null sender as recipient' notice -f m@example.org -r '' </dev/null
like "$(cat err)" '*null sender*' 'is told why'
for address in 'a@b
Bcc: c' "a$(printf '\r')@b" 'a@b>' 'a@' "$(printf 'a\033@b')" "$(printf '%0400d@b' 0)"; do
	exits 64 'an address that cannot stand in a field' \
	    notice -f m@example.org -r "$address" </dev/null
	is "$(cat out)" '' 'gets no mail'
	is "$(tr -d '\n -~' <err | wc -c)" 0 'and is not shown'
done
exits 64 'a file' notice -f m@example.org -r a@example.net mail
exits 75 'a full standard output is no success' \
    sh -c 'notice -f m@example.org -r a@example.net </dev/null >/dev/full'
exits 75 'nor a closed one' sh -c 'notice -f m@example.org -r a@example.net </dev/null >&-'
exits 75 'nor a standard input that cannot be read' notice -f m@example.org -r a@example.net <.
finish
