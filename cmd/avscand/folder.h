/* SPDX-License-Identifier: ISC */
/* Folders for temporary files. */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* A new one inside of another, mode 0700, its path at dir.  false, and it is said. */
bool folder_make(const char *in, char *dir, size_t size);

/* Removes it with all that is in it; what cannot be is said. */
void folder_wipe(const char *dir);

#endif
