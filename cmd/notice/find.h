/* SPDX-License-Identifier: ISC */
/*
 * Where templates are: one with a slash is a file, a name is looked for as LANG/NAME
 * in folders, for each language.
 */
#ifndef NOTICE_FIND_H
#define NOTICE_FIND_H

#include "cmd/notice/template.h"
#include "common/cli.h"

#include <limits.h>
#include <stdio.h>

enum { FIND_LANGS = 8 };	/* languages of a notice */

struct where {
	const char *langs;	/* LANG,LANG */
	const char *dirs;	/* DIR:DIR; NULL: the site's and the shipped one */
};

/* A file that was found; f is the caller's to close. */
struct found {
	FILE *f;
	char path[PATH_MAX];
};

/*
 * At most FIND_LANGS of them, in the order of the languages; one that lacks is said,
 * and in *lacking; where all do it is English.  0: none.  What is no name or language
 * is a wrong call; what cannot be read ends the process with EXIT_RETRY.
 */
size_t find_templates(const struct cli *cli, const struct where *w, const char *name,
    struct found found[FIND_LANGS], size_t *lacking);

/* The whole of it; false, and what is wrong is said: it has an error. */
bool find_read(struct found *f, struct template *t);

#endif
