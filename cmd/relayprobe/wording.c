/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/wording.h"

#include <string.h>
#include <strings.h>

static bool
mentions(const struct answer *a, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= a->n; i++)
		if (strncasecmp(a->text + i, word, n) == 0)
			return true;
	return false;
}

/* A refusal without the addresses in it. */
static size_t
bare(char *to, const struct answer *a, const char *address)
{
	size_t len = strlen(address), n = 0, i = 0;

	while (i < a->n) {
		const char *end = a->text[i] != '<' ? NULL : memchr(a->text + i, '>', a->n - i);

		if (end != NULL)
			i = (size_t)(end - a->text) + 1;
		else if (a->n - i >= len && memcmp(a->text + i, address, len) == 0)
			i += len;
		else
			to[n++] = a->text[i++];
	}
	return n;
}

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
wording_relaying(const struct answer *a, const char *to)
{
	static const char odd[] = "0123456789-_@.";
	char s[LINK_LINE + 1];
	size_t n = bare(s, a, to), end;

	s[n] = '\0';
	for (size_t i = 0; i + 5 <= n; i++) {
		if (strncasecmp(s + i, "relay", 5) != 0 ||
		    (i > 0 && (letter(s[i - 1]) || strchr(odd, s[i - 1]) != NULL)))
			continue;
		for (end = i + 5; letter(s[end]); end++)
			;
		if (s[end] == '\0' || strchr(odd, s[end]) == NULL ||
		    (s[end] == '.' && (s[end + 1] == '\0' || s[end + 1] == ' ')))
			return true;
	}
	return false;
}

bool
wording_sender(const struct answer *a)
{
	return a->stage == STAGE_MAIL || mentions(a, "sender");
}

bool
wording_login(const struct answer *a)
{
	return a->code == 530 && !wording_tls(a);
}

bool
wording_tls(const struct answer *a)
{
	return mentions(a, "TLS");
}

bool
wording_nullmx(const struct answer *a)
{
	static const char enhanced[] = "5.1.10 ";

	return a->code == 556 || (a->n >= sizeof enhanced - 1 &&
	    memcmp(a->text, enhanced, sizeof enhanced - 1) == 0);
}

bool
wording_alike(const struct answer *a, const char *to, const struct answer *b,
    const char *other)
{
	char s[LINK_LINE], t[LINK_LINE];
	size_t n = bare(s, a, to);

	return a->code == b->code && a->stage == b->stage && n == bare(t, b, other) &&
	    memcmp(s, t, n) == 0;
}
