/* SPDX-License-Identifier: ISC */
#ifndef BASE64_H
#define BASE64_H

/* The value of a digit of base64 (RFC 4648, section 4), or -1. */
static inline int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

#endif
