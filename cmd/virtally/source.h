/* SPDX-License-Identifier: ISC */
/*
 * The bytes of a log as they were written: of a file that is plain or compressed with gzip
 * or xz (known by its first bytes), a pipe, or standard input, which may be compressed too.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

/*
 * "-" is standard input, the only thing that is waited for: a pipe with a name must have a
 * writer within a second, who does not pause for more than ten.  NULL with a line on stderr:
 * it cannot be read.
 */
struct source *source_open(const char *name);

/* The file, as it is now; errors are as of an empty one. */
struct stat source_stat(const struct source *s);

/* Can it be read from anywhere?  Is it a log that somebody may still write? */
bool source_plain(const struct source *s);
bool source_grows(const struct source *s);

/* How many bytes of the file were read. */
unsigned long long source_done(const struct source *s);

/* Up to n bytes, n > 0; 0: the end, or an error, which was said. */
size_t source_read(struct source *s, char *to, size_t n);

/* To a byte of a plain file; false with a line on stderr. */
bool source_seek(struct source *s, unsigned long long offset);

/* Bytes of a plain file from anywhere; the position stays.  False: there are not so many. */
bool source_peek(const struct source *s, void *to, size_t n, unsigned long long offset);

/* The fingerprint of the last bytes of the file as it is, before st's size; 0: of a pipe. */
uint64_t source_end(const struct source *s, const struct stat *st);

/*
 * At the beginning: reads what is compressed to its end, for its check sums, and goes back.
 * False with a line on stderr: bytes of it are wrong.  That some are missing is no matter
 * here: what is there was not damaged, as far as its check sums tell.
 */
bool source_verify(struct source *s);

/* To the beginning; false: a pipe has none, or an error, which was said. */
bool source_rewind(struct source *s);

/* Nothing failed so far. */
bool source_good(const struct source *s);

/* Closes and frees it. */
void source_close(struct source *s);

#endif
