#!/bin/sh
# SPDX-License-Identifier: ISC
# multiscan-check: each fault, in what is well without it; its grade, and that it says
# what to do.  Of what a part looks at outside of the settings, this has copies.
# shellcheck disable=SC2016,SC2086,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"
unset MULTISCAN_SOCKET MULTISCAN_CONF
ME=$(id -un)
make_front f >/dev/null && start_engine
ok $? 'an engine, and a front'

# Our own copy of what looks, with this machine's places below $T, and nobody for who
# counts and who fetches.
rm f/lib/multiscan
cp -rL "$BUILD/lib/multiscan" f/lib/multiscan
mkdir etc log var cron.d bin
for file in f/lib/multiscan/settings.sh f/lib/multiscan/check-*.sh; do
	sed -i "s,/etc/multiscan,$T/etc,g; s,/var/lib/multiscan,$T/var,g; s,/var/log/,$T/log/,g
	    s,/etc/cron.d,$T/cron.d,g; s,/run/systemd/system,$T/systemd,g; s,/run/multiscan/avscand.sock,$T/engine,g" "$file"
done
cp f/conf good
PATH=$T/bin:$PATH

# check PART...: as it is by hand
check() { f/bin/multiscan-check -u "$ME" -c "$T/f/conf" "$@"; }
# with LINE...: the good settings, and these
with() {
	cp good f/conf
	printf '%s\n' "$@" >>f/conf
}
# says STATUS PATTERN NAME PART...
says() {
	want=$1 pattern=$2 name=$3
	shift 3
	# Postfix reads a file that is young again and again, for two seconds.
	[ "$1" != postfix ] || find . mta -maxdepth 1 -type f -exec touch -d '5 seconds ago' {} +
	exits $want "$name" check "$@"
	like "$(cat err)" "$pattern" '	and it says so'
}
# faulty PATTERN LINE...: the settings with them have a fault; odd: only look wrong;
# fine: do not
faulty() { p=$1; shift; with "$@"; says 64 "multiscan-check: $p" "$1" settings; }
odd() { p=$1; shift; with "$@"; says 0 "multiscan-check: warning: $p" "$1" settings; }
fine() { with "$@"; says 0 '' "$1: is well" settings; }

### Settings
says 0 '' 'settings: all is well' settings
odd "$T/f/conf: SUFFIX: nobody asks for it: is SUFFIXES meant?" 'SUFFIX=exe'
odd "*: NOTIFYTO: nobody asks for it: is NOTIFY_TO meant?" 'NOTIFYTO=a@b.example'
odd "*: TIMEUOT: *: is TIMEOUT meant?" 'TIMEUOT=10'
odd "*: LOG_FIL: *: is LOG_FILE meant?" '	LOG_FIL=/x'
odd '*: OURS: nobody asks for it: take it out*' 'OURS=1'
fine 'OURS=1; on_odd() { test $OURS; mark; }'
fine 'export OURS=1' 'MULTISCAN_IGNORE=' "# OUR=1" "X='A=1 B=2'; on_odd() { mark \"\$X\"; }"
faulty '*: on_banned_insde(): no finding is of that kind: is on_banned_inside meant?' \
    'on_banned_insde() { mark; }'
odd '*: bounce_txt(): nobody calls it: is bounce_text meant?' 'bounce_txt() { echo no; }'
fine 'refuse_text() { echo no; }' 'on_odd() { each one; }' 'one() { mark; }'
faulty '*:[0-9]*: force_hlod: there is no such action, function or program: is force_hold meant?' \
    'on_odd() { mark; force_hlod; }'
faulty '*: one_odd: there is no such*' 'on_odd() { each one_odd; }'
faulty '*: frobnicate: there is no such*' 'on_odd() {' '	case $WHY in' \
    '	macro | "a b") mark ;;' '	*) if from "*@x"; then mark; else frobnicate; fi ;;' '	esac' '}'
faulty '*: no/such-prog: there is no such action, function or program' 'on_odd() { no/such-prog; own_one; }' \
    'own_one() { mark; }'
faulty '*: redirect_to: give an ADDRESS' 'on_odd() { redirect_to; }'
faulty '*: tag_subject: give a TEXT' 'on_odd() { mark && tag_subject || let_pass; }'
faulty '*: send_email: give ADDRESS SUBJECT TEXT' 'on_odd() { send_email a@b.example Odd; mark; }'
faulty '*: redirect_to: bob@ is no address: mail waits' 'on_odd() { redirect_to "bob@"; }'
fine 'on_odd() { redirect_to "bob@b.example" || redirect_to "$X" || redirect_to "$(cat x)"; }'
faulty '*:[0-9]*: /none/tell: there is no such*' 'on_odd() { case $1 in a) ;; esac; /none/tell a b; }'
fine 'on_odd() { [ -x /none/tell ] && /none/tell; /bin/true; mark; }'
odd '*: on_infected(): let_pass: *' 'on_infected() { if from "*@x"; then let_pass; else force_hold; fi; }'
# Words that are no calls: nothing of this is run
fine 'on_odd() {' '	for w in frob nicate; do mark; done' '	cat >/dev/null <<-X' '	frob $w' '	X' \
    '	case "$1" in (frob) mark ;; esac' '	[ -z "$(frob)" ] || mark # frob' '	x="
frob" y=frob test -n "$x" ;' '}' "touch() { : >$T/touched; }" 'on_infected() { mark; touch; }'
[ ! -e touched ]
ok $? 'a policy is not run'
for value in 'a b@c.example' '@example.com' 'a@' 'a@b@c'; do
	faulty "NOTIFY_TO: $value is no address*" "NOTIFY_TO='$value'"
done
odd 'NOTIFY_FROM: nobody has no domain*' 'NOTIFY_FROM=nobody'
odd 'TIMEOUT: 301: a run is ended after 310 seconds*' 'TIMEOUT=301'
faulty '*TIMEOUT: 5m is not a number of seconds' 'TIMEOUT=5m'
faulty '*x%y*' 'SUFFIXES_INSIDE=x%y/'
for value in exe,com 'exe; com' '.exe|.com'; do
	faulty "SUFFIXES: $value: give them with blanks between*" "SUFFIXES='$value'"
done
faulty '*(line [0-9]*: no blanks around =)*' 'OURS = 10M'
faulty 'WORK: /none: there is no such folder: make it*' 'WORK=/none'
printf '#!/bin/sh\n[ "$1" != -f ] || { echo "$STATFS"; exit; }\nexec /usr/bin/stat "$@"\n' >bin/stat
chmod 755 bin/stat
STATFS='6000 100000 5 1000 4096'
export STATFS
fine '# a full disk'
STATFS='1000 100000 5 1000 4096000'
fine '# a great disk'
STATFS='1000 100000 5 1000 4096'
odd "WORK: $T/f/work: its disk is nearly full: make room*" '# a disk with little left'
for STATFS in '999 100000 5 0 4096' '0 100000 5 9 4096'; do
	faulty "WORK: $T/f/work: its disk is full: make room*" '# a full disk'
done
STATFS='6000 100000 0 1000 4096'
faulty "WORK: $T/f/work: its disk has no room for more files*" '# no more files'
rm bin/stat
printf '#!/bin/sh\nprintf "Filesystem 1024-blocks Used\\n/dev/x 8000000 1\\n"\n' >bin/df
chmod 755 bin/df
for size in 8193M 8G 1T; do
	odd "QUARANTINE_SIZE: $size, but all of its disk has 7812M*" "QUARANTINE_SIZE=$size"
done
fine QUARANTINE_SIZE=7G
fine QUARANTINE_SIZE=8192000000
rm bin/df

### Before a unit starts
# before STATUS LINE
before() {
	with "$2"
	exits "$1" "$2: before a start" check -b settings relay
	[ -s err ]
	ok $? '	and it says so'
}
before 0 'LOG_TAG=foundry'
before 0 'QUARANTINE=/none'
before 0 'on_odd() { force_hlod; }'
before 0 'OURS=1'
before 64 'WORK=/none'
before 64 'TIMEOUT=5m'
before 64 'ENGINES=/run/x'
before 64 'SUFFIX_LISTS=/none'
before 64 'CONVERSIONS=/none'
before 64 'RELAY_CONF=/none'
before 64 'engine x /none/x 0 1'
before 64 'on_odd() {'

### Relay: the file that counts where none is set
cp good f/conf
says 0 '' 'no rules are no fault' relay
printf '%s\n' 'internal 192.0.2.0/24' 'domains company.com .company.com' \
    'hostname gw.company.com' >rules
cp rules etc/relay.conf
says 0 '' 'rules that are well' relay
{ cat rules; echo 'internal 192.0.2.7'; } >etc/relay.conf
says 0 'multiscan-check: warning: *192.0.2.7: is never the first*' 'what never decides' relay
{ cat rules; echo 'internal 0.0.0.0/0'; } >etc/relay.conf
says 64 'multiscan-check: *everybody may relay*' 'an open relay' relay
echo 'domains com' >>etc/relay.conf
says 64 '*everybody may relay*' 'and a whole top-level domain' relay
with "RELAY_CONF=$T/none"
says 64 "multiscan-check: $T/none: No such file *: make it, and let $ME read it" 'no rules where they are said to be' relay
cp good f/conf
echo 'internl 0.0.0.0/0' >etc/relay.conf
says 64 '*internl: a line begins with*' 'a wrong word' relay
make_mails
is "$(gate clean '')$(gate clean outside)" 750 'by wrong rules, which are asked where none is set'
with 'RELAY_CONF='
is "$(gate clean '')" 0 'but not where it is set empty'
cp rules etc/relay.conf
cp good f/conf
is "$(gate clean '')" 0 'nor by rules that are well'

### Signatures
says 64 "multiscan-check: signatures: $T/etc/sigupdate.conf: there is none*" 'no sources' signatures
mkdir var/sigs sigs
cp "$ROOT"/signatures/*.[a-z]* sigs
{
	printf 'root %s\nengine none\nlog no\nsource test\n' "$T/var/sigs"
	printf '\tlocal %s\n\tchanges never\n' "$T/sigs"
} >etc/sigupdate.conf
says 64 '*signatures: there is no set in use: sigupdate update*' 'no set' signatures
printf '#!/bin/sh\n[ "$1" != list ] || { echo "sigupdate: /x: Permission denied" >&2; exit 75; }\n' >no-list
mv f/bin/sigupdate linked && cp no-list f/bin/sigupdate && chmod 755 f/bin/sigupdate
says 64 '*signatures: sigupdate: /x: Permission denied: let sigupdate read it' 'one that nobody can read' signatures
mv linked f/bin/sigupdate
awk 'BEGIN { for (i = 0; i < 1200; i++)
    printf "%032x:%d:Test.Many.%d\n", 7919 * i + 1, 100000 + i, i }' >many.hdb
cp many.hdb sigs
sigupdate update -q -c etc/sigupdate.conf
says 0 '' 'a set that is well' signatures
rm -rf sigs/many.hdb var/sigs
mkdir var/sigs
sigupdate update -q -c etc/sigupdate.conf
says 0 '*warning: signatures: the set in use has only 2: *' 'the test set, on the first day' signatures
printf '#!/bin/sh\n"%s/bin/sigupdate" "$@" | sed "s/ made=20[0-9-]*/ made=2001-01-01/"\n' "$BUILD" >old
rm f/bin/sigupdate
cp old f/bin/sigupdate
chmod 755 f/bin/sigupdate
says 64 '*signatures: the set in use has only 2: *' 'the test set, later' signatures
with 'ENGINES=tcp:192.0.2.9:3310'
says 0 '*warning: signatures: the set in use has only 2: *' 'where others scan' signatures
cp good f/conf
ln -sf "$BUILD/bin/sigupdate" f/bin/sigupdate
sed -i 's/changes never/changes 1h/' etc/sigupdate.conf
cp many.hdb sigs
touch -d '2 days ago' sigs/*
sigupdate update -aq -c etc/sigupdate.conf 2>/dev/null
says 64 'multiscan-check: signatures: stale: test: sigupdate list*' 'a source that is stale' signatures
echo 'frob' >>etc/sigupdate.conf
says 64 'multiscan-check: *frob*' 'wrong words of it' signatures

### Engines
says 0 '' 'an engine that scans' engines
says 0 '' 'and alerts' -e engines
with "ENGINES='unix:$T/engine unix:$T/none'"
says 0 "multiscan-check: warning: engine unix:$T/none: cannot be reached by $ME*" \
    'one of two is down' engines
says 0 '*warning: engine*' 'nor does it count with -e' -e engines
with "ENGINES='unix:$T/none'"
says 64 "*ENGINES: none can be reached by $ME*" 'none is there' engines
# blind ANSWER...: a server that calls all clean, to ALLMATCH too, or knows no such word
blind() {
	rm -f blind.sock
	"$BUILD/tools/badengine" blind.sock '@: fd[9]: OK~' '' "$@" 2>/dev/null &
	SERVERS="$SERVERS $!"
	wait_for -S blind.sock
}
blind '@: fd[9]: OK~' '@: fd[9]: OK~'
with "ENGINES='unix:$T/engine unix:$T/blind.sock'"
says 0 '' 'one of two that is blind' engines
says 64 "multiscan-check: engine unix:$T/blind.sock: *EICAR: called clean: see what ?avscand -k? says of its set*" \
    'is found by -e' -e engines
is "$(grep -c 'clamd.conf' err)" 0 'where it is an avscand, no word of clamd.conf'
blind
says 64 "multiscan-check: engine unix:$T/blind.sock: *EICAR*ScanMail yes*clamd.conf*freshclam*" \
    'nor is a clamd that is blind well, which is told of its own' -e engines
printf '#!/bin/sh\ngrep -q EICAR-ST "$1" && exit 3\nexit 0\n' >bin/sweep
chmod 755 bin/sweep
with "engine sweep '$T/bin/sweep' 0 3"
says 0 '' 'another engine, which alerts' -e engines
with "engine sweep '$T/bin/sweep' 0 4"
says 64 '*engine sweep: EICAR is not found: exit 3, and not 4*' 'by another code' -e engines
with "engine sweep '$T/bin/sweep' '1 2' 3"
says 64 '*engine sweep: a text is not called clean: exit 0, and not 1 2*' 'or that calls nothing clean' -e engines
with 'looks() { ! grep -q EICAR-ST "$1"; }' 'engine looks looks 0 1'
says 0 '' 'a function of the site' -e engines
printf '#!/bin/sh\necho $$ >%s/asked\nexec sleep 100\n' "$T" >bin/sleeper
chmod 755 bin/sleeper
with TIMEOUT=1 "engine sweep '$T/bin/sleeper' '0 1' 3"
exits 64 'one that hangs' timeout 100 f/bin/multiscan-check -u "$ME" -c "$T/f/conf" -e engines
is "$(cat err)" 'multiscan-check: engine sweep: no answer in 1 seconds' '	is not waited for'
rm -f asked
mkdir temp
with "engine sweep '$T/bin/sleeper' '0 1' 3"
TMPDIR=$T/temp f/bin/multiscan-check -u "$ME" -c "$T/f/conf" -e engines &
checker=$!
wait_for -s asked
kill $checker
wait $checker
is "$? $(ls temp)" '75 ' 'who is told to end does, and leaves nothing'
sleeps() { kill -0 "$(cat asked)" 2>/dev/null; }
gone=10
while sleeps && [ $gone -gt 0 ]; do sleep 0.2; gone=$((gone - 1)); done
! sleeps
ok $? '	nor an engine that runs'
cp good f/conf

### What only root sees: the report
chmod 711 .
if [ "$(id -u)" -eq 0 ]; then
	sed -i "s/virtally/nobody/g" f/lib/multiscan/check-parts.sh
	sed -i "s/systemctl is-enabled/false/" f/lib/multiscan/check-parts.sh
	install -d -o nobody var/tally var/report
	: >log/mail.log
	: >cron.d/multiscan-report
	chmod 755 log var cron.d
	says 0 '' 'who counts can' report
	rm cron.d/multiscan-report
	says 0 '*warning: report: nobody counts*' 'nobody does' report
	: >cron.d/multiscan-report
	chmod 600 log/mail.log
	says 64 "*report: $T/log/mail.log: nobody cannot read it: usermod -aG *" 'a log that is shut' report
	chmod 644 log/mail.log
	chown root var/tally
	says 64 "*report: $T/var/tally: nobody cannot write there*" 'a tally that is shut' report
	rm log/mail.log
	chown nobody var/tally
	says 0 '*warning: report: */mail.log: there is none*' 'no log' report

	### Whose it is
	chmod 666 f/conf
	says 64 "*$T/f/conf: not only root can write it, and it is not looked at*" 'settings that others can write' relay
	chmod 644 f/conf

	### As whom
	chmod 700 f/work
	exits 64 'as somebody else' f/bin/multiscan-check -u nobody -c "$T/f/conf" settings
	like "$(cat err)" '*WORK: */f/work: cannot be written by nobody: let him*' 'the places are seen with his eyes'
	install -m 600 good f/secret
	exits 64 'settings that he cannot read' f/bin/multiscan-check -u nobody -c "$T/f/secret" relay
	like "$(cat err)" '*/f/secret: cannot be read by nobody: let him: chmod 644' 'are said'
	exits 0 'a user that there is not' f/bin/multiscan-check -u no-such-user -c "$T/f/conf" settings
	like "$(cat err)" '*warning: there is no user no-such-user to judge mail: root looks*' 'is said'
else
	skip 'the report, and who can see what' 'only root has it looked at'
	exits 64 'only root can look as somebody else' f/bin/multiscan-check -u root -c "$T/f/conf" settings
fi

### What is asked for is known: what is shipped, what is forgotten, and what the page has
# shellcheck disable=SC2153
known=$(. "$BUILD/lib/multiscan/check-policy.sh"; echo $KNOWN)
for name in $(sed -n 's/^#\{0,1\}\([A-Z][A-Z_]*\)=.*/\1/p' "$BUILD/lib/multiscan/multiscan.conf") \
    $(sed -n '/^\.Ss Settings/,/^\.Ss Policy/s/^\.It Ev \(.*\)/\1/p' "$ROOT/man/multiscan.conf.5" | tr -d ,); do
	case " $known " in
	*" $name "*) ;;
	*) echo "$name" ;;
	esac
done >unknown
is "$(cat unknown)" '' 'each setting is known'
### Heartbeat, Postfix
if ! command -v postconf >/dev/null && [ ! -x /usr/sbin/postconf ]; then
	skip 'what Postfix has' 'Postfix is not installed'
	finish
	exit
fi
PATH=$PATH:/usr/sbin
mkdir -p mta queue/multiscan var/heartbeat
chmod 777 var/heartbeat
printf '#!/bin/sh\nexit 0\n' >bin/postfix	# its own check is of folders of root's
chmod 755 bin/postfix
MAIL_CONFIG=$T/mta
export MAIL_CONFIG
echo 'heartbeat@gw.company.com multiscan-heartbeat:' >transport
port=$(sed -n 's/.*NEXT_HOP=127.0.0.1://p' good)
# Postfix reads a file again and again, for two seconds, while it is that new.
settle() { touch -d '5 seconds ago' mta/main.cf mta/master.cf; }
# mta [LINE]...: a gateway's configuration, by the pipe, and these lines of main.cf
mta() {
	cat >mta/main.cf.base <<-X
	compatibility_level = 3.6
	queue_directory = $T/queue
	data_directory = $T/mta
	myhostname = gw.company.com
	mynetworks = 127.0.0.0/8 192.0.2.0/24
	relay_domains = company.com .company.com
	multiscan_destination_recipient_limit = 1
	bounce_size_limit = 1
	relaycheck_time_limit = 3600
	smtpd_recipient_restrictions = check_policy_service unix:private/relaycheck
	transport_maps = texthash:$T/transport
	X
	also "$@"
	cat >mta/master.cf <<-X
	smtp inet n - y - - smtpd
	  -o content_filter=multiscan:dummy
	pickup unix n - y 60 1 pickup -o content_filter=multiscan:dummy
	multiscan unix - n n - 6 pipe flags=q user=$ME null_sender=
	  argv=$BUILD/bin/guard -t 310 $BUILD/bin/multiscan-pipe
	  -i \${queue_id} -f \${sender} -- \${recipient}
	127.0.0.1:$port inet n - n - 100 smtpd -o content_filter= -o smtpd_milters=
	relaycheck unix - n n - 0 spawn user=nobody argv=$BUILD/bin/relaycheck -p
	multiscan-heartbeat unix - n n - 2 pipe flags=q user=nobody argv=$BUILD/bin/multiscan-heartbeat -r
	X
	settle
}
# also LINE...: of main.cf, in place of what it has
also() {
	printf '%s\n' "$@" | cat mta/main.cf.base - | tac | awk '!seen[$1]++' >mta/main.cf
	cp mta/main.cf mta/main.cf.base
	[ ! -e mta/master.cf ] || settle
}
# edit SED: of master.cf
edit() {
	sed -i "$1" mta/master.cf
	settle
}
# mta_fault PATTERN NAME, mta_odd PATTERN NAME
mta_fault() { says 64 "*multiscan-check: $1" "$2" postfix; }
mta_odd() { says 0 "multiscan-check: warning: $1" "$2" postfix; }

mta
says 0 '' 'a gateway by the pipe' postfix
edit '/^  -o content_filter=mul/d'
mta_fault 'postfix: smtp/inet: nobody looks at what comes there*' 'mail that passes by'
edit 's/^smtp inet.*/& -o content_filter=amavis:dummy/'
mta_fault 'postfix: smtp/inet: content_filter: there is no amavis in master.cf*' 'a filter that is not there'
edit '$a amavis unix - - n - 2 smtp'
mta_odd 'postfix: smtp/inet: content_filter: amavis:dummy is not ours*' 'another filter'
mta
edit '$a 127.0.0.1:10099 inet n - n - - smtpd'
mta_odd 'postfix: 127.0.0.1:10099/inet: nobody looks at what comes there*' 'from this machine alone'
mta
edit 's/^pickup.*/pickup unix n - y 60 1 pickup/'
mta_odd 'postfix: pickup:*' 'mail of sendmail that passes by'
mta
edit "/^127.0.0.1:$port/d"
mta_fault "postfix: NEXT_HOP: *: master.cf has no smtpd on port $port*" 'no way back'
mta
edit "s/^127.0.0.1:$port/$port/"
mta_fault "postfix: port $port is open to others*" 'a way back that is open'
mta 'smtpd_sender_restrictions = reject_unknown_sender_domain'
mta_fault "postfix: 127.0.0.1:$port: what was taken may be refused there, and bounces: -o smtpd_sender_restrictions=" \
    'a way back that refuses'
edit "/^127/s/$/ -o smtpd_sender_restrictions=permit_mynetworks,reject/"
also 'smtpd_tls_security_level = may' 'inet_interfaces = loopback-only'
mta_odd 'postfix: smtp/inet: inet_interfaces is loopback-only: no mail*' 'or takes all, and is alone'
also 'inet_interfaces = all' 'smtpd_tls_security_level = encrypt'
mta_fault "postfix: 127.0.0.1:$port: what was taken is refused there, and bounces: -o smtpd_tls_security_level=none" \
    'one that asks for TLS'
mta
edit "/^127/s/ -o content_filter=/ -o content_filter=multiscan:dummy/"
mta_fault "postfix: 127.0.0.1:$port: mail goes round and round*" 'a loop'
mta 'multiscan_destination_recipient_limit = 50'
mta_fault 'postfix: multiscan_destination_recipient_limit = 1*' 'many recipients at once'
# what takes mail past the pipe
for kind in texthash cidr; do
	echo '192.0.2.7 OK' >access
	mta "smtpd_client_restrictions = permit_mynetworks, check_client_access $kind:$T/access"
	says 0 '' "a table ($kind)" postfix
	echo '192.0.2.8 FILTER multiscan:dummy' >>access
	says 0 '' '	that asks for us' postfix
	echo '192.0.2.9 filter relay:[192.0.2.1]:25' >>access
	mta_fault "postfix: smtpd_client_restrictions: $kind:$T/access: FILTER relay: takes mail past us*" \
	    '	or for somebody else'
done
mta 'smtpd_client_restrictions = permit_mynetworks, check_client_access mysql:/none'
mta_odd 'postfix: smtpd_client_restrictions: mysql:/none: cannot be looked into*' 'a table that cannot be read'
echo '/^Subject: FILTER/ DUNNO' >access
mta "header_checks = regexp:$T/access" 'smtpd_restriction_classes = frob' \
    'frob = check_sender_access inline:{ a.example=OK }' \
    "smtpd_end_of_data_restrictions = permit_mynetworks, frob"
says 0 '' 'checks and a class' postfix
also 'frob = check_sender_access inline:{ { a.example = FILTER x:y } }'
mta_fault 'postfix: frob: here:*: FILTER x: takes mail past us*' 'a class that takes it elsewhere'
also 'frob = reject_non_fqdn_sender'
printf '/^Subject: a/\n  FILTER x:y\n' >>access
mta_fault "postfix: header_checks: regexp:$T/access: FILTER x: takes mail past us*" 'and checks'
mta 'bounce_size_limit = 50000'
mta_odd 'postfix: bounce_size_limit = 1*' 'bounces with the mail in them'
mta
edit 's/-t 310/-t 60/'
mta_fault 'postfix: multiscan: guard -t 60: TIMEOUT is 60*' 'a guard that is too early'
mta 'multiscan_time_limit = 300s'
mta_fault 'postfix: multiscan_time_limit is 300: mail is bounced*' 'a limit before the guard'
mta
edit 's,/bin/guard,/none/guard,'
mta_fault 'postfix: multiscan: */none/guard: there is no such program*' 'a guard that is not there'
mta
edit "s/user=$ME null/user=daemon null/"
mta_odd 'postfix: multiscan: user=daemon judges mail*' 'another user'
edit "s/user=daemon null/user=no-such-user null/; s,bin/relaycheck -p,none/relaycheck -p,"
mta_fault 'postfix: multiscan: there is no user no-such-user: mail waits*' 'one that there is not'
like "$(cat err)" '*postfix: relaycheck: */none/relaycheck: there is no such program: mail waits*' 'and no program'
mv etc/relay.conf away
mta
mta_fault "postfix: relaycheck: $T/etc/relay.conf: there is none, and all mail waits*" 'rules that are gone'
mv away etc/relay.conf
mta
edit '/^relaycheck/d'
mta_fault 'postfix: relaycheck is asked and not in master.cf: mail waits*' 'rules that nobody knows'
mta 'smtpd_recipient_restrictions ='
mta_odd 'postfix: nobody asks relaycheck*' 'rules that nobody asks for'
mta 'relaycheck_time_limit = 100'
mta_odd 'postfix: relaycheck_time_limit = 3600*' 'rules that are started too often'
mta 'mynetworks = 127.0.0.0/8 [::1]/128 192.0.2.0/23'
mta_odd 'postfix: mynetworks: 192.0.2.0/23: 192.0.3.255 may not relay*' 'networks that are wider'
mta 'mynetworks = 0.0.0.0/0'
mta_fault 'postfix: mynetworks: 0.0.0.0/0: everybody may relay*' 'an open relay'
mta 'relay_domains = company.com, other.example'
mta_odd 'postfix: relay_domains: other.example is not ours*' 'domains that are more'
printf '%s\n' 'company.com smtp:x' '.company.com smtp:x' >routes
mta "relay_domains = texthash:$T/routes"
says 0 '' 'domains of a table' postfix
echo 'other.example smtp:x' >>routes
mta_odd 'postfix: relay_domains: other.example is not ours*' 'more in it'
printf '%s\n' 'company.com smtp:x' >routes
mta "relay_domains = texthash:$T/routes" 'mydestination = company.com'
mta_fault 'postfix: relay_domains: company.com is in mydestination, too*' 'domains that are local, too'
mta 'virtual_alias_domains = company.com'
mta_fault 'postfix: relay_domains: company.com is in virtual_alias_domains, too*' 'or virtual'
mta 'relay_domains = inline:{ other.example=x, company.com=x }'
mta_odd 'postfix: relay_domains: other.example is not ours*' 'more, written there'
mta 'mynetworks = 127.0.0.0/8 192.0.2.0/25'
mta_odd "postfix: mynetworks: 192.0.2.0/24 may relay by $T/etc/relay.conf, but*which of them is right?" 'networks that are less'
mkdir var/gateway
mta_odd '*: gateway.conf says what is meant, then gateway-setup' '	of gateway-setup'
rmdir var/gateway
mta 'mynetworks = 127.0.0.0/8 192.0.0.0/16'
says 0 "*: mynetworks: 192.0.0.0/16: 192.0.0.0 may not relay*" 'or more' postfix
mta 'relay_domains ='
mta_odd "postfix: company.com is ours by $T/etc/relay.conf, but*" 'domains that are none'
mta 'relay_domains = .company.com'
mta_odd "postfix: company.com is ours by $T/etc/relay.conf, but nothing says so to Postfix*" 'domains that are less'
mta 'maximal_queue_lifetime = 0'
mta_fault 'postfix: maximal_queue_lifetime is 0: mail that waits*' 'mail that bounces at once'
mta 'maximal_queue_lifetime = 2h'
mta_fault 'postfix: maximal_queue_lifetime is 2h: *' 'or after an hour'
mta 'maximal_queue_lifetime = 1'
says 0 '' 'not after a day' postfix
# very many of them
seq 20000 | sed 's/.*/d&.example.net smtp:x/' >many.routes
{ cat rules; sed 's/^/domains /; s/ smtp:x//' many.routes; } >etc/relay.conf
mta "relay_domains = company.com, .company.com, texthash:$T/many.routes"
says 0 '' '20,000 domains' postfix
cp rules etc/relay.conf
says 0 '*: relay_domains: d*.example.net is not ours by *: relay_domains: ... (and 19980 more) is not ours*' \
    '20,000 that are more' postfix
is "$(grep -c . err)" 21 '	of which some are named'
also "virtual_alias_domains = texthash:$T/many.routes"
says 64 '*: d*.example.net is in virtual_alias_domains*: and 19980 more are in virtual_alias_domains, too*' '	or twice' postfix
{ cat rules; sed 's/^/domains /; s/ smtp:x//' many.routes; } >etc/relay.conf
mta 'relay_domains = company.com, .company.com'
says 0 '*: d20.example.net is ours by *: ... (and 19980 more) is ours by*' 'that are less' postfix
is "$(grep -c . err)" 21 '	of which some are named'
cp rules etc/relay.conf
# where it ends
mta 'relay_transport = discard:' 'default_transport = error:no'
mta_fault 'postfix: relay_transport: discard:: such mail is taken and thrown away*' 'mail that is thrown away'
like "$(cat err)" '*warning: postfix: default_transport: error:no: no mail goes out*' 'and none that goes out'
mta 'default_transport = hole'
edit '$a hole unix - - n - - discard'
mta_fault 'postfix: default_transport: hole: such mail is taken and thrown away*' 'by another name'
mta 'relay_transport = error:gone'
mta_fault 'postfix: relay_transport: error:gone: what has no route*' 'or refused'
printf '%s\n' 'heartbeat@gw.company.com multiscan-heartbeat:' 'ann@company.com discard:' '.other.example retry:later' \
    'x.example smtp:[192.0.2.1]' >transport
mta
says 0 '' 'routes of one address, or that wait' postfix
seq 22 | sed 's/.*/d&.company.com discard:/' >>transport
echo 'company.com error:no' >>transport
mta
mta_fault 'postfix: transport_maps: texthash:*: d*.company.com discard:: its mail is taken and thrown away*: and 3 more' \
    'routes that lead nowhere'
is "$(grep -c . err)" 21 '	of which some are named'
echo 'heartbeat@gw.company.com multiscan-heartbeat:' >transport
mta 'mydestination =' 'relay_domains = .company.org' 'virtual_alias_maps ='
says 64 '*postfix: postmaster@gw.company.com is nobody*' 'nobody is postmaster' postfix
echo 'postmaster@gw.company.com ann@company.com' >virtual
mta 'mydestination =' "virtual_alias_maps = texthash:$T/virtual"
says 0 '' 'a postmaster' postfix
# what Postfix says itself when it is asked
cat >asked.pl <<'X'
use IO::Socket::INET;
my ($file, $says) = @ARGV;
my $l = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die;
open my $f, '>', "$file.new" or die;
print $f $l->sockport;
close $f;
rename "$file.new", $file;
alarm 300;
while (my $s = $l->accept) {
	next if $says eq 'nothing';
	print $s "220-a\r\n220 b\r\n";
	while (<$s>) {
		print STDERR $_;
		print $s /^RCPT/ ? "$says\r\n" : "250-a\r\n250 b\r\n";
		last if /^QUIT/;
	}
}
X
mkdir queue/pid
printf '%20s\n' $$ >queue/pid/master.pid
for says in '250 2.1.5 Ok' '530 5.7.0 Must issue a STARTTLS command first' '451 4.3.0 Server configuration error' nothing; do
	rm -f asked.port
	perl asked.pl asked.port "$says" 2>asked.log &
	SERVERS="$SERVERS $!"
	wait_for -s asked.port
	mta
	edit "/^127.0.0.1:$port/d; s/^smtp inet/127.0.0.1:$(cat asked.port) inet/"
	f/bin/multiscan-check -u "$ME" -c "$T/f/conf" postfix 2>err
	case $says in
	451* | nothing) like "$(cat err)" "*multiscan-check: postfix: 127.0.0.1:*: asked for heartbeat@gw.company.com, it says $says: mail waits*" "$says" ;;
	*)
		! grep -q 'asked for' err
		ok $? "$says is well"
		;;
	esac
	[ "$says" = nothing ] || is "$(tr -d '\r' <asked.log | grep -c -e '^EHLO' -e '^MAIL FROM:<>$' -e '^RCPT TO:<heartbeat@gw.company.com>$')" 3 \
	    '	and it was asked'
done
rm -r queue/pid
mta "relay_recipient_maps = hash:$T/none"
mta_fault "postfix: relay_recipient_maps: $T/none.db: there is none: mail waits*" 'a table that is not there'
mkdir -p mta/multiscan var/gateway
printf '%s taken\n' joe@company.com ann@a.company.com >mta/multiscan/recipients
printf '%s\n' Joe@company.com ann@a.company.com >people
printf 'recipients\t%s\n' "$T/people" >var/gateway/answers
mta "relay_recipient_maps = texthash:$T/mta/multiscan/recipients"
says 0 '' 'a table of recipients, as gateway-setup made it' postfix
echo ben@company.com >>people
mta_odd "postfix: $T/people: was changed since Postfix got its copy: gateway-setup" '	from a file that has changed'
rm people
mta_odd "postfix: $T/people: cannot be read*" '	or that is gone'
rm -r var/gateway
sed -i '/ann@/d' mta/multiscan/recipients
mta_odd 'postfix: relay_recipient_maps has nobody in .company.com: all mail for it is refused' 'a domain without anybody'
also 'relay_recipient_maps = static:all'
says 0 '' '	which nobody can tell of other tables' postfix
mta "relay_recipient_maps = proxy:ldap:$T/ldap.cf"
mta_fault "postfix: $T/ldap.cf: cannot be read*" 'a directory without its file'
printf 'server_host = 127.0.0.1\nserver_port = 1\ntimeout = 1\nbind_pw = x\n' >ldap.cf
chmod 644 ldap.cf
mta_fault "warning: postfix: $T/ldap.cf: everybody can read the password*: mail waits" 'a password that everybody can read'
printf '#!/bin/sh\n[ $1 != check ] || { echo "postfix/postfix-script: warning: frob"; exit 1; }\n' >bin/postfix
mta
if [ "$(id -u)" -eq 0 ]; then
	mta_fault '*frob' 'what Postfix says itself'
	printf '#!/bin/sh\n[ $1 = check ] && exit\nexit 1\n' >bin/postfix
	mta_odd 'postfix: it does not run*' 'or that it does not run'
else
	skip 'what Postfix says itself' 'only root asks it'
fi
printf '#!/bin/sh\nexit 0\n' >bin/postfix

# in the session
[ "$(id -u)" -eq 0 ] && OTHER='-u nobody' || OTHER=
mta 'smtpd_milters = unix:multiscan/milter.sock' 'non_smtpd_milters = $smtpd_milters'
edit '/^  -o content_filter=mul/d; s/^pickup.*/pickup unix n - y 60 1 pickup/'
mta_fault "postfix: smtp/inet: $T/queue/multiscan/milter.sock: is not there: systemctl start*" 'no milter'
perl -MSocket -e 'socket my $s, PF_UNIX, SOCK_STREAM, 0;
    bind $s, pack_sockaddr_un("queue/multiscan/milter.sock") or die'
chmod 777 queue/multiscan/milter.sock
mta_fault "postfix: smtp/inet: $T/queue/multiscan/milter.sock: nobody answers there: systemctl restart*" \
    'a socket whose owner was killed'
rm queue/multiscan/milter.sock
chmod 711 .
[ -z "$OTHER" ] || chown nobody queue/multiscan
MULTISCAN_CONF=$T/f/conf "$BUILD/bin/multiscan-milter" $OTHER -l "unix:$T/queue/multiscan/milter.sock" 2>milter.err &
milter=$!
until [ -S queue/multiscan/milter.sock ] || ! kill -0 $milter; do sleep 0.05; done
SERVERS="$SERVERS $milter"
chmod 777 queue/multiscan/milter.sock
says 0 '' 'a gateway in the session' postfix || sed 's/^/# /' milter.err
kill -STOP $milter
mta_fault "postfix: smtp/inet: $T/queue/multiscan/milter.sock: nobody answers there: systemctl restart*" \
    'a milter that hangs'
kill -CONT $milter
also 'milter_default_action = accept'
mta_fault 'postfix: smtp/inet: milter_default_action is accept*' 'that lets pass'
also 'milter_default_action = tempfail'
also 'smtpd_milters = {unix:multiscan/milter.sock, default_action=accept}'
mta_fault 'postfix: smtp/inet: milter_default_action is accept*' 'or does so itself'
also 'milter_content_timeout = 60s'
mta_fault 'postfix: smtp/inet: milter_content_timeout is 60: TIMEOUT is 60: give*' 'too little time'
also 'milter_content_timeout = 300s' "smtpd_milter_maps = cidr:$T/x"
mta_fault "postfix: smtp/inet: smtpd_milter_maps: cidr:$T/x: who is in it is not looked at*" 'clients with milters of their own'
also 'smtpd_milter_maps =' 'receive_override_options = no_milters'
mta_fault 'postfix: smtp/inet: receive_override_options: no_milters*' 'milters that are off'
also 'receive_override_options =' 'smtpd_milters = unix:multiscan/milter.sock, inet:127.0.0.1:1'
mta_fault 'postfix: smtp/inet: smtpd_milters: inet:127.0.0.1:1: nobody answers*' 'one more that nobody answers'
also "smtpd_milters = unix:$T/queue/multiscan/milter.sock"
mta_fault "postfix: smtp/inet: unix:$T/queue/*: it runs in $T/queue (chroot): say unix:multiscan/milter.sock" 'its path outside'
edit 's/^smtp inet n - y/smtp inet n - -/'
says 0 '' 'which is right without a chroot: - is that, since Postfix 3.0' postfix
also 'compatibility_level = 0'
mta_fault 'postfix: smtp/inet: unix:*: it runs in * (chroot): say *' 'but not where all has to be as before'
also 'compatibility_level = 3.6'
edit 's/^smtp inet n - -/smtp inet n - y/'
also 'smtpd_milters = unix:multiscan/milter.sock' 'content_filter = multiscan:dummy'
mta_odd 'postfix: smtp/inet: mail is judged twice*' 'both fronts'
also 'smtpd_milters = unix:multiscan/milter.sock, unix:none'
mta_fault "postfix: smtp/inet: $T/queue/none: is not there: start what*" 'a milter that is not there, with the pipe'
also 'content_filter ='
# One that is of another kind: it answers what Postfix asks first.
perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 9) or die;
    $| = 1;
    print $s->sockport, "\n";
    while (my $c = $s->accept) {
	sysread $c, my $asked, 17;
	syswrite $c, pack("N a N3", 13, "O", 6, 0, 0);
    }' >other.port &
SERVERS="$SERVERS $!"
until [ -s other.port ]; do sleep 0.05; done
read -r port <other.port
also "smtpd_milters = inet:127.0.0.1:$port"
says 0 '*postfix: smtp/inet: smtpd_milters: *: none of them looks like ours*' 'another milter' postfix
printf '#!/bin/sh\n[ "$1" = show ] || exit 1\necho "ExecStart={ argv[]=/x/multiscan-milter -l tcp:127.0.0.1:%s ; }"\n' \
    $port >bin/systemctl
chmod 755 bin/systemctl
says 0 '' 'one that is ours by its unit' postfix
also 'milter_default_action = accept'
mta_fault 'postfix: smtp/inet: milter_default_action is accept*' '	and lets pass'
also 'milter_default_action = tempfail'
rm bin/systemctl
mta_odd 'postfix: smtp/inet: smtpd_milters: *none of them looks like ours*' '	or is not'
perl -e 'sleep 60' multiscan-milter -l tcp:localhost:$port &
runs=$!
SERVERS="$SERVERS $runs"
also "smtpd_milters = { inet:$port@127.0.0.1, connect_timeout=10s }"
says 0 '' 'one that is ours, as it runs' postfix
also 'content_filter = multiscan:dummy'
mta_odd 'postfix: smtp/inet: mail is judged twice: take multiscan-milter out*' '	with the pipe'
kill $runs
also 'content_filter ='
also 'smtpd_milters = unix:multiscan/milter.sock' 'non_smtpd_milters ='
mta_odd 'postfix: non_smtpd_milters*' 'mail of sendmail that passes by'
if [ "$(id -u)" -eq 0 ]; then
	chmod 700 queue/multiscan/milter.sock
	mta_fault "postfix: $T/queue/multiscan/milter.sock: postfix cannot connect*" 'a milter that is shut'
else
	skip 'a milter that is shut' 'only root can see that'
fi

if [ "$(id -u)" -eq 0 ]; then
	mta
	# beat OK REASON AGE
	beat() {
		printf 'multiscan_heartbeat_ok %s\nmultiscan_heartbeat_failed{reason="late"} %s\n' "$1" "$2"
		echo "multiscan_heartbeat_last_run_timestamp_seconds $(($(date +%s) - $3))"
	}
	says 0 '*warning: heartbeat: *: it has never run*' 'a heartbeat that never ran' heartbeat
	beat 1 0 100 >var/heartbeat/heartbeat.prom
	says 0 '' 'one that is well' heartbeat
	beat 1 0 1000 >var/heartbeat/heartbeat.prom
	says 64 '*heartbeat: its last run is more than 15 minutes ago*' 'one that stopped' heartbeat
	beat 0 1 100 >var/heartbeat/heartbeat.prom
	says 64 '*heartbeat: the last run failed: late: *' 'one that failed' heartbeat
	{ beat 1 0 100; echo multiscan_heartbeat_last_run_timestamp_seconds 1 2; } >var/heartbeat/heartbeat.prom
	says 64 '*heartbeat: its last run is more than*' 'one with other lines' heartbeat
	rm var/heartbeat/heartbeat.prom
	mkfifo var/heartbeat/heartbeat.prom
	says 64 '*heartbeat: */heartbeat.prom: it is no file*' 'a pipe in its place' heartbeat
	rm var/heartbeat/heartbeat.prom
	beat 1 0 100 >var/heartbeat/heartbeat.prom
	printf '#!/bin/sh\nprintf "%%s\\n" Id=x.timer ActiveState=inactive UnitFileState=enabled\n' >bin/systemctl
	chmod 755 bin/systemctl
	mkdir systemd
	says 0 '*warning: heartbeat: it is not asked for: systemctl enable --now x.timer' 'a timer that is stopped' heartbeat
	: >cron.d/multiscan-heartbeat
	sed -i 's/=enabled/=disabled/' bin/systemctl
	says 0 '' 'one for which cron asks' heartbeat
	printf '#!/bin/sh\nprintf "%%s\\n" Id=x.timer ActiveState=active UnitFileState=enabled\n' >bin/systemctl
	says 0 "multiscan-check: warning: heartbeat: $T/cron.d/multiscan-heartbeat and x.timer do the same: take one away" \
	    'or both of them' heartbeat
	rm cron.d/multiscan-heartbeat
	says 0 '' 'a timer alone' heartbeat
	rm -r systemd bin/systemctl
	edit 's,/multiscan-heartbeat -r,/none -r,'
	says 64 '*heartbeat: master.cf: */none: there is no such program*' 'no program' heartbeat
	chmod 755 var/heartbeat
	mta
	says 64 '*heartbeat: master.cf: user=nobody: cannot write*' 'another user' heartbeat
	chmod 777 var/heartbeat
	mta 'transport_maps ='
	says 64 '*heartbeat: transport_maps: heartbeat@gw.company.com does not lead*' \
	    'one that does not arrive' heartbeat
	mta 'transport_maps = inline:{ a.example=smtp:x, { heartbeat@gw.company.com = multiscan-heartbeat: } }'
	says 0 '' 'one that is led there by what main.cf says itself' heartbeat
	mta "transport_maps = inline:{ heartbeat@a.example=multiscan-heartbeat: }, texthash:$T/routes"
	says 64 '*heartbeat: transport_maps: heartbeat@gw.company.com does not lead*' 'or is not' heartbeat
	mta "transport_maps = inline:{ a.example=smtp:x } texthash:$T/transport"
	says 0 '' 'or by a table behind it' heartbeat
	edit '/^multiscan-heartbeat/d'
	says 0 '*warning: heartbeat: master.cf has no multiscan-heartbeat*' 'none' heartbeat
else
	skip 'the heartbeat' 'only root has it looked at'
fi
finish
