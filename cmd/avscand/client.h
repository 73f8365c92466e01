/* SPDX-License-Identifier: ISC */
/*
 * One client, and clamd's protocol: PING VERSION STATS RELOAD FILDES INSTREAM
 * SCAN CONTSCAN MULTISCAN ALLMATCHSCAN IDSESSION END, in the z form (NUL ends)
 * and the n form (newline ends); and four of our own, RETRY and ALLMATCH, which
 * take a descriptor as FILDES does, RETRYSTREAM and ALLMATCHSTREAM, which take a
 * stream as INSTREAM does.
 *
 * A request is answered with OK, NAME FOUND, TEXT ERROR or (RETRY) WHY
 * UNSCANNED, or the connection ends without an answer.  OK is said in one place
 * only: for a scan that engine_scan called clean.
 *
 * Nothing here waits, and nothing runs for long: whoever polls calls client_go when
 * it can go on, and client_result when a scan is done.  What a client does not read
 * is kept, and until it has all of it nothing more is done for it.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "cmd/avscand/closer.h"
#include "cmd/avscand/engine.h"
#include "cmd/avscand/paths.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CLIENT_IDLE_MS = 30 * 1000,	/* until the next command is whole */
	CLIENT_STREAM_MS = 120 * 1000,	/* until a stream is whole */
	CLIENT_SINK_MS = 10 * 1000,	/* for what is sent of one that is refused */
	CLIENT_STEPS = 16,		/* commands, or names in a folder, at a time */
	CLIENT_COMMAND = 4200,		/* bytes of one, its path too */
	CLIENT_SUBJECT = 4200
};

enum client_load { LOAD_SCAN, LOAD_STREAM, LOAD_PATH };

/* What a client may ask of whoever serves it. */
struct client_host {
	void *ctx;
	const char *version;		/* the answer to VERSION */
	const char *tmp;		/* where a stream is spooled */
	unsigned long long streamsize;	/* bytes of a stream */
	struct paths_user user;
	struct closer *closer;
	/* Are there too many already? */
	bool (*busy)(void *ctx, enum client_load load);
	size_t (*stats)(void *ctx, char *text, size_t size);	/* lines before END */
	bool (*reload)(void *ctx);
};

enum client_wish { WISH_SCAN, WISH_ALL, WISH_RETRY };

struct client {
	const struct client_host *host;
	int fd;
	enum {
		CLIENT_COMMANDS,	/* reads them */
		CLIENT_DESCRIPTOR,	/* waits for the byte that brings one */
		CLIENT_STREAM,		/* spools */
		CLIENT_SINK,		/* drops a stream that was refused */
		CLIENT_PATH,		/* looks for the next file of a path */
		CLIENT_SCAN,		/* content is to be scanned */
		CLIENT_OVER		/* to be closed */
	} state;
	long long until;		/* clock_ms: when to give up waiting for it */
	bool session;
	unsigned long id;		/* of the command, in a session */
	char end;			/* what ends the commands of this one */
	int passed;			/* a descriptor that came, or -1 */

	/* The scan that is asked for. */
	enum client_wish wish;
	int content;			/* owned, or -1 */
	char subject[CLIENT_SUBJECT];	/* how the answer names it; printable */
	struct paths *paths;		/* owned; of SCAN and its like, else NULL */
	bool go_on;			/* after what was found, too */
	bool told;			/* something was answered already */
	unsigned long long room;	/* of the stream: bytes that may still come */
	size_t chunk;			/* of the stream's chunk: those to come */
	unsigned char length[4];	/* of the next chunk, as far as it is there */
	size_t nlength;

	bool more;			/* can go on without anything that comes */
	char *out;			/* owned; what it has not read yet, or NULL */
	size_t nout;
	size_t from, have;		/* in buf: received and not used yet */
	char buf[65536];
};

/* A new one, for the connection fd, which it owns; NULL: no memory. */
struct client *client_new(const struct client_host *h, int fd);

/* What is to be waited for on its socket: of POLLIN, POLLOUT; 0: nothing. */
short client_waits(const struct client *c);

/* Is it between commands, so that nothing is lost if it is closed? */
bool client_rests(const struct client *c);

/* Is it to be closed? */
bool client_over(const struct client *c);

/* Takes what has come, and does what can be done; revents: what poll has told. */
void client_go(struct client *c, short revents);

/*
 * Ends it before it is through: what it is about is answered with text, which
 * ends with ERROR; one at rest is told nothing.
 */
void client_refuse(struct client *c, const char *text);

/* The scan of content is done; unscanned: the content's own doing, for RETRY. */
void client_result(struct client *c, const struct scan *s, bool unscanned);

void client_free(struct client *c);

#endif
