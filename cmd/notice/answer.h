/* SPDX-License-Identifier: ISC */
/*
 * May a message be answered by a program (RFC 3834)?  Its envelope's sender is asked and
 * each field of its head.  Why not, in one word; NULL: it may.  Pure.
 */
#ifndef NOTICE_ANSWER_H
#define NOTICE_ANSWER_H

#include "cmd/notice/unfold.h"

/* The envelope's sender, decoded. */
const char *answer_sender(struct span from);

const char *answer_field(const struct field *f);

#endif
