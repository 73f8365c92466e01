/* SPDX-License-Identifier: ISC */
// with: cmd/relaycheck/mapfile.c cmd/relaycheck/maplint.c cmd/relaycheck/mapmatch.c cmd/relaycheck/mapping.c cmd/relaycheck/replay.c
/*
 * A file, or just the entries of ORIG_SEND_ACCESS, then a NUL and what is asked,
 * with a NUL between two.  A file that cannot be used tells an error, and one that
 * can be tells none; a question ends, twice with the same answer; captures lie in
 * what was matched, and are those of a matcher that tries everything; a pattern
 * that covers another matches what that one does.
 */
#include "cmd/relaycheck/maplint.h"
#include "cmd/relaycheck/replay.h"
#include "common/fieldtext.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

enum { ASKED = 4, SHORT = 16, PAIRS = 8 };

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_text(const char *text)
{
	must(*text != '\0');
	for (; *text != '\0'; text++)
		must(*text >= ' ' && *text < 0x7f);
}

static void
tell(void *to, const char *path, unsigned long line, const char *text)
{
	(void)line;
	check_text(path);
	check_text(text);
	++*(size_t *)to;
}

static void
finding(void *to, const char *path, unsigned long line, const char *reason, const char *text)
{
	check_text(reason);
	must(line > 0);
	tell(to, path, line, text);
}

/* --- a matcher that tries everything ---------------------------------------------- */

struct trial {
	const struct mappattern *p;
	struct span text;
	struct span capture[MAPMATCH_CAPTURES];
};

static bool
fits(const struct mapelement *e, struct span s)
{
	struct ipaddr a;

	if (e->kind == MAPMATCH_ONE)
		return s.n == 1;
	if (e->kind == MAPMATCH_RUN)
		return true;
	if (e->kind == MAPMATCH_NET)
		return (e->net.first.v6 ? ipaddr_v6(&a, s) : ipaddr_v4(&a, s)) &&
		    ipaddr_order(&e->net.first, &a) <= 0 && ipaddr_order(&a, &e->net.last) <= 0;
	if (s.n != e->text.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (fieldtext_lower(s.p[i]) != e->text.p[i])
			return false;
	return true;
}

static bool
try_all(struct trial *t, size_t k, size_t at, size_t wildcards)
{
	const struct mapelement *e = &t->p->element[k];
	size_t left = t->text.n - at;

	if (k == t->p->n)
		return left == 0;
	for (size_t i = 0; i <= left; i++) {
		struct span s = { t->text.p + at, e->lazy ? i : left - i };

		if (!fits(e, s))
			continue;
		if (e->kind != MAPMATCH_TEXT && wildcards < MAPMATCH_CAPTURES)
			t->capture[wildcards] = s;
		if (try_all(t, k + 1, at + s.n, wildcards + (e->kind != MAPMATCH_TEXT)))
			return true;
	}
	return false;
}

static bool
is_short(const struct mappattern *p, struct span text)
{
	size_t runs = 0;

	for (size_t k = 0; k < p->n; k++)
		runs += p->element[k].kind == MAPMATCH_RUN || p->element[k].kind == MAPMATCH_NET;
	return text.n <= SHORT && runs <= 5;
}

static void
check_match(const struct mappattern *p, struct span text)
{
	struct span capture[MAPMATCH_CAPTURES];
	struct trial t = { .p = p, .text = text };
	unsigned long long steps = 1ull << 40;
	int matches = mapmatch(p, text, capture, &steps);
	size_t at = 0;

	must(matches >= 0);
	for (size_t i = 0; matches == 1 && text.n > 0 && i < MAPMATCH_CAPTURES; i++) {
		if (i >= p->wildcards) {
			must(capture[i].n == 0);
			continue;
		}
		must(capture[i].p >= text.p + at);
		at = (size_t)(capture[i].p - text.p) + capture[i].n;
		must(at <= text.n);
	}
	if (!is_short(p, text))
		return;
	must(try_all(&t, 0, 0, 0) == (matches == 1));
	for (size_t i = 0; matches == 1 && i < p->wildcards && i < MAPMATCH_CAPTURES; i++)
		must(t.capture[i].n == capture[i].n && (text.n == 0 || t.capture[i].p == capture[i].p));
}

static void
check_cover(const struct mappattern *wide, const struct mappattern *narrow, struct span text)
{
	struct span capture[MAPMATCH_CAPTURES];
	unsigned long long steps = 1ull << 40;
	int covers = mapmatch_covers(wide, narrow, &steps);

	must(covers >= 0);
	must(covers == 0 || mapmatch(narrow, text, capture, &steps) == 0 ||
	    mapmatch(wide, text, capture, &steps) == 1);
}

/* --- what is asked ---------------------------------------------------------------- */

struct input {
	struct span file;
	struct span asked[ASKED];
};

static void
count(void *to, const struct maptable *t, const struct mapentry *e, struct span result)
{
	size_t *fired = to;

	must(e >= t->entry && e < t->entry + t->entries && e->number == (size_t)(e - t->entry) + 1);
	must(result.n <= MAPPING_MAX && ++*fired <= MAPPING_FIRED);
}

static void
check_table(const struct maptable *t, struct span probe, bool authenticated)
{
	static struct mapping_answer a, b;
	size_t fired = 0, again = 0;
	struct mapping_question q = { probe, authenticated, count, &fired };
	enum mapping_said said = mapping_ask(t, &q, &a);

	q.to = &again;
	must(said != MAPPING_MEMORY && said == mapping_ask(t, &q, &b) && fired == again);
	if (said == MAPPING_LIMIT)
		return;
	must(a.n == b.n && memcmp(a.text, b.text, a.n) == 0 && a.last == b.last && a.by == b.by);
	must((a.by != NULL) == (said != MAPPING_NOTHING) && (a.by == NULL || a.last != NULL));
	must(a.last != NULL || (a.n == probe.n && (a.n == 0 || memcmp(a.text, probe.p, a.n) == 0)));
	must(a.nreply == b.nreply && memcmp(a.reply, b.reply, a.nreply) == 0);
}

static void
check_entries(const struct maptable *t, struct span probe)
{
	for (size_t i = 0; i < t->entries; i++) {
		check_match(&t->entry[i].pattern, probe);
		for (size_t k = 0; k < i && k < PAIRS && i < PAIRS; k++)
			check_cover(&t->entry[k].pattern, &t->entry[i].pattern, probe);
	}
}

static bool
is_ours(void *to, struct span domain)
{
	(void)to;
	return domain.p[0] == 'a';
}

static bool
is_own(void *to, const struct ipaddr *a)
{
	(void)to;
	return a->lo % 2;
}

static void
check_replay(const struct mapfile *m, const struct input *in)
{
	static const struct replay_site site = { { "a.b", 3 }, is_ours, is_own, NULL };
	struct replay_mail mail = { in->asked[0], in->file.n % 2, in->asked[1], in->asked[2] };
	static struct replay_answer a;
	size_t fired = 0;
	enum replay_verdict v = replay_ask(m, &site, &mail, NULL, &fired, &a);

	must(v != REPLAY_MEMORY && (v != REPLAY_REJECT || a.by != NULL));
}

static void
check_file(const struct input *in)
{
	size_t errors = 0, findings = 0;
	struct mapfile *m = mapfile_parse("file", in->file, tell, &errors);

	must((m == NULL) == (errors > 0));
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->tables; i++)
		for (size_t k = 0; m->table[i].reached && k < ASKED; k++) {
			check_table(&m->table[i], in->asked[k], k % 2);
			check_entries(&m->table[i], in->asked[k]);
		}
	check_replay(m, in);
	must(maplint(m, finding, &findings) == (findings == 0));
	mapfile_unused(m, tell, &errors);
	mapfile_free(m);
}

/* A pattern, another one, and what they are to match. */
static void
check_patterns(const struct input *in)
{
	struct mappattern wide, narrow;
	struct mapwrong wrong;
	int failed = mapmatch_compile(&wide, in->file, &wrong);

	must(failed >= 0);
	if (failed > 0)
		return;
	check_match(&wide, in->asked[0]);
	check_match(&wide, in->asked[1]);
	if (mapmatch_compile(&narrow, in->asked[0], &wrong) == 0) {
		check_cover(&wide, &narrow, in->asked[1]);
		check_cover(&narrow, &wide, in->asked[1]);
		mapmatch_free(&narrow);
	}
	mapmatch_free(&wide);
}

/* The file behind two tables' heads, in which it need be nothing but entries. */
static void
check_as_entries(struct input in)
{
	static const char HEAD[] = "INTERNAL_IP\n\n $(10.0.0.0/8) $Y\n * $N\n\n"
	    "ORIG_SEND_ACCESS\n\n";
	size_t n = sizeof HEAD - 1;
	char *text = malloc(n + in.file.n);

	must(text != NULL);
	memcpy(text, HEAD, n);
	if (in.file.n > 0)
		memcpy(text + n, in.file.p, in.file.n);
	in.file = (struct span){ text, n + in.file.n };
	check_file(&in);
	free(text);
}

static struct span
next(const char **p, size_t *n)
{
	const char *end = *n > 0 ? memchr(*p, '\0', *n) : NULL;
	struct span s = { *p, end != NULL ? (size_t)(end - *p) : *n };
	size_t taken = s.n + (end != NULL);

	*p += taken;
	*n -= taken;
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = n > 0 ? (const char *)data : "";
	struct input in;

	in.file = next(&p, &n);
	for (size_t i = 0; i < ASKED - 1; i++)
		in.asked[i] = next(&p, &n);
	in.asked[ASKED - 1] = (struct span){ p, n };	/* with its NULs */
	check_patterns(&in);
	if (in.file.n > 0 && (in.file.p[0] == ' ' || in.file.p[0] == '\t'))
		check_as_entries(in);
	else
		check_file(&in);
	return 0;
}
