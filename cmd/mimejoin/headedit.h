/* SPDX-License-Identifier: ISC */
/*
 * What changes in the head of a message as its bytes are copied: the fields of some names
 * go, and the value of each Subject field gets a text before it.
 *
 * Functions return 0, or -1 with errno as those of splice.h.
 */
#ifndef MIMEJOIN_HEADEDIT_H
#define MIMEJOIN_HEADEDIT_H

#include "cmd/mimejoin/plan.h"
#include "cmd/mimejoin/splice.h"
#include "common/fieldfind.h"

/* The fields of one name, found as far as the next of them. */
struct headedit_name {
	struct fieldfind find;
	bool subject;
	bool ready;		/* the next one was looked for */
	bool over;		/* there is no next one */
	unsigned long long start, end;	/* of it: what goes; start: where a text comes */
	char chunk[4096];	/* of the message, up to find.at and beyond */
	size_t used, n;
};

struct headedit {
	struct splice *s;
	struct headedit_name name[PLAN_STRIPS + 1];
	size_t names;
	char text[PLAN_SUBJECTS * (PLAN_SUBJECT + 1)];	/* "" : none */
	size_t subjects;	/* fields that were copied so far */
	bool lacks;		/* none that every client sees is in the message */
};

int headedit_start(struct headedit *h, struct splice *s, const struct plan *p);

/* splice_range with the changes; ranges come in their order. */
int headedit_copy(struct headedit *h, unsigned long long start, unsigned long long len);

/* A Subject field of the text alone, where there is one. */
int headedit_subject(struct headedit *h);

#endif
