/* SPDX-License-Identifier: ISC */
#include "common/charset.h"

#include <stdint.h>
#include <string.h>

enum family {
	OCTETS, LATIN1, UTF7, UTF16, UTF16LE, UTF16BE, UTF32, UTF32LE, UTF32BE,
	EBCDIC, JAPAN7, KOREA7, HZ, JAPAN8, KOREA8, SHIFTJIS, BIG5
};

/* Names in lower case, without `-', `_' and blanks. */
static const struct {
	const char *name;
	enum family family;
} FAMILIES[] = {
	{ "iso88591", LATIN1 }, { "iso885915", LATIN1 }, { "latin1", LATIN1 },
	{ "l1", LATIN1 }, { "windows1252", LATIN1 }, { "cp1252", LATIN1 },
	{ "utf7", UTF7 }, { "unicode11utf7", UTF7 }, { "xunicode20utf7", UTF7 },
	{ "csutf7", UTF7 }, { "csunicode11utf7", UTF7 },
	{ "utf16", UTF16 }, { "utf16le", UTF16LE }, { "utf16be", UTF16BE },
	{ "ucs2", UTF16 }, { "ucs2le", UTF16LE }, { "ucs2be", UTF16BE },
	{ "iso10646ucs2", UTF16 }, { "csunicode", UTF16 }, { "unicode", UTF16 },
	{ "csutf16", UTF16 }, { "csutf16le", UTF16LE }, { "csutf16be", UTF16BE },
	{ "unicodefffe", UTF16BE }, { "unicodefeff", UTF16LE },
	{ "utf32", UTF32 }, { "utf32le", UTF32LE }, { "utf32be", UTF32BE },
	{ "ucs4", UTF32 }, { "ucs4le", UTF32LE }, { "ucs4be", UTF32BE },
	{ "iso10646ucs4", UTF32 }, { "csucs4", UTF32 },
	{ "ebcdiccpus", EBCDIC }, { "ebcdicus", EBCDIC }, { "ebcdicint", EBCDIC },
	{ "iso2022jp", JAPAN7 }, { "iso2022jp1", JAPAN7 }, { "iso2022jp2", JAPAN7 },
	{ "iso2022jp3", JAPAN7 }, { "iso2022jp2004", JAPAN7 },
	{ "iso2022jpms", JAPAN7 }, { "csiso2022jp", JAPAN7 }, { "jis7", JAPAN7 },
	{ "jis", JAPAN7 }, { "cp50220", JAPAN7 }, { "cp50221", JAPAN7 },
	{ "iso2022kr", KOREA7 }, { "csiso2022kr", KOREA7 },
	{ "iso2022cn", KOREA7 }, { "iso2022cnext", KOREA7 },
	{ "hzgb2312", HZ }, { "hz", HZ },
	{ "eucjp", JAPAN8 }, { "xeucjp", JAPAN8 }, { "eucjpms", JAPAN8 },
	{ "ujis", JAPAN8 }, { "cp51932", JAPAN8 }, { "cseucpkdfmtjapanese", JAPAN8 },
	{ "gb2312", KOREA8 }, { "gbk", KOREA8 }, { "gb18030", KOREA8 },
	{ "xgbk", KOREA8 }, { "cp936", KOREA8 }, { "euccn", KOREA8 },
	{ "windows936", KOREA8 }, { "chinese", KOREA8 }, { "csgb2312", KOREA8 },
	{ "gb231280", KOREA8 }, { "ms936", KOREA8 }, { "cngb", KOREA8 },
	{ "euckr", KOREA8 }, { "ksc56011987", KOREA8 }, { "ksc5601", KOREA8 },
	{ "cp949", KOREA8 }, { "uhc", KOREA8 }, { "windows949", KOREA8 },
	{ "korean", KOREA8 }, { "cseuckr", KOREA8 }, { "ms949", KOREA8 },
	{ "shiftjis", SHIFTJIS }, { "sjis", SHIFTJIS }, { "xsjis", SHIFTJIS },
	{ "mskanji", SHIFTJIS }, { "csshiftjis", SHIFTJIS }, { "cp932", SHIFTJIS },
	{ "windows31j", SHIFTJIS }, { "cswindows31j", SHIFTJIS },
	{ "ms932", SHIFTJIS },
	{ "big5", BIG5 }, { "big5hkscs", BIG5 }, { "cp950", BIG5 },
	{ "xxbig5", BIG5 }, { "csbig5", BIG5 }, { "cnbig5", BIG5 }, { "ms950", BIG5 }
};

/* Their numbers of IBM code pages; the letters are at the same places in all. */
static const char *const EBCDIC_PAGES[] = {
	"037", "37", "273", "277", "278", "280", "284", "285", "297", "424", "500",
	"870", "871", "875", "1026", "1047", "1140", "1141", "1142", "1143", "1144",
	"1145", "1146", "1147", "1148", "1149"
};

/* Code page 037 in ISO 8859-1. */
static const unsigned char CP037[256] = {
	0x00, 0x01, 0x02, 0x03, 0x9c, 0x09, 0x86, 0x7f, 0x97, 0x8d, 0x8e, 0x0b,
	0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x9d, 0x85, 0x08, 0x87,
	0x18, 0x19, 0x92, 0x8f, 0x1c, 0x1d, 0x1e, 0x1f, 0x80, 0x81, 0x82, 0x83,
	0x84, 0x0a, 0x17, 0x1b, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x05, 0x06, 0x07,
	0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9a, 0x9b,
	0x14, 0x15, 0x9e, 0x1a, 0x20, 0xa0, 0xe2, 0xe4, 0xe0, 0xe1, 0xe3, 0xe5,
	0xe7, 0xf1, 0xa2, 0x2e, 0x3c, 0x28, 0x2b, 0x7c, 0x26, 0xe9, 0xea, 0xeb,
	0xe8, 0xed, 0xee, 0xef, 0xec, 0xdf, 0x21, 0x24, 0x2a, 0x29, 0x3b, 0xac,
	0x2d, 0x2f, 0xc2, 0xc4, 0xc0, 0xc1, 0xc3, 0xc5, 0xc7, 0xd1, 0xa6, 0x2c,
	0x25, 0x5f, 0x3e, 0x3f, 0xf8, 0xc9, 0xca, 0xcb, 0xc8, 0xcd, 0xce, 0xcf,
	0xcc, 0x60, 0x3a, 0x23, 0x40, 0x27, 0x3d, 0x22, 0xd8, 0x61, 0x62, 0x63,
	0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xab, 0xbb, 0xf0, 0xfd, 0xfe, 0xb1,
	0xb0, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xaa, 0xba,
	0xe6, 0xb8, 0xc6, 0xa4, 0xb5, 0x7e, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78,
	0x79, 0x7a, 0xa1, 0xbf, 0xd0, 0xdd, 0xde, 0xae, 0x5e, 0xa3, 0xa5, 0xb7,
	0xa9, 0xa7, 0xb6, 0xbc, 0xbd, 0xbe, 0x5b, 0x5d, 0xaf, 0xa8, 0xb4, 0xd7,
	0x7b, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xad, 0xf4,
	0xf6, 0xf2, 0xf3, 0xf5, 0x7d, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50,
	0x51, 0x52, 0xb9, 0xfb, 0xfc, 0xf9, 0xfa, 0xff, 0x5c, 0xf7, 0x53, 0x54,
	0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xb2, 0xd4, 0xd6, 0xd2, 0xd3, 0xd5,
	0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xb3, 0xdb,
	0xdc, 0xd9, 0xda, 0x9f,
};

/* The full-width forms of ASCII in the sets of two octets a character. */
static const struct {
	enum family family;
	unsigned from, to;
	uint32_t is;
} WIDE[] = {
	{ JAPAN8, 0xa1a1, 0xa1a1, 0x3000 }, { JAPAN8, 0xa1a5, 0xa1a5, 0xff0e },
	{ JAPAN8, 0xa3b0, 0xa3b9, 0xff10 }, { JAPAN8, 0xa3c1, 0xa3da, 0xff21 },
	{ JAPAN8, 0xa3e1, 0xa3fa, 0xff41 },
	{ KOREA8, 0xa1a1, 0xa1a1, 0x3000 }, { KOREA8, 0xa3a1, 0xa3fd, 0xff01 },
	{ SHIFTJIS, 0x8140, 0x8140, 0x3000 }, { SHIFTJIS, 0x8144, 0x8144, 0xff0e },
	{ SHIFTJIS, 0x824f, 0x8258, 0xff10 }, { SHIFTJIS, 0x8260, 0x8279, 0xff21 },
	{ SHIFTJIS, 0x8281, 0x829a, 0xff41 },
	{ BIG5, 0xa140, 0xa140, 0x3000 }, { BIG5, 0xa144, 0xa144, 0xff0e },
	{ BIG5, 0xa2af, 0xa2b8, 0xff10 }, { BIG5, 0xa2cf, 0xa2e8, 0xff21 },
	{ BIG5, 0xa2e9, 0xa2fe, 0xff41 }, { BIG5, 0xa340, 0xa343, 0xff57 }
};

enum { LONGEST = 24 };	/* bytes of a name above, and more */

static enum family
family(struct span charset)
{
	char name[LONGEST + 1], *number;
	size_t n = 0;

	for (size_t i = 0; i < charset.n; i++) {
		char c = charset.p[i];

		if (c == '-' || c == '_' || c == ' ' || c == '"')
			continue;
		if (n == LONGEST)
			return OCTETS;
		name[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	name[n] = '\0';
	if (strcmp(name, "utf8") == 0 || strcmp(name, "usascii") == 0)
		return OCTETS;
	for (size_t i = 0; i < sizeof FAMILIES / sizeof FAMILIES[0]; i++)
		if (name[0] == FAMILIES[i].name[0] && strcmp(name, FAMILIES[i].name) == 0)
			return FAMILIES[i].family;
	if (strncmp(name, "cp", 2) != 0 && strncmp(name, "ibm", 3) != 0 &&
	    strncmp(name, "csibm", 5) != 0 && strncmp(name, "ccsid", 5) != 0)
		return OCTETS;
	number = name + strcspn(name, "0123456789");
	number += strspn(number, "0") > 2 ? strspn(number, "0") - 1 : 0;
	for (size_t i = 0; i < sizeof EBCDIC_PAGES / sizeof EBCDIC_PAGES[0]; i++)
		if (strcmp(number, EBCDIC_PAGES[i]) == 0)
			return EBCDIC;
	return OCTETS;
}

static char *
put(char *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* A unit of UTF-16; a pair of surrogates is one character, one alone is none. */
static char *
put16(char *out, uint32_t *high, uint32_t u)
{
	if (u >= 0xd800 && u < 0xdc00) {
		*high = u;
		return out;
	}
	if (u >= 0xdc00 && u < 0xe000) {
		if (*high != 0)
			out = put(out, 0x10000 + ((*high - 0xd800) << 10) + (u - 0xdc00));
	} else
		out = put(out, u);
	*high = 0;
	return out;
}

static uint32_t
unit(const unsigned char *p, size_t width, bool little)
{
	uint32_t u = 0;

	for (size_t i = 0; i < width; i++)
		u = u << 8 | p[little ? width - 1 - i : i];
	return u;
}

/* little: the order of a text that does not begin with its mark. */
static size_t
units(const unsigned char *p, size_t n, size_t width, bool little, char *out)
{
	uint32_t u, high = 0;
	char *o = out;
	size_t i = 0;

	if (n >= width && unit(p, width, little) != 0xfeff &&
	    unit(p, width, !little) == 0xfeff)
		little = !little;
	if (n >= width && unit(p, width, little) == 0xfeff)
		i = width;
	for (; i + width <= n; i += width) {
		u = unit(p + i, width, little);
		if (width == 2)
			o = put16(o, &high, u);
		else
			o = put(o, u < 0x110000 ? u : 0xfffd);
	}
	return (size_t)(o - out);
}

static int
sextet(unsigned char c)
{
	static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(ALPHABET, c) : NULL;

	return at != NULL ? (int)(at - ALPHABET) : -1;
}

static size_t
utf7(const unsigned char *p, size_t n, char *out)
{
	uint32_t bits = 0, high = 0;
	unsigned have = 0;
	bool shifted = false, fresh = false;
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		int v = sextet(p[i]);

		if (!shifted) {
			if ((shifted = fresh = p[i] == '+'))
				bits = have = high = 0;
			else
				*o++ = (char)p[i];
		} else if (v >= 0) {
			fresh = false;
			bits = bits << 6 | (uint32_t)v;
			have += 6;
			if (have >= 16) {
				have -= 16;
				o = put16(o, &high, bits >> have & 0xffff);
			}
		} else {
			shifted = false;
			if (fresh && p[i] == '-')
				*o++ = '+';
			else if (p[i] != '-')
				*o++ = (char)p[i];
		}
	}
	return (size_t)(o - out);
}

/* Two octets that are one character. */
static char *
put_pair(char *out, enum family f, unsigned char a, unsigned char b)
{
	unsigned pair = (unsigned)a << 8 | b;

	for (size_t i = 0; i < sizeof WIDE / sizeof WIDE[0]; i++)
		if (WIDE[i].family == f && pair >= WIDE[i].from && pair <= WIDE[i].to)
			return put(out, WIDE[i].is + (pair - WIDE[i].from));
	*out++ = (char)a;
	*out++ = (char)b;
	return out;
}

static size_t
pairs(const unsigned char *p, size_t n, enum family f, char *out)
{
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		bool lead = p[i] > 0x80 && p[i] != 0xff &&
		    !(f == SHIFTJIS && p[i] >= 0xa0 && p[i] < 0xe0);

		if (lead && i + 1 < n && p[i + 1] >= 0x30) {
			o = put_pair(o, f, p[i], p[i + 1]);
			i++;
		} else
			*o++ = (char)p[i];
	}
	return (size_t)(o - out);
}

/* The octets of an escape sequence at p that announces a set; 0: none. */
static size_t
escape(const unsigned char *p, size_t n, bool *two)
{
	size_t i = 1;

	if (n < 3 || p[0] != 0x1b || (p[1] != '$' && (p[1] < '(' || p[1] > '/')))
		return 0;
	*two = p[1] == '$';
	while (i < n && p[i] >= 0x20 && p[i] <= 0x2f)
		i++;
	return i < n ? i + 1 : 0;
}

/* Seven bits an octet, with shifts between one octet a character and two. */
static size_t
shifts(const unsigned char *p, size_t n, enum family f, char *out)
{
	bool two = false, set = false;
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		size_t skip = f == HZ ? 0 : escape(p + i, n - i, &set);

		if (skip > 0) {
			/* in the Korean way the shift comes later, alone */
			two = f == JAPAN7 && set;
			i += skip - 1;
		} else if (f == KOREA7 && (p[i] == 0x0e || p[i] == 0x0f)) {
			two = p[i] == 0x0e;
		} else if (f == HZ && p[i] == '~' && i + 1 < n &&
		    strchr("{}~\n", p[i + 1]) != NULL && p[i + 1] != '\0') {
			if (p[++i] == '~')
				*o++ = '~';
			else if (p[i] != '\n')
				two = p[i] == '{';
		} else if (two && p[i] > 0x20 && i + 1 < n && p[i + 1] > 0x20) {
			o = put_pair(o, f == JAPAN7 ? JAPAN8 : KOREA8,
			    p[i] | 0x80, p[i + 1] | 0x80);
			i++;
		} else {
			two = two && p[i] != '\n';
			*o++ = (char)p[i];
		}
	}
	return (size_t)(o - out);
}

size_t
charset_utf8(struct span charset, const char *text, size_t n, bool swap, char *out)
{
	const unsigned char *p = (const unsigned char *)text;
	enum family f = family(charset);
	char *o = out;

	switch (f) {
	case LATIN1:
	case EBCDIC:
		for (size_t i = 0; i < n; i++)
			o = put(o, f == EBCDIC ? CP037[p[i]] : p[i]);
		return (size_t)(o - out);
	case UTF7:
		return utf7(p, n, out);
	case UTF16:
	case UTF16LE:
	case UTF16BE:
		return units(p, n, 2, (f == UTF16LE) != swap, out);
	case UTF32:
	case UTF32LE:
	case UTF32BE:
		return units(p, n, 4, (f == UTF32LE) != swap, out);
	case JAPAN7:
	case KOREA7:
	case HZ:
		return shifts(p, n, f, out);
	case JAPAN8:
	case KOREA8:
	case SHIFTJIS:
	case BIG5:
		return pairs(p, n, f, out);
	case OCTETS:
		break;
	}
	memcpy(out, p, n);
	return n;
}

size_t
charset_overlong(const char *text, size_t n, char *out)
{
	const unsigned char *p = (const unsigned char *)text;
	bool any = false;
	size_t o = 0;

	for (size_t i = 0; i < n; i++) {
		size_t more = (p[i] & 0xfe) == 0xc0 ? 1 : p[i] == 0xe0 ? 2 : p[i] == 0xf0 ? 3 : 0;
		uint32_t c = p[i] & 1u;

		if (i + more >= n)
			more = 0;
		if (p[i] >= 0xe0)
			c = 0;
		for (size_t k = 1; k <= more; k++) {
			c = c << 6 | (p[i + k] & 0x3fu);
			if ((p[i + k] & 0xc0) != 0x80 || c > 0x7f) {
				more = 0;
				break;
			}
		}
		out[o++] = more > 0 ? (char)c : (char)p[i];
		any = any || more > 0;
		i += more;
	}
	return any ? o : 0;
}
