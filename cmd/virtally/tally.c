/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/tally.h"
#include "cmd/virtally/tallyfile.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>

/*
 * A run of sigupdate says several things, each of one source: that one is too old is not
 * taken back by what was said of another in this time.
 */
enum { RUN_SECONDS = 60, FIRST_HEARD = 256 };

static void *
room(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		err(EXIT_RETRY, "the tally");
	return p;
}

void
tally_random(void *p, size_t n)
{
	if (getrandom(p, n, 0) != (ssize_t)n)
		err(EXIT_RETRY, "getrandom");
}

struct tally *
tally_new(void)
{
	struct tally *t = room(1, sizeof *t);
	struct tally_index *x = room(1, sizeof *x);

	t->names = names_new();
	t->cells = cells_new();
	t->index = x;
	x->section_of = room(TALLY_ALLDAYS, sizeof *x->section_of);
	x->heard_of = room(FIRST_HEARD, sizeof *x->heard_of);
	x->heard_mask = FIRST_HEARD - 1;
	x->day = -1;
	tally_random(&x->secret, sizeof x->secret);
	return t;
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	tally_files_free(t);
	names_free(t->names);
	cells_free(t->cells);
	seen_free(t->seen);
	free(t->index->of);
	free(t->index->section_of);
	free(t->index->heard_of);
	free(t->index->path);
	free(t->index->taken);
	free(t->index);
	free(t->sections);
	free(t->heard);
	free(t);
}

int
tally_compare(struct span a, struct span b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* --- hosts, sections, what was heard -------------------------------------------------- */

/* What is known of a name has room. */
static void
know(struct tally *t, uint32_t name)
{
	struct tally_index *x = t->index;
	uint32_t n = x->nof == 0 ? 1024 : x->nof * 2;

	if (name < x->nof)
		return;
	while (n <= name)
		n *= 2;
	if ((x->of = realloc(x->of, n * sizeof *x->of)) == NULL)
		err(EXIT_RETRY, "the tally");
	memset(x->of + x->nof, 0, (n - x->nof) * sizeof *x->of);
	x->nof = n;
}

uint32_t
tally_host(struct tally *t, struct span text)
{
	struct tally_index *x = t->index;
	uint32_t name = names_number(t->names, text);

	know(t, name);
	if (x->of[name].host == 0 && t->nhosts + (x->of[NAMES_MANY].host == 0) >= CELLS_HOSTS)
		name = NAMES_MANY;
	if (x->of[name].host == 0) {
		t->hosts[t->nhosts++] = name;
		x->of[name].host = (uint32_t)t->nhosts;
	}
	return x->of[name].host - 1;
}

struct section *
tally_add_section(struct tally *t, const struct section *s)
{
	struct tally_index *x = t->index;

	if (t->nsections == x->section_room) {
		x->section_room = x->section_room == 0 ? 64 : x->section_room * 2;
		t->sections = realloc(t->sections, x->section_room * sizeof *t->sections);
		if (t->sections == NULL)
			err(EXIT_RETRY, "the tally");
	}
	t->sections[t->nsections] = *s;
	return &t->sections[t->nsections++];
}

static uint32_t *
heard_slot(const struct tally *t, int day, uint32_t host)
{
	const struct tally_index *x = t->index;
	uint64_t key = ((uint64_t)day << 12 | host) ^ x->secret;
	size_t i;

	key = (key ^ key >> 32) * 0xd6e8feb86659fd93u;
	key = (key ^ key >> 32) * 0xd6e8feb86659fd93u;
	i = (key ^ key >> 32) & x->heard_mask;
	for (; x->heard_of[i] != 0; i = (i + 1) & x->heard_mask) {
		const struct heard *h = &t->heard[x->heard_of[i] - 1];

		if (h->day == day && h->host == host)
			break;
	}
	return &x->heard_of[i];
}

/* The table of heard anew, of so many slots. */
static void
index_heard(struct tally *t, size_t slots)
{
	struct tally_index *x = t->index;

	free(x->heard_of);
	x->heard_of = room(slots, sizeof *x->heard_of);
	x->heard_mask = slots - 1;
	for (size_t i = 0; i < t->nheard; i++)
		*heard_slot(t, t->heard[i].day, t->heard[i].host) = (uint32_t)i + 1;
}

struct heard *
tally_hear(struct tally *t, int day, uint32_t host)
{
	struct tally_index *x = t->index;
	uint32_t *slot = heard_slot(t, day, host);

	if (*slot != 0)
		return &t->heard[*slot - 1];
	if (t->nheard == x->heard_room) {
		x->heard_room = x->heard_room == 0 ? FIRST_HEARD : x->heard_room * 2;
		if ((t->heard = realloc(t->heard, x->heard_room * sizeof *t->heard)) == NULL)
			err(EXIT_RETRY, "the tally");
	}
	if (t->nheard * 2 > x->heard_mask) {
		index_heard(t, (x->heard_mask + 1) * 2);
		slot = heard_slot(t, day, host);
	}
	t->heard[t->nheard] = (struct heard){ .day = day, .host = host };
	*slot = (uint32_t)++t->nheard;
	return &t->heard[t->nheard - 1];
}

const struct heard *
tally_heard(const struct tally *t, int day, uint32_t host)
{
	uint32_t i = *heard_slot(t, day, host);

	return i == 0 ? NULL : &t->heard[i - 1];
}

/* Is what was said at `at' said later than the other, or the greater of the two? */
static bool
later(const struct tally *t, long long at, uint32_t name, long long than, uint32_t other)
{
	return at > than || (at == than && name != other &&
	    tally_compare(names_text(t->names, name), names_text(t->names, other)) > 0);
}

static void
judge(struct heard *h)
{
	h->stale = h->warnedat + RUN_SECONDS >= h->freshat ? h->warned : NAMES_EMPTY;
}

/* What was heard of the same gateway on two days, or by two writers, as one. */
static void
hear_both(const struct tally *t, struct heard *to, const struct heard *h)
{
	to->last = h->last > to->last ? h->last : to->last;
	to->freshat = h->freshat > to->freshat ? h->freshat : to->freshat;
	if (later(t, h->setat, h->set, to->setat, to->set)) {
		to->set = h->set;
		to->setat = h->setat;
	}
	if (h->madeat > to->madeat || (h->madeat == to->madeat && h->made > to->made)) {
		to->made = h->made;
		to->madeat = h->madeat;
	}
	if (later(t, h->warnedat, h->warned, to->warnedat, to->warned)) {
		to->warned = h->warned;
		to->warnedat = h->warnedat;
	}
	judge(to);
}

void
tally_hear_of(struct tally *t, const struct heard *h)
{
	hear_both(t, tally_hear(t, h->day, h->host), h);
}

/* --- counting ------------------------------------------------------------------------- */

/* The section of a day is there, its cells too, and it is to be written anew. */
static void
touch(struct tally *t, int day)
{
	struct tally_index *x = t->index;
	struct section new = { .day = day, .writer = t->writer, .open = true };
	struct section *s;

	x->day = day;
	memset(x->heard_then, 0, sizeof x->heard_then);
	if (x->section_of[day] == 0) {
		new.start = day == TALLY_PAST ? 0 : calendar_start(day);
		tally_add_section(t, &new);
		x->section_of[day] = (uint32_t)t->nsections;
	}
	s = &t->sections[x->section_of[day] - 1];
	if (!s->open)
		tally_parse(t, s);
	s->changed = true;
}

/* Where an event is counted. */
static void
find_place(struct tally *t, struct place *p, const struct when *w, const struct event *e)
{
	struct tally_index *x = t->index;
	bool past = w->day <= x->until || w->day >= TALLY_ALLDAYS;

	p->day = past ? TALLY_PAST : w->day;
	p->hour = past ? 0 : w->hour;
	p->kind = e->kind;
	p->host = tally_host(t, e->host);
	if (p->day != x->day)
		touch(t, p->day);
	if (x->heard_then[p->host] == 0)
		x->heard_then[p->host] = (uint32_t)(tally_hear(t, p->day, p->host) - t->heard) + 1;
}

/* Of the past no names are kept. */
static void
add(struct tally *t, struct place *p, uint32_t name, unsigned message, unsigned named)
{
	p->name = NAMES_EMPTY;
	cells_add(t->cells, p, message, 1);
	if (name == NAMES_EMPTY || p->day == TALLY_PAST)
		return;
	p->name = name;
	cells_add(t->cells, p, named, 1);
}

/* What a run of sigupdate said. */
static void
hear_signatures(struct tally *t, struct heard *h, const struct when *w, const struct event *e)
{
	struct heard new = { .last = w->t };

	if (tally_parse_time(e->made, &new.made))
		new.madeat = w->t;
	if (e->stale.n == 0)
		new.freshat = w->t;
	else {
		new.warned = names_number(t->names, e->stale);
		new.warnedat = w->t;
	}
	hear_both(t, h, &new);
}

static void
hear(struct tally *t, uint32_t host, const struct when *w, const struct event *e)
{
	struct heard *h = &t->heard[t->index->heard_then[host] - 1];
	uint32_t set;

	if (w->t > h->last)
		h->last = w->t;
	if (e->set.n > 0 && w->t >= h->setat) {
		set = names_number(t->names, e->set);
		if (later(t, w->t, set, h->setat, h->set)) {
			h->set = set;
			h->setat = w->t;
		}
	}
	if (e->kind == KIND_SIGNATURES)
		hear_signatures(t, h, w, e);
}

static uint32_t
print_of(struct tally *t, uint32_t name)
{
	uint32_t *print;

	know(t, name);
	print = &t->index->of[name].print;
	if (*print == 0)
		*print = seen_name(t->seen, names_text(t->names, name));
	return *print;
}

static uint32_t
name_of_kind(struct tally *t, enum kind kind)
{
	uint32_t *name = &t->index->kind_of[kind];

	if (*name == NAMES_EMPTY) {
		const char *text = kind_name(kind);

		*name = names_number(t->names, (struct span){ text, strlen(text) });
	}
	return *name;
}

void
tally_expect(const struct tally *t, struct event *e)
{
	if (e->id.n > 0)
		e->print = seen_message(t->seen, e->kind, e->id);
	names_expect(t->names, e->name);
}

/* Once more what was passed, under its kind.  That it is no duplicate is known. */
static void
count_passed(struct tally *t, int today, struct place *p, const struct event *e)
{
	static const struct span none = { NULL, 0 };
	enum seen_new what = SEEN_MESSAGE;
	uint32_t name = name_of_kind(t, e->kind);

	if (e->id.n > 0)
		what = seen_add(t->seen, today, seen_message(t->seen, KIND_PASSED, e->id), none,
		    print_of(t, name));
	p->kind = KIND_PASSED;
	add(t, p, name, what == SEEN_MESSAGE, what == SEEN_MESSAGE || what == SEEN_NAME);
}

enum tallied
tally_count(struct tally *t, int today, const struct when *w, const struct event *e)
{
	enum seen_new what = SEEN_MESSAGE;
	uint64_t message = e->print;
	uint32_t name;
	struct place p;

	if (e->id.n > 0 && message == 0)
		message = seen_message(t->seen, e->kind, e->id);
	find_place(t, &p, w, e);
	p.name = name = names_number(t->names, e->name);
	if (e->id.n > 0)
		what = seen_add(t->seen, today, message, e->number, print_of(t, name));
	if (what == SEEN_DUPLICATE) {
		p.kind = KIND_DUPLICATE;
		add(t, &p, name_of_kind(t, e->kind), 1, 1);
		return TALLIED_DUPLICATE;
	}
	add(t, &p, name, what == SEEN_MESSAGE, what != SEEN_FINDING);
	if (e->passed)
		count_passed(t, today, &p, e);
	hear(t, p.host, w, e);
	return TALLIED;
}

void
tally_strange(struct tally *t, const struct when *w, const struct event *e)
{
	struct place p;

	find_place(t, &p, w, e);
	p.kind = KIND_STRANGE;
	add(t, &p, NAMES_EMPTY, 1, 0);
}

/* --- days ----------------------------------------------------------------------------- */

void
tally_open(struct tally *t, int from, int to, bool past)
{
	for (size_t i = 0; i < t->nsections; i++) {
		struct section *s = &t->sections[i];

		if (s->open || !(s->day == TALLY_PAST ? past : s->day >= from && s->day <= to))
			continue;
		tally_check_zone(t, s);
		tally_parse(t, s);
	}
}

bool
tally_span(const struct tally *t, int *first, int *last)
{
	bool any = false;

	for (size_t i = 0; i < t->nsections; i++) {
		int day = t->sections[i].day;

		if (day == TALLY_PAST)
			continue;
		*first = !any || day < *first ? day : *first;
		*last = !any || day > *last ? day : *last;
		any = true;
	}
	return any;
}

static void
grow(unsigned long long *count, unsigned long long by)
{
	*count = by < CELLS_COUNT - *count ? *count + by : CELLS_COUNT;
}

/* The cells of the days up to one, without hours and names, as cells of the past. */
static void
sum_cells(struct tally *t, int until)
{
	struct cell *sums = room(CELLS_HOSTS * KIND_N, sizeof *sums), cell;

	for (size_t at = 0; cells_next(t->cells, &at, &cell); ) {
		struct cell *sum = &sums[cell.place.host * KIND_N + cell.place.kind];

		if (cell.place.day == TALLY_PAST || cell.place.day > until ||
		    cell.place.name != NAMES_EMPTY)
			continue;
		grow(&sum->messages, cell.messages);
		grow(&sum->findings, cell.findings);
	}
	cells_drop(t->cells, 1, until);
	for (uint32_t i = 0; i < CELLS_HOSTS * KIND_N; i++) {
		struct place p = { .host = i / KIND_N, .kind = (enum kind)(i % KIND_N) };

		if (sums[i].findings > 0)
			cells_add(t->cells, &p, sums[i].messages, sums[i].findings);
	}
	free(sums);
}

static void
sum_heard(struct tally *t, int until)
{
	size_t n = 0, was = t->nheard;

	for (size_t i = 0; i < was; i++) {
		struct heard h = t->heard[i];

		if (h.day == TALLY_PAST || h.day > until)
			continue;
		h.day = TALLY_PAST;
		tally_hear_of(t, &h);
	}
	for (size_t i = 0; i < t->nheard; i++)
		if (t->heard[i].day == TALLY_PAST || t->heard[i].day > until)
			t->heard[n++] = t->heard[i];
	t->nheard = n;
	index_heard(t, t->index->heard_mask + 1);
}

static int
by_day(const void *a, const void *b)
{
	const struct section *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

void
tally_sort(struct tally *t)
{
	if (t->nsections == 0)
		return;
	qsort(t->sections, t->nsections, sizeof *t->sections, by_day);
	memset(t->index->section_of, 0, TALLY_ALLDAYS * sizeof *t->index->section_of);
	for (size_t i = 0; i < t->nsections; i++)
		t->index->section_of[t->sections[i].day] = (uint32_t)i + 1;
}

void
tally_sum_past(struct tally *t, int until)
{
	struct tally_index *x = t->index;
	size_t n = 0;

	for (size_t i = 0; i < t->nsections; i++)
		if (!t->sections[i].open && t->sections[i].day <= until)
			tally_parse(t, &t->sections[i]);
	sum_cells(t, until);
	sum_heard(t, until);
	touch(t, TALLY_PAST);
	for (size_t i = 0; i < t->nsections; i++)
		if (t->sections[i].day == TALLY_PAST || t->sections[i].day > until)
			t->sections[n++] = t->sections[i];
	t->nsections = n;
	x->until = until;
	x->day = -1;
	tally_sort(t);
	t->sections[0].until = until;
}
