/* SPDX-License-Identifier: ISC */
/*
 * What a template is filled with: for each key one line of clean, bounded text; "" is
 * what was not given.  Pure.
 */
#ifndef NOTICE_VALUES_H
#define NOTICE_VALUES_H

#include "common/record.h"

enum value_key {
	VALUE_BY, VALUE_CLIENT, VALUE_COUNT, VALUE_DATE, VALUE_DAYS, VALUE_DO, VALUE_FROM,
	VALUE_ID, VALUE_MORE, VALUE_MSGID, VALUE_NAME, VALUE_PART, VALUE_QUEUE, VALUE_RULE,
	VALUE_SIG, VALUE_SINCE, VALUE_SIZE, VALUE_SUBJECT, VALUE_SUFFIX, VALUE_TEXT,
	VALUE_TO, VALUE_TYPE, VALUE_URL, VALUE_VERDICT, VALUE_WHAT, VALUE_WHY,
	VALUE_KEYS, VALUE_UNKNOWN = VALUE_KEYS
};

enum {
	VALUE_MAX = 1000,	/* bytes of a value of TEXT, TO and URL */
	VALUE_SHORT = 300	/* of another one; what is cut ends in "..." */
};

struct values {
	char text[VALUE_KEYS][VALUE_MAX + sizeof "..."];
};

/* The key of this name, or VALUE_UNKNOWN. */
enum value_key value_key(struct span name);

/* n bytes of whatever; p is written over. */
void value_set(struct values *v, enum value_key key, char *p, size_t n);

/*
 * The words of a valid record that are among the keys and not there yet; of `name'
 * what follows the colon, of `to' all there are.  room: RECORD_MAX bytes to work in.
 */
void values_record(struct values *v, struct span line, char *room);

/* The first of n that is not empty, in the order in which they are asked; or "". */
const char *value_of(const struct values *const *from, size_t n, enum value_key key);

#endif
