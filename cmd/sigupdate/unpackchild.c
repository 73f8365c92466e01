/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* closefrom */
#include "cmd/sigupdate/unpackchild.h"
#include "common/callfilter.h"
#include "common/cli.h"
#include "common/little.h"
#include "common/record.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>
#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const unsigned long long MEMORY = 512ull << 20;	/* beyond what is mapped */

enum {
	TAR_END = 1024,		/* zeroes behind the last file: POSIX, ustar */
	ZIP_END = 22,		/* its last record, without the comment (APPNOTE 4.3.16) */
	ZIP_NONE = UINT16_MAX + 1	/* no number of entries */
};

/* What libarchive, the libraries that it uses and the C library need. */
static const int allowed[] = {
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(clock_gettime), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* The bytes of a tar: the file's, or what a decompressor makes of them. */
struct source {
	struct span file;
	struct archive *packed;		/* NULL: they are the file's */
	unsigned long long given;	/* of them */
	unsigned long long filled;	/* up to the last that is not zero */
};

/* exit would write what the parent has not written yet. */
static _Noreturn void
die(const char *what)
{
	warn("the unpacker: %s", what);
	_exit(EXIT_RETRY);
}

/* Any other call fails: the C library asks for a time zone's file, and does without. */
static void
filter_calls(void)
{
	const struct callfilter_if ifs[] = {
		{ SCMP_SYS(write), 0, CALLFILTER_INT, STDOUT_FILENO },
		{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(tgkill), 0, CALLFILTER_INT, (uint64_t)getpid() },
	};
	int rc = callfilter(SCMP_ACT_ERRNO(EPERM), allowed, sizeof allowed / sizeof allowed[0],
	    ifs, sizeof ifs / sizeof ifs[0]);

	if (rc < 0) {
		errno = -rc;
		die("seccomp");
	}
}

static void
confine(int to, unsigned long seconds)
{
	pid_t parent = getppid();
	unsigned long long mapped = callfilter_mapped();

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		die("prctl");
	if (mapped == 0 || !callfilter_limit(RLIMIT_CORE, 0) ||
	    !callfilter_limit(RLIMIT_CPU, seconds) ||
	    !callfilter_limit(RLIMIT_AS, mapped + MEMORY))
		die("limits");
	if (dup2(to, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0)
		die("descriptors");
	closefrom(STDERR_FILENO + 1);
	if (getppid() != parent)
		_exit(EXIT_RETRY);
	filter_calls();
}

static struct span
map_file(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		die("the archive");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		die("the archive");
	return (struct span){ p, (size_t)st.st_size };
}

/* At most FRAME_MOST bytes. */
static void
send_frame(enum frame_kind kind, enum frame_type type, const void *p, size_t n)
{
	static char buffer[sizeof(struct frame) + FRAME_MOST];
	struct frame f = { kind, type, (uint32_t)n };
	size_t sent = 0, all = sizeof f + n;
	ssize_t got;

	memcpy(buffer, &f, sizeof f);
	if (n > 0)
		memcpy(buffer + sizeof f, p, n);
	while (sent < all) {
		got = write(STDOUT_FILENO, buffer + sent, all - sent);
		if (got < 0 && errno != EINTR)
			_exit(EXIT_RETRY);
		sent += got > 0 ? (size_t)got : 0;
	}
}

static _Noreturn void
wrong(const char *what)
{
	size_t n = strlen(what);

	send_frame(FRAME_WRONG, 0, what, n < FRAME_MOST ? n : FRAME_MOST);
	_exit(EXIT_NOTHING);
}

static _Noreturn void
wrong_by(struct archive *a)
{
	const char *text = archive_error_string(a);

	wrong(text == NULL ? "broken" : text);
}

static struct archive *
must(struct archive *a)
{
	if (a == NULL)
		wrong("no memory");
	return a;
}

/* libarchive says of it "No progress is possible", or nothing at all. */
static _Noreturn void
wrong_packed(struct archive *packed)
{
	const char *text = archive_error_string(packed);
	char why[256];

	if (archive_errno(packed) == ENOMEM)
		wrong("to decompress it takes too much memory");
	snprintf(why, sizeof why, "what is compressed is cut off or damaged%s%s",
	    text == NULL ? "" : ": ", text == NULL ? "" : text);
	wrong(why);
}

/* The next bytes of a tar, for libarchive; 0: there are no more. */
static la_ssize_t
on_read(struct archive *a, void *ctx, const void **p)
{
	struct source *s = ctx;
	const char *bytes = NULL;
	size_t n = 0;
	la_int64_t at;
	int got;

	(void)a;
	if (s->packed == NULL && s->given == 0) {
		bytes = s->file.p;
		n = s->file.n;
	}
	if (s->packed != NULL) {
		got = archive_read_data_block(s->packed, p, &n, &at);
		bytes = *p;
		if (got != ARCHIVE_OK && got != ARCHIVE_EOF)
			wrong_packed(s->packed);
	}
	*p = bytes;
	for (size_t i = n; i > 0; i--)
		if (bytes[i - 1] != '\0') {
			s->filled = s->given + i;
			break;
		}
	s->given += n;
	return (la_ssize_t)n;
}

static enum frame_type
type_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e) != NULL || archive_entry_hardlink_utf8(e) != NULL)
		return FRAME_HARDLINK;
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return FRAME_FILE;
	case AE_IFDIR:
		return FRAME_FOLDER;
	case AE_IFLNK:
		return FRAME_SYMLINK;
	case AE_IFBLK:
	case AE_IFCHR:
		return FRAME_DEVICE;
	case AE_IFIFO:
		return FRAME_FIFO;
	default:
		return FRAME_OTHER;
	}
}

static void
send_head(struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);

	if (name == NULL)
		name = archive_entry_pathname_utf8(e);
	if (name == NULL)
		name = "";
	send_frame(FRAME_ENTRY, type_of(e), name, strnlen(name, FRAME_NAME));
}

static void
send_data(struct archive *a, struct archive_entry *e)
{
	la_int64_t sent = 0, at;
	const void *p;
	size_t n;
	int got;

	while ((got = archive_read_data_block(a, &p, &n, &at)) == ARCHIVE_OK) {
		if (n > 0 && at != sent)
			wrong("it has a file with holes");
		for (size_t i = 0, piece; i < n; i += piece) {
			piece = n - i < FRAME_MOST ? n - i : FRAME_MOST;
			send_frame(FRAME_DATA, 0, (const char *)p + i, piece);
		}
		sent += (la_int64_t)n;
	}
	/* a warning too: it is said of a checksum that does not fit */
	if (got != ARCHIVE_EOF)
		wrong_by(a);
	if (archive_entry_size_is_set(e) && archive_entry_size(e) != sent)
		wrong("it has a file with holes");
	send_frame(FRAME_END, 0, NULL, 0);
}

/* Other methods than these two have readers of their own, which nobody needs. */
static void
check_zip_entry(struct archive *a, struct archive_entry *e)
{
	const char *format = archive_format_name(a);

	if (archive_entry_is_encrypted(e) > 0)
		wrong("it has an encrypted file");
	if (format == NULL || (strstr(format, "(deflation)") == NULL &&
	    strstr(format, "(uncompressed)") == NULL))
		wrong("it has a file compressed otherwise than by deflation");
}

/* How many entries; *end: where the last one ended. */
static unsigned long
send_entries(struct archive *a, bool zip, unsigned long long *end)
{
	unsigned long entries = 0;
	struct archive_entry *e;
	int got;

	*end = 0;
	/* A warning is of an owner's name, or of ours, which the parent checks. */
	while ((got = archive_read_next_header(a, &e)) == ARCHIVE_OK || got == ARCHIVE_WARN) {
		if (zip)
			check_zip_entry(a, e);
		entries++;
		send_head(e);
		send_data(a, e);
		*end = (unsigned long long)archive_filter_bytes(a, 0);
	}
	if (got != ARCHIVE_EOF)
		wrong_by(a);
	return entries;
}

static struct archive *
decompress(struct span file, int (*filter)(struct archive *))
{
	struct archive *a = must(archive_read_new());
	struct archive_entry *e;

	/* as raw bytes: libarchive itself would stop where a tar in them ends */
	if (archive_read_support_format_raw(a) != ARCHIVE_OK || filter(a) != ARCHIVE_OK)
		wrong_by(a);
	if (archive_read_open_memory(a, file.p, file.n) != ARCHIVE_OK ||
	    archive_read_next_header(a, &e) != ARCHIVE_OK)
		wrong_packed(a);
	if (archive_filter_count(a) != 2)
		wrong(archive_filter_count(a) < 2 ? "it is not compressed as it says" :
		    "it is compressed twice");
	return a;
}

/*
 * libarchive takes a tar that is cut between two files for a whole one, and does not
 * look at what is behind the end of one, or behind gzip's.
 */
static void
check_tar_end(struct archive *a, struct source *s, unsigned long long end)
{
	const void *p;

	while (on_read(a, s, &p) > 0)
		continue;
	if (s->filled > end)
		wrong("there is something behind its end");
	if (s->given < end + TAR_END)
		wrong("it is cut off: the end of the tar is missing");
	if (s->packed != NULL && (size_t)archive_filter_bytes(s->packed, -1) != s->file.n)
		wrong("there is something behind what is compressed");
}

static void
send_tar(struct span file, int (*filter)(struct archive *))
{
	struct source s = { .file = file };
	struct archive *a = must(archive_read_new());
	unsigned long long end;

	if (filter != NULL)
		s.packed = decompress(file, filter);
	if (archive_read_support_format_tar(a) != ARCHIVE_OK ||
	    archive_read_open(a, &s, NULL, on_read, NULL) != ARCHIVE_OK)
		wrong_by(a);
	send_entries(a, false, &end);
	check_tar_end(a, &s, end);
}

/* The number of entries by the last record, which is at the end and nowhere else. */
static unsigned long
zip_entries(struct span file)
{
	const unsigned char *p = (const unsigned char *)file.p;

	for (size_t comment = 0; comment <= UINT16_MAX && comment + ZIP_END <= file.n; comment++) {
		const unsigned char *last = p + file.n - comment - ZIP_END;

		if (memcmp(last, "PK\5\6", 4) == 0)
			return little16(last + 20) == comment ? little16(last + 10) :
			    ZIP_NONE;
	}
	return ZIP_NONE;
}

static void
send_zip(struct span file)
{
	struct archive *a = must(archive_read_new());
	unsigned long entries = zip_entries(file), got;
	unsigned long long end;

	if (entries == ZIP_NONE)
		wrong("it is cut off, or there is something behind the end of the zip");
	if (archive_read_support_format_zip_seekable(a) != ARCHIVE_OK ||
	    archive_read_open_memory(a, file.p, file.n) != ARCHIVE_OK)
		wrong_by(a);
	got = send_entries(a, true, &end);
	if (entries != UINT16_MAX && got != entries)	/* zip64 says it elsewhere */
		wrong("the zip has another number of entries than it says");
}

static bool
begins(struct span file, const char *with, size_t n)
{
	return file.n >= n && memcmp(file.p, with, n) == 0;
}

void
unpackchild(int archive, int to, unsigned long seconds)
{
	struct span file = map_file(archive);

	confine(to, seconds);
	send_frame(FRAME_READY, 0, NULL, 0);
	if (begins(file, "PK", 2))
		send_zip(file);
	else if (begins(file, "\x1f\x8b", 2))
		send_tar(file, archive_read_support_filter_gzip);
	else if (begins(file, "\xfd" "7zXZ", 6))
		send_tar(file, archive_read_support_filter_xz);
	else
		send_tar(file, NULL);
	send_frame(FRAME_ALL, 0, NULL, 0);
	_exit(EXIT_NOTHING);
}
