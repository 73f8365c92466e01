/* SPDX-License-Identifier: ISC */
#include "common/logkind.h"

#include <string.h>

static const struct {
	const char *name;
	const char *text;
	bool dealt;
} kinds[LOGKIND_N] = {
	[LOGKIND_VIRUS] = { "virus", "virus found and", true },
	[LOGKIND_CONVERSION] = { "conversion", "conversion", true },
	[LOGKIND_SUFFIX] = { "suffix", "suffix", true },
	[LOGKIND_ODD] = { "odd", "odd part", true },
	[LOGKIND_UNSCANNED] = { "unscanned", "not scanned", false },
	[LOGKIND_IGNORED] = { "ignored", "finding ignored", false },
	[LOGKIND_RELAY] = { "relay", "relay", true },
	[LOGKIND_SIGNATURES] = { "signatures", "signatures", false },
	[LOGKIND_CLEAN] = { "clean", "clean", false },
	[LOGKIND_ACTION] = { "action", "action", false },
	[LOGKIND_OTHER] = { "other", "other record", false }
};

const char *
logkind_name(enum logkind kind)
{
	return kinds[kind].name;
}

const char *
logkind_text(enum logkind kind)
{
	return kinds[kind].text;
}

bool
logkind_dealt(enum logkind kind)
{
	return kinds[kind].dealt;
}

/* Do the n bytes at p begin with text? */
static bool
begins(const char *p, size_t n, const char *text, size_t len)
{
	return n >= len && memcmp(p, text, len) == 0;
}

/* The length of the text of this kind at p; 0: it is none. */
static size_t
text_length(const char *p, size_t n, enum logkind kind)
{
	size_t len = strlen(kinds[kind].text);

	if (!begins(p, n, kinds[kind].text, len))
		return 0;
	if (!kinds[kind].dealt)
		return len;
	if (begins(p + len, n - len, " dealt", 6))
		return len + 6;
	return begins(p + len, n - len, " passed", 7) ? len + 7 : 0;
}

bool
logkind_find(const char *p, size_t n, enum logkind *kind, size_t *used)
{
	for (int k = 0; k < LOGKIND_N; k++) {
		size_t len = text_length(p, n, (enum logkind)k);

		if (len == 0 || (len < n && p[len] != ' '))
			continue;
		*kind = (enum logkind)k;
		*used = len;
		return true;
	}
	return false;
}
