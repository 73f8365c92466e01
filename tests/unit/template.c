/* SPDX-License-Identifier: ISC */
// with: cmd/notice/template.c cmd/notice/values.c
#include "cmd/notice/template.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct template t;
static struct template_error e;
static struct filling given, f;
static char room[4000];

static void
set(struct values *v, const char *key, const char *value)
{
	char copy[2000];

	memcpy(copy, value, strlen(value));
	value_set(v, value_key((struct span){ key, strlen(key) }), copy, strlen(value));
}

static bool
reads(const char *text)
{
	return template_read(&t, text, strlen(text), &e);
}

static bool
refused(const char *text, unsigned long line, const char *what)
{
	return !reads(text) && e.line == line && strstr(e.what, what) != NULL;
}

/* Is the body of that text this, filled with what is given? */
static bool
gives(const char *body, const char *want)
{
	char text[4000];
	struct text out = { room, 0, sizeof room };

	snprintf(text, sizeof text, "Subject: x\nInfected: it holds {sig}\n"
	    "Banned: names in {suffix}\nBanned: such\nNameless: part {part}\n\n%s", body);
	if (!reads(text))
		return false;
	f = given;
	template_words(&t, &f, &given);
	template_body(&t, &f, &out);
	return out.n == strlen(want) && memcmp(room, want, out.n) == 0;
}

static void
record(struct values *v, const char *line)
{
	static char work[RECORD_MAX];

	values_record(v, (struct span){ line, strlen(line) }, work);
}

static void
reading(void)
{
	OK(reads("Subject: a {id}\n\nbody {name} {{ } {}\n"));
	OK(reads("\xef\xbb\xbfsubject: a\r\n# x\r\nCHARSET: utf-8\r\n\r\nb\r\n"));
	OK(t.charset.n == 5 && memcmp(t.charset.p, "utf-8", 5) == 0);
	OK(reads("Subject: a\n\nno end") && t.body.n == 7);
	OK(reads("Subject: a") && t.body.n == 0);
	OK(refused("", 1, "no Subject"));
	OK(refused("# a\n\nx\n", 2, "no Subject"));
	OK(refused("Subject: a\nSubject: b\n\n", 2, "one already"));
	OK(refused("Subject:\n\n", 1, "nothing behind"));
	OK(refused("Subject: a\nSubjekt: b\n\n", 2, "no such word"));
	OK(refused("Subject: a\nhello\n\n", 2, "Word: text"));
	OK(refused("Subject: a\n\nx\n{nome}\n", 4, "no such placeholder"));
	OK(strcmp(e.key, "nome") == 0);
	OK(refused("Subject: {x y}\n\nx\n", 1, "no such placeholder"));
	OK(refused("Subject: {Name}\n\nx\n", 1, "no such placeholder"));
	OK(refused("Subject: a\n\n{name\n", 3, "without its }"));
	OK(refused("Subject: a\n\n{\n", 3, "without its }"));
	OK(refused("Subject: a\n\n{{{\n", 3, "without its }"));
	OK(refused("Subject: a\nBanned: {what}\n\n", 2, "cannot stand here"));
	OK(refused("Subject: a\nNameless: {name}\n\n", 2, "cannot stand here"));
	OK(refused("Subject: a\n\nb\n\xe9\n", 4, "not UTF-8"));
	OK(refused("Subject: a\n\nb\n\xe2\x80\xae\n", 4, "not shown"));
	OK(refused("Subject: a\n\nb\n\033[m\n", 4, "not shown"));
	memset(room, '{', sizeof room);
	OK(!template_read(&t, room, sizeof room, &e));
}

static void
lines(void)
{
	memset(&given, 0, sizeof given);
	set(&given.all, "id", "17");
	set(&given.all, "text", "a {id} {{ {");
	OK(gives("{id}\n", "17\n"));
	OK(gives("{{id}\n", "{id}\n"));
	OK(gives("a{}b {{{id}}\n", "ab {17}\n"));
	OK(gives("{text}\n", "a {id} {{ {\n"));
	OK(gives("? {url}\nx\n? {id}\n", "x\n17\n"));
	OK(gives("? {id} {url}\n", ""));
	OK(gives("?{url}\n", "?\n"));
	OK(gives("{}? {url}\n", "?\n"));
	OK(gives("a\n\n? {url}\n\nb\n\n\n", "a\n\nb\n"));
	OK(gives("\n\n{url}\na\n", "a\n"));
	OK(gives("a {url}\n", "a\n"));
	OK(gives("+ {name}\nx\n", "x\n"));
	OK(gives("? {more}\n? {count} {since}\n", ""));
}

static void
lists(void)
{
	memset(&given, 0, sizeof given);
	record(&given.all, "id=17 from=a@b to=c@d to=e@f to=%0A to=g queue=1 queue=2 nonsense=3");
	record(&given.entry[0], "n=1 part=2 verdict=infected sig=X%1B name=filename:a.com name=type:b");
	record(&given.entry[1], "n=2 part=3 verdict=banned suffix=.exe name=word:%FF%E2%80%AEx");
	record(&given.entry[2], "n=3 part=4 verdict=banned");
	record(&given.entry[3], "n=4 part=5 verdict=odd why=bidi");
	given.entries = 4;
	OK(gives("{to} {queue}\n", "c@d, e@f,  , g 1\n"));
	OK(gives("+ {name}: {what}\n", "a.com: it holds X?\n??x: names in .exe\npart 4: such\n"
	    "part 5: odd\n"));
	OK(gives("+ - {name}\n+ ? {suffix}\nx\n+ {id}\n",
	    "- a.com\n- ??x\n.exe\n- part 4\n- part 5\nx\n17\n17\n17\n17\n"));
	OK(gives("{name} {part}\n", "a.com 2\n"));
	set(&given.all, "name", "all");
	set(&given.all, "what", "w");
	OK(gives("{name} {what}\n+ {name}\n", "all w\na.com\n??x\npart 4\npart 5\n"));
	OK(gives("{what}\n", "w\n"));
}

static void
bounds(void)
{
	char text[1500];
	struct text out = { room, 0, 10 };

	memset(&given, 0, sizeof given);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	set(&given.all, "name", text);
	set(&given.all, "text", text);
	OK(strlen(given.all.text[VALUE_NAME]) == VALUE_SHORT + 3);
	OK(strlen(given.all.text[VALUE_TEXT]) == VALUE_MAX + 3);
	set(&given.all, "name", "\n \xc3\xa9\r\nBcc: x\t ");
	OK(strcmp(given.all.text[VALUE_NAME], "\xc3\xa9 Bcc: x") == 0);
	OK(reads("Subject: {text}\n\n{text}\n{text}\n"));
	template_body(&t, &given, &out);
	OK(out.n == 10);
	memset(&given, 0, sizeof given);
	for (size_t i = 0; i < 1400; i += 5)
		memcpy(text + i, "to=\xc3 ", 5);
	for (size_t i = 0; i + 5 < 1400; i += 5)
		text[i + 3] = 'a';
	text[1399] = '\0';
	for (int i = 0; i < 3; i++)
		record(&given.all, text);
	OK(strlen(given.all.text[VALUE_TO]) <= VALUE_MAX + 3);
	OK(value_key((struct span){ "nam", 3 }) == VALUE_UNKNOWN);
	OK(value_key((struct span){ "", 0 }) == VALUE_UNKNOWN);
}

/* The words of one language do not stay for the next. */
static void
languages(void)
{
	memset(&given, 0, sizeof given);
	record(&given.entry[0], "part=2 verdict=infected sig=X");
	given.entries = 1;
	OK(gives("{name} {what}\n", "part 2 it holds X\n"));
	OK(reads("Subject: {what}\nInfected: voller {sig}\n\n"));
	template_words(&t, &f, &given);
	OK(strcmp(f.entry[0].text[VALUE_WHAT], "voller X") == 0);
	OK(f.entry[0].text[VALUE_NAME][0] == '\0');
}

int
main(void)
{
	reading();
	lines();
	lists();
	bounds();
	languages();
	return done();
}
