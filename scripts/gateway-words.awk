# SPDX-License-Identifier: ISC
# gateway-words.awk: what a word of gateway.conf(5) may be, for gateway-answers.awk.
#
# Nothing is read or written here.  X_fault(WORD) gives "" or what is wrong with the word;
# some of them leave behind what it says:
#	NETWORK		network_fault: as it is written out
#	HOST, PORT	place_fault: a name in small letters, or an address
#	REST		of a place what is behind its host, between these functions only
# An IPv6 address is written out in full: eight numbers, so that each has one spelling.

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

# --- addresses and networks ---------------------------------------------------------------

# is_v4: its four bytes are in byte[]
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

# is_v6: its eight numbers are in w[]
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

# is_masked: in part[], n numbers of width bits, none is set behind the first ones; where
# one was, it is no more
function is_masked(part, width, n, bits,   i, keep, unit, clean) {
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

function bits_fault(slash, not, bits, least, most) {
	if (slash && bits > most)
		return (most == 32 ? "an IPv4" : "an IPv6") " network has at most " most " bits"
	return slash && bits < least && not == "" ? \
	    "that is nearly everybody: who is inside may send anywhere" : ""
}

function v4_network(not, s, p, slash, bits,   fault) {
	fault = bits_fault(slash, not, bits, 8, 32)
	if (fault == "" && slash && !is_masked(p, 8, 4, bits))
		return "bits are set behind the mask: give " not p[1] "." p[2] "." p[3] "." p[4] "/" \
		    bits ", or " not s
	NETWORK = not s (slash ? "/" bits : "")
	return fault
}

function v6_network(not, s, p, slash, bits,   fault) {
	fault = bits_fault(slash, not, bits, 16, 128)
	if (fault != "")
		return fault
	if (p[1] + p[2] + p[3] + p[4] + p[5] == 0 && p[6] == 65535)
		return "give it as an IPv4 address or network"
	if (slash && !is_masked(p, 16, 8, bits))
		return "bits are set behind the mask: give " not v6_text(p) "/" bits ", or " not s
	NETWORK = not v6_text(p) (slash ? "/" bits : "")
	return ""
}

function network_fault(s,   slash, bits, not, p) {
	not = s ~ /^!/ ? "!" : ""
	s = substr(s, length(not) + 1)
	slash = index(s, "/")
	bits = slash ? substr(s, slash + 1) : ""
	if (is_v4(bits, p) || s == "0.0.0.0" || (!slash && not == "" && is_v4(s, p) && p[1] > 223))
		return "that is a mask, or no client: give the number of its bits, as 10.0.0.0/8"
	if (slash && bits !~ /^(0|[1-9][0-9]?[0-9]?)$/)
		return "behind the / is a number of bits"
	s = slash ? substr(s, 1, slash - 1) : s
	if (is_v4(s, p))
		return v4_network(not, s, p, slash, bits + 0)
	if (is_v6(s, p))
		return v6_network(not, s, p, slash, bits + 0)
	return "give a network, as 192.0.2.0/24, or an address"
}

# --- where something goes -----------------------------------------------------------------

function host_fault(s,   p) {
	if (is_v4(s, p))
		return ""
	if (s == "")
		return "which host?"
	if (s ~ /^[0-9.]+$/)
		return s ": that is no address"
	return name_fault(s) == "" ? "" : s ": " name_fault(s)
}

# bracketed_fault: of [ADDRESS] and what is behind it
function bracketed_fault(s,   p, end) {
	end = index(s, "]")
	HOST = substr(s, 2, end - 2)
	if (!end || !is_v6(HOST, p))
		return "between [ ] is an IPv6 address"
	HOST = v6_text(p)
	REST = substr(s, end + 1)
	return REST == "" || REST ~ /^:/ ? "" : "behind the ] is a : and a port"
}

# place_fault: HOST[:PORT], without a port this one
function place_fault(s, port,   fault, colon, p) {
	PORT = port
	if (is_v6(s, p))
		return s ": an IPv6 address stands in [ ], as [" s "]"
	if (s ~ /^[A-Za-z]+:(\[|\/\/)/)
		return s ": give the host alone, or HOST:PORT"
	if (s ~ /^\[/)
		fault = bracketed_fault(s)
	else {
		colon = index(s, ":")
		HOST = tolower(colon ? substr(s, 1, colon - 1) : s)
		REST = colon ? substr(s, colon) : ""
		fault = host_fault(HOST)
	}
	if (fault == "" && REST != "") {
		PORT = substr(REST, 2)
		fault = port_fault(PORT)
	}
	return fault
}

# --- a directory --------------------------------------------------------------------------

function text_fault(s) {
	return s ~ /[^ -~]/ || s ~ /[$%"`]/ ? "ASCII without $ % \" and `" : ""
}

function filter_fault(s,   i, c, depth) {
	if (s !~ /^\(.*\)$/ || s ~ /[^!-~]/ || s ~ /[$"`#;{}]/)
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

function uri_fault(s) {
	if (s ~ /^ldapi:\/\/%2[Ff]/)
		return s ~ /^ldapi:\/\/(%2[Ff][A-Za-z0-9._-]+)+$/ ? "" : \
		    "behind ldapi:// is a path, with %2F for each /"
	if (s !~ /^ldaps?:\/\//)
		return "give ldap://HOST, ldaps://HOST or ldapi://%2FPATH"
	sub(/^ldaps?:\/\//, "", s)
	sub(/\/$/, "", s)
	return place_fault(s, 389)
}
