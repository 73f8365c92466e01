/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* unshare, setresuid, closefrom, O_PATH */
#include "cmd/avscand/confine.h"
#include "common/callfilter.h"
#include "common/cli.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <linux/capability.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <iconv.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Landlock by its numbers: the headers may be older than the kernel.  Each ABI
 * adds to what can be forbidden.
 */
enum {
	FS_EXECUTE = 1 << 0, FS_WRITE_FILE = 1 << 1, FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3, FS_REMOVE_DIR = 1 << 4, FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_DIR = 1 << 7, FS_MAKE_REG = 1 << 8,
	FS_ABI_1 = (1 << 13) - 1, FS_REFER = 1 << 13, FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEV = 1 << 15,
	NET_ALL = 3,		/* TCP: bind, connect */
	SCOPE_ALL = 3,		/* abstract sockets, signals */
	ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL = 5, ABI_SCOPE = 6,
	CREATE_RULESET_VERSION = 1, RULE_PATH_BENEATH = 1
};

struct ruleset {
	uint64_t fs, net, scoped;
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/* The charsets that libclamav converts from. */
static const char *const charsets[] = {
	"UTF-7", "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE",
	"UTF-32BE", "UCS-2", "UCS-4", "UCS-4LE", "UCS-4BE", "UNICODELITTLE",
	"ISO-10646", "US-ASCII", "ASMO-708", "BIG5", "CP866", "CP875", "CP949",
	"CP1025", "EUC-CN", "EUC-JP", "EUC-KR", "GB2312", "GB18030", "IBM037",
	"IBM273", "IBM277", "IBM278", "IBM280", "IBM284", "IBM285", "IBM290",
	"IBM297", "IBM420", "IBM423", "IBM424", "IBM437", "IBM500", "IBM775",
	"IBM850", "IBM852", "IBM855", "IBM857", "IBM860", "IBM861", "IBM863",
	"IBM864", "IBM865", "IBM869", "IBM870", "IBM871", "IBM880", "IBM905",
	"IBM1026", "ISO-2022-JP", "ISO-2022-JP-2", "ISO-2022-JP-3", "ISO-2022-KR",
	"ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5",
	"ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-13",
	"ISO-8859-15", "JOHAB", "KOI8-R", "KOI8-U", "MACINTOSH", "SHIFT_JIS",
	"WINDOWS-874", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252",
	"WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256",
	"WINDOWS-1257", "WINDOWS-1258",
};

/* What libclamav, the libraries that it uses and the C library call in a scan. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv),
	SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(pwritev),
	SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(copy_file_range),
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(dup),
	SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
	SCMP_SYS(stat), SCMP_SYS(stat64), SCMP_SYS(lstat), SCMP_SYS(lstat64),
	SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64), SCMP_SYS(statx), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents64),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat),
	SCMP_SYS(renameat2), SCMP_SYS(memfd_create), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo), SCMP_SYS(uname),
	SCMP_SYS(getrandom), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(times), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getrusage),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

static _Atomic int *denied;

static void __attribute__((format(printf, 3, 4)))
lacks(char *missing, size_t size, const char *fmt, ...)
{
	size_t n = strlen(missing);
	va_list ap;

	if (n > 0 && n < size)
		n += (size_t)snprintf(missing + n, size - n, ", ");
	if (n >= size)
		return;
	va_start(ap, fmt);
	vsnprintf(missing + n, size - n, fmt, ap);
	va_end(ap);
}

/* They stay open: one that is closed may be unloaded again. */
void
confine_warm(void)
{
	for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++)
		(void)iconv_open("UTF-8", charsets[i]);
	tzset();
}

static void
limit(int resource, unsigned long long most)
{
	if (!callfilter_limit(resource, most))
		err(EXIT_RETRY, "setrlimit");
}

static void
set_limits(const struct confinement *c)
{
	unsigned long long mapped = callfilter_mapped();

	if (mapped == 0)
		err(EXIT_RETRY, "/proc/self/statm");
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, c->descriptors);
	limit(RLIMIT_FSIZE, c->filesize);
	limit(RLIMIT_AS, mapped + c->memory);
}

static void
close_others(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		err(EXIT_RETRY, "/dev/null");
	closefrom(CONFINE_CHANNEL + 1);
	if (null > STDERR_FILENO && null < CONFINE_CHANNEL)
		close(null);
}

/*
 * Makes tmpdir the root, where that is ours to do; false: it is not.  Root has
 * namespaces besides; others need one of users for it, and only do without
 * landlock: it opens more of the kernel to this process.
 */
static bool
enter_root(const struct confinement *c, bool landlock, char *missing, size_t size)
{
	int fd = open(c->tmpdir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int spaces = CLONE_NEWNET | CLONE_NEWIPC;

	if (fd < 0 || fchdir(fd) < 0 ||
	    (c->change_user && fchown(fd, c->uid, c->gid) < 0))
		err(EXIT_RETRY, "%s", c->tmpdir);
	close(fd);
	if (geteuid() != 0 && landlock)
		return false;
	if (unshare(geteuid() != 0 ? spaces | CLONE_NEWUSER : spaces) < 0)
		lacks(missing, size, "namespaces (%s)", strerror(errno));
	if (chroot(".") < 0) {
		lacks(missing, size, "an empty root (%s)", strerror(errno));
		return false;
	}
	if (chdir("/") < 0)
		err(EXIT_RETRY, "%s", c->tmpdir);
	return true;
}

static void
change_user(uid_t uid, gid_t gid)
{
	if (uid == 0 || gid == 0)
		errx(EXIT_RETRY, "a worker does not run as root: name another user");
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		err(EXIT_RETRY, "becoming user %lu", (unsigned long)uid);
	if (setuid(0) == 0 || setgid(0) == 0 || getgroups(0, NULL) != 0)
		errx(EXIT_RETRY, "user %lu can become root again", (unsigned long)uid);
}

/* What a change of the user resets comes after it. */
static void
give_up_privileges(pid_t parent)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof none);
	if (syscall(SYS_capset, &head, none) < 0)
		err(EXIT_RETRY, "capset");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		err(EXIT_RETRY, "prctl");
	if (getppid() != parent)
		_exit(EXIT_RETRY);
}

/* The ABI to use; 0: none. */
static int
landlock_abi(int most)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    CREATE_RULESET_VERSION);

	if (abi < 0)
		return 0;
	return abi < most ? (int)abi : most;
}

/* Forbids all that the ABI knows, but in the folder dir what a scan does there. */
static void
landlock(const char *dir, int abi)
{
	struct ruleset all = { .fs = FS_ABI_1, .net = NET_ALL, .scoped = SCOPE_ALL };
	struct path_beneath own = { .allowed = FS_WRITE_FILE | FS_READ_FILE |
	    FS_READ_DIR | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG };
	size_t size = abi < ABI_NET ? offsetof(struct ruleset, net) :
	    abi < ABI_SCOPE ? offsetof(struct ruleset, scoped) : sizeof all;
	int fd;

	if (abi >= ABI_REFER)
		all.fs |= FS_REFER;
	if (abi >= ABI_TRUNCATE)
		all.fs |= FS_TRUNCATE;
	if (abi >= ABI_IOCTL)
		all.fs |= FS_IOCTL_DEV;
	own.allowed |= all.fs & (FS_REFER | FS_TRUNCATE);
	if ((own.parent = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		err(EXIT_RETRY, "%s", dir);
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
	if (fd < 0 ||
	    syscall(SYS_landlock_add_rule, fd, RULE_PATH_BENEATH, &own, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		err(EXIT_RETRY, "landlock");
	close(fd);
	close(own.parent);
}

/* Whatever was set up: what it is for must be so. */
static void
must_be_shut(bool empty_root)
{
	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ||
	    openat(AT_FDCWD, "../../etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ||
	    (!empty_root && open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0))
		errx(EXIT_RETRY, "a worker could still open files outside of its folder");
}

static void
on_denied(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	atomic_store(denied, info->si_syscall);
	_exit(CONFINE_DENIED);
}

static void
catch_denied(_Atomic int *number)
{
	struct sigaction action = { .sa_sigaction = on_denied, .sa_flags = SA_SIGINFO };
	sigset_t set;

	denied = number;
	atomic_store(denied, -1);
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	if (sigaction(SIGSYS, &action, NULL) < 0 ||
	    sigprocmask(SIG_UNBLOCK, &set, NULL) < 0)
		err(EXIT_RETRY, "SIGSYS");
}

static void
filter_calls(void)
{
	const uint64_t INT = CALLFILTER_INT;
	const struct callfilter_if ifs[] = {
		{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mmap2), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
		/* not F_SETOWN, which can have others signalled */
		{ SCMP_SYS(fcntl), 1, INT, F_GETFL },
		{ SCMP_SYS(fcntl), 1, INT, F_GETFD },
		{ SCMP_SYS(fcntl), 1, INT, F_SETFD },
		{ SCMP_SYS(fcntl), 1, INT, F_DUPFD },
		{ SCMP_SYS(fcntl), 1, INT, F_DUPFD_CLOEXEC },
		{ SCMP_SYS(ioctl), 1, INT, TCGETS },
		/* landlock does not look at modes */
		{ SCMP_SYS(chmod), 1, INT, 0700 },
		{ SCMP_SYS(fchmodat), 2, INT, 0700 },
		{ SCMP_SYS(prlimit64), 0, INT, 0 },
		{ SCMP_SYS(tgkill), 0, INT, (uint64_t)getpid() },
		{ SCMP_SYS(recvmsg), 0, INT, CONFINE_CHANNEL },
		{ SCMP_SYS(sendmsg), 0, INT, CONFINE_CHANNEL },
		{ SCMP_SYS(recvfrom), 0, INT, CONFINE_CHANNEL },
		{ SCMP_SYS(sendto), 0, INT, CONFINE_CHANNEL },
	};
	int rc = callfilter(SCMP_ACT_TRAP, allowed, sizeof allowed / sizeof allowed[0],
	    ifs, sizeof ifs / sizeof ifs[0]);

	if (rc < 0)
		errx(EXIT_RETRY, "seccomp: %s", strerror(-rc));
}

const char *
confine(const struct confinement *c, char *missing, size_t size)
{
	pid_t parent = getppid();
	int abi = landlock_abi(c->landlock);
	bool empty_root;

	missing[0] = '\0';
	set_limits(c);
	close_others();
	empty_root = enter_root(c, abi > 0, missing, size);
	if (c->change_user)
		change_user(c->uid, c->gid);
	give_up_privileges(parent);
	if (abi > 0)
		landlock(".", abi);
	if (abi == 0)
		lacks(missing, size, "landlock");
	else if (abi < ABI_SCOPE)
		lacks(missing, size, "landlock beyond version %d", abi);
	if (!empty_root && abi == 0)
		errx(EXIT_RETRY, "a worker cannot be confined here, for want of %s: "
		    "start as root, or allow landlock (Linux 5.13 or later, and a "
		    "container or unit whose seccomp filter lets it through)", missing);
	must_be_shut(empty_root);
	catch_denied(c->denied);
	filter_calls();
	return empty_root ? "/" : c->tmpdir;
}

void
confine_call(int number, char *name, size_t size)
{
	char *found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

	if (found != NULL)
		snprintf(name, size, "%s", found);
	else
		snprintf(name, size, "%d", number);
	free(found);
}
