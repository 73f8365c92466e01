/* SPDX-License-Identifier: ISC */
#include "common/macfile.h"

#include <string.h>

/* The header of AppleSingle: what stands before its entries, and one of them. */
enum { FIXED = 26, ENTRY = 12 };
enum { ID_DATA = 1, ID_NAME = 3 };

/* That of MacBinary. */
enum { BIN_HEAD = 128, BIN_NAME = 63 };

static uint32_t
number(const unsigned char *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static bool
apple(const unsigned char *b)
{
	return number(b, 4) == 0x51600 || number(b, 4) == 0x51607;
}

/* Three bytes are zeros in all versions, and a name has no control bytes. */
static bool
binary(const unsigned char *b)
{
	if (b[0] != 0 || b[1] == 0 || b[1] > BIN_NAME || b[74] != 0 || b[82] != 0)
		return false;
	for (size_t i = 0; i < b[1]; i++)
		if (b[2 + i] < ' ')
			return false;
	return number(b + 83, 4) >> 31 == 0 && number(b + 87, 4) >> 31 == 0;
}

bool
macfile_begins(const char *p, size_t n)
{
	const unsigned char *b = (const unsigned char *)p;

	return (n >= FIXED && apple(b)) || (n >= BIN_HEAD && binary(b));
}

void
macfile_start(struct macfile *m, const struct carried *to)
{
	tell_start(&m->tell, to);
	m->ready = false;
	m->pos = 0;
	m->head_n = 0;
	m->name.from = m->name.to = 0;
	m->data.from = m->data.to = 0;
	m->text_n = 0;
}

/* Bytes of the header that say where everything is. */
static size_t
head_bytes(const struct macfile *m)
{
	size_t entries;

	if (m->head_n < FIXED)
		return FIXED;
	if (!apple(m->head))
		return BIN_HEAD;
	entries = number(m->head + 24, 2);
	if (entries > MACFILE_ENTRIES)
		entries = MACFILE_ENTRIES;
	return FIXED + ENTRY * entries;
}

static void
apple_ranges(struct macfile *m)
{
	for (size_t at = FIXED; at + ENTRY <= m->head_n; at += ENTRY) {
		const unsigned char *e = m->head + at;
		uint32_t id = number(e, 4);
		struct macfile_range *r = id == ID_DATA ? &m->data : &m->name;

		if ((id != ID_DATA && id != ID_NAME) || r->to > r->from)
			continue;
		r->from = number(e + 4, 4);
		r->to = r->from + number(e + 8, 4);
	}
}

static void
binary_ranges(struct macfile *m)
{
	uint64_t more = number(m->head + 120, 2);	/* a second header */

	m->name.from = 2;
	m->name.to = 2 + (uint64_t)m->head[1];
	m->data.from = BIN_HEAD + (more + 127) / 128 * 128;
	m->data.to = m->data.from + number(m->head + 83, 4);
}

/* What of a piece at m->pos lies in a range. */
static const char *
within(const struct macfile *m, struct macfile_range r, const char *p, size_t *n)
{
	uint64_t from = r.from > m->pos ? r.from : m->pos;
	uint64_t to = r.to < m->pos + *n ? r.to : m->pos + *n;

	*n = to > from ? (size_t)(to - from) : 0;
	return *n > 0 ? p + (from - m->pos) : p;
}

static void
take(struct macfile *m, const char *p, size_t n)
{
	size_t k = n;
	const char *part = within(m, m->name, p, &k);

	if (k > sizeof m->text - m->text_n)
		k = sizeof m->text - m->text_n;
	memcpy(m->text + m->text_n, part, k);
	m->text_n += k;
	k = n;
	part = within(m, m->data, p, &k);
	if (k > 0 && !m->tell.open)
		tell_file(&m->tell);
	if (k > 0)
		tell_data(&m->tell, part, k);
	m->pos += n;
}

/* The header is there, or all there is of one. */
static void
ready(struct macfile *m)
{
	m->ready = true;
	if (m->head_n >= FIXED && apple(m->head))
		apple_ranges(m);
	else if (m->head_n >= BIN_HEAD && binary(m->head))
		binary_ranges(m);
	take(m, (const char *)m->head, m->head_n);
}

void
macfile_feed(struct macfile *m, const char *p, size_t n)
{
	while (n > 0 && !m->ready) {
		m->head[m->head_n++] = (unsigned char)*p++;
		n--;
		if (m->head_n == head_bytes(m))
			ready(m);
	}
	if (n > 0)
		take(m, p, n);
}

void
macfile_end(struct macfile *m)
{
	if (!m->ready)
		ready(m);
	if (m->text_n > 0 && !m->tell.open)
		tell_file(&m->tell);
	tell_name(&m->tell, m->text, m->text_n);
	tell_end(&m->tell);
}
