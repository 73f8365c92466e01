/* SPDX-License-Identifier: ISC */
// with: cmd/virlog/line.c
#include "cmd/virlog/line.h"
#include "tests/unit/tap.h"

#include <string.h>

static char text[LINE_BYTES];

/* The line of a record, as a string. */
static const char *
line(const char *record, size_t room)
{
	size_t n = line_text(text, room, record, strlen(record));

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
wanted(const char *record)
{
	return line_wanted(record, strlen(record));
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
	OK(line_level("verdict=infected", 16) == LINE_ALERT);
	OK(line_level("verdict=infecte", 15) == LINE_WARNING);
}

/* key= and n times what, at the end of s. */
static void
append(char *s, const char *key, const char *what, int n)
{
	strcat(s, key);
	while (n-- > 0)
		strcat(s, what);
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
	OK(has("someone@somewhere.example cut=to") && has("id=0123456789abcdef0123"));
	strcpy(record, "k=%00");
	append(record, "", " abcdefghijklmnopqrstuvwxyz012345=%00%00%00%00%00%00%00%00%00%00%00%00", 90);
	OK(strlen(line(record, 512)) <= 512 && has("unknown other record k=%00 abc"));
}

int
main(void)
{
	kinds();
	cutting();
	return done();
}
