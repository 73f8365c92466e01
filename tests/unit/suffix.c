/* SPDX-License-Identifier: ISC */
// with: cmd/suffixcheck/suffix.c
#include "cmd/suffixcheck/suffix.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

/* The item made from text, terminated; "" where there is none. */
static const char *
item(const char *text, size_t n)
{
	static char to[64];
	struct span s = { text, n };

	to[suffix_item(to, s)] = '\0';
	return to;
}

#define ITEM(text, want) OK(strcmp(item(text, sizeof text - 1), want) == 0)

static void
items(void)
{
	ITEM("*.exe", ".exe");
	ITEM(".exe", ".exe");
	ITEM("exe", ".exe");
	ITEM("*.EXE", ".exe");
	ITEM("tar.gz", ".tar.gz");
	ITEM(".exe.", ".exe");
	ITEM("", "");
	ITEM("*", "");
	ITEM(".", "");
	ITEM("*.", "");
	ITEM("exe scr", "");
	ITEM("a/exe", "");
	ITEM("a\\exe", "");
	ITEM("\001", "");
}

/* The reading that hits .exe or .tar.gz, "" where none does. */
static const char *
reading(const char *name, size_t n)
{
	struct span two[] = { { ".exe", 4 }, { ".tar.gz", 7 } };
	struct suffixes list = { two, 2 };
	struct span s = { NULL, n };
	struct hit hit;
	char *room = malloc(n + 1), *copy = malloc(n + 1);
	bool found;

	if (room == NULL || copy == NULL)
		abort();
	memcpy(copy, name, n);
	s.p = copy;
	found = suffix_hit(&list, s, room, &hit);
	free(room);
	free(copy);
	return found ? hit.why : "";
}

#define NAME(name, want) OK(strcmp(reading(name, sizeof name - 1), want) == 0)

static void
names(void)
{
	NAME("a.exe", "suffix");
	NAME("A.ExE", "suffix");
	NAME(".exe", "suffix");
	NAME("love.txt.exe", "suffix");
	NAME("a.tar.gz", "suffix");
	NAME("a.gz", "");
	NAME("aexe", "");
	NAME("exe", "");
	NAME("a.exes", "");
	NAME("a.exe.pdf", "");
	NAME("a.exe_", "");
	NAME("", "");
	NAME(".", "");
	NAME("a.\303\251xe", "");
	NAME("caf\351.exe", "suffix");
}

static void
junk(void)
{
	NAME("a.exe . . ", "suffix");
	NAME("a.exe\037.", "suffix");
	NAME("a.exe\177", "suffix");
	NAME("a.exe,", "suffix");
	NAME("a.exe;'\"", "suffix");
	NAME("a. exe", "suffix");
	NAME("a .exe", "suffix");
	NAME("a.e\001xe", "suffix");
	NAME("a.e\txe", "suffix");
	NAME("a.exe)", "");
}

static void
paths_and_nuls(void)
{
	NAME("../../a.exe", "suffix");
	NAME("C:\\tmp\\a.exe", "suffix");
	NAME("a.exe\\", "suffix");
	NAME("a.exe/ ", "suffix");
	NAME("a.exe/b.txt", "");
	NAME("/", "");
	NAME("\\\\//", "");
	NAME("a.exe\0.txt", "nul");
	NAME("a.txt\0.exe", "suffix");
	NAME("\0", "");
	NAME("a.exe\0", "suffix");
}

int
main(void)
{
	items();
	names();
	junk();
	paths_and_nuls();
	return done();
}
