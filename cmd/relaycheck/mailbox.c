/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/mailbox.h"
#include "common/cli.h"

#include <err.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static enum mailbox_state
fail(const char **wrong, const char *what)
{
	if (wrong != NULL)
		*wrong = what;
	return MAILBOX_SYNTAX;
}

/* What an octet may be. */
enum { ATEXT = 1, LDH = 2, DIGIT = 4, UPPER = 8 };

/* ATEXT: RFC 5322 3.2.3, RFC 6531 3.3 */
static unsigned
kind_of(unsigned char c)
{
	enum { A = ATEXT, L = ATEXT | LDH, U = ATEXT | LDH | UPPER, D = ATEXT | LDH | DIGIT };
	static const unsigned char KIND[128] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, A, 0, A, A, A, A, A, 0, 0, A, A, 0, L, 0, A,	/*  !"#$%&'()*+,-./ */
		D, D, D, D, D, D, D, D, D, D, 0, 0, 0, A, 0, A,	/* 0-9 :;<=>? */
		0, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
		U, U, U, U, U, U, U, U, U, U, U, 0, 0, 0, A, A,	/* [\]^_ */
		A, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
		L, L, L, L, L, L, L, L, L, L, L, A, A, A, A, 0,	/* {|}~ */
	};

	return c < 128 ? KIND[c] : ATEXT;
}

static bool
is_dotstring(struct span s)
{
	bool dot = true;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? dot : (kind_of((unsigned char)s.p[i]) & ATEXT) == 0)
			return false;
		dot = s.p[i] == '.';
	}
	return !dot;
}

/* NULL, or what no address has anywhere. */
static const char *
bad_octet(struct span s)
{
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		utf8proc_int32_t point;
		utf8proc_ssize_t n = 1;

		if (c < 0x20 || c == 0x7f)
			return "it has a control character";
		if (c >= 0x80)
			n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + i,
			    (utf8proc_ssize_t)(s.n - i), &point);
		if (n <= 0)
			return "it is not UTF-8";
		i += (size_t)n;
	}
	return NULL;
}

/* --- domains ---------------------------------------------------------------------- */

/* One being written; what finds no room is counted. */
struct name {
	char *to;
	size_t n;		/* octets, without those that found no room as well */
	bool digits;		/* nothing but digits and dots so far */
	bool over;		/* a label is too long */
};

static void
put(struct name *d, const char *p, size_t n)
{
	if (d->n + n <= MAILBOX_DOMAIN)
		memcpy(d->to + d->n, p, n);
	d->n += n;
}

static enum mailbox_state
ascii_label(struct name *d, struct span label, const char **wrong)
{
	char *to = d->n + label.n <= MAILBOX_DOMAIN ? d->to + d->n : NULL;
	unsigned all = DIGIT;

	for (size_t i = 0; i < label.n; i++) {
		unsigned kind = kind_of((unsigned char)label.p[i]);

		if ((kind & LDH) == 0)
			return fail(wrong, "its domain has what is no letter, digit or hyphen");
		all &= kind;
		if (to != NULL)
			to[i] = (char)(label.p[i] | ((kind & UPPER) != 0 ? 0x20 : 0));
	}
	d->digits = d->digits && all == DIGIT;
	d->n += label.n;
	d->over |= label.n > MAILBOX_LABEL;
	return MAILBOX_GOOD;
}

/*
 * In lower case, into memory of the caller's; NULL: none.  A letter whose small one
 * is ASCII (the Kelvin sign, a dotted I) stays, and no label may have it.
 */
static uint8_t *
lower(struct span label)
{
	uint8_t *low = malloc(2 * label.n + 1);	/* none gets longer by half */
	size_t n = 0;

	if (low == NULL)
		return NULL;
	for (size_t i = 0; i < label.n;) {
		utf8proc_int32_t point, small;

		i += (size_t)utf8proc_iterate((const utf8proc_uint8_t *)label.p + i,
		    (utf8proc_ssize_t)(label.n - i), &point);
		small = utf8proc_tolower(point);
		if (point >= 0x80 && small < 0x80)
			small = point;
		n += (size_t)utf8proc_encode_char(small, low + n);
	}
	low[n] = '\0';
	return low;
}

/* With non-ASCII; RFC 5891 5. */
static enum mailbox_state
u_label(struct name *d, struct span label, const char **wrong)
{
	uint8_t *low = lower(label), *made = NULL;
	/* as for registration: a lookup lets the rules of context (RFC 5892 A) be */
	int got = low == NULL ? IDN2_MALLOC : idn2_register_u8(low, NULL, &made, 0);

	free(low);
	d->digits = false;
	if (got == IDN2_OK)
		put(d, (char *)made, strlen((char *)made));
	idn2_free(made);
	if (got == IDN2_PUNYCODE_BIG_OUTPUT || got == IDN2_TOO_BIG_LABEL)
		d->over = true;
	else if (got == IDN2_MALLOC)
		err(EXIT_RETRY, "an address");	/* no word about the address itself */
	else if (got != IDN2_OK)
		return fail(wrong, "its domain has a label that is none in IDNA2008");
	return MAILBOX_GOOD;
}

static enum mailbox_state
add_label(struct name *d, struct span label, const char **wrong)
{
	if (label.n == 0)
		return fail(wrong, "its domain has an empty label");
	if (label.p[0] == '-' || label.p[label.n - 1] == '-')
		return fail(wrong, "its domain has a label with a hyphen at an end");
	for (size_t i = 0; i < label.n; i++)
		if ((unsigned char)label.p[i] >= 0x80)
			return u_label(d, label, wrong);
	return ascii_label(d, label, wrong);
}

/* Of octets that bad_octet has nothing against. */
static enum mailbox_state
domain(char to[MAILBOX_DOMAIN + 1], size_t *n, struct span text, const char **wrong)
{
	struct name d = { to, 0, true, false };
	size_t at = 0;

	*n = 0;
	to[0] = '\0';
	for (;;) {
		const char *dot = at < text.n ? memchr(text.p + at, '.', text.n - at) : NULL;
		size_t end = dot == NULL ? text.n : (size_t)(dot - text.p);

		if (add_label(&d, (struct span){ text.p + at, end - at }, wrong) != MAILBOX_GOOD)
			return MAILBOX_SYNTAX;
		if (dot == NULL)
			break;
		put(&d, ".", 1);
		at = end + 1;
	}
	if (d.digits)
		return fail(wrong, "its domain is nothing but digits and dots");
	if (d.over || d.n > MAILBOX_DOMAIN) {
		(void)fail(wrong, "its domain is too long, or a label of it");
		return MAILBOX_LONG;
	}
	*n = d.n;
	to[d.n] = '\0';
	return MAILBOX_GOOD;
}

enum mailbox_state
mailbox_domain(char to[MAILBOX_DOMAIN + 1], size_t *n, struct span text, const char **wrong)
{
	const char *what = bad_octet(text);

	return what != NULL ? fail(wrong, what) : domain(to, n, text, wrong);
}

/* --- the parts of an address --------------------------------------------------------- */

/* Takes `@domain[,@domain]...:' off. */
static enum mailbox_state
take_route(struct mailbox *m, struct span *s)
{
	const char *colon = memchr(s->p, ':', s->n);
	struct span hops = { s->p, colon == NULL ? 0 : (size_t)(colon - s->p) };
	enum mailbox_state state = MAILBOX_GOOD, got;

	if (colon == NULL)
		return fail(&m->wrong, "it begins with a @ and is no source route");
	for (size_t at = 0; at <= hops.n;) {
		const char *comma = memchr(hops.p + at, ',', hops.n - at);
		size_t end = comma == NULL ? hops.n : (size_t)(comma - hops.p);

		if (at == end || hops.p[at] != '@')
			return fail(&m->wrong, "its source route has a hop without a @");
		got = domain(m->domain, &m->domainn,
		    (struct span){ hops.p + at + 1, end - at - 1 }, &m->wrong);
		if (got == MAILBOX_SYNTAX)
			return got;
		if (got != MAILBOX_GOOD)
			state = got;
		at = end + 1;
	}
	m->route = true;
	s->n -= hops.n + 1;
	s->p += hops.n + 1;
	return state;
}

static void
add_local(struct mailbox *m, char c)
{
	m->at |= c == '@';
	m->percent |= c == '%';
	m->bang |= c == '!';
	if (m->localn < sizeof m->local)
		m->local[m->localn] = c;
	m->localn++;
}

/* The length of a quoted string that s begins with, or 0. */
static size_t
take_quoted(struct mailbox *m, struct span s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		/* behind a backslash: %d32-126 (RFC 5321 4.1.2) */
		if (s.p[i] == '\\' && (++i == s.n || (unsigned char)s.p[i] >= 0x80))
			break;
		add_local(m, s.p[i]);
	}
	return 0;
}

/* Up to the @ or the end; its length, or 0: it is none. */
static size_t
take_local(struct mailbox *m, struct span s)
{
	const char *at = memchr(s.p, '@', s.n);
	struct span local = { s.p, at == NULL ? s.n : (size_t)(at - s.p) };

	m->quoted = s.p[0] == '"';
	if (m->quoted)
		return take_quoted(m, s);
	if (!is_dotstring(local))
		return 0;
	for (size_t i = 0; i < local.n; i++)
		add_local(m, local.p[i]);
	return local.n;
}

static bool
begins_ipv6(struct span s)
{
	static const char tag[] = "ipv6:";

	for (size_t i = 0; i < sizeof tag - 1; i++)
		if (i == s.n || (s.p[i] | 0x20) != (tag[i] | 0x20))
			return false;
	return true;
}

/* RFC 5321 4.1.3 */
static enum mailbox_state
take_literal(struct mailbox *m, struct span s)
{
	char text[IPADDR_TEXT];
	struct span inner = { s.p + 1, s.n - 2 };
	bool v6;

	if (s.n < 3 || s.p[s.n - 1] != ']')
		return fail(&m->wrong, "its domain is an open bracket");
	v6 = begins_ipv6(inner);
	if (v6) {
		inner.p += 5;
		inner.n -= 5;
	}
	if (!(v6 ? ipaddr_v6(&m->literal, inner) : ipaddr_v4(&m->literal, inner)))
		return fail(&m->wrong, "what is in brackets is no address");
	ipaddr_text(text, &m->literal);
	m->host = MAILBOX_LITERAL;
	m->domainn = strlen(text) + (v6 ? 7 : 2);
	memcpy(m->domain, v6 ? "[IPv6:" : "[", v6 ? 6 : 1);
	memcpy(m->domain + (v6 ? 6 : 1), text, strlen(text));
	m->domain[m->domainn - 1] = ']';
	m->domain[m->domainn] = '\0';
	return MAILBOX_GOOD;
}

static enum mailbox_state
take_host(struct mailbox *m, struct span s)
{
	enum mailbox_state state;

	if (s.n > 0 && s.p[0] == '[')
		return take_literal(m, s);
	state = domain(m->domain, &m->domainn, s, &m->wrong);
	if (state != MAILBOX_SYNTAX)
		m->host = MAILBOX_NAME;
	return state;
}

/* --- an address ------------------------------------------------------------------------ */

static void
start(struct mailbox *m)
{
	m->wrong = NULL;
	m->route = m->quoted = m->at = m->percent = m->bang = false;
	m->host = MAILBOX_NONE;
	m->localn = m->domainn = 0;
	m->domain[0] = '\0';
}

/* `written' octets of a local part, then nothing or its domain. */
static enum mailbox_state
finish(struct mailbox *m, size_t written, struct span host, bool has_host,
    enum mailbox_state state)
{
	enum mailbox_state got = MAILBOX_GOOD;

	m->domainn = 0;
	m->domain[0] = '\0';
	if (has_host)
		got = take_host(m, host);
	if (got == MAILBOX_SYNTAX)
		return got;
	if (written + has_host + m->domainn > MAILBOX_LENGTH_MAX) {
		m->wrong = "it is too long";
		got = MAILBOX_LONG;
	}
	return got == MAILBOX_GOOD ? state : got;
}

enum mailbox_state
mailbox_parse(struct mailbox *m, struct span s)
{
	enum mailbox_state state = MAILBOX_GOOD;
	const char *what;
	size_t n;

	start(m);
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>') {
		s.p++;
		s.n -= 2;
	}
	if (s.n == 0)
		return fail(&m->wrong, "it is empty");
	if ((what = bad_octet(s)) != NULL)
		return fail(&m->wrong, what);
	if (s.p[0] == '@')
		state = take_route(m, &s);
	if (state == MAILBOX_SYNTAX)
		return state;
	if (s.n == 0)
		return fail(&m->wrong, "its source route ends in nothing");
	if ((n = take_local(m, s)) == 0)
		return fail(&m->wrong, "its local part is neither a dot-string nor in quotes");
	if (n < s.n && s.p[n] != '@')
		return fail(&m->wrong, "something stands behind its quotes");
	return finish(m, n, (struct span){ s.p + n + 1, n < s.n ? s.n - n - 1 : 0 }, n < s.n,
	    state);
}

static const char *
last_at(struct span s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '@')
			return s.p + i - 1;
	return NULL;
}

enum mailbox_state
mailbox_parse_bare(struct mailbox *m, struct span s)
{
	const char *what = bad_octet(s), *at = last_at(s);
	struct span local = { s.p, at == NULL ? s.n : (size_t)(at - s.p) };
	size_t written = local.n;

	start(m);
	if (s.n == 0)
		return fail(&m->wrong, "it is empty");
	if (what != NULL)
		return fail(&m->wrong, what);
	for (size_t i = 0; i < local.n; i++)
		add_local(m, local.p[i]);
	m->quoted = !is_dotstring(local);
	/* as it must have been written, at least */
	for (size_t i = 0; m->quoted && i < local.n; i++)
		written += local.p[i] == '"' || local.p[i] == '\\';
	return finish(m, written + (m->quoted ? 2 : 0), (struct span){ s.p + local.n + 1,
	    at == NULL ? 0 : s.n - local.n - 1 }, at != NULL, MAILBOX_GOOD);
}

/* --- printed ------------------------------------------------------------------------------ */

static size_t
print_quoted(char *to, struct span local)
{
	size_t n = 0;

	to[n++] = '"';
	for (size_t i = 0; i < local.n; i++) {
		if (local.p[i] == '"' || local.p[i] == '\\')
			to[n++] = '\\';
		to[n++] = local.p[i];
	}
	to[n++] = '"';
	return n;
}

size_t
mailbox_put(char to[MAILBOX_TEXT], struct span local, struct span domain_)
{
	size_t n = local.n;

	if (is_dotstring(local))
		memcpy(to, local.p, local.n);
	else
		n = print_quoted(to, local);
	if (domain_.n == 0)
		return n;
	to[n++] = '@';
	memcpy(to + n, domain_.p, domain_.n);
	return n + domain_.n;
}

size_t
mailbox_print(char to[MAILBOX_TEXT], const struct mailbox *m)
{
	return mailbox_put(to, (struct span){ m->local, m->localn },
	    (struct span){ m->domain, m->domainn });
}
