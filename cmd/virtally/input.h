/* SPDX-License-Identifier: ISC */
/*
 * A log as lines.  Read, not mapped: a log may be cut while it is read.
 *
 * The position is a number of bytes before compression.  It is the beginning of a line that
 * was not yet given, save behind a last line that had no newline: what is written
 * to that one later is passed over, as is a line that is longer than INPUT_LINE.
 */
#ifndef INPUT_H
#define INPUT_H

#include "cmd/virtally/logs.h"

#include <sys/stat.h>

#include <stdint.h>

enum {
	INPUT_LINE = 131072,	/* stays in a second-level cache */
	INPUT_SETTLED = 60	/* seconds after which nobody goes on writing a line */
};

struct input;

/*
 * Opens name, "-" is standard input.  NULL with a line on stderr: it cannot be.  What is no
 * regular file, pipe or standard input is refused.
 */
struct input *input_open(const char *name);

/* The file, as it was when it was opened. */
const struct stat *input_stat(const struct input *in);

/*
 * Is what is compressed undamaged?  Reads it to its end for that.  False: no, which was
 * said.  Only before anything else is asked for.
 */
bool input_verify(struct input *in);

/* The fingerprint of the file's last bytes, as they are; 0: it is a pipe. */
uint64_t input_end(const struct input *in);

/* How many bytes of the file were read: of input_stat's st_size. */
unsigned long long input_done(const struct input *in);

/* The first bytes, LOGS_PRINT of them or all there are by now; the position stays. */
struct span input_head(struct input *in);

/*
 * From the beginning, or from there on, to the position offset.  False: it has not so many
 * bytes, or !input_good.  After that, and to begin anew, input_rewind; false: a pipe cannot.
 */
bool input_skip(struct input *in, unsigned long long offset);
bool input_rewind(struct input *in);

/*
 * Before any line was given: the tail at an offset that is not below the last one asked for;
 * false as of input_skip.  And what it has in all.  What is plain stays where it is, else
 * the position goes there.
 */
bool input_tail_at(struct input *in, unsigned long long offset, uint64_t *tail);
bool input_all(struct input *in, struct logplace *end);

/*
 * The next whole lines, which stay until the next call; false at the end.  At the end, what
 * has no newline is a line where nobody goes on with it, see virtally(1); it is given
 * with a newline behind it, which is not counted.  Of what is compressed, and of a pipe, it
 * is not given.
 */
bool input_lines(struct input *in, struct span *lines);

/* The position, and the fingerprint of the last bytes before it (LOGS_PRINT at most). */
unsigned long long input_offset(const struct input *in);
uint64_t input_tail(const struct input *in);

/* Places in the lines that were just given, and behind them. */
void input_pass(const struct input *in, struct logpast *past);

/* At the end: was everything given or passed over? */
bool input_whole(const struct input *in);

/* False: something failed, which was said (a damaged .gz, a read error). */
bool input_good(const struct input *in);

void input_close(struct input *in);

#endif
