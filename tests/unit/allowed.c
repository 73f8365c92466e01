/* SPDX-License-Identifier: ISC */
// with: cmd/allowed/rule.c cmd/allowed/list.c
#include "cmd/allowed/list.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static struct parties
parties(void)
{
	static struct span to[2];
	struct parties p = { .from = span("me@partner.example"), .to = to, .count = 2,
	    .known = true };

	to[0] = span("a@company.com");
	to[1] = span("b@company.com");
	ipaddr_client(&p.client, span("192.0.2.1"));
	return p;
}

/* What is told of errors, "LINE:WORD"; doubts are "LINE?". */
static char told[200];

static void
tell(void *ctx, unsigned long line, struct span about, const char *what, bool doubt)
{
	size_t n = strlen(told);

	(void)ctx;
	(void)what;
	snprintf(told + n, sizeof told - n, "%lu%c%.*s ", line, doubt ? '?' : ':',
	    (int)about.n, about.p);
}

/* The line of `text' that allows the finding; 0: none; 99: the list is wrong. */
static unsigned long
allows(const char *text, const char *finding)
{
	struct parties p = parties();
	struct list l;
	unsigned long line;

	told[0] = '\0';
	line = list_read(&l, span(text), &p, tell, NULL) != 0 ? 99 :
	    list_find(&l, span(finding));
	list_free(&l);
	return line;
}

static void
lists(void)
{
	static const char JS[] = "n=1 verdict=banned why=suffix suffix=.js";

	OK(allows("", JS) == 0);
	OK(allows("banned from=*", JS) == 1);
	OK(allows("\n\nbanned from=*\n", JS) == 3);
	OK(allows("odd from=*\n", JS) == 0);
	OK(allows("banned from=* suffix=js\r\n", JS) == 1);
	OK(allows("banned from=* suffix=.jse\nbanned from=* suffix=.j\n", JS) == 0);
	OK(allows("banned from=x suffix=.js\nbanned to=* suffix=.JS\nbanned to=* suffix=.js\n",
	    JS) == 2);
	OK(allows("banned to=a@company.com", JS) == 0);
	OK(allows("banned to=%@company.com", JS) == 1);
	OK(allows("banned client=192.0.2.0/31", JS) == 1);
	OK(allows("banned client=192.0.2.2/31", JS) == 0);
	OK(allows("banned from=*", "n=1 verdict=banned why=suffix suffix=%2Ejs") == 1);
	OK(allows("banned from=* suffix=.js", "n=1 verdict=banned") == 0);
	OK(allows("banned from=* suffix=.js", "verdict=banned suffix=.js suffix=.exe") == 0);
	OK(allows("banned from=* suffix=.js", "verdict=banned suffix=.js cut=suffix") == 0);
	OK(allows("banned from=* suffix=.a~b", "verdict=banned suffix=.a%7Eb") == 1);
}

static void
kinds(void)
{
	static const char ALL[] = "banned,odd,encrypted,size,unscanned from=*";

	OK(allows(ALL, "n=1 verdict=infected sig=x") == 0);
	OK(allows(ALL, "n=1 verdict=infected why=encrypted") == 0);
	OK(allows(ALL, "n=1 verdict=odd verdict=infected") == 0);
	OK(allows(ALL, "n=1 verdict=banned why=conversions") == 0);
	OK(allows(ALL, "n=1 verdict=oddity") == 0);
	OK(allows(ALL, "n=1 part=1") == 0);
	OK(allows(ALL, "n=1 verdict=odd") == 1);
	OK(allows("unscanned from=*", "verdict=unscanned why=encrypted") == 0);
	OK(allows("encrypted from=*", "verdict=unscanned why=encrypted") == 1);
	OK(allows("encrypted from=*", "verdict=unscanned why=volume") == 0);
	OK(allows("banned from=*", "verdict=banned why=size") == 0);
	OK(allows("size from=*", "verdict=banned why=size") == 1);
}

static void
wrong(void)
{
	OK(allows("infected from=*", "n=1 verdict=infected") == 99);
	OK(strcmp(told, "1:infected ") == 0);
	OK(allows("odd from=*\nodd\nbanned,x from=*\n", "n=1 verdict=odd") == 99);
	OK(strcmp(told, "1? 2: 3:x ") == 0);
	OK(allows("odd to=* user=", "n=1 verdict=odd") == 99);
	OK(strcmp(told, "1:user= ") == 0);
}

int
main(void)
{
	lists();
	kinds();
	wrong();
	return done();
}
