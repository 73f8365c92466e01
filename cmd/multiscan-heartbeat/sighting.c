/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memmem */
#include "cmd/multiscan-heartbeat/sighting.h"
#include "common/logkind.h"

#include <string.h>

/* What keeps a message from arriving. */
static const char *const ENDED[] = { "hold", "discard", "refuse" };

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

static const char *
find(const char *p, size_t n, const char *text)
{
	return memmem(p, n, text, strlen(text));
}

/* filename:NAME, or NAME behind another word. */
static bool
is_name(struct span value, const char *name)
{
	size_t n = strlen(name);

	return value.n > n && value.p[value.n - n - 1] == ':' &&
	    memcmp(value.p + value.n - n, name, n) == 0;
}

/* The words behind the text: a record. */
static enum sighting
words(const char *p, size_t n, const char *name)
{
	bool named = false, ended = false;
	struct word w;
	size_t at = 0;

	if (!record_valid(p, n))
		return SIGHTING_NONE;
	while (record_word(p, n, &at, &w)) {
		named = named || (is(w.key, "name") && is_name(w.value, name));
		for (size_t i = 0; i < sizeof ENDED / sizeof *ENDED; i++)
			ended = ended || (is(w.key, "do") && is(w.value, ENDED[i]));
	}
	return !named ? SIGHTING_NONE : ended ? SIGHTING_ENDED : SIGHTING_FOUND;
}

/* Behind LOGKIND_MARK: LEVEL] SUBJECT TEXT KEY=VALUE ... */
static enum sighting
text_line(const char *p, const char *end, const char *name)
{
	static const char dealt[] = " dealt";
	enum logkind kind;
	size_t used;

	if ((p = memchr(p, ']', (size_t)(end - p))) == NULL || end - p < 2 || p[1] != ' ' ||
	    (p = memchr(p + 2, ' ', (size_t)(end - p - 2))) == NULL)
		return SIGHTING_NONE;
	p++;
	if (!logkind_find(p, (size_t)(end - p), &kind, &used) || kind != LOGKIND_VIRUS ||
	    used < sizeof dealt ||
	    memcmp(p + used - (sizeof dealt - 1), dealt, sizeof dealt - 1) != 0 ||
	    p + used == end)
		return SIGHTING_NONE;
	p += used + 1;
	return words(p, (size_t)(end - p), name);
}

/* All strings of virlog's are without a quote. */
static enum sighting
json_line(const char *p, size_t n, const char *name)
{
	static const char key[] = "\"name\":", text[] = "\"text\":\"virus found and dealt\"";
	const char *at = find(p, n, text), *end = p + n, *value, *stop;
	char quoted[16];

	if (at == NULL || (at = find(at, (size_t)(end - at), key)) == NULL)
		return SIGHTING_NONE;
	/* of several names, up to the end of them */
	stop = memchr(at, '}', (size_t)(end - at));
	value = find(at, (size_t)(end - at), name);
	if (value == NULL || stop == NULL || value > stop || value[-1] != ':' ||
	    value[strlen(name)] != '"')
		return SIGHTING_NONE;
	for (size_t i = 0; i < sizeof ENDED / sizeof *ENDED; i++) {
		size_t len = strlen(ENDED[i]);

		quoted[0] = '"';
		memcpy(quoted + 1, ENDED[i], len);
		memcpy(quoted + 1 + len, "\"", 2);
		if (find(p, n, quoted) != NULL)
			return SIGHTING_ENDED;
	}
	return SIGHTING_FOUND;
}

enum sighting
sighting_line(const char *line, size_t n, const char *name)
{
	const char *p;

	if (find(line, n, name) == NULL)
		return SIGHTING_NONE;
	p = find(line, n, LOGKIND_MARK);
	if (p != NULL)
		return text_line(p + sizeof LOGKIND_MARK - 1, line + n, name);
	p = find(line, n, "{\"time\":\"");
	return p == NULL ? SIGHTING_NONE : json_line(p, (size_t)(line + n - p), name);
}
