/* SPDX-License-Identifier: ISC */
// with: cmd/virlog/line.c cmd/virlog/fit.c cmd/virlog/json.c
// with: cmd/virlog/form.c cmd/virlog/show.c
#include "cmd/virlog/form.h"
#include "cmd/virlog/json.h"
#include "cmd/virlog/show.h"
#include "tests/unit/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[LINE_BYTES];
static const struct json_head head = { "T", "h", "t" };

/* The line of a record, as a string. */
static const char *
line(const char *record, size_t room)
{
	struct line l;
	size_t n;

	line_read(&l, record, strlen(record));
	n = line_text(text, room, &l);

	text[n] = '\0';
	return n <= room ? text : "too long";
}

static bool
says(const char *record, const char *want)
{
	return strcmp(line(record, 1000), want) == 0;
}

static bool
has(const char *what)
{
	return strstr(text, what) != NULL;
}

static bool
begins(const char *what)
{
	return strncmp(text, what, strlen(what)) == 0;
}

static bool
wanted(const char *record)
{
	struct line l;

	line_read(&l, record, strlen(record));
	return l.wanted;
}

static enum line_level
level(const char *record)
{
	struct line l;

	line_read(&l, record, strlen(record));
	return l.level;
}

/* The object of a record without its head, as a string. */
static const char *
object(const char *record, size_t room)
{
	struct line l;
	size_t n;
	const char *end;

	line_read(&l, record, strlen(record));
	n = json_line(text, room, &l, &head);
	text[n] = '\0';
	end = strstr(text, "\"text\":");
	return n <= room && end != NULL ? end : "wrong";
}

/* What -r makes of a line, as a string. */
static const char *
shown(const char *what, size_t n)
{
	static char to[SHOW_ROOM + 1];

	to[show_line(to, what, n)] = '\0';
	return to;
}

static bool
shows(const char *what, const char *want)
{
	return strcmp(shown(what, strlen(what)), want) == 0;
}

static void
kinds(void)
{
	OK(says("part=2 verdict=infected sig=W32/Klez-H", "[ID 702911 mail.alert] "
	    "W32/Klez-H virus found and dealt part=2 verdict=infected sig=W32/Klez-H"));
	OK(says("verdict=infected sig=", "[ID 702911 mail.alert] "
	    "unknown virus found and dealt verdict=infected sig="));
	OK(says("verdict=banned suffix=.exe", "[ID 702911 mail.notice] "
	    ".exe suffix dealt verdict=banned suffix=.exe"));
	OK(says("verdict=banned why=conversions rule=no_exe", "[ID 702911 mail.notice] "
	    "no_exe conversion dealt verdict=banned why=conversions rule=no_exe"));
	OK(says("verdict=odd why=macro", "[ID 702911 mail.notice] "
	    "macro odd part dealt verdict=odd why=macro"));
	OK(says("verdict=unscanned why=limit-depth", "[ID 702911 mail.warning] "
	    "limit-depth not scanned verdict=unscanned why=limit-depth"));
	OK(says("relay=reject rule=x", "[ID 702911 mail.notice] "
	    "reject relay dealt relay=reject rule=x"));
	OK(says("id=1 do=hold text=virus%20found", "[ID 702911 mail.notice] "
	    "hold action id=1 do=hold text=virus%20found"));
	OK(says("x=1", "[ID 702911 mail.warning] unknown other record x=1"));
	OK(says("verdict=clean do=infected", "[ID 702911 mail.notice] "
	    "infected action verdict=clean do=infected"));
	OK(!wanted("check=avscan id=1 parts=2"));
	OK(wanted("x=1") && wanted("check=a verdict=odd"));
	OK(says("x=virus found=1 y=virus fount=2 foundling=virus foundling=3",
	    "[ID 702911 mail.warning] unknown other record x=virus cut=found y=virus fount=2 "
	    "foundling=virus cut=foundling"));
	OK(level("verdict=infected") == LINE_ALERT);
	OK(level("verdict=infecte") == LINE_WARNING);
	OK(says("clean=yes id=1 parts=2",
	    "[ID 702911 mail.info] 1 clean clean=yes id=1 parts=2"));
	OK(says("clean=yes", "[ID 702911 mail.info] unknown clean clean=yes"));
	OK(says("clean=no", "[ID 702911 mail.warning] unknown other record clean=no"));
	OK(says("clean=yes verdict=x",
	    "[ID 702911 mail.warning] x other record clean=yes verdict=x"));
}

static void
signatures(void)
{
	OK(says("source=a state=new sigs=3", "[ID 702911 mail.notice] "
	    "a signatures source=a state=new sigs=3"));
	OK(says("set=7 state=current files=2", "[ID 702911 mail.notice] "
	    "7 signatures set=7 state=current files=2"));
	OK(level("source=a state=failed") == LINE_WARNING);
	OK(level("source=a state=refused") == LINE_WARNING);
	OK(level("source=a state=same") == LINE_NOTICE);
	OK(level("source=a state=same stale=max-age") == LINE_WARNING);
	OK(says("source=a", "[ID 702911 mail.warning] unknown other record source=a"));
	OK(says("set=7 state=current do=x", "[ID 702911 mail.notice] "
	    "x action set=7 state=current do=x"));
	OK(says("set=7 state=current verdict=x", "[ID 702911 mail.warning] "
	    "x other record set=7 state=current verdict=x"));
	OK(says("verdict=infected sig=X set=7 state=current", "[ID 702911 mail.alert] "
	    "X virus found and dealt verdict=infected sig=X set=7 state=current"));
}

static void
json(void)
{
	OK(strcmp(object("verdict=infected sig=X n=0 size=15 part=2", 1000),
	    "\"text\":\"virus found and dealt\",\"verdict\":\"infected\",\"sig\":\"X\","
	    "\"n\":0,\"size\":15,\"part\":2}") == 0);
	OK(begins("{\"time\":\"T\",\"host\":\"h\",\"tag\":\"t\",\"level\":\"alert\","
	    "\"kind\":\"virus\",\"subject\":\"X\",\"text\":"));
	OK(strcmp(object("do=a to=b do=c to=d do=", 1000),
	    "\"text\":\"action\",\"do\":[\"a\",\"c\",\"\"],\"to\":[\"b\",\"d\"]}") == 0);
	OK(strcmp(object("size=01 n= parts=1234567890123456 sigs=123456789012345 x=1 "
	    "files=-1 n=2",
	    1000), "\"text\":\"other record\",\"size\":\"01\",\"n\":[\"\",2],"
	    "\"parts\":\"1234567890123456\",\"sigs\":123456789012345,\"x\":\"1\","
	    "\"files\":\"-1\"}") == 0);
	OK(strcmp(object("time=1 host=2 tag=3 level=4 kind=5 subject=6 text=7 text=8", 1000),
	    "\"text\":\"other record\",\"record_time\":\"1\",\"record_host\":\"2\","
	    "\"record_tag\":\"3\",\"record_level\":\"4\",\"record_kind\":\"5\","
	    "\"record_subject\":\"6\",\"record_text\":[\"7\",\"8\"]}") == 0);
	OK(strcmp(object("a=%0A cut=x b=2", 1000),
	    "\"text\":\"other record\",\"a\":\"%0A\",\"b\":\"2\",\"cut\":[\"x\"]}") == 0);
}

static void
show(void)
{
	OK(shows("x iMS: [ID 702911 mail.alert] a%20b virus found and dealt part=2 "
	    "name=%22%5C%C3%A9",
	    "x iMS: [ID 702911 mail.alert] \"a b\" virus found and dealt part=2 "
	    "name=\"\\\"\\\\\303\251\""));
	OK(shows("[ID 702911 mail.info] 1 clean", "[ID 702911 mail.info] 1 clean"));
	OK(shows("[ID 702911 mail.alert] X virus found and passed a= "
	    "b=%1B%C2%9B%E2%80%AE%FF%09",
	    "[ID 702911 mail.alert] X virus found and passed a= b="
	    "\"\\x1B\\xC2\\x9B\\xE2\\x80\\xAE\\xFF\\x09\""));
	/* Not ours: as they are, but safe. */
	OK(shows("[ID 702911 mail.alert] X virus found and a=%41",
	    "\\x5BID 702911 mail.alert] X virus found and a=%41"));
	OK(shows("[ID 702911 mail.alert] X action a=%41",
	    "\\x5BID 702911 mail.alert] X action a=%41"));
	OK(shows("[ID 702911 mail.alert] X action a=\"A\" [ID 702911 mail.",
	    "\\x5BID 702911 mail.alert] X action a=\"A\" \\x5BID 702911 mail."));
	OK(shows("[ID 702911 mail.alarm] X action a=1", "\\x5BID 702911 mail.alarm] X action a=1"));
	OK(shows("{a [ID 702911 mail.info] X action a=%7B",
	    "\\x7Ba [ID 702911 mail.info] X action a=\"{\""));
	/* What nobody sees. */
	OK(shows("\302\255\342\200\213\342\201\240\357\270\217\343\205\244\341\240\216\342\200\215",
	    "\\xC2\\xAD\\xE2\\x80\\x8B\\xE2\\x81\\xA0\\xEF\\xB8\\x8F\\xE3\\x85\\xA4\\xE1\\xA0\\x8E"
	    "\\xE2\\x80\\x8D"));
	OK(shows("a\033[31m\\ \"b\" %20 \302\205\303\251",
	    "a\\x1B[31m\\\\ \"b\" %20 \\xC2\\x85\303\251"));
	OK(strcmp(shown("a\0b", 3), "a\\x00b") == 0);
	OK(shows("", "") && shows("[ID 702911 mail.", "\\x5BID 702911 mail."));
	OK(shows("{\"time\":\"T\",\"host\":\"h\",\"tag\":\"t\",\"level\":\"alert\","
	    "\"kind\":\"virus\","
	    "\"subject\":\"a%20\",\"text\":\"virus found and dealt\",\"n\":1,\"to\":"
	    "[\"a\",\"%0A\"],\"record_time\":\"2\"}",
	    "{T h t} [ID 702911 mail.alert] \"a \" virus found and dealt n=1 to=a "
	    "to=\"\\x0A\" time=2"));
	OK(shows("s {\"time\":\"T\",\"host\":\"h\",\"tag\":\"t\",\"level\":\"info\","
	    "\"kind\":\"clean\","
	    "\"subject\":\"a\",\"text\":\"clean\"}", "s {T h t} [ID 702911 mail.info] a "
	    "clean"));
	OK(shows("{\"time\":\"T\",\"host\":\"h\",\"tag\":\"t\",\"level\":\"info\","
	    "\"kind\":\"virus\","
	    "\"subject\":\"a\",\"text\":\"clean\"}",
	    "{\"time\":\"T\",\"host\":\"h\",\"tag\":\"t\","
	    "\"level\":\"info\",\"kind\":\"virus\",\"subject\":\"a\",\"text\":\"clean\"}"));
}

/* Objects that are nearly ours are none. */
static void
others(void)
{
	static const char *const ends[] = { "\"x\":\"1\"}", "\"n\":1}", "\"x\":[\"1\",\"2\"]}",
	    "\"record_time\":\"1\"}", "\"cut\":[\"x\"]}", "\"left\":3,\"cut\":[\"x\"]}" };
	static const char *const wrong[] = { "\"x\":1}", "\"n\":\"1\"}", "\"n\":01}",
	    "\"x\":[\"1\"]}", "\"time\":\"1\"}", "\"record_x\":\"1\"}", "\"cut\":\"x\"}",
	    "\"cut\":[\"x\"],\"x\":\"1\"}", "\"x\":\"1\",\"x\":\"2\"}", "\"x\":\"1 y=2\"}",
	    "\"x y\":\"1\"}", "\"x\":\"%41\"}", "\"x\":\"1\"} ", "\"x\": \"1\"}", "}" };
	char object[200];

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(object, sizeof object, "{\"time\":\"T\",\"host\":\"h\",\"tag\":\"t\","
		    "\"level\":\"info\",\"kind\":\"clean\",\"subject\":\"a\","
		    "\"text\":\"clean\",%s", ends[i]);
		OK(strncmp(shown(object, strlen(object)), "{T h t} [ID ", 12) == 0);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		snprintf(object, sizeof object, "{\"time\":\"T\",\"host\":\"h\",\"tag\":\"t\","
		    "\"level\":\"info\",\"kind\":\"clean\",\"subject\":\"a\","
		    "\"text\":\"clean\",%s", wrong[i]);
		OK(shows(object, object));
	}
}

static bool
has_time(const char *zone, long nsec, const char *old, const char *iso)
{
	struct timespec ts = { 1031503544, nsec };
	struct form_time t;

	setenv("TZ", zone, 1);
	tzset();
	return form_time(&t, &ts) && strcmp(t.old, old) == 0 && strcmp(t.iso, iso) == 0;
}

static void
forms(void)
{
	const struct form f = { false, "iMS", "mta" }, j = { true, "iMS", "mta" };
	const struct form_time t = { "Sep  8 16:45:44", "2002-09-08T16:45:44.000001+00:00" };
	struct line l;

	line_read(&l, "verdict=odd why=x", 17);
	text[form_line(text, &f, FORM_FILE, &t, &l)] = '\0';
	OK(strcmp(text, "Sep  8 16:45:44 mta iMS: [ID 702911 mail.notice] x odd part "
	    "dealt verdict=odd why=x") == 0);
	text[form_line(text, &f, FORM_SOCKET, &t, &l)] = '\0';
	OK(strcmp(text, "<21>Sep  8 16:45:44 iMS: [ID 702911 mail.notice] x odd part "
	    "dealt verdict=odd why=x") == 0);
	text[form_line(text, &f, FORM_NET, &t, &l)] = '\0';
	OK(strcmp(text, "<21>1 2002-09-08T16:45:44.000001+00:00 mta iMS - odd - "
	    "[ID 702911 mail.notice] x odd part dealt verdict=odd why=x") == 0);
	text[form_line(text, &j, FORM_FILE, &t, &l)] = '\0';
	OK(begins("{\"time\":\"2002-09-08T16:45:44.000001+00:00\",\"host\":\"mta\","));
	text[form_line(text, &j, FORM_SOCKET, &t, &l)] = '\0';
	OK(begins("<21>Sep  8 16:45:44 iMS: {\"time\":"));
	OK(has_time("UTC0", 1000, "Sep  8 16:45:44", "2002-09-08T16:45:44.000001+00:00"));
	OK(has_time("AAA-5:30", 999999999, "Sep  8 22:15:44",
	    "2002-09-08T22:15:44.999999+05:30"));
	OK(has_time("AAA4", 120000000, "Sep  8 12:45:44", "2002-09-08T12:45:44.120000-04:00"));
}

/* key= and n times what, at the end of s. */
static void
append(char *s, const char *key, const char *what, int n)
{
	strcat(s, key);
	while (n-- > 0)
		strcat(s, what);
}

static size_t
count(const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
		n++;
	return n;
}

/* The number behind what. */
static size_t
number(const char *what)
{
	const char *p = strstr(text, what);

	return p == NULL ? 0 : strtoul(p + strlen(what), NULL, 10);
}

static void
cutting(void)
{
	static char record[60000];

	strcpy(record, "id=0123456789abcdef0123 verdict=banned suffix=.exe");
	append(record, " name=", "%0A", 2000);
	append(record, " from=", "f", 100);
	append(record, " name=", "%0A", 2000);
	line(record, 1000);
	OK(strlen(text) > 900 && strlen(text) <= 1000);
	OK(has(" id=0123456789abcdef0123 ") && has("%0A from=ffff") && has("%0A cut=name"));
	OK(record_valid(strstr(text, " id=") + 1, strlen(strstr(text, " id=") + 1)));
	OK(strstr(strstr(text, "cut=") + 1, "cut=") == NULL);

	strcpy(record, "verdict=infected");
	append(record, " sig=", "%0A", 2000);
	line(record, 512);
	OK(has("%0A virus found and dealt ") && has("%0A cut=sig"));

	strcpy(record, "id=0123456789abcdef0123 do=hold");
	append(record, "", " to=someone@somewhere.example", 500);
	append(record, "", " last=x", 1);
	line(record, 512);
	OK(has("someone@somewhere.example last=x cut=to left=") &&
	    has("id=0123456789abcdef0123"));
	OK(count(" to=") >= 10 && 500 - count(" to=") == number("left="));
	object(record, 900);
	OK(has("\"],\"last\":\"x\",\"left\":") && has(",\"cut\":[\"to\"]}"));

	/* Recipients first, beyond the tenth; then long values. */
	strcpy(record, "msgid=");
	append(record, "", "%0A", 40);
	append(record, "", " to=someone@somewhere.example", 30);
	append(record, " name=", "n", 80);
	line(record, 700);
	OK(count("%0A") == 40 && count("n") > 80 && count(" cut=") == 1);
	line(record, 556);
	OK(count("%0A") < 40 && count("%0A") >= 32 && count(" to=") == 10);
	OK(has(" cut=msgid cut=to left=20"));
	line(record, 512);
	OK(count("%0A") >= 32 && count(" to=") < 10);

	strcpy(record, "k=%00");
	append(record, "", " "
	    "abcdefghijklmnopqrstuvwxyz012345=%00%00%00%00%00%00%00%00%00%00%00%00", 90);
	OK(strlen(line(record, 512)) <= 512 && has("unknown other record k=%00 abc"));
	OK(count("=%00") + number("left=") == 91);
	object(record, 900);
	OK(strlen(text) <= 900 && has("\"k\":\"%00\",\"abc") &&
	    has("],\"left\":") && has(",\"cut\":[\"abc"));
}

/* What is lost is named once, whatever took it. */
static void
naming(void)
{
	static char record[60000];

	OK(says("x=virus found=1 y=virus found=2", "[ID 702911 mail.warning] unknown other "
	    "record x=virus cut=found y=virus"));
	OK(says("cut=found x=virus found=1", "[ID 702911 mail.warning] unknown other "
	    "record cut=found x=virus"));
	strcpy(record, "x=virus");
	append(record, " found=", "f", 2000);
	append(record, " found=", "f", 2000);
	line(record, 512);
	OK(count("cut=") == 1);
	strcpy(record, "cut=name cut=to");
	append(record, " name=", "n", 2000);
	append(record, " to=", "n", 2000);
	append(record, " from=", "n", 2000);
	line(record, 512);
	OK(count("cut=") == 3 && has(" cut=from") && !has("left="));
	strcpy(record, "left=5");
	append(record, "", " to=someone@somewhere.example", 30);
	line(record, 512);
	OK(has("record left=5 ") && count(" left=") == 2);
	object(record, 800);
	OK(count("\"left\"") == 1 && has("\"left\":[5,"));
}

int
main(void)
{
	kinds();
	signatures();
	cutting();
	naming();
	json();
	show();
	others();
	forms();
	return done();
}
