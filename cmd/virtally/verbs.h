/* SPDX-License-Identifier: ISC */
/* The verbs of virtally, a file each; each ends as main does, with the exit status. */
#ifndef VERBS_H
#define VERBS_H

#include "common/cli.h"

#include <stdbool.h>

struct options {
	const char *state;	/* -D, or what is there without it */
	const char *end;	/* -e; NULL: now */
	const char *form;	/* -F */
	const char *out;	/* -o */
	const char *period;	/* -p */
	const char *tag;	/* -T; NULL: any */
	unsigned long names;	/* -N */
	int year;		/* -y; 0: not given */
	bool quiet;
	bool verbose;
	int argc;		/* what is left */
	char **argv;
};

extern const struct cli virtally_cli;

int count_verb(const struct options *o);
int merge_verb(const struct options *o);
int top_verb(const struct options *o);
int report_verb(const struct options *o);
int export_verb(const struct options *o);

#endif
