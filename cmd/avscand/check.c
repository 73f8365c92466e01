/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/avscand/check.h"
#include "cmd/avscand/folder.h"
#include "cmd/avscand/memory.h"
#include "cmd/avscand/sigfile.h"
#include "common/canary.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Bytes that a child may have beyond what is mapped; a full set takes 1.5 GB. */
static const rlim_t MEMORY = (rlim_t)4 << 30;

/* What a child tells its parent, in memory that they share. */
struct told {
	struct sigfile file;	/* that it looks at */
	time_t newest;		/* of those that are loaded */
	unsigned taken;		/* how many are */
	bool bad;		/* one of them is */
	bool loaded;		/* the whole set is, without a complaint */
	volatile bool no_memory;	/* it was refused, for the file or the set */
	const char *why;	/* the set is not good, in a word */
};

static const char no_memory[] = "no memory to load it";

struct check {
	const struct sigset *set;
	const struct engine_settings *settings;
	struct told *told;
	char tmpdir[PATH_MAX];
	int said;		/* a file that holds what was said during a load */
};

static void
limit_memory(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages;
	struct rlimit r;

	if (f == NULL || fscanf(f, "%lu", &pages) != 1 || getrlimit(RLIMIT_AS, &r) < 0)
		err(EXIT_RETRY, "/proc/self/statm");
	fclose(f);
	if (r.rlim_cur > MEMORY) {
		r.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + MEMORY;
		if (r.rlim_cur > r.rlim_max)
			r.rlim_cur = r.rlim_max;
	}
	if (setrlimit(RLIMIT_AS, &r) < 0)
		err(EXIT_RETRY, "setrlimit");
}

static _Noreturn void
be_child(int (*work)(struct check *), struct check *c, pid_t parent)
{
	static const int fatal[] = { SIGALRM, SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	sigset_t none;
	int status;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_RETRY);
	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		signal(fatal[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	memory_watch(&c->told->no_memory);
	limit_memory();
	alarm(CLI_SECONDS);
	status = work(c);
	cli_close_stdout();
	_exit(status);
}

/* Runs work in a child; how it ended, as waitpid tells it. */
static int
in_child(int (*work)(struct check *), struct check *c)
{
	pid_t parent = getpid(), pid;
	int status;

	fflush(NULL);
	if ((pid = fork()) < 0)
		err(EXIT_RETRY, "fork");
	if (pid == 0)
		be_child(work, c, parent);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "waitpid");
	return status;
}

/*
 * NULL: it ended in a way of which it has said something itself; else in a word, and
 * in text, how.  The system kills with SIGKILL where memory runs out, we do not.
 */
static const char *
lost(const struct check *c, int status, char *text, size_t size)
{
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;

	if (WIFEXITED(status) && (WEXITSTATUS(status) == EXIT_NOTHING ||
	    WEXITSTATUS(status) == EXIT_RETRY))
		return NULL;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
		snprintf(text, size, "takes longer than %d seconds", CLI_SECONDS);
		return "time";
	}
	if (killed || c->told->no_memory) {
		snprintf(text, size, "%s: give it more memory", killed ?
		    "killed, as the system does where memory runs out" : no_memory);
		return "memory";
	}
	snprintf(text, size, "libclamav dies of it (%s %d)",
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return "died";
}

static void
age(struct record *r, time_t then)
{
	time_t now = time(NULL);

	record_addnum(r, "age", now > then ? (unsigned long long)(now - then) : 0);
}

/* At once: who prints may die of the next file. */
static void
print(struct record *r)
{
	record_end(r);
	fwrite(r->text, 1, r->len, stdout);
	fflush(stdout);
}

static void
print_file(const struct sigfile *f)
{
	static struct record r;

	record_start(&r);
	record_addtagged(&r, "name", "file", f->path, strlen(f->path));
	record_addnum(&r, "size", f->size);
	if (f->container) {
		record_addnum(&r, "set", f->number);
		record_addnum(&r, "sigs", f->signatures);
		record_addnum(&r, "level", f->level);
	}
	if (f->made != 0)
		age(&r, f->made);
	if (f->why != NULL)
		record_addstr(&r, "why", f->why);
	print(&r);
}

/* The names in the folder, in order, without . and .. and what sigupdate keeps there. */
static int
is_name(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
	    strcmp(e->d_name, "manifest") != 0;
}

static int
list(const char *dir, struct dirent ***names)
{
	int n = scandir(dir, names, is_name, alphasort);

	if (n < 0)
		err(EXIT_RETRY, "%s", dir);
	return n;
}

static void
free_list(struct dirent **names, int n)
{
	while (n > 0)
		free(names[--n]);
	free(names);
}

/* The file that told names.  What goes wrong without memory is not its fault. */
static void
look(struct check *c, bool load)
{
	struct sigfile *f = &c->told->file;

	c->told->no_memory = false;
	sigfile_look(f, c->set->dir, load);
	if (f->state != SIGFILE_BAD || !c->told->no_memory)
		return;
	f->why = "memory";
	snprintf(f->text, sizeof f->text, "%s: give it more memory", no_memory);
	c->told->why = f->why;
}

static int
look_at_all(struct check *c)
{
	struct told *t = c->told;
	struct dirent **names;
	int n = list(c->set->dir, &names);

	for (int i = 0; i < n; i++) {
		sigfile_name(&t->file, c->set->dir, names[i]->d_name);
		look(c, false);
		print_file(&t->file);
		if (t->file.state != SIGFILE_GOOD)
			warnx("%s: %s", t->file.path, t->file.text);
		if (t->file.state == SIGFILE_BAD)
			t->bad = true;
		if (t->file.state != SIGFILE_GOOD)
			continue;
		t->taken++;
		if (t->file.made > t->newest)
			t->newest = t->file.made;
	}
	free_list(names, n);
	return EXIT_NOTHING;
}

/* One canary: false, and why on stderr, where the answer is not the right one. */
static bool
ask(struct engine *e, enum canary which, const char *dir)
{
	int fd = canary_open(which);
	struct scan s;
	bool right;

	if (fd < 0)
		err(EXIT_RETRY, "a file in memory");
	engine_scan(e, fd, false, &s);
	close(fd);
	if (s.kind == SCAN_CLEAN)
		s.text[0] = '\0';
	right = s.kind <= SCAN_FOUND &&
	    canary_right(which, (struct span){ s.text, strlen(s.text) });
	if (!right)
		warnx("%s: not to be used: the answer to %s is %s", dir,
		    canary_name(which), s.kind == SCAN_CLEAN ? "OK" : s.text);
	return right;
}

/* What engine_load says is kept for the parent, who may know it better. */
static struct engine *
load(struct check *c)
{
	struct engine *e;
	int own = dup(STDERR_FILENO);

	if (own < 0 || dup2(c->said, STDERR_FILENO) < 0)
		err(EXIT_RETRY, "standard error");
	e = engine_load(c->set->dir, c->settings);
	if (dup2(own, STDERR_FILENO) < 0)
		exit(EXIT_RETRY);
	close(own);
	return lseek(c->said, 0, SEEK_END) == 0 ? e : NULL;
}

static int
load_and_ask(struct check *c)
{
	static struct record r;
	struct engine *e = load(c);
	bool right = true;

	if (e == NULL)
		return EXIT_RETRY;
	c->told->loaded = true;
	if (engine_tmpdir(e, c->tmpdir) < 0)
		errx(EXIT_RETRY, "%s: no memory", c->tmpdir);
	for (int i = 0; i < CANARIES; i++)
		right &= ask(e, (enum canary)i, c->set->dir);
	if (!right) {
		c->told->why = c->told->no_memory ? "memory" : "answer";
		return EXIT_RETRY;
	}
	record_start(&r);
	record_addstr(&r, "check", "avscand");
	record_addstr(&r, "set", c->set->name);
	record_addnum(&r, "sigs", engine_signatures(e));
	age(&r, c->told->newest);
	record_addstr(&r, "engine", engine_version());
	record_addnum(&r, "level", engine_level());
	print(&r);
	return EXIT_NOTHING;
}

static int
look_alone(struct check *c)
{
	look(c, true);
	return EXIT_NOTHING;
}

static struct told *
share(void)
{
	struct told *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (t == MAP_FAILED)
		err(EXIT_RETRY, "mmap");
	return t;
}

/* Leaves it in told; false: each file loads by itself. */
static bool
find_culprit(struct check *c)
{
	struct sigfile *f = &c->told->file;
	struct dirent **names;
	bool found = false;
	int n = list(c->set->dir, &names);

	for (int i = 0; i < n && !found; i++) {
		const char *why;

		sigfile_name(f, c->set->dir, names[i]->d_name);
		why = lost(c, in_child(look_alone, c), f->text, sizeof f->text);
		if (why != NULL) {
			f->state = SIGFILE_BAD;
			f->why = why;
		}
		found = f->state == SIGFILE_BAD;
	}
	free_list(names, n);
	return found;
}

bool
sigset_blame(const char *dir, char *text, size_t size)
{
	struct sigset set = { .dir = NULL, .name = dir, .fd = -1 };
	struct check c = { .set = &set, .told = share() };
	bool found;

	if ((set.dir = realpath(dir, NULL)) == NULL)
		err(EXIT_RETRY, "%s", dir);
	if ((found = find_culprit(&c)))
		snprintf(text, size, "%s: %s", c.told->file.path, c.told->file.text);
	sigset_free(&set);
	munmap(c.told, sizeof *c.told);
	return found;
}

static void
repeat_said(int fd)
{
	char buf[4096];
	ssize_t n;

	for (off_t at = 0; (n = pread(fd, buf, sizeof buf, at)) > 0; at += n)
		if (write_all(STDERR_FILENO, buf, (size_t)n) < 0)
			return;		/* nobody is there to be told */
}

/* The set does not load: which file, else what was said.  In a word. */
static const char *
explain(struct check *c, int status)
{
	char text[128] = "see above";
	const char *how = lost(c, status, text, sizeof text);

	if (how == NULL && c->told->no_memory) {
		snprintf(text, sizeof text, "%s: give it more memory", no_memory);
		how = "memory";
	}
	/* What libclamav said, a malformed database, say, would mislead. */
	if (how != NULL && strcmp(how, "memory") == 0) {
		warnx("%s: %s", c->set->dir, text);
		return how;
	}
	if (find_culprit(c)) {
		warnx("%s: %s", c->told->file.path, c->told->file.text);
		print_file(&c->told->file);
		return strcmp(c->told->file.why, "memory") == 0 ? "memory" : "file";
	}
	repeat_said(c->said);
	warnx("%s: each file loads, but not all of them together: %s", c->set->dir, text);
	return how != NULL ? how : "together";
}

/* The whole set, once every file of it was found good. */
static int
check_whole(struct check *c, const char *tmp)
{
	struct told *t = c->told;
	char text[128];
	const char *how;
	int status;

	if ((c->said = memfd_create("said", MFD_CLOEXEC)) < 0)
		err(EXIT_RETRY, "a file in memory");
	if (!folder_make(tmp, c->tmpdir, sizeof c->tmpdir))
		return EXIT_RETRY;
	t->no_memory = false;
	status = in_child(load_and_ask, c);
	folder_wipe(c->tmpdir);
	if (!t->loaded)
		t->why = explain(c, status);
	else if ((how = lost(c, status, text, sizeof text)) != NULL) {
		warnx("%s: a scan of a canary: %s", c->set->dir, text);
		t->why = how;
	}
	close(c->said);
	return status == 0 ? EXIT_NOTHING : EXIT_RETRY;
}

/* Each file by itself; false, and why in a word unless it cannot be told: one is bad. */
static bool
check_files(struct check *c)
{
	struct told *t = c->told;
	char text[128];
	int status = in_child(look_at_all, c);
	const char *how = lost(c, status, text, sizeof text);

	if (how != NULL) {
		warnx("%s: %s", t->file.path, text);
		t->file.why = t->why = how;
		if (t->file.path[0] != '\0')
			print_file(&t->file);
	} else if (status == 0 && t->bad && t->why == NULL)
		t->why = "file";
	else if (status == 0 && !t->bad && t->taken == 0) {
		warnx("%s: holds no signature file", c->set->dir);
		t->why = "empty";
	}
	return status == 0 && t->why == NULL;
}

int
check_set(const struct sigset *s, const struct engine_settings *settings, const char *tmp)
{
	static struct record r;
	struct check c = { .set = s, .settings = settings, .told = share() };
	int status = !check_files(&c) ? EXIT_RETRY :
	    tmp != NULL ? check_whole(&c, tmp) : EXIT_NOTHING;

	record_start(&r);
	if (c.told->why == NULL)
		record_addstr(&r, "check", "files");
	record_addstr(&r, "set", s->name);
	if (c.told->why != NULL)
		record_addstr(&r, "why", c.told->why);
	if (c.told->why != NULL || (tmp == NULL && status == EXIT_NOTHING))
		print(&r);
	munmap(c.told, sizeof *c.told);
	return status;
}
