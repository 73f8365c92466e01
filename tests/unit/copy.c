/* SPDX-License-Identifier: ISC */
// with: cmd/avscand/copy.c
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/avscand/copy.h"
#include "tests/unit/tap.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char got[1 << 20];

/* What the copy holds is this, and nothing more. */
static bool
holds(int copy, const void *p, size_t n)
{
	return pread(copy, got, sizeof got, 0) == (ssize_t)n && memcmp(got, p, n) == 0;
}

int
main(void)
{
	static char large[300000];
	int copy = copy_open(), fd = memfd_create("original", 0), dir;
	const char *call;

	if (copy < 0 || fd < 0 || pwrite(fd, "infected", 8, 0) != 8)
		abort();
	OK(copy_take(copy, fd, 1000, &call) && holds(copy, "infected", 8));
	/* who changes the original changes no copy */
	if (pwrite(fd, "harmless", 8, 0) != 8)
		abort();
	OK(holds(copy, "infected", 8));
	OK(ftruncate(fd, 3) == 0 && holds(copy, "infected", 8));
	/* nothing of the last one is left */
	OK(copy_take(copy, fd, 1000, &call) && holds(copy, "har", 3));
	OK(ftruncate(fd, 0) == 0 && copy_take(copy, fd, 1000, &call) && holds(copy, "", 0));
	/* where the offset of the descriptor stands does not matter */
	memset(large, 'x', sizeof large);
	if (write(fd, large, sizeof large) != sizeof large)
		abort();
	OK(copy_take(copy, fd, sizeof large, &call) && holds(copy, large, sizeof large));
	OK(copy_take(copy, fd, sizeof large - 1, &call) && holds(copy, large, sizeof large));
	OK(copy_take(copy, fd, 1000, &call) && holds(copy, large, 1001));
	OK(copy_drop(copy) && holds(copy, "", 0));
	/* what cannot be read */
	dir = open(".", O_RDONLY);
	OK(!copy_take(copy, dir, 1000, &call) && strcmp(call, "pread") == 0 && errno == EISDIR);
	OK(!copy_take(copy, -1, 1000, &call) && errno == EBADF);
	return done();
}
