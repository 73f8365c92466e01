/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/stage.h"
#include "cmd/sigupdate/copy.h"
#include "cmd/sigupdate/folder.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINKS_MAX = 30000 };

/* Removes it first: the disk may be full. */
static _Noreturn void
lost(struct root *r, const char *name)
{
	int saved = errno;

	(void)folder_remove(r->fd, ".stage");
	errno = saved;
	err(EXIT_RETRY, "%s/.stage/%s", r->path, name);
}

void
stage_forget(struct root *r)
{
	if (r->stage >= 0)
		close(r->stage);
	r->stage = -1;
	if (!folder_remove(r->fd, ".stage"))
		root_lost(r, ".stage");
}

void
stage_begin(struct root *r)
{
	stage_forget(r);
	if ((r->stage = folder_make(r->fd, ".stage", 0700)) < 0)
		root_lost(r, ".stage");
}

static bool
linkable(const struct root *r, int from, const char *name)
{
	struct stat st, stage;

	return fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && (st.st_mode & 07777) == 0444 && st.st_nlink < LINKS_MAX &&
	    fstat(r->stage, &stage) == 0 && stage.st_dev == st.st_dev;
}

void
stage_link(struct root *r, int from, const char *name)
{
	struct manifest_file f;

	if (linkable(r, from, name)) {
		if (linkat(from, name, r->stage, name, 0) == 0)
			return;
		if (errno != EXDEV && errno != EPERM && errno != EMLINK)
			lost(r, name);
	}
	stage_copy(r, from, name, &f);
}

const char *
stage_try_copy(struct root *r, int from, const char *name, struct manifest_file *got)
{
	enum copy came = copy_file(from, name, r->stage, got);

	if (came == COPY_DISK)
		lost(r, name);
	return copy_why(came);
}

void
stage_copy(struct root *r, int from, const char *name, struct manifest_file *got)
{
	const char *why = stage_try_copy(r, from, name, got);

	if (why == NULL)
		return;
	(void)folder_remove(r->fd, ".stage");
	errx(EXIT_RETRY, "%s: %s", name, why);
}

void
stage_drop(struct root *r, const char *name)
{
	if (unlinkat(r->stage, name, 0) < 0)
		lost(r, name);
}

void
stage_end(struct root *r, const struct manifest *m)
{
	size_t n;
	char *text = manifest_text(m, &n);

	if (text == NULL || !folder_write(r->stage, "manifest", text, n, 0444))
		lost(r, "manifest");
	if (fsync(r->stage) < 0)
		lost(r, ".");
	free(text);
}
