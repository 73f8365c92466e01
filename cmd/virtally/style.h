/* SPDX-License-Identifier: ISC */
/* The one stylesheet of the pages; tests/report.t looks at its colours. */
#ifndef STYLE_H
#define STYLE_H

/* Its SHA-256 for the Content-Security-Policy; tests/report.t says what it should be. */
#define STYLE_HASH "sha256-54D1ld2lu0Z/bBl2bezsSNNbeSQAWFUGAmiaAlKk9AE="

extern const char STYLE[];

#endif
