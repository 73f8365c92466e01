/* SPDX-License-Identifier: ISC */
/*
 * The configuration: sigupdate.conf(5).  Read whole; one with an error is none.
 */
#ifndef CONF_H
#define CONF_H

#include "cmd/sigupdate/manifest.h"
#include "cmd/sigupdate/minisig.h"

#include <stdbool.h>
#include <stddef.h>

enum source_kind {
	SOURCE_NONE,
	SOURCE_LOCAL,
	SOURCE_SIGNED,
	SOURCE_ARCHIVE,
	SOURCE_CVD
};

/* Words of a line; owned. */
struct list {
	char **word;
	size_t n;
};

/* A copy is added; no memory ends the process with EXIT_RETRY. */
void list_add(struct list *l, const char *word);
void list_free(struct list *l);

/* What holds for all sources that do not say otherwise.  Times in seconds; 0: never. */
struct limits {
	unsigned long max_age;
	unsigned long changes;
	unsigned long shrink;		/* percent; 100: any */
	unsigned long long max_size;
	unsigned long max_time;
	unsigned long slow_bytes, slow_seconds;
	char *ca;			/* owned by the first who has it */
};

struct source {
	char name[MANIFEST_NAME + 1];
	unsigned long line;
	enum source_kind kind;
	struct list where;		/* a folder, or mirrors; a folder's URL ends with / */
	struct list files;		/* of SOURCE_CVD */
	struct minisig_key *key;
	size_t keys;
	char set[MANIFEST_NAME + 1];
	struct limits limits;
	char *netrc;
	bool http, exceptions, optional;
};

struct conf {
	const char *path;		/* not owned */
	char *root;
	unsigned keep;
	struct list engines;		/* addresses */
	bool engines_said;		/* `engine' was there; without words: none */
	char *proxy;
	char *log;			/* LOG_SYSLOG, a file, or an address; NULL: nothing is logged */
	bool json;			/* the log's lines are JSON */
	struct limits limits;
	struct source *source;
	size_t sources;
};

#define LOG_SYSLOG "syslog"

/* The word of a kind: local, signed, archive, cvd. */
const char *conf_kind(enum source_kind kind);

/* False: told on stderr, each error a line; c is as good as it goes, and is freed. */
bool conf_read(struct conf *c, const char *path);
void conf_free(struct conf *c);

/* Are the files that it names there, too?  Told likewise; a folder may still come. */
bool conf_look(const struct conf *c);

#endif
