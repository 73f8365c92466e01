/* SPDX-License-Identifier: ISC */
/*
 * What a client may take a part's name for: the readings of its last component,
 * what some make of it before, and the patterns of names.  All are compared in the
 * forms of fold.h.
 *
 * Pure but for memory.
 */
#ifndef NAMEFORM_H
#define NAMEFORM_H

#include "common/charref.h"
#include "common/fold.h"
#include "common/wild.h"

/* The last component of a path that is not blank; else the first. */
struct span nameform_component(struct span path);

/*
 * The path of a URL (RFC 3986 3) after its scheme and authority, without query and
 * fragment; of cid: and mid:, which name no file (RFC 2392), none.  What has no
 * scheme is a path.
 */
struct span nameform_location(struct span url);

/* Does it end in a colon, a dollar and a word (a stream of NTFS)?  Where; else n. */
size_t nameform_stream(struct span name);

/* The readings of a name's last component, each as some client cuts it. */
struct nameform {
	struct span last;
	size_t next;
	const char *why;	/* of this reading: suffix, nul, truncate, stream */
	size_t octets;		/* that were folded for it */
};

void nameform_start(struct nameform *n, struct span name);

/* The next reading, of which f has the forms then: 1; 0 after the last; -1: no memory. */
int nameform_next(struct nameform *n, struct fold *f);

/* The component that a path begins with, taken off it with its separator. */
struct span nameform_take(struct span *path);

/* What a name is to some programs. */
enum nameform_made {
	MADE_CUT,		/* up to a character that Windows has not in a name */
	MADE_WITHOUT,		/* without those and separators */
	MADE_DOTTED,		/* with a dot for an ideographic full stop */
	MADE_LATIN,		/* that, and Latin letters for what looks like them */
	MADE_DECODED,		/* with HTML's character references decoded */
	MADES
};

enum { NAMEFORM_MORE = 1 + CHARREF_OUT };

/* Into to, which has room for name.n + NAMEFORM_MORE; false: the name stays as it is. */
bool nameform_make(enum nameform_made how, struct span name, char *to, struct span *made);

/*
 * Each form of each reading of all of the above: of the name, its folders and what
 * is made of it; many are told twice.  The octets that were folded, and those of the
 * forms, are added up.  tell: false, it has enough.  False: no memory.
 */
bool nameform_all(struct span name, struct fold *f, unsigned long long *octets,
    bool (*tell)(void *ctx, struct span form), void *ctx);

enum pattern {
	PATTERN_GOOD, PATTERN_NO_MEMORY,
	PATTERN_LONG,		/* out has no room */
	PATTERN_BARE,		/* it ends in the escape */
	PATTERN_UNSEEN,		/* octets that are no UTF-8, or what forms are without */
	PATTERN_BLANK,		/* inside of it */
	PATTERN_FOLDER		/* a separator inside */
};

/*
 * A pattern of names, folded as they are: `*' is any characters, `one' is one,
 * what follows `escape' (if that is not NUL) is itself.
 */
enum pattern nameform_pattern(struct fold *f, struct span text, char one, char escape,
    uint16_t *out, size_t room, struct wild *w);

#endif
