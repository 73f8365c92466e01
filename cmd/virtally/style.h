/* SPDX-License-Identifier: ISC */
/* The one stylesheet of the pages; tests/report.t looks at its colours. */
#ifndef STYLE_H
#define STYLE_H

/* Its SHA-256 for the Content-Security-Policy; tests/report.t says what it should be. */
#define STYLE_HASH "sha256-2GL+gtojHZpT2mpcKH+zb1x6HqTd/Za2D3zAL3jwOYc="

extern const char STYLE[];

#endif
