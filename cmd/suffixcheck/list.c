/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/list.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

bool
list_add(struct suffixes *list, struct fold *f, const char *text, size_t n)
{
	struct span item;

	list->item = reallocarray(list->item, list->n + 1, sizeof *list->item);
	if (list->item == NULL || !suffix_item(f, (struct span){ text, n }, &item))
		err(EXIT_RETRY, "the list of suffixes");
	if (item.n > 0)
		list->item[list->n++] = item;
	return item.n > 0;
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

void
list_read(struct suffixes *list, struct fold *f, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	unsigned long number = 0;
	ssize_t n;

	if (file == NULL)
		err(EXIT_RETRY, "%s", path);
	while ((n = getline(&line, &size, file)) > 0) {
		struct span s = trim(line, (size_t)n);

		number++;
		if (s.n > 0 && (s.p[0] == '!' || !list_add(list, f, s.p, s.n)))
			errx(EXIT_CALL, "%s: line %lu is no suffix: write one a "
			    "line, like .exe", path, number);
	}
	if (!feof(file))
		err(EXIT_RETRY, "%s", path);
	fclose(file);
	free(line);
}
