/* SPDX-License-Identifier: ISC */
/*
 * One message being split: what everything here shares.
 *
 *	stdin --walk--> first reading of every part, parts/N
 *	  each oddity met --> agenda (what else to read, and how)
 *	agenda --walk, carry--> further parts --settle--> those that are new
 *	outline --> manifest
 *
 * Errors of disk and memory end the process with EXIT_RETRY.
 */
#ifndef SPLIT_H
#define SPLIT_H

#include "cmd/mimesplit/agenda.h"
#include "cmd/mimesplit/delimiter.h"
#include "cmd/mimesplit/leaf.h"
#include "cmd/mimesplit/outline.h"
#include "cmd/mimesplit/settle.h"
#include "cmd/mimesplit/window.h"
#include "common/parties.h"

enum { SPLIT_WIDE = 16 };

struct split {
	struct workdir dir;
	struct outline outline;
	struct agenda agenda;
	struct known known;
	struct window window;
	struct boundaries boundaries;	/* of the walk that is under way */
	struct leaf leaf;		/* its only open leaf */
	int message;			/* the message, written and read again */
	unsigned long long seen;	/* bytes of message so far */
	unsigned long long decoded;	/* bytes that stand in parts */
	unsigned long max_parts;
	unsigned max_depth;
	unsigned long long max_size;
	unsigned long max_decoded;	/* times the bytes of the message */
	bool inside;		/* it comes from inside */
	const struct parties *parties;	/* of it; where there are conversions */
	/* Parts of the first reading whose bytes are the message's own, in order. */
	unsigned long *text;		/* owned */
	unsigned long texts;
	/* The widest ranges of the message that are a part's file as they stand. */
	struct wide {
		unsigned long long from, len;
	} wide[SPLIT_WIDE];
};

/*
 * Takes the message from a descriptor into s->dir, all of it and in order, told
 * to `seen' as it comes, and finds its parts.  The caller has set dir, message
 * and the limits, the rest is zeros; message is what `seen' writes.
 */
void split_run(struct split *s, int in, void (*seen)(void *ctx, const char *p, size_t n),
    void *ctx);
void split_free(struct split *s);

/* Stages a task; where that is too much, a limit is said of the part it is of. */
void split_add(struct split *s, const struct task *t);

/*
 * May there be one more part?  Those that were dropped count too, so that memory
 * is bounded.  A limit is said of the part it would stand in.
 */
bool split_room(struct split *s, unsigned long in);

/* Bytes of words, most of them names, that the manifest may have. */
unsigned long long split_words(const struct split *s);

#endif
