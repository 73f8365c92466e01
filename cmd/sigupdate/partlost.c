/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/partlost.h"
#include "cmd/sigupdate/folder.h"
#include "common/cli.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static void
empty(int dir)
{
	char **names = folder_names(dir);

	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		(void)folder_unlink(dir, names[i]);
	folder_names_free(names);
}

/* "FOLDER/", as far as that can be told. */
static void
folder_path(int dir, char path[PATH_MAX])
{
	char link[32];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
	n = readlink(link, path, PATH_MAX - 1);
	if (n > 0)
		path[n++] = '/';
	path[n < 0 ? 0 : n] = '\0';
}

_Noreturn void
partlost(int dir, const char *name)
{
	int error = errno;
	char path[PATH_MAX];

	folder_path(dir, path);
	if (error == ENOSPC || error == EDQUOT)
		empty(dir);
	errno = error;
	err(EXIT_RETRY, "%s%s", path, name);
}
