/* SPDX-License-Identifier: ISC */
/*
 * A line as a JSON object (RFC 8259); man/virlog.1 describes it.
 *
 * Pure: printable ASCII, each name once, and no escape: values stay coded as in the
 * record, whose letters need none.
 */
#ifndef JSON_H
#define JSON_H

#include "cmd/virlog/line.h"

/* What syslog tells of a line; each printable ASCII without " and \, not long. */
struct json_head {
	const char *time;
	const char *host;
	const char *tag;
};

/* Is a value of this key a number in the object, and no string? */
bool json_number(struct span key, struct span v);

/* Does the object call this key record_KEY? */
bool json_renamed(struct span key);

/* The object, at most room bytes (768 to LINE_BYTES), cut as line_text does; its length. */
size_t json_line(char *to, size_t room, const struct line *l, const struct json_head *head);

#endif
