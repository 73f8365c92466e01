/* SPDX-License-Identifier: ISC */
/*
 * What a head says of its body: the kind of part, its boundaries, its codings,
 * in every reading; and the words of its record.  Errors of memory end the
 * process.
 */
#ifndef KIND_H
#define KIND_H

#include "cmd/mimesplit/agenda.h"
#include "cmd/mimesplit/candidates.h"
#include "common/head.h"

#include <stdint.h>

struct kind {
	enum kind_is is;		/* as most clients read it */
	unsigned kinds;			/* 1 << kind_is: in some reading */
	enum transfer_coding coding;	/* as most clients read it */
	unsigned codings;		/* 1 << transfer_coding: in some reading */
	bool unsaid;			/* no client knows its coding: sniff */
	bool digest;			/* multipart/digest: parts are messages */
	bool multipart;			/* by its type, though it may lack a boundary */
	bool partial;			/* message/partial */
	bool plain;			/* text/plain in every reading, no name */
	bool shown;			/* the same, or text/html */
	bool slight;			/* such a text, decoded a little differently */
	bool opened;			/* most would open it: no text/plain, or a name */
	bool leaf_plain;		/* where it is a leaf it is text/plain, no name */
	unsigned look;			/* enum look bits, for a leaf */
	bool names_cut, too_many;	/* more than we tell, or try */
	uint64_t defects;		/* bits 1 << enum defect */
	struct candidates *boundary;	/* owned; NULL: none */
	char *words;			/* owned; type, encoding, names, msgid */
};

/* digest: the part stands in a multipart/digest.  top: it is the message. */
void kind_of(struct kind *k, const struct head *h, bool digest, bool top);

#endif
