/* SPDX-License-Identifier: ISC */
/*
 * Files in calendars and address cards: the value of a property that is said to
 * be in base64 (iCalendar, RFC 5545 3.1 and 3.8.1.1; vCard, RFC 6350 and 2426,
 * and 2.1 too, where it ends with an empty line and its lines need no blank
 * before them), and data: URIs in all others.  A parameter whose name ends in
 * FILENAME is its name.  In other values escapes (RFC 5545 3.3.11) are decoded.
 *
 * What is in base64 is told as datauri.h does it: junk is skipped.
 *
 * Fed in any cut.  No more data told than bytes fed.  Pure.
 */
#ifndef ICAL_H
#define ICAL_H

#include "common/datauri.h"

enum {
	ICAL_CHUNK = 256,
	ICAL_LINE = 80		/* of base64 without a blank before it */
};

struct ical {
	struct tell tell;
	enum { ICAL_NAME, ICAL_PARAM, ICAL_VALUE, ICAL_BASE64 } at;
	enum { ICAL_IN_LINE, ICAL_CR, ICAL_LF } end;	/* a line may go on */
	bool quoted;		/* in a parameter's quotes */
	bool escape;		/* in a text, after a backslash */
	bool base64;		/* a parameter of this property says so */
	size_t param_n;
	char param[TELL_NAME];	/* cut */
	size_t names_n;		/* names, a line each */
	char names[TELL_NAME];
	size_t line_n;		/* a line that is base64 or a property */
	char line[ICAL_LINE];
	size_t chunk_n;
	char chunk[ICAL_CHUNK];
	struct transfer transfer;
	struct datauri data;	/* of the other values */
};

void ical_start(struct ical *i, const struct carried *to);
void ical_feed(struct ical *i, const char *p, size_t n);
void ical_end(struct ical *i);

#endif
