/* SPDX-License-Identifier: ISC */
/*
 * The message that a notice is about, in its work directory.  What cannot be read ends
 * the process with EXIT_RETRY.
 */
#ifndef NOTICE_ORIGINAL_H
#define NOTICE_ORIGINAL_H

#include "cmd/notice/values.h"

/* Why it gets no answer, one word; NULL: it may have one. */
const char *original_refused(const char *dir);

/*
 * What its envelope has, and of its head Subject, Date and Message-ID, the first of each.
 * Encoded words are decoded without the charsets of iconv: what a sender chose does not
 * get there.
 */
void original_values(const char *dir, struct values *v);

#endif
