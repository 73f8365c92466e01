/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/ranges.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

enum ranges_tag
ranges_tag(struct span value)
{
	enum ranges_tag kind = RANGES_STRONG;

	if (value.n >= 2 && memcmp(value.p, "W/", 2) == 0) {
		kind = RANGES_WEAK;
		value.p += 2;
		value.n -= 2;
	}
	if (value.n < 2 || value.p[0] != '"' || value.p[value.n - 1] != '"')
		return RANGES_NO_TAG;
	for (size_t i = 1; i < value.n - 1; i++)
		if (value.p[i] <= ' ' || value.p[i] > '~' || value.p[i] == '"')
			return RANGES_NO_TAG;
	return kind;
}

/* Takes a number off the front; false: there is none, or it is too large. */
static bool
take_number(struct span *s, unsigned long long *number)
{
	size_t i;

	*number = 0;
	for (i = 0; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		unsigned digit = (unsigned)(s->p[i] - '0');

		if (*number > ((unsigned long long)LLONG_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	s->p += i;
	s->n -= i;
	return i > 0;
}

static bool
take_sign(struct span *s, char sign)
{
	if (s->n == 0 || s->p[0] != sign)
		return false;
	s->p++;
	s->n--;
	return true;
}

bool
ranges_part(struct span value, struct ranges_part *part)
{
	static const char unit[] = "bytes";
	size_t n = sizeof unit - 1;

	if (value.n < n || strncasecmp(value.p, unit, n) != 0)
		return false;
	value.p += n;
	value.n -= n;
	return take_sign(&value, ' ') && take_number(&value, &part->first) &&
	    take_sign(&value, '-') && take_number(&value, &part->last) &&
	    take_sign(&value, '/') && take_number(&value, &part->total) &&
	    value.n == 0 && part->first <= part->last && part->last < part->total;
}

bool
ranges_number(struct span value, unsigned long long *number)
{
	return take_number(&value, number) && value.n == 0;
}

bool
ranges_text(struct span value)
{
	if (value.n == 0 || value.p[0] == ' ' || value.p[value.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < ' ' || value.p[i] > '~')
			return false;
	return true;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
ranges_coded(struct span line)
{
	static const char name[] = "Transfer-Encoding:", chunked[] = "chunked";
	size_t n = sizeof name - 1;

	if (line.n < n || strncasecmp(line.p, name, n) != 0)
		return false;
	line.p += n;
	line.n -= n;
	while (line.n > 0 && blank(line.p[0])) {
		line.p++;
		line.n--;
	}
	while (line.n > 0 && blank(line.p[line.n - 1]))
		line.n--;
	n = sizeof chunked - 1;
	return line.n != n || strncasecmp(line.p, chunked, n) != 0;
}
