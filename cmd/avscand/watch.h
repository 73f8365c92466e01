/* SPDX-License-Identifier: ISC */
/*
 * What the system refused libclamav during a scan.  With a disk that is full it
 * extracts into files that stay empty, finds nothing in them, says clean, and
 * complains of nothing (1.4.6: cab, chm, tnef, mail).  So this module's write,
 * open64, fclose and so on stand before the C library's, pass every call on,
 * and remember the first that failed.
 */
#ifndef WATCH_H
#define WATCH_H

/* Forgets, and begins to look. */
void watch_begin(void);

/* Ends looking.  The call that failed, and why, *error its errno; NULL: none did. */
const char *watch_end(int *error);

#endif
