/* SPDX-License-Identifier: ISC */
#include "common/encword.h"
#include "common/base64.h"
#include "common/charset.h"
#include "common/fieldtext.h"
#include "common/hex.h"

#include <stdint.h>
#include <string.h>

struct word2047 {
	struct span charset, text;
	bool base64;
};

/* Words being decoded into one text. */
struct decoder {
	unsigned how;
	char *out;
	struct word2047 word;	/* the last one; charset.p NULL: none is open */
	uint32_t bits;		/* base64: the open quantum */
	unsigned have;		/* base64: its characters */
	size_t n;
	char raw[4096];		/* octets not converted yet */
};

/* The octet that an escape at p stands for, or -1. */
static int
escaped(const char *p, size_t n, char mark)
{
	if (n < 3 || p[0] != mark || hex(p[1]) < 0 || hex(p[2]) < 0)
		return -1;
	return hex(p[1]) << 4 | hex(p[2]);
}

size_t
encword_percent(const char *p, size_t n, char *out)
{
	size_t o = 0;

	for (size_t i = 0; i < n; i++) {
		int c = escaped(p + i, n - i, '%');

		out[o++] = c >= 0 ? (char)c : p[i];
		if (c >= 0)
			i += 2;
	}
	return o;
}

/* One encoded word at p: its length, 0 if there is none. */
static size_t
encoded_word(const char *p, size_t n, bool loose, struct word2047 *w)
{
	const char *star;
	size_t i = 2, q;

	if (n < 6 || p[0] != '=' || p[1] != '?')
		return 0;
	while (i < n && p[i] != '?' && (p[i] > ' ' || p[i] < 0 || (loose && p[i] == ' ')))
		i++;
	if (i + 2 >= n || p[i] != '?' || p[i + 2] != '?' || p[i + 1] == '\0' ||
	    strchr("BbQq", p[i + 1]) == NULL)
		return 0;
	w->charset = (struct span){ p + 2, i - 2 };
	if (i > 2 && (star = memchr(p + 2, '*', i - 2)) != NULL)
		w->charset.n = (size_t)(star - p) - 2;
	w->base64 = p[i + 1] == 'B' || p[i + 1] == 'b';
	for (q = i += 3; q + 1 < n && !(p[q] == '?' && p[q + 1] == '='); q++)
		if (!loose && (p[q] == '?' || p[q] == '\n'))
			return 0;
	w->text = (struct span){ p + i, q - i };
	if (q + 1 < n)
		return q + 2;
	if (!loose)
		return 0;
	w->text.n = n - i;
	if (w->text.n > 0 && p[n - 1] == '?')
		w->text.n--;
	return n;
}

static void
convert(struct decoder *d)
{
	enum charset_how how = (d->how & ENCWORD_SWAP) != 0 ? CHARSET_SWAP :
	    (d->how & ENCWORD_OCTETS) != 0 ? CHARSET_OCTETS : CHARSET_USUAL;

	d->out += charset_utf8(d->word.charset, d->raw, d->n, how, d->out);
	d->n = 0;
}

static void
octet(struct decoder *d, uint32_t c)
{
	if (d->n == sizeof d->raw)
		convert(d);
	d->raw[d->n++] = (char)(c & 0xff);
}

static void
end_quantum(struct decoder *d)
{
	if (d->have >= 2)
		octet(d, d->bits >> (d->have == 2 ? 4 : 10));
	if (d->have == 3)
		octet(d, d->bits >> 2);
	d->have = 0;
	d->bits = 0;
}

/* The value of a character, -1: it is junk. */
static int
sextet(char c, bool loose)
{
	return loose && c == '-' ? 62 : loose && c == '_' ? 63 : base64_digit(c);
}

static void
base64(struct decoder *d, struct span text)
{
	bool loose = (d->how & ENCWORD_LOOSE) != 0;

	for (size_t i = 0; i < text.n; i++) {
		int v = sextet(text.p[i], loose);

		if (v >= 0) {
			d->bits = d->bits << 6 | (uint32_t)v;
			if (++d->have < 4)
				continue;
			for (int shift = 16; shift >= 0; shift -= 8)
				octet(d, d->bits >> shift);
			d->have = 0;
			d->bits = 0;
		} else if (text.p[i] == '=') {
			end_quantum(d);
			if (!loose)
				return;
		}
	}
}

static void
quoted(struct decoder *d, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		int c = escaped(text.p + i, text.n - i, '=');

		if (c >= 0)
			i += 2;
		else
			c = text.p[i] == '_' ? ' ' : text.p[i];
		octet(d, (uint32_t)c);
	}
}

/* Ends what is open. */
static void
close_word(struct decoder *d)
{
	if (d->word.charset.p == NULL)
		return;
	end_quantum(d);
	convert(d);
	d->word.charset.p = NULL;
}

static bool
same(const struct word2047 *a, const struct word2047 *b)
{
	if (a->charset.p == NULL || a->charset.n != b->charset.n || a->base64 != b->base64)
		return false;
	for (size_t i = 0; i < a->charset.n; i++)
		if (fieldtext_lower(a->charset.p[i]) != fieldtext_lower(b->charset.p[i]))
			return false;
	return true;
}

static void
decode_word(struct decoder *d, const struct word2047 *w)
{
	if ((d->how & ENCWORD_JOIN) == 0 || !same(&d->word, w))
		close_word(d);
	d->word = *w;
	if (w->base64)
		base64(d, w->text);
	else
		quoted(d, w->text);
}

static void
copy(struct decoder *d, const char *p, size_t n)
{
	memcpy(d->out, p, n);
	d->out += n;
}

size_t
encword_decode(const char *p, size_t n, unsigned how, char *out)
{
	struct decoder d;
	struct word2047 w;
	size_t i = 0, gap = 0, len;	/* gap: where blanks after a word begin */
	bool any = false;

	d.how = how;
	d.out = out;
	d.word.charset.p = NULL;
	d.have = 0;
	d.bits = 0;
	d.n = 0;
	while (i < n) {
		len = p[i] == '=' ? encoded_word(p + i, n - i, (how & ENCWORD_LOOSE) != 0,
		    &w) : 0;
		if (len > 0) {
			if ((how & ENCWORD_BLANKS) != 0 && any && gap < i) {
				close_word(&d);
				copy(&d, p + gap, i - gap);
			}
			decode_word(&d, &w);
			any = true;
			gap = i += len;
			continue;
		}
		if (d.word.charset.p == NULL) {
			*d.out++ = p[i++];
			gap = i;
		} else if (fieldtext_blank(p[i])) {
			i++;
		} else {
			close_word(&d);
			copy(&d, p + gap, i - gap);
			gap = i;
		}
	}
	if (d.word.charset.p != NULL) {
		close_word(&d);
		copy(&d, p + gap, i - gap);
	}
	return any ? (size_t)(d.out - out) : 0;
}

bool
encword_only(const char *p, size_t n)
{
	struct word2047 w;
	size_t len;
	bool any = false;

	for (size_t i = 0; i < n; i += len) {
		if (fieldtext_blank(p[i]))
			len = 1;
		else if ((len = encoded_word(p + i, n - i, false, &w)) > 0)
			any = true;
		else
			return false;
	}
	return any;
}
