/* SPDX-License-Identifier: ISC */
#include "common/encword.h"
#include "common/transfer.h"

#include <string.h>
#include <strings.h>

enum { WORD_MAX = 16384 };	/* bytes of an encoded word's text */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static size_t
unescape(const char *p, size_t n, char mark, char *out)
{
	size_t o = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == mark && i + 2 < n && hex(p[i + 1]) >= 0 && hex(p[i + 2]) >= 0) {
			out[o++] = (char)(hex(p[i + 1]) << 4 | hex(p[i + 2]));
			i += 2;
		} else
			out[o++] = p[i];
	}
	return o;
}

size_t
encword_percent(const char *p, size_t n, char *out)
{
	return unescape(p, n, '%', out);
}

static bool
one_byte(struct span charset)
{
	static const char *const NAMES[] = { "iso-8859-1", "latin1", "windows-1252",
	    "cp1252", "iso8859-1" };

	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
		if (charset.n == strlen(NAMES[i]) &&
		    strncasecmp(charset.p, NAMES[i], charset.n) == 0)
			return true;
	return false;
}

size_t
encword_charset(struct span charset, const char *p, size_t n, char *out)
{
	size_t o = 0;

	if (!one_byte(charset)) {
		memcpy(out, p, n);
		return n;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= 0x80) {
			out[o++] = (char)(0xc0 | c >> 6);
			c = 0x80 | (c & 0x3f);
		}
		out[o++] = (char)c;
	}
	return o;
}

/* One encoded word at p: its length, 0 if there is none. */
static size_t
encoded_word(const char *p, size_t n, struct span *charset, char *coding,
    struct span *text)
{
	size_t i = 2, q;

	if (n < 8 || p[0] != '=' || p[1] != '?')
		return 0;
	while (i < n && p[i] != '?' && p[i] > ' ')
		i++;
	if (i + 3 >= n || p[i] != '?' || p[i + 2] != '?')
		return 0;
	charset->p = p + 2;
	charset->n = i - 2;
	*coding = p[i + 1];
	for (q = i + 3; q + 1 < n && !(p[q] == '?' && p[q + 1] == '='); q++)
		if (p[q] == '?' || p[q] == '\n')
			return 0;
	if (q + 1 >= n)
		return 0;
	text->p = p + i + 3;
	text->n = q - i - 3;
	return q + 2;
}

/* The octets of a word's text, at out; room for text.n + TRANSFER_KEPT. */
static size_t
octets(char coding, struct span text, char *out)
{
	struct transfer t;
	size_t n;

	if (coding == 'B' || coding == 'b') {
		transfer_start(&t, TRANSFER_BASE64);
		n = transfer_feed(&t, text.p, text.n, out);
		return n + transfer_end(&t, out + n);
	}
	n = unescape(text.p, text.n, '=', out);
	for (size_t i = 0; i < n; i++)
		if (out[i] == '_')
			out[i] = ' ';
	return n;
}

/* The encoded word at p, decoded at *out; its length, 0 if there is none. */
static size_t
take_word(const char *p, size_t n, char **out)
{
	char raw[WORD_MAX + TRANSFER_KEPT], coding;
	struct span charset, text;
	size_t len = encoded_word(p, n, &charset, &coding, &text);

	if (len == 0 || text.n > WORD_MAX || coding == '\0' ||
	    strchr("BbQq", coding) == NULL)
		return 0;
	n = octets(coding, text, raw);
	*out += encword_charset(charset, raw, n, *out);
	return len;
}

size_t
encword_decode(const char *p, size_t n, char *out)
{
	char *o = out, *gap = NULL;	/* where the blanks after a word begin */
	size_t i = 0, len;
	bool any = false;

	while (i < n) {
		if (p[i] == '=' && i + 1 < n && p[i + 1] == '?') {
			char *before = o;

			if (gap != NULL)
				o = gap;
			if ((len = take_word(p + i, n - i, &o)) > 0) {
				i += len;
				any = true;
				gap = o;
				continue;
			}
			o = before;
		}
		if (strchr(" \t\r\n", p[i]) == NULL || p[i] == '\0')
			gap = NULL;
		*o++ = p[i++];
	}
	return any ? (size_t)(o - out) : 0;
}
