/* SPDX-License-Identifier: ISC */
// with: cmd/mimesplit/clause.c cmd/mimesplit/conversions.c cmd/mimesplit/overlap.c cmd/mimesplit/match.c
#include "cmd/mimesplit/match.h"
#include "tests/unit/tap.h"

#include <string.h>

/* What was told: "LINE:word what" or "LINE!what", one behind the other. */
struct told {
	char text[4096];
	size_t n;
};

static void
tell(void *ctx, unsigned long line, struct span word, const char *what, bool warning)
{
	struct told *t = ctx;

	t->n += (size_t)snprintf(t->text + t->n, sizeof t->text - t->n, "%lu%c%.*s %.12s\n",
	    line, warning ? '!' : ':', (int)word.n, word.p, what);
}

static struct told told;
static struct conversions c;

static int
parse(const char *text)
{
	conversions_free(&c);
	told.n = 0;
	told.text[0] = '\0';
	return conversions_parse(&c, text, strlen(text), tell, &told);
}

/* Does the file hold, and tell just these warnings? */
static bool
good(const char *text, const char *warnings)
{
	if (parse(text) != 0 || strcmp(told.text, warnings) != 0) {
		printf("# %s", told.text);
		return false;
	}
	return true;
}

static bool
bad(const char *text, const char *errors)
{
	if (parse(text) != 1 || strcmp(told.text, errors) != 0) {
		printf("# %s", told.text);
		return false;
	}
	return true;
}

static bool
wild(const char *pattern, const char *text)
{
	uint16_t signs[64];
	unsigned long long steps = 100000;
	struct wild w;

	return wild_make(&w, (struct span){ pattern, strlen(pattern) }, signs) &&
	    wild_match(w, (struct span){ text, strlen(text) }, &steps);
}

static bool
covers(const char *wide, const char *narrow)
{
	uint16_t one[64], two[64];
	struct wild w, n;

	return wild_make(&w, (struct span){ wide, strlen(wide) }, one) &&
	    wild_make(&n, (struct span){ narrow, strlen(narrow) }, two) &&
	    wild_covers(w, n);
}

static void
wilds(void)
{
	static char many[100000], stars[201];
	uint16_t signs[201];
	unsigned long long steps = 1000;
	struct wild w;

	OK(wild("", "") && wild("*", "") && wild("*", "abc") && !wild("", "a"));
	OK(wild("a*c", "ac") && wild("a*c", "abcbc") && !wild("a*c", "abcb"));
	OK(wild("%", "x") && !wild("%", "") && !wild("%", "xy"));
	OK(wild("*.EXE", "a.b.exe") && wild("*.exe", "A.EXE") && !wild("*.exe", "a.exe.txt"));
	OK(wild("a$*b", "a*b") && !wild("a$*b", "axb") && wild("$$", "$") && wild("$%", "%"));
	OK(wild("$$*", "$x") && !wild("$$$*", "$x") && wild("$$$*", "$*"));
	OK(!wild("a$", "a"));
	OK(covers("*", "") && covers("*", "*%") && covers("a*", "ab*") && covers("a%*", "ab*"));
	OK(covers("a%", "a%") && covers("a%", "ax") && !covers("a%", "a*") && !covers("ab*", "a*"));
	OK(covers("A*", "ab") && covers("a$*", "a$*") && !covers("a$*", "a*"));
	memset(many, 'a', sizeof many);
	for (size_t i = 0; i < 200; i += 2)
		memcpy(stars + i, "*a", 2);
	stars[200] = 'b';
	OK(wild_make(&w, (struct span){ stars, 201 }, signs));
	OK(!wild_match(w, (struct span){ many, sizeof many }, &steps) && steps == 0);
}

static void
files(void)
{
	OK(bad("", "1: the file end\n") && bad("! a\n\n!b\n", "3: the file end\n"));
	OK(bad("in-type=x; delete=2\n", "1:delete can only be \n"));
	OK(good("! c\n\ncommand=multiscan\n", ""));
	OK(c.entries == 1 && c.entry[0].line == 3 && c.catches_all);
	OK(good("in-channel=*; in-type=application; in-subtype=*;\n"
	    "parameter-symbol-0=NAME; parameter-copy-0=*;\n"
	    "dparameter-symbol-0=FILENAME; dparameter-copy-0=*;\n"
	    "message-header-file=2; original-header-file=1;\n"
	    "override-header-file=1; override-option-file=1;\n"
	    "command=\"/server_root/msg-instance/imta/bin/multiscan.sh\"\n",
	    "1! no entry mat\n"));
	OK(c.entries == 1 && c.entry[0].treatment == TREAT_STANDARD && c.entry[0].line == 1);
	OK(good("in-type=a; command=f\nin-type=b; command=f.sh\r\n!\ncommand=\"/a b/g_1.sh\"", ""));
	OK(c.entries == 3 && c.entry[0].treatment == TREAT_FUNCTION &&
	    c.entry[1].treatment == TREAT_FUNCTION &&
	    c.entry[2].treatment == TREAT_FUNCTION + 1 &&
	    strcmp(c.word[TREAT_FUNCTION + 1], "g_1") == 0);
	OK(good(" IN-TYPE = \"a;b\" ;\n! in between\n\tdelete=1;\n\ncommand=pass\n", ""));
	OK(c.entries == 2 && c.entry[0].tests == 1 && c.entry[0].treatment == TREAT_DELETE);
	OK(good("in-type=\"a\";\ncommand=multiscan;\n\ncommand=pass", ""));
	OK(c.entries == 2);
}

static void
errors(void)
{
	OK(bad("in-typ=a; delete=1\nfoo\ndelete=1\nxyz=1; command=f", "1:in-typ is not known\n"
	    "2:foo is no clause\n4:xyz is not known\n"));
	OK(bad("in-type=a\n", "1: the entry th\n"));
	OK(bad("in-type=a;\n\ndelete=1", "1: the entry th\n"));
	OK(bad("delete=1; command=f", "1:command is a second \n"));
	OK(bad("in-type=a; in-type=a; delete=1", "1:in-type is there twi\n"));
	OK(bad("in-size-min=1; in-size-min=1; delete=1", "1:in-size-min is there twi\n"));
	OK(bad("in-parameter-value-1=a; in-parameter-value-1=a; delete=1",
	    "1:in-parameter-value-1 is there twi\n"));
	OK(bad("in-dparameter-name=a; delete=1", "1:in-dparameter-name lacks its nu\n"));
	OK(bad("parameter-symbol-=a; delete=1", "1:parameter-symbol- lacks its nu\n"));
	OK(bad("parameter-copy-1x=a; delete=1", "1:parameter-copy-1x has no numbe\n"));
	OK(bad("parameter-copy-100=a; delete=1", "1:parameter-copy-100 has no numbe\n"));
	OK(bad("in-size-max=; delete=1", "1:in-size-max is no number\n"));
	OK(bad("in-size-max=1G; delete=1", "1:in-size-max is no number\n"));
	OK(bad("delete=0", "1:delete can only be \n"));
	OK(bad("command=Rm", "1:command has a capita\n"));
	OK(bad("command=r-m", "1:command has a - in i\n"));
	OK(bad("command=\"/a/\"", "1:command has a name t\n") && bad("command=\"a;b\"", told.text) &&
	    bad("command=$(x)", told.text));
	OK(good("command=a2345678901234567890123456789012", ""));
	OK(bad("command=a23456789012345678901234567890123", "1:command has a name o\n"));
	OK(bad("command=\"/bin/scan 'INPUT_FILE' 'OUTPUT_FILE'\"", "1:command has argument\n"));
	OK(bad("command=\"/bin/scan /tmp/x\"", told.text) && bad("command=\"scan x\"", told.text));
	OK(bad("in-type=a$; delete=1", "1:in-type has a value \n"));
	OK(bad("in-type=\"a; delete=1", "1:in-type lacks the \" \n"));
	OK(bad("in-type=\"a\" x; delete=1", "1:in-type has somethin\n"));
	OK(bad("in-type=a\"b; delete=1", "1:in-type has a \" insi\n"));
	OK(bad("in-type=a\001; delete=1\ndelete=1", "1: holds a cont\n"));
	OK(bad("delete=1;;", "1: is no clause\n"));
}

/* Values that nothing ever matches, and what the original knew. */
static void
values(void)
{
	OK(bad("in-type=application/zip; delete=1", "1:in-type has a slash \n"));
	OK(bad("in-subtype=image/jpeg; delete=1", "1:in-subtype has a slash \n"));
	OK(bad("in-type=; delete=1", "1:in-type has no value\n"));
	OK(bad("in-subtype=\"\"; delete=1", "1:in-subtype has no value\n"));
	OK(bad("in-name=; delete=1", "1:in-name has no value\n"));
	OK(bad("in-channel=; delete=1", "1:in-channel has no value\n"));
	OK(good("in-disposition=; in-description=; delete=1\ncommand=pass", ""));
	OK(bad("in-channel=x; delete=1", "1:in-channel has a value \n"));
	OK(bad("in-name=a/*.exe; delete=1", "1:in-name has a slash \n"));
	OK(bad("in-name=\"a b\"; delete=1", "1:in-name has a blank \n"));
	OK(bad("in-name=*.; delete=1", "1:in-name has a value \n"));
	OK(bad("in-name=*\357\274\216; delete=1", "1:in-name has a value \n"));	/* FF0E */
	OK(bad("in-name=\304*; delete=1", "1:in-name has octets t\n"));
	OK(bad("in-name=*\302\255; delete=1", "1:in-name has octets t\n"));	/* 00AD */
	OK(bad("out-type=a; out-channel=b; in-subject=c; relabel=1; delete=1",
	    "1:out-type is not known\n1:out-channel is not known\n1:in-subject is not known\n"
	    "1:relabel is not known\n"));
}

static void
lines(void)
{
	OK(good("in-type=a; \\\n! c\n in-subtype=b; command=\\ \r\npass\ncommand=pass", ""));
	OK(c.entries == 2 && c.entry[0].tests == 2 && c.entry[0].treatment == TREAT_PASS &&
	    c.entry[1].line == 5);
	OK(good("command=multi\\\nscan\n\\\n\n\\", "") && c.entries == 1);
	OK(good("in-description=\"a\\\"b\\c\"; delete=1\ncommand=pass", ""));
	OK(c.entry[0].test[0].value.n == 5 && c.entry[0].test[0].value.p[1] == '"');
	OK(bad("in-description=\"a\\\"; delete=1", "1:in-description lacks the \" \n"));
	OK(bad("  ! c\ncommand=pass", "1: holds a comm\n"));
	OK(bad("command=pass ! c; x", "1:command holds a comm\n"));
	OK(bad("command=\"pass\" ! c", "1:command holds a comm\n"));
	OK(bad("command=pass; ! c", "1: holds a comm\n"));
	OK(bad("\357\273\277command=pass", "1: the file beg\n"));
}

static void
warnings(void)
{
	OK(good("in-type=a; delete=1\nin-type=a; in-subtype=b; command=f\ncommand=pass",
	    "2! every part t\n"));
	OK(good("in-type=a*; delete=1\nin-type=b; delete=1\nin-type=ab%; delete=1\ncommand=pass",
	    "3! every part t\n"));
	OK(good("command=pass\ndelete=1", "2! every part t\n"));
	OK(good("in-size-min=2; in-size-max=1; delete=1\ncommand=pass", "1! this entry c\n"));
	OK(good("in-channel=tcp_local; delete=1\nin-channel=outside; delete=1\n"
	    "in-channel=inside; delete=1\ncommand=pass", "2! every part t\n4! every part t\n"));
	OK(c.catches_all);
	OK(good("in-channel=inside; command=pass\nin-chan=outside; command=multiscan", ""));
	OK(good("in-size-min=1K; command=pass\nin-size-max=1023; command=multiscan", ""));
	OK(good("in-size-min=1K; command=pass\nin-size-max=1022; command=multiscan",
	    "2! no entry mat\n") && !c.catches_all);
	OK(good("in-size-min=2; command=pass\nin-channel=inside; in-size-max=1; delete=1\n"
	    "in-channel=outside; in-size-max=5; delete=1\nin-type=x; delete=1",
	    "4! every part t\n"));
	OK(good("in-type=x; in-size-min=2; delete=1\nin-size-max=1; delete=1\n"
	    "in-type=x; in-subtype=y; delete=1\ncommand=pass", "3! every part t\n"));
	OK(good("in-name=\"*.exe;*.com\"; delete=1\ncommand=pass", "1!in-name has a ; insi\n"));
	OK(good("in-size-min=1K; delete=1\nin-size-min=1024; delete=1\nin-size-min=1; delete=1\n"
	    "command=pass", "2! every part t\n"));
	OK(good("in-parameter-name-0=a; delete=1\n"
	    "in-parameter-name-3=a; in-parameter-value-3=b; delete=1\ncommand=pass",
	    "2! every part t\n"));
	OK(good("in-parameter-value-0=*; delete=1\ncommand=pass", ""));
}

#define SPAN(text) { text, sizeof text - 1 }

/* The treatments of a part by a file, as bits. */
static unsigned
treats(const char *text, const struct facts *f)
{
	unsigned long long steps = MATCH_STEPS;

	return parse(text) == 0 ? match_treatments(&c, f, &steps) : 0;
}

static const struct fact FACTS[] = {
	{ FACT_TYPE, SPAN(""), SPAN("image/jpeg") },
	{ FACT_DISPOSITION, SPAN(""), SPAN("attachment") },
	{ FACT_NAME, SPAN("filename"), SPAN("a.exe") },
	{ FACT_NAME, SPAN("type"), SPAN("a.jpg") },
	{ FACT_PARAMETER, SPAN("name"), SPAN("a.jpg") },
	{ FACT_DPARAMETER, SPAN("filename"), SPAN("a.exe") },
};

static void
matches(void)
{
	struct facts f = { .size = 2048, .fact = FACTS, .n = sizeof FACTS / sizeof FACTS[0] };
	const unsigned D = 1u << TREAT_DELETE, P = 1u << TREAT_PASS, S = 1u << TREAT_STANDARD;

	OK(treats("in-type=application; delete=1\n", &f) == P);
	OK(treats("in-type=image; command=multiscan\ndelete=1", &f) == S);
	OK(treats("in-subtype=jp%g; in-type=IMAGE; delete=1\n", &f) == D);
	OK(treats("in-disposition=attach*; delete=1\n", &f) == D);
	OK(treats("in-disposition=inline; delete=1\n", &f) == P);
	OK(treats("in-description=*; delete=1\n", &f) == D);
	OK(treats("in-description=%*; delete=1\n", &f) == P);
	OK(treats("in-name=a.*; delete=1\n", &f) == D);
	OK(treats("in-name=*.exe; delete=1\n", &f) == (D | P));
	OK(treats("in-name=*.jpg; command=pass\ncommand=multiscan", &f) == (P | S));
	OK(treats("in-parameter-name-0=NAME; in-parameter-value-0=*.jpg; delete=1\n", &f) == D);
	OK(treats("in-parameter-value-0=a.exe; delete=1\n", &f) == P);
	OK(treats("in-dparameter-value-0=a.exe; in-dparameter-name-7=f*; delete=1\n", &f) == D);
	OK(treats("in-dparameter-name-0=size; delete=1\n", &f) == P);
	OK(treats("in-size-min=2K; in-size-max=2048; delete=1\n", &f) == D);
	OK(treats("in-size-min=2049; delete=1\n", &f) == P);
	OK(treats("in-size-max=1K; delete=1\n", &f) == P);
	OK(treats("in-channel=outside; delete=1\n", &f) == D);
	OK(treats("in-channel=tcp_local; delete=1\n", &f) == D);
	OK(treats("in-channel=tcp_intranet; delete=1\n", &f) == P);
	f.inside = true;
	OK(treats("in-channel=inside; delete=1\n", &f) == D);
	OK(treats("in-channel=tcp_*; delete=1\n", &f) == D);
	OK(treats("in-channel=outside; delete=1\n", &f) == P);
	f.doubt = true;
	OK(treats("in-disposition=inline; delete=1\ncommand=multiscan\n", &f) == (D | S));
	OK(treats("in-type=text; delete=1\ncommand=multiscan\n", &f) == S);
	f.unknown = true;
	OK(treats("in-type=text; delete=1\ncommand=multiscan\n", &f) == (D | S));
	OK(treats("in-type=*; delete=1\ncommand=multiscan\n", &f) == D);
	OK(treats("in-type=text; in-channel=outside; delete=1\ncommand=multiscan\n", &f) == S);
}

/* Is an entry with these qualifiers, the second of two, for such a message? */
static bool
is_for(const char *qualifiers, const struct parties *p)
{
	static char text[500];
	static bool elsewhere[CONVERSIONS_ENTRIES];
	struct facts f = { .elsewhere = elsewhere, .fact = FACTS };
	unsigned long long steps = MATCH_STEPS;

	snprintf(text, sizeof text, "in-type=none; in-size-min=1; command=f\n%s; delete=1\n"
	    "command=multiscan", qualifiers);
	if (parse(text) != 0)
		return false;
	match_envelope(&c, p, &steps, elsewhere);
	return match_treatments(&c, &f, &steps) == 1u << TREAT_DELETE;
}

static void
envelopes(void)
{
	const struct span to[] = { { "a@b.example", 11 }, { "c@b.example", 11 } };
	struct parties p = { .from = { "Me@Partner.example", 18 }, .to = to, .count = 2,
	    .known = true, .client = { .lo = 0xc0000207 } };

	OK(is_for("in-from=*@partner.example", &p));
	OK(!is_for("in-from=partner.example", &p));
	OK(is_for("in-from=*@partner.example; in-client=192.0.2.0/24; in-to=*@b.example", &p));
	OK(!is_for("in-from=*@partner.example; in-client=192.0.3.0/24", &p));
	OK(!is_for("in-client=2001:db8::/32", &p));
	OK(!is_for("in-to=a@*", &p));
	OK(is_for("in-to=%@b.example", &p));
	p.count = 0;
	p.known = false;
	p.from = (struct span){ "", 0 };
	OK(!is_for("in-to=*", &p));
	OK(!is_for("in-client=0.0.0.0/0", &p));
	OK(is_for("in-from=", &p));
	OK(is_for("in-from=*", &p));
	OK(bad("in-to=; delete=1", "1:in-to has no value\n"));
	OK(bad("in-client=1.2.3.4/8; delete=1", "1:in-client has bits set\n"));
	OK(bad("in-client=mx.example; delete=1", "1:in-client is no networ\n"));
	OK(bad("in-client=1.2.3.4; in-client=::1; delete=1", "1:in-client is there twi\n"));
	OK(good("in-client=192.0.2.0/24; delete=1\nin-client=192.0.2.7; command=f\ncommand=pass",
	    "2! every part t\n"));
	OK(good("in-client=192.0.2.7; delete=1\nin-client=192.0.2.0/24; delete=1\n"
	    "in-client=::/0; delete=1\ncommand=pass", ""));
	OK(good("in-from=*@b; delete=1\nin-from=a@b; in-to=c; delete=1\ncommand=pass",
	    "2! every part t\n"));
	OK(good("in-from=*; in-to=*; in-client=::/0; command=pass", "1! no entry mat\n"));
}

int
main(void)
{
	wilds();
	files();
	errors();
	values();
	lines();
	warnings();
	matches();
	envelopes();
	conversions_free(&c);
	return done();
}
