/* SPDX-License-Identifier: ISC */
#include "common/datauri.h"
#include "common/hex.h"

#include <string.h>

enum { KEPT = 8 };	/* characters in before */

#define BIT(c) ((uint64_t)1 << (c))

/* Of the first 64 characters, those that mean something here. */
static const uint64_t MARKS = 0x1ffffffffULL | BIT('"') | BIT('#') | BIT('%') |
    BIT('&') | BIT('\'') | BIT(')') | BIT(',') | BIT(':') | BIT(';') | BIT('<') |
    BIT('=') | BIT('>');

static bool
plain(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 64 ? c != '`' : (MARKS >> u & 1) == 0;
}

static bool
quotes(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* Those that a URL is read without. */
static bool
skipped(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

static bool
alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void
datauri_start(struct datauri *d, const struct carried *to)
{
	tell_start(&d->tell, to);
	d->at = DATAURI_SCAN;
	charref_start(&d->ref);
	d->before = 0;
	d->literal = 0;
	d->tag = false;
	d->quote = '\0';
	d->inner = '\0';
	d->outer = '\0';
	d->held = false;
	d->naming = '\0';
	d->download_n = 0;
	d->percent = 0;
	d->least_n = 0;
	d->chunk_n = 0;
}

void
datauri_name(struct datauri *d, const char *p, size_t n)
{
	d->download_n = n < sizeof d->download ? n : sizeof d->download;
	memcpy(d->download, p, d->download_n);
}

/* The names, each as it stands, and percent-decoded where that differs. */
static void
tell_names(struct datauri *d)
{
	char out[TELL_NAME];
	size_t start = 0, o = 0;

	for (size_t i = 0; i < d->names_n; i++) {
		const char *p = d->names + i;

		if (*p == '\n') {
			tell_name(&d->tell, d->names + start, i - start);
			if (o < i - start)
				tell_name(&d->tell, out, o);
			start = i + 1;
			o = 0;
		} else if (*p == '%' && d->names_n - i > 2 && hex(p[1]) >= 0 &&
		    hex(p[2]) >= 0) {
			out[o++] = (char)(hex(p[1]) << 4 | hex(p[2]));
			i += 2;
		} else {
			out[o++] = *p;
		}
	}
}

static void
put(struct datauri *d, const char *p, size_t n)
{
	for (; n > 0 && !d->tell.open; n--) {
		d->least[d->least_n++] = *p++;
		if (d->least_n == DATAURI_LEAST) {
			tell_file(&d->tell);
			tell_names(d);
			tell_data(&d->tell, d->least, DATAURI_LEAST);
		}
	}
	if (n > 0)
		tell_data(&d->tell, p, n);
}

static void
chunk(struct datauri *d)
{
	char out[DATAURI_CHUNK + TRANSFER_KEPT];

	put(d, out, transfer_feed(&d->transfer, d->chunk, d->chunk_n, out));
	d->chunk_n = 0;
}

/* The file that is over is told to be. */
static void
release(struct datauri *d)
{
	if (d->held && d->tell.open)
		tell_name(&d->tell, d->download, d->download_n);
	tell_end(&d->tell);
	d->held = false;
}

static void
file_end(struct datauri *d)
{
	char out[TRANSFER_KEPT];

	if (d->at == DATAURI_BASE64) {
		chunk(d);
		put(d, out, transfer_end(&d->transfer, out));
	}
	d->held = true;
	d->least_n = 0;
}

static void
base64_put(struct datauri *d, const char *p, size_t n)
{
	while (n > 0) {
		size_t room = sizeof d->chunk - d->chunk_n, k = n < room ? n : room;

		memcpy(d->chunk + d->chunk_n, p, k);
		d->chunk_n += k;
		p += k;
		n -= k;
		if (d->chunk_n == sizeof d->chunk)
			chunk(d);
	}
}

static bool
alphabet(char c)
{
	return alnum(c) || c == '+' || c == '/';
}

static void
base64_byte(struct datauri *d, char c)
{
	if (c == '-')
		c = '+';
	else if (c == '_')
		c = '/';
	else if (c == '#')
		c = '=';	/* the data is whole before the fragment */
	if (alphabet(c) || c == '=') {
		base64_put(d, &c, 1);
	} else if (!d->last && c != ' ' && !skipped(c)) {
		/* for who wants the parameter to be the last one, a text */
		file_end(d);
		release(d);
		d->at = DATAURI_TEXT;
		put(d, &c, 1);
	}
}

static void
byte(struct datauri *d, char c)
{
	if (d->at == DATAURI_TEXT)
		put(d, &c, 1);
	else
		base64_byte(d, c);
}

/* A percent sign that begins no escape, and what came after it. */
static void
no_escape(struct datauri *d)
{
	size_t n = d->percent;

	d->percent = 0;
	if (n > 0)
		byte(d, '%');
	if (n > 1)
		byte(d, d->digit);
}

static void
body(struct datauri *d, char c)
{
	if (d->percent > 0 && hex(c) >= 0) {
		if (++d->percent == 3) {
			d->percent = 0;
			byte(d, (char)(hex(d->digit) << 4 | hex(c)));
		}
		d->digit = c;
		return;
	}
	no_escape(d);
	if (c == '%')
		d->percent = 1;
	else
		byte(d, c);
}

static void
uri_end(struct datauri *d)
{
	if (d->at == DATAURI_TEXT || d->at == DATAURI_BASE64) {
		no_escape(d);
		file_end(d);
	}
	if (d->at != DATAURI_SCAN && d->quote == '\0')
		d->quote = d->inner;
	d->at = DATAURI_SCAN;
}

/* Is p, less blanks at its ends, this word? */
static bool
is_word(const char *p, size_t n, const char *word)
{
	size_t i = 0;

	for (; n > 0 && *p == ' '; n--)
		p++;
	while (n > 0 && p[n - 1] == ' ')
		n--;
	while (i < n && word[i] != '\0' && lower(p[i]) == word[i])
		i++;
	return i == n && word[i] == '\0';
}

static void
keep_name(struct datauri *d)
{
	char *equals = memchr(d->param, '=', d->param_n);
	size_t attr, n, room = sizeof d->names - d->names_n;

	if (equals == NULL || room == 0)
		return;
	attr = (size_t)(equals - d->param);
	if (!is_word(d->param, attr, "name") && !is_word(d->param, attr, "filename"))
		return;
	n = d->param_n - attr - 1;
	if (n > room - 1)
		n = room - 1;
	memcpy(d->names + d->names_n, equals + 1, n);
	d->names_n += n;
	d->names[d->names_n++] = '\n';
}

/* The media type or a parameter is there; false: this is no URI. */
static bool
param(struct datauri *d)
{
	if (d->first) {
		d->first = false;
		if (d->until == UNTIL_PROSE && d->quote == '\0' && d->param_n > 0 &&
		    memchr(d->param, '/', d->param_n) == NULL)
			return false;
	} else {
		d->last = !d->cut && is_word(d->param, d->param_n, "base64");
		d->base64 = d->base64 || d->last;
		keep_name(d);
	}
	d->param_n = 0;
	d->cut = false;
	return true;
}

static void
header(struct datauri *d, char c)
{
	if (c != ',' && c != ';') {
		/* there may be more blanks around base64 than there is room */
		if (c == ' ' && (d->param_n == 0 || d->param_n == sizeof d->param))
			return;
		if (d->param_n < sizeof d->param)
			d->param[d->param_n++] = c;
		else
			d->cut = true;
	} else if (!param(d)) {
		uri_end(d);
	} else if (c == ',') {
		d->at = d->base64 ? DATAURI_BASE64 : DATAURI_TEXT;
		transfer_start(&d->transfer, TRANSFER_BASE64);
	}
}

/* The character n places before this one, and whether it was a reference. */
static char
earlier(const struct datauri *d, unsigned n, bool *literal)
{
	*literal = (d->literal >> n & 1) != 0;
	return (char)(d->before >> 8 * n);
}

/* The last one that is not a blank. */
static char
no_blank(const struct datauri *d, unsigned n, bool *literal)
{
	char c = earlier(d, n, literal);

	return c == ' ' ? earlier(d, n + 1, literal) : c;
}

/* What stands before a URI says where it ends. */
static void
set_end(struct datauri *d, char before, bool literal)
{
	d->until = UNTIL_PROSE;
	d->stop = '\0';
	d->stop_literal = literal;
	if (quotes(before) || before == '(') {
		d->until = UNTIL_STOP;
		d->stop = before == '(' ? ')' : before;
	} else if (before == '=') {
		d->until = UNTIL_BLANK;
	}
}

/* Is the URI a quoted one that stands in no attribute? */
static bool
doubtful(const struct datauri *d)
{
	return d->until == UNTIL_STOP && d->quote == '\0';
}

/* A URI begins inside of another, of which little is sure. */
static void
begin_inside(struct datauri *d, char before, bool literal)
{
	bool longer = d->at == DATAURI_HEADER && before == '=' &&
	    d->until == UNTIL_STOP && quotes(d->stop) && d->inner == '\0';

	if (d->at == DATAURI_TEXT && d->outer == '\0') {
		d->outer = d->stop;
		d->outer_literal = d->stop_literal;
	}
	uri_end(d);
	if (!longer)
		set_end(d, before, literal);
}

/* At a colon: does a URI begin?  If so, where will it end? */
static bool
begins(struct datauri *d)
{
	bool literal, sure;
	char c, before;

	if (((uint32_t)d->before | 0x20202020U) != 0x64617461U)
		return false;
	c = earlier(d, 4, &literal);
	before = no_blank(d, 4, &literal);
	sure = quotes(before) || before == '(' || before == '=';
	if (d->at == DATAURI_TEXT && (!sure || !doubtful(d)))
		return false;
	if (!sure && (d->at == DATAURI_HEADER || alnum(c)))
		return false;
	if (d->at == DATAURI_SCAN) {
		d->outer = '\0';
		set_end(d, before, literal);
	} else {
		begin_inside(d, before, literal);
	}
	release(d);
	d->at = DATAURI_HEADER;
	d->inner = '\0';
	d->first = true;
	d->base64 = false;
	d->last = false;
	d->param_n = 0;
	d->cut = false;
	d->names_n = 0;
	return true;
}

/* Does c end the URI? */
static bool
ends(const struct datauri *d, char c, bool literal)
{
	if (d->until == UNTIL_STOP && c == d->stop &&
	    (literal == d->stop_literal || c == ')'))
		return true;
	if (literal)
		return false;
	if (d->quote != '\0')
		return c == d->quote;
	if (d->until == UNTIL_BLANK)
		return c == ' ' || c == '\f' || c == '>' || skipped(c);
	if (d->until == UNTIL_PROSE)
		return c == ' ' || c == '<' || c == '>' || c == ')' || quotes(c) ||
		    (d->at != DATAURI_BASE64 && (c == '\n' || c == '\r'));
	return false;
}

/* A tag begins only where a letter is next. */
static void
after_less(struct datauri *d, char c)
{
	if ((char)d->before == '<' && (d->literal & 1) == 0 &&
	    (lower(c) < 'a' || lower(c) > 'z'))
		d->tag = false;
}

/* Is an attribute's value open, and by which quote? */
static void
mark(struct datauri *d, char c)
{
	char *quote = d->at == DATAURI_SCAN ? &d->quote : &d->inner;
	bool literal;

	after_less(d, c);
	if (c == '<' || c == '>') {
		if (d->at == DATAURI_SCAN && d->naming == '\0') {
			release(d);
			d->download_n = 0;
		}
		d->tag = c == '<';
		*quote = '\0';
	} else if (quotes(c)) {
		if (c == *quote)
			*quote = '\0';
		else if (d->tag && *quote == '\0' && no_blank(d, 0, &literal) == '=')
			*quote = c;
	}
}

static void
remember(struct datauri *d, char c, bool literal)
{
	if ((unsigned char)c < ' ')
		c = ' ';
	if (c == ' ' && (char)d->before == ' ')
		return;
	d->before = d->before << 8 | (unsigned char)c;
	d->literal = (uint8_t)(d->literal << 1 | (literal ? 1 : 0));
}

/* After a URI inside of another, which c ends or not. */
static void
resume(struct datauri *d, char c, bool literal)
{
	if (d->outer == '\0')
		return;
	if (c != d->outer || literal != d->outer_literal) {
		release(d);
		d->at = DATAURI_TEXT;
		d->until = UNTIL_STOP;
		d->stop = d->outer;
		d->stop_literal = d->outer_literal;
		d->quote = '\0';
	}
	d->outer = '\0';
}

/* Does download= begin here? */
static bool
begins_name(const struct datauri *d, char c)
{
	uint64_t word = (char)d->before == ' ' ? d->before >> 8 : d->before;

	return c == '=' && d->at == DATAURI_SCAN && d->quote == '\0' &&
	    (d->tag || d->held) &&
	    ((word | 0x20202020202020U) & 0xffffffffffffffU) == 0x6f776e6c6f6164U;
}

/* A character of the value of download=. */
static void
name_byte(struct datauri *d, char c, bool literal)
{
	bool blank = c == ' ' || c == '\f' || skipped(c);

	if (d->naming == '=') {
		if (blank)
			return;
		d->naming = !literal && quotes(c) ? c : ' ';
		d->download_n = 0;
		if (d->naming != ' ')
			return;
	}
	if (!literal && (d->naming == ' ' ? blank || c == '>' : c == d->naming))
		d->naming = '\0';
	else if (d->download_n < sizeof d->download)
		d->download[d->download_n++] = c;
}

static void
character(struct datauri *d, char c, bool literal)
{
	if (d->at != DATAURI_SCAN && ends(d, c, literal)) {
		uri_end(d);
		resume(d, c, literal);
	}
	if (d->naming != '\0')
		name_byte(d, c, literal);
	else if (!literal && begins_name(d, c))
		d->naming = '=';
	if (!literal)
		mark(d, c);
	if (skipped(c))
		return;
	if (c != ':' || !begins(d)) {
		if (d->at == DATAURI_HEADER)
			header(d, c);
		else if (d->at != DATAURI_SCAN)
			body(d, c);
	}
	remember(d, c, literal);
}

/* Many characters that mean nothing but themselves; returns where they end. */
static const char *
stretch(struct datauri *d, const char *p, const char *end)
{
	const char *from = p;

	if (d->at == DATAURI_HEADER || d->percent > 0 || d->naming != '\0')
		return p;
	after_less(d, *p);
	while (p < end && (d->at == DATAURI_BASE64 ? alphabet(*p) : plain(*p)))
		p++;
	if (d->at == DATAURI_TEXT)
		put(d, from, (size_t)(p - from));
	else if (d->at == DATAURI_BASE64)
		base64_put(d, from, (size_t)(p - from));
	if (p - from > KEPT)
		from = p - KEPT;
	for (; from < p; from++) {
		d->before = d->before << 8 | (unsigned char)*from;
		d->literal = (uint8_t)(d->literal << 1);
	}
	return p;
}

/* What was a reference, or was none. */
static void
referred(struct datauri *d)
{
	for (size_t i = 0; i < d->ref.n; i++)
		character(d, d->ref.out[i], d->ref.decoded);
	d->ref.n = 0;
}

void
datauri_feed(struct datauri *d, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		if (charref_open(&d->ref)) {
			if (charref_byte(&d->ref, *p))
				p++;
			referred(d);
			continue;
		}
		p = stretch(d, p, end);
		if (p == end)
			break;
		if (*p == '&')
			charref_begin(&d->ref);
		else
			character(d, *p, false);
		p++;
	}
}

void
datauri_end(struct datauri *d)
{
	charref_end(&d->ref);
	referred(d);
	uri_end(d);
	release(d);
}
