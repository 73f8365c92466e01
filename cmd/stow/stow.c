/* SPDX-License-Identifier: ISC */
/* stow: makes a work directory durable and moves it into the quarantine. */
#define _GNU_SOURCE	/* renameat2 */
#include "common/cli.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "stow",
    "stow DIR QUARANTINE\n"
    "Moves the work directory DIR to QUARANTINE/ID, which outlives a power failure\n"
    "once stow has ended with 0.  Both are on one file system.\n"
    "Exit: 0 done, 64 wrong call, 75 not now.\n"
};

static int
open_quarantine(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		errx(EXIT_RETRY, "%s: there is no such folder; make it: "
		    "install -d -m 700 -o multiscan %s", path, path);
	if (fd < 0)
		err(EXIT_RETRY, "%s", path);
	return fd;
}

/* Is name in the folder at this very folder, not a link to it? */
static bool
is_same(const struct workdir *w, int at, const char *name)
{
	struct stat is, wanted;

	return fstatat(at, name, &is, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstat(w->fd, &wanted) == 0 && is.st_dev == wanted.st_dev &&
	    is.st_ino == wanted.st_ino;
}

/*
 * One rename, so that a kill leaves the folder whole in one place or the other.
 * True: an older one of this id was there and stands at dir now.
 */
static bool
move(const char *dir, int quarantine, const char *id, const char *name)
{
	if (renameat2(AT_FDCWD, dir, quarantine, id, RENAME_NOREPLACE) == 0)
		return false;
	if (errno == EEXIST && renameat2(AT_FDCWD, dir, quarantine, id,
	    RENAME_EXCHANGE) == 0)
		return true;
	if (errno == EXDEV)
		errx(EXIT_RETRY, "%s: not moved to %s: both must be on one file system",
		    dir, name);
	err(EXIT_RETRY, "%s: not moved to %s/%s", dir, name, id);
}

static void
sync_folder(int fd, const char *name)
{
	if (fsync(fd) < 0)
		err(EXIT_RETRY, "%s", name);
}

static void
report(const struct manifest *m)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "check", "stow");
	record_addstr(&r, "id", m->id);
	record_addnum(&r, "parts", m->parts);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

static void
stow(const char *dir, const char *name)
{
	struct workdir w;
	struct manifest m;
	int quarantine, parent;
	bool older;

	if (workdir_open(&w, dir) < 0)
		err(EXIT_RETRY, "%s: no whole work directory", dir);
	if (!is_same(&w, AT_FDCWD, dir))
		errx(EXIT_RETRY, "%s: a link; name the folder itself", dir);
	if (manifest_open(&m, &w) < 0)
		err(EXIT_RETRY, "%s/manifest", dir);
	quarantine = open_quarantine(name);
	parent = openat(w.fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		err(EXIT_RETRY, "%s/..", dir);
	if (workdir_sync(&w) < 0)
		err(EXIT_RETRY, "%s", dir);
	older = !is_same(&w, quarantine, m.id) && move(dir, quarantine, m.id, name);
	sync_folder(quarantine, name);
	sync_folder(parent, dir);
	if (older && workdir_remove(dir) < 0)
		warn("%s: the older one is not removed", dir);
	report(&m);
	close(parent);
	close(quarantine);
	manifest_close(&m);
	workdir_close(&w);
}

int
main(int argc, char **argv)
{
	while (cli_getopt(&cli, argc, argv, ":") != -1)
		;
	argv += optind;
	if (argc - optind != 2)
		cli_usage(&cli, "name a work directory and the quarantine");
	cli_deadline(CLI_SECONDS);
	stow(argv[0], argv[1]);
	cli_close_stdout();
	return EXIT_NOTHING;
}
