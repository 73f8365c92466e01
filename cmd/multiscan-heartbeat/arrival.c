/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/arrival.h"
#include "common/base64.h"

#include <string.h>
#include <strings.h>

/* What is known of a text, to go on behind a byte that does not fit. */
static void
prepare(unsigned char back[LETTER_BYTES], const char text[LETTER_BYTES])
{
	unsigned char k = 0;

	back[0] = 0;
	for (size_t i = 1; i < LETTER_BYTES; i++) {
		while (k > 0 && text[i] != text[k])
			k = back[k - 1];
		k = (unsigned char)(k + (text[i] == text[k]));
		back[i] = k;
	}
}

void
arrival_start(struct arrival *a)
{
	memset(a, 0, sizeof *a);
	for (int m = 0; m < MAIL_N; m++) {
		letter_bytes(a->text[m], (enum mail)m);
		prepare(a->back[m], a->text[m]);
	}
}

/* A byte of a view. */
static void
look(struct arrival *a, size_t view, char c)
{
	for (size_t m = 0; m < MAIL_N; m++) {
		size_t at = a->at[m][view];

		while (at > 0 && a->text[m][at] != c)
			at = a->back[m][at - 1];
		at += a->text[m][at] == c;
		if (at == LETTER_BYTES) {
			a->holds[m] = true;
			at = a->back[m][at - 1];
		}
		a->at[m][view] = at;
	}
}

/* With each digit the four that end there are whole, in one of the four views. */
static void
take_digit(struct arrival *a, unsigned value)
{
	size_t view = 1 + a->digits % 4;

	a->quad = (a->quad << 6 | value) & 0xffffff;
	if (++a->digits < 4)
		return;
	look(a, view, (char)(a->quad >> 16 & 0xff));
	look(a, view, (char)(a->quad >> 8 & 0xff));
	look(a, view, (char)(a->quad & 0xff));
}

/* The last digits may be fewer than four, padded or not. */
static void
end_digits(struct arrival *a)
{
	if (a->digits == 0)
		return;
	for (int i = 0; i < 3; i++)
		take_digit(a, 0);
	a->digits = 0;
}

/* Is the line the field with a token?  Only the first counts. */
static void
take_line(struct arrival *a)
{
	static const char name[] = LETTER_FIELD;
	const char *p = a->line + sizeof name - 1, *end = a->line + a->linelen;

	if (a->token[0] != '\0' || a->linelen < sizeof name - 1 ||
	    strncasecmp(a->line, name, sizeof name - 1) != 0)
		return;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (p < end && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	if (letter_token(p, (size_t)(end - p)))
		memcpy(a->token, p, LETTER_TOKEN);
}

static void
take_head(struct arrival *a, char c)
{
	if (c != '\n') {
		/* a line that is too long is no field of ours */
		if (a->linelen < sizeof a->line)
			a->line[a->linelen] = c;
		a->linelen += a->linelen <= sizeof a->line;
		return;
	}
	a->body = a->linelen == 0 || (a->linelen == 1 && a->line[0] == '\r');
	if (a->linelen <= sizeof a->line)
		take_line(a);
	a->linelen = 0;
}

void
arrival_feed(struct arrival *a, const char *p, size_t n)
{
	a->bytes += n;
	for (; n > 0; p++, n--) {
		int value = base64_digit(*p);

		if (!a->body)
			take_head(a, *p);
		if (*p == '\r' || *p == '\n' || *p == ' ' || *p == '\t')
			continue;
		/* = is the padding, and ends a line that goes on in quoted-printable */
		if (*p != '=')
			look(a, 0, *p);
		if (value >= 0)
			take_digit(a, (unsigned)value);
		else
			end_digits(a);
	}
}

void
arrival_end(struct arrival *a)
{
	if (!a->body && a->linelen > 0)
		take_head(a, '\n');
	end_digits(a);
}

const char *
arrival_holds(const struct arrival *a)
{
	if (a->holds[MAIL_VIRUS])
		return a->holds[MAIL_CLEAN] ? "both" : "virus";
	return a->holds[MAIL_CLEAN] ? "clean" : "nothing";
}
