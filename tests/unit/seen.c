/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/seen.c cmd/virtally/table.c cmd/virtally/calendar.c
#include "cmd/virtally/seen.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static const unsigned char KEY[SEEN_KEY] = "a key of a state";

static struct span
span(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static enum seen_new
add(struct seen *s, int today, enum kind kind, const char *id, const char *n, const char *name)
{
	return seen_add(s, today, seen_message(s, kind, span(id)), span(n), seen_name(s, span(name)));
}

static void
messages(void)
{
	struct seen *s = seen_new(KEY);

	OK(add(s, 100, KIND_VIRUS, "id1", "2", "Klez") == SEEN_MESSAGE);
	OK(add(s, 100, KIND_VIRUS, "id1", "2", "Klez") == SEEN_DUPLICATE);
	OK(add(s, 100, KIND_VIRUS, "id1", "3", "Klez") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id1", "4", "Sircam") == SEEN_NAME);
	OK(add(s, 100, KIND_VIRUS, "id1", "5", "Sircam") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id1", "5", "Other") == SEEN_DUPLICATE);
	OK(add(s, 100, KIND_SUFFIX, "id1", "2", ".exe") == SEEN_MESSAGE);
	OK(add(s, 100, KIND_VIRUS, "id2", "2", "Klez") == SEEN_MESSAGE);
	/* numbers that have no bit, and what is no number */
	OK(add(s, 100, KIND_VIRUS, "id1", "16", "Klez") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id1", "16", "Klez") == SEEN_DUPLICATE);
	OK(add(s, 100, KIND_VIRUS, "id1", "016", "New") == SEEN_NAME);
	OK(add(s, 100, KIND_VIRUS, "id1", "15", "New") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id1", "0", "New") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id1", "00", "New") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id1", "1:", "New") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id3", "77777777777777777777", "New") == SEEN_MESSAGE);
	OK(add(s, 100, KIND_VIRUS, "id3", "77777777777777777777", "New") == SEEN_DUPLICATE);
	/* without n the name stands for it */
	OK(add(s, 100, KIND_ACTION, "id1", "", "hold") == SEEN_MESSAGE);
	OK(add(s, 100, KIND_ACTION, "id1", "", "hold") == SEEN_DUPLICATE);
	OK(add(s, 100, KIND_ACTION, "id1", "", "drop") == SEEN_NAME);
	OK(add(s, 100, KIND_ACTION, "id1", "", "drop") == SEEN_DUPLICATE);
	/* in whichever order they come */
	OK(add(s, 100, KIND_VIRUS, "id4", "", "Klez") == SEEN_MESSAGE);
	OK(add(s, 100, KIND_VIRUS, "id4", "1", "Klez") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id4", "2", "Sircam") == SEEN_NAME);
	OK(add(s, 100, KIND_VIRUS, "id4", "", "Sircam") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id5", "2", "Sircam") == SEEN_MESSAGE);
	OK(add(s, 100, KIND_VIRUS, "id5", "", "Sircam") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id5", "", "Klez") == SEEN_NAME);
	OK(add(s, 100, KIND_VIRUS, "id5", "1", "Klez") == SEEN_FINDING);
	OK(add(s, 100, KIND_VIRUS, "id4", "", "Klez") == SEEN_DUPLICATE);
	OK(add(s, 100, KIND_VIRUS, "id4", "", "Sircam") == SEEN_DUPLICATE);
	OK(add(s, 100, KIND_VIRUS, "id5", "", "Klez") == SEEN_DUPLICATE);
	seen_free(s);
	seen_free(NULL);
}

static void
days(void)
{
	struct seen *s = seen_new(KEY);

	add(s, 100, KIND_VIRUS, "id1", "0", "Klez");
	add(s, 109, KIND_VIRUS, "id1", "1", "Klez");
	OK(add(s, 110, KIND_VIRUS, "id1", "0", "Klez") == SEEN_DUPLICATE);
	/* what was counted nine days later is still known */
	OK(add(s, 119, KIND_VIRUS, "id1", "1", "Klez") == SEEN_DUPLICATE);
	OK(add(s, 120, KIND_VIRUS, "id1", "1", "Klez") == SEEN_MESSAGE);
	/* a clock that goes back forgets nothing */
	OK(add(s, 50, KIND_VIRUS, "id1", "1", "Klez") == SEEN_DUPLICATE);
	seen_free(s);
}

/* Takes the records of a text in; how many there were, 0: one is none. */
static int
load(struct seen *s, const char *text)
{
	int n = 0;

	for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1, n++) {
		struct span ids = { text + 20, (size_t)(end - text) - 20 };
		int day = text[14] == '4' ? 20000 : 20001;

		if (strncmp(text, "seen=2024-10-0", 14) != 0 || memcmp(text + 15, " ids=", 5) != 0 ||
		    !seen_load(s, day, ids))
			return 0;
	}
	return n;
}

static void
records(void)
{
	enum { MANY = 5000 };
	struct seen *s = seen_new(KEY), *back = seen_new(KEY), *young = seen_new(KEY);
	char *text, *again, id[32];
	size_t n, bad = 0;
	FILE *f = open_memstream(&text, &n);

	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof id, "%d", i);
		add(s, 20000 + i % 2, KIND_VIRUS, id, "3", "Klez");
		add(s, 20000 + i % 2, KIND_VIRUS, id, "4", i % 3 == 0 ? "Sircam" : "Klez");
	}
	seen_save(s, 20001, f);
	fclose(f);
	OK(load(back, text) >= 2);
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof id, "%d", i);
		bad += add(back, 20001, KIND_VIRUS, id, "3", "Klez") != SEEN_DUPLICATE;
		bad += add(back, 20001, KIND_VIRUS, id, "5", "Klez") != SEEN_FINDING;
		bad += add(back, 20001, KIND_VIRUS, id, "6", "Sircam") !=
		    (i % 3 == 0 ? SEEN_FINDING : SEEN_NAME);
	}
	OK(bad == 0);
	free(text);
	/* those that are too old go */
	f = open_memstream(&again, &n);
	seen_save(s, 20011, f);
	fclose(f);
	OK(load(young, again) >= 1 && strstr(again, "2024-10-04") == NULL);
	free(again);
	f = open_memstream(&again, &n);
	seen_save(s, 20012, f);
	fclose(f);
	OK(n == 0);
	free(again);
	seen_free(s);
	seen_free(back);
	seen_free(young);
}

static void
refused(void)
{
	struct seen *s = seen_new(KEY);
	static char big[70000];

	OK(!seen_load(s, 1, span("")));
	OK(!seen_load(s, 1, span("AAAA")));
	OK(!seen_load(s, 1, span("AAAAAAAAAAAAAAAAAA%")));
	OK(seen_load(s, 1, span("AAAAAAAAAAAAAAAAAAA")));
	OK(!seen_load(s, 1, span("AAAAAAAAAAAAAAAAAAAAA")));
	memset(big, 'A', sizeof big);
	OK(!seen_load(s, 1, (struct span){ big, 65464 }));
	seen_free(s);
}

/* More than there is room for: the oldest day goes, then half. */
static void
full(void)
{
	struct seen *s = seen_new(KEY);
	int old = 0, new = 0;

	for (int i = 0; i < SEEN_MAX + 1000; i++) {
		uint64_t print = (uint64_t)i * 0x9e3779b97f4a7c15u;

		seen_add(s, i < 1000 ? 100 : 101, print, span("1"), 1);
	}
	for (int i = 0; i < 1000; i++) {
		old += seen_add(s, 101, (uint64_t)i * 0x9e3779b97f4a7c15u, span("1"), 1) ==
		    SEEN_DUPLICATE;
		new += seen_add(s, 101, (uint64_t)(SEEN_MAX - i) * 0x9e3779b97f4a7c15u, span("1"), 1) ==
		    SEEN_DUPLICATE;
	}
	OK(old < 10);
	OK(new > 300);
	seen_free(s);
}

/* However many come in a day: each time so many go that the next time is far. */
static void
many(void)
{
	enum { MAX = 4096, ALL = 64 * MAX };
	struct seen *s = seen_new_of(KEY, MAX);
	size_t before = 0, most = 0;
	int times = 0, again = 0;
	char id[32];

	for (int i = 0; i < ALL && times < ALL / MAX * 5; i++, before = seen_count(s)) {
		snprintf(id, sizeof id, "%d", i);
		add(s, i < 10 ? 99 : 100, KIND_VIRUS, id, "1", "Klez");
		times += seen_count(s) <= before;
		most = seen_count(s) > most ? seen_count(s) : most;
	}
	OK(times >= ALL / MAX - 1 && times <= ALL / MAX * 4);
	OK(most == MAX && seen_count(s) > MAX / 4);
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof id, "%d", ALL - 1 - i);
		again += add(s, 100, KIND_VIRUS, id, "1", "Klez") == SEEN_DUPLICATE;
	}
	OK(again > 20);
	seen_free(s);
}

int
main(void)
{
	messages();
	days();
	records();
	refused();
	full();
	many();
	return done();
}
