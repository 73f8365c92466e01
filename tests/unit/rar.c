/* SPDX-License-Identifier: ISC */
// with: cmd/arcnames/rar.c
#include "cmd/arcnames/rar.h"
#include "tests/cases.h"
#include "tests/unit/tap.h"

#include <stdint.h>
#include <string.h>

static struct made {
	char b[70000];
	size_t n;
} file;

static struct rar_facts facts;
static char told[70000];
static size_t told_n;

static void
put(struct made *o, const void *p, size_t n)
{
	memcpy(o->b + o->n, p, n);
	o->n += n;
}

static void
number(struct made *o, unsigned long v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		o->b[o->n++] = (char)(v >> 8 * i);
}

static void
groups(struct made *o, unsigned long v)
{
	for (; v > 127; v >>= 7)
		number(o, v | 128, 1);
	number(o, v, 1);
}

static uint32_t
sum(const char *p, size_t n)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* A block of RAR 4. */
static void
old(unsigned type, unsigned flags, const void *body, size_t n)
{
	size_t at = file.n;

	number(&file, 0, 2);
	number(&file, type, 1);
	number(&file, flags, 2);
	number(&file, 7 + n, 2);
	put(&file, body, n);
	at += 2;
	file.n = at - 2;
	number(&file, sum(file.b + at, 5 + n), 2);
	file.n = at + 5 + n;
}

static void
old_start(unsigned flags)
{
	file.n = 0;
	put(&file, "Rar!\x1a\7\0", 7);
	old(0x73, flags, "\0\0\0\0\0\0", 6);
}

static void
old_file(unsigned flags, unsigned long mode, const char *name, size_t n,
    const char *data)
{
	static struct made m;

	m.n = 0;
	number(&m, strlen(data), 4);
	number(&m, strlen(data), 4);
	number(&m, mode == 0 ? 2 : 3, 1);
	number(&m, 0, 8);
	number(&m, 29, 1);
	number(&m, 0x30, 1);
	number(&m, n, 2);
	number(&m, mode, 4);
	if (flags & 0x100)
		number(&m, 0x100000000, 8);
	put(&m, name, n);
	old(0x74, 0x8000 | flags, m.b, m.n);
	put(&file, data, strlen(data));
}

#define OLD_FILE(flags, name, data) old_file(flags, 0, name, sizeof name - 1, data)

/* A header of RAR 5: its own fields, its extra area, its data. */
static void
new(unsigned type, unsigned flags, const struct made *own, const struct made *extra,
    const struct made *data)
{
	static struct made h, all;

	h.n = all.n = 0;
	groups(&h, type);
	groups(&h, flags | (extra != NULL) | (data != NULL ? 2u : 0));
	if (extra != NULL)
		groups(&h, extra->n);
	if (data != NULL)
		groups(&h, data->n);
	put(&h, own->b, own->n);
	if (extra != NULL)
		put(&h, extra->b, extra->n);
	groups(&all, h.n);
	put(&all, h.b, h.n);
	number(&file, sum(all.b, all.n), 4);
	put(&file, all.b, all.n);
	if (data != NULL)
		put(&file, data->b, data->n);
}

/* A header whose one field is a number. */
static void
new_number(unsigned type, unsigned long v)
{
	static struct made m;

	m.n = 0;
	groups(&m, v);
	new(type, 0, &m, NULL, NULL);
}

static void
new_start(unsigned flags)
{
	file.n = 0;
	put(&file, "Rar!\x1a\7\1\0", 8);
	new_number(1, flags);
}

static void
new_file(unsigned type, unsigned flags, unsigned kind, const char *name,
    const struct made *extra, const struct made *data)
{
	static struct made m;

	m.n = 0;
	groups(&m, kind);
	groups(&m, 300);
	groups(&m, 0x20);
	number(&m, 0, (kind & 2 ? 4 : 0) + (kind & 4 ? 4 : 0));
	groups(&m, 0);
	groups(&m, 0);
	groups(&m, strlen(name));
	put(&m, name, strlen(name));
	new(type, flags, &m, extra, data);
}

static void
say(const char *before, struct span s, const char *after)
{
	told_n += (size_t)snprintf(told + told_n, sizeof told - told_n, "%s", before);
	for (size_t i = 0; i < s.n && told_n < sizeof told - 8; i++)
		told[told_n++] = s.p[i] == '\0' ? '0' : s.p[i];
	told_n += (size_t)snprintf(told + told_n, sizeof told - told_n, "%s", after);
}

/* Members as name(unicode)->target; a folder ends in /, encrypted in *. */
static bool
member(void *ctx, const struct rar_member *m)
{
	int *left = ctx;

	say("", m->name, m->folder ? "/" : "");
	if (m->unicode.p != NULL)
		say("(", m->unicode, ")");
	if (m->link)
		say("->", m->target, "");
	say("", (struct span){ "", 0 }, m->encrypted ? "*;" : ";");
	return --*left != 0;
}

static const char *
walk(struct span s, size_t at, int most)
{
	char *copy = malloc(s.n + 1);

	if (copy == NULL)
		abort();
	memcpy(copy, s.p, s.n);
	told_n = 0;
	told[0] = '\0';
	if (!rar_walk((struct span){ copy, s.n }, at, &facts, member, &most))
		say("none", (struct span){ "", 0 }, "");
	free(copy);
	return told;
}

#define IS(want) (strcmp(walk((struct span){ file.b, file.n }, 0, -1), want) == 0)
#define FACTS(v, h, e, b) (facts.volume == (v) && facts.headers_encrypted == (h) && \
	facts.encrypted == (e) && facts.broken == (b))

static void
elder(void)
{
	old_start(0);
	OLD_FILE(0, "a.exe", "content");
	OLD_FILE(0xe0, "folder", "");
	old_file(0, 0xa1ff, "l", 1, "../target");
	OLD_FILE(0x100, "large", "");
	OK(IS("a.exe;folder/;l->../target;large;") && FACTS(0, 0, 0, 0));
	file.n = 0;
	old_start(0);
	OLD_FILE(4, "a.exe", "content");
	old(0x7a, 0, "", 0);
	old(0x78, 0x8000, "\3\0\0\0", 4);
	put(&file, "xyz", 3);
	OLD_FILE(0, "b", "");
	OK(IS("a.exe*;b;") && FACTS(0, 0, 1, 0) && facts.end == file.n);
	old(0x7b, 0x4000, "", 0);
	put(&file, "behind", 6);
	OK(IS("a.exe*;b;") && FACTS(0, 0, 1, 0) && facts.end == file.n - 6);
	OK(strcmp(walk((struct span){ file.b, file.n }, 0, 1), "a.exe*;") == 0);
	old_start(0x80);
	put(&file, "xxxxxxxxxxxx", 12);
	OK(IS("") && FACTS(0, 1, 0, 0));
}

static void
elder_volumes(void)
{
	old_start(1);
	OLD_FILE(0, "a", "");
	OK(IS("a;") && FACTS(1, 0, 0, 0));
	old_start(0);
	OLD_FILE(2, "a", "");
	OK(IS("a;") && FACTS(1, 0, 0, 0));
	old_start(0);
	OLD_FILE(1, "a", "");
	OK(IS("a;") && FACTS(1, 0, 0, 0));
	old_start(0);
	old(0x7b, 1, "", 0);
	OK(IS("") && FACTS(1, 0, 0, 0));
}

static void
elder_names(void)
{
	/* 01: on the page, 00: plain, 10: in full, 11: a run of the other name */
	old_start(0);
	OLD_FILE(0x200, "abc\0\4\x42" "Xy", "");
	OK(IS("abc(\321\230y);"));
	old_start(0);
	OLD_FILE(0x200, "abc.exe\0\x30\x6c\x42\x42\x30\3", "");
	OK(IS("abc.exe(\343\201\202\343\201\202c.exe);"));
	old_start(0);
	OLD_FILE(0x200, "a.exe\0\0\xc0\3", "");
	OK(IS("a.exe(a.exe);"));
	old_start(0);
	OLD_FILE(0x200, "a.exe\0\0\xc0\4.txt", "");
	OK(IS("a.exe(a.exe0.tx);"));
	old_start(0);
	OLD_FILE(0x200, "b/fyf\0\0\xc0\x83\xff", "");
	OK(IS("b/fyf(a.exe);"));
	old_start(0);
	OLD_FILE(0x200, "ab\0\0\xa0\x3d\xd8\x00\xde", "");
	OK(IS("ab(\360\237\230\200);"));
	old_start(0);
	OLD_FILE(0x200, "ab\0\0\x80\x3d\xd8", "");
	OK(IS("ab(\357\277\275);"));
	old_start(0);
	OLD_FILE(0x200, "\303\244.exe", "");
	OLD_FILE(0, "a.exe\0.txt", "");
	OLD_FILE(0x200, "a\0", "");
	OK(IS("\303\244.exe;a.exe0.txt;a();") && FACTS(0, 0, 0, 0));
}

static void
elder_broken(void)
{
	old_start(0);
	OLD_FILE(0, "a", "content");
	file.n--;
	OK(IS("a;") && FACTS(0, 0, 0, 1));
	old_start(0);
	OLD_FILE(0, "a", "");
	file.b[file.n - 1] = 'b';
	OLD_FILE(0, "c", "");
	OK(IS("b;c;") && FACTS(0, 0, 0, 1));
	put(&file, "xxx", 3);
	OK(IS("b;c;") && FACTS(0, 0, 0, 1));
	old_start(0);
	old(0x74, 0x8000, "\0\0\0\0", 4);
	OK(IS("") && FACTS(0, 0, 0, 1));
	file.n = 6;
	OK(IS("none") && FACTS(0, 0, 0, 0));
}

static void
newer(void)
{
	static struct made link, locked, data;

	link.n = locked.n = data.n = 0;
	put(&link, "\7\5\1\0\4../x\2\7\7", 12);
	put(&locked, "\3\1\0\0", 4);
	put(&data, "content", 7);
	link.b[0] = 8;
	new_start(0);
	new_file(2, 0, 6, "a.exe", NULL, &data);
	new_file(2, 0, 1, "folder", NULL, NULL);
	new_file(3, 0, 0, "CMT", NULL, &data);
	new_file(2, 0, 1, "l", &link, NULL);
	new_file(2, 0, 0, "e", &locked, NULL);
	new_number(5, 0);
	put(&file, "behind", 6);
	OK(IS("a.exe;folder/;l->../x;e*;") && FACTS(0, 0, 1, 0));
	OK(facts.end == file.n - 6);
	OK(strcmp(walk((struct span){ file.b, file.n }, 0, 2), "a.exe;folder/;") == 0);
	OK(strcmp(walk((struct span){ file.b, file.n }, 1, -1), "none") == 0);
	OK(strcmp(walk((struct span){ file.b, file.n }, file.n, -1), "none") == 0);
	new_start(0);
	new_number(4, 0);
	put(&file, "xxxx", 4);
	OK(IS("") && FACTS(0, 1, 0, 0));
}

static void
newer_volumes(void)
{
	new_start(1);
	new_number(5, 0);
	OK(IS("") && FACTS(1, 0, 0, 0));
	new_start(0);
	new_number(5, 1);
	OK(IS("") && FACTS(1, 0, 0, 0));
	new_start(0);
	new_file(2, 0x10, 0, "a", NULL, NULL);
	new_number(5, 0);
	OK(IS("a;") && FACTS(1, 0, 0, 0));
}

static void
newer_broken(void)
{
	static struct made data;

	data.n = 0;
	put(&data, "content", 7);
	new_start(0);
	new_file(2, 0, 0, "a", NULL, &data);
	OK(IS("a;") && FACTS(0, 0, 0, 1));
	file.b[file.n - 8] = 'b';
	new_number(5, 0);
	OK(IS("b;") && FACTS(0, 0, 0, 1));
	new_start(0);
	new_file(2, 0, 0, "a", NULL, &data);
	file.n--;
	OK(IS("a;") && FACTS(0, 0, 0, 1));
	new_start(0);
	new_number(5, 0);
	file.b[12] = (char)0xff;
	OK(IS("") && FACTS(0, 0, 0, 1));
	file.b[12] = 0;
	OK(IS("") && FACTS(0, 0, 0, 1));
}

/* What stands in the copies is told as well. */
static void
quick(void)
{
	static struct made own, one, data;

	new_start(0);
	own.n = file.n;
	new_file(2, 0, 0, "b.exe", NULL, NULL);
	one.n = data.n = 0;
	groups(&one, 0);
	groups(&one, 20);
	groups(&one, file.n - own.n);
	put(&one, file.b + own.n, file.n - own.n);
	number(&data, 0, 4);
	groups(&data, one.n);
	put(&data, one.b, one.n);
	new_start(0);
	new_file(2, 0, 0, "a.txt", NULL, NULL);
	new_file(3, 0, 0, "QO", NULL, &data);
	new_number(5, 0);
	OK(IS("a.txt;b.exe;") && FACTS(0, 0, 0, 0));
}

static void
cases(void)
{
	static const struct {
		const char *name;
		size_t at;
		const char *want;
		bool headers, data;
	} CASES[] = {
		{ "rar4.rar", 0, "a.exe;", false, false },
		{ "rar4-enchdr.rar", 0, "", true, false },
		{ "rar5-encdata.rar", 0, "a.exe*;", false, true },
		{ "rar5-enchdr.rar", 0, "", true, false },
		{ "rar-sfx.exe", 98816, "test.txt;testshortcut.lnk;testdir\\test.txt;"
		    "testdir/;testemptydir/;", false, false },
	};

	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct span s = case_file(CASES[i].name);

		if (s.p == NULL) {
			SKIP(CASES[i].name);
			continue;
		}
		OK(strcmp(walk(s, CASES[i].at, -1), CASES[i].want) == 0 &&
		    FACTS(0, CASES[i].headers, CASES[i].data, 0));
		case_free(s);
	}
}

int
main(void)
{
	elder();
	elder_volumes();
	elder_names();
	elder_broken();
	newer();
	newer_volumes();
	newer_broken();
	quick();
	cases();
	return done();
}
