/* SPDX-License-Identifier: ISC */
/*
 * The processes that probe, one a host, and what they say.  One that crashes,
 * is killed, does not end, or says what is no record of its host, costs that
 * host and nothing else.
 */
#ifndef CREW_H
#define CREW_H

#include "cmd/relayprobe/tally.h"

/* A host that is done. */
struct outcome {
	struct tally *tally;
	const char *why;	/* it ended before its last record, or NULL */
	struct span records;	/* whole lines, all but the last record */
};

struct crew {
	const struct target *list;
	size_t n;
	const struct plan *plan;
	unsigned width;		/* hosts at once, where there are descriptors for them */
	/* Of each record, as it comes; may be NULL.  Its memory is good for the call. */
	void (*heard)(const struct target *target, const char *line, size_t n);
	/* Of each host; its memory is good for the call. */
	void (*judged)(struct outcome *o);
	/* Each time that we wait: for how many ms at the most, or -1. */
	int (*tick)(size_t done, size_t running);
};

/* False: SIGINT, SIGTERM or SIGHUP; what was begun is judged as far as it came. */
bool crew_run(const struct crew *c);

#endif
