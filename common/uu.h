/* SPDX-License-Identifier: ISC */
/* uuencode and its base64 form, a line at a time (POSIX uuencode(1)).  Pure. */
#ifndef UU_H
#define UU_H

#include "common/record.h"

enum { UU_LINE = 63 };	/* bytes that one line can hold */

/*
 * Is this line "begin OOO NAME" or, base64, "begin-base64 OOO NAME"?  name
 * points into it, and may be empty; coded: begin-base64-encoded has it in base64.
 */
bool uu_begin(const char *p, size_t n, struct span *name, bool *base64, bool *coded);

/* Is this line "end"? */
bool uu_end(const char *p, size_t n);

/*
 * A data line: the bytes it holds, UU_LINE at the most, or -1: not of the form.
 * A line with blanks cut off at its end is taken as if they stood; what is more
 * than its length says is not looked at.
 */
int uu_data(const char *p, size_t n, char *out);

#endif
