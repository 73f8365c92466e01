/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/unpack.h"
#include "common/cli.h"

#include <archive.h>
#include <archive_entry.h>

#include <err.h>
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct unpacked {
	struct archive *archive;
	bool encrypted;
	struct span rest;	/* of the block that libarchive gave last */
};

/* A charset of which all octets are, for names in one that is not told. */
#define OCTETS "ISO-8859-1"

enum { SIGNATURE = 16 };	/* more bytes than one has */

typedef int support(struct archive *a);

/*
 * A compressed file has no format.  options: those of libarchive under which it
 * reads names that it else passes over.
 */
static const struct reader {
	enum magic type;
	support *format, *filter;
	const char *options[3];
} READERS[] = {
	{ MAGIC_ZIP, archive_read_support_format_zip_streamable, NULL, { "" } },
	{ MAGIC_7Z, archive_read_support_format_7zip, NULL, { "" } },
	{ MAGIC_RAR, archive_read_support_format_rar, NULL, { "" } },
	{ MAGIC_RAR5, archive_read_support_format_rar5, NULL, { "" } },
	{ MAGIC_TAR, archive_read_support_format_tar, NULL, { "" } },
	{ MAGIC_CAB, archive_read_support_format_cab, NULL, { "" } },
	{ MAGIC_LHA, archive_read_support_format_lha, NULL, { "lha:hdrcharset=" OCTETS } },
	{ MAGIC_CPIO, archive_read_support_format_cpio, NULL, { "" } },
	{ MAGIC_AR, archive_read_support_format_ar, NULL, { "" } },
	{ MAGIC_XAR, archive_read_support_format_xar, NULL, { "" } },
	{ MAGIC_ISO, archive_read_support_format_iso9660, NULL,
	    { "", "iso9660:!joliet", "iso9660:!joliet,iso9660:!rockridge" } },
	{ MAGIC_BRIDGE, archive_read_support_format_iso9660, NULL,
	    { "", "iso9660:!joliet", "iso9660:!joliet,iso9660:!rockridge" } },
	{ MAGIC_GZIP, NULL, archive_read_support_filter_gzip, { "" } },
	{ MAGIC_BZIP2, NULL, archive_read_support_filter_bzip2, { "" } },
	{ MAGIC_XZ, NULL, archive_read_support_filter_xz, { "" } },
	{ MAGIC_ZSTD, NULL, archive_read_support_filter_zstd, { "" } },
	{ MAGIC_COMPRESS, NULL, archive_read_support_filter_compress, { "" } },
	{ MAGIC_LZIP, NULL, archive_read_support_filter_lzip, { "" } },
	{ MAGIC_LZMA, NULL, archive_read_support_filter_lzma, { "" } },
	{ MAGIC_LZ4, NULL, archive_read_support_filter_lz4, { "" } },
};

bool
unpack_prepare(void)
{
	return setlocale(LC_CTYPE, "C.UTF-8") != NULL &&
	    iconv_open("UTF-8", OCTETS) != (iconv_t)-1;
}

static const struct reader *
reader_of(enum magic type)
{
	for (size_t i = 0; i < sizeof READERS / sizeof READERS[0]; i++)
		if (READERS[i].type == type)
			return &READERS[i];
	return NULL;
}

bool
unpack_reads(enum magic type)
{
	return reader_of(type) != NULL;
}

/* libarchive tells most of what is wrong in words alone. */
static unsigned
why_of(struct archive *a)
{
	static const struct {
		const char *word;
		enum why why;
	} WORDS[] = {
		{ "ncrypt", WHY_ENCRYPTED }, { "assphrase", WHY_ENCRYPTED },
		{ "olume", WHY_VOLUME }, { "ulti", WHY_VOLUME },
		{ "llocate", WHY_LIMIT }, { "emory", WHY_LIMIT },
		{ "too many filters", WHY_DEPTH },
		{ "nsupported", WHY_UNLISTABLE }, { "not supported", WHY_UNLISTABLE },
	};
	const char *text = archive_error_string(a);

	if (archive_errno(a) == ENOMEM)
		return 1u << WHY_LIMIT;
	for (size_t i = 0; text != NULL && i < sizeof WORDS / sizeof WORDS[0]; i++)
		if (strstr(text, WORDS[i].word) != NULL)
			return 1u << WORDS[i].why;
	return 1u << WHY_BROKEN;
}

static int
all_support(const struct reader *r, struct archive *a)
{
	int got;

	if (r->format != NULL)
		return r->format(a);
	if ((got = archive_read_support_format_raw(a)) < ARCHIVE_WARN ||
	    (got = archive_read_support_format_empty(a)) < ARCHIVE_WARN)
		return got;
	return r->filter(a);
}

/* NULL: it cannot be opened, and whys says why. */
static struct archive *
open_archive(const struct reader *r, struct span file, const char *options, unsigned *whys)
{
	struct archive *a = archive_read_new();

	/* A filter that would need a program to be run is a warning. */
	if (a == NULL || all_support(r, a) < ARCHIVE_WARN ||
	    (options[0] != '\0' && archive_read_set_options(a, options) < ARCHIVE_WARN))
		errx(a == NULL || archive_errno(a) == ENOMEM ? UNPACK_FULL : EXIT_RETRY,
		    "libarchive: %s", a == NULL ? strerror(ENOMEM) :
		    archive_error_string(a));
	if (archive_read_open_memory(a, file.p, file.n) < ARCHIVE_WARN) {
		*whys |= why_of(a);
		archive_read_free(a);
		return NULL;
	}
	return a;
}

static struct span
text(const char *s)
{
	return (struct span){ s, s == NULL ? 0 : strlen(s) };
}

static bool
same(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static struct member
read_member(struct archive_entry *e, struct unpacked *u)
{
	struct member m = { .names = { text(archive_entry_pathname(e)),
	    text(archive_entry_pathname_utf8(e)) } };
	unsigned type = archive_entry_filetype(e);
	const char *link = archive_entry_symlink(e);

	if (m.names[0].p == NULL || same(m.names[0], m.names[1])) {
		m.names[0] = m.names[1].p == NULL ? m.names[0] : m.names[1];
		m.names[1] = (struct span){ NULL, 0 };
	}
	if (link == NULL)
		link = archive_entry_symlink_utf8(e);
	if (link == NULL)
		link = archive_entry_hardlink(e);
	m.link = text(link);
	m.folder = type == AE_IFDIR;
	u->encrypted = archive_entry_is_encrypted(e) > 0;
	u->rest.n = 0;
	/* a hard link may have the data that all of its names share */
	m.data = archive_entry_symlink(e) == NULL && type != AE_IFDIR && !u->encrypted ?
	    u : NULL;
	return m;
}

/* False: the callback stopped. */
static bool
members(struct archive *a, unsigned *whys, bool one,
    bool (*member)(void *ctx, struct member *m), void *ctx)
{
	struct unpacked u = { .archive = a };
	struct archive_entry *e;
	int got;

	do {
		struct member m;

		got = archive_read_next_header(a, &e);
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
			break;
		m = read_member(e, &u);
		if (u.encrypted)
			*whys |= 1u << WHY_ENCRYPTED;
		if (m.names[0].p == NULL)
			*whys |= 1u << WHY_BROKEN;
		if (!member(ctx, &m))
			return false;
	} while (!one);
	if (got != ARCHIVE_OK && got != ARCHIVE_WARN && got != ARCHIVE_EOF)
		*whys |= why_of(a);
	return true;
}

bool
unpack_members(struct span file, enum magic type, unsigned *whys,
    bool (*member)(void *ctx, struct member *m), void *ctx)
{
	const struct reader *r = reader_of(type);
	bool go_on = true;

	for (unsigned i = 0; go_on && i < 3 && r->options[i] != NULL; i++) {
		struct archive *a = open_archive(r, file, r->options[i], whys);

		if (a == NULL)
			continue;
		go_on = members(a, whys, type == MAGIC_ZIP, member, ctx);
		archive_read_free(a);
	}
	return go_on;
}

static void
append(struct bytes *b, const char *p, size_t n)
{
	if (b->room - b->n < n) {
		size_t room = b->room == 0 ? UNPACK_HEAD : b->room;

		while (room - b->n < n)
			room *= 2;
		if ((b->p = realloc(b->p, room)) == NULL)
			err(UNPACK_FULL, "what is unpacked");
		b->room = room;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

/* Which budget pays for what begins so. */
static bool
must_be_opened(const struct bytes *b)
{
	enum magic m = magic_of((struct span){ b->p, b->n });

	return magic_archive(m) || magic_compressor(m);
}

/* The next block; ARCHIVE_EOF, or less than ARCHIVE_WARN, after the last. */
static int
next_block(struct unpacked *u)
{
	const void *p;
	la_int64_t at;
	int got;

	while (u->rest.n == 0) {
		got = archive_read_data_block(u->archive, &p, &u->rest.n, &at);
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
			u->rest.n = 0;
			return got;
		}
		u->rest.p = p;
	}
	return ARCHIVE_OK;
}

/* Up to limit bytes in all; 0 at the end, 1 where there may be more, -1 on an error. */
static int
read_up_to(struct unpacked *u, struct bytes *b, unsigned long long limit, unsigned *whys)
{
	while (b->n < limit) {
		unsigned long long left = limit - b->n;
		int got = next_block(u);
		size_t n = u->rest.n < left ? u->rest.n : (size_t)left;

		if (got == ARCHIVE_EOF)
			return 0;
		if (got != ARCHIVE_OK) {
			*whys |= why_of(u->archive);
			return -1;
		}
		append(b, u->rest.p, n);
		u->rest.p += n;
		u->rest.n -= n;
	}
	return 1;
}

struct bytes
unpack_some(struct unpacked *u, size_t n, unsigned *whys)
{
	struct bytes b = { NULL, 0, 0 };

	read_up_to(u, &b, n, whys);
	return b;
}

/* What is too much to keep, behind kept: is there a signature in it? */
static void
search_rest(struct unpacked *u, const struct bytes *kept, struct budget *budget,
    unsigned *whys)
{
	struct bytes b = { NULL, 0, 0 };
	enum magic m;
	int more;

	append(&b, kept->p + kept->n - SIGNATURE, SIGNATURE);
	do {
		more = read_up_to(u, &b, UNPACK_HEAD, whys);
		budget->look -= b.n < budget->look ? b.n : budget->look;
		if (magic_next((struct span){ b.p, b.n }, 0, &m) < b.n || budget->look == 0) {
			*whys |= 1u << WHY_LIMIT;
			break;
		}
		if (b.n > SIGNATURE) {
			memmove(b.p, b.p + b.n - SIGNATURE, SIGNATURE);
			b.n = SIGNATURE;
		}
	} while (more > 0);
	free(b.p);
}

struct bytes
unpack_data(struct unpacked *u, struct budget *budget, unsigned *whys)
{
	struct bytes b = { NULL, 0, 0 };
	bool must;
	int more;

	if (budget->look == 0) {
		*whys |= 1u << WHY_LIMIT;
		return b;
	}
	more = read_up_to(u, &b, UNPACK_HEAD, whys);
	must = must_be_opened(&b);
	if (more > 0)
		more = read_up_to(u, &b, must ? budget->must : UNPACK_MUST, whys);
	if (more > 0 && must)
		*whys |= 1u << WHY_LIMIT;
	if (must)
		return b;
	budget->look -= b.n < budget->look ? b.n : budget->look;
	if (more > 0)
		search_rest(u, &b, budget, whys);
	return b;
}

struct bytes
unpack_file(struct span file, enum magic type, struct budget *budget, unsigned *whys)
{
	struct bytes b = { NULL, 0, 0 };
	struct archive *a = open_archive(reader_of(type), file, "", whys);
	struct archive_entry *e;
	struct unpacked u = { .archive = a };
	int got;

	if (a == NULL)
		return b;
	got = archive_read_next_header(a, &e);
	if (got < ARCHIVE_WARN)
		*whys |= why_of(a);
	else if (got != ARCHIVE_EOF && read_up_to(&u, &b, budget->must, whys) > 0)
		*whys |= 1u << WHY_LIMIT;
	budget->must -= b.n;
	archive_read_free(a);
	return b;
}

struct span
unpack_gzip_name(struct span file)
{
	enum { EXTRA = 4, NAME = 8, HEAD = 10 };
	const char *end;
	size_t at = HEAD;

	if (file.n < HEAD || (file.p[3] & NAME) == 0)
		return (struct span){ NULL, 0 };
	if (file.p[3] & EXTRA) {
		if (file.n < HEAD + 2)
			return (struct span){ NULL, 0 };
		at += 2u + (unsigned char)file.p[HEAD] + 256u * (unsigned char)file.p[HEAD + 1];
	}
	if (at >= file.n)
		return (struct span){ NULL, 0 };
	end = memchr(file.p + at, '\0', file.n - at);
	return (struct span){ file.p + at, end == NULL ? file.n - at :
	    (size_t)(end - (file.p + at)) };
}
