/* SPDX-License-Identifier: ISC */
/*
 * What every command does the same way: -h and -V, wrong calls, the deadline,
 * and a standard output that is checked before success is reported.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdio.h>

/* The exit table.  Any other status, or a signal, is read as EXIT_RETRY. */
enum {
	EXIT_NOTHING = 0,	/* all looked at, nothing found */
	EXIT_FOUND = 1,		/* stdout holds what was found */
	EXIT_CALL = 64,		/* wrong call or settings */
	EXIT_RETRY = 75		/* not now */
};

/* The text of -h; its first line is the synopsis. */
struct cli {
	const char *name;
	const char *help;
};

/*
 * getopt with our common letters: handles -h, -V, --help, --version itself
 * (prints and exits 0) and answers an unknown letter or a missing argument
 * with cli_usage.  letters begins with ':'.  -1 after the last option.
 */
int cli_getopt(const struct cli *c, int argc, char **argv, const char *letters);

/* "NAME: what", the synopsis, on stderr; exit 64. */
_Noreturn void cli_usage(const struct cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A decimal number between min and max, or cli_usage. */
unsigned long cli_number(const struct cli *c, const char *what, const char *text,
    unsigned long min, unsigned long max);

/*
 * Ends the process with EXIT_RETRY and a line on stderr after so many seconds,
 * and turns SIGPIPE and SIGXFSZ into write errors.  0 seconds: no deadline.  A standard
 * descriptor that is closed stays one that fails.
 */
void cli_deadline(unsigned long seconds);

/*
 * A file of settings, to read: what is none (a folder, a device, a fifo, at which
 * an open would wait) and what cannot be opened ends the process with EXIT_RETRY.
 */
FILE *cli_file(const char *path);

/* The same, but NULL, and in *why what is wrong, for who goes on without it. */
FILE *cli_try_file(const char *path, const char **why);

/*
 * The path of what is `rest' of the folder of our own program, as "avscand", in
 * memory of PATH_MAX bytes; false, and it is empty: it cannot be told.
 */
bool cli_beside(char *path, const char *rest);

/* Flushes and closes stdout; EXIT_RETRY if anything on it was lost. */
void cli_close_stdout(void);

enum { CLI_SECONDS = 300 };	/* the deadline where -t gives none */

#endif
