/* SPDX-License-Identifier: ISC */
/*
 * liar: stands in the place of one of our tools, as told by the environment.
 *
 *   LIAR_REAL  the folder of the honest tools; argv[0]'s last name is which
 *   LIAR       three words WORK OUTPUT END
 *   LIAR_OTHER a file: another message's answer of the same tool
 *
 *   WORK       real: the honest tool runs first; idle: nothing is done
 *   OUTPUT     own: what it said; nothing; half: the first half of it;
 *              blank: an empty line, then its last line; twice: its last line
 *              once more; verdict: a verdict before its last line; double: two
 *              verdicts in one, and its last line; id, parts: its last line
 *              with another id or number; check: only the right last record,
 *              made from the manifest of a folder among the arguments; refuse:
 *              the record of reinject's 1, likewise; lines: 1,000 newlines;
 *              bytes: each byte from 0 to 255; globs: shell text; big: 64 KiB
 *              of a; other: of LIAR_OTHER; status: 5.1.1 on stderr, which
 *              pipe(8) would obey; say:TEXT
 *   END        a status; sN: death by signal N; own: as the honest tool ended;
 *              hang; deaf: it hangs and does not hear SIGTERM; orphan: 0, but a
 *              child in a session of its own holds on to stdout
 */
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX = 1 << 20 };

static char said[MAX + 1];	/* by the honest tool, or what is made of it */
static size_t n;

static const char *
setting(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL)
		errx(99, "%s is not set", name);
	return value;
}

static size_t
read_file(int fd, char *to, size_t room)
{
	size_t got = 0;
	ssize_t r;

	while (got < room && (r = read(fd, to + got, room - got)) > 0)
		got += (size_t)r;
	return got;
}

/* Runs the honest tool on our standard input; its wait status. */
static int
run(const char *name, char **argv)
{
	char path[4096];
	int out[2], status = -1;
	pid_t child;

	snprintf(path, sizeof path, "%s/%s", setting("LIAR_REAL"), name);
	if (pipe(out) < 0 || (child = fork()) < 0)
		err(99, "%s", path);
	if (child == 0) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		unsetenv("LIAR");
		argv[0] = path;
		execv(path, argv);
		err(99, "%s", path);
	}
	close(out[1]);
	n = read_file(out[0], said, MAX);
	close(out[0]);
	waitpid(child, &status, 0);
	return status;
}

/* The last line of what was said, with its newline, if any. */
static char *
last_line(void)
{
	size_t i = n;

	said[n] = '\0';
	while (i > 0 && (i == n || said[i - 1] != '\n'))
		i--;
	return said + i;
}

static void
put(const char *text)
{
	fputs(text, stdout);
}

/* Another digit at the first one behind key. */
static void
change(char *line, const char *key)
{
	char *at = strstr(line, key);

	if (at != NULL)
		at[strlen(key)] = at[strlen(key)] == '7' ? '8' : '7';
}

/* The last record that an honest check of this folder would print, or reinject. */
static void
put_record(const char *name, const char *what, char **argv)
{
	char path[4096], line[65536], id[21] = "00000000000000000000", parts[21] = "1";
	const char *at;
	size_t got;
	int fd = -1;

	for (char **dir = argv + 1; fd < 0 && *dir != NULL; dir++) {
		snprintf(path, sizeof path, "%s/manifest", *dir);
		fd = open(path, O_RDONLY);
	}
	got = fd < 0 ? 0 : read_file(fd, line, sizeof line - 1);
	line[got] = '\0';
	if ((at = strstr(line, " id=")) != NULL)
		snprintf(id, sizeof id, "%.20s", at + 4);
	if ((at = strstr(line, " parts=")) != NULL)
		snprintf(parts, 1 + strspn(at + 7, "0123456789"), "%s", at + 7);
	if (strcmp(what, "refuse") == 0)
		printf("id=%s do=refuse code=550 text=no\n", id);
	else
		printf("check=%s id=%s parts=%s\n", name, id, parts);
}

static void
put_many(const char *what)
{
	bool lines = strcmp(what, "lines") == 0, bytes = strcmp(what, "bytes") == 0;
	int count = lines ? 1000 : bytes ? 256 : 65536;

	for (int i = 0; i < count; i++)
		putchar(lines ? '\n' : bytes ? i : 'a');
}

static void
put_edited(const char *what)
{
	char *last = last_line();

	if (strcmp(what, "id") == 0 || strcmp(what, "parts") == 0)
		change(last, what[0] == 'i' ? " id=" : " parts=");
	else if (strcmp(what, "blank") == 0)
		put("\n");
	else if (strcmp(what, "verdict") == 0)
		put("part=1 verdict=infected sig=Lie by=liar\n");
	else if (strcmp(what, "double") == 0)
		put("part=1 verdict=infected verdict=unscanned why=encrypted\n");
	if (strcmp(what, "blank") == 0 || strcmp(what, "double") == 0)
		put(last);
	else
		fwrite(said, 1, n, stdout);
	if (strcmp(what, "twice") == 0)
		put(last);
}

static void
speak(const char *what, const char *name, char **argv)
{
	int fd;

	if (strcmp(what, "nothing") == 0)
		return;
	if (strcmp(what, "half") == 0)
		fwrite(said, 1, n / 2, stdout);
	else if (strcmp(what, "check") == 0 || strcmp(what, "refuse") == 0)
		put_record(name, what, argv);
	else if (strcmp(what, "status") == 0)
		fputs("5.1.1 no such user\n", stderr);
	else if (strncmp(what, "say:", 4) == 0)
		puts(what + 4);
	else if (strcmp(what, "globs") == 0)
		puts("* ?/* $(touch /tmp/liar) `id` ; exit 0 #'\" \\ ~");
	else if (strcmp(what, "lines") == 0 || strcmp(what, "bytes") == 0 ||
	    strcmp(what, "big") == 0)
		put_many(what);
	else if (strcmp(what, "other") == 0) {
		if ((fd = open(setting("LIAR_OTHER"), O_RDONLY)) < 0)
			err(99, "LIAR_OTHER");
		n = read_file(fd, said, MAX);
		fwrite(said, 1, n, stdout);
	} else
		put_edited(what);
}

static _Noreturn void
hang(void)
{
	for (;;)
		pause();
}

static int
finish(const char *how, int status)
{
	if (strcmp(how, "deaf") == 0)
		signal(SIGTERM, SIG_IGN);
	if (strcmp(how, "hang") == 0 || strcmp(how, "deaf") == 0)
		hang();
	if (strcmp(how, "orphan") == 0) {
		if (fork() > 0)
			return 0;
		setsid();
		hang();
	}
	if (strcmp(how, "own") == 0 && WIFEXITED(status))
		return WEXITSTATUS(status);
	if (strcmp(how, "own") == 0)
		return 99;
	if (how[0] == 's') {
		signal(atoi(how + 1), SIG_DFL);
		raise(atoi(how + 1));
	}
	return atoi(how);
}

int
main(int argc, char **argv)
{
	char work[16], output[64], end[16];
	const char *name = strrchr(argv[0], '/');
	int status = -1;

	(void)argc;
	name = name == NULL ? argv[0] : name + 1;
	if (sscanf(setting("LIAR"), "%15s %63s %15s", work, output, end) != 3)
		errx(99, "LIAR is not WORK OUTPUT END");
	if (strcmp(work, "real") == 0)
		status = run(name, argv);
	speak(output, name, argv);
	fflush(stdout);
	return finish(end, status);
}
