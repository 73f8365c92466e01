/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/cover.h"
#include "cmd/mimesplit/prose.h"
#include "cmd/mimesplit/split.h"
#include "common/cli.h"
#include "common/head.h"

#include <err.h>
#include <string.h>

/* What is between texts, a line at a time; only the start of a long one counts. */
struct between {
	struct prose prose;
	char line[256];
	size_t n;
	bool long_line, field;	/* the line before was a field */
	bool other;
};

/* A line of base64 in a text is what a reader sees of an encoded part. */
static bool
base64_line(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z') ||
		    (p[i] >= '0' && p[i] <= '9') || p[i] == '+' || p[i] == '/' ||
		    p[i] == '='))
			return false;
	return true;
}

static void
end_line(struct between *b)
{
	size_t namelen;
	bool folded = b->n > 0 && (b->line[0] == ' ' || b->line[0] == '\t');

	if (!(folded && b->field)) {
		b->field = head_field_line(b->line, b->n, &namelen) > 0;
		if (!b->field && !base64_line(b->line, b->n) && !(b->n > 2 && b->line[0] == '-' && b->line[1] == '-')) {
			prose_feed(&b->prose, b->line, b->n);
			prose_feed(&b->prose, "\n", 1);
			b->other |= b->prose.other || b->long_line;
		}
	}
	b->n = 0;
	b->long_line = false;
}

static void
feed(struct between *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n && !b->other; i++) {
		if (p[i] == '\n' || p[i] == '\r')
			end_line(b);
		else if (b->n < sizeof b->line)
			b->line[b->n++] = p[i];
		else
			b->long_line = true;
	}
}

/* Reads from..to through b. */
static void
read_between(struct split *s, struct between *b, unsigned long long from,
    unsigned long long to)
{
	const char *p;
	long n;

	window_range(&s->window, s->message, from, to);
	while (!b->other && (n = window_look(&s->window, from, &p)) != 0) {
		if (n < 0)
			err(EXIT_RETRY, "the message");
		feed(b, p, (size_t)n);
		from += (unsigned long long)n;
	}
	end_line(b);
}

/* The first part of the message itself whose body ends after `at'. */
static unsigned long
first_after(const struct split *s, unsigned long long at)
{
	unsigned long low = 0, high = s->texts;

	while (low < high) {
		unsigned long mid = low + (high - low) / 2;
		const struct entry *e = &s->outline.entry[s->text[mid]];

		if (e->body.start + e->body.len <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
cover_all(struct split *s, unsigned long long start, unsigned long long len)
{
	struct between b = { .n = 0 };
	unsigned long long end = start + len;

	for (unsigned long i = first_after(s, start); start < end && !b.other; i++) {
		const struct entry *e = i < s->texts ? &s->outline.entry[s->text[i]] : NULL;
		unsigned long long to = e != NULL && e->body.start < end ? e->body.start : end;

		if (start < to)
			read_between(s, &b, start, to);
		start = e != NULL && e->body.start < end ? e->body.start + e->body.len : end;
	}
	return !b.other;
}
