/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/ranges.c
#include "cmd/sigupdate/ranges.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct span
text(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static void
tags(void)
{
	static const char *const none[] = {
		"", "\"", "x", "\"x", "x\"", "W/", "W/\"", "W/x", "w/\"x\"", "W/ \"x\"", "\"a\"b\"",
		"\"a b\"", "\"a\tb\"", "\"a\x7f\"", "\"\xc3\xa4\"", "\"a\"\r", " \"a\"", "\"a\", \"b\"",
	};

	OK(ranges_tag(text("\"x\"")) == RANGES_STRONG);
	OK(ranges_tag(text("\"\"")) == RANGES_STRONG);
	OK(ranges_tag(text("\"!#~\"")) == RANGES_STRONG);
	OK(ranges_tag(text("W/\"x\"")) == RANGES_WEAK);
	OK(ranges_tag((struct span){ "\"\0\"", 3 }) == RANGES_NO_TAG);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		OK(ranges_tag(text(none[i])) == RANGES_NO_TAG);
}

static bool
part_is(const char *value, unsigned long long first, unsigned long long last,
    unsigned long long total)
{
	struct ranges_part p;

	return ranges_part(text(value), &p) && p.first == first && p.last == last &&
	    p.total == total;
}

static void
parts(void)
{
	static const char *const none[] = {
		"", "bytes", "bytes ", "bytes 0", "bytes 0-", "bytes 0-1", "bytes 0-1/", "bytes 0-1/*",
		"bytes */5", "bytes 0-5/5", "bytes 3-2/5", "bytes 0-1/5 ", "bytes  0-1/5",
		"bytes=0-1/5", "bytes 0 - 1/5", "bytes +0-1/5", "bytes 0-1/-5", "bytes 0x0-1/5",
		"octets 0-1/5", "bytes 0-0/0", "bytes 0-1/9223372036854775808",
		"bytes 0-1/18446744073709551621", "bytes 0-18446744073709551617/5", "bytes 0-1/5,",
		"bytes 0-1/99999999999999999999999999999999",
	};
	struct ranges_part p;

	OK(part_is("bytes 0-0/1", 0, 0, 1));
	OK(part_is("bytes 100-4999/5000", 100, 4999, 5000));
	OK(part_is("Bytes 007-8/10", 7, 8, 10));
	OK(part_is("bytes 1-2/9223372036854775807", 1, 2, 9223372036854775807));
	OK(!ranges_part((struct span){ "bytes 0-1/5\0", 12 }, &p));
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		OK(!ranges_part(text(none[i]), &p));
}

static void
others(void)
{
	unsigned long long n;

	OK(ranges_number(text("120"), &n) && n == 120);
	OK(ranges_number(text("0"), &n) && n == 0);
	OK(!ranges_number(text(""), &n));
	OK(!ranges_number(text("-1"), &n));
	OK(!ranges_number(text("12 "), &n));
	OK(!ranges_number(text("99999999999999999999"), &n));

	OK(ranges_text(text("Thu, 26 Nov 2026 15:30:58 GMT")));
	OK(!ranges_text(text("")));
	OK(!ranges_text(text(" x")));
	OK(!ranges_text(text("x ")));
	OK(!ranges_text(text("x\r\nCookie: y")));
	OK(!ranges_text(text("x\ty")));
	OK(!ranges_text(text("\xe4")));

	OK(!ranges_coded(text("Transfer-Encoding: chunked\r\n")));
	OK(!ranges_coded(text("transfer-encoding:CHUNKED")));
	OK(!ranges_coded(text("Transfer-Encodings: gzip\r\n")));
	OK(!ranges_coded(text("Content-Encoding: gzip\r\n")));
	OK(!ranges_coded(text("")));
	OK(ranges_coded(text("Transfer-Encoding: gzip\r\n")));
	OK(ranges_coded(text("TRANSFER-encoding:\tgzip, chunked\r\n")));
	OK(ranges_coded(text("Transfer-Encoding: chunked, gzip\r\n")));
	OK(ranges_coded(text("Transfer-Encoding: chunkedgzip\r\n")));
	OK(ranges_coded(text("Transfer-Encoding:\r\n")));
}

int
main(void)
{
	tags();
	parts();
	others();
	return done();
}
