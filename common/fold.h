/* SPDX-License-Identifier: ISC */
/*
 * Names as they are compared: NFKC (UAX 15), then full case folding without a
 * locale (dotted and dotless i are i); without what is not seen (fold_unseen, and
 * what designates a character set in ISO 2022, RFC 1468), and what Windows or a
 * client takes off the end: blanks and . ; , ' ".
 *
 * Two forms of each, for some clients drop blanks: as it stands, and without any
 * White_Space.  Linear: of more than 30 combining marks in a row the rest is
 * dropped (as UAX 15's stream-safe format breaks them).
 */
#ifndef FOLD_H
#define FOLD_H

#include "common/record.h"

#include <stdint.h>

struct fold {
	struct span form[2];	/* of the last name; in memory of this struct */
	char *room;		/* owned */
	size_t size;
};

void fold_init(struct fold *f);
void fold_free(struct fold *f);

/* Makes both forms of a name, good until the next call; false: no memory. */
bool fold_name(struct fold *f, struct span name);

/* A character of UTF-8 at p, n > 0: its length; *c < 0: an octet that is none. */
size_t fold_char(const char *p, size_t n, int32_t *c);

/* White_Space, of Unicode. */
bool fold_blank(int32_t c);

/*
 * Controls, formats, what Unicode has ignored where it cannot be shown (UAX 44,
 * Default_Ignorable_Code_Point), and octets that are no UTF-8.
 */
bool fold_unseen(int32_t c);

/* What NFKC makes of a character by itself, if that is one; else the same. */
int32_t fold_one(int32_t c);

#endif
