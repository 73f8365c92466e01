/* SPDX-License-Identifier: ISC */
#include "cmd/notice/address.h"
#include "common/clean.h"

#include <string.h>

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

static bool
all(const char *p, size_t n, const char *others)
{
	for (size_t i = 0; i < n; i++)
		if (!alnum(p[i]) && (p[i] == '\0' || strchr(others, p[i]) == NULL))
			return false;
	return n > 0;
}

static bool
dot_atom(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '.' && (i == 0 || i + 1 == n || p[i + 1] == '.'))
			return false;
	return all(p, n, "!#$%&'*+-/=?^_`{|}~.");
}

static bool
quoted_string(const char *p, size_t n)
{
	if (n < 2 || p[0] != '"' || p[n - 1] != '"')
		return false;
	for (size_t i = 1; i < n - 1; i++) {
		if (p[i] == '"' || (p[i] == '\\' && i + 2 == n))
			return false;
		if (p[i] == '\\')
			i++;
	}
	return true;
}

/* Copies, in quotes if quote; returns the length. */
static size_t
put_local(char *to, const char *p, size_t n, bool quote)
{
	size_t len = 0;

	if (quote)
		to[len++] = '"';
	for (size_t i = 0; i < n; i++) {
		if (quote && (p[i] == '"' || p[i] == '\\'))
			to[len++] = '\\';
		to[len++] = p[i];
	}
	if (quote)
		to[len++] = '"';
	return len;
}

static bool
put_spec(char *to, const char *p, size_t n)
{
	size_t local = n, len;

	for (size_t i = 0; i < n; i++)
		if (p[i] == '@')
			local = i;
	if (local == 0 || (local < n &&
	    !all(p + local + 1, n - local - 1, ".-_[]:")))
		return false;
	len = put_local(to, p, local, !dot_atom(p, local) &&
	    !quoted_string(p, local));
	memcpy(to + len, p + local, n - local);
	to[len + n - local] = '\0';
	return true;
}

static void
put_name(char *to, size_t size, const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '"'))
		n--;
	while (n > 0 && (p[0] == ' ' || p[0] == '"')) {
		p++;
		n--;
	}
	n = clean_cut(p, n, size - 1);
	memcpy(to, p, n);
	to[n] = '\0';
}

bool
address_parse(struct address *a, const char *text)
{
	char copy[ADDRESS_MAX + sizeof a->name];
	size_t n = strlen(text), at = 0;

	a->name[0] = a->spec[0] = '\0';
	if (n >= sizeof copy)
		return false;
	memcpy(copy, text, n);
	if (clean_line(copy, n) != n || memcmp(copy, text, n) != 0)
		return false;
	if (n > 0 && text[n - 1] == '>') {
		for (size_t i = 0; i < n; i++)
			if (text[i] == '<')
				at = i + 1;
		if (at == 0)
			return false;
		put_name(a->name, sizeof a->name, text, at - 1);
		n--;
	}
	return n - at <= ADDRESS_MAX && put_spec(a->spec, text + at, n - at);
}

bool
msgid_parse(char *to, size_t n, const char *text)
{
	size_t len = strlen(text), ats = 0;

	if (len < 5 || len - 2 >= n || text[0] != '<' || text[len - 1] != '>')
		return false;
	for (size_t i = 1; i < len - 1; i++) {
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '<' ||
		    text[i] == '>')
			return false;
		ats += text[i] == '@';
	}
	memcpy(to, text + 1, len - 2);
	to[len - 2] = '\0';
	return ats == 1 && to[0] != '@' && to[len - 3] != '@';
}
