/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/ignore.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "common/cli.h"

#include <nettle/sha2.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	HASH = sizeof "sha256:" - 1,
	HEX = 2 * SHA256_DIGEST_SIZE,
	LINE_MAX_BYTES = 2000,
	CHUNK = 64 << 10
};

static const char default_file[] = "/etc/multiscan/ignore";
static const char blanks[] = " \t";

/* The number YYYYMMDD of a day that there is, 0: there is none. */
static unsigned long
day_number(const char *text)
{
	static const unsigned DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned long y, m, d, last;

	for (size_t i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
			return 0;
	if (text[10] != '\0')
		return 0;
	y = strtoul(text, NULL, 10);
	m = strtoul(text + 5, NULL, 10);
	d = strtoul(text + 8, NULL, 10);
	if (m < 1 || m > 12)
		return 0;
	last = DAYS[m - 1];
	if (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))
		last++;
	return d >= 1 && d <= last ? y * 10000 + m * 100 + d : 0;
}

static unsigned long
today(void)
{
	time_t t = time(NULL);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		err(EXIT_RETRY, "the time cannot be told");
	return (unsigned long)(tm.tm_year + 1900) * 10000 +
	    (unsigned long)(tm.tm_mon + 1) * 100 + (unsigned long)tm.tm_mday;
}

/* sha256: and the digits, put in lower case; false: it is no hash. */
static bool
hash_digits(char *what)
{
	size_t n = 0;

	for (char *p = what + HASH; *p != '\0'; p++, n++) {
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p - 'A' + 'a');
		if ((*p < '0' || *p > '9') && (*p < 'a' || *p > 'f'))
			return false;
	}
	return n == HEX;
}

/* Takes the next word off *rest and ends it. */
static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, blanks);

	*rest = word + strcspn(word, blanks);
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

/* What is wrong with the line, or NULL. */
static const char *
parse(struct ignore_line *l, char *line)
{
	static const char ending[] = ".UNOFFICIAL";
	size_t n;

	l->what = next_word(&line);
	l->until = next_word(&line);
	l->reason = line + strspn(line, blanks);
	l->hash = strncmp(l->what, "sha256:", HASH) == 0;
	if (l->hash && !hash_digits(l->what))
		return "a hash is sha256: and 64 hex digits";
	if ((l->day = day_number(l->until)) == 0)
		return "after the signature comes its last day, as YYYY-MM-DD";
	if (l->reason[0] == '\0')
		return "after the day comes the reason";
	/* As clamd's log has it. */
	n = strlen(l->what);
	if (!l->hash && n >= sizeof ending && strcmp(l->what + n + 1 - sizeof ending,
	    ending) == 0)
		l->what[n + 1 - sizeof ending] = '\0';
	return NULL;
}

/* Is there nothing in it?  Else without the blanks and line ends around it. */
static bool
empty(char **line)
{
	size_t n;

	*line += strspn(*line, blanks);
	n = strlen(*line);
	while (n > 0 && strchr(" \t\r\n", (*line)[n - 1]) != NULL)
		(*line)[--n] = '\0';
	return n == 0 || **line == '#';
}

static void
add(struct ignore *i, char *line, unsigned long number)
{
	struct ignore_line *more = reallocarray(i->lines, i->n + 1, sizeof *more);
	const char *wrong;

	if (more == NULL || (line = strdup(line)) == NULL)
		err(EXIT_RETRY, "malloc");
	i->lines = more;
	memset(&more[i->n], 0, sizeof *more);
	more[i->n].number = number;
	if ((wrong = parse(&more[i->n], line)) != NULL)
		errx(EXIT_RETRY, "%s:%lu: %s", show(i->path), number, wrong);
	i->hashes |= more[i->n].hash;
	i->n++;
}

/* Which file, open; NULL: there is none to be read. */
static FILE *
open_file(struct ignore *i, const char *path)
{
	FILE *f;

	i->path = path != NULL ? path : getenv("MULTISCAN_IGNORE");
	if (i->path == NULL)
		i->path = default_file;
	else if (path == NULL && i->path[0] == '\0')
		return NULL;
	f = fopen(i->path, "re");
	if (f == NULL && (i->path != default_file || errno != ENOENT))
		err(EXIT_RETRY, "%s", show(i->path));
	return f;
}

void
ignore_read(struct ignore *i, const char *path)
{
	FILE *f = open_file(i, path);
	char *line = NULL, *p;
	size_t size = 0;
	unsigned long number = 0;
	ssize_t n;

	if (f == NULL)
		return;
	while ((n = getline(&line, &size, f)) >= 0) {
		number++;
		if (n > LINE_MAX_BYTES || memchr(line, '\0', (size_t)n) != NULL)
			errx(EXIT_RETRY, "%s:%lu: too long, or not text", show(i->path),
			    number);
		p = line;
		if (!empty(&p))
			add(i, p, number);
	}
	if (ferror(f))
		err(EXIT_RETRY, "%s", show(i->path));
	fclose(f);
	free(line);
}

void
ignore_free(struct ignore *i)
{
	for (size_t k = 0; k < i->n; k++)
		free(i->lines[k].what);
	free(i->lines);
	i->lines = NULL;
	i->n = 0;
}

static const struct ignore_line *
find(struct ignore *i, bool hash, struct span what)
{
	struct ignore_line *past = NULL;

	for (size_t k = 0; k < i->n; k++) {
		struct ignore_line *l = &i->lines[k];

		if (l->hash != hash || strlen(l->what) != what.n ||
		    memcmp(l->what, what.p, what.n) != 0)
			continue;
		if (i->today == 0)
			i->today = today();
		if (l->day >= i->today)
			return l;
		past = l;
	}
	if (past != NULL && !past->told) {
		past->told = true;
		progress_erase();
		warnx("%s:%lu: not ignored any more: %s is past", show(i->path),
		    past->number, past->until);
	}
	return NULL;
}

const struct ignore_line *
ignore_signature(struct ignore *i, struct span name)
{
	return find(i, false, name);
}

/* Hashes all of it; false with errno. */
static bool
hash_file(int fd, uint8_t digest[SHA256_DIGEST_SIZE])
{
	static uint8_t data[CHUNK];
	struct sha256_ctx ctx;
	off_t at = 0;
	ssize_t n;

	sha256_init(&ctx);
	while ((n = pread(fd, data, sizeof data, at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		sha256_update(&ctx, (size_t)n, data);
		at += n;
		progress_tick();
	}
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
	return true;
}

const struct ignore_line *
ignore_content(struct ignore *i, int fd, bool *read)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	char text[HASH + HEX + 1] = "sha256:";

	*read = true;
	if (!i->hashes)
		return NULL;
	if (!(*read = hash_file(fd, digest)))
		return NULL;
	for (size_t k = 0; k < SHA256_DIGEST_SIZE; k++)
		snprintf(text + HASH + 2 * k, 3, "%02x", digest[k]);
	return find(i, true, (struct span){ text, HASH + HEX });
}
