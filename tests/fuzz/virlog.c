/* SPDX-License-Identifier: ISC */
// with: cmd/virlog/line.c cmd/virlog/fit.c cmd/virlog/json.c
// with: cmd/virlog/form.c cmd/virlog/show.c
/*
 * Any record makes a line of printable ASCII that is not too long, in each form, and
 * says "virus found" only where one was; the text ends in a record and has one ], the
 * object is one.  What -r shows of them is the same for both, nothing that it shows, of
 * these or of any bytes, does anything to a terminal, and no two lines are shown alike.
 */
#include "cmd/virlog/form.h"
#include "cmd/virlog/show.h"
#include "common/clean.h"
#include "common/hex.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static const struct form_time now = { "Sep  8 16:45:44", "2002-09-08T16:45:44.000001+00:00" };

static void
check(bool good)
{
	if (!good)
		abort();
}

static void
check_text(const char *line, size_t len)
{
	const char *tail = strstr(line, LOGKIND_MARK), *end = line + len;
	enum logkind kind;
	size_t used;

	check(tail != NULL && strchr(line, ']') == strrchr(line, ']'));
	tail = strchr(strchr(tail, ']') + 2, ' ') + 1;
	check(logkind_find(tail, (size_t)(end - tail), &kind, &used) && tail[used] == ' ');
	tail += used + 1;
	check(record_valid(tail, (size_t)(end - tail)));
}

static void
check_object(const char *line)
{
	const char *p = strchr(line, '{');
	size_t quotes = 0, deep = 0;

	check(p != NULL && line[strlen(line) - 1] == '}');
	for (; *p != '\0'; p++) {
		check(*p != '\\');
		quotes += *p == '"';
		if (quotes % 2 == 0 && *p == '[')
			check(++deep == 1);
		if (quotes % 2 == 0 && *p == ']')
			check(deep-- == 1);
	}
	check(quotes % 2 == 0 && deep == 0);
}

static void
check_clean(const char *shown, size_t len)
{
	static char again[SHOW_ROOM];

	memcpy(again, shown, len);
	check(clean_line(again, len) == len && memcmp(again, shown, len) == 0);
}

/* What differs is shown differently. */
static void
check_pair(const char *a, size_t n, const char *b, size_t m)
{
	static char one[SHOW_ROOM], two[SHOW_ROOM];
	size_t len = show_line(one, a, n), other = show_line(two, b, m);
	bool same = n == m && memcmp(a, b, n) == 0;

	check(same == (len == other && memcmp(one, two, len) == 0));
}

static void
check_shown(const char *line, size_t n)
{
	static char shown[SHOW_ROOM];
	size_t len = show_line(shown, line, n);

	check(len <= sizeof shown);
	check_clean(shown, len);
	/* A line may well be what another is shown as. */
	if (len <= SHOW_LINE)
		check_pair(line, n, shown, len);
}

static void
check_bytes(const char *line, size_t n)
{
	static char shown[SHOW_ROOM];
	size_t used, rest, len = show_bytes(shown, line, n, false, &used), at = 0;

	check(used <= n && n - used < SHOW_KEPT);
	len += show_bytes(shown + len, line + used, n - used, true, &rest);
	check(rest == n - used);
	for (size_t i = 0; i < len; i++) {
		char c = shown[i];

		if (c == '\\' && shown[++i] != '\\') {
			check(shown[i] == 'x' && i + 2 < len);
			c = (char)(hex(shown[i + 1]) * 16 + hex(shown[i + 2]));
			i += 2;
		}
		check(at < n && line[at++] == c);
	}
	check(at == n);
}

static void
check_forms(const char *record, size_t n)
{
	char line[LINE_BYTES + 1];
	struct line l;

	line_read(&l, record, n);
	check((l.level == LINE_ALERT) == (l.kind == LOGKIND_VIRUS));
	check((l.kind == LOGKIND_VIRUS) == record_is(record, n, "verdict", "infected"));
	for (int i = 0; i < 6; i++) {
		const struct form f = { i % 2 != 0, "iMS", "mta" };
		size_t len = form_line(line, &f, (enum form_place)(i / 2), &now, &l);

		check(len > 0 && len < LINE_BYTES);
		for (size_t j = 0; j < len; j++)
			check(line[j] >= ' ' && line[j] <= '~');
		line[len] = '\0';
		check((strstr(line, "virus found") != NULL) == (l.kind == LOGKIND_VIRUS));
		if (f.json)
			check_object(line);
		else
			check_text(line, len);
		check_shown(line, len);
	}
}

/* Where nothing was cut, -r shows the same of both forms. */
static void
check_alike(const char *record, size_t n)
{
	static char text[SHOW_ROOM + 1], object[SHOW_ROOM + 1];
	char line[LINE_BYTES];
	struct form f = { false, "iMS", "mta" };
	struct form_time same = now;
	const char *mark, *same_mark;
	struct line l;
	size_t len, other;

	line_read(&l, record, n);
	len = show_line(text, line, form_line(line, &f, FORM_FILE, &same, &l));
	f.json = true;
	other = show_line(object, line, form_line(line, &f, FORM_FILE, &same, &l));
	text[len] = object[other] = '\0';
	mark = strstr(text, LOGKIND_MARK);
	same_mark = strstr(object, LOGKIND_MARK);
	check(mark != NULL && same_mark != NULL && object[0] == '{');
	len -= (size_t)(mark - text);
	check(len == other - (size_t)(same_mark - object) &&
	    memcmp(mark, same_mark, len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct record r;
	const char *p = (const char *)data;
	size_t some = n < SHOW_LINE ? n : SHOW_LINE;

	check_shown(p, some);
	check_bytes(p, some);
	check_pair(p, some / 2, p + some / 2, some - some / 2);
	if (record_valid(p, n))
		check_forms(p, n);
	record_start(&r);
	record_addstr(&r, "verdict", n % 2 ? "infected" : "odd");
	record_add(&r, n % 3 ? "sig" : "why", data, n);
	record_add(&r, "name", data, n);
	check_forms(r.text, r.len);
	if (n < 30)
		check_alike(r.text, r.len);
	return 0;
}
