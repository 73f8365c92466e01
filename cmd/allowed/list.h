/* SPDX-License-Identifier: ISC */
/*
 * The allow list as it is for one message: for each kind of findings, and each
 * suffix of a banned one, the first line that allows it.
 *
 * Pure but for memory: bytes in, lines out.
 */
#ifndef ALLOWED_LIST_H
#define ALLOWED_LIST_H

#include "cmd/allowed/rule.h"

enum {
	LIST_MAX = 1 << 20,	/* bytes of a list */
	LIST_STEPS = 1 << 28	/* of its patterns: about half a second */
};

struct allowed_suffix {
	struct span suffix;	/* in the list's bytes */
	unsigned long line;
};

struct list {
	unsigned long first[KINDS];	/* a line, from 1; 0: none allows the whole kind */
	struct allowed_suffix *suffix;	/* owned; of banned */
	size_t suffixes, room;
	bool tired;			/* further lines were not looked at */
};

/*
 * about: the word that it is about, in the list's bytes, or empty; doubt: the line
 * can be used all the same.
 */
typedef void list_tell(void *ctx, unsigned long line, struct span about,
    const char *what, bool doubt);

/*
 * 0: *l is the list for p, or empty where p is NULL; 1: it cannot be used, and tell was
 * called for each error; -1: no memory.  text must stay as long as *l, which is to be
 * freed in any case.  Where the patterns take more than LIST_STEPS, fewer lines hold.
 */
int list_read(struct list *l, struct span text, const struct parties *p,
    list_tell *tell, void *ctx);
void list_free(struct list *l);

/* The first line that allows the finding, a valid record; 0: none does. */
unsigned long list_find(const struct list *l, struct span finding);

#endif
