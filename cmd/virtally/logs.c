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

enum index { BY_HEAD, BY_FILE, BY_NAME, INDEXES };

static uint64_t
key_of_file(unsigned long long device, unsigned long long inode)
{
	unsigned long long both[2] = { device, inode };

	return logs_print(both, sizeof both);
}

static uint64_t
key_of(const struct logmark *m, unsigned by)
{
	if (by == BY_HEAD)
		return m->head;
	return by == BY_FILE ? key_of_file(m->device, m->inode) :
	    logs_print(m->name, strlen(m->name));
}

/* room is a power of two. */
static size_t *
first(const struct logs *l, unsigned by, uint64_t key)
{
	return &l->table[by * l->room + (key & (l->room - 1))];
}

static void
link_mark(struct logs *l, struct logmark *m)
{
	for (unsigned by = 0; by < INDEXES; by++) {
		size_t *at = first(l, by, key_of(m, by));

		m->next[by] = *at;
		*at = (size_t)(m - l->marks) + 1;
	}
}

static void
unlink_mark(struct logs *l, struct logmark *m)
{
	for (unsigned by = 0; by < INDEXES; by++) {
		size_t *at = first(l, by, key_of(m, by));

		while (*at != (size_t)(m - l->marks) + 1)
			at = &l->marks[*at - 1].next[by];
		*at = m->next[by];
	}
}

static struct logmark *
mark_at(const struct logs *l, size_t number)
{
	return number == 0 ? NULL : &l->marks[number - 1];
}

static void
grow(struct logs *l)
{
	l->room = l->room == 0 ? 64 : 2 * l->room;
	l->marks = need(reallocarray(l->marks, l->room, sizeof *l->marks));
	free(l->table);
	l->table = need(calloc(l->room, INDEXES * sizeof *l->table));
	for (size_t i = 0; i < l->n; i++)
		link_mark(l, &l->marks[i]);
}

/* In the place of k; NULL: it is a new one. */
static void
put(struct logs *l, struct logmark *k, const struct logmark *m)
{
	if (k != NULL) {
		unlink_mark(l, k);
		free(k->name);
	} else {
		if (l->n == l->room)
			grow(l);
		k = &l->marks[l->n++];
	}
	*k = *m;
	l->lengths[k->nhead] = 1;
	link_mark(l, k);
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

/* 0 where it is not there. */
static bool
time_of(const char *line, size_t n, const char *key, long long *ns)
{
	unsigned long long num = 0;
	struct span v;

	if (record_get(line, n, key, &v) && (!number_of(line, n, key, &num) || num > INT64_MAX))
		return false;
	*ns = (long long)num;
	return true;
}

/* OFFSET:TAIL,...; none where it is not there. */
static bool
past_of(const char *line, size_t n, unsigned long long below, struct logpast *past)
{
	struct span v;
	size_t i = 0;

	past->n = 0;
	if (!record_get(line, n, "past", &v))
		return true;
	while (i < v.n) {
		struct logplace p = { 0 };
		size_t digits = 0;

		for (; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' && digits < 19; i++, digits++)
			p.offset = p.offset * 10 + (unsigned)(v.p[i] - '0');
		if (digits == 0 || v.n - i < 17 || v.p[i++] != ':' || past->n == LOGS_PAST ||
		    p.offset >= below || (past->n > 0 && p.offset <= past->at[past->n - 1].offset))
			return false;
		for (size_t end = i + 16; i < end; i++) {
			if (hex(v.p[i]) < 0)
				return false;
			p.tail = p.tail << 4 | (unsigned)hex(v.p[i]);
		}
		past->at[past->n++] = p;
		if (i < v.n && v.p[i++] != ',')
			return false;
	}
	return true;
}

bool
logs_load(struct logs *l, const char *line, size_t n)
{
	struct logmark m = { 0 };
	struct span name, day, v;
	unsigned long long bytes;

	if (!record_get(line, n, "log", &name) || !record_get(line, n, "read", &day) ||
	    !number_of(line, n, "device", &m.device) || !number_of(line, n, "inode", &m.inode) ||
	    !number_of(line, n, "size", &m.size) || !time_of(line, n, "changed", &m.changed) ||
	    !number_of(line, n, "bytes", &bytes) || !number_of(line, n, "offset", &m.offset) ||
	    !print_of(line, n, "head", &m.head) || !print_of(line, n, "tail", &m.tail) ||
	    !calendar_parse(day, &m.read) || bytes > LOGS_PRINT ||
	    !time_of(line, n, "status", &m.status) || !past_of(line, n, m.offset, &m.past) ||
	    (record_get(line, n, "end", &v) && !print_of(line, n, "end", &m.end)))
		return false;
	m.nhead = (unsigned)bytes;
	m.name = need(malloc(name.n + 1));
	m.name[record_decode(m.name, name)] = '\0';
	put(l, NULL, &m);
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
add_past(struct record *r, const struct logpast *past)
{
	char text[LOGS_PAST * 40];
	int n = 0;

	for (size_t i = 0; i < past->n; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s%llu:%016" PRIx64,
		    i == 0 ? "" : ",", past->at[i].offset, past->at[i].tail);
	if (n > 0)
		record_add(r, "past", text, (size_t)n);
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
	if (m->status > 0)
		record_addnum(&r, "status", (unsigned long long)m->status);
	if (m->end != 0)
		add_print(&r, "end", m->end);
	add_past(&r, &m->past);
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
	for (size_t i = 0, old = 0; i < n && old < LOGS_MAX; i++) {
		old += today - order[i]->read > LOGS_FEW;
		save(order[i], f);
	}
	free(order);
}

static long long
nanoseconds(struct timespec t)
{
	return t.tv_sec < 0 ? 0 : (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
logs_stat(struct logmark *m, const struct stat *st, bool whole)
{
	m->device = st->st_dev;
	m->inode = st->st_ino;
	m->size = whole ? (unsigned long long)st->st_size : 0;
	m->changed = whole ? nanoseconds(st->st_mtim) : 0;
	m->status = whole ? nanoseconds(st->st_ctim) : 0;
}

/* It is kept, also where nothing else is to be saved for a long time. */
static void
read_today(struct logs *l, struct logmark *m, int today)
{
	if (today - m->read >= LOGS_FEW / 2)
		l->news = true;
	m->read = today;
}

static bool
is_file(const struct logmark *m, const struct stat *st)
{
	return m->inode == st->st_ino && m->device == st->st_dev && m->inode != 0;
}

static bool
looks_same(const struct logmark *m, const struct stat *st)
{
	return is_file(m, st) && m->size == (unsigned long long)st->st_size &&
	    m->changed > 0 && m->changed == nanoseconds(st->st_mtim);
}

static struct logmark *
first_of(const struct logs *l, unsigned by, uint64_t key)
{
	return l->n == 0 ? NULL : mark_at(l, *first(l, by, key));
}

bool
logs_same(struct logs *l, const struct stat *st, int today)
{
	struct logmark *m = first_of(l, BY_FILE, key_of_file(st->st_dev, st->st_ino));
	bool same = false;

	for (; m != NULL; m = mark_at(l, m->next[BY_FILE]))
		if (looks_same(m, st) && m->status == nanoseconds(st->st_ctim)) {
			read_today(l, m, today);
			same = true;
		}
	return same;
}

bool
logs_moved(struct logs *l, const char *name, const struct stat *st, uint64_t end, int today)
{
	struct logmark *m = first_of(l, BY_FILE, key_of_file(st->st_dev, st->st_ino)), now;

	while (m != NULL && !(looks_same(m, st) && m->end == end && end != 0))
		m = mark_at(l, m->next[BY_FILE]);
	if (m == NULL)
		return false;
	now = *m;
	now.name = need(strdup(name));
	now.status = nanoseconds(st->st_ctim);
	now.read = today;
	put(l, m, &now);
	l->news = true;
	return true;
}

static bool
begins(const struct logmark *m, struct span head)
{
	return m->nhead > 0 && m->nhead <= head.n && logs_print(head.p, m->nhead) == m->head;
}

struct found {
	struct logknown *at;
	size_t n, room;
};

static void
add_known(struct found *found, struct logmark *m, struct logplace place)
{
	if (found->n == found->room) {
		found->room = found->room == 0 ? 64 : 2 * found->room;
		found->at = need(reallocarray(found->at, found->room, sizeof *found->at));
	}
	found->at[found->n++] = (struct logknown){ place, m };
}

static int
nearest(const void *a, const void *b)
{
	const struct logknown *x = a, *y = b;

	if (x->place.offset != y->place.offset)
		return x->place.offset < y->place.offset ? -1 : 1;
	return x->mark < y->mark ? -1 : x->mark > y->mark;
}

struct logknown *
logs_known(struct logs *l, struct span head, size_t *n)
{
	struct found found = { 0 };

	for (size_t k = 1; k <= head.n && k <= LOGS_PRINT; k++) {
		uint64_t print = l->lengths[k] == 0 ? 0 : logs_print(head.p, k);
		struct logmark *m = l->lengths[k] == 0 ? NULL : first_of(l, BY_HEAD, print);

		for (; m != NULL; m = mark_at(l, m->next[BY_HEAD])) {
			if (m->nhead != k || m->head != print)
				continue;
			m->differs = 0;
			for (size_t i = 0; i < m->past.n; i++)
				add_known(&found, m, m->past.at[i]);
			add_known(&found, m, (struct logplace){ m->offset, m->tail });
		}
	}
	if (found.n > 0)
		qsort(found.at, found.n, sizeof *found.at, nearest);
	*n = found.n;
	return found.at;
}

/* Of a distance: a place of each is kept. */
static unsigned
class_of(unsigned long long distance)
{
	enum { FINE = 12, LAST = LOGS_PAST - 2 };
	unsigned k = 0;

	for (distance /= LOGS_PRINT; distance > 0; distance /= 2)
		k++;
	/* beyond a MB every fourth will do */
	if (k > FINE)
		k = FINE + (k - FINE + 3) / 4;
	return k < LAST ? k : LAST;
}

void
logs_pass(struct logpast *past, unsigned long long offset, uint64_t tail)
{
	size_t n = 0;
	unsigned last = LOGS_PAST;

	if (offset == 0 || (past->n > 0 && past->at[past->n - 1].offset >= offset))
		return;
	/* the farthest of each class stays: it is the first to come into the next one */
	for (size_t i = 0; i < past->n; i++) {
		unsigned k = class_of(offset - past->at[i].offset);

		if (k != last)
			past->at[n++] = past->at[i];
		last = k;
	}
	past->at[n++] = (struct logplace){ offset, tail };
	past->n = n;
}

/* The mark that this file has, else that of a log of its name. */
static struct logmark *
own(const struct logs *l, const char *name, struct span head, const struct logmark *m)
{
	struct logmark *k = NULL;

	if (m->inode != 0)
		k = first_of(l, BY_FILE, key_of_file(m->device, m->inode));
	for (; k != NULL; k = mark_at(l, k->next[BY_FILE]))
		if (k->inode == m->inode && k->device == m->device && k->offset <= m->offset &&
		    begins(k, head))
			return k;
	k = first_of(l, BY_NAME, logs_print(name, strlen(name)));
	for (; k != NULL; k = mark_at(l, k->next[BY_NAME]))
		if (strcmp(k->name, name) == 0 && k->offset <= m->offset && begins(k, head))
			return k;
	return NULL;
}

static bool
equal(const struct logmark *a, const struct logmark *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	    a->changed == b->changed && a->status == b->status && a->end == b->end &&
	    a->nhead == b->nhead && a->head == b->head && a->offset == b->offset &&
	    a->tail == b->tail;
}

bool
logs_remember(struct logs *l, const char *name, struct span head, const struct logmark *m)
{
	struct logmark now = *m, *k = own(l, name, head, m);
	bool known;

	now.nhead = (unsigned)head.n;
	now.head = logs_print(head.p, head.n);
	now.name = need(strdup(name));
	while (now.past.n > 0 && now.past.at[now.past.n - 1].offset >= now.offset)
		now.past.n--;
	known = k != NULL && equal(k, &now);
	if (k != NULL && k->read != now.read)
		read_today(l, k, now.read);
	put(l, k, &now);
	if (!known)
		l->news = true;
	return !known;
}

void
logs_free(struct logs *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->marks[i].name);
	free(l->marks);
	free(l->table);
	*l = (struct logs){ 0 };
}
