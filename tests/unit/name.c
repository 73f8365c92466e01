/* SPDX-License-Identifier: ISC */
/* The names in a head. */
#include "common/name.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static struct names names;

/* Reads a head; a line ends with LF. */
static void
collect(const char *text, size_t n)
{
	struct head h;
	const char *end = text + n;

	head_init(&h);
	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));

		if (eol == NULL)
			eol = end;
		if (head_line(&h, text, (size_t)(eol - text), false) < 0)
			abort();
		text = eol + 1;
	}
	name_start(&names);
	if (name_collect(&names, &h) < 0)
		abort();
	head_free(&h);
}

static bool
is(size_t i, const char *want)
{
	return i < names.count && names.name[i].n == strlen(want) &&
	    memcmp(names.bytes + names.name[i].at, want, strlen(want)) == 0;
}

static bool
told(const char *want)
{
	for (size_t i = 0; i < names.count; i++)
		if (is(i, want))
			return !names.full;
	return false;
}

static bool
from(size_t i, const char *source, const char *want)
{
	return is(i, want) && strcmp(names.name[i].source, source) == 0;
}

#define HEAD(text) collect(text, sizeof text - 1)
#define PARAM(text) HEAD("Content-Disposition: attachment; " text)
/* That name and no other. */
#define ONE(text, source, want) \
	do { PARAM(text); OK(names.count == 1 && from(0, source, want)); } while (0)
/* The most usual name, and another. */
#define TELLS(text, want, other) \
	do { PARAM(text); OK(is(0, want) && told(other)); } while (0)

static void
plain(void)
{
	ONE("filename=a.txt", "filename", "a.txt");
	ONE("FileName=\"a b (1), c'd.txt\"; size=3;", "filename", "a b (1), c'd.txt");
	ONE("\n\tfilename=\"caf\xe9.txt\"", "filename", "caf\xe9.txt");
	ONE("filename*=utf-8'en'a%20b.txt", "rfc2231", "a b.txt");
	ONE("filename*0*=iso-8859-1''%E4; filename*1=\"b%\"; filename*2*=%63", "rfc2231",
	    "\xc3\xa4" "b%c");
	ONE("filename*0=a; filename*1=.txt", "rfc2231", "a.txt");
	ONE("filename=\"=?utf-8?Q?a_?=\n =?utf-8?B?Yg==?=\"", "word", "a b");
	HEAD("Content-Type: image/gif; name=\"a.gif\"\n"
	    "Content-Disposition: inline; filename=\"a.gif\"");
	OK(names.count == 1 && from(0, "filename", "a.gif"));
	HEAD("Content-Type: text/plain; charset=utf-8\nContent-Disposition: inline");
	OK(names.count == 0 && !names.full);
	HEAD("Content-Type: a/b; name=x.y\nContent-Location: http://h/z\n"
	    "Content-Description: about (it)");
	OK(names.count == 3 && from(0, "type", "x.y") && from(1, "location", "http://h/z") &&
	    from(2, "description", "about (it)") && names.files == 2);
	HEAD("Content-Disposition: x; filename=\"a.b\"\nContent-Description: a signature. ");
	OK(names.count == 2 && names.files == 1);
	HEAD("Content-Disposition: x; filename=\"a.b\"\nContent-Description: =?x?Q?a=2Eexe?=");
	OK(names.count == 2 && names.files == 2);
}

static void
quotes(void)
{
	TELLS("filename=\"a.e\\xe\"", "a.exe", "a.e\\xe");
	TELLS("filename=\"a\\\".exe\"", "a\".exe", "a\\\".exe");
	TELLS("filename=\"a.exe\\\".txt\"", "a.exe\".txt", "a.exe\\");
	TELLS("filename=a\\.exe", "a\\.exe", "a.exe");
	TELLS("filename=a b.exe", "a", "a b.exe");
	TELLS("filename=a b.exe; x=y", "a", "a b.exe");
	TELLS("filename=a.exe,b", "a.exe,b", "a.exe");
	TELLS("filename=a.exe b=c", "a.exe", "a.exe b=c");
	TELLS("filename=\"a.txt\".exe", "a.txt", "a.txt.exe");
	TELLS("filename=\"a.\"\"exe\"", "a.", "a.exe");
	TELLS("filename=\"a.\" \"exe\"", "a.", "a. exe");
	TELLS("filename=\"a.exe;b.txt\"", "a.exe;b.txt", "a.exe");
	TELLS("filename=\"a.exe; b", "a.exe; b", "a.exe");
	TELLS("filename='a.exe'", "'a.exe'", "a.exe");
	TELLS("filename='a b.exe'", "'a", "a b.exe");
	TELLS("filename=a.exe(x)", "a.exe", "a.exe(x)");
	TELLS("filename=a(x).exe", "a", "a.exe");
	TELLS("filename=(x)a.exe", "a.exe", "(x)a.exe");
	TELLS("filename=a.exe/b", "a.exe/b", "a.exe");
	TELLS("filename=a.exe:b", "a.exe:b", "a.exe");
	TELLS("filename=a.exe=b", "a.exe=b", "a.exe");
	ONE("filename=\"a.exe/b\"", "filename", "a.exe/b");
	TELLS("filename=\"<a.exe>\"", "<a.exe>", "a.exe");
	TELLS("filename=<a.exe>", "<a.exe>", "a.exe");
	TELLS("filename=;\"a.e\n\txe\" ; x=y", ";", "a.exe");
	TELLS("filename=,a.exe,", ",a.exe,", "a.exe");
	TELLS("filename=\"a.exe \"", "a.exe ", "a.exe");
	PARAM("filename=\"a.exe\0.txt\"");
	OK(names.name[0].n == 10 && told("a.exe.txt") && told("a.exe"));
}

static void
folds(void)
{
	TELLS("filename=\"a.e\n\txe\"", "a.e\txe", "a.exe");
	OK(told("a.e xe") && told("a.e") && told("a.e\n\txe"));
	TELLS("filename=a.e\n xe", "a.e", "a.exe");
	TELLS("file\n name=a.exe", "a.exe", "a.exe");
	HEAD("Content-Location: a.e\n xe");
	OK(told("a.e xe") && told("a.exe"));
}

static void
around(void)
{
	ONE("filename = a.exe", "filename", "a.exe");
	ONE("filename\n =\n a.exe", "filename", "a.exe");
	ONE("; ;filename=a.exe", "filename", "a.exe");
	ONE("x filename=a.exe", "filename", "a.exe");
	ONE("x=y filename=a.exe", "filename", "a.exe");
	ONE("x, filename=a.exe", "filename", "a.exe");
	ONE("file(x)name=a.exe", "filename", "a.exe");
	ONE("file\0name=a.exe", "filename", "a.exe");
	ONE("\"filename\"=a.exe", "filename", "a.exe");
	ONE("xfilename=a.exe", "filename", "a.exe");
	TELLS("x=\"; filename=a.exe\"", "a.exe\"", "a.exe");
	TELLS("x=\"; filename=a.exe", "a.exe", "a.exe");
	TELLS("(; filename=a.exe; )", "a.exe", "a.exe");
	PARAM("=?utf-8?Q?filename=3Da.exe?=");
	OK(told("a.exe"));
	TELLS("filename=a; filename=b", "a", "b");
	PARAM("\na;\nb;\nc;\nd;\ne;\nfilename\n=a.exe");
	OK(told("a.exe"));
	HEAD("Content-Disposition: filename=x.exe");
	OK(names.count == 1 && is(0, "x.exe"));
	HEAD("Content-Disposition: x; filename=a\nContent-Disposition: x; filename=b");
	OK(names.count == 2 && is(0, "a") && is(1, "b"));
}

static void
extended(void)
{
	ONE("filename*=a%2Eexe", "rfc2231", "a.exe");
	ONE("filename*=\"utf-8''a%2Eexe\"", "rfc2231", "a.exe");
	ONE("filename*=utf-7''a%2BAC4-exe", "rfc2231", "a.exe");
	TELLS("filename*=utf-16''a%00.%00e%00x%00e%00", "\xe6\x84\x80\xe2\xb8\x80\xe6\x94\x80"
	    "\xe7\xa0\x80\xe6\x94\x80", "a.exe");
	TELLS("filename=x; filename*=''b", "x", "b");
	TELLS("filename*=cp037''a.exe", "/\x06\xc3\x81\xc3\x8c\xc3\x81", "a.exe");
	ONE("filename**=a.exe", "rfc2231", "a.exe");
	TELLS("filename**=\ta a.exe", "a", "a a.exe");
	PARAM("filename*0\0=\"a.exe\0.txt\"");
	OK(told("a.exe.txt") && told("a.exe"));
	TELLS("filename*1=xe; filename*0=a.e", "a.exe", "xea.e");
	TELLS("filename*0=a; filename*2=.exe", "a.exe", "a");
	TELLS("filename*1=a; filename*2=.exe", "a.exe", "a");
	TELLS("filename*00=a.e; filename*01=xe", "a.exe", "a.exe");
	TELLS("filename*0=a.txt; filename*0=b.exe", "a.txt", "b.exe");
	TELLS("filename*0=a; filename*1*=x''.exe", "ax''.exe", "a.exe");
	TELLS("filename*0=a%2E; filename*1=exe", "a%2Eexe", "a.exe");
	TELLS("filename*0*=a%2E; filename*1=e%78e", "a.e%78e", "a.exe");
	TELLS("filename*0=\"=?x?Q?a=2\"; filename*1=\"Eexe?=\"", "a.exe", "a.exe");
	TELLS("filename=a%2Eexe", "a%2Eexe", "a.exe");
	TELLS("filename=a%252Eexe", "a%252Eexe", "a.exe");
	TELLS("filename=\"a\xc0\xae" "exe\"", "a\xc0\xae" "exe", "a.exe");
}

static void
words(void)
{
	ONE("filename=\"=?utf-8?Q?a=2Eexe?=\"", "word", "a.exe");
	ONE("filename==?utf-8?Q?a=2Eexe?=", "word", "a.exe");
	TELLS("filename=\"=?cp037?Q?=81K=85=A7=85?=\"", "a.exe", "\x81K\x85\xa7\x85");
	TELLS("filename==?utf-8?Q?a=2E?= =?utf-8?Q?exe?=", "a.", "a.exe");
	TELLS("filename=\"=?utf-8?Q?a.exe\"", "a.exe", "=?utf-8?Q?a.exe");
	TELLS("filename=\"=?utf-8?Q?a?.exe?=\"", "a?.exe", "=?utf-8?Q?a?.exe?=");
	TELLS("filename=\"x =?utf-8?Q?a?= =?utf-8?Q?.exe?=\"", "x a.exe", "x a .exe");
	TELLS("filename=\"=?x?B?YS5?= =?x?B?leGU=?=\"", "a.\x95\xe1\x94", "a.exe");
	ONE("filename=\"=?x?Q?=3D=3Fx=3FQ=3Fa=2Eexe=3F=3D?=\"", "word", "a.exe");
	PARAM("filename=\"=?x?Q?a=2Eexe=00.txt?=\"");
	OK(names.name[0].n == 10 && told("a.exe.txt") && told("a.exe"));
	HEAD("Content-Description: =?utf-8?Q?a=2Eexe?=");
	OK(names.count == 1 && from(0, "word", "a.exe"));
	HEAD("Content-Location: a%2Eexe");
	OK(is(0, "a%2Eexe") && told("a.exe"));
}

static void
limits(void)
{
	static char text[1 << 20];
	size_t n = 0;

	for (int i = 0; i < 2 * NAME_COUNT; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%sfilename=a%d", n == 0 ?
		    "Content-Disposition: x; " : "; ", i);
	collect(text, n);
	OK(names.full && names.count > 16 && is(0, "a0") && is(1, "a1"));
	n = (size_t)snprintf(text, sizeof text, "Content-Disposition: x; filename=");
	memset(text + n, 'a', NAME_BYTES + 1);
	collect(text, n + NAME_BYTES);
	OK(!names.full && names.count == 1 && names.name[0].n == NAME_BYTES);
	collect(text, n + NAME_BYTES + 1);
	OK(names.full);
}

int
main(void)
{
	plain();
	quotes();
	folds();
	around();
	extended();
	words();
	limits();
	return done();
}
