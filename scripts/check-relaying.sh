# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-relaying.sh: of multiscan-check's part postfix, who may relay: that relaycheck is
# asked and can answer, that Postfix's own networks and domains are those of relay.conf(5),
# and that there is somebody in each of them.  For wrong, warn and of see check-postfix.sh.
# gateway-setup reads this, too, for `empty_domains'.

# relaying: is relaycheck asked, can it answer, and are Postfix's own rules the same?
relaying() {
	rules=$(printf '%s\n' "$MAIN" "$OVER" | grep 'smtpd_.*_restrictions = ')
	line=$(printf '%s\n' "$SERVICES" | grep ' spawn .*[ =/]relaycheck' | sed 1q)
	name=${line%% *}
	case $name,$rules in
	,*unix:private/relaycheck*)
		wrong 'postfix: relaycheck is asked and not in master.cf: mail waits: see relaycheck(1)' ;;
	,*) warn 'postfix: relaycheck is not in master.cf: nobody asks it: see relaycheck(1)' ;;
	*"unix:private/$name"*)
		value ${name}_time_limit
		seconds "$VALUE"
		[ "$VALUE" -ge 3600 ] || warn "postfix: ${name}_time_limit = 3600: else it is started again and again"
		can_answer "$line"
		;;
	*) warn "postfix: nobody asks $name: smtpd_recipient_restrictions = check_policy_service unix:private/$name" ;;
	esac
	own_rules
	own_recipients
}

# can_answer LINE: without an answer all mail waits
can_answer() {
	user=${1#* user=} user=${user%%[ :]*} program=${1#* argv=} program=${program%% *}
	after -c "$1"
	rules=${VALUE:-/etc/multiscan/relay.conf}
	[ -x "$program" ] || wrong "postfix: $name: $program: there is no such program: mail waits"
	if ! id "$user" >/dev/null 2>&1; then
		wrong "postfix: $name: there is no user $user: mail waits (systemd-sysusers makes it)"
	elif [ ! -e "$rules" ]; then
		wrong "postfix: $name: $rules: there is none, and all mail waits: gateway-setup makes it, or see relay.conf(5)"
	elif ! reads "$user" "$rules"; then
		wrong "postfix: $name: $rules: $user cannot read it, and all mail waits: chmod 644"
	fi
}

# differs TEXT: Postfix and relay.conf do
differs() {
	if [ -d /var/lib/multiscan/gateway ]; then
		warn "postfix: $1: gateway.conf says what is meant, then gateway-setup"
	else
		warn "postfix: $1: which of them is right?"
	fi
}

# trusts ADDRESS: may it relay by relay.conf?
trusts() {
	case $("$BIN/relaycheck" -c "$RELAY_CONF" -i "$1" nobody@relay.invalid 2>/dev/null) in
	*relay=relay*) ;;
	*) return 1 ;;
	esac
}
# foreign NAMES: those that are not ours by relay.conf, for who is outside; all of them are
# asked for at once
foreign() {
	[ -n "$1" ] || return 0
	printf '%s\n' "$1" >"$place/names"
	sed 's/^\./x./; s/^/0.0.0.1\t0\t\tnobody@/' "$place/names" |
		"$BIN/relaycheck" -c "$RELAY_CONF" 2>/dev/null | cut -d ' ' -f 1 |
		paste -d ' ' - "$place/names" | sed -n '/^relay=local /d; s/^[^ ]* //p'
}
# both NAMES NAMES: those of the first that are in the second; not_in: that are not
both() { both_or_not 1 "$@"; }
not_in() { both_or_not 0 "$@"; }
both_or_not() {
	printf '%s\n' "$3" -- "$2" | awk -v both="$1" '
	$0 == "--" { second = 1; next }
	!second { is[tolower($0)] = 1; next }
	$0 != "" && (tolower($0) in is) == both'
}
# some NAMES BEFORE AFTER: Postfix and relay.conf differ by each, and twenty are said
some() {
	before=$2 after=$3
	set -- $1
	all=$#
	while [ $# -gt 0 ] && [ $(($# + 20)) -gt $all ]; do
		differs "$before$1$after"
		shift
	done
	[ $# -eq 0 ] || differs "$before... (and $# more)$after"
}
# ends NETWORK: its first and last address; what is no IPv4 network has the first alone
ends() {
	printf '%s\n' "$1" | tr -d '[]' | awk -F'[./]' '
	NF == 5 && !/:/ {
		n = ((($1 * 256) + $2) * 256 + $3) * 256 + $4 + 2 ^ (32 - $5) - 1
		print $1 "." $2 "." $3 "." $4
		print int(n / 16777216) "." int(n / 65536) % 256 "." int(n / 256) % 256 "." n % 256
		next
	}
	{ sub(/\/.*/, ""); print }'
}
# own_rules: wider than relay.conf is wider than meant, and what is less refuses
own_rules() {
	value mynetworks
	words "$VALUE"
	networks=$VALUE
	for net in $networks; do
		case $net in
		0.0.0.0/0 | '[::]/0' | ::/0) wrong "postfix: mynetworks: $net: everybody may relay: take it out" ;;
		127.* | '[::1]'* | '[::ffff:127.'* | *:/* | /* | !*) ;;
		*)
			[ -n "${RELAY_CONF-}" ] || continue
			for one in $(ends "$net"); do
				trusts $one || {
					differs "mynetworks: $net: $one may not relay by $RELAY_CONF"
					break
				}
			done
			;;
		esac
	done
	[ -z "${RELAY_CONF-}" ] || { own_domains; own_networks; }
}

# listed WORD: the lists of relay.conf of this word, but what is in files
listed() {
	sed -n "s/^[[:blank:]]*#.*//; s/[[:blank:]]#.*//; s/^[[:blank:]]*$1[[:blank:]]\{1,\}//p" "$RELAY_CONF" 2>/dev/null
}

# empty_domains WORDS: standard input has domains, an empty line, then recipients; a line of
# WORDS, where there are domains of which there is nobody
empty_domains() {
	awk -v words="$1" '
	!ended && $0 == "" { ended = 1; next }
	!ended { asked[++n] = tolower($1); next }
	{
		at = tolower($1)
		sub(/.*@/, "", at)
		has[at] = 1
		# below .company.com
		while ((dot = index(substr(at, 2), ".")) > 0) {
			at = substr(at, dot + 1)
			has[at] = 1
		}
	}
	END {
		for (i = 1; i <= n; i++)
			if (!(asked[i] in has)) {
				if (++empty > 5)
					continue
				names = names (empty > 1 ? ", " : "") asked[i]
			}
		if (empty)
			print words " nobody in " names (empty > 5 ? " and " empty - 5 " more" : "") \
			    ": all mail for it is refused"
	}'
}
# own_recipients: the tables of recipients are those that gateway-setup took, and have
# somebody in each domain
own_recipients() {
	value relay_recipient_maps
	words "$VALUE"
	[ -n "$VALUE" ] || return 0
	maps=$VALUE
	for word in $maps; do
		case $word in
		texthash:/*/multiscan/recipients) copied "${word#texthash:}" ;;
		texthash:/* | hash:/* | lmdb:/* | btree:/* | cdb:/*) ;;
		*) return 0 ;;
		esac
	done
	said=$({
		domains_of relay_domains
		echo
		for word in $maps; do postmap -s "$word" 2>/dev/null; done
	} | empty_domains 'relay_recipient_maps has')
	[ -z "$said" ] || warn "postfix: $said"
}
# copied TABLE: what it was made from says the same
copied() {
	file=$(sed -n "s/^recipients	//p" /var/lib/multiscan/gateway/answers 2>/dev/null)
	[ -n "$file" ] || return 0
	if [ ! -r "$file" ]; then
		warn "postfix: $file: cannot be read: it names the recipients, and gateway-setup wants it"
		return
	fi
	(
		. "$LIB/gateway-answers.sh"
		recipients "$file" 2>/dev/null
	) | cmp -s - "$1" ||
		warn "postfix: $file: was changed since Postfix got its copy: gateway-setup"
}

# own_networks: what may relay by relay.conf is in mynetworks.  IPv4 only: of IPv6, that
# there is any.
own_networks() {
	case $networks in
	*:/* | /* | *' /'*) return 0 ;;
	esac
	missing=$(printf '%s\n' "$networks" "$(listed internal)" | awk '
	function range(net,  p) {
		split(net, p, "[./]")
		first = ((p[1] * 256 + p[2]) * 256 + p[3]) * 256 + p[4]
		last = first + (net ~ /\// ? 2 ^ (32 - p[5]) : 1) - 1
	}
	{
		for (i = 1; i <= NF; i++) {
			if ($i ~ /^!?[0-9.]+(\/[0-9]+)?$/) {
				not = $i ~ /^!/
				range(substr($i, 1 + not))
				if (NR == 1) {
					no[++n] = not; from[n] = first; to[n] = last
				} else if (!not && (first < 127 * 2 ^ 24 || first >= 128 * 2 ^ 24)) {
					found = 0
					for (k = 1; k <= n && !found; k++)
						if (from[k] <= last && to[k] >= first)
							found = from[k] <= first && to[k] >= last && !no[k] ? 1 : no[k] ? 2 : 0
					if (found == 0)
						print $i
				}
			} else if ($i ~ /^\[?[0-9a-f]*:/ && $i !~ /^\[?::1/) {
				if (NR == 1) any6 = 1
				else if (!any6) print $i
			}
		}
	}')
	some "$missing" 'mynetworks: ' " may relay by $RELAY_CONF, but nothing says so to Postfix"
}

# domains_of NAME...: those that Postfix knows by these; false where a table cannot be listed
domains_of() {
	for name in "$@"; do
		value "$name"
		case $VALUE in
		inline:\{*)
			printf '%s\n' "${VALUE#inline:}" | tr -s ',{}' '\n' | sed 's/^ *//; s/[ =].*//; /@/d; /./!d'
			continue
			;;
		esac
		words "$VALUE"
		for word in $VALUE; do
			case $word in
			texthash:* | hash:* | lmdb:* | btree:* | cdb:*)
				postmap -s "$word" 2>/dev/null | sed 's/[[:blank:]].*//; /@/d' ;;
			*[:\!/{}]*) return 1 ;;
			*) printf '%s\n' "$word" ;;
			esac
		done
	done
}
# own_domains: Postfix and relay.conf have the same
own_domains() {
	relayed=$(domains_of relay_domains) && whole=1 || whole=
	others=$(domains_of mydestination virtual_alias_domains virtual_mailbox_domains) || whole=
	place=$(mktemp -d "${TMPDIR:-/tmp}/multiscan-check.XXXXXX") || exit 75
	trap 'rm -rf "$place"; exit 75' EXIT
	some "$(foreign "$relayed")" 'relay_domains: ' " is not ours by $RELAY_CONF"
	rm -rf "$place"
	trap 'exit 75' EXIT
	instead "$relayed"
	[ -n "$whole" ] || return 0
	ours=$(listed domains | tr -s '[:blank:]' '\n' | grep '^[A-Za-z0-9]')
	some "$(not_in "$ours" "$relayed$NL$others")" '' \
		" is ours by $RELAY_CONF, but nothing says so to Postfix: relay_domains"
}
# instead DOMAINS: what else has one, which counts before relay_domains
instead() {
	for name in mydestination virtual_alias_domains virtual_mailbox_domains; do
		said=$(both "$1" "$(domains_of $name)")
		[ -n "$said" ] || continue
		more=$(($(printf '%s\n' "$said" | wc -l) - 20))
		for domain in $(printf '%s\n' "$said" | sed 20q); do
			wrong "postfix: relay_domains: $domain is in $name, too, and is not sent on: take it out there"
		done
		[ $more -le 0 ] ||
			wrong "postfix: relay_domains: and $more more are in $name, too, and are not sent on"
	done
}
