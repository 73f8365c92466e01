/* SPDX-License-Identifier: ISC */
// with: cmd/virlog/line.c
/*
 * Any record makes a line of printable ASCII that is not too long, ends in a
 * record, has one ], and says "virus found" only where one was.
 */
#include "cmd/virlog/line.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
check(bool good)
{
	if (!good)
		abort();
}

static void
check_line(const char *record, size_t n, size_t room)
{
	static const char *const texts[] = { " virus found and dealt ",
	    " suffix dealt ", " conversion dealt ", " odd part dealt ", " not scanned ",
	    " relay dealt ", " action ", " other record " };
	char line[LINE_BYTES + 1];
	size_t len = line_text(line, room, record, n);
	const char *tail = NULL;
	bool virus;

	check(len > 0 && len <= room);
	line[len] = '\0';
	for (size_t i = 0; i < len; i++)
		check(line[i] >= ' ' && line[i] <= '~');
	check(strchr(line, ']') == strrchr(line, ']'));
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (tail == NULL && (tail = strstr(line, texts[i])) != NULL)
			tail += strlen(texts[i]);
	check(tail != NULL && record_valid(tail, strlen(tail)));
	virus = record_is(record, n, "verdict", "infected");
	check((strstr(line, "virus found") != NULL) == virus);
	check((line_level(record, n) == LINE_ALERT) == virus);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct record r;
	const char *p = (const char *)data;

	if (record_valid(p, n)) {
		check_line(p, n, LINE_BYTES);
		check_line(p, n, 512);
	}
	record_start(&r);
	record_addstr(&r, "verdict", n % 2 ? "infected" : "odd");
	record_add(&r, n % 3 ? "sig" : "why", data, n);
	record_add(&r, "name", data, n);
	check_line(r.text, r.len, 600 + n % 400);
	return 0;
}
