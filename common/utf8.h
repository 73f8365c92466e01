/* SPDX-License-Identifier: ISC */
/* UTF-8 (RFC 3629), written.  Pure. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX = 4 };	/* octets of a character */

/* The octets of a character up to 10FFFF; surrogates too, as what they would be. */
size_t utf8_put(char *to, uint32_t c);

#endif
