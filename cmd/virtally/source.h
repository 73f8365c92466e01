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

struct source;

/* "-" is standard input.  NULL with a line on stderr: it cannot be read. */
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

/* To the beginning; false: a pipe has none, or an error, which was said. */
bool source_rewind(struct source *s);

/* Nothing failed so far. */
bool source_good(const struct source *s);

/* Closes and frees it. */
void source_close(struct source *s);

#endif
