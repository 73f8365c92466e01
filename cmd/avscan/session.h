/* SPDX-License-Identifier: ISC */
/*
 * One connection to an engine for everything that avscan hands it, so that one
 * worker serves it: IDSESSION, then one request at a time.
 *
 * Nothing but the exact answer to a request is taken for one.  After anything
 * else (another number, half a line, a line too many, the end) the connection
 * is closed.
 */
#ifndef SESSION_H
#define SESSION_H

#include "common/clamd.h"

enum { SESSION_LINE = 4096 };	/* bytes of a reply */

enum session_command {
	SESSION_SCAN,		/* FILDES, or INSTREAM where it is not local */
	SESSION_RETRY,		/* of an avscand: RETRY, RETRYSTREAM */
	SESSION_ALLMATCH
};

enum session_end {
	SESSION_ANSWER,		/* the reply is whole, of any kind but STRANGE */
	SESSION_ENDED,		/* the connection did, before it was whole */
	SESSION_STRANGE,	/* what came is no answer to what was asked */
	SESSION_UNREAD		/* the file could not be read */
};

struct session {
	int fd;			/* -1: closed */
	bool local;		/* takes descriptors; else streams */
	bool answered;		/* a scan, and not by busy */
	long long end;		/* of the time for an answer, as clock_ms(); 0: none */
	unsigned long id;	/* of the last request */
	size_t have;
	char buf[SESSION_LINE];
};

/* fd is connected, blocking, and the session's from now on. */
void session_start(struct session *s, int fd, bool local);

/*
 * An answer that has not come so many seconds from now is the end of the connection;
 * 0: it is waited for.
 */
void session_patience(struct session *s, int seconds);

/*
 * Has the regular file fd looked at.  r->text lives until the next request; it
 * says what is wrong, for a person, where there is no answer.
 */
enum session_end session_ask(struct session *s, enum session_command command, int fd,
    struct clamd_reply *r);

/*
 * The generation of its signatures, coded by nobody yet, until the next
 * request; empty if it has none.  False: it did not answer.
 */
bool session_set(struct session *s, struct span *set);

/*
 * Ends it: the engine must close the connection and say nothing more, else it is
 * false.  Where it is closed already nothing is done.
 */
bool session_end(struct session *s);

void session_close(struct session *s);

#endif
