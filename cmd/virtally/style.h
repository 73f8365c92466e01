/* SPDX-License-Identifier: ISC */
/* The one stylesheet of the pages; tests/report.t looks at its colours. */
#ifndef STYLE_H
#define STYLE_H

/* Its SHA-256 for the Content-Security-Policy; tests/report.t says what it should be. */
#define STYLE_HASH "sha256-zuR56nZaABpJt5Z2Km9kuF8ETOqrCD6SKuXNhpqz8uE="

extern const char STYLE[];

#endif
