/* SPDX-License-Identifier: ISC */
/*
 * clamd's protocol on one connection: PING VERSION STATS FILDES INSTREAM
 * IDSESSION END, in the z form (NUL ends) and the n form (newline ends).
 *
 * A request is answered with OK, NAME FOUND or TEXT ERROR, or the connection
 * ends without an answer.  OK is said in one place only: after a scan that
 * engine_scan called clean.
 */
#ifndef SERVE_H
#define SERVE_H

#include "cmd/avscand/engine.h"

struct service {
	struct engine *engine;
	const char *version;		/* the answer to VERSION */
	const char *stats;		/* to STATS, its lines before END */
	const char *tmpdir;		/* where a stream is spooled */
	unsigned long seconds;		/* a scan; then SIGALRM ends the process */
	unsigned long long streamsize;	/* bytes of a stream */
	_Atomic unsigned long *scans;	/* begun; the parent sees it */
};

enum {
	IDLE_SECONDS = 30,	/* until the next command is whole */
	STREAM_SECONDS = 120	/* until a stream is whole */
};

/* Serves the connection until it ends; leaves conn open. */
void serve(int conn, const struct service *s);

#endif
