/* SPDX-License-Identifier: ISC */
#include "common/record.h"
#include "tests/unit/tap.h"

#include <stdbool.h>
#include <string.h>

static struct record r;

static bool
valid(const char *s)
{
	return record_valid(s, strlen(s));
}

static void
grammar(void)
{
	OK(valid("a=1"));
	OK(valid("from= to=x@y.z"));
	OK(valid("name=a%20b%0A"));
	OK(!valid(""));
	OK(!valid("a"));
	OK(!valid("=x"));
	OK(!valid("a=1 "));
	OK(!valid(" a=1"));
	OK(!valid("a=1  b=2"));
	OK(!valid("A=1"));
	OK(!valid("a=%2"));
	OK(!valid("a=%0a"));		/* lower case */
	OK(!valid("a=%41"));		/* A stands for itself */
	OK(!valid("a=\x1b[2J"));
	OK(!valid("a=1\n"));
	OK(!record_valid("a=\0", 3));
}

static void
all_bytes(void)
{
	char bytes[256], back[256];
	struct span v;

	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	record_start(&r);
	record_add(&r, "x", bytes, sizeof bytes);
	OK(record_valid(r.text, r.len));
	OK(record_get(r.text, r.len, "x", &v));
	OK(record_decode(back, v) == 256 && memcmp(back, bytes, 256) == 0);
}

static void
cutting(void)
{
	static char big[RECORD_MAX * 2];
	struct span v;

	memset(big, '\n', sizeof big);
	record_start(&r);
	record_addnum(&r, "part", 7);
	record_add(&r, "name", big, sizeof big);
	record_add(&r, "text", big, sizeof big);
	record_end(&r);
	OK(r.len <= RECORD_MAX);
	OK(record_valid(r.text, r.len - 1));
	OK(record_is(r.text, r.len - 1, "cut", "name"));
	OK(record_get(r.text, r.len - 1, "name", &v) && v.n % 3 == 0);
	OK(r.full);
}

static void
reading(void)
{
	const char *line = "part=3 to=a to=b size=012 n=18446744073709551616";
	unsigned long long n;

	OK(record_num(line, strlen(line), "part", &n) && n == 3);
	OK(!record_num(line, strlen(line), "size", &n));
	OK(!record_num(line, strlen(line), "n", &n));
	OK(!record_num(line, strlen(line), "none", &n));
	OK(record_is(line, strlen(line), "to", "a"));
	OK(!record_is(line, strlen(line), "to", "b"));
}

int
main(void)
{
	grammar();
	all_bytes();
	cutting();
	reading();
	return done();
}
