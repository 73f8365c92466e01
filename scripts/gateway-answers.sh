# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016
# gateway-answers.sh: reads gateway.conf(5), for gateway-setup; read with `.'.
#
# What comes out of it goes into the configuration of Postfix and rsyslog: so a word is
# taken only where each of its characters is one that it may have, and what is taken
# means nothing else there.

# read_answers FILE: on standard output a line an answer, its words between tabs:
# hostname, internal, self: WORD, an IPv6 address in full; route: DOMAIN HOST PORT;
# postmaster; front; loghost: HOST PORT; rbl: ZONE; ldap: URI BASE FILTER [DN FILE];
# recipients: FILE; routes: FILE, of which the lines are in route.  What is wrong, on
# standard error, a line each; then it fails.
read_answers() {
	if [ -d "$1" ]; then
		echo "gateway-setup: $1: that is a folder: give the file with the answers" >&2
		return 1
	fi
	# With -R this is another machine.
	[ -n "$R" ] && _own='' || _own=$(hostname -I 2>/dev/null)
	awk -v file="$1" -v folder="$(dirname "$1")" -v addresses="$_own" "$ANSWERS_AWK" </dev/null
}

ANSWERS_AWK='
function wrong(text) {
	printf "gateway-setup: %s:%d: %s\n", here, line, text >"/dev/stderr"
	bad = 1
}
function give(a, b, c, d, e, f) {
	out[++outs] = a "\t" b (c == "" ? "" : "\t" c) (d == "" ? "" : "\t" d) \
	    (e == "" ? "" : "\t" e) (f == "" ? "" : "\t" f)
}

# --- what words may be; each gives "" or what is wrong ---

function name_fault(s,   n, label, i) {
	if (s ~ /[^A-Za-z0-9.-]/)
		return "a name is A-Z a-z 0-9 . and -"
	if (length(s) > 253)
		return "that is too long for a name"
	n = split(s, label, ".")
	for (i = 1; i <= n; i++)
		if (label[i] == "" || length(label[i]) > 63 || label[i] ~ /^-|-$/)
			return "that is no name: between dots 1 to 63 letters, no - at their ends"
	return n > 1 && label[n] ~ /^[0-9]+$/ ? "that is no name: its end is a number" : ""
}
function domain_fault(s,   fault) {
	fault = name_fault(s)
	return fault == "" && index(s, ".") == 0 ? "give its whole name, as " s ".company.com" : fault
}
function port_fault(s) {
	return s ~ /^[1-9][0-9]*$/ && length(s) < 6 && s + 0 <= 65535 ? "" : \
	    s ": a port is a number from 1 to 65535"
}
function mail_fault(s,   at) {
	at = index(s, "@")
	if (at < 2 || at > 65 || s ~ /[^A-Za-z0-9.@_+-]/ || s ~ /^[-.]|\.\.|\.@|@.*@/)
		return "an address is A-Z a-z 0-9 . _ + -, one @, and a domain"
	return domain_fault(substr(s, at + 1))
}

# v4 SPLITS INTO byte[]; false: it is none
function is_v4(s, byte,   i) {
	if (s !~ /^[0-9.]+$/ || split(s, byte, ".") != 4)
		return 0
	for (i = 1; i <= 4; i++)
		if (byte[i] !~ /^(0|[1-9][0-9]?[0-9]?)$/ || byte[i] + 0 > 255)
			return 0
	return 1
}
function hex(s,   i, v) {
	v = 0
	for (i = 1; i <= length(s); i++)
		v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return v
}
# is_v6: its eight words in w[], as numbers
function is_v6(s, w,   half, left, right, nl, nr, l, r, i) {
	s = tolower(s)
	if (s ~ /[^0-9a-f:]/ || index(s, ":") == 0 || s ~ /:::|[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/)
		return 0
	half = index(s, "::")
	left = half ? substr(s, 1, half - 1) : s
	right = half ? substr(s, half + 2) : ""
	if (left ~ /^:|:$/ || right ~ /^:|:$/ || index(right, "::"))
		return 0
	nl = left == "" ? 0 : split(left, l, ":")
	nr = right == "" ? 0 : split(right, r, ":")
	if (half ? nl + nr > 7 : nl != 8)
		return 0
	for (i = 1; i <= 8; i++)
		w[i] = i <= nl ? hex(l[i]) : i > 8 - nr ? hex(r[i - 8 + nr]) : 0
	return 1
}
function v6_text(w,   i, s) {
	for (i = 1; i <= 8; i++)
		s = s (i > 1 ? ":" : "") sprintf("%x", w[i])
	return s
}
# masked: whether a part of so many bits has no bit set behind the first bits
function masked(part, width, n, bits,   i, keep, unit, clean) {
	clean = 1
	for (i = 1; i <= n; i++) {
		keep = bits - (i - 1) * width
		unit = keep >= width ? 1 : keep <= 0 ? 2 ^ width : 2 ^ (width - keep)
		if (part[i] % unit) {
			part[i] -= part[i] % unit
			clean = 0
		}
	}
	return clean
}
function network_fault(word,   s, slash, bits, not, p) {
	not = word ~ /^!/ ? "!" : ""
	s = substr(word, length(not) + 1)
	slash = index(s, "/")
	bits = slash ? substr(s, slash + 1) : ""
	if (is_v4(bits, p) || s == "0.0.0.0" || (!slash && not == "" && is_v4(s, p) && p[1] > 223))
		return "that is a mask, or no client: give the number of its bits, as 10.0.0.0/8"
	if (slash && bits !~ /^(0|[1-9][0-9]?[0-9]?)$/)
		return "behind the / is a number of bits"
	bits += 0
	s = slash ? substr(s, 1, slash - 1) : s
	if (is_v4(s, p)) {
		if (slash && bits > 32)
			return "an IPv4 network has at most 32 bits"
		if (slash && bits < 8 && not == "")
			return "that is nearly everybody: who is inside may send anywhere"
		if (slash && !masked(p, 8, 4, bits))
			return "bits are set behind the mask: give " not p[1] "." p[2] "." p[3] "." \
			    p[4] "/" bits ", or " not s
		give("internal", word)
		return ""
	}
	if (!is_v6(s, p))
		return "give a network, as 192.0.2.0/24, or an address"
	if (slash && bits > 128)
		return "an IPv6 network has at most 128 bits"
	if (slash && bits < 16 && not == "")
		return "that is nearly everybody: who is inside may send anywhere"
	if (p[1] + p[2] + p[3] + p[4] + p[5] == 0 && p[6] == 65535)
		return "give it as an IPv4 address or network"
	if (slash && !masked(p, 16, 8, bits))
		return "bits are set behind the mask: give " not v6_text(p) "/" bits ", or " not s
	give("internal", not v6_text(p) (slash ? "/" bits : ""))
	return ""
}

# place S: HOST and PORT of HOST[:PORT]; what is wrong with it
function place(s, port,   p, end) {
	HOST = s
	PORT = port
	if (is_v6(s, p))
		return s ": an IPv6 address stands in [ ], as [" s "]"
	if (s ~ /^[A-Za-z]+:(\[|\/\/)/)
		return s ": give the host alone, or HOST:PORT"
	if (s ~ /^\[/) {
		end = index(s, "]")
		HOST = substr(s, 2, end - 2)
		if (!end || !is_v6(HOST, p))
			return "between [ ] is an IPv6 address"
		HOST = v6_text(p)
		s = substr(s, end + 1)
		if (s != "" && s !~ /^:/)
			return "behind the ] is a : and a port"
	} else if (index(s, ":")) {
		HOST = substr(s, 1, index(s, ":") - 1)
		s = substr(s, index(s, ":"))
	} else
		s = ""
	if (s != "") {
		PORT = substr(s, 2)
		if (port_fault(PORT) != "")
			return port_fault(PORT)
	}
	if (HOST ~ /:/ || is_v4(HOST, p))
		return ""
	HOST = tolower(HOST)
	return HOST == "" ? "which host?" : HOST ~ /^[0-9.]+$/ ? HOST ": that is no address" : \
	    (name_fault(HOST) == "" ? "" : HOST ": " name_fault(HOST))
}

# --- the keywords ---

function once(key) {
	if (key in said)
		wrong(key ": once only: it is in line " said[key] " too")
	else
		said[key] = line
}
function want(n, key, what) {
	if (words == n)
		return 1
	wrong(key ": give " what)
	return 0
}
function faulty(key, s, fault) {
	if (fault != "")
		wrong(key " " s ": " fault)
	return fault != ""
}
function route(domain, host,   bare, fault) {
	domain = tolower(domain)
	bare = domain
	sub(/^\./, "", bare)
	if (faulty("route", domain, domain_fault(bare)))
		return
	fault = place(host, 25)
	if (fault != "") {
		wrong("route: " fault)
		return
	}
	if (domain in routed) {
		wrong("route " domain ": it has one already, in " routed[domain])
		return
	}
	routed[domain] = here ":" line
	# Only for this port, or for ours behind the scanner, is it a loop.
	if (PORT == 25 || PORT == 10026)
		routed_to[domain] = HOST
	give("route", domain, HOST, PORT)
}
# plain: without what other systems put at the end of a line, and before the first
function plain(text, number) {
	sub(/\r$/, "", text)
	if (number == 1)
		sub(/^\357\273\277/, "", text)
	return text
}
function routes(path,   text, w, n, keep, keep_here, got) {
	if (path !~ /^\//) {
		sub(/^(\.\/+)+/, "", path)
		path = folder "/" path
	}
	give("routes", path)
	keep = line
	keep_here = here
	here = path
	line = 0
	while ((got = (getline text <path)) > 0) {
		text = plain(text, ++line)
		sub(/(^|[ \t])#.*/, "", text)
		gsub(/[^\t-~]|[\n-\037]/, "?", text)
		n = split(text, w)
		if (n == 2)
			route(w[1], w[2])
		else if (n)
			wrong("a line is a domain and its server, as: company.com mail.company.com")
	}
	close(path)
	here = keep_here
	line = keep
	if (got < 0)
		wrong("routes: " path ": cannot be read")
}
function text_fault(s) {
	return s ~ /[^ -~]/ || s ~ /[$%"\140]/ ? "ASCII without $ % \" and `" : ""
}
function filter_fault(s,   i, c, depth) {
	if (s !~ /^\(.*\)$/ || s ~ /[^!-~]/ || s ~ /[$"\140#;{}]/)
		return "a filter is between ( ), without blanks, $ and quotes"
	if (s !~ /%s/ || s ~ /%[^s]/ || s ~ /%$/)
		return "%s is where the address goes, and there is no other %"
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		depth += c == "(" ? 1 : c == ")" ? -1 : 0
		if (depth < 0)
			return "a ) without its ("
	}
	return depth ? "a ( without its )" : ""
}
function uri_fault(s,   rest) {
	if (s ~ /^ldapi:\/\/%2[Ff]/)
		return s ~ /^ldapi:\/\/(%2[Ff][A-Za-z0-9._-]+)+$/ ? "" : \
		    "behind ldapi:// is a path, with %2F for each /"
	if (s !~ /^ldaps?:\/\//)
		return "give ldap://HOST, ldaps://HOST or ldapi://%2FPATH"
	rest = s
	sub(/^ldaps?:\/\//, "", rest)
	sub(/\/$/, "", rest)
	return place(rest, 389)
}
function ldap(   i, dn, file, filter) {
	filter = "(|(mail=%s)(proxyAddresses=smtp:%s))"
	if (words < 4) {
		wrong("recipients ldap: give URI and BASE")
		return
	}
	if (faulty("recipients ldap", word[3], uri_fault(word[3])) + \
	    faulty("recipients ldap", word[4], text_fault(word[4])))
		return
	for (i = 5; i <= words; ) {
		if (word[i] == "bind" && i + 2 <= words) {
			dn = word[i + 1]
			file = word[i + 2]
			if (faulty("recipients ldap bind", dn, text_fault(dn)))
				return
			i += 3
		} else if (word[i] == "filter" && i + 1 <= words) {
			filter = word[i + 1]
			if (faulty("recipients ldap filter", filter, filter_fault(filter)))
				return
			i += 2
		} else {
			wrong("recipients ldap: " word[i] ": behind BASE come bind DN PASSWORD-FILE, or filter FILTER")
			return
		}
	}
	if (file != "" && file !~ /^\//)
		file = folder "/" file
	give("ldap", word[3], word[4], filter, dn, file)
}
function recipients() {
	once("recipients")
	if (word[2] == "ldap")
		ldap()
	else if (word[2] == "file" && words == 3)
		give("recipients", word[3] ~ /^\// ? word[3] : folder "/" word[3])
	else
		wrong("recipients: give ldap URI BASE, or file FILE")
}
function answer(   key, i, p, fault) {
	key = word[1]
	if (key == "hostname") {
		once(key)
		if (!want(2, key, "one name") || faulty(key, word[2], domain_fault(word[2])))
			return
		hostname = tolower(word[2])
		give(key, hostname)
	} else if (key == "internal") {
		said[key] = line
		if (words < 2)
			wrong("internal: give networks, as 192.0.2.0/24")
		for (i = 2; i <= words; i++)
			faulty(key, word[i], network_fault(word[i]))
	} else if (key == "route") {
		said[key] = line
		if (want(3, key, "a domain and its server, as: route company.com mail.company.com"))
			route(word[2], word[3])
	} else if (key == "routes") {
		said["route"] = line
		if (want(2, key, "one file"))
			routes(word[2])
	} else if (key == "postmaster") {
		once(key)
		if (!want(2, key, "one address") || faulty(key, word[2], mail_fault(word[2])))
			return
		postmaster = word[2]
		give(key, postmaster)
	} else if (key == "front") {
		once(key)
		if (words == 2 && (word[2] == "milter" || word[2] == "pipe"))
			give(key, word[2])
		else
			wrong("front: give milter or pipe")
	} else if (key == "loghost") {
		once(key)
		if (!want(2, key, "one host, as 192.0.2.5, or 192.0.2.5:514"))
			return
		fault = place(word[2], 514)
		if (!faulty(key, word[2], fault))
			give(key, HOST, PORT)
	} else if (key == "rbl") {
		if (words < 2)
			wrong("rbl: give zones, as zen.spamhaus.org")
		for (i = 2; i <= words; i++)
			if (!faulty(key, word[i], domain_fault(word[i])))
				give(key, tolower(word[i]))
	} else if (key == "self") {
		if (words < 2)
			wrong("self: give addresses of this gateway")
		for (i = 2; i <= words; i++)
			if (is_v4(word[i], p)) {
				own[word[i]]
				give(key, word[i])
			} else if (is_v6(word[i], p)) {
				own[v6_text(p)]
				give(key, v6_text(p))
			} else
				wrong("self " word[i] ": that is no address")
	} else if (key == "recipients")
		recipients()
	else
		wrong(key ": no such keyword: hostname, internal, route, routes, postmaster, " \
		    "front, loghost, rbl, self and recipients are")
}

# --- lines ---

# words_of: word[] and words; false: quotes that are wrong
function words_of(s,   c, i, quoted, in_word) {
	words = 0
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (quoted) {
			if (c == "\"")
				quoted = 0
			else
				word[words] = word[words] c
		} else if (c == " " || c == "\t")
			in_word = 0
		else if (c == "\"" && !in_word) {
			in_word = quoted = 1
			word[++words] = ""
		} else if (c == "\"")
			return 0
		else if (in_word)
			word[words] = word[words] c
		else if (c == "#")
			return 1
		else {
			in_word = 1
			word[++words] = c
		}
	}
	return !quoted
}
function logical(text) {
	if (text ~ /[^\t-~]|[\n-\037]/)
		wrong("a character that is not ASCII: of a domain give its A-labels (xn--)")
	else if (!words_of(text))
		wrong("a \" without another: quotes stand around a whole word")
	else if (words && !swallowed)
		answer()
	swallowed = 0
}
# goes_on: a line that belongs to the one before; false: it was not meant to
function goes_on(text,   key) {
	key = text
	sub(/^[ \t]+/, "", key)
	sub(/[ \t].*/, "", key)
	if (!(key in keywords))
		return 1
	if (!swallowed++)
		wrong("line " last " begins with a blank, by which it goes on with this one: take the" \
		    " blanks away before each " key)
	unsure = 1
	return 0
}
function missing(key, text) {
	if (!(key in said) && !unsure) {
		printf "gateway-setup: %s: there is no %s: %s\n", file, key, text >"/dev/stderr"
		bad = 1
	}
}
# is_own HOST: it is this machine
function is_own(host) {
	return host == hostname || host == "localhost" || host ~ /^(127\.|0\.0\.0\.0$)/ || \
	    host ~ /^0:0:0:0:0:0:0:[01]$/ || host in own
}
# between: what no line says by itself
function between(   d, i, n, p) {
	if (hostname == "")
		return
	here = file
	line = said["hostname"]
	n = split(addresses, word, " ")
	for (i = 1; i <= n; i++)
		own[is_v6(word[i], p) ? v6_text(p) : word[i]]
	if (hostname in routed)
		wrong("hostname " hostname ": that is a domain with a route, in " routed[hostname] \
		    ": the gateway has a name of its own")
	for (d in routed_to)
		if (is_own(routed_to[d]))
			wrong("hostname " hostname ": " d " is routed to this gateway itself, in " \
			    routed[d] ": give the server that has its mail")
	if (postmaster != "" && tolower(substr(postmaster, index(postmaster, "@") + 1)) == hostname) {
		line = said["postmaster"]
		wrong("postmaster " postmaster ": that is the gateway itself: give an address elsewhere")
	}
}
BEGIN {
	here = file
	pending = ""
	split("hostname internal route routes postmaster front loghost rbl self recipients", word)
	for (i in word)
		keywords[word[i]]
	while ((got = (getline text <file)) > 0) {
		text = plain(text, ++last)
		if (text ~ /^[ \t]*(#.*)?$/)
			continue
		sub(/^[ \t]+#.*/, "", text)
		if (text ~ /^[ \t]/ && pending != "") {
			sub(/[ \t]#.*$/, "", pending)
			if (goes_on(text))
				pending = pending " " text
			continue
		}
		if (pending != "")
			logical(pending)
		pending = text
		line = last
	}
	if (got < 0) {
		printf "gateway-setup: %s: cannot be read: man gateway.conf says what it is\n", file >"/dev/stderr"
		exit 1
	}
	if (pending != "")
		logical(pending)
	missing("hostname", "say what this gateway is called, as: hostname gw1.company.com")
	missing("internal", "say who is inside, as: internal 192.0.2.0/24")
	missing("route", "say where mail goes, as: route company.com mail.company.com")
	missing("postmaster", "say who gets mail for the gateway itself, as: postmaster admin@company.com")
	missing("front", "say how mail is judged: front milter, or: front pipe")
	between()
	if (bad)
		exit 1
	for (i = 1; i <= outs; i++)
		print out[i]
}'
