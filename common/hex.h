/* SPDX-License-Identifier: ISC */
#ifndef HEX_H
#define HEX_H

/* The value of a hexadecimal digit in either case, or -1. */
static inline int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

#endif
