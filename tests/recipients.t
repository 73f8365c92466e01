#!/bin/sh
# SPDX-License-Identifier: ISC
# Recipients by LDAP: what gateway-setup makes of `recipients ldap', used by a Postfix of
# our own, which asks a slapd of our own.
# shellcheck disable=SC2016,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/master.sh"
PATH=$PATH:/usr/sbin
if why=$(postfix_missing) || { ! command -v slapd >/dev/null && why='slapd is not installed'; } ||
	! master_make || { ! postconf -c "$C" -m | grep -qx ldap && why='postfix-ldap is not installed'; }; then
	skip 'recipients by LDAP' "$why"
	finish
	exit
fi
# shellcheck disable=SC2046
set -- $(free_ports 2)
port=$1 directory=$2

### A directory, which answers nobody but the gateway
mkdir ldap
chmod 700 ldap
cat >ldap/conf <<-END
	include /etc/ldap/schema/core.schema
	include /etc/ldap/schema/cosine.schema
	include /etc/ldap/schema/inetorgperson.schema
	attributetype ( 1.3.6.1.4.1.4203.666.1.1 NAME 'proxyAddresses' EQUALITY caseIgnoreMatch
	  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
	objectclass ( 1.3.6.1.4.1.4203.666.1.2 NAME 'mailUser' SUP top AUXILIARY MAY proxyAddresses )
	modulepath /usr/lib/ldap
	moduleload back_mdb
	pidfile $T/ldap/pid
	argsfile $T/ldap/args
	database mdb
	maxsize 10485760
	suffix "dc=company,dc=com"
	directory $T/ldap
	access to attrs=userPassword by anonymous auth by * none
	access to * by dn.exact="cn=mail gateway,dc=company,dc=com" read by * none
END
PASSWORD='p $w#1"x\%s,='
cat >ldap/people <<-END
	dn: dc=company,dc=com
	objectClass: dcObject
	objectClass: organization
	dc: company
	o: company

	dn: cn=mail gateway,dc=company,dc=com
	objectClass: organizationalRole
	objectClass: simpleSecurityObject
	cn: mail gateway
	userPassword: $PASSWORD

	dn: ou=People,dc=company,dc=com
	objectClass: organizationalUnit
	ou: People
END
# person UID MAIL [ALIAS]
person() {
	printf '%s\n' '' "dn: uid=$1,ou=People,dc=company,dc=com" 'objectClass: inetOrgPerson' \
	    'objectClass: mailUser' "uid: $1" "cn: $1" "sn: $1" "mail: $2"
	[ -z "${3-}" ] || printf 'proxyAddresses: smtp:%s\n' "$3"
}
{
	person joe joe@company.com joe.smith@company.com
	person odd 'o(d)d*\@company.com'
	person eve eve@other.example
} >>ldap/people
slapadd -q -f ldap/conf -l ldap/people >slapadd.out 2>&1
ok $? 'a directory' || sed 's/^/# /' slapadd.out

slapd_start() {
	slapd -f ldap/conf -h "ldap://127.0.0.1:$directory/" -d 0 2>>slapd.err &
	slapd=$!
	wait_for 10 ldapwhoami -x -H "ldap://127.0.0.1:$directory/" >/dev/null 2>&1
}
slapd_stop() {
	kill "$slapd" 2>/dev/null
	wait "$slapd" 2>/dev/null
	rm -f ldap/pid
}
cleanup='master_stop; slapd_stop'
slapd_start

### What gateway-setup makes
mkdir -p root/etc/postfix root/usr/sbin root/lib/systemd
echo 'compatibility_level = 3.6' >root/etc/postfix/main.cf
cat >root/etc/postfix/master.cf <<-END
	smtp inet n - y - - smtpd
	pickup unix n - y 60 1 pickup
	smtp unix - - y - - smtp
	relay unix - - y - - smtp
END
touch root/usr/sbin/rsyslogd root/lib/systemd/systemd
chmod 755 root/usr/sbin/rsyslogd
cat >answers <<-END
	hostname gw1.company.com
	internal 192.0.2.0/24
	route company.com 192.0.2.77
	route branch.example 192.0.2.78
	postmaster admin@company.com
	front milter
END
# made NAME ANSWER: the answers and this one, in folder NAME
made() {
	(cat answers; echo "$2") >"$1.conf"
	gateway-setup -R "$T/root" -c "$1.conf" -o "$T/$1" >out 2>err && return
	sed 's/^/# /' out err
	return 1
}
printf '%s\n' "$PASSWORD" >password
chmod 644 password
server="ldap ldap://127.0.0.1:$directory ou=People,dc=company,dc=com"
! made open "recipients $server bind \"cn=mail gateway,dc=company,dc=com\" password" >said
ok $? 'a password that others may read is refused'
like "$(cat said)" '*password: others may read*' '	and said'
chmod 600 password
made bound "recipients $server bind \"cn=mail gateway,dc=company,dc=com\" password"
ok $? 'with a name and a password'
made unbound "recipients $server"
ok $? 'without'
R=bound/etc/postfix/multiscan/recipients.cf
is "$(stat -c '%a %U %G' $R)" '640 root postfix' 'nobody reads the password but root and Postfix'
is "$(postconf -c bound/etc/postfix -h relay_recipient_maps 2>/dev/null)" \
    'proxy:ldap:/etc/postfix/multiscan/recipients.cf' 'main.cf names the map'
is "$(gateway-setup -n -R "$T/root" -c bound.conf | grep -c 'bind_pw = \.\.\.$')" 1 '-n does not show it'
! gateway-setup -n -R "$T/root" -c bound.conf | grep -qF "$PASSWORD"
ok $? '	nowhere'
printf '\357\273\277%s\r\n\r\n' "$PASSWORD" >password
made elsewhere "recipients $server bind \"cn=mail gateway,dc=company,dc=com\" password" && cmp -s $R elsewhere${R#bound}
ok $? 'the ends of lines, and the mark, of another system are no part of the password'
for line in '' ' x' 'x ' 'a\tb' 'a\nb'; do
	printf '%b\n' "$line" >password
	! made bad "recipients $server bind cn=x password" >said
	ok $? "no password: '$line'"
	like "$(cat said)" '*password: it is not one line with a password*' '	and said'
done
printf '%s' "$PASSWORD" >password
made unended "recipients $server bind \"cn=mail gateway,dc=company,dc=com\" password" && cmp -s $R unended${R#bound}
ok $? 'one without a line end is one'
echo 'route .company.com 192.0.2.77' >>answers
made below "recipients $server" && ! grep -q '^domain' below/etc/postfix/multiscan/recipients.cf
ok $? 'with a route for all below a domain each domain is asked for'

### A Postfix that uses it
grep -E '^(relay_domains|parent_domain|smtpd_relay)' bound/etc/postfix/main.cf |
	sed "s,/etc/postfix/multiscan,$T/bound/etc/postfix/multiscan," >settings
chmod 711 bound bound/etc bound/etc/postfix bound/etc/postfix/multiscan
cat >>"$C/main.cf" - settings <<-END
	myhostname = gw1.company.com
	mydestination =
	mynetworks = 192.0.2.0/24
	relay_transport = discard
	relay_recipient_maps = proxy:ldap:$T/$R
	smtpd_error_sleep_time = 0
	recipient_delimiter = +
END
cat >>"$C/master.cf" <<-END
	127.0.0.1:$port inet n - y - 20 smtpd
	discard unix - - n - - discard
	proxymap unix - - n - - proxymap
END
install -d "$T/postfix/queue/etc"
master_start
ok $? 'Postfix runs'
# to ADDRESS: Postfix's answer to a mail to him
to() { "$BUILD/tools/submit" "$port" a@b.example "$1" <"$ROOT/samples/text.eml" 2>&1; }

like "$(to joe@company.com)" '250 *' 'who is known is taken'
like "$(to JOE@Company.COM)" '250 *' '	in capitals, too'
like "$(to joe+lists@company.com)" '250 *' '	with an extension'
like "$(to joe.smith@company.com)" '250 *' '	by another address of his'
like "$(to nobody@company.com)" '550 5.1.1 *User unknown*' 'who is not is refused in the session'
like "$(to joe@branch.example)" '550 5.1.1 *' '	in another domain as well'
like "$(to eve@other.example)" '554 5.7.1 *Relay access denied*' 'who is known, in a domain that is not ours, is not'
for name in '*' 'j*' 'jo?' '"joe)(mail=*"' '")(|(mail=*"' '"joe\\2a"' '"*)(uid=joe"' '"\\2a"' '"(joe"'; do
	like "$(to "$name@company.com")" '550 5.1.1 *' "$name is no pattern"
done
like "$(to '"o(d)d*\\"@company.com')" '250 *' 'but himself, where he is known'

slapd_stop
like "$(to joe@company.com)" '451 4.3.0 *' 'while the directory is down mail is put off'
like "$(to nobody@company.com)" '451 4.3.0 *' '	all of it'
slapd_start
like "$(to joe@company.com)" '250 *' 'once it is back it is taken'
like "$(to nobody@company.com)" '550 5.1.1 *' '	or refused'

# asked FOLDER ADDRESS: by Postfix's own hand
asked() { postmap -c "$C" -q "$2" "ldap:$T/$1/etc/postfix/multiscan/recipients.cf" 2>&1; }
like "$(asked unbound joe@company.com)" '*No such object*' 'where nothing may be read nobody is unknown'
echo wrong >password
made refused "recipients $server bind \"cn=mail gateway,dc=company,dc=com\" password"
like "$(asked refused joe@company.com)" '*Invalid credentials*' 'nor with a wrong password'

### From a file
printf '\357\273\277# all of them\r\nJoe@company.com\r\n@branch.example\n' >list
made file 'recipients file list'
ok $? 'recipients from a file'
map=texthash:$T/file/etc/postfix/multiscan/recipients
in_map() { postmap -c "$C" -q "$1" "$map"; }
is "$(in_map joe@company.com).$(in_map @branch.example).$(in_map x@company.com)" \
    'taken.taken.' '	are in a map'
printf '\357\273\277joe@company.com\n' >list
made marked 'recipients file list' && grep -qx 'joe@company.com taken' marked/etc/postfix/multiscan/recipients
ok $? '	with a mark before the first'
printf 'joe@company.com\njoe smith@company.com\n' >list
! made file2 'recipients file list' >said
ok $? 'one that is no address is refused'
like "$(cat said)" '*list:2: that is no address*' '	and said'
finish
