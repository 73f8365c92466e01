/* SPDX-License-Identifier: ISC */
#include "common/smtp.h"

#include <string.h>
#include <strings.h>

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One line of n bytes without its LF: its code, or -1; *last: no more follow. */
static int
reply_line(const char *p, size_t n, bool *last)
{
	if (n > 0 && p[n - 1] == '\r')
		n--;
	if (n < 3 || p[0] < '2' || p[0] > '5' || !digit(p[1]) || !digit(p[2]))
		return -1;
	if (n > 3 && p[3] != ' ' && p[3] != '-')
		return -1;
	*last = n == 3 || p[3] == ' ';
	return (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

long
smtp_reply(const char *p, size_t n, struct smtp_reply *r)
{
	size_t at = 0;
	int first = 0;
	bool last = false;

	while (!last) {
		const char *lf = n > at ? memchr(p + at, '\n', n - at) : NULL;
		int code;

		if (lf == NULL)
			return 0;
		code = reply_line(p + at, (size_t)(lf - p) - at, &last);
		if (code < 0 || (first != 0 && code != first))
			return -1;
		first = code;
		at = (size_t)(lf - p) + 1;
	}
	r->code = first;
	r->lines.p = p;
	r->lines.n = at;
	return (long)at;
}

bool
smtp_reply_line(const struct smtp_reply *r, size_t *at, struct span *text)
{
	const char *p = r->lines.p + *at, *lf;
	size_t n = r->lines.n - *at;

	if (n == 0 || (lf = memchr(p, '\n', n)) == NULL)
		return false;
	n = (size_t)(lf - p);
	*at += n + 1;
	if (n > 0 && p[n - 1] == '\r')
		n--;
	text->p = n > 4 ? p + 4 : p + n;
	text->n = n > 4 ? n - 4 : 0;
	return true;
}

size_t
smtp_reply_text(const struct smtp_reply *r, char *to, size_t max)
{
	struct span text;
	size_t at = 0, len = 0;

	while (smtp_reply_line(r, &at, &text)) {
		if (len > 0 && len < max)
			to[len++] = ' ';
		if (text.n > max - len)
			text.n = max - len;
		memcpy(to + len, text.p, text.n);
		len += text.n;
	}
	return len;
}

/* The next word of a line, its blanks skipped; false after the last. */
static bool
next_word(struct span *line, struct span *word)
{
	while (line->n > 0 && *line->p == ' ') {
		line->p++;
		line->n--;
	}
	word->p = line->p;
	while (line->n > 0 && *line->p != ' ') {
		line->p++;
		line->n--;
	}
	word->n = (size_t)(line->p - word->p);
	return word->n > 0;
}

static bool
is_word(struct span w, const char *what)
{
	return w.n == strlen(what) && strncasecmp(w.p, what, w.n) == 0;
}

static unsigned
xforward_bits(struct span words)
{
	static const struct {
		const char *name;
		unsigned bit;
	} known[] = {
		{ "NAME", SMTP_XF_NAME }, { "ADDR", SMTP_XF_ADDR },
		{ "HELO", SMTP_XF_HELO }, { "IDENT", SMTP_XF_IDENT },
		{ "SOURCE", SMTP_XF_SOURCE }
	};
	struct span w;
	unsigned bits = 0;

	while (next_word(&words, &w))
		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
			if (is_word(w, known[i].name))
				bits |= known[i].bit;
	return bits;
}

void
smtp_offer(const struct smtp_reply *ehlo, struct smtp_offer *o)
{
	struct span line, w;
	size_t at = 0;

	memset(o, 0, sizeof *o);
	if (!smtp_reply_line(ehlo, &at, &line))		/* the server's name */
		return;
	while (smtp_reply_line(ehlo, &at, &line)) {
		if (!next_word(&line, &w))
			continue;
		o->pipelining |= is_word(w, "PIPELINING");
		o->size |= is_word(w, "SIZE");
		o->eightbit |= is_word(w, "8BITMIME");
		o->utf8 |= is_word(w, "SMTPUTF8");
		if (is_word(w, "XFORWARD"))
			o->xforward |= xforward_bits(line);
	}
}

bool
smtp_address(struct span a)
{
	bool quoted = false;

	if (a.n > SMTP_ADDRESSMAX)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		unsigned char c = (unsigned char)a.p[i];

		if (c < 0x20 || c == 0x7f)
			return false;
		if (!quoted && (c == ' ' || c == '<' || c == '>'))
			return false;
		if (c == '"')
			quoted = !quoted;
		else if (c == '\\') {
			if (++i == a.n || (unsigned char)a.p[i] < 0x20 ||
			    a.p[i] == 0x7f || (!quoted && strchr(" <>", a.p[i])))
				return false;
		}
	}
	return !quoted;
}

bool
smtp_8bit(const char *p, size_t n)
{
	unsigned char all = 0;

	for (size_t i = 0; i < n; i++)
		all |= (unsigned char)p[i];
	return (all & 0x80) != 0;
}

size_t
smtp_xtext(char *to, struct span value)
{
	static const char HEX[] = "0123456789ABCDEF";
	size_t len = 0;

	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		bool coded = c <= ' ' || c >= 0x7f || c == '+' || c == '=';

		if (len + (coded ? 3 : 1) > SMTP_VALUEMAX)
			break;
		if (coded) {
			to[len++] = '+';
			to[len++] = HEX[c >> 4];
			to[len++] = HEX[c & 15];
		} else
			to[len++] = (char)c;
	}
	return len;
}

/* Writes where to is not NULL; always counts. */
static size_t
put(char *to, size_t at, const char *p, size_t n)
{
	if (to != NULL)
		memcpy(to + at, p, n);
	return at + n;
}

size_t
smtp_stuff(struct smtp_stuff *s, const char *p, size_t n, char *to)
{
	size_t len = 0, dots = 0;

	s->taken += n;
	s->eightbit |= smtp_8bit(p, n);
	while (n > 0) {
		const char *lf = memchr(p, '\n', n);
		size_t run = lf != NULL ? (size_t)(lf - p) : n;

		if (run > 0) {
			if (!s->midline && *p == '.') {
				len = put(to, len, ".", 1);
				dots++;
			}
			len = put(to, len, p, run);
			s->midline = true;
			s->cr = p[run - 1] == '\r';
		}
		if (lf == NULL)
			break;
		len = s->cr ? put(to, len, "\n", 1) : put(to, len, "\r\n", 2);
		s->midline = s->cr = false;
		p = lf + 1;
		n -= run + 1;
	}
	s->size += len - dots;
	return len;
}

size_t
smtp_stuff_end(struct smtp_stuff *s, char *to)
{
	size_t len = 0;

	if (s->midline) {
		len = put(to, len, "\r\n", 2);
		s->size += 2;
	}
	s->midline = s->cr = false;
	return put(to, len, ".\r\n", 3);
}
