/* SPDX-License-Identifier: ISC */
#include "cmd/notice/values.h"
#include "common/clean.h"

#include <string.h>

static const char DOTS[] = "...";

static const char *const NAMES[VALUE_KEYS] = {
	"by", "client", "count", "date", "days", "do", "from", "id", "more", "msgid", "name",
	"part", "queue", "rule", "sig", "since", "size", "subject", "suffix", "text", "to",
	"type", "url", "verdict", "what", "why",
};

enum value_key
value_key(struct span name)
{
	for (int k = 0; k < VALUE_KEYS; k++)
		if (strlen(NAMES[k]) == name.n && memcmp(NAMES[k], name.p, name.n) == 0)
			return (enum value_key)k;
	return VALUE_UNKNOWN;
}

static size_t
most(enum value_key key)
{
	return key == VALUE_TEXT || key == VALUE_TO || key == VALUE_URL ? VALUE_MAX :
	    VALUE_SHORT;
}

/* Appends clean text; what is full already stays so. */
static void
append(char *to, const char *p, size_t n, size_t max)
{
	size_t len = strlen(to), keep;

	if (len > max || (len == max && len >= 3 && strcmp(to + len - 3, DOTS) == 0))
		return;
	keep = clean_cut(p, n, max - len);
	memcpy(to + len, p, keep);
	to[len + keep] = '\0';
	if (keep < n)
		memcpy(to + len + keep, DOTS, sizeof DOTS);
}

void
value_set(struct values *v, enum value_key key, char *p, size_t n)
{
	while (n > 0 && (p[0] == ' ' || p[0] == '\t' || p[0] == '\n' || p[0] == '\r')) {
		p++;
		n--;
	}
	n = clean_line(p, n);
	while (n > 0 && p[n - 1] == ' ')
		n--;
	v->text[key][0] = '\0';
	append(v->text[key], p, n, most(key));
}

static void
one_more(struct values *v, enum value_key key, char *p, size_t n)
{
	append(v->text[key], ", ", 2, most(key));
	append(v->text[key], p, clean_line(p, n), most(key));
}

void
values_record(struct values *v, struct span line, char *room)
{
	bool seen[VALUE_KEYS + 1] = { false };
	struct word w;
	size_t at = 0;

	for (int k = 0; k < VALUE_KEYS; k++)
		seen[k] = v->text[k][0] != '\0';
	while (record_word(line.p, line.n, &at, &w)) {
		enum value_key key = value_key(w.key);
		char *p = room, *colon;
		size_t n;

		if (key == VALUE_UNKNOWN || (seen[key] && key != VALUE_TO))
			continue;
		n = record_decode(room, w.value);
		if (key == VALUE_NAME && (colon = memchr(room, ':', n)) != NULL) {
			n -= (size_t)(colon + 1 - room);
			p = colon + 1;
		}
		if (key == VALUE_TO && v->text[key][0] != '\0' && !seen[key])
			one_more(v, key, p, n);
		else if (!seen[key])
			value_set(v, key, p, n);
		if (key != VALUE_TO && v->text[key][0] != '\0')
			seen[key] = true;
	}
}

const char *
value_of(const struct values *const *from, size_t n, enum value_key key)
{
	for (size_t i = 0; i < n; i++)
		if (from[i]->text[key][0] != '\0')
			return from[i]->text[key];
	return "";
}
