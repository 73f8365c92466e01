/* SPDX-License-Identifier: ISC */
// with: cmd/mimesplit/sniff.c
#include "cmd/mimesplit/sniff.h"
#include "tests/unit/tap.h"

#include <stdint.h>
#include <string.h>

/* Is this found, and this to be looked for, in any cut? */
static bool
finds(const char *p, size_t n, unsigned look, unsigned found, unsigned now)
{
	static const size_t STEP[] = { SIZE_MAX, 1, 7, 32 };
	bool same = true;

	for (size_t i = 0; i < sizeof STEP / sizeof STEP[0]; i++) {
		struct sniff s;

		sniff_start(&s, look, false);
		for (size_t at = 0, k; at < n; at += k)
			sniff_feed(&s, p + at, k = n - at < STEP[i] ? n - at : STEP[i]);
		sniff_end(&s);
		same = same && s.found == found && s.look == now;
	}
	return same;
}
#define FINDS(text, look, found, now) finds(text, sizeof text - 1, look, found, now)

static void
lines(void)
{
	OK(FINDS("a\nb\r\rbegin 644 x\rc\n", LOOK_TEXT, CARRIER_UU, LOOK_TEXT));
	OK(FINDS("a\nb\r\rbegin 644 x\rc\n", LOOK_UU, CARRIER_UU, LOOK_UU));
	OK(FINDS("a\r\nbegin\n", 0, CARRIER_UU, 0));
	OK(FINDS("a begin 644 x\n", 0, 0, 0));
	OK(FINDS("a\r-----BEGIN PGP MESSAGE-----\r", 0, CARRIER_PGP, 0));
	OK(FINDS("-----BEGIN CMS-----\n", 0, CARRIER_CMS, 0));
	OK(FINDS("\nContent-Type: text/plain\n", 0, CARRIER_MESSAGE, 0));
	OK(FINDS("\nContent-Type: text/plain\n", LOOK_NO_HEADS, 0, LOOK_NO_HEADS));
}

static void
markup(void)
{
	unsigned wide = LOOK_MARKUP | LOOK_WIDE, both = CARRIER_DATA | CARRIER_SRCDOC;

	OK(FINDS("da\tta:", 0, 0, 0));
	OK(FINDS(" <x da\tta:", 0, CARRIER_DATA, LOOK_MARKUP));
	OK(FINDS("\xef\xbb\xbf<", 0, 0, LOOK_MARKUP));
	OK(FINDS("text <BODY> &#64;", 0, CARRIER_DATA, LOOK_MARKUP));
	OK(FINDS("text <bodyguard> <a@b> &#64;", 0, 0, 0));
	OK(FINDS("x SrcDoc=", LOOK_MARKUP, CARRIER_SRCDOC, LOOK_MARKUP));
	OK(FINDS("\xff\xfe" "a\0", 0, 0, 0));
	OK(FINDS("\xff\xfe" "<\0", 0, both, wide));
	OK(FINDS("\0<\0a", 0, both, wide));
	OK(FINDS("aaaa", LOOK_MARKUP, 0, LOOK_MARKUP));
}

static void
kinds(void)
{
	OK(FINDS("\xef\xbb\xbf" "BEGIN:VCARD\n", 0, CARRIER_ICAL, 0));
	OK(FINDS("B\0E\0G\0I\0N\0:\0V\0C\0", 0, CARRIER_ICAL, LOOK_WIDE));
	OK(FINDS("x", LOOK_ICAL, CARRIER_ICAL, LOOK_ICAL));
	OK(FINDS("\x30\x82\1\1", 0, CARRIER_CMS, 0));
	OK(FINDS("0 1 2 3", 0, 0, 0));
	OK(FINDS("0 1 2 3", LOOK_CMS, CARRIER_CMS, LOOK_CMS));
	OK(FINDS("\x85\1", 0, 0, 0));
	OK(FINDS("\x85\1", LOOK_PGP, CARRIER_PGP, LOOK_PGP));
	OK(FINDS("\x78\x9f\x3e\x22", 0, CARRIER_TNEF, 0));
	OK(FINDS("", 0, 0, 0));
}

/* What a cut parts: the marks, behind the first bytes and across them. */
static void
far(void)
{
	static char text[SNIFF_FIRST + 100];

	for (size_t at = SNIFF_FIRST - 20; at < SNIFF_FIRST + 40; at++) {
		memset(text, 'x', sizeof text);
		memcpy(text + at, "data:", 5);
		OK(finds(text, sizeof text, LOOK_MARKUP, CARRIER_DATA, LOOK_MARKUP));
		memcpy(text + at, "&#100", 5);
		OK(finds(text, sizeof text, LOOK_MARKUP, CARRIER_DATA, LOOK_MARKUP));
		memcpy(text + at, "srcdoc", 6);
		OK(finds(text, sizeof text, LOOK_MARKUP, CARRIER_SRCDOC, LOOK_MARKUP));
	}
}

int
main(void)
{
	lines();
	markup();
	kinds();
	far();
	return done();
}
