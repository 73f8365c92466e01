/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/list.h"
#include "common/cli.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX = 1 << 20 };	/* bytes; each suffix is tried at each name */

static const char SITE[] = "/etc/multiscan/suffixes";
static const char SHIPPED[] = "../share/multiscan/suffixes";

bool
list_add(struct suffixes *list, struct fold *f, const char *text, size_t n)
{
	struct span made;

	if (n > 0 && text[0] == '!')
		return false;
	list->item = reallocarray(list->item, list->n + 1, sizeof *list->item);
	if (list->item == NULL || !suffix_item(f, (struct span){ text, n }, &made))
		err(EXIT_RETRY, "the list of suffixes");
	if (made.n > 0)
		list->item[list->n++] = made;
	return made.n > 0;
}

static bool
add_line(struct suffixes *list, struct fold *f, struct span s)
{
	struct wild made;

	if (s.p[0] != '!')
		return list_add(list, f, s.p, s.n);
	s.p++;
	s.n--;
	list->except = reallocarray(list->except, list->excepts + 1, sizeof *list->except);
	if (list->except == NULL || !suffix_exception(f, s, &made))
		err(EXIT_RETRY, "the list of suffixes");
	if (made.n > 0)
		list->except[list->excepts++] = made;
	return made.n > 0;
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

/* One that is there and cannot be opened is not passed over. */
static bool
is_there(char path[PATH_MAX], const char *dir, const char *name)
{
	struct stat st;
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return dir[0] == '/' && n > 0 && n < PATH_MAX && (lstat(path, &st) == 0 ||
	    (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG));
}

static int
is_shown(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void
show(FILE *to, const char *dir)
{
	struct dirent **all;
	int n = scandir(dir, &all, is_shown, alphasort);

	for (int i = 0; i < n; i++)
		fprintf(to, " %s", all[i]->d_name);
}

static _Noreturn void
no_list(const char *dir, const char *name)
{
	char *known = NULL;
	size_t size;
	FILE *to = open_memstream(&known, &size);

	if (to == NULL)
		err(EXIT_RETRY, "the lists");
	show(to, SITE);
	show(to, dir);
	if (fclose(to) != 0)
		err(EXIT_RETRY, "the lists");
	errx(EXIT_CALL, "there is no list `%s', there is:%s; write ./%s for a file", name,
	    known, name);
}

/* The file of a list. */
static const char *
find(const char *name)
{
	static char path[PATH_MAX];
	char dir[PATH_MAX];

	if (strchr(name, '/') != NULL)
		return name;
	if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		errx(EXIT_CALL, "a list has a name, or is a file with a slash: not `%s'", name);
	(void)cli_beside(dir, SHIPPED);	/* empty: none is */
	if (!is_there(path, SITE, name) && !is_there(path, dir, name))
		no_list(dir, name);
	return path;
}

void
list_read(struct suffixes *list, struct fold *f, const char *name)
{
	const char *path = find(name);
	FILE *file = cli_file(path);
	char *line = NULL;
	size_t size = 0;
	unsigned long number = 0;
	struct stat st;
	ssize_t n;

	if (fstat(fileno(file), &st) < 0)
		err(EXIT_RETRY, "%s", path);
	if (st.st_size > LIST_MAX)
		errx(EXIT_CALL, "%s: the list has more than 1 MiB", path);
	while ((n = getline(&line, &size, file)) > 0) {
		struct span s = trim(line, (size_t)n);

		number++;
		if (s.n > 0 && !add_line(list, f, s))
			errx(EXIT_CALL, "%s: line %lu is no suffix: write one a line, "
			    "like .exe, or an exception, like !*.pdf.js", path, number);
	}
	if (!feof(file))
		err(EXIT_RETRY, "%s", path);
	fclose(file);
	free(line);
}
