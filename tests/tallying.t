#!/bin/sh
# SPDX-License-Identifier: ISC
# Logs that a real rsyslog wrote, in both of its forms, counted in pieces and in any order:
# the totals are those of grep, sort and awk over the same logs.
. "${0%/*}/lib.sh"
. "$HERE/rsyslog.sh"
# shellcheck disable=SC2034
cleanup='stop_rsyslog'
export TZ=Europe/Berlin

start_rsyslog || exit 1

# What four gateways send: RFC 5424 over TCP, as virlog and rsyslog forward it, doubled
# now and then as a forwarder does that sends again what was not acknowledged; and Postfix's.
cat >send.py <<'E2'
import random, socket, sys
random.seed(20020908)
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
hosts = ["nammta01", "eurmta01", "eurmta02", "feamta01"]
sigs = ["W32/Klez-H"] * 20 + ["W32/Sircam-A"] * 5 + ["W95/CIH-10xx", "a%20b%5Dvirus%20found"]
def send(stamp, host, tag, pid, text):
    m = f"<21>1 {stamp} {host} {tag} {pid} - - {text}".encode()
    s.sendall(b"%d %s" % (len(m), m))
def mark(level): return f"[ID 702911 mail.{level}]"
for i in range(1500):
    t = i * 97
    host = random.choice(hosts)
    stamp = f"2026-11-{20 + t // 86400:02d}T{t % 86400 // 3600:02d}:{t % 3600 // 60:02d}:{t % 60:02d}.{i:06d}+01:00"
    id = f"{random.getrandbits(80):020x}"
    kind = random.random()
    lines = []
    if kind < .4:
        for n in range(1, random.choice([1, 1, 1, 2, 3]) + 1):
            sig = random.choice(sigs)
            lines.append(("iMS", "-", f"{mark('alert')} {sig} virus found and dealt id={id} n={n} part={n} verdict=infected sig={sig} name=filename:virus%20found"))
    elif kind < .5:
        lines.append(("iMS", "-", f"{mark('notice')} .exe suffix dealt id={id} n=1 part=1 verdict=banned suffix=.exe"))
    elif kind < .6:
        why = random.choice(["encrypted", "limit-size", "engine-died"])
        lines.append(("iMS", "-", f"{mark('warning')} {why} not scanned id={id} n=1 part=1 verdict=unscanned why={why}"))
    elif kind < .7:
        lines.append(("postfix/smtpd", 77, f"NOQUEUE: reject: RCPT from unknown[192.0.2.{i % 250}]: 554 5.7.1 <x{i}@y.example>: Relay access denied; from=<\"W32/Klez-H virus found\"@a> to=<x{i}@y.example> proto=ESMTP helo=<a>"))
    elif kind < .8:
        lines.append(("postfix/smtpd", 77, f"NOQUEUE: reject: RCPT from unknown[192.0.2.{i % 250}]: 554 5.7.1 Service unavailable; Client host [192.0.2.{i % 250}] blocked using zen.example.org; from=<a@b> to=<c@d> proto=ESMTP helo=<iMS: {mark('alert')} X virus found and dealt>"))
    else:
        lines.append(("postfix/smtpd", 77, f"{id[:10].upper()}: client=mail.example[192.0.2.1]"))
        lines.append(("postfix/smtp", 78, f"{id[:10].upper()}: to=<a@b.example>, relay=b.example[192.0.2.2]:25, delay=0.3, delays=0.1/0/0.1/0.1, dsn=2.0.0, status=sent (250 ok)"))
    for tag, pid, text in lines:
        for _ in range(2 if tag == "iMS" and random.random() < .1 else 1):
            send(stamp, host, tag, pid, text)
s.shutdown(1)
while s.recv(100): pass
E2
exits 0 'four gateways send what they found' timeout 60 python3 send.py "$LOG_PORT"
stop_rsyslog
is "$(wc -l <old.log)" "$(wc -l <new.log)" 'a real rsyslog wrote it, in two forms'
touch -d '2026-11-26 12:00' old.log new.log

# ours FILE: the lines of ours, doubled ones once; by id and n
ours() { grep ' iMS \[ID' "$1" | awk '{
	id = n = ""
	for (i = 1; i <= NF; i++) { if ($i ~ /^id=/) id = $i; if ($i ~ /^n=/) n = $i }
	if (!seen[id n]++) print }'; }
# field KEY: the values of a word
field() { sed "s/.* $1=\([^ ]*\).*/\1/"; }
# truth FILE: kind, name, messages, findings; by other means than ours
truth() {
	ours "$1" | grep 'virus found and' >virus
	echo "virus,,$(field id <virus | sort -u | wc -l),$(wc -l <virus)"
	for sig in $(field sig <virus | sort -u); do
		grep -F " sig=$sig " virus >one
		echo "virus,$sig,$(field id <one | sort -u | wc -l),$(wc -l <one)"
	done
	echo "suffix,,$(ours "$1" | grep -c ' suffix dealt'),"
	echo "unscanned,,$(ours "$1" | grep -c ' not scanned '),"
	for why in encrypted engine-died limit-size; do
		echo "unscanned,$why,$(ours "$1" | grep -c "\] $why not scanned "),"
	done
	echo "received,,$(grep -c ': client=' "$1"),"
	echo "delivered,,$(grep -c 'status=sent' "$1"),"
	echo "rbl,zen.example.org,$(grep -c 'blocked using' "$1"),"
	echo "denied,,$(grep -c 'Relay access denied' "$1"),"
	echo "duplicate,,$(($(grep -c ' iMS \[ID' "$1") - $(ours "$1" | wc -l))),"
}
# told FILE: the same of an export
told() {
	while IFS=, read -r kind name _ findings; do
		awk -F, -v kind="$kind" -v name="$name" -v f="$findings" '
			$2 == "" && $4 == kind && $5 == name { m += $6; n += $7 }
			END { printf "%s,%s,%d,%s\n", kind, name, m, f == "" ? "" : n }' "$1"
	done
}
counted() {
	virtally export -F csv -p all -D "$1" >"$1.csv"
	truth "$2" >want
	told "$1.csv" <want >got
	same got want "$3" || diff got want | sed 's/^/# /'
}

for form in old new; do
	exits 0 "the $form form" virtally count -D "$form" "$form.log"
	counted "$form" "$form.log" 'is counted as grep, sort and awk count it'
	exits 0 'counted twice' virtally count -D "$form" "$form.log" "$form.log"
	virtally export -F csv -p all -D "$form" >again.csv
	same again.csv "$form.csv" 'it is the same'
done
same old.csv new.csv 'both forms give the same tally'

# By gateway and day
for host in nammta01 feamta01; do
	want=$(ours new.log | grep "^2026-11-20T.* $host iMS .*virus found and" | field id | sort -u | wc -l)
	is "$(awk -F, -v h=$host '$1 == "2026-11-20" && $2 == "" && $3 == h && $4 == "virus" && $5 == "" { print $6 }' new.csv)" \
	    "$want" "$host's first day is grep's"
done

# In pieces, rotated and compressed on the way, in any order
pieces() {
	sed -n "$1,$2p" new.log
}
lines=$(wc -l <new.log)
a=$((lines / 5)) b=$((lines / 3)) c=$((lines * 3 / 4))
pieces 1 $a >mail.log
virtally count -q -D pieces mail.log
pieces $((a + 1)) $b >>mail.log
virtally count -q -D pieces mail.log
mv mail.log mail.log.1
pieces $((b + 1)) $c >mail.log
virtally count -q -D pieces mail.log.1 mail.log
gzip mail.log.1
mv mail.log.1.gz mail.log.2.gz
xz -k mail.log && mv mail.log.xz mail.log.1.xz
pieces $((c + 1)) "$lines" >mail.log
for order in 'mail.log mail.log.1.xz mail.log.2.gz' 'mail.log.2.gz mail.log' 'mail.log.1.xz - mail.log.2.gz'; do
	# shellcheck disable=SC2086
	virtally count -q -D pieces $order <mail.log
done
virtally count -q -D whole - <new.log
counted pieces new.log 'in pieces, rotated, compressed, in any order, and twice: the same'
virtally export -F csv -p all -D whole >whole.csv
same whole.csv new.csv 'from standard input'

# The pipeline of 2002 on the same log, without what was doubled
ours new.log >single.log
virtally count -q -D single single.log
virtally export -F 2002 -D single -p all -o files2002
is "$(cat files2002/virus_top10.dat)" \
    "$(grep 'virus found' single.log | awk -F] '{print $2}' | awk '{print $1}' | sort -n | uniq -c | sort -nr | head -10 | sed 's/^ *//')" \
    'the top ten of 2002 is its pipeline'"'"'s'
is "$(cat files2002/vir_data.dat)" "$(for day in 21 20; do
	echo "202611$day, $(grep "^2026-11-$day" single.log | grep -c 'virus found')"
done)" 'and so are its days'
finish
