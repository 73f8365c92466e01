/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/part.h"
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/folder.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char **
part_names(int part)
{
	char **names = folder_names(part);

	if (names == NULL)
		err(EXIT_RETRY, ".part");
	return names;
}

void
part_seal(int part, const char *name)
{
	if (fchmodat(part, name, 0444, 0) < 0)
		err(EXIT_RETRY, ".part: %s", name);
}

/* A file of m, or the tag of one that is being fetched. */
static bool
belongs(const struct manifest *m, const char *name)
{
	static const char tag[] = ".tag";
	char file[FILENAME_MAX_BYTES + sizeof tag];
	size_t n = strlen(name);

	if (manifest_file(m, name) != NULL)
		return true;
	if (n >= sizeof file || n < sizeof tag || strcmp(name + n - strlen(tag), tag) != 0)
		return false;
	snprintf(file, sizeof file, "%.*s", (int)(n - strlen(tag)), name);
	return manifest_file(m, file) != NULL;
}

void
part_only(int part, const struct manifest *m)
{
	char **names = part_names(part);

	for (char **n = names; *n != NULL; n++)
		if (!belongs(m, *n) && !folder_unlink(part, *n))
			err(EXIT_RETRY, ".part: %s", *n);
	folder_names_free(names);
}

bool
part_head(int dir, const char *name, char first[CVDHEAD_BYTES])
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool whole = fd >= 0 && pread(fd, first, CVDHEAD_BYTES, 0) == CVDHEAD_BYTES;

	if (fd >= 0)
		close(fd);
	return whole;
}
