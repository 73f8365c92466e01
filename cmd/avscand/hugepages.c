/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/hugepages.h"

#include <sys/mman.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25	/* <linux/mman.h> since 6.1 */
#endif

enum { HUGE = 2 << 20 };

static const uintptr_t MOST = (uintptr_t)64 << 30;	/* more is a sanitizer's map */

/* A line of proc(5)'s maps: memory of our own, not a file's, that is written to. */
static bool
is_own(const char *line, uintptr_t *from, uintptr_t *to)
{
	unsigned long inode;
	char mode[5], name[32] = "";

	return sscanf(line, "%lx-%lx %4s %*s %*s %lu %31s", from, to, mode, &inode,
	    name) >= 4 && strcmp(mode, "rw-p") == 0 && inode == 0 &&
	    (name[0] == '\0' || strcmp(name, "[heap]") == 0);
}

void
hugepages_collapse(void)
{
	char line[512];
	FILE *f = fopen("/proc/self/maps", "re");

	if (f == NULL)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		uintptr_t from, to;

		if (!is_own(line, &from, &to) || to - from > MOST)
			continue;
		from = (from + HUGE - 1) & ~(uintptr_t)(HUGE - 1);
		to &= ~(uintptr_t)(HUGE - 1);
		/* one by one: it gives up at the first that it cannot */
		for (; from < to; from += HUGE)
			(void)madvise((void *)from, HUGE, MADV_COLLAPSE);
	}
	fclose(f);
}
