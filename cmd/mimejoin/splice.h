/* SPDX-License-Identifier: ISC */
/*
 * A message copied range by range, with text of our own between.  Memory does
 * not grow with the message.
 *
 * Functions return 0, or -1 with errno; EBADMSG: the message ends early.
 * s->failed tells which of the two files it was.
 */
#ifndef MIMEJOIN_SPLICE_H
#define MIMEJOIN_SPLICE_H

#include "cmd/mimejoin/fields.h"

#include <stdbool.h>
#include <stddef.h>

enum { SPLICE_BUFFER = 65536 };

struct splice {
	int in, out;
	enum { SPLICE_IN, SPLICE_OUT } failed;
	unsigned long long size;	/* of in */
	const char *eol;		/* as the first line of in ends; without an LF:
					   CR if there is one, else CRLF */
	char last[3];			/* the last bytes written */
	size_t held;
	char buffer[SPLICE_BUFFER];	/* on its way to out */
};

/* The descriptors stay the caller's. */
int splice_start(struct splice *s, int in, int out);
int splice_range(struct splice *s, unsigned long long start, unsigned long long len);
/* n bytes of the message, all of them. */
int splice_read(struct splice *s, char *p, size_t n, unsigned long long at);
int splice_text(struct splice *s, const char *p, size_t n);
int splice_end(struct splice *s);

/*
 * Has `keep' copy the fields of the head in [start, start + len) that fields.h keeps,
 * whole lines.
 */
int splice_fields(struct splice *s, unsigned long long start, unsigned long long len,
    fields_keep *keep, void *arg);

/* The line ends that what was written lacks to end in a whole line, or head. */
int splice_finish_line(struct splice *s);
int splice_finish_head(struct splice *s);

/*
 * Where a field of ours goes so that no other line is read otherwise than
 * before: after lines at the top that a field above would swallow (they begin
 * with a blank or a tab) or that count only in the first line ("From ").
 * head: the length of the head of in.
 */
int splice_top(struct splice *s, unsigned long long head, unsigned long long *at);

#endif
