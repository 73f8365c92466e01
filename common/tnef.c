/* SPDX-License-Identifier: ISC */
#include "common/tnef.h"
#include "common/little.h"
#include "common/utf8.h"

#include <string.h>

enum { SIGNATURE = 0x223e9f78 };

/* The low half of an attribute's tag says which it is, MS-OXTNEF 2.1.3.2. */
enum {
	ATT_BODY = 0x800c,
	ATT_ATTACH_DATA = 0x800f,
	ATT_ATTACH_TITLE = 0x8010,
	ATT_ATTACH_TRANSPORT_FILENAME = 0x9001,
	ATT_ATTACH_REND_DATA = 0x9002,
	ATT_MSG_PROPS = 0x9003,
	ATT_ATTACHMENT = 0x9005
};

/* Properties, MS-OXPROPS. */
enum {
	PR_BODY = 0x1000,
	PR_RTF_COMPRESSED = 0x1009,
	PR_BODY_HTML = 0x1013,
	PR_DISPLAY_NAME = 0x3001,
	PR_ATTACH_DATA = 0x3701,
	PR_ATTACH_EXTENSION = 0x3703,
	PR_ATTACH_FILENAME = 0x3704,
	PR_ATTACH_LONG_FILENAME = 0x3707,
	PR_ATTACH_PATHNAME = 0x3708,
	PR_ATTACH_TRANSPORT_NAME = 0x370c,
	PR_ATTACH_LONG_PATHNAME = 0x370d,
	PR_NAMED = 0x8000		/* and above */
};

/* Their types, MS-OXCDATA 2.11.1. */
enum {
	PT_NULL = 0x0001,
	PT_DOUBLE = 0x0005,
	PT_CURRENCY = 0x0006,
	PT_APPTIME = 0x0007,
	PT_OBJECT = 0x000d,
	PT_I8 = 0x0014,
	PT_STRING8 = 0x001e,
	PT_UNICODE = 0x001f,
	PT_SYSTIME = 0x0040,
	PT_CLSID = 0x0048,
	PT_SVREID = 0x00fb,
	PT_BINARY = 0x0102,
	PT_MANY = 0x1000		/* added: several values */
};

enum { REPLACEMENT = 0xfffd };

void
tnef_start(struct tnef *t, const struct carried *to)
{
	tell_start(&t->tell, to);
	t->at = TNEF_SIGNATURE;
	t->field_n = 0;
	t->to = TNEF_NOWHERE;
	t->filled = false;
	t->name_n = 0;
}

/* Collects a field of n bytes; false: some of it is still to come. */
static bool
collect(struct tnef *t, const char **p, const char *end, size_t n)
{
	size_t k = n - t->field_n;

	if (k > (size_t)(end - *p))
		k = (size_t)(end - *p);
	memcpy(t->field + t->field_n, *p, k);
	*p += k;
	t->field_n += k;
	if (t->field_n < n)
		return false;
	t->field_n = 0;
	return true;
}

static void
value_begin(struct tnef *t, enum tnef_to to)
{
	t->to = to;
	t->begun = false;
	t->wide = false;
	t->iid = 0;
	t->unit_n = 0;
	t->high = 0;
}

/* The first byte of a value is there. */
static void
value_found(struct tnef *t)
{
	t->begun = true;
	if (t->to == TNEF_NAME) {
		t->name_n = 0;
	} else if (t->to != TNEF_DATA) {
		tell_file(&t->tell);
		lzfu_start(&t->rtf);
	} else {
		if (!t->tell.open || t->filled) {
			tell_file(&t->tell);
			tell_name(&t->tell, t->name, t->name_n);
		}
		t->filled = true;
	}
}

static void
value_put(struct tnef *t, const char *p, size_t n)
{
	if (n == 0)
		return;
	if (!t->begun)
		value_found(t);
	if (t->to == TNEF_NAME) {
		size_t room = sizeof t->name - t->name_n;

		memcpy(t->name + t->name_n, p, n < room ? n : room);
		t->name_n += n < room ? n : room;
	} else if (t->to == TNEF_RTF) {
		lzfu_feed(&t->rtf, &t->tell, p, n);
	} else {
		tell_data(&t->tell, p, n);
	}
}

/* A unit of UTF-16; out has room for 6 bytes. */
static size_t
unit(struct tnef *t, unsigned u, char *out)
{
	size_t n = 0;

	if (t->high != 0 && u >= 0xdc00 && u < 0xe000) {
		n = utf8_put(out, 0x10000 + ((t->high & 0x3ffu) << 10) + (u & 0x3ff));
		t->high = 0;
		return n;
	}
	if (t->high != 0)
		n = utf8_put(out, REPLACEMENT);
	t->high = u >= 0xd800 && u < 0xdc00 ? u : 0;
	if (t->high != 0)
		return n;
	return n + utf8_put(out + n, u >= 0xdc00 && u < 0xe000 ? REPLACEMENT : u);
}

static void
value_wide(struct tnef *t, const char *p, const char *end)
{
	char out[256];
	size_t n = 0;

	for (; p < end; p++) {
		unsigned c = (unsigned char)*p;

		if (t->unit_n++ == 0) {
			t->unit = c;
			continue;
		}
		t->unit_n = 0;
		n += unit(t, t->unit | c << 8, out + n);
		if (n > sizeof out - 6) {
			value_put(t, out, n);
			n = 0;
		}
	}
	value_put(t, out, n);
}

static void
value_feed(struct tnef *t, const char *p, size_t n)
{
	size_t skip = n < t->iid ? n : t->iid;

	if (t->to == TNEF_NOWHERE)
		return;
	t->iid -= (unsigned)skip;
	if (t->wide)
		value_wide(t, p + skip, p + n);
	else
		value_put(t, p + skip, n - skip);
}

static void
value_end(struct tnef *t)
{
	if (t->to == TNEF_NAME && t->begun) {
		if (!t->tell.open) {
			tell_file(&t->tell);
			t->filled = false;
		}
		tell_name(&t->tell, t->name, t->name_n);
	}
	if ((t->to == TNEF_TEXT || t->to == TNEF_RTF) && t->begun) {
		tell_end(&t->tell);
		t->name_n = 0;
	}
	t->to = TNEF_NOWHERE;
}

static enum tnef_to
property_to(const struct tnef *t)
{
	if (t->message) {
		if (t->id == PR_RTF_COMPRESSED)
			return TNEF_RTF;
		return t->id == PR_BODY || t->id == PR_BODY_HTML ? TNEF_TEXT : TNEF_NOWHERE;
	}
	switch (t->id) {
	case PR_ATTACH_DATA:
		return TNEF_DATA;
	case PR_DISPLAY_NAME:
	case PR_ATTACH_EXTENSION:
	case PR_ATTACH_FILENAME:
	case PR_ATTACH_LONG_FILENAME:
	case PR_ATTACH_PATHNAME:
	case PR_ATTACH_LONG_PATHNAME:
	case PR_ATTACH_TRANSPORT_NAME:
		return TNEF_NAME;
	}
	return TNEF_NOWHERE;
}

/* The bytes that one value of a type takes, padding included; -1: it has a
   length. */
static int
width(unsigned type)
{
	switch (type) {
	case PT_OBJECT:
	case PT_STRING8:
	case PT_UNICODE:
	case PT_SVREID:
	case PT_BINARY:
		return -1;
	case 0:
	case PT_NULL:
		return 0;
	case PT_DOUBLE:
	case PT_CURRENCY:
	case PT_APPTIME:
	case PT_I8:
	case PT_SYSTIME:
		return 8;
	case PT_CLSID:
		return 16;
	}
	return 4;
}

static void
skip(struct tnef *t, uint64_t n)
{
	t->skip = n;
	t->prop = TNEF_SKIP;
}

/* After a property's tag, and its name. */
static void
property(struct tnef *t)
{
	int w = width(t->type & ~(unsigned)PT_MANY);

	if (w < 0 || t->type & PT_MANY)
		t->prop = TNEF_VALUES;
	else
		skip(t, (unsigned)w);
}

static void
next_value(struct tnef *t)
{
	t->prop = t->values > 0 ? TNEF_LENGTH : TNEF_TAG;
}

static void
tag(struct tnef *t)
{
	t->type = little16(t->field);
	t->id = little16(t->field + 2);
	t->values = 0;
	t->named = t->id >= PR_NAMED;
	if (t->named)
		t->prop = TNEF_NAMED;
	else
		property(t);
}

/* A set, a kind, and the number or the length of a string. */
static void
named(struct tnef *t)
{
	uint64_t n = little32(t->field + 16) == 0 ? 0 : little32(t->field + 20);

	skip(t, (n + 3) / 4 * 4);
}

static void
values(struct tnef *t)
{
	int w = width(t->type & ~(unsigned)PT_MANY);
	uint32_t n = little32(t->field);

	if (w >= 0) {
		skip(t, (uint64_t)n * (unsigned)w);
		return;
	}
	t->values = n;
	next_value(t);
}

static void
length(struct tnef *t)
{
	unsigned type = t->type & ~(unsigned)PT_MANY;

	t->values--;
	t->value = little32(t->field);
	t->pad = (0U - t->value) & 3;
	t->prop = TNEF_VALUE;
	value_begin(t, property_to(t));
	t->wide = type == PT_UNICODE && (t->to == TNEF_NAME || t->to == TNEF_TEXT);
	t->iid = type == PT_OBJECT ? 16 : 0;
}

/* At most n bytes of p to end. */
static size_t
most(uint64_t n, const char *p, const char *end)
{
	return n < (size_t)(end - p) ? (size_t)n : (size_t)(end - p);
}

/* A value or a stretch to skip; returns where it stopped. */
static const char *
stretch(struct tnef *t, const char *p, const char *end)
{
	size_t n;

	if (t->prop == TNEF_VALUE) {
		n = most(t->value, p, end);
		value_feed(t, p, n);
		t->value -= (uint32_t)n;
		if (t->value == 0) {
			value_end(t);
			skip(t, t->pad);
		}
		return p + n;
	}
	n = most(t->skip, p, end);
	t->skip -= n;
	if (t->skip == 0 && t->named) {
		t->named = false;
		property(t);
	} else if (t->skip == 0) {
		next_value(t);
	}
	return p + n;
}

/* A list of properties, MS-OXTNEF 2.1.3.4; a piece of it. */
static void
properties(struct tnef *t, const char *p, const char *end)
{
	while (p < end) {
		switch (t->prop) {
		case TNEF_COUNT:
			if (collect(t, &p, end, 4))
				t->prop = TNEF_TAG;
			break;
		case TNEF_TAG:
			if (collect(t, &p, end, 4))
				tag(t);
			break;
		case TNEF_NAMED:
			if (collect(t, &p, end, 24))
				named(t);
			break;
		case TNEF_VALUES:
			if (collect(t, &p, end, 4))
				values(t);
			break;
		case TNEF_LENGTH:
			if (collect(t, &p, end, 4))
				length(t);
			break;
		default:
			p = stretch(t, p, end);
			break;
		}
	}
}

static void
attribute_end(struct tnef *t)
{
	value_end(t);
	t->field_n = 0;
	t->at = TNEF_SUM;
}

/* Level, tag and length of an attribute are there. */
static void
attribute(struct tnef *t)
{
	unsigned which = little16(t->field + 1);

	t->left = little32(t->field + 5);
	t->props = which == ATT_MSG_PROPS || which == ATT_ATTACHMENT;
	t->message = which == ATT_MSG_PROPS;
	t->prop = TNEF_COUNT;
	t->at = TNEF_BODY;
	switch (which) {
	case ATT_BODY:
		value_begin(t, TNEF_TEXT);
		break;
	case ATT_ATTACH_DATA:
		value_begin(t, TNEF_DATA);
		break;
	case ATT_ATTACH_TITLE:
	case ATT_ATTACH_TRANSPORT_FILENAME:
		value_begin(t, TNEF_NAME);
		break;
	case ATT_ATTACH_REND_DATA:
		tell_file(&t->tell);
		t->filled = false;
		t->name_n = 0;
		break;
	}
	if (t->left == 0)
		attribute_end(t);
}

void
tnef_feed(struct tnef *t, const char *p, size_t n)
{
	const char *end = p + n;
	size_t k;

	while (p < end && t->at != TNEF_NOT) {
		switch (t->at) {
		case TNEF_SIGNATURE:
			if (collect(t, &p, end, 6))
				t->at = little32(t->field) == SIGNATURE ? TNEF_HEAD : TNEF_NOT;
			break;
		case TNEF_HEAD:
			if (collect(t, &p, end, 9))
				attribute(t);
			break;
		case TNEF_BODY:
			k = most(t->left, p, end);
			if (t->props)
				properties(t, p, p + k);
			else
				value_feed(t, p, k);
			p += k;
			t->left -= (uint32_t)k;
			if (t->left == 0)
				attribute_end(t);
			break;
		default:
			if (collect(t, &p, end, 2))
				t->at = TNEF_HEAD;
			break;
		}
	}
}

void
tnef_end(struct tnef *t)
{
	value_end(t);
	tell_end(&t->tell);
}

bool
tnef_whole(const struct tnef *t)
{
	return t->at == TNEF_HEAD && t->field_n == 0;
}
