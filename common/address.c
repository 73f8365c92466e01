/* SPDX-License-Identifier: ISC */
#include "common/address.h"

#include <string.h>

static bool
copy(char *to, size_t size, const char *from, size_t n)
{
	if (n == 0 || n >= size)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

static bool
good_port(const char *port)
{
	size_t n = strlen(port), value = 0;

	if (n == 0 || n > 5 || port[0] == '0')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (port[i] < '0' || port[i] > '9')
			return false;
		value = value * 10 + (size_t)(port[i] - '0');
	}
	return value <= 65535;
}

static bool
parse_tcp(struct address *a, const char *text)
{
	const char *host = text, *end;

	if (text[0] == '[') {
		host++;
		end = strchr(host, ']');
		if (end == NULL || end[1] != ':')
			return false;
		text = end + 2;
	} else {
		end = strchr(host, ':');
		if (end == NULL)
			return false;
		text = end + 1;
	}
	if (!copy(a->host, sizeof a->host, host, (size_t)(end - host)) ||
	    strpbrk(a->host, " \t\r\n/[]") != NULL || !good_port(text))
		return false;
	return copy(a->port, sizeof a->port, text, strlen(text));
}

bool
address_parse(struct address *a, const char *text)
{
	memset(a, 0, sizeof *a);
	if (strncmp(text, "tcp:", 4) == 0)
		return parse_tcp(a, text + 4);
	if (strncmp(text, "unix:", 5) != 0)
		return false;
	a->local = true;
	return copy(a->host, ADDRESS_PATHMAX + 1, text + 5, strlen(text + 5));
}
