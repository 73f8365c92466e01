/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/source.h"
#include "cmd/virtally/logs.h"
#include "cmd/virtally/progress.h"
#include "common/cli.h"
#include "common/clock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { RAW = 65536, MAGIC = 6, MEMORY = 128 << 20 };

/* ms: how long a pipe that was named may be without a writer, and how long silent */
enum { ALONE = 1000, SILENT = 10000, NAP_NS = 20 * 1000 * 1000 };

enum coding { PLAIN, GZIP, XZ, UNKNOWN };

struct source {
	const char *name;
	int fd;
	bool file;		/* can be read again */
	bool named;		/* a pipe that is not standard input */
	bool written;		/* ... which has or had a writer */
	bool quiet;		/* what is cut is not said */
	bool cut;
	bool bad;
	bool over;		/* of the file itself */
	bool between;		/* gzip: behind a member, or before the first one */
	bool done;		/* xz: behind the last stream */
	enum coding coding;
	const char *what;	/* UNKNOWN: compressed with that */
	unsigned long long read;
	size_t at, end;		/* of raw: what was read and not yet given */
	z_stream z;
	lzma_stream x;
	unsigned char raw[RAW];
};

static const struct magic {
	const char *bytes;
	size_t n;
	enum coding coding;
	const char *what;
} MAGICS[] = {
	{ "\x1f\x8b\x08", 3, GZIP, "gzip" },
	{ "\xfd" "7zXZ\0", 6, XZ, "xz" },
	{ "BZh", 3, UNKNOWN, "bzip2" },
	{ "\x28\xb5\x2f\xfd", 4, UNKNOWN, "zstd" },
	{ "\x04\x22\x4d\x18", 4, UNKNOWN, "lz4" },
	{ "\x1f\x9d", 2, UNKNOWN, "compress" },
};

static void
fail(struct source *s, const char *why)
{
	progress_warn(s->name, "%s", why);
	s->bad = s->over = true;
}

static void
fail_cut(struct source *s)
{
	s->cut = true;
	if (s->quiet)
		s->bad = s->over = true;
	else
		fail(s, "is cut: compressed bytes are missing");
}

/* As read(2) of a pipe whose writers may never come, or never go. */
static ssize_t
pipe_read(struct source *s, void *to, size_t n)
{
	const struct timespec nap = { 0, NAP_NS };
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	long long start = clock_ms();
	ssize_t got;

	for (;;) {
		got = read(s->fd, to, n);
		if (got > 0 || (got < 0 && errno == EAGAIN))
			s->written = true;
		if (got > 0 || (got == 0 && s->written) || (got < 0 && errno != EAGAIN))
			return got;
		if (got == 0 && clock_ms() - start >= ALONE) {
			fail(s, "is a pipe to which nobody writes");
			return 0;
		}
		if (got == 0)
			(void)nanosleep(&nap, NULL);
		else if (poll(&p, 1, SILENT) == 0) {
			fail(s, "is a pipe from which nothing came for ten seconds");
			return 0;
		}
	}
}

/* As read(2), but an error is an end that was said. */
static size_t
raw_read(struct source *s, void *to, size_t n)
{
	ssize_t got;

	do
		got = s->named ? pipe_read(s, to, n) : read(s->fd, to, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		fail(s, strerror(errno));
	else if (got == 0)
		s->over = true;
	else
		s->read += (size_t)got;
	return got < 0 ? 0 : (size_t)got;
}

/* False: there is nothing more. */
static bool
raw_fill(struct source *s)
{
	if (s->at < s->end)
		return true;
	s->at = 0;
	s->end = s->over ? 0 : raw_read(s, s->raw, RAW);
	return s->end > 0;
}

static void
sniff(struct source *s)
{
	while (s->end < MAGIC && !s->over)
		s->end += raw_read(s, s->raw + s->end, RAW - s->end);
	s->coding = PLAIN;
	for (size_t i = 0; i < sizeof MAGICS / sizeof MAGICS[0]; i++)
		if (s->end >= MAGICS[i].n && memcmp(s->raw, MAGICS[i].bytes, MAGICS[i].n) == 0) {
			s->coding = MAGICS[i].coding;
			s->what = MAGICS[i].what;
			return;
		}
}

/* Also for what was begun: both free what they had. */
static bool
begin(struct source *s)
{
	s->at = s->end = 0;
	s->over = s->bad;
	s->between = true;
	s->done = false;
	sniff(s);
	if (s->bad)
		return false;
	if (s->coding == UNKNOWN) {
		progress_warn(s->name, "is compressed with %s, which is not read", s->what);
		return false;
	}
	if (s->coding == GZIP && inflateInit2(&s->z, 15 + 16) != Z_OK)
		errx(EXIT_RETRY, "inflateInit2");
	if (s->coding == XZ && lzma_stream_decoder(&s->x, MEMORY, LZMA_CONCATENATED) != LZMA_OK)
		errx(EXIT_RETRY, "lzma_stream_decoder");
	return true;
}

static void
finish(struct source *s)
{
	if (s->coding == GZIP)
		(void)inflateEnd(&s->z);
	if (s->coding == XZ)
		lzma_end(&s->x);
}

/* -1 with a line on stderr. */
static int
open_log(const char *name, struct stat *st)
{
	bool input = strcmp(name, "-") == 0, kind;
	int fd = -1;

	if (input)
		fd = STDIN_FILENO;
	else if (stat(name, st) == 0)
		/* what is made something else in this moment must not be waited for */
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, st) < 0) {
		progress_warn(name, "%s", strerror(errno));
		if (fd > STDIN_FILENO)
			close(fd);
		return -1;
	}
	kind = S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode);
	if (input ? !S_ISDIR(st->st_mode) : kind)
		return fd;
	progress_warn(name, "is no file");
	if (!input)
		close(fd);
	return -1;
}

struct source *
source_open(const char *name)
{
	struct source *s;
	struct stat st;
	int fd = open_log(name, &st);

	if (fd < 0)
		return NULL;
	if ((s = calloc(1, sizeof *s)) == NULL)
		err(EXIT_RETRY, NULL);
	s->name = name;
	s->fd = fd;
	s->file = S_ISREG(st.st_mode) && (fd != STDIN_FILENO || lseek(fd, 0, SEEK_CUR) == 0);
	s->named = S_ISFIFO(st.st_mode) && fd != STDIN_FILENO;
	s->x = (lzma_stream)LZMA_STREAM_INIT;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	if (begin(s))
		return s;
	s->coding = PLAIN;
	source_close(s);
	return NULL;
}

struct stat
source_stat(const struct source *s)
{
	struct stat st;

	if (fstat(s->fd, &st) < 0)
		memset(&st, 0, sizeof st);
	return st;
}

bool
source_plain(const struct source *s)
{
	return s->file && s->coding == PLAIN;
}

bool
source_grows(const struct source *s)
{
	return source_plain(s) && s->fd != STDIN_FILENO;
}

unsigned long long
source_done(const struct source *s)
{
	return s->read;
}

static size_t
plain_read(struct source *s, char *to, size_t n)
{
	size_t have = s->end - s->at;

	if (have == 0)
		return s->over ? 0 : raw_read(s, to, n);
	if (have > n)
		have = n;
	memcpy(to, s->raw + s->at, have);
	s->at += have;
	return have;
}

/* Behind a member: another one, or zeros up to the end, as tapes have them. */
static bool
next_member(struct source *s)
{
	while (raw_fill(s) && s->raw[s->at] == 0)
		s->at++;
	if (s->at == s->end)
		return false;
	(void)inflateReset(&s->z);
	s->between = false;
	return true;
}

static size_t
gzip_read(struct source *s, char *to, size_t n)
{
	int answer;

	s->z.next_out = (unsigned char *)to;
	s->z.avail_out = (uInt)n;
	while (s->z.avail_out == n) {
		if (s->between && !next_member(s))
			break;
		if (!raw_fill(s)) {
			if (!s->bad)
				fail_cut(s);
			break;
		}
		s->z.next_in = s->raw + s->at;
		s->z.avail_in = (uInt)(s->end - s->at);
		answer = inflate(&s->z, Z_NO_FLUSH);
		s->at = s->end - s->z.avail_in;
		s->between = answer == Z_STREAM_END;
		if (answer == Z_MEM_ERROR)
			errx(EXIT_RETRY, "inflate: no memory");
		if (answer != Z_OK && answer != Z_STREAM_END && answer != Z_BUF_ERROR) {
			fail(s, "is damaged: compressed bytes are wrong");
			break;
		}
	}
	return n - s->z.avail_out;
}

static const char *
xz_wrong(lzma_ret answer)
{
	if (answer == LZMA_MEMLIMIT_ERROR)
		return "needs more than 128 MiB to be uncompressed";
	return "is damaged: compressed bytes are wrong";
}

static size_t
xz_read(struct source *s, char *to, size_t n)
{
	lzma_ret answer;
	bool more;

	s->x.next_out = (unsigned char *)to;
	s->x.avail_out = n;
	while (s->x.avail_out == n && !s->done && !s->bad) {
		more = raw_fill(s);
		if (s->bad)
			break;
		s->x.next_in = s->raw + s->at;
		s->x.avail_in = s->end - s->at;
		answer = lzma_code(&s->x, more ? LZMA_RUN : LZMA_FINISH);
		s->at = s->end - s->x.avail_in;
		s->done = answer == LZMA_STREAM_END;
		if (answer == LZMA_MEM_ERROR)
			errx(EXIT_RETRY, "lzma_code: no memory");
		if (answer == LZMA_BUF_ERROR)
			fail_cut(s);
		else if (answer != LZMA_OK && answer != LZMA_STREAM_END && answer != LZMA_GET_CHECK &&
		    answer != LZMA_NO_CHECK && answer != LZMA_UNSUPPORTED_CHECK)
			fail(s, xz_wrong(answer));
	}
	return n - s->x.avail_out;
}

size_t
source_read(struct source *s, char *to, size_t n)
{
	if (s->bad)
		return 0;
	if (s->coding == GZIP)
		return gzip_read(s, to, n);
	return s->coding == XZ ? xz_read(s, to, n) : plain_read(s, to, n);
}

bool
source_seek(struct source *s, unsigned long long offset)
{
	if (s->bad)
		return false;
	s->at = s->end = 0;
	s->over = false;
	s->read = offset;
	if (lseek(s->fd, (off_t)offset, SEEK_SET) >= 0)
		return true;
	fail(s, strerror(errno));
	return false;
}

bool
source_rewind(struct source *s)
{
	if (!s->file || !source_seek(s, 0))
		return false;
	finish(s);
	if (begin(s))
		return true;
	s->coding = PLAIN;
	s->bad = s->over = true;
	return false;
}

bool
source_peek(const struct source *s, void *to, size_t n, unsigned long long offset)
{
	size_t have = 0;
	ssize_t got;

	if (!source_plain(s))
		return false;
	while (have < n) {
		got = pread(s->fd, (char *)to + have, n - have, (off_t)(offset + have));
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		have += got > 0 ? (size_t)got : 0;
	}
	return true;
}

uint64_t
source_end(const struct source *s, const struct stat *st)
{
	char last[LOGS_PRINT];
	size_t n = st->st_size < LOGS_PRINT ? (size_t)st->st_size : LOGS_PRINT;

	if (!s->file || n == 0 ||
	    pread(s->fd, last, n, st->st_size - (off_t)n) != (ssize_t)n)
		return 0;
	return logs_print(last, n);
}

bool
source_verify(struct source *s)
{
	static char scratch[2 * RAW];

	if (!s->file || s->coding == PLAIN)
		return true;
	s->quiet = true;
	while (source_read(s, scratch, sizeof scratch) > 0)
		progress_tick(s->read);
	s->quiet = false;
	if (s->bad && !s->cut)
		return false;
	s->bad = s->cut = false;
	return source_rewind(s);
}

bool
source_good(const struct source *s)
{
	return !s->bad;
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	finish(s);
	if (s->fd != STDIN_FILENO)
		(void)close(s->fd);
	free(s);
}
