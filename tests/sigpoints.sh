# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Two sets, ./old and ./new, and a configuration that leads from one to the other; read
# after sigserver.sh.  What they hold: a signed set, a folder and an archive, over HTTP.
PATH=$BUILD/tools:$PATH

# can_follow NAME: else it is skipped
can_follow() {
	sysat -o log true 2>err || { skip "$1" 'here no process can be followed'; return 1; }
}
# pack N: what is in ./packed, as generation N
pack() {
	rm -f packed/manifest* && sigupdate manifest packed "$1" packed >packed.manifest &&
	    mv packed.manifest packed/manifest &&
	    minisign -S -s key/ours.sec -x packed/manifest.minisig -m packed/manifest >/dev/null &&
	    tar -C packed -czf doc/packed.tar.gz packed.ndb manifest manifest.minisig
}
# all_of N: the sources as they are in generation N
all_of() {
	publish "$1" && line "$1" "number $1 in own" >own/own.ndb &&
	    line "$1" "number $1 in packed" >packed/packed.ndb && pack "$1"
}
old_and_new() {
	mkdir packed && keys ours && serve http || return
	globals="shrink 100
keep 2"
	conf <<-END
	source set
		signed http://127.0.0.1:$http/set
		key $(public ours)
		allow http
	source own
		local $T/own
	source packed
		archive http://127.0.0.1:$http/packed.tar.gz
		key $(public ours)
		allow http
	END
	for n in 1 2 3; do
		all_of $n && update -a >out 2>err || { sed 's/^/# /' err; return 1; }
	done
	cp -a root old && all_of 4 && update -a >out 2>err && cp -a root new
}
