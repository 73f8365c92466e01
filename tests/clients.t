#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034,SC2154
# Clients of a clamd, with an avscand in its place: what each says of an infected
# and of a clean file.
. "${0%/*}/lib.sh"
. "$HERE/engine.sh"
chmod 755 "$T"
mkdir many
for n in $(seq 400); do
	cp eicar "many/$n"
done
found="$T/eicar: Eicar-Test-Signature.UNOFFICIAL FOUND"

clamdscan_says() {
	exits 1 "clamdscan $*" clamdscan -c local.conf --no-summary "$@" "$T/eicar" "$T/text"
	is "$(sort out)" "$found
$T/text: OK" 'one of the two is infected'
	exits 0 'the clean one' clamdscan -c local.conf --no-summary "$@" "$T/text"
	exits 2 'one that is not there' clamdscan -c local.conf --no-summary "$@" "$T/none"
}
clamdscan_all() {
	echo "LocalSocket $T/engine" >local.conf
	clamdscan_says
	for how in '--fdpass' '--stream' '--multiscan' '--multiscan --fdpass' \
	    '--allmatch' '--allmatch --fdpass' '--allmatch --stream'; do
		# shellcheck disable=SC2086
		clamdscan_says $how
	done
	exits 1 'clamdscan of what it reads' clamdscan -c local.conf --no-summary - <eicar
	like "$(cat out)" '*: Eicar-Test-Signature.UNOFFICIAL FOUND' 'is found'
	exits 0 'and clean' clamdscan -c local.conf --no-summary - <text
	for how in --infected --fdpass --multiscan; do
		exits 1 "a folder, $how" clamdscan -c local.conf --no-summary "$how" "$T/many"
		is "$(grep -c FOUND out)" 400 'each file is found'
	done
	exits 0 'clamdscan --ping' clamdscan -c local.conf --ping 3:1
	exits 0 'clamdscan --version' clamdscan -c local.conf --version
	like "$(cat out)" 'ClamAV 1.*/signatures/*' 'names the set'
	exits 0 'clamdscan --reload' clamdscan -c local.conf --reload
	until_true grep -q 'old one is to end' log
	ok $? 'is done'
	clamdscan_says --fdpass
}

# The module answers None for clean, and for an engine that hangs up.
pyclamd_says() {
	python3 - "$T" <<-'END'
	import pyclamd, sys
	folder = sys.argv[1]
	c = pyclamd.ClamdUnixSocket(folder + "/engine")
	print(c.ping())
	for scan in c.scan_file, c.contscan_file, c.multiscan_file:
	    for name in "eicar", "text":
	        print((scan(folder + "/" + name) or {}).values())
	for name in "eicar", "text":
	    print((c.scan_stream(open(folder + "/" + name, "rb").read()) or {}).values())
	END
}
wanted="dict_values([('FOUND', 'Eicar-Test-Signature.UNOFFICIAL')])
dict_values([])"

port=$((10000 + $$ % 20000))
begin -w 2 -l "tcp:127.0.0.1:$port"
until_true grep -q ready: log

### avscan by TCP has all that it has by a unix socket
printf 'EGGA.................................' >egga
for engine in unix:engine "tcp:127.0.0.1:$port"; do
	exits 1 "avscan -s $engine, what libclamav calls clean in error" avscan -s "$engine" egga text
	like "$(cat out)" 'name=file:egga verdict=unscanned why=engine-error *parts=2' 'is unscanned after a second try'
	echo 'Eicar-Test-Signature 2999-01-01 tests' >ignore
	exits 0 'a finding that is ignored' avscan -I ignore -s "$engine" eicar
	like "$(cat out)" 'name=file:eicar ignored=Eicar-Test-Signature *' 'by all of its names'
done

if command -v clamdscan >/dev/null; then
	clamdscan_all
else
	skip 'clamdscan' 'it is not installed'
fi
if PATH=/usr/bin:/bin python3 -c 'import pyclamd' 2>/dev/null; then
	is "$(PATH=/usr/bin:/bin pyclamd_says)" "True
$wanted
$wanted
$wanted
$wanted" 'python3-pyclamd'
else
	skip 'python3-pyclamd' 'it is not installed'
fi
end

### clamav-milter, under a Postfix
. "$HERE/postfix.sh"
if why=$(postfix_missing); then
	skip 'clamav-milter' "$why"
elif ! command -v clamav-milter >/dev/null; then
	skip 'clamav-milter' 'it is not installed'
else
	write_more() {
		postconf -c "$C" -P "127.0.0.1:$port_in/inet/content_filter=" \
		    "127.0.0.1:$port_in/inet/smtpd_milters=unix:$T/milter" \
		    "127.0.0.1:$port_in/inet/milter_default_action=tempfail"
	}
	postfix_start
	ok $? 'Postfix and avscand run' || { finish; exit 1; }
	printf '%s\n' "MilterSocket unix:$T/milter" "ClamdSocket unix:$S/avscand.sock" \
	    'MilterSocketMode 666' 'Foreground yes' 'OnInfected Reject' \
	    'RejectMsg milter found %v' 'OnFail Defer' 'AddHeader Replace' >milter.conf
	clamav-milter -c milter.conf >milter.log 2>&1 &
	milter=$!
	cleanup='kill $milter; postfix_stop'
	wait_for 20 test -S milter
	ok $? 'clamav-milter takes avscand for a clamd' || sed 's/^/# /' milter.log
	printf '%s\n' 'Subject: clean' '' 'harmless' >clean.eml
	{
		printf '%s\n' 'Subject: not' 'Content-Type: text/plain' ''
		cat eicar
	} >bad.eml
	send_mail clean.eml a@example.org c@example.net
	ok $? 'clean mail passes'
	wait_delivered 1
	like "$(cat sink/1.eml)" '*X-Virus-Status: Clean*' 'and is called clean'
	send_mail bad.eml a@example.org c@example.net
	is "$?" 1 'infected mail is refused'
	like "$(cat answer)" '5*milter found Eicar-Test-Signature.UNOFFICIAL*' 'with the name'
	engine_stop
	send_mail clean.eml a@example.org c@example.net
	is "$?" 75 'no engine, no mail' || cat answer
	kill $milter
	# libmilter looks for it after each connection, or every five seconds
	while "$BUILD/tools/talk" "unix:$T/milter" </dev/null >/dev/null 2>&1; do sleep 0.05; done
	wait $milter
	cleanup=postfix_stop
fi
finish
