/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* closefrom */
#include "cmd/arcnames/confine.h"
#include "common/callfilter.h"
#include "common/cli.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const unsigned long long MEMORY = 1ull << 30;	/* beyond what is mapped */

/* What libarchive, the libraries that it uses and the C library need. */
static const int allowed[] = {
	SCMP_SYS(write), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(getrandom),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(clock_gettime),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

static void
set_limits(unsigned long seconds)
{
	unsigned long long mapped = callfilter_mapped();

	if (mapped == 0 || !callfilter_limit(RLIMIT_CORE, 0) ||
	    !callfilter_limit(RLIMIT_CPU, seconds) ||
	    !callfilter_limit(RLIMIT_AS, mapped + MEMORY))
		err(EXIT_RETRY, "limits");
}

/* A call that is none of these fails: EPERM, for whoever made it. */
static void
filter_calls(void)
{
	const struct callfilter_if ifs[] = {
		{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(tgkill), 0, CALLFILTER_INT, (uint64_t)getpid() },
	};
	int rc = callfilter(SCMP_ACT_ERRNO(EPERM), allowed, sizeof allowed / sizeof allowed[0],
	    ifs, sizeof ifs / sizeof ifs[0]);

	if (rc < 0)
		errx(EXIT_RETRY, "seccomp: %s", strerror(-rc));
}

void
confine(int to, unsigned long seconds)
{
	pid_t parent = getppid();

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		err(EXIT_RETRY, "prctl");
	set_limits(seconds);
	if (dup2(to, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0)
		err(EXIT_RETRY, "descriptors");
	closefrom(STDERR_FILENO + 1);
	if (getppid() != parent)
		_exit(EXIT_RETRY);
	filter_calls();
}
