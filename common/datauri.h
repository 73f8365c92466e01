/* SPDX-License-Identifier: ISC */
/*
 * data: URIs (RFC 2397) in a text of HTML, SVG, XML or CSS, as a browser finds
 * them (WHATWG URL and Fetch): in any case, character references decoded (the
 * numeric ones, and the named ones for ASCII that matter), tabs and line ends
 * skipped.  What stands before one says where it ends: a quote, the open
 * quote of an attribute's value, `(' or `=', else it is prose.
 *
 * base64 is read percent-escaped, in the alphabet for URLs too, with blanks and
 * junk; what is less than 4 bytes is not told, and prose only with a media type
 * or none at all.  A name= or filename= among the parameters is a name, told
 * percent-decoded as well; so is the download= of the tag that it stands in (a
 * file ends for us where the tag does), or that a script sets behind it.
 *
 * A quote outside of any attribute may be one that was left open, to hide what
 * comes after it: URIs inside of such a text are told as they come, and the rest
 * of it is a file of its own.  All others may hold further ones, as a page in a
 * page does: the caller looks into what is told again.
 *
 * Fed in any cut.  No more data told than bytes fed.  Pure.
 */
#ifndef DATAURI_H
#define DATAURI_H

#include "common/charref.h"
#include "common/tell.h"
#include "common/transfer.h"

#include <stdint.h>

enum {
	DATAURI_LEAST = 4,	/* bytes of a file */
	DATAURI_CHUNK = 256
};

struct datauri {
	struct tell tell;
	enum { DATAURI_SCAN, DATAURI_HEADER, DATAURI_TEXT, DATAURI_BASE64 } at;

	struct charref ref;

	/* The characters before: the last one lowest, blanks as one blank, and
	   which of them were references. */
	uint64_t before;
	uint8_t literal;
	bool tag;		/* after `<' and a letter, before `>' */
	char quote;		/* that of the attribute's value, 0: none */
	char inner;		/* the same, of what a URI seems to have in it */

	/* Where the URI ends. */
	enum { UNTIL_STOP, UNTIL_BLANK, UNTIL_PROSE } until;
	char stop;		/* a quote or `)' */
	bool stop_literal;
	char outer;		/* the stop of the URI that it is in, 0: none */
	bool outer_literal;

	bool first;		/* before the first `;': the media type */
	bool base64;		/* a parameter says so */
	bool last;		/* ... the last one */
	bool cut;		/* there was more of param */
	size_t param_n;
	char param[TELL_NAME];
	size_t names_n;		/* names, a line each: no name has a line end */
	char names[TELL_NAME];

	bool held;		/* the file is over, its tag is not */
	char naming;		/* in a download=: its quote, ` ', or `=': not yet */
	size_t download_n;
	char download[TELL_NAME];	/* that of the tag, cut */

	size_t percent;		/* characters of an escape: 0, 1 or 2 */
	char digit;
	size_t least_n;
	char least[DATAURI_LEAST];
	size_t chunk_n;
	char chunk[DATAURI_CHUNK];	/* base64 */
	struct transfer transfer;
};

void datauri_start(struct datauri *d, const struct carried *to);

/* A name of what stands before the next tag. */
void datauri_name(struct datauri *d, const char *p, size_t n);

void datauri_feed(struct datauri *d, const char *p, size_t n);
void datauri_end(struct datauri *d);

#endif
