/* SPDX-License-Identifier: ISC */
/*
 * Lines of standard input, and what interrupts them: a pause, a signal.
 *
 * While input is waited for there is no deadline; for what follows there is that of
 * cli.h, anew after each wait.
 */
#ifndef INPUT_H
#define INPUT_H

#include "common/record.h"

enum {
	INPUT_PAUSE_MS = 100,
	INPUT_ROOM = 65536
};

enum input_is {
	INPUT_LINE,		/* line, n and wrong are set */
	INPUT_PAUSE,		/* for so long there was nothing to read */
	INPUT_END,
	INPUT_STOPPED,		/* by SIGTERM, SIGHUP or SIGINT; more may have come */
	INPUT_FAILED		/* errno */
};

/* All 0 to begin with. */
struct input {
	char line[RECORD_MAX];	/* without its newline */
	size_t n;		/* RECORD_MAX at the most */
	const char *wrong;	/* why it cannot be a record, whatever it holds; or NULL */

	bool done, ended;
	size_t at, got;
	char bytes[INPUT_ROOM];
};

/* From now on these signals, where they are not ignored, stop the input alone, once. */
void input_watch(void);

/* pauses: tell of a pause. */
enum input_is input_next(struct input *in, bool pauses);

#endif
