/* SPDX-License-Identifier: ISC */
/*
 * Where lines go: a file, syslog's socket, a server; and where they go when that fails.
 *
 * Every line is in its place, or in the fall-back, or was said to be lost when out_close
 * returns; one may be in both.  What failed is not tried again before out_pause.
 */
#ifndef OUT_H
#define OUT_H

#include "cmd/virlog/append.h"
#include "cmd/virlog/form.h"
#include "common/address.h"

enum {
	OUT_PATIENCE = 200,	/* ms in all that may be waited, until out_pause */
	OUT_HELD = 65536	/* bytes of lines that a server gets at once */
};

struct out {
	/* Set by the caller before out_open. */
	struct form form;
	enum form_place place;
	const char *name;	/* the file or the address, as messages call it */
	struct address at;	/* of the socket or the server */
	const char *fallback;	/* a file; NULL: none */

	bool refused;		/* out_refuse */

	bool open;
	int fd;			/* of the socket */
	struct append file;
	struct append spare;	/* the fall-back, open once it is needed */
	long long left;		/* of OUT_PATIENCE */
	bool failed;		/* all goes to the fall-back since */
	char why[192];
	unsigned long saved, lost;	/* lines, not told yet; lost: in no file */
	char lost_why[128];
	bool bad;		/* lines were lost, or may be */

	/* What a server has not got yet, and the same lines for the fall-back. */
	size_t held, kept;
	char hold[OUT_HELD];
	char keep[OUT_HELD];
};

void out_open(struct out *o);

/* In the place of out_open: the place is wrong, so all goes to the fall-back. */
void out_refuse(struct out *o, const char *why);

void out_line(struct out *o, const struct line *l);

/* Would out_pause do anything? */
bool out_waits(const struct out *o);

/*
 * While nothing is to be logged: sends what is held, says on stderr what failed, and gives
 * what failed, and OUT_PATIENCE, another chance.
 */
void out_pause(struct out *o);

/* The same for the last time.  True: no line was lost, ever. */
bool out_close(struct out *o);

#endif
