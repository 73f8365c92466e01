/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/manifest.c cmd/sigupdate/filename.c
/* What parses holds what its header promises, and is printed as what parses to the same text. */
#include "cmd/sigupdate/manifest.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
check(const struct manifest *m)
{
	unsigned char id[SHA256_BYTES];

	if (m->files > MANIFEST_FILES || m->sources > MANIFEST_SOURCES)
		abort();
	if (m->sources == 0 && m->generation == 0)
		abort();
	for (size_t i = 0; i < m->files; i++) {
		const struct manifest_file *f = &m->file[i];

		if (filename_wrong((struct span){ f->name, strlen(f->name) }) != NULL ||
		    manifest_file(m, f->name) != f)
			abort();
		if ((m->sources > 0) != (manifest_source(m, f->source) != NULL))
			abort();
	}
	for (size_t i = 0; i < m->sources; i++) {
		manifest_id(m, m->source[i].name, id);
		if (memcmp(id, m->source[i].id, sizeof id) != 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct manifest m, again;
	size_t length, other;
	char *text, *same;

	if (manifest_parse(&m, (struct span){ (const char *)data, n }) != NULL) {
		if (m.file != NULL || m.source != NULL || m.wrong[0] == '\0')
			abort();
		return 0;
	}
	check(&m);
	if ((text = manifest_text(&m, &length)) == NULL)
		abort();
	if (manifest_parse(&again, (struct span){ text, length }) != NULL)
		abort();
	if ((same = manifest_text(&again, &other)) == NULL)
		abort();
	if (length != other || memcmp(text, same, length) != 0)
		abort();
	free(text);
	free(same);
	manifest_free(&m);
	manifest_free(&again);
	return 0;
}
