/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/line.h"
#include "cmd/virlog/fit.h"

#include <string.h>

enum { SUBJECT_MAX = 128 };

/* A record's kind: the first of these that it is. */
static const struct row {
	const char *key;
	const char *value;	/* NULL: any */
	const char *with;	/* NULL; or a key that it must have, and no verdict */
	const char *subject;	/* the key whose value the line begins with */
	enum logkind kind;
	enum line_level level;
} rows[] = {
	{ "verdict", "infected", NULL, "sig", LOGKIND_VIRUS, LINE_ALERT },
	{ "why", "conversions", NULL, "rule", LOGKIND_CONVERSION, LINE_NOTICE },
	{ "verdict", "banned", NULL, "suffix", LOGKIND_SUFFIX, LINE_NOTICE },
	{ "verdict", "odd", NULL, "why", LOGKIND_ODD, LINE_NOTICE },
	{ "verdict", "unscanned", NULL, "why", LOGKIND_UNSCANNED, LINE_WARNING },
	{ "ignored", NULL, NULL, "ignored", LOGKIND_IGNORED, LINE_NOTICE },
	{ "relay", NULL, NULL, "relay", LOGKIND_RELAY, LINE_NOTICE },
	{ "do", NULL, NULL, "do", LOGKIND_ACTION, LINE_NOTICE },
	{ "source", NULL, "state", "source", LOGKIND_SIGNATURES, LINE_NOTICE },
	{ "set", NULL, "state", "set", LOGKIND_SIGNATURES, LINE_NOTICE },
	{ "clean", "yes", "clean", "id", LOGKIND_CLEAN, LINE_INFO },
	{ NULL, NULL, NULL, "verdict", LOGKIND_OTHER, LINE_WARNING }
};

static bool
has(const struct line *l, const char *key)
{
	struct span v;

	return record_get(l->record, l->n, key, &v);
}

static const struct row *
find_row(const struct line *l)
{
	const struct row *r = rows;

	for (; r->key != NULL; r++) {
		if (r->with != NULL && (!has(l, r->with) || has(l, "verdict")))
			continue;
		if (r->value != NULL ? record_is(l->record, l->n, r->key, r->value) :
		    has(l, r->key))
			break;
	}
	return r;
}

/* Does a record of the signatures tell of what somebody has to look after? */
static bool
bad_state(const struct line *l)
{
	return record_is(l->record, l->n, "state", "failed") ||
	    record_is(l->record, l->n, "state", "refused") || has(l, "stale");
}

/* Was nothing done but to let it pass? */
static bool
passed(const char *record, size_t n)
{
	struct word w;
	size_t at = 0;
	bool any = false;

	while (record_word(record, n, &at, &w)) {
		if (!span_is(w.key, "do"))
			continue;
		if (!span_is(w.value, "pass") && !span_is(w.value, "deliver"))
			return false;
		any = true;
	}
	return any;
}

void
line_read(struct line *l, const char *record, size_t n)
{
	const struct row *r;
	struct span v;

	l->record = record;
	l->n = n;
	r = find_row(l);
	l->wanted = r->key != NULL || !has(l, "check");
	l->kind = r->kind;
	l->level = r->kind == LOGKIND_SIGNATURES && bad_state(l) ? LINE_WARNING : r->level;
	l->subject = (struct span){ "unknown", 7 };
	if (record_get(record, n, r->subject, &v) && v.n > 0)
		l->subject = fit_cut(v, SUBJECT_MAX);
	l->done = !logkind_dealt(r->kind) ? "" : passed(record, n) ? " passed" : " dealt";
}

const char *
line_level_name(enum line_level level)
{
	switch (level) {
	case LINE_ALERT: return "alert";
	case LINE_WARNING: return "warning";
	case LINE_NOTICE: return "notice";
	case LINE_INFO: return "info";
	}
	return "notice";
}

/* Would a word of this key, behind what is there, make it "virus found"? */
static bool
misleads(const struct pen *p, struct span key)
{
	return p->len >= 5 && memcmp(p->to + p->len - 5, "virus", 5) == 0 &&
	    key.n >= 5 && memcmp(key.p, "found", 5) == 0;
}

static void
put_words(struct pen *p, const struct fit *f)
{
	struct named named = { .at = 0 };
	struct span key;

	for (size_t i = 0; i < f->n; i++) {
		if (misleads(p, f->w[i].key)) {
			if (!fit_name(f, &named, i))
				continue;
			pen_say(p, " cut=");
			pen_put(p, f->w[i].key);
			continue;
		}
		pen_say(p, " ");
		pen_put(p, f->w[i].key);
		pen_say(p, "=");
		pen_put(p, fit_cut(f->w[i].value, f->max));
	}
	while (fit_lost(f, &named, &key)) {
		pen_say(p, " cut=");
		pen_put(p, key);
	}
	if (f->left > 0) {
		pen_say(p, " left=");
		pen_number(p, f->left);
	}
}

size_t
line_text(char *to, size_t room, const struct line *l)
{
	struct pen p = { to, 0, room, false };

	pen_say(&p, LOGKIND_MARK);
	pen_say(&p, line_level_name(l->level));
	pen_say(&p, "] ");
	pen_put(&p, l->subject);
	pen_say(&p, " ");
	pen_say(&p, logkind_text(l->kind));
	pen_say(&p, l->done);
	fit_words(&p, l->record, l->n, put_words);
	return p.len;
}
