/* SPDX-License-Identifier: ISC */
#include "cmd/notice/answer.h"
#include "common/head.h"

#include <string.h>
#include <strings.h>

/* Local parts of programs, and how those of others begin and end. */
static const char *const NOBODY[] = {
	"mailer-daemon", "postmaster", "daemon", "mail-daemon", "mailerdaemon", "nobody",
	"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply",
	"listserv", "majordomo", "mailman", "listmaster", "bounce", "bounces",
};
static const char *const BEGINS[] = { "owner-", "bounce-", "bounces-", "prvs=bounce" };
static const char *const ENDS[] = {
	"-request", "-owner", "-bounces", "-bounce", "-noreply", "-no-reply",
};

/* What of X-Auto-Response-Suppress is meant for a notice. */
static const char *const SUPPRESS[] = { "all", "autoreply", "ndr" };
static const char *const BULK[] = { "bulk", "list", "junk" };

#define COUNT(list) (sizeof(list) / sizeof (list)[0])

static bool
begins(struct span s, const char *with)
{
	return s.n >= strlen(with) && strncasecmp(s.p, with, strlen(with)) == 0;
}

static bool
ends(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && strncasecmp(s.p + s.n - n, with, n) == 0;
}

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && begins(s, text);
}

static bool
one_of(struct span s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is(s, list[i]))
			return true;
	return false;
}

static bool
program(struct span local)
{
	const char *plus = memchr(local.p, '+', local.n);
	struct span base = local;

	if (plus != NULL)
		base.n = (size_t)(plus - local.p);
	if (one_of(base, NOBODY, COUNT(NOBODY)))
		return true;
	for (size_t i = 0; i < COUNT(BEGINS); i++)
		if (begins(local, BEGINS[i]))
			return true;
	for (size_t i = 0; i < COUNT(ENDS); i++)
		if (ends(base, ENDS[i]))
			return true;
	return false;
}

void
answer_sender(struct answer *a, struct span from)
{
	struct span local = from;

	for (size_t i = 0; i < from.n; i++)
		if (from.p[i] == '@')
			local.n = i;
	if (from.n >= 2 && from.p[0] == '<' && from.p[from.n - 1] == '>') {
		local.p++;
		local.n -= local.n == from.n ? 2 : 1;
	}
	if (from.n == 0 || (from.n == 2 && local.n == 0))
		a->why = "null-sender";
	else if (program(local))
		a->why = "sender";
}

/* The next word of a value, between blanks, commas and semicolons; comments are words. */
static bool
next_word(struct span *rest, struct span *word)
{
	static const char BETWEEN[] = " \t,;\"";
	size_t i = 0;

	while (rest->n > 0 && rest->p[0] != '\0' && strchr(BETWEEN, rest->p[0]) != NULL) {
		rest->p++;
		rest->n--;
	}
	while (i < rest->n && (rest->p[i] == '\0' || strchr(BETWEEN, rest->p[i]) == NULL))
		i++;
	*word = (struct span){ rest->p, i };
	rest->p += i;
	rest->n -= i;
	return i > 0;
}

static bool
has_word(struct span value, const char *const *list, size_t n)
{
	struct span word;

	while (next_word(&value, &word))
		if (one_of(word, list, n))
			return true;
	return false;
}

/* "no", and what it may be followed by; a field without a value says nothing. */
static bool
automatic(struct span value)
{
	struct span word = { "", 0 };

	return next_word(&value, &word) && !is(word, "no") && !begins(word, "no(");
}

static void
look(struct answer *a)
{
	size_t namelen = 0, at = head_field_line(a->field, a->n, &namelen);
	struct span name = { a->field, namelen }, value = { a->field + at, a->n - at }, word;

	if (at == 0 || a->why != NULL)
		return;
	if (is(name, "auto-submitted") && automatic(value))
		a->why = "auto-submitted";
	else if (begins(name, "list-"))
		a->why = "list";
	else if (is(name, "precedence") && has_word(value, BULK, COUNT(BULK)))
		a->why = "precedence";
	else if (is(name, "x-auto-response-suppress") &&
	    has_word(value, SUPPRESS, COUNT(SUPPRESS)))
		a->why = "suppress";
	else if (is(name, "content-type") && next_word(&value, &word) &&
	    is(word, "multipart/report"))
		a->why = "report";
}

void
answer_line(struct answer *a, struct span line)
{
	bool more = line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
	size_t n = line.n;

	if (!more) {
		look(a);
		a->n = 0;
	}
	if (n > ANSWER_LINE - a->n)
		n = ANSWER_LINE - a->n;
	if (n > 0)
		memcpy(a->field + a->n, line.p, n);
	a->n += n;
}
