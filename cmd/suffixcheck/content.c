/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/content.h"
#include "cmd/suffixcheck/endings.h"
#include "common/cli.h"
#include "common/magic.h"
#include "common/ole.h"
#include "common/tnef.h"
#include "common/uu.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is known of the content at hand. */
struct content {
	struct check *check;
	struct span bytes;
	bool archive;		/* one that can be listed, or a compressed file */
	bool known;		/* or one of a family without a reader */
};

static struct span
map(int fd, const char *what)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		err(EXIT_RETRY, "%s", what);
	if (!S_ISREG(st.st_mode))
		errx(EXIT_CALL, "%s: not a file", what);
	if (st.st_size == 0)
		return (struct span){ "", 0 };
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		err(EXIT_RETRY, "%s", what);
	return (struct span){ p, (size_t)st.st_size };
}

static void
unmap(struct span bytes)
{
	if (bytes.n > 0)
		munmap((void *)(size_t)bytes.p, bytes.n);
}

/* A suffix that the octets stand for: is it listed? */
static bool
listed(const struct check *c, struct span suffix, struct span *item)
{
	for (size_t i = 0; i < c->list->n; i++) {
		*item = c->list->item[i];
		if (item->n == suffix.n && memcmp(item->p, suffix.p, suffix.n) == 0)
			return true;
	}
	return false;
}

/* An exception for a name with this suffix is one for such a content. */
static void
check_magic(struct check *c, struct span suffix)
{
	struct span item;

	if (suffix.n > 0 && listed(c, suffix, &item) && item.p != c->excepted.p)
		check_ban(c, "magic", item, c->name.name, c->name.n);
}

/* --- what arcnames says --------------------------------------------------------- */

static bool
is_macro(struct span path)
{
	static const char name[] = "vbaProject.bin";
	struct span last = nameform_component(path);

	return last.n == sizeof name - 1 && strncasecmp(last.p, name, last.n) == 0;
}

static bool
hits(struct check *c, struct span name, struct hit *hit)
{
	int got;

	if (name.n == 0)
		return false;
	if ((got = suffix_hit(c->list, name, &c->fold, hit)) < 0)
		err(EXIT_RETRY, "a name");
	return got > 0;
}

/* The document that a member is of, as far as names tell. */
static unsigned
place_endings(struct check *c, struct span in)
{
	struct span last = nameform_component(in);

	if (in.n == 0)
		return c->endings;
	if (!fold_name(&c->fold, last))
		err(EXIT_RETRY, "a name");
	return endings(c->fold.form[0]);
}

/* What . and .. behind it make of a path, each unpacker has its own answer to. */
static bool
hits_before_dots(struct check *c, struct span path, struct hit *hit)
{
	bool seen = false;

	while (path.n > 0) {
		struct span s = nameform_take(&path);
		bool dots = (s.n == 1 && s.p[0] == '.') ||
		    (s.n == 2 && memcmp(s.p, "..", 2) == 0);

		if (dots && seen)
			return true;
		seen = seen || (!dots && hits(c, s, hit));
	}
	return false;
}

/* Of a member: SOURCE:BYTES; in, the members that lead to it. */
static void
on_name(struct check *c, struct span told, struct span in)
{
	const char *colon = memchr(told.p, ':', told.n);
	struct span name = told;
	struct hit hit;

	if (colon == NULL)
		errx(EXIT_RETRY, "arcnames: a name without a source");
	name.p = colon + 1;
	name.n = told.n - (size_t)(name.p - told.p);
	if (hits(c, name, &hit) || hits(c, endings_less(name), &hit) ||
	    hits_before_dots(c, name, &hit))
		check_ban(c, "inner", hit.item, told.p, told.n);
	else if (is_macro(name) && (place_endings(c, in) & ENDING_OFFICE))
		check_odd(c, ODD_MACRO, told.p, told.n);
}

static bool
leads_out(struct span path)
{
	if (path.n > 0 && (path.p[0] == '/' || path.p[0] == '\\' ||
	    (path.n > 1 && path.p[1] == ':')))
		return true;
	for (size_t i = 0; i + 1 < path.n; i++) {
		bool begins = i == 0 || path.p[i - 1] == '/' || path.p[i - 1] == '\\';
		bool ends = i + 2 == path.n || path.p[i + 2] == '/' || path.p[i + 2] == '\\';

		if (begins && ends && path.p[i] == '.' && path.p[i + 1] == '.')
			return true;
	}
	return false;
}

static void
on_link(struct check *c, struct span told, struct span target)
{
	struct hit hit;

	if (leads_out(target) || hits(c, target, &hit))
		check_odd(c, ODD_LINK, told.p, told.n);
}

static void
on_why(struct check *c, struct span why)
{
	for (enum odd o = 0; o < ODD_NONE; o++)
		if (odd_unscanned(o) && strlen(odd_word(o)) == why.n &&
		    memcmp(odd_word(o), why.p, why.n) == 0) {
			check_odd(c, o, c->name.name, c->name.n);
			return;
		}
	errx(EXIT_RETRY, "arcnames: no such reason: %.*s", (int)why.n, why.p);
}

/* One that is compressed alone has its own name without the compressor's suffix. */
static void
on_magic(struct check *c, struct span suffix, bool inside)
{
	if (!inside && c->lessname.n > 0)
		check_ban(c, "inner", c->less.item, c->lessname.name, c->lessname.n);
	check_magic(c, suffix);
}

/* The value of a key, decoded into room; n is 0 where there is none. */
static struct span
value(struct span line, const char *key, char *room)
{
	struct span v;

	if (!record_get(line.p, line.n, key, &v))
		return (struct span){ NULL, 0 };
	return (struct span){ room, record_decode(room, v) };
}

static void
on_record(void *ctx, struct span line)
{
	static char names[RECORD_MAX], ins[RECORD_MAX], others[RECORD_MAX];
	struct content *content = ctx;
	struct check *c = content->check;
	struct span name = value(line, "name", names), in = value(line, "in", ins), v;

	if (c->banned)
		return;
	content->archive |= name.p != NULL;
	if (name.p != NULL)
		on_name(c, name, in);
	if ((v = value(line, "link", others)).p != NULL)
		on_link(c, name, v);
	if ((v = value(line, "magic", others)).p != NULL)
		on_magic(c, v, in.p != NULL);
	if ((v = value(line, "why", others)).p != NULL)
		on_why(c, v);
}

/* --- the whole -------------------------------------------------------------------- */

static void
look_into(struct content *content, int fd)
{
	struct check *c = content->check;
	uint64_t all = magic_all(content->bytes);
	enum magic m;
	bool embedded = magic_next(content->bytes, 0, &m) < content->bytes.n;

	content->archive = magic_any(all, magic_archive) || magic_any(all, magic_compressor);
	content->known = magic_any(all, magic_unlistable);
	if (c->archives.off)
		return;
	if (content->known)
		check_odd(c, ODD_UNLISTABLE, c->name.name, c->name.n);
	if ((content->archive || embedded) &&
	    !archive_names(&c->archives, fd, on_record, content))
		check_odd(c, ODD_LIMIT, c->name.name, c->name.n);
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

static void
nothing_of(void *ctx, const char *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
}

/* What can be read to its end has become parts of its own. */
static void
check_tnef(struct check *c, struct span bytes, enum origin origin)
{
	const struct carried to = { NULL, nothing, nothing_of, nothing_of, nothing };
	static struct tnef t;

	tnef_start(&t, &to);
	tnef_feed(&t, bytes.p, bytes.n);
	tnef_end(&t);
	if (origin == ORIGIN_GIVEN || !tnef_whole(&t))
		check_odd(c, ODD_TNEF, c->name.name, c->name.n);
	else if (c->odd.odd == ODD_TNEF)
		c->odd.odd = ODD_NONE;
}

/* What its names let expect is not what it is. */
static bool
mismatch(const struct content *content)
{
	unsigned endings = content->check->endings;

	return ((endings & ENDING_PLAIN) && content->archive) ||
	    ((endings & ENDING_PACKED) && !content->archive && !content->known);
}

static bool
volume(const struct content *content)
{
	unsigned endings = content->check->endings;

	return content->bytes.n > 0 && ((endings & ENDING_VOLUME) ||
	    ((endings & ENDING_NUMBER) && (content->archive || content->known)));
}

static void
check_shape(const struct content *content, enum origin origin)
{
	struct check *c = content->check;

	if (!c->archives.off && volume(content))
		check_odd(c, ODD_VOLUME, c->name.name, c->name.n);
	if (origin != ORIGIN_REREAD && !c->applefile && mismatch(content))
		check_odd(c, ODD_MISMATCH, c->name.name, c->name.n);
}

void
content_check(struct check *c, int fd, const char *what, enum origin origin)
{
	struct content content = { .check = c, .bytes = map(fd, what) };
	const char *suffix = magic_suffix(content.bytes);
	enum magic m = magic_of(content.bytes);

	if (suffix != NULL)
		check_magic(c, (struct span){ suffix, strlen(suffix) });
	if (!c->banned)
		look_into(&content, fd);
	if (m == MAGIC_TNEF)
		check_tnef(c, content.bytes, origin);
	if (m == MAGIC_OLE && ole_has(content.bytes, "EncryptedPackage"))
		check_odd(c, ODD_ENCRYPTED, c->name.name, c->name.n);
	check_shape(&content, origin);
	unmap(content.bytes);
}

/* The line at p, without its end; *next is behind that. */
static struct span
line_at(const char *p, const char *end, const char **next)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));
	struct span line = { p, (size_t)((nl == NULL ? end : nl) - p) };

	*next = nl == NULL ? end : nl + 1;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static void
uu_name(struct check *c, struct span name)
{
	static char told[RECORD_MAX];
	size_t start = (size_t)snprintf(told, sizeof told, "uu:");
	size_t n = name.n < sizeof told - start ? name.n : sizeof told - start;

	memcpy(told + start, name.p, n);
	check_name(c, told, start, start + n, false);
}

void
content_uu_names(struct check *c, int fd, const char *what)
{
	struct span bytes = map(fd, what), line;
	const char *p = bytes.p, *end = bytes.p + bytes.n, *next, *after;
	char data[UU_LINE];
	struct uu_head h;

	for (; p < end; p = next) {
		line = line_at(p, end, &next);
		if (!uu_begin(line.p, line.n, &h) || h.trust < UU_MODE || next == end)
			continue;
		line = line_at(next, end, &after);
		if (uu_data(line.p, line.n, UU_USUAL, data) >= 0)
			uu_name(c, h.name);
	}
	unmap(bytes);
}
