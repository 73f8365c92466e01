/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/json.h"
#include "cmd/virlog/fit.h"

enum { DIGITS_MAX = 15 };	/* what a double holds exactly */

/* Is key one of these?  The last is NULL. */
static bool
among(struct span key, const char *const *names)
{
	for (; *names != NULL; names++)
		if (span_is(key, *names))
			return true;
	return false;
}

bool
json_number(struct span key, struct span v)
{
	static const char *const names[] = { "n", "part", "parts", "size", "sigs", "files",
	    "left", NULL };

	if (!among(key, names) || v.n == 0 || v.n > DIGITS_MAX || (v.p[0] == '0' && v.n > 1))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return true;
}

bool
json_renamed(struct span key)
{
	static const char *const ours[] = { "time", "host", "tag", "level", "kind",
	    "subject", "text", NULL };

	return among(key, ours);
}

static void
put_string(struct pen *p, struct span v)
{
	pen_say(p, "\"");
	pen_put(p, v);
	pen_say(p, "\"");
}

static void
put_key(struct pen *p, struct span key)
{
	pen_say(p, json_renamed(key) ? ",\"record_" : ",\"");
	pen_put(p, key);
	pen_say(p, "\":");
}

static void
put_value(struct pen *p, const struct fit *f, size_t i)
{
	struct span v = fit_cut(f->w[i].value, f->max);

	if (json_number(f->w[i].key, v))
		pen_put(p, v);
	else
		put_string(p, v);
}

/* The values of all words of the key of word i, which is the first of them. */
static void
put_values(struct pen *p, const struct fit *f, size_t i)
{
	put_value(p, f, i);
	for (size_t j = i + 1; j < f->n; j++) {
		if (f->first[j] != i)
			continue;
		pen_say(p, ",");
		put_value(p, f, j);
	}
	if (f->left > 0 && span_is(f->w[i].key, "left")) {
		pen_say(p, ",");
		pen_number(p, f->left);
	}
}

static bool
alone(const struct fit *f, size_t i)
{
	if (f->left > 0 && span_is(f->w[i].key, "left"))
		return false;
	for (size_t j = i + 1; j < f->n; j++)
		if (f->first[j] == i)
			return false;
	return true;
}

/* The keys that were cut, before in the record or now: always an array, always last. */
static void
put_cut(struct pen *p, const struct fit *f)
{
	const char *before = ",\"cut\":[";
	struct named named = { .at = 0 };
	struct span key;

	for (size_t i = 0; i < f->n; i++) {
		if (!span_is(f->w[i].key, "cut"))
			continue;
		pen_say(p, before);
		put_string(p, fit_cut(f->w[i].value, f->max));
		before = ",";
	}
	while (fit_lost(f, &named, &key)) {
		pen_say(p, before);
		put_string(p, key);
		before = ",";
	}
	if (before[1] == '\0')
		pen_say(p, "]");
}

static void
put_members(struct pen *p, const struct fit *f)
{
	bool has_left = false;

	for (size_t i = 0; i < f->n; i++) {
		if (f->first[i] != i || span_is(f->w[i].key, "cut"))
			continue;
		has_left = has_left || span_is(f->w[i].key, "left");
		put_key(p, f->w[i].key);
		if (alone(f, i)) {
			put_value(p, f, i);
			continue;
		}
		pen_say(p, "[");
		put_values(p, f, i);
		pen_say(p, "]");
	}
	if (f->left > 0 && !has_left) {
		pen_say(p, ",\"left\":");
		pen_number(p, f->left);
	}
	put_cut(p, f);
	pen_say(p, "}");
}

size_t
json_line(char *to, size_t room, const struct line *l, const struct json_head *head)
{
	struct pen p = { to, 0, room, false };

	pen_say(&p, "{\"time\":\"");
	pen_say(&p, head->time);
	pen_say(&p, "\",\"host\":\"");
	pen_say(&p, head->host);
	pen_say(&p, "\",\"tag\":\"");
	pen_say(&p, head->tag);
	pen_say(&p, "\",\"level\":\"");
	pen_say(&p, line_level_name(l->level));
	pen_say(&p, "\",\"kind\":\"");
	pen_say(&p, logkind_name(l->kind));
	pen_say(&p, "\",\"subject\":\"");
	pen_put(&p, l->subject);
	pen_say(&p, "\",\"text\":\"");
	pen_say(&p, logkind_text(l->kind));
	pen_say(&p, l->done);
	pen_say(&p, "\"");
	fit_words(&p, l->record, l->n, put_members);
	return p.len;
}
