/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* nftw's FTW_PHYS under our flags */
#include "cmd/avscand/folder.h"

#include <err.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

bool
folder_make(const char *in, char *dir, size_t size)
{
	if ((size_t)snprintf(dir, size, "%s/avscand.XXXXXX", in) < size &&
	    mkdtemp(dir) != NULL)
		return true;
	warn("%s", dir);
	return false;
}

static int
wipe_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
folder_wipe(const char *dir)
{
	if (nftw(dir, wipe_one, 16, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		warn("%s", dir);
}
