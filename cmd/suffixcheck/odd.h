/* SPDX-License-Identifier: ISC */
/*
 * Devices in a name that hide what it is from a reader, where no reading hits.
 * Honest names have none: colons, slashes, question marks, ideographic full stops,
 * marks of Hebrew and Arabic and octets that are no UTF-8 are not odd by themselves.
 *
 * Pure but for memory.
 */
#ifndef ODD_H
#define ODD_H

#include "cmd/suffixcheck/suffix.h"

/* In the order in which they are told. */
enum odd {
	ODD_CLSID,		/* ends in .{CLSID}, which Windows does not show */
	ODD_BIDI,		/* controls that turn the order of what is shown */
	ODD_SPACES,		/* ten blanks or more, and then the end of it */
	ODD_LENGTH,		/* more than 255 UTF-16 units */
	ODD_STREAM,		/* ends in a stream of NTFS */
	ODD_PATH,		/* .., nothing but dots, or a folder that hits */
	ODD_BADCHAR,		/* hits before characters that Windows has not, or
				   without them */
	ODD_DOTLIKE,		/* hits where an ideographic full stop is a dot */
	ODD_ENTITY,		/* hits or is odd with character references decoded */
	ODD_CONFUSABLE,		/* hits where look-alikes are Latin letters */
	ODD_NAMES,		/* those above are names' */
	ODD_EXTERNAL = ODD_NAMES,	/* message/external-body: elsewhere */
	ODD_PARTIAL,		/* message/partial: with what other mails bring */
	ODD_TNEF,		/* names inside of it are not seen here */
	ODD_MACRO,		/* those from here on are contents' */
	ODD_ENCRYPTED,
	ODD_VOLUME,		/* one of several files that make an archive */
	ODD_DEPTH,		/* archives in archives in ... */
	ODD_LIMIT,
	ODD_LINK,		/* a member that leads out of the archive */
	ODD_BROKEN,
	ODD_UNLISTABLE,		/* a family of archives that has no reader */
	ODD_MISMATCH,		/* no name for such a content */
	ODD_NONE
};

/* The word for why=. */
const char *odd_word(enum odd o);

/* Is it that not all could be looked at: the verdict unscanned? */
bool odd_unscanned(enum odd o);

/* The first that a name has, or ODD_NONE; false: no memory. */
bool odd_name(const struct suffixes *list, struct span name, struct fold *f, enum odd *o);

/* What a type says by itself, as TYPE/SUBTYPE in lower case; or ODD_NONE. */
enum odd odd_type(struct span type);

#endif
