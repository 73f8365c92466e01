/* SPDX-License-Identifier: ISC */
/*
 * libclamav: one set of signatures loaded once, and scans against it.  Only
 * engine.c includes clamav.h.
 *
 * A scan is clean only if libclamav says so and complained of nothing: its
 * messages of the level error are counted, because it says clean of files that
 * it could not look at (no temporary directory, no descriptors, no room).
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stddef.h>

struct engine;

enum scan_kind { SCAN_CLEAN, SCAN_FOUND, SCAN_ERROR };

/* text: the signature, or what went wrong; printable ASCII. */
struct scan {
	enum scan_kind kind;
	char text[256];
};

struct engine_settings {
	unsigned long seconds;	/* a scan */
	unsigned long long filesize;	/* larger ones are a limit reached */
};

/*
 * Loads the set in the folder dir (a path without links: libclamav reads it
 * twice).  What is wrong is said on stderr; ends the process with EXIT_RETRY.
 */
struct engine *engine_load(const char *dir, const struct engine_settings *s);

unsigned engine_signatures(const struct engine *e);
/* libclamav's own version, and the number of the official set or 0. */
const char *engine_version(void);
unsigned long engine_official(const struct engine *e);

/* Where scans from now on keep temporary files; 0 or -1. */
int engine_tmpdir(struct engine *e, const char *dir);

/* Scans the regular file fd, which stays open. */
void engine_scan(struct engine *e, int fd, struct scan *s);

#endif
