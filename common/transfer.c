/* SPDX-License-Identifier: ISC */
#include "common/transfer.h"
#include "common/hex.h"

#include <string.h>

/*
 * base64: what each byte adds in each of the four places of a quantum, or BAD.
 * One look-up a byte and no shift: this is most of the work on a large mail.
 */
#define BAD (1u << 31)
#define NO4(V) V(BAD), V(BAD), V(BAD), V(BAD)
#define NO16(V) NO4(V), NO4(V), NO4(V), NO4(V)
#define RUN2(V, a) V(a), V((a) + 1)
#define RUN8(V, a) RUN2(V, a), RUN2(V, (a) + 2), RUN2(V, (a) + 4), RUN2(V, (a) + 6)
#define RUN26(V, a) RUN8(V, a), RUN8(V, (a) + 8), RUN8(V, (a) + 16), RUN2(V, (a) + 24)
#define ALPHABET(V) { NO16(V), NO16(V), \
	NO4(V), NO4(V), V(BAD), V(BAD), V(BAD), V(62), V(BAD), V(BAD), V(BAD), V(63), \
	RUN8(V, 52), RUN2(V, 60), V(BAD), V(BAD), NO4(V), \
	V(BAD), RUN26(V, 0), V(BAD), NO4(V), \
	V(BAD), RUN26(V, 26), V(BAD), NO4(V), \
	NO16(V), NO16(V), NO16(V), NO16(V), NO16(V), NO16(V), NO16(V), NO16(V) }
#define FIRST(v) ((v) == BAD ? BAD : (uint32_t)(v) << 18)
#define SECOND(v) ((v) == BAD ? BAD : (uint32_t)(v) << 12)
#define THIRD(v) ((v) == BAD ? BAD : (uint32_t)(v) << 6)
#define FOURTH(v) ((uint32_t)(v))

static const uint32_t PLACE1[256] = ALPHABET(FIRST), PLACE2[256] = ALPHABET(SECOND),
    PLACE3[256] = ALPHABET(THIRD), VALUE[256] = ALPHABET(FOURTH);

/* Of an escape that may have soft line breaks in it: `=' and a digit. */
enum { JOIN_KEPT = 2 };

void
transfer_start(struct transfer *t, enum transfer_coding coding)
{
	memset(t, 0, offsetof(struct transfer, keep));
	t->coding = coding;
}

static bool
is_qp(enum transfer_coding coding)
{
	return coding == TRANSFER_QP || coding >= TRANSFER_QP_KEEP;
}

/* The bytes of the open quantum: one for each character but the first. */
static size_t
base64_flush(struct transfer *t, char *out)
{
	uint32_t bits = t->bits << 6 * (4 - t->have);
	size_t n = t->have > t->missing + 1 ? t->have - t->missing - 1 : 0;

	out[0] = (char)(bits >> 16);
	out[1] = (char)(bits >> 8);
	out[2] = (char)bits;
	t->have = t->missing = 0;
	t->bits = 0;
	return n;
}

/* One more character of a quantum. */
static size_t
base64_add(struct transfer *t, uint32_t v, char *out)
{
	t->bits = t->bits << 6 | v;
	return ++t->have < 4 ? 0 : base64_flush(t, out);
}

static size_t
base64_padding(struct transfer *t, char *out)
{
	if (t->coding == TRANSFER_BASE64_SOLID)
		return 0;
	if (t->coding == TRANSFER_BASE64_TOKEN) {
		t->missing++;
		return base64_add(t, 0, out);
	}
	t->place = (t->padded == 0 ? t->have : t->place) + 1;
	/* xx==, xxx= and nothing else */
	if (t->padded == 0 && t->have == 2)
		t->padded = 1;		/* one more is to come */
	else {
		if (t->padded != 1 && (t->padded != 0 || t->have != 3))
			t->odd |= ODD_BASE64_PADDING;
		t->padded = 2;
	}
	t->stopped = t->coding == TRANSFER_BASE64_STOP;
	return base64_flush(t, out);
}

/* The value of a byte in this reading, or BAD. */
static uint32_t
base64_value(const struct transfer *t, unsigned char c)
{
	if (t->coding == TRANSFER_BASE64_URL && (c == '-' || c == '_'))
		return c == '-' ? 62 : 63;
	return VALUE[c];
}

/* The end of a line. */
static void
base64_line(struct transfer *t)
{
	if (t->line % 4 != 0)
		t->odd |= ODD_BASE64_LINE;
	if (t->odd_line > 0 && t->line > t->odd_line)
		t->odd |= ODD_BASE64_UNEVEN;
	if (t->gap > 0 && t->line > t->gap)
		t->odd |= ODD_BASE64_JUNK;
	t->odd_line = t->line % 4 != 0 ? t->line : 0;
	t->line = t->gap = 0;
}

/* A byte that is not of the alphabet. */
static size_t
base64_other(struct transfer *t, unsigned char c, char *out)
{
	if (c == '=') {
		t->line++;
		return base64_padding(t, out);
	}
	if (c == '\n') {
		base64_line(t);
		return 0;
	}
	if (c == ' ' || c == '\t' || c == '\r') {
		if (c != '\r' && t->gap == 0)
			t->gap = t->line;
		return 0;
	}
	t->odd |= c == '-' || c == '_' ? ODD_BASE64_URL : ODD_BASE64_JUNK;
	return 0;
}

/* One byte, and no haste: line ends, paddings, junk, and what is round them. */
static size_t
base64_byte(struct transfer *t, unsigned char c, char *out)
{
	uint32_t v = base64_value(t, c);

	if (v == BAD)
		return base64_other(t, c, out);
	if (t->padded != 0) {
		t->odd |= ODD_BASE64_PADDING;
		if (t->place % 4 != 0)
			t->odd |= ODD_BASE64_TOKEN;
		t->padded = 0;
	}
	t->line++;
	return base64_add(t, v, out);
}

static size_t
base64_feed(struct transfer *t, const char *p, size_t n, char *out)
{
	const unsigned char *at = (const unsigned char *)p, *end = at + n;
	char *o = out;

	while (at < end && !t->stopped) {
		while (t->have == 0 && t->padded == 0 && end - at >= 4) {
			uint32_t q = PLACE1[at[0]] | PLACE2[at[1]] | PLACE3[at[2]] | VALUE[at[3]];

			if (q & BAD)
				break;
			o[0] = (char)(q >> 16);
			o[1] = (char)(q >> 8);
			o[2] = (char)q;
			o += 3;
			at += 4;
			t->line += 4;
		}
		/* The usual end of a line. */
		if (t->have == 0 && end - at >= 2 && at[0] == '\r' && at[1] == '\n')
			at++;
		if (at < end)
			o += base64_byte(t, *at++, o);
	}
	return (size_t)(o - out);
}

/* Nothing but base64 in this line, and blanks round it? */
static bool
clean_line(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	while (n > 0 && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n > 0 && (VALUE[(unsigned char)p[n - 1]] != BAD || p[n - 1] == '='))
		n--;
	return n == 0;
}

/* What is kept of a line is decoded, or dropped; the next one begins anew. */
static size_t
lines_flush(struct transfer *t, bool end, char *out)
{
	char *o = out;

	if (t->overlong || !end || clean_line(t->keep, t->kept))
		for (size_t i = 0; i < t->kept; i++)
			o += base64_byte(t, (unsigned char)t->keep[i], o);
	t->kept = 0;
	t->overlong = !end;
	if (end)
		t->have = 0;
	return (size_t)(o - out);
}

static size_t
lines_feed(struct transfer *t, const char *p, size_t n, char *out)
{
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		if (t->kept == sizeof t->keep)
			o += lines_flush(t, false, o);
		if (p[i] == '\n')
			o += lines_flush(t, true, o);
		else
			t->keep[t->kept++] = p[i];
	}
	return (size_t)(o - out);
}

static bool
lower(char c)
{
	return c >= 'a' && c <= 'f';
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Between an `=' and the line end: some skip a NUL there as well. */
static bool
soft(char c)
{
	return blank(c) || c == '\0';
}

static void
put_kept(struct transfer *t, char **out)
{
	memcpy(*out, t->keep, t->kept);
	*out += t->kept;
}

/*
 * An `=' and what followed it, now that c came: an escape, a soft line break,
 * or neither.  True: c has been used up.
 */
static bool
qp_escape(struct transfer *t, char c, char **out)
{
	char *k = t->keep;
	bool keep = t->coding == TRANSFER_QP_KEEP, torn = t->torn;

	t->torn = c == '=' && (t->kept == 1 || hex(k[1]) >= 0);
	if (c == '\n') {
		/* a soft break: `=', blanks, a CR */
		if (t->kept > 2 || (t->kept == 2 && k[1] != '\r'))
			t->odd |= soft(k[1]) ? ODD_QP_BREAK : ODD_QP_ILLEGAL;
		if (t->kept == 1 || (soft(k[1]) && (!keep || (t->kept == 2 && k[1] == '\r')))) {
			t->odd |= torn ? ODD_QP_JOIN : 0;
			return true;
		}
	}
	if (t->kept == 2 && hex(k[1]) >= 0 && hex(c) >= 0) {
		if (lower(k[1]) || lower(c))
			t->odd |= ODD_QP_LOWER;
		if (!keep || !(lower(k[1]) || lower(c))) {
			*(*out)++ = (char)(hex(k[1]) << 4 | hex(c));
			return true;
		}
	} else
		t->odd |= ODD_QP_ILLEGAL;
	if (t->coding == TRANSFER_QP_DROP && (t->kept == 1 || soft(k[1])))
		return false;
	if (t->coding == TRANSFER_QP_DROP) {
		memcpy(*out, k + 1, t->kept - 1);
		*out += t->kept - 1;
		return false;
	}
	put_kept(t, out);
	return false;
}

/*
 * keep holds one of: blanks that a line end may follow (a CR is one of them,
 * as it may be the line end's), or `=' with what may become an escape or a
 * soft line break.  This is what becomes of it when the byte c comes; false: c
 * has been used up.
 */
static bool
qp_resolve(struct transfer *t, char c, char **out)
{
	char *k = t->keep;
	bool used = false;

	if (k[0] == '=')
		used = qp_escape(t, c, out);
	else if (c == '\n') {
		bool cr = k[t->kept - 1] == '\r';

		if (t->kept > cr)
			t->odd |= ODD_QP_BLANKS;
		if (t->coding == TRANSFER_QP_KEEP)
			put_kept(t, out);
		else if (cr)
			*(*out)++ = '\r';
		*(*out)++ = '\n';
		used = true;
	} else
		put_kept(t, out);
	t->kept = 0;
	return !used;
}

/* Does c go on what is kept, undecided still? */
static bool
qp_undecided(const struct transfer *t, char c)
{
	if (t->kept == sizeof t->keep - JOIN_KEPT)
		return false;
	if (t->keep[0] != '=')
		return blank(c);
	if (t->kept == 1)
		return soft(c) || (hex(c) >= 0 && t->coding != TRANSFER_QP_JOIN);
	return soft(t->keep[1]) && soft(c);
}

static size_t
qp_feed(struct transfer *t, const char *p, size_t n, char *out)
{
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (t->kept > 0) {
			if (qp_undecided(t, c)) {
				t->keep[t->kept++] = c;
				continue;
			}
			if (!qp_resolve(t, c, &o))
				continue;
		}
		if (c == '=' || blank(c))
			t->keep[t->kept++] = c;
		else
			*o++ = c;
	}
	return (size_t)(o - out);
}

/* What is open of an escape is none. */
static size_t
join_flush(struct transfer *t, char *out)
{
	size_t n = t->escape;

	if (n > 0)
		out[0] = '=';
	if (n > 1)
		out[1] = t->digit;
	t->escape = 0;
	return n;
}

/* The escapes in n bytes that have no soft line breaks; p is not before out + 2. */
static size_t
join(struct transfer *t, const char *p, size_t n, char *out)
{
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (t->escape == 1 && hex(c) >= 0) {
			t->digit = c;
			t->escape = 2;
			continue;
		}
		if (t->escape == 2 && hex(c) >= 0) {
			*o++ = (char)(hex(t->digit) << 4 | hex(c));
			t->escape = 0;
			continue;
		}
		o += join_flush(t, o);
		if (c == '=')
			t->escape = 1;
		else
			*o++ = c;
	}
	return (size_t)(o - out);
}

size_t
transfer_feed(struct transfer *t, const char *p, size_t n, char *out)
{
	char *joined = out + JOIN_KEPT;

	if (t->coding == TRANSFER_QP_JOIN)
		return join(t, joined, qp_feed(t, p, n, joined), out);
	if (is_qp(t->coding))
		return qp_feed(t, p, n, out);
	if (t->coding == TRANSFER_BASE64_LINES)
		return lines_feed(t, p, n, out);
	if (t->coding != TRANSFER_NONE)
		return base64_feed(t, p, n, out);
	memcpy(out, p, n);
	return n;
}

/* What is kept at the end of all: a soft break's line end was the delimiter's. */
static size_t
qp_end(struct transfer *t, char *out)
{
	size_t n = t->kept;

	t->kept = 0;
	if (t->coding == TRANSFER_QP_JOIN)
		return join_flush(t, out);
	if (n == 0)
		return 0;
	if (t->keep[0] == '=' && n > 1 && !soft(t->keep[1]))
		t->odd |= ODD_QP_ILLEGAL;
	else if (t->coding != TRANSFER_QP_KEEP)
		n = 0;
	else if (t->keep[0] != '=')
		t->odd |= ODD_QP_BLANKS;
	memcpy(out, t->keep, n);
	return n;
}

size_t
transfer_end(struct transfer *t, char *out)
{
	if (is_qp(t->coding))
		return qp_end(t, out);
	if (t->coding == TRANSFER_BASE64_LINES)
		return lines_flush(t, true, out);
	if (t->stopped)
		return 0;
	base64_line(t);
	if (t->have != 0 || t->padded == 1)
		t->odd |= ODD_BASE64_SHORT;
	return t->coding == TRANSFER_BASE64_WHOLE ? 0 : base64_flush(t, out);
}

unsigned
transfer_others(enum transfer_coding coding, unsigned odd)
{
	static const struct {
		unsigned odd;
		enum transfer_coding of, other;
	} OTHERS[] = {
		{ ODD_BASE64_PADDING, TRANSFER_BASE64, TRANSFER_BASE64_STOP },
		{ ODD_BASE64_PADDING, TRANSFER_BASE64, TRANSFER_BASE64_SOLID },
		{ ODD_BASE64_TOKEN, TRANSFER_BASE64, TRANSFER_BASE64_TOKEN },
		{ ODD_BASE64_URL, TRANSFER_BASE64, TRANSFER_BASE64_URL },
		{ ODD_BASE64_SHORT, TRANSFER_BASE64, TRANSFER_BASE64_WHOLE },
		{ ODD_BASE64_JUNK | ODD_BASE64_URL | ODD_BASE64_UNEVEN, TRANSFER_BASE64,
		    TRANSFER_BASE64_LINES },
		{ ODD_QP_ILLEGAL | ODD_QP_BREAK, TRANSFER_QP, TRANSFER_QP_KEEP },
		{ ODD_QP_ILLEGAL, TRANSFER_QP, TRANSFER_QP_DROP },
		{ ODD_QP_JOIN, TRANSFER_QP, TRANSFER_QP_JOIN },
	};
	unsigned mask = 0;

	for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
		if (OTHERS[i].of == coding && (OTHERS[i].odd & odd) != 0)
			mask |= 1u << OTHERS[i].other;
	return mask;
}

const char *
transfer_name(enum transfer_coding coding)
{
	static const char *const NAMES[TRANSFER_CODINGS] = {
		[TRANSFER_NONE] = "plain",
		[TRANSFER_BASE64] = "base64",
		[TRANSFER_QP] = "quoted-printable",
		[TRANSFER_BASE64_STOP] = "base64-stop",
		[TRANSFER_BASE64_SOLID] = "base64-solid",
		[TRANSFER_BASE64_WHOLE] = "base64-whole",
		[TRANSFER_BASE64_URL] = "base64-url",
		[TRANSFER_BASE64_LINES] = "base64-lines",
		[TRANSFER_BASE64_TOKEN] = "base64-token",
		[TRANSFER_QP_KEEP] = "qp-keep",
		[TRANSFER_QP_DROP] = "qp-drop",
		[TRANSFER_QP_JOIN] = "qp-join",
	};

	return NAMES[coding];
}
