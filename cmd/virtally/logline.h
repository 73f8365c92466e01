/* SPDX-License-Identifier: ISC */
/*
 * A line of a log, and what there is to count in it.
 *
 * Before the text of a program there may stand, as syslog daemons and virlog write it:
 *	Nov 26 18:00:01 HOST TAG: TEXT
 *	2026-11-26T18:00:01.123456+01:00 HOST TAG[PID]: TEXT	(RFC 3339; or Z)
 *	2026-11-26T18:00:01+01:00 HOST TAG TEXT			(rsyslog, of RFC 5424)
 *	<17>1 2026-11-26T18:00:01+01:00 HOST TAG PID MSGID - TEXT
 *	{"time":"...","host":"...",...}				(virlog -j)
 * and TEXT may be such an object too.
 *
 * Only what a program says by itself is looked at, never what it quotes: TEXT must begin
 * as ours or as Postfix's does, and what a sender may have chosen is jumped over by its
 * quotes or stands in a word.
 *
 * Pure: spans point into the line; a name may be a constant.
 */
#ifndef LOGLINE_H
#define LOGLINE_H

#include "cmd/virtally/kinds.h"

#include <stdint.h>

struct event {
	enum kind kind;
	bool passed;		/* of virlog's: it was found, and passed */
	struct span stamp;	/* as stamp.h takes it */
	struct span host;
	struct span tag;
	struct span name;	/* what it is counted under; n 0: nothing */
	struct span id;		/* n 0: none */
	struct span number;	/* the value of n=; n 0: none */
	struct span set;	/* of a finding or of signatures; n 0: none */
	struct span made;	/* of signatures */
	struct span stale;	/* of signatures */
	uint64_t print;		/* of kind and id; 0: not made yet.  tally_expect's */
};

enum logline {
	LOGLINE_NONE,		/* not for us */
	LOGLINE_EVENT,
	LOGLINE_STRANGE		/* begins like one of virlog's and is none; stamp, host, tag are set */
};

enum { LOGLINE_MAX = 16384 };	/* a longer line is LOGLINE_NONE */

enum logline logline_parse(struct event *e, const char *line, size_t n);

#endif
