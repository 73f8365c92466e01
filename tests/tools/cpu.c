/* SPDX-License-Identifier: ISC */
/*
 * cpu [-n ROUNDS] LIST COMMAND [ARG...]: what a command costs.  It is run for
 * each file of LIST (a path a line), with the file as its standard input; in an
 * ARG {f} is the file and {n} a number that no other run has.  Prints a record:
 *
 *	runs=N ms=MILLISECONDS wall=MILLISECONDS rss=KIB bad=N
 *
 * ms is the CPU of a run, user and system, the median of the rounds' means; wall
 * the same of the time from its start to its end; rss the largest of all; bad
 * counts the runs that ended by a signal or with a status over 1.
 */
#include "common/cli.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { ROUNDS = 99, ARGS = 32, PATHS = 100000 };

struct cost {
	double ms, wall;
	long rss;
	unsigned long bad, runs;
};

static const struct cli cli = { "cpu",
    "cpu [-n ROUNDS] LIST COMMAND [ARG...]\n"
    "What a command costs; see the comment in its source.\n"
};

/* arg with {f} and {n} replaced. */
static char *
filled(const char *arg, const char *file, unsigned long number)
{
	size_t room = strlen(arg) * (strlen(file) + 24) + 1, n = 0;
	char *to = malloc(room);

	if (to == NULL)
		err(EXIT_RETRY, "memory");
	while (*arg != '\0') {
		if (strncmp(arg, "{f}", 3) == 0)
			n += (size_t)snprintf(to + n, room - n, "%s", file);
		else if (strncmp(arg, "{n}", 3) == 0)
			n += (size_t)snprintf(to + n, room - n, "%lu", number);
		else {
			to[n++] = *arg++;
			continue;
		}
		arg += 3;
	}
	to[n] = '\0';
	return to;
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
run(char **argv, const char *file, struct cost *c)
{
	posix_spawn_file_actions_t files;
	char *args[ARGS + 1] = { NULL };
	struct rusage used;
	int status, error;
	pid_t pid;

	for (size_t i = 0; argv[i] != NULL; i++)
		args[i] = filled(argv[i], file, c->runs);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, file, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	c->wall -= now_ms();
	if ((error = posix_spawnp(&pid, args[0], &files, NULL, args, environ)) != 0)
		errx(EXIT_RETRY, "%s: %s", args[0], strerror(error));
	if (wait4(pid, &status, 0, &used) < 0)
		err(EXIT_RETRY, "wait4");
	c->wall += now_ms();
	posix_spawn_file_actions_destroy(&files);
	c->runs++;
	c->ms += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
	if (used.ru_maxrss > c->rss)
		c->rss = used.ru_maxrss;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		c->bad++;
	for (size_t i = 0; args[i] != NULL; i++)
		free(args[i]);
}

static size_t
read_list(const char *name, char **path)
{
	char line[4096];
	FILE *f = fopen(name, "r");
	size_t n = 0;

	if (f == NULL)
		err(EXIT_RETRY, "%s", name);
	while (n < PATHS && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if ((path[n++] = strdup(line)) == NULL)
			err(EXIT_RETRY, "memory");
	}
	fclose(f);
	if (n == 0)
		errx(EXIT_RETRY, "%s: empty", name);
	return n;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof v[0], by_value);
	return v[n / 2];
}

int
main(int argc, char **argv)
{
	static char *path[PATHS];
	static double ms[ROUNDS], wall[ROUNDS];
	struct cost c = { 0 };
	size_t rounds = 5, n;
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":n:")) != -1)
		rounds = cli_number(&cli, "-n", optarg, 1, ROUNDS);
	if (argc - optind < 2 || argc - optind > ARGS)
		cli_usage(&cli, "give a list and a command");
	n = read_list(argv[optind], path);
	for (size_t i = 0; i < rounds; i++) {
		c.ms = c.wall = 0;
		for (size_t k = 0; k < n; k++)
			run(argv + optind + 1, path[k], &c);
		ms[i] = c.ms / (double)n;
		wall[i] = c.wall / (double)n;
	}
	printf("runs=%lu ms=%.2f wall=%.2f rss=%ld bad=%lu\n", c.runs, median(ms, rounds),
	    median(wall, rounds), c.rss, c.bad);
	cli_close_stdout();
	return EXIT_NOTHING;
}
