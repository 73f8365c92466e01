/* SPDX-License-Identifier: ISC */
/* The one stylesheet of the pages; tests/report.t looks at its colours. */
#ifndef STYLE_H
#define STYLE_H

/* Its SHA-256 as the Content-Security-Policy wants it: tests/report.t says what it should be. */
#define STYLE_HASH "sha256-L4Z4pdqkGMcLtGqC6oL88O75WASbcj8nuasv9j/LnXk="

extern const char STYLE[];

#endif
