/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/endings.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *end;
	unsigned bit;
} ENDS[] = {
	{ ".txt", ENDING_PLAIN }, { ".csv", ENDING_PLAIN }, { ".rtf", ENDING_PLAIN },
	{ ".htm", ENDING_PLAIN }, { ".html", ENDING_PLAIN }, { ".jpg", ENDING_PLAIN },
	{ ".jpeg", ENDING_PLAIN }, { ".png", ENDING_PLAIN }, { ".gif", ENDING_PLAIN },
	{ ".bmp", ENDING_PLAIN }, { ".tif", ENDING_PLAIN }, { ".mp3", ENDING_PLAIN },
	{ ".mp4", ENDING_PLAIN },
	{ ".zip", ENDING_PACKED }, { ".rar", ENDING_PACKED }, { ".7z", ENDING_PACKED },
	{ ".cab", ENDING_PACKED }, { ".tar", ENDING_PACKED }, { ".gz", ENDING_PACKED },
	{ ".tgz", ENDING_PACKED }, { ".bz2", ENDING_PACKED }, { ".xz", ENDING_PACKED },
	{ ".zst", ENDING_PACKED }, { ".lzh", ENDING_PACKED }, { ".arj", ENDING_PACKED },
	{ ".ace", ENDING_PACKED }, { ".wim", ENDING_PACKED },
	{ ".docx", ENDING_OFFICE }, { ".xlsx", ENDING_OFFICE }, { ".pptx", ENDING_OFFICE },
};

static const char *const COMPRESSED[] = { ".gz", ".bz2", ".xz", ".zst", ".z" };

static bool
ends_in(struct span s, const char *end)
{
	size_t n = strlen(end);

	return s.n > n && strncasecmp(s.p + s.n - n, end, n) == 0;
}

static size_t
digits_before(struct span s, size_t end)
{
	size_t n = 0;

	while (n < end && s.p[end - 1 - n] >= '0' && s.p[end - 1 - n] <= '9')
		n++;
	return n;
}

/* Does it end in this, then so many digits? */
static bool
before_digits(struct span s, const char *before, size_t digits)
{
	s.n -= digits;
	return ends_in(s, before);
}

static unsigned
numbered(struct span s)
{
	static const char rar[] = ".rar";
	size_t n = digits_before(s, s.n), end = s.n - (sizeof rar - 1);

	if (n == 2 && (before_digits(s, ".r", 2) || before_digits(s, ".z", 2)))
		return ENDING_VOLUME;
	if (n == 3 && before_digits(s, ".", 3))
		return ENDING_NUMBER;
	if (!ends_in(s, rar) || (n = digits_before(s, end)) == 0)
		return 0;
	s.n = end;
	return before_digits(s, ".part", n) ? ENDING_VOLUME : 0;
}

unsigned
endings(struct span form)
{
	unsigned bits = numbered(form);

	for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
		if (ends_in(form, ENDS[i].end))
			bits |= ENDS[i].bit;
	return bits;
}

struct span
endings_less(struct span name)
{
	for (size_t i = 0; i < sizeof COMPRESSED / sizeof COMPRESSED[0]; i++)
		if (ends_in(name, COMPRESSED[i]))
			return (struct span){ name.p, name.n - strlen(COMPRESSED[i]) };
	return (struct span){ name.p, 0 };
}
