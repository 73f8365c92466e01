# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2015,SC2154
# gateway-queue.sh: what becomes of mail that waits when its route goes; for gateway-setup,
# read with `.'.
#
# In $W/answers.before are the answers that were, or may have been, in force when this run
# began.

HELD=/var/lib/multiscan/held-by-setup	# the queue ids of what was put on hold

# before_us: what was in force, and what a run that was killed was putting in force
before_us() {
	cat "$G/published/answers" "$G/answers" >"$W/answers.before" 2>/dev/null
	return 0
}

# unrouted ANSWERS: of the mail that waits, what would bounce where these are followed, and
# no more those that were in force (without a route it comes back to us, by its MX), or go
# on with nobody to look at it; in held
unrouted() {
	empty held
	[ -z "$R" ] && [ -s "$W/answers.before" ] || return 0
	postqueue -j >"$W/queue" 2>"$W/said" 9<&- ||
		fail "the queue cannot be read, in which mail may wait: $(sed 1q "$W/said")"
	awk -F '\t' -v now="$1" -v before="$W/answers.before" '
	FILENAME == now && $1 == "route" { stays[$2] }
	FILENAME == now { behind_us = behind_us || $1 == "front" }
	FILENAME == before && $1 == "route" { routed[$2] }
	FILENAME == before { pipe = pipe || $1 == "front" && $2 == "pipe" }
	FILENAME == now || FILENAME == before { next }
	function is_in(domain, routes) {
		if (domain in routes)
			return 1
		while (sub(/^[^.]+\./, "", domain))
			if ("." domain in routes)
				return 1
		return 0
	}
	/"queue_name": "hold"/ || !match($0, /"queue_id": "[A-Za-z0-9]+"/) { next }
	{
		id = substr($0, RSTART + 13, RLENGTH - 14)
		lost = pipe && !behind_us
		while (!lost && match($0, /"address": "[^"]*"/)) {
			domain = tolower(substr($0, RSTART + 12, RLENGTH - 13))
			sub(/.*@/, "", domain)
			lost = is_in(domain, routed) && !is_in(domain, stays)
			$0 = substr($0, RSTART + RLENGTH)
		}
		if (lost)
			print id
	}' "$1" "$W/answers.before" "$W/queue" >"$W/held"
}

# hold_mail ANSWERS: that mail waits for somebody to say what is right.
# Before the new files are in force, and for what came in meanwhile once they are.
hold_mail() {
	unrouted "$1"
	[ -s "$W/held" ] || return 0
	cat "$W/held" >>"$HELD" && sync "$HELD" || fail "$HELD: cannot be written"
	postsuper -h - <"$W/held" >"$W/said" 2>&1 9<&- ||
		fail "mail that waits cannot be held: $(sed 1q "$W/said")"
	warn "$(wc -l <"$W/held") mails that waited are held now: without routes they would" \
		'bounce, and what waited for the scanner would pass unseen: mailq shows them; once' \
		"Postfix knows where they go: postsuper -H - <$HELD, and for the scanner postsuper -r -"
}

# still_held: of what an earlier run has put on hold, for somebody to say
still_held() {
	[ -s "$HELD" ] || return 0
	_still=$(postqueue -j 2>/dev/null 9<&- | grep '"queue_name": "hold"' | grep -c -wF -f "$HELD")
	[ "$_still" -eq 0 ] || warn "$_still mails wait that a gateway-setup has put on hold: where" \
		"Postfix knows now where they go: postsuper -H - <$HELD"
}
