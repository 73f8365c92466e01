#!/bin/sh
# SPDX-License-Identifier: ISC
# The site's functions: what they can do to a message, and what not to the program.
# shellcheck disable=SC2016,SC2086,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"

exits 0 'an engine' start_engine
exits 0 'mails' make_mails
sed 's/Game.EXE/game.bin/g' banned >other
make_front f
echo "CONVERSIONS='$T/conv'" >>f/conf
cp f/conf good
mkdir folder && cp infected folder
# Two parts with one virus
cat >two <<-END
	From: a@example.org
	Content-Type: multipart/mixed; boundary=b

	--b
	Content-Type: image/png
	Content-Transfer-Encoding: base64

	${EICAR64}ELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=
	--b
	Content-Type: application/x-y
	Content-Transfer-Encoding: base64

	${EICAR64}ELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=
	--b--
	END
# An engine that stops at the first signature
cat >f/second <<-'END'
	#!/bin/sh
	! grep -q WDVPIVAl "$1" || exit 0
	! grep -q 'only in the message' "$1" || exit 3
	exit 0
	END
chmod 755 f/second
cat >named <<-'END'
	From: a@example.org
	Content-Type: multipart/mixed; boundary=b

	--b
	Content-Type: application/x-y; name="b $(b) c"
	Content-Disposition: attachment; filename="a $(b) c"

	x
	--b--
	END

# --- functions and variables of the site's ------------------------------------------
# with TEXT: settings with that at their end
with() { { cat good; printf '%s\n' "$1"; } >f/conf; }
for_applications() { printf '%s\n' "in-type=application; command=$1" 'command=multiscan' >conv; }
echo 'command=multiscan' >conv
with 'word() { :; }; looked() { :; }; begin_message() { :; }; say() { :; }; not_now() { :; }
hand_on() { :; }; discard() { :; }; judged() { :; }; judge() { :; }; finish() { exit 0; }; decide() { :; }
printf() { :; }; read() { :; }; rm() { :; }
run() { :; }; well_formed() { :; }; split_message() { :; }; check_settings() { :; }; sent() { :; }'
is "$(gate clean outside)$(arrives_as_it_was clean; echo $?)" 00 "the program's functions are its own"
for name in refuse bounce discard finish judged judge each word decide begin_message mail_out rm_work \
    note_one not_now engine sed rm kill; do
	case $name in
	note_one) with 'on_banned() { note_one; }; note_one() { keep_original; substitute_part; }' ;;
	*) with "$name() { :; }" ;;
	esac
	got=$(gate banned outside)
	case $name in
	note_one) is "$got$(kept f banned; echo $?)" 00 'a name of its own is good' ;;
	*)
		is "$got $(cat f/out)" "75 multiscan-pipe: $T/f/conf: $name() is a name that the program uses
multiscan-pipe: multiscan: exit 75" "$name() in the settings: the mail waits" ;;
	esac
done
with 'from=boss@example.org user=x host=y queue=z to=w end=0 channel=inside client=b mode=c records=d'
is "$(gate banned outside)$(kept f banned; echo $?)" 00 'settings with variables of everyday names'
like "$(tail -n 1 f/log)" '* queue=4Q client=192.0.2.1 from=anna@example.org to=ben@example.net' 'change no envelope'
mkdir -p precious/mbox precious/message
touch precious/mbox/file
with "spoils() { records=x record=x treatment=x line=x w=x finding=x mode=x channel=inside keep=x number=9
scratch=$T/precious engine_pid= total=70 failed=1 part=9 status=1 IFS=i; set +f; force_hold; }"
for_applications spoils
like "$(hand infected)" '*by spoils: hold*would hold it in quarantine, by spoils' 'a function that sets what it likes'
[ -e precious/mbox/file ]
ok $? 'nothing of that is removed'
like "$(MULTISCAN_CONF=$T/f/conf TMPDIR=$T f/bin/multiscan -n infected folder)" \
    '*infected: hold *2 messages: 2 with findings, 0 not judged' 'and it is of a folder'
is "$(echo multiscan.[!c]*)" 'multiscan.[!c]*' 'no folder is left'
with "spoils() { _scratch=$T/precious; }"
exits 75 "a variable of the program's" sh -c "MULTISCAN_CONF=$T/f/conf TMPDIR=$T f/bin/multiscan <infected"
is "$(echo precious/*/* multiscan.[!c]*)" 'precious/mbox/file multiscan.[!c]*' 'removes what it made, no more'

# A treatment that is one of the program's own
for name in force_delete mark judge refuse scan_rest own_functions usage; do
	for_applications $name
	cp good f/conf
	is "$(gate infected outside)" 75 "command=$name"
	like "$(cat f/out)" "*conversions: $name is a function of the program*" 'is named'
done

# A command in it that is not there
for_applications typo
with 'typo() { substitute_prat; }'
is "$(gate other outside)" 75 'a function with a word that is not there'
like "$(cat f/out)" '*conversions: typo, part 2: a command in it is not there*' 'is named, and its part'
with 'typo() { /etc/passwd; }'
is "$(gate other outside)" 75 'nor one that cannot be run'
with 'typo() { mark; false; }'
is "$(gate other outside)" 0 'another status means nothing'

# What it finds set stays as it was.
rm -f noted
for_applications names
with "note_text() { echo \"note: \$NAME\"; }
names() { substitute_part; echo \"\$NAME|\$FILENAME|\$NAMES|\$INPUT_TYPE|\$INPUT_CHANNEL\" >>'$T/noted'; }"
hand named -g inside -w kept2 >/dev/null
is "$(cat noted)" 'b%20%24%28b%29%20c|a%20%24%28b%29%20c|filename:a%20%24%28b%29%20c type:b%20%24%28b%29%20c|application|inside' \
    'after a note the names are still coded'
like "$(record -d with <kept2/changes)" 'note: a $(b) c*' 'and in the note decoded'

# Nothing acts on a clean part without a trace.
for name in 'redirect_to carl@example.net' 'send_email carl@example.net hello text' write_record keep_original; do
	for_applications acts
	with "acts() { $name; }"
	like "$(hand other)" "*part 2 (game.bin): banned: *	by acts: [a-z]*would deliver it*" "${name%% *}: by hand it is said"
	is "$(gate other outside)" 0 'and done'
	like "$(tail -n 1 f/log)" '* acts conversion *why=conversions *rule=acts *' 'and logged'
done
with 'acts() { redirect_to carl@example.net; }'
like "$(hand other)" '*would deliver it to carl@example.net' 'to whom it goes is said by hand'
is "$(gate other outside)$(grep -c '<carl@example.net>' f/sink/*.env)" 01 'there it goes'
with 'acts() { send_email carl@example.net hello text; write_record; }'
like "$(hand infected)" '*would hold it in quarantine, by multiscan: no rule acted on it' \
    'a mail is no action on what was found'

# Where a function lets an infected part pass, what is behind it is looked for.
SECOND="engine second '$T/f/second' 0 3"
sed 's/^From: /Subject: only in the message\n&/; s/image\/png/application\/x-z/' two >four
for_applications lets
for name in let_pass mark 'redirect_to carl@example.net'; do
	with "lets() { $name; }
$SECOND"
	like "$(hand four)" '*part 0 (part 0): infected: it holds second
	by on_infected: substitute*' "${name%% *}: what is behind it is for the policy"
done
with "lets() { substitute_part; }
$SECOND"
like "$(hand four)" '*by lets: substitute
would hold it in quarantine, by multiscan*' 'where the part goes, it is new in what would leave'

# What a function left is no reason to hold.
printf '%s\n' 'in-type=image; command=lets' 'command=multiscan' >conv
for name in let_pass mark; do
	with "lets() { $name; }"
	is "$(gate two outside)$(arrived_with "$EICAR64")" 01 "$name: the one virus stays, the same one elsewhere goes"
done
with "lets() { case \$ATTACHMENT_NUMBER in 1) mark ;; *) substitute_part ;; esac; }"
echo 'command=lets' >conv
is "$(gate two outside)$(arrived_with "$EICAR64")" 01 'so it is where one function does both'
with 'lets() { mark; }'
printf '%s\n' 'in-type=image; command=lets' 'command=multiscan' >conv
mv f/bin/mimejoin f/bin/mimejoin.real
printf '%s\n' '#!/bin/sh' 'for dir; do :; done' "cp \"\$dir/message\" \"\$dir/message.new\"" \
    'echo "check=mimejoin $(head -n 1 "$dir/manifest" | grep -o "id=[0-9a-f]* parts=[0-9]*")"' >f/bin/mimejoin
chmod 755 f/bin/mimejoin
like "$(hand two)" '*would hold it in quarantine, by multiscan: what was taken out is still found*' \
    'more of it than was left is'
mv f/bin/mimejoin.real f/bin/mimejoin
cp good f/conf

# Who is inside, by rules in place of the MTA.
printf '%s\n' 'internal 192.0.2.0/24' 'domains example.net' 'hostname mx.example.net' >relay.conf
printf '%s\n' 'in-channel=inside; delete=1' 'command=pass' >conv
with "RELAY_CONF='$T/relay.conf'"
is "$(gate banned '')$(arrived_with "$BANNED64")" 00 'a client that the rules have inside'
is "$(gate banned outside)$(arrived_with "$BANNED64")" 01 'but not where the MTA says otherwise'
echo 'internal 198.51.100.0/24' >relay.conf
is "$(gate banned '')$(arrived_with "$BANNED64")" 01 'one that they do not have'
echo 'internal 192.0.2.0/33' >relay.conf
is "$(gate banned '')" 75 'rules with an error: nothing is decided'
rm relay.conf
is "$(gate banned '')" 75 'or that are not there'
cp good f/conf

# multiscan-check says all of it.
# checks STATUS PATTERN NAME
checks() {
	MULTISCAN_CONF=$T/f/conf exits "$1" "$3" f/bin/multiscan-check -u "$(id -un)" settings relay
	like "$(cat err)" "$2" 'and says so'
}
echo 'command=multiscan' >conv
gate infected outside >/dev/null
for name in refuse bounce each word mark engine say read_settings hand_on scan_rest _stop \
    printf read rm sed; do
	with "$name() { :; }"
	checks 64 "*$T/f/conf: $name() is a name that the program uses*" "$name() in the settings"
done
with 'wrong() { :; }; engines() { :; }; places() { :; }; list() { exit 0; }; failed=0 ask=0; refuse() { :; }'
checks 64 '*refuse() is a name that the program uses*' "its own functions are not those of the settings"
is "$(MULTISCAN_CONF=$T/f/conf f/bin/quarantine list | wc -l)" 1 "nor are those of quarantine"
with 'odd() { mark; }; on_odd() { odd; }'
checks 0 '' 'a function with a name of its own'
cp good f/conf
printf '%s\n' 'in-type=a; command=wrong' 'in-type=b; command=engines' 'in-type=c; command=is_own' \
    'in-type=d; command=mark' 'in-type=e; command=echo' 'command=multiscan' >conv
checks 64 '*command wrong: there is no function of that name*
*command engines: there is no function*
*command is_own: that is a function of the program
*command mark: that is a function of the program
*command echo: there is no function*' 'treatments that the settings do not define'
with 'CONVERSIONS=conversions'
checks 64 '*CONVERSIONS: conversions: give its whole path*' 'a file of treatments by less than its path'
with 'RELAY_CONF=relay.conf'
checks 64 '*RELAY_CONF: relay.conf: give its whole path*' 'so with the rules for relaying'
with "RELAY_CONF='$T/relay.conf'"
checks 64 "*$T/relay.conf: No such file*" 'which are looked at'
echo 'internal 0.0.0.0/0' >relay.conf
checks 64 "*$T/relay.conf:1: 0.0.0.0/0: everybody may relay*" 'and must not let everybody in'
printf '%s\n' 'internal 192.0.2.0/24' 'domains company.com' 'hostname company.com' >relay.conf
echo 'command=multiscan' >conv
checks 0 '' 'and are good'
with 'LOG_FILE=a/log'
checks 64 '*LOG_FILE: a/log: give its whole path*' 'so with the log'
cp good f/conf

# The file that counts where none is set
mkdir -p etc g/bin
cp -r "$(cd f/lib/multiscan && pwd -P)" own
sed -i "s,/etc/multiscan,$T/etc,g" own/*
sed -i "/^CONVERSIONS=/d; s,^\. .*/multiscan.conf\",. $T/own/multiscan.conf," good
cp good f/conf
echo 'in-name=*.bin; delete=1' >conv
rm f/lib/multiscan
mv own f/lib/multiscan
sed "s,$T/own,$T/f/lib/multiscan," good >f/conf
like "$(hand other)" '*would deliver it, untouched' 'without a file of the site the shipped one counts'
cp conv etc/conversions
like "$(hand other)" '*by conversions: delete*' "the site's, where there is one"
finish
