#!/bin/sh
# SPDX-License-Identifier: ISC
# gateway-setup: the answers; on a Debian with an untouched Postfix: shows, does, does
# nothing twice, changes, undoes to the byte; killed at every step both are still right.
# shellcheck disable=SC2016,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/debian.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS

cat >answers <<-'END'
	hostname   gw1.company.com
	internal   192.0.2.0/24 10.0.0.0/8
	route      company.com 192.0.2.77
	postmaster admin@company.com
	front      milter
	loghost    192.0.2.77
END

### The answers: each line of `bad' is wrong, by itself, for this reason
exits 0 'good answers' gateway-setup -k -c answers
is "$(cat out err)" '' '	of which nothing is said'
while IFS='|' read -r line want; do
	key=${line%% *}
	grep -v "^$key " answers >wrong
	printf '%b\n' "$line" >>wrong
	gateway-setup -k -c wrong >out 2>err
	got=$?
	case $got$(cat err) in
	"64gateway-setup: wrong:"*$want*) [ "$(wc -l <err)" -eq 1 ] ;;
	*) false ;;
	esac
	ok $? "refused: $line" || sed "s/^/# $got: /" err
done <<-'END'
	hostname gw1|whole name
	hostname gw_1.company.com|a name is
	hostname gw1.company.com gw2.company.com|one name
	hostname 192.0.2.1|its end is a number
	hostname gw1.company.com;x|a name is
	hostname 192.0.2.77.company.com-|no name
	internal 0.0.0.0/0|nearly everybody
	internal ::/0|nearly everybody
	internal 192.0.2.1/24|give 192.0.2.0/24
	internal 2001:db8::1/32|give 2001:db8:0:0:0:0:0:0/32
	internal 192.0.2.256|give a network
	internal 192.0.2.0/33|at most 32
	internal 2001:db8:::1|give a network
	internal ::ffff:192.0.2.1|give a network
	internal ::ffff:c000:201|IPv4
	internal /etc/passwd|a number of bits
	internal branches|give a network
	internal|give networks
	internal 10.0.0.0 255.0.0.0|as 10.0.0.0/8
	internal 10.0.0.0/255.0.0.0|as 10.0.0.0/8
	internal 0.0.0.0|as 10.0.0.0/8
	route company.com 127.0.0.2|gateway itself
	route company.com localhost|gateway itself
	route company.com [::1]|gateway itself
	route company.com 2001:db8::1|an IPv6 address stands in
	route company.com smtp:[192.0.2.3]|the host alone
	loghost udp://192.0.2.5|the host alone
	self 192.0.2.77|gateway itself
	route company.com|a domain and its server
	route company.com mail.company.com:0|a port is
	route company.com mail.company.com:smtp|a port is
	route company.com mail$(id).company.com|a name is
	route company.com [mail.company.com]|an IPv6 address
	route company.com gw1.company.com|itself
	route com\\\\npany.com mail.company.com|a name is
	routes nowhere|cannot be read
	postmaster admin|an address is
	postmaster a b@company.com|one address
	postmaster ad$min@company.com|an address is
	postmaster -x@company.com|an address is
	postmaster admin@gw1.company.com|the gateway itself
	front both|milter or pipe
	loghost 192.0.2.77:514:1|a port is
	loghost a/b|a name is
	rbl zen|whole name
	rbl zen.example,permit|a name is
	self gw1|no address
	recipients ldap http://x y|ldap://HOST
	recipients ldap ldap://x dc=$y|without $
	recipients ldap ldap://x dc=y filter (mail=*)|%s is where
	recipients ldap ldap://x dc=y filter (mail=%s))(x=y)|a )
	recipients ldap ldap://x dc=y bind cn=z|behind BASE
	recipients ldap ldap://x ""|an empty word
	recipients ldap ldap://x dc=y bind "" z|an empty word
	recipients ldap ldap://x dc=y filter ""|an empty word
	recipients ldap ldap://x dc="y"|quotes stand
	recipients ldap ldap://x "dc"=y|quotes stand
	recipients ldap ldap://x "dc=y|quotes stand
	rbl ""|an empty word
	recipients file|give ldap
	relay all|no such keyword
	rbl \0303\0251.example|not ASCII
END
sed 's/\(route.*\)/\1:2525/; s/192.0.2.77:/127.0.0.1:/' answers >right
exits 0 'another port of this machine is no loop' gateway-setup -k -c right
printf '\357\273\277# from elsewhere\r\n' >right
sed "s/\$/$(printf '\r')/" answers >>right
exits 0 'lines that end as elsewhere, and a mark before the first' gateway-setup -k -c right
(cat answers; printf 'recipients ldap ldap://x "ou=A #1,dc=y" # why\n\n # and\n  filter (mail=%%s)\n') >right
exits 0 'a comment begins outside of quotes only' gateway-setup -k -c right
awk 'BEGIN { for (i = 0; i < 20000; i++)
	print "branch" i ".company.com", "server" i % 300 ".company.com" }' >list
(cat answers; echo routes list) >right
exits 0 '20,000 routes' gateway-setup -k -c right
is "$(cat out err)" '' '	of which nothing is said'
for file in 'routes /etc' 'recipients file /etc'; do
	(cat answers; echo "$file") >wrong
	exits 64 "a folder: $file" gateway-setup -k -c wrong
	like "$(cat err)" '*gateway-setup: *cannot be read*' '	is none'
done
sed 's/^/ /' answers >wrong
exits 64 'a line that goes on by mistake' gateway-setup -k -c wrong
is "$(cat err)" 'gateway-setup: wrong:1: line 2 begins with a blank, by which it goes on with this one: take the blanks away before each internal' \
    '	is told, and nothing else'
exits 64 'a folder' gateway-setup -k -c /etc
like "$(cat err)" '*/etc: that is a folder*' '	is none'
printf 'front pipe\n' >>answers
exits 64 'a keyword that is there twice' gateway-setup -k -c answers
like "$(cat err)" '*answers:7: front: once only*' '	is said'
sed -i '$d' answers
sed 's/^hostname .*/hostname company.com/; s/gw1/x/' answers >wrong
exits 64 'a name that has a route is no name of a gateway' gateway-setup -k -c wrong
printf 'a.com b\nb.com c:99999\n# d\nx\n' >list
(cat answers; echo routes list) >wrong
exits 64 'errors in a file of routes' gateway-setup -k -c wrong
is "$(grep -c '^gateway-setup: \./list:[24]: ' err)" 2 '	have its name and lines'
printf '%s\n' joe@company.com ann@a.below.example '@whole.example' >people
printf 'route %s 192.0.2.77\n' .below.example whole.example Empty.example .company.com >routes
[ "$(id -u)" -ne 0 ] || chown root people routes
(cat answers routes; echo recipients file people) >more
exits 0 'domains with a route, in some of which nobody is' gateway-setup -k -c more
is "$(cat err)" 'gateway-setup: ./people: there is nobody in empty.example, .company.com: all mail for it is refused' \
    '	which is told, and no more'
if [ "$(id -u)" -eq 0 ]; then
	echo 'branch.example 192.0.2.78' >list
	echo joe@company.com >people
	chmod 666 list
	chown nobody people
	(cat answers; echo routes ./list; echo recipients file people) >wrong
	exits 64 'files that others may change' gateway-setup -k -c wrong
	is "$(grep -c '^gateway-setup: \./\(list\|people\): it is not root.s alone' err)" 2 '	are told'
fi

if why=$(debian_missing); then
	skip 'on a Debian' "$why"
	finish
	exit
fi

### What is for one verb does not pass over another: nothing is begun
while read -r call; do
	# shellcheck disable=SC2086
	eval "exits 64 'refused: $call' gateway-setup -c answers $call"
done <<-'END'
	-o out undo
	-o out status
	-o ""
	-R ""
	-R /
	-R here
	-n status
	-k undo
	apply undo
END

### A Debian with all of ours, but for what gateway-setup does
debian_boot gw1.company.com
ok $? 'a Debian, and an untouched Postfix' || { finish; exit; }
config=release
case $BUILD in
*-asan) config=asan ;;
esac
make -s -C "$ROOT" B="${BUILD#"$ROOT"/}" CONFIG="$config" DESTDIR="$D" install
ok $? 'with all of ours'
exits 64 'without users and folders it stops' inside gateway-setup
like "$(cat err)" '*systemd-sysusers*systemd-tmpfiles*' '	and says what makes them'
exits 0 'they are made' inside sh -c 'systemd-sysusers && systemd-tmpfiles --create; systemctl daemon-reload'
mkdir -p "$D/etc/multiscan"
(cat answers; echo self 198.51.100.9 2001:db8::9) >"$D/etc/multiscan/gateway.conf"

# tree: all there is but for what runs; what was held, counted and logged stays
tree() {
	inside sh -c 'cd / && find etc var/lib/multiscan \( -type f -printf "%p %m %u %g %T@\n" \) \
	    -o -printf "%p %m %u %g %l\n" | grep -vE "^etc/multiscan/gateway.conf|^var/lib/multiscan/(held-by-setup|(tally|report|heartbeat)/)"
	    find etc var/lib/multiscan/sigs -type f ! -name gateway.conf -exec sha256sum {} +
	    cd /var/spool/postfix && find . -type d ! -path "./*/?" -printf "%p %m %u %g\n"' | LC_ALL=C sort
	inside sh -c 'postconf -n; postconf -M; systemctl list-unit-files --no-legend' 2>&1
}
arrived() (
	set -- sink/*.eml
	[ -e "$1" ] || shift
	echo $#
)
has_arrived() { [ "$(arrived)" -ge "$1" ]; }
# mail FROM TO FILE: from outside; Postfix's answer
mail() { from "$BUILD/tools/submit" -s "$GATEWAY" -b "$OUTSIDE" 25 "$1" "$2" <"$3" 2>&1; }
# goes_on N WHAT: of N mails that have arrived the last one has no virus in it
goes_on() {
	wait_until 30 has_arrived "$1" && ! grep -q WDVPIVAlQEFQ "sink/$1.eml"
	ok $? "$2" || inside tail -n 20 /var/log/mail.log | sed 's/^/# /'
}
mkdir sink
from "$BUILD/tools/sink" -t 300 -l "$INSIDE" -p 25 -P sink/port sink >sink/err 2>&1 &
SERVERS=$!
cleanup='kill $SERVERS 2>/dev/null; debian_stop'
printf 'To: root\nSubject: from cron\n\nhello\n' >cron.eml

# It runs, but would not after a boot.
inside systemctl -q disable rsyslog
tree >before
exits 1 'it shows what it would change' inside gateway-setup -n
like "$(cat out)" '*+smtpd_milters = *would run: *' '	in files and commands'
tree >after
same before after '	and changes nothing' || diff before after | sed 's/^/# /'
# With the test's signatures only, of which it says so.
exits 1 'it sets up the gateway' inside gateway-setup
is "$(grep -c '^gateway-setup: ' err)$(grep -c 'sigupdate: not all' err)" 11 '	and has nothing else to say' ||
	sed 's/^/# /' out err
exits 0 'once more' inside gateway-setup
is "$(cat out err)" 'gateway-setup: nothing to do: all is as it was set up' '	it has nothing to do'
exits 0 'status: all is as it was set up, whatever others lock' \
    inside flock /etc/postfix gateway-setup status

# What is not so any more is told, and put right
chmod 666 "$D/etc/multiscan/relay.conf"
chmod 700 "$D/var/spool/postfix/multiscan"
exits 1 'a file that everybody may write' inside gateway-setup status
like "$(cat out)" '*/etc/multiscan/relay.conf: its mode or owner was changed*multiscan: is missing, or its mode*' '	is told'
stopped() { inside postfix stop 2>/dev/null; ! inside postfix status 2>/dev/null; }
wait_until 20 stopped
exits 1 'a Postfix that does not run' inside gateway-setup status
like "$(cat out)" '*Postfix does not run*' '	is told, too'
exits 0 'both are put right' inside gateway-setup
exits 0 '	so that all is as it was set up' inside gateway-setup status
printf '#!/bin/sh\nexit 75\n' >"$D/root/postqueue"
chmod 755 "$D/root/postqueue"
inside mount --bind /root/postqueue /usr/sbin/postqueue
exits 75 'where the queue cannot be read nothing is undone' inside gateway-setup undo
like "$(cat err)" '*the queue cannot be read*' '	which is said'
inside umount /usr/sbin/postqueue
exits 0 '	nothing at all' inside gateway-setup

mail anna@example.org ben@company.com "$ROOT/samples/text.eml" >answer
is "$?" 0 'mail from outside is taken'
goes_on 1 '	and goes on'
mail anna@example.org ben@company.com "$ROOT/samples/eicar.eml" >answer
goes_on 2 'one with a virus goes on without it'
is "$(mail anna@example.org bob@victim.example "$ROOT/samples/text.eml" | cut -c 1-9)" '554 5.7.1' \
    'nobody from outside may relay'
is "$(mail anna@example.org games@gw1.company.com "$ROOT/samples/text.eml" | cut -c 1-9)" '550 5.1.1' \
    'nor fill a mailbox here'
is "$(mail anna@example.org 'joe@[198.51.100.9]' "$ROOT/samples/text.eml" | cut -c 1-9)" '550 5.1.1' \
    '	nor by an address that leads here'
inside /usr/sbin/sendmail -t <cron.eml
goes_on 3 'mail for root goes to the postmaster'
like "$(cat sink/3.env)" '*<admin@company.com>*' '	by his address'

### The log's host was away till now.  A queue that was on disk has a connection of its own.
from perl -MIO::Socket::INET -e '$| = 1; $SIG{CHLD} = "IGNORE";
    my $s = IO::Socket::INET->new(LocalAddr => $ARGV[0], LocalPort => 514, Listen => 5,
	ReuseAddr => 1) or die;
    while (1) {
	my $c = $s->accept or next;
	next if fork;
	print while <$c>;
	exit;
    }' "$INSIDE" >>loghost 2>loghost.err &
SERVERS="$SERVERS $!"
has_log() { grep -q "$1" loghost; }
wait_until 90 has_log 'virus found and dealt'
ok $? 'the log of what was before is sent once its host is there'

### A systemd that tells nothing
mkdir "$D/root/dumb"
printf '#!/bin/sh\nexit 1\n' >"$D/root/dumb/systemctl"
chmod 755 "$D/root/dumb/systemctl"
exits 75 'where systemctl fails nothing is well' \
    inside env PATH=/root/dumb:/usr/local/bin:/usr/sbin:/usr/bin:/bin gateway-setup
like "$(cat err)" '*systemctl show does not tell*' '	which is said'

### Other answers; killed when all files are new, and nobody knows
sed -i 's/^front.*/front pipe/' "$D/etc/multiscan/gateway.conf"
mkdir "$D/root/killing"
cat >"$D/root/killing/systemctl" <<-'END'
	#!/bin/sh
	case $1 in
	show) exec /usr/bin/systemctl "$@" ;;
	esac
	kill -9 $PPID
END
chmod 755 "$D/root/killing/systemctl"
inside env PATH=/root/killing:/usr/local/bin:/usr/bin:/bin gateway-setup >out 2>err
is "$?" 137 'with other answers, and killed'
exits 1 '	status' inside gateway-setup status
like "$(cat out)" '*was interrupted*' '	says so'
exits 0 '	another run does the rest' inside gateway-setup
like "$(inside systemctl is-enabled multiscan-milter).$(inside postconf -h smtpd_milters content_filter)" \
    'disabled.*multiscan:dummy' '	and it is the pipe'
mail anna@example.org ben@company.com "$ROOT/samples/eicar.eml" >answer
goes_on 4 '	that takes a virus out'
inside /usr/sbin/sendmail -t <cron.eml
goes_on 5 '	and mail for root'
like "$(cat sink/5.env)" '*<admin@company.com>*' '	to the postmaster'
is "$(mail anna@example.org bob@victim.example "$ROOT/samples/text.eml" | cut -c 1-9)" '554 5.7.1' \
    '	nobody may relay'

# What is taken once comes back, whatever main.cf asks of clients
cp -p "$D/etc/postfix/main.cf" main.cf
inside postconf -e 'smtpd_tls_security_level = encrypt' \
    'smtpd_client_restrictions = reject' 'smtpd_helo_restrictions = reject' \
    'smtpd_sender_restrictions = reject' 'smtpd_data_restrictions = reject' \
    'smtpd_end_of_data_restrictions = reject' 'smtpd_upstream_proxy_protocol = haproxy'
inside postfix reload 2>/dev/null
inside /usr/sbin/sendmail -t <cron.eml
goes_on 6 'the way back refuses nothing of it'
# one_waits: a mail for a server that is not to be reached; the rest as before
waits() { inside postqueue -p | grep -q 'deferred transport'; }
one_waits() {
	inside postconf -e 'defer_transports = relay'
	inside postfix reload 2>/dev/null
	inside /usr/sbin/sendmail -t <cron.eml
	wait_until 30 waits
	cp -p main.cf "$D/etc/postfix/main.cf"
	inside postfix reload 2>/dev/null
}
one_waits
sed -i 's/^route.*/route other.example 192.0.2.77/' "$D/etc/multiscan/gateway.conf"
exits 1 'a route is taken out, for which mail waits' inside gateway-setup -n
like "$(cat out)" '*would hold: 1 mails*' '	it would be held'
exits 1 '	and is' inside gateway-setup
like "$(cat err)$(inside postqueue -j)" '*1 mails that waited are held now*{"queue_name": "hold"*' '	which is said'
sed -i 's/^route.*/route company.com 192.0.2.77/' "$D/etc/multiscan/gateway.conf"
exits 1 '	with its route again' inside gateway-setup
like "$(cat err)" '*1 mails wait that a gateway-setup has put on hold*' '	it is told of still'
inside postsuper -H ALL 2>/dev/null; inside postqueue -f
goes_on 7 '	it goes on'
one_waits

exits 1 'undone' inside gateway-setup undo
like "$(cat err)" '*1 mails that waited are held now*' '	what waited may bounce now'
like "$(inside postqueue -j)" '{"queue_name": "hold"*' '	and is held'
is "$(inside tail -n 1 /var/lib/multiscan/held-by-setup)" \
    "$(inside postqueue -j | sed 's/.*"queue_id": "\([^"]*\)".*/\1/')" '	and noted, which'
inside postsuper -d ALL 2>/dev/null
is "$(inside systemctl is-active rsyslog)" active 'what ran before runs still'
tree >after
same before after 'all is as it was, to the byte' || diff before after | sed 's/^/# /'
exits 0 'undone once more' inside gateway-setup undo
like "$(cat out)" '*nothing is set up*' '	there is nothing to undo'

### On files only: what somebody changes, and being killed
mkdir -p root/etc root/usr/sbin root/lib/systemd
cp -a "$D/etc/postfix" root/etc
touch root/usr/sbin/rsyslogd root/lib/systemd/systemd
chmod 755 root/usr/sbin/rsyslogd
cp -a root untouched
# it VERB [ANSWERS]: on $T/root
it() { gateway-setup "$1" -R "$T/root" -c "${2-answers}"; }
files() { (cd "$1" && find etc -type f -printf '%p %m %T@ ' -exec sha256sum {} \; | sort); }
like_before() {
	files untouched >a
	files root >b
	same a b "$1" || diff a b | sed 's/^/# /'
}
sed 's/milter/pipe/' answers >others
it apply >/dev/null
sed -i 's/^bounce_size_limit.*/bounce_size_limit = 7/; $a message_size_limit = 50000000' root/etc/postfix/main.cf
sed -i 's/ 6 pipe/ 20 pipe/; $a # a word' root/etc/postfix/master.cf
exits 0 'what somebody has changed' it apply others
like "$(cat err)" '*bounce_size_limit was changed*multiscan/unix was changed*' '	is said'
is "$(postconf -c root/etc/postfix -h bounce_size_limit message_size_limit content_filter | tr '\n' ' ')" \
    '7 50000000 multiscan:dummy ' '	and kept'
is "$(postconf -c root/etc/postfix -M multiscan/unix | tr -s ' ' | cut -d ' ' -f 7)" 20 '	in master.cf as well'
exits 0 '	by all later runs' it apply others
is "$(grep -c 'is as somebody has changed it' out)" 2 '	which say it'
like "$(cat out)" '*nothing to do*' '	which have nothing to do'
exits 1 '	and status' it status
is "$(grep -c 'is as somebody has changed it' out)" 2 '	says it, too'
echo '# mine' >>root/etc/multiscan/relay.conf
sed -i 's/^content_filter.*/content_filter = multiscan:other/' root/etc/postfix/main.cf
exits 64 'another file that somebody has changed, and what is not with this front' it apply
like "$(cat err)" '*content_filter was changed by somebody*take it out*' '	is told'
sed -i 's/^content_filter.*/content_filter = multiscan:dummy/' root/etc/postfix/main.cf
exits 64 '	the file alone' it apply
like "$(cat err)" '*relay.conf: somebody has changed it*' '	is not written over'
exits 1 'undo gives back what is ours' it undo
is "$(grep -c 'it stays' err)" 4 '	and says what it leaves'
(cd untouched/etc/postfix && diff main.cf ../../../root/etc/postfix/main.cf; diff master.cf ../../../root/etc/postfix/master.cf) |
	grep '^[<>]' >changes
is "$(grep -v -e '^> *-[ie]' -e argv changes)" '> bounce_size_limit = 7
> message_size_limit = 50000000
> multiscan unix - n n - 20 pipe flags=q user=multiscan null_sender=
> # a word' '	which is his'

# Files whose last line has no end
rm -rf root && cp -a untouched root
truncate -s -1 root/etc/postfix/main.cf root/etc/postfix/master.cf
tail -n 1 root/etc/postfix/main.cf >last
cp -a root without
exits 0 'files whose last line has no end' it apply
is "$(grep -c -F -x -f last root/etc/postfix/main.cf).$(grep -c '.# gateway-setup' root/etc/postfix/m*.cf | tr '\n' ' ')" \
    '1.root/etc/postfix/main.cf:0 root/etc/postfix/master.cf:0 ' '	it stays a line of its own'
it undo >/dev/null
(cd without && find etc -type f -exec cmp {} ../root/{} \;) >said 2>&1
is "$(cat said)" '' '	and is given back to the byte'

# The file of recipients is copied
rm -rf root people && cp -a untouched root
echo joe@company.com >people
(cat answers; echo "recipients file $T/people") >known
it apply known >/dev/null
exits 0 'a file of recipients: status' it status known
echo ann@company.com >>people
exits 1 '	once it has changed' it status known
is "$(grep people out)" "gateway-setup: $T/people: was changed since: gateway-setup takes it" '	says so'
it apply known >/dev/null
exits 0 '	until it is taken' it status known
it undo >/dev/null 2>&1
rm -rf root && cp -a untouched root

# A milter of somebody's own beside ours, which he takes out again
rm -rf root && cp -a untouched root
it apply >/dev/null
sed -i 's/^smtpd_milters.*/&, inet:127.0.0.1:8891/' root/etc/postfix/main.cf
exits 0 'a milter beside ours' it apply
sed -i 's/^smtpd_milters.*/smtpd_milters = inet:127.0.0.1:8891/' root/etc/postfix/main.cf
exits 0 'and without ours, while the pipe is the front' it apply others
exits 64 'are not the milter front' it apply
sed -i 's/^smtpd_milters.*/smtpd_milters = { unix:multiscan\/milter.sock, default_action=accept }/' root/etc/postfix/main.cf
exits 64 'nor is one that lets mail pass while it is away' it apply
like "$(cat err)" '*mail would pass unseen*' '	which is told'
sed -i 's/^smtpd_milters.*/smtpd_milters = inet:127.0.0.1:8891/' root/etc/postfix/main.cf
exits 64 'nor that of somebody else' it apply
like "$(cat err)" '*nobody would look at mail*' '	which is told'
sed -i '/^smtpd_milters/d' root/etc/postfix/main.cf
exits 0 'taken out again' it apply
is "$(postconf -c root/etc/postfix -h smtpd_milters content_filter | tr '\n' '.')" \
    'unix:multiscan/milter.sock..' '	ours is set'
it undo >/dev/null 2>&1
rm -rf root && cp -a untouched root

### Each word in its place
rm -rf root
cp -a untouched root
(grep -v '^internal' answers; printf '%s\n' 'internal !192.0.2.64/26 192.0.2.0/24 2001:DB8:aa::/48 ::2' \
    'route .company.com [2001:db8::7]:2525' 'rbl a.example b.example' 'self 192.0.2.10') >more
exits 0 'more answers' gateway-setup -R "$T/root" -c more -o made
is "$(postconf -c made/etc/postfix -h mynetworks)" \
    '!127.25.25.25 127.0.0.0/8 [::1]/128 !192.0.2.64/26 192.0.2.0/24 [2001:db8:aa:0:0:0:0:0]/48 [0:0:0:0:0:0:0:2]' '	networks'
is "$(grep -v '^#' made/etc/postfix/multiscan/routes)" 'company.com relay:[192.0.2.77]:25
.company.com relay:[2001:db8:0:0:0:0:0:7]:2525' '	routes'
like "$(postconf -c made/etc/postfix -h smtpd_recipient_restrictions)" \
    '*reject_unauth_destination, reject_rbl_client a.example, reject_rbl_client b.example' '	lists'
map=texthash:made/etc/postfix/multiscan
asked() { postmap -c made/etc/postfix -q "$@"; }
is "$(asked gw1.company.com "$map/own").$(asked postmaster@gw1.company.com "$map/aliases")" \
    'local:.admin@company.com' '	the gateway itself'
is "$(relaycheck -c made/etc/multiscan/relay.conf -i 192.0.2.70 x@y.example | cut -d ' ' -f 1)" relay=reject \
    '	who may relay'
like_before '	and nothing was changed'

### A Postfix that is not understood
sed -i 's/^smtp .*inet.*/smtp inet n - y - 1 postscreen/; $a submission inet n - y - - smtpd' root/etc/postfix/master.cf
printf '%s\n' 'content_filter = scan:dummy' 'smtpd_milter_maps = cidr:/etc/postfix/maps' \
    'smtpd_proxy_filter = 192.0.2.77:25' 'inet_protocols = ipv6' >>root/etc/postfix/main.cf
sed -i 's/^pickup .*/& -o receive_override_options=no_milters/' root/etc/postfix/master.cf
exits 64 'a Postfix with a filter, postscreen and submission' it apply
is "$(grep -c -e 'smtp inet is postscreen' -e 'submission/inet (smtpd) takes mail' -e 'content_filter is scan:dummy' \
    -e 'smtpd_milter_maps is' -e 'smtpd_proxy_filter is' -e 'pickup unix has -o receive_override' \
    -e 'inet_protocols has no ipv4' err)" 7 \
    '	is refused, for each of them'
cp -p untouched/etc/postfix/*.cf root/etc/postfix
printf '%s\n' 'relay_domains = $mydestination, example.net' "transport_maps = hash:$T/transport" \
    'virtual_alias_maps = hash:/etc/postfix/virtual' 'smtpd_recipient_restrictions = reject_rbl_client a.example' \
    'mydestination = $myhostname, localhost.$mydomain, localhost, other.example, company.com' >>root/etc/postfix/main.cf
exits 64 'nor one that has its own work' it apply
is "$(grep -c -e ' relay_domains is $mydestination, example.net: ' -e ' transport_maps is ' -e ' virtual_alias_maps is ' \
    -e ' smtpd_recipient_restrictions is ' -e ' mydestination has other.example' err).$(wc -l <err)" 5.5 '	of which nothing is replaced'
cp -p untouched/etc/postfix/*.cf root/etc/postfix
printf '%s\n' "header_checks = regexp:$T/headers" 'smtpd_restriction_classes = other' \
    "other = check_client_access texthash:$T/clients" 'smtpd_helo_restrictions = check_helo_access pcre:/nowhere' \
    'virtual_mailbox_domains = other.example, Company.com' >>root/etc/postfix/main.cf
echo '/^X-Spam/ FILTER smtp:[192.0.2.78]' >headers
echo '192.0.2.7 FILTER relay:[192.0.2.77]:25' >clients
exits 64 'nor one that lets mail go past the pipe' it apply others
is "$(grep -c -e 'header_checks: .*FILTER smtp:' -e ' other: .*FILTER relay:' -e 'virtual_mailbox_domains has company.com' \
    -e 'pcre:/nowhere: cannot be looked into' err)" 4 '	of which each place is said'
[ ! -e root/var/lib/multiscan/gateway ]
ok $? '	and nothing was begun'

# Programs that kill who calls them, before or after their own work, the time that is
# asked for: of every step two
mkdir kill
for program in mv cp rm sync; do
	cat >kill/$program <<-'END'
		#!/bin/sh
		n=$(($(cat "$KILL/n") + 2))
		echo $n >"$KILL/n"
		if [ $n -eq "$WHEN" ]; then
			kill -9 $PPID
			exit
		fi
		/bin/"${0##*/}" "$@"
		status=$?
		[ $((n + 1)) -ne "$WHEN" ] || kill -9 $PPID
		exit $status
	END
	chmod 755 kill/$program
done
# killed WHEN VERB ANSWERS: its exit status
killed() {
	echo 0 >kill/n
	KILL=$T/kill WHEN=$1 PATH=$T/kill:$PATH it "$2" "$3" >out 2>err
	echo $?
	# Who killed it has its lock a moment longer.
	flock -w 10 root/etc/postfix true
}
# rounds VERB ANSWERS STEP: killed at each STEPth of its steps; what comes then has to do
# its work all the same
rounds() {
	prepare
	killed 0 "$1" "$2" >status
	last=$(($(cat kill/n) + 1)) when=$((2 + $3 / 2))
	it undo >out 2>err
	while [ $when -le $last ]; do
		prepare
		like " $(killed $when "$1" "$2" 2>killed.err)" ' [!0]*' "$1 killed at $when of $last"
		if [ $((when % 2)) -eq 0 ]; then
			exits 0 '	apply' it apply "$2"
			exits 0 '	all is as it was to be' it status
		fi
		exits 0 '	undo' it undo
		like_before '	gives all back'
		when=$((when + $3))
	done
}
rm -rf root
cp -a untouched root
every=47
[ -z "${SOAK-}" ] || every=1
prepare() { :; }
rounds apply answers $every
prepare() { it apply >out 2>err; }
rounds apply others $every
rounds undo answers $every
is "$(find root -name '*~')" '' 'nothing else is left'
finish
