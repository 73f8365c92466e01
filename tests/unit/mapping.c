/* SPDX-License-Identifier: ISC */
// with: cmd/relaycheck/mapfile.c cmd/relaycheck/maplint.c cmd/relaycheck/mapmatch.c cmd/relaycheck/mapping.c cmd/relaycheck/replay.c
#include "cmd/relaycheck/maplint.h"
#include "cmd/relaycheck/replay.h"
#include "common/fieldtext.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- patterns --------------------------------------------------------------------- */

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* The captures, with a | between two; "-": no match; "!SIGN WHAT": no pattern. */
static const char *
match(const char *pattern, const char *text)
{
	static char out[200];
	struct mappattern p;
	struct mapwrong wrong;
	struct span capture[MAPMATCH_CAPTURES];
	unsigned long long steps = 1000000;
	size_t n = 0;

	if (mapmatch_compile(&p, span(pattern), &wrong) != 0) {
		snprintf(out, sizeof out, "!%.*s %.14s", (int)wrong.sign.n, wrong.sign.p, wrong.what);
		return out;
	}
	strcpy(out, "-");
	if (mapmatch(&p, span(text), capture, &steps) == 1)
		for (size_t i = 0; i == 0 || (i < p.wildcards && i < MAPMATCH_CAPTURES); i++)
			n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", i > 0 ? "|" : "",
			    (int)capture[i].n, capture[i].p);
	mapmatch_free(&p);
	return out;
}

#define MATCH(pattern, text, want) OK(strcmp(match(pattern, text), want) == 0)

static bool
covers(const char *wide, const char *narrow)
{
	struct mappattern w, n;
	struct mapwrong wrong;
	unsigned long long steps = 1000000;
	int covers = -1;

	if (mapmatch_compile(&w, span(wide), &wrong) == 0 &&
	    mapmatch_compile(&n, span(narrow), &wrong) == 0)
		covers = mapmatch_covers(&w, &n, &steps);
	mapmatch_free(&w);
	mapmatch_free(&n);
	return covers == 1;
}

static void
patterns(void)
{
	MATCH("abc", "abc", "");
	MATCH("aBc", "AbC", "");
	MATCH("abc", "abcd", "-");
	MATCH("*", "", "");
	MATCH("*", "any", "any");
	MATCH("%", "", "-");
	MATCH("%%", "xY", "x|Y");
	MATCH("*.*", "a.b.c", "a.b|c");
	MATCH("$_*.*", "a.b.c", "a|b.c");
	MATCH("$_*.$_*.*", "a.b.c.d", "a|b|c.d");
	MATCH("*$_%*", "abc", "ab|c|");
	MATCH("**", "ab", "ab|");
	MATCH("$_**", "ab", "|ab");
	MATCH("*%", "ab", "a|b");
	MATCH("*a%*", "banana!", "banan|!|");
	MATCH("*ab*ab*", "ab ab ab", "ab | |");
	MATCH("$*$%$$$ ", "*%$ ", "");
	MATCH("$*", "x", "-");
	MATCH("*$%*.company.com@*", "Joe%a.company.com%B.COMPANY.com@Company.com",
	    "Joe%a.company.com|B|Company.com");
	MATCH("%%%%%%%%%%%%", "abcdefghijkl", "a|b|c|d|e|f|g|h|i|j");
}

static void
networks(void)
{
	MATCH("$(192.168.228.0/24)", "192.168.228.9", "192.168.228.9");
	MATCH("$(192.168.228.0/24)", "192.168.229.9", "-");
	MATCH("$(192.168.228.0/24)", "192.168.228.009", "-");
	MATCH("$(192.168.228.0/24)", "192.168.228.9 ", "-");
	MATCH("$(192.168.228.0/24)", "192.168.228", "-");
	MATCH("$(192.168.228.0/24)", "::ffff:192.168.228.9", "-");
	MATCH("$(192.168.228.0/24)", "", "-");
	MATCH("$(0.0.0.0/0)", "255.255.255.255", "255.255.255.255");
	MATCH("$(10.1.2.3)", "10.1.2.3", "10.1.2.3");
	MATCH("$(10.1.2.3)", "10.1.2.30", "-");
	MATCH("${2001:db8::/32}", "2001:DB8:0::25", "2001:DB8:0::25");
	MATCH("${2001:db8::/32}", "2001:db9::1", "-");
	MATCH("${::/0}", "10.1.2.3", "-");
	MATCH("${::1}", "0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1");
	MATCH("*|$(10.0.0.0/8)|*", "a|10.1.2.3|b", "a|10.1.2.3|b");
	MATCH("$(10.0.0.0/8)*", "10.1.2.34", "10.1.2.34|");
	MATCH("$(10.0.0.0/8)4", "10.1.2.34", "10.1.2.3");
	MATCH("*$(10.0.0.0/8)", "110.1.2.3", "1|10.1.2.3");
	MATCH("$(10.0.0.1/8)", "", "!$(10.0.0.1/8) has bits set b");
	MATCH("$(10.0.0.0/33)", "", "!$(10.0.0.0/33) has a mask of ");
	MATCH("$(10.0.0/8)", "", "!$(10.0.0/8) is no network:");
	MATCH("${::1/129}", "", "!${::1/129} has a mask of ");
	MATCH("${10.0.0.0/8}", "", "!${10.0.0.0/8} is a v4 networ");
	MATCH("${::ffff:10.0.0.0/104}", "", "!${::ffff:10.0.0.0/104} is a v4 networ");
	MATCH("$(::/0)", "", "!$(::/0) is a v6 networ");
	MATCH("x$(10.0.0.0", "", "!$( lacks its )");
	MATCH("${::1", "", "!${ lacks its }");
	MATCH("$()", "", "!$() is no network:");
}

static void
refused_patterns(void)
{
	MATCH("a$", "", "!$ stands at the ");
	MATCH("$A%", "", "!$A% is a wildcard ");
	MATCH("$d*x", "", "!$d* is a wildcard ");
	MATCH("*$0*", "", "!$0* is what a wild");
	MATCH("$[abc]%", "", "!$[ is a set of ch");
	MATCH("$<10.0.0.0/8>", "", "!$< is a network b");
	MATCH("$@*", "", "!$@* turns captures");
	MATCH("$^*", "", "!$^* turns captures");
	MATCH("$_a", "", "!$_a is not underst");
	MATCH("$_$(10.0.0.0/8)", "", "!$_$ is not underst");
	MATCH("$,", "", "!$, is not underst");
	MATCH("$|", "", "!$| is not underst");
}

/* Some bytes of a text repeated up to its end. */
static void
fill(char *to, size_t n, const char *with)
{
	for (size_t i = 0; i < n; i++)
		to[i] = with[i % strlen(with)];
	to[n] = '\0';
}

static void
bounds(void)
{
	static char pattern[MAPMATCH_PATTERN + 2], text[MAPPING_MAX + 1];
	struct span capture[MAPMATCH_CAPTURES];
	struct mapwrong wrong;
	struct mappattern p;
	unsigned long long steps = MAPPING_STEPS;
	char nul[] = "a\0b";

	fill(pattern, MAPMATCH_PATTERN, "*a");
	pattern[MAPMATCH_PATTERN - 1] = 'b';
	fill(text, MAPPING_MAX, "a");
	OK(mapmatch_compile(&p, span(pattern), &wrong) == 0);
	OK(mapmatch(&p, span(text), capture, &steps) == 0);
	text[MAPPING_MAX - 1] = 'b';
	OK(mapmatch(&p, span(text), capture, &steps) == 1 && capture[1].n == 0);
	OK(capture[0].n == MAPPING_MAX - MAPMATCH_PATTERN / 2);
	OK(MAPPING_STEPS - steps < 30 * 1000 * 1000);
	steps = 1000;
	OK(mapmatch(&p, span(text), capture, &steps) == -1 && steps == 0);
	mapmatch_free(&p);
	fill(pattern, MAPMATCH_PATTERN + 1, "*");
	OK(mapmatch_compile(&p, span(pattern), &wrong) == 1 && wrong.sign.n == 0);
	OK(mapmatch_compile(&p, span("a*b"), &wrong) == 0);
	steps = 1000;
	OK(mapmatch(&p, (struct span){ nul, 3 }, capture, &steps) == 1 && capture[0].n == 1);
	mapmatch_free(&p);
}

static void
covering(void)
{
	OK(covers("*", "") && covers("*", "a*b%") && covers("**", "*") && covers("*", "$(10.0.0.0/8)"));
	OK(!covers("%*", "*") && covers("%*", "a*") && covers("a*", "A%") && !covers("a%", "a*"));
	OK(covers("*a*", "*ba*") && !covers("*a*", "*") && !covers("a", "%") && covers("%", "%"));
	OK(covers("$(10.0.0.0/8)", "$(10.1.0.0/16)") && covers("$(10.0.0.0/8)", "10.1.2.3"));
	OK(!covers("$(10.1.0.0/16)", "$(10.0.0.0/8)") && !covers("$(10.0.0.0/8)", "10.1.2.%"));
	OK(!covers("%*", "") && covers("*|$(10.0.0.0/8)", "x|$(10.0.0.0/9)"));
	OK(covers("${::/0}", "${2001:db8::/32}") && !covers("${::/0}", "$(10.0.0.0/8)"));
	OK(!covers("%", "$(10.0.0.0/8)") && covers("${2001::/16}", "2001:DB8::1"));
}

/* --- files ------------------------------------------------------------------------ */

static struct {
	char text[8192];
	size_t n;
} told;

static void
say(unsigned long line, const char *text)
{
	told.n += (size_t)snprintf(told.text + told.n, sizeof told.text - told.n, "%lu %s\n",
	    line, text);
	if (told.n >= sizeof told.text)
		told.n = sizeof told.text - 1;
}

static void
tell(void *to, const char *path, unsigned long line, const char *text)
{
	(void)to;
	(void)path;
	say(line, text);
}

static struct mapfile *
parse(const char *text)
{
	told.n = 0;
	told.text[0] = '\0';
	return mapfile_parse("file", span(text), tell, NULL);
}

static bool
is_told(const char *want)
{
	bool same = strcmp(told.text, want) == 0;

	if (!same)
		printf("# %s", told.text);
	return same;
}

/* Is it refused with these lines, of each as much as is here? */
static bool
wrong(const char *text, const char *want)
{
	struct mapfile *m = parse(text);
	const char *got = told.text;
	bool good = m == NULL;

	if (m != NULL)
		mapfile_free(m);
	while (good && *want != '\0') {
		size_t n = strcspn(want, "\n"), line = strcspn(got, "\n");

		good = n <= line && strncmp(got, want, n) == 0;
		want += n + (want[n] == '\n');
		got += line + (got[line] == '\n');
	}
	good &= *got == '\0';
	if (!good)
		printf("# %s", told.text);
	return good;
}

#define IP "INTERNAL_IP\n\n * $N\n\n"
#define SEND "ORIG_SEND_ACCESS\n\n"

static bool
right(const char *text)
{
	struct mapfile *m = parse(text);

	if (m == NULL) {
		printf("# %s", told.text);
		return false;
	}
	mapfile_free(m);
	return told.n == 0;
}

static void
layout(void)
{
	OK(right(IP SEND " * $N\n"));
	OK(right("! c\nINTERNAL_IP\n!\n\n! c\n\t*\t$N\t\n!\n \nORIG_SEND_ACCESS  \n\t\n * $N"));
	OK(right("INTERNAL_IP\r\n\r\n * $N\r\n\r\nORIG_SEND_ACCESS\r\n\r\n * $N\r\n"));
	OK(wrong("INTERNAL_IP\n\n1.2.3.4 $Y\n", "3 column 1 is for the name\n0 `ORIG_SEND_ACCESS' is"));
	OK(right("internal_ip\n\n * \\\n  $N\n\norig_send_access\n\n tcp_\\\nlocal|* $NNo$ mail\n"));
	OK(wrong("", "0 `INTERNAL_IP' is a table that the file lacks\n0 `ORIG_SEND_ACCESS' is"));
	OK(wrong(IP, "0 `ORIG_SEND_ACCESS' is a table that the file lacks\n"));
	OK(wrong(SEND " * $N\n", "0 `INTERNAL_IP' is a table that the file lacks\n"));
	OK(wrong(IP SEND " *\n", "7 an entry without a template\n"));
	OK(wrong(IP SEND " * $Nnot you\n", "7 `you' stands behind the template: write `$ ' for"));
	OK(wrong(IP "ORIG_SEND_ACCESS\n * $N\n", "6 an empty line is missing between"));
	OK(wrong(IP SEND " * $N\n\n * $N\n", "9 an entry outside of a table"));
	OK(wrong(" * $N\n" IP SEND, "1 an entry outside of a table"));
	OK(wrong(IP SEND " * $N\nFORWARD\n\n", "8 an empty line is missing above"));
	OK(wrong(IP "FORWARD\n" SEND " * $N\n", "6 an empty line is missing above"));
	OK(wrong(IP SEND "\n" IP, "8 `INTERNAL_IP' is a table that the file has"));
	OK(right(IP SEND "\nFORWARD\n\nREVERSE\n\n\n! c\n\nLAST\n"));
	OK(wrong(IP SEND "* $N\n", "7 column 1 is for the name"));
	OK(wrong(IP SEND "tcp_local|* $N\n", "7 holds more than the name of a table"));
	OK(wrong(IP SEND " a\\ \n * $N\n", "7 blanks stand behind the \\\n7 an entry without"));
	OK(wrong(IP SEND " a $N\\\n", "7 the file ends with a line that goes on\n"));
	OK(wrong(IP SEND " a $N\\\n\n", "8 the line above ends with \\, and this one is empty\n"));
	OK(wrong(IP SEND " a \\\n!\n $N\n", "8 a comment stands within an entry that goes on\n"));
	OK(wrong(IP SEND "! a \\\n * $N\n", "7 a comment ends with \\"));
	OK(wrong(IP SEND " a\001 $N\n", "7 holds a control character\n"));
	OK(wrong("\xef\xbb\xbf" IP, "1 the file begins with a byte order mark\n0 `INT\n0 `ORIG"));
	OK(wrong(IP SEND "\n<other\n", "8 `other' is a file to include, which is not"));
	OK(wrong(IP SEND "\nPORT_ACCESS\n\n * $Y\n", "8 `PORT_ACCESS' decides about mail as well"));
	OK(wrong(IP SEND "\nfrom_access\n\n\nSEND_ACCESS\n\n", "8 `from_access' dec\n11 `SEND_ACCESS'"));
	OK(wrong(IP SEND " $A* $N\n x $3\n * $F\n", "7 `$A*' is a wildcard of one kind\n"
	    "8 `$3' is a wildcard\n9 `$F' is not understood: write $N"));
}

static void
refused_templates(void)
{
	static const char *const BAD[][2] = {
		{ "$5", "$5" }, { "$@", "$@" }, { "$^x", "$^" }, { "$\\x", "$\\" }, { "$_x", "$_" },
		{ "$=x", "$=" }, { "$#seq|16|8|4#", "$#" }, { "$]ldap://[", "$]" },
		{ "${db}", "${" }, { "$(x)", "$(" }, { "$[lib,fn,arg]", "$[" }, { "$?50?", "$?" },
		{ "$<x", "$<" }, { "$>x", "$>" }, { "$U", "$U" }, { "$T", "$T" }, { "$X5.7.1|$N", "$X" },
		{ "$:E$N", "$:E" }, { "$;", "$;" }, { "$Y$N", "$N" }, { "$y$Y", "$Y" },
		{ "$|T|", "$|T" }, { "$|;x|", "$|" }, { "$|T;$Y|", "$Y" }, { "$|T;$|U;x||", "$|" },
		{ "$,", "$," },
	};
	char text[200], want[20];

	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		snprintf(text, sizeof text, IP SEND " *|*|*|*|* %s\n", BAD[i][0]);
		snprintf(want, sizeof want, "7 `%s' ", BAD[i][1]);
		OK(wrong(text, want));
	}
	OK(wrong(IP SEND " * a$\n", "7 `$' stands at the end of a template\n"));
	OK(wrong(IP SEND " * $|T;x\n", "7 a table is asked, and the |\n"));
	OK(wrong(IP SEND " * $|T;x|\n", "7 `T' is a table that is asked, and is not in"));
}

static void
unused(void)
{
	struct mapfile *m = parse(IP SEND " * $|SEE;$0|$Y\n\nFORWARD\n\n x@y $U$D${z}\n\n"
	    "SEE\n\n * $|MORE;$0|$Y\n\nREVERSE\n\nMORE\n\n * $N\n");

	OK(m != NULL && told.n == 0);
	if (m == NULL)
		return;
	mapfile_unused(m, tell, NULL);
	OK(is_told("9 table FORWARD is not read: neither INTERNAL_IP nor ORIG_SEND_ACCESS asks it\n"
	    "17 table REVERSE is not read: neither INTERNAL_IP nor ORIG_SEND_ACCESS asks it\n"));
	mapfile_free(m);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		printf("Bail out! %s\n", path);
}

static void
tell_path(void *to, const char *path, unsigned long line, const char *text)
{
	(void)to;
	told.n += (size_t)snprintf(told.text + told.n, sizeof told.text - told.n, "%s:", path);
	say(line, text);
}

static bool
read_is(const char *path, const char *want)
{
	struct mapfile *m;

	told.n = 0;
	told.text[0] = '\0';
	if ((m = mapfile_read(path, tell_path, NULL)) != NULL)
		mapfile_free(m);
	return is_told(want) && (m != NULL) == (told.n == 0);
}

static void
read_files(void)
{
	static char big[MAPFILE_MAX + 2];

	write_file("maps/in/send", SEND " * $N\n");
	write_file("maps/in/entry", " 10.0.0.1 $Y\n<../in/last\n");
	write_file("maps/in/last", " * $N\n");
	write_file("maps/all", "INTERNAL_IP\n\n<in/entry\n\n<in/send\n");
	OK(read_is("maps/all", ""));
	write_file("maps/in/last", " * $Q\n");
	OK(read_is("maps/all", "maps/in/../in/last:1 `$Q' is not understood in a template\n"));
	write_file("maps/in/last", " * $N\n<../all\n");
	OK(read_is("maps/all", "maps/in/../in/last:2 `maps/in/../in/../all' includes itself\n"));
	write_file("maps/in/last", " * $N\n<none\n");
	OK(read_is("maps/all", "maps/in/../in/last:2 `maps/in/../in/none' No such file or directory\n"));
	write_file("maps/in/last", " * $N\n<.\n<IMTA_TABLE:mappings.locale\n<\n");
	OK(read_is("maps/all", "maps/in/../in/last:2 `maps/in/../in/.' is no regular file\n"
	    "maps/in/../in/last:3 `IMTA_TABLE:mappings.locale' is a logical name, which is not "
	    "understood: write the path\nmaps/in/../in/last:4 a < without the name of a file\n"));
	fill(big, MAPFILE_MAX, "!2345678901234567890123456789\n");
	write_file("maps/in/last", big);
	OK(read_is("maps/all", ""));
	fill(big, MAPFILE_MAX + 1, "!2345678901234567890123456789\n");
	write_file("maps/in/last", big);
	OK(read_is("maps/all", "maps/in/entry:2 `maps/in/../in/last' has more than 1 MiB\n"));
	OK(read_is("maps/none", "maps/none:0 No such file or directory\n"));
	OK(read_is("maps", "maps:0 is no regular file\n"));
}

static void
read_deep(void)
{
	char path[32], text[32];

	for (int i = 0; i < MAPFILE_DEPTH; i++) {
		snprintf(path, sizeof path, "maps/%d", i);
		snprintf(text, sizeof text, "<%d\n", i + 1);
		write_file(path, i == MAPFILE_DEPTH - 1 ? IP SEND : text);
	}
	OK(read_is("maps/0", ""));
	write_file("maps/7", IP SEND "\n<8\n");
	OK(read_is("maps/0", "maps/7:8 `8' is a file too deep within others\n"));
	write_file("maps/e", "!\n");
	write_file("maps/many", IP SEND "\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n"
	    "<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n<e\n");
	OK(read_is("maps/many", "maps/many:39 `e' is one file too many\n"));
}

static void
in_a_folder(void)
{
	char folder[] = "/tmp/mapping.XXXXXX", back[4096], command[64];

	if (getcwd(back, sizeof back) == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0 ||
	    mkdir("maps", 0700) != 0 || mkdir("maps/in", 0700) != 0) {
		printf("Bail out! no folder\n");
		return;
	}
	read_files();
	read_deep();
	snprintf(command, sizeof command, "rm -r %s", folder);
	OK(chdir(back) == 0 && system(command) == 0);
}

static void
too_many(void)
{
	static char text[MAPFILE_MAX], line[MAPFILE_LINE + 300];
	size_t n = (size_t)snprintf(text, sizeof text, "%s", IP SEND);
	struct mapfile *m;

	for (int i = 0; i < MAPFILE_ENTRIES; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, " a%d $N\n", i);
	OK(wrong(text, "10006 more than 10000 entries\n"));
	text[n - 9] = '\0';
	m = parse(text);
	OK(m != NULL && m->send->entries == MAPFILE_ENTRIES - 1 && m->internal->entries == 1);
	if (m != NULL)
		mapfile_free(m);
	n = (size_t)snprintf(text, sizeof text, "%s", IP SEND);
	for (int i = 0; i < MAPFILE_TABLES - 1; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "\nT%d\n\n", i);
	OK(wrong(text, "602 more than 200 tables\n"));
	fill(line, MAPFILE_LINE + 1, "a");
	snprintf(text, sizeof text, "%s %s\n", IP SEND, line);
	OK(wrong(text, "7 the entry has more than 4096\n7 an entry without\n7 a pattern of more than"));
}

/* --- tables asked ----------------------------------------------------------------- */

static void
note(void *to, const struct maptable *t, const struct mapentry *e, struct span result)
{
	(void)to;
	(void)result;
	told.n += (size_t)snprintf(told.text + told.n, sizeof told.text - told.n, "%s%s%zu",
	    told.n > 0 ? " " : "", strcmp(t->name, "ORIG_SEND_ACCESS") == 0 ? "" : t->name,
	    e->number);
	if (told.n >= sizeof told.text)
		told.n = sizeof told.text - 1;
}

/* "WORD:TEXT[:REPLY] FIRED": what the entries of ORIG_SEND_ACCESS say. */
static const char *
ask(const char *entries, const char *probe, bool authenticated)
{
	static const char *const WORD[] = { "nothing", "yes", "no", "limit", "memory" };
	static char text[4096], out[4096];
	static struct mapping_answer a;
	struct mapfile *m;
	enum mapping_said said;
	int n;

	snprintf(text, sizeof text, "%s%s", IP SEND, entries);
	if ((m = parse(text)) == NULL)
		return told.text;
	said = mapping_ask(m->send, &(struct mapping_question){ span(probe), authenticated, note,
	    NULL }, &a);
	n = snprintf(out, sizeof out, "%s", WORD[said]);
	if (said != MAPPING_LIMIT)
		snprintf(out + n, sizeof out - (size_t)n, ":%.*s%s%.*s %s", (int)a.n, a.text,
		    a.by != NULL ? ":" : "", (int)a.nreply, a.reply, told.text);
	mapfile_free(m);
	return out;
}

static bool
says(const char *entries, const char *probe, const char *want)
{
	const char *got = ask(entries, probe, false);

	if (strcmp(got, want) != 0)
		printf("# %s\n", got);
	return strcmp(got, want) == 0;
}

static void
templates(void)
{
	OK(says("", "x", "nothing:x "));
	OK(says(" y $Y\n", "x", "nothing:x "));
	OK(says(" x $Y\n x $N\n", "X", "yes:: 1"));
	OK(says(" x a$Nb$ c$$\n", "x", "no:ab c$:b c$ 1"));
	OK(says(" *-*-* $2$0$1.$2\n", "A-b-c", "nothing:cAb.c 1"));
	OK(says(" * a$*$%|$y\n", "x", "yes:a*%|: 1"));
	OK(says(" * \\\n $N$0\\\nz\n", "x", "no:xz:xz 1"));
	OK(says(" x a\n x $Y\n", "x", "nothing:a 1"));
	OK(says(" x $N$\t|\n", "x", "no:\t|:\t| 1"));
}

static void
control(void)
{
	OK(says(" a b$C\n b c\n c $Y\n", "a", "nothing:c 1 2"));
	OK(says(" b $Y\n a b$R\n", "a", "yes:: 2 1"));
	OK(says(" b $Y\n a b$C\n c $N\n", "a", "nothing:b 2"));
	OK(says(" b $Y\n a b$L\n c $N\n", "a", "yes:: 2 1"));
	OK(says(" b c$L\n a b$L\n c d$L\n", "a", "nothing:d 2 1 3"));
	OK(says(" b c$l\n a b$L\n b x$c\n", "a", "nothing:x 2 3"));
	OK(says(" a b$R$E\n b $Y\n", "a", "nothing:b 1"));
	OK(says(" a b$e$C\n b $Y\n", "a", "yes:: 1 2"));
	OK(says(" a b$c$e$N\n b $Y\n", "a", "no:b: 1"));
	/* what was said stays said */
	OK(says(" a b$N$C\n b c\n", "a", "no:c: 1 2"));
	OK(says(" a $Nb$C\n b $Yc\n", "a", "yes:c:c 1 2"));
	OK(says(" *%x* $0$1$R\n xx* done\n", "aaxx", "nothing:aa 1 1"));
}

static void
limits(void)
{
	static char text[4000], probe[MAPPING_MAX + 2];

	OK(says(" * $0$R\n", "a", "limit"));
	OK(says(" * $0$L\n", "a", "limit"));
	OK(says(" * $0$0$R\n", "a", "limit"));
	OK(says(" * $|T;$0|$Y\n\nT\n\n * $|T;$0|$Y\n", "a", "limit"));
	OK(says(" * $|ORIG_SEND_ACCESS;$0|$Y\n", "a", "limit"));
	fill(text, MAPPING_FIRED * 8, " * $0$C\n");
	OK(strncmp(ask(text, "a", false), "nothing:a 1 2 3", 15) == 0);
	fill(text, MAPPING_FIRED * 8 + 8, " * $0$C\n");
	OK(says(text, "a", "limit"));
	fill(probe, MAPPING_MAX, "a");
	OK(strncmp(ask(" * $Y\n", probe, false), "yes", 3) == 0);
	OK(says(" * x$0\n", probe, "limit"));
	fill(probe, MAPPING_MAX + 1, "a");
	OK(says(" * $Y\n", probe, "limit"));
}

static void
conditions(void)
{
	static const char IF[] = " * $:A$Y\n * $;a$N\n";

	OK(strcmp(ask(IF, "x", true), "yes:: 1") == 0);
	OK(strcmp(ask(IF, "x", false), "no:: 2") == 0);
	OK(strcmp(ask(" * $;A$Y\n", "x", true), "nothing:x ") == 0);
	OK(says(" *|* $|T;$1|$N,$0\n * $Y\n\nT\n\n b c$Y\n b d\n", "a|b", "no:c,a:,a T1 1"));
	OK(says(" *|* a$|t;$1|$N\n * $Y\n\nT\n\n * $Nx\n", "a|b", "yes:: T1 2"));
	OK(says(" *|* a$|t;$1|$N\n * $Y\n\nT\n\n c $Yx\n", "a|b", "yes:: 2"));
	OK(says(" *|* $R$|t;$1|$N\n * $Y\n\nT\n\n c $Yx\n", "a|b", "yes:: 2"));
	OK(says(" a $|T;b$ $$|$|T;$|$C\n 12 $Y\n\nT\n\n b$ $$ 1$Y\n $$ 2$Y\n", "a",
	    "7 `$|' is not understood in the argument of a table\n"));
	OK(says(" a $|T;b$ $$|$|T;c|$C\n 12 $Y\n\nT\n\n b$ $$ 1$Y\n c 2$Y\n", "a",
	    "yes:: T1 T2 1 2"));
	OK(says(" * $|T;|$N\n\nT\n\n x $Y\n", "a", "nothing:a "));
}

/* --- what is found ---------------------------------------------------------------- */

static void
finding(void *to, const char *path, unsigned long line, const char *reason, const char *text)
{
	(void)to;
	(void)path;
	(void)text;
	say(line, reason);
}

/* The findings of it, "LINE REASON" each. */
static bool
finds(const char *text, const char *want)
{
	struct mapfile *m = parse(text);
	bool clean, good;

	if (m == NULL)
		return is_told(want);
	clean = maplint(m, finding, NULL);
	good = is_told(want) && clean == (told.n == 0);
	mapfile_free(m);
	return good;
}

#define NO " * $N\n"
#define IPS "INTERNAL_IP\n\n"

static void
findings(void)
{
	OK(finds(IP SEND NO, ""));
	OK(finds(IPS " $(0.0.0.0/0) $Y\n" NO "\n" SEND NO, "3 open\n"));
	OK(finds(IPS " $(10.0.0.0/8) $Y\n $(10.0.0.0/7) $Y\n" NO "\n" SEND NO, "4 open\n"));
	OK(finds(IPS " ${::/0} $Y\n" NO "\n" SEND NO, "3 open\n"));
	OK(finds(IPS " ${2000::/15} $Y\n ${2002::/16} $Y\n" NO "\n" SEND NO, "3 open\n"));
	OK(finds(IPS " $(0.0.0.0/0) $N\n $(0.0.0.0/0) $Y\n" NO "\n" SEND NO, "4 unreachable\n"));
	OK(finds(IPS " * $Y\n\n" SEND NO, "3 open\n3 closing\n"));
	OK(finds(IPS " *.* $Y\n" NO "\n" SEND NO, "3 open\n"));
	OK(finds(IPS " * $C$|T;$0|$Y$E\n" NO "\nT\n\n * $Y\n\n" SEND NO, "3 open\n"));
	OK(finds(IPS " 1* $Y\n" NO "\n" SEND NO, ""));
	OK(finds(IPS " 10.0.0.1 $Y\n\n" SEND NO, "3 closing\n"));
	OK(finds(IPS "\n" SEND NO, "1 closing\n"));
	OK(finds(IPS " * $C$N\n\n" SEND NO, "3 closing\n"));
	OK(finds(IP SEND, "5 closing\n"));
	OK(finds(IP SEND " tcp_local|*|tcp_local|* $N\n", ""));
	OK(finds(IP SEND " tcp_local|*|tcp_local|*x* $N\n", "5 closing\n"));
	OK(finds(IP SEND " tcp_local|*|*|* $Y\n", "7 closing\n"));
	OK(finds(IP SEND " tcp_local|*@*|tcp_local|* $N\n", "5 closing\n"));
	OK(finds(IP SEND " tcp_local|*|tcp_local|*.* $N\n", "5 closing\n"));
	OK(finds(IP SEND " a* $Y\n AB* $N\n" NO, "8 unreachable\n"));
	OK(finds(IP SEND " a* $:A$Y\n AB* $N\n" NO, ""));
	OK(finds(IP SEND " a* x$R\n AB* $N\n" NO, "8 unreachable\n"));
	OK(finds(IP SEND " a* $Y\n x a$C\n AB* $N\n" NO, ""));
	OK(finds(IPS " $(10.0.0.0/8) $Y\n 10.1.2.3 $N\n $(10.1.0.0/16) $N\n" NO "\n" SEND NO,
	    "4 unreachable\n5 unreachable\n"));
	OK(finds(IP SEND " tcp_scan|*|*|* $N\n TCP_auth|*|*|* $Y\n" NO, "7 unreachable\n"));
	OK(finds(IP SEND " on|*|*|* $N\n tcp_local|*|*|*x on|$0|$1|$2$R\n" NO, ""));
	OK(finds(IP SEND " on|*|*|* $N\n tcp_local|*|*|*x on$R\n" NO, ""));
	OK(finds(IP SEND " on|*|*|* $N\n tcp_local|*|*|*x off|on|$R\n" NO, "7 unreachable\n"));
	OK(finds(IP SEND " *|*|*|*$%*$%*@* $0|$1|$2|$3$%$5@$6$R\n" NO, "7 dropped\n"));
	OK(finds(IP SEND " *|*|*|*$%*$%*@* $0|$1|$2|$3$%$4@$6$R\n" NO, "7 dropped\n"));
	OK(finds(IP SEND " *|*|*|*$%*@* $0|$1|$2|$3@here$R\n" NO, "7 dropped\n7 dropped\n"));
	OK(finds(IP SEND " *|*|*|*$%*$%*@* $N\n" NO, ""));
	OK(finds(IP SEND " *|*$%*@*|*|* $0|$1|$4|$5x$C\n" NO, ""));
	OK(finds(IP SEND " *|*|*|*$%* $0|$1|$2|$3$%$4$R\n" NO, "7 loop\n"));
	OK(finds(IP SEND " * $0$L\n" NO, ""));
	OK(finds(IP SEND " * $0$L\n", "7 loop\n"));
	OK(finds(IP SEND " * $C$|T;$0|$Y$E\n" NO "\nT\n\n * $c$|T;$0|$Y$E\n", "7 loop\n"));
	OK(finds(IP SEND " a* $|T;$0|$Y\n" NO "\nT\n\n b* $E$C$|U;$0|$C$|U;x|\n\nU\n\n c $Y\n",
	    "7 ambiguous\n"));
	OK(finds(IP SEND " a* $C$E$|U;$0|$C$Y\n" NO "\nU\n\n c $Y\n", "7 ambiguous\n"));
}

/* There are too many pairs; it says so, and ends. */
static void
unfinished(void)
{
	static char text[MAPFILE_MAX];
	size_t n = (size_t)snprintf(text, sizeof text, "%s%s", IP, SEND);

	for (int i = 0; i < MAPFILE_ENTRIES - 2; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, " *x%05d|*|* $N\n", i);
	snprintf(text + n, sizeof text - n, "%s", NO);
	OK(finds(text, "5 unfinished\n"));
}

/* --- 2002 ------------------------------------------------------------------------- */

#define LOCAL " tcp_local|*|*|"
#define REFUSE "  $NRelaying$ not$ permitted\n"
static const char RULES[] =
"INTERNAL_IP\n\n  $(192.168.228.0/24)  $Y\n  127.0.0.1  $Y\n  *  $N\n\n"
"ORIG_SEND_ACCESS\n\n"
LOCAL "*$%*.company.com@*  tcp_local|$0|$1|$2@$4$R\n"
LOCAL "*$%company.com@*  tcp_local|$0|$1|$2@$3$R\n"
LOCAL "*$%*.company.com$%*@*  tcp_local|$0|$1|$2@$5$R\n"
LOCAL "*$%company.com$%*@*  tcp_local|$0|$1|$2@$4$R\n"
LOCAL "*$%*.*@*" REFUSE LOCAL "*.*!*@*" REFUSE
LOCAL "\"*@*\"@company.com" REFUSE LOCAL "\"*@*\"@*.company.com" REFUSE
LOCAL "@*.*:\"*@*\"@company.com" REFUSE LOCAL "@*.*:\"*@*\"@*.company.com" REFUSE
LOCAL "@*.*:*@*.company.com  $Y\n" LOCAL "@*.*:*@company.com  $Y\n"
LOCAL "@*.*:*@*" REFUSE " tcp_local|*|tcp_local|*" REFUSE;

static bool
same_text(struct span a, const char *b)
{
	for (size_t i = 0; i < a.n && i < strlen(b); i++)
		if (fieldtext_lower(a.p[i]) != b[i])
			return false;
	return a.n == strlen(b);
}

static bool
is_ours(void *to, struct span d)
{
	static const char BELOW[] = ".company.com";
	size_t n = sizeof BELOW - 1;

	(void)to;
	return d.n == 0 /* which is never asked */ || same_text(d, "mta01.company.com") || same_text(d, "company.com") ||
	    (d.n >= n && same_text((struct span){ d.p + d.n - n, n }, BELOW));
}

static bool
is_own(void *to, const struct ipaddr *a)
{
	char text[IPADDR_TEXT];

	(void)to;
	ipaddr_text(text, a);
	return strcmp(text, "203.0.113.25") == 0 || strcmp(text, "192.168.228.10") == 0;
}

static void
note_rule(void *to, const struct maptable *t, const struct mapentry *e, struct span result)
{
	(void)to;
	(void)result;
	if (strcmp(t->name, "ORIG_SEND_ACCESS") == 0)
		told.n += (size_t)snprintf(told.text + told.n, sizeof told.text - told.n, " r%zu",
		    e->number);
}

static struct replay_answer answer;

/* "accept r1" and the like. */
static const char *
replay(const struct mapfile *m, const struct replay_mail *mail)
{
	static const char *const WORD[] = { "accept", "reject", "limit", "memory" };
	static char out[sizeof told.text + 10];
	static const struct replay_site site = { { "mta01.company.com", 17 }, is_ours, is_own, NULL };
	enum replay_verdict v;

	told.n = 0;
	told.text[0] = '\0';
	v = replay_ask(m, &site, mail, note_rule, NULL, &answer);
	snprintf(out, sizeof out, "%s%s", WORD[v], told.text);
	return out;
}

static bool
probes(const char *sender, const char *recipient, const char *want)
{
	struct mapfile *m = parse(IP SEND NO);
	struct replay_mail mail = { span("10.0.0.1"), false, span(sender), span(recipient) };
	bool good;

	if (m == NULL)
		return false;
	replay(m, &mail);
	good = answer.nprobe == strlen(want) && memcmp(answer.probe, want, answer.nprobe) == 0;
	if (!good)
		printf("# %.*s\n", (int)answer.nprobe, answer.probe);
	mapfile_free(m);
	return good;
}

static void
made_probes(void)
{
	OK(probes("<a@b>", "<c@d>", "tcp_local|a@b|tcp_local|c@d"));
	OK(probes("", "<<c@d>>", "tcp_local||tcp_local|<c@d>"));
	OK(probes("", "joe", "tcp_local||tcp_intranet|joe@mta01.company.com"));
	OK(probes("", "joe@", "tcp_local||tcp_local|joe@"));
	OK(probes("", "a@b@C.Company.com", "tcp_local||tcp_intranet|\"a@b\"@C.Company.com"));
	OK(probes("", "\"a@b\"@c", "tcp_local||tcp_local|\"a@b\"@c"));
	OK(probes("", "\"a@b\"@c@d", "tcp_local||tcp_local|\"\\\"a@b\\\"@c\"@d"));
	OK(probes("", "\"a\\\"@b\"@c", "tcp_local||tcp_local|\"a\\\"@b\"@c"));
	OK(probes("", "@x:a@b@c", "tcp_local||tcp_local|@x:\"a@b\"@c"));
	OK(probes("", "@x:a@c", "tcp_local||tcp_local|@x:a@c"));
	OK(probes("", "@a@b", "tcp_local||tcp_local|@a@b"));
	OK(probes("", "j@[203.0.113.25]", "tcp_local||tcp_intranet|j@[203.0.113.25]"));
	OK(probes("", "j@[IPv6:::1]", "tcp_local||tcp_local|j@[IPv6:::1]"));
	OK(probes("", "", "tcp_local||tcp_intranet|@mta01.company.com"));
}

static bool
does(const struct mapfile *m, const char *client, bool authenticated, const char *recipient,
    const char *want)
{
	struct replay_mail mail = { span(client), authenticated, span("a@sender.example"),
	    span(recipient) };
	const char *got = replay(m, &mail);

	if (strcmp(got, want) != 0)
		printf("# %s\n", got);
	return strcmp(got, want) == 0;
}

static void
replays(void)
{
	static const char OUT[] = "198.51.100.7", IN[] = "192.168.228.9";
	static char big[MAPPING_MAX];
	struct mapfile *m = parse(RULES);

	OK(m != NULL);
	if (m == NULL)
		return;
	OK(does(m, OUT, false, "joe@company.com", "accept"));
	OK(answer.by == NULL && answer.nreply == 0);
	OK(does(m, OUT, false, "bob@victim.example", "reject r14"));
	OK(answer.by != NULL && answer.by->number == 14 && answer.by->line == 22);
	OK(answer.nreply == 22 && memcmp(answer.reply, "Relaying not permitted", 22) == 0);
	OK(strcmp(answer.source, "tcp_local") == 0 && strcmp(answer.destination, "tcp_local") == 0);
	OK(does(m, OUT, false, "joe%a.company.com%b.company.com@company.com", "accept r1 r1"));
	OK(does(m, OUT, false, "joe%company.com%victim.example@company.com", "accept r4"));
	OK(does(m, OUT, false, "joe%victim.example@sub.company.com", "reject r5"));
	OK(does(m, OUT, false, "joe@xyz.example@sub.company.com", "reject r8"));
	OK(does(m, OUT, false, "@company.com;joe@company.com", "accept"));
	OK(does(m, OUT, false, "@mta01.company.com:joe@company.com", "accept r12"));
	OK(does(m, OUT, true, "bob@victim.example", "accept"));
	OK(strcmp(answer.source, "tcp_auth") == 0);
	OK(does(m, IN, false, "bob@victim.example", "accept"));
	OK(strcmp(answer.source, "tcp_intranet") == 0);
	OK(does(m, "192.168.228.009", false, "bob@victim.example", "reject r14"));
	OK(does(m, "::ffff:192.168.228.9", false, "bob@victim.example", "reject r14"));
	OK(does(m, "127.0.0.1", false, "bob@victim.example", "accept"));
	fill(big, MAPPING_MAX - 1, "a");
	OK(does(m, OUT, false, big, "limit"));
	OK(does(m, big, false, "bob@victim.example", "reject r14"));
	mapfile_free(m);
	OK(finds(RULES, "11 dropped\n12 dropped\n"));
}

/* Escapes of the cases: \xHH and \\. */
static struct span
unescape(char *s)
{
	size_t n = 0;

	for (char *p = s; *p != '\0'; n++) {
		char hex[3] = { 0 };

		if (p[0] == '\\' && p[1] == 'x') {
			memcpy(hex, p + 2, 2);
			s[n] = (char)strtol(hex, NULL, 16);
			p += 4;
		} else {
			p += *p == '\\';
			s[n] = *p++;
		}
	}
	return (struct span){ s, n };
}

/* The field before *line, which moves behind its tab. */
static char *
field(char **line)
{
	char *f = *line, *end = f + strcspn(f, "\t\n");

	*line = *end == '\t' ? end + 1 : end;
	*end = '\0';
	return f;
}

/* Is what we do with the line of a case what is written in its column? */
static bool
is_case(const struct mapfile *m, char *line, size_t *cases)
{
	char *column[11];
	struct replay_mail mail;

	for (size_t i = 0; i < 11; i++)
		column[i] = field(&line);
	if (column[10][0] == '\0' || strcmp(column[10], "-") == 0 || strcmp(column[10], "seed13") == 0)
		return true;
	++*cases;
	mail = (struct replay_mail){ unescape(column[1]), column[2][0] == '1',
	    unescape(column[3]), unescape(column[4]) };
	if (strcmp(replay(m, &mail), column[10]) == 0)
		return true;
	printf("# %s: %s, wanted %s\n", column[0], replay(m, &mail), column[10]);
	return false;
}

static void
cases(void)
{
	const char *build = getenv("MULTISCAN_BUILD");
	char path[4096], line[8192];
	struct mapfile *m;
	size_t n = 0;
	bool good = true;
	FILE *f;

	snprintf(path, sizeof path, "%s/../../shared/cases/2002/mappings", build ? build : "build");
	if (access(path, R_OK) != 0) {
		SKIP("there is no ../shared/cases");
		return;
	}
	m = mapfile_read(path, tell, NULL);
	snprintf(path, sizeof path, "%s/../../shared/cases/relay.tsv", build ? build : "build");
	f = fopen(path, "r");
	OK(m != NULL && f != NULL);
	while (m != NULL && f != NULL && fgets(line, sizeof line, f) != NULL)
		good &= line[0] == '#' || is_case(m, line, &n);
	OK(good && n > 150);
	if (f != NULL)
		fclose(f);
	if (m != NULL)
		mapfile_free(m);
}

int
main(void)
{
	patterns();
	networks();
	refused_patterns();
	bounds();
	covering();
	layout();
	refused_templates();
	unused();
	in_a_folder();
	too_many();
	templates();
	control();
	limits();
	conditions();
	findings();
	unfinished();
	made_probes();
	replays();
	cases();
	return done();
}
