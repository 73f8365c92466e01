/* SPDX-License-Identifier: ISC */
#include "common/openpgp.h"

#include <string.h>

/* Packets: those of encrypted data and of its keys, and two others. */
enum {
	PKESK = 1, SKESK = 3, SED = 9, SEIPD = 18, AEAD = 20,
	COMPRESSED = 8, LITERAL = 11
};

/* In a literal: its format, the length of its name, behind the name a date. */
enum { NAME_AT = 2, DATE = 4 };

static const char BEGIN[] = "-----BEGIN PGP";
static const char SIGNED[] = "-----BEGIN PGP SIGNED MESSAGE";

void
openpgp_start(struct openpgp *g, const struct carried *to)
{
	tell_start(&g->tell, to);
	g->encrypted = false;
	g->compressed = false;
	g->bare = false;
	g->level[0].at = PGP_TAG;
	g->form = PGP_TEXT;
	g->start = true;
	g->skip = false;
	g->cr = false;
	g->line_n = 0;
}

/* A piece of a body is over, or there is none of it. */
static void
piece_end(struct openpgp *g, struct openpgp_level *l)
{
	l->at = l->partial ? PGP_LENGTH : PGP_TAG;
	if (!l->partial)
		tell_end(&g->tell);
}

static void
body_begins(struct openpgp *g, struct openpgp_level *l)
{
	l->at = PGP_BODY;
	if (l->left == 0)
		piece_end(g, l);
}

static void
tag(struct openpgp *g, struct openpgp_level *l, unsigned b)
{
	static const unsigned SIZE[] = { 1, 2, 4, 0 };

	l->old = (b & 0x40) == 0;
	l->tag = l->old ? b >> 2 & 15 : b & 63;
	l->left = l->body = l->base = 0;
	l->partial = l->holds = false;
	l->at = l->old ? PGP_LENGTHS : PGP_LENGTH;
	if ((b & 0x80) == 0 || l->tag == 0) {
		l->at = PGP_BAD;
		return;
	}
	g->encrypted |= l->tag == PKESK || l->tag == SKESK || l->tag == SED ||
	    l->tag == SEIPD || l->tag == AEAD;
	if (l->old && (l->lengths = SIZE[b & 3]) == 0) {
		l->left = UINT64_MAX;
		l->at = PGP_BODY;
	}
}

/* The first byte of a length in the new form. */
static void
length(struct openpgp *g, struct openpgp_level *l, unsigned b)
{
	l->at = PGP_LENGTHS;
	l->partial = b >= 224 && b < 255;
	l->lengths = b == 255 ? 4 : 1;
	l->base = 0;
	l->left = 0;
	if (b >= 192 && b < 224) {
		l->left = b - 192U;
		l->base = 192;
	} else if (b != 255) {
		l->left = l->partial ? UINT64_C(1) << (b & 31) : b;
		body_begins(g, l);
	}
}

static void
lengths(struct openpgp *g, struct openpgp_level *l, unsigned b)
{
	l->left = l->left << 8 | b;
	if (--l->lengths > 0)
		return;
	l->left += l->base;
	body_begins(g, l);
}

/* A byte of literal data. */
static void
literal(struct openpgp *g, uint64_t at, char c)
{
	if (at + 1 == NAME_AT) {
		g->name_left = (unsigned char)c;
		g->name_n = 0;
	} else if (at >= NAME_AT && g->name_left > 0) {
		g->name[g->name_n++] = c;
		g->name_left--;
	} else if (at >= NAME_AT + g->name_n + DATE) {
		if (!g->tell.open) {
			tell_file(&g->tell);
			tell_name(&g->tell, g->name, g->name_n);
		}
		tell_byte(&g->tell, c);
	}
}

/* A byte of a body at level k; true: it is one of a packet inside of it. */
static bool
body(struct openpgp *g, unsigned k, char c)
{
	struct openpgp_level *l = &g->level[k];
	uint64_t at = l->body++;

	if (l->left != UINT64_MAX)
		l->left--;
	if (l->tag == LITERAL)
		literal(g, at, c);
	if (l->tag != COMPRESSED || at > 0)
		return l->holds;
	l->holds = c == 0 && k + 1 < OPENPGP_DEPTH;
	if (l->holds)
		g->level[k + 1].at = PGP_TAG;
	else
		g->compressed = true;
	return false;
}

static void
packet_byte(struct openpgp *g, char c)
{
	unsigned k = 0;

	while (g->level[k].at == PGP_BODY && body(g, k, c))
		k++;
	switch (g->level[k].at) {
	case PGP_TAG:
		tag(g, &g->level[k], (unsigned char)c);
		break;
	case PGP_LENGTH:
		length(g, &g->level[k], (unsigned char)c);
		break;
	case PGP_LENGTHS:
		lengths(g, &g->level[k], (unsigned char)c);
		break;
	default:
		k++;	/* its body had the byte */
		break;
	}
	while (k-- > 0)
		if (g->level[k].at == PGP_BODY && g->level[k].left == 0)
			piece_end(g, &g->level[k]);
}

static void
packets_feed(struct openpgp *g, const char *p, size_t n)
{
	for (size_t i = 0; i < n && g->level[0].at != PGP_BAD; i++)
		packet_byte(g, p[i]);
}

static void
packets_end(struct openpgp *g)
{
	tell_end(&g->tell);
	g->level[0].at = PGP_TAG;
}

static void
armour_end(struct openpgp *g)
{
	char out[TRANSFER_KEPT];

	if (g->form == PGP_ARMOUR)
		packets_feed(g, out, transfer_end(&g->base64, out));
	packets_end(g);
	g->form = PGP_TEXT;
}

static bool
begins(const struct openpgp *g, const char *word)
{
	return g->line_n >= strlen(word) && memcmp(g->line, word, strlen(word)) == 0;
}

static bool
is_blank(const struct openpgp *g)
{
	for (size_t i = 0; i < g->line_n; i++)
		if (g->line[i] != ' ' && g->line[i] != '\t')
			return false;
	return true;
}

/* The start of a line says what it is. */
static void
line_start(struct openpgp *g)
{
	if (begins(g, "-")) {
		armour_end(g);
		if (begins(g, BEGIN) && !begins(g, SIGNED))
			g->form = PGP_FIELDS;
		g->skip = true;
	} else if (g->form == PGP_FIELDS) {
		g->skip = memchr(g->line, ':', g->line_n) != NULL;
		if (g->skip)
			return;
		transfer_start(&g->base64, TRANSFER_BASE64);
		g->form = PGP_ARMOUR;
		g->skip = is_blank(g);
	} else {
		g->skip = g->form == PGP_TEXT || begins(g, "=");	/* a check sum */
	}
}

/* As much of a line as there is room for, or the rest of it. */
static void
piece(struct openpgp *g)
{
	char out[OPENPGP_LINE + TRANSFER_KEPT];

	if (g->start)
		line_start(g);
	g->start = false;
	if (!g->skip)
		packets_feed(g, out, transfer_feed(&g->base64, g->line, g->line_n, out));
	g->line_n = 0;
}

void
openpgp_feed(struct openpgp *g, const char *p, size_t n)
{
	if (g->bare) {
		packets_feed(g, p, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool crlf = g->cr && p[i] == '\n';

		g->cr = p[i] == '\r';
		if (crlf)
			continue;
		if (p[i] == '\n' || p[i] == '\r') {
			if (g->line_n > 0 || g->start)
				piece(g);
			g->start = true;
		} else if (!g->skip || g->start) {
			g->line[g->line_n++] = p[i];
			if (g->line_n == sizeof g->line)
				piece(g);
		}
	}
}

void
openpgp_end(struct openpgp *g)
{
	if (g->line_n > 0)
		piece(g);
	armour_end(g);
}
