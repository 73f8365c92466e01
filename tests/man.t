#!/bin/sh
# SPDX-License-Identifier: ISC
# Every command has a page, every page its sections, and every example does
# what its page says.
#
# An example is a `.Bd -literal' block of EXAMPLES that begins with `$ COMMAND'.
# `> ' continues the command; the lines up to the next `$ ' are its output, both
# stdout and stderr; a line `...' stands for any lines, `[...]' for any text.
# The examples of a page run one after the other in a folder with the samples.
. "${0%/*}/lib.sh"
export MULTISCAN_SIGNATURES="$BUILD/share/multiscan/signatures"
unset MULTISCAN_SOCKET

# extract PAGE: writes 1.cmd, 1.want, 2.cmd, ... and says what is wrong
extract() {
	awk '
	function plain(s,   out, at, c) {
		out = ""
		while ((at = index(s, "\\")) > 0) {
			out = out substr(s, 1, at - 1)
			c = substr(s, at + 1, 1)
			if (c == "(")
				c = substr(s, at + 1, 3)
			if (!(c in ESCAPE))
				print "line " NR ": the escape \\" c
			out = out ESCAPE[c]
			s = substr(s, at + 1 + length(c))
		}
		return out s
	}
	BEGIN {
		ESCAPE["e"] = ESCAPE["(rs"] = "\\"; ESCAPE["-"] = "-"
		ESCAPE["&"] = ""; ESCAPE["(aq"] = "\047"; ESCAPE["(dq"] = "\""
		ESCAPE["(ga"] = "`"; ESCAPE["(ti"] = "~"; ESCAPE["(ha"] = "^"
	}
	/^\.Sh / { examples = $2 == "EXAMPLES"; next }
	!examples { next }
	/^\.Bd / { block = /-literal/; first = 1; shown = 0; next }
	/^\.Ed/ { block = 0; next }
	!block { next }
	{
		line = plain($0)
		if (line ~ /^\$ /) {
			if (!first && !shown)
				print "line " NR ": a command in a block that does not begin with one"
			shown = command = 1
			n++
			print substr(line, 3) >(n ".cmd")
			printf "" >(n ".want")
		} else if (shown && command && line ~ /^> /) {
			print substr(line, 3) >(n ".cmd")
		} else if (shown) {
			command = 0
			print line >(n ".want")
		}
		first = 0
	}' "$1"
}

# matches WANT GOT: two files
matches() {
	awk '
	function text(want, got,   p, n, i, at) {
		n = split(want, p, /\[\.\.\.\]/)
		if (n < 2)
			return (want "") == (got "")
		if (substr(got, 1, length(p[1])) != p[1] "")
			return 0
		got = substr(got, length(p[1]) + 1)
		for (i = 2; i < n; i++) {
			if ((at = index(got, p[i])) == 0 && p[i] != "")
				return 0
			got = substr(got, at + length(p[i]))
		}
		return length(got) >= length(p[n]) &&
		    substr(got, length(got) - length(p[n]) + 1) == p[n] ""
	}
	FILENAME == ARGV[1] { want[++wants] = $0; next }
	{ got[++gots] = $0 }
	END {
		w = g = 1
		while (g <= gots) {
			if (w <= wants && want[w] == "...") {
				back = ++w
				again = g
			} else if (w <= wants && text(want[w], got[g])) {
				w++
				g++
			} else if (back) {
				w = back
				g = ++again
			} else
				exit 1
		}
		while (w <= wants && want[w] == "...")
			w++
		exit w <= wants
	}' "$1" "$2"
}

# run PAGE: each of its examples
run() {
	name=${1##*/}
	rm -rf page
	mkdir page page/here
	cp "$ROOT"/samples/* page/here
	is "$(cd page && extract "$1")" '' "$name: its examples can be read"
	i=1
	while [ -f "page/$i.cmd" ]; do
		(cd page/here && timeout -k 5 60 sh "../$i.cmd" </dev/null >"../$i.got" 2>&1)
		matches "page/$i.want" "page/$i.got"
		ok $? "$name: $(sed 1q "page/$i.cmd" | tr '#' ' ')" ||
			sed 's/^/# got: /' "page/$i.got"
		i=$((i + 1))
	done
}

# The matching itself.
check_match() {
	printf '%b' "$2" >want
	printf '%b' "$3" >got
	matches want got
	[ $? -eq "$1" ]
	ok $? "$4"
}
check_match 0 'a\nb\n' 'a\nb\n' 'the same lines match'
check_match 1 'a\nb\n' 'a\n' 'a line that lacks does not'
check_match 1 'a\n' 'a\nb\n' 'nor one too many'
check_match 1 '' 'a\n' 'nor one where none is wanted'
check_match 1 '1.0\n' '1\n' 'nor a number spelt otherwise'
check_match 0 'a\n...\nd\n...\n' 'a\nb\nd\nc\nd\n' '... is any lines'
check_match 1 'a\n...\nd\n' 'a\nb\nc\n' 'but not those after it'
check_match 0 'id=[...] x=[...]\n' 'id=12 x=\n' '[...] is any text'
check_match 1 'id=[...] x=1\n' 'id=12 x=2\n' 'but not the text after it'
check_match 1 'a[...]b[...]c\n' 'a c\n' 'nor that between'

for command in "$ROOT"/cmd/* "$ROOT"/scripts/*; do
	name=${command##*/}
	case $name in
	allow | bootstrap | scriptfunctions | conversions | *.conf | *.cron | *.logrotate | *.awk | *.sh) continue ;;
	esac
	[ -f "$ROOT/man/$name.1" ] || [ -f "$ROOT/man/$name.8" ]
	ok $? "$name has a page"
done
for page in "$ROOT"/man/*.[18]; do
	for section in 'EXIT STATUS' EXAMPLES; do
		grep -q "^\.Sh $section" "$page"
		ok $? "${page##*/} has $section"
	done
	grep -q '^\$ ' "$page"
	ok $? "${page##*/} has an example that runs"
done
for page in "$ROOT"/man/*.[0-9]; do
	run "$page"
done
# Each defect that mimesplit tells is explained.
for word in $(sed -n '/^static const char .const DEFECT/,/^};/p' "$ROOT/cmd/mimesplit/outline.c" |
	grep -o '"[a-z0-9-]*"' | tr -d '"'); do
	grep -q "^[.]It Li .*\\<$word\\>" "$ROOT/man/mimesplit.1" || echo "$word"
done >unexplained
is "$(cat unexplained)" '' 'mimesplit.1 explains each defect'

# The loop over gateways: gw1 is set up with a warning, gw2 with STATUS.
sed -n '/^for gw in/,/^done/p' "$ROOT/man/multiscan-gateway.7" | sed '/^done/q' >loop
mkdir stubs
printf '#!/bin/sh\n' | tee stubs/scp >stubs/ssh
cat >>stubs/ssh <<'END'
echo "$*" >>asked
case $* in
*@gw1*gateway-setup) exit 1 ;;
*@gw2*gateway-setup) exit "$STATUS" ;;
*@gw3*heartbeat) exit 1 ;;
esac
END
chmod 755 stubs/*
echo 'hostname gw0.company.com' >gateway.conf
# asks STATUS: who was told what
asks() {
	rm -f asked
	PATH=$T/stubs:$PATH STATUS=$1 sh loop
	sed 's/^root@//; s/ .*[ -]/ /' asked | tr '\n' ' '
}
is "$(asks 0)" 'gw1 setup gw1 heartbeat gw2 setup gw2 heartbeat gw3 setup gw3 heartbeat ' \
    'multiscan-gateway.7: its loop ends at a heartbeat that fails'
is "$(asks 75)" 'gw1 setup gw1 heartbeat gw2 setup ' '	and at a gateway that was not set up'
is "$(cat gw2.conf)" 'hostname gw2.company.com' '	each has its own name'
finish
