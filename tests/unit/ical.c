/* SPDX-License-Identifier: ISC */
#include "common/ical.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

TOLD_RUN(ical, (void)0)

static bool
tells(const char *in, const char *want)
{
	return told_is(run, in, strlen(in), want, strlen(want));
}

static void
calendars(void)
{
	OK(tells("BEGIN:VCALENDAR\r\nATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BIN"
	    "ARY:aGVs\r\n bG8=\r\nEND:VCALENDAR\r\n", "{hello}"));
	OK(tells("ATTACH;ENCODING=\"BASE64\";X-FILENAME=a.exe:aGVsbG8=", "{(a.exe)hello}"));
	OK(tells("ATTACH;FILENAME=\"a;b:c.exe\";VALUE=BINARY:aGVsbG8=\n",
	    "{(\"a;b:c.exe\")(a;b:c.exe)hello}"));
	OK(tells("ATT\r\n ACH;ENCO\r\n\tDING=base64:aG\n VsbG8\r X-A:b\n", "{hello\x17\x01}"));
	OK(tells("ATTACH:data:text/plain;base64,aGVs\r\n bG8=\r\n", "{hello}"));
	OK(tells("ATTACH;FILENAME=a.exe:data:text/plain,hello\r\n", "{hello(a.exe)}"));
	OK(tells("X-ALT-DESC;FMTTYPE=text/html:<a href=\"data:text/plain\\;base64\\,aGVs"
	    "bG8=\\nx\">", "{hello}"));
	OK(tells("ATTACH:https://example.org/;ENCODING=BASE64:aGVsbG8=\r\n", ""));
	OK(tells("SUMMARY:aGVsbG8=\r\nX;ENCODING=8BIT:aGVsbG8=\n;B:aGVsbG8=\n", ""));
	OK(tells("", ""));
	OK(tells("ATTACH;ENCODING=BASE64", ""));
	OK(tells("ATTACH;ENCODING=BASE64:", ""));
}

static void
cards(void)
{
	OK(tells("BEGIN:VCARD\nPHOTO;ENCODING=b;TYPE=JPEG:aGVsbG8=\nEND:VCARD\n", "{hello}"));
	/* 2.1: lines without blanks, an empty one at the end; or no such line */
	OK(tells("PHOTO;JPEG;BASE64:\naGVs\nbG8=\n\naGVsbG8=\nEND:VCARD\n", "{hello}"));
	OK(tells("PHOTO;JPEG;BASE64:aGVs\nbG8=\nEND:VCARD\nLOGO;BASE64:aGVsbG8=\n",
	    "{hello}{hello}"));
	OK(tells("PHOTO;BASE64:\r\n    aGVs\r\n    bG8=\r\n\r\nEND:VCARD\r\n", "{hello}"));
}

/* Lines longer than what is kept of one. */
static void
long_lines(void)
{
	char in[512] = "PHOTO;BASE64:\n", want[512] = "{";
	size_t n = strlen(in);

	for (int i = 0; i < 100; i++)
		memcpy(in + n + 4 * (size_t)i, "YWFh", 4);
	memset(want + 1, 'a', 300);
	memcpy(want + 301, "}", 2);
	OK(tells(in, want));
	memcpy(in + n + 400, ":", 2);
	OK(tells(in, want));
}

int
main(void)
{
	calendars();
	cards();
	long_lines();
	return done();
}
