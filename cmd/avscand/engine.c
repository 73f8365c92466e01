/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/engine.h"
#include "cmd/avscand/hugepages.h"
#include "cmd/avscand/memory.h"
#include "cmd/avscand/watch.h"
#include "common/cli.h"

#include <clamav.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct engine {
	struct cl_engine *cl;
	unsigned signatures;
};

/*
 * libclamav has one message callback for the process, so these are the
 * process's too.  first: what the first complaint since the last reset was.
 */
static unsigned complaints;
static char first[256];

static void
printable(char *to, size_t size, const char *from)
{
	size_t n;

	for (n = 0; from[n] != '\0' && from[n] != '\n' && n + 1 < size; n++)
		to[n] = from[n] >= 0x20 && from[n] < 0x7f ? from[n] : '?';
	to[n] = '\0';
}

static void
complain(const char *whose, const char *what)
{
	char text[sizeof first];

	printable(text, sizeof text, what);
	warnx("%s: %s", whose, text);
	if (complaints++ == 0)
		memcpy(first, text, sizeof first);
}

static void
on_message(enum cl_msg severity, const char *full, const char *msg, void *context)
{
	(void)full;
	(void)context;
	if (severity >= CL_MSG_ERROR)
		complain("libclamav", msg);
}

/* What a scan has found: the first name, and all of them. */
struct finds {
	const char *first;
	size_t n;
	bool full;
	char text[SCAN_TEXT];
};

static bool
has_name(const struct finds *f, const char *name, size_t n)
{
	const char *p = f->text;

	while ((p = strstr(p, name)) != NULL) {
		if ((p == f->text || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
		p++;
	}
	return false;
}

/* With no callback a limit reached comes without its name. */
static void
on_found(int fd, const char *name, void *context)
{
	struct finds *f = context;
	char text[256];
	size_t n;

	(void)fd;
	if (f == NULL || name == NULL)
		return;
	if (f->first == NULL)
		f->first = name;
	printable(text, sizeof text, name);
	for (n = 0; text[n] != '\0'; n++)
		if (text[n] == ' ')
			text[n] = '?';
	if (n == 0 || has_name(f, text, n))
		return;
	if (f->n + n + 2 > sizeof f->text) {
		f->full = true;
		return;
	}
	if (f->n > 0)
		f->text[f->n++] = ' ';
	memcpy(f->text + f->n, text, n + 1);
	f->n += n;
}

static void
check(cl_error_t rc, const char *dir, const char *what)
{
	if (rc != CL_SUCCESS)
		errx(EXIT_RETRY, "%s: %s: %s", dir, what, cl_strerror(rc));
}

/*
 * A heap that never shrinks and maps nothing: two orders of magnitude fewer
 * page faults a scan once the set is shared copy-on-write.
 */
static void
tune_malloc(void)
{
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_TOP_PAD, 64 << 20);
	mallopt(M_ARENA_MAX, 1);	/* workers come from a thread, and use this one */
}

/* Limits that libclamav passes over in silence are as wide as the one it names. */
static void
set_limits(struct cl_engine *cl, const char *dir, const struct engine_settings *s)
{
	static const enum cl_engine_field silent[] = {
		CL_ENGINE_MAX_FILESIZE, CL_ENGINE_MAX_EMBEDDEDPE,
		CL_ENGINE_MAX_HTMLNORMALIZE, CL_ENGINE_MAX_HTMLNOTAGS,
		CL_ENGINE_MAX_SCRIPTNORMALIZE, CL_ENGINE_PCRE_MAX_FILESIZE,
	};

	for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
		check(cl_engine_set_num(cl, silent[i], (long long)s->filesize),
		    dir, "setting a size limit");
	check(cl_engine_set_num(cl, CL_ENGINE_MAX_SCANSIZE,
	    (long long)s->filesize * 4), dir, "setting a size limit");
	check(cl_engine_set_num(cl, CL_ENGINE_MAX_SCANTIME,
	    (long long)s->seconds * 1000), dir, "setting the time limit");
}

struct engine *
engine_load(const char *dir, const struct engine_settings *s)
{
	struct engine *e = calloc(1, sizeof *e);
	cl_error_t rc;

	if (e == NULL)
		err(EXIT_RETRY, "malloc");
	tune_malloc();
	cl_set_clcb_msg(on_message);
	check(cl_init(CL_INIT_DEFAULT), dir, "libclamav");
	/* Its cryptography reads a configuration at the first use: not in a worker. */
	free(cl_sha256("", 0, NULL, NULL));
	if ((e->cl = cl_engine_new()) == NULL)
		errx(EXIT_RETRY, "%s: no memory for an engine", dir);
	set_limits(e->cl, dir, s);
	cl_engine_set_clcb_virus_found(e->cl, on_found);
	rc = cl_load(dir, e->cl, &e->signatures, CL_DB_STDOPT);
	if (rc != CL_SUCCESS) {
		warnx("%s: the set does not load: %s", dir, cl_strerror(rc));
		return NULL;
	}
	if (e->signatures == 0)
		errx(EXIT_RETRY, "%s: the set holds no signature", dir);
	check(cl_engine_compile(e->cl), dir, "the set does not compile");
	hugepages_collapse();
	return e;
}

unsigned
engine_signatures(const struct engine *e)
{
	return e->signatures;
}

const char *
engine_version(void)
{
	return cl_retver();
}

unsigned
engine_level(void)
{
	return cl_retflevel();
}

unsigned long
engine_official(const struct engine *e)
{
	long long n = cl_engine_get_num(e->cl, CL_ENGINE_DB_VERSION, NULL);

	return n > 0 ? (unsigned long)n : 0;
}

int
engine_tmpdir(struct engine *e, const char *dir)
{
	return cl_engine_set_str(e->cl, CL_ENGINE_TMPDIR, dir) == CL_SUCCESS ? 0 : -1;
}

static void
result(struct scan *s, enum scan_kind kind, const char *text)
{
	s->kind = kind;
	s->doubt = complaints > 0 || kind == SCAN_ERROR || kind == SCAN_REFUSED;
	printable(s->text, sizeof s->text, text);
}

/* Of all names there is no telling where something could not be read. */
static void
all_names(struct scan *s, const struct finds *f)
{
	if (complaints > 0)
		result(s, SCAN_ERROR, first);
	else if (f->full)
		result(s, SCAN_ERROR, "more signatures than can be told");
	else if (f->n == 0)
		result(s, SCAN_ERROR, "found something without a name");
	else
		result(s, SCAN_FOUND, f->text);
}

void
engine_scan(struct engine *e, int fd, bool all, struct scan *s)
{
	struct cl_scan_options o;
	static struct finds found;
	const char *name = NULL, *refused;
	unsigned long scanned = 0;
	cl_error_t rc;
	int error = 0;

	memset(&o, 0, sizeof o);
	o.general = CL_SCAN_GENERAL_HEURISTICS | (all ? CL_SCAN_GENERAL_ALLMATCHES : 0);
	o.parse = ~(uint32_t)0;
	o.heuristic = CL_SCAN_HEURISTIC_BROKEN | CL_SCAN_HEURISTIC_EXCEEDS_MAX |
	    CL_SCAN_HEURISTIC_MACROS | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
	    CL_SCAN_HEURISTIC_ENCRYPTED_DOC;
	memset(&found, 0, sizeof found);
	complaints = 0;
	watch_begin();
	rc = cl_scandesc_callback(fd, NULL, &name, &scanned, e->cl, &o, &found);
	if ((refused = watch_end(&error)) != NULL) {
		complain("scan", refused);
		errno = error;
		memory_failed();
	}
	if (name == NULL)
		name = found.first;
	if (all && rc == CL_VIRUS) {
		all_names(s, &found);
		return;
	}
	/* A heuristic (a limit, macros) tells nothing of what was not read. */
	if (rc == CL_VIRUS && name != NULL && name[0] != '\0' &&
	    (complaints == 0 || strncmp(name, "Heuristics.", 11) != 0))
		result(s, SCAN_FOUND, name);
	/* Of memory there is only so much for a scan: its own doing. */
	else if (refused != NULL && error != ENOMEM)
		result(s, SCAN_REFUSED, refused);
	else if (complaints > 0)
		result(s, SCAN_ERROR, first);
	else if (rc == CL_CLEAN && name == NULL)
		result(s, SCAN_CLEAN, "");
	else if (rc == CL_VIRUS || rc == CL_CLEAN)
		result(s, SCAN_ERROR, "found something without a name");
	else
		result(s, SCAN_ERROR, cl_strerror(rc));
}
