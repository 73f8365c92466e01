/* SPDX-License-Identifier: ISC */
#include "common/uu.h"
#include "tests/unit/tap.h"

#include <string.h>

static bool
begins(const char *line, enum uu_trust trust, const char *name)
{
	struct uu_head h;

	return uu_begin(line, strlen(line), &h) && h.trust == trust &&
	    h.name.n == strlen(name) && memcmp(h.name.p, name, h.name.n) == 0;
}

static bool
decodes(const char *line, enum uu_how how, const char *want)
{
	char out[UU_LINE];
	int n = uu_data(line, strlen(line), how, out);

	return want == NULL ? n < 0 :
	    n == (int)strlen(want) && memcmp(out, want, (size_t)n) == 0;
}

static bool
proves(const char *line, enum uu_trust trust, bool first)
{
	return uu_proves(line, strlen(line), trust, first);
}

static void
begin(void)
{
	OK(begins("begin 644 a.exe", UU_SURE, "a.exe"));
	OK(begins("BEGIN\t0644  a.exe \r", UU_SURE, "a.exe"));
	OK(begins("begin 644", UU_SURE, ""));
	OK(begins("begin 644 a b.exe", UU_MODE, "a b.exe"));
	OK(begins("begin 10 minutes early.", UU_MODE, "minutes early."));
	OK(begins("begin 000000000644 a.exe", UU_MODE, "a.exe"));
	OK(begins("begin +644 a.exe", UU_MODE, "a.exe"));
	OK(begins("begin 6_44 a.exe", UU_MODE, "a.exe"));
	OK(begins("begin 0o644 a.exe", UU_MODE, "a.exe"));
	OK(begins("begin a.exe", UU_WORD, "a.exe"));
	OK(begins("begin", UU_WORD, ""));
	OK(begins("Begin forwarded message:", UU_WORD, "message:"));
	OK(begins("beginning with", UU_NONE, "with"));
	OK(!begins("begi 644 a", UU_SURE, "a"));
	OK(begins("begin-base64 644 a", UU_SURE, "a"));
}

static void
data(void)
{
	OK(decodes("%:&5L;&\\", UU_USUAL, "hello"));
	OK(decodes("%:&5L;&\\x", UU_USUAL, "hello"));
	OK(decodes("%:&5L;&\\\r", UU_STRICT, "hello"));
	OK(decodes("#:&5L;&xx", UU_USUAL, "hel"));
	OK(decodes("\xa5:&5L;&\\ ", UU_USUAL, "hello"));
	OK(decodes("%:&5L;&\xdc ", UU_USUAL, "hello"));
	OK(decodes("%:&5L;&\xdcxx", UU_USUAL, NULL));
	OK(decodes("%:&5L;&\xdcxx", UU_ANY, "hello"));
	OK(decodes("%:&5L;&|xx", UU_STRICT, NULL));
	OK(decodes("%:&5L;", UU_STRICT, NULL));
	OK(decodes("", UU_ANY, NULL));
	OK(decodes("`", UU_USUAL, ""));
}

static void
stream(void)
{
	struct uu_stream u = { 0 };
	char out[64];

	OK(uu_stream(&u, "%:&5", 4, out) == 0);
	OK(uu_stream(&u, "%L;&\\", 5, out) == 3 && memcmp(out, "hel", 3) == 0);
	u = (struct uu_stream){ 0 };
	OK(uu_stream(&u, "#:&5L\";&\\ ", 10, out) == 5 && memcmp(out, "hello", 5) == 0);
}

static void
proof(void)
{
	OK(proves("%:&5L;&\\ ", UU_WORD, false));
	OK(proves("%:&5L;&", UU_MODE, false));
	OK(!proves("%:&5L;&", UU_WORD, false));
	OK(proves("%:&5l;&\\ ", UU_MODE, true));
	OK(!proves("%:&5l;&\\ ", UU_MODE, false));
	OK(!proves("%:&5l;&\\ ", UU_WORD, true));
	OK(!proves("We meet at the gate, and go on from there.", UU_MODE, true));
	OK(!proves("---------------------", UU_WORD, true));
	OK(!proves("`", UU_MODE, true));
	OK(!proves("", UU_MODE, true));
}

int
main(void)
{
	begin();
	data();
	stream();
	proof();
	return done();
}
