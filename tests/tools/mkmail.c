/* SPDX-License-Identifier: ISC */
/*
 * mkmail [-b eicar|name] [-d DEPTH] [-e ENCODING] SEED DIR: a mail at random,
 * the same for the same seed, in the new folder DIR.
 *
 *   -b eicar     one leaf of it holds the EICAR test string
 *   -b name      one leaf of it has a name that ends in .exe
 *   -d DEPTH     entities in each other: 1 (a single part) to 6
 *   -e ENCODING  of that leaf: 7bit 8bit quoted-printable base64 x-uuencode (in
 *                a text); otherwise at random, and so is DEPTH
 *
 * DIR gets
 *   message   the mail, its lines ended by LF, as Postfix hands it over and on
 *             without a change: no CR, no NUL, no line over 990 bytes
 *   leaf.N    the decoded bytes of each leaf that stays when the bad one goes
 *   info      a record: seed, depth, parts that stay, and with -b
 *   bad       its decoded bytes
 *   before, after   what stands around the entity that a note replaces: the
 *             bad leaf, or where it has no place of its own (in a text, in an
 *             encoded message) what holds it
 *   rest      the message without that entity and its delimiter line; absent
 *             where it has none, or nothing else would be left in its multipart
 */
#include "tests/tools/buf.h"
#include "common/cli.h"
#include "common/record.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 6, LEAVES = 512, WIDTH = 4, LINE = 990 };
enum encoding { SEVEN, EIGHT, QP, BASE64, UU, ENCODINGS };
enum bad { NONE, EICAR, NAME };

static const char *const encodings[] = { "7bit", "8bit", "quoted-printable",
    "base64", "x-uuencode" };

/* Where the bad entity stands in a buffer. */
struct place {
	bool set, delimited;
	size_t span, start, end, next;	/* delimiter, entity, its end, delimiter */
};

struct gen {
	uint64_t state;
	unsigned long seed;
	enum bad bad;
	unsigned depth;
	enum encoding encoding;
	unsigned boundaries;
	struct buf leaf[LEAVES];
	size_t leaves;
	struct buf badleaf;
};

/* What is written next. */
struct task {
	unsigned depth;
	bool bad;		/* the bad leaf is in it */
	bool message;		/* it has the fields of a message */
	bool last;		/* no delimiter follows */
};

static const struct cli cli = { "mkmail",
    "mkmail [-b eicar|name] [-d DEPTH] [-e ENCODING] SEED DIR\n"
    "Mail at random for tests; see the comment in its source.\n"
};

static void entity(struct gen *g, struct buf *o, struct task t, struct place *at);

/* splitmix64 */
static uint64_t
next(struct gen *g)
{
	uint64_t z = (g->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static unsigned
below(struct gen *g, unsigned n)
{
	return (unsigned)(next(g) % n);
}

static void
putch(struct buf *b, char c)
{
	add(b, &c, 1);
}

static const char *
pick(struct gen *g, const char *const *list, size_t n)
{
	return list[below(g, (unsigned)n)];
}
#define PICK(g, list) pick(g, list, sizeof list / sizeof list[0])

/* --- contents ------------------------------------------------------------- */

/* What a careless program on the way would change. */
static const char *const oddlines[] = { "", ".", "..", ".a", "From here on",
    ">From there", "-- ", "--", "--not-a-boundary", "\ttab", "trailing  ", "=",
    "=20", "=3D=", "Subject: not a field", "end", "~~~ ^^^ `$(id)` \\ %s %n",
    "begins like uu, is not", "X5O!P%@AP but no more of it" };
static const char *const words[] = { "mail", "gateway", "the", "of", "a", "Zeile",
    "report", "1,000", "(see", "below)", "why?", "<tag>", "\"quoted\"", "a=b" };
static const char *const words8[] = { "gr\303\274\303\237e", "na\303\257ve",
    "caf\351", "\342\202\254", "\303\204rger", "\377\376" };

static void
text_line(struct gen *g, struct buf *b, bool eight)
{
	size_t start = b->n;
	unsigned n = below(g, 40) == 0 ? 140 : 1 + below(g, 12);

	while (n-- > 0 && b->n - start < LINE - 20) {
		put(b, eight && below(g, 4) == 0 ? PICK(g, words8) : PICK(g, words));
		if (n > 0)
			putch(b, ' ');
	}
}

/* Lines; eol says whether the last one has its line end. */
static void
text(struct gen *g, struct buf *b, bool eight, bool eol)
{
	unsigned n = below(g, 8) == 0 ? 300 : below(g, 25);

	for (unsigned i = 0; i <= n; i++) {
		if (below(g, 3) == 0)
			put(b, PICK(g, oddlines));
		else
			text_line(g, b, eight);
		if (i < n || eol)
			putch(b, '\n');
	}
}

static void
binary(struct gen *g, struct buf *b)
{
	size_t n = below(g, 10) == 0 ? 30000 + below(g, 30000) : below(g, 3000);

	while (n-- > 0)
		putch(b, (char)next(g));
}

/* In two halves, so that this file and the program are not found. */
static void
eicar(struct buf *b)
{
	put(b, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$");
	put(b, "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
}

/* --- encodings -------------------------------------------------------------- */

static void
base64(struct buf *o, const struct buf *in, unsigned width)
{
	static const char abc[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned col = 0;

	for (size_t i = 0; i < in->n; i += 3) {
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < in->n ? (unsigned char)in->p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			putch(o, i + k > in->n ? '=' : abc[v >> (18 - 6 * k) & 63]);
		col += 4;
		if (col >= width && i + 3 < in->n) {
			putch(o, '\n');
			col = 0;
		}
	}
}

/* A line end stands for itself in a text; the last line is soft-broken if it
 * must end but the text does not. */
static void
quoted(struct buf *o, const struct buf *in, bool text_ends, bool last)
{
	unsigned col = 0;
	char code[4];

	for (size_t i = 0; i < in->n; i++) {
		unsigned char c = (unsigned char)in->p[i];
		bool blank = (c == ' ' || c == '\t') &&
		    (i + 1 == in->n || in->p[i + 1] == '\n');

		if (c == '\n' && text_ends) {
			putch(o, '\n');
			col = 0;
			continue;
		}
		if (col > 70) {
			put(o, "=\n");
			col = 0;
		}
		if ((c >= ' ' && c <= '~' && c != '=' && !blank) || (c == '\t' && !blank)) {
			putch(o, (char)c);
			col++;
		} else {
			snprintf(code, sizeof code, "=%02X", (unsigned)c);
			put(o, code);
			col += 3;
		}
	}
	if (last && col > 0)
		put(o, "=\n");
}

static char
uu_char(unsigned v)
{
	return (char)((v & 63) == 0 ? '`' : ' ' + (v & 63));
}

static void
uuencode(struct buf *o, const struct buf *in, const char *name)
{
	put(o, "begin 644 ");
	put(o, name);
	putch(o, '\n');
	for (size_t i = 0; i < in->n; i += 45) {
		size_t n = in->n - i < 45 ? in->n - i : 45;

		putch(o, uu_char((unsigned)n));
		for (size_t k = i; k < i + n; k += 3) {
			unsigned v = 0;

			for (size_t j = k; j < k + 3; j++)
				v = v << 8 | (j < in->n ? (unsigned char)in->p[j] : 0);
			for (unsigned shift = 24; shift > 0; shift -= 6)
				putch(o, uu_char(v >> (shift - 6)));
		}
		putch(o, '\n');
	}
	put(o, "`\nend\n");
}

/* --- leaves ----------------------------------------------------------------- */

static void
keep_leaf(struct gen *g, const struct buf *b)
{
	if (g->leaves == LEAVES)
		errx(EXIT_RETRY, "more than %d leaves", LEAVES);
	add(&g->leaf[g->leaves++], b->p, b->n);
}

static const char *const names[] = { "report.pdf", "a b c.txt", "x.tar.bin",
    "no-suffix", "photo.JPG", "exe", "an.exe.txt", "-rf", "*.doc", "`id`.txt" };
/* What stands around a name. */
static const struct { const char *before, *after; } fields[] = {
	{ "Content-Disposition: attachment; filename=\"", "\"\n" },
	{ "Content-Disposition: attachment;\n\tfilename=\"", "\"; size=3\n" },
	{ "Content-Disposition: inline; filename*=utf-8'en'%c3%a4", "\n" },
	{ "Content-Disposition: attachment; filename*0=\"one \";\n filename*1=\"", "\"\n" },
	{ "content-disposition: ATTACHMENT; FileName=", "\n" },
	{ "Content-Disposition: attachment; filename=\"=?utf-8?Q?=C3=A4_", "?=\"\n" }
};
/* Without blanks and quotes, so that they stand in each of the fields. */
static const char *const badnames[] = { "Setup.exe", "invoice.pdf.EXE", "x.exe",
    "update.Exe" };

static void
name_field(struct gen *g, struct buf *o, bool bad)
{
	size_t i = bad ? below(g, sizeof fields / sizeof fields[0]) : 0;

	if (!bad && below(g, 3) == 0)
		return;
	put(o, fields[i].before);
	put(o, bad ? PICK(g, badnames) : PICK(g, names));
	put(o, fields[i].after);
}

static void
type_fields(struct gen *g, struct buf *o, bool istext, enum encoding e)
{
	static const char *const texts[] = { "text/plain; charset=utf-8", "text/plain",
	    "text/html;\n charset=\"utf-8\"", "TEXT/Plain; format=flowed", "text/x-any" };
	static const char *const others[] = { "application/octet-stream", "image/png",
	    "application/pdf; name=x.pdf", "application/x-any" };

	put(o, "Content-Type: ");
	put(o, istext ? PICK(g, texts) : PICK(g, others));
	putch(o, '\n');
	if (e == SEVEN && below(g, 2) == 0)
		return;
	put(o, "Content-Transfer-Encoding: ");
	put(o, encodings[e == UU ? SEVEN : e]);
	putch(o, '\n');
}

/* A text around a uuencoded file. */
static void
uu_leaf(struct gen *g, struct buf *o, struct task t, const struct buf *file)
{
	struct buf b = { NULL, 0, 0 };

	text(g, &b, false, true);
	uuencode(&b, file, t.bad && g->bad == NAME ? PICK(g, badnames) : "a.bin");
	text(g, &b, false, t.last);
	type_fields(g, o, true, UU);
	putch(o, '\n');
	add(o, b.p, b.n);
	if (!t.bad) {
		keep_leaf(g, &b);
		keep_leaf(g, file);
	}
	free(b.p);
}

/* The content of a leaf; lineend: it has to end with one. */
static void
content(struct gen *g, struct buf *b, bool istext, enum encoding e, bool isbad, bool lineend)
{
	if (isbad && g->bad == EICAR) {
		eicar(b);
		if (lineend)
			putch(b, '\n');
	} else if (istext)
		text(g, b, e != SEVEN, lineend || below(g, 2) == 0);
	else
		binary(g, b);
}

static void
leaf(struct gen *g, struct buf *o, struct task t)
{
	enum encoding e = t.bad ? g->encoding : (enum encoding)below(g, ENCODINGS);
	bool istext = e == SEVEN || e == EIGHT || (e != UU && below(g, 3) == 0);
	struct buf b = { NULL, 0, 0 };

	content(g, &b, istext, e, t.bad, t.last && (e == SEVEN || e == EIGHT));
	if (t.bad)
		add(&g->badleaf, b.p, b.n);
	if (e == UU) {
		uu_leaf(g, o, t, &b);
		free(b.p);
		return;
	}
	type_fields(g, o, istext, e);
	name_field(g, o, t.bad && g->bad == NAME);
	putch(o, '\n');
	if (e == BASE64) {
		base64(o, &b, 40 + 4 * below(g, 10));
		if (t.last)
			putch(o, '\n');
	} else if (e == QP)
		quoted(o, &b, istext, t.last);
	else
		add(o, b.p, b.n);
	if (!t.bad)
		keep_leaf(g, &b);
	free(b.p);
}

/* --- what holds others ------------------------------------------------------ */

/* One child, after its delimiter line, which begins at span; lone: of no other. */
static void
child(struct gen *g, struct buf *o, struct task t, size_t span, bool lone,
    struct place *at)
{
	struct place in = { .set = false };

	entity(g, o, t, &in);
	if (!in.set)
		return;
	if (in.start == in.span) {	/* the child itself is to go */
		in.delimited = !lone;
		in.span = span;
	}
	*at = in;
}

static void
multipart(struct gen *g, struct buf *o, struct task t, struct place *at)
{
	static const char *const kinds[] = { "mixed", "alternative", "related", "x-any" };
	unsigned n = 1 + below(g, WIDTH), deep = below(g, n);
	char boundary[80], line[240];
	bool waiting = false;

	snprintf(boundary, sizeof boundary, "=_%u.%016llx", ++g->boundaries,
	    (unsigned long long)next(g));
	snprintf(line, sizeof line, "Content-Type: multipart/%s;\n boundary=\"%s\"\n\n",
	    PICK(g, kinds), boundary);
	put(o, line);
	if (below(g, 2) == 0)
		text(g, o, false, true);
	for (unsigned i = 0; i <= n; i++) {
		size_t span = o->n;
		struct task c = { .depth = i == deep ? t.depth - 1 :
		    1 + below(g, below(g, 3) == 0 ? t.depth - 1 : 1),
		    .bad = t.bad && i == deep };

		snprintf(line, sizeof line, "--%s%s", boundary, i == n ? "--" : "");
		put(o, line);
		if (waiting)
			at->next = span;
		if (i == n)
			break;
		putch(o, '\n');
		child(g, o, c, span, n == 1, at);
		waiting = c.bad && at->delimited && at->next == 0;
		putch(o, '\n');
	}
	if (t.last || below(g, 3) == 0)
		putch(o, '\n');
	if (o->p[o->n - 1] == '\n' && below(g, 3) == 0)
		text(g, o, false, t.last);
}

/* A message in an encoding: what is replaced is all of it. */
static void
encoded_message(struct gen *g, struct buf *o, struct task t)
{
	struct task in = { .depth = t.depth - 1, .bad = t.bad, .message = true, .last = true };
	struct place lost = { .set = false };
	struct buf b = { NULL, 0, 0 };
	size_t before = g->leaves;
	bool quote = below(g, 3) == 0;

	entity(g, &b, in, &lost);
	while (t.bad && g->leaves > before) {
		struct buf *l = &g->leaf[--g->leaves];

		free(l->p);
		*l = (struct buf){ NULL, 0, 0 };
	}
	put(o, "Content-Type: message/rfc822\nContent-Transfer-Encoding: ");
	put(o, quote ? "quoted-printable\n\n" : "base64\n\n");
	if (quote)
		quoted(o, &b, true, t.last);
	else
		base64(o, &b, 72);
	if (!quote && t.last)
		putch(o, '\n');
	free(b.p);
}

static void
message_fields(struct gen *g, struct buf *o)
{
	static const char *const more[] = { "Subject: plain\n", "Subject: caf\351 \303\244\n",
	    "Subject: =?utf-8?Q?gr=C3=BC=C3=9Fe?=\n =?utf-8?B?w7Y=?=\n", "X-Empty:\n",
	    "X-Folded: a\n\tb\n   c\n", "received: from elsewhere by here\n",
	    "Received: from a\n\tby b; Thu, 1 Jan 2026 00:00:00 +0000\n",
	    "X-Odd-Blanks:   two  and   three\n", "DKIM-Signature: v=1; a=b;\n\tc=d\n" };
	unsigned n = below(g, 6);
	char line[120];

	while (n-- > 0)
		put(o, PICK(g, more));
	put(o, "From: \"A, B\" <a@example.org>\nTo: c@example.net (c)\n"
	    "Date: Thu, 1 Jan 2026 00:00:00 +0000\n");
	snprintf(line, sizeof line, "Message-ID: <%lu.%016llx@example.org>\n", g->seed,
	    (unsigned long long)next(g));
	put(o, line);
}

/* An entity, its head and body; where the bad one stands in o, in *at. */
static void
entity(struct gen *g, struct buf *o, struct task t, struct place *at)
{
	enum { LEAF_KIND, PARTS_KIND, MESSAGE_KIND, ENCODED_KIND } kind = LEAF_KIND;
	struct place here = { .set = t.bad };
	struct task in = { .depth = t.depth - 1, .bad = t.bad, .message = true,
	    .last = t.last };

	if (t.depth > 1)
		kind = below(g, 3) > 0 ? PARTS_KIND : below(g, 2) > 0 ? MESSAGE_KIND : ENCODED_KIND;
	if (t.message) {
		message_fields(g, o);
		here.start = o->n;	/* its other fields stay */
		put(o, "MIME-Version: 1.0\n");
	} else
		here.start = here.span = o->n;
	if (kind == LEAF_KIND)
		leaf(g, o, t);
	else if (kind == ENCODED_KIND)
		encoded_message(g, o, t);
	else if (kind == PARTS_KIND)
		multipart(g, o, t, at);
	else {
		put(o, "Content-Type: message/rfc822\n\n");
		entity(g, o, in, at);
	}
	here.end = o->n;
	if (t.bad && (kind == LEAF_KIND || kind == ENCODED_KIND))
		*at = here;
}

/* --- files ------------------------------------------------------------------ */

static void
write_file(int dir, const char *name, const char *p, size_t n)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 || write_all(fd, p, n) < 0 || close(fd) < 0)
		err(EXIT_RETRY, "%s", name);
}

static void
write_info(const struct gen *g, int dir)
{
	static struct record r;

	record_start(&r);
	record_addnum(&r, "seed", g->seed);
	record_addnum(&r, "depth", g->depth);
	record_addnum(&r, "parts", g->leaves);
	if (g->bad != NONE)
		record_addstr(&r, "encoding", encodings[g->encoding]);
	record_end(&r);
	write_file(dir, "info", r.text, r.len);
}

static void
write_bad(const struct gen *g, int dir, const struct buf *o, const struct place *at)
{
	struct buf rest = { NULL, 0, 0 };

	write_file(dir, "bad", g->badleaf.p, g->badleaf.n);
	write_file(dir, "before", o->p, at->start);
	write_file(dir, "after", o->p + at->end, o->n - at->end);
	if (!at->delimited)
		return;
	add(&rest, o->p, at->span);
	add(&rest, o->p + at->next, o->n - at->next);
	write_file(dir, "rest", rest.p, rest.n);
	free(rest.p);
}

static void
write_mail(struct gen *g, const char *path)
{
	struct task t = { .depth = g->depth, .bad = g->bad != NONE, .message = true,
	    .last = true };
	struct place at = { .set = false };
	struct buf o = { NULL, 0, 0 };
	char name[40];
	int dir;

	entity(g, &o, t, &at);
	if (mkdir(path, 0755) < 0 || (dir = open(path, O_RDONLY | O_DIRECTORY)) < 0)
		err(EXIT_RETRY, "%s", path);
	write_file(dir, "message", o.p, o.n);
	for (size_t i = 0; i < g->leaves; i++) {
		snprintf(name, sizeof name, "leaf.%zu", i);
		write_file(dir, name, g->leaf[i].p, g->leaf[i].n);
		free(g->leaf[i].p);
	}
	if (at.set)
		write_bad(g, dir, &o, &at);
	write_info(g, dir);
	close(dir);
	free(o.p);
	free(g->badleaf.p);
}

static enum encoding
encoding_option(const char *text)
{
	for (int i = 0; i < ENCODINGS; i++)
		if (strcmp(text, encodings[i]) == 0)
			return (enum encoding)i;
	cli_usage(&cli, "there is no encoding `%s'", text);
}

int
main(int argc, char **argv)
{
	static struct gen g;
	unsigned long depth = 0;
	int o, encoding = -1;

	while ((o = cli_getopt(&cli, argc, argv, ":b:d:e:")) != -1) {
		if (o == 'd')
			depth = cli_number(&cli, "-d", optarg, 1, DEPTH_MAX);
		else if (o == 'e')
			encoding = (int)encoding_option(optarg);
		else if (strcmp(optarg, "eicar") == 0)
			g.bad = EICAR;
		else if (strcmp(optarg, "name") == 0)
			g.bad = NAME;
		else
			cli_usage(&cli, "-b %s: say eicar or name", optarg);
	}
	if (argc - optind != 2)
		cli_usage(&cli, "give a seed and a folder");
	g.seed = g.state = cli_number(&cli, "SEED", argv[optind], 0, ~0ul);
	g.depth = 1 + below(&g, DEPTH_MAX);
	g.encoding = (enum encoding)below(&g, ENCODINGS);
	if (depth > 0)
		g.depth = (unsigned)depth;
	if (encoding >= 0)
		g.encoding = (enum encoding)encoding;
	cli_deadline(60);
	write_mail(&g, argv[optind + 1]);
	return EXIT_NOTHING;
}
