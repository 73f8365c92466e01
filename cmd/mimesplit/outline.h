/* SPDX-License-Identifier: ISC */
/*
 * The outline: what is known of each part, kept until the end and then written
 * as the manifest, with the limits that were reached.  Every function ends the
 * process with EXIT_RETRY where there is no memory.
 */
#ifndef OUTLINE_H
#define OUTLINE_H

#include "cmd/mimesplit/conversions.h"
#include "common/workdir.h"

#include <stdint.h>

/* What keeps us from saying that all was looked at. */
enum limit {
	LIMIT_DEPTH, LIMIT_PARTS, LIMIT_SIZE, LIMIT_DECODED, LIMIT_HEAD,
	LIMIT_NAMES, LIMIT_BOUNDARY, LIMIT_READINGS,
	LIMIT_PARTIAL,		/* message/partial: the rest is elsewhere */
	LIMIT_ENCRYPTED,	/* S/MIME, OpenPGP: only who it is for can read it */
	LIMIT_COMPRESSED,	/* the same; no engine looks into it */
	LIMIT_CONVERSIONS,	/* treatments that cannot be told, or are too many */
	LIMITS
};

/* What is not as the RFCs have it; man/mimesplit.1 has a line on each. */
enum defect {
	DEFECT_BAD_LINE, DEFECT_BLANK_LINE, DEFECT_SPACE_COLON,
	DEFECT_LEADING_SPACE, DEFECT_NUL, DEFECT_CONTROL, DEFECT_EIGHT_BIT,
	DEFECT_BARE_CR, DEFECT_MIXED_ENDS, DEFECT_LATE_HEAD, DEFECT_NO_BODY,
	DEFECT_FIELD_TWICE, DEFECT_TYPE, DEFECT_BOUNDARY, DEFECT_NO_BOUNDARY,
	DEFECT_ENCODING, DEFECT_ENCODED_MULTIPART, DEFECT_NAMES,
	DEFECT_NO_PARTS, DEFECT_NOT_CLOSED, DEFECT_DELIMITER,
	DEFECT_AFTER_CLOSE, DEFECT_SAME_BOUNDARY, DEFECT_PREAMBLE,
	DEFECT_EPILOGUE, DEFECT_BASE64_JUNK, DEFECT_BASE64_PADDING,
	DEFECT_BASE64_URL, DEFECT_BASE64_SHORT, DEFECT_BASE64_LINE,
	DEFECT_BASE64_UNSAID, DEFECT_QP_ILLEGAL, DEFECT_QP_LOWER,
	DEFECT_QP_BREAK, DEFECT_QP_BLANKS,
	DEFECTS
};

struct entry {
	unsigned long parent, edit;
	unsigned long of;	/* the part that this is another reading of */
	const char *reading;	/* static, how; NULL: it is a first reading */
	unsigned depth;
	bool aside;		/* it stands in another reading than the first */
	bool raw;		/* a leaf, not encoded ... */
	bool in_message;	/* ... whose bytes are the message's, else those
				   of the file of part `source', at `from' ... */
	unsigned long source;
	unsigned long long from;
	bool plain;		/* ... and a text without a name: only shown */
	bool slight;		/* a text that another part shows nearly the same */
	bool carries;		/* a leaf in which something is to be found */
	bool file;		/* it has bytes, in parts/N ... */
	bool deferred;		/* ... or not yet: they are told by raw above */
	bool dropped;		/* another part has its bytes: it is not told */
	bool summed;		/* sum is the SHA-256 of its file */
	uint8_t sum[32];
	uint64_t defects;	/* bits 1 << enum defect */
	unsigned long long size;
	struct range head, body, span;
	char *imap;		/* owned; NULL: none */
	char *words;		/* owned; type, encoding, names: coded words */
	char *traits;		/* owned; traits.h; NULL: no head of its own */
	bool doubt, unknown;	/* match.h has them */
	bool holds;		/* other parts are inside of it */
	unsigned treat, readings;	/* treatments: its own, those of its readings */
};

struct outline {
	struct entry *entry;	/* owned; entry[n] is part n */
	unsigned long count, room;
	unsigned long live;	/* those that are not dropped */
	bool reached[LIMITS];
	unsigned long where[LIMITS];	/* the first part it was reached in */
	unsigned long long words;	/* bytes of them so far */
	bool carriers;		/* files were found inside of texts and the like */
	unsigned long long forged;	/* fields of ours that it came with */
	const struct conversions *conversions;	/* NULL: none, no treatments */
	char *apply;		/* owned; words, each behind a blank; NULL: none */
};

/* A new part inside parent; its number. */
unsigned long outline_add(struct outline *o, unsigned long parent);

/* Takes the last part back, which has no file; its limits are its parent's. */
void outline_take_back(struct outline *o);

/* A limit was reached in a part: said once for each limit. */
void outline_limit(struct outline *o, enum limit limit, unsigned long part);

void outline_defect(struct outline *o, enum defect defect, unsigned long part);

/*
 * Gives a part its words, which were malloc'd.  allowed: bytes of words in all;
 * what is more than that is told without its names, and that is a limit.
 */
void outline_set_words(struct outline *o, unsigned long part, char *words,
    unsigned long long allowed);

/* The same of its traits, without which nothing is known of the part. */
void outline_set_traits(struct outline *o, unsigned long part, char *traits,
    unsigned long long allowed);

/* The part itself or the nearest that holds it that has a head of its own. */
unsigned long outline_headed(const struct outline *o, unsigned long part);

/* What may be asked of part's head may be asked of heir too. */
void outline_merge_traits(struct outline *o, unsigned long heir, unsigned long part);

/* Bytes that the first record has room for, besides the usual: at most `most'. */
size_t outline_room(const struct outline *o, size_t most);

/* Adds the words of more that part has not. */
void outline_merge_words(struct outline *o, unsigned long part, const char *more);

/* Does part stand inside of `in', or is it that? */
bool outline_inside(const struct outline *o, unsigned long part, unsigned long in);

/*
 * The first part with another reading, or 0 where there is none and *any is
 * false.
 */
unsigned long outline_readings(const struct outline *o, bool *any);

/* The manifest's text, malloc'd. */
char *outline_manifest(const struct outline *o, const char *id, size_t *n);

/* The verdicts of mimesplit itself, to stdout; how many there were. */
unsigned outline_print_verdicts(const struct outline *o, const char *id);

void outline_free(struct outline *o);

#endif
