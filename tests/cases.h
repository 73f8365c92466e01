/* SPDX-License-Identifier: ISC */
/* Files of ../shared/cases/archives for unit tests, where that folder is there. */
#ifndef CASES_H
#define CASES_H

#include "common/record.h"

#include <stdio.h>
#include <stdlib.h>

/* A file whole, p allocated with malloc; p is NULL: it is not there. */
static struct span
case_file(const char *name)
{
	const char *build = getenv("MULTISCAN_BUILD");
	char path[4096];
	struct span s = { NULL, 0 };
	FILE *f;
	char *p;
	long n;

	snprintf(path, sizeof path, "%s%sshared/cases/archives/%s",
	    build != NULL ? build : "", build != NULL ? "/../../" : "../", name);
	if ((f = fopen(path, "r")) == NULL)
		return s;
	if (fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET) != 0 || (p = malloc((size_t)n + 1)) == NULL)
		abort();
	s = (struct span){ p, fread(p, 1, (size_t)n, f) };
	fclose(f);
	return s;
}

static void
case_free(struct span s)
{
	free((char *)(size_t)s.p);
}

#endif
