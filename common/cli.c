/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* program_invocation_short_name */
#include "common/cli.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void
print_and_exit(const char *text)
{
	if (fputs(text, stdout) == EOF)
		err(EXIT_RETRY, "standard output");
	cli_close_stdout();
	exit(EXIT_NOTHING);
}

static _Noreturn void
print_version(const struct cli *c)
{
	printf("%s (multiscan) %s\n", c->name, VERSION);
	print_and_exit("");
}

void
cli_usage(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", c->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: %.*s\n`%s -h' tells more\n",
	    (int)strcspn(c->help, "\n"), c->help, c->name);
	exit(EXIT_CALL);
}

int
cli_getopt(const struct cli *c, int argc, char **argv, const char *letters)
{
	char all[64];
	int o;

	if (optind == 1 && argc > 1) {
		if (strcmp(argv[1], "--help") == 0)
			print_and_exit(c->help);
		if (strcmp(argv[1], "--version") == 0)
			print_version(c);
	}
	snprintf(all, sizeof all, "+%shV", letters);	/* + as POSIX: operands end options */
	o = getopt(argc, argv, all);
	if (o == 'h')
		print_and_exit(c->help);
	if (o == 'V')
		print_version(c);
	if (o == ':')
		cli_usage(c, "option -%c needs an argument", optopt);
	if (o == '?')
		cli_usage(c, "there is no option -%c", optopt);
	return o;
}

unsigned long
cli_number(const struct cli *c, const char *what, const char *text,
    unsigned long min, unsigned long max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    n < min || n > max)
		cli_usage(c, "%s: `%s' is not a number from %lu to %lu", what,
		    text, min, max);
	return n;
}

static void
too_late(int sig)
{
	static const char what[] = ": not done in time, stopped\n";
	const char *name = program_invocation_short_name;

	(void)sig;
	(void)!write(STDERR_FILENO, name, strlen(name));
	(void)!write(STDERR_FILENO, what, sizeof what - 1);
	_exit(EXIT_RETRY);
}

/*
 * Where 0, 1 or 2 is closed, no file or socket of ours may come to stand there;
 * the other way of open(2) keeps it as useless as it was.
 */
static void
hold_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			exit(EXIT_RETRY);
}

void
cli_deadline(unsigned long seconds)
{
	struct sigaction sa;

	hold_standard();
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGXFSZ, &sa, NULL);
	if (seconds == 0)
		return;
	sa.sa_handler = too_late;
	sigaction(SIGALRM, &sa, NULL);
	alarm((unsigned)seconds);
}

FILE *
cli_try_file(const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	FILE *f = NULL;

	*why = NULL;
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		*why = "is no regular file";
	else if (fd >= 0)
		f = fdopen(fd, "r");
	if (f == NULL && *why == NULL)
		*why = strerror(errno);
	if (f == NULL && fd >= 0)
		close(fd);
	return f;
}

FILE *
cli_file(const char *path)
{
	const char *why;
	FILE *f = cli_try_file(path, &why);

	if (f == NULL)
		errx(EXIT_RETRY, "%s: %s", path, why);
	return f;
}

bool
cli_beside(char *path, const char *rest)
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	size_t room, len = strlen(rest) + 1;
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	room = slash == NULL ? 0 : PATH_MAX - (size_t)(slash + 1 - path);
	if (len > room) {
		path[0] = '\0';
		return false;
	}
	memcpy(slash + 1, rest, len);
	return true;
}

void
cli_close_stdout(void)
{
	bool lost = ferror(stdout) != 0;

	if (fclose(stdout) == EOF || lost)
		err(EXIT_RETRY, "standard output");
}
