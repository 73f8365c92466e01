/* SPDX-License-Identifier: ISC */
/*
 * The rules of a site, as relay.conf(5) has them: who is trusted (internal), what
 * is ours (domains, self), what we are called (hostname).
 *
 * One that is missing, cannot be read or has an error is none: nothing of it is
 * ever used.  One that was cut at the end of a line cannot be told, but lets nobody
 * do what the whole one does not: in each list the first match decides.  One that was
 * cut within a word (cut) may.
 */
#ifndef CONF_H
#define CONF_H

#include "cmd/relaycheck/domains.h"
#include "cmd/relaycheck/mailbox.h"
#include "common/nets.h"

#include <sys/stat.h>

struct rule_list {
	struct rule *rule;	/* rule[i].index is i */
	size_t n, room;
};

/* A file that was read, as it was then. */
struct conf_file {
	char *path;
	struct stat was;
};

struct conf {
	struct conf_file *file;	/* the first is the configuration itself */
	size_t files;
	char *text;		/* of the words that are no domains, a NUL behind each */
	size_t textn, textroom;
	struct nets internal;
	struct rule_list internal_rule;	/* in the order of internal.net */
	struct domains domains;
	struct rule_list domain_rule;
	struct nets self;	/* each of one address; a mapping one stays v6 */
	struct rule_list self_rule;	/* in the order of self.net */
	char hostname[MAILBOX_DOMAIN + 1];	/* "" where there is none */
	unsigned long hostname_line;
	const char *cut;	/* a file whose last line has no newline, or NULL */
};

#define CONF_CUT "the last line has no newline: the file may be cut"

/* Where something is wrong; line 0: with the file as a whole.  One line of text. */
typedef void (*conf_tell)(void *to, const char *path, unsigned long line, const char *text);

enum conf_state {
	CONF_GOOD,
	CONF_WRONG,		/* told; the rest was read for more that is wrong */
	CONF_GONE		/* told: no file, no memory, or it changed meanwhile */
};

enum { CONF_FILES = 256 };	/* each is looked at before each answer of -p */

/* Fills c, which conf_free empties whatever came of it. */
enum conf_state conf_read(struct conf *c, const char *path, conf_tell tell, void *to);

/* Is one of the files no longer as it was read? */
bool conf_changed(const struct conf *c);

/* Was one written in the last second, so that it may be written still? */
bool conf_young(const struct conf *c);

/* Is a file of `now' the one of `old' with something else in it, not another file? */
bool conf_written_over(const struct conf *old, const struct conf *now);

void conf_free(struct conf *c);

/* The first address of self that it is, or NULL. */
const struct rule *conf_self(const struct conf *c, const struct ipaddr *a);

/* PATH:LINE:WORD, into to of n bytes; cut where it has no room.  Its length. */
size_t conf_place(char *to, size_t n, const struct conf *c, const struct rule *w);

/* The word, a domain in A-labels; cut where it has no room, as snprintf does. */
void conf_rule(char *to, size_t n, const struct conf *c, const struct rule *w);

#endif
