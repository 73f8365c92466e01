#!/bin/sh
# SPDX-License-Identifier: ISC
# held expire and sweep, quarantine expire, multiscan-sweep: what goes, and what never does.
# shellcheck disable=SC2012,SC2034,SC2154,SC2119
. "${0%/*}/lib.sh"

# id N: the id of the Nth message
id() { printf '%020x' "$1"; }
# message DIR N DAYS [ACTION]: the Nth message, that came so long ago
message() {
	place=$1/$(id "$2")
	mkdir -p "$place/parts"
	echo "id=$(id "$2") from=a@b.example to=c@d.example" >"$place/envelope"
	echo "part=0 id=$(id "$2") parts=1 size=1" >"$place/manifest"
	echo x >"$place/message"
	echo "id=$(id "$2") rule=on_odd do=${4:-hold}" >"$place/action"
	touch -d "$3 days ago" "$place/manifest"
}
# there DIR: the numbers of the messages in it
there() {
	for folder in "$1"/[0-9a-f]*; do
		[ ! -e "$folder/manifest" ] || printf '%s ' $((0x${folder##*/}))
	done
}
# told: the numbers of those that went, and why
told() { sed 's/^id=0*\([^ ]*\) do=expire why=\([a-z]*\) .*/\1:\2/' out | tr '\n' ' '; }

### By age
mkdir q records
message q 1 40
message q 2 31
message q 3 29
message q 4 0
for n in 1 3; do
	echo "id=$(id $n)" >"records/VirusScan-$(id $n)"
	echo >"records/VirusScan-$(id $n).tmp"
done
touch -d '40 days ago' records/*1 records/*1.tmp
echo >records/other
touch -d '40 days ago' records/other
exits 0 'expire -n' held expire -n -d 30 -D records q
is "$(told)" '1:age 2:age 1:record ' 'says what would go'
is "$(there q)$(ls records | wc -l)" '1 2 3 4 5' 'and lets it stay'
exits 0 'expire' held expire -d 30 -D records q
is "$(told)" '1:age 2:age 1:record ' 'says what goes'
is "$(there q)$(ls records | wc -l)" '3 4 4' 'and that is gone'
exits 0 'once more' held expire -d 30 -D records q
is "$(cat out)" '' 'there is nothing'
exits 0 'its records' record -k <<-END
	$(held expire -n -s 0 q)
END

### By size
rm -r q/*
for n in 1 2 3 4; do message q $n $((20 - 2 * n)); done
message q 5 3 release
size=$(held expire -n -s 0 q | sed -n '1s/.*size=//p')
is "$(held expire -n -s 0 q | wc -l)" 5 'of size 0 nothing stays'
exits 0 'three fit' held expire -s $((size * 3)) q
is "$(told)" '5:size 1:size ' 'those that were released first, then the oldest'
exits 0 'all fit' held expire -s 1G q
is "$(there q)" '2 3 4 ' 'the others stay'
head -c 40000 /dev/zero >q/"$(id 4)"/parts/1
exits 0 'what is in parts counts, and size goes before age' held expire -d 15 -s $((size * 3)) q
is "$(told)" '2:age 3:size 4:size ' 'of what is left'

### Strangers
mkdir -p elsewhere/parts q/notes
message elsewhere 7 40
ln -s "$T/elsewhere/$(id 7)" "q/$(id 7)"
mkdir "q/$(id 8)" q/.expired.x
ln -s "$T/elsewhere/$(id 7)" "q/.expired.$(id 9)"
echo >q/file
message q 10 40
ln -s "$T/elsewhere" "q/$(id 10)/parts/link"
message q 11 40
mv "q/$(id 11)" "q/x$(id 11)"
exits 0 'strangers in the folder' held expire -d 30 -s 0 q
is "$(told)" 'a:age ' 'do not go'
is "$(ls -A q | wc -l)" 7 'none of them'
is "$(there elsewhere)" '7 ' 'nor what a link leads to'
is "$(grep -c 'left alone' err)" 5 'and they are named'
rm -r q
mkdir q

### In use
message q 1 40
message q 2 40
exec 9<"q/$(id 1)"
flock 9
exits 0 'one that is being released' held expire -d 30 q
is "$(there q)" '1 ' 'stays'
exec 9<&-
exec 9<q
flock 9
exits 75 'a second expire' held expire -d 30 q
like "$(cat err)" '*another expire*' 'says so'
exec 9<&-

### What a kill leaves
message q 2 40
message q 3 1
for n in 1 2 3; do mv "q/$(id $n)" "q/.expired.$(id $n)"; done
rm "q/.expired.$(id 2)/manifest"
message q 1 0
exits 0 'sweep' held sweep -t 600 -q q elsewhere
is "$(there q)$(ls -A q | wc -l)" '1 3 2' 'ends what was begun, and puts back what is whole'
mv "q/$(id 3)" "q/.expired.$(id 3)"
exits 0 'expire does so too' held expire -d 30 q
is "$(there q)$(cat out)" '1 3 ' 'and judges it anew'

# whole_or_gone N: under its name there is no half of it
whole_or_gone() {
	[ ! -e "q/$(id "$1")" ] || { [ -e "q/$(id "$1")/manifest" ] && [ -e "q/$(id "$1")/message" ]; }
}
if strace -o trace held -V >out 2>&1; then
	bad='' kills=0
	for call in renameat2 fsync unlinkat; do
		n=1
		while :; do
			rm -rf q
			mkdir q
			message q 1 40
			message q 2 40
			message q 3 1
			strace -o trace -e trace=$call -e "inject=$call:signal=KILL:when=$n" \
			    held expire -d 30 q >out 2>err
			tail -n 1 trace | grep -q 'killed by SIGKILL' || break
			kills=$((kills + 1))
			whole_or_gone 1 && whole_or_gone 2 && [ -e "q/$(id 3)/message" ] || bad="$bad $call:$n"
			held expire -d 30 q >out 2>err && [ "$(ls -A q)" = "$(id 3)" ] || bad="$bad $call:$n:next"
			n=$((n + 1))
		done
	done
	is "$bad" '' 'a kill at each step leaves no half of a message, and the next expire ends it'
	[ $kills -gt 10 ]
	ok $? 'there were steps'

	# A retry takes the place of what is about to go.
	rm -rf q
	mkdir q fresh
	message q 1 40
	message fresh 1 0
	strace -o trace -e trace=renameat2 -e inject=renameat2:delay_enter=300000:when=1 \
	    held expire -d 30 q >out 2>err &
	tries=0
	until [ -s trace ] || [ $tries -ge 100 ]; do
		tries=$((tries + 1))
		sleep 0.01
	done
	sleep 0.05
	mv "q/$(id 1)" before && mv "fresh/$(id 1)" q
	wait $!
	is "$(there q)$(cat out)" '1 ' 'what came once more at that moment stays'
	rm -r before
else
	skip 'killed at each step' 'strace cannot trace here'
fi

### sweep
mkdir work
# old NAME: a folder there that has not changed for an hour
old() {
	mkdir -p "work/$1/parts"
	echo x >"work/$1/parts/1"
	touch -d '1 hour ago' "work/$1"
}
sleep 100 &
cleanup="kill $!"
young=$!
for name in 999999999 "$young" 999999999.4AbC9 "$young.4AbC9" notice.abcdef other \
    12x 999999999. 999999999.a.b; do old $name; done
mkdir work/999999998
ln -s "$T/elsewhere" work/999999997
ln -s "$T/elsewhere" work/999999999/link
touch -d '1 hour ago' work/999999999
touch -h -d '1 hour ago' work/999999997
exits 0 'sweep -n' held sweep -n -t 600 work
is "$(sed 's,work/\([^:]*\):.*,\1,' out | sort)" \
    "$(printf '%s\n' 999999999 "$young" 999999999.4AbC9 "$young.4AbC9" notice.abcdef | sort)" \
    'says what would go: a number that another process has now, too'
exits 0 'sweep' held sweep -t 600 work
is "$(cat out; cat err)" '' 'says nothing'
is "$(ls work | tr '\n' ' ')" \
    '12x 999999997 999999998 999999999. 999999999.a.b other ' \
    'lets stay what is young, a link, what is no name of ours'
is "$(there elsewhere)" '7 ' 'and what links lead to'
# Its owner lives: the folder is older than the limit, and not older than the process.
mkdir work/$young work/$young.4AbC9
sleep 1.1
exits 0 'sweep where the owner lives' held sweep -v -t 1 work
[ -d work/$young ] && [ -d work/$young.4AbC9 ] && [ ! -d work/999999998 ]
ok $? 'lets its folders stay'
kill $young
wait $young 2>/dev/null
cleanup=:
exits 0 'sweep when it has gone' held sweep -t 1 work
is "$(ls work | tr '\n' ' ')" '12x 999999997 999999999. 999999999.a.b other ' 'those go, too'
rm -r work/999999999.*
exits 0 'sweep of records' held sweep -v -t 600 -D records work
is "$(wc -l <out) $(ls records | tr '\n' ' ')" "1 VirusScan-$(id 3) VirusScan-$(id 3).tmp other " \
    'half ones that are old go'

### By the settings
cat >settings <<-'END'
	. "$LIB/multiscan.conf"
	WORK=$PWD/work QUARANTINE=$PWD/q RECORD_DIR=$PWD/records TIMEOUT=300
	QUARANTINE_AGE=30 QUARANTINE_SIZE=1G
END
export MULTISCAN_CONF="$T/settings"
rm -rf q
mkdir q
n=1
while [ $n -le 20 ]; do
	message q $n 0
	n=$((n + 1))
done
message q 400 31
old 999999999
exits 0 'multiscan-sweep, where nothing can be written' sh -c 'ulimit -f 0; multiscan-sweep'
is "$(cat out; cat err; ls work | tr '\n' ' ')" '12x 999999997 other ' 'sweeps'
touch -d '9 minutes ago' work/other
old 999999999
touch -d '9 minutes ago' work/999999999
exits 0 'multiscan-sweep before twice TIMEOUT' multiscan-sweep
[ -d work/999999999 ]
ok $? 'does not'
exits 0 'quarantine expire' quarantine expire
is "$(told)" '190:age ' 'goes by QUARANTINE_AGE'
message q 401 2
is "$(quarantine expire -n -s 0 | wc -l) $(quarantine expire -n -d 1 | wc -l)" '21 1' 'or by what is said'
echo 'QUARANTINE_AGE= QUARANTINE_SIZE=' >>settings
message q 400 300
exits 0 'with no limits' quarantine expire
is "$(cat out; cat err)" '' 'nothing goes'
echo 'QUARANTINE_SIZE=0' >>settings
quarantine expire >out 2>err
is "$(told | wc -w)" 22 'QUARANTINE_SIZE'
echo 'QUARANTINE_SIZE=much' >>settings
exits 64 'a limit that is none' quarantine expire
finish
