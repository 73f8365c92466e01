/* SPDX-License-Identifier: ISC */
/* arcnames: the names in an archive. */
#include "cmd/arcnames/confine.h"
#include "cmd/arcnames/lister.h"
#include "cmd/arcnames/unpack.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = 5, SECONDS = 30 };

static const struct cli cli = { "arcnames",
    "arcnames [-d DEPTH] [-t SECONDS] [-x TYPE]... FILE\n"
    "Prints the names in an archive, and in the archives in it, each as a record.\n"
    "  FILE        or - for a file on standard input\n"
    "  -d DEPTH    levels opened (5)\n"
    "  -t SECONDS  give up after (30)\n"
    "  -x TYPE     do not look into archives of this type: zip, 7z, rar, ...\n"
    "Exit: 0 all names were told, 1 not all (why= says what is not), 64 wrong call,\n"
    "75 not now.\n"
};

/* What was told by the lister, as it passed. */
struct relay {
	char line[RECORD_MAX];
	size_t n;
	unsigned long names, whys;
	bool bad;		/* it was no record */
};

static struct span
map_file(const char *path)
{
	bool in = strcmp(path, "-") == 0;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0)
		err(EXIT_RETRY, "%s", path);
	if (!S_ISREG(st.st_mode))
		cli_usage(&cli, "%s: not a file", in ? "standard input" : path);
	if (st.st_size == 0)
		return (struct span){ "", 0 };
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		err(EXIT_RETRY, "%s", path);
	if (!in)
		close(fd);
	return (struct span){ p, (size_t)st.st_size };
}

static pid_t
start(struct span file, const struct lister_options *o, unsigned long seconds, int *from)
{
	struct report report = { .fd = STDOUT_FILENO };
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		err(EXIT_RETRY, "pipe");
	if ((pid = fork()) < 0)
		err(EXIT_RETRY, "fork");
	if (pid == 0) {
		confine(ends[1], seconds);
		lister_run(file, o, &report);
		_exit(EXIT_NOTHING);
	}
	close(ends[1]);
	*from = ends[0];
	return pid;
}

/* The lister saw hostile bytes: what it says is looked at. */
static void
pass_line(struct relay *r, size_t n)
{
	struct span value;

	if (!record_valid(r->line, n)) {
		r->bad = true;
		return;
	}
	r->names += record_get(r->line, n, "name", &value);
	r->whys += record_get(r->line, n, "why", &value);
	if (record_get(r->line, n, "check", &value))
		r->bad = true;
	else
		fwrite(r->line, 1, n + 1, stdout);
}

static void
pass_lines(struct relay *r)
{
	char *end;

	while (!r->bad && (end = memchr(r->line, '\n', r->n)) != NULL) {
		size_t n = (size_t)(end - r->line);

		pass_line(r, n);
		r->n -= n + 1;
		memmove(r->line, end + 1, r->n);
	}
	r->bad |= r->n == sizeof r->line;
}

/* Until the lister closes its end; false: it took too long. */
static bool
relay(struct relay *r, int from, long long until)
{
	struct pollfd p = { .fd = from, .events = POLLIN };
	ssize_t n;

	while (!r->bad) {
		long long left = until - clock_ms();

		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(from, r->line + r->n, sizeof r->line - r->n);
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			err(EXIT_RETRY, "the lister");
		r->n += n > 0 ? (size_t)n : 0;
		pass_lines(r);
	}
	return true;
}

/* Why a lister that did not end well told not all; its own words were all good. */
static const char *
ending(pid_t pid, bool in_time, bool bad)
{
	int status;

	if (!in_time || bad)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "waitpid");
	if (bad)
		return "broken";
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOTHING)
		return NULL;
	if (WIFEXITED(status) && WEXITSTATUS(status) != UNPACK_FULL)
		errx(EXIT_RETRY, "the lister failed, with status %d", WEXITSTATUS(status));
	if (!in_time || WIFEXITED(status) || WTERMSIG(status) == SIGXCPU ||
	    WTERMSIG(status) == SIGKILL)
		return "limit";
	return "broken";
}

static void
end(struct relay *r, const char *why)
{
	static struct record record;

	if (why != NULL) {
		record_start(&record);
		record_addnum(&record, "level", 1);
		record_addstr(&record, "why", why);
		record_end(&record);
		fwrite(record.text, 1, record.len, stdout);
		r->whys++;
	}
	record_start(&record);
	record_addstr(&record, "check", "arcnames");
	record_addnum(&record, "names", r->names);
	record_end(&record);
	fwrite(record.text, 1, record.len, stdout);
}

static void
turn_off(struct lister_options *o, const char *word)
{
	bool found = false;

	for (enum magic m = 0; m < MAGIC_COUNT; m++)
		if ((magic_archive(m) || magic_compressor(m)) &&
		    strcmp(word, magic_word(m)) == 0)
			found = o->off[m] = true;
	if (!found)
		cli_usage(&cli, "-x: there is no reader for `%s'", word);
}

int
main(int argc, char **argv)
{
	static struct relay r;
	struct lister_options options = { .depth = DEPTH };
	unsigned long seconds = SECONDS;
	struct span file;
	bool in_time;
	pid_t pid;
	int o, from;

	while ((o = cli_getopt(&cli, argc, argv, ":d:t:x:")) != -1) {
		if (o == 'd')
			options.depth = (unsigned)cli_number(&cli, "-d", optarg, 1, 100);
		else if (o == 't')
			seconds = cli_number(&cli, "-t", optarg, 1, 86400);
		else
			turn_off(&options, optarg);
	}
	if (argc - optind != 1)
		cli_usage(&cli, "give one file");
	if (!unpack_prepare())
		err(EXIT_RETRY, "the locale C.UTF-8, or iconv's ISO-8859-1");
	cli_deadline(seconds + 10);
	file = map_file(argv[optind]);
	pid = start(file, &options, seconds, &from);
	in_time = relay(&r, from, clock_ms() + (long long)seconds * 1000);
	end(&r, ending(pid, in_time, r.bad));
	cli_close_stdout();
	return r.whys > 0 ? EXIT_FOUND : EXIT_NOTHING;
}
