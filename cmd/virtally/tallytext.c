/* SPDX-License-Identifier: ISC */
/* Writes tally(5). */
#include "cmd/virtally/tallyfile.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* --- records -------------------------------------------------------------------------- */

void
tally_day_text(char text[CALENDAR_TEXT], int day)
{
	if (day == TALLY_PAST)
		memcpy(text, "past", sizeof "past");
	else
		calendar_text(text, day);
}

void
tally_day_record(struct record *r, const struct tally *t, const struct section *s)
{
	char text[CALENDAR_TEXT], sum[17];

	tally_day_text(text, s->day);
	record_start(r);
	record_addstr(r, "day", text);
	if (s->day == TALLY_PAST) {
		calendar_text(text, s->until);
		record_addstr(r, "until", text);
	}
	record_addcoded(r, "writer", names_text(t->names, s->writer));
	record_addnum(r, "generation", s->generation);
	record_addnum(r, "bytes", s->text.n);
	snprintf(sum, sizeof sum, "%016llx", (unsigned long long)s->sum);
	record_addstr(r, "sum", sum);
}

static void
add_time(struct record *r, const char *key, long long t)
{
	char text[TALLY_TIME];

	if (t == 0)
		return;
	tally_time(text, t);
	record_addstr(r, key, text);
}

void
tally_heard_record(struct record *r, const struct tally *t, const struct heard *h)
{
	record_start(r);
	record_addcoded(r, "host", names_text(t->names, t->hosts[h->host]));
	add_time(r, "last", h->last);
	if (h->setat != 0) {
		record_addcoded(r, "set", names_text(t->names, h->set));
		add_time(r, "setat", h->setat);
	}
	if (h->madeat != 0) {
		add_time(r, "made", h->made);
		add_time(r, "madeat", h->madeat);
	}
	if (h->warnedat != 0) {
		record_addcoded(r, "stale", names_text(t->names, h->warned));
		add_time(r, "staleat", h->warnedat);
	}
	add_time(r, "freshat", h->freshat);
}

/* --- text that grows ------------------------------------------------------------------ */

struct text {
	char *p;
	size_t n, room;
};

static void
put(struct text *to, const char *p, size_t n)
{
	if (to->room - to->n < n) {
		while (to->room - to->n < n)
			to->room = to->room == 0 ? 65536 : to->room * 2;
		if ((to->p = realloc(to->p, to->room)) == NULL)
			err(EXIT_RETRY, "the tally");
	}
	memcpy(to->p + to->n, p, n);
	to->n += n;
}

static void
put_text(struct text *to, const char *text)
{
	put(to, text, strlen(text));
}

static void
put_span(struct text *to, struct span text)
{
	put(to, text.p, text.n);
}

static void
put_number(struct text *to, unsigned long long n, char before)
{
	char digits[24];
	size_t i = sizeof digits;

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	digits[--i] = before;
	put(to, digits + i, sizeof digits - i);
}

/* --- in order ------------------------------------------------------------------------- */

/* A cell to be written: its place as ranks, so that in order is by number. */
struct line {
	uint64_t order;
	struct cell cell;
};

/* A text that is compared, and what it is of. */
struct ranked {
	struct span text;
	uint32_t number;
};

struct told {
	uint64_t order;
	const struct heard *heard;
};

/* What is written: cells of days that were changed, and what was heard on them. */
struct lines {
	size_t n, ntold;
	struct line *lines;
	struct told *told;
	uint32_t *host_rank;	/* of a host */
	uint32_t *name_rank;	/* of a name */
};

/* The bits of an order: 5 of the hour, 20 of the name, 5 of the kind, 12 of the host, 16. */
enum { NAME = 5, KIND = 25, HOST = 30, DAY = 42 };

static void *
room(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		err(EXIT_RETRY, "the tally");
	return p;
}

static int
by_text(const void *a, const void *b)
{
	return tally_compare(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

/* Puts n texts in order, and says the place of each in rank, by its number. */
static void
rank(struct ranked *texts, size_t n, uint32_t *ranks)
{
	qsort(texts, n, sizeof *texts, by_text);
	for (size_t i = 0; i < n; i++)
		ranks[texts[i].number] = (uint32_t)i;
}

static void
rank_hosts(const struct tally *t, struct lines *l)
{
	struct ranked *texts = room(t->nhosts, sizeof *texts);

	l->host_rank = room(t->nhosts, sizeof *l->host_rank);
	for (size_t i = 0; i < t->nhosts; i++)
		texts[i] = (struct ranked){ names_text(t->names, t->hosts[i]), (uint32_t)i };
	rank(texts, t->nhosts, l->host_rank);
	free(texts);
}

/* The empty name is the first one, as it should be. */
static void
rank_names(const struct tally *t, struct lines *l)
{
	struct ranked *texts;
	size_t n = 0;

	l->name_rank = room(names_count(t->names), sizeof *l->name_rank);
	for (size_t i = 0; i < l->n; i++)
		n += l->name_rank[l->lines[i].cell.place.name]++ == 0;
	texts = room(n, sizeof *texts);
	n = 0;
	for (size_t i = 0; i < l->n; i++) {
		uint32_t name = l->lines[i].cell.place.name;

		if (l->name_rank[name] == 0)
			continue;
		l->name_rank[name] = 0;
		texts[n++] = (struct ranked){ names_text(t->names, name), name };
	}
	rank(texts, n, l->name_rank);
	free(texts);
}

/* By order, a byte at a time; those that are all the same are passed over. */
static void
sort_lines(struct lines *l)
{
	struct line *other = room(l->n, sizeof *other), *swap;

	for (unsigned shift = 0; shift < 64 && l->n > 0; shift += 8) {
		size_t at[256] = { 0 }, sum = 0;

		for (size_t i = 0; i < l->n; i++)
			at[l->lines[i].order >> shift & 255]++;
		if (at[l->lines[0].order >> shift & 255] == l->n)
			continue;
		for (size_t i = 0; i < 256; i++) {
			size_t n = at[i];

			at[i] = sum;
			sum += n;
		}
		for (size_t i = 0; i < l->n; i++)
			other[at[l->lines[i].order >> shift & 255]++] = l->lines[i];
		swap = l->lines;
		l->lines = other;
		other = swap;
	}
	free(other);
}

static void
collect_cells(const struct tally *t, const bool *days, struct lines *l)
{
	struct cell cell;
	size_t most = 0;

	for (size_t at = 0; cells_next(t->cells, &at, &cell); ) {
		if (!days[cell.place.day])
			continue;
		if (l->n == most) {
			most = most == 0 ? 1024 : most * 2;
			if ((l->lines = realloc(l->lines, most * sizeof *l->lines)) == NULL)
				err(EXIT_RETRY, "the tally");
		}
		l->lines[l->n++].cell = cell;
	}
	rank_names(t, l);
	for (size_t i = 0; i < l->n; i++) {
		const struct place *p = &l->lines[i].cell.place;

		l->lines[i].order = (uint64_t)p->day << DAY |
		    (uint64_t)l->host_rank[p->host] << HOST | (uint64_t)p->kind << KIND |
		    (uint64_t)l->name_rank[p->name] << NAME | (uint64_t)p->hour;
	}
	sort_lines(l);
}

static int
by_order(const void *a, const void *b)
{
	uint64_t x = ((const struct told *)a)->order, y = ((const struct told *)b)->order;

	return (x > y) - (x < y);
}

static void
collect_heard(const struct tally *t, const bool *days, struct lines *l)
{
	l->told = room(t->nheard, sizeof *l->told);
	for (size_t i = 0; i < t->nheard; i++) {
		const struct heard *h = &t->heard[i];

		if (days[h->day])
			l->told[l->ntold++] = (struct told){ (uint64_t)h->day << DAY |
			    (uint64_t)l->host_rank[h->host] << HOST, h };
	}
	qsort(l->told, l->ntold, sizeof *l->told, by_order);
}

/* --- sections ------------------------------------------------------------------------- */

/* The hours of one place, as one line; how many cells they were. */
static size_t
put_counts(struct text *to, const struct tally *t, const struct line *line,
    const struct line *end)
{
	const struct place *p = &line->cell.place;
	size_t n = 0;

	put_text(to, "host=");
	put_span(to, names_text(t->names, t->hosts[p->host]));
	put_text(to, " ");
	put_text(to, kind_name(p->kind));
	put_text(to, "=");
	put_span(to, names_text(t->names, p->name));
	put_text(to, " at");
	for (; line + n < end && line[n].order >> NAME == line->order >> NAME; n++) {
		put_number(to, (unsigned)line[n].cell.place.hour, n == 0 ? '=' : ',');
		put_number(to, line[n].cell.messages, ':');
		put_number(to, line[n].cell.findings, ':');
	}
	put_text(to, "\n");
	return n;
}

/* The lines of a day; both lists begin with those of it, or of a later one. */
static void
put_day(struct text *to, const struct tally *t, int day, struct lines *l, size_t *told,
    size_t *at)
{
	static struct record r;

	for (; *told < l->ntold && l->told[*told].heard->day == day; ++*told) {
		tally_heard_record(&r, t, l->told[*told].heard);
		record_end(&r);
		put(to, r.text, r.len);
		while (*at < l->n && l->lines[*at].order >> HOST == l->told[*told].order >> HOST)
			*at += put_counts(to, t, l->lines + *at, l->lines + l->n);
	}
}

static void
write_section(const struct tally *t, const struct section *s, FILE *f)
{
	static struct record r;

	tally_day_record(&r, t, s);
	record_end(&r);
	fwrite(r.text, 1, r.len, f);
	fwrite(s->text.p, 1, s->text.n, f);
}

void
tally_write_sections(struct tally *t, FILE *f)
{
	bool *days = room(TALLY_ALLDAYS, sizeof *days);
	struct lines l = { .n = 0 };
	struct text text = { .n = 0 };
	size_t told = 0, at = 0;

	for (size_t i = 0; i < t->nsections; i++)
		days[t->sections[i].day] |= t->sections[i].changed;
	rank_hosts(t, &l);
	collect_cells(t, days, &l);
	collect_heard(t, days, &l);
	for (size_t i = 0; i < t->nsections; i++) {
		struct section s = t->sections[i];

		if (s.changed) {
			text.n = 0;
			put_day(&text, t, s.day, &l, &told, &at);
			s.text = (struct span){ text.p, text.n };
			s.sum = tally_sum(text.p, text.n);
		}
		write_section(t, &s, f);
	}
	free(days);
	free(text.p);
	free(l.lines);
	free(l.told);
	free(l.host_rank);
	free(l.name_rank);
}

void
tally_write(struct tally *t, FILE *f)
{
	fprintf(f, "tally=%d generation=0\n", TALLY_VERSION);
	tally_write_sections(t, f);
}
