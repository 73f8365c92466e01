/* SPDX-License-Identifier: ISC */
/*
 * The recipients of a message: each as the client wrote it, and as Postfix reads it.
 *
 * Postfix takes a recipient out by what the client wrote, read once more and by rules that
 * differ: <Foo <a@example.org>> is taken for a@example.org when it comes, and for nothing
 * when it is to go, which nobody is told.  One whose two readings could differ is odd.
 */
#ifndef RCPTS_H
#define RCPTS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RCPTS_MAX = 2 << 20,	/* bytes of all that is kept of them */
	ADDRESS_MAX = 254	/* RFC 5321 */
};

struct rcpts {
	char *text;		/* len bytes: written NUL read NUL, of each */
	size_t len, room, count;
	bool odd;		/* there is one that cannot surely be taken out */
};

/*
 * Is this one recipient, in whatever way it is read?  Postfix takes <> for none and two for
 * the first, and says nothing.
 */
bool rcpts_is_one(const char *to);

/* An address less its brackets: where it begins, and its *n bytes. */
const char *rcpts_bare(const char *written, size_t *n);

/*
 * One more; read is NULL or empty where Postfix did not say.  -1 and errno: E2BIG, too much
 * in all, or ENOMEM.
 */
int rcpts_add(struct rcpts *r, const char *written, const char *read);

/* Each in turn from *at = 0; where Postfix did not say, read is written less its brackets. */
bool rcpts_next(const struct rcpts *r, size_t *at, const char **written, const char **read);

/* There are none. */
void rcpts_clear(struct rcpts *r);

#endif
