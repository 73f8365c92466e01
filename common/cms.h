/* SPDX-License-Identifier: ISC */
/*
 * CMS (RFC 5652) and PKCS #7, the file smime.p7m: the content that is signed,
 * digested or plain, as one file; that of CompressedData (RFC 3274) as it is,
 * with a flag; of what is encrypted a flag alone.  BER of any form, or PEM,
 * several blocks of it too.
 *
 * A content is what an OCTET STRING holds that stands in a [0] right behind an
 * object identifier, at any depth; nothing else of the grammar is asked for,
 * and a length may go beyond its container.
 *
 * Fed in any cut.  No more data told than bytes fed.  Pure.
 */
#ifndef CMS_H
#define CMS_H

#include "common/tell.h"
#include "common/transfer.h"

#include <stdint.h>

enum {
	CMS_DEPTH = 32,		/* a content is at 6; deeper ones are read as if
				   their containers were not there */
	CMS_OID = 16,		/* bytes of an identifier that are kept */
	CMS_PROBE = 3
};

enum cms_kind { CMS_OTHER, CMS_SEQUENCE, CMS_EXPLICIT, CMS_CONTENT };

struct cms {
	struct tell tell;
	/* Set as soon as its identifier was seen; valid at the end. */
	bool enveloped;
	bool compressed;
	bool content;		/* one was told */
	bool whole;		/* nothing was cut off; valid at the end */

	enum { CMS_UNKNOWN, CMS_BER, CMS_TEXT, CMS_ARMOUR } form;
	char probe[CMS_PROBE];
	size_t probe_n;

	/* PEM */
	bool line;		/* at a line start */
	size_t matched;		/* of "-----BEGIN" */
	struct transfer base64;

	/* BER */
	enum { CMS_TAG, CMS_LONGTAG, CMS_LENGTH, CMS_LENGTHS, CMS_VALUE } at;
	uint64_t pos;		/* bytes read */
	unsigned tag;		/* the first byte; a longer one as if it fitted in */
	unsigned number;	/* of a tag of more bytes, so far */
	unsigned lengths;	/* bytes of the length still to come */
	uint64_t left;		/* the length, then what is left of it */
	enum cms_kind value;	/* CMS_CONTENT: told; CMS_OTHER: skipped */
	size_t oid_n;		/* CMS_OID + 1: too long */
	unsigned char oid[CMS_OID];
	unsigned depth;
	unsigned long loose;	/* indefinite lengths open beyond CMS_DEPTH */
	struct {
		uint64_t end;	/* UINT64_MAX: indefinite */
		enum cms_kind kind;
		bool oid;	/* the element before was an identifier */
	} level[CMS_DEPTH + 1];	/* 0: the input */
};

/*
 * Does BER begin here?  A SEQUENCE of a long or an indefinite length, or with an
 * identifier or a version in it, is no text.  CMS_PROBE bytes are enough.
 */
bool cms_begins(const char *p, size_t n);

void cms_start(struct cms *c, const struct carried *to);
void cms_feed(struct cms *c, const char *p, size_t n);
void cms_end(struct cms *c);

#endif
