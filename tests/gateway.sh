# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2016
# A gateway in the test's folder, read after lib.sh: one real engine, and as
# many fronts as wanted, each with programs, settings, spool and next hop of its
# own.  pipe(8)'s part is played by the test: its contract is the exit status
# and the beginning of the output.

RCPT=ben@example.net
# In two halves, so that this file is not taken for it.
EICAR_HEAD='X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-'
EICAR64='WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJ'
BANNED64='VGhpcyBpcyBvbmx5IGEgdGV4dDogbm8gcHJvZ3Jh'
TEXT='here it is, ben'

# wait_for TEST...: until it is true, ten seconds at the most
wait_for() {
	tries=0
	until [ "$@" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || return 1
		sleep 0.02
	done
}

# start_engine: an avscand for all fronts
start_engine() {
	avscand -D "$BUILD/share/multiscan/signatures" -l "unix:$T/engine" 2>engine.err &
	SERVERS="${SERVERS-} $!"
	cleanup='kill $SERVERS 2>/dev/null; wait 2>/dev/null'
	wait_for -S engine
}

# start_sink DIR OPTION...: a next hop; its port in DIR/port
start_sink() {
	mkdir -p "$1"
	sink=$1
	shift
	"$BUILD/tools/sink" -t 3000 -P "$sink/port" "$@" "$sink" 2>"$sink/err" &
	SERVERS="${SERVERS-} $!"
	wait_for -s "$sink/port"
}

# make_front DIR [OPTION]...: DIR/bin, DIR/conf, a spool and a next hop, with these
# options of sink
make_front() {
	mkdir -p "$1/bin" "$1/lib" "$1/work" "$1/quarantine" "$1/records"
	ln -s "$BUILD"/bin/* "$1/bin"
	ln -s "$BUILD/lib/multiscan" "$1/lib/multiscan"
	ln -s "$BUILD/share" "$1/share"
	front=$1
	shift
	start_sink "$front/sink" "$@"
	set -- "$front"
	cat >"$1/conf" <<-END
		. "$BUILD/lib/multiscan/multiscan.conf"
		SPOOL='$T/$1' WORK='$T/$1/work' QUARANTINE='$T/$1/quarantine'
		RECORD_DIR='$T/$1/records' LOG_FILE='$T/$1/log'
		unset LOG_FALLBACK
		ENGINES='unix:$T/engine' TIMEOUT=60
		NEXT_HOP=127.0.0.1:$(cat "$1/sink/port")
	END
}

# make_mails: clean, infected and banned, each as the MTA hands it over; and
# .crlf, as the next hop gets it
make_mails() {
	sed 's/^here it is.*/'"$TEXT"'/' "$ROOT/samples/eicar.eml" >infected
	sed 's/^just start it.*/'"$TEXT"'/' "$ROOT/samples/program.eml" >banned
	sed 's/^the minutes are.*/'"$TEXT"'/' "$ROOT/samples/report.eml" >clean
	grep -q "$TEXT" infected && grep -q "$TEXT" banned && grep -q "$TEXT" clean &&
		grep -q "^$EICAR64" infected && grep -q "^$BANNED64" banned || return
	for mail in clean infected banned; do
		sed 's/$/\r/' "$mail" >"$mail.crlf"
	done
	printf '%s\n' "$EICAR64" "$EICAR_HEAD" >needles.infected
	printf '%s\n' "$BANNED64" >needles.banned
	printf '%s\n' 'MULTISCAN NEVER SAYS THIS' >needles.clean
}

# front DIR MAIL: as pipe(8) would; its output in DIR/out
front() {
	MULTISCAN_CONF=$T/$1/conf "$1/bin/multiscan-pipe" -i 4Q -a 192.0.2.1 -H '' \
	    -e helo -u '' -f anna@example.org -- $RCPT <"$2" >"$1/out" 2>&1
}

# forget DIR: what earlier mail left there
forget() {
	rm -rf "$1"/sink/*.* "$1"/quarantine/* "$1"/work/* "$1"/records/*
}

# kept FRONT MAIL: is it whole, as it came, in the quarantine?
kept() {
	for folder in "$1"/quarantine/*; do
		[ -e "$folder/manifest" ] && cmp -s "$folder/message" "$2" && return
	done
	return 1
}

# arrived FRONT MAIL: is it at the next hop, as it came, or changed by us?
arrived() {
	for file in "$1"/sink/*.eml; do
		[ -e "$file" ] || return 1
		cmp -s "$file" "$2.crlf" && return
		# marked, because there is more than one reading of it
		perl -0777 -pe 's/\AX-Multiscan: odd;.*\r\n(?:[ \t].*\r\n)*//' "$file" |
			cmp -s - "$2.crlf" && return
		[ "$2" = clean ] || ! grep -q "^$TEXT" "$file" || return 0
	done
	return 1
}

# wrong FRONT MAIL STATUS: what must never be, in words; true if there is any
wrong() {
	what=
	for file in "$1"/sink/*.env; do
		[ ! -e "$file" ] || ! grep RCPT "$file" | grep -qv "<\($RCPT\|watch@.*\|anna@.*\)>" ||
			what="$what, sent to somebody else"
	done
	for file in "$1"/sink/*.eml; do
		[ ! -e "$file" ] || ! grep -qaF -f "needles.$2" "$file" ||
			what="$what, what must not pass did"
	done
	read -r first <"$1/out"
	case $3 in
	0) arrived "$1" "$2" || kept "$1" "$2" || what="$what, lost" ;;
	69)
		[ "$2" = clean ] || what="$what, bounced with all that is in it"
		! grep -qaF -f "needles.$2" -e "$TEXT" "$1/out" || what="$what, mail in the output"
		;;
	75)
		case $first in
		[245].[0-9]*) what="$what, pipe(8) obeys the output: $first" ;;
		esac
		;;
	*) what="$what, exit $3" ;;
	esac
	what=${what#, }
	[ -n "$what" ]
}

# left FRONT: the names of what is left in its work folder
left() {
	for folder in "$1"/work/* "$1"/work/.[!.]*; do
		[ ! -e "$folder" ] || printf '%s ' "${folder##*/}"
	done
}

# With the front f and mails that it is given:
# hand MAIL OPTION...: by hand; 0 and 1 are both good
hand() {
	mail=$1
	shift
	MULTISCAN_CONF=$T/f/conf f/bin/multiscan "$@" <"$mail" >out 2>err
	status=$?
	[ $status -le 1 ] || cat err
	cat out
}
# gate MAIL CHANNEL: through multiscan-pipe; its status
gate() {
	forget f
	MULTISCAN_CONF=$T/f/conf f/bin/multiscan-pipe -i 4Q -a 192.0.2.1 -H '' -e helo -u '' \
	    -g "$2" -f anna@example.org -- "$RCPT" <"$1" >f/out 2>&1
	echo $?
}
# arrives_as_it_was MAIL, arrived_with TEXT: what came out of it
arrives_as_it_was() { cmp -s f/sink/*.eml "$1.crlf"; }
arrived_with() { grep -c "$1" f/sink/*.eml; }
