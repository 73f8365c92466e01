/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/mapmatch.h"
#include "common/fieldtext.h"

#include <stdlib.h>
#include <string.h>

/* --- compiling ------------------------------------------------------------------- */

struct compiler {
	struct mappattern *p;
	struct span text;
	size_t at;
	size_t used;		/* of p->text */
	struct mapwrong *wrong;
};

/* n bytes of the pattern from `from' are what is wrong. */
static bool
complain(struct compiler *c, size_t from, size_t n, const char *what)
{
	if (n > c->text.n - from)
		n = c->text.n - from;
	*c->wrong = (struct mapwrong){ { c->text.p + from, n }, what };
	return false;
}

static void
add_byte(struct compiler *c, char byte)
{
	struct mapelement *last = c->p->n > 0 ? &c->p->element[c->p->n - 1] : NULL;

	c->p->text[c->used] = fieldtext_lower(byte);
	if (last != NULL && last->kind == MAPMATCH_TEXT)
		last->text.n++;
	else
		c->p->element[c->p->n++] = (struct mapelement){ .kind = MAPMATCH_TEXT,
		    .text = { c->p->text + c->used, 1 } };
	c->used++;
}

static void
add_wildcard(struct compiler *c, struct mapelement e)
{
	c->p->element[c->p->n++] = e;
	c->p->wildcards++;
}

static void
add_sign(struct compiler *c, char sign, bool lazy)
{
	add_wildcard(c, (struct mapelement){ .kind = sign == '*' ? MAPMATCH_RUN :
	    MAPMATCH_ONE, .lazy = lazy });
}

/* `$(' or `${' begins at `from'. */
static bool
add_net(struct compiler *c, size_t from)
{
	bool v6 = c->text.p[from + 1] == '{';
	struct mapelement e = { .kind = MAPMATCH_NET };
	const char *start = c->text.p + from + 2, *wrong;
	const char *end = memchr(start, v6 ? '}' : ')', c->text.n - from - 2);
	size_t n;

	if (end == NULL)
		return complain(c, from, 2, v6 ? "lacks its }" : "lacks its )");
	n = (size_t)(end + 1 - (c->text.p + from));
	c->at = from + n;
	if ((wrong = net_parse(&e.net, (struct span){ start, n - 3 })) != NULL)
		return complain(c, from, n, wrong);
	if (v6 != e.net.first.v6)
		return complain(c, from, n, v6 ? "is a v4 network: write $(ADDRESS/BITS)" :
		    "is a v6 network: write ${ADDRESS/BITS}");
	add_wildcard(c, e);
	return true;
}

static const char *
why_not(char c)
{
	if (c != '\0' && strchr("abdhostxABDHOSTX", c) != NULL)
		return "is a wildcard of one kind of character, which is not understood";
	if (c >= '0' && c <= '9')
		return "is what a wildcard matched before, which is not understood in a pattern";
	switch (c) {
	case '[':
		return "is a set of characters, which is not understood";
	case '<':
		return "is a network by the bits to ignore, which is not understood: "
		    "write $(ADDRESS/BITS)";
	case '@':
	case '^':
		return "turns captures off or on, which is not understood";
	default:
		return "is not understood in a pattern";
	}
}

static bool
is_sign(const struct compiler *c, size_t at)
{
	return at < c->text.n && (c->text.p[at] == '*' || c->text.p[at] == '%');
}

/* What stands at c->at, behind a `$'. */
static bool
escaped(struct compiler *c)
{
	size_t from = c->at - 1;
	char sign;

	if (c->at == c->text.n)
		return complain(c, from, 1, "stands at the end of a pattern");
	switch (sign = c->text.p[c->at++]) {
	case '*':
	case '%':
	case '$':
	case ' ':
	case '\t':
		add_byte(c, sign);
		return true;
	case '_':
		if (!is_sign(c, c->at))
			return complain(c, from, 3, "is not understood: $_ stands before * or %");
		add_sign(c, c->text.p[c->at++], true);
		return true;
	case '(':
	case '{':
		return add_net(c, from);
	default:
		return complain(c, from, is_sign(c, c->at) ? 3 : 2, why_not(sign));
	}
}

static bool
compile(struct compiler *c)
{
	while (c->at < c->text.n) {
		char byte = c->text.p[c->at++];

		if (byte == '*' || byte == '%')
			add_sign(c, byte, false);
		else if (byte != '$')
			add_byte(c, byte);
		else if (!escaped(c))
			return false;
	}
	return true;
}

int
mapmatch_compile(struct mappattern *p, struct span text, struct mapwrong *wrong)
{
	struct compiler c = { .p = p, .text = text, .wrong = wrong };
	struct mapelement *fit;

	*p = (struct mappattern){ .n = 0 };
	if (text.n > MAPMATCH_PATTERN) {
		*wrong = (struct mapwrong){ { text.p, 0 }, "a pattern of more than 1024 bytes" };
		return 1;
	}
	p->element = calloc(text.n + 1, sizeof *p->element);
	p->text = malloc(text.n + 1);
	if (p->element == NULL || p->text == NULL) {
		mapmatch_free(p);
		return -1;
	}
	if (!compile(&c)) {
		mapmatch_free(p);
		return 1;
	}
	fit = reallocarray(p->element, p->n + 1, sizeof *fit);
	if (fit != NULL)
		p->element = fit;
	return 0;
}

void
mapmatch_free(struct mappattern *p)
{
	free(p->element);
	free(p->text);
	*p = (struct mappattern){ .n = 0 };
}

bool
mapmatch_any(const struct mappattern *p)
{
	for (size_t k = 0; k < p->n; k++)
		if (p->element[k].kind != MAPMATCH_RUN)
			return false;
	return p->n > 0;
}

/* --- what is matched -------------------------------------------------------------- */

enum { ONE = 256, RUN = 257, NET = 258 };	/* NET + k: element k of the pattern */

/* Octets, or the signs of another pattern: its bytes in lower case, and the above. */
struct subject {
	const char *bytes;
	const uint16_t *sign;
	const struct mappattern *narrow;
	size_t n;
};

static unsigned
at(const struct subject *s, size_t i)
{
	return s->sign != NULL ? s->sign[i] : (unsigned char)fieldtext_lower(s->bytes[i]);
}

static bool
text_at(const struct subject *s, size_t i, struct span text)
{
	for (size_t k = 0; k < text.n; k++)
		if (at(s, i + k) != (unsigned char)text.p[k])
			return false;
	return true;
}

static bool
holds(const struct net *net, const struct net *part)
{
	return net->first.v6 == part->first.v6 &&
	    ipaddr_order(&net->first, &part->first) <= 0 &&
	    ipaddr_order(&net->last, &part->last) >= 0;
}

static bool
is_address_sign(unsigned c, bool v6)
{
	return (c >= '0' && c <= '9') || c == '.' ||
	    (v6 && (c == ':' || (c >= 'a' && c <= 'f')));
}

/* How far from i, at most, an address may reach. */
static size_t
reach(const struct mapelement *e, const struct subject *s, size_t i)
{
	size_t n = 0;

	if (i < s->n && at(s, i) >= NET)
		return 1;
	while (n < IPADDR_TEXT - 1 && i + n < s->n &&
	    is_address_sign(at(s, i + n), e->net.first.v6))
		n++;
	return n;
}

/* Are the len signs at i an address of it, or a network within? */
static bool
net_at(const struct mapelement *e, const struct subject *s, size_t i, size_t len)
{
	char text[IPADDR_TEXT];
	struct net one = { .bits = 0 };

	if (at(s, i) >= NET)
		return len == 1 && holds(&e->net, &s->narrow->element[at(s, i) - NET].net);
	for (size_t k = 0; k < len; k++)
		text[k] = (char)at(s, i + k);
	if (!(e->net.first.v6 ? ipaddr_v6(&one.first, (struct span){ text, len }) :
	    ipaddr_v4(&one.first, (struct span){ text, len })))
		return false;
	one.last = one.first;
	return holds(&e->net, &one);
}

/* --- marks ------------------------------------------------------------------------ */

/*
 * Row k: a bit for each position from which elements k, k + 1 .. match up to the
 * end; the last row, of no element, has the end alone.
 */
struct marks {
	const struct mappattern *p;
	const struct subject *s;
	uint64_t *bit;
	size_t words;		/* of a row */
	unsigned long long *steps;
};

static uint64_t *
row(const struct marks *m, size_t k)
{
	return m->bit + k * m->words;
}

static bool
has(const uint64_t *row, size_t i)
{
	return row[i / 64] >> (i % 64) & 1;
}

static void
set(uint64_t *row, size_t i)
{
	row[i / 64] |= 1ull << (i % 64);
}

/* Takes so many steps; false: there are none left. */
static bool
take(unsigned long long *steps, unsigned long long n)
{
	*steps = *steps > n ? *steps - n : 0;
	return *steps > 0;
}

static void
mark_text(struct marks *m, size_t k)
{
	struct span text = m->p->element[k].text;
	const uint64_t *next = row(m, k + 1);
	uint64_t *here = row(m, k);

	for (size_t end = text.n; end <= m->s->n; end++) {
		if (next[end / 64] == 0)
			end |= 63;	/* nor is there a bit up to here */
		else if (has(next, end) && text_at(m->s, end - text.n, text))
			set(here, end - text.n);
	}
}

static void
mark_one(struct marks *m, size_t k)
{
	const uint64_t *next = row(m, k + 1);
	uint64_t *here = row(m, k);

	for (size_t i = 0; i < m->s->n; i++)
		if (has(next, i + 1) && at(m->s, i) <= ONE)
			set(here, i);
}

/* All up to the last one of the next row. */
static void
mark_run(struct marks *m, size_t k)
{
	const uint64_t *next = row(m, k + 1);
	uint64_t *here = row(m, k), last;
	size_t w = m->words;

	while (w > 0 && next[w - 1] == 0)
		w--;
	if (w == 0)
		return;
	memset(here, 0xff, (w - 1) * sizeof *here);
	for (last = next[w - 1]; (last & (last + 1)) != 0; )
		last |= last >> 1;
	here[w - 1] = last;
}

/* The longest piece at i that is matched, so that the rest is too; 0: none. */
static size_t
net_length(const struct marks *m, size_t k, size_t i)
{
	const struct mapelement *e = &m->p->element[k];
	size_t len = reach(e, m->s, i);

	for (; len > 0; len--)
		if (has(row(m, k + 1), i + len) && net_at(e, m->s, i, len))
			break;
	return len;
}

enum { PARSING = 40 };	/* steps, of an address */

static void
mark_net(struct marks *m, size_t k)
{
	size_t end = k == 0 && m->s->n > 0 ? 1 : m->s->n;	/* the first is at 0 */

	for (size_t i = 0; i < end; i++) {
		size_t most = reach(&m->p->element[k], m->s, i);

		if (!take(m->steps, 1 + PARSING * most))
			return;
		if (net_length(m, k, i) > 0)
			set(row(m, k), i);
	}
}

/* What a row costs, about. */
static unsigned long long
cost(const struct marks *m, size_t k)
{
	const struct mapelement *e = &m->p->element[k];

	return (m->s->n + 1) * (1 + e->text.n / 8);
}

static bool
mark(struct marks *m)
{
	static void (*const how[])(struct marks *, size_t) = {
		[MAPMATCH_TEXT] = mark_text, [MAPMATCH_ONE] = mark_one,
		[MAPMATCH_RUN] = mark_run, [MAPMATCH_NET] = mark_net,
	};

	set(row(m, m->p->n), m->s->n);
	for (size_t k = m->p->n; k-- > 0; ) {
		if (!take(m->steps, cost(m, k)))
			return false;
		how[m->p->element[k].kind](m, k);
	}
	return *m->steps > 0;
}

/* 1, 0, -1 as of mapmatch; m->bit, where it is not NULL, is to be freed. */
static int
make_marks(struct marks *m)
{
	const struct mapelement *first = m->p->element;

	m->bit = NULL;
	if (!take(m->steps, 16))
		return -1;
	/* most entries of a table end here */
	if (m->p->n > 0 && first->kind == MAPMATCH_TEXT &&
	    (first->text.n > m->s->n || !text_at(m->s, 0, first->text)))
		return 0;
	m->words = m->s->n / 64 + 1;
	m->bit = calloc((m->p->n + 1) * m->words, sizeof *m->bit);
	if (m->bit == NULL || !mark(m))
		return -1;
	return has(row(m, 0), 0);
}

/* --- the way through -------------------------------------------------------------- */

static size_t
run_length(const struct marks *m, size_t k, size_t i)
{
	const uint64_t *next = row(m, k + 1);
	size_t j;

	if (m->p->element[k].lazy)
		for (j = i; !has(next, j); j++)
			;
	else
		for (j = m->s->n; !has(next, j); j--)
			;
	return j - i;
}

/* Each element has a place: the marks say that there is one. */
static void
capture_all(const struct marks *m, struct span capture[MAPMATCH_CAPTURES])
{
	size_t i = 0, n = 0;

	for (size_t k = 0; k < m->p->n; k++) {
		const struct mapelement *e = &m->p->element[k];
		size_t len = e->kind == MAPMATCH_TEXT ? e->text.n : e->kind == MAPMATCH_ONE ? 1 :
		    e->kind == MAPMATCH_RUN ? run_length(m, k, i) : net_length(m, k, i);

		if (e->kind != MAPMATCH_TEXT && n < MAPMATCH_CAPTURES)
			capture[n++] = (struct span){ m->s->bytes + i, len };
		i += len;
	}
	while (n < MAPMATCH_CAPTURES)
		capture[n++] = (struct span){ m->s->bytes, 0 };
}

int
mapmatch(const struct mappattern *p, struct span text,
    struct span capture[MAPMATCH_CAPTURES], unsigned long long *steps)
{
	struct subject s = { .bytes = text.n > 0 ? text.p : "", .n = text.n };
	struct marks m = { .p = p, .s = &s, .steps = steps };
	int matches = make_marks(&m);

	if (matches == 1)
		capture_all(&m, capture);
	free(m.bit);
	return matches;
}

/* --- one pattern and another ------------------------------------------------------ */

static size_t
signs_of(const struct mappattern *p, uint16_t *sign)
{
	size_t n = 0;

	for (size_t k = 0; k < p->n; k++) {
		const struct mapelement *e = &p->element[k];

		for (size_t i = 0; e->kind == MAPMATCH_TEXT && i < e->text.n; i++)
			sign[n++] = (unsigned char)e->text.p[i];
		if (e->kind != MAPMATCH_TEXT)
			sign[n++] = (uint16_t)(e->kind == MAPMATCH_ONE ? ONE :
			    e->kind == MAPMATCH_RUN ? RUN : NET + k);
	}
	return n;
}

/* A sign of narrow that stands for many is matched by a run, or a wider network. */
int
mapmatch_covers(const struct mappattern *wide, const struct mappattern *narrow,
    unsigned long long *steps)
{
	uint16_t sign[MAPMATCH_PATTERN];
	struct subject s = { .sign = sign, .narrow = narrow };
	struct marks m = { .p = wide, .s = &s, .steps = steps };
	int covers;

	s.n = signs_of(narrow, sign);
	covers = make_marks(&m);
	free(m.bit);
	return covers;
}
