/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-milter/answer.h"

#include <string.h>

enum { KEYS = 7, ID = 0, DO, AT, DIR, CHANGED, TO, TEXT };

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* The value of each key, its p NULL where it is not there; no other word, none twice. */
static bool
take_words(struct span value[KEYS], const char *said, size_t n)
{
	static const char *const keys[KEYS] = { "id", "do", "at", "dir", "changed", "to",
	    "text" };
	struct word w;
	size_t at = 0;
	int k;

	memset(value, 0, KEYS * sizeof value[0]);
	while (record_word(said, n, &at, &w)) {
		for (k = 0; k < KEYS && !is(w.key, keys[k]); k++)
			;
		if (k == KEYS || value[k].p != NULL)
			return false;
		value[k] = w.value;
	}
	return value[ID].p != NULL && value[DO].p != NULL && value[AT].p != NULL &&
	    value[DIR].p != NULL;
}

static bool
take_do(struct answer *a, struct span s)
{
	static const char *const words[] = { "deliver", "hold", "refuse", "discard" };

	for (int i = 0; i < 4; i++)
		if (is(s, words[i])) {
			a->what = (enum answer_do)i;
			return true;
		}
	return false;
}

/*
 * Decoded where it stands: the byte behind it, a blank or the newline, becomes the NUL.
 * NULL: it is empty or has a NUL.
 */
static char *
take_string(char *said, struct span s)
{
	char *p = said + (s.p - said);
	size_t n = record_decode(p, s);

	p[n] = '\0';
	return n > 0 && memchr(p, '\0', n) == NULL ? p : NULL;
}

static bool
take_id(char *id, struct span s)
{
	if (s.n != ANSWER_IDLEN)
		return false;
	memcpy(id, s.p, s.n);
	id[s.n] = '\0';
	return strspn(id, "0123456789abcdef") == s.n;
}

bool
answer_parse(struct answer *a, char *said, size_t n)
{
	struct span v[KEYS];

	memset(a, 0, sizeof *a);
	if (n == 0 || memchr(said, '\n', n) != said + n - 1 || !record_valid(said, n - 1) ||
	    !take_words(v, said, n - 1) || !take_id(a->id, v[ID]) || !take_do(a, v[DO]))
		return false;
	a->work = is(v[AT], "work");
	a->changed = v[CHANGED].p != NULL;
	if ((!a->work && !is(v[AT], "quarantine")) || (a->what == ANSWER_HOLD && a->work) ||
	    (a->changed && !is(v[CHANGED], "yes")) ||
	    (a->what != ANSWER_DELIVER && (a->changed || v[TO].p != NULL)) ||
	    (a->what != ANSWER_REFUSE && v[TEXT].p != NULL))
		return false;
	if ((a->dir = take_string(said, v[DIR])) == NULL || a->dir[0] != '/')
		return false;
	if (v[TO].p != NULL && (a->to = take_string(said, v[TO])) == NULL)
		return false;
	if (v[TEXT].p != NULL) {
		a->text.p = v[TEXT].p;
		a->text.n = record_decode(said + (v[TEXT].p - said), v[TEXT]);
	}
	return true;
}
