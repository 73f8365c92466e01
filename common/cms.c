/* SPDX-License-Identifier: ISC */
#include "common/cms.h"

#include <string.h>

enum {
	INTEGER = 0x02,
	OCTETS = 0x04,
	OID = 0x06,
	SEQUENCE = 0x30,
	CONTEXT_0 = 0xa0,
	CONSTRUCTED = 0x20,
	LONG_TAG = 0x1f,
	LONG_SEQUENCE = 0x3f	/* its tag in more bytes than are needed */
};

/* 1.2.840.113549.1, under which the content types stand. */
static const unsigned char PKCS[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01 };

/* The start of the line before a PEM block, RFC 7468. */
static const char BEGIN[] = "-----BEGIN";
enum { BEGIN_N = sizeof BEGIN - 1 };

static void
ber_start(struct cms *c)
{
	c->at = CMS_TAG;
	c->pos = 0;
	c->depth = 0;
	c->loose = 0;
	c->oid_n = 0;
	c->level[0].end = UINT64_MAX;
	c->level[0].kind = CMS_SEQUENCE;
	c->level[0].oid = false;
}

void
cms_start(struct cms *c, const struct carried *to)
{
	tell_start(&c->tell, to);
	c->enveloped = false;
	c->compressed = false;
	c->content = false;
	c->whole = false;
	c->form = CMS_UNKNOWN;
	c->probe_n = 0;
	c->line = true;
	c->matched = 0;
	ber_start(c);
}

/* An identifier is there: is it one of those that are told by a flag? */
static void
oid(struct cms *c)
{
	const unsigned char *arc = c->oid + sizeof PKCS;
	size_t n = c->oid_n - sizeof PKCS;

	if (c->oid_n < sizeof PKCS + 2 || memcmp(c->oid, PKCS, sizeof PKCS) != 0)
		return;
	if (n == 2 && arc[0] == 7 && (arc[1] == 3 || arc[1] == 4 || arc[1] == 6))
		c->enveloped = true;	/* and signed; encrypted */
	if (n == 4 && memcmp(arc, "\x09\x10\x01\x17", 4) == 0)
		c->enveloped = true;	/* authenticated, RFC 5083 */
	if (n == 4 && memcmp(arc, "\x09\x10\x01\x09", 4) == 0)
		c->compressed = true;
}

/* What an element is, by its tag and by where it stands. */
static enum cms_kind
kind(const struct cms *c)
{
	enum cms_kind in = c->level[c->depth].kind;

	if (c->tag == SEQUENCE && (in == CMS_SEQUENCE || in == CMS_EXPLICIT))
		return CMS_SEQUENCE;
	if (c->tag == CONTEXT_0 && in == CMS_SEQUENCE && c->level[c->depth].oid)
		return CMS_EXPLICIT;
	if ((c->tag == OCTETS || c->tag == (OCTETS | CONSTRUCTED)) &&
	    (in == CMS_EXPLICIT || in == CMS_CONTENT))
		return CMS_CONTENT;
	return CMS_OTHER;
}

static void
pop(struct cms *c)
{
	if (c->level[c->depth].kind == CMS_CONTENT &&
	    c->level[c->depth - 1].kind != CMS_CONTENT)
		tell_end(&c->tell);
	c->depth--;
}

/* Two zero bytes: the end of the innermost indefinite length. */
static void
contents_end(struct cms *c)
{
	unsigned d = c->depth;

	if (c->loose > 0) {
		c->loose--;
		return;
	}
	while (d > 0 && c->level[d].end != UINT64_MAX)
		d--;
	if (d == 0)
		return;
	while (c->depth >= d)
		pop(c);
}

/* The head of an element is there; indefinite: it has no length. */
static void
element(struct cms *c, bool indefinite)
{
	enum cms_kind k = kind(c);

	c->at = CMS_TAG;
	if (c->tag == 0 && c->left == 0 && !indefinite) {
		contents_end(c);
		return;
	}
	c->level[c->depth].oid = c->tag == OID;
	if (!indefinite && (k == CMS_OTHER || !(c->tag & CONSTRUCTED))) {
		c->value = k;
		c->oid_n = 0;
		c->at = CMS_VALUE;
	} else if (c->depth < CMS_DEPTH) {
		c->depth++;
		c->level[c->depth].end = indefinite ? UINT64_MAX : c->pos + c->left;
		c->level[c->depth].kind = k;
		c->level[c->depth].oid = false;
	} else if (indefinite) {
		c->loose++;
	}
}

static void
head(struct cms *c, unsigned b)
{
	c->pos++;
	switch (c->at) {
	case CMS_TAG:
		c->tag = b;
		c->number = 0;
		c->at = (b & LONG_TAG) == LONG_TAG ? CMS_LONGTAG : CMS_LENGTH;
		break;
	case CMS_LONGTAG:
		if (c->number < LONG_TAG)
			c->number = c->number << 7 | (b & 0x7f);
		if (b & 0x80)
			break;
		if (c->number < LONG_TAG)
			c->tag = (c->tag & ~(unsigned)LONG_TAG) | c->number;
		c->at = CMS_LENGTH;
		break;
	case CMS_LENGTH:
		c->left = b < 0x80 ? b : 0;
		c->lengths = b & 0x7f;
		c->at = CMS_LENGTHS;
		if (b <= 0x80)
			element(c, b == 0x80);
		break;
	default:
		/* so large a one ends with the input, whatever it says */
		c->left = c->left >> 48 != 0 ? UINT64_MAX >> 8 : c->left << 8 | b;
		if (--c->lengths == 0)
			element(c, false);
		break;
	}
}

static void
value_end(struct cms *c)
{
	c->at = CMS_TAG;
	if (c->tag == OID)
		oid(c);
	if (c->value == CMS_CONTENT && c->level[c->depth].kind != CMS_CONTENT)
		tell_end(&c->tell);
}

/* A piece of a value; returns where it stopped. */
static const char *
value(struct cms *c, const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	if (n > c->left)
		n = (size_t)c->left;
	if (c->value == CMS_CONTENT && n > 0) {
		if (!c->tell.open)
			tell_file(&c->tell);
		c->content = true;
		tell_data(&c->tell, p, n);
	}
	for (size_t i = 0; c->tag == OID && i < n && c->oid_n <= CMS_OID; i++) {
		if (c->oid_n < CMS_OID)
			c->oid[c->oid_n] = (unsigned char)p[i];
		c->oid_n++;
	}
	c->left -= n;
	c->pos += n;
	if (c->left == 0)
		value_end(c);
	return p + n;
}

static void
ber_feed(struct cms *c, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		if (c->at == CMS_VALUE) {
			p = value(c, p, end);
			continue;
		}
		while (c->at == CMS_TAG && c->pos >= c->level[c->depth].end)
			pop(c);
		head(c, (unsigned char)*p++);
	}
}

static void
ber_end(struct cms *c)
{
	while (c->at == CMS_TAG && c->depth > 0 && c->pos >= c->level[c->depth].end)
		pop(c);
	c->whole = c->at == CMS_TAG && c->depth == 0;
	tell_end(&c->tell);
	ber_start(c);
}

/* A piece of a PEM block, without the dashes that end it. */
static void
armour_feed(struct cms *c, const char *p, size_t n)
{
	char out[512 + TRANSFER_KEPT];

	while (n > 0) {
		size_t k = n < 512 ? n : 512;

		ber_feed(c, out, transfer_feed(&c->base64, p, k, out));
		p += k;
		n -= k;
	}
}

static void
armour_end(struct cms *c)
{
	char out[TRANSFER_KEPT];

	ber_feed(c, out, transfer_end(&c->base64, out));
	ber_end(c);
}

/* The first byte of a line. */
static void
line_start(struct cms *c, char first)
{
	if (c->form == CMS_ARMOUR && first == '-') {
		armour_end(c);
		c->form = CMS_TEXT;
	}
	c->line = false;
	c->matched = 0;
}

static void
line_end(struct cms *c)
{
	if (c->form == CMS_TEXT && c->matched == BEGIN_N) {
		c->form = CMS_ARMOUR;
		transfer_start(&c->base64, TRANSFER_BASE64);
	}
	c->line = true;
}

static void
text_feed(struct cms *c, const char *p, size_t n)
{
	const char *end = p + n, *from;

	while (p < end) {
		if (c->line)
			line_start(c, *p);
		for (from = p; p < end && *p != '\n' && *p != '\r'; p++)
			if (c->matched < BEGIN_N)
				c->matched = *p == BEGIN[c->matched] ?
				    c->matched + 1 : BEGIN_N + 1;
		if (c->form == CMS_ARMOUR)
			armour_feed(c, from, (size_t)(p - from));
		if (p < end) {
			line_end(c);
			p++;
		}
	}
}

static void
form_feed(struct cms *c, const char *p, size_t n)
{
	if (c->form == CMS_BER)
		ber_feed(c, p, n);
	else
		text_feed(c, p, n);
}

bool
cms_begins(const char *p, size_t n)
{
	const unsigned char *b = (const unsigned char *)p;

	if (n < CMS_PROBE)
		return false;
	return (b[0] == SEQUENCE && (b[1] >= 0x80 || b[2] == OID || b[2] == INTEGER ||
	    b[2] == LONG_TAG)) ||
	    (b[0] == LONG_SEQUENCE && (b[1] >= 0x80 || b[1] == (SEQUENCE & LONG_TAG)));
}

static void
probe(struct cms *c)
{
	c->form = cms_begins(c->probe, c->probe_n) ? CMS_BER : CMS_TEXT;
	form_feed(c, c->probe, c->probe_n);
}

void
cms_feed(struct cms *c, const char *p, size_t n)
{
	for (; n > 0 && c->form == CMS_UNKNOWN; n--) {
		c->probe[c->probe_n++] = *p++;
		if (c->probe_n == CMS_PROBE)
			probe(c);
	}
	if (n > 0)
		form_feed(c, p, n);
}

void
cms_end(struct cms *c)
{
	if (c->form == CMS_ARMOUR)
		armour_end(c);
	ber_end(c);
}
