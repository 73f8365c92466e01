/* SPDX-License-Identifier: ISC */
/*
 * The files that stand uuencoded, or in begin-base64, in a text: a line at a
 * time, told as common/carried.h says.
 *
 * A line that begins a file is believed as far as it is like one: after a sure
 * one each line of the alphabet is data, after any other one of the next
 * UUFILE_NEAR lines has to prove it (common/uu.h).  Where uuencode is said to be
 * the coding of the part, each line that begins with "begin" is a sure one.
 */
#ifndef UUFILE_H
#define UUFILE_H

#include "common/carried.h"
#include "common/transfer.h"
#include "common/uu.h"

enum {
	LINE_KEPT = 4096,	/* bytes of a line that are told at once */
	UUFILE_NEAR = 4
};

struct uufile {
	const struct carried *to;
	bool said;		/* it is the coding of the part */
	enum uu_how how;
	enum { UU_TEXT, UU_NAMED, UU_DATA } at;	/* UU_NAMED: no data yet */
	struct uu_head head;	/* its name: that in name */
	unsigned lines;		/* of text since then, while it is not proved */
	struct transfer transfer;	/* begin-base64 */
	struct uu_stream stream;	/* UU_STREAM */
	char name[LINE_KEPT];
};

void uufile_start(struct uufile *u, const struct carried *to, bool said,
    enum uu_how how);
/* A line, or a piece of LINE_KEPT bytes of one. */
void uufile_line(struct uufile *u, const char *p, size_t n);
void uufile_end(struct uufile *u);

#endif
