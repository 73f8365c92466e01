/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/avscand/copy.h"
#include "common/workdir.h"

#include <sys/mman.h>

#include <errno.h>
#include <unistd.h>

int
copy_open(void)
{
	return memfd_create("scan", MFD_CLOEXEC);
}

bool
copy_drop(int copy)
{
	return ftruncate(copy, 0) == 0 && lseek(copy, 0, SEEK_SET) == 0;
}

bool
copy_take(int copy, int fd, unsigned long long max, const char **call)
{
	static char data[64 << 10];
	unsigned long long at = 0;

	*call = "ftruncate";
	if (!copy_drop(copy))
		return false;
	while (at <= max) {
		size_t room = max + 1 - at < sizeof data ? (size_t)(max + 1 - at) :
		    sizeof data;
		ssize_t n = pread(fd, data, room, (off_t)at);

		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		*call = n < 0 ? "pread" : "write";
		if (n < 0 || write_all(copy, data, (size_t)n) < 0)
			return false;
		at += (unsigned long long)n;
	}
	return true;
}
