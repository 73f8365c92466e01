/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memmem */
#include "cmd/mimesplit/kind.h"
#include "cmd/mimesplit/outline.h"
#include "cmd/mimesplit/sniff.h"
#include "common/cli.h"
#include "common/name.h"
#include "common/reading.h"

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

static bool
one_of(struct span s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (is(s, *words))
			return true;
	return false;
}

static void
defect(struct kind *k, enum defect d)
{
	k->defects |= UINT64_C(1) << d;
}

/* What a client looks for in a leaf of this type; Office's are archives. */
static unsigned
look_in(struct span type)
{
	static const struct {
		const char *word;
		unsigned look;
	} WORDS[] = {
		{ "html", LOOK_MARKUP }, { "xml", LOOK_MARKUP },
		{ "binhex", LOOK_BINHEX }, { "uue", LOOK_UU }, { "pkcs7", LOOK_CMS },
		{ "pgp", LOOK_PGP }, { "calendar", LOOK_ICAL }, { "vcard", LOOK_ICAL },
		{ "directory", LOOK_ICAL },
	};
	unsigned look = begins(type, "text/") || begins(type, "message/") ? LOOK_TEXT : 0;

	if (memmem(type.p, type.n, "openxmlformats", 14) != NULL)
		return 0;
	for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
		if (memmem(type.p, type.n, WORDS[i].word, strlen(WORDS[i].word)) != NULL)
			look |= WORDS[i].look;
	return look;
}

/* The same of a leaf of this name. */
static unsigned
look_in_named(const char *p, size_t n)
{
	static const struct {
		const char *suffix;
		unsigned look;
	} SUFFIXES[] = {
		{ ".htm", LOOK_MARKUP }, { ".html", LOOK_MARKUP },
		{ ".shtml", LOOK_MARKUP }, { ".svg", LOOK_MARKUP },
		{ ".xhtml", LOOK_MARKUP }, { ".xht", LOOK_MARKUP }, { ".xml", LOOK_MARKUP },
		{ ".ics", LOOK_ICAL }, { ".vcs", LOOK_ICAL }, { ".vcf", LOOK_ICAL },
		{ ".p7m", LOOK_CMS }, { ".pgp", LOOK_PGP }, { ".gpg", LOOK_PGP },
		{ ".uue", LOOK_UU },
	};
	unsigned look = 0;

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '.' || p[n - 1] == '\t'))
		n--;
	for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++) {
		size_t len = strlen(SUFFIXES[i].suffix);

		if (n > len && strncasecmp(p + n - len, SUFFIXES[i].suffix, len) == 0)
			look |= SUFFIXES[i].look;
	}
	return look;
}

/* MailTool's multipart, with a line of ten dashes before each part. */
static const char SUN[] = "--------";

static bool
is_sun(struct span type)
{
	return is(type, "x-sun-attachment");
}

/* One media type: the kinds of part that it may be, the usual one first. */
static unsigned
read_type(struct kind *k, struct span type, enum kind_is *first)
{
	static const char *const PLAIN[] = { "message/delivery-status",
	    "message/disposition-notification", "message/feedback-report",
	    "message/global-delivery-status", "message/global-headers",
	    "message/global-disposition-notification", NULL };
	static const char *const MESSAGES[] = { "message/rfc822", "message/global",
	    "message/news", "message", NULL };

	k->look |= look_in(type);
	k->plain &= is(type, "text/plain");
	k->leaf_plain &= is(type, "text/plain") || begins(type, "multipart");
	k->shown &= is(type, "text/plain") || is(type, "text/html");
	*first = KIND_LEAF;
	if (begins(type, "multipart/") || is(type, "multipart")) {
		k->multipart = true;
		k->digest |= is(type, "multipart/digest");
		*first = KIND_MULTIPART;
		return 1u << KIND_MULTIPART;
	}
	k->partial |= is(type, "message/partial");
	if (one_of(type, MESSAGES)) {
		*first = KIND_MESSAGE;
		return 1u << KIND_MESSAGE;
	}
	if (is_sun(type))
		return 1u << KIND_LEAF | 1u << KIND_MULTIPART;
	if (begins(type, "text/rfc822") ||
	    (begins(type, "message/") && !one_of(type, PLAIN)))
		return 1u << KIND_LEAF | 1u << KIND_MESSAGE;
	return 1u << KIND_LEAF;
}

/* Adds what one Content-Type says; the very first reading is the usual one. */
static void
add_types(struct kind *k, struct record *r, const struct candidates *types, bool top)
{
	for (size_t i = 0; i < types->count; i++) {
		struct span t = { types->bytes + types->one[i].at, types->one[i].n };
		enum kind_is first;
		unsigned kinds = read_type(k, t, &first);

		if (top && i == 0) {
			k->is = first;
			k->opened = !is(t, "text/plain");
			record_add(r, "type", t.p, t.n < TYPE_MAX ? t.n : TYPE_MAX);
		}
		k->kinds |= kinds;
	}
}

static void
add_boundaries(struct kind *k, struct candidates *all, struct span field)
{
	static struct candidates more;
	bool plain;

	boundary_candidates(&more, field, &plain);
	if (!plain && more.count > 0)
		defect(k, DEFECT_BOUNDARY);
	k->too_many |= more.full;
	for (size_t i = 0; i < more.count; i++)
		candidates_add(all, more.bytes + more.one[i].at, more.one[i].n);
	k->too_many |= all->full;
}

/* Many multiparts may be open at once: only what is used is kept. */
static void
keep_boundaries(struct kind *k, const struct candidates *c)
{
	size_t used = offsetof(struct candidates, bytes);

	if (c->count > 0)
		used += c->one[c->count - 1].at + c->one[c->count - 1].n;
	if ((k->boundary = malloc(used)) == NULL)
		err(EXIT_RETRY, "memory");
	memcpy(k->boundary, c, used);
}

static void
read_types(struct kind *k, const struct head *h, struct record *r, bool digest)
{
	static struct candidates types, boundaries;
	struct span v;
	bool plain, sun = false;

	if (h->count[HEAD_TYPE] == 0) {
		memset(&types, 0, offsetof(struct candidates, bytes));
		candidates_add(&types, digest ? "message/rfc822" : "text/plain",
		    digest ? 14 : 10);
		add_types(k, r, &types, true);
	}
	for (size_t i = 0; head_value(h, HEAD_TYPE, i, &v); i++) {
		type_candidates(&types, v, &plain);
		if (!plain && !head_guessed(h, HEAD_TYPE, i))
			defect(k, DEFECT_TYPE);
		k->too_many |= types.full;
		add_types(k, r, &types, i == 0);
		sun |= types.count > 0 && is_sun((struct span){ types.bytes,
		    types.one[0].n });
	}
	if (!k->multipart && !sun)
		return;
	memset(&boundaries, 0, offsetof(struct candidates, bytes));
	if (sun)
		candidates_add(&boundaries, SUN, sizeof SUN - 1);
	for (size_t i = 0; head_value(h, HEAD_TYPE, i, &v); i++)
		add_boundaries(k, &boundaries, v);
	if (boundaries.count == 0)
		defect(k, DEFECT_NO_BOUNDARY);
	keep_boundaries(k, &boundaries);
}

/* The transfer codings that coding bits mean. */
static unsigned
codings(struct kind *k, unsigned bits)
{
	unsigned mask = 0;

	if (bits & CODING_BASE64)
		mask |= 1u << TRANSFER_BASE64;
	if (bits & CODING_QP)
		mask |= 1u << TRANSFER_QP;
	if (bits & (CODING_NONE | CODING_UNKNOWN | CODING_UU | CODING_YENC | CODING_BINHEX))
		mask |= 1u << TRANSFER_NONE;
	if (bits & CODING_BINHEX)
		k->look |= LOOK_BINHEX;
	if (bits & CODING_UU)
		k->look |= LOOK_UU;
	return mask;
}

static void
read_codings(struct kind *k, const struct head *h, struct record *r)
{
	unsigned all = 0;
	const char *first, *usual = NULL;
	struct span v;
	bool plain;

	for (size_t i = 0; head_value(h, HEAD_ENCODING, i, &v); i++) {
		k->too_many |= v.n > READING_TEXT;
		all |= coding_candidates(v, &first, &plain);
		if (!plain && !head_guessed(h, HEAD_ENCODING, i))
			defect(k, DEFECT_ENCODING);
		if (i == 0)
			usual = first;
	}
	k->codings = codings(k, all);
	k->unsaid = all == CODING_UNKNOWN;
	k->coding = TRANSFER_NONE;
	if (usual != NULL) {
		if (strcmp(usual, "base64") == 0)
			k->coding = TRANSFER_BASE64;
		if (strcmp(usual, "quoted-printable") == 0)
			k->coding = TRANSFER_QP;
		record_addstr(r, "encoding", usual);
	}
	k->codings |= 1u << k->coding;
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

static void
add_names(struct kind *k, struct record *r, const struct head *h)
{
	static struct names names;

	name_start(&names);
	if (name_collect(&names, h) < 0)
		err(EXIT_RETRY, "memory");
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.bytes + names.name[i].at;

		record_addtagged(r, "name", names.name[i].source, name, names.name[i].n);
		k->look |= look_in_named(name, names.name[i].n);
	}
	if (names.full)
		record_addstr(r, "cut", "name");
	if (names.files > 1)
		defect(k, DEFECT_NAMES);
	k->plain &= names.count == 0 && h->count[HEAD_DISPOSITION] == 0;
	k->shown &= names.count == 0 && h->count[HEAD_DISPOSITION] == 0;
	k->leaf_plain &= names.count == 0;
	k->opened |= names.count > 0 || h->count[HEAD_DISPOSITION] > 0;
	k->names_cut = names.full;
}

/* Does a field stand twice with another value? */
static bool
differs(const struct head *h, enum head_field f)
{
	struct span first, v;

	if (!head_value(h, f, 0, &first))
		return false;
	for (size_t i = 1; head_value(h, f, i, &v); i++)
		if (!head_guessed(h, f, i) &&
		    (v.n != first.n || memcmp(v.p, first.p, v.n) != 0))
			return true;
	return false;
}

static void
note_head(struct kind *k, const struct head *h)
{
	static const struct {
		enum head_odd odd;
		enum defect defect;
	} NOTES[] = {
		{ HEAD_BAD_LINE, DEFECT_BAD_LINE },
		{ HEAD_BLANK_LINE, DEFECT_BLANK_LINE },
		{ HEAD_SPACE_COLON, DEFECT_SPACE_COLON },
		{ HEAD_LEADING_SPACE, DEFECT_LEADING_SPACE },
		{ HEAD_NUL, DEFECT_NUL }, { HEAD_CONTROL, DEFECT_CONTROL },
		{ HEAD_EIGHT, DEFECT_EIGHT_BIT },
	};

	for (size_t i = 0; i < sizeof NOTES / sizeof NOTES[0]; i++)
		if ((h->odd & NOTES[i].odd) != 0)
			defect(k, NOTES[i].defect);
	if (differs(h, HEAD_TYPE) || differs(h, HEAD_ENCODING) ||
	    differs(h, HEAD_DISPOSITION))
		defect(k, DEFECT_FIELD_TWICE);
}

void
kind_of(struct kind *k, const struct head *h, bool digest, bool top)
{
	static struct record r;

	memset(k, 0, sizeof *k);
	k->plain = k->shown = k->leaf_plain = true;
	record_start(&r);
	note_head(k, h);
	read_types(k, h, &r, digest);
	read_codings(k, h, &r);
	if (k->multipart && k->coding != TRANSFER_NONE)
		defect(k, DEFECT_ENCODED_MULTIPART);
	if (top)
		add_msgid(&r, h);
	add_names(k, &r, h);
	if ((k->words = strdup(r.text)) == NULL)
		err(EXIT_RETRY, "memory");
}
