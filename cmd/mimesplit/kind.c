/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/kind.h"
#include "common/cli.h"
#include "common/name.h"
#include "common/param.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TYPE_MAX = 127, MSGID_MAX = 998 };

static bool
is(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

static bool
begins(struct span s, const char *word)
{
	return s.n >= strlen(word) && memcmp(s.p, word, strlen(word)) == 0;
}

/* The structured value of a field's first occurrence; false: there is none. */
static bool
field(const struct head *h, enum head_field f, struct params *ps, char **arena)
{
	struct span v;

	*arena = NULL;
	if (!head_value(h, f, 0, &v))
		return false;
	if ((*arena = malloc(v.n + 1)) == NULL)
		err(EXIT_RETRY, "memory");
	param_parse(ps, v.p, v.n, *arena);
	return true;
}

static void
read_type(struct kind *k, const struct params *ps, struct span type)
{
	struct param p;
	struct span b;

	k->is = KIND_LEAF;
	k->multipart = begins(type, "multipart/");
	k->partial = is(type, "message/partial");
	if (begins(type, "multipart/") && param_get(ps, "boundary", &p)) {
		b = param_token(&p);
		k->is = KIND_MULTIPART;
		k->digest = is(type, "multipart/digest");
		if ((k->boundary = malloc(b.n + 1)) == NULL)
			err(EXIT_RETRY, "memory");
		memcpy(k->boundary, b.p, b.n);
		k->nboundary = b.n;
	} else if (is(type, "message/rfc822") || is(type, "message/global") ||
	    is(type, "message/news"))
		k->is = KIND_MESSAGE;
	k->search = begins(type, "text/") || is(type, "application/octet-stream") ||
	    memchr(type.p, '/', type.n) == NULL;
}

/* A word in a raw field, in any case, from *at on; false: no more. */
static bool
find(struct span v, const char *word, size_t *at)
{
	size_t len = strlen(word);

	for (; *at + len <= v.n; ++*at)
		if (strncasecmp(v.p + *at, word, len) == 0)
			return true;
	return false;
}

static bool
holds(struct span v, const char *word)
{
	size_t at = 0;

	return find(v, word, &at);
}

/*
 * Has this Content-Type one boundary that every client reads alike?  The word;
 * then `=' and a quoted string or a run of plain bytes; then the end, or `;' and
 * no such word again.
 */
static bool
plain_boundary(struct span v)
{
	size_t i = 0, from;
	bool quoted;

	if (!find(v, "boundary", &i))
		return false;
	i += 8;
	if (i >= v.n || v.p[i++] != '=')
		return false;
	quoted = i < v.n && v.p[i] == '"';
	for (from = i += quoted; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (quoted ? c == '"' : c == ';' || c <= ' ')
			break;
		if (c < ' ' || c > '~' || c == '\\' || (!quoted && strchr("()\",", c)))
			return false;
	}
	if (i == from || v.p[i - 1] == ' ' || (quoted && i++ == v.n))
		return false;
	while (i < v.n && (v.p[i] == ' ' || v.p[i] == '\t' || v.p[i] == '\n'))
		i++;
	return i == v.n || (v.p[i] == ';' && !find(v, "boundary", &i));
}

/* Does a field stand twice with another value? */
static bool
differs(const struct head *h, enum head_field f)
{
	struct span first, v;

	if (!head_value(h, f, 0, &first))
		return false;
	for (size_t i = 1; head_value(h, f, i, &v); i++)
		if (v.n != first.n || memcmp(v.p, first.p, v.n) != 0)
			return true;
	return false;
}

static const char *
read_encoding(struct kind *k, struct span encoding)
{
	static const char *const UU[] = { "x-uuencode", "uuencode", "x-uue", "uue" };
	static const char *const PLAIN[] = { "7bit", "8bit", "binary" };

	k->coding = TRANSFER_NONE;
	if (is(encoding, "base64")) {
		k->coding = TRANSFER_BASE64;
		return "base64";
	}
	if (is(encoding, "quoted-printable")) {
		k->coding = TRANSFER_QP;
		return "quoted-printable";
	}
	for (size_t i = 0; i < sizeof UU / sizeof UU[0]; i++)
		if (is(encoding, UU[i])) {
			k->search = true;
			return "x-uuencode";
		}
	for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0]; i++)
		if (is(encoding, PLAIN[i]))
			return PLAIN[i];
	return NULL;
}

static void
add_msgid(struct record *r, const struct head *h)
{
	struct span v;

	if (!head_value(h, HEAD_MSGID, 0, &v))
		return;
	while (v.n > 0 && (*v.p == ' ' || *v.p == '\t' || *v.p == '\n')) {
		v.p++;
		v.n--;
	}
	record_add(r, "msgid", v.p, v.n < MSGID_MAX ? v.n : MSGID_MAX);
}

static bool
add_names(struct record *r, const struct head *h)
{
	static struct names names;

	name_start(&names);
	if (name_collect(&names, h) < 0)
		err(EXIT_RETRY, "memory");
	for (size_t i = 0; i < names.count; i++)
		record_addtagged(r, "name", names.name[i].source,
		    names.bytes + names.name[i].at, names.name[i].n);
	if (names.full)
		record_addstr(r, "cut", "name");
	return names.full;
}

void
kind_of(struct kind *k, const struct head *h, bool digest, bool top)
{
	static struct record r;
	static struct params ps;
	struct span type = { "text/plain", 10 }, raw;
	const char *encoding = NULL;
	char *arena, *more;

	memset(k, 0, sizeof *k);
	if (digest)
		type = (struct span){ "message/rfc822", 14 };
	ps.n = 0;
	if (field(h, HEAD_TYPE, &ps, &arena) && ps.main.n > 0)
		type = ps.main;
	record_start(&r);
	record_add(&r, "type", type.p, type.n < TYPE_MAX ? type.n : TYPE_MAX);
	read_type(k, &ps, type);
	free(arena);
	if (head_value(h, HEAD_TYPE, 0, &raw) && holds(raw, "multipart/")) {
		k->multipart = true;
		k->odd_boundary = k->is != KIND_MULTIPART || !plain_boundary(raw);
	}
	k->twice = differs(h, HEAD_TYPE) || differs(h, HEAD_ENCODING);
	if (field(h, HEAD_ENCODING, &ps, &more))
		encoding = read_encoding(k, ps.main);
	k->odd_encoding = encoding == NULL && head_value(h, HEAD_ENCODING, 0, &raw) &&
	    (holds(raw, "base64") || holds(raw, "quoted") || holds(raw, "uue"));
	free(more);
	if (encoding != NULL)
		record_addstr(&r, "encoding", encoding);
	if (top)
		add_msgid(&r, h);
	k->names_cut = add_names(&r, h);
	if ((k->words = strdup(r.text)) == NULL)
		err(EXIT_RETRY, "memory");
}
