/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/markup.h"
#include "common/clean.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char ELLIPSIS[] = "\xe2\x80\xa6";

const char *
markup_number(char text[MARKUP_NUMBER], unsigned long long n)
{
	char digits[MARKUP_NUMBER];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", n), out = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[out++] = ',';
		text[out++] = digits[i];
	}
	text[out] = '\0';
	return text;
}

const char *
markup_short(char text[MARKUP_NUMBER], unsigned long long n)
{
	static const char *const UNITS[] = { "k", "M", "G", "T", "P", "E" };
	unsigned long long unit = 1000;
	size_t u = 0;

	if (n < 10000)
		return markup_number(text, n);
	while (u + 1 < sizeof UNITS / sizeof *UNITS && n / unit >= 1000) {
		unit *= 1000;
		u++;
	}
	if (n % unit < unit / 10 || n / unit >= 100)
		snprintf(text, MARKUP_NUMBER, "%llu%s", n / unit, UNITS[u]);
	else
		snprintf(text, MARKUP_NUMBER, "%llu.%llu%s", n / unit, n % unit / (unit / 10),
		    UNITS[u]);
	return text;
}

/* part / whole in parts of scale, rounded; the product may be larger than any integer. */
static unsigned long long
ratio(unsigned long long part, unsigned long long whole, unsigned long long scale)
{
	return (unsigned long long)((long double)part * (long double)scale /
	    (long double)whole + 0.5L);
}

const char *
markup_share(char text[MARKUP_NUMBER], unsigned long long part, unsigned long long whole)
{
	unsigned long long n;

	if (part == 0 || whole == 0)
		n = 0;
	else
		n = ratio(part, whole, 10000);
	if (n == 0)
		snprintf(text, MARKUP_NUMBER, "%s", part == 0 || whole == 0 ? "0 %" :
		    "< 0.01 %");
	else if (part == whole)
		snprintf(text, MARKUP_NUMBER, "100 %%");
	else if (n < 100)
		snprintf(text, MARKUP_NUMBER, "0.%02llu %%", n);
	else {
		n = ratio(part, whole, 1000);
		if (n >= 1000 && part < whole)
			n = 999;
		snprintf(text, MARKUP_NUMBER, "%llu.%llu %%", n / 10, n % 10);
	}
	return text;
}

const char *
markup_change(char text[MARKUP_NUMBER], unsigned long long now, unsigned long long before)
{
	unsigned long long n = ratio(now, before, 100);
	char number[MARKUP_NUMBER];

	if (now == before)
		snprintf(text, MARKUP_NUMBER, "as many");
	else if (n == 100)
		snprintf(text, MARKUP_NUMBER, "about as many");
	else if (n < 100)
		snprintf(text, MARKUP_NUMBER, "-%llu %%", 100 - n);
	else if (n < 1000)
		snprintf(text, MARKUP_NUMBER, "+%llu %%", n - 100);
	else
		snprintf(text, MARKUP_NUMBER, "%s times",
		    markup_number(number, (n + 50) / 100));
	return text;
}

const char *
markup_age(char text[MARKUP_NUMBER], long long seconds)
{
	if (seconds < 60)
		snprintf(text, MARKUP_NUMBER, "just now");
	else if (seconds < 2 * 3600)
		snprintf(text, MARKUP_NUMBER, "%lld min", seconds / 60);
	else if (seconds < 2 * 86400)
		snprintf(text, MARKUP_NUMBER, "%lld h", seconds / 3600);
	else
		snprintf(text, MARKUP_NUMBER, "%lld days", seconds / 86400);
	return text;
}

/* One field of a moment. */
static void
time_field(char text[MARKUP_NUMBER], char field, const struct tm *tm)
{
	static const char DAYS[] = "SunMonTueWedThuFriSat";
	static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (field == 'a')
		snprintf(text, MARKUP_NUMBER, "%.3s", DAYS + 3 * tm->tm_wday);
	else if (field == 'b')
		snprintf(text, MARKUP_NUMBER, "%.3s", MONTHS + 3 * tm->tm_mon);
	else if (field == 'e')
		snprintf(text, MARKUP_NUMBER, "%d", tm->tm_mday);
	else if (field == 'Y')
		snprintf(text, MARKUP_NUMBER, "%d", tm->tm_year + 1900);
	else if (field == 'Z')
		snprintf(text, MARKUP_NUMBER, "%s", tm->tm_zone);
	else
		snprintf(text, MARKUP_NUMBER, "%02d", field == 'H' ? tm->tm_hour : tm->tm_min);
}

const char *
markup_time(char *text, size_t size, const char *form, long long t)
{
	time_t at = (time_t)t;
	size_t out = 0;
	struct tm tm;

	text[0] = '\0';
	if (localtime_r(&at, &tm) == NULL)
		return text;
	for (; *form != '\0'; form++) {
		char field[MARKUP_NUMBER] = { *form, '\0' };

		if (*form == '%' && form[1] != '\0')
			time_field(field, *++form, &tm);
		if (out + strlen(field) >= size)
			break;
		memcpy(text + out, field, strlen(field) + 1);
		out += strlen(field);
	}
	return text;
}

/* n bytes of any kind as printable ASCII; a name needs 4 bytes for each of its own. */
static size_t
spell(char *to, size_t size, const unsigned char *p, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n && out + 5 < size; i++) {
		if (p[i] >= ' ' && p[i] < 0x7f)
			to[out++] = (char)p[i];
		else
			out += (size_t)snprintf(to + out, size - out, "\\x%02X", p[i]);
	}
	return out;
}

/* The same where it is clean, with a ? that the sender wrote. */
static bool
is_clean(const char *p, size_t n)
{
	char copy[MARKUP_NAME];

	memcpy(copy, p, n);
	return clean_line(copy, n) == n && memcmp(copy, p, n) == 0;
}

size_t
markup_name(char text[MARKUP_NAME], struct span coded, size_t max, bool *cut)
{
	char plain[MARKUP_NAME];
	size_t n;

	if (coded.n > MARKUP_CODED)
		coded.n = MARKUP_CODED;
	n = record_decode(plain, coded);
	if (is_clean(plain, n))
		memcpy(text, plain, n);
	else
		n = spell(text, MARKUP_NAME, (const unsigned char *)plain, n);
	if (cut != NULL)
		*cut = n > max;
	if (n > max) {
		n = clean_cut(text, n, max - strlen(ELLIPSIS));
		memcpy(text + n, ELLIPSIS, strlen(ELLIPSIS));
		n += strlen(ELLIPSIS);
	}
	text[n] = '\0';
	return n;
}

const char *
markup_escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}
