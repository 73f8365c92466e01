# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2154
# Kills, for both fronts before one Postfix; read after milter.sh and then postfix.sh:
#
#	port $port_pipe --> pipe(8): guard, multiscan-pipe --+--> the sink
#	port $port_milter <--> multiscan-milter, multiscan --+
#
# A program of $P/bin that is wrapped, and multiscan and multiscan-pipe, which the fronts
# start in $P/front, looks first whether it is to be killed now: the file
# $K/plan/NAME.HOW.N[.CALL] is one such kill, and is taken by who comes first.
#	before		it is killed in place of its work
#	at		in the middle of it: at its call to the system number CALL
#	tree		so, but the call is counted in all that it starts, too
#	self		it is killed when it has done its work, before that is seen
#	shell		it does its work, then what started it is killed
#	guard, milter	it does its work, then the guard, the milter above it is
# A kill that has been done is in $K/done.

K=$T/kill
next=1			# the number of the next mail
KILLER=$HERE/killer.pl

# front NAME: pipe or milter
front() {
	FRONT=$1
	eval "port_in=\$port_$1"
}

write_more() {
	port_pipe=$port_in port_milter=$(free_ports 1)
	cat >>"$C/master.cf" <<-END
	127.0.0.1:$port_milter inet n - n - 100 smtpd -o smtpd_milters=unix:$M/sock
	END
	sed -i "s,$P/bin/multiscan-pipe,$P/front/multiscan-pipe," "$C/master.cf"
}

# killers_make: mails, and the wrapper
killers_make() {
	mkdir -p "$K" mails
	install -d -o nobody "$K/plan" "$K/done"
	install -d -o nobody -g postfix -m 2750 "$M"
	sed '1,/^$/{/^Message-ID:/d}' "$ROOT/samples/report.eml" >mails/clean
	for kind in infected hold refuse discard; do
		sed '1,/^$/{/^Message-ID:/d}' "$ROOT/samples/eicar.eml" >mails/$kind
	done
	: >sent
	sed "s,KILL_PLACE,$K,g" >"$K/wrapper" <<-'END'
	#!/bin/sh
	how=
	for kill in KILL_PLACE/plan/"${0##*/}".*; do
		[ -e "$kill" ] || break
		how=${kill##*/}
		if mv "$kill" "KILL_PLACE/done/$how" 2>/dev/null; then break; fi
		how=
	done
	real=$0.real
	[ -e "$real" ] || real=${0%/*}/../bin/${0##*/}
	[ -n "$how" ] || exec "$real" "$@"
	how=${how#*.} call=${how##*.}
	# above NAME: the nearest such process above us
	above() {
		up=$$
		while [ $up -gt 1 ]; do
			read -r stat <"/proc/$up/stat" || return
			case $stat in
			*"($1"*)
				kill -KILL $up
				return
				;;
			esac
			stat=${stat##*) ? } up=${stat%% *}
		done
	}
	case $how in
	before*) kill -KILL $$ ;;
	at*) exec KILL_TOOLS/killat -n "$call" "$real" "$@" ;;
	tree*) exec KILL_TOOLS/killat -f -n "$call" "$real" "$@" ;;
	count*) exec KILL_TOOLS/killat -c "KILL_PLACE/done/calls.${0##*/}" "$real" "$@" ;;
	all*) exec KILL_TOOLS/killat -f -c "KILL_PLACE/done/calls.${0##*/}" "$real" "$@" ;;
	esac
	"$real" "$@"
	status=$?
	case $how in
	self*) kill -KILL $$ ;;
	shell*) kill -KILL $PPID ;;
	guard*) above guard ;;
	milter*) above multiscan-milte ;;
	esac
	exit $status
	END
	sed -i "s,KILL_TOOLS,$BUILD/tools,g" "$K/wrapper"
	chmod 755 "$K/wrapper"
	mkdir "$P/front"
	cp "$K/wrapper" "$P/front/multiscan"
	cp "$K/wrapper" "$P/front/multiscan-pipe"
	POLICY='case $RCPT in
		hold@*) force_hold ;;
		refuse@*) force_bounce; keep_original ;;
		discard@*) force_discard ;;
		*) write_record; keep_original; substitute_part ;;
		esac'
	configure 'NOTIFY_TO=watch@example.net' "on_infected() { $POLICY; }"
}

# wrap NAME...
wrap() {
	for name in "$@"; do
		mv "$P/bin/$name" "$P/bin/$name.real" && cp "$K/wrapper" "$P/bin/$name.new" &&
		    mv "$P/bin/$name.new" "$P/bin/$name" || return
	done
}

# plan NAME.HOW...: one kill each
planned=0
plan() {
	for kill in "$@"; do
		planned=$((planned + 1))
		case $kill in
		*.*.*) call=.${kill##*.} kill=${kill%.*} ;;
		*) call= ;;
		esac
		: >"$K/plan/$kill.$planned$call"
	done
}
pending() { find "$K/plan" -type f | wc -l; }

# calls NAME: how many it makes for an infected mail, as it was counted
calls() { sort -n "$K/done/calls.$1" | tail -n 1; }

# count_calls KIND NAME...: a mail of this kind, in which they are counted
count_calls() {
	kind=$1
	shift
	for name in "$@"; do
		case $name in
		guard | multiscan) : >"$K/plan/$name.all.0" ;;
		*) : >"$K/plan/$name.count.0" ;;
		esac
	done
	mail_of $kind
	settle 60
}

# at N NAME: kills at N places of it, evenly spread, in KILLS
at() {
	KILLS='' most=$(calls "$2") how=at i=1
	case $2 in
	guard | multiscan) how=tree ;;
	esac
	while [ $i -le "$1" ]; do
		KILLS="$KILLS $2.$how.$((most * i / ($1 + 1) + 1))"
		i=$((i + 1))
	done
}

# mails N KIND...: sends N, of these kinds in turn; each until it is taken or refused
mails() {
	n=$1 list=list.$next
	shift
	last=$((next + n - 1))
	while [ $next -le $last ]; do
		for kind in "$@"; do
			[ $next -le $last ] || break
			echo "$next $kind"
			next=$((next + 1))
		done
	done >$list
	perl "$KILLER" send "$port_in" "${AT_ONCE:-3}" "${PATIENCE:-120}" mails sent <$list
}
mail_of() { mails 1 "$1"; }

# settle SECONDS: until Postfix has nothing, tried as often as it takes
settle() {
	tries=$(($1 * 5))
	until queue_is 0; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		flush
		sleep 0.2
	done
}

# step NAME KINDS MAILS KILL...: so many mails, then more until each kill was done; a line
# of a table in the file steps
step() {
	name=$1 kinds=$2 from=$next shot=$planned n=$3
	shift 3
	plan "$@"
	mails $n $kinds
	settle 120
	rounds=0
	while [ "$(pending)" -gt 0 ] && [ $rounds -lt 20 ]; do
		mails 2 $kinds
		settle 60
		rounds=$((rounds + 1))
	done
	audit "$name" $from "$((planned - shot - $(pending)))"
	rm -f "$K/plan"/*
}

# audit NAME FROM KILLS: a line of the table for the mails since number FROM; what is wrong
# with them is said
audit() {
	perl "$KILLER" audit $FRONT "$2" $((next - 1)) >audited
	echo "$FRONT: $1: kills=$3 $(head -n 1 audited)" >>steps
	sed 1d audited
}

# sum KEY [PATTERN]: over the lines of the table
sum() {
	sed -n "/${2:-.}/s/.* $1=\([0-9]*\).*/\1/p" steps |
	    awk '{ n += $1 } END { print n + 0 }'
}

# table: of what was done, as comments
table() {
	awk 'BEGIN {
		printf "# %-40s %6s %5s %4s %5s %7s %9s\n", "step", "mails", "kills", "lost",
		    "twice", "bounced", "unscanned"
	    }
	    {
		name = $0
		sub(/: kills=.*/, "", name)
		for (i = 1; i <= NF; i++) { split($i, w, "="); v[w[1]] = w[2] }
		printf "# %-40s %6d %5d %4d %5d %7d %9d\n", name, v["mails"], v["kills"],
		    v["lost"], v["twice"], v["false"], v["unscanned"]
	    }' steps
}

# nothing_lost NAME: what must be so whatever was killed
nothing_lost() {
	for key in lost unscanned false torn waiting; do
		echo "$key=$(sum $key)"
	done | tr '\n' ' ' >sums
	is "$(cat sums)" 'lost=0 unscanned=0 false=0 torn=0 waiting=0 ' "$1"
	is "$(grep -c 'status=bounced' "$T/postfix/log")" 0 'Postfix bounced nothing'
}

# --- a milter that is started again whenever it ends -----------------------------

keeper_pid=''
keep_milter() {
	[ -e "$T/milter.log" ] || : >"$T/milter.log"
	starts=$(($(ready) + 1))
	rm -f "$T/enough"
	(
		trap - EXIT
		while [ ! -e "$T/enough" ]; do
			MULTISCAN_CONF=$T/multiscan.conf setpriv --pdeathsig TERM \
			    "$P/bin/multiscan-milter" -v -u nobody -l "unix:$M/sock" \
			    -m "$P/front/multiscan" $MILTER_OPTIONS 2>>"$T/milter.log" &
			echo $! >"$T/milter.pid"
			wait $! 2>/dev/null
			echo $? >>"$T/milter.ends"
		done
	) 2>/dev/null &
	keeper_pid=$!
	cleanup="leave_milter; $cleanup"
	wait_for 20 is_ready $starts
}
MILTER_OPTIONS='-w 8 -t 60'

# killed: how often it was
killed() { grep -c 137 "$T/milter.ends"; }

leave_milter() {
	[ -n "$keeper_pid" ] || return 0
	: >"$T/enough"
	kill "$(cat "$T/milter.pid")" 2>/dev/null
	wait $keeper_pid
	keeper_pid=
}
