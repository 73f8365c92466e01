/* SPDX-License-Identifier: ISC */
/*
 * TNEF (MS-OXTNEF), the file winmail.dat: the attachments, each with the names
 * that its attributes and MAPI properties give it, and the bodies of the
 * message (plain, HTML, RTF) as files without a name.  A second content of one
 * attachment is a file too, with the last name known.  An embedded message is
 * told as the TNEF that it is: the caller looks into it again.
 *
 * Names and bodies in UTF-16 are told in UTF-8, other strings as they are.
 * Check sums and numbers of properties are not looked at, and a length ends
 * where its container ends.  With a wrong signature nothing is told.
 *
 * Fed in any cut.  No more than 8 times the bytes fed are told as data (RTF),
 * else no more than 1.5 times (UTF-8).  Pure.
 */
#ifndef TNEF_H
#define TNEF_H

#include "common/lzfu.h"

#include <stdbool.h>
#include <stdint.h>

enum { TNEF_FIELD = 24 };	/* the longest one: a named property's name */

struct tnef {
	struct tell tell;
	enum { TNEF_SIGNATURE, TNEF_HEAD, TNEF_BODY, TNEF_SUM, TNEF_NOT } at;
	uint32_t left;		/* bytes of this attribute */
	bool props;		/* its body is a list of properties */
	bool message;		/* ... those of the message */

	enum { TNEF_COUNT, TNEF_TAG, TNEF_NAMED, TNEF_VALUES, TNEF_LENGTH,
	    TNEF_VALUE, TNEF_SKIP } prop;
	unsigned type, id;
	uint32_t values;	/* still to come of this property */
	uint32_t value;		/* bytes of this value */
	unsigned pad;
	uint64_t skip;
	bool named;		/* the skip is over a property's name */

	size_t field_n;
	unsigned char field[TNEF_FIELD];

	/* Where a value goes. */
	enum tnef_to { TNEF_NOWHERE, TNEF_NAME, TNEF_DATA, TNEF_TEXT, TNEF_RTF } to;
	bool begun;		/* a byte of it was told */
	bool filled;		/* the open file has data, of another value */
	bool wide;		/* from UTF-16 */
	unsigned iid;		/* bytes of an interface's id still to come */
	size_t unit_n;		/* of UTF-16: bytes of the next unit */
	unsigned unit;
	unsigned high;		/* a surrogate that waits for its other half */
	size_t name_n;		/* the last name, cut; kept for its file */
	char name[TELL_NAME];
	struct lzfu rtf;
};

void tnef_start(struct tnef *t, const struct carried *to);
void tnef_feed(struct tnef *t, const char *p, size_t n);
void tnef_end(struct tnef *t);

/* After that: did its octets end where an attribute did, so that all was told? */
bool tnef_whole(const struct tnef *t);

#endif
