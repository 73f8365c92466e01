/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/logs.c cmd/virtally/calendar.c
#include "cmd/virtally/logs.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

enum { SECOND = 1795719188 };
static const long long CHANGED = SECOND * 1000000000LL + 5;
static char text[1024];

static struct span
head(size_t n)
{
	return (struct span){ text, n < LOGS_PRINT ? n : LOGS_PRINT };
}

/* A mark of the text, n bytes of it there, at an offset. */
static struct logmark
mark(unsigned long long inode, size_t offset)
{
	size_t k = offset < LOGS_PRINT ? offset : LOGS_PRINT;

	return (struct logmark){ .device = 1, .inode = inode, .size = offset, .changed = CHANGED,
	    .status = CHANGED, .end = 99, .offset = offset, .tail = logs_print(text + offset - k, k),
	    .read = 20000 };
}

static bool
remember(struct logs *l, const char *name, unsigned long long inode, size_t offset)
{
	struct logmark m = mark(inode, offset);

	return logs_remember(l, name, head(offset), &m);
}

/* The offsets of the places of logs that begin like n bytes of the text. */
static const char *
known(struct logs *l, size_t n)
{
	static char line[256];
	size_t nplaces, k = 0;
	struct logknown *places = logs_known(l, head(n), &nplaces);

	line[0] = '\0';
	for (size_t i = 0; i < nplaces && k < sizeof line; i++)
		k += (size_t)snprintf(line + k, sizeof line - k, "%s%llu", i > 0 ? " " : "",
		    places[i].place.offset);
	free(places);
	return line;
}

static bool
is_known(struct logs *l, size_t n, const char *want)
{
	const char *got = known(l, n);

	if (strcmp(got, want) == 0)
		return true;
	printf("# got: %s\n", got);
	return false;
}

static void
found(void)
{
	struct logs l = { 0 };

	OK(logs_print("", 0) == logs_print(NULL, 0) && logs_print("a", 1) != logs_print("b", 1));
	OK(is_known(&l, 0, "") && is_known(&l, 1024, ""));
	OK(remember(&l, "log", 7, 100) && l.n == 1);
	OK(!remember(&l, "log", 7, 100) && l.n == 1);
	OK(is_known(&l, 99, "") && is_known(&l, 300, "100"));
	/* it has grown, under another name; a copy; a file of the same name */
	OK(remember(&l, "log.1", 7, 500) && l.n == 1 && l.marks[0].nhead == 256);
	OK(strcmp(l.marks[0].name, "log.1") == 0);
	OK(remember(&l, "copy", 8, 500) && l.n == 2);
	OK(remember(&l, "copy", 9, 700) && l.n == 2 && l.marks[1].inode == 9);
	/* one that was cut does not take back what is known of the whole one */
	OK(remember(&l, "log.1", 7, 400) && l.n == 3 && l.marks[0].offset == 500);
	OK(is_known(&l, 1024, "400 500 700"));
	text[255] ^= 1;
	OK(is_known(&l, 1024, ""));
	text[255] ^= 1;
	logs_free(&l);
}

/* The distances from the end, in units of LOGS_PRINT and the last ones first. */
static bool
past_is(unsigned long long bytes, unsigned long long step, const char *want)
{
	struct logpast past = { 0 };
	char line[512];
	size_t k = 0;

	for (unsigned long long at = step; at <= bytes; at += step)
		logs_pass(&past, at, at);
	for (size_t i = past.n; i-- > 0 && k < sizeof line;)
		k += (size_t)snprintf(line + k, sizeof line - k, "%llu ",
		    (bytes - past.at[i].offset) / LOGS_PRINT);
	if (strcmp(line, want) == 0)
		return true;
	printf("# got: %s\n", line);
	return false;
}

static void
thinned(void)
{
	struct logs l = { 0 };
	struct logmark m = mark(7, 900);
	struct logpast past = { 0 };

	OK(past_is(100 * LOGS_PRINT, LOGS_PRINT, "0 1 3 7 11 19 35 99 "));
	OK(past_is(1ULL << 40, 1ULL << 20,
	    "0 61440 1044480 16773120 268431360 4294963200 "));
	OK(past_is(UINT64_MAX / 2, UINT64_MAX / 8, "0 27021597764222976 "));
	for (unsigned long long at = 1; at < UINT64_MAX / 4; at += at)
		logs_pass(&past, at, 0);
	OK(past.n > 0 && past.n <= LOGS_PAST);
	logs_pass(&past, 5, 0);
	OK(past.at[past.n - 1].offset > 5);
	for (unsigned at = 300; at <= 900; at += 300)
		logs_pass(&m.past, at, at);
	OK(logs_remember(&l, "log", head(900), &m) && l.marks[0].past.n == 2);
	OK(is_known(&l, 1024, "300 600 900"));
	logs_free(&l);
}

static struct stat
stat_of(const struct logmark *m)
{
	struct stat st = { 0 };

	st.st_dev = m->device;
	st.st_ino = m->inode;
	st.st_size = (off_t)m->size;
	st.st_mtim.tv_sec = SECOND;
	st.st_mtim.tv_nsec = 5;
	st.st_ctim = st.st_mtim;
	return st;
}

static void
at_a_glance(void)
{
	struct logs l = { 0 };
	struct logmark m = mark(7, 300);
	struct stat st = stat_of(&m);

	OK(!logs_same(&l, &st, 20001));
	OK(logs_remember(&l, "log", head(300), &m) && logs_same(&l, &st, 20001));
	OK(l.marks[0].read == 20001);
	st.st_size++;
	OK(!logs_same(&l, &st, 20001));
	st = stat_of(&m);
	st.st_mtim.tv_nsec++;
	OK(!logs_same(&l, &st, 20001) && !logs_moved(&l, "log", &st, 99, 20001));
	/* what was written over with the same size and time; what was renamed */
	st = stat_of(&m);
	st.st_ctim.tv_nsec++;
	OK(!logs_same(&l, &st, 20001) && !logs_moved(&l, "log.1", &st, 98, 20001));
	OK(logs_moved(&l, "log.1", &st, 99, 20001) && logs_same(&l, &st, 20001) && l.n == 1);
	OK(strcmp(l.marks[0].name, "log.1") == 0);
	/* that it is read is news after some days */
	l.news = false;
	OK(logs_same(&l, &st, 20003) && !l.news && logs_same(&l, &st, 20009) && l.news);
	st = stat_of(&m);
	logs_stat(&m, &st, false);
	OK(logs_remember(&l, "log", head(300), &m) && l.n == 1 && !logs_same(&l, &st, 20001));
	logs_stat(&m, &st, true);
	OK(logs_remember(&l, "log", head(300), &m) && logs_same(&l, &st, 20001));
	logs_free(&l);
}

/* Saves, and loads what was saved; how many lines there were. */
static size_t
again(struct logs *l, int today)
{
	char *p = NULL, *line, *end;
	size_t n = 0, lines = 0;
	FILE *f = open_memstream(&p, &n);

	logs_save(l, today, f);
	logs_free(l);
	if (fclose(f) != 0)
		return 0;
	for (line = p; (end = strchr(line, '\n')) != NULL; line = end + 1)
		lines += logs_load(l, line, (size_t)(end - line));
	free(p);
	return lines;
}

static void
saved(void)
{
	struct logs l = { 0 };
	char name[16];
	struct stat st;
	struct logmark m = mark(7, 300);

	remember(&l, "a \xff\n", 7, 300);
	OK(again(&l, 20000) == 1 && l.n == 1);
	OK(strcmp(l.marks[0].name, "a \xff\n") == 0);
	st = stat_of(&m);
	OK(logs_same(&l, &st, 20000) && !remember(&l, "a \xff\n", 7, 300));
	OK(again(&l, 20100) == 1);
	OK(again(&l, 20101) == 0 && l.n == 0);
	for (int i = 0; i < LOGS_MAX + 9; i++) {
		m = mark((unsigned)i + 1, 300);
		m.read = 20000 + (i >= 9);
		snprintf(name, sizeof name, "%d", i);
		logs_remember(&l, name, head(300), &m);
	}
	/* those that are read are not too many, ever */
	OK(again(&l, 20010) == LOGS_MAX + 9);
	OK(again(&l, 20011) == LOGS_MAX + 9);
	OK(again(&l, 20012) == LOGS_MAX && strcmp(l.marks[0].name, "9") == 0);
	logs_free(&l);
}

/* As many as would take minutes if each was compared with each. */
static void
many(void)
{
	enum { MANY = 20000 };
	struct logs l = { 0 };
	struct logmark m;
	char name[16], bytes[LOGS_PRINT] = { 0 };
	size_t n, wrong = 0;

	for (int turn = 0; turn < 2; turn++)
		for (unsigned i = 0; i < MANY; i++) {
			const struct span h = { bytes, LOGS_PRINT - i % 2 };

			snprintf(name, sizeof name, "%u", i);
			memcpy(bytes, &i, sizeof i);
			m = mark(i + 1, 300);
			wrong += logs_remember(&l, name, h, &m) != (turn == 0);
			free(logs_known(&l, (struct span){ bytes, LOGS_PRINT }, &n));
			wrong += n != 1;
		}
	OK(wrong == 0 && l.n == MANY);
	OK(again(&l, 20000) == MANY);
	logs_free(&l);
}

static bool
loads(const char *line)
{
	struct logs l = { 0 };
	bool good = logs_load(&l, line, strlen(line));

	logs_free(&l);
	return good;
}

static void
hostile(void)
{
#define REST " head=0123456789abcdef offset=9 tail=0123456789abcdef read="
	OK(loads("log=a device=1 inode=1 size=1 changed=1 bytes=256" REST "2026-11-26"));
	OK(loads("log=a device=1 inode=18446744073709551615 size=1 changed=1 bytes=256" REST
	    "2026-11-26"));
	OK(!loads("log=a device=1 inode=18446744073709551616 size=1 changed=1 bytes=256" REST
	    "2026-11-26"));
	OK(!loads("log=a device=1 inode=1 size=1 changed=1 bytes=257" REST "2026-11-26"));
	OK(!loads("log=a device=1 inode=1 size=1 changed=1 bytes=256" REST "2026-02-30"));
	OK(!loads("log=a device=1 inode=-1 size=1 changed=1 bytes=256" REST "2026-11-26"));
	OK(!loads("log=a device=1 inode=1 size=1 changed=18446744073709551615 bytes=256" REST
	    "2026-11-26"));
	OK(!loads("log=a device=1 inode=1 size=1 changed=1 bytes=256 offset=9 head=0123456789abcdeg"
	    " tail=0123456789abcdef read=2026-11-26"));
	OK(!loads("log=a"));
#define PAST(p) "log=a device=1 inode=1 size=1 changed=1 bytes=256" REST "2026-11-26 past=" p
	OK(loads(PAST("2:0123456789abcdef")));
	OK(loads(PAST("2:0123456789abcdef,8:0123456789abcdef")));
	OK(!loads(PAST("2:0123456789abcdef,9:0123456789abcdef")));
	OK(!loads(PAST("2:0123456789abcdef,2:0123456789abcdef")));
	OK(!loads(PAST("2:0123456789abcde")) && !loads(PAST("2:0123456789abcdeg")));
	OK(!loads(PAST(":0123456789abcdef")) && !loads(PAST("2")) && !loads(PAST("2:")));
	OK(!loads(PAST("2:0123456789abcdef-8:0123456789abcdef")));
}

int
main(void)
{
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i * 7 + i / 256);
	found();
	thinned();
	at_a_glance();
	saved();
	many();
	hostile();
	return done();
}
