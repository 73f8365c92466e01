/* SPDX-License-Identifier: ISC */
#include "common/fieldfind.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct fieldfind f;

/*
 * What is left of a message without its X-Multiscan, in out, in pieces of so many
 * bytes; how many were found.
 */
static unsigned long long
strip(struct span m, size_t piece, char *out, size_t *left)
{
	enum fieldfind_event e;
	size_t kept = 0;

	*left = 0;
	fieldfind_start(&f, (struct span){ "X-Multiscan", 11 });
	for (size_t at = 0; ; ) {
		size_t n = m.n - at < piece ? m.n - at : piece;

		if (n > 0)
			at += fieldfind_feed(&f, m.p + at, n, &e);
		else
			e = fieldfind_finish(&f);
		if (e == FIELDFIND_END) {
			memcpy(out + *left, m.p + kept, (size_t)f.start - kept);
			*left += (size_t)f.start - kept;
			kept = (size_t)f.end;
		}
		if (n == 0 && e == FIELDFIND_NOTHING)
			break;
	}
	memcpy(out + *left, m.p + kept, m.n - kept);
	*left += m.n - kept;
	return fieldfind_count(&f);
}

/* n bytes of a message, of which `want' is left; and in that there is none. */
static bool
leaves_n(const char *m, size_t n, unsigned long long count, const char *want, size_t wanted)
{
	char out[512], again[512];
	size_t left, left2;

	for (size_t piece = n + 1; piece > 0; piece = piece > 1 ? 1 : 0) {
		if (strip((struct span){ m, n }, piece, out, &left) != count)
			return false;
		if (left != wanted || memcmp(out, want, left) != 0)
			return false;
	}
	return strip((struct span){ out, left }, 7, again, &left2) == 0 && left2 == left;
}

#define LEAVES(m, count, want) \
	OK(leaves_n(m, sizeof m - 1, count, want, sizeof want - 1))

static void
fields(void)
{
	LEAVES("", 0, "");
	LEAVES("A: b\n\nX-Multiscan: in the body\n", 0,
	    "A: b\n\nX-Multiscan: in the body\n");
	LEAVES("A: b\nX-Multiscan: clean\nC: d\n\nx", 1, "A: b\nC: d\n\nx");
	LEAVES("x-MULTISCAN: clean\r\nC: d\r\n\r\nx", 1, "C: d\r\n\r\nx");
	LEAVES("X-Multiscan: a\n b\n\tc\nC: d\n\n", 1, "C: d\n\n");
	LEAVES("X-Multiscan: a\n \n\nX-Multiscan: b\n", 1, "\nX-Multiscan: b\n");
	LEAVES("X-Multiscan: a\nX-Multiscan: b\n\n", 2, "\n");
	LEAVES("X-Multiscan \t: a\nA: b\n\n", 1, "A: b\n\n");
	LEAVES("A: b\nX-Multiscan:", 1, "A: b\n");
	LEAVES("A: b\nX-Multiscan: a\r\n\r\n", 1, "A: b\n\r\n");
	LEAVES("X-Multiscan-2: a\nX-Multisca: b\nX-Multiscan; c: d\n\n", 0,
	    "X-Multiscan-2: a\nX-Multisca: b\nX-Multiscan; c: d\n\n");
	LEAVES("A: b\n X-Multiscan: goes on A\n\n", 0, "A: b\n X-Multiscan: goes on A\n\n");
	LEAVES("X-Multiscan: a\r\r\nA: b\r\r\n\r\r\nX-Multiscan: body\r\r\n", 1,
	    "A: b\r\r\n\r\r\nX-Multiscan: body\r\r\n");
}

/* What no RFC has, and a client may read. */
static void
tricks(void)
{
	LEAVES("no field\nX-Multiscan: a\n\n", 1, "no field\n\n");
	LEAVES("no field\n X-Multiscan: a\nB: c\n\n", 1, "no field\nB: c\n\n");
	LEAVES(" X-Multiscan: a\nB: c\n\n", 1, "B: c\n\n");
	LEAVES("From x@y Mon\n X-Multiscan: a\n b\n\n", 1, "From x@y Mon\n\n");
	LEAVES("X-Mu\0ltiscan\0: a\nB: c\n\n", 1, "B: c\n\n");
	LEAVES("\xef\xbb\xbfX-Multiscan: a\nB: c\n\n", 1, "B: c\n\n");
	LEAVES("\x0bX-Multiscan\xa0: a\nB: c\n\n", 1, "B: c\n\n");
	LEAVES("X-Multiscan\n : a\n b\nB: c\n\n", 1, "B: c\n\n");
	LEAVES("bad\nX-Multiscan\n : a\nB: c\n\n", 1, "bad\nB: c\n\n");
	LEAVES("A: b\nX-Multiscan", 1, "A: b\n");
	LEAVES("bad\n\tX-Multiscan", 1, "bad\n");
}

/* Lines that end in a CR, for some. */
static void
crs(void)
{
	LEAVES("A: b\rX-Multiscan: c\nB: d\n\n", 1, "A: b\r\nB: d\n\n");
	LEAVES("A: b\rX-Multiscan: c\r\n e\r\nB: d\r\n\r\n", 1, "A: b\r\nB: d\r\n\r\n");
	LEAVES("A: b\rX-Multiscan: c\rB: d\n\n", 1, "A: b\rB: d\n\n");
	LEAVES("X-Multiscan: c\rB: d\nC: e\n\n", 1, "C: e\n\n");
	LEAVES("\rX-Multiscan: c\nB: d\n\n", 1, "B: d\n\n");
	LEAVES("X-Multiscan\r: c\nB: d\n\n", 1, "B: d\n\n");
	LEAVES("A: b\rX-Multiscan: c\rX-Multiscan: d\nB: d\n\n", 2, "A: b\r\nB: d\n\n");
	LEAVES("X-Multiscan: a\r\rB: b\nC: d\rX-Multiscan: e\n\n", 2, "C: d\r\n\n");
	LEAVES("A: b\r\rX-Multiscan: a\nX-Multiscan: c\n\n", 1, "A: b\r\rX-Multiscan: a\n\n");
	LEAVES("A: b\rc\n X-Multiscan: d\r\rX-Multiscan: e\n\n", 1,
	    "A: b\rc\n \r\rX-Multiscan: e\n\n");
	LEAVES("X-Multiscan\r\rX-Multiscan: d\nB: c\n\n", 2, "B: c\n\n");
	LEAVES("A: b\rX-Multiscan: c", 1, "A: b\r");
}

static void
alone(void)
{
	static const char M[] = "X-Multiscan: a\rB: c\r\rX-Multiscan: body\r";
	enum fieldfind_event e;
	size_t n;

	fieldfind_start(&f, (struct span){ "x-multiscan", 11 });
	fieldfind_cr_alone(&f);
	n = fieldfind_feed(&f, M, sizeof M - 1, &e);
	OK(e == FIELDFIND_VALUE && n == 12 && f.plain);
	n += fieldfind_feed(&f, M + n, sizeof M - 1 - n, &e);
	OK(e == FIELDFIND_END && f.start == 0 && f.end == 15);
	n += fieldfind_feed(&f, M + n, sizeof M - 1 - n, &e);
	OK(e == FIELDFIND_NOTHING && n == sizeof M - 1 && f.done);
	OK(fieldfind_finish(&f) == FIELDFIND_NOTHING && fieldfind_count(&f) == 1);
}

/* Where a value begins, and whether every reader finds it there. */
static bool
value_at(const char *m, size_t want, bool plain)
{
	enum fieldfind_event e;
	size_t n;

	fieldfind_start(&f, (struct span){ "Subject", 7 });
	n = fieldfind_feed(&f, m, strlen(m), &e);
	return e == FIELDFIND_VALUE ? n == want && f.at == want && f.plain == plain :
	    want == 0;
}

static void
values(void)
{
	OK(value_at("Subject: x\n\n", 8, true));
	OK(value_at("A: b\nSUBJECT:\n x\n\n", 13, true));
	OK(value_at("Subject : x\n\n", 9, false));
	OK(value_at("A: b\rSubject: x\n\n", 13, false));
	OK(value_at("bad\n Subject: x\n\n", 13, false));
	OK(value_at("A: b\n\nSubject: x\n", 0, false));
}

static void
names(void)
{
	char name[FIELDFIND_NAME + 1];

	memset(name, 'a', sizeof name);
	OK(fieldfind_start(&f, (struct span){ name, FIELDFIND_NAME }));
	OK(!fieldfind_start(&f, (struct span){ name, FIELDFIND_NAME + 1 }));
	OK(!fieldfind_start(&f, (struct span){ "", 0 }));
	OK(!fieldfind_start(&f, (struct span){ "a:", 2 }));
	OK(!fieldfind_start(&f, (struct span){ "a b", 3 }));
	OK(!fieldfind_start(&f, (struct span){ "\xc3\xa9", 2 }));
}

int
main(void)
{
	fields();
	tricks();
	crs();
	alone();
	values();
	names();
	return done();
}
