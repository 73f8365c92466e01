#!/bin/sh
# SPDX-License-Identifier: ISC
# The same bytes get the same action by hand, in the pipe and in the milter: mail, some of
# it broken, goes through both fronts of one Postfix; what each was given is judged by hand.
#	SOAK=1		all of the messages that there are; else one of ten
#	ONLY=PATTERN	of these, those whose path has it
# shellcheck disable=SC2016,SC2034,SC2038,SC2086,SC2154
. "${0%/*}/lib.sh"
[ -z "${SOAK-}" ] || MULTISCAN_LIFE=1800
. "$HERE/postfix.sh"
. "$HERE/milter.sh"

why=$(postfix_missing) || { command -v python3 >/dev/null || why='there is no python3'; }
if [ -n "$why" ]; then
	skip 'the same bytes, the same action' "$why"
	finish
	exit
fi

# keep COMMAND: a front that keeps what it is given by the name of its recipient
keep() {
	cat >"$T/keep/$1" <<-END
	#!/bin/sh
	for to; do :; done
	file=$T/got/\${to%@*}
	cat >"\$file" || exit 75
	exec $P/bin/$1 "\$@" <"\$file"
	END
	chmod 755 "$T/keep/$1"
}

# The pipe beside the milter
write_more() {
	port_pipe=$(free_ports 1)
	cat >>"$C/master.cf" <<-END
	127.0.0.1:$port_pipe inet n - n - 20 smtpd -o content_filter=multiscan:dummy
	  -o smtpd_milters=
	multiscan unix - n n - 4 pipe
	  -o { export_environment = TZ LANG MULTISCAN_CONF=$T/multiscan.conf
	       ASAN_OPTIONS=${ASAN_OPTIONS-} UBSAN_OPTIONS=${UBSAN_OPTIONS-} }
	  flags=q user=nobody null_sender=
	  argv=$P/bin/guard -t 100 $T/keep/multiscan-pipe
	  -i \${queue_id} -a \${client_address} -H \${client_hostname}
	  -e \${client_helo} -u \${sasl_username} -f \${sender} -- \${recipient}
	END
	# What comes back was rewritten on its way in.
	postconf -c "$C" -P "127.0.0.1:$port_back/inet/local_header_rewrite_clients="
	# Some of the mail has come a long way.
	echo 'hopcount_limit = 1000' >>"$C/main.cf"
}
both_start() {
	mkdir keep
	keep multiscan-pipe
	keep multiscan
	postfix_start || return
	milter_start -m "$T/keep/multiscan" -w 4
}

# through_both NAME: all that list names goes through both and is judged by hand
through_both() {
	rm -rf got hand spool/log spool/quarantine/* sink/*.*
	install -d -o nobody got
	: >milter.log
	number=$(wc -l <list)
	python3 "$HERE/same.py" send "$port_pipe" p 4 list >replies.p &
	python3 "$HERE/same.py" send "$port_in" m 4 list >replies.m
	wait $!
	cat replies.p replies.m >replies
	is "$(grep -c . replies)" $((2 * number)) "$1: $number messages are answered, twice"
	wait_queue 0 300
	ok $? "$1: and have come to their end"
	(
		export MULTISCAN_CONF="$T/multiscan.conf"
		find got -type f | xargs -n 300 -P 2 multiscan -n >judged 2>judged.err
		python3 "$HERE/same.py" hand . 2>>judged.err
	)
	is "$(cat judged.err)" '' "$1: by hand all are judged"
	python3 "$HERE/same.py" compare . "$number" >compared || echo failed >>compared
	for aspect in 'given the milter is given what the pipe is given' \
	    'findings found the same, and the same is done to it' \
	    'endings delivered, held, refused and discarded is the same' \
	    'bytes what arrives is what by hand is made of it'; do
		is "$(grep "^${aspect%% *} " compared | head -n 20)" '' "$1: ${aspect#* }"
	done
	tail -n 1 compared | sed 's/^/# /'
}

find "$ROOT/samples" -name '*.eml' | sort >list
for folder in mail evasion; do
	if [ -d "$SHARED/$folder" ]; then
		find "$SHARED/$folder" -name '*.eml' | sort
	else
		skip "the messages of $folder" "there is no ../shared/$folder" >&3
	fi
done 3>&1 >more
# The sanitizers make this slow.
case ${SOAK:+all}$BUILD in
all*) every=1 ;;
*-asan) every=25 ;;
*) every=10 ;;
esac
awk -v every=$every 'NR % every == 1 % every' more >>list
grep "${ONLY-}" list >more
mv more list

both_start
ok $? 'Postfix, with the pipe and the milter' || { finish; exit 1; }

configure LOG_CLEAN=1
through_both 'the shipped policy'
# Of these only what it is about.
if [ -z "${SOAK-}" ]; then
	sed -n 's/^got\/p\([0-9]*\): .*verdict=.*/\1/p' judged | sort -n |
	    awk 'NR == FNR { want[$1] = 1; next } FNR in want' - list >bad
	mv bad list
fi
configure LOG_CLEAN=1 'on_infected() { force_bounce; keep_original; }' \
    'on_banned() { force_hold; }' 'on_odd() { mark; tag_subject "[odd]"; }'
through_both 'refused and held'
finish
