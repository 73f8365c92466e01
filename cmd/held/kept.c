/* SPDX-License-Identifier: ISC */
#include "cmd/held/kept.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const NAMES[KEPT_TEXTS] = { "envelope", "manifest", "verdicts", "changes",
    "action" };

static const int READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

bool
kept_is(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

bool
kept_is_id(const char *name)
{
	return strlen(name) == WORKDIR_IDLEN &&
	    strspn(name, "0123456789abcdef") == WORKDIR_IDLEN;
}

/* At most max bytes of a file, which is closed; NULL: errno. */
static char *
read_head(int fd, size_t max, struct stat *st, size_t *n)
{
	char *text = NULL;
	size_t size;
	ssize_t got = 0;

	*n = 0;
	if (fd < 0)
		return NULL;
	errno = EBADMSG;
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode))
		goto out;
	size = st->st_size > 0 && (unsigned long long)st->st_size < max ?
	    (size_t)st->st_size : max;
	if (st->st_size <= 0)
		size = 1;
	if ((text = malloc(size)) == NULL)
		goto out;
	while (*n < size && (got = read(fd, text + *n, size - *n)) > 0)
		*n += (size_t)got;
	if (got < 0) {
		free(text);
		text = NULL;
	}
out:
	close(fd);
	return text;
}

static bool
load(struct kept *k, enum kept_file file, size_t max)
{
	struct stat st;
	size_t n;

	k->owned[file] = read_head(openat(k->fd, NAMES[file], READ), max, &st, &n);
	if (k->owned[file] == NULL)
		return false;
	k->text[file] = (struct span){ k->owned[file], n };
	if (file == KEPT_MANIFEST)
		k->stowed = st.st_mtim.tv_sec;
	return true;
}

static bool
has_id(const struct kept *k, enum kept_file file)
{
	errno = EBADMSG;
	return kept_is(kept_value(k, file, "id"), k->id);
}

bool
kept_open(struct kept *k, int quarantine, const char *id, bool brief)
{
	struct stat st;
	int saved;

	*k = (struct kept){ .fd = -1 };
	memcpy(k->id, id, WORKDIR_IDLEN);
	k->fd = openat(quarantine, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (k->fd < 0)
		return false;
	if (!load(k, KEPT_MANIFEST, brief ? RECORD_MAX : KEPT_MAX) ||
	    !load(k, KEPT_ENVELOPE, KEPT_MAX) || !has_id(k, KEPT_MANIFEST) ||
	    !has_id(k, KEPT_ENVELOPE))
		goto fail;
	for (enum kept_file f = KEPT_VERDICTS; f <= KEPT_ACTION; f++)
		if (!load(k, f, KEPT_MAX) && errno != ENOENT)
			goto fail;
	if (fstatat(k->fd, "message", &st, AT_SYMLINK_NOFOLLOW) < 0)
		goto fail;
	errno = EBADMSG;
	if (!S_ISREG(st.st_mode))
		goto fail;
	k->size = (unsigned long long)st.st_size;
	return true;
fail:
	saved = errno;
	kept_close(k);
	errno = saved;
	return false;
}

/* Which file a line of those put together came from, given that of the line before. */
static enum kept_file
file_of(struct span line, enum kept_file before)
{
	struct span v;

	if (before <= KEPT_MANIFEST && line.n > 5 && memcmp(line.p, "part=", 5) == 0)
		return KEPT_MANIFEST;
	if (before <= KEPT_VERDICTS && record_get(line.p, line.n, "verdict", &v))
		return KEPT_VERDICTS;
	return KEPT_ACTION;
}

bool
kept_read(struct kept *k, const char *path)
{
	enum kept_file file = KEPT_ENVELOPE;
	struct span line, whole, id;
	struct stat st;
	size_t at = 0;

	*k = (struct kept){ .fd = -1 };
	k->owned[0] = read_head(open(path, READ), KEPT_MAX, &st, &whole.n);
	if (k->owned[0] == NULL)
		return false;
	whole.p = k->owned[0];
	k->stowed = st.st_mtim.tv_sec;
	while (kept_next(k, whole, &at, &line)) {
		if (k->text[KEPT_ENVELOPE].n > 0)
			file = file_of(line, file);
		if (k->text[file].n == 0)
			k->text[file].p = line.p;
		k->text[file].n = (size_t)(line.p + line.n + 1 - k->text[file].p);
	}
	id = kept_value(k, KEPT_ENVELOPE, "id");
	if (id.n == WORKDIR_IDLEN)
		memcpy(k->id, id.p, id.n);
	if (kept_is_id(k->id))
		return true;
	kept_close(k);
	errno = EBADMSG;
	return false;
}

void
kept_close(struct kept *k)
{
	for (int i = 0; i < KEPT_TEXTS; i++)
		free(k->owned[i]);
	if (k->fd >= 0)
		close(k->fd);
	*k = (struct kept){ .fd = -1 };
}

bool
kept_next(struct kept *k, struct span text, size_t *at, struct span *line)
{
	while (*at < text.n) {
		const char *p = text.p + *at, *end = memchr(p, '\n', text.n - *at);

		if (end == NULL)
			return false;
		*line = (struct span){ p, (size_t)(end - p) };
		*at += line->n + 1;
		if (record_valid(line->p, line->n))
			return true;
		k->bad++;
	}
	return false;
}

struct span
kept_first(const struct kept *k, enum kept_file file)
{
	struct span text = k->text[file];
	const char *end = text.n == 0 ? NULL : memchr(text.p, '\n', text.n);

	if (end == NULL || !record_valid(text.p, (size_t)(end - text.p)))
		return (struct span){ "", 0 };
	return (struct span){ text.p, (size_t)(end - text.p) };
}

struct span
kept_value(const struct kept *k, enum kept_file file, const char *key)
{
	struct span line = kept_first(k, file), v;

	if (line.n == 0 || !record_get(line.p, line.n, key, &v))
		return (struct span){ "", 0 };
	return v;
}

struct span
kept_ended(struct kept *k, enum kept_release *release)
{
	static const char *const ENDS[] = { "deliver", "hold", "refuse", "discard" };
	struct span line, v, how = { "unknown", 7 };
	bool begun = false, released = false;
	size_t at = 0;

	while (kept_next(k, k->text[KEPT_ACTION], &at, &line)) {
		if (!record_get(line.p, line.n, "do", &v))
			continue;
		for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
			if (kept_is(v, ENDS[i]))
				how = v;
		if (kept_is(v, "releasing"))
			begun = true;
		else if (kept_is(v, "release") || kept_is(v, "unreleased"))
			begun = false;
		released |= kept_is(v, "release");
	}
	*release = begun ? KEPT_BEGUN : released ? KEPT_RELEASED : KEPT_NEVER;
	return how;
}

bool
kept_lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}
