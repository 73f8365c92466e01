/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/tally.c cmd/virtally/tallyfile.c cmd/virtally/tallytext.c cmd/virtally/tallyjoin.c cmd/virtally/tallystate.c cmd/virtally/names.c cmd/virtally/cells.c cmd/virtally/seen.c cmd/virtally/table.c cmd/virtally/publish.c cmd/virtally/calendar.c cmd/virtally/kinds.c cmd/virtally/logs.c
/* What is read as a tally is written as it was, to the byte; what is none ends in errx. */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/virtally/tallyfile.h"
#include "tests/fuzz/replay.h"

#include <sys/mman.h>

#include <err.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static jmp_buf refused;
static struct tally *t;

/* Instead of the library's: the process goes on. */
_Noreturn void
errx(int status, const char *fmt, ...)
{
	if (status != 64 || fmt[0] == '\0')
		abort();
	longjmp(refused, 1);
}

/* All of it from its cells, whether or not it says the right sum. */
static void
read_all(const char *path)
{
	tally_read(t, path);
	for (size_t i = 0; i < t->nsections; i++) {
		struct section *s = &t->sections[i];

		s->sum = tally_sum(s->text.p, s->text.n);
		tally_parse(t, s);
		s->changed = true;
	}
}

/* Two writers of a day cannot be told apart in the cells. */
static void
write_back(void)
{
	struct span text = t->sections[0].text;
	char *written, *lines;
	size_t n;
	FILE *f = open_memstream(&written, &n);

	tally_write(t, f);
	fclose(f);
	lines = strstr(written, "\nday=");
	lines = lines == NULL ? NULL : strchr(lines + 1, '\n');
	if (lines == NULL || n - (size_t)(lines + 1 - written) != text.n ||
	    memcmp(lines + 1, text.p, text.n) != 0)
		abort();
	free(written);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const unsigned char KEY[SEEN_KEY];
	struct seen *seen = seen_new(KEY);
	char path[64];
	int fd = memfd_create("tally", 0);

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	seen_load(seen, 1, (struct span){ (const char *)data, n });
	seen_free(seen);
	t = tally_new();
	if (setjmp(refused) == 0) {
		read_all(path);
		tally_conflicts(t);
		if (t->nsections == 1)
			write_back();
	}
	tally_free(t);
	close(fd);
	return 0;
}
