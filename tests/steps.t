#!/bin/sh
# SPDX-License-Identifier: ISC
# A kill at each step of a message, multiscan-internals(7), behind a real Postfix, for both
# fronts: whatever is killed when, it is tried again and ends well: nothing is lost, nothing
# that was not looked at is delivered, nothing is bounced.
#	SOAK=1		each step ten times and more; a table
#	FRONTS=pipe	only that one
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${0%/*}/lib.sh"
[ -z "${SOAK-}" ] || export MULTISCAN_LIFE=3600
. "$HERE/milter.sh"
. "$HERE/postfix.sh"
. "$HERE/killer.sh"

if why=$(postfix_missing); then
	skip 'kills behind Postfix' "$why"
	finish
	exit
fi
if ! "$BUILD/tools/killat" true; then
	skip 'kills behind Postfix' 'there is no ptrace here'
	finish
	exit
fi
PIPES=6
postfix_start && killers_make
ok $? 'Postfix, avscand and a sink run' || { finish; exit 1; }

TOOLS='mimesplit avscan suffixcheck mimejoin virlog stow notice reinject'
wrap $TOOLS guard
ok $? 'programs that are killed'

# repeat N WORD...: so often
repeat() {
	n=$1
	shift
	while [ $n -gt 0 ]; do
		echo "$@"
		n=$((n - 1))
	done
}
# parts TOOL: before, at so many places of it, and after
parts() {
	at "$each" $1
	echo $KILLS $(repeat "$each" $1.before $1.shell)
}
MAIL='infected clean'

# row NAME KINDS KILL...: a step of its own, or all of them in one
all=
row() {
	name=$1 kinds=$2
	shift 2
	if [ -n "${SOAK-}" ]; then step "$name" "$kinds" $# "$@"; else all="$all $*"; fi
}
rest() {
	[ -z "$all" ] || step 'all steps' 'infected clean hold refuse discard' 10 $all
	all=
}

### Behind the queue
pipe() {
	front pipe
	count_calls infected $TOOLS
	count_calls clean guard
	row 'split' "$MAIL" $(parts mimesplit)
	row 'judged' "$MAIL" $(parts avscan) $(parts suffixcheck)
	row 'changed' infected $(parts mimejoin)
	row 'logged' infected $(parts virlog)
	row 'stowed' infected $(parts stow) $(repeat $each stow.guard)
	row 'told' infected $(parts notice)
	row 'handed on' "$MAIL" $(parts reinject) $(repeat $each reinject.guard)
	row 'held' hold $(parts stow) $(repeat $each multiscan-pipe.self guard.self)
	row 'refused' refuse $(parts stow) $(repeat $each notice.shell reinject.shell guard.self)
	row 'discarded' discard $(repeat $each virlog.shell multiscan-pipe.self guard.self)
	row 'exit' "$MAIL" $(repeat $each multiscan-pipe.before multiscan-pipe.self \
	    multiscan-pipe.guard guard.before guard.self)
	at $((each * 5)) guard
	row 'any call of any process' "$MAIL" $KILLS
	rest
}

### In the session
milter() {
	front milter
	keep_milter
	ok $? 'a milter runs' || { sed 's/^/# /' "$T/milter.log"; return; }
	rm -f "$K/done/calls."*
	count_calls infected ${TOOLS% reinject}
	count_calls clean guard
	row 'split' "$MAIL" $(parts mimesplit) $(repeat $each mimesplit.guard mimesplit.milter)
	row 'judged' "$MAIL" $(parts avscan) $(parts suffixcheck) $(repeat $each avscan.milter)
	row 'changed' infected $(parts mimejoin) $(repeat $each mimejoin.milter)
	row 'logged' infected $(parts virlog) $(repeat $each virlog.milter)
	row 'stowed' infected $(parts stow) $(repeat $each stow.guard stow.milter)
	row 'told' infected $(repeat $each notice.before notice.shell notice.milter)
	end='multiscan.self guard.self guard.milter'
	row 'held' hold $(parts stow) $(repeat $each stow.milter $end)
	row 'refused' refuse $(parts stow) $(repeat $each stow.milter $end)
	row 'discarded' discard $(repeat $each virlog.milter $end)
	row 'answered' "$MAIL" $(repeat $each multiscan.before multiscan.self multiscan.guard \
	    multiscan.milter guard.before guard.self guard.milter)
	at $((each * 5)) guard
	row 'any call of any process' "$MAIL" $KILLS
	rest
	leave_milter
	wrap multiscan-milter
	# while it starts, while it waits, and within messages
	calls='200 450 700'
	[ -z "${SOAK-}" ] || calls='150 200 300 400 450 500 550 600 650 700 750 800 900 1000 1200'
	for n in $calls; do plan multiscan-milter.at.$n; done
	from=$next were=$(killed)
	keep_milter
	tries=0
	until [ "$(killed)" -ge $((were + $(echo $calls | wc -w))) ] || [ $tries -gt 99 ]; do
		mails 2 $MAIL hold
		tries=$((tries + 1))
	done
	settle 60
	audit 'any call of the milter' $from $(($(killed) - were))
	leave_milter
}

each=${SOAK:+5}
each=${each:-1}
for front in ${FRONTS:-pipe milter}; do
	$front
done
table
nothing_lost 'whatever is killed, nothing is lost'
is "$(sum twice '^milter')" 0 'nothing came twice in the session'
# What the MTA behind us has taken, and we had no time to tell.
echo "# $(sum twice '^pipe') came twice behind the queue"
# A line is said, and no more, where virlog is killed twice in a run: each step alone has not.
[ -z "${SOAK-}" ] || is "$(sum unlogged)" 0 'what was discarded was logged'
echo "# $(sum untold) senders of what was refused were not told"
finish
