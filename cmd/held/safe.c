/* SPDX-License-Identifier: ISC */
#include "cmd/held/safe.h"
#include "common/clean.h"

#include <string.h>
#include <time.h>

void
safe_bytes(FILE *to, const char *p, size_t n, size_t max, bool quoted)
{
	size_t i = 0;

	while (i < n && i < max) {
		size_t len = clean_seen(p + i, n - i);

		if (p[i] == '\\' || (quoted && p[i] == '"'))
			putc('\\', to);
		if (len > 0)
			fwrite(p + i, 1, len, to);
		else
			fprintf(to, "\\x%02X", (unsigned char)p[i]);
		i += len > 0 ? len : 1;
	}
	if (i < n)
		fputs("...", to);
}

static void
decoded(FILE *to, struct span coded, size_t max, bool quoted)
{
	char bytes[RECORD_MAX];
	size_t n;

	if (coded.n > sizeof bytes)
		coded.n = sizeof bytes;
	n = record_decode(bytes, coded);
	safe_bytes(to, bytes, n, max, quoted);
}

void
safe_text(FILE *to, struct span coded, size_t max)
{
	decoded(to, coded, max, false);
}

void
safe_word(FILE *to, struct span coded, size_t max)
{
	bool quoted = coded.n > 0 && memchr(coded.p, '%', coded.n) != NULL;

	if (quoted)
		putc('"', to);
	decoded(to, coded, max, quoted);
	if (quoted)
		putc('"', to);
}

void
safe_time(FILE *to, long long seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[40];

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(text, sizeof text, "%lld", seconds);
	fputs(text, to);
}

void
safe_size(FILE *to, unsigned long long bytes)
{
	static const char UNITS[] = "KMGT";
	unsigned long long n = bytes;
	size_t unit = 0;

	if (bytes < 1024) {
		fprintf(to, "%6llu", bytes);
		return;
	}
	while (n >= 1024 * 1024 && unit < sizeof UNITS - 2) {
		n /= 1024;
		unit++;
	}
	if (n < 10 * 1024)
		fprintf(to, "%3llu.%llu%c", n / 1024, n % 1024 * 10 / 1024, UNITS[unit]);
	else
		fprintf(to, "%5llu%c", n / 1024, UNITS[unit]);
}
