/* SPDX-License-Identifier: ISC */
/*
 * What an engine that speaks clamd's protocol says, for a client that keeps one
 * connection (IDSESSION) and asks FILDES or INSTREAM, and of an avscand also
 * RETRY and ALLMATCH.
 *
 * Nothing but an exact reply to the request of this number counts: what is not
 * understood is an error, and an error is never clean.
 *
 * Pure: no file, no exit, no memory of its own; spans point into the line.
 */
#ifndef CLAMD_H
#define CLAMD_H

#include "common/record.h"

enum clamd_kind {
	CLAMD_OK,
	CLAMD_FOUND,
	CLAMD_UNSCANNED,	/* to RETRY: the content cannot be judged */
	CLAMD_BUSY,		/* not now, ask again */
	CLAMD_ERROR,		/* this content was not scanned */
	CLAMD_REFUSED,		/* an error that is about no content: the command
				   is not known, or came without its descriptor */
	CLAMD_STRANGE		/* no answer to this request */
};

struct clamd_reply {
	enum clamd_kind kind;
	/*
	 * FOUND: the signature, without the ending .UNOFFICIAL that clamd
	 * gives to all but the official ones; never empty.  To ALLMATCH: all
	 * of them, see clamd_name.
	 * UNSCANNED: engine-died, engine-timeout or engine-error.
	 * All but these and OK: what was said, for a person; not to be trusted
	 * on a terminal.
	 */
	struct span text;
};

/* One reply of n bytes, without the NUL that ended it, to request number id. */
struct clamd_reply clamd_parse(const char *line, size_t n, unsigned long id);

/*
 * The names in the text of a reply to ALLMATCH in turn, each as in one to FILDES:
 * takes the first off *text; false where there is none left.  A name that is
 * empty (a blank too many) is an answer that is not understood.
 */
bool clamd_name(struct span *text, struct span *name);

/*
 * The generation of the signatures in the reply to VERSION, request number id:
 * ClamAV 1.4.6/GENERATION/DATE.  False: the reply is another, or names none
 * (then set is empty, and *answered says whether it was a reply to VERSION).
 */
bool clamd_set(const char *line, size_t n, unsigned long id, struct span *set,
    bool *answered);

/* What a signature's name means: clamd calls limits and macros FOUND too. */
struct clamd_meaning {
	const char *verdict;	/* infected, odd, unscanned */
	char why[32];		/* "" for infected */
};

struct clamd_meaning clamd_meaning(struct span name);

#endif
