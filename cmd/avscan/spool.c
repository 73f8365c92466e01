/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/avscan/spool.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "common/workdir.h"

#include <sys/mman.h>

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

static bool
copy(int to, int from, const char *name)
{
	static char data[CHUNK];
	size_t all = 0;
	ssize_t n;

	while ((n = read(from, data, sizeof data)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		all += (size_t)n;
		if (all > SPOOL_MAX) {
			warnx("%s: more than 100 MiB: not scanned, save it to a file",
			    show(name));
			return false;
		}
		if (write_all(to, data, (size_t)n) < 0)
			break;
	}
	if (n == 0)
		return true;
	warn("%s", show(name));
	return false;
}

int
spool(int from, const char *name)
{
	int to = memfd_create("avscan", MFD_CLOEXEC);

	/* Who writes into the pipe may be the one at the terminal. */
	progress_erase();
	if (to < 0) {
		warn("%s: memfd_create", show(name));
		return -1;
	}
	if (copy(to, from, name))
		return to;
	close(to);
	return -1;
}
