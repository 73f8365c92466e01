/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/filename.h"
#include "common/sigkind.h"

#include <string.h>

/* By hand: what isalnum takes goes by the locale. */
static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '.' || c == '_' || c == '-';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

const char *
filename_wrong(struct span name)
{
	char text[FILENAME_MAX_BYTES + 1];

	if (name.n == 0)
		return "a name that is empty";
	if (name.n > FILENAME_MAX_BYTES)
		return "a name of more than 100 bytes";
	for (size_t i = 0; i < name.n; i++)
		if (!is_plain(name.p[i]))
			return "a name with other bytes than A-Z a-z 0-9 . _ -";
	if (name.p[0] == '.' || name.p[0] == '-')
		return "a name that begins with a dot or a dash";
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	if (sigkind(text) == SIGKIND_NONE)
		return "a name without a suffix of signatures";
	return NULL;
}

bool
filename_same(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool
filename_excepts(struct span name)
{
	static const char *const SUFFIXES[] = { ".cat", ".cfg", ".cld", ".crb", ".cud", ".fp",
	    ".ftm", ".ign", ".ign2", ".pwdb", ".sfp", ".wdb" };

	for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++) {
		size_t n = strlen(SUFFIXES[i]);

		if (name.n >= n && filename_same((struct span){ name.p + name.n - n, n },
		    (struct span){ SUFFIXES[i], n }))
			return true;
	}
	return false;
}

void
filename_key(struct span name, char key[FILENAME_MAX_BYTES + 1])
{
	size_t n = name.n <= FILENAME_MAX_BYTES ? name.n : FILENAME_MAX_BYTES;

	for (size_t i = 0; i < n; i++)
		key[i] = lower(name.p[i]);
	key[n] = '\0';
	if (sigkind(key) == SIGKIND_CONTAINER)
		memcpy(key + n - 3, "cvd", 3);
}
