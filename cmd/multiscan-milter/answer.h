/* SPDX-License-Identifier: ISC */
/*
 * What `multiscan -X' said of a message: one record and nothing else.
 *
 *	id=ID do=deliver|hold|refuse|discard at=work|quarantine dir=PATH
 *	    [changed=yes] [to=ADDRESS] [text=TEXT]
 *
 * Every word stands once; a word, or two words together, that mean nothing here make the
 * whole no answer: hold is in the quarantine, changed= and to= go with deliver, text= with
 * refuse.  Pure: nothing is opened, the path is only looked at.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "common/record.h"

enum { ANSWER_IDLEN = 20 };

enum answer_do { ANSWER_DELIVER, ANSWER_HOLD, ANSWER_REFUSE, ANSWER_DISCARD };

/* dir and to are terminated and without a NUL of their own; text may hold any byte. */
struct answer {
	enum answer_do what;
	bool work;		/* dir is a work directory, which whoever asked removes */
	bool changed;		/* dir/message.new is to be delivered */
	char id[ANSWER_IDLEN + 1];
	char *dir;		/* begins with a slash */
	char *to;		/* in place of all recipients; or NULL */
	struct span text;	/* decoded; p is NULL where there is none */
};

/*
 * n bytes, the newline included.  The strings of *a are decoded in place: said is changed,
 * and *a lives as long as it does.  False: that is no answer.
 */
bool answer_parse(struct answer *a, char *said, size_t n);

#endif
