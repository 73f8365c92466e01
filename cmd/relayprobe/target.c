/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/target.h"

#include <arpa/inet.h>

#include <string.h>

enum { LABELMAX = 63 };

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The labels of a name, or 0: it is none.  _ is in use, though no host name. */
static unsigned
labels(struct span s, bool *digits)
{
	unsigned n = 0;
	size_t at = 0;

	while (at < s.n) {
		size_t start = at;

		*digits = true;
		for (; at < s.n && s.p[at] != '.'; at++) {
			if (!digit(s.p[at]) && !letter(s.p[at]) && s.p[at] != '-' &&
			    s.p[at] != '_')
				return 0;
			*digits = *digits && digit(s.p[at]);
		}
		if (at == start || at - start > LABELMAX || s.p[start] == '-' ||
		    s.p[at - 1] == '-')
			return 0;
		n++;
		if (at < s.n && ++at == s.n)
			return 0;
	}
	return n;
}

bool
target_name(struct span name)
{
	bool digits = true;

	return name.n <= TARGET_HOSTMAX && labels(name, &digits) >= 2 && !digits;
}

static bool
copy(char *to, size_t max, struct span s)
{
	if (s.n == 0 || s.n > max)
		return false;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
	return true;
}

bool
target_said(char *to, struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] != ' ')
		n++;
	line.n = n;
	return target_name(line) && copy(to, TARGET_HOSTMAX, line);
}

static bool
take_port(struct target *t, struct span s)
{
	unsigned long value = 0;

	if (!copy(t->port, sizeof t->port - 1, s) || s.p[0] == '0')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!digit(s.p[i]))
			return false;
		value = value * 10 + (unsigned long)(s.p[i] - '0');
	}
	return value <= 65535;
}

/* [V6] or [V4], what is behind it in *rest. */
static bool
take_bracketed(struct target *t, struct span s, struct span *rest)
{
	const char *end = memchr(s.p, ']', s.n);
	struct in6_addr a;
	struct in_addr v4;

	if (end == NULL)
		return false;
	*rest = (struct span){ end + 1, (size_t)(s.p + s.n - end) - 1 };
	t->literal = true;
	return copy(t->host, TARGET_HOSTMAX, (struct span){ s.p + 1, (size_t)(end - s.p) - 1 }) &&
	    (inet_pton(AF_INET6, t->host, &a) == 1 || inet_pton(AF_INET, t->host, &v4) == 1);
}

/* A name, a dot at its end or not, or a V4 address. */
static bool
take_host(struct target *t, struct span s)
{
	struct in_addr a;
	bool digits = true;

	if (!copy(t->host, TARGET_HOSTMAX, s))
		return false;
	t->literal = inet_pton(AF_INET, t->host, &a) == 1;
	if (!t->literal && s.n > 1 && s.p[s.n - 1] == '.')
		t->host[--s.n] = '\0';
	return t->literal || (labels(s, &digits) > 0 && !digits);
}

bool
target_parse(struct target *t, struct span text)
{
	const char *colon = memchr(text.p, ':', text.n);
	struct span rest = { "", 0 };
	struct in6_addr a;

	memset(t, 0, sizeof *t);
	memcpy(t->port, "25", 3);
	if (memchr(text.p, '\0', text.n) != NULL)
		return false;
	if (text.n > 0 && text.p[0] == '[') {
		if (!take_bracketed(t, text, &rest))
			return false;
	} else if (colon != NULL && copy(t->host, TARGET_HOSTMAX, text) &&
	    inet_pton(AF_INET6, t->host, &a) == 1) {
		t->literal = true;
	} else {
		size_t n = colon == NULL ? text.n : (size_t)(colon - text.p);

		rest = (struct span){ text.p + n, text.n - n };
		text.n = n;
		if (!take_host(t, text))
			return false;
	}
	if (rest.n == 0)
		return true;
	return rest.p[0] == ':' && take_port(t, (struct span){ rest.p + 1, rest.n - 1 });
}
