/* SPDX-License-Identifier: ISC */
#include "common/wild.h"
#include "common/fieldtext.h"

bool
wild_make(struct wild *w, struct span text, uint16_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		bool itself = text.p[i] == '$';

		if (itself && ++i == text.n)
			return false;
		if (text.p[i] == '*' && !itself)
			out[n++] = WILD_RUN;
		else if (text.p[i] == '%' && !itself)
			out[n++] = WILD_ONE;
		else
			out[n++] = (unsigned char)fieldtext_lower(text.p[i]);
	}
	*w = (struct wild){ out, n, false };
	return true;
}

/* What is matched: bytes, or the signs of another pattern. */
struct subject {
	const char *bytes;
	const uint16_t *signs;
	size_t n;
};

static unsigned
at(const struct subject *s, size_t i)
{
	unsigned char c;

	if (s->signs != NULL)
		return s->signs[i];
	c = (unsigned char)s->bytes[i];
	return c >= 'A' && c <= 'Z' ? c + 0u - 'A' + 'a' : c;
}

static bool
stands_for(unsigned sign, unsigned c)
{
	return sign == c || (sign == WILD_ONE && c != WILD_RUN);
}

/* How many there are of what begins at i, where it is one. */
static size_t
width(struct wild w, const struct subject *s, size_t i)
{
	size_t n = 1;

	while (w.chars && n < 4 && i + n < s->n && at(s, i + n) < 0x100 &&
	    (at(s, i + n) & 0xc0) == 0x80)
		n++;
	return n;
}

/* After a mismatch only the last run is made longer: no earlier one can help. */
static bool
match(struct wild w, const struct subject *s, unsigned long long *steps)
{
	size_t i = 0, k = 0, run = SIZE_MAX, from = 0;

	for (; i < s->n; --*steps) {
		if (*steps == 0)
			return false;
		if (k < w.n && w.p[k] == WILD_RUN) {
			run = k++;
			from = i;
		} else if (k < w.n && stands_for(w.p[k], at(s, i))) {
			i += w.p[k++] == WILD_ONE ? width(w, s, i) : 1;
		} else if (run != SIZE_MAX) {
			k = run + 1;
			i = from += width(w, s, from);
		} else
			return false;
	}
	while (k < w.n && w.p[k] == WILD_RUN)
		k++;
	return k == w.n;
}

bool
wild_match(struct wild w, struct span text, unsigned long long *steps)
{
	struct subject s = { .bytes = text.p, .n = text.n };

	return match(w, &s, steps);
}

bool
wild_any(struct wild w)
{
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i] != WILD_RUN)
			return false;
	return w.n > 0;
}

/* The signs of narrow that stand for many are matched by a run alone. */
bool
wild_covers(struct wild w, struct wild narrow)
{
	struct subject s = { .signs = narrow.p, .n = narrow.n };
	unsigned long long steps = (unsigned long long)-1;

	return match(w, &s, &steps);
}
