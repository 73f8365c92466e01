/* SPDX-License-Identifier: ISC */
/*
 * craft [-b BOUNDARY] [-n NAME] [-p TEXT] [-s SEED] DIR: messages that are read
 * in more than one way, in the new folder DIR.
 *
 *   -b BOUNDARY  of the multiparts, letters and digits; otherwise at random
 *   -n NAME      a file name of letters, digits and dots: "invoice.exe"
 *   -p TEXT      one line, at least four bytes; otherwise a line of standard input
 *   -s SEED      what is at random is the same for the same seed: 1
 *
 * DIR gets CLASS-WHAT.eml, for each of which some mail client reads a file that
 * holds TEXT, or a file of the name NAME; and LIST, a line for each message: the
 * file and `content' or `name'.  The messages themselves are in craft-set.h.
 */
#include "tests/tools/craft-code.h"
#include "tests/tools/craft-set.h"

#include <sys/stat.h>

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

struct craft {
	uint64_t state;
	const char *payload, *name;
	const char *fixed;	/* the boundary that was asked for */
	char boundary[3][48], word[12];
	const struct group *group;
	const struct row *row;
	const struct row *type, *coding, *body;	/* for what has several devices */
	const struct buf *inner;		/* {m} */
	const char *eol, *file;
};

enum { PAIRS = 2 };	/* of each group */

static const struct cli cli = { "craft",
    "craft [-b BOUNDARY] [-n NAME] [-p TEXT] [-s SEED] DIR\n"
    "Messages that are read in more than one way; see the comment in its source.\n"
};

static void expand(struct craft *c, struct buf *o, const char *t, const char *end);

/* splitmix64 */
static unsigned
below(struct craft *c, unsigned n)
{
	uint64_t z = (c->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

static void
random_word(struct craft *c, char *to, unsigned n)
{
	static const char abc[] = "abcdefghijklmnopqrstuvwxyz"
	    "0123456789_.ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (unsigned i = 0; i < n; i++)
		to[i] = abc[below(c, i == 0 || i == n - 1 ? 26 : sizeof abc - 1)];
	to[n] = '\0';
}

/* --- the language of craft-set.h --------------------------------------------- */

struct word {
	const char *word, *text;
	bool plain;		/* stands for itself, is not expanded */
};

/* false: it is no word. */
static bool
meaning(const struct craft *c, const char *word, size_t n, struct word *w)
{
	const struct word words[] = {
		{ "p", c->payload, true }, { "n", c->name, true }, { "word", c->word, true },
		{ "b", c->boundary[0], true }, { "B", c->boundary[1], true },
		{ "c", c->boundary[2], true }, { "cr", "\r", true }, { "lf", "\n", true },
		{ "1", c->row->one, false }, { "2", c->row->two ? c->row->two : "{b}", false },
		{ "type", c->type->one, false }, { "coding", c->coding->one, false },
		{ "body", c->body->one, false },
		{ "delimiter", c->type->two ? c->type->two : "{b}", false },
		{ "N", c->group->field, false }, { "V", c->group->value, false },
		{ "D", c->group->decoy, false }, { "file", c->file, false }
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		*w = words[i];
		if (strlen(w->word) == n && memcmp(w->word, word, n) == 0)
			return true;
	}
	return false;
}

/* {NAME:text} or {NAME NUMBER:text}, from after the brace to the other one. */
static void
filtered(struct craft *c, struct buf *o, const char *t, const char *end)
{
	struct how how = { 0, c->eol, c->name };
	struct buf in = { NULL, 0, 0 };
	size_t n = strcspn(t, " :}");
	const char *colon = t + strcspn(t, ":}");

	if (t[n] == ' ')
		how.n = strtoul(t + n, NULL, 10);
	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
		if (strlen(filters[i].name) != n || memcmp(filters[i].name, t, n) != 0)
			continue;
		if (colon < end)
			expand(c, &in, colon + 1, end);
		filters[i].run(o, &in, &how);
		free(in.p);
		return;
	}
	errx(EXIT_RETRY, "%s: no filter `%.*s'", c->row->what, (int)n, t);
}

static void
braces(struct craft *c, struct buf *o, const char *t, const char *end)
{
	struct word w;

	if (end - t == 1 && *t == 'm' && c->inner != NULL)
		add(o, c->inner->p, c->inner->n);
	else if (!meaning(c, t, (size_t)(end - t), &w))
		filtered(c, o, t, end);
	else if (w.plain)
		put(o, w.text);
	else
		expand(c, o, w.text, w.text + strlen(w.text));
}

/* Where the brace before t is closed. */
static const char *
closing(const struct craft *c, const char *t, const char *end)
{
	unsigned depth = 1;

	for (; t < end; t++) {
		if (*t == '{')
			depth++;
		else if (*t == '}' && --depth == 0)
			return t;
	}
	errx(EXIT_RETRY, "%s: an open brace", c->row->what);
}

static void
expand(struct craft *c, struct buf *o, const char *t, const char *end)
{
	for (; t < end; t++) {
		if (*t == '{') {
			const char *close = closing(c, t + 1, end);

			braces(c, o, t + 1, close);
			t = close;
		} else if (*t == '\n')
			put(o, c->eol);
		else
			putch(o, (unsigned char)*t);
	}
}

/* --- messages ---------------------------------------------------------------- */

static bool
asks_for_crlf(const char *t)
{
	return t != NULL && (strstr(t, "{cr}") != NULL || strstr(t, "{lf}") != NULL);
}

#define PICK(list) &list[below(c, sizeof list / sizeof list[0])]
static void
choose(struct craft *c)
{
	const char *deciding[] = { c->row->one, c->row->two, NULL, NULL };

	for (size_t i = 0; i < 3; i++)
		random_word(c, c->boundary[i], 4 + below(c, 36));
	if (c->fixed != NULL)
		snprintf(c->boundary[0], sizeof c->boundary[0], "%s", c->fixed);
	random_word(c, c->word, 3 + below(c, 8));
	c->file = below(c, 2) ? FILE_BASE64 : FILE_QUOTED;
	c->eol = below(c, 2) ? "\n" : "\r\n";
	c->type = PICK(boundary);
	c->coding = PICK(coding);
	c->body = PICK(base64_body);
	deciding[2] = c->coding->one;
	deciding[3] = c->body->one;
	for (size_t i = 0; i < sizeof deciding / sizeof deciding[0]; i++)
		if (asks_for_crlf(deciding[i]))
			c->eol = "\r\n";
	if (c->group->eol != NULL)
		c->eol = c->group->eol;
}

static void
write_message(const struct craft *c, const char *name, const struct buf *o, FILE *list)
{
	FILE *f = fopen(name, "wx");

	if (f == NULL || fwrite(o->p, 1, o->n, f) != o->n || fclose(f) != 0)
		err(EXIT_RETRY, "%s", name);
	fprintf(list, "%s %s\n", name, c->group->name ? "name" : "content");
}

static void
single(struct craft *c, struct buf *o)
{
	choose(c);
	expand(c, o, c->group->frame, c->group->frame + strlen(c->group->frame));
}

static void
singles(struct craft *c, FILE *list)
{
	struct buf o = { NULL, 0, 0 };
	char name[100];

	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		c->group = &groups[i];
		for (size_t k = 0; k < c->group->rows; k++) {
			c->row = &c->group->row[k];
			o.n = 0;
			single(c, &o);
			snprintf(name, sizeof name, "%s-%s.eml", c->group->class, c->row->what);
			write_message(c, name, &o, list);
		}
	}
	free(o.p);
}

/* Some row of each group, in some wrapper. */
static void
pairs(struct craft *c, FILE *list)
{
	struct buf inner = { NULL, 0, 0 }, o = { NULL, 0, 0 };
	char name[200];

	for (size_t i = 0; i < PAIRS * sizeof groups / sizeof groups[0]; i++) {
		size_t w = below(c, sizeof wrappers / sizeof wrappers[0]);

		c->group = &groups[i / PAIRS];
		c->row = &c->group->row[below(c, (unsigned)c->group->rows)];
		while (c->group->eol != NULL && !wrappers[w].coded)
			w = below(c, sizeof wrappers / sizeof wrappers[0]);
		inner.n = o.n = 0;
		single(c, &inner);
		snprintf(name, sizeof name, "pair-%zu-%s-%s-%s.eml", i % PAIRS,
		    wrappers[w].what, c->group->class, c->row->what);
		c->inner = &inner;
		choose(c);
		expand(c, &o, wrappers[w].text, wrappers[w].text + strlen(wrappers[w].text));
		c->inner = NULL;
		write_message(c, name, &o, list);
	}
	free(inner.p);
	free(o.p);
}

static char *
payload_line(void)
{
	static char line[1024];

	if (fgets(line, sizeof line, stdin) == NULL)
		err(EXIT_RETRY, "standard input");
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

int
main(int argc, char **argv)
{
	static struct craft c = { .name = "invoice.exe", .state = 1 };
	FILE *list;
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":b:n:p:s:")) != -1) {
		if (o == 'b')
			c.fixed = optarg;
		else if (o == 'n')
			c.name = optarg;
		else if (o == 'p')
			c.payload = optarg;
		else
			c.state = cli_number(&cli, "-s", optarg, 0, ~0ul);
	}
	if (argc - optind != 1)
		cli_usage(&cli, "give a folder");
	if (c.payload == NULL)
		c.payload = payload_line();
	if (strlen(c.payload) < 4)
		cli_usage(&cli, "a payload of at least four bytes");
	cli_deadline(60);
	if (mkdir(argv[optind], 0755) < 0 || chdir(argv[optind]) < 0)
		err(EXIT_RETRY, "%s", argv[optind]);
	if ((list = fopen("LIST", "wx")) == NULL)
		err(EXIT_RETRY, "LIST");
	singles(&c, list);
	pairs(&c, list);
	if (fclose(list) != 0)
		err(EXIT_RETRY, "LIST");
	return EXIT_NOTHING;
}
