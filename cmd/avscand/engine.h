/* SPDX-License-Identifier: ISC */
/*
 * libclamav: one set of signatures loaded once, and scans against it.  Only
 * engine.c and sigfile.c include clamav.h.
 *
 * A scan is clean only if libclamav says so and complained of nothing: its
 * messages of the level error are counted, because it says clean of files that
 * it could not look at (no temporary directory, no descriptors, no room).  It
 * remembers them as clean, too: after a scan in doubt no scan of this process is
 * to be believed.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>

struct engine;

enum scan_kind {
	SCAN_CLEAN,
	SCAN_FOUND,
	SCAN_ERROR,		/* libclamav does not come to an end with it */
	SCAN_REFUSED		/* the system refused a call: disk, descriptors */
};

enum { SCAN_TEXT = 1024 };

/*
 * text: the signature, or several with one blank between; or what went wrong.
 * Printable ASCII.
 */
struct scan {
	enum scan_kind kind;
	unsigned doubt;		/* not 0: something in it was not looked at */
	char text[SCAN_TEXT];
};

struct engine_settings {
	unsigned long seconds;	/* a scan */
	unsigned long long filesize;	/* larger ones are a limit reached */
};

/*
 * Loads the set in the folder dir (a path without links: libclamav reads it
 * twice).  What is wrong is said on stderr.  NULL: libclamav does not take the
 * set; it does not say for which file.  All else ends the process with EXIT_RETRY.
 */
struct engine *engine_load(const char *dir, const struct engine_settings *s);

unsigned engine_signatures(const struct engine *e);
/* libclamav's own version, what it can do as a number, and the number of the official set or 0. */
const char *engine_version(void);
unsigned engine_level(void);
unsigned long engine_official(const struct engine *e);

/* Where scans from now on keep temporary files; 0 or -1. */
int engine_tmpdir(struct engine *e, const char *dir);

/*
 * Scans the regular file fd, which stays open and must not change meanwhile.  all: every signature that it
 * has, or an error; else the first.
 */
void engine_scan(struct engine *e, int fd, bool all, struct scan *s);

#endif
