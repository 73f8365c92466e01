/* SPDX-License-Identifier: ISC */
/*
 * The fields of two heads, and what makes one of the other.
 *
 * A head is lines that end in a newline, up to an empty one.  A field is a name of
 * printable bytes, a colon, and what follows, with all lines that begin with a blank or a
 * tab.  Names are the same in any case, fields where their bytes are.
 *
 * The edits come in the order in which they are made, from the last field to the first,
 * so that none changes the number of another.  What only changes its value, at its place,
 * is one edit.  They are few where the heads differ little, and right in any case.  Time
 * is that of sorting, memory 40 bytes a field besides the fields.
 *
 * Pure: no file, no exit.
 */
#ifndef HEADDIFF_H
#define HEADDIFF_H

#include "common/record.h"

/* A field: its bytes with the line end; they belong to the head. */
struct field {
	const char *p;
	size_t n;
	size_t name;		/* bytes of its name; a colon follows */
};

/* malloc'd; fields_free. */
struct fields {
	struct field *field;
	size_t count;
};

enum edit_kind { EDIT_DELETE, EDIT_CHANGE, EDIT_INSERT };

struct edit {
	enum edit_kind kind;
	size_t old;		/* delete, change: this one of the old fields */
	size_t nth;		/* the how manieth of its name that is, from 1 */
	size_t at;		/* insert: before this one of the old fields, or at their end */
	size_t new;		/* change, insert: this one of the new fields */
};

struct edits {
	struct edit *edit;
	size_t count;
};

/*
 * Where the head of text ends, n bytes: after its empty line.  0: not within them.
 */
size_t head_end(const char *text, size_t n);

/*
 * The fields of a head, n bytes, its empty line included.  False, with errno: EBADMSG, a
 * line is of no field, or there is a NUL; E2BIG, there are more than max; ENOMEM.
 */
bool fields_split(struct fields *f, const char *head, size_t n, size_t max);
void fields_free(struct fields *f);

/* False: ENOMEM.  *e is the caller's: free(e->edit). */
bool headdiff(struct edits *e, const struct fields *old, const struct fields *new);

#endif
