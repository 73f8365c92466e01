/* SPDX-License-Identifier: ISC */
/*
 * Text of our own as a MIME entity, and as a whole mail, written by libetpan's
 * writers.  libetpan's parsers fall to hostile mail and are never called; its
 * writers get nothing that common/clean has not been over.
 *
 * The body is text/plain, in UTF-8 where no other charset is wanted and does, and
 * quoted-printable; each line of the text ends
 * with a line end, the last too.  A raw line has at most 76 bytes, printable
 * ASCII or tabs, and does not begin with `-': so none can be a delimiter of a multipart
 * around it, whatever its boundary is and however loosely a client compares.
 * A `-' that begins a line is coded (=2D); where libetpan breaks a long line
 * before one, the whole body is base64 instead, whose alphabet has no `-'.
 *
 * Results are malloc'd; NULL: no memory, or a field too long for libetpan.
 */
#ifndef NOTE_H
#define NOTE_H

#include "common/record.h"

#include <time.h>

enum {
	NOTE_MAX = 65536,	/* bytes of a text; what is over is cut */
	NOTE_SUBJECTMAX = 512,	/* bytes of a subject, before it is coded */
	NOTE_WORDMAX = 36	/* bytes of an encoded word, before it is coded */
};

/*
 * An address as it stands in a field; name may be "", and is cut to what one
 * encoded word holds where it needs one.
 */
struct note_address {
	const char *name;
	const char *address;
};

/* All but from and to may be NULL; address and the ids are used as they are. */
struct note_mail {
	struct note_address from;
	const struct note_address *to;
	size_t recipients;
	const char *subject;
	const char *msgid;	/* without the angle brackets */
	const char *about;	/* the Message-ID of what it answers, likewise */
	const char *automatic;	/* the value of Auto-Submitted */
	const char *charset;	/* what it is in where its text fits, else UTF-8: one that
				   recode_usable takes, or NULL */
	time_t date;
};

/*
 * The fields of a head, the empty line and the body.  version: MIME-Version is
 * among the fields, as the head of a message wants it.  eol: the line end.
 */
char *note_entity(struct span text, bool version, const char *eol, size_t *n);

/* A mail with its fields; line ends are LF. */
char *note_mail(const struct note_mail *m, struct span text, size_t *n);

#endif
