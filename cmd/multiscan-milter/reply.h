/* SPDX-License-Identifier: ISC */
/*
 * The words of an SMTP reply, from words that anybody may have written.  Pure.
 */
#ifndef REPLY_H
#define REPLY_H

#include "common/record.h"

/* A line of SMTP is at most 512 bytes, its code and line end included. */
enum { REPLY_MAX = 440 };

/*
 * One line of printable ASCII, at most REPLY_MAX bytes as it is sent, that names id: what
 * is no such byte is a ?, what is too long is cut before the id.  In line each % stands
 * twice, as libmilter wants it.
 */
void reply_line(char line[2 * REPLY_MAX + 1], struct span text, const char *id);

#endif
