/* SPDX-License-Identifier: ISC */
#include "common/record.h"

#include <stdint.h>
#include <string.h>

/* Room kept for the words cut=KEY and the newline. */
enum { RESERVE = 2 * (RECORD_KEYMAX + 5) + 1 };

static const char HEX[] = "0123456789ABCDEF";

/* What stands for itself in a value: a bit each, of 0 to 63 and of 64 to 127. */
static const uint64_t PLAIN[2] = {
	0x3ffull << '0' | 1ull << '.' | 1ull << '-' | 1ull << '+' | 1ull << '/' | 1ull << ':' |
	    1ull << ',' | 1ull << '=',
	0x3ffffffull << ('A' - 64) | 0x3ffffffull << ('a' - 64) | 1ull << ('_' - 64) |
	    1ull << ('@' - 64),
};

static bool
plain(unsigned char c)
{
	return c < 128 && (PLAIN[c >> 6] >> (c & 63) & 1) != 0;
}

static bool
keychar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static int
hexvalue(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that the escape at p codes, or -1 if it is none or needs none. */
static int
escape(const char *p, size_t n)
{
	int hi, lo;

	if (n < 3 || p[0] != '%')
		return -1;
	hi = hexvalue(p[1]);
	lo = hexvalue(p[2]);
	if (hi < 0 || lo < 0 || plain((unsigned char)(hi * 16 + lo)))
		return -1;
	return hi * 16 + lo;
}

bool
record_word(const char *line, size_t n, size_t *at, struct word *w)
{
	size_t i = *at;

	if (i > 0) {
		if (i >= n || line[i] != ' ')
			return false;
		i++;
	}
	w->key.p = line + i;
	while (i < n && keychar(line[i]))
		i++;
	w->key.n = (size_t)(line + i - w->key.p);
	if (w->key.n == 0 || w->key.n > RECORD_KEYMAX || i >= n || line[i] != '=')
		return false;
	w->value.p = line + ++i;
	while (i < n && line[i] != ' ') {
		if (plain((unsigned char)line[i]))
			i++;
		else if (escape(line + i, n - i) >= 0)
			i += 3;
		else
			return false;
	}
	w->value.n = (size_t)(line + i - w->value.p);
	*at = i;
	return true;
}

bool
record_valid(const char *line, size_t n)
{
	struct word w;
	size_t at = 0;

	if (n == 0 || n >= RECORD_MAX)
		return false;
	while (record_word(line, n, &at, &w))
		if (at == n)
			return true;
	return false;
}

bool
record_get(const char *line, size_t n, const char *key, struct span *value)
{
	struct word w;
	size_t at = 0, keylen = strlen(key);

	while (record_word(line, n, &at, &w)) {
		if (w.key.n == keylen && memcmp(w.key.p, key, keylen) == 0) {
			*value = w.value;
			return true;
		}
	}
	return false;
}

bool
record_is(const char *line, size_t n, const char *key, const char *value)
{
	struct span v;

	return record_get(line, n, key, &v) && v.n == strlen(value) &&
	    memcmp(v.p, value, v.n) == 0;
}

bool
record_num(const char *line, size_t n, const char *key, unsigned long long *num)
{
	struct span v;
	unsigned long long x = 0;

	if (!record_get(line, n, key, &v) || v.n == 0 || v.n > 18)
		return false;
	if (v.n > 1 && v.p[0] == '0')
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		x = x * 10 + (unsigned long long)(v.p[i] - '0');
	}
	*num = x;
	return true;
}

size_t
record_decode(char *to, struct span value)
{
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		int c = escape(value.p + i, value.n - i);

		if (c >= 0)
			i += 2;
		else
			c = (unsigned char)value.p[i];
		to[n++] = (char)c;
	}
	return n;
}

void
record_start(struct record *r)
{
	r->len = 0;
	r->full = false;
	r->text[0] = '\0';
}

static void
put(struct record *r, const char *p, size_t n)
{
	memcpy(r->text + r->len, p, n);
	r->len += n;
	r->text[r->len] = '\0';
}

static bool
put_key(struct record *r, const char *key, size_t limit)
{
	size_t n = strlen(key);

	if (n > RECORD_KEYMAX || r->len + n + 2 > limit) {
		r->full = true;
		return false;
	}
	if (r->len > 0)
		put(r, " ", 1);
	put(r, key, n);
	put(r, "=", 1);
	return true;
}

/* Codes n bytes up to the limit; returns how many found room. */
static size_t
put_value(struct record *r, const unsigned char *p, size_t n)
{
	const size_t limit = RECORD_MAX - RESERVE;
	size_t i = 0;

	while (i < n && r->len < limit) {
		size_t room = n - i < limit - r->len ? n - i : limit - r->len, run = 0;

		while (run < room && plain(p[i + run]))
			run++;
		memcpy(r->text + r->len, p + i, run);
		r->len += run;
		i += run;
		if (run == room)
			continue;
		if (r->len + 3 > limit)
			break;
		r->text[r->len++] = '%';
		r->text[r->len++] = HEX[p[i] >> 4];
		r->text[r->len++] = HEX[p[i] & 15];
		i++;
	}
	r->text[r->len] = '\0';
	return i;
}

static void
mark_cut(struct record *r, const char *key)
{
	if (put_key(r, "cut", RECORD_MAX - RECORD_KEYMAX - 1))
		put(r, key, strlen(key));
}

void
record_addtagged(struct record *r, const char *key, const char *tag,
    const void *value, size_t n)
{
	if (!put_key(r, key, RECORD_MAX - RESERVE)) {
		mark_cut(r, key);
		return;
	}
	if (tag != NULL && (put_value(r, (const void *)tag, strlen(tag)) < strlen(tag) ||
	    put_value(r, (const void *)":", 1) < 1)) {
		mark_cut(r, key);
		return;
	}
	if (put_value(r, value, n) < n)
		mark_cut(r, key);
}

void
record_add(struct record *r, const char *key, const void *value, size_t n)
{
	record_addtagged(r, key, NULL, value, n);
}

void
record_addstr(struct record *r, const char *key, const char *value)
{
	record_add(r, key, value, strlen(value));
}

void
record_addnum(struct record *r, const char *key, unsigned long long value)
{
	char digits[24];
	size_t i = sizeof digits;

	do
		digits[--i] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	record_add(r, key, digits + i, sizeof digits - i);
}

void
record_addcoded(struct record *r, const char *key, struct span value)
{
	if (r->len + strlen(key) + 2 + value.n > RECORD_MAX - RESERVE) {
		r->full = true;
		mark_cut(r, key);
	} else if (put_key(r, key, RECORD_MAX - RESERVE))
		put(r, value.p, value.n);
}

void
record_end(struct record *r)
{
	put(r, "\n", 1);
}
