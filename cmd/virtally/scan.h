/* SPDX-License-Identifier: ISC */
/*
 * The lines of a log that may count, found without looking at the others: those that hold
 * one of a few pieces of text (scan.c has the list).  Whether a line counts is
 * logline.h's to say; this one passes over what surely does not, and over what Postfix says
 * when mail goes to the filter and comes back.
 *
 * Pure; linear in time.  With AVX2, where the machine has it; the same lines without.
 */
#ifndef SCAN_H
#define SCAN_H

#include "common/record.h"

/*
 * From *at on, which is the beginning of a line, the next such line that is whole (a newline
 * before end ends it): in *line, without its newline, and *at is behind that.  False: there
 * is none; *at is end.
 */
bool scan_next(const char **at, const char *end, struct span *line);

/* The same without vectors: for a test that both find the same. */
bool scan_next_plain(const char **at, const char *end, struct span *line);

#endif
