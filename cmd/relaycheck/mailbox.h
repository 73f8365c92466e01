/* SPDX-License-Identifier: ISC */
/*
 * An address of the envelope as RFC 5321 4.1.2 and RFC 6531 3.3 have it: an
 * old-style source route (4.1.2, A-d-l), a local part, a domain or a literal.
 *
 * Nothing is repaired: what the grammar has not is MAILBOX_SYNTAX, and so are a
 * trailing dot, an underscore, a domain of digits and dots, and a label with
 * non-ASCII that is not, in lower case, a U-label of IDNA2008 (RFC 5891; nothing
 * is mapped or normalized, so nothing that looks like a domain becomes it).
 *
 * Linear in the text; opens and prints nothing.  No memory (for a label with non-ASCII)
 * ends the process with EXIT_RETRY.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include "common/ipaddr.h"

enum {
	MAILBOX_LABEL = 63,	/* octets at most of a label, of a domain, */
	MAILBOX_DOMAIN = 253,	/* and of an address (RFC 5321 4.5.3.1.3, less <>) */
	MAILBOX_LENGTH_MAX = 254,
	MAILBOX_TEXT = 2 * MAILBOX_LENGTH_MAX + 3	/* one printed */
};

enum mailbox_state {
	MAILBOX_GOOD,
	MAILBOX_LONG,		/* the grammar is good, a length is not */
	MAILBOX_SYNTAX
};

enum mailbox_host {
	MAILBOX_NONE,		/* there is only a local part */
	MAILBOX_NAME,
	MAILBOX_LITERAL
};

/*
 * Of one that is MAILBOX_LONG only route, quoted, the three marks, host and wrong
 * mean something, of MAILBOX_SYNTAX only wrong: it says in a few words what is.
 */
struct mailbox {
	const char *wrong;
	bool route;		/* there was one, it is taken off */
	bool quoted;		/* the local part stood in quotes */
	bool at, percent, bang;	/* the local part's text has a @, a %, a ! */
	enum mailbox_host host;
	struct ipaddr literal;	/* of MAILBOX_LITERAL; a mapping one stays v6 */
	size_t localn, domainn;
	char local[MAILBOX_LENGTH_MAX];	/* its text: no quotes, no quoted-pairs */
	char domain[MAILBOX_DOMAIN + 1];	/* lower case, A-labels; terminated */
};

/* One pair of <> around it is taken off first. */
enum mailbox_state mailbox_parse(struct mailbox *m, struct span text);

/*
 * One that Postfix hands to a policy server: there a route and the quotes are gone
 * already, so all before the last @ is the text of the local part.
 */
enum mailbox_state mailbox_parse_bare(struct mailbox *m, struct span text);

/* A domain alone, in lower case and A-labels; wrong: NULL, or where it says what is. */
enum mailbox_state mailbox_domain(char to[MAILBOX_DOMAIN + 1], size_t *n, struct span text,
    const char **wrong);

/*
 * local@domain, or local where there is no domain: in quotes only if it must be,
 * with a backslash only before a quote or a backslash.  Returns its length.
 */
size_t mailbox_print(char to[MAILBOX_TEXT], const struct mailbox *m);

/* The same with another text of the local part, and another domain. */
size_t mailbox_put(char to[MAILBOX_TEXT], struct span local, struct span domain);

#endif
