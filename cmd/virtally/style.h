/* SPDX-License-Identifier: ISC */
/* The one stylesheet of the pages; tests/report.t looks at its colours. */
#ifndef STYLE_H
#define STYLE_H

/* Its SHA-256 as the Content-Security-Policy wants it: tests/report.t says what it should be. */
#define STYLE_HASH "sha256-llNYd7k2HHfuJR3agO7Z2CnaqxHivdYf4YQWFGL+GLY="

extern const char STYLE[];

#endif
