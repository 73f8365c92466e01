/* SPDX-License-Identifier: ISC */
/*
 * A whole line, as the place that it goes to has it.
 *
 * Pure.
 */
#ifndef FORM_H
#define FORM_H

#include "cmd/virlog/line.h"

#include <time.h>

enum form_place {
	FORM_FILE,		/* Mmm dd hh:mm:ss HOST TAG: ..., or the bare object */
	FORM_SOCKET,		/* <PRI>Mmm dd hh:mm:ss TAG: ..., as syslog(3) sends it */
	FORM_NET		/* RFC 5424 */
};

enum { FORM_TAG = 32, FORM_HOST = 64 };	/* bytes at the most */

/* tag and host: 1 to that many of A-Z a-z 0-9 . _ -. */
struct form {
	bool json;
	const char *tag;
	const char *host;
};

/* A time in the two ways in which logs have it, local. */
struct form_time {
	char old[16];		/* Sep  8 16:45:44 */
	char iso[33];		/* 2026-11-26T18:00:00.123456+01:00 (RFC 3339) */
};

/* False: the time has no such form. */
bool form_time(struct form_time *to, const struct timespec *now);

/* The line without a newline; less than LINE_BYTES bytes, printable ASCII; its length. */
size_t form_line(char to[LINE_BYTES], const struct form *f, enum form_place place,
    const struct form_time *now, const struct line *l);

#endif
