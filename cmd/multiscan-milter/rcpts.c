/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-milter/rcpts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Bytes that no reader of addresses takes for anything but themselves. */
static const char PLAIN[] = ALNUM "!#$%&'*+-/=?^_`{|}~.@";

bool
rcpts_is_one(const char *to)
{
	size_t n = strlen(to);
	const char *at = strchr(to, '@'), *host;

	if (n == 0 || n > ADDRESS_MAX || strspn(to, PLAIN) < n)
		return false;
	if (at == NULL)
		return true;
	host = at + 1;
	return at > to && strspn(host, ALNUM "-_.") == strlen(host) &&
	    strspn(host, ALNUM) > 0 && strspn(to + n - 1, ALNUM) > 0 &&
	    strstr(host, "..") == NULL;
}

const char *
rcpts_bare(const char *written, size_t *n)
{
	*n = strlen(written);
	if (*n < 2 || written[0] != '<' || written[*n - 1] != '>')
		return written;
	*n -= 2;
	return written + 1;
}

/*
 * Plain, or what Postfix would write itself.  Not by read alone: of a%b@here that is a@b,
 * and yet it is taken out as a%b@here.
 */
static bool
is_sure(const char *bare, size_t n, const char *read)
{
	return strspn(bare, PLAIN) >= n || (strlen(read) == n && memcmp(bare, read, n) == 0);
}

static bool
make_room(struct rcpts *r, size_t n)
{
	size_t room = r->room + r->room + n + 200;
	char *more;

	if (r->len + n > RCPTS_MAX) {
		errno = E2BIG;
		return false;
	}
	if (r->len + n <= r->room)
		return true;
	if ((more = realloc(r->text, room)) == NULL)
		return false;
	r->text = more;
	r->room = room;
	return true;
}

static void
append(struct rcpts *r, const char *text, size_t n)
{
	memcpy(r->text + r->len, text, n);
	r->len += n;
	r->text[r->len++] = '\0';
}

int
rcpts_add(struct rcpts *r, const char *written, const char *read)
{
	size_t whole = strlen(written), n;
	const char *bare = rcpts_bare(written, &n);
	bool told = read != NULL && read[0] != '\0';

	if (!make_room(r, whole + 1 + (told ? strlen(read) : n) + 1))
		return -1;
	append(r, written, whole);
	append(r, told ? read : bare, told ? strlen(read) : n);
	r->count++;
	if (!told || !is_sure(bare, n, read))
		r->odd = true;
	return 0;
}

bool
rcpts_next(const struct rcpts *r, size_t *at, const char **written, const char **read)
{
	if (*at >= r->len)
		return false;
	*written = r->text + *at;
	*at += strlen(*written) + 1;
	*read = r->text + *at;
	*at += strlen(*read) + 1;
	return true;
}

void
rcpts_clear(struct rcpts *r)
{
	free(r->text);
	memset(r, 0, sizeof *r);
}
