/* SPDX-License-Identifier: ISC */
/*
 * A structured field: value; attribute=value; ... (RFC 2045 5.1), read as
 * leniently as any client does: comments go, an open quote runs to the end,
 * an unquoted value runs to the next `;'.
 *
 * Pure.  Results point into an arena that the caller gives, of at least n
 * bytes; every byte of the field is looked at once.
 */
#ifndef PARAM_H
#define PARAM_H

#include "common/record.h"

enum { PARAM_MAX = 256 };

struct param {
	struct span attr;	/* lower case, never empty */
	struct span value;	/* quotes and quoted pairs resolved, '\n' kept */
	bool quoted;
};

struct params {
	struct span main;	/* before the first `;', lower case, no blanks;
				   empty where that is a parameter already */
	struct param p[PARAM_MAX];
	size_t n;
	bool full;		/* there were more */
};

void param_parse(struct params *ps, const char *field, size_t n, char *arena);

/* The first parameter of that name; false: none. */
bool param_get(const struct params *ps, const char *attr, struct param *p);

/* An unquoted value as a token: cut at the first blank. */
struct span param_token(const struct param *p);

#endif
