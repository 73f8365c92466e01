/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/table.h"

#include <sys/mman.h>

#include <stdint.h>
#include <stdlib.h>

enum { PAGE = 2 << 20 };	/* bytes of a large one */

static size_t
bytes_of(size_t n, size_t size)
{
	return (n * size + PAGE - 1) / PAGE * PAGE;
}

void *
table_new(size_t n, size_t size)
{
	size_t bytes, before;
	char *p;

	if (n > SIZE_MAX / 2 / size)
		return NULL;
	if (n * size < PAGE)
		return calloc(n, size);
	bytes = bytes_of(n, size);
	p = mmap(NULL, bytes + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	before = (PAGE - (uintptr_t)p % PAGE) % PAGE;
	if (before > 0)
		munmap(p, before);
	if (before < PAGE)
		munmap(p + before + bytes, PAGE - before);
	(void)madvise(p + before, bytes, MADV_HUGEPAGE);
	return p + before;
}

void
table_free(void *p, size_t n, size_t size)
{
	if (n * size < PAGE)
		free(p);
	else
		munmap(p, bytes_of(n, size));
}
