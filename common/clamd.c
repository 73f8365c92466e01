/* SPDX-License-Identifier: ISC */
#include "common/clamd.h"

#include <string.h>

static bool
begins(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p, with, n) == 0;
}

static bool
equals(struct span s, const char *with)
{
	return s.n == strlen(with) && begins(s, with);
}

static struct span
from(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

/* Takes the ending off, if it is there. */
static bool
cut_end(struct span *s, const char *end)
{
	size_t n = strlen(end);

	if (s->n < n || memcmp(s->p + s->n - n, end, n) != 0)
		return false;
	s->n -= n;
	return true;
}

/* Digits at the start of s; a number is not longer than nine of them. */
static size_t
digits(struct span s, unsigned long *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < s.n && i < 9 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		*value = *value * 10 + (unsigned long)(s.p[i] - '0');
	return i;
}

/* Takes `N: ' off the front, if N is the number wanted. */
static bool
cut_number(struct span *s, unsigned long id)
{
	unsigned long number;
	size_t n = digits(*s, &number);

	if (n == 0 || s->p[0] == '0' || number != id || !begins(from(*s, n), ": "))
		return false;
	*s = from(*s, n + 2);
	return true;
}

/* Takes the name of what was scanned off the front: `fd[11]: ' or `stream: '. */
static bool
cut_subject(struct span *s)
{
	unsigned long number;
	size_t n;

	if (begins(*s, "stream: ")) {
		*s = from(*s, 8);
		return true;
	}
	if (!begins(*s, "fd["))
		return false;
	n = digits(from(*s, 3), &number);
	if (n == 0 || !begins(from(*s, 3 + n), "]: "))
		return false;
	*s = from(*s, n + 6);
	return true;
}

static bool
is_reason(struct span s)
{
	return equals(s, "engine-died") || equals(s, "engine-timeout") ||
	    equals(s, "engine-error");
}

/* What is said of the content, its subject taken off. */
static void
parse_content(struct clamd_reply *r, struct span rest)
{
	struct span word = rest;

	if (equals(rest, "OK")) {
		r->kind = CLAMD_OK;
	} else if (equals(rest, "Busy ERROR")) {
		r->kind = CLAMD_BUSY;
	} else if (cut_end(&word, " ERROR")) {
		r->kind = CLAMD_ERROR;
		cut_end(&r->text, " ERROR");
	} else if (cut_end(&word, " UNSCANNED") && is_reason(word)) {
		r->kind = CLAMD_UNSCANNED;
		r->text = word;
	} else if (cut_end(&word, " FOUND") && word.n > 0) {
		r->kind = CLAMD_FOUND;
		r->text = word;
		if (cut_end(&word, ".UNOFFICIAL") && word.n > 0)
			r->text = word;
	}
}

struct clamd_reply
clamd_parse(const char *line, size_t n, unsigned long id)
{
	struct clamd_reply r = { CLAMD_STRANGE, { line, n } };
	struct span rest = r.text;

	if (!cut_number(&rest, id))
		return r;
	r.text = rest;
	if (cut_subject(&rest))
		parse_content(&r, rest);
	else if (cut_end(&r.text, " ERROR"))
		r.kind = CLAMD_REFUSED;
	return r;
}

bool
clamd_name(struct span *text, struct span *name)
{
	const char *blank;

	if (text->p == NULL)
		return false;
	*name = *text;
	if (text->n == 0 || (blank = memchr(text->p, ' ', text->n)) == NULL) {
		/* The last one: clamd_parse has cut its ending. */
		*text = (struct span){ NULL, 0 };
		return true;
	}
	name->n = (size_t)(blank - text->p);
	*text = from(*text, name->n + 1);
	if (name->n > strlen(".UNOFFICIAL"))
		cut_end(name, ".UNOFFICIAL");
	return true;
}

bool
clamd_set(const char *line, size_t n, unsigned long id, struct span *set,
    bool *answered)
{
	struct span rest = { line, n };
	const char *slash;

	*set = (struct span){ line, 0 };
	*answered = cut_number(&rest, id) && begins(rest, "ClamAV ");
	if (!*answered || (slash = memchr(rest.p, '/', rest.n)) == NULL)
		return false;
	rest = from(rest, (size_t)(slash + 1 - rest.p));
	slash = memchr(rest.p, '/', rest.n);
	*set = rest;
	if (slash != NULL)
		set->n = (size_t)(slash - rest.p);
	return set->n > 0;
}

static const struct {
	const char *family;	/* the name, or what it begins with before a dot */
	const char *verdict;
	const char *why;
} meanings[] = {
	{ "Heuristics.Limits.Exceeded", "unscanned", "limit-" },
	{ "Heuristics.XZ.DicSizeLimit", "unscanned", "limit-dicsize" },
	{ "Heuristics.Encrypted", "unscanned", "encrypted" },
	{ "Heuristics.OLE2.ContainsMacros", "odd", "macro" },
	{ "Heuristics.Broken", "odd", "broken" },
};

/* .MaxFileSize becomes filesize: one plain word. */
static void
limit_word(char *why, size_t size, struct span name)
{
	size_t n = strlen(why), start = n;

	if (begins(name, ".Max"))
		name = from(name, 4);
	for (size_t i = 0; i < name.n && n + 1 < size; i++) {
		char c = name.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			why[n++] = c;
	}
	why[n] = '\0';
	if (n == start)
		memcpy(why + n, "other", sizeof "other");
}

struct clamd_meaning
clamd_meaning(struct span name)
{
	struct clamd_meaning m = { "infected", "" };

	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
		const char *why = meanings[i].why;
		size_t n = strlen(meanings[i].family);

		if (!begins(name, meanings[i].family) ||
		    (name.n > n && name.p[n] != '.'))
			continue;
		m.verdict = meanings[i].verdict;
		memcpy(m.why, why, strlen(why) + 1);
		if (strcmp(why, "limit-") == 0)
			limit_word(m.why, sizeof m.why, from(name, n));
		break;
	}
	return m;
}
