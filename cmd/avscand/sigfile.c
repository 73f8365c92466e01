/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/sigfile.h"
#include "cmd/avscand/memory.h"
#include "cmd/avscand/sigset.h"
#include "cmd/avscand/watch.h"
#include "common/sigkind.h"

#include <sys/stat.h>

#include <clamav.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER = 512, BLOCK = 512, INFO_MAX = 64 << 10 };

/* What libclamav complained of: it has one callback for the process. */
static char said[400];
static unsigned complaints;

static void
on_message(enum cl_msg severity, const char *full, const char *msg, void *context)
{
	size_t n = strlen(said);

	(void)full;
	(void)context;
	if (severity < CL_MSG_ERROR || complaints++ > 1)
		return;
	if (n > 0 && n + 2 < sizeof said)
		n += (size_t)snprintf(said + n, sizeof said - n, "; ");
	for (; *msg != '\0' && *msg != '\n' && n + 1 < sizeof said; msg++)
		said[n++] = *msg >= 0x20 && *msg < 0x7f ? *msg : '?';
	said[n] = '\0';
}

static void __attribute__((format(printf, 4, 5)))
tell(struct sigfile *f, enum sigfile_state state, const char *why, const char *fmt, ...)
{
	va_list ap;

	f->state = state;
	f->why = why;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
}

bool
sigfile_refused(int error)
{
	static const int ours[] = { EMFILE, ENFILE, EIO, ENOSPC, EDQUOT, EAGAIN, ESTALE,
	    ETIMEDOUT };
	size_t i = 0;

	while (i < sizeof ours / sizeof ours[0] && ours[i] != error)
		i++;
	return i < sizeof ours / sizeof ours[0];
}

/* A call of ours failed, as errno tells: the system's fault, or the file's in a word. */
static void
failed(struct sigfile *f, const char *why)
{
	int error = errno;

	memory_failed();
	tell(f, SIGFILE_BAD, sigfile_refused(error) ? "system" : why, "%s", strerror(error));
}

void
sigfile_name(struct sigfile *f, const char *dir, const char *name)
{
	memset(f, 0, sizeof *f);
	snprintf(f->path, sizeof f->path, "%s/%s", dir, name);
}

static bool
leads_out(const char *real, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(real, dir, n) != 0 || real[n] != '/';
}

/* What there is at its name; false: nothing to go on with. */
static bool
look_at_name(struct sigfile *f, const char *dir)
{
	char *real = realpath(f->path, NULL);
	struct stat st;
	bool good = false;

	if (real == NULL || stat(real, &st) < 0)
		failed(f, "unreadable");
	else if (!S_ISREG(st.st_mode))
		tell(f, SIGFILE_BAD, "no-file",
		    "not a regular file: take it out of the set");
	else if (st.st_size == 0)
		tell(f, SIGFILE_BAD, "empty", "empty: fetch it again or take it out");
	else if (leads_out(real, dir))
		tell(f, SIGFILE_BAD, "outside", "a link out of the set: put the file "
		    "itself there");
	else {
		f->size = (unsigned long long)st.st_size;
		f->made = st.st_mtime;
		good = true;
	}
	free(real);
	return good;
}

/* False: there are not so many bytes, or f says why they cannot be read. */
static bool
read_at(struct sigfile *f, int fd, char *to, size_t n, off_t at)
{
	ssize_t got = pread(fd, to, n, at);

	if (got < 0)
		failed(f, "unreadable");
	return got == (ssize_t)n;
}

/* How many files a container's list names. */
static bool
count_listed(struct sigfile *f, int fd, off_t at, size_t n, unsigned *listed)
{
	static char text[INFO_MAX];

	if (n >= sizeof text || !read_at(f, fd, text, n, at))
		return false;
	text[n] = '\0';
	for (const char *p = text; *p != '\0'; p += *p == '\n') {
		*listed += strncmp(p, "ClamAV-VDB:", 11) != 0 &&
		    strncmp(p, "DSIG:", 5) != 0;
		p += strcspn(p, "\n");
	}
	return true;
}

/*
 * Is a container whole that holds a plain tar?  Each file in it has its hash in
 * the list, and nobody else looks whether each that is listed is there.  A
 * compressed one is seen to be cut by libclamav.
 */
static bool
is_whole(struct sigfile *f, int fd)
{
	off_t at = HEADER, size = (off_t)f->size;
	char head[BLOCK + 1];
	unsigned files = 0, listed = 0;

	while (read_at(f, fd, head, BLOCK, at) && head[0] != '\0') {
		unsigned long long n;
		const char *dot;

		if (at == HEADER && memcmp(head, "\x1f\x8b", 2) == 0)
			return true;
		head[BLOCK] = head[136] = head[100] = '\0';
		n = strtoull(head + 124, NULL, 8);
		at += BLOCK;
		if (n > (unsigned long long)(size - at))
			return false;
		if ((dot = strrchr(head, '.')) != NULL && strcmp(dot, ".info") == 0) {
			if (!count_listed(f, fd, at, (size_t)n, &listed))
				return false;
		} else if (strcmp(head, "COPYING") != 0)
			files++;
		at += (off_t)((n + BLOCK - 1) / BLOCK * BLOCK);
	}
	return f->state == SIGFILE_GOOD && files > 0 && files >= listed;
}

/* Of a .cvd and a .cld of one name libclamav loads the newer one. */
static void
look_for_twin(struct sigfile *f)
{
	char path[sizeof f->path];
	char *letter;
	struct cl_cvd *twin;
	bool cvd;

	memcpy(path, f->path, sizeof path);
	letter = path + strlen(path) - 2;
	cvd = *letter == 'v' || *letter == 'V';
	if (!cvd && *letter != 'l' && *letter != 'L')
		return;
	*letter = cvd ? 'l' : 'v';
	if (access(path, R_OK) < 0 || (twin = cl_cvdhead(path)) == NULL)
		return;
	if (twin->version > f->number || (cvd && twin->version == f->number))
		tell(f, SIGFILE_PASSED_OVER, "older", "not loaded: %s is newer or the "
		    "same; take this one out", strrchr(path, '/') + 1);
	cl_cvdfree(twin);
}

static void
look_at_container(struct sigfile *f, int fd)
{
	struct cl_cvd *head = cl_cvdhead(f->path);
	cl_error_t rc;

	if (head == NULL) {
		tell(f, SIGFILE_BAD, "no-header", "does not begin as a signature "
		    "container does: fetch it again");
		return;
	}
	f->container = true;
	f->number = head->version;
	f->signatures = head->sigs;
	f->level = head->fl;
	f->made = (time_t)head->stime;
	cl_cvdfree(head);
	if (!is_whole(f, fd)) {
		if (f->state == SIGFILE_GOOD)
			tell(f, SIGFILE_BAD, "cut", "ends too early: fetch it again");
	} else if ((rc = cl_cvdverify(f->path)) != CL_SUCCESS)
		tell(f, SIGFILE_BAD, "bad-signature", "%s: fetch it again",
		    cl_strerror(rc));
	else
		look_for_twin(f);
}

/* A list that was cut may end in a line that still counts as one. */
static void
look_at_end(struct sigfile *f, int fd)
{
	char last = '\0';

	if ((!read_at(f, fd, &last, 1, (off_t)f->size - 1) || last != '\n') &&
	    f->state == SIGFILE_GOOD)
		tell(f, SIGFILE_BAD, "cut", "its last line has no end: it was cut; fetch "
		    "it again, or end it with a newline");
}

static void
load_alone(struct sigfile *f, bool lenient)
{
	struct cl_engine *engine = cl_engine_new();
	unsigned n = 0;
	cl_error_t rc;

	if (engine == NULL) {
		tell(f, SIGFILE_BAD, "system", "libclamav makes no engine");
		return;
	}
	said[0] = '\0';
	complaints = 0;
	rc = cl_load(f->path, engine, &n, CL_DB_STDOPT);
	if (rc == CL_SUCCESS && complaints == 0)
		rc = cl_engine_compile(engine);
	if (rc != CL_SUCCESS || complaints > 0)
		tell(f, SIGFILE_BAD, "bad", "%s",
		    complaints > 0 ? said : cl_strerror(rc));
	else if (lenient && n == 0)
		tell(f, SIGFILE_BAD, "bad", "libclamav finds nothing in it that it "
		    "takes (code without a signature, no rule)");
	cl_engine_free(engine);
}

/* What the file is, by its kind. */
static void
look_inside(struct sigfile *f, int fd, enum sigkind kind, bool load)
{
	if (cl_init(CL_INIT_DEFAULT) != CL_SUCCESS)
		tell(f, SIGFILE_BAD, "system", "libclamav does not start");
	else if (kind == SIGKIND_CONTAINER)
		look_at_container(f, fd);
	else if (kind == SIGKIND_LINES)
		look_at_end(f, fd);
	if (f->state == SIGFILE_GOOD && (load || kind == SIGKIND_LENIENT))
		load_alone(f, kind == SIGKIND_LENIENT);
}

void
sigfile_look(struct sigfile *f, const char *dir, bool load)
{
	enum sigkind kind = sigkind(f->path);
	const char *refused;
	int fd, error = 0;

	if (kind == SIGKIND_NONE) {
		tell(f, SIGFILE_PASSED_OVER, "suffix", "not loaded: no suffix of a "
		    "signature file");
		return;
	}
	if (!look_at_name(f, dir))
		return;
	if ((fd = open(f->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0) {
		failed(f, "unreadable");
		return;
	}
	cl_set_clcb_msg(on_message);
	watch_begin();
	look_inside(f, fd, kind, load);
	/* Even what libclamav calls good then it may not have seen all of. */
	if ((refused = watch_end(&error)) != NULL && sigfile_refused(error))
		tell(f, SIGFILE_BAD, "system", "%s", refused);
	errno = error;
	memory_failed();
	close(fd);
}
