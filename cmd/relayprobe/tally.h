/* SPDX-License-Identifier: ISC */
/*
 * What the records of a host come to.  They are made by a process that talked
 * to a server, so each is looked at.  Pure.
 */
#ifndef TALLY_H
#define TALLY_H

#include "cmd/relayprobe/ask.h"

enum { TALLY_NAMES = 256, TALLY_WORD = 32 };

struct tally {
	const struct target *target;
	unsigned forms, relayed, taken, rejected, tempfail;
	unsigned unproved;	/* taken, but it may be that nothing is relayed */
	bool ended;		/* there was the last record */
	bool open;		/* not all was judged; */
	bool early;		/* and not all was asked, or it all is worth nothing */
	unsigned long long addresses;	/* of its name, where there are several */
	struct span last;	/* it, in the caller's memory */
	char proved_by[TALLY_NAMES], unproved_by[TALLY_NAMES];	/* names of forms */
	char why[TALLY_WORD];	/* why: of several reasons the first, or "" */
	char stage[TALLY_WORD];	/* and where, or "" */
	unsigned long long code;	/* and the reply, or 0 */
	struct span text;	/* its words, coded, in the caller's memory */
};

/* One more line, without its newline; false: it is none of this host. */
bool tally_add(struct tally *t, const char *line, size_t n);

/* RELAY, TAKEN, REJECT; TEMPFAIL: not judged. */
enum verdict tally_verdict(const struct tally *t);

/* The record that closes a host; why: it ended before the last record, or NULL. */
void tally_record(struct tally *t, const char *why, struct record *r);

#endif
