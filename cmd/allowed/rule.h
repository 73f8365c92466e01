/* SPDX-License-Identifier: ISC */
/*
 * A line of the allow list: the kinds of findings that it is for, and conditions
 * on the envelope that must all hold.  man/allow.5 is the description.
 *
 * No line can be for a virus: there is no such kind.
 *
 * Pure: no file, no exit, no memory of its own.
 */
#ifndef ALLOWED_RULE_H
#define ALLOWED_RULE_H

#include "common/parties.h"

enum { RULE_LINE = 4000 };	/* bytes of a line at most */

enum kind { KIND_BANNED, KIND_ODD, KIND_ENCRYPTED, KIND_SIZE, KIND_UNSCANNED, KINDS };

/* What a condition is about; all but the last two have a pattern. */
enum field { FIELD_FROM, FIELD_TO, FIELD_HOST, FIELD_USER, PATTERNS,
    FIELD_CLIENT = PATTERNS, FIELD_SUFFIX, FIELDS };

struct rule {
	unsigned kinds;		/* bits 1 << kind; 0: the line says nothing */
	unsigned has;		/* bits 1 << field */
	struct wild pattern[PATTERNS];
	struct net client;
	struct span suffix;	/* in the line, without its dots */
	uint16_t signs[RULE_LINE];
};

/*
 * NULL: *r is the line, whose bytes must stay; or what is wrong, and *about the
 * word it is about, or empty.
 */
const char *rule_parse(struct rule *r, struct span line, struct span *about);

/* What looks wrong with a line that can be used; NULL: nothing. */
const char *rule_doubt(const struct rule *r);

/*
 * Do all conditions hold but that on the suffix?  The steps of the patterns are taken
 * off *steps; at 0 the answer is no.
 */
bool rule_holds(const struct rule *r, const struct parties *p, unsigned long long *steps);

#endif
