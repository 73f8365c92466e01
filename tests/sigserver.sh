# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# A server of signatures that misbehaves as it is told, read after sigroot.sh: what
# it serves is in ./doc, its log in ./requests.
mkdir doc doc/set key
: >doc/.faults

# a certificate for 127.0.0.1, by an authority of its own
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
	    -subj '/CN=multiscan test authority' -keyout ca.key -out ca.pem &&
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	    -subj '/CN=127.0.0.1' -keyout tls.key -out tls.csr &&
	printf 'subjectAltName=IP:127.0.0.1\n' >tls.ext &&
	openssl x509 -req -days 2 -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
	    -extfile tls.ext -out tls.pem
} >/dev/null 2>&1

# serve NAME OPTION...: its port, in $NAME
serve() {
	what=$1
	shift
	python3 "$HERE/badserver.py" --log requests "$@" doc "$what.port" &
	servers="${servers-} $!"
	cleanup="kill $servers 2>/dev/null"
	tries=0
	until [ -s "$what.port" ]; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || return 1
		sleep 0.02
	done
	eval "$what=\$(cat $what.port)"
}
keys() { minisign -G -W -f -p "key/$1.pub" -s "key/$1.sec" >/dev/null; }
public() { sed -n 2p "key/$1.pub"; }

# publish N [KEY]: generation N of the set `set', its files each with its canary
publish() {
	for file in one two three; do
		{ line "$1" "generation $1 in $file"; lines 40; } >"doc/set/$file.ndb"
		sed -i "s/^Test/&.$file/" "doc/set/$file.ndb"
	done
	sign "$1" "${2-ours}"
}
# sign N KEY [TIME]: as if it were made then
sign() {
	rm -f doc/set/manifest*
	sigupdate manifest set "$1" doc/set >manifest.new && mv manifest.new doc/set/manifest &&
	sed -i "1s/ made=[^ ]*/ made=${3-$(date -u +%Y-%m-%dT%H:%M:%SZ)}/" doc/set/manifest &&
	minisign -S -s "key/$2.sec" -x doc/set/manifest.minisig -m doc/set/manifest >/dev/null
}
# fault LINE...: what goes wrong from now on
fault() { printf '%s\n' "$@" >doc/.faults.new && mv doc/.faults.new doc/.faults; }
well() { fault ''; }
asked() { grep -c . requests; }
