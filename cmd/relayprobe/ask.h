/* SPDX-License-Identifier: ISC */
/*
 * One form put to a server: MAIL, RCPT, and where that is wanted DATA or the
 * message; then RSET, whose answer shows that the others were not one off.  That
 * they were not two off is shown by what is no command, once a connection.
 */
#ifndef ASK_H
#define ASK_H

#include "cmd/relayprobe/forms.h"
#include "cmd/relayprobe/letter.h"
#include "cmd/relayprobe/link.h"

/* What is asked of each host. */
struct plan {
	const char *from, *to;	/* the foreign addresses */
	const char *hello;	/* our name, or NULL: our address */
	unsigned long seconds;	/* for a host, all of it */
	bool data;		/* ask DATA, and hang up */
	bool send;		/* send a message */
	const char *mail[FORMS_DOMAINS];	/* domains that the servers take mail for */
	struct letter letter;	/* which it is */
};

enum stage { STAGE_CONNECT, STAGE_BANNER, STAGE_EHLO, STAGE_MAIL, STAGE_RCPT, STAGE_DATA,
	STAGE_SENT };

enum verdict { REJECT, TEMPFAIL, TAKEN, RELAY };

/* Of a form; of the server where it is about that. */
struct answer {
	enum verdict verdict;
	enum stage stage;	/* that decided */
	int code;		/* 0: no reply did */
	const char *why;	/* NULL: the code says it */
	const char *from;	/* the sender that was used */
	bool lost;		/* the connection is of no use; it may be another time */
	unsigned refusals;	/* all there were; many make a server slow */
	size_t n;
	char text[LINK_LINE];	/* the reply that decided, n bytes */
};

const char *ask_stage(enum stage stage);
const char *ask_verdict(enum verdict verdict);

/* What the last reply, or its absence, says at this stage: into a. */
void ask_judge(struct answer *a, struct link *l, enum stage stage);

/*
 * Where the form is about its recipient and its sender is refused, other ones
 * are tried, so that its recipient is asked about at all.
 */
void ask_form(struct link *l, const struct plan *p, const struct form *f, struct answer *a);

/* An address that is no form, and this sender only; data: ask DATA, and hang up. */
void ask_address(struct link *l, const char *from, const char *to, bool data,
    struct answer *a);

#endif
