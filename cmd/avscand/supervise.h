/* SPDX-License-Identifier: ISC */
/*
 * The process that stays: it holds the sockets and starts generations (serve.h).
 * On SIGHUP a new one loads the set beside the old one, and takes over when it
 * is ready; the old one serves its clients to their end.  If the new one does not
 * get ready, the old one stays.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include "cmd/avscand/listen.h"
#include "cmd/avscand/serve.h"

struct supervise {
	struct listener *listener;
	unsigned listening;
	/*
	 * A generation's life: loads the set, says that it is ready, serves.  Runs in
	 * a process of its own, and may end it; tmp is its own folder.
	 */
	void (*live)(void *ctx, const struct board *b, const char *tmp);
	void *ctx;
	const char *tmp;		/* where folders for generations are made */
};

/*
 * Until SIGTERM or SIGINT: 0.  What the first generation ended with, where it did
 * not get ready.
 */
int supervise(struct supervise *s);

/*
 * In a generation, for its life: the standard error that is not heard by the
 * supervisor, who waits for the end of what it hears.
 */
int supervise_stderr(void);

/* Said by a generation, once: clients can come from now on. */
void supervise_ready(void);

#endif
