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
	    .offset = offset, .tail = logs_print(text + offset - k, k), .read = 20000 };
}

static bool
remember(struct logs *l, const char *name, unsigned long long inode, size_t offset)
{
	struct logmark m = mark(inode, offset);

	return logs_remember(l, name, head(offset), &m);
}

static void
found(void)
{
	struct logs l = { 0 };
	const struct logmark *m;

	OK(logs_print("", 0) == logs_print(NULL, 0) && logs_print("a", 1) != logs_print("b", 1));
	OK(logs_find(&l, head(0), NULL) == NULL && logs_find(&l, head(1024), NULL) == NULL);
	OK(remember(&l, "log", 7, 100) && l.n == 1);
	OK(!remember(&l, "log", 7, 100) && l.n == 1);
	OK(logs_find(&l, head(99), NULL) == NULL);
	m = logs_find(&l, head(300), NULL);
	OK(m != NULL && m->offset == 100 && m->nhead == 100);
	OK(logs_find(&l, head(300), m) == NULL);
	/* it has grown, under another name; a copy; a file of the same name */
	OK(remember(&l, "log.1", 7, 500) && l.n == 1 && l.marks[0].nhead == 256);
	OK(strcmp(l.marks[0].name, "log.1") == 0);
	OK(remember(&l, "copy", 8, 500) && l.n == 2);
	OK(remember(&l, "copy", 9, 700) && l.n == 2 && l.marks[1].inode == 9);
	/* one that was cut does not take back what is known of the whole one */
	OK(remember(&l, "log.1", 7, 400) && l.n == 3 && l.marks[0].offset == 500);
	m = logs_find(&l, head(1024), NULL);
	OK(m != NULL && m->offset == 700);
	OK((m = logs_find(&l, head(1024), m)) != NULL && m->offset == 500);
	OK((m = logs_find(&l, head(1024), m)) != NULL && m->offset == 400);
	OK(logs_find(&l, head(1024), m) == NULL);
	text[255] ^= 1;
	OK(logs_find(&l, head(1024), NULL) == NULL);
	text[255] ^= 1;
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
	OK(!logs_same(&l, &st, 20001));
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
	OK(again(&l, 20001) == LOGS_MAX && strcmp(l.marks[0].name, "9") == 0);
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
}

int
main(void)
{
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i * 7 + i / 256);
	found();
	at_a_glance();
	saved();
	hostile();
	return done();
}
