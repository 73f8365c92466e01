/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/scan.h"
#include "cmd/virtally/rest.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define WITH_AVX2 1
#endif

/*
 * Each needle has a pair of bytes, two apart, that is seldom in a log, and the six first
 * ones differ in their low four bits, as do the four second ones: so a table of 16 tells
 * whether a byte is one of them.  The needle itself is then looked for where a pair is.
 */
enum { APART = 2, BLOCK = 32, CLIENT_MAX = 320 };

/* Of one kind with its caller: between AVX and SSE there is a price. */
#define INLINE inline __attribute__((always_inline))

/* Do the n bytes of text stand around p, of which so many before it? */
static INLINE bool
around(const char *p, const char *start, const char *end, size_t before, const char *text,
    size_t n)
{
	return (size_t)(p - start) >= before && (size_t)(end - p) >= n - before &&
	    memcmp(p - before, text, n) == 0;
}

#define AROUND(before, text) around(p, start, end, before, text, sizeof(text) - 1)

/*
 * Is a message taken here that comes back from the filter?  p is behind "client=": a name and
 * an address, and then what XFORWARD says.
 */
static INLINE bool
comes_back(const char *p, const char *end)
{
	if (end - p > CLIENT_MAX)
		end = p + CLIENT_MAX;
#ifdef __SSE2__
	for (; end - p >= REST_BLOCK; p += REST_BLOCK) {
		__m128i v = _mm_loadu_si128((const __m128i *)p);
		int m = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(REST_IS(v, ']'),
		    REST_IS(v, ' ')), _mm_or_si128(REST_IS(v, ','), REST_IS(v, '\n'))));

		if (m != 0) {
			p += __builtin_ctz((unsigned)m);
			break;
		}
	}
#endif
	while (p < end && *p != ']' && *p != ' ' && *p != ',' && *p != '\n')
		p++;
	return (size_t)(end - p) >= 8 && memcmp(p, "], orig_", 8) == 0;
}

/* Is one handed to the filter?  p is behind "status=sent". */
static INLINE bool
goes_there(const char *p, const char *end)
{
	static const char text[] = " (delivered via multiscan";

	return (size_t)(end - p) >= sizeof text - 1 && memcmp(p, text, sizeof text - 1) == 0;
}

/* Is p the first byte of the pair of a needle that lies between start and end? */
static INLINE bool
needle_at(const char *p, const char *start, const char *end)
{
	switch (*p) {
	case '[':
		return AROUND(0, "[ID 702911 mail.");
	case 'd':
		return AROUND(4, "\"kind\":\"");
	case 'u':
		return (AROUND(4, "status=sent") && !goes_there(p + 7, end)) ||
		    AROUND(4, "status=deferred") || AROUND(4, "status=bounced");
	case 'n':
		return AROUND(6, ": client=") && !comes_back(p + 3, end);
	case 'c':
		return AROUND(4, "reject: ");
	case ':':
		return AROUND(0, ": uid=");
	default:
		return false;
	}
}

/* The line in which p is, if a newline ends it. */
static bool
take_line(const char **at, const char *p, const char *end, struct span *line)
{
	const char *start = p, *newline = memchr(p, '\n', (size_t)(end - p));

	if (newline == NULL) {
		*at = end;
		return false;
	}
	while (start > *at && start[-1] != '\n')
		start--;
	*line = (struct span){ start, (size_t)(newline - start) };
	*at = newline + 1;
	return true;
}

/* The same as scan_next_plain from p on, which is not before *at. */
static bool
find_plain(const char **at, const char *p, const char *end, struct span *line)
{
	static const bool first[256] = { ['['] = true, ['d'] = true, ['u'] = true,
	    ['n'] = true, ['c'] = true, [':'] = true };
	static const bool second[256] = { ['D'] = true, [':'] = true, ['='] = true,
	    ['u'] = true };

	for (; end - p > APART; p++)
		if (first[(unsigned char)p[0]] && second[(unsigned char)p[APART]] &&
		    needle_at(p, *at, end))
			return take_line(at, p, end, line);
	*at = end;
	return false;
}

bool
scan_next_plain(const char **at, const char *end, struct span *line)
{
	return find_plain(at, *at, end, line);
}

#ifdef WITH_AVX2

#define AVX2 __attribute__((target("avx2")))

/* What is in no set has the low four bits of another place than its own. */
#define SET(x0, x3, x4, x5, x9, xa, xb, xd, xe) \
	_mm256_setr_epi8(x0, 0, 0, x3, x4, x5, 0, 0, 0, x9, xa, xb, 0, xd, xe, 0, \
	    x0, 0, 0, x3, x4, x5, 0, 0, 0, x9, xa, xb, 0, xd, xe, 0)

/* Where in the block at p is the first byte of a pair?  255 there. */
AVX2 static inline __m256i
pairs_in(const char *p)
{
	const __m256i firsts = SET(1, 'c', 'd', 'u', 0, ':', '[', 0, 'n');
	const __m256i seconds = SET(1, 0, 'D', 'u', 0, ':', 0, '=', 0);
	__m256i a = _mm256_loadu_si256((const __m256i *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(p + APART));

	a = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(firsts, a), a);
	b = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(seconds, b), b);
	return _mm256_and_si256(a, b);
}

/* A bit for each byte that is 255. */
AVX2 static inline uint32_t
bits_of(__m256i v)
{
	return (uint32_t)_mm256_movemask_epi8(v);
}

/* Where in the block at p are newlines? */
AVX2 static inline uint32_t
newlines_in(const char *p)
{
	__m256i a = _mm256_loadu_si256((const __m256i *)p);

	return bits_of(_mm256_cmpeq_epi8(a, _mm256_set1_epi8('\n')));
}

/* take_line; a block can be read at *at. */
AVX2 static inline bool
take_line_avx2(const char **at, const char *p, const char *end, struct span *line)
{
	const char *start = p;
	uint32_t m = 0;

	while (start - *at >= BLOCK && (m = newlines_in(start - BLOCK)) == 0)
		start -= BLOCK;
	if (m != 0)
		start -= __builtin_clz(m);
	else if ((m = newlines_in(*at) & ((1u << (start - *at)) - 1)) != 0)
		start = *at + 32 - __builtin_clz(m);
	else
		start = *at;
	for (m = 0; end - p >= BLOCK && (m = newlines_in(p)) == 0; p += BLOCK)
		;
	p = m != 0 ? p + __builtin_ctz(m) : memchr(p, '\n', (size_t)(end - p));
	if (p == NULL) {
		*at = end;
		return false;
	}
	*line = (struct span){ start, (size_t)(p - start) };
	*at = p + 1;
	return true;
}

AVX2 static bool
find_avx2(const char **at, const char *end, struct span *line)
{
	const char *p = *at;

	for (; end - p >= 2 * BLOCK + APART; p += 2 * BLOCK) {
		__m256i a = pairs_in(p), b = pairs_in(p + BLOCK), any = _mm256_or_si256(a, b);

		if (_mm256_testz_si256(any, any))
			continue;
		for (uint64_t m = bits_of(a) | (uint64_t)bits_of(b) << BLOCK; m != 0; m &= m - 1) {
			const char *pair = p + __builtin_ctzll(m);

			if (needle_at(pair, *at, end))
				return take_line_avx2(at, pair, end, line);
		}
	}
	return find_plain(at, p, end, line);
}

#endif

bool
scan_next(const char **at, const char *end, struct span *line)
{
#ifdef WITH_AVX2
	if (__builtin_cpu_supports("avx2"))
		return find_avx2(at, end, line);
#endif
	return find_plain(at, *at, end, line);
}
