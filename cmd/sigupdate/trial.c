/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/trial.h"
#include "cmd/sigupdate/child.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FILES_MAX = 8192, SAID_MAX = 256 << 10 };

/* The child and what it has said so far. */
struct run {
	struct trial *t;
	char *folder;		/* without links */
	enum trial_how how;
	pid_t pid;
	int out, err;		/* what it writes; -1: ended */
	long long until;	/* ms of clock_ms */
	unsigned long seconds;
	char line[RECORD_MAX];	/* of its standard output */
	size_t n;
	char *said;		/* SAID_MAX bytes */
	size_t saying;
	bool checked, nonsense;
};

static _Noreturn void
be_avscand(const struct run *r, int out, int error, pid_t parent)
{
	const char *how = r->how == TRIAL_FILES ? "-kn" : "-k";
	const char *const argv[] = { "avscand", how, "-D", r->folder, NULL };
	int in = open("/dev/null", O_RDONLY);

	if (!child_ready(parent) || dup2(error, STDERR_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(in, STDIN_FILENO) < 0) {
		dprintf(error, "%s\n", strerror(errno));
		_exit(EXIT_RETRY);
	}
	child_exec(argv);
	dprintf(STDERR_FILENO, "%s\n", strerror(errno));
	_exit(127);
}

static void
start(struct run *r)
{
	pid_t parent = getpid();
	int out[2], error[2];

	if (!child_pipe(out) || !child_pipe(error))
		err(EXIT_RETRY, "pipe");
	fflush(NULL);
	if ((r->pid = fork()) < 0)
		err(EXIT_RETRY, "fork");
	if (r->pid == 0)
		be_avscand(r, out[1], error[1], parent);
	close(out[1]);
	close(error[1]);
	r->out = out[0];
	r->err = error[0];
}

/* A word of ours in memory of `size' bytes; false: it is none. */
static bool
plain(char *to, size_t size, struct span coded)
{
	if (coded.n == 0 || coded.n >= size || memchr(coded.p, '%', coded.n) != NULL)
		return false;
	memcpy(to, coded.p, coded.n);
	to[coded.n] = '\0';
	return true;
}

/* The name in file:FOLDER/NAME; false: it is not in the folder. */
static bool
name_of(const struct run *r, struct span value, struct span *name)
{
	static char path[RECORD_MAX];
	size_t n = strlen(r->folder), len;

	if (value.n < 5 || memcmp(value.p, "file:", 5) != 0)
		return false;
	len = record_decode(path, (struct span){ value.p + 5, value.n - 5 });
	if (len <= n + 1 || memcmp(path, r->folder, n) != 0 || path[n] != '/')
		return false;
	*name = (struct span){ path + n + 1, len - n - 1 };
	return memchr(name->p, '/', name->n) == NULL &&
	    memchr(name->p, '\0', name->n) == NULL;
}

/* Could it be ours?  Anything else a person has put there. */
static bool
nameable(struct span name)
{
	if (name.n > FILENAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return true;
}

/* The one of that name, new if there is none. */
static struct trial_file *
file_named(struct trial *t, struct span name)
{
	struct trial_file *f;

	for (size_t i = t->files; i-- > 0; )
		if (strlen(t->file[i].name) == name.n &&
		    memcmp(t->file[i].name, name.p, name.n) == 0)
			return &t->file[i];
	if ((f = realloc(t->file, (t->files + 1) * sizeof *f)) == NULL)
		err(EXIT_RETRY, "malloc");
	t->file = f;
	f += t->files++;
	memset(f, 0, sizeof *f);
	memcpy(f->name, name.p, name.n);
	return f;
}

/* A why= of the system, and not of the set or the file. */
static bool
says_nothing(const char *why)
{
	return strcmp(why, "memory") == 0 || strcmp(why, "system") == 0 ||
	    strcmp(why, "time") == 0;
}

static void
take_file(struct run *r, size_t n, struct span value)
{
	unsigned long long age, number, sigs, level;
	struct trial_file *f;
	struct span name, why;
	char word[sizeof f->bad] = "";
	time_t now = time(NULL);

	if (!name_of(r, value, &name) || r->t->files == FILES_MAX ||
	    (record_get(r->line, n, "why", &why) && !plain(word, sizeof word, why))) {
		r->nonsense = true;
		return;
	}
	if (!nameable(name))
		return;
	f = file_named(r->t, name);
	if (record_num(r->line, n, "set", &number) &&
	    record_num(r->line, n, "sigs", &sigs) &&
	    record_num(r->line, n, "level", &level)) {
		f->number = number;
		f->sigs = sigs;
		f->level = level;
	}
	if (record_num(r->line, n, "age", &age) && age <= (unsigned long long)now)
		f->made = now - (time_t)age;
	f->older = strcmp(word, "older") == 0;
	if (!f->older && strcmp(word, "suffix") != 0 && !says_nothing(word))
		memcpy(f->bad, word, sizeof f->bad);
}

/* name=file:..., check=avscand ..., or set=... why=...: nothing else, nothing behind the last. */
static void
take_line(struct run *r, size_t n)
{
	struct trial *t = r->t;
	struct span value;

	if (!record_valid(r->line, n) || r->checked || t->why[0] != '\0')
		r->nonsense = true;
	else if (record_get(r->line, n, "name", &value))
		take_file(r, n, value);
	else if (record_is(r->line, n, "check", "avscand"))
		r->checked = record_num(r->line, n, "sigs", &t->sigs) &&
		    record_num(r->line, n, "level", &t->level) &&
		    record_get(r->line, n, "engine", &value) &&
		    plain(t->engine, sizeof t->engine, value);
	else if (r->how == TRIAL_FILES && record_is(r->line, n, "check", "files"))
		r->checked = true;
	else if (!record_get(r->line, n, "set", &value) ||
	    !record_get(r->line, n, "why", &value) ||
	    !plain(t->why, sizeof t->why, value))
		r->nonsense = true;
}

/* False: it has ended. */
static bool
read_out(struct run *r)
{
	ssize_t n = read(r->out, r->line + r->n, sizeof r->line - r->n);
	char *end;

	if (n < 0 && errno != EINTR)
		err(EXIT_RETRY, "avscand");
	if (n == 0)
		r->nonsense |= r->n > 0;
	r->n += n > 0 ? (size_t)n : 0;
	while (!r->nonsense && (end = memchr(r->line, '\n', r->n)) != NULL) {
		size_t len = (size_t)(end - r->line);

		take_line(r, len);
		r->n -= len + 1;
		memmove(r->line, end + 1, r->n);
	}
	r->nonsense |= r->n == sizeof r->line;
	if (r->nonsense)
		r->n = 0;
	return n != 0;
}

static bool
read_err(struct run *r)
{
	char beyond[4096];
	size_t room = SAID_MAX - r->saying;
	ssize_t n = room > 0 ? read(r->err, r->said + r->saying, room) :
	    read(r->err, beyond, sizeof beyond);

	if (n < 0 && errno != EINTR)
		err(EXIT_RETRY, "avscand");
	if (room > 0 && n > 0)
		r->saying += (size_t)n;
	return n != 0;
}

/* Both pipes to their end; false: it takes too long. */
static bool
listen_to(struct run *r)
{
	while (r->out >= 0 || r->err >= 0) {
		struct pollfd p[2] = { { .fd = r->out, .events = POLLIN },
		    { .fd = r->err, .events = POLLIN } };
		long long left = r->until - clock_ms();

		if (left <= 0)
			return false;
		if (poll(p, 2, left < INT_MAX ? (int)left : INT_MAX) < 0 && errno != EINTR)
			err(EXIT_RETRY, "poll");
		if (p[0].revents != 0 && !read_out(r)) {
			close(r->out);
			r->out = -1;
		}
		if (p[1].revents != 0 && !read_err(r)) {
			close(r->err);
			r->err = -1;
		}
	}
	return true;
}

/* It may have closed both and go on: then it is killed too.  How it ended, as waitpid tells. */
static int
end(struct run *r, bool in_time)
{
	int status = child_end(r->pid, in_time, r->until);

	if (status < 0)
		err(EXIT_RETRY, "waitpid");
	if (r->out >= 0)
		close(r->out);
	if (r->err >= 0)
		close(r->err);
	return status;
}

/* Each `what' becomes `by', where that is not longer; at_start: only where a line begins. */
static void
replace(char *text, size_t *n, const char *what, const char *by, bool at_start)
{
	size_t len = strlen(what), by_len = strlen(by), to = 0;
	bool begins = true;

	if (by_len > len)
		return;
	for (size_t i = 0; i < *n; ) {
		if ((begins || !at_start) && *n - i >= len && memcmp(text + i, what, len) == 0) {
			memcpy(text + to, by, by_len);
			to += by_len;
			i += len;
			begins = false;
			continue;
		}
		begins = text[i] == '\n';
		text[to++] = text[i++];
	}
	*n = to;
}

/* Its messages as they are shown; what came last explains most. */
static void
tidy_said(struct run *r)
{
	char inside[PATH_MAX + 2];
	char *from = r->said, *whole;
	size_t n = r->saying;

	snprintf(inside, sizeof inside, "%s/", r->folder);
	replace(from, &n, "avscand: ", "", true);
	replace(from, &n, inside, "", false);
	snprintf(inside, sizeof inside, "%s: ", r->folder);
	replace(from, &n, inside, "the set: ", true);
	while (n > 0 && (from[n - 1] == '\n' || from[n - 1] == ' '))
		n--;
	for (size_t i = 0; i < n; i++)
		if (from[i] != '\n' && (from[i] < ' ' || from[i] > '~'))
			from[i] = '?';
	if (n >= sizeof r->t->said) {
		from += n - (sizeof r->t->said - 1);
		n = sizeof r->t->said - 1;
		if ((whole = memchr(from, '\n', n)) != NULL) {
			n -= (size_t)(whole + 1 - from);
			from = whole + 1;
		}
	}
	memcpy(r->t->said, from, n);
	r->t->said[n] = '\0';
}

static void __attribute__((format(printf, 2, 3)))
add_said(struct run *r, const char *fmt, ...)
{
	char text[128];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < sizeof text && SAID_MAX - r->saying >= (size_t)n) {
		memcpy(r->said + r->saying, text, (size_t)n);
		r->saying += (size_t)n;
	}
}

static void
judge(struct run *r, int status, bool in_time)
{
	struct trial *t = r->t;
	bool ended = WIFEXITED(status) &&
	    (WEXITSTATUS(status) == EXIT_NOTHING || WEXITSTATUS(status) == EXIT_RETRY);
	bool well = ended && WEXITSTATUS(status) == EXIT_NOTHING;

	if (!in_time)
		add_said(r, "takes longer than %lu seconds\n", r->seconds);
	else if (WIFSIGNALED(status))
		add_said(r, "killed by signal %d\n", WTERMSIG(status));
	else if (!ended)
		add_said(r, "ended with %d\n", WEXITSTATUS(status));
	else if (r->nonsense || well != r->checked)
		add_said(r, "what it says makes no sense\n");
	tidy_said(r);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		errx(EXIT_RETRY, "avscand cannot be run: %.*s",
		    (int)strcspn(t->said, "\n"), t->said);
	t->good = in_time && well && r->checked && !r->nonsense;
	t->lost = !in_time || !ended || r->nonsense || (well && !t->good) ||
	    (!well && (t->why[0] == '\0' || says_nothing(t->why)));
}

static int
by_name(const void *a, const void *b)
{
	const struct trial_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void
trial_run(struct trial *t, const char *folder, unsigned long seconds, enum trial_how how)
{
	struct run *r = calloc(1, sizeof *r);
	char *real = realpath(folder, NULL);
	bool in_time;
	int status;

	memset(t, 0, sizeof *t);
	if (real == NULL)
		err(EXIT_RETRY, "%s", folder);
	if (r == NULL || (r->said = malloc(SAID_MAX)) == NULL)
		err(EXIT_RETRY, "malloc");
	r->t = t;
	r->folder = real;
	r->how = how;
	r->seconds = seconds;
	r->until = clock_ms() + (long long)seconds * 1000;
	start(r);
	in_time = listen_to(r);
	status = end(r, in_time);
	judge(r, status, in_time);
	if (t->files > 0)
		qsort(t->file, t->files, sizeof *t->file, by_name);
	free(real);
	free(r->said);
	free(r);
}

const struct trial_file *
trial_file(const struct trial *t, const char *name)
{
	for (size_t i = 0; i < t->files; i++)
		if (strcmp(t->file[i].name, name) == 0)
			return &t->file[i];
	return NULL;
}

struct span
trial_said(const struct trial *t, const char *name)
{
	const char *p = t->said;
	size_t n = strlen(name);

	while (*p != '\0' && (strncmp(p, name, n) != 0 || strncmp(p + n, ": ", 2) != 0)) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return *p == '\0' ? (struct span){ NULL, 0 } : (struct span){ p, strcspn(p, "\n") };
}

void
trial_free(struct trial *t)
{
	free(t->file);
	memset(t, 0, sizeof *t);
}
