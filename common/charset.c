/* SPDX-License-Identifier: ISC */
#include "common/charset.h"
#include "common/fieldtext.h"
#include "common/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum family {
	OCTETS, LATIN1, UTF7, IMAP7, UTF16, UTF16LE, UTF16BE, UTF32, UTF32LE, UTF32BE,
	EBCDIC, KANA, MAC, ARMENIAN, PERSIAN, ESCAPES, PUNYCODE,
	JAPAN7, KOREA7, HZ, JAPAN8, KOREA8, SHIFTJIS, BIG5
};

struct known {
	const char *name;
	enum family family;
};

/* Names as charset_name has them. */
static const struct known NAMES[] = {
	{ "iso88591", LATIN1 }, { "iso885915", LATIN1 }, { "latin1", LATIN1 },
	{ "l1", LATIN1 }, { "windows1252", LATIN1 }, { "cp1252", LATIN1 },
	{ "u7", UTF7 }, { "u16", UTF16 }, { "u32", UTF32 },
	{ "csunicode", UTF16 }, { "unicode", UTF16 },
	{ "unicodefffe", UTF16BE }, { "unicodefeff", UTF16LE },
	{ "unicodebig", UTF16BE }, { "unicodebigunmarked", UTF16BE },
	{ "unicodelittle", UTF16LE }, { "unicodelittleunmarked", UTF16LE },
	{ "osf00010100", UTF16 }, { "osf00010101", UTF16 }, { "osf00010102", UTF16 },
	{ "osf00010104", UTF32 }, { "osf00010105", UTF32 }, { "osf00010106", UTF32 },
	{ "iso10646", UTF32 }, { "1064611993", UTF32 }, { "wchart", UTF32LE },
	{ "internal", UTF32LE }, { "posixbc", EBCDIC },
	{ "armscii8", ARMENIAN }, { "isiri3342", PERSIAN },
	{ "java", ESCAPES }, { "c99", ESCAPES }, { "punycode", PUNYCODE },
	{ "jis7", JAPAN7 }, { "jis", JAPAN7 }, { "cp50220", JAPAN7 },
	{ "cp50221", JAPAN7 }, { "cp50222", JAPAN7 },
	{ "hzgb2312", HZ }, { "hzgb", HZ }, { "hz", HZ },
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

/* What stands in a name, wherever: the first that is there says it. */
static const struct known PARTS[] = {
	{ "utf7imap", IMAP7 }, { "imap4utf7", IMAP7 }, { "utf7", UTF7 },
	{ "utf16le", UTF16LE }, { "utf16be", UTF16BE }, { "utf16", UTF16 },
	{ "utf32le", UTF32LE }, { "utf32be", UTF32BE }, { "utf32", UTF32 },
	{ "ucs2le", UTF16LE }, { "ucs2be", UTF16BE }, { "ucs2", UTF16 },
	{ "ucs4le", UTF32LE }, { "ucs4be", UTF32BE }, { "ucs4", UTF32 },
	{ "unicodeescape", ESCAPES },
	{ "ebcdicjpkana", KANA }, { "ebcdic", EBCDIC },
	{ "macarabic", MAC }, { "macfarsi", MAC }, { "machebrew", MAC },
	{ "iso2022jp", JAPAN7 }, { "iso2022kr", KOREA7 }, { "iso2022cn", KOREA7 }
};

/* IBM's numbers of EBCDIC code pages; letters are at the same places in all. */
static const unsigned short EBCDIC_PAGES[] = {
	37, 38, 39, 256, 273, 274, 275, 277, 278, 280, 281, 282, 284, 285, 290, 297, 420,
	423, 424, 500, 803, 833, 836, 838, 870, 871, 875, 880, 905, 918, 924, 930, 933,
	935, 937, 939, 1025, 1026, 1027, 1047, 1070, 1079, 1081, 1084, 1097, 1112, 1122,
	1123, 1130, 1132, 1137, 1140, 1141, 1142, 1143, 1144, 1145, 1146, 1147, 1148,
	1149, 1153, 1154, 1155, 1156, 1157, 1158, 1160, 1164, 1166, 1364, 1371, 1388,
	1390, 1399, 4517, 4899, 4933, 4971, 5026, 5035, 5123, 8482, 8612, 9030, 12712,
	16684, 16804, 20273, 20277, 20278, 20280, 20284, 20285, 20290, 20297, 20420,
	20423, 20424, 20833, 20838, 20871, 20880, 20905, 20924, 21025
};

/* Of these, the ones that have the small letters elsewhere. */
static const unsigned short KANA_PAGES[] = { 290, 930, 1390, 5026, 8482, 20290 };

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

size_t
charset_name(struct span charset, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < charset.n && n < CHARSET_NAME; i++) {
		char c = fieldtext_lower(charset.p[i]);

		if (c == '/' && i + 1 < charset.n && charset.p[i + 1] == '/')
			break;	/* what follows says how to convert */
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
	}
	return n;
}

static bool
one_of(unsigned long number, const unsigned short *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* The family of a code page with a number. */
static enum family
numbered(const char *name)
{
	static const char *const BEFORE[] = { "", "x", "cp", "ibm", "ccsid", "windows" };
	size_t letters = strcspn(name, "0123456789"), n;
	unsigned long number = strtoul(name + letters, NULL, 10);
	bool page = false;

	/* `ibm' may have something before it; `x' alone says too little */
	for (size_t i = 0; i < sizeof BEFORE / sizeof BEFORE[0]; i++) {
		n = strlen(BEFORE[i]);
		page = page || (letters >= n && (n > 1 || n == letters) &&
		    memcmp(name + letters - n, BEFORE[i], n) == 0);
	}
	if (strncmp(name, "osf1002", 7) == 0)
		number = strtoul(name + 7, NULL, 16);
	else if (!page)
		return OCTETS;
	if (one_of(number, KANA_PAGES, sizeof KANA_PAGES / sizeof KANA_PAGES[0]))
		return KANA;
	return one_of(number, EBCDIC_PAGES, sizeof EBCDIC_PAGES / sizeof EBCDIC_PAGES[0]) ?
	    EBCDIC : OCTETS;
}

static enum family
family(struct span charset)
{
	char name[CHARSET_NAME + 1];

	name[charset_name(charset, name)] = '\0';
	if (strncmp(name, "utf8", 4) == 0 || strcmp(name, "usascii") == 0)
		return OCTETS;
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
		if (name[0] == NAMES[i].name[0] && strcmp(name, NAMES[i].name) == 0)
			return NAMES[i].family;
	for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
		if (strstr(name, PARTS[i].name) != NULL)
			return PARTS[i].family;
	return numbered(name);
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
			out += utf8_put(out, 0x10000 + ((*high - 0xd800) << 10) + (u - 0xdc00));
	} else
		out += utf8_put(out, u);
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
			o += utf8_put(o, u < 0x110000 ? u : 0xfffd);
	}
	return (size_t)(o - out);
}

static int
sextet(unsigned char c, bool imap)
{
	static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(ALPHABET, c) : NULL;

	if (imap && c == ',')
		return 63;
	return at != NULL ? (int)(at - ALPHABET) : -1;
}

/* imap: RFC 3501 5.1.3, for which some take the other and so shift by `+' too. */
static size_t
utf7(const unsigned char *p, size_t n, bool imap, char *out)
{
	uint32_t bits = 0, high = 0;
	unsigned have = 0;
	bool shifted = false, fresh = false;
	char *o = out, begin = '+';

	for (size_t i = 0; i < n; i++) {
		int v = sextet(p[i], imap);

		if (!shifted || (imap && p[i] == '&')) {
			begin = (char)p[i];
			if ((shifted = fresh = begin == '+' || (imap && begin == '&')))
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
				*o++ = begin;
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
			return out + utf8_put(out, WIDE[i].is + (pair - WIDE[i].from));
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

/* The small letters of a page with Katakana where others have their own. */
static unsigned char
kana(unsigned char c)
{
	static const char SMALL[] = "\x62\x63\x64\x65\x66\x67\x68\x69\x71\x72\x73\x74\x75"
	    "\x76\x77\x78\x8b\x9b\xab\xb3\xb4\xb5\xb6\xb7\xb8\xb9";
	const char *at = c != '\0' ? strchr(SMALL, (char)c) : NULL;

	return at != NULL ? (unsigned char)('a' + (at - SMALL)) : CP037[c];
}

/* One octet a character, or between two shifts two, of which one sort is Latin. */
static size_t
ebcdic(const unsigned char *p, size_t n, enum family f, char *out)
{
	bool two = false;
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == 0x0e || p[i] == 0x0f) {
			two = p[i] == 0x0e;
		} else if (two && p[i] == 0x42 && i + 1 < n && CP037[p[i + 1]] > ' ' &&
		    CP037[p[i + 1]] < 0x7f) {
			o += utf8_put(o, 0xfee0u + CP037[p[++i]]);
		} else
			o += utf8_put(o, f == KANA ? kana(p[i]) : CP037[p[i]]);
	}
	return (size_t)(o - out);
}

/* What a set that has ASCII has once more, for text from right to left. */
static size_t
twice(const unsigned char *p, size_t n, enum family f, char *out)
{
	unsigned char dot = f == ARMENIAN ? 0xa9 : f == PERSIAN ? 0xa6 : 0xae;

	for (size_t i = 0; i < n; i++)
		out[i] = p[i] == dot ? '.' : f == MAC && p[i] >= 0xb0 && p[i] <= 0xb9 ?
		    (char)(p[i] - 0xb0 + '0') : (char)p[i];
	return n;
}

/* The number at p, of up to most digits; -1: none. */
static int64_t
digits(const unsigned char *p, size_t n, size_t most, bool octal, size_t *used)
{
	static const char DIGITS[] = "0123456789abcdef";
	int64_t v = 0;

	for (*used = 0; *used < most && *used < n; ++*used) {
		const char *at = p[*used] != '\0' ?
		    strchr(DIGITS, fieldtext_lower((char)p[*used])) : NULL;

		if (at == NULL || (octal && at - DIGITS > 7))
			break;
		v = v * (octal ? 8 : 16) + (at - DIGITS);
	}
	return *used > 0 && (octal || *used == most) ? v : -1;
}

/*
 * \uXXXX, \UXXXXXXXX, \xXX, \ooo and \ before a line end, in Latin-1; what follows
 * another backslash stands for itself.
 */
static size_t
escapes(const unsigned char *p, size_t n, char *out)
{
	uint32_t high = 0;
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = i + 1 < n ? p[i + 1] : 0;
		size_t most = c == 'u' ? 4 : c == 'U' ? 8 : c == 'x' ? 2 : 3, used;
		bool octal = c >= '0' && c <= '7';
		int64_t v;

		if (p[i] != '\\' || (c != '\n' && !octal && most == 3)) {
			o += utf8_put(o, p[i]);
		} else if (c == '\n') {
			i++;
		} else if ((v = digits(p + i + 2 - octal, n - i - 2 + octal, most, octal,
		    &used)) < 0) {
			o += utf8_put(o, p[i]);
		} else {
			o = v < 0x10000 ? put16(o, &high, (uint32_t)v) :
			    o + utf8_put(o, v < 0x110000 ? (uint32_t)v : 0xfffd);
			i += used + !octal;
		}
	}
	return (size_t)(o - out);
}

/* RFC 3492: the ASCII before the last `-'; what is to be put into it is not. */
static size_t
punycode(const unsigned char *p, size_t n, char *out)
{
	while (n > 0 && p[n - 1] != '-')
		n--;
	if (n > 0)
		memcpy(out, p, --n);
	return n;
}

/* Is text in it as it stands to one who does not know it another text? */
static bool
foreign(enum family f)
{
	return (f >= UTF16 && f <= KANA) || f == ESCAPES || f == PUNYCODE;
}

size_t
charset_utf8(struct span charset, const char *text, size_t n, enum charset_how how,
    char *out)
{
	const unsigned char *p = (const unsigned char *)text;
	enum family f = family(charset);
	bool swap = how == CHARSET_SWAP;
	char *o = out;

	if (how == CHARSET_OCTETS && foreign(f))
		f = OCTETS;
	switch (f) {
	case LATIN1:
		for (size_t i = 0; i < n; i++)
			o += utf8_put(o, p[i]);
		return (size_t)(o - out);
	case EBCDIC:
	case KANA:
		return ebcdic(p, n, f, out);
	case UTF7:
	case IMAP7:
		return utf7(p, n, f == IMAP7, out);
	case UTF16:
	case UTF16LE:
	case UTF16BE:
		return units(p, n, 2, (f == UTF16LE) != swap, out);
	case UTF32:
	case UTF32LE:
	case UTF32BE:
		return units(p, n, 4, (f == UTF32LE) != swap, out);
	case MAC:
	case ARMENIAN:
	case PERSIAN:
		return twice(p, n, f, out);
	case ESCAPES:
		return escapes(p, n, out);
	case PUNYCODE:
		return punycode(p, n, out);
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
