#!/bin/sh
# SPDX-License-Identifier: ISC
# The liar test: each tool in turn is replaced by one that lies about what it
# did (tests/tools/liar.c has the lies).  Whatever it says, nothing infected or
# banned reaches the next hop, and no mail is lost: the MTA keeps it (75), or
# the next hop has it, or the quarantine has it whole.  What is taken on trust
# is that a check has looked when it says so in the right words, and reinject's
# own 0.  SOAK=1: every status, and more; TOOLS="...": these only.
# shellcheck disable=SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"

TOOLS=${TOOLS:-'guard mimesplit avscan suffixcheck mimejoin stow record virlog notice reinject multiscan'}
# Who is asked about a mail in which nothing is found.
ASKED=' guard mimesplit avscan suffixcheck reinject multiscan '

LIES='idle nothing 0
idle nothing 69
idle nothing s11
idle status 75
idle bytes 0
idle globs 1
idle big 1
idle other 0
idle other 1
real own 1
real own 69
real own s9
real nothing 1'
# Of those that end with a record that says what they looked at.
CHECKS=' mimesplit avscan suffixcheck mimejoin stow '
CHECK_LIES='idle check 1
real half own
real id own
real parts own
real twice own
real blank 1
real verdict 0
real double 1
real lines own'

# soak_lies: all statuses, with and without the right answer, and the rest
soak_lies() {
	status=0
	while [ $status -le 255 ]; do
		printf '%s\n' "idle nothing $status" "real own $status"
		status=$((status + 1))
	done
	for output in nothing own half blank twice verdict double id parts check refuse lines \
	    bytes globs big other status 'say:part=1' 'say:part=1%' \
	    'say:id=00000000000000000000' 'say:*'; do
		for end in 0 1 64 69 75 own s6 s9 s11 s15; do
			printf '%s\n' "real $output $end" "idle $output $end"
		done
	done
}

# lies TOOL: what is tried with it, a line each
lies() {
	if [ -n "${SOAK-}" ]; then soak_lies; return; fi
	echo "$LIES"
	case $CHECKS in
	*" $1 "*) echo "$CHECK_LIES" ;;
	esac
	[ "$1" != reinject ] || echo 'idle refuse 1'
}

# noticed TOOL MAIL LIE: must it be noticed?  Of the rest some are true by chance,
# or said by one whose failure stops no mail.
noticed() {
	case ${SOAK:+soak}$1,$2,$3 in
	soak*) return 1 ;;
	avscan,infected,'real own 1' | suffixcheck,banned,'real own 1') return 1 ;;
	guard,* | mimesplit,* | avscan,* | suffixcheck,* | mimejoin,* | stow,* | multiscan,*) ;;
	*) return 1 ;;
	esac
}

# trusted TOOL LIE: is this the word that is taken on trust?
trusted() {
	case "$1 $2" in
	reinject\ idle*' 0') ;;
	'avscan idle check 0' | 'suffixcheck idle check 0') ;;
	*) return 1 ;;
	esac
}

# put_liar FRONT TOOL
put_liar() {
	mkdir "$1/liar"
	ln -s "$BUILD/tools/liar" "$1/liar/$2"
	rm -f "$1/bin/$2"
	if [ "$2" = multiscan ]; then
		# It is sourced, so it is a script that becomes the liar.
		# shellcheck disable=SC2016
		echo 'exec "${BIN%/bin}/liar/multiscan" -x "$DIR"' >"$1/bin/multiscan"
	else
		ln -s ../liar/"$2" "$1/bin/$2"
	fi
	# What it says about another message.
	cp "$T/other/$2" "$1/other"
}

# make_others: the answers of each tool about another message
make_others() {
	mkdir other
	mimesplit -i 4R -f anna@example.org -r "$RCPT" o <"$ROOT/samples/forwarded.eml" >other/mimesplit
	avscan -s "unix:$T/engine" o >other/avscan
	suffixcheck o exe pdf >other/suffixcheck
	printf 'part=4 do=delete\n' >o/changes
	mimejoin o >other/mimejoin
	id=$(sed -n 's/.* id=\([0-9a-f]*\) .*/\1/p' other/mimesplit)
	echo "id=$id do=deliver at=work" >other/multiscan
	echo "id=$id do=refuse code=550 text=no" >other/reinject
	sed 's/=mimesplit/=stow/' other/mimesplit >other/stow
	record part 1 "do" delete >other/record
	echo "multiscan-pipe 1: done" >other/guard
	cp "$ROOT/samples/text.eml" other/notice
	: >other/virlog
	for tool in $TOOLS; do
		[ -s "other/$tool" ] || [ "$tool" = virlog ] || return 1
	done
}

# try FRONT TOOL MAIL LIE
try() {
	forget "$1"
	LIAR="$4" LIAR_REAL="$BUILD/bin" LIAR_OTHER="$T/$1/other" front "$1" "$3"
	status=$?
	tried=$((tried + 1))
	if wrong "$1" "$3" $status; then
		bad="$bad
# $2 lies \`$4', $3 mail: $what"
		sed 's/^/#	/;5q' "$1/out" >>"$1/said"
	fi
	[ $status -eq 75 ] || ! noticed "$2" "$3" "$4" || bad="$bad
# $2 lies \`$4', $3 mail: exit $status, not noticed"
	[ -z "$(left "$1")" ] || [ -n "${5-}" ] || bad="$bad
# $2 lies \`$4', $3 mail: in WORK is left $(left "$1")"
}

# told FRONT NAME: what try found, as a test
told() {
	if [ -z "$bad" ] && [ $tried -gt 0 ]; then echo "ok $2: $tried"; else
		echo "not ok $2: of $tried$bad"
	fi >>"$1/result"
}

# not_a_program TOOL: it is not there, a folder, or some other file
not_a_program() {
	tried=0 bad=
	for file in none folder runnable ${SOAK:+empty nonsense}; do
		rm -rf "${1:?}/bin/$1"
		[ "$file" = none ] || cp -r "$T/files/$file" "$1/bin/$1"
		try "$1" "$1" infected "$file"
	done
	told "$1" "$1 is no program"
}

# no_script: what multiscan may be that multiscan-pipe sources
no_script() {
	tried=0 bad=
	cp "$BUILD/tools/liar" multiscan/bin/multiscan
	try multiscan multiscan infected 'a program'
	# shellcheck disable=SC2016
	for text in 'return 0' 'exit 0' 'exec true' 'if' \
	    'echo "id=$ID do=deliver at=nowhere"' 'echo "id=$ID do=hold at=work"' \
	    'echo "id=$ID do=hold at=quarantine"' 'echo "id=$ID at=work do=deliver"' \
	    'echo "id=$ID do=deliver"' 'echo "id=$ID do=deliver at=quarantine"' \
	    'echo "id=$ID do=deliver at=work"; exit 1' 'echo "id= do=deliver at=work"'; do
		echo "$text" >multiscan/bin/multiscan
		try multiscan multiscan infected "$text"
	done
	# shellcheck disable=SC2016
	for text in 'kill -9 $$' 'kill -SEGV $$'; do
		echo "$text" >multiscan/bin/multiscan
		try multiscan multiscan infected "$text" killed
	done
	told multiscan 'multiscan is another script'
}

# round TOOL MAIL NAME: all lies of one tool about one mail
round() {
	tried=0 bad=
	while read -r lie; do
		trusted "$1" "$lie" || try "$1" "$1" "$2" "$lie"
	done <"$1/lies"
	told "$1" "$1 lies about a mail that is $2${3-}"
}

# lane TOOL: what is tried with one tool.  Nobody guards the guard: one that
# hangs is stopped by pipe(8)'s own limit.
lane() {
	round "$1" infected
	case $ASKED in
	*" $1 "*) round "$1" clean ;;
	esac
	case $1 in
	mimesplit | avscan | suffixcheck | mimejoin) round "$1" banned ;;
	esac
	case $1 in
	stow | record | notice | reinject | multiscan)
		echo 'on_infected() { force_bounce; }' >>"$1/conf"
		round "$1" infected ', to be refused'
		;;
	guard)
		sed -i 's/ENGINES=[^ ]*/ENGINES=unix:none/' "$1/conf"
		round "$1" infected ', and there is no engine'
		not_a_program guard
		return
		;;
	esac
	sed -i 's/TIMEOUT=60/TIMEOUT=1/' "$1/conf"
	tried=0 bad=
	for lie in ${SOAK:+'real own deaf' 'idle check deaf' 'real own orphan'} 'idle nothing hang'; do
		trusted "$1" "$lie" || try "$1" "$1" infected "$lie" hung
	done
	told "$1" "$1 hangs"
	echo "# then in WORK: $(left "$1")" >>"$1/result"
	[ "$1" != multiscan ] || no_script
	not_a_program "$1"
}

exits 0 'an engine' start_engine
exits 0 'mails' make_mails
exits 0 'answers about another message' make_others
# With honest tools all is as it should be.
make_front honest
for mail in clean infected banned; do
	forget honest
	exits 0 "honest tools: a mail that is $mail" front honest $mail
	arrived honest $mail
	ok $? 'arrives'
	[ $mail = clean ] || kept honest $mail
	ok $? 'and is kept if it was changed'
	is "$(left honest)" '' 'and nothing else'
	! wrong honest $mail 0
	ok $? 'nothing wrong' || echo "# $what"
done
set -- honest/quarantine/*
is "$#" 1 'one folder in the quarantine'

# What this test looks for it would see.
make_front careless
printf 'on_infected() { let_pass; }\n' >>careless/conf
front careless infected
wrong careless infected $?
is "$what" 'what must not pass did' 'an infected mail that passes is seen'
printf 'on_infected() { substitute_part; redirect_to x@example.com; }\n' >>careless/conf
forget careless
front careless infected
wrong careless infected $?
is "$what" 'sent to somebody else' 'mail to somebody else is seen'
rm careless/bin/multiscan-pipe
printf '#!/bin/sh\n' >careless/bin/multiscan-pipe
chmod +x careless/bin/multiscan-pipe
forget careless
front careless clean
wrong careless clean $?
is "$what" lost 'a lost mail is seen'

mkdir -p files/folder
touch files/empty files/runnable
echo 'exit 0; if' >files/nonsense
chmod 755 files/runnable files/nonsense
for tool in $TOOLS; do
	make_front "$tool"
	put_liar "$tool" "$tool"
	lies "$tool" >"$tool/lies"
	case $tool in
	record | notice | reinject) echo NOTIFY_TO=watch@example.net >>"$tool/conf" ;;
	esac
done
for tool in $TOOLS; do
	lane "$tool" &
	LANES="${LANES-} $!"
done
# shellcheck disable=SC2086
wait $LANES
for tool in $TOOLS; do
	while read -r word rest; do
		case $word in
		ok) ok 0 "$rest" ;;
		not) ok 1 "${rest#ok }" ;;
		*) echo "$word $rest" ;;
		esac
	done <"$tool/result"
	cat "$tool/said" 2>/dev/null
done
finish
