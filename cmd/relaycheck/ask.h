/* SPDX-License-Identifier: ISC */
/* A question as a line, an answer as a record and in words. */
#ifndef ASK_H
#define ASK_H

#include "cmd/relaycheck/judge.h"

/*
 * `client TAB auth TAB sender TAB rcpt', auth 0 or 1, with \xHH for an octet and \\
 * for a backslash.  Decodes within the line, into which q then points; false: it is
 * none.
 */
bool ask_line(struct question *q, char *line, size_t n);

/* The record of an answer by that configuration. */
void ask_record(struct record *r, const struct conf *c, const struct answer *a);

/* On standard error, what each step came to. */
void ask_explain(const struct conf *c, const struct question *q, const struct answer *a);

#endif
