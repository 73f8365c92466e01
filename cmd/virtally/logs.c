/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/logs.h"
#include "cmd/virtally/calendar.h"
#include "common/cli.h"
#include "common/hex.h"
#include "common/little.h"

#include <err.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

uint64_t
logs_print(const void *p, size_t n)
{
	/* no secret: it is the same wherever the log may go */
	static const unsigned char key[crypto_shorthash_KEYBYTES] = "virtally log 1.";
	unsigned char print[crypto_shorthash_BYTES];

	crypto_shorthash(print, p, n, key);
	return little64(print);
}

static void *
need(void *p)
{
	if (p == NULL)
		err(EXIT_RETRY, NULL);
	return p;
}

static struct logmark *
add(struct logs *l)
{
	if (l->n == l->room) {
		l->room = l->room == 0 ? 64 : 2 * l->room;
		l->marks = need(reallocarray(l->marks, l->room, sizeof *l->marks));
	}
	memset(&l->marks[l->n], 0, sizeof *l->marks);
	return &l->marks[l->n++];
}

static bool
print_of(const char *line, size_t n, const char *key, uint64_t *print)
{
	struct span v;

	if (!record_get(line, n, key, &v) || v.n != 16)
		return false;
	*print = 0;
	for (size_t i = 0; i < v.n; i++) {
		if (hex(v.p[i]) < 0)
			return false;
		*print = *print << 4 | (unsigned)hex(v.p[i]);
	}
	return true;
}

/* As record_num, but of all 64 bits: times in nanoseconds, and inodes, have 19 digits. */
static bool
number_of(const char *line, size_t n, const char *key, unsigned long long *num)
{
	struct span v;

	if (!record_get(line, n, key, &v) || v.n == 0 || v.n > 20 || (v.n > 1 && v.p[0] == '0'))
		return false;
	*num = 0;
	for (size_t i = 0; i < v.n; i++) {
		unsigned digit = (unsigned char)v.p[i] - '0';

		if (digit > 9 || *num > (UINT64_MAX - digit) / 10)
			return false;
		*num = *num * 10 + digit;
	}
	return true;
}

bool
logs_load(struct logs *l, const char *line, size_t n)
{
	struct logmark m = { 0 };
	struct span name, day;
	unsigned long long changed, bytes;

	if (!record_get(line, n, "log", &name) || !record_get(line, n, "read", &day) ||
	    !number_of(line, n, "device", &m.device) || !number_of(line, n, "inode", &m.inode) ||
	    !number_of(line, n, "size", &m.size) || !number_of(line, n, "changed", &changed) ||
	    !number_of(line, n, "bytes", &bytes) || !number_of(line, n, "offset", &m.offset) ||
	    !print_of(line, n, "head", &m.head) || !print_of(line, n, "tail", &m.tail) ||
	    !calendar_parse(day, &m.read) || bytes > LOGS_PRINT || changed > INT64_MAX)
		return false;
	m.changed = (long long)changed;
	m.nhead = (unsigned)bytes;
	m.name = need(malloc(name.n + 1));
	m.name[record_decode(m.name, name)] = '\0';
	*add(l) = m;
	return true;
}

static void
add_print(struct record *r, const char *key, uint64_t print)
{
	char text[17];

	snprintf(text, sizeof text, "%016" PRIx64, print);
	record_addstr(r, key, text);
}

static void
save(const struct logmark *m, FILE *f)
{
	struct record r;
	char day[CALENDAR_TEXT];

	calendar_text(day, m->read);
	record_start(&r);
	record_addstr(&r, "log", m->name);
	record_addnum(&r, "device", m->device);
	record_addnum(&r, "inode", m->inode);
	record_addnum(&r, "size", m->size);
	record_addnum(&r, "changed", (unsigned long long)m->changed);
	record_addnum(&r, "bytes", m->nhead);
	add_print(&r, "head", m->head);
	record_addnum(&r, "offset", m->offset);
	add_print(&r, "tail", m->tail);
	record_addstr(&r, "read", day);
	record_end(&r);
	fwrite(r.text, 1, r.len, f);
}

/* The newest first, else in the order in which they came. */
static int
newest(const void *a, const void *b)
{
	const struct logmark *x = *(const struct logmark *const *)a;
	const struct logmark *y = *(const struct logmark *const *)b;

	if (x->read != y->read)
		return x->read > y->read ? -1 : 1;
	return x < y ? -1 : x > y;
}

void
logs_save(const struct logs *l, int today, FILE *f)
{
	const struct logmark **order = need(calloc(l->n + 1, sizeof *order));
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (today - l->marks[i].read <= LOGS_DAYS)
			order[n++] = &l->marks[i];
	qsort(order, n, sizeof *order, newest);
	for (size_t i = 0; i < n && i < LOGS_MAX; i++)
		save(order[i], f);
	free(order);
}

static long long
changed_at(const struct stat *st)
{
	return st->st_mtim.tv_sec < 0 ? 0 :
	    (long long)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

void
logs_stat(struct logmark *m, const struct stat *st, bool whole)
{
	m->device = st->st_dev;
	m->inode = st->st_ino;
	m->size = whole ? (unsigned long long)st->st_size : 0;
	m->changed = whole ? changed_at(st) : 0;
}

bool
logs_same(struct logs *l, const struct stat *st, int today)
{
	long long changed = changed_at(st);
	bool same = false;

	for (size_t i = 0; i < l->n; i++) {
		struct logmark *m = &l->marks[i];

		if (changed > 0 && m->inode == st->st_ino && m->device == st->st_dev &&
		    m->size == (unsigned long long)st->st_size && m->changed == changed) {
			m->read = today;
			same = true;
		}
	}
	return same;
}

static bool
begins(const struct logmark *m, struct span head)
{
	return m->nhead > 0 && m->nhead <= head.n && logs_print(head.p, m->nhead) == m->head;
}

/* Is a farther than b? */
static bool
farther(const struct logmark *a, const struct logmark *b)
{
	return a->offset != b->offset ? a->offset > b->offset : a->tail > b->tail;
}

const struct logmark *
logs_find(const struct logs *l, struct span head, const struct logmark *below)
{
	const struct logmark *best = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct logmark *m = &l->marks[i];

		if ((below == NULL || farther(below, m)) && (best == NULL || farther(m, best)) &&
		    begins(m, head))
			best = m;
	}
	return best;
}

/* The mark that this file has, else that of a log of its name. */
static struct logmark *
own(const struct logs *l, const char *name, struct span head, const struct logmark *m)
{
	struct logmark *named = NULL;

	for (size_t i = 0; i < l->n; i++) {
		struct logmark *k = &l->marks[i];

		if (k->offset > m->offset || !begins(k, head))
			continue;
		if (k->inode == m->inode && k->device == m->device && m->inode != 0)
			return k;
		if (strcmp(k->name, name) == 0)
			named = k;
	}
	return named;
}

static bool
equal(const struct logmark *a, const struct logmark *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	    a->changed == b->changed && a->nhead == b->nhead && a->head == b->head &&
	    a->offset == b->offset && a->tail == b->tail;
}

bool
logs_remember(struct logs *l, const char *name, struct span head, const struct logmark *m)
{
	struct logmark now = *m, *k = own(l, name, head, m);
	bool known;

	now.nhead = (unsigned)head.n;
	now.head = logs_print(head.p, head.n);
	now.name = need(strdup(name));
	known = k != NULL && equal(k, &now);
	if (k == NULL)
		k = add(l);
	free(k->name);
	*k = now;
	return !known;
}

void
logs_free(struct logs *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->marks[i].name);
	free(l->marks);
	*l = (struct logs){ 0 };
}
