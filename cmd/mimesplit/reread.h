/* SPDX-License-Identifier: ISC */
/*
 * What else an entity may be, now that its end is known: each other reading
 * becomes a task.
 */
#ifndef REREAD_H
#define REREAD_H

#include "cmd/mimesplit/entity.h"
#include "cmd/mimesplit/leaf.h"

/* Which bytes, and by which rules, the walk read that met the entity. */
struct source {
	bool message;		/* those of the message, else of a part's file */
	unsigned long part;
	unsigned rules;
};

/* Notes the defects of e too.  leaf: NULL unless it was one; it is closed. */
void reread(struct split *s, const struct source *from, const struct entity *e,
    offset end, const struct leaf *leaf);

/* The bytes from..to once more, by one rule more, from their head on. */
void reread_by(struct split *s, const struct source *from, offset start, offset end,
    unsigned long of, unsigned rule, const char *reading);

/* A decoded part is a message or a multipart: it is walked. */
void reread_decoded(struct split *s, unsigned long part, enum kind_is is,
    const char *boundary, size_t n, bool digest);

#endif
