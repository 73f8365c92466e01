/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/message.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "cmd/avscan/spool.h"
#include "common/cli.h"
#include "common/record.h"

#include <sys/stat.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 20 };	/* bytes of a text that is copied */

/*
 * libclamav ends a text with a LF when it takes it out of a message; so handed over
 * it is found in the engine's cache when the message is scanned.  With a name a part
 * is a file, whose bytes may be a signature as they are.
 */
static int
ended(const struct part *p, int fd)
{
	static const char LF = '\n';
	struct span v;
	struct stat st;
	char last;
	int copy;

	if (fd < 0 || !record_get(p->line, p->linelen, "type", &v) || v.n < 5 ||
	    memcmp(v.p, "text/", 5) != 0 || record_get(p->line, p->linelen, "name", &v) ||
	    fstat(fd, &st) < 0 || st.st_size == 0 || st.st_size > TEXT_MAX ||
	    pread(fd, &last, 1, st.st_size - 1) != 1 || last == LF)
		return fd;
	if ((copy = spool(fd, "text")) < 0)
		exit(EXIT_RETRY);
	close(fd);
	if (write_all(copy, &LF, 1) < 0)
		err(EXIT_RETRY, "a copy of a text");
	return copy;
}

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
		c.fd = ended(&p, workdir_part(&w, p.part));
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
