/* SPDX-License-Identifier: ISC */
/*
 * Asks the engines of a pool about one content after the other: finds one that
 * answers, waits where it is busy, and tries once more what made it fail.
 */
#ifndef ASK_H
#define ASK_H

#include "cmd/avscan/connect.h"
#include "cmd/avscan/session.h"

enum answer {
	ASK_CLEAN,
	ASK_FOUND,		/* text: the signature */
	ASK_UNSCANNED,		/* text: why, one word */
	/* Both after a message: */
	ASK_FAILED,		/* this content was not scanned; others can be */
	ASK_LOST		/* there is no engine that can be asked */
};

struct asker {
	struct engines *engines;
	struct session session;
	size_t at;		/* the engine that is asked */
	size_t busy;		/* engines that were, one after the other */
	long pause;		/* ms of the next wait */
	bool asked;		/* for the set */
	bool alive;		/* it has answered on this connection */
	size_t setlen;
	char set[256];
	char said[200];		/* why a scan failed, printable */
};

/* engines stays the caller's, and is changed: which are down. */
void asker_start(struct asker *a, struct engines *engines);

/*
 * Has the regular file fd, called name in messages, scanned.  *text lives until
 * the next call.
 */
enum answer ask_scan(struct asker *a, int fd, const char *name, struct span *text);

/*
 * After ASK_FOUND: all signatures that match (clamd_name takes them apart).
 * False: this engine does not tell; *text is then what it was.
 */
bool ask_names(struct asker *a, int fd, struct span *text);

/* Does it answer as an avscand to the file fd, whose scan it has answered? */
bool ask_avscand(struct asker *a, int fd);

/* The engine that answered last, and the set of its signatures; n 0: unknown. */
const char *ask_engine(const struct asker *a);
struct span ask_set(struct asker *a);

/* Ends the connection; false, after a message, if it does not end well. */
bool asker_end(struct asker *a);

#endif
