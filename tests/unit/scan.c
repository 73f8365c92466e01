/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/scan.c
#define _GNU_SOURCE	/* memmem */
#include "cmd/virtally/scan.h"
#include "tests/unit/tap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const needles[] = { "[ID 702911 mail.", "\"kind\":\"", "status=sent",
    "status=deferred", ": client=", "reject: ", ": uid=" };

enum { NEEDLES = sizeof needles / sizeof needles[0], LINES_MAX = 4096, MADE_MAX = 1 << 15 };

/* Does what stands behind this needle say that it is no matter? */
static bool
no_matter(const char *needle, const char *p, const char *end)
{
	if (strcmp(needle, "status=sent") == 0)
		return end - p >= 25 && memcmp(p, " (delivered via multiscan", 25) == 0;
	if (strcmp(needle, ": client=") != 0)
		return false;
	if (end - p > 320)
		end = p + 320;
	while (p < end && *p != ']' && *p != ',' && *p != ' ')
		p++;
	return end - p >= 8 && memcmp(p, "], orig_", 8) == 0;
}

/* Is there such a needle in a line? */
static bool
has(const char *p, const char *end, const char *needle)
{
	size_t n = strlen(needle);

	for (; (p = memmem(p, (size_t)(end - p), needle, n)) != NULL; p++)
		if (!no_matter(needle, p + n, end))
			return true;
	return false;
}

/* What there is to find, found as nobody would do it for speed. */
static size_t
find_slowly(const char *p, size_t n, struct span *lines)
{
	size_t found = 0;

	for (const char *end = p + n, *newline; p < end; p = newline + 1) {
		bool any = false;

		if ((newline = memchr(p, '\n', (size_t)(end - p))) == NULL)
			break;
		for (size_t i = 0; i < NEEDLES; i++)
			any = any || has(p, newline, needles[i]);
		if (any && found < LINES_MAX)
			lines[found++] = (struct span){ p, (size_t)(newline - p) };
	}
	return found;
}

typedef bool scan(const char **at, const char *end, struct span *line);

static bool
finds(scan *next, const char *p, size_t n, const struct span *want, size_t nwant)
{
	const char *at = p, *end = p + n;
	struct span line;
	size_t i = 0;

	while (next(&at, end, &line)) {
		if (i == nwant || line.p != want[i].p || line.n != want[i].n)
			return false;
		if (at != line.p + line.n + 1)
			return false;
		i++;
	}
	return i == nwant && at == end;
}

/* Both, over a copy of exactly these bytes. */
static bool
agree(const char *p, size_t n, size_t *found)
{
	static struct span want[LINES_MAX];
	char *copy = malloc(n > 0 ? n : 1);
	bool good;

	if (copy == NULL)
		return false;
	memcpy(copy, p, n);
	*found = find_slowly(copy, n, want);
	good = finds(scan_next, copy, n, want, *found) &&
	    finds(scan_next_plain, copy, n, want, *found);
	free(copy);
	return good;
}

static uint32_t seed = 1;

static uint32_t
next_random(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Each needle in each place of a line, and lines in each place of a block. */
static void
places(void)
{
	static char text[512];
	size_t found, wrong = 0, all = 0;

	for (size_t i = 0; i < NEEDLES; i++)
		for (size_t before = 0; before < 80; before++)
			for (size_t behind = 0; behind < 80; behind += 1 + before % 3) {
				size_t len = strlen(needles[i]), n = 0;

				memset(text, 'x', sizeof text);
				n = before % 41;
				text[n++] = '\n';
				n += before;
				memcpy(text + n, needles[i], len);
				n += len + behind;
				text[n++] = '\n';
				wrong += !agree(text, n, &found) || found != 1;
				wrong += !agree(text, n - 1, &found) || found != 0;
				all++;
			}
	OK(wrong == 0);
	OK(all > 10000);
}

/* Pieces of needles, whole ones, newlines, NULs, high bytes, real text. */
static size_t
make_random(char *to, size_t max)
{
	static const char *const text[] = { "Nov 26 18:00:01 mx1 postfix/smtpd[1234]: ",
	    "[::1]", "connect from ", "message-id=<", "nrcpt=1", "\n", "\n\n", "u:u", "n=",
	    " (delivered via multiscan", "host[1.2.3.4], orig_client=x" };
	size_t n = 0, want = next_random((uint32_t)max);

	while (n < want) {
		const char *piece = next_random(3) ? text[next_random(11)] :
		    needles[next_random(NEEDLES)];
		size_t len = strlen(piece);

		if (next_random(4) == 0)
			len = next_random((uint32_t)len + 1);
		if (n + len + 1 > max)
			break;
		memcpy(to + n, piece, len);
		n += len;
		if (next_random(8) == 0)
			to[n++] = (char)next_random(256);
		if (next_random(6) == 0)
			to[n++] = '\n';
	}
	return n;
}

static void
at_random(void)
{
	static char text[MADE_MAX];
	size_t found, wrong = 0, all = 0;

	for (int i = 0; i < 3000; i++) {
		size_t n = make_random(text, i % 100 ? 600 : sizeof text);

		wrong += !agree(text, n, &found);
		all += found;
	}
	OK(wrong == 0);
	OK(all > 1000);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)next_random(256);
	OK(agree(text, sizeof text, &found));
}

static void
edges(void)
{
	const char *text = "\n\n: uid=0\n: uid=", *at = text;
	struct span line;
	size_t found;

	OK(agree("", 0, &found) && found == 0);
	OK(agree("\n", 1, &found) && found == 0);
	OK(agree(": client=", 9, &found) && found == 0);
	OK(agree(": client=\n", 10, &found) && found == 1);
	OK(agree(": client\n=: client\n", 19, &found) && found == 0);
	OK(agree("reject: \0: uid=\n", 16, &found) && found == 1);
	OK(agree(": client=a[::1], orig_client=x\n", 31, &found) && found == 0);
	OK(agree(": client=a[::1], sasl_x=y, orig_client=x\n", 41, &found) && found == 1);
	OK(agree("status=sent (delivered via multiscan service)\n", 46, &found) && found == 0);
	OK(agree("status=sent (delivered via multiscan status=sent\n", 49, &found) && found == 1);
	OK(scan_next(&at, text + strlen(text), &line) && line.p == text + 2 && line.n == 7);
	OK(!scan_next(&at, text + strlen(text), &line) && at == text + strlen(text));
}

int
main(void)
{
	places();
	at_random();
	edges();
	return done();
}
