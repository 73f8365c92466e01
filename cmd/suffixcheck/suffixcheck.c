/* SPDX-License-Identifier: ISC */
/* suffixcheck: every name of every part against a list of suffixes. */
#include "cmd/suffixcheck/list.h"
#include "cmd/suffixcheck/odd.h"
#include "common/cli.h"
#include "common/fieldtext.h"
#include "common/name.h"
#include "common/record.h"
#include "common/workdir.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "suffixcheck",
    "suffixcheck [-L LIST]... DIR [SUFFIX]...\n"
    "suffixcheck -H [-L LIST]... [SUFFIX]... <HEAD\n"
    "suffixcheck -N [-L LIST]... [SUFFIX]... <NAMES\n"
    "Prints a verdict for each part of the work directory DIR that has a name\n"
    "ending in a SUFFIX (*.exe, .exe and exe are the same), or an odd one.\n"
    "  -H       of the part whose head is on standard input\n"
    "  -L LIST  a file of suffixes, one a line, # begins a comment\n"
    "  -N       of names on standard input, with a NUL behind each\n"
    "Exit: 0 nothing found, 1 found, 64 wrong call or list, 75 not now.\n"
};

static void
print(struct record *r)
{
	record_end(r);
	fwrite(r->text, 1, r->len, stdout);
}

static bool
word_is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

static bool
begins(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p, with, n) == 0;
}

/* Bytes of a name that a finding repeats: scripts handle these. */
enum { NAME_TOLD = 1000 };

/* What is known of one part, or of what stands for one. */
struct check {
	const struct suffixes *list;
	struct fold fold;
	unsigned long long part;
	bool numbered;			/* there is a part, and its number is told */
	bool described;			/* a description may be a file's name */
	bool named;			/* a name that is none but by its place was seen */
	bool told;			/* a verdict */
	enum odd odd;			/* the first in their order, so far ... */
	char name[RECORD_MAX];		/* ... and its name, with the source; or empty */
	size_t namelen;
};

/* Of this type, TYPE/SUBTYPE in lower case. */
static void
check_start(struct check *c, struct span type)
{
	c->told = c->named = false;
	c->odd = odd_type(type);
	c->namelen = 0;
	c->described = !begins(type, "text/") && !begins(type, "multipart/") &&
	    !begins(type, "message/");
}

static void
begin(struct record *r, const struct check *c, const char *verdict, const char *why)
{
	record_start(r);
	if (c->numbered)
		record_addnum(r, "part", c->part);
	record_addstr(r, "verdict", verdict);
	record_addstr(r, "why", why);
}

static void
add_name(struct record *r, const char *p, size_t n)
{
	record_add(r, "name", p, n < NAME_TOLD ? n : NAME_TOLD);
	if (n > NAME_TOLD)
		record_addstr(r, "cut", "name");
}

/* The first that hits decides; what is odd waits for the others. */
static void
look(struct check *c, const char *p, size_t start, size_t n)
{
	static struct record r;
	struct span name = { p + start, n - start };
	struct hit hit;
	enum odd odd;
	int got;

	if ((got = suffix_hit(c->list, name, &c->fold, &hit)) < 0 ||
	    !odd_name(c->list, name, &c->fold, &odd))
		err(EXIT_RETRY, "a name");
	if (got > 0) {
		begin(&r, c, "banned", hit.why);
		record_add(&r, "suffix", hit.item.p, hit.item.n);
		add_name(&r, p, n);
		print(&r);
		c->told = true;
	} else if (odd < c->odd) {
		c->odd = odd;
		c->namelen = n < sizeof c->name ? n : sizeof c->name;
		memcpy(c->name, p, c->namelen);
	}
}

/*
 * A name, SOURCE:BYTES, of which the bytes begin at start.  A description and the
 * end of a location name a file only where nothing else does: they come last.
 */
static void
check_name(struct check *c, const char *p, size_t start, size_t n, bool last)
{
	struct span source = { p, n };
	bool description = begins(source, "description:");
	bool by_place = description || begins(source, "location:");

	if (c->told || by_place != last)
		return;
	if (!by_place)
		c->named |= n > start;
	else if (c->named || (description && !c->described))
		return;
	look(c, p, start, n);
}

/* All names were there, or all but some (cut). */
static bool
check_end(struct check *c, bool cut)
{
	static struct record r;

	if (c->told || (!cut && c->odd == ODD_NONE))
		return c->told;
	if (c->odd != ODD_NONE) {
		begin(&r, c, "odd", odd_word(c->odd));
		if (c->namelen > 0)
			add_name(&r, c->name, c->namelen);
		print(&r);
	}
	if (cut) {
		begin(&r, c, "unscanned", "limit-names");
		print(&r);
	}
	return true;
}

/* --- a work directory --------------------------------------------------------- */

/* The names of a part: those by place, or all others. */
static void
check_part_names(struct check *c, const struct part *p, bool last)
{
	static char bytes[RECORD_MAX];
	struct word w;
	size_t at = 0;

	while (record_word(p->line, p->linelen, &at, &w)) {
		const char *colon;
		size_t n;

		if (!word_is(w.key, "name"))
			continue;
		n = record_decode(bytes, w.value);
		if (n == 0 || (colon = memchr(bytes, ':', n)) == NULL)
			errx(EXIT_RETRY, "manifest: part %llu has a name without a source",
			    p->part);
		check_name(c, bytes, (size_t)(colon + 1 - bytes), n, last);
	}
}

static bool
check_part(struct check *c, const struct part *p)
{
	struct span type = { "text/plain", strlen("text/plain") };
	struct word w;
	size_t at = 0;
	bool cut = false;

	while (record_word(p->line, p->linelen, &at, &w)) {
		if (word_is(w.key, "type"))
			type = w.value;	/* no escape is in one that matters */
		if (word_is(w.key, "cut") && word_is(w.value, "name"))
			cut = true;
	}
	check_start(c, type);
	c->part = p->part;
	c->numbered = true;
	check_part_names(c, p, false);
	check_part_names(c, p, true);
	return check_end(c, cut);
}

static bool
check_workdir(struct check *c, const char *path)
{
	static struct record r;
	struct workdir w;
	struct manifest m;
	struct part p;
	bool found = false;
	int got;

	if (workdir_open(&w, path) < 0 || manifest_open(&m, &w) < 0)
		err(EXIT_RETRY, "%s", path);
	while ((got = manifest_next(&m, &p)) == 1)
		found |= check_part(c, &p);
	if (got < 0)
		err(EXIT_RETRY, "%s: manifest", path);
	record_start(&r);
	record_addstr(&r, "check", "suffixcheck");
	record_addstr(&r, "id", m.id);
	record_addnum(&r, "parts", m.parts);
	print(&r);
	manifest_close(&m);
	workdir_close(&w);
	return found;
}

/* --- standard input ------------------------------------------------------------- */

static void
end_input(const char *what, unsigned long long n)
{
	static struct record r;

	if (ferror(stdin))
		err(EXIT_RETRY, "standard input");
	record_start(&r);
	record_addstr(&r, "check", "suffixcheck");
	record_addnum(&r, what, n);
	print(&r);
}

/* Reads the head of one part, up to an empty line or the end. */
static void
read_head(struct head *h)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		if (line[n - 1] == '\n')
			n -= n > 1 && line[n - 2] == '\r' ? 2 : 1;
		if (n == 0)
			break;
		if (head_line(h, line, (size_t)n, false) < 0)
			err(EXIT_RETRY, "the head");
	}
	free(line);
}

/* The type of the first field of that name, in lower case. */
static struct span
head_type(const struct head *h)
{
	static char text[128];
	struct span v, type = { text, 0 };

	if (!head_value(h, HEAD_TYPE, 0, &v))
		return (struct span){ "text/plain", strlen("text/plain") };
	for (size_t i = 0; i < v.n && v.p[i] != ';' && type.n < sizeof text; i++)
		if (v.p[i] != ' ' && v.p[i] != '\t' && v.p[i] != '\n')
			text[type.n++] = fieldtext_lower(v.p[i]);
	return type;
}

static void
check_head_names(struct check *c, const struct names *names, bool last)
{
	static char name[NAME_BYTES + 64];

	for (size_t i = 0; i < names->count; i++) {
		size_t start = (size_t)snprintf(name, sizeof name, "%s:", names->name[i].source);

		memcpy(name + start, names->bytes + names->name[i].at, names->name[i].n);
		check_name(c, name, start, start + names->name[i].n, last);
	}
}

/* -H */
static bool
check_head(struct check *c)
{
	static struct names names;
	struct head h;
	bool found;

	head_init(&h);
	head_start(&h);
	read_head(&h);
	if (name_collect(&names, &h) < 0)
		err(EXIT_RETRY, "the names");
	check_start(c, head_type(&h));
	check_head_names(c, &names, false);
	check_head_names(c, &names, true);
	found = check_end(c, names.full || h.full);
	end_input("heads", 1);
	head_free(&h);
	return found;
}

/* -N: names, with a NUL behind each. */
static bool
check_names(struct check *c)
{
	static const char source[] = "given:";
	char *line = NULL, *name = NULL;
	size_t size = 0, start = sizeof source - 1;
	unsigned long long count = 0;
	bool found = false;
	ssize_t n;

	while ((n = getdelim(&line, &size, '\0', stdin)) > 0) {
		if (line[n - 1] == '\0')
			n--;
		free(name);
		if ((name = malloc(start + (size_t)n)) == NULL)
			err(EXIT_RETRY, "a name");
		memcpy(name, source, start);
		memcpy(name + start, line, (size_t)n);
		check_start(c, (struct span){ "", 0 });
		check_name(c, name, start, start + (size_t)n, false);
		found |= check_end(c, false);
		count++;
	}
	end_input("names", count);
	free(line);
	free(name);
	return found;
}

/* --- the call --------------------------------------------------------------------- */

enum input { WORKDIR, HEAD, NAMES };

int
main(int argc, char **argv)
{
	static struct suffixes list;
	static struct check c = { .list = &list };
	enum input input = WORKDIR;
	bool found;
	int o;

	fold_init(&c.fold);
	while ((o = cli_getopt(&cli, argc, argv, ":HL:N")) != -1) {
		if (o == 'L')
			list_read(&list, &c.fold, optarg);
		else if (input != WORKDIR)
			cli_usage(&cli, "-H and -N: one of them");
		else
			input = o == 'H' ? HEAD : NAMES;
	}
	argv += optind;
	cli_deadline(CLI_SECONDS);
	if (input == WORKDIR && argv[0] == NULL)
		cli_usage(&cli, "give a work directory and suffixes");
	for (char **s = argv + (input == WORKDIR); *s != NULL; s++)
		if (!list_add(&list, &c.fold, *s, strlen(*s)))
			cli_usage(&cli, "no name can end in the suffix `%s'", *s);
	if (list.n == 0)
		cli_usage(&cli, "give at least one suffix, or -L LIST that has one");
	found = input == WORKDIR ? check_workdir(&c, argv[0]) :
	    input == HEAD ? check_head(&c) : check_names(&c);
	cli_close_stdout();
	return found ? EXIT_FOUND : EXIT_NOTHING;
}
