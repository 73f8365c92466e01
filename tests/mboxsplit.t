#!/bin/sh
# SPDX-License-Identifier: ISC
. "${0%/*}/lib.sh"

# split NAME TEXT MESSAGE...: TEXT (for printf) splits into exactly these
split() {
	what=$1
	printf '%b' "$2" >mbox
	shift 2
	rm -rf dir
	exits 0 "$what" mboxsplit dir <mbox
	is "$(cat out)" "check=mboxsplit parts=$#" "$what: how many"
	is "$(find dir -type f | wc -l)" $# "$what: and no other file"
	n=0
	for message; do
		n=$((n + 1))
		printf '%b' "$message" >want
		same "dir/$n" want "$what: message $n"
	done
}

split 'two messages' 'From a Mon\nS: 1\n\nx\n\nFrom b Tue\nS: 2\n\ny\n' \
    'S: 1\n\nx\n' 'S: 2\n\ny\n'
split 'only one of several empty lines is the mbox'\''s' \
    'From a\nx\n\n\n\nFrom b\ny\n\n\n' 'x\n\n\n' 'y\n\n'
split 'From within a paragraph begins nothing' 'From a\n\nx\nFrom y\nz\n' \
    '\nx\nFrom y\nz\n'
split 'a > is taken off From' 'From a\n\n>From y\n>>From z\n>from\n>Fromage\n x>From \n' \
    '\nFrom y\n>From z\n>from\n>Fromage\n x>From \n'
split 'CRLF stays' 'From a\r\nS: 1\r\n\r\n\r\nFrom b\r\n\r\ny\r\n\r\n' \
    'S: 1\r\n\r\n' '\r\ny\r\n'
split 'NUL and 8-bit pass' 'From a\n\0000\0377\0000From \n\n\0000\nFrom x\n' \
    '\0000\0377\0000From \n\n\0000\nFrom x\n'
split 'no line end at the end' 'From a\nx\n\nFrom b\ny' 'x\n' 'y'
split 'an empty message' 'From a\n\nFrom b\n' '' ''
split 'nothing but a From line without its end' 'From ' ''
split 'nothing' ''
split 'empty lines first' '\n\r\nFrom a\nx\n' 'x\n'

big=$(head -c 100000 /dev/zero | tr '\0' x)
split 'lines of any length' "From $big\n$big>From \n\nFrom b\n>From $big\n" \
    "$big>From \n" "From $big\n"
big=$(head -c 8192 /dev/zero | tr '\0' x)
split 'a piece of a long line begins no message' "From a\n\n${big}From b\n\n" \
    "\n${big}From b\n"

exits 75 'a folder that is there is left alone' mboxsplit dir <mbox
is "$(find dir -type f | wc -l)" 1 'as it was'
exits 75 'a message is no mbox' sh -c 'printf "Subject: x\n\ny\n" | mboxsplit new'
like "$(cat err)" '*standard input*mbox*' 'and it is said'
[ ! -e new ]
ok $? 'nothing is left'
exits 75 'input that cannot be read' mboxsplit new <.
[ ! -e new ]
ok $? 'nothing is left'
exits 75 'a folder that cannot be made' mboxsplit no/such <mbox
exits 64 'no folder is a wrong call' mboxsplit
exits 64 'two are' mboxsplit a b
exits 64 'a time that is none' mboxsplit -t x a
exits 75 'a full standard output' sh -c 'mboxsplit full <mbox >/dev/full'
exits 75 'too little time' sh -c 'sleep 2 | mboxsplit -t 1 late'
{ echo From a; head -c 100000 /dev/zero; } >mbox
exits 75 'a disk that is full' sh -c 'trap "" XFSZ; ulimit -f 8; mboxsplit full2 <mbox'
[ ! -e full2 ]
ok $? 'nothing is left'
finish
