/* SPDX-License-Identifier: ISC */
/*
 * Where an engine listens, as avscan -s and avscand -l have it: unix:PATH,
 * tcp:HOST:PORT or tcp:[V6]:PORT.  Pure: nothing is looked up or opened.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>

struct address {
	bool local;		/* unix: host is the path, port is empty */
	char host[256];
	char port[6];
};

/* What a sun_path holds, less the ending that avscand binds under first. */
enum { ADDRESS_PATHMAX = 100 };

/* False: text is none of the three forms. */
bool address_parse(struct address *a, const char *text);

#endif
