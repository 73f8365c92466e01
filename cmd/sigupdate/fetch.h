/* SPDX-License-Identifier: ISC */
/*
 * One transfer over HTTP(S) by libcurl.  Every byte of the answer, head included, is
 * an attacker's; nothing of it becomes a file name, and what of it is shown is
 * printable ASCII.  Only https, or http too where asked for; a redirection stays in
 * its scheme; no content coding.  Bounded in bytes, time and slowness.
 *
 * What the disk refuses ends the process with EXIT_RETRY, the file named.
 */
#ifndef FETCH_H
#define FETCH_H

#include "common/record.h"

#include <time.h>

enum { FETCH_TAG = 256, FETCH_WHY = 256 };

struct fetch {
	const char *url;
	const char *proxy, *ca, *netrc;	/* NULL: none of our own */
	bool http;			/* allowed */
	unsigned long long most;	/* bytes */
	unsigned long seconds;		/* in all; 0: any */
	unsigned long slow_bytes, slow_seconds;	/* 0: any */
	const char *tag;		/* If-None-Match, as it was told; "": none */
	const char *modified;		/* If-Modified-Since, as it was told; "": none */
	const char *what;		/* of the line on the terminal: "ours: x.ndb"; NULL: none */
	bool verbose;			/* each request and its answer on stderr */
};

enum fetch_state {
	FETCH_GOT,		/* whole, as far as HTTP can tell */
	FETCH_SAME,		/* 304: as tag or modified said */
	FETCH_LONG,		/* has more than `most' bytes */
	FETCH_FAILED		/* why: not reached, refused, cut, slow, ... */
};

struct fetched {
	enum fetch_state state;
	long code;			/* HTTP's; 0: none came; of a file, 206: continued */
	unsigned long after;		/* Retry-After, seconds; 0: none */
	char tag[FETCH_TAG];		/* ETag, whole; "" if none or too long */
	char modified[64];		/* Last-Modified, likewise */
	unsigned long long size;
	char why[FETCH_WHY];		/* for people: "HTTP 403 Forbidden", "ended after 120 of 5000 bytes" */
};

/* Once a process, after cli_deadline (SIGPIPE), before all; ends it with EXIT_RETRY. */
void fetch_start(void);
void fetch_end(void);

/* Into memory that has room for `most' bytes. */
void fetch_memory(const struct fetch *f, char *to, struct fetched *got);

/*
 * The first n bytes of it, by Range; from a server that knows no ranges too, and no
 * more than n are read.  FETCH_LONG does not happen.
 */
void fetch_first(const struct fetch *f, char *to, size_t n, struct fetched *got);

/*
 * Into the file `name' of the folder dir, made 0600 with O_NOFOLLOW.  What is there
 * already of an earlier try is continued where NAME.tag, beside it (partfile.h), has
 * this URL and the strong ETag that it came with, and the server still has that; else it
 * begins anew.  FETCH_GOT: it is whole and fsynced, and NAME.tag is gone.  FETCH_FAILED
 * leaves both for the next try where that can go on from there, else removes them;
 * FETCH_LONG and FETCH_SAME remove them.
 */
void fetch_file(const struct fetch *f, int dir, const char *name, struct fetched *got);

#endif
