/* SPDX-License-Identifier: ISC */
/*
 * What a head says of its body: the kind of part, its boundary, its encoding;
 * and the words of its record.  Errors of memory end the process.
 */
#ifndef KIND_H
#define KIND_H

#include "common/head.h"
#include "common/transfer.h"

struct kind {
	enum { KIND_LEAF, KIND_MULTIPART, KIND_MESSAGE } is;
	enum transfer_coding coding;
	bool digest;		/* multipart/digest: parts are messages */
	bool search;		/* look for uuencode in it */
	bool names_cut;
	bool multipart;		/* by its type, though it may lack a boundary */
	bool partial;		/* message/partial */
	bool odd_boundary;	/* clients may read another one */
	bool odd_encoding;	/* some client may take it for a known one */
	bool twice;		/* a field that decides stands twice, and differs */
	char *boundary;		/* owned; of a multipart */
	size_t nboundary;
	char *words;		/* owned; type, encoding, names, msgid */
};

/* digest: the part stands in a multipart/digest.  top: it is the message. */
void kind_of(struct kind *k, const struct head *h, bool digest, bool top);

#endif
