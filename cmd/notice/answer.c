/* SPDX-License-Identifier: ISC */
#include "cmd/notice/answer.h"

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
one_of(struct span s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (unfold_is(s, list[i]))
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

const char *
answer_sender(struct span from)
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
		return "null-sender";
	return program(local) ? "sender" : NULL;
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

	return next_word(&value, &word) && !unfold_is(word, "no") && !begins(word, "no(");
}

const char *
answer_field(const struct field *f)
{
	struct span value = f->value, word = { "", 0 };

	if (unfold_is(f->name, "auto-submitted"))
		return automatic(value) ? "auto-submitted" : NULL;
	if (begins(f->name, "list-"))
		return "list";
	if (unfold_is(f->name, "precedence"))
		return has_word(value, BULK, COUNT(BULK)) ? "precedence" : NULL;
	if (unfold_is(f->name, "x-auto-response-suppress"))
		return has_word(value, SUPPRESS, COUNT(SUPPRESS)) ? "suppress" : NULL;
	if (unfold_is(f->name, "content-type") && next_word(&value, &word) &&
	    unfold_is(word, "multipart/report"))
		return "report";
	return NULL;
}
