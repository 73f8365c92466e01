#!/bin/sh
# SPDX-License-Identifier: ISC
. "${0%/*}/lib.sh"

ID=0123456789abcdef0123

# folder DIR TEXT: a work directory of the message TEXT
folder() {
	rm -rf "$1"
	mkdir -m 700 "$1" "$1/parts"
	echo "$2" >"$1/message"
	echo "$2" >"$1/parts/0"
	echo "$2" >"$1/parts/1"
	record id $ID from a@b to c@d >"$1/envelope"
	chmod 400 "$1/message" "$1"/parts/*
	printf '%s\n' "part=0 id=$ID parts=2 file=yes" 'part=1 parent=0 edit=1 file=yes' >"$1/manifest"
}

# whole DIR TEXT: is it that one, with nothing missing?
whole() {
	[ -d "whole.$2" ] || folder "whole.$2" "$2"
	diff -r "whole.$2" "$1" >/dev/null 2>&1
}

mkdir -m 700 q work
folder w one
exits 0 'a folder is stowed' stow w q
is "$(cat out)" "check=stow id=$ID parts=2" 'and a record says so'
whole q/$ID one
ok $? 'it is there'
[ ! -e w ]
ok $? 'and no longer here'
folder work/w two
exits 0 'a retry of the same message, from elsewhere, with a slash' stow work/w/ q/
whole q/$ID two
ok $? 'takes the place of the older one'
is "$(ls -A work; ls -A q)" $ID 'of which nothing is left'
exits 0 'one that is there already' stow q/$ID q
whole q/$ID two
ok $? 'stays'
(cd work && folder w three && exec stow w ../q) >out 2>err
whole q/$ID three
ok $? 'by a relative path too'

folder w four
rm w/manifest
exits 75 'an unfinished folder' stow w q
like "$(cat err)" 'stow: w: no whole work directory: *' 'is named'
[ -d w ] && whole q/$ID three
ok $? 'and stays where it is'
folder w four
echo 'part=0 id=../../etc parts=1' >w/manifest
exits 75 'a manifest with an id that is none' stow w q
[ -d w ] && [ ! -s out ]
ok $? 'is not stowed'
folder w four
ln -s w link
exits 75 'a link to a folder' stow link q
exits 75 'no folder' stow none q
exits 75 'no quarantine' stow w none
like "$(cat err)" 'stow: none: *install -d -m 700 -o multiscan none' 'tells how to make it'
exits 75 'a file as the quarantine' stow w w/message
whole w four
ok $? 'after all this the folder is whole'
rm -rf q/$ID
exits 75 'a full standard output is no success' sh -c 'stow w q >/dev/full'
# In memory, if that is possible: another file system, and quick.
shm=$(mktemp -d /dev/shm/stow.XXXXXX 2>/dev/null)
# shellcheck disable=SC2016,SC2034
cleanup='rm -rf "$shm"'
if [ -n "$shm" ] && [ "$(stat -c %d "$shm")" != "$(stat -c %d .)" ]; then
	folder w four
	exits 75 'another file system' stow w "$shm"
	like "$(cat err)" 'stow: w: *both must be on one file system' 'is named'
	whole w four
	ok $? 'and nothing is moved'
else
	skip 'another file system' 'there is none at /dev/shm'
fi
if [ "$(id -u)" -ne 0 ]; then
	folder w four
	chmod 500 q
	exits 75 'a quarantine that cannot be written' stow w q
	chmod 700 q
else
	skip 'a quarantine that cannot be written' 'root can'
fi
exits 64 'one folder is a wrong call' stow w
exits 64 'three too' stow w q q

# Killed at each step: the message is whole in one place, and the older one
# does not stand in between half removed.
if strace -o trace stow -V >out 2>&1; then
	cd "${shm:-.}" && mkdir -p -m 700 q || exit 1
	bad=
	for call in fsync renameat2 unlinkat; do
		n=1
		killed=yes
		while [ -n "$killed" ]; do
			killed=
			for old in '' old; do
				rm -rf q/$ID
				[ -z "$old" ] || folder q/$ID old
				folder w new
				strace -o trace -e trace=$call -e "inject=$call:signal=KILL:when=$n" \
				    stow w q >out 2>err
				tail -n 1 trace | grep -q 'killed by SIGKILL' && killed=yes
				if whole w new; then
					[ -z "$old" ] || whole q/$ID old || bad="$bad $call:$n:$old"
				elif ! whole q/$ID new; then
					bad="$bad $call:$n:$old"
				elif [ -e w/manifest ] && ! whole w old; then
					bad="$bad $call:$n:$old:seems-whole"
				fi
			done
			n=$((n + 1))
		done
		[ $n -gt 2 ]
		ok $? "killed at each $call ($((n - 2)) of them)"
	done
	is "$bad" '' 'the message was always whole in one place'
	for call in fsync renameat2; do
		rm -rf q/$ID
		folder w new
		exits 75 "$call that fails" strace -o trace -e trace=$call \
		    -e inject=$call:error=EIO stow w q
		is "$(cat out)" '' 'is no success'
	done
else
	skip 'killed at each step' 'strace cannot trace here'
fi
finish
