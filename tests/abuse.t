#!/bin/sh
# SPDX-License-Identifier: ISC
# multiscan-pipe under strange circumstances: the caller's environment, places,
# settings, policies, messages and arguments.  Whatever they are, nothing
# infected or banned reaches the next hop, and no mail is lost.
# shellcheck disable=SC2016,SC2034,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"
. "$HERE/aside.sh"

exits 0 'an engine' start_engine
exits 0 'mails' make_mails
make_front f
cp f/conf conf

# good FRONT MAIL NAME: it was taken care of
good() {
	status=$?
	wrong "$1" "$2" $status
	is "$status$what$(left "$1")" 0 "$3"
	arrived "$1" "$2"
	ok $? '	and arrives'
	forget "$1"
}

# safe FRONT MAIL NAME: not lost, and nothing passes
safe() {
	status=$?
	wrong "$1" "$2" $status
	is "$what$(left "$1")" '' "$3: $status"
	forget "$1"
}

# waits FRONT MAIL TEXT NAME: 75, and the reason is told
waits() {
	status=$?
	wrong "$1" "$2" $status
	is "$status$what$(left "$1")" 75 "$4: waits"
	like "$(cat "$1/out")" "multiscan-pipe: $3" '	which is said'
	forget "$1"
}

### The next hop, beside all else: most of it waits for the time to be up
# hop WANT RULE: how the mails end: clean, and infected, then how it is to be
hop() {
	rm -rf h
	make_front h -r "$2"
	sed -i 's/TIMEOUT=60/TIMEOUT=2/' h/conf
	got=
	for mail in clean infected; do
		front h $mail
		status=$?
		! wrong h $mail $status || status="$status, $what"
		[ -z "$(left h)" ] || status="$status, left: $(left h)"
		got="$got$status "
		forget h
	done
	is "$got" "$1 " "next hop: $2"
}
next_hops() {
	cp ../clean ../infected ../*.crlf ../needles.* .
	ln -s ../engine engine
	SERVERS='' cleanup='kill $SERVERS 2>/dev/null; wait'
	hop '75 75' 'connect=drop'
	hop '75 75' 'connect=554 no'
	hop '75 75' 'connect=421 later'
	hop '75 75' 'ehlo=502 what'
	hop '0 0' 'xforward=550 no'
	hop '75 75' 'mail=451 later'
	hop '69 0' 'mail=550 no'
	hop '75 75' 'rcpt=450 later'
	hop '69 0' 'rcpt=550 no'
	hop '69 0' 'data=554 no'
	hop '75 75' 'data=451 later'
	hop '75 75' 'data=250 what'
	hop '75 75' 'data=drop'
	hop '75 75' 'body:100=drop'
	hop '75 75' 'body:100=hang'
	hop '69 0' 'dot=554 no'
	hop '75 75' 'dot=451 later'
	hop '75 75' 'dot=354 what'
	hop '75 75' 'dot=drop'
	hop '75 75' 'dot=hang'
	hop '75 75' 'dot=say:250'
	hop '0 0' 'quit=drop'
}
aside next_hops

### The caller's environment
# with NAME=VALUE MAIL
with() {
	env "$1" "MULTISCAN_CONF=$T/f/conf" f/bin/multiscan-pipe -f a@b.example -- "$RCPT" <"$2" >f/out 2>&1
}
while read -r setting; do
	with "$setting" infected
	good f infected "$setting"
done <<-'END'
	IFS=:/-=
	CDPATH=/:.
	ENV=/dev/null
	OPTIND=5
	LC_ALL=de_DE.UTF-8
	POSIXLY_CORRECT=1
	LIB=/nowhere
	BIN=/nowhere
	DIR=/nowhere
	CONF=/nowhere
	LOADED=yes
	SPLIT=check=mimesplit id=0 parts=1
	WORK=/nowhere
	TIMEOUT=x
	AVSCAN_OPTIONS=-h
	REDIRECT_WORD=to=thief@example.com
	REDIRECT=thief@example.com
	TO=thief@example.com
	FINDINGS=n=1
	DISPOSITIONS=deliver
	ACTED= 1:deliver 2:deliver
	KEEP=0
	MOST=0
	mode=spool
	keep=/nowhere
	MULTISCAN_GUARD=1
	MULTISCAN_PIPE=x
	MULTISCAN_SOCKET=unix:/nowhere
	TMPDIR=/no where
	PATH=/nowhere
END
MULTISCAN_CONF=$T/f/conf f/bin/multiscan-pipe -f a@b.example -- "$RCPT" <infected >f/out 2>&1 <&-
waits f infected '*the message: *' 'a closed standard input'
MULTISCAN_CONF=$T/f/conf f/bin/multiscan-pipe -f a@b.example -- "$RCPT" <infected 2>f/out >&-
good f infected 'a closed standard output'
MULTISCAN_CONF=$T/f/conf f/bin/multiscan-pipe -f a@b.example -- "$RCPT" <infected >f/out 2>&-
good f infected 'a closed standard error'

### Places
for place in 'with blank' 'a*b?[c]' "it's" '$(exit 1)'; do
	make_front "$place" 2>err || cat err
	sed -i "s/SPOOL=.*WORK=/WORK=/" "$place/conf"
	[ "$place" != "it's" ] || sed -i "s/it's/it'\\\\''s/g" "$place/conf"
	front "$place" infected
	good "$place" infected "a front in \`$place'"
	front "$place" clean
	good "$place" clean 'clean mail there'
done
(
	cd f/bin || exit
	MULTISCAN_CONF=$T/f/conf sh multiscan-pipe -f a@b.example -- "$RCPT" <"$T/infected" >"$T/f/out" 2>&1
)
safe f infected 'a call by sh from its own folder'
cp conf f/bin/settings
(
	cd f/bin || exit
	MULTISCAN_CONF=settings ./multiscan-pipe -f a@b.example -- "$RCPT" <"$T/infected" >"$T/f/out" 2>&1
)
good f infected 'settings in the folder where we are'
for place in work quarantine records; do
	mv f/$place f/gone
	front f infected
	waits f infected '*' "without $place"
	: >f/$place
	front f infected
	waits f infected '*' "$place is a file"
	rm -f f/$place
	mv f/gone f/$place
done

### Settings: LINE, then what is said
while IFS=';' read -r line said; do
	{ cat conf; printf '%b\n' "$line"; } >f/conf
	front f infected
	waits f infected "$said" "settings: $line"
	forget f
done <<-'END'
	if true;*
	on_infected() {;*
	(;*
	';*
	TIMEOUT=;*TIMEOUT is not set
	TIMEOUT=soon;*soon is not a number of seconds
	TIMEOUT='1 2';*not a number of seconds
	TIMEOUT=300\r;*not a number of seconds
	TIMEOUT=-1;*not a number of seconds
	TIMEOUT=0;*not a number of seconds
	TIMEOUT=99999999999;*not a number of seconds
	WORK=;*WORK is not set
	WORK=-h;*
	QUARANTINE=;*QUARANTINE is not set
	unset WORK;*WORK is not set
	unset SUFFIXES;*SUFFIXES is not set
	unset NEXT_HOP;*NEXT_HOP is not set
	NEXT_HOP=nowhere;*
	NEXT_HOP=127.0.0.1:1;*
	ENGINES='unix:/nowhere';*
	ENGINES='nonsense';*
	SUFFIX_LISTS='/nowhere';*
	unset -f on_banned;*there is no on_banned
	exit 0;*
	exit 1;*
	exec true;*
	return 1;*failed
	false;*failed
	engine one;*give NAME*
	engine ONE true 0 1;*a name is a-z and 0-9
	engine one ./none 0 1;*engine one: exit 127*
	engine one 'sh -c "kill -9 $$"' 0 1;*
	NOTIFY_FROM=;*NOTIFY_FROM is not set
END

### Policies: what happens to the infected mail; LINES

while IFS=';' read -r want line; do
	{ cat conf; printf '%b\n' "$line"; } >f/conf
	front f infected
	status=$?
	if [ "$want" != waits ] && kept f infected && ! arrived f infected; then
		got=held
	elif [ $status -eq 75 ]; then
		got=waits
	else
		got=passes
	fi
	! wrong f infected $status || got="$got, $what"
	is "$got $(left f)" "$want " "policy: $line" || sed 's/^/# /;5q' f/out
	forget f
done <<-'END'
	held;on_infected() { :\n}
	held;on_infected() { substitute_prat\n}
	held;on_infected() { write_record; keep_original; substitute_prat\n}
	held;on_infected() { return 1\n}
	held;on_infected() { each nothing\n}
	held;on_infected() { force_hold\n}
	held;on_infected() { substitute_part; force_hold\n}
	held;on_infected() { force_bounce; mark\n}
	held;on_infected() { force_hold; force_discard; let_pass\n}
	waits;on_infected() { force_retry; force_hold\n}
	waits;on_infected() { exit 0\n}
	waits;on_infected() { exec true\n}
	waits;on_infected() { DIR=/nowhere; substitute_part\n}
	waits;on_infected() { ID=0; substitute_part\n}
	waits;on_infected() { substitute_part; rm -rf "$DIR"\n}
	waits;on_infected() { rm "$DIR/message"; substitute_part\n}
	waits;on_infected() { substitute_part; rm -f "$DIR/changes"; mkdir "$DIR/changes"\n}
	waits;on_infected() { echo 'part=9 do=delete' >"$DIR/changes"; CHANGED=1; let_pass\n}
	waits;on_infected() { echo nonsense >"$DIR/changes"; CHANGED=1; let_pass\n}
	waits;note_text() { return 1\n}
	waits;note_text() { exit 0; }; on_infected() { BIN=/nowhere; substitute_part\n}
	held;note_text() { cat "$DIR/parts/2"\n}
	passes;on_infected() { substitute_part; keep_original; echo id=0 "do=hold" at=quarantine\n}
	passes;on_infected() { substitute_part; keep_original; sleep 1000 &\n}
	passes;on_infected() { substitute_part; keep_original; sleep 1000 <&- >&- 2>&- &\n}
	passes;on_infected() { force_delete\n}
	passes;on_infected() { each substitute_part\n}
	passes;note_text() { :\n}
	passes;note_text() { printf '%s' "$NAME" "$WHAT"; exec 1>&-\n}
	passes;set -u
	passes;umask 777; umask 077
	passes;trap - EXIT
END
cp conf f/conf

### Messages
# parts N SUFFIX [FILE]: a message of so many attachments, the last with FILE
parts() {
	perl -e 'print "From: a\@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\nhere it is, ben\n";
	    for (1 .. $ARGV[0]) { print "--b\nContent-Type: application/octet-stream; name=\"$_.$ARGV[1]\"\n\n$_\n" }
	    print "--b--\n"' "$@"
}
# deep N TEXT: TEXT within so many multiparts
deep() {
	perl -e 'print "From: a\@b.example\nMIME-Version: 1.0\n";
	    for (1 .. $ARGV[0]) { print "Content-Type: multipart/mixed; boundary=b$_\n\nhere it is, ben\n--b$_\n" }
	    print "Content-Transfer-Encoding: base64\n\n$ARGV[1]\n";
	    for (reverse 1 .. $ARGV[0]) { print "--b$_--\n" }' "$@"
}
# message NAME WANT NEEDLES WHAT: the file NAME arrives, is held, or either
message() {
	cp "needles.${3-clean}" "needles.$1"
	perl -0777 -pe 's/(?<!\r)\n/\r\n/g; s/\z/\r\n/ unless /(\n|^)\z/' "$1" >"$1.crlf"
	front f "$1"
	status=$?
	if arrived f "$1"; then got=arrives; elif kept f "$1"; then got=held; else got=$status; fi
	[ "$2$got" != eitherarrives ] && [ "$2$got" != eitherheld ] || got=either
	! wrong f "$1" $status || got="$got, $what"
	is "$got $(left f)" "$2 " "$4" || sed 's/^/# /;5q' f/out
	forget f
}
all64=$(sed -n "/^$EICAR64/,/^--/p" infected | sed '$d')
printf '' >m; message m arrives clean 'a message of nothing'
printf '\n' >m; message m arrives clean 'an empty line'
printf x >m; message m arrives clean 'one byte'
printf '\0' >m; message m arrives clean 'one NUL'
printf '\r' >m; message m arrives clean 'one CR'
printf '.\n..\n.\n' >m; message m arrives clean 'dots'
printf 'Subject: x\n' >m; message m arrives clean 'a head only'
printf 'Subject: x\n\n' >m; message m arrives clean 'a head and an empty line'
printf 'From x\nSubject: x\n\nFrom x\n' >m; message m arrives clean 'From lines'
printf 'Content-Type: multipart/mixed; boundary=b' >m; message m either clean 'a multipart of nothing'
perl -e 'print "x" x 3e6' >m; message m arrives clean 'a line of 3 MB'
perl -e 'print map chr, 0 .. 255 for 1 .. 1000' >m; message m either clean 'all bytes'
tr -d '\n' <infected >m; message m arrives clean 'without a line end there is no part'
sed 's/$/\r/' infected >m; message m arrives infected 'an infected one with CRLF'
printf '\n%s\n' "$all64" | base64 -di >m; message m held infected 'a virus and no head'
{ echo; cat infected; } >m; message m held infected 'an infected one after an empty line'
parts 300 txt >m; message m arrives clean '300 parts'
parts 30 exe >m; message m arrives clean '30 banned parts'
if [ -n "${SOAK-}" ]; then
	parts 199 exe >m; message m arrives clean '199 banned parts'
	parts 200 exe >m; message m held clean '200 banned parts'
	parts 9000 exe >m; message m held clean '9,000 banned parts'
	parts 20000 txt >m; message m held clean '20,000 parts'
fi
deep 10 "$all64" >m; message m arrives infected 'a virus 10 levels deep'
deep 20 "$all64" >m; message m held infected 'a virus 20 levels deep'
deep 200 "$all64" >m; message m held infected 'a virus 200 levels deep'
deep 2000 "$all64" >m; message m held infected 'a virus 2,000 levels deep'

### Arguments: those that pipe(8) gives
# call WANT ARG...: with the clean mail, which arrives, and the infected one
call() {
	want=$1
	shift
	for mail in clean infected; do
		MULTISCAN_CONF=$T/f/conf f/bin/multiscan-pipe "$@" <$mail >f/out 2>&1
		status=$?
		if [ $status -eq 0 ] && [ $mail = clean ]; then
			arrived f clean || status="$status, not arrived"
		fi
		! wrong f $mail "${status%%,*}" || [ "$what" = 'sent to somebody else' ] || status="$status, $what"
		# Where a clean one is bounced, the infected one is kept.
		[ "$mail$want$status" = infected690 ] && status=69
		is "$status $(left f)" "$want " "call: $(echo "$*" | cut -c1-60), $mail mail"
		forget f
	done
}
call 0 -f '' -- "$RCPT"
call 0 -i '' -a '' -H '' -e '' -u '' -f a@b.example -- "$RCPT"
call 0 -f a@b.example "$RCPT"
call 0 -f -h -- "$RCPT"
call 0 -f '"a b"@x.example' -- '"c d"@x.example'
call 0 -f '*' -- "a'b@x.example" '$(id)@x.example' '-rf@x.example' '%41@x.example' '\\c@x.example'
call 0 -i '../../etc; id' -a '`id`' -H '<x>' -e '-h -V' -u "$(printf 'a\nb')" -f a@b.example -- "$RCPT"
call 0 -g inside -f a@b.example -- "$RCPT"
call 0 -f a@b.example -- "$RCPT" "$RCPT" "$RCPT"
# shellcheck disable=SC2046
call 0 -f a@b.example -- $(perl -e 'print "user$_\@example.net " for 1 .. 200')
# shellcheck disable=SC2046
call 75 -f a@b.example -- $(perl -e 'print "user$_\@example.net " for 1 .. 3000')
call 69 -f a@b.example -- ''
call 69 -f a@b.example -- "$(printf 'a\nRCPT TO:<thief@x.example>')"
call 69 -f "$(printf 'a>\r\nDATA\r\n')" -- "$RCPT"
call 75 -g both -f a@b.example -- "$RCPT"
call 75 -f a@b.example --
call 75 -f a@b.example
call 75
call 75 -x
call 75 -f
call 75 -h -f a@b.example
call 0 -f a@b.example -h -- "$RCPT"
call 0 -V -f a@b.example -- "$RCPT"

### The same mail many times at once: as when the MTA comes back while an orphan
# of the last try is still at work.
forget f
for n in 1 2 3 4 5 6 7 8; do
	(
		MULTISCAN_CONF=$T/f/conf f/bin/multiscan-pipe -i 4Q -f anna@example.org -- "$RCPT" <infected >"said.$n" 2>&1
		echo $? >"status.$n"
	) &
	RUNS="${RUNS-} $!"
done
# shellcheck disable=SC2086
wait $RUNS
cat said.* >f/out
for n in 1 2 3 4 5 6 7 8; do
	status=$(cat status.$n)
	! wrong f infected "$status" || [ "$status" -eq 75 ]
	ok $? "run $n of 8 at once: $status" || echo "# $what"
done
is "$(left f)" '' 'nothing is left of them'
kept f infected
ok $? 'it is whole in the quarantine'

### Under guard, as in master.cf, what cannot even begin is 75 too
# under DIR MAIL [LIMIT]
under() {
	# A front that dies by a signal is put off, as 75 is.
	MULTISCAN_CONF=$T/$1/conf perl -e '$s = system @ARGV; exit($s & 127 ? 75 : $s >> 8)' \
	    sh -c 'ulimit ${1:--c 0} || exit 75; shift; exec "$@"' sh "${3-}" \
	    "$1/bin/guard" -t 300 "$1/bin/multiscan-pipe" -f anna@example.org -- "$RCPT" <"$2" >"$1/out" 2>&1
}
for mail in clean infected banned; do
	under f $mail
	good f $mail "under guard, $mail mail"
done
for text in 'if' 'exit 1'; do
	rm f/bin/multiscan-pipe
	echo "$text" >f/bin/multiscan-pipe
	under f infected
	is $? 75 "a multiscan-pipe of \`$text' that cannot be run"
	chmod 755 f/bin/multiscan-pipe
	under f infected
	is $? 75 "a multiscan-pipe of \`$text' that can"
done
ln -sf "$BUILD/bin/multiscan-pipe" f/bin/multiscan-pipe

### Little memory, and few files, processes and bytes
memory='2000 2400 2600 2800 3000 4000 5000 6000 8000 12000 20000'
case $BUILD in
*-asan) memory= ;;	# it wants terabytes of addresses to begin
esac
# shellcheck disable=SC2046,SC2086
for limit in $(printf -- '-v,%s ' $memory) -n,3 -n,4 -n,5 -n,6 -n,8 -n,12 -f,0 -f,1 -f,2 -f,3 -f,8 \
    -t,0 -s,8 -s,64; do
	[ "$limit" != -v, ] || continue
	limit="${limit%,*} ${limit#*,}"
	for mail in infected clean; do
		under f $mail "$limit"
		status=$?
		# That one is a SIGKILL: what is left then is for multiscan-sweep.
		[ "$limit" != '-t 0' ] || rm -rf f/work/*
		(exit $status)
		safe f $mail "ulimit $limit, $mail mail"
	done
done
together
finish
