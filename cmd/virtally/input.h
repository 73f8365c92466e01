/* SPDX-License-Identifier: ISC */
/*
 * A log as bytes: a file, plain or compressed with gzip or xz (known by its first bytes),
 * or standard input.  Read, not mapped: a log may be cut while it is read.
 *
 * The bytes are handed out in pieces that end with a whole line.
 */
#ifndef INPUT_H
#define INPUT_H

#include "common/record.h"

#include <sys/stat.h>

#include <stdint.h>

struct input;

/*
 * Opens name, "-" is standard input.  NULL with a line on stderr: it cannot be.  What is no
 * regular file, pipe or standard input is refused.
 */
struct input *input_open(const char *name);

/* The file, as it was when it was opened. */
const struct stat *input_stat(const struct input *in);

/* Is it compressed, or standard input: can it only be read from its beginning? */
bool input_stream(const struct input *in);

/*
 * The first bytes, LOGS_PRINT of them or all there are; they are still to be read.
 * n 0 with an error already said: input_close gives false.
 */
struct span input_head(struct input *in);

/*
 * To the byte at offset, from the beginning; *tail is the fingerprint of the bytes before it
 * (logs_print).  False: it has not so many, or an error that was said.  Then, and to
 * begin anew, input_rewind; of standard input that cannot be, and gives false.
 */
bool input_skip(struct input *in, unsigned long long offset, uint64_t *tail);
bool input_rewind(struct input *in);

/*
 * The next whole lines, which stay until the next call; false at the end.  A line that is
 * longer than INPUT_LINE is passed over (its bytes count).  At the end, what has no newline
 * is a line where it is the log's last: see virtally(1); it is given with a newline behind it,
 * which is not counted.
 */
enum { INPUT_LINE = 65536 };
bool input_lines(struct input *in, struct span *lines);

/* How many bytes were handed out or passed over, from the beginning, and the print of the last. */
unsigned long long input_offset(const struct input *in);
uint64_t input_tail(const struct input *in);

/* False: something failed on the way, which was said (a damaged .gz, a read error). */
bool input_close(struct input *in);

#endif
