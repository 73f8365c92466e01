/* SPDX-License-Identifier: ISC */
/*
 * Where lines go: a file, syslog's socket, a server; and where they go when that fails.
 *
 * Every line is in its place, or in the fall-back, or was said to be lost when out_close
 * returns; one may be in both.
 */
#ifndef OUT_H
#define OUT_H

#include "cmd/virlog/append.h"
#include "cmd/virlog/form.h"
#include "common/address.h"

enum {
	OUT_PATIENCE = 200,	/* ms in all that may be waited for socket and server */
	OUT_HELD = 65536	/* bytes of lines that a server gets at once */
};

struct out {
	/* Set by the caller before out_open. */
	struct form form;
	enum form_place place;
	const char *name;	/* the file or the address, as messages call it */
	struct address at;	/* of the socket or the server */
	const char *fallback;	/* a file; NULL: none */

	int fd;			/* of the socket */
	struct append file;
	struct append spare;	/* the fall-back, open once it is needed */
	long long left;		/* of OUT_PATIENCE */
	bool failed;		/* all goes to the fall-back since */
	char why[128];
	unsigned long saved, lost;	/* lines; lost: not even in the fall-back */
	char lost_why[128];

	/* What a server has not got yet, and the same lines for the fall-back. */
	size_t held, kept;
	char hold[OUT_HELD];
	char keep[OUT_HELD];
};

/* Where there is no fall-back a failure ends the process, here and below: EXIT_RETRY. */
void out_open(struct out *o);

void out_line(struct out *o, const struct line *l);

/* Sends what is held, and says on stderr what failed.  True: no line is lost. */
bool out_close(struct out *o);

#endif
