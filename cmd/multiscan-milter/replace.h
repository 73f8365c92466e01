/* SPDX-License-Identifier: ISC */
/* What Postfix is told of a message that it is to take otherwise than it came. */
#ifndef REPLACE_H
#define REPLACE_H

#include "cmd/multiscan-milter/rcpts.h"

#include <stdbool.h>
#include <stddef.h>

#include <libmilter/mfapi.h>

/*
 * A head that is longer, has more fields or more changes, is not changed: such a message is
 * put off.  For each change Postfix reads the head from its start up to there: a forger's
 * 19,000 fields would be half a minute of a processor.
 */
enum { HEAD_MAX = 8 << 20, FIELDS_MAX = 100000, EDITS_MAX = 1000, WALK_MAX = 32 << 20 };

/*
 * dir/message.new in place of dir/message, which is what Postfix has: the fields, and the
 * body if it is another one.  dir must be the folder of the message id.
 * The body comes last of all that Postfix is told.  False, and it was said: then Postfix
 * must not take the message.
 */
bool replace_message(SMFICTX *ctx, const char *name, const char *dir, const char *id);

/*
 * to in place of all recipients.  False, and it was said, where one of them might stay:
 * then Postfix must not take the message.
 */
bool replace_recipients(SMFICTX *ctx, const char *name, const struct rcpts *r, const char *to);

#endif
