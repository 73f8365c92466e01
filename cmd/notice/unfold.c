/* SPDX-License-Identifier: ISC */
#include "cmd/notice/unfold.h"
#include "common/head.h"

#include <string.h>
#include <strings.h>

static void
add(struct unfold *u, struct span line)
{
	if (line.n > UNFOLD_MAX - u->nextlen)
		line.n = UNFOLD_MAX - u->nextlen;
	if (line.n > 0)
		memcpy(u->next + u->nextlen, line.p, line.n);
	u->nextlen += line.n;
}

bool
unfold_line(struct unfold *u, struct span line, struct field *f)
{
	size_t namelen = 0, at;

	if (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t')) {
		add(u, line);
		return false;
	}
	memcpy(u->field, u->next, u->nextlen);
	u->n = u->nextlen;
	u->nextlen = 0;
	add(u, line);
	at = head_field_line(u->field, u->n, &namelen);
	f->name = (struct span){ u->field, namelen };
	f->value = (struct span){ u->field + at, u->n - at };
	return at > 0;
}

bool
unfold_is(struct span s, const char *text)
{
	return s.n == strlen(text) && strncasecmp(s.p, text, s.n) == 0;
}
