/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/confine.h"
#include "common/callfilter.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <seccomp.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const unsigned long long MEMORY = 64ull << 20;	/* beyond what is mapped */
enum { DESCRIPTORS = 16 };

static const int allowed[] = {
	SCMP_SYS(connect), SCMP_SYS(getsockopt), SCMP_SYS(getsockname), SCMP_SYS(recvfrom),
	SCMP_SYS(sendto), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close),
	SCMP_SYS(write), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(gettimeofday),
	SCMP_SYS(time), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

void
confine(unsigned long seconds)
{
	const struct callfilter_if ifs[] = {
		{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(socket), 0, CALLFILTER_INT, AF_INET },
		{ SCMP_SYS(socket), 0, CALLFILTER_INT, AF_INET6 },
		{ SCMP_SYS(tgkill), 0, CALLFILTER_INT, (uint64_t)getpid() },
	};
	unsigned long long mapped = callfilter_mapped();

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || mapped == 0 ||
	    !callfilter_limit(RLIMIT_CORE, 0) || !callfilter_limit(RLIMIT_FSIZE, 0) ||
	    !callfilter_limit(RLIMIT_NOFILE, DESCRIPTORS) ||
	    !callfilter_limit(RLIMIT_CPU, seconds) ||
	    !callfilter_limit(RLIMIT_AS, mapped + MEMORY) ||
	    callfilter(SCMP_ACT_ERRNO(EPERM), allowed, sizeof allowed / sizeof allowed[0],
	    ifs, sizeof ifs / sizeof ifs[0]) < 0)
		_exit(EXIT_FAILURE);
}
