/* SPDX-License-Identifier: ISC */
/* mboxsplit: an mbox on standard input becomes a folder of messages. */
#include "common/cli.h"
#include "common/record.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "mboxsplit",
    "mboxsplit [-t SECONDS] DIR\n"
    "Writes the messages of the mbox on standard input to DIR/1, DIR/2, ...\n"
    "DIR is made, and must not be there.\n"
    "  -t SECONDS  give up after so long (300; 0: never)\n"
    "Exit: 0 done, 64 wrong call, 75 not now.\n"
};

/* A line, or where it is longer than buf a piece of one. */
struct piece {
	size_t n;
	bool start;		/* it begins its line */
	char buf[8192];
};

/*
 * An empty line is kept back until the next line is seen: before a From line
 * and at the end it is the mbox's, not the message's.
 */
struct out {
	const char *path;	/* the folder */
	int dir;
	unsigned long long n;	/* the message being written; 0: none yet */
	FILE *f;
	char empty[2];		/* the line kept back */
	size_t kept;
};

/* What was written so far is no mbox split: it goes.  No errno: no mbox. */
static _Noreturn void
fail(const struct out *o, const char *what)
{
	int saved = errno;

	/* We may be here because there are no descriptors; to remove takes some. */
	close(STDIN_FILENO);
	closefrom(STDERR_FILENO + 1);
	workdir_remove(o->path);
	errno = saved;
	if (saved != 0)
		err(EXIT_RETRY, "%s", what);
	errx(EXIT_RETRY, "%s: is no mbox, it does not begin with `From '", what);
}

static void
end_message(struct out *o)
{
	if (o->f != NULL && fclose(o->f) == EOF)
		fail(o, o->path);
	o->f = NULL;
	o->kept = 0;
}

static void
begin_message(struct out *o)
{
	char name[24];
	int fd;

	end_message(o);
	snprintf(name, sizeof name, "%llu", ++o->n);
	fd = openat(o->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd < 0 || (o->f = fdopen(fd, "w")) == NULL)
		fail(o, o->path);
}

static void
put(struct out *o, const char *p, size_t n)
{
	if (fwrite(p, 1, n, o->f) != n)
		fail(o, o->path);
}

/* The next piece of standard input; false at its end. */
static bool
next_piece(const struct out *o, struct piece *l)
{
	int c = EOF;

	l->start = l->n == 0 || l->buf[l->n - 1] == '\n';
	l->n = 0;
	while (l->n < sizeof l->buf && (c = getc_unlocked(stdin)) != EOF) {
		l->buf[l->n++] = (char)c;
		if (c == '\n')
			break;
	}
	if (ferror(stdin))
		fail(o, "standard input");
	return l->n > 0;
}

static bool
is_empty(const struct piece *l)
{
	return l->start && l->buf[l->n - 1] == '\n' &&
	    (l->n == 1 || (l->n == 2 && l->buf[0] == '\r'));
}

/* A From line behind so many `>', or -1. */
static int
from_quotes(const struct piece *l)
{
	size_t i = 0;

	while (i < l->n && l->buf[i] == '>')
		i++;
	if (!l->start || l->n - i < 5 || memcmp(l->buf + i, "From ", 5) != 0)
		return -1;
	return (int)i;
}

static void
skip_line(const struct out *o, struct piece *l)
{
	while (l->buf[l->n - 1] != '\n')
		if (!next_piece(o, l))
			break;
}

static void
put_piece(struct out *o, const struct piece *l)
{
	size_t quote = from_quotes(l) > 0 ? 1 : 0;

	put(o, o->empty, o->kept);
	o->kept = 0;
	if (is_empty(l))
		memcpy(o->empty, l->buf, o->kept = l->n);
	else
		put(o, l->buf + quote, l->n - quote);
}

static void
split(struct out *o)
{
	static struct piece l;
	bool between = true;	/* a From line would begin a message */

	while (next_piece(o, &l)) {
		bool empty = is_empty(&l);

		if (between && from_quotes(&l) == 0) {
			begin_message(o);
			skip_line(o, &l);
		} else if (o->n > 0) {
			put_piece(o, &l);
		} else if (!empty) {
			errno = 0;
			fail(o, "standard input");
		}
		between = empty;
	}
	end_message(o);
}

static void
print_check(unsigned long long parts)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "check", "mboxsplit");
	record_addnum(&r, "parts", parts);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

int
main(int argc, char **argv)
{
	static struct out o;
	unsigned long seconds = CLI_SECONDS;

	while (cli_getopt(&cli, argc, argv, ":t:") != -1)
		seconds = cli_number(&cli, "-t", optarg, 0, 1000000);
	if (argc - optind != 1)
		cli_usage(&cli, "give the folder to make");
	cli_deadline(seconds);
	o.path = argv[optind];
	if (mkdir(o.path, 0700) < 0)
		err(EXIT_RETRY, "%s", o.path);
	o.dir = open(o.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (o.dir < 0)
		fail(&o, o.path);
	split(&o);
	print_check(o.n);
	if (fflush(stdout) == EOF)
		fail(&o, "standard output");
	cli_close_stdout();
	return EXIT_NOTHING;
}
