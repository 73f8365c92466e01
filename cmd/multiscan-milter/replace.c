/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-milter/replace.h"

#include "cmd/multiscan-milter/headdiff.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 16384 };

/* A message that is read: its file, and its head with the empty line. */
struct text {
	int fd;
	char *head;
	size_t n;
	unsigned long long size;	/* of the whole */
	struct fields fields;
};

static void
text_close(struct text *t)
{
	fields_free(&t->fields);
	free(t->head);
	if (t->fd >= 0)
		close(t->fd);
}

/* Up to n bytes from an offset; fewer only at the end of the file.  -1 and errno. */
static ssize_t
read_at(int fd, char *p, size_t n, unsigned long long at)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = pread(fd, p + got, n - got, (off_t)(at + got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* The head is read in ever larger pieces until its empty line is there. */
static bool
read_head(struct text *t)
{
	size_t room = BLOCK, got = 0;
	ssize_t r;

	for (; room <= HEAD_MAX; room *= 2) {
		char *more = realloc(t->head, room);

		if (more == NULL)
			return false;
		t->head = more;
		if ((r = read_at(t->fd, t->head + got, room - got, got)) < 0)
			return false;
		got += (size_t)r;
		if ((t->n = head_end(t->head, got)) > 0)
			return true;
		if (got < room)
			break;
	}
	errno = got < room ? EBADMSG : E2BIG;
	return false;
}

static bool
text_open(struct text *t, int fd)
{
	struct stat st;

	memset(t, 0, sizeof *t);
	t->fd = fd;
	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	t->size = (unsigned long long)st.st_size;
	return read_head(t) && fields_split(&t->fields, t->head, t->n, FIELDS_MAX);
}

/* The value of a field, in memory of its own: a string without its last line end. */
static char *
value(const struct field *f)
{
	return strndup(f->p + f->name + 1, f->n - f->name - 2);
}

static bool
tell_edit(SMFICTX *ctx, const struct edit *e, const struct fields *old,
    const struct fields *new)
{
	const struct field *f = e->kind == EDIT_DELETE ? &old->field[e->old] :
	    &new->field[e->new];
	char *name = strndup(f->p, f->name), *text = value(f);
	bool good = false;

	if (name != NULL && text != NULL) {
		if (e->kind == EDIT_DELETE)
			good = smfi_chgheader(ctx, name, (int)e->nth, NULL) == MI_SUCCESS;
		else if (e->kind == EDIT_CHANGE)
			good = smfi_chgheader(ctx, name, (int)e->nth, text) == MI_SUCCESS;
		/*
		 * Postfix counts its own Received, which we are not shown, too.  Fields that
		 * its access maps put above that are shown: there one may come a field low.
		 */
		else
			good = smfi_insheader(ctx, (int)e->at + 1, name, text) == MI_SUCCESS;
	}
	free(name);
	free(text);
	return good;
}

/* Can Postfix make these changes in a moment? */
static bool
is_cheap(const struct edits *e, const struct fields *old)
{
	unsigned long long walk = 0;

	if (e->count > EDITS_MAX)
		return false;
	for (size_t i = 0; i < e->count; i++) {
		const struct edit *this = &e->edit[i];
		size_t at = this->kind == EDIT_INSERT ? this->at : this->old;

		if (at > 0)
			walk += (size_t)(old->field[at - 1].p - old->field[0].p);
	}
	return walk <= WALK_MAX;
}

static bool
tell_fields(SMFICTX *ctx, const struct fields *old, const struct fields *new)
{
	struct edits e;
	bool good;

	if (!headdiff(&e, old, new))
		return false;
	errno = E2BIG;
	good = is_cheap(&e, old);
	for (size_t i = 0; good && i < e.count; i++) {
		errno = EPIPE;
		good = tell_edit(ctx, &e.edit[i], old, new);
	}
	free(e.edit);
	return good;
}

/* Are the bodies the same?  1, 0, -1 and errno. */
static int
same_body(const struct text *a, const struct text *b, char *block)
{
	unsigned long long at = 0;

	if (a->size - a->n != b->size - b->n)
		return 0;
	for (;;) {
		ssize_t n = read_at(a->fd, block, BLOCK, a->n + at);
		ssize_t m = read_at(b->fd, block + BLOCK, BLOCK, b->n + at);

		if (n < 0 || m < 0)
			return -1;
		if (n != m || memcmp(block, block + BLOCK, (size_t)n) != 0)
			return 0;
		if (n < BLOCK)
			return 1;
		at += BLOCK;
	}
}

/* With the line ends of SMTP; block has room for two. */
static bool
tell_body(SMFICTX *ctx, const struct text *t, char *block)
{
	char *from = block + BLOCK / 2 * 3;
	unsigned long long at = t->n;

	for (;;) {
		ssize_t n = read_at(t->fd, from, BLOCK / 2, at);
		size_t len = 0;

		if (n < 0)
			return false;
		for (ssize_t i = 0; i < n; i++) {
			if (from[i] == '\n')
				block[len++] = '\r';
			block[len++] = from[i];
		}
		errno = EPIPE;
		/* An empty body has to be told, too. */
		if ((n > 0 || at == t->n) &&
		    smfi_replacebody(ctx, (unsigned char *)block, (int)len) != MI_SUCCESS)
			return false;
		if (n < BLOCK / 2)
			return true;
		at += (size_t)n;
	}
}

static bool
tell_all(SMFICTX *ctx, const struct text *old, const struct text *new)
{
	char *block = malloc(2 * BLOCK);
	bool good = false;
	int same;

	if (block == NULL)
		return false;
	if (tell_fields(ctx, &old->fields, &new->fields) &&
	    (same = same_body(old, new, block)) >= 0)
		good = same == 1 || tell_body(ctx, new, block);
	free(block);
	return good;
}

/* A folder of another message means that somebody else works there now. */
static bool
is_of(const struct workdir *w, const char *id)
{
	struct manifest m;
	bool same;

	if (manifest_open(&m, w) < 0)
		return false;
	same = strcmp(m.id, id) == 0;
	manifest_close(&m);
	errno = ESTALE;
	return same;
}

bool
replace_message(SMFICTX *ctx, const char *name, const char *dir, const char *id)
{
	struct text old = { .fd = -1 }, new = { .fd = -1 };
	struct workdir w = { -1, -1 };
	bool good;

	good = workdir_open(&w, dir) == 0 && is_of(&w, id) &&
	    text_open(&old, workdir_message(&w)) && text_open(&new, workdir_changed(&w)) &&
	    tell_all(ctx, &old, &new);
	if (!good)
		warn("%s: %s: cannot be told what changes", name, dir);
	text_close(&old);
	text_close(&new);
	workdir_close(&w);
	return good;
}

bool
replace_recipients(SMFICTX *ctx, const char *name, const struct rcpts *r, const char *to)
{
	const char *written, *read;
	bool good = true;
	size_t at = 0;

	if (!rcpts_is_one(to)) {
		warnx("%s: what it is redirected to is not one plain address", name);
		return false;
	}
	if (r->odd) {
		warnx("%s: a recipient that is oddly written cannot be taken out", name);
		return false;
	}
	while (good && rcpts_next(r, &at, &written, &read))
		good = smfi_delrcpt(ctx, (char *)(uintptr_t)written) == MI_SUCCESS;
	good = good && smfi_addrcpt(ctx, (char *)(uintptr_t)to) == MI_SUCCESS;
	if (!good)
		warnx("%s: the recipient cannot be changed", name);
	return good;
}
