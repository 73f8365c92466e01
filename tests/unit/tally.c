/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/tally.c cmd/virtally/tallyfile.c cmd/virtally/tallytext.c cmd/virtally/tallyjoin.c cmd/virtally/tallystate.c cmd/virtally/names.c cmd/virtally/cells.c cmd/virtally/seen.c cmd/virtally/table.c cmd/virtally/publish.c cmd/virtally/calendar.c cmd/virtally/kinds.c cmd/virtally/logs.c
/* A state: what an event counts, that what is saved is read as it was, and the past. */
#include "cmd/virtally/logs.h"
#include "cmd/virtally/tally.h"
#include "cmd/virtally/tallyfile.h"
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY = 20000 };

static char folder[] = "tally-XXXXXX";
static struct logs logs;

static struct span
span(const char *s)
{
	return (struct span){ s, strlen(s) };
}

/* As `host kind id n name'. */
static enum tallied
count(struct tally *t, int day, int hour, const char *host, enum kind kind, const char *id,
    const char *n, const char *name)
{
	struct when w = { day, hour, (long long)day * 86400 + hour * 3600 };
	struct event e = { .kind = kind, .host = span(host), .name = span(name), .id = span(id),
	    .number = span(n) };

	return tally_count(t, DAY, &w, &e);
}

/* The sum of all cells of a kind and name (NULL: of the sums) in a range of days. */
static struct cell
sum(const struct tally *t, int from, int to, enum kind kind, const char *name)
{
	struct cell cell, all = { .messages = 0 };

	for (size_t at = 0; cells_next(t->cells, &at, &cell); ) {
		struct span text = names_text(t->names, cell.place.name);

		if (cell.place.day < from || cell.place.day > to || cell.place.kind != kind ||
		    (name == NULL ? cell.place.name != NAMES_EMPTY :
		    text.n != strlen(name) || memcmp(text.p, name, text.n) != 0))
			continue;
		all.messages += cell.messages;
		all.findings += cell.findings;
	}
	return all;
}

static bool
is(const struct tally *t, enum kind kind, const char *name, unsigned long long messages,
    unsigned long long findings)
{
	struct cell c = sum(t, 0, TALLY_ALLDAYS, kind, name);

	return c.messages == messages && c.findings == findings;
}

/* The lock of a state is held until we end: it is taken once. */
static struct tally *
load(int *dir)
{
	struct tally *t = tally_new();

	*dir = open(folder, O_RDONLY | O_DIRECTORY);
	tally_load(t, *dir, folder, &logs);
	tally_load_rest(t);
	return t;
}

static struct tally *
begin(int *dir)
{
	snprintf(folder, sizeof folder, "tally-XXXXXX");
	if (mkdtemp(folder) == NULL)
		perror(folder);
	return load(dir);
}

static char *
contents(void)
{
	static char path[64];
	char *text = calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof path, "%s/tally", folder);
	if ((f = fopen(path, "r")) == NULL || text == NULL)
		return text;
	(void)!fread(text, 1, (1 << 20) - 1, f);
	fclose(f);
	return text;
}

static void
events(void)
{
	int dir;
	struct tally *t = begin(&dir);

	OK(count(t, DAY, 8, "mta1", KIND_VIRUS, "id1", "2", "Klez") == TALLIED);
	OK(count(t, DAY, 8, "mta1", KIND_VIRUS, "id1", "3", "Klez") == TALLIED);
	OK(count(t, DAY, 9, "mta1", KIND_VIRUS, "id1", "4", "Sircam") == TALLIED);
	OK(count(t, DAY, 9, "mta1", KIND_VIRUS, "id1", "4", "Sircam") == TALLIED_DUPLICATE);
	OK(is(t, KIND_VIRUS, NULL, 1, 3));
	OK(is(t, KIND_VIRUS, "Klez", 1, 2));
	OK(is(t, KIND_VIRUS, "Sircam", 1, 1));
	OK(is(t, KIND_DUPLICATE, NULL, 1, 1));
	OK(is(t, KIND_DUPLICATE, "virus", 1, 1));
	/* without an id each is a message of its own */
	count(t, DAY, 9, "mta1", KIND_RBL, "", "", "zen.example");
	count(t, DAY, 9, "mta1", KIND_RBL, "", "", "zen.example");
	count(t, DAY, 9, "mta2", KIND_RECEIVED, "", "", "");
	OK(is(t, KIND_RBL, NULL, 2, 2) && is(t, KIND_RBL, "zen.example", 2, 2));
	OK(is(t, KIND_RECEIVED, NULL, 1, 1));
	OK(t->nhosts == 2 && t->nsections == 1);
	tally_free(t);
}

/* Two findings of a message, one of them of a suffix; and a duplicate of one. */
static void
passed(void)
{
	int dir;
	struct tally *t = begin(&dir);
	struct when w = { DAY, 8, (long long)DAY * 86400 };
	struct event e = { .kind = KIND_VIRUS, .passed = true, .host = span("mta1"),
	    .name = span("Klez"), .id = span("id1"), .number = span("1") };

	OK(tally_count(t, DAY, &w, &e) == TALLIED);
	e.print = 0;
	OK(tally_count(t, DAY, &w, &e) == TALLIED_DUPLICATE);
	e.number = span("2");
	OK(tally_count(t, DAY, &w, &e) == TALLIED);
	e.kind = KIND_SUFFIX;
	e.name = span(".exe");
	e.number = span("1");
	OK(tally_count(t, DAY, &w, &e) == TALLIED);
	OK(is(t, KIND_VIRUS, NULL, 1, 2) && is(t, KIND_SUFFIX, NULL, 1, 1));
	OK(is(t, KIND_PASSED, NULL, 1, 3) && is(t, KIND_PASSED, "virus", 1, 2) &&
	    is(t, KIND_PASSED, "suffix", 1, 1));
	e.id.n = e.number.n = 0;
	OK(tally_count(t, DAY, &w, &e) == TALLIED && is(t, KIND_PASSED, "suffix", 2, 2));
	tally_free(t);
}

/* Once more as text, all of it from the cells. */
static void
write_anew(const char *path, char **text)
{
	struct tally *t = tally_new();
	size_t n;
	FILE *f = open_memstream(text, &n);

	tally_read(t, path);
	tally_open(t, 0, TALLY_ALLDAYS, true);
	for (size_t i = 0; i < t->nsections; i++)
		t->sections[i].changed = true;
	tally_write(t, f);
	fclose(f);
	tally_free(t);
}

static void
round_trip(void)
{
	int dir;
	struct tally *t = begin(&dir);
	char host[300], name[300], *saved, *anew = NULL;

	for (int i = 0; i < 3000; i++) {
		snprintf(host, sizeof host, "mta%d%s", i % 7, i % 5 == 0 ? " <b>" : "");
		snprintf(name, sizeof name, i % 3 == 0 ? "%d" : "Name-%d\n", i % 50);
		count(t, DAY + i % 9, i % 25, host, (enum kind)(i % KIND_DUPLICATE), "", "", name);
	}
	tally_save(t, dir, DAY, &logs);
	tally_free(t);
	saved = contents();
	write_anew(folder, &anew);
	OK(strstr(saved, "\nday=") != NULL);
	OK(strcmp(strstr(saved, "\nday="), strstr(anew, "\nday=")) == 0);
	free(saved);
	free(anew);
}

/* What is counted in two runs is counted as in one. */
static void
two_runs(void)
{
	int dir;
	struct tally *t = begin(&dir);
	char *saved;

	count(t, DAY, 1, "mta1", KIND_VIRUS, "id1", "1", "Klez");
	count(t, DAY + 1, 1, "mta1", KIND_VIRUS, "id2", "1", "Klez");
	tally_save(t, dir, DAY, &logs);
	tally_free(t);
	close(dir);
	t = load(&dir);
	OK(t->nsections == 2 && t->generation == 1 && !t->sections[0].open);
	count(t, DAY, 1, "mta1", KIND_VIRUS, "id1", "1", "Klez");
	count(t, DAY, 2, "mta1", KIND_VIRUS, "id3", "1", "Klez");
	tally_save(t, dir, DAY, &logs);
	OK(t->sections[0].open && !t->sections[1].open);
	OK(is(t, KIND_VIRUS, "Klez", 2, 2) && is(t, KIND_DUPLICATE, NULL, 1, 1));
	tally_free(t);
	close(dir);
	saved = contents();
	OK(strstr(saved, " generation=2 bytes=") != NULL);
	OK(strstr(saved, " generation=1 bytes=") != NULL);
	OK(strstr(saved, "\nhost=mta1 virus=Klez at=1:1:1,2:1:1\n") != NULL);
	OK(strstr(saved, "\nhost=mta1 duplicate=virus at=1:1:1\n") != NULL);
	free(saved);
}

static void
hear(struct tally *t, long long at, enum kind kind, const char *set, const char *made,
    const char *stale)
{
	struct when w = { DAY, 0, DAY * 86400ll + at };
	struct event e = { .kind = kind, .host = span("mta1"), .set = span(set), .made = span(made),
	    .stale = span(stale) };

	tally_count(t, DAY, &w, &e);
}

/* What was said last is what is known, in whichever order it came. */
static void
heard(void)
{
	static const char MADE[] = "2024-10-04T12:00:00Z", OLD[] = "2024-10-03T12:00:00Z";

	for (int order = 0; order < 2; order++) {
		int dir;
		struct tally *t = begin(&dir);
		const struct heard *h;
		char *saved;

		for (int i = 0; i < 5; i++) {
			int k = order == 0 ? i : 4 - i;

			if (k == 0)
				hear(t, 10, KIND_SIGNATURES, "27000", OLD, "");
			else if (k == 1)
				hear(t, 1000, KIND_SIGNATURES, "27001", MADE, "");
			else if (k == 2)
				hear(t, 2000, KIND_SIGNATURES, "", "", "max-age");
			else if (k == 3)
				hear(t, 2010, KIND_SIGNATURES, "", "", "");
			else
				hear(t, 3000, KIND_VIRUS, "27002", "", "");
		}
		h = tally_heard(t, DAY, 0);
		OK(h != NULL && h->last == DAY * 86400ll + 3000);
		OK(h->made == DAY * 86400ll + 43200);
		OK(names_text(t->names, h->set).p[4] == '2');
		OK(h->stale != NAMES_EMPTY && names_text(t->names, h->stale).n == 7);
		tally_save(t, dir, DAY, &logs);
		tally_free(t);
		saved = contents();
		OK(strstr(saved, "\nhost=mta1 last=2024-10-04T00:50:00Z set=27002 "
		    "setat=2024-10-04T00:50:00Z made=2024-10-04T12:00:00Z madeat=2024-10-04T00:16:40Z "
		    "stale=max-age staleat=2024-10-04T00:33:20Z freshat=2024-10-04T00:33:30Z\n") != NULL);
		free(saved);
		t = load(&dir);
		hear(t, 2100, KIND_SIGNATURES, "", "", "");
		OK(tally_heard(t, DAY, 0)->stale == NAMES_EMPTY);
		tally_free(t);
	}
}

/* Of more than TALLY_DAYS days the oldest are one sum, and nothing is lost. */
static void
past(void)
{
	int dir;
	struct tally *t = begin(&dir);
	struct tally *both = tally_new();
	char old[64], new[64];

	for (int i = 0; i < TALLY_DAYS; i++) {
		count(t, DAY + i, i % 24, "mta1", KIND_VIRUS, "", "", "Klez");
		count(t, DAY + i, i % 24, "mta2", KIND_ODD, "", "", "macro");
	}
	/* in ten days: it is not one of them */
	count(t, DAY + TALLY_DAYS + 10, 0, "mta1", KIND_VIRUS, "", "", "Klez");
	tally_save(t, dir, DAY + TALLY_DAYS, &logs);
	OK(t->nsections == TALLY_DAYS + 1 && t->sections[0].day == DAY);
	snprintf(old, sizeof old, "%s/old", folder);
	snprintf(new, sizeof new, "%s/tally", folder);
	tally_free(t);
	OK(rename(new, old) == 0 && link(old, new) == 0);
	t = load(&dir);
	count(t, DAY + TALLY_DAYS, 0, "mta1", KIND_VIRUS, "", "", "Klez");
	count(t, DAY + TALLY_DAYS + 1, 0, "mta1", KIND_VIRUS, "", "", "Klez");
	tally_save(t, dir, DAY + TALLY_DAYS, &logs);
	OK(t->nsections == TALLY_DAYS + 2);
	OK(t->sections[0].day == TALLY_PAST && t->sections[0].until == DAY + 1);
	OK(t->sections[1].day == DAY + 2);
	tally_free(t);
	t = load(&dir);
	tally_open(t, 0, TALLY_ALLDAYS, true);
	OK(is(t, KIND_VIRUS, NULL, TALLY_DAYS + 3, TALLY_DAYS + 3));
	OK(is(t, KIND_VIRUS, "Klez", TALLY_DAYS + 1, TALLY_DAYS + 1));
	OK(sum(t, 0, 0, KIND_VIRUS, NULL).messages == 2);
	OK(sum(t, 0, 0, KIND_ODD, NULL).messages == 2);
	OK(tally_heard(t, TALLY_PAST, 0)->last == (DAY + 1) * 86400ll + 3600);
	/* a line that comes late */
	count(t, DAY + 1, 5, "mta2", KIND_VIRUS, "", "", "Klez");
	count(t, DAY, 5, "mta2", KIND_VIRUS, "", "", "Klez");
	OK(sum(t, 0, 0, KIND_VIRUS, NULL).messages == 4 && sum(t, 1, DAY + 1, KIND_VIRUS, NULL).messages == 0);
	tally_free(t);
	/* the copy of before does not bring back what is in the sum */
	tally_read(both, old);
	tally_read(both, new);
	tally_open(both, 0, TALLY_ALLDAYS, true);
	OK(is(both, KIND_VIRUS, NULL, TALLY_DAYS + 3, TALLY_DAYS + 3));
	tally_free(both);
}

/* More gateways than there is room for are one. */
static void
gateways(void)
{
	int dir;
	struct tally *t = begin(&dir);
	char host[32];

	for (int i = 0; i < CELLS_HOSTS + 100; i++) {
		snprintf(host, sizeof host, "mta%d", i);
		count(t, DAY, 0, host, KIND_CLEAN, "", "", "");
	}
	OK(t->nhosts == CELLS_HOSTS && t->hosts[CELLS_HOSTS - 1] == NAMES_MANY);
	OK(is(t, KIND_CLEAN, NULL, CELLS_HOSTS + 100, CELLS_HOSTS + 100));
	tally_save(t, dir, DAY, &logs);
	tally_free(t);
	t = load(&dir);
	tally_open(t, 0, TALLY_ALLDAYS, true);
	OK(is(t, KIND_CLEAN, NULL, CELLS_HOSTS + 100, CELLS_HOSTS + 100));
	tally_free(t);
}

/* What is in a file is what it is, however many names somebody else has. */
static void
many_names(void)
{
	int dir;
	struct tally *t = begin(&dir);
	char path[64], text[16];

	count(t, DAY, 8, "mta1", KIND_VIRUS, "a1", "1", "Klez");
	count(t, DAY, 8, "mta1", KIND_VIRUS, "a2", "1", "Sircam");
	count(t, DAY, 9, "mta2", KIND_VIRUS, "a3", "1", "Klez");
	tally_save(t, dir, DAY, &logs);
	tally_free(t);
	t = tally_new();
	snprintf(path, sizeof path, "%s/tally", folder);
	tally_read(t, path);
	for (int i = 0; i < NAMES_MAX; i++) {
		snprintf(text, sizeof text, "n%d", i);
		names_number(t->names, span(text));
	}
	tally_check(t, &t->sections[0]);
	tally_open(t, 0, TALLY_ALLDAYS, true);
	OK(is(t, KIND_VIRUS, NULL, 3, 3));
	OK(is(t, KIND_VIRUS, "%2A", 3, 3));
	OK(t->nhosts == 1);
	tally_free(t);
}

int
main(void)
{
	events();
	passed();
	round_trip();
	two_runs();
	heard();
	past();
	gateways();
	many_names();
	return done();
}
