/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/maplint.h"
#include "common/cli.h"
#include "common/fieldtext.h"

#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDE_V4 = 8, WIDE_V6 = 16,	/* bits: fewer are too many addresses */
	COMPARED = 1 << 27,		/* steps for all pairs of entries */
	LOOKED_AT = 2000000		/* entries, for all strings that are tried */
};

struct lint {
	const struct mapfile *m;
	maplint_finding *finding;
	void *to;
	bool found;
	bool unfinished;
	unsigned long long steps;
	size_t looked_at;
	struct mapping_answer a;
};

__attribute__((format(printf, 5, 6)))
static void
find(struct lint *l, const char *path, unsigned long line, const char *reason,
    const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	l->found = true;
	l->finding(l->to, path, line, reason, text);
}

static enum mapping_said
ask(struct lint *l, const struct maptable *t, struct span probe)
{
	struct mapping_question q = { .probe = probe };
	enum mapping_said said = mapping_ask(t, &q, &l->a);

	if (said == MAPPING_MEMORY)
		errx(EXIT_RETRY, "no memory");
	return said;
}

static enum mapping_said
ask_text(struct lint *l, const struct maptable *t, const char *probe)
{
	return ask(l, t, (struct span){ probe, strlen(probe) });
}

/* --- open ------------------------------------------------------------------------- */

/* Does entry e say yes to this address? */
static bool
lets_in(struct lint *l, const struct mapentry *e, const struct ipaddr *a)
{
	char text[IPADDR_TEXT];

	ipaddr_text(text, a);
	return ask_text(l, l->m->internal, text) == MAPPING_YES && l->a.by == e;
}

static bool
is_wide(struct lint *l, const struct mapentry *e)
{
	const struct net *net = &e->pattern.element[0].net;

	return e->pattern.n == 1 && e->pattern.element[0].kind == MAPMATCH_NET &&
	    net->bits < (net->first.v6 ? WIDE_V6 : WIDE_V4) &&
	    (lets_in(l, e, &net->first) || lets_in(l, e, &net->last));
}

/* Addresses that have next to nothing in common; whoever knows them all knows all. */
static const char *const V4[] = { "9.77.177.17", "77.9.17.177", "177.17.77.9",
    "222.222.222.222", NULL };
static const char *const V6[] = { "2a0f:7777::1:7", "2607:9f::77:9", NULL };

/* Who says yes to the last of them, if all are let in; or NULL. */
static const struct mapentry *
lets_all_in(struct lint *l, const char *const *address)
{
	for (; *address != NULL; address++)
		if (ask_text(l, l->m->internal, *address) != MAPPING_YES)
			return NULL;
	return l->a.by;
}

static void
find_open_to_all(struct lint *l)
{
	const struct mapentry *by = lets_all_in(l, V4);

	if (by == NULL)
		by = lets_all_in(l, V6);
	if (by != NULL && !is_wide(l, by))
		find(l, by->path, by->line, "open", "any address is internal, and may send "
		    "anywhere");
}

static void
find_open(struct lint *l)
{
	char text[IPADDR_TEXT + 4];

	for (size_t i = 0; i < l->m->internal->entries; i++) {
		const struct mapentry *e = &l->m->internal->entry[i];

		if (!is_wide(l, e))
			continue;
		net_text(text, &e->pattern.element[0].net);
		find(l, e->path, e->line, "open", "all of %s is internal, and may send "
		    "anywhere", text);
	}
	find_open_to_all(l);
}

/* --- closing ---------------------------------------------------------------------- */

static void
find_open_end(struct lint *l)
{
	const struct maptable *t = l->m->internal;
	const struct mapentry *e = t->entries > 0 ? &t->entry[t->entries - 1] : NULL;
	const struct mapstep *says = e != NULL ? mapping_says(&e->template) : NULL;

	if (e == NULL)
		find(l, t->path, t->line, "closing", "INTERNAL_IP is empty: write * $N");
	else if (!mapmatch_any(&e->pattern) || says == NULL || says->op != MAPPING_SAY_NO ||
	    e->template.control != MAPPING_END || !mapping_unconditional(&e->template))
		find(l, e->path, e->line, "closing", "INTERNAL_IP does not end with * $N");
}

/* \1 is no text of a file: only wildcards match it. */
static const char *const STRANGERS[][2] = {
	{ "tcp_local|\1@\1.\1|tcp_local|\1@\1.\1", "from outside to outside" },
	{ "tcp_local||tcp_local|\1@\1.\1", "without a sender, from outside to outside" },
	{ "tcp_local|\1@\1.\1|tcp_local|\1@\1", "to a domain without a dot, from outside "
	    "to outside" },
	{ "tcp_local|\1|tcp_local|\1@\1.\1", "of a sender without a domain, from outside "
	    "to outside" },
};

static void
find_relay(struct lint *l)
{
	const struct maptable *t = l->m->send;

	for (size_t i = 0; i < sizeof STRANGERS / sizeof *STRANGERS; i++) {
		enum mapping_said said = ask_text(l, t, STRANGERS[i][0]);
		const struct mapentry *by = l->a.by != NULL ? l->a.by : l->a.last;

		if (said == MAPPING_NO || said == MAPPING_LIMIT)
			continue;
		find(l, by != NULL ? by->path : t->path, by != NULL ? by->line : t->line,
		    "closing", "mail %s is accepted", STRANGERS[i][1]);
		return;
	}
}

/* --- unreachable ------------------------------------------------------------------ */

/* Whoever matches all that entry i does, and lets nothing through to it; or NULL. */
static const struct mapentry *
hides(struct lint *l, const struct maptable *t, size_t i)
{
	for (size_t k = i; k-- > 0; ) {
		const struct mapentry *e = &t->entry[k];
		int covers;

		/* what comes from here is another string, that none above has seen */
		if (e->template.control == MAPPING_NEXT ||
		    e->template.control == MAPPING_ONCE_MORE)
			return NULL;
		if (!mapping_unconditional(&e->template))
			continue;
		covers = mapmatch_covers(&e->pattern, &t->entry[i].pattern, &l->steps);
		if (covers < 0 && l->steps > 0)
			errx(EXIT_RETRY, "no memory");
		if (covers != 0)
			return covers > 0 ? e : NULL;
	}
	return NULL;
}

static void
find_hidden(struct lint *l, const struct maptable *t)
{
	for (size_t i = 1; i < t->entries && l->steps > 0; i++) {
		const struct mapentry *e = &t->entry[i], *by = hides(l, t, i);

		if (by != NULL)
			find(l, e->path, e->line, "unreachable",
			    "entry %zu in line %lu matches all that this one does", by->number,
			    by->line);
	}
	l->unfinished |= l->steps == 0;
}

/* The text up to its first |, with it; empty: there is none. */
static struct span
channel(struct span text)
{
	const char *bar = text.n > 0 ? memchr(text.p, '|', text.n) : NULL;

	return (struct span){ text.p, bar != NULL ? (size_t)(bar + 1 - text.p) : 0 };
}

static bool
same(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (fieldtext_lower(a.p[i]) != fieldtext_lower(b.p[i]))
			return false;
	return true;
}

/* May it make a string that begins so?  Where it cannot be seen: yes. */
static bool
may_make(const struct maptemplate *t, struct span name)
{
	struct span made = { "", 0 };

	if (t->control == MAPPING_END)
		return false;
	for (size_t i = 0; i < t->n && made.n == 0; i++) {
		if (t->step[i].op == MAPPING_CAPTURE || t->step[i].op == MAPPING_CALL)
			return true;
		if (t->step[i].op == MAPPING_TEXT)
			made = t->step[i].text;
	}
	made = channel(made);
	return made.n == 0 || same(made, name);
}

static bool
is_channel(const struct maptable *t, struct span name)
{
	static const char *const KNOWN[] = { "tcp_local|", "tcp_intranet|", "tcp_auth|" };

	for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
		if (same(name, (struct span){ KNOWN[i], strlen(KNOWN[i]) }))
			return true;
	for (size_t i = 0; i < t->entries; i++)
		if (may_make(&t->entry[i].template, name))
			return true;
	return false;
}

static void
find_channels(struct lint *l)
{
	const struct maptable *t = l->m->send;

	for (size_t i = 0; i < t->entries; i++) {
		const struct mapentry *e = &t->entry[i];
		struct span name = { "", 0 };

		if (e->pattern.n > 0 && e->pattern.element[0].kind == MAPMATCH_TEXT)
			name = channel(e->pattern.element[0].text);
		if (name.n > 0 && !is_channel(t, name))
			find(l, e->path, e->line, "unreachable", "mail comes from tcp_local, "
			    "tcp_intranet or tcp_auth, and from no other channel");
	}
}

/* --- ambiguous -------------------------------------------------------------------- */

static void
find_unguarded_of(struct lint *l, const struct mapentry *e)
{
	for (size_t i = 0; i < e->template.n; i++) {
		const struct mapstep *s = &e->template.step[i];

		if (s->op == MAPPING_CALL && !s->guarded)
			find(l, e->path, e->line, "ambiguous", "where table %s does not say yes, "
			    "the original ended here, and this goes on: write $C before $|",
			    s->table->name);
	}
}

static void
find_unguarded(struct lint *l, const struct maptable *t)
{
	for (size_t i = 0; i < t->entries; i++)
		find_unguarded_of(l, &t->entry[i]);
}

/* --- dropped ---------------------------------------------------------------------- */

static bool
is_hop_sign(char c)
{
	return c == '%' || c == '!' || c == '@' || c == ':' || c == ',';
}

/* Is element k a wildcard from one sign of a route to the next, or to the end? */
static bool
is_hop(const struct mappattern *p, size_t k)
{
	const struct mapelement *e = p->element;

	return e[k].kind == MAPMATCH_RUN && k > 0 && e[k - 1].kind == MAPMATCH_TEXT &&
	    is_hop_sign(e[k - 1].text.p[e[k - 1].text.n - 1]) && (k + 1 == p->n ||
	    (e[k + 1].kind == MAPMATCH_TEXT && is_hop_sign(e[k + 1].text.p[0])));
}

static bool
uses(const struct maptemplate *t, size_t capture)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->step[i].op == MAPPING_CAPTURE && t->step[i].capture == capture)
			return true;
	return false;
}

static size_t
bars(struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '|';
	return n;
}

/* A hop of the recipient, behind the third |, that is not judged again. */
static void
find_dropped_of(struct lint *l, const struct mapentry *e)
{
	size_t fields = 0, wildcards = 0;

	for (size_t k = 0; k < e->pattern.n; k++) {
		if (e->pattern.element[k].kind == MAPMATCH_TEXT) {
			fields += bars(e->pattern.element[k].text);
			continue;
		}
		if (fields >= 3 && is_hop(&e->pattern, k) && !uses(&e->template, wildcards))
			find(l, e->path, e->line, "dropped", "a hop of the recipient, $%zu, is "
			    "left out of what is judged next: it may be anybody's", wildcards);
		wildcards++;
	}
}

static void
find_dropped(struct lint *l)
{
	for (size_t i = 0; i < l->m->send->entries; i++)
		if (l->m->send->entry[i].template.control != MAPPING_END)
			find_dropped_of(l, &l->m->send->entry[i]);
}

/* --- loop ------------------------------------------------------------------------- */

/* A string that it matches, of texts, strangers and first addresses; its length. */
static size_t
sample(const struct mappattern *p, bool send, char *to)
{
	size_t n = 0;

	for (size_t k = 0; k < p->n; k++) {
		const struct mapelement *e = &p->element[k];
		char address[IPADDR_TEXT];
		struct span s = { "\1", 1 };

		if (e->kind == MAPMATCH_TEXT)
			s = e->text;
		else if (e->kind == MAPMATCH_NET) {
			ipaddr_text(address, &e->net.first);
			s = (struct span){ address, strlen(address) };
		} else if (e->kind == MAPMATCH_RUN && send && k == 0)
			s = (struct span){ STRANGERS[0][0], p->n == 1 ?
			    strlen(STRANGERS[0][0]) : strlen("tcp_local") };
		if (s.n > MAPPING_MAX - n)
			return 0;
		memcpy(to + n, s.p, s.n);
		n += s.n;
	}
	return n;
}

static void
find_loops(struct lint *l, const struct maptable *t)
{
	char text[MAPPING_MAX] = "";
	bool send = t == l->m->send;

	for (size_t i = 0; i < t->entries && !l->unfinished; i++) {
		const struct mapentry *e = &t->entry[i];
		size_t n = sample(&e->pattern, send, text);
		struct span probe = { text, n };
		bool ends = e->template.control == MAPPING_END ||
		    e->template.control == MAPPING_NEXT;

		if ((ends && mapping_unconditional(&e->template)) ||
		    (send && bars(probe) < 3))
			continue;
		l->looked_at += t->entries;
		if (ask(l, t, probe) == MAPPING_LIMIT) {
			find(l, e->path, e->line, "loop", "what this matches comes to the limit "
			    "of entries that may fire");
			l->looked_at += (MAPPING_FIRED - 1) * t->entries;
		}
		l->unfinished |= l->looked_at > LOOKED_AT;
	}
}

/* --- all of it -------------------------------------------------------------------- */

bool
maplint(const struct mapfile *m, maplint_finding *finding, void *to)
{
	struct lint *l = calloc(1, sizeof *l);
	bool found;

	if (l == NULL)
		err(EXIT_RETRY, "maplint");
	*l = (struct lint){ .m = m, .finding = finding, .to = to, .steps = COMPARED };
	find_open(l);
	find_open_end(l);
	find_relay(l);
	for (size_t i = 0; i < m->tables; i++)
		if (m->table[i].reached) {
			find_hidden(l, &m->table[i]);
			find_unguarded(l, &m->table[i]);
		}
	find_channels(l);
	find_dropped(l);
	find_loops(l, m->internal);
	find_loops(l, m->send);
	if (l->unfinished)
		find(l, m->send->path, m->send->line, "unfinished", "there are too many entries to "
		    "compare: not all that is unreachable or loops was found");
	found = l->found;
	free(l);
	return !found;
}
