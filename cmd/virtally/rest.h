/* SPDX-License-Identifier: ISC */
/*
 * What is left of a line, for those who read one from its beginning to its end: what they
 * pass over is gone.  Nothing is read behind the end.
 *
 * Pure.
 */
#ifndef REST_H
#define REST_H

#include "common/record.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct rest {
	const char *p;
	const char *end;
	bool block;		/* REST_BLOCK bytes before the end can be read */
};

/* What a byte may be. */
enum {
	REST_DIGIT = 1,
	REST_SMALL = 2,		/* a letter */
	REST_LARGE = 4,
	REST_VALUE = 8,		/* in a value of a record as it stands */
	REST_TAG = 16,		/* in the name of a program, or of a host */
	REST_FIELD = 32,	/* any but a blank and a comma */
	REST_ADDRESS = 64,	/* any but what ends an address, or quotes in one */
	REST_WORD = 128,	/* any but a blank */
	REST_KEY = REST_DIGIT | REST_SMALL,
	REST_NAME = REST_KEY | REST_LARGE	/* of a message in a queue */
};

extern const unsigned char rest_classes[256];

enum { REST_BLOCK = 16 };

#ifdef __SSE2__

#define REST_IS(v, c) _mm_cmpeq_epi8(v, _mm_set1_epi8(c))
#define REST_IN(v, from, to) _mm_cmpeq_epi8(_mm_min_epu8(_mm_sub_epi8(v, \
	_mm_set1_epi8(from)), _mm_set1_epi8((to) - (from))), _mm_sub_epi8(v, _mm_set1_epi8(from)))

#define REST_VECTORS (REST_WORD | REST_FIELD | REST_ADDRESS | REST_VALUE | REST_TAG | REST_SMALL)

/* Which of 16 bytes are not of a class?  Those of REST_VECTORS, REST_KEY, REST_NAME. */
static inline unsigned
rest_ends(const char *p, int class)
{
	__m128i v = _mm_loadu_si128((const __m128i *)p), blank = REST_IS(v, ' ');

	if (class == REST_WORD)
		return (unsigned)_mm_movemask_epi8(blank);
	if ((class & REST_SMALL) != 0) {
		blank = REST_IN(v, 'a', 'z');
		if ((class & REST_DIGIT) != 0)
			blank = _mm_or_si128(blank, REST_IN(v, '0', '9'));
		if ((class & REST_LARGE) != 0)
			blank = _mm_or_si128(blank, REST_IN(v, 'A', 'Z'));
		return 0xffff & ~(unsigned)_mm_movemask_epi8(blank);
	}
	if (class == REST_FIELD)
		return (unsigned)_mm_movemask_epi8(_mm_or_si128(blank, REST_IS(v, ',')));
	if (class == REST_ADDRESS)
		return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(blank,
		    _mm_or_si128(REST_IS(v, '"'), REST_IS(v, '\\'))),
		    _mm_or_si128(REST_IS(v, '<'), REST_IS(v, '>'))));
	v = _mm_or_si128(_mm_or_si128(REST_IN(v, 'a', 'z'), REST_IS(v, '_')),
	    class == REST_TAG ? _mm_or_si128(REST_IN(v, '-', '9'), REST_IN(v, 'A', 'Z')) :
	    _mm_or_si128(REST_IS(v, '='), _mm_or_si128(REST_IN(v, '+', ':'), REST_IN(v, '@', 'Z'))));
	return 0xffff & ~(unsigned)_mm_movemask_epi8(v);
}

#endif

/* Passes over bytes that are one of these, and tells which. */
static inline struct span
rest_skip(struct rest *r, int class)
{
	const char *p = r->p, *start = p;

#ifdef __SSE2__
	if ((class & REST_VECTORS) != 0) {
		unsigned m = 0;

		while (r->end - p >= REST_BLOCK && (m = rest_ends(p, class)) == 0)
			p += REST_BLOCK;
		if (m == 0 && p < r->end && r->block) {
			m = rest_ends(r->end - REST_BLOCK, class) >> (REST_BLOCK - (r->end - p));
			p = m == 0 ? r->end : p;
		}
		if (m != 0 || p == r->end) {
			r->p = m != 0 ? p + __builtin_ctz(m) : p;
			return (struct span){ start, (size_t)(r->p - start) };
		}
	}
#endif
	while (p < r->end && (rest_classes[(unsigned char)*p] & class) != 0)
		p++;
	r->p = p;
	return (struct span){ start, (size_t)(p - start) };
}

/* Passes over n bytes of text, if they stand here. */
static inline bool
rest_text(struct rest *r, const char *text, size_t n)
{
	if ((size_t)(r->end - r->p) < n || memcmp(r->p, text, n) != 0)
		return false;
	r->p += n;
	return true;
}

#define SKIP_TEXT(r, text) rest_text(r, text, sizeof(text) - 1)

#endif
