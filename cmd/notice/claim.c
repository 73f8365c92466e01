/* SPDX-License-Identifier: ISC */
#include "cmd/notice/claim.h"
#include "cmd/notice/siphash.h"
#include "common/cli.h"

#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
	SLOTS = 8,		/* of a set: one block, and never over two pages */
	SETS = 512,
	MINUTE = 60,
	CAUSE_MAX = 1000	/* bytes of a cause that count */
};

struct slot {
	uint64_t cause;		/* 0: none */
	int64_t last;		/* its last notice; 0: none that counts */
	int64_t since;		/* the first held back after it */
	int64_t told_since;	/* as that was before it, for an undo */
	uint32_t held, told;
	uint32_t sum;
	uint32_t unused[5];
};

struct set {
	struct slot slot[SLOTS];
};

struct head {
	char magic[16];
	unsigned char key[16];
	int64_t minute;		/* of the clock, and its notices */
	uint32_t count;
	uint32_t sum;
	char unused[sizeof(struct set) - 48];
};

static const char MAGIC[16] = "multiscan note1";
_Static_assert(sizeof(struct slot) == 64 && sizeof(struct head) == 512, "blocks of 512");

struct state {
	const char *path;
	int fd;
	struct head head;
	struct set set;
	off_t at;		/* of the set */
};

static uint32_t
sum(const struct state *s, const void *p, size_t n)
{
	return (uint32_t)siphash(s->head.key, p, n);
}

static uint32_t
head_sum(const struct state *s)
{
	return sum(s, &s->head, offsetof(struct head, sum));
}

static uint32_t
slot_sum(const struct state *s, const struct slot *slot)
{
	return sum(s, slot, offsetof(struct slot, sum));
}

static void
write_block(const struct state *s, const void *p, off_t at)
{
	ssize_t n = pwrite(s->fd, p, sizeof s->set, at);

	if (n < 0)
		err(EXIT_RETRY, "%s", s->path);
	if (n != sizeof s->set)
		errx(EXIT_RETRY, "%s: not written", s->path);
}

static void
write_head(struct state *s)
{
	s->head.sum = head_sum(s);
	write_block(s, &s->head, 0);
}

/* The head last: without it the file is none, and one killed before it is not yet begun. */
static void
begin(struct state *s)
{
	memset(&s->head, 0, sizeof s->head);
	memcpy(s->head.magic, MAGIC, sizeof MAGIC);
	if (getrandom(s->head.key, sizeof s->head.key, 0) != sizeof s->head.key)
		err(EXIT_RETRY, "getrandom");
	if (ftruncate(s->fd, 0) < 0 ||
	    ftruncate(s->fd, (SETS + 1) * (off_t)sizeof s->set) < 0)
		err(EXIT_RETRY, "%s", s->path);
	write_head(s);
}

static bool
never_begun(const struct state *s, off_t size)
{
	static const struct head NONE;

	return size == 0 || memcmp(&s->head, &NONE, sizeof NONE) == 0;
}

static void
open_state(struct state *s, const char *path)
{
	struct stat st;
	ssize_t n;

	memset(s, 0, sizeof *s);
	s->path = path;
	s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
	    0600);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		err(EXIT_RETRY, "%s", path);
	if (!S_ISREG(st.st_mode))
		errx(EXIT_RETRY, "%s: is no regular file", path);
	while (flock(s->fd, LOCK_EX) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "%s", path);
	if ((n = pread(s->fd, &s->head, sizeof s->head, 0)) < 0 || fstat(s->fd, &st) < 0)
		err(EXIT_RETRY, "%s", path);
	if (st.st_size == (SETS + 1) * (off_t)sizeof s->set && n == sizeof s->head &&
	    memcmp(s->head.magic, MAGIC, sizeof MAGIC) == 0 && s->head.sum == head_sum(s))
		return;
	if (!never_begun(s, st.st_size))
		warnx("%s: damaged, begun anew", path);
	begin(s);
}

/* A slot that is damaged was never there. */
static void
read_set(struct state *s, uint64_t cause)
{
	unsigned bad = 0;

	s->at = (off_t)(1 + cause % SETS) * (off_t)sizeof s->set;
	if (pread(s->fd, &s->set, sizeof s->set, s->at) != sizeof s->set)
		err(EXIT_RETRY, "%s", s->path);
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &s->set.slot[i];

		if (slot->cause == 0 || slot->sum == slot_sum(s, slot))
			continue;
		memset(slot, 0, sizeof *slot);
		bad++;
	}
	if (bad > 0)
		warnx("%s: damaged, in part begun anew", s->path);
}

static void
write_set(struct state *s, struct slot *slot)
{
	slot->sum = slot_sum(s, slot);
	write_block(s, &s->set, s->at);
}

static uint64_t
hash(const struct state *s, const char *cause)
{
	char low[CAUSE_MAX];
	size_t n = 0;
	uint64_t h;

	for (; n < CAUSE_MAX && cause[n] != '\0'; n++)
		low[n] = cause[n] >= 'A' && cause[n] <= 'Z' ? (char)(cause[n] + 32) : cause[n];
	h = siphash(s->head.key, low, n);
	return h == 0 ? 1 : h;
}

static struct slot *
find(struct state *s, uint64_t cause)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (s->set.slot[i].cause == cause)
			return &s->set.slot[i];
	return NULL;
}

/* In place of none, else of the one whose time is longest past. */
static struct slot *
make(struct state *s, uint64_t cause)
{
	struct slot *slot = &s->set.slot[0];

	for (size_t i = 0; i < SLOTS && slot->cause != 0; i++)
		if (s->set.slot[i].cause == 0 || s->set.slot[i].last < slot->last)
			slot = &s->set.slot[i];
	memset(slot, 0, sizeof *slot);
	slot->cause = cause;
	return slot;
}

/* A time that is to come is one of a clock that went back, and counts no more. */
static bool
too_early(const struct slot *slot, const struct claim *c, long long now)
{
	return slot->last != 0 && slot->last <= now && now - slot->last < (long long)c->period;
}

static void
hold(struct state *s, struct slot *slot, struct claim *c, long long now)
{
	if (slot->held == 0)
		slot->since = now;
	if (slot->held < UINT32_MAX)
		slot->held++;
	c->held = slot->held;
	write_set(s, slot);
}

static void
take(struct state *s, struct slot *slot, struct claim *c, long long now)
{
	c->held = slot->told = slot->held;
	c->since = slot->told_since = slot->since;
	slot->held = 0;
	slot->since = 0;
	slot->last = now;
	s->head.count++;
	write_head(s);
	write_set(s, slot);
}

bool
claim_take(struct claim *c, long long now)
{
	struct state s;
	struct slot *slot;
	uint64_t cause;
	bool taken = false;

	open_state(&s, c->path);
	cause = hash(&s, c->cause);
	read_set(&s, cause);
	slot = find(&s, cause);
	if (s.head.minute != now / MINUTE) {
		s.head.minute = now / MINUTE;
		s.head.count = 0;
	}
	c->held = 0;
	c->cause_held = slot != NULL && too_early(slot, c, now);
	if (!c->cause_held && s.head.count < c->most) {
		take(&s, slot != NULL ? slot : make(&s, cause), c, now);
		taken = true;
	} else if (slot != NULL) {
		hold(&s, slot, c, now);
	}
	close(s.fd);
	return taken;
}

void
claim_undo(const struct claim *c, long long now)
{
	struct state s;
	struct slot *slot;
	uint64_t cause;

	open_state(&s, c->path);
	cause = hash(&s, c->cause);
	read_set(&s, cause);
	if ((slot = find(&s, cause)) != NULL && slot->last != 0) {
		slot->last = 0;
		slot->held = slot->told > UINT32_MAX - slot->held ? UINT32_MAX :
		    slot->held + slot->told;
		if (slot->told > 0)
			slot->since = slot->told_since;
		slot->told = 0;
		write_set(&s, slot);
		if (s.head.minute == now / MINUTE && s.head.count > 0) {
			s.head.count--;
			write_head(&s);
		}
	}
	close(s.fd);
}
