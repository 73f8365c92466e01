/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/cover.h"
#include "cmd/mimesplit/split.h"
#include "common/cli.h"

#include <nettle/sha2.h>

#include <sys/random.h>

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SAME_MAX = 16,		/* equal parts that are asked whether they lie inside */
	PIECE = 64 << 10
};

static const unsigned long NONE = AGENDA_NONE;

/* The slot of a key, made if it is not there. */
static struct known_slot *
slot(struct known *k, unsigned long long key)
{
	size_t at = (size_t)((key ^ k->key) * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	for (at &= k->slots - 1; k->slot[at].part != 0; at = (at + 1) & (k->slots - 1))
		if (k->slot[at].key == key)
			break;
	k->slot[at].key = key;
	return &k->slot[at];
}

static void
grow(struct known *k)
{
	struct known_slot *old = k->slot;
	size_t n = k->slots;

	k->slots = n ? 2 * n : 64;
	if ((k->slot = calloc(k->slots, sizeof *k->slot)) == NULL)
		err(EXIT_RETRY, "memory");
	if (k->key == 0 && getrandom(&k->key, sizeof k->key, 0) != sizeof k->key)
		err(EXIT_RETRY, "random numbers");
	for (size_t i = 0; i < n; i++)
		if (old[i].part != 0)
			*slot(k, old[i].key) = old[i];
	free(old);
}

/* Tells the bytes of a part, wherever they are, a piece at a time. */
static void
read_part(struct split *s, unsigned long part,
    void (*tell)(void *ctx, const char *p, size_t n), void *ctx)
{
	static char piece[PIECE];
	const struct entry *e = &s->outline.entry[part];
	bool message = e->deferred && e->in_message;
	unsigned long holder = e->deferred ? e->source : part;
	unsigned long long at = e->deferred ? e->from : 0, end = at + e->size;
	int fd = message ? s->message : workdir_part(&s->dir, holder);

	if (fd < 0)
		err(EXIT_RETRY, "parts/%lu", holder);
	while (at < end) {
		size_t want = end - at < sizeof piece ? (size_t)(end - at) : sizeof piece;
		ssize_t n = pread(fd, piece, want, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			err(EXIT_RETRY, "parts/%lu", holder);
		tell(ctx, piece, (size_t)n);
		at += (unsigned long long)n;
	}
	if (!message)
		close(fd);
}

static void
add_to_sum(void *ctx, const char *p, size_t n)
{
	sha256_update(ctx, n, (const uint8_t *)p);
}

static void
sum(struct split *s, unsigned long part)
{
	struct entry *e = &s->outline.entry[part];
	struct sha256_ctx sha;

	if (e->summed)
		return;
	sha256_init(&sha);
	read_part(s, part, add_to_sum, &sha);
	sha256_digest(&sha, sizeof e->sum, e->sum);
	e->summed = true;
}

static void
add_to_file(void *ctx, const char *p, size_t n)
{
	if (write_all(*(int *)ctx, p, n) < 0)
		err(EXIT_RETRY, "parts");
}

/* A part that stays gets its file. */
static void
make_file(struct split *s, unsigned long part)
{
	struct entry *e = &s->outline.entry[part];
	int fd;

	if (!e->deferred)
		return;
	if ((fd = workdir_create_part(&s->dir, part)) < 0)
		err(EXIT_RETRY, "parts/%lu", part);
	read_part(s, part, add_to_file, &fd);
	if (close(fd) < 0)
		err(EXIT_RETRY, "parts/%lu", part);
	e->deferred = false;
}

static unsigned long long
sum_key(const struct entry *e)
{
	unsigned long long key;

	memcpy(&key, e->sum, sizeof key);
	return key | 1ull << 63;	/* no size is that large */
}

static void
know_sum(struct split *s, unsigned long part)
{
	struct known *k = &s->known;
	struct known_slot *at;

	sum(s, part);
	at = slot(k, sum_key(&s->outline.entry[part]));
	k->used += at->part == 0;
	k->next[part] = at->part;
	at->part = part + 1;
}

/* From now on the part is known. */
static void
know(struct split *s, unsigned long part)
{
	struct known *k = &s->known;
	struct known_slot *at;

	if (!s->outline.entry[part].file)
		return;
	while (k->used + 3 > k->slots / 2)
		grow(k);
	if (part >= k->room) {
		k->room = 2 * part + 64;
		k->next = reallocarray(k->next, k->room, sizeof *k->next);
		if (k->next == NULL)
			err(EXIT_RETRY, "memory");
	}
	at = slot(k, s->outline.entry[part].size);
	if (at->part == 0) {
		at->part = at->first = part + 1;
		k->used++;
		return;
	}
	if (at->first != 0) {
		unsigned long first = at->first - 1;

		at->first = 0;
		know_sum(s, first);
	}
	know_sum(s, part);
}

/* Is what is found in p found by whoever acts on the part, or inside of `in'? */
static bool
as_good(const struct split *s, unsigned long p, unsigned long part, unsigned long in)
{
	const struct entry *e = s->outline.entry;

	return e[p].edit == e[part].edit || outline_inside(&s->outline, p, in);
}

/* A known part with the same bytes that is as good, or NONE. */
static unsigned long
find(struct split *s, unsigned long part, unsigned long in)
{
	struct known *k = &s->known;
	struct entry *e = &s->outline.entry[part];
	struct known_slot *at;
	unsigned long p;

	if (k->slots == 0 || (at = slot(k, e->size))->part == 0)
		return NONE;
	if (at->first != 0) {
		p = at->first - 1;
		if (!as_good(s, p, part, in))
			return NONE;
		sum(s, p);
		sum(s, part);
		return memcmp(s->outline.entry[p].sum, e->sum, sizeof e->sum) == 0 ? p : NONE;
	}
	sum(s, part);
	p = slot(k, sum_key(e))->part;
	for (int i = 0; p != 0 && i < SAME_MAX; i++, p = k->next[p - 1])
		if (memcmp(s->outline.entry[p - 1].sum, e->sum, sizeof e->sum) == 0 &&
		    as_good(s, p - 1, part, in))
			return p - 1;
	return NONE;
}

static void
drop(struct split *s, unsigned long part, unsigned long heir)
{
	struct entry *e = &s->outline.entry[part];

	if (e->file) {
		if (!e->deferred && workdir_drop_part(&s->dir, part) < 0)
			err(EXIT_RETRY, "parts/%lu", part);
		s->decoded -= e->size;
	}
	outline_merge_words(&s->outline, heir, e->words);
	if (s->outline.conversions != NULL)
		outline_merge_traits(&s->outline, heir, part);
	free(e->words);
	free(e->traits);
	free(e->imap);
	e->words = e->traits = e->imap = NULL;
	e->dropped = true;
	e->file = false;
	e->defects = 0;
	s->outline.live--;
}

/* A part whose file is a range of the message; the widest of them are kept. */
static void
note_wide(struct split *s, unsigned long part)
{
	const struct entry *e = &s->outline.entry[part];
	struct wide *w = &s->wide[0];

	if (!e->raw || !e->in_message || !e->file)
		return;
	for (size_t i = 1; i < SPLIT_WIDE; i++)
		if (s->wide[i].len < w->len)
			w = &s->wide[i];
	if (e->size > w->len)
		*w = (struct wide){ e->from, e->size };
}

static bool
within_wide(const struct split *s, unsigned long long from, unsigned long long len)
{
	for (size_t i = 0; i < SPLIT_WIDE; i++)
		if (from >= s->wide[i].from && from - s->wide[i].from <= s->wide[i].len &&
		    len <= s->wide[i].len - (from - s->wide[i].from))
			return true;
	return false;
}

/*
 * Text that is only shown, and is scanned: nearly the same in the part that it is
 * another reading of; or as it stands, in another part's file or in the texts of
 * the first reading but for fields, delimiters and words.
 */
static bool
only_shown(struct split *s, unsigned long part)
{
	const struct entry *e = &s->outline.entry[part];

	if (e->slight && !e->carries)
		return true;
	if (!e->raw || !e->plain)
		return false;
	if (e->in_message && within_wide(s, e->from, e->size))
		return true;
	return !e->in_message || cover_all(s, e->body.start, e->body.len);
}

/*
 * now[i]: NONE for what stays, else the part that stands for it: one with the
 * same bytes, or the one that was read.  A part that holds one that stays stays.
 * file[i]: the part in whose file its bytes are, or NONE.
 */
static void
judge(struct split *s, unsigned long base, unsigned long of, unsigned long *now,
    unsigned long *file)
{
	struct outline *o = &s->outline;

	for (unsigned long p = base; p < o->count; p++) {
		now[p - base] = of;
		file[p - base] = NONE;
		if (!o->entry[p].file || o->entry[p].size == 0 || only_shown(s, p))
			continue;
		now[p - base] = file[p - base] = find(s, p, of);
		if (now[p - base] == NONE) {
			know(s, p);
			file[p - base] = p;
		}
	}
	for (unsigned long p = o->count; p-- > base; )
		if (now[p - base] == NONE && o->entry[p].parent >= base)
			now[o->entry[p].parent - base] = NONE;
}

void
settle(struct split *s, unsigned long base, unsigned long of)
{
	struct outline *o = &s->outline;
	unsigned long count = o->count - base, *now, *file;

	if (count == 0) {
		agenda_commit(&s->agenda, base, NULL, NULL);
		return;
	}
	for (; s->known.count < base; s->known.count++) {
		know(s, s->known.count);
		note_wide(s, s->known.count);
	}
	if ((now = calloc(2 * count, sizeof *now)) == NULL)
		err(EXIT_RETRY, "memory");
	file = now + count;
	judge(s, base, of, now, file);
	for (unsigned long i = 0; i < count; i++) {
		if (now[i] == NONE) {
			now[i] = base + i;
			make_file(s, base + i);
			note_wide(s, base + i);
		} else
			drop(s, base + i, now[i]);
	}
	for (int limit = 0; limit < LIMITS; limit++)
		if (o->reached[limit] && o->where[limit] >= base)
			o->where[limit] = now[o->where[limit] - base];
	agenda_commit(&s->agenda, base, now, file);
	free(now);
	while (o->count > base && o->entry[o->count - 1].dropped)
		o->count--;
	s->known.count = o->count;
}

/* Moves a part that stays to its new number; those before it have moved. */
static void
move(struct split *s, unsigned long from, unsigned long to, const unsigned long *now)
{
	struct entry *e = s->outline.entry;

	if (e[from].file && workdir_move_part(&s->dir, from, to) < 0)
		err(EXIT_RETRY, "parts/%lu", from);
	e[to] = e[from];
	e[to].parent = now[e[to].parent];
	e[to].edit = now[e[to].edit];
	e[to].of = now[e[to].of];
}

void
settle_numbers(struct split *s)
{
	struct outline *o = &s->outline;
	unsigned long *now, to = 0;

	if (o->live == o->count)
		return;
	if ((now = calloc(o->count, sizeof *now)) == NULL)
		err(EXIT_RETRY, "memory");
	for (unsigned long p = 0; p < o->count; p++) {
		now[p] = to;
		if (o->entry[p].dropped)
			continue;
		if (p != to)
			move(s, p, to, now);
		to++;
	}
	for (int limit = 0; limit < LIMITS; limit++)
		o->where[limit] = now[o->where[limit]];
	o->count = to;
	free(now);
}

void
known_free(struct known *k)
{
	free(k->slot);
	free(k->next);
	memset(k, 0, sizeof *k);
}
