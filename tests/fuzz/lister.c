/* SPDX-License-Identifier: ISC */
// with: cmd/arcnames/lister.c cmd/arcnames/listing.c cmd/arcnames/listzip.c cmd/arcnames/listother.c cmd/arcnames/unpack.c cmd/arcnames/report.c cmd/arcnames/zipdir.c cmd/arcnames/rar.c cmd/arcnames/tarnames.c
/*
 * Any file can be listed: no more names than may be, each line a record; the same
 * twice.
 */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/arcnames/lister.h"
#include "cmd/arcnames/unpack.h"
#include "tests/fuzz/replay.h"

#include <sys/mman.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = 3 };

/* Reads what was told and makes room for the next. */
static size_t
take(int fd, char **text)
{
	off_t n = lseek(fd, 0, SEEK_END);

	*text = malloc((size_t)n + 1);
	if (*text == NULL || pread(fd, *text, (size_t)n, 0) != n || ftruncate(fd, 0) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		abort();
	return (size_t)n;
}

static size_t
run(const uint8_t *data, size_t n, int fd, char **text)
{
	const struct lister_options o = { .depth = DEPTH };
	struct report r = { .fd = fd };

	lister_run((struct span){ (const char *)data, n }, &o, &r);
	if (r.names > REPORT_NAMES)
		abort();
	return take(fd, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static int fd = -1;
	char *first, *second, *p, *end;
	size_t len;

	if (fd < 0 && ((fd = memfd_create("told", MFD_CLOEXEC)) < 0 ||
	    !unpack_prepare()))
		abort();
	len = run(data, n, fd, &first);
	if (run(data, n, fd, &second) != len || memcmp(first, second, len) != 0)
		abort();
	for (p = first; p < first + len; p = end + 1)
		if ((end = memchr(p, '\n', (size_t)(first + len - p))) == NULL ||
		    !record_valid(p, (size_t)(end - p)))
			abort();
	free(first);
	free(second);
	return 0;
}
