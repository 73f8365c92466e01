/* SPDX-License-Identifier: ISC */
/* Numbers, times and names as people read them; no file, no state. */
#ifndef MARKUP_H
#define MARKUP_H

#include "common/record.h"

enum {
	MARKUP_NUMBER = 32,	/* bytes of a number with its NUL */
	MARKUP_CODED = 512,	/* bytes of a coded name that are looked at: NAMES_LEN */
	MARKUP_NAME = 4 * MARKUP_CODED + 8	/* of a name for people, the longest */
};

/* "1,371,298". */
const char *markup_number(char text[MARKUP_NUMBER], unsigned long long n);

/* For an axis: "950", "2,500", "25k", "1.5M". */
const char *markup_short(char text[MARKUP_NUMBER], unsigned long long n);

/* "14.9 %", "0.62 %", "< 0.01 %"; whole 0: "0 %". */
const char *markup_share(char text[MARKUP_NUMBER], unsigned long long part,
    unsigned long long whole);

/*
 * From before to now: "+12 %", "-8 %", "34 times", "as many", "about as many"; neither is
 * 0.
 */
const char *markup_change(char text[MARKUP_NUMBER], unsigned long long now,
    unsigned long long before);

/* How long: "just now", "2 min", "9 h", "3 days". */
const char *markup_age(char text[MARKUP_NUMBER], long long seconds);

/*
 * A moment in the zone of TZ: %a weekday, %e day, %b month, %Y year, %H:%M, %Z zone, as
 * strftime(3) has them in English, %e without a blank.  What does not fit is left out.
 */
const char *markup_time(char *text, size_t size, const char *form, long long t);

/*
 * A coded value decoded: as it is where that is clean (common/clean.h), else printable
 * ASCII with every other byte as \xHH.  At most max bytes (less than MARKUP_NAME) without the
 * NUL: a longer one is cut and ends with an ellipsis.  Returns the length; *cut, where it is
 * not NULL, says whether it was cut.
 */
size_t markup_name(char text[MARKUP_NAME], struct span coded, size_t max, bool *cut);

/* What stands for this byte in HTML; NULL: itself. */
const char *markup_escape(char c);

#endif
