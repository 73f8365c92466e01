/* SPDX-License-Identifier: ISC */
/*
 * One connection to an engine for everything that avscan hands it, so that one
 * worker serves it: IDSESSION, then one request at a time.
 *
 * Each function ends the process with EXIT_RETRY on anything but the exact
 * answer to its request: another number, another word, half a line, a line too
 * many, the end of the connection.
 */
#ifndef SESSION_H
#define SESSION_H

#include "common/clamd.h"

enum { SESSION_LINE = 4096 };	/* bytes of a reply */

struct session {
	int fd;
	bool local;		/* takes descriptors; else streams */
	const char *engine;	/* its name in messages and in by= */
	unsigned long id;	/* of the last request */
	size_t used;		/* of buf, by the last reply and its NUL */
	size_t have;
	char buf[SESSION_LINE];
};

/* fd is connected, blocking, and the session's from now on. */
void session_start(struct session *s, int fd, bool local, const char *engine);

/*
 * Scans the regular file fd, called name in messages.  CLAMD_OK or CLAMD_FOUND,
 * never another; the span lives until the next request.
 */
struct clamd_reply session_scan(struct session *s, int fd, const char *name);

/* The generation of its signatures, coded by nobody yet; "" if it has none. */
struct span session_set(struct session *s);

/* Ends it: the engine must close the connection and say nothing more. */
void session_end(struct session *s);

#endif
