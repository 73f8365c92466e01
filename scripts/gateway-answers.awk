# SPDX-License-Identifier: ISC
# with: gateway-words.awk
# gateway-answers.awk: reads gateway.conf(5), for gateway-answers.sh.
#
# In: the file is the first argument, and its folder that of what it names; addresses are
# those that this machine has.  Out: on standard output a line an answer, its words between
# tabs, none of which is empty:
#	hostname NAME			front milter|pipe
#	internal NETWORK		loghost HOST PORT
#	route DOMAIN HOST PORT		rbl ZONE
#	routes FILE			self ADDRESS
#	postmaster ADDRESS		recipients FILE
#	ldap URI BASE FILTER [DN PASSWORD-FILE]
# or, on standard error, a line for all that is wrong, and status 1.
#
# What comes out of it goes into the configuration of Postfix and rsyslog: so a word is
# taken only where each of its characters is one that it may have, and what is taken
# means nothing else there.
#
# Globals:
#	addresses		from outside
#	file, folder		of the first argument
#	here, line		the file and the line that is looked at
#	words, word[]		its words
#	last, swallowed, unsure	the line that was read last; lines that went on by mistake
#	keywords[KEY]		"once", or "any" times
#	said[KEY]		the line in which it was first
#	hostname, postmaster, own[ADDRESS], routed[DOMAIN], routed_to[DOMAIN]
#				what between() compares
#	outs, out[]; bad	what comes out

function wrong(text) {
	printf "gateway-setup: %s:%d: %s\n", here, line, text >"/dev/stderr"
	bad = 1
}

function give(a, b, c, d, e, f) {
	out[++outs] = a "\t" b (c == "" ? "" : "\t" c) (d == "" ? "" : "\t" d) \
	    (e == "" ? "" : "\t" e) (f == "" ? "" : "\t" f)
}

# wants N WHAT: are there so many words, with the keyword?
function wants(n, what) {
	if (words != n)
		wrong(word[1] ": give " what)
	return words == n
}

function faulty(key, s, fault) {
	if (fault != "")
		wrong(key " " s ": " fault)
	return fault != ""
}

function beside(path) { return path ~ /^\// ? path : folder "/" path }

# plain: without what other systems put at the end of a line, and before the first
function plain(text, number) {
	sub(/\r$/, "", text)
	if (number == 1)
		sub(/^\357\273\277/, "", text)
	return text
}

# --- a function a keyword -----------------------------------------------------------------

function take_hostname() {
	if (!wants(2, "one name") || faulty("hostname", word[2], domain_fault(word[2])))
		return
	hostname = tolower(word[2])
	give("hostname", hostname)
}

function take_internal(   i) {
	if (words < 2)
		wrong("internal: give networks, as 192.0.2.0/24")
	for (i = 2; i <= words; i++)
		if (!faulty("internal", word[i], network_fault(word[i])))
			give("internal", NETWORK)
}

function route(domain, place,   bare, fault) {
	domain = tolower(domain)
	bare = domain
	sub(/^\./, "", bare)
	if (faulty("route", domain, domain_fault(bare)))
		return
	fault = place_fault(place, 25)
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

function take_route() {
	if (wants(3, "a domain and its server, as: route company.com mail.company.com"))
		route(word[2], word[3])
}

function take_routes(   path, text, w, n, keep_line, keep_here, got) {
	if (!wants(2, "one file"))
		return
	path = word[2]
	sub(/^(\.\/+)+/, "", path)
	path = beside(path)
	give("routes", path)
	keep_line = line
	keep_here = here
	here = path
	line = 0
	while ((got = (getline text <path)) > 0) {
		text = plain(text, ++line)
		sub(/(^|[ \t])#.*/, "", text)
		gsub(/[^\t-~]|[\n-\037]/, "?", text)
		n = split(text, w, " ")
		if (n == 2)
			route(w[1], w[2])
		else if (n)
			wrong("a line is a domain and its server, as: company.com mail.company.com")
	}
	close(path)
	here = keep_here
	line = keep_line
	if (got < 0)
		wrong("routes: " path ": cannot be read")
}

function take_postmaster() {
	if (!wants(2, "one address") || faulty("postmaster", word[2], mail_fault(word[2])))
		return
	postmaster = word[2]
	give("postmaster", postmaster)
}

function take_front() {
	if (words == 2 && (word[2] == "milter" || word[2] == "pipe"))
		give("front", word[2])
	else
		wrong("front: give milter or pipe")
}

function take_loghost() {
	if (!wants(2, "one host, as 192.0.2.5, or 192.0.2.5:514"))
		return
	if (!faulty("loghost", word[2], place_fault(word[2], 514)))
		give("loghost", HOST, PORT)
}

function take_rbl(   i) {
	if (words < 2)
		wrong("rbl: give zones, as zen.spamhaus.org")
	for (i = 2; i <= words; i++)
		if (!faulty("rbl", word[i], domain_fault(word[i])))
			give("rbl", tolower(word[i]))
}

function take_self(   i, p, address) {
	if (words < 2)
		wrong("self: give addresses of this gateway")
	for (i = 2; i <= words; i++) {
		address = is_v4(word[i], p) ? word[i] : is_v6(word[i], p) ? v6_text(p) : ""
		if (address == "")
			wrong("self " word[i] ": that is no address")
		else {
			own[address]
			give("self", address)
		}
	}
}

# what_of_ldap I: what is behind BASE, from word I on, in ldap["dn"], ...
function what_of_ldap(i, ldap) {
	while (i <= words)
		if (word[i] == "bind" && i + 2 <= words) {
			ldap["dn"] = word[i + 1]
			ldap["file"] = beside(word[i + 2])
			if (faulty("recipients ldap bind", ldap["dn"], text_fault(ldap["dn"])))
				return 0
			i += 3
		} else if (word[i] == "filter" && i + 1 <= words) {
			ldap["filter"] = word[i + 1]
			if (faulty("recipients ldap filter", word[i + 1], filter_fault(word[i + 1])))
				return 0
			i += 2
		} else {
			wrong("recipients ldap: " word[i] ": behind BASE come bind DN PASSWORD-FILE, or filter FILTER")
			return 0
		}
	return 1
}

function take_ldap(   ldap) {
	ldap["filter"] = "(|(mail=%s)(proxyAddresses=smtp:%s))"
	if (words < 4)
		wrong("recipients ldap: give URI and BASE")
	else if (!(faulty("recipients ldap", word[3], uri_fault(word[3])) + \
	    faulty("recipients ldap", word[4], text_fault(word[4]))) && what_of_ldap(5, ldap))
		give("ldap", word[3], word[4], ldap["filter"], ldap["dn"], ldap["file"])
}

function take_recipients() {
	if (word[2] == "ldap")
		take_ldap()
	else if (word[2] == "file" && words == 3)
		give("recipients", beside(word[3]))
	else
		wrong("recipients: give ldap URI BASE, or file FILE")
}

# answer: a line with all that goes on with it
function answer(   key) {
	key = word[1]
	if (!(key in keywords)) {
		wrong(key ": no such keyword: hostname, internal, route, routes, postmaster, " \
		    "front, loghost, rbl, self and recipients are")
		return
	}
	if (key in said && keywords[key] == "once")
		wrong(key ": once only: it is in line " said[key] " too")
	else
		said[key] = line
	if (key == "hostname") take_hostname()
	else if (key == "internal") take_internal()
	else if (key == "route") take_route()
	else if (key == "routes") take_routes()
	else if (key == "postmaster") take_postmaster()
	else if (key == "front") take_front()
	else if (key == "loghost") take_loghost()
	else if (key == "rbl") take_rbl()
	else if (key == "self") take_self()
	else take_recipients()
}

# --- lines --------------------------------------------------------------------------------

# uncommented: without a # at the beginning of a word, outside of quotes, and what follows
function uncommented(text,   i, c, before, quoted) {
	if (index(text, "#") == 0)
		return text
	before = " "
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\"")
			quoted = !quoted
		else if (c == "#" && !quoted && before ~ /[ \t]/)
			return substr(text, 1, i - 1)
		before = c
	}
	return text
}

# end_of_quoted: where the word ends, whose first quote is before s; 0: nowhere
function end_of_quoted(s,   end) {
	end = index(s, "\"")
	return end && substr(s, end + 1) !~ /^[^ \t]/ ? end : 0
}

# split_fault: the words of a line are in word[]; what is wrong with them
function split_fault(s,   end) {
	words = 0
	for (;;) {
		sub(/^[ \t]+/, "", s)
		if (s == "")
			return ""
		if (s ~ /^"/) {
			s = substr(s, 2)
			end = end_of_quoted(s)
			if (!end)
				return "a \" without another: quotes stand around a whole word"
			word[++words] = substr(s, 1, end - 1)
			s = substr(s, end + 1)
		} else {
			match(s, /^[^ \t]+/)
			word[++words] = substr(s, 1, RLENGTH)
			s = substr(s, RLENGTH + 1)
			if (index(word[words], "\""))
				return "a \" without another: quotes stand around a whole word"
		}
		if (word[words] == "")
			return "\"\": that is an empty word"
	}
}

# logical: a line with all that goes on with it
function logical(text,   fault) {
	if (text ~ /[^\t-~]|[\n-\037]/)
		fault = "a character that is not ASCII: of a domain give its A-labels (xn--)"
	else
		fault = split_fault(text)
	if (fault != "")
		wrong(fault)
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

function read_lines(   text, pending, got) {
	while ((got = (getline text <file)) > 0) {
		text = uncommented(plain(text, ++last))
		if (text ~ /^[ \t]*$/)
			continue
		if (text ~ /^[ \t]/ && pending != "") {
			if (goes_on(text))
				pending = pending " " text
			continue
		}
		if (pending != "")
			logical(pending)
		pending = text
		line = last
	}
	if (pending != "")
		logical(pending)
	if (got < 0) {
		printf "gateway-setup: %s: cannot be read: man gateway.conf says what it is\n", \
		    file >"/dev/stderr"
		exit 1
	}
}

# --- what no line says by itself ----------------------------------------------------------

function missing(key, text) {
	if (!(key in said) && !unsure) {
		printf "gateway-setup: %s: there is no %s: %s\n", file, key, text >"/dev/stderr"
		bad = 1
	}
}

function all_given() {
	if ("routes" in said)
		said["route"]
	missing("hostname", "say what this gateway is called, as: hostname gw1.company.com")
	missing("internal", "say who is inside, as: internal 192.0.2.0/24")
	missing("route", "say where mail goes, as: route company.com mail.company.com")
	missing("postmaster", "say who gets mail for the gateway itself, as: postmaster admin@company.com")
	missing("front", "say how mail is judged: front milter, or: front pipe")
}

# is_own: it is this machine
function is_own(host) {
	return host == hostname || host == "localhost" || host ~ /^(127\.|0\.0\.0\.0$)/ || \
	    host ~ /^0:0:0:0:0:0:0:[01]$/ || host in own
}

function between(   d, i, n, p, list) {
	if (hostname == "")
		return
	here = file
	line = said["hostname"]
	n = split(addresses, list, " ")
	for (i = 1; i <= n; i++)
		own[is_v6(list[i], p) ? v6_text(p) : list[i]]
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

function know_keywords(   i, list) {
	split("internal route routes rbl self", list, " ")
	for (i in list)
		keywords[list[i]] = "any"
	split("hostname postmaster front loghost recipients", list, " ")
	for (i in list)
		keywords[list[i]] = "once"
}

function put_out(   i) {
	for (i = 1; i <= outs; i++)
		print out[i]
}

BEGIN {
	file = here = ARGV[1]
	folder = file ~ /\// ? file : "."
	sub(/\/[^\/]*$/, "", folder)
	know_keywords()
	read_lines()
	all_given()
	between()
	if (bad)
		exit 1
	put_out()
}
