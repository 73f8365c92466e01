/* SPDX-License-Identifier: ISC */
/* The judgement on a report, in the same words on the page and in the text. */
#ifndef NOTICES_H
#define NOTICES_H

#include "cmd/virtally/figures.h"

enum { NOTICES_HEADLINE = 224 };

/*
 * What somebody should look at, a line each, the most urgent first, names as people read
 * them: *n bytes, which the caller frees, and *lines of them.
 */
char *notices_text(const struct figures *fig, size_t *n, size_t *lines);

/*
 * "[!] feamta01 is quiet, 1,728 viruses (+39 %), Wed 25 Nov 2026", or "1,728 viruses (+39 %),
 * Wed 25 Nov 2026: all is well".
 */
const char *notices_headline(char text[NOTICES_HEADLINE], const struct figures *fig);

/* "Signatures not known: 2 of 4 gateways"; "": they are. */
const char *notices_unknown(char text[NOTICES_HEADLINE], const struct figures *fig);

#endif
