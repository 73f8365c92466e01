/* SPDX-License-Identifier: ISC */
/*
 * Small things done in a folder that is open, by name, without following links.
 * Each fails with errno and says nothing.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The folder `name' in dir, to read; -1. */
int folder_open(int dir, const char *name);

/* The same, made where it is missing, and with this mode in any case. */
int folder_make(int dir, const char *name, mode_t mode);

/*
 * The names in it but . and .., in order, malloc'd, each malloc'd, NULL behind the
 * last; NULL on an error.
 */
char **folder_names(int dir);
void folder_names_free(char **names);

/*
 * Removes it with all in it, folders in it three deep; links are removed, never
 * followed.  True too where there was none.
 */
bool folder_remove(int dir, const char *name);

/* Removes a file or link; true too where there was none. */
bool folder_unlink(int dir, const char *name);

/* A regular file's bytes, malloc'd, a NUL behind them; NULL: EFBIG, it has more than `most'. */
char *folder_read(int dir, const char *name, size_t most, size_t *n);

/* A new file with these bytes, fsynced; on an error there is none. */
bool folder_write(int dir, const char *name, const char *text, size_t n, mode_t mode);

/* Writes all n bytes to a file. */
bool folder_fill(int fd, const void *p, size_t n);

#endif
