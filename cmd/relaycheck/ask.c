/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/ask.h"
#include "common/clean.h"
#include "common/hex.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* --- a line ------------------------------------------------------------------------ */

/* Decodes n bytes in place; their length, or -1. */
static long
unescape(char *p, size_t n)
{
	size_t to = 0;

	if (memchr(p, '\\', n) == NULL)
		return (long)n;
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\\')
			p[to++] = p[i];
		else if (i + 1 < n && p[i + 1] == '\\')
			p[to++] = p[++i];
		else if (i + 3 < n && p[i + 1] == 'x' && hex(p[i + 2]) >= 0 &&
		    hex(p[i + 3]) >= 0) {
			p[to++] = (char)(hex(p[i + 2]) << 4 | hex(p[i + 3]));
			i += 3;
		} else
			return -1;
	}
	return (long)to;
}

bool
ask_line(struct question *q, char *line, size_t n)
{
	struct span field[4];

	for (int i = 0; i < 4; i++) {
		char *tab = n == 0 ? NULL : memchr(line, '\t', n);
		size_t len = tab == NULL ? n : (size_t)(tab - line);
		long got = unescape(line, len);

		if (got < 0 || (tab == NULL) != (i == 3))
			return false;
		field[i] = (struct span){ line, (size_t)got };
		line += len + (tab != NULL);
		n -= len + (tab != NULL);
	}
	if (field[1].n != 1 || (field[1].p[0] != '0' && field[1].p[0] != '1'))
		return false;
	*q = (struct question){ field[0], field[1].p[0] == '1', field[2], field[3], false };
	return true;
}

/* --- an answer --------------------------------------------------------------------- */

static void
add_rule(struct record *r, const struct conf *c, const struct answer *a)
{
	const struct rule *w = answer_rule(a);
	char text[PATH_MAX + 300];
	size_t n = 0;

	if (a->step >= 10)
		text[n++] = '1';
	text[n++] = (char)('0' + a->step % 10);
	if (w != NULL) {
		text[n++] = ':';
		n += conf_place(text + n, sizeof text - n, c, w);
	}
	record_add(r, "rule", text, n);
}

/* A word of ours, in which nothing is to be coded. */
static void
add_word(struct record *r, const char *key, const char *word)
{
	record_addcoded(r, key, (struct span){ word, strlen(word) });
}

void
ask_record(struct record *r, const struct conf *c, const struct answer *a)
{
	record_start(r);
	add_word(r, "relay", relay_word(a->relay));
	add_word(r, "why", why_word(a->why));
	add_word(r, "code", why_code(a->why));
	add_word(r, "channel", a->inside ? "inside" : "outside");
	record_add(r, "to", a->to, a->ton);
	add_rule(r, c, a);
	if (a->wrong != NULL)
		record_addstr(r, "text", a->wrong);
	record_end(r);
}

/* --- in words ------------------------------------------------------------------------- */

enum { SHOWN = 300 };

/* Fit to be shown; in memory that the next but three use again. */
static const char *
shown(struct span s)
{
	static char all[4][SHOWN + 4];
	static unsigned turn;
	char *to = all[turn++ % 4];
	size_t n = s.n < SHOWN ? s.n : SHOWN;

	if (n > 0)
		memcpy(to, s.p, n);
	n = clean_line(to, n);
	snprintf(to + n, 4, "%s", s.n > SHOWN ? "..." : "");
	return to;
}

static const char *
place(const struct conf *c, const struct rule *w)
{
	static char text[PATH_MAX + 300];

	conf_place(text, sizeof text, c, w);
	return shown((struct span){ text, strlen(text) });
}

static void
explain_client(const struct conf *c, const struct question *q, const struct answer *a)
{
	fprintf(stderr, "relaycheck: client %s: ", shown(q->client));
	if (a->why == WHY_BAD_CLIENT)
		fprintf(stderr, "is no address\n");
	else if (q->auth)
		fprintf(stderr, "has authenticated, so it is inside\n");
	else if (a->network == NULL)
		fprintf(stderr, "no network of `internal' holds it, so it is outside\n");
	else
		fprintf(stderr, "%s holds it, so it is %s\n",
		    place(c, a->network),
		    a->inside ? "inside" : "outside");
}

static void
explain_rcpt(const struct conf *c, const struct question *q, const struct answer *a)
{
	fprintf(stderr, "relaycheck: recipient %s: ", shown(q->rcpt));
	if (a->step == 3 || a->step == 4)
		fprintf(stderr, "%s\n", a->wrong);
	else if (a->step == 5)
		fprintf(stderr, "has no domain\n");
	else if (a->self != NULL)
		fprintf(stderr, "ours by %s\n", place(c, a->self));
	else if (a->domain == NULL)
		fprintf(stderr, "no word of `domains' or `self' is it, so it is not ours\n");
	else
		fprintf(stderr, "%sours by %s\n", a->domain->refuse ? "not " : "",
		    place(c, a->domain));
}

void
ask_explain(const struct conf *c, const struct question *q, const struct answer *a)
{
	explain_client(c, q, a);
	if (a->step > 2)
		explain_rcpt(c, q, a);
	if (a->step == 11)
		fprintf(stderr, "relaycheck: sender %s: %s\n", shown(q->sender), a->wrong);
	fprintf(stderr, "relaycheck: step %u of relaycheck(1): %s, %s%s%s\n", a->step,
	    relay_word(a->relay), why_word(a->why), a->ton > 0 ? ", as " : "",
	    shown((struct span){ a->to, a->ton }));
}
