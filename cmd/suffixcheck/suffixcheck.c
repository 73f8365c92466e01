/* SPDX-License-Identifier: ISC */
/* suffixcheck: every name of every part against a list of suffixes. */
#include "cmd/suffixcheck/suffix.h"
#include "common/cli.h"
#include "common/record.h"
#include "common/workdir.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "suffixcheck",
    "suffixcheck [-L LIST]... DIR [SUFFIX]...\n"
    "Prints a verdict for each part of the work directory DIR that has a name\n"
    "ending in a SUFFIX (*.exe, .exe and exe are the same).\n"
    "  -L LIST  a file of suffixes, one a line, # begins a comment\n"
    "Exit: 0 nothing found, 1 found, 64 wrong call or list, 75 not now.\n"
};

static void
add_item(struct suffixes *list, const char *text, size_t n)
{
	struct span s = { text, n };
	char *copy = malloc(n + 1);

	list->item = reallocarray(list->item, list->n + 1, sizeof *list->item);
	if (copy == NULL || list->item == NULL)
		err(EXIT_RETRY, "the list of suffixes");
	list->item[list->n].p = copy;
	list->item[list->n++].n = suffix_item(copy, s);
}

static bool
last_is_good(const struct suffixes *list)
{
	return list->item[list->n - 1].n > 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What a line says: without its comment and the blanks around. */
static struct span
trim(const char *line, size_t n)
{
	struct span s = { line, 0 };

	while (s.n < n && !(line[s.n] == '#' && (s.n == 0 || is_blank(line[s.n - 1]))))
		s.n++;
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

static void
read_list(struct suffixes *list, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	unsigned long number = 0;
	ssize_t n;

	if (f == NULL)
		err(EXIT_RETRY, "%s", path);
	while ((n = getline(&line, &size, f)) > 0) {
		struct span s = trim(line, (size_t)n);

		number++;
		if (s.n == 0)
			continue;
		add_item(list, s.p, s.n);
		if (s.p[0] == '!' || !last_is_good(list))
			errx(EXIT_CALL, "%s: line %lu is no suffix: write one a "
			    "line, like .exe", path, number);
	}
	if (!feof(f))
		err(EXIT_RETRY, "%s", path);
	fclose(f);
	free(line);
}

static void
print(struct record *r)
{
	record_end(r);
	fwrite(r->text, 1, r->len, stdout);
}

/* Bytes of a name that a finding repeats: scripts handle these. */
enum { NAME_TOLD = 1000 };

static void
print_banned(const struct part *p, const struct hit *hit, struct span name)
{
	static struct record r;

	record_start(&r);
	record_addnum(&r, "part", p->part);
	record_addstr(&r, "verdict", "banned");
	record_addstr(&r, "why", hit->why);
	record_add(&r, "suffix", hit->item.p, hit->item.n);
	record_add(&r, "name", name.p, name.n < NAME_TOLD ? name.n : NAME_TOLD);
	if (name.n > NAME_TOLD)
		record_addstr(&r, "cut", "name");
	print(&r);
}

static void
print_unscanned(const struct part *p)
{
	static struct record r;

	record_start(&r);
	record_addnum(&r, "part", p->part);
	record_addstr(&r, "verdict", "unscanned");
	record_addstr(&r, "why", "limit-names");
	print(&r);
}

static bool
word_is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* Looks at the decoded value of a name=, SOURCE:BYTES. */
static bool
check_name(const struct part *p, const struct suffixes *list, struct span value)
{
	static char room[RECORD_MAX];
	const char *colon = value.n > 0 ? memchr(value.p, ':', value.n) : NULL;
	struct span name;
	struct hit hit;

	if (colon == NULL)
		errx(EXIT_RETRY, "manifest: part %llu has a name without a source",
		    p->part);
	name.p = colon + 1;
	name.n = (size_t)(value.p + value.n - name.p);
	if (!suffix_hit(list, name, room, &hit))
		return false;
	print_banned(p, &hit, value);
	return true;
}

/* Prints one verdict at most: the first name that hits decides. */
static bool
check_part(const struct part *p, const struct suffixes *list)
{
	static char bytes[RECORD_MAX];
	struct span value = { bytes, 0 };
	struct word w;
	size_t at = 0;
	bool cut = false;

	while (record_word(p->line, p->linelen, &at, &w)) {
		if (word_is(w.key, "cut") && word_is(w.value, "name"))
			cut = true;
		if (!word_is(w.key, "name"))
			continue;
		value.n = record_decode(bytes, w.value);
		if (check_name(p, list, value))
			return true;
	}
	if (cut)
		print_unscanned(p);
	return cut;
}

static bool
check_workdir(const char *path, const struct suffixes *list)
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
		found |= check_part(&p, list);
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

int
main(int argc, char **argv)
{
	static struct suffixes list;
	bool found;

	while (cli_getopt(&cli, argc, argv, ":L:") != -1)
		read_list(&list, optarg);
	argv += optind;
	cli_deadline(CLI_SECONDS);
	if (argv[0] == NULL)
		cli_usage(&cli, "give a work directory and suffixes");
	for (char **s = argv + 1; *s != NULL; s++) {
		add_item(&list, *s, strlen(*s));
		if (!last_is_good(&list))
			cli_usage(&cli, "no name can end in the suffix `%s'", *s);
	}
	if (list.n == 0)
		cli_usage(&cli, "give at least one suffix, or -L LIST that has one");
	found = check_workdir(argv[0], &list);
	cli_close_stdout();
	return found ? EXIT_FOUND : EXIT_NOTHING;
}
