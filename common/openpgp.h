/* SPDX-License-Identifier: ISC */
/*
 * OpenPGP (RFC 9580): what can be read without a key, the literal data of
 * packets that are signed or plain, each as one file with its name; of data that
 * is encrypted, or compressed, a flag alone.  Packets as they are, or in armour,
 * several blocks of it too; what is in a block decides, not its title, unless that
 * says that it is a signed text.
 *
 * Compressed data that says it is not compressed holds packets, down to
 * OPENPGP_DEPTH levels; deeper ones count as compressed.  Lengths of every form;
 * a packet may end with the input.
 *
 * Fed in any cut.  No more data told than bytes fed.  Pure.
 */
#ifndef OPENPGP_H
#define OPENPGP_H

#include "common/tell.h"
#include "common/transfer.h"

#include <stdint.h>

enum {
	OPENPGP_DEPTH = 4,
	OPENPGP_LINE = 128	/* of armour: a field is told from data within it */
};

/* A packet, and where its pieces end. */
struct openpgp_level {
	enum { PGP_TAG, PGP_LENGTH, PGP_LENGTHS, PGP_BODY, PGP_BAD } at;
	unsigned tag;
	bool old;		/* the old form of its length */
	bool partial;		/* one more length follows this piece */
	bool holds;		/* packets, in the next level */
	unsigned lengths;	/* bytes of the length still to come */
	uint64_t base;		/* what is added to it */
	uint64_t left;		/* of the piece; UINT64_MAX: up to the end */
	uint64_t body;		/* bytes of the body so far */
};

struct openpgp {
	struct tell tell;
	/* Set as soon as it was seen; valid at the end. */
	bool encrypted;
	bool compressed;

	bool bare;		/* packets as they are, not in armour: set by the
				   caller after openpgp_start */
	struct openpgp_level level[OPENPGP_DEPTH];
	unsigned name_left;	/* of the name of the literal data */
	size_t name_n;
	char name[256];

	/* armour */
	enum { PGP_TEXT, PGP_FIELDS, PGP_ARMOUR } form;
	bool start;		/* line is the start of one ... */
	bool skip;		/* ... the rest of which does not matter */
	bool cr;		/* the byte before was one */
	size_t line_n;
	char line[OPENPGP_LINE];
	struct transfer base64;
};

void openpgp_start(struct openpgp *g, const struct carried *to);
void openpgp_feed(struct openpgp *g, const char *p, size_t n);
void openpgp_end(struct openpgp *g);

#endif
