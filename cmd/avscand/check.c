/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/avscand/check.h"
#include "cmd/avscand/folder.h"
#include "cmd/avscand/memory.h"
#include "cmd/avscand/sigfile.h"
#include "cmd/avscand/watch.h"
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
#include <fcntl.h>
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
	bool begun;		/* what goes wrong from here on may be the set's fault */
	bool loaded;		/* the whole set is, without a complaint */
	volatile bool no_memory;	/* it was refused, for the file or the set */
	char refused[PATH_MAX + SCAN_TEXT];	/* by the system, so that the set could not be tried */
	const char *why;	/* the set is not good, or could not be tried, in a word */
};

static const char no_memory[] = "no memory to load it: give it more memory";

struct check {
	const struct sigset *set;
	const struct engine_settings *settings;
	struct told *told;
	const char *tmp;
	char tmpdir[PATH_MAX];	/* in tmp */
	int said;		/* a file that holds what was said by who loads and asks */
};

/* Whom a child that loads tells what it was refused; NULL: nobody, any more. */
static struct told *listener;

/* Ends the watch of a load, at exit() too. */
static void
end_watch(void)
{
	struct told *t = listener;
	const char *refused;
	int error = 0;

	listener = NULL;
	if (t == NULL || (refused = watch_end(&error)) == NULL)
		return;
	if (sigfile_refused(error))
		snprintf(t->refused, sizeof t->refused, "%s", refused);
	errno = error;
	memory_failed();
}

/* A call of ours failed, as errno tells. */
static void
refused(struct told *t, const char *what)
{
	snprintf(t->refused, sizeof t->refused, "%s: %s", what, strerror(errno));
}

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

/*
 * Runs work in a child; how it ended, as waitpid tells it.  EXIT_RETRY: the system
 * refused what we need ourselves; told says what, or the child has said it.
 */
static int
in_child(int (*work)(struct check *), struct check *c)
{
	pid_t parent = getpid(), pid;
	int status;

	fflush(NULL);
	if ((pid = fork()) < 0) {
		refused(c->told, "fork");
		return EXIT_RETRY << 8;
	}
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
		snprintf(text, size, "%s", killed ? "killed, as the system does where "
		    "memory runs out: give it more memory" : no_memory);
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

/* -1 with errno. */
static int
list(const char *dir, struct dirent ***names)
{
	return scandir(dir, names, is_name, alphasort);
}

static void
free_list(struct dirent **names, int n)
{
	while (n > 0)
		free(names[--n]);
	free(names);
}

/* Of the set, or of a file: is it not its fault? */
static bool
says_nothing(const char *why)
{
	return strcmp(why, "memory") == 0 || strcmp(why, "system") == 0 ||
	    strcmp(why, "time") == 0;
}

/* The file that told names.  What goes wrong without memory is not its fault. */
static void
look(struct check *c, bool load)
{
	struct sigfile *f = &c->told->file;

	c->told->no_memory = false;
	sigfile_look(f, c->set->dir, load);
	if (f->state == SIGFILE_BAD && c->told->no_memory) {
		f->why = "memory";
		snprintf(f->text, sizeof f->text, "%s", no_memory);
	}
	if (f->state == SIGFILE_BAD && says_nothing(f->why))
		c->told->why = f->why;
}

static int
look_at_all(struct check *c)
{
	struct told *t = c->told;
	struct dirent **names;
	int n = list(c->set->dir, &names);

	if (n < 0)
		err(EXIT_RETRY, "%s", c->set->dir);
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

/*
 * A scan was refused a call.  Of what stdio could not write libclamav keeps no errno:
 * is there room for a file?
 */
static void
tell_refused(struct check *c, const char *call)
{
	static const char block[64 << 10];
	char path[sizeof c->tmpdir + sizeof "/room"];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof path, "%s/room", c->tmpdir);
	errno = ENOSPC;
	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) >= 0)
		n = write(fd, block, sizeof block);
	if (n == (ssize_t)sizeof block)
		snprintf(c->told->refused, sizeof c->told->refused, "%s: %s", c->tmp, call);
	else
		refused(c->told, c->tmp);
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
}

/* Is the answer to a canary the right one? */
static bool
ask_one(struct engine *e, enum canary which, struct scan *s)
{
	int fd = canary_open(which);

	if (fd < 0)
		err(EXIT_RETRY, "a file in memory");
	engine_scan(e, fd, false, s);
	close(fd);
	if (s->kind == SCAN_CLEAN)
		s->text[0] = '\0';
	return s->kind <= SCAN_FOUND &&
	    canary_right(which, (struct span){ s->text, strlen(s->text) });
}

/* The answers to all canaries; false, and why, where one is not right. */
static bool
ask(struct check *c, struct engine *e)
{
	bool right = true, doubt = false;
	struct scan s;

	for (int i = 0; i < CANARIES; i++) {
		enum canary which = (enum canary)i;

		if (ask_one(e, which, &s)) {
			doubt |= s.doubt > 0;
			continue;
		}
		right = false;
		/* What comes after a scan in doubt is not to be believed. */
		if (s.kind == SCAN_REFUSED || doubt) {
			tell_refused(c, s.kind == SCAN_REFUSED ? s.text :
			    "libclamav could not look at all of a canary");
			break;
		}
		warnx("%s: not to be used: the answer to %s is %s%s", c->set->dir,
		    canary_name(which), s.kind == SCAN_CLEAN ? "OK" : s.text,
		    s.kind == SCAN_CLEAN && which == CANARY_EICAR ? "; is there a "
		    "signature for it, and none that ignores it (.ign2, .fp)?" : "");
	}
	return right;
}

/* NULL: it does not load, or libclamav complained of something. */
static struct engine *
load(struct check *c)
{
	struct engine *e;

	watch_begin();
	listener = c->told;
	if (atexit(end_watch) != 0)
		err(EXIT_RETRY, "atexit");
	c->told->begun = true;
	e = engine_load(c->set->dir, c->settings);
	end_watch();
	return lseek(c->said, 0, SEEK_END) == 0 && c->told->refused[0] == '\0' ? e : NULL;
}

/* What is said here is kept for the parent, who may know it better. */
static int
load_and_ask(struct check *c)
{
	static struct record r;
	struct engine *e;

	if (dup2(c->said, STDERR_FILENO) < 0)
		err(EXIT_RETRY, "standard error");
	if ((e = load(c)) == NULL)
		return EXIT_RETRY;
	c->told->loaded = true;
	if (engine_tmpdir(e, c->tmpdir) < 0)
		errx(EXIT_RETRY, "%s: no memory", c->tmpdir);
	if (!ask(c, e)) {
		c->told->why = "answer";
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

/* How the child ended that looked at the file alone. */
static void
take_end(struct check *c, int status)
{
	struct told *t = c->told;
	struct sigfile *f = &t->file;
	const char *why = lost(c, status, f->text, sizeof f->text);

	if (why == NULL && status != 0) {
		why = "system";
		snprintf(f->text, sizeof f->text, "%.400s", t->refused[0] != '\0' ?
		    t->refused : "could not be looked at");
		t->refused[0] = '\0';
	}
	if (why != NULL) {
		f->state = SIGFILE_BAD;
		f->why = why;
	}
}

/* Leaves it in told; false: each file loads by itself, or the system refused to list them. */
static bool
find_culprit(struct check *c)
{
	struct sigfile *f = &c->told->file;
	struct dirent **names;
	bool found = false;
	int n = list(c->set->dir, &names);

	if (n < 0) {
		refused(c->told, c->set->dir);
		return false;
	}
	for (int i = 0; i < n && !found; i++) {
		sigfile_name(f, c->set->dir, names[i]->d_name);
		take_end(c, in_child(look_alone, c));
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
	else if (c.told->refused[0] != '\0')
		errx(EXIT_RETRY, "%s", c.told->refused);
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
	struct sigfile *f = &c->told->file;
	char text[128] = "see above";
	const char *how = lost(c, status, text, sizeof text);

	if (how == NULL && c->told->no_memory) {
		snprintf(text, sizeof text, "%s", no_memory);
		how = "memory";
	}
	/* What libclamav said, a malformed database, say, would mislead. */
	if (how != NULL && strcmp(how, "memory") == 0) {
		warnx("%s: %s", c->set->dir, text);
		return how;
	}
	if (find_culprit(c)) {
		warnx("%s: %s", f->path, f->text);
		print_file(f);
		return says_nothing(f->why) ? f->why : "file";
	}
	if (c->told->refused[0] != '\0')
		return "system";
	repeat_said(c->said);
	warnx("%s: each file loads, but not all of them together: %s", c->set->dir, text);
	return how != NULL ? how : "together";
}

/* The child that loads and asks has ended: NULL, or why the set is not good. */
static const char *
judge(struct check *c, int status)
{
	struct told *t = c->told;
	char text[128];
	const char *how;

	if (t->refused[0] != '\0')
		return "system";
	if (t->begun && !t->loaded)
		return explain(c, status);
	how = lost(c, status, text, sizeof text);
	if (how == NULL && status != 0 && t->no_memory) {
		snprintf(text, sizeof text, "%s", no_memory);
		how = "memory";
	}
	if (how == NULL || strcmp(how, "memory") != 0)
		repeat_said(c->said);
	if (how != NULL) {
		warnx("%s: a scan of a canary: %s", c->set->dir, text);
		return how;
	}
	return status == 0 ? NULL : t->why != NULL ? t->why : "system";
}

/* The whole set, once every file of it was found good. */
static bool
check_whole(struct check *c)
{
	struct told *t = c->told;
	bool made;

	t->why = "system";
	if ((c->said = memfd_create("said", MFD_CLOEXEC)) < 0) {
		refused(t, "a file in memory");
		return false;
	}
	if ((made = folder_make(c->tmp, c->tmpdir, sizeof c->tmpdir))) {
		t->why = NULL;
		t->no_memory = false;
		t->why = judge(c, in_child(load_and_ask, c));
	}
	close(c->said);
	if (made)
		folder_wipe(c->tmpdir);
	return t->why == NULL;
}

/* Each file by itself; false, and why in a word: one is bad. */
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
	} else if (status != 0)
		t->why = "system";
	else if (t->bad && t->why == NULL)
		t->why = "file";
	else if (!t->bad && t->taken == 0) {
		warnx("%s: holds no signature file", c->set->dir);
		t->why = "empty";
	}
	return t->why == NULL;
}

int
check_set(const struct sigset *s, const struct engine_settings *settings, const char *tmp)
{
	static struct record r;
	struct check c = { .set = s, .settings = settings, .told = share(), .tmp = tmp };
	struct told *t = c.told;
	bool good = check_files(&c) && (tmp == NULL || check_whole(&c));

	if (!good && t->refused[0] != '\0')
		warnx("%s: the set could not be tried", t->refused);
	record_start(&r);
	if (good)
		record_addstr(&r, "check", "files");
	record_addstr(&r, "set", s->name);
	if (!good)
		record_addstr(&r, "why", t->why);
	if (!good || tmp == NULL)
		print(&r);
	munmap(t, sizeof *t);
	return good ? EXIT_NOTHING : EXIT_RETRY;
}
