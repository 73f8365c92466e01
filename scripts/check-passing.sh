# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# check-passing.sh: of multiscan-check's part postfix, what takes mail past us: FILTER in a
# restriction or table is asked before content_filter.  `passing' takes P_... of
# check-postfix.sh.  gateway-postfix.sh reads this, too, for `asked' and `table': these take
# NL, PIPES (our services of master.cf), OVER (postconf -Px), wrong and warn, and the
# configuration that MAIL_CONFIG names.

# passing: with the pipe; a milter has seen the mail before
passing() {
	[ -n "$PIPES" ] || return 0
	# a table, or a class, of which there may be one
	case "$P_smtpd_client_restrictions $P_smtpd_helo_restrictions $P_smtpd_sender_restrictions
$P_smtpd_relay_restrictions $P_smtpd_recipient_restrictions $P_smtpd_data_restrictions
$P_smtpd_end_of_data_restrictions $P_smtpd_etrn_restrictions
$P_header_checks$P_mime_header_checks$P_nested_header_checks$P_body_checks
$P_smtpd_restriction_classes${P_smtpd_restriction_classes:+:}$OVER" in
	*:[!pd]* | *_access\ * | *_checks*) ;;
	*) return 0 ;;
	esac
	IFS=$NL
	for line in $(asked); do
		unset IFS
		table "${line%% *}" "${line#* }"
	done
	unset IFS
}

# asked: a line for each table that restrictions, their classes and *_checks ask: the
# setting, and TYPE:NAME; what stands there itself is of the type `here'
asked() {
	{
		postconf -nx 2>/dev/null
		printf '%s\n' "$OVER"
	} | awk '
	{
		at = index($0, " =")
		name = substr($0, 1, at - 1)
		value[NR] = substr($0, at + 3)
		of[NR] = name
		sub(/.*\//, "", name)
		if (name == "smtpd_restriction_classes") {
			n = split(value[NR], word, /[ \t,]+/)
			for (i = 1; i <= n; i++)
				class[word[i]] = 1
		}
	}
	END {
		for (i = 1; i <= NR; i++) {
			name = of[i]
			sub(/.*\//, "", name)
			if (name !~ /^smtpd_.*_restrictions$|_checks$/ && !(name in class))
				continue
			if (toupper(value[i]) ~ /FILTER[ \t]+[^ \t:]+:/)
				print of[i], "here:" value[i]
			n = split(value[i], word, /[][ \t,{}()]+/)
			for (w = 1; w <= n; w++) {
				sub(/^(proxy:|maps:)+/, "", word[w])
				if (word[w] ~ /^[a-z]+:./ && word[w] !~ /^(unix|inet|inline|static):/ &&
				    !seen[word[w]]++)
					print of[i], word[w]
			}
		}
	}'
}

# table SETTING TYPE:NAME: nothing in it sends mail elsewhere than to us
table() {
	case $2 in
	here:*) said=${2#here:} ;;
	cidr:/* | regexp:/* | pcre:/*) said=$(cat "${2#*:}" 2>/dev/null) || said='?' ;;
	hash:* | btree:* | lmdb:* | cdb:* | dbm:* | sdbm:* | texthash:*)
		said=$(timeout 20 postmap -s "$2" 2>/dev/null) || said='?' ;;
	*) said='?' ;;
	esac
	if [ "$said" = '?' ]; then
		warn "postfix: $1: $2: cannot be looked into: FILTER in it takes mail past us"
		return
	fi
	case $said in
	*[Ff][Ii][Ll][Tt][Ee][Rr]*) ;;
	*) return 0 ;;
	esac
	past=$(printf '%s\n' "$said" | awk -v ours="$PIPES" '
	BEGIN { n = split(ours, word, / +/); for (i = 1; i <= n; i++) ours_is[word[i]] = 1 }
	/^#/ { next }
	match(" " toupper($0), /[ \t=]FILTER[ \t]+[^ \t:]+:/) {
		s = substr(" " $0, RSTART, RLENGTH - 1)
		sub(/.*[ \t]/, "", s)
		if (!(s in ours_is)) { print s; exit }
	}')
	[ -z "$past" ] || wrong "postfix: $1: ${2%%"$NL"*}: FILTER $past: takes mail past us: take it out"
}
