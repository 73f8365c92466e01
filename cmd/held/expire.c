/* SPDX-License-Identifier: ISC */
/*
 * held expire: what goes from the quarantine, by age and by size.
 *
 * A message is renamed aside before it is removed, to a name that nobody looks for.  A
 * kill leaves it whole under that name, and the next expire puts it back and judges it
 * anew, or without a manifest, and the next one ends that.
 */
#define _GNU_SOURCE	/* renameat2 */
#include "cmd/held/folder.h"
#include "cmd/held/held.h"
#include "cmd/held/kept.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char ASIDE[] = ".expired.";
static const char RECORDS[] = "VirusScan-";

enum { ASIDE_MAX = sizeof ASIDE + WORKDIR_IDLEN, DEEP = 3, BLOCK = 512 };

/* A message that may go. */
struct candidate {
	struct entry entry;
	unsigned long long bytes;	/* on the disk */
	bool released;
	bool gone;
};

struct expiry {
	const struct options *o;
	int quarantine;
	const char *path;
	unsigned long long total;	/* bytes of all that stay */
	bool failed;
};

static void
aside_name(char name[ASIDE_MAX], const char *id)
{
	snprintf(name, ASIDE_MAX, "%s%s", ASIDE, id);
}

/* The bytes on the disk of what is in a folder, as deep as work directories are. */
static unsigned long long
bytes_of(int dir, int depth)
{
	unsigned long long sum = 0;
	DIR *d = fdopendir(dir);
	struct dirent *e;
	struct stat st;

	if (d == NULL) {
		close(dir);
		return 0;
	}
	while ((e = readdir(d)) != NULL) {
		int sub;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		sum += (unsigned long long)st.st_blocks * BLOCK;
		if (S_ISDIR(st.st_mode) && depth > 0 && (sub = openat(dirfd(d), e->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) >= 0)
			sum += bytes_of(sub, depth - 1);
	}
	closedir(d);
	return sum;
}

static bool
is_at(int dir, const char *name, int fd)
{
	struct stat is, wanted;

	return fstatat(dir, name, &is, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &wanted) == 0 &&
	    is.st_dev == wanted.st_dev && is.st_ino == wanted.st_ino;
}

/* A folder that is aside goes for good. */
static bool
remove_aside(int quarantine, const char *path, const char *name)
{
	char whole[PATH_MAX];

	if ((size_t)snprintf(whole, sizeof whole, "%s/%s", path, name) >= sizeof whole) {
		warnx("%s/%s: the name is too long", path, name);
		return false;
	}
	/* or it may be found without its manifest where it was, after a power failure */
	if (fsync(quarantine) == 0 && workdir_remove(whole) == 0)
		return true;
	warn("%s", whole);
	return false;
}

static bool
recover_one(int quarantine, const char *path, const char *name)
{
	char manifest[ASIDE_MAX + sizeof "/manifest"];
	const char *id = name + sizeof ASIDE - 1;
	struct stat st;

	snprintf(manifest, sizeof manifest, "%.*s/manifest", ASIDE_MAX - 1, name);
	if (fstatat(quarantine, manifest, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (renameat2(quarantine, name, quarantine, id, RENAME_NOREPLACE) == 0)
			return true;
		if (errno != EEXIST) {	/* else it came once more meanwhile */
			warn("%s/%s", path, name);
			return false;
		}
	}
	return remove_aside(quarantine, path, name);
}

bool
expire_recover(int quarantine, const char *path, bool dry)
{
	int own = openat(quarantine, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	struct dirent *e;
	struct stat st;
	bool good = true;

	if (d == NULL)
		err(EXIT_RETRY, "%s", path);
	while ((e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, ASIDE, sizeof ASIDE - 1) != 0 ||
		    !kept_is_id(e->d_name + sizeof ASIDE - 1) ||
		    fstatat(quarantine, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(st.st_mode))
			continue;
		if (!dry)
			good &= recover_one(quarantine, path, e->d_name);
	}
	closedir(d);
	return good;
}

/*
 * Aside, if it is still the folder that was locked and looked at: a retry of the same
 * message may have taken its place between two of our steps, and stays.
 */
static bool
put_aside(const struct expiry *x, const char *id, const char *name, int fd)
{
	if (!is_at(x->quarantine, id, fd))
		return false;
	if (renameat2(x->quarantine, id, x->quarantine, name, RENAME_NOREPLACE) < 0) {
		if (errno != ENOENT)
			warn("%s/%s", x->path, id);
		return false;
	}
	if (is_at(x->quarantine, name, fd))
		return true;
	if (renameat2(x->quarantine, name, x->quarantine, id, RENAME_NOREPLACE) < 0)
		warn("%s/%s: not put back", x->path, name);
	return false;
}

static void
report(const struct candidate *c, const char *why)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "id", c->entry.id);
	record_addstr(&r, "do", "expire");
	record_addstr(&r, "why", why);
	record_addstr(&r, "stowed", folder_time(c->entry.stowed).text);
	record_addnum(&r, "size", c->bytes);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

/* One that is being released stays. */
static void
expire_one(struct expiry *x, struct candidate *c, const char *why)
{
	char name[ASIDE_MAX];
	int fd = openat(x->quarantine, c->entry.id,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	aside_name(name, c->entry.id);
	if (kept_lock(fd) && (x->o->dry || put_aside(x, c->entry.id, name, fd))) {
		if (!x->o->dry)
			x->failed |= !remove_aside(x->quarantine, x->path, name);
		report(c, why);
		x->total -= c->bytes;
		c->gone = true;
	}
	close(fd);
}

static struct candidate *
read_candidates(struct expiry *x, size_t *n)
{
	struct folder f;
	struct kept k;
	struct candidate *c;
	enum kept_release release;

	folder_read(&f, x->quarantine, x->path, true);
	if ((c = calloc(f.n + 1, sizeof *c)) == NULL)
		err(EXIT_RETRY, NULL);
	for (size_t i = 0; i < f.n; i++) {
		int fd = openat(x->quarantine, f.entries[i].id,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		c[i].entry = f.entries[i];
		c[i].bytes = fd < 0 ? 0 : bytes_of(fd, DEEP);
		x->total += c[i].bytes;
		if (!kept_open(&k, x->quarantine, f.entries[i].id, true))
			continue;
		kept_ended(&k, &release);
		c[i].released = release == KEPT_RELEASED;
		kept_close(&k);
	}
	*n = f.n;
	folder_free(&f);
	return c;
}

/* Files of write_record, as old as messages that go. */
static void
expire_records(struct expiry *x, long long before)
{
	int fd = held_folder(x->o->records);
	DIR *d = fdopendir(fd);
	struct dirent *e;
	struct stat st;

	if (d == NULL)
		err(EXIT_RETRY, "%s", x->o->records);
	while ((e = readdir(d)) != NULL) {
		struct candidate c = { .bytes = 0 };

		if (strncmp(e->d_name, RECORDS, sizeof RECORDS - 1) != 0 ||
		    !kept_is_id(e->d_name + sizeof RECORDS - 1) ||
		    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode) || st.st_mtim.tv_sec >= before)
			continue;
		if (!x->o->dry && unlinkat(fd, e->d_name, 0) < 0) {
			warn("%s/%s", x->o->records, e->d_name);
			x->failed = true;
			continue;
		}
		memcpy(c.entry.id, e->d_name + sizeof RECORDS - 1, WORKDIR_IDLEN);
		c.entry.stowed = st.st_mtim.tv_sec;
		c.bytes = (unsigned long long)st.st_blocks * BLOCK;
		report(&c, "record");
	}
	closedir(d);
}

static void
expire_messages(struct expiry *x, long long before)
{
	size_t n;
	struct candidate *c = read_candidates(x, &n);

	for (size_t i = 0; i < n && x->o->days > 0; i++)
		if (c[i].entry.stowed < before)
			expire_one(x, &c[i], "age");
	for (int released = 1; released >= 0 && x->o->limited; released--)
		for (size_t i = 0; i < n && x->total > x->o->size; i++)
			if (!c[i].gone && c[i].released == released)
				expire_one(x, &c[i], "size");
	free(c);
	if (x->o->limited && x->total > x->o->size)
		warnx("%s: more than -s is left: those that are being released", x->path);
}

int
expire_verb(const struct options *o)
{
	struct expiry x = { .o = o, .path = o->argv[0] };
	long long before = (long long)time(NULL) - 86400LL * (long long)o->days;

	x.quarantine = held_folder(x.path);
	if (!kept_lock(x.quarantine)) {
		warnx("%s: another expire is at it", x.path);
		return EXIT_RETRY;
	}
	x.failed = !expire_recover(x.quarantine, x.path, o->dry);
	expire_messages(&x, before);
	if (o->records != NULL && o->days > 0)
		expire_records(&x, before);
	close(x.quarantine);
	return x.failed ? EXIT_RETRY : EXIT_NOTHING;
}
