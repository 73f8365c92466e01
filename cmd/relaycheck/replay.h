/* SPDX-License-Identifier: ISC */
/*
 * What the 2002 gateway did with a recipient: how it took the address apart, what
 * it asked its tables, and what they made of it.  All four texts are raw octets,
 * and nothing of them is validated.
 *
 * Pure: no file, no exit; memory of its own.
 */
#ifndef RELAYCHECK_REPLAY_H
#define RELAYCHECK_REPLAY_H

#include "cmd/relaycheck/mapfile.h"

struct replay_site {
	struct span hostname;
	bool (*is_ours)(void *to, struct span domain);	/* raw, compared case-blind */
	bool (*is_own)(void *to, const struct ipaddr *v4);	/* an address of our own */
	void *to;			/* of both */
};

struct replay_mail {
	struct span client;		/* the text of its address */
	bool authenticated;
	struct span sender, recipient;
};

enum replay_verdict { REPLAY_ACCEPT, REPLAY_REJECT, REPLAY_LIMIT, REPLAY_MEMORY };

/*
 * The entry that decided is NULL where none said yes or no: then ORIG_SEND_ACCESS
 * accepts.  REPLAY_LIMIT and REPLAY_MEMORY: the mail is to be tried again later.
 */
struct replay_answer {
	const char *source, *destination;	/* channels */
	const struct mapentry *by;	/* of ORIG_SEND_ACCESS; in the file's memory */
	size_t nprobe, nreply;
	char probe[MAPPING_MAX];	/* source|from|destination|to */
	char reply[MAPPING_MAX];	/* the text of by; may be empty */
};

/* fired, with to: each entry that fired, of either table or one that they ask; or NULL. */
enum replay_verdict replay_ask(const struct mapfile *m, const struct replay_site *site,
    const struct replay_mail *mail, mapping_fired *fired, void *to,
    struct replay_answer *answer);

#endif
