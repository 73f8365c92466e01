/* SPDX-License-Identifier: ISC */
/*
 * libclamav's sscanf.  It reads one number with it ("%u") for each logical
 * signature and each layer of a file, which was a quarter of the time of a small
 * mail (1.4.6; perf, 200,000 and 8.7 million signatures).  All else is passed on
 * to the C library.
 */
#undef _FORTIFY_SOURCE		/* its inline functions have the same names */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* Under its first name: <stdio.h> means another one by sscanf. */
int quick_sscanf(const char *s, const char *fmt, ...) __asm__("sscanf")
    __attribute__((format(scanf, 2, 3)));

/* The number that s begins with, if it fits; false: let the C library see to it. */
static bool
number(const char *s, unsigned *n)
{
	unsigned v = 0;
	const char *p;

	for (p = s; *p >= '0' && *p <= '9'; p++) {
		if (v > (UINT_MAX - 9) / 10)
			return 0;
		v = v * 10 + (unsigned)(*p - '0');
	}
	*n = v;
	return p > s;
}

int
quick_sscanf(const char *s, const char *fmt, ...)
{
	unsigned n;
	va_list ap;
	int r = 1;

	va_start(ap, fmt);
	if (fmt[0] == '%' && fmt[1] == 'u' && fmt[2] == '\0' && number(s, &n))
		*va_arg(ap, unsigned *) = n;
	else
		r = vsscanf(s, fmt, ap);
	va_end(ap);
	return r;
}
