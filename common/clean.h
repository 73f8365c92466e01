/* SPDX-License-Identifier: ISC */
/*
 * Bytes that a sender may have chosen, made fit to be shown to a person.
 *
 * What stays is UTF-8 without control characters (C0, DEL, C1), without the
 * line and paragraph separators and without the marks that turn the direction
 * of writing or cannot be seen; each such character, and each byte that is no
 * UTF-8, becomes one '?'.  In place and never longer; cleaning what is clean
 * changes nothing.  Pure.
 */
#ifndef CLEAN_H
#define CLEAN_H

#include <stddef.h>

/*
 * Lines: newline and tab stay, CR LF becomes a newline, blanks at the end of a
 * line go.  Returns the new length.
 */
size_t clean_text(char *p, size_t n);

/* One line: newline, CR and tab become a blank.  Returns the new length. */
size_t clean_line(char *p, size_t n);

/*
 * The length of the character at p, if a person sees it: one that clean_line leaves, and
 * that is not by its nature invisible (Unicode's Default_Ignorable_Code_Point: soft hyphen,
 * joiners, fillers, selectors).  These stay in clean text, since some scripts need them.
 * 0: it is none, or is not seen.
 */
size_t clean_seen(const char *p, size_t n);

/* The length of the longest head of clean text of at most max bytes. */
size_t clean_cut(const char *p, size_t n, size_t max);

#endif
