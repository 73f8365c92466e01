/* SPDX-License-Identifier: ISC */
/* Writes tally(5). */
#include "cmd/virtally/table.h"
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
tally_day_record(struct record *r, const struct tally *t, const struct section *s)
{
	char text[CALENDAR_TEXT], sum[17];

	tally_day_text(text, s->day);
	record_start(r);
	record_addstr(r, "day", text);
	if (s->day == TALLY_PAST) {
		calendar_text(text, s->until);
		record_addstr(r, "until", text);
	} else
		add_time(r, "start", s->start);
	record_addcoded(r, "writer", names_text(t->names, s->writer));
	record_addnum(r, "generation", s->generation);
	record_addnum(r, "bytes", s->text.n);
	snprintf(sum, sizeof sum, "%016llx", (unsigned long long)s->sum);
	record_addstr(r, "sum", sum);
}

void
tally_heard_record(struct record *r, const struct heard *h, const struct heard_texts *texts)
{
	record_start(r);
	record_addcoded(r, "host", texts->host);
	add_time(r, "last", h->last);
	if (h->setat != 0) {
		record_addcoded(r, "set", texts->set);
		add_time(r, "setat", h->setat);
	}
	if (h->madeat != 0) {
		add_time(r, "made", h->made);
		add_time(r, "madeat", h->madeat);
	}
	if (h->warnedat != 0) {
		record_addcoded(r, "stale", texts->warned);
		add_time(r, "staleat", h->warnedat);
	}
	add_time(r, "freshat", h->freshat);
}

/* --- text that grows ------------------------------------------------------------------ */

struct text {
	char *p;
	size_t n, room;
};

/* Room for n more bytes. */
static char *
more(struct text *to, size_t n)
{
	if (to->room - to->n < n) {
		while (to->room - to->n < n)
			to->room = to->room == 0 ? 1 << 20 : to->room * 2;
		if ((to->p = realloc(to->p, to->room)) == NULL)
			err(EXIT_RETRY, "the tally");
	}
	return to->p + to->n;
}

static void
put(struct text *to, const char *p, size_t n)
{
	memcpy(more(to, n), p, n);
	to->n += n;
}

/* The ones below write where there is room, and return what is behind that. */
static inline char *
add_span(char *to, struct span text)
{
	memcpy(to, text.p, text.n);
	return to + text.n;
}

static inline char *
add_number(char *to, uint64_t n, char before)
{
	char digits[24];
	size_t i = sizeof digits;

	*to++ = before;
	if (n < 10) {
		*to = (char)('0' + n);
		return to + 1;
	}
	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	return add_span(to, (struct span){ digits + i, sizeof digits - i });
}

/* --- in order ------------------------------------------------------------------------- */

/* A cell to be written: its place as ranks, so that in order is by number. */
struct line {
	uint64_t order;
	uint64_t messages, findings;
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
	size_t room;
	struct told *told;
	struct ranked *hosts, *names;	/* by rank */
	uint32_t *host_rank;	/* of a host */
	uint32_t *name_rank;	/* of a name */
	/* where in an order the kind, the host and the day begin: behind it is no more */
	unsigned kind, host, day;
};

/* An order begins with the hour, and the name. */
enum { NAME = 5, KIND_BITS = 5 };

/* A host, a name, and up to 32 hours of three numbers each. */
enum { LINE_ROOM = 2 * NAMES_LEN + 64 + 32 * 3 * 21 };

static void *
room(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		err(EXIT_RETRY, "the tally");
	return p;
}

static unsigned
bits_for(size_t n)
{
	unsigned bits = 0;

	while (n >> bits != 0)
		bits++;
	return bits;
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
	l->hosts = room(t->nhosts, sizeof *l->hosts);
	l->host_rank = room(t->nhosts, sizeof *l->host_rank);
	for (size_t i = 0; i < t->nhosts; i++)
		l->hosts[i] = (struct ranked){ names_text(t->names, t->hosts[i]), (uint32_t)i };
	rank(l->hosts, t->nhosts, l->host_rank);
}

/* The empty name is the first one, as it should be; how many there are. */
static size_t
rank_names(const struct tally *t, const bool *days, struct lines *l)
{
	struct cell cell;
	size_t n = 0;

	l->name_rank = room(names_count(t->names), sizeof *l->name_rank);
	for (size_t at = 0; cells_next_part(t->cells, &at, &cell); )
		if (days[cell.place.day])
			n += l->name_rank[cell.place.name]++ == 0;
	l->names = room(n, sizeof *l->names);
	n = 0;
	for (uint32_t name = 0; name < names_count(t->names); name++)
		if (l->name_rank[name] != 0)
			l->names[n++] = (struct ranked){ names_text(t->names, name), name };
	rank(l->names, n, l->name_rank);
	return n;
}

/* By order, a byte at a time; those that are all the same are passed over. */
static void
sort_lines(struct lines *l)
{
	struct line *other = table_new(l->room, sizeof *other), *swap;

	if (other == NULL)
		err(EXIT_RETRY, "the tally");
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
	table_free(other, l->room, sizeof *other);
}

static void
grow(uint64_t *count, uint64_t by)
{
	*count = by < CELLS_COUNT - *count ? *count + by : CELLS_COUNT;
}

/* Of parts of one cell, one line. */
static void
join_lines(struct lines *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct line *line = &l->lines[i];

		if (n > 0 && l->lines[n - 1].order == line->order) {
			grow(&l->lines[n - 1].messages, line->messages);
			grow(&l->lines[n - 1].findings, line->findings);
		} else
			l->lines[n++] = *line;
	}
	l->n = n;
}

/* What is written of the cells; of a day, its number of those that are written. */
static void
collect_cells(const struct tally *t, const bool *days, const uint32_t *day_rank,
    struct lines *l)
{
	struct cell cell;

	l->kind = NAME + bits_for(rank_names(t, days, l));
	l->host = l->kind + KIND_BITS;
	l->day = l->host + bits_for(t->nhosts);
	l->room = cells_parts(t->cells) + 1;
	if ((l->lines = table_new(l->room, sizeof *l->lines)) == NULL)
		err(EXIT_RETRY, "the tally");
	for (size_t at = 0; cells_next_part(t->cells, &at, &cell); ) {
		const struct place *p = &cell.place;

		if (days[p->day])
			l->lines[l->n++] = (struct line){ (uint64_t)day_rank[p->day] << l->day |
			    (uint64_t)l->host_rank[p->host] << l->host |
			    (uint64_t)p->kind << l->kind | (uint64_t)l->name_rank[p->name] << NAME |
			    (uint64_t)p->hour, cell.messages, cell.findings };
	}
	sort_lines(l);
	join_lines(l);
}

static int
by_order(const void *a, const void *b)
{
	uint64_t x = ((const struct told *)a)->order, y = ((const struct told *)b)->order;

	return (x > y) - (x < y);
}

static void
collect_heard(const struct tally *t, const bool *days, const uint32_t *day_rank,
    struct lines *l)
{
	l->told = room(t->nheard, sizeof *l->told);
	for (size_t i = 0; i < t->nheard; i++) {
		const struct heard *h = &t->heard[i];

		if (days[h->day])
			l->told[l->ntold++] = (struct told){ (uint64_t)day_rank[h->day] << l->day |
			    (uint64_t)l->host_rank[h->host] << l->host, h };
	}
	qsort(l->told, l->ntold, sizeof *l->told, by_order);
}

/* --- sections ------------------------------------------------------------------------- */

/* The bits of an order from one to before another. */
static uint64_t
part(uint64_t order, unsigned from, unsigned to)
{
	return order >> from & ((1u << (to - from)) - 1);
}

/* The hours of one place, as one line; how many cells they were. */
static size_t
put_counts(struct text *to, const struct lines *l, const struct line *line,
    const struct line *end)
{
	uint64_t order = line->order;
	const char *kind = kind_name((enum kind)part(order, l->kind, l->host));
	char *at = more(to, LINE_ROOM);
	size_t n = 0;

	at = add_span(at, (struct span){ "host=", 5 });
	at = add_span(at, l->hosts[part(order, l->host, l->day)].text);
	*at++ = ' ';
	at = add_span(at, (struct span){ kind, strlen(kind) });
	*at++ = '=';
	at = add_span(at, l->names[part(order, NAME, l->kind)].text);
	at = add_span(at, (struct span){ " at", 3 });
	for (; line + n < end && line[n].order >> NAME == order >> NAME; n++) {
		at = add_number(at, part(line[n].order, 0, NAME), n == 0 ? '=' : ',');
		at = add_number(at, line[n].messages, ':');
		at = add_number(at, line[n].findings, ':');
	}
	*at++ = '\n';
	to->n = (size_t)(at - to->p);
	return n;
}

/* The lines of a day; both lists begin with those of it, or of a later one. */
static void
put_day(struct text *to, const struct tally *t, int day, struct lines *l, size_t *told,
    size_t *at)
{
	static struct record r;

	for (; *told < l->ntold && l->told[*told].heard->day == day; ++*told) {
		const struct heard *h = l->told[*told].heard;

		tally_heard_record(&r, h, &(struct heard_texts){ names_text(t->names,
		    t->hosts[h->host]), names_text(t->names, h->set), names_text(t->names, h->warned) });
		record_end(&r);
		put(to, r.text, r.len);
		while (*at < l->n && l->lines[*at].order >> l->host == l->told[*told].order >> l->host)
			*at += put_counts(to, l, l->lines + *at, l->lines + l->n);
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
	uint32_t *day_rank = room(TALLY_ALLDAYS, sizeof *day_rank), ndays = 0;
	struct lines l = { .n = 0 };
	struct text text = { .n = 0 };
	size_t told = 0, at = 0;

	for (size_t i = 0; i < t->nsections; i++)
		days[t->sections[i].day] |= t->sections[i].changed;
	for (size_t i = 0; i < TALLY_ALLDAYS; i++)
		day_rank[i] = days[i] ? ndays++ : 0;
	rank_hosts(t, &l);
	collect_cells(t, days, day_rank, &l);
	collect_heard(t, days, day_rank, &l);
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
	free(day_rank);
	table_free(l.lines, l.room, sizeof *l.lines);
	free(l.told);
	free(l.hosts);
	free(l.names);
	free(l.host_rank);
	free(l.name_rank);
}

void
tally_write(struct tally *t, FILE *f)
{
	fprintf(f, "tally=%d generation=0\n", TALLY_VERSION);
	tally_write_sections(t, f);
}
