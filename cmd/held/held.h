/* SPDX-License-Identifier: ISC */
/* What each verb of held is given, and returns: an exit status. */
#ifndef HELD_H
#define HELD_H

#include "common/cli.h"

#include <stdbool.h>

struct options {
	const char *sender, *rcpt, *sig, *word;	/* what to choose by, or NULL */
	const char *records;			/* RECORD_DIR, or NULL */
	const char *quarantine;			/* beside what a verb is about, or NULL */
	bool dry;			/* say what would go */
	bool head;			/* the message's fields, too */
	bool raw;			/* records */
	bool verbose;
	bool limited;			/* there is a size */
	unsigned long days;		/* 0: whatever age */
	unsigned long seconds;
	unsigned long long size;	/* bytes */
	int argc;
	char **argv;
};

extern const struct cli held_cli;

int list_verb(const struct options *o);
int show_verb(const struct options *o);
int expire_verb(const struct options *o);
int sweep_verb(const struct options *o);

/* The folder, or the end. */
int held_folder(const char *path);

/*
 * Ends what a killed expire began in the quarantine, of which the caller has the lock:
 * what is whole goes back to its place, the rest goes.  False: something could not be.
 */
bool expire_recover(int quarantine, const char *path, bool dry);

#endif
