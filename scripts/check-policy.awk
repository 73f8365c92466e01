# SPDX-License-Identifier: ISC
# check-policy.awk: what the text of a shell script calls, sets and defines, without running
# it.  A line each:
#	set NAME		calls LINE NAME ARGUMENTS FIRST
#	defines NAME		uses NAME ($NAME)
#	passes NAME (let_pass in it)
# What is in quotes or is made while it runs ($...) is no name of these; FIRST is there
# without its quotes, and - where it has a blank or is made while it runs.

function flush() {
	if (have)
		print "calls", at, have, args, one
	if (have == "let_pass")
		print "passes", here_in
	have = ""; args = 0; one = "-"
}
# word W: at the place of a command, an argument, or after > and <
function word(w) {
	raw = text
	text = ""
	if (w == "")
		return
	if (target) { target = 0; return }
	if (mode[depth] == "case") { if (w == "in") mode[depth] = "pattern"; return }
	if (mode[depth] == "pattern") {
		if (w == "esac") { depth--; start = 0 }
		return
	}
	if (!start) {
		if (!args++)
			one = raw ~ /^[^ \t$`\\]+$/ ? raw : "-"
		return
	}
	if (w ~ /^(if|then|else|elif|fi|do|done|while|until|!|[{}])$/)
		return
	if (w == "case") { mode[++depth] = "case"; return }
	if (w == "esac") { depth--; start = 0; return }
	if (w ~ /^[A-Za-z_][A-Za-z0-9_]*=/) {
		if (w ~ /^[A-Z]/)
			print "set", substr(w, 1, index(w, "=") - 1)
		return
	}
	start = 0
	if (w == "for")
		return
	if (plain(w)) { have = w; at = NR; args = 0; one = "-" }
}
function plain(w) { return w ~ /^[A-Za-z_\/][A-Za-z0-9_.\/-]*$/ }
# end of a command
function cut() { word(w); w = ""; flush(); start = 1; target = 0 }
BEGIN { start = 1; mode[0] = ""; one = "-" }
here != "" {
	s = $0
	if (tabs)
		sub(/^\t+/, "", s)
	if (s == here)
		here = ""
	names(); next
}
function names(  s, n) {
	s = $0
	while (match(s, /\$\{?[A-Za-z_][A-Za-z0-9_]*/)) {
		n = substr(s, RSTART, RLENGTH)
		sub(/^\$\{?/, "", n)
		print "uses", n
		s = substr(s, RSTART + RLENGTH)
	}
}
{
	names()
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (quote != "") {
			if (c == "\\" && quote == "\"")
				i++
			else if (c == quote)
				quote = ""
			w = w "$"
			if (quote != "")
				text = text c
		} else if (nest) {
			if (c == "(") nest++
			if (c == ")") nest--
		} else if (c == "\\") {
			if (i == length($0)) { joined = 1; break }
			w = w "$"; text = text c; i++
		} else if (c == "\"" || c == "'" || c == "`") {
			quote = c; w = w "$"
			if (c == "`")
				text = text c
		} else if (c == "$" && substr($0, i + 1, 1) == "(") {
			nest = 1; i++; w = w "$"; text = text c
		} else if (c == "$" && substr($0, i + 1, 1) == "{") {
			while (i < length($0) && substr($0, i, 1) != "}") i++
			w = w "$"; text = text "$"
		} else if (c == "#" && w == "") {
			break
		} else if (c == " " || c == "\t") {
			word(w); w = ""
		} else if (c == ">" || c == "<") {
			if (w !~ /^[0-9]*$/) word(w)
			w = ""
			if (substr($0, i) ~ /^<<-?[^<]/) {
				tabs = substr($0, i + 2, 1) == "-"
				want = substr($0, i + 2 + tabs)
				gsub(/^[ \t]*|['"\\]/, "", want)
				sub(/[ \t;&|)].*/, "", want)
				i++
			} else
				while (substr($0, i + 1, 1) ~ /[<>&|]/) i++
			target = 1
		} else if (c == ")" && mode[depth] == "pattern") {
			w = ""; mode[depth] = "body"; start = 1
		} else if (c == "(" && mode[depth] == "pattern") {
			w = ""
		} else if (c == "(" && w ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && start) {
			print "defines", w
			here_in = w
			w = ""; i = index(substr($0, i), ")") + i - 1
		} else if (c == "(" && have && substr($0, i, 2) == "()" && !args) {
			print "defines", have
			here_in = have
			have = ""; start = 1; i++
		} else if (c == ";" && substr($0, i + 1, 1) == ";") {
			cut(); i++
			if (mode[depth] == "body") mode[depth] = "pattern"
		} else if (index(";&|()", c)) {
			if (mode[depth] == "pattern" && w != "esac") w = text = ""
			else cut()
		} else {
			w = w c
			text = text c
		}
	}
	if (joined) { joined = 0; word(w); w = ""; next }
	if (quote != "" || nest) { w = w "$"; next }
	if (mode[depth] == "pattern" || mode[depth] == "case") { word(w); w = "" }
	else cut()
	if (want != "") { here = want; want = "" }
}
