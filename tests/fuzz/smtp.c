/* SPDX-License-Identifier: ISC */
/*
 * No reply is read past its end or before it is whole; what is stuffed comes
 * back at a strict receiver, in whatever pieces, and ends once, at its end.
 */
#include "common/smtp.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = 65536 };

static void
check(bool good)
{
	if (!good)
		abort();
}

static void
replies(const char *p, size_t n)
{
	static char text[MAX];
	struct smtp_reply r, part;
	struct smtp_offer o;
	struct span line;
	long len = smtp_reply(p, n, &r);
	size_t at = 0, lines = 0;

	check(len >= -1 && len <= (long)n);
	if (len <= 0)
		return;
	check(r.code >= 200 && r.code <= 599 && r.lines.n == (size_t)len);
	for (size_t i = 0; i < r.lines.n; i++)
		check(smtp_reply(p, i, &part) == 0);
	for (; smtp_reply_line(&r, &at, &line); lines++)
		check(line.p >= p && line.p + line.n <= p + len);
	check(lines > 0 && at == r.lines.n);
	check(smtp_reply_text(&r, text, n) <= n && smtp_reply_text(&r, text, 3) <= 3);
	smtp_offer(&r, &o);
}

static void
addresses(const char *p, size_t n)
{
	struct span a = { p, n };
	char text[SMTP_VALUEMAX];
	size_t len = smtp_xtext(text, a);

	check(len <= sizeof text);
	for (size_t i = 0; i < len; i++)
		check(text[i] > ' ' && text[i] < 0x7f && text[i] != '=');
	if (smtp_address(a))
		for (size_t i = 0; i < n; i++)
			check((unsigned char)p[i] >= 0x20 && p[i] != 0x7f);
}

/* A message as a strict receiver has it, from the wire; its length or -1. */
static long
unstuff(const char *p, size_t n, char *to)
{
	long len = 0;

	for (size_t i = 0, bol = 1; i < n; i++) {
		if (bol && p[i] == '.' && n - i >= 3 && memcmp(p + i, ".\r\n", 3) == 0)
			return i + 3 == n ? len : -1;
		if (!(bol && p[i] == '.'))
			to[len++] = p[i];
		bol = p[i] == '\n' && i > 0 && p[i - 1] == '\r';
	}
	return -1;
}

static size_t
crlf(const char *p, size_t n, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'))
			to[len++] = '\r';
		to[len++] = p[i];
	}
	if (n > 0 && p[n - 1] != '\n') {
		to[len++] = '\r';
		to[len++] = '\n';
	}
	return len;
}

static void
stuffing(const char *p, size_t n, size_t step)
{
	static char wire[2 * MAX + SMTP_ENDMAX], back[2 * MAX + 8], want[2 * MAX + 8];
	struct smtp_stuff s = { 0 }, counted = { 0 };
	size_t len = 0, wantlen = crlf(p, n, want);

	for (size_t i = 0; i < n; i += step) {
		size_t piece = n - i < step ? n - i : step;
		size_t got = smtp_stuff(&s, p + i, piece, wire + len);

		check(got <= 2 * piece);
		len += got;
	}
	len += smtp_stuff_end(&s, wire + len);
	check(unstuff(wire, len, back) == (long)wantlen);
	check(memcmp(back, want, wantlen) == 0 && s.size == wantlen && s.taken == n);
	smtp_stuff(&counted, p, n, NULL);
	smtp_stuff_end(&counted, NULL);
	check(counted.size == s.size && counted.eightbit == s.eightbit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;

	if (n > MAX)
		n = MAX;
	if (n <= 2048)
		replies(p, n);
	addresses(p, n);
	stuffing(p, n, 1 + n % 5);
	stuffing(p, n, MAX);
	return 0;
}
