/* SPDX-License-Identifier: ISC */
/* SipHash-2-4: who does not know the key cannot choose what collides.  Pure. */
#ifndef NOTICE_SIPHASH_H
#define NOTICE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const unsigned char key[16], const void *p, size_t n);

#endif
