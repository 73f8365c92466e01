/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/cvdhead.h"

#include <string.h>

static const char MAGIC[] = "ClamAV-VDB:";

enum field { DATE, NUMBER, SIGNATURES, LEVEL, MD5, SIGNATURE, BUILDER, SECONDS, FIELDS };

/* Up to the next colon; the last one up to the blanks. */
static struct span
next_field(struct span *rest)
{
	struct span field = { rest->p, 0 };

	while (field.n < rest->n && rest->p[field.n] != ':')
		field.n++;
	rest->p += field.n;
	rest->n -= field.n;
	if (rest->n > 0) {
		rest->p++;
		rest->n--;
	}
	while (field.n > 0 && (field.p[field.n - 1] == ' ' || field.p[field.n - 1] == '\n' ||
	    field.p[field.n - 1] == '\0'))
		field.n--;
	return field;
}

static bool
number(struct span s, unsigned long long *to)
{
	*to = 0;
	if (s.n == 0 || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*to = *to * 10 + (unsigned long long)(s.p[i] - '0');
	}
	return true;
}

bool
cvdhead_parse(struct cvdhead *h, struct span first)
{
	const size_t magic = sizeof MAGIC - 1;
	struct span field[FIELDS], rest = first;
	unsigned long long seconds;

	memset(h, 0, sizeof *h);
	if (first.n < CVDHEAD_BYTES || memcmp(first.p, MAGIC, magic) != 0)
		return false;
	rest.p += magic;
	rest.n = CVDHEAD_BYTES - magic;
	for (size_t i = 0; i < FIELDS; i++)
		field[i] = next_field(&rest);
	if (!number(field[NUMBER], &h->number) || !number(field[SIGNATURES], &h->signatures) ||
	    !number(field[LEVEL], &h->level) || field[MD5].n == 0 || field[SIGNATURE].n == 0) {
		memset(h, 0, sizeof *h);
		return false;
	}
	/* old ones have none */
	if (number(field[SECONDS], &seconds))
		h->made = (time_t)seconds;
	return true;
}
