/* SPDX-License-Identifier: ISC */
#include "common/yenc.h"

#include <string.h>

/*
 * Where clients differ whether a line is a keyword's or data, it is data: the
 * longest file holds the shorter ones.  So =yend has to have its size, and
 * =ypart to follow =ybegin.
 */
enum { BEGIN, END, PART, WORDS };
static const char *const KEYWORD[WORDS] = {
	"=ybegin ", "=yend size=", "=ypart "
};
static const char NAME[] = " name=";

void
yenc_start(struct yenc *y, const struct carried *to)
{
	tell_start(&y->tell, to);
	y->at = YENC_LINE;
	y->have = 0;
	y->first = false;
	y->escape = false;
}

/* The rest of a line, decoded; returns where it stopped. */
static const char *
data(struct yenc *y, const char *p, const char *end)
{
	y->at = YENC_DATA;
	while (p < end) {
		unsigned c = (unsigned char)*p++;

		if (c == '\n' || c == '\r') {
			y->escape = false;
			y->at = YENC_LINE;
			break;
		}
		if (c == '=' && !y->escape) {
			y->escape = true;
			continue;
		}
		tell_byte(&y->tell, (char)(c - 42 - (y->escape ? 64 : 0)));
		y->escape = false;
	}
	return p;
}

/* The rest of a line that nobody looks at. */
static const char *
rest(struct yenc *y, const char *p, const char *end)
{
	y->at = YENC_REST;
	while (p < end && *p != '\n' && *p != '\r')
		p++;
	if (p == end)
		return p;
	y->at = YENC_LINE;
	return p + 1;
}

static void
found(struct yenc *y, int word)
{
	y->have = 0;
	y->first = false;
	y->at = word == BEGIN ? YENC_BEGIN : YENC_REST;
	y->named = false;
	y->matched = 1;		/* the blank */
	y->name_n = 0;
	if (word != PART)
		tell_end(&y->tell);
}

/* What stands at a line start, a byte more of it. */
static void
keyword(struct yenc *y, char c)
{
	size_t n;

	y->word[y->have++] = c;
	for (int i = 0; i < WORDS; i++) {
		if (strncmp(y->word, KEYWORD[i], y->have) != 0 ||
		    (i == PART && !y->first))
			continue;
		if (KEYWORD[i][y->have] != '\0')
			return;
		found(y, i);
		return;
	}
	n = y->have;
	y->have = 0;
	y->first = false;
	if (y->tell.open)
		data(y, y->word, y->word + n);
	else
		rest(y, y->word, y->word + n);
}

static void
begin(struct yenc *y)
{
	tell_file(&y->tell);
	tell_name(&y->tell, y->name, y->name_n);
	y->escape = false;
	y->first = true;
	y->at = YENC_LINE;
}

static void
header(struct yenc *y, char c)
{
	if (c == '\n' || c == '\r') {
		begin(y);
	} else if (y->named) {
		if (y->name_n < sizeof y->name)
			y->name[y->name_n++] = c;
	} else if (c == NAME[y->matched]) {
		y->named = NAME[++y->matched] == '\0';
	} else {
		y->matched = c == ' ' ? 1 : 0;
	}
}

void
yenc_feed(struct yenc *y, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		switch (y->at) {
		case YENC_LINE:
			keyword(y, *p++);
			break;
		case YENC_BEGIN:
			header(y, *p++);
			break;
		case YENC_REST:
			p = rest(y, p, end);
			break;
		case YENC_DATA:
			p = data(y, p, end);
			break;
		}
	}
}

void
yenc_end(struct yenc *y)
{
	if (y->at == YENC_BEGIN)
		begin(y);
	else if (y->tell.open && y->have > 0)
		data(y, y->word, y->word + y->have);
	tell_end(&y->tell);
}
