/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/answer.h"
#include "cmd/sigupdate/progress.h"
#include "cmd/sigupdate/ranges.h"

#include <limits.h>
#include <string.h>
#include <time.h>

long
answer_code(const struct transfer *t)
{
	long code = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
	return code;
}

unsigned long long
answer_length(const struct transfer *t)
{
	curl_off_t n = -1;

	curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &n);
	return n < 0 ? ULLONG_MAX : (unsigned long long)n;
}

/* A field of the last answer's head that is there once; no trailer. */
static struct span
field(const struct transfer *t, const char *name)
{
	struct curl_header *h;

	if (curl_easy_header(t->curl, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK || h->amount != 1)
		return (struct span){ "", 0 };
	return (struct span){ h->value, strlen(h->value) };
}

static void
keep(char *to, size_t room, struct span value)
{
	if (value.n >= room)
		value.n = 0;
	memcpy(to, value.p, value.n);
	to[value.n] = '\0';
}

void
answer_note(const struct transfer *t)
{
	struct fetched *got = t->got;
	struct span tag = field(t, "ETag"), modified = field(t, "Last-Modified");

	if (ranges_tag(tag) != RANGES_NO_TAG)
		keep(got->tag, sizeof got->tag, tag);
	if (ranges_text(modified))
		keep(got->modified, sizeof got->modified, modified);
}

unsigned long
answer_after(const struct transfer *t)
{
	struct span value = field(t, "Retry-After");
	unsigned long long seconds;
	time_t then, now = time(NULL);

	if (ranges_number(value, &seconds))
		return (unsigned long)seconds;
	then = value.n == 0 ? -1 : curl_getdate(value.p, NULL);
	return then > now ? (unsigned long)(then - now) : 0;
}

/* A part was asked for: is it that one, of the same content? */
static bool
fits(struct transfer *t)
{
	struct ranges_part part;

	if (!ranges_part(field(t, "Content-Range"), &part) || part.first != t->from)
		return false;
	if (answer_length(t) != ULLONG_MAX && answer_length(t) != part.last - part.first + 1)
		return false;
	t->total = part.total;
	t->got->size = t->from;
	return t->first || strcmp(t->got->tag, t->part->tag) == 0;
}

/* The whole is coming. */
static void
begin_anew(struct transfer *t)
{
	struct span tag = { t->got->tag, strlen(t->got->tag) };

	t->from = t->got->size = 0;
	if (answer_length(t) != ULLONG_MAX)
		t->total = answer_length(t);
	if (t->part != NULL)
		partfile_anew(t->part, ranges_tag(tag) == RANGES_STRONG ? t->got->tag : "");
}

/* With the last answer's head, before its first byte; false: no more of it. */
static bool
begin(struct transfer *t)
{
	long code = answer_code(t);
	bool part = t->first || t->from > 0;

	answer_note(t);
	if (code == 200) {
		begin_anew(t);
	} else if (code != 206 || !part) {
		t->stop = STOP_STATUS;
		return false;
	} else if (!fits(t)) {
		t->stop = STOP_RANGE;
		return false;
	}
	t->begun = true;
	if (t->first && t->total > t->most)
		t->total = t->most;
	if (t->total > t->most)
		t->stop = STOP_LONG;
	return t->stop == STOP_NOT;
}

size_t
answer_body(char *bytes, size_t one, size_t n, void *arg)
{
	struct transfer *t = arg;
	unsigned long long room;

	n *= one;
	if (t->stop != STOP_NOT || (!t->begun && !begin(t)))
		return CURL_WRITEFUNC_ERROR;
	room = t->most - t->got->size;
	if (n > room) {
		t->stop = t->first ? STOP_ENOUGH : STOP_LONG;
		n = t->first ? (size_t)room : 0;
	}
	if (t->part != NULL)
		partfile_write(t->part, bytes, n);
	else
		memcpy(t->to + t->got->size, bytes, n);
	t->got->size += n;
	if (t->first && t->got->size == t->most && answer_length(t) != t->most)
		t->stop = STOP_ENOUGH;
	return t->stop == STOP_NOT ? n : CURL_WRITEFUNC_ERROR;
}

size_t
answer_head(char *line, size_t one, size_t n, void *arg)
{
	struct transfer *t = arg;

	n *= one;
	t->head += n;
	if (t->head > ANSWER_HEAD)
		t->stop = STOP_HEAD;
	else if (ranges_coded((struct span){ line, n }))
		t->stop = STOP_CODED;
	return t->stop == STOP_NOT ? n : 0;
}

/* curl reads what comes with a redirection, and drops it. */
int
answer_progress(void *arg, curl_off_t total, curl_off_t done, curl_off_t to_send,
    curl_off_t sent)
{
	struct transfer *t = arg;

	(void)total, (void)to_send, (void)sent;
	if (t->begun)
		progress_tick(t->got->size, t->total);
	else if (done > ANSWER_SKIPPED)
		t->stop = STOP_SKIPPED;
	return t->stop != STOP_NOT;
}

void
answer_empty(struct transfer *t)
{
	if (t->stop == STOP_NOT && !t->begun)
		begin(t);
}
