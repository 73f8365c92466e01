/* SPDX-License-Identifier: ISC */
/* For who publishes a set: its manifest, to be signed. */
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/root.h"
#include "cmd/sigupdate/verbs.h"
#include "common/cli.h"
#include "common/sigkind.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
add(struct manifest *m, int dir, const char *folder, const char *name)
{
	const char *what = filename_wrong((struct span){ name, strlen(name) });
	struct manifest_file f = { .size = 0 };

	if (what != NULL)
		errx(EXIT_CALL, "%s/%s: %s", folder, name, what);
	snprintf(f.name, sizeof f.name, "%s", name);
	if (!root_digest(dir, name, &f))
		err(EXIT_RETRY, "%s/%s", folder, name);
	f.sigs = 0;
	if (!manifest_add_file(m, &f))
		errx(EXIT_RETRY, "%s: more than %d files, or no memory", folder, MANIFEST_FILES);
}

int
verb_manifest(const char *source, const char *generation, const char *folder)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct manifest m = { .made = time(NULL) };
	char **names, *text, *end;
	size_t n;

	if (dir < 0 || (names = folder_names(dir)) == NULL)
		err(EXIT_RETRY, "%s", folder);
	errno = 0;
	m.generation = strtoull(generation, &end, 10);
	if (generation[0] < '1' || generation[0] > '9' || *end != '\0' || errno != 0 ||
	    m.generation > INT64_MAX)
		errx(EXIT_CALL, "%s: is no generation: a number that grows", generation);
	if (!manifest_name((struct span){ source, strlen(source) }))
		errx(EXIT_CALL, "%s: is no name of a source: a-z 0-9 - _", source);
	snprintf(m.set, sizeof m.set, "%s", source);
	for (char **name = names; *name != NULL; name++)
		if (sigkind(*name) != SIGKIND_NONE)
			add(&m, dir, folder, *name);
	if (m.files == 0)
		errx(EXIT_RETRY, "%s: holds no signature file", folder);
	if ((text = manifest_text(&m, &n)) == NULL)
		err(EXIT_RETRY, "the manifest");
	fwrite(text, 1, n, stdout);
	free(text);
	folder_names_free(names);
	manifest_free(&m);
	close(dir);
	return EXIT_NOTHING;
}
