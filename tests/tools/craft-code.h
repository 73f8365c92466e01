/* SPDX-License-Identifier: ISC */
/*
 * The filters of craft-set.h: the bytes of one buffer, coded, at the end of
 * another.  Memory that is lacking ends the tool.
 */
#ifndef CRAFT_CODE_H
#define CRAFT_CODE_H

#include "common/cli.h"
#include "tests/tools/buf.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct how {
	size_t n;		/* the filter's number, or 0 */
	const char *eol;	/* the line end of the message */
	const char *name;	/* the file name */
};

typedef void filter(struct buf *o, const struct buf *in, const struct how *how);

static void
putch(struct buf *b, unsigned c)
{
	char byte = (char)c;

	add(b, &byte, 1);
}

static unsigned
byte_at(const struct buf *b, size_t i)
{
	return i < b->n ? (unsigned char)b->p[i] : 0;
}

/* A number of so many bytes, least significant first. */
static void
little(struct buf *o, size_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		putch(o, (unsigned)(v >> 8 * i & 255));
}

/* The same, most significant first. */
static void
big(struct buf *o, size_t v, unsigned bytes)
{
	while (bytes-- > 0)
		putch(o, (unsigned)(v >> 8 * bytes & 255));
}

/* --- pieces and lines -------------------------------------------------------- */

static void
half(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	add(o, in->p, in->n / 2);
}

static void
rest(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	add(o, in->p + in->n / 2, in->n - in->n / 2);
}

static void
repeat(struct buf *o, const struct buf *in, const struct how *how)
{
	for (size_t i = 0; i < how->n; i++)
		add(o, in->p, in->n);
}

static void
size(struct buf *o, const struct buf *in, const struct how *how)
{
	char digits[24];

	(void)how;
	snprintf(digits, sizeof digits, "%zu", in->n);
	put(o, digits);
}

/* Broken into lines of n characters. */
static void
wrap(struct buf *o, const struct buf *in, const struct how *how)
{
	size_t n = how->n ? how->n : 76;

	for (size_t i = 0; i < in->n; i += n) {
		if (i > 0)
			put(o, how->eol);
		add(o, in->p + i, in->n - i < n ? in->n - i : n);
	}
}

/* The same, with a `=' that pads nothing before each line end. */
static void
equals(struct buf *o, const struct buf *in, const struct how *how)
{
	for (size_t i = 0; i < in->n; i++) {
		if (i > 0 && i % how->n == 0) {
			putch(o, '=');
			put(o, how->eol);
		}
		putch(o, byte_at(in, i));
	}
}

static void
lower(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	for (size_t i = 0; i < in->n; i++)
		putch(o, byte_at(in, i) | (in->p[i] >= 'A' && in->p[i] <= 'Z' ? 32 : 0));
}

static void
upper(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	for (size_t i = 0; i < in->n; i++)
		putch(o, byte_at(in, i) & (in->p[i] >= 'a' && in->p[i] <= 'z' ? 223 : 255));
}

/* Each character as a filename*N of its own (RFC 2231 3). */
static void
piece(struct buf *o, const struct buf *in, size_t k, const char *eol)
{
	char text[40];

	snprintf(text, sizeof text, " filename*%zu=%c", k, in->p[k]);
	put(o, ";");
	put(o, eol);
	put(o, text);
}

static void
pieces_up(struct buf *o, const struct buf *in, const struct how *how)
{
	for (size_t k = 0; k < in->n; k++)
		piece(o, in, k, how->eol);
}

static void
pieces_down(struct buf *o, const struct buf *in, const struct how *how)
{
	for (size_t k = in->n; k-- > 0;)
		piece(o, in, k, how->eol);
}

/* --- base64, quoted-printable, percent, UTF-16 and UTF-7 -------------------- */

static void
base64(struct buf *o, const struct buf *in, const struct how *how)
{
	static const char abc[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	(void)how;
	for (size_t i = 0; i < in->n; i += 3) {
		unsigned v = byte_at(in, i) << 16 | byte_at(in, i + 1) << 8 |
		    byte_at(in, i + 2);

		for (size_t k = 0; k < 4; k++)
			putch(o, i + k > in->n ? '=' :
			    (unsigned char)abc[v >> (18 - 6 * k) & 63]);
	}
}

static void
base64_lines(struct buf *o, const struct buf *in, const struct how *how)
{
	struct buf b = { NULL, 0, 0 };

	base64(&b, in, how);
	wrap(o, &b, how);
	free(b.p);
}

/* Each n bytes as base64 of their own, with its padding. */
static void
base64_apart(struct buf *o, const struct buf *in, const struct how *how)
{
	for (size_t i = 0; i < in->n; i += how->n) {
		struct buf some = { in->p + i, in->n - i < how->n ? in->n - i : how->n, 0 };

		base64(o, &some, how);
	}
}

static void
url_safe(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	for (size_t i = 0; i < in->n; i++)
		putch(o, in->p[i] == '+' ? '-' : in->p[i] == '/' ? '_' : byte_at(in, i));
}

static void
no_padding(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	for (size_t i = 0; i < in->n; i++)
		if (in->p[i] != '=')
			putch(o, byte_at(in, i));
}

/* A character that is none of base64 after each fifth. */
static void
junk(struct buf *o, const struct buf *in, const struct how *how)
{
	static const char chars[] = ".-#!*: \177\351";

	(void)how;
	for (size_t i = 0; i < in->n; i++) {
		putch(o, byte_at(in, i));
		if (i % 5 == 4)
			putch(o, (unsigned char)chars[i / 5 % (sizeof chars - 1)]);
	}
}

static void
escape(struct buf *o, const struct buf *in, char mark, const char *digits)
{
	for (size_t i = 0; i < in->n; i++) {
		putch(o, (unsigned char)mark);
		putch(o, (unsigned char)digits[byte_at(in, i) >> 4]);
		putch(o, (unsigned char)digits[byte_at(in, i) & 15]);
	}
}

static void
percent(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	escape(o, in, '%', "0123456789ABCDEF");
}

/* Every byte escaped, in lines of n of them where n is given. */
static void
quoted(struct buf *o, const struct buf *in, const struct how *how)
{
	for (size_t i = 0; i < in->n; i++) {
		struct buf one = { in->p + i, 1, 0 };

		if (how->n > 0 && i > 0 && i % how->n == 0) {
			put(o, "=");
			put(o, how->eol);
		}
		escape(o, &one, '=', "0123456789ABCDEF");
	}
}

static void
from_hex(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	for (size_t i = 0; i + 1 < in->n; i += 2) {
		char digits[3] = { in->p[i], in->p[i + 1], '\0' };

		putch(o, (unsigned)strtoul(digits, NULL, 16));
	}
}

static void
utf16(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	for (size_t i = 0; i < in->n; i++) {
		putch(o, 0);
		putch(o, byte_at(in, i));
	}
}

/* Every character shifted (RFC 2152). */
static void
utf7(struct buf *o, const struct buf *in, const struct how *how)
{
	struct buf wide = { NULL, 0, 0 }, coded = { NULL, 0, 0 };

	utf16(&wide, in, how);
	base64(&coded, &wide, how);
	putch(o, '+');
	no_padding(o, &coded, how);
	putch(o, '-');
	free(wide.p);
	free(coded.p);
}

/* --- uuencode, yEnc, BinHex ------------------------------------------------- */

/* Data lines; zero: the character for six bits of 0. */
static void
uu_lines(struct buf *o, const struct buf *in, const struct how *how, unsigned zero)
{
	size_t bytes = how->n ? how->n : 45;

	for (size_t i = 0; i < in->n; i += bytes) {
		size_t n = in->n - i < bytes ? in->n - i : bytes;

		putch(o, ' ' + (unsigned)n);
		for (size_t k = i; k < i + n; k += 3) {
			unsigned v = byte_at(in, k) << 16 | byte_at(in, k + 1) << 8 |
			    byte_at(in, k + 2);

			for (unsigned shift = 24; shift > 0; shift -= 6) {
				unsigned six = v >> (shift - 6) & 63;

				putch(o, six == 0 ? zero : ' ' + six);
			}
		}
		put(o, how->eol);
	}
}

static void
uu_quote(struct buf *o, const struct buf *in, const struct how *how)
{
	uu_lines(o, in, how, '`');
}

static void
uu_blank(struct buf *o, const struct buf *in, const struct how *how)
{
	uu_lines(o, in, how, ' ');
}

static void
yenc(struct buf *o, const struct buf *in, const struct how *how)
{
	for (size_t i = 0; i < in->n; i++) {
		unsigned c = (byte_at(in, i) + 42) & 255;

		if (i > 0 && i % 128 == 0)
			put(o, how->eol);
		if (c == 0 || c == '\n' || c == '\r' || c == '=') {
			putch(o, '=');
			c = (c + 64) & 255;
		}
		putch(o, c);
	}
	put(o, how->eol);
}

/* CRC-CCITT of what stands after start, put after it (RFC 1741). */
static void
binhex_crc(struct buf *b, size_t start)
{
	unsigned crc = 0;

	for (size_t i = start; i < b->n + 2; i++) {
		unsigned c = byte_at(b, i);

		for (int bit = 7; bit >= 0; bit--) {
			unsigned top = crc & 0x8000;

			crc = (crc << 1 | (c >> bit & 1)) & 0xffff;
			if (top)
				crc ^= 0x1021;
		}
	}
	big(b, crc, 2);
}

/* The three forks; the mark of a run stands for itself as 90 00. */
static void
binhex_forks(struct buf *o, const struct buf *in, const char *name)
{
	struct buf raw = { NULL, 0, 0 };
	size_t data;

	putch(&raw, (unsigned)strlen(name) & 63);
	add(&raw, name, (strlen(name) & 63) + 1);
	put(&raw, "BINAdos ");
	big(&raw, 0, 2);
	big(&raw, in->n, 4);
	big(&raw, 0, 4);
	binhex_crc(&raw, 0);
	data = raw.n;
	add(&raw, in->p, in->n);
	binhex_crc(&raw, data);
	big(&raw, 0, 2);
	for (size_t i = 0; i < raw.n; i++) {
		putch(o, byte_at(&raw, i));
		if (byte_at(&raw, i) == 0x90)
			putch(o, 0);
	}
	free(raw.p);
}

static void
binhex(struct buf *o, const struct buf *in, const struct how *how)
{
	static const char abc[] =
	    "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	struct how lines = { 64, how->eol, how->name };
	struct buf forks = { NULL, 0, 0 }, line = { NULL, 0, 0 };

	binhex_forks(&forks, in, how->name);
	putch(&line, ':');
	for (size_t bit = 0; bit < 8 * forks.n; bit += 6) {
		unsigned v = byte_at(&forks, bit / 8) << 8 | byte_at(&forks, bit / 8 + 1);

		putch(&line, (unsigned char)abc[v >> (10 - bit % 8) & 63]);
	}
	putch(&line, ':');
	wrap(o, &line, &lines);
	put(o, how->eol);
	free(forks.p);
	free(line.p);
}

/* --- TNEF (MS-OXTNEF) ------------------------------------------------------- */

static void
tnef_attribute(struct buf *o, unsigned level, size_t id, const void *p, size_t n)
{
	unsigned sum = 0;

	putch(o, level);
	little(o, id, 4);
	little(o, n, 4);
	add(o, p, n);
	for (size_t i = 0; i < n; i++)
		sum += ((const unsigned char *)p)[i];
	little(o, sum & 0xffff, 2);
}

/* A property of one value: type, id, count, length, value, padding. */
static void
tnef_property(struct buf *o, unsigned type, unsigned id, const void *p, size_t n)
{
	little(o, type, 2);
	little(o, id, 2);
	little(o, 1, 4);
	little(o, n, 4);
	add(o, p, n);
	while (o->n % 4 != 0)
		putch(o, 0);
}

/* The long name in UTF-16; mapi: and the data, as PR_ATTACH_DATA_BIN. */
static void
tnef_properties(struct buf *o, const struct buf *in, const char *name, bool mapi)
{
	struct buf props = { NULL, 0, 0 }, wide = { NULL, 0, 0 };

	for (size_t i = 0; i <= strlen(name); i++)
		little(&wide, (unsigned char)name[i], 2);
	little(&props, mapi ? 2 : 1, 4);
	tnef_property(&props, 0x1f, 0x3707, wide.p, wide.n);
	if (mapi)
		tnef_property(&props, 0x102, 0x3701, in->p, in->n);
	tnef_attribute(o, 2, 0x69005, props.p, props.n);
	free(props.p);
	free(wide.p);
}

enum tnef { TNEF_TITLE, TNEF_LONG, TNEF_MAPI };

static void
tnef_file(struct buf *o, const struct buf *in, const char *name, enum tnef how)
{
	static const char version[] = { 0, 0, 1, 0 }, rendering[14] = { 1, 0, -1, -1, -1, -1 };
	const char *title = how == TNEF_TITLE ? name : "A.TXT";

	little(o, 0x223e9f78, 4);
	little(o, 1, 2);
	tnef_attribute(o, 1, 0x89006, version, sizeof version);
	tnef_attribute(o, 2, 0x69002, rendering, sizeof rendering);
	tnef_attribute(o, 2, 0x18010, title, strlen(title) + 1);
	if (how != TNEF_MAPI)
		tnef_attribute(o, 2, 0x6800f, in->p, in->n);
	if (how != TNEF_TITLE)
		tnef_properties(o, in, name, how == TNEF_MAPI);
}

static void
tnef(struct buf *o, const struct buf *in, const struct how *how)
{
	tnef_file(o, in, how->name, TNEF_TITLE);
}

static void
tnef_long(struct buf *o, const struct buf *in, const struct how *how)
{
	tnef_file(o, in, how->name, TNEF_LONG);
}

static void
tnef_mapi(struct buf *o, const struct buf *in, const struct how *how)
{
	tnef_file(o, in, how->name, TNEF_MAPI);
}

/* --- CMS (RFC 5652) ---------------------------------------------------------- */

static const char OID_SIGNED[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
static const char OID_DATA[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

/* Wraps what b holds: definite length, or indefinite with its two zeros. */
static void
tlv(struct buf *b, unsigned tag, bool definite)
{
	struct buf o = { NULL, 0, 0 };

	putch(&o, tag);
	if (definite) {
		putch(&o, 0x83);
		big(&o, b->n, 3);
	} else
		putch(&o, 0x80);
	add(&o, b->p, b->n);
	if (!definite)
		big(&o, 0, 2);
	free(b->p);
	*b = o;
}

/* An octet string, or one in pieces of 50 octets. */
static void
octets(struct buf *b, const struct buf *in, bool definite)
{
	for (size_t i = 0; !definite && i < in->n; i += 50) {
		size_t n = in->n - i < 50 ? in->n - i : 50;

		putch(b, 4);
		putch(b, (unsigned)n);
		add(b, in->p + i, n);
	}
	if (definite)
		add(b, in->p, in->n);
	tlv(b, definite ? 0x04 : 0x24, definite);
}

/* An object identifier and [0] what b holds, as a sequence. */
static void
content_info(struct buf *b, const char *oid, bool definite)
{
	struct buf o = { NULL, 0, 0 };

	tlv(b, 0xa0, definite);
	add(&o, oid, sizeof OID_DATA - 1);
	add(&o, b->p, b->n);
	tlv(&o, 0x30, definite);
	free(b->p);
	*b = o;
}

/* SignedData without a signer. */
static void
cms(struct buf *o, const struct buf *in, bool definite)
{
	struct buf data = { NULL, 0, 0 }, all = { NULL, 0, 0 };

	octets(&data, in, definite);
	content_info(&data, OID_DATA, definite);
	add(&all, "\x02\x01\x01\x31\x00", 5);
	add(&all, data.p, data.n);
	add(&all, "\x31\x00", 2);
	tlv(&all, 0x30, definite);
	content_info(&all, OID_SIGNED, definite);
	add(o, all.p, all.n);
	free(all.p);
	free(data.p);
}

static void
cms_definite(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	cms(o, in, true);
}

static void
cms_indefinite(struct buf *o, const struct buf *in, const struct how *how)
{
	(void)how;
	cms(o, in, false);
}

/* --- their names ------------------------------------------------------------- */

static const struct {
	const char *name;
	filter *run;
} filters[] = {
	{ "<", half }, { ">", rest }, { "rep", repeat }, { "size", size },
	{ "wrap", wrap }, { "equals", equals }, { "lower", lower }, { "upper", upper }, { "x", from_hex },
	{ "up", pieces_up }, { "down", pieces_down },
	{ "64", base64_lines }, { "line64", base64 }, { "apart", base64_apart },
	{ "url", url_safe }, { "nopad", no_padding }, { "junk", junk },
	{ "qp", quoted }, { "pct", percent }, { "u16", utf16 }, { "u7", utf7 },
	{ "uu", uu_quote }, { "uublank", uu_blank }, { "yenc", yenc }, { "binhex", binhex },
	{ "tnef", tnef }, { "tneflong", tnef_long }, { "tnefmapi", tnef_mapi },
	{ "der", cms_definite }, { "ber", cms_indefinite }
};

#endif
