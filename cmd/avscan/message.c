/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/message.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Scans c->fd, which may be -1 with errno, and closes it. */
static void
scan(struct findings *f, const struct content *c)
{
	struct stat st;
	enum answer a;

	if (c->fd < 0 || fstat(c->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		progress_erase();
		if (c->fd >= 0)
			errx(EXIT_RETRY, "%s: not a regular file", show(c->what));
		err(EXIT_RETRY, "%s", show(c->what));
	}
	progress_next(c->what, (unsigned long long)st.st_size);
	a = findings_scan(f, c);
	close(c->fd);
	if (a == ASK_FAILED || a == ASK_LOST)
		exit(EXIT_RETRY);
}

/*
 * The message itself comes last: the engine's cache then answers for the
 * leaves.
 */
static void
scan_message(struct findings *f, const struct workdir *w, const char *dir)
{
	static const struct part whole;
	struct content c = { .fd = workdir_message(w), .what = dir, .w = w,
		.part = &whole };

	scan(f, &c);
}

void
message_scan(struct findings *f, const char *dir, unsigned long deadline)
{
	struct workdir w;
	struct manifest m;
	struct part p;
	int more;

	if (workdir_open(&w, dir) < 0 || manifest_open(&m, &w) < 0)
		err(EXIT_RETRY, "%s", show(dir));
	progress_start("parts", m.parts, deadline);
	while ((more = manifest_next(&m, &p)) > 0) {
		char what[4200];
		struct content c = { .what = what, .w = &w, .part = &p };

		if (!p.file)
			continue;
		snprintf(what, sizeof what, "%s: part %llu", dir, p.part);
		c.fd = workdir_part(&w, p.part);
		scan(f, &c);
	}
	progress_erase();
	if (more < 0)
		err(EXIT_RETRY, "%s: manifest", show(dir));
	scan_message(f, &w, dir);
	/* Not said before the engine has ended well: it may have said too much. */
	if (!asker_end(&f->asker))
		exit(EXIT_RETRY);
	progress_erase();
	printf("check=avscan id=%s parts=%llu\n", m.id, m.parts);
	manifest_close(&m);
	workdir_close(&w);
}
