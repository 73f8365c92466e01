/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/tally.h"

#include <string.h>

static bool
has(const char *line, size_t n, const char *key)
{
	struct span v;

	return record_get(line, n, key, &v);
}

static void
copy(char *to, size_t size, struct span v)
{
	if (v.n >= size)
		v.n = size - 1;
	memcpy(to, v.p, v.n);
	to[v.n] = '\0';
}

/* A name more, or, where there is no room, dots. */
static void
list(char *names, struct span name)
{
	static const char dots[] = " ...";
	size_t n = strlen(names);

	if (n + 1 + name.n + sizeof dots <= TALLY_NAMES) {
		if (n > 0)
			names[n++] = ' ';
		copy(names + n, TALLY_NAMES - n, name);
	} else if (names[n - 1] != '.') {
		memcpy(names + n, dots, sizeof dots);
	}
}

/* Why something is not judged, where nothing said so before. */
static void
take_reason(struct tally *t, const char *line, size_t n)
{
	struct span v;

	t->open = true;
	if (record_get(line, n, "stage", &v))
		copy(t->stage, sizeof t->stage, v);
	copy(t->why, sizeof t->why, record_get(line, n, "why", &v) ? v : (struct span){ "", 0 });
	if (!record_num(line, n, "code", &t->code))
		t->code = 0;
	t->text = record_get(line, n, "text", &v) ? v : (struct span){ "", 0 };
}

static bool
add_form(struct tally *t, const char *line, size_t n)
{
	struct span name;

	if (!record_get(line, n, "form", &name))
		return false;
	if (record_is(line, n, "relay", "reject")) {
		t->rejected++;
	} else if (record_is(line, n, "relay", "tempfail") || has(line, n, "why")) {
		if (t->unproved + t->tempfail == 0)
			take_reason(t, line, n);
		if (record_is(line, n, "relay", "tempfail"))
			t->tempfail++;
		else {
			t->unproved++;
			list(t->unproved_by, name);
		}
	} else if (record_is(line, n, "relay", "relay")) {
		t->relayed++;
		list(t->proved_by, name);
	} else if (record_is(line, n, "relay", "taken")) {
		t->taken++;
		list(t->proved_by, name);
	} else
		return false;
	t->forms++;
	return true;
}

bool
tally_add(struct tally *t, const char *line, size_t n)
{
	if (t->ended || !record_valid(line, n) || !record_is(line, n, "host", t->target->host) ||
	    !record_is(line, n, "port", t->target->port))
		return false;
	if (record_is(line, n, "check", "relayprobe")) {
		t->ended = true;
		t->last = (struct span){ line, n };
		if (!record_num(line, n, "addresses", &t->addresses))
			t->addresses = 0;
		if ((t->early = has(line, n, "stage")))
			take_reason(t, line, n);
		return true;
	}
	return has(line, n, "control") || add_form(t, line, n);
}

enum verdict
tally_verdict(const struct tally *t)
{
	if (t->relayed > 0)
		return RELAY;
	if (t->taken > 0)
		return TAKEN;
	return t->open || t->forms == 0 ? TEMPFAIL : REJECT;
}

static void
add_last(struct record *r, struct span last, const char *key)
{
	struct word w;
	size_t at = 0;

	while (last.n > 0 && record_word(last.p, last.n, &at, &w))
		if (w.key.n == strlen(key) && memcmp(w.key.p, key, w.key.n) == 0)
			record_addcoded(r, key, w.value);
}

/* Where it relays, a form that shows nothing does not matter. */
static void
add_reason(struct record *r, const struct tally *t)
{
	if (!t->early && tally_verdict(t) != TEMPFAIL)
		return;
	if (t->stage[0] != '\0')
		record_addstr(r, "stage", t->stage);
	if (t->code > 0)
		record_addnum(r, "code", t->code);
	if (t->why[0] != '\0')
		record_addstr(r, "why", t->why);
	if (t->text.n > 0)
		record_addcoded(r, "text", t->text);
}

void
tally_record(struct tally *t, const char *why, struct record *r)
{
	if (why != NULL) {
		t->open = t->early = true;
		t->stage[0] = '\0';
		copy(t->why, sizeof t->why, (struct span){ why, strlen(why) });
		t->code = 0;
		t->text.n = 0;
	}
	record_start(r);
	record_addstr(r, "host", t->target->host);
	record_addstr(r, "port", t->target->port);
	add_last(r, t->last, "address");
	record_addstr(r, "check", "relayprobe");
	record_addstr(r, "relay", ask_verdict(tally_verdict(t)));
	record_addnum(r, "forms", t->forms);
	record_addnum(r, "taken", t->taken + t->relayed);
	record_addnum(r, "unproved", t->unproved);
	record_addnum(r, "rejected", t->rejected);
	record_addnum(r, "tempfail", t->tempfail);
	if (t->addresses > 0)
		record_addnum(r, "addresses", t->addresses);
	add_reason(r, t);
	add_last(r, t->last, "dialogue");
	record_end(r);
}
