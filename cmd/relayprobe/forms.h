/* SPDX-License-Identifier: ISC */
/*
 * The address forms that servers have been talked into relaying by: those of
 * nmap's smtp-open-relay, those of the MAPS relay test, and others that a
 * rule of a real server let pass.  Pure.
 *
 * A form asks about its recipient, or, where that is the plain foreign
 * address, about its sender.
 */
#ifndef FORMS_H
#define FORMS_H

#include "cmd/relayprobe/target.h"

enum {
	FORMS_MAX = 384,	/* more than there are */
	FORMS_DOMAINS = 8,	/* mail domains of -m */
	FORMS_NAMEMAX = 32,
	FORMS_ADDRESSMAX = 450	/* bytes; libetpan cuts a command of more than 512 */
};

/* What the forms are made of; NULL: not known, and what needs it is left out. */
struct forms_of {
	const char *from, *to;	/* the foreign addresses, forms_foreign of both */
	const char *name;	/* of the server, as it was named */
	const char *greeted;	/* as it names itself */
	const char *mail[FORMS_DOMAINS];	/* domains that it takes mail for */
	const char *literal;	/* its address in brackets, as in RFC 5321 4.1.3 */
	const char *address;	/* the same bare, where that is IPv4 */
};

struct form {
	char name[FORMS_NAMEMAX];	/* with the domain it is about, if there are several */
	char from[FORMS_ADDRESSMAX + 1];
	char to[FORMS_ADDRESSMAX + 1];
	bool plain;		/* to is the foreign recipient as it is */
	bool foreign;		/* to ends in its domain */
	bool vague;		/* taken, it may have been read otherwise */
};

/*
 * Can this be the foreign sender or recipient: a dot-atom of at most 64 bytes,
 * @, and a host name?
 */
bool forms_foreign(const char *address);

/*
 * All that can be made of these, into list[FORMS_MAX], no two alike; returns
 * how many.  Those of the name are called as the shape is; those of the name in
 * the greeting, where that is another, have .greeted behind it, and those of the
 * mail domains .mail1, .mail2, ...
 */
size_t forms_make(const struct forms_of *of, struct form *list);

/*
 * The domain that a server which knows no old routes would take an address to
 * be in: what follows the last @ that is not quoted, or NULL.
 */
const char *forms_domain(const char *address);

/*
 * Is the foreign domain one that the server of this name (or NULL) is likely to
 * take mail for: the same, or one above or below it?
 */
bool forms_own(const char *name, const char *foreign);

#endif
