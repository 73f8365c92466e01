/* SPDX-License-Identifier: ISC */
/* Lines of virlog's about the heartbeat's virus.  Pure. */
#ifndef SIGHTING_H
#define SIGHTING_H

#include <stddef.h>

enum sighting {
	SIGHTING_NONE,
	SIGHTING_FOUND,		/* it was found and dealt with, and may arrive all the same */
	SIGHTING_ENDED		/* and will not arrive */
};

/*
 * Does the line, n bytes without its newline, in either form of virlog(1), say that a virus
 * was found and dealt with in what has this name?
 */
enum sighting sighting_line(const char *line, size_t n, const char *name);

#endif
