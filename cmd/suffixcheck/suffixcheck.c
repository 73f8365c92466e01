/* SPDX-License-Identifier: ISC */
/* suffixcheck: names and contents of every part against a list of suffixes. */
#include "cmd/suffixcheck/content.h"
#include "cmd/suffixcheck/list.h"
#include "common/cli.h"
#include "common/fieldtext.h"
#include "common/magic.h"
#include "common/name.h"
#include "common/record.h"
#include "common/workdir.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "suffixcheck",
    "suffixcheck [-A] [-x TYPE]... [-L LIST]... DIR [SUFFIX]...\n"
    "suffixcheck -H [-F FILE] [-A] [-x TYPE]... [-L LIST]... [SUFFIX]... <HEAD\n"
    "suffixcheck -N [-L LIST]... [SUFFIX]... <NAMES\n"
    "Prints a verdict for each part of the work directory DIR that has a name\n"
    "ending in a SUFFIX (*.exe, .exe and exe are the same), that is such a file or\n"
    "an archive with one in it; or that is odd.\n"
    "  -A       do not look into archives\n"
    "  -F FILE  its decoded content\n"
    "  -H       of the part whose head is on standard input\n"
    "  -L LIST  a list of suffixes: short, outlook, ...; or a file, as ./LIST\n"
    "  -N       of names on standard input, with a NUL behind each\n"
    "  -x TYPE  do not look into archives of this type: zip, 7z, rar, ...\n"
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

/* Its decoded bytes, if it has any of its own. */
static void
check_part_content(struct check *c, const struct workdir *w, const struct part *p,
    bool reread)
{
	char what[32];
	int fd;

	if (!p->file || c->banned)
		return;
	snprintf(what, sizeof what, "parts/%llu", p->part);
	if ((fd = workdir_part(w, p->part)) < 0)
		err(EXIT_RETRY, "%s", what);
	content_check(c, fd, what, reread ? ORIGIN_REREAD : ORIGIN_PART);
	close(fd);
}

static bool
check_part(struct check *c, const struct workdir *wd, const struct part *p)
{
	struct span type = { "text/plain", strlen("text/plain") };
	struct word w;
	size_t at = 0;
	bool cut = false, reread = false;

	while (record_word(p->line, p->linelen, &at, &w)) {
		if (word_is(w.key, "type"))
			type = w.value;	/* no escape is in one that matters */
		if (word_is(w.key, "cut") && word_is(w.value, "name"))
			cut = true;
		reread |= word_is(w.key, "reading");
	}
	check_start(c, type);
	c->part = p->part;
	c->numbered = true;
	check_part_names(c, p, false);
	check_part_names(c, p, true);
	check_part_content(c, wd, p, reread);
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
		found |= check_part(c, &w, &p);
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

/* -H; the content in path, or NULL. */
static bool
check_head(struct check *c, const char *path)
{
	static struct names names;
	struct head h;
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool found;

	if (path != NULL && fd < 0)
		err(EXIT_RETRY, "%s", path);

	head_init(&h);
	head_start(&h);
	read_head(&h);
	if (name_collect(&names, &h) < 0)
		err(EXIT_RETRY, "the names");
	check_start(c, head_type(&h));
	check_head_names(c, &names, false);
	if (path != NULL)
		content_uu_names(c, fd, path);
	check_head_names(c, &names, true);
	if (path != NULL && !c->banned)
		content_check(c, fd, path, ORIGIN_GIVEN);
	if (path != NULL)
		close(fd);
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

static void
set_input(enum input *input, int letter)
{
	if (*input != WORKDIR)
		cli_usage(&cli, "-H and -N: one of them");
	*input = letter == 'H' ? HEAD : NAMES;
}

/* Has arcnames a reader for it? */
static bool
is_archive(const char *word)
{
	for (enum magic m = 0; m < MAGIC_COUNT; m++)
		if ((magic_archive(m) || magic_compressor(m)) &&
		    strcmp(word, magic_word(m)) == 0)
			return true;
	return false;
}

static void
archive_option(struct archives *a, int letter)
{
	if (letter == 'A')
		a->off = true;
	else if (!is_archive(optarg))
		cli_usage(&cli, "-x: `%s' is no type of archive", optarg);
	else if (a->count == ARCHIVE_OFF)
		cli_usage(&cli, "-x: too many");
	else
		a->types[a->count++] = optarg;
}

int
main(int argc, char **argv)
{
	static struct suffixes list;
	static struct check c = { .list = &list };
	enum input input = WORKDIR;
	const char *content = NULL;
	bool found;
	int o;

	fold_init(&c.fold);
	while ((o = cli_getopt(&cli, argc, argv, ":AF:HL:Nx:")) != -1) {
		switch (o) {
		case 'L': list_read(&list, &c.fold, optarg); break;
		case 'F': content = optarg; break;
		case 'A':
		case 'x': archive_option(&c.archives, o); break;
		default: set_input(&input, o);
		}
	}
	argv += optind;
	cli_deadline(CLI_SECONDS);
	if (input == WORKDIR && argv[0] == NULL)
		cli_usage(&cli, "give a work directory and suffixes");
	if (content != NULL && input != HEAD)
		cli_usage(&cli, "-F goes with -H");
	for (char **s = argv + (input == WORKDIR); *s != NULL; s++)
		if (!list_add(&list, &c.fold, *s, strlen(*s)))
			cli_usage(&cli, "no name can end in the suffix `%s'", *s);
	if (list.n == 0)
		cli_usage(&cli, "give at least one suffix, or -L LIST that has one");
	found = input == WORKDIR ? check_workdir(&c, argv[0]) :
	    input == HEAD ? check_head(&c, content) : check_names(&c);
	cli_close_stdout();
	return found ? EXIT_FOUND : EXIT_NOTHING;
}
