/* SPDX-License-Identifier: ISC */
/*
 * sysat -o LOG [-m FILE] [-k POINT | -e ERRNO POINT] COMMAND [ARG...]: follows the
 * system calls of a command and of its children, as long as they are the same
 * program, and kills the one that comes to a point before it does that call (-k),
 * or lets that call fail (-e, by its number).  A point is P:CALL:N, the Nth CALL of
 * process P, where 0 is the command, 1 its first child and so on.  What comes before
 * FILE is opened (-m) does not count.  The log:
 *
 *	call P:CALL:N PATH	without a point: each call, in order
 *	at P:CALL:N PATH	the point was come to
 *	exit N, signal N	how the command ended
 *	left PID NAME		what lives on 5 seconds after it, and is killed then
 *
 * An exec of another program is the call `exec'; a point there kills that program.
 * An openat that makes a file is the call `create'.
 */
#define _GNU_SOURCE
#include "common/cli.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <linux/ptrace.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TASKS = 256, CALLS = 512, EXEC = CALLS, CREATE, KINDS };
enum { GRACE = 5, NAME = 24, TEXT = 2 * PATH_MAX };

static const struct cli cli = { "sysat",
    "sysat -o LOG [-m FILE] [-k POINT | -e ERRNO POINT] COMMAND [ARG...]\n"
    "Kills a command at its Nth system call; see the comment in its source.\n"
};

/* Where a call has what it is about. */
enum about { NOTHING, PATH_0, PATH_1, PATH_2, PATH_3, FD };

static const struct call {
	long number;
	const char *name;
	enum about about;
} NAMES[] = {
	{ SYS_openat, "openat", PATH_1 }, { SYS_close, "close", FD }, { SYS_write, "write", FD },
	{ SYS_pwrite64, "pwrite", FD }, { SYS_read, "read", FD }, { SYS_fsync, "fsync", FD },
	{ SYS_fdatasync, "fdatasync", FD }, { SYS_fchmod, "fchmod", FD },
	{ SYS_ftruncate, "ftruncate", FD }, { SYS_flock, "flock", FD },
	{ SYS_getdents64, "getdents", FD }, { SYS_fstat, "fstat", FD },
	{ SYS_mkdirat, "mkdirat", PATH_1 }, { SYS_unlinkat, "unlinkat", PATH_1 },
	{ SYS_readlinkat, "readlinkat", PATH_1 }, { SYS_newfstatat, "fstatat", PATH_1 },
	{ SYS_renameat, "renameat", PATH_3 }, { SYS_renameat2, "renameat", PATH_3 },
	{ SYS_linkat, "linkat", PATH_3 }, { SYS_symlinkat, "symlinkat", PATH_2 },
	{ SYS_exit_group, "exit_group", NOTHING }, { SYS_wait4, "wait4", NOTHING },
	{ SYS_clone, "clone", NOTHING }, { SYS_ppoll, "ppoll", NOTHING },
#ifdef SYS_open
	{ SYS_open, "open", PATH_0 }, { SYS_mkdir, "mkdir", PATH_0 }, { SYS_poll, "poll", NOTHING },
	{ SYS_rename, "rename", PATH_1 }, { SYS_unlink, "unlink", PATH_0 },
#endif
};

struct task {
	pid_t pid;
	bool counts;		/* the mark is behind it */
	bool fresh;		/* has its first stop before it */
	bool inside;		/* a call */
	bool failing;		/* that one is to fail */
	unsigned n[KINDS];
};

static struct {
	FILE *log;
	const char *mark;
	bool kill, fail;
	int error;
	unsigned process, nth;	/* the point */
	char name[NAME];
	bool come;
	struct task task[TASKS];
	unsigned tasks;
} all;

static volatile sig_atomic_t waited;

static void
alarmed(int sig)
{
	(void)sig;
	waited = 1;
}

static void
point(const char *text)
{
	int end = 0;

	if (sscanf(text, "%u:%23[a-z0-9_]:%u%n", &all.process, all.name, &all.nth, &end) != 3 ||
	    text[end] != '\0')
		cli_usage(&cli, "%s: is no point", text);
}

static struct task *
task(pid_t pid, bool counts)
{
	for (unsigned i = all.tasks; i-- > 0;)
		if (all.task[i].pid == pid)
			return &all.task[i];
	if (all.tasks == TASKS)
		errx(EXIT_RETRY, "more than %d processes", TASKS);
	all.task[all.tasks] = (struct task){ .pid = pid, .counts = counts, .fresh = true };
	return &all.task[all.tasks++];
}

static const struct call *
named(unsigned long number)
{
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
		if ((unsigned long)NAMES[i].number == number)
			return &NAMES[i];
	return NULL;
}

static void
link_text(char to[PATH_MAX], pid_t pid, const char *of, unsigned long fd)
{
	char link[64];
	ssize_t n;

	if ((int)fd == AT_FDCWD)
		snprintf(link, sizeof link, "/proc/%ld/cwd", (long)pid);
	else
		snprintf(link, sizeof link, "/proc/%ld/%s/%lu", (long)pid, of, fd);
	n = readlink(link, to, PATH_MAX - 1);
	to[n < 0 ? 0 : n] = '\0';
}

static void
string_at(char to[PATH_MAX], pid_t pid, unsigned long long at)
{
	size_t n = 0;

	while (n < PATH_MAX - 1) {
		struct iovec here = { to + n, 1 }, there = { (void *)(uintptr_t)(at + n), 1 };

		if (process_vm_readv(pid, &here, 1, &there, 1, 0) != 1 || to[n] == '\0')
			break;
		n++;
	}
	to[n] = '\0';
}

static void
describe(char text[TEXT], const struct task *t, const struct call *c, const __u64 *args)
{
	char folder[PATH_MAX] = "", name[PATH_MAX] = "";
	unsigned at = 0;

	text[0] = '\0';
	if (c == NULL || c->about == NOTHING)
		return;
	if (c->about == FD) {
		link_text(name, t->pid, "fd", (unsigned long)args[0]);
		snprintf(text, TEXT, "%s", name);
		return;
	}
	at = (unsigned)(c->about - PATH_0);
	string_at(name, t->pid, args[at]);
	if (at > 0 && name[0] != '/')
		link_text(folder, t->pid, "fd", (unsigned long)args[at - 1]);
	snprintf(text, TEXT, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);
}

/* Counts it; true: that is the point. */
static bool
come(struct task *t, unsigned long kind, const char *name, const char *text)
{
	unsigned process = (unsigned)(t - all.task), n = ++t->n[kind];

	if (all.name[0] == '\0') {
		fprintf(all.log, "call %u:%s:%u %s\n", process, name, n, text);
		return false;
	}
	if (all.come || process != all.process || n != all.nth || strcmp(name, all.name) != 0)
		return false;
	all.come = true;
	fprintf(all.log, "at %u:%s:%u %s\n", process, name, n, text);
	fflush(all.log);
	return true;
}

static void
set_result(pid_t pid, bool before, long value)
{
#ifdef __x86_64__
	size_t at = before ? offsetof(struct user_regs_struct, orig_rax) :
	    offsetof(struct user_regs_struct, rax);

	if (ptrace(PTRACE_POKEUSER, pid, at, value) < 0)
		err(EXIT_RETRY, "PTRACE_POKEUSER");
#else
	(void)pid, (void)before, (void)value;
	errx(EXIT_RETRY, "no call can be made to fail on such a machine");
#endif
}

static void
enter(struct task *t, const struct ptrace_syscall_info *info)
{
	const struct call *c = named(info->entry.nr);
	bool creates = info->entry.nr == SYS_openat && (info->entry.args[2] & O_CREAT) != 0;
	char text[TEXT], number[NAME];
	const char *name = creates ? "create" : c != NULL ? c->name : number;

	snprintf(number, sizeof number, "n%lu", (unsigned long)info->entry.nr);
	if (info->entry.nr >= CALLS)
		return;
	describe(text, t, c, info->entry.args);
	if (!t->counts)
		t->counts = strcmp(text, all.mark) == 0;
	if (!t->counts || !come(t, creates ? CREATE : info->entry.nr, name, text))
		return;
	if (all.kill) {
		(void)kill(t->pid, SIGKILL);
		return;
	}
	t->failing = true;
	/* What close(2) says comes after it has closed. */
	if (info->entry.nr != SYS_close)
		set_result(t->pid, true, -1);
}

static void
call_stop(struct task *t)
{
	struct ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof info, &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter(t, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT && t->failing) {
		set_result(t->pid, false, -all.error);
		t->failing = false;
	}
}

/* False: it is let go. */
static bool
event(struct task *t, int what)
{
	unsigned long pid = 0;

	if (what == PTRACE_EVENT_EXEC && t != all.task) {
		char name[PATH_MAX];

		link_text(name, t->pid, "exe", 0);
		if (come(t, EXEC, "exec", "") && all.kill)
			(void)kill(t->pid, SIGKILL);
		return false;
	}
	if (what == PTRACE_EVENT_EXEC || ptrace(PTRACE_GETEVENTMSG, t->pid, NULL, &pid) < 0)
		return true;
	if (pid > 0)
		(void)task((pid_t)pid, t->counts);
	return true;
}

static void
stopped(struct task *t, int status)
{
	int sig = WSTOPSIG(status), what = status >> 16;

	if (sig == (SIGTRAP | 0x80)) {
		call_stop(t);
		sig = 0;
	} else if (what != 0) {
		sig = 0;
		if (!event(t, what)) {
			(void)ptrace(PTRACE_DETACH, t->pid, NULL, NULL);
			return;
		}
	} else if (t->fresh && sig == SIGSTOP) {
		t->fresh = false;
		sig = 0;
	}
	(void)ptrace(PTRACE_SYSCALL, t->pid, NULL, (void *)(intptr_t)sig);
}

static void
ended(int status)
{
	if (WIFEXITED(status))
		fprintf(all.log, "exit %d\n", WEXITSTATUS(status));
	else
		fprintf(all.log, "signal %d\n", WTERMSIG(status));
	alarm(GRACE);
}

/* Those that are ours by now, whose parents have gone. */
static void
kill_left(void)
{
	char file[64], line[1024];
	struct dirent *e;
	DIR *d = opendir("/proc");

	while (d != NULL && (e = readdir(d)) != NULL) {
		long pid = strtol(e->d_name, NULL, 10), parent = 0;
		FILE *f;
		char name[64] = "";

		snprintf(file, sizeof file, "/proc/%ld/stat", pid);
		if (pid <= 0 || (f = fopen(file, "re")) == NULL)
			continue;
		if (fgets(line, sizeof line, f) != NULL &&
		    sscanf(line, "%*d (%63[^)]) %*c %ld", name, &parent) == 2 && parent == getpid()) {
			fprintf(all.log, "left %ld %s\n", pid, name);
			(void)kill((pid_t)pid, SIGKILL);
		}
		fclose(f);
	}
	if (d != NULL)
		closedir(d);
}

static void
follow(pid_t first)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == EINTR && waited) {
			kill_left();
			waited = 0;
			alarm(GRACE);
			continue;
		}
		if (pid < 0 && errno == ECHILD)
			return;
		if (pid > 0 && WIFSTOPPED(status))
			stopped(task(pid, true), status);
		else if (pid == first)
			ended(status);
	}
}

static pid_t
start(char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	pid_t pid = fork();
	int status;

	if (pid < 0)
		err(EXIT_RETRY, "fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			err(EXIT_RETRY, "PTRACE_TRACEME");
		raise(SIGSTOP);
		execvp(argv[0], argv);
		err(EXIT_RETRY, "%s", argv[0]);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, options) < 0)
		err(EXIT_RETRY, "PTRACE_SETOPTIONS");
	task(pid, all.mark == NULL)->fresh = false;
	if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0)
		err(EXIT_RETRY, "PTRACE_SYSCALL");
	return pid;
}

int
main(int argc, char **argv)
{
	struct sigaction a = { .sa_handler = alarmed };
	const char *log = NULL;
	int letter;

	while ((letter = cli_getopt(&cli, argc, argv, "+:e:k:m:o:")) != -1) {
		if (letter == 'o')
			log = optarg;
		else if (letter == 'm')
			all.mark = optarg;
		else if (letter == 'k') {
			all.kill = true;
			point(optarg);
		} else {
			all.fail = true;
			all.error = (int)cli_number(&cli, "-e", optarg, 1, 200);
		}
	}
	argv += optind;
	if (all.fail && argv[0] != NULL)
		point(*argv++);
	if (log == NULL || argv[0] == NULL)
		cli_usage(&cli, "give a log and a command");
	if ((all.log = fopen(log, "we")) == NULL)
		err(EXIT_RETRY, "%s", log);
	sigaction(SIGALRM, &a, NULL);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	follow(start(argv));
	if (fclose(all.log) != 0)
		err(EXIT_RETRY, "%s", log);
	return EXIT_NOTHING;
}
