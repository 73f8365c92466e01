/* SPDX-License-Identifier: ISC */
// with: cmd/avscand/confine.c
#define _GNU_SOURCE	/* unshare, setresuid */
#include "cmd/avscand/confine.h"
#include "common/cli.h"
#include "tests/unit/tap.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <iconv.h>
#include <limits.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOBODY = 65534, MEMORY = 64 << 20, FILE_SIZE = 1 << 20, DESCRIPTORS = 64,
    SCOPE = 6 /* the last landlock ABI that adds something */ };

/* Where a fork takes long, and what the kernel does is the same. */
#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static _Atomic int *denied;
static pid_t tester;
static char place[] = "/tmp/confine.XXXXXX", tmpdir[64], victim[64];

/*
 * What is tried once confined.  A function says whether it found things as they
 * must be; where a call is named, the process must be ended for it instead.
 */
struct attempt {
	const char *name;
	bool (*function)(void);
	int call;		/* -1: none */
};

static bool
absolute(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 && open("/proc/self/mem", O_RDWR) < 0 &&
	    open("/dev/null", O_WRONLY) < 0;
}

static bool
upwards(void)
{
	return openat(AT_FDCWD, "../../etc/passwd", O_RDONLY) < 0 &&
	    openat(AT_FDCWD, "../../../../../../etc/passwd", O_RDONLY) < 0;
}

/* What is made in an empty root by these names is inside; untouched() looks. */
static bool
neighbours(void)
{
	int fd = open("../new", O_WRONLY | O_CREAT, 0600);

	(void)mkdir("../folder", 0700);
	return (fd < 0 || close(fd) == 0) && open("../victim", O_RDONLY) < 0 &&
	    open("../victim", O_WRONLY | O_TRUNC) < 0 && unlink("../victim") < 0 &&
	    rename("../victim", "here") < 0;
}

static bool
other_descriptors(void)
{
	for (int fd = CONFINE_CHANNEL + 1; fd < DESCRIPTORS; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return false;
	return openat(4, "etc/passwd", O_RDONLY) < 0;
}

static bool
standard_input(void)
{
	char byte;

	return read(STDIN_FILENO, &byte, 1) == 0 && write(STDOUT_FILENO, "no", 2) == 2;
}

static bool
somebody_else(void)
{
	return getuid() == NOBODY && geteuid() == NOBODY && getgid() == NOBODY;
}

static bool
file_work(void)
{
	char text[6] = "";
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
	bool good = fd >= 0 && write(fd, "hello", 5) == 5 &&
	    lseek(fd, 0, SEEK_SET) == 0 && read(fd, text, 5) == 5 &&
	    strcmp(text, "hello") == 0 &&
	    ftruncate(fd, 2) == 0 && close(fd) == 0;

	return good && (fd = open("file", O_WRONLY | O_TRUNC)) >= 0 && close(fd) == 0 &&
	    rename("file", "other") == 0 && unlink("other") == 0;
}

static bool
folder_work(void)
{
	DIR *d;
	int n = 0, fd;

	if (mkdir("folder", 0700) < 0 || chmod("folder", 0700) < 0 ||
	    (fd = open("folder/file", O_WRONLY | O_CREAT, 0600)) < 0 || close(fd) < 0 ||
	    (d = opendir("folder")) == NULL)
		return false;
	while (readdir(d) != NULL)
		n++;
	return closedir(d) == 0 && n == 3 && unlink("folder/file") == 0 &&
	    rmdir("folder") == 0;
}

static void *
map(size_t n, int protection)
{
	return mmap(NULL, n, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static bool
memory(void)
{
	return map(MEMORY / 2, PROT_READ | PROT_WRITE) != MAP_FAILED &&
	    map(MEMORY, PROT_READ | PROT_WRITE) == MAP_FAILED && errno == ENOMEM;
}

static bool
file_size(void)
{
	int fd = open("large", O_WRONLY | O_CREAT, 0600);

	signal(SIGXFSZ, SIG_IGN);
	return fd >= 0 && pwrite(fd, "x", 1, FILE_SIZE - 1) == 1 &&
	    pwrite(fd, "x", 1, FILE_SIZE) < 0 && errno == EFBIG && unlink("large") == 0;
}

static bool
descriptors(void)
{
	int n = 0;

	while (n <= DESCRIPTORS && dup(STDERR_FILENO) >= 0)
		n++;
	return n > 0 && n < DESCRIPTORS && errno == EMFILE;
}

static bool
channel(void)
{
	char byte = 'c';
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };

	return recvmsg(CONFINE_CHANNEL, &m, 0) == 1 && byte == 'p' &&
	    sendmsg(CONFINE_CHANNEL, &m, MSG_NOSIGNAL) == 1;
}

static int
downwards(const void *a, const void *b)
{
	return *(const int *)b - *(const int *)a;
}

/* What the C library needs for itself. */
static bool
library(void)
{
	static int numbers[10000];
	char in[] = "\x83\x40", out[8];
	char *from = in, *to = out;
	size_t left = 2, room = sizeof out;
	iconv_t cd = iconv_open("UTF-16BE", "SHIFT_JIS");

	numbers[9999] = 1;
	qsort(numbers, 10000, sizeof numbers[0], downwards);
	return numbers[0] == 1 && cd != (iconv_t)-1 &&
	    iconv(cd, &from, &left, &to, &room) == 0 && memcmp(out, "\x30\xa1", 2) == 0 &&
	    fprintf(stderr, "%s", "") == 0 && fflush(NULL) == 0;
}

static bool
connect_tcp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(25),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return connect(fd, (struct sockaddr *)&a, sizeof a) < 0;
}

static bool
connect_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0;
}

static bool
connect_by_channel(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0abstract" };

	return connect(CONFINE_CHANNEL, (struct sockaddr *)&a, sizeof a) < 0;
}

static bool
send_elsewhere(void)
{
	return send(STDERR_FILENO, "x", 1, 0) < 0;
}

static bool
execute(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return true;
}

static bool
execute_memory(void)
{
	return map(4096, PROT_READ | PROT_EXEC) == MAP_FAILED;
}

static bool
make_executable(void)
{
	return mprotect(map(4096, PROT_READ), 4096, PROT_READ | PROT_EXEC) < 0;
}

static bool
divide(void)
{
	return fork() < 0;
}

static bool
signal_parent(void)
{
	return kill(tester, 0) < 0;
}

static bool
signal_thread(void)
{
	return syscall(SYS_tgkill, tester, tester, 0) < 0;
}

static bool
signal_by_owner(void)
{
	return fcntl(CONFINE_CHANNEL, F_SETOWN, tester) < 0;
}

static bool
trace(void)
{
	return ptrace(PTRACE_ATTACH, tester, NULL, NULL) < 0;
}

static bool
limit_parent(void)
{
	return syscall(SYS_prlimit64, tester, 0, NULL, NULL) < 0;
}

static bool
more_mode(void)
{
	return fchmodat(AT_FDCWD, "../victim", 04755, 0) < 0;
}

static bool
cut(void)
{
	return truncate("../victim", 0) < 0;
}

static bool
link_out(void)
{
	return symlinkat("/etc/passwd", AT_FDCWD, "link") < 0;
}

static bool
be_root(void)
{
	return setuid(0) < 0;
}

static bool
another_root(void)
{
	return chroot("..") < 0;
}

static bool
another_space(void)
{
	return unshare(CLONE_NEWUSER) < 0;
}

static bool
mount_here(void)
{
	return mount("none", ".", "tmpfs", 0, NULL) < 0;
}

static bool
dump_again(void)
{
	return prctl(PR_SET_DUMPABLE, 1) < 0;
}

static bool
ask_terminal(void)
{
	return syscall(SYS_ioctl, STDERR_FILENO, 0x5412, "x") < 0;	/* TIOCSTI */
}

static bool
fail(void)
{
	abort();
}

/* Lasts until something ends it. */
static bool
wait_for_end(void)
{
	char byte;

	return recv(CONFINE_CHANNEL, &byte, 1, 0) == 1 &&
	    send(CONFINE_CHANNEL, "r", 1, 0) == 1 &&
	    recv(CONFINE_CHANNEL, &byte, 1, 0) == 1;
}

static const struct attempt attempts[] = {
	{ "absolute paths", absolute, -1 },
	{ "paths with ..", upwards, -1 },
	{ "files beside the folder", neighbours, -1 },
	{ "descriptors of the parent", other_descriptors, -1 },
	{ "standard input", standard_input, -1 },
	{ "the user", somebody_else, -1 },
	{ "a file of its own", file_work, -1 },
	{ "a folder of its own", folder_work, -1 },
	{ "memory", memory, -1 },
	{ "file size", file_size, -1 },
	{ "number of descriptors", descriptors, -1 },
	{ "the channel", channel, -1 },
	{ "the C library", library, -1 },
	{ "connect, TCP", connect_tcp, SYS_socket },
	{ "connect, unix", connect_unix, SYS_socket },
	{ "connect, the channel", connect_by_channel, SYS_connect },
	{ "send on another descriptor", send_elsewhere, SYS_sendto },
	{ "exec", execute, SYS_execve },
	{ "executable memory", execute_memory, SYS_mmap },
	{ "memory made executable", make_executable, SYS_mprotect },
	{ "fork", divide, SYS_clone },
	{ "kill", signal_parent, SYS_kill },
	{ "tgkill", signal_thread, SYS_tgkill },
	{ "F_SETOWN", signal_by_owner, SYS_fcntl },
	{ "ptrace", trace, SYS_ptrace },
	{ "prlimit", limit_parent, SYS_prlimit64 },
	{ "chmod", more_mode, SYS_fchmodat },
	{ "truncate", cut, SYS_truncate },
	{ "symlink", link_out, SYS_symlinkat },
	{ "setuid", be_root, SYS_setuid },
	{ "chroot", another_root, SYS_chroot },
	{ "unshare", another_space, SYS_unshare },
	{ "mount", mount_here, SYS_mount },
	{ "prctl", dump_again, SYS_prctl },
	{ "TIOCSTI", ask_terminal, SYS_ioctl },
};

enum { AS_ROOT = 1, NO_CHROOT = 2 };

static void
become_nobody(void)
{
	if (geteuid() == 0 && (setgroups(0, NULL) < 0 ||
	    setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0))
		_exit(99);
}

/* As in a container that does not allow them. */
static void
refuse_roots(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);

	if (f == NULL ||
	    seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(chroot), 0) < 0 ||
	    seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 0) < 0 ||
	    seccomp_load(f) < 0)
		_exit(99);
	seccomp_release(f);
}

/* Whether what is missing is said, and nothing else. */
static bool
told(const char *missing, int landlock, int how)
{
	char version[64] = "landlock";

	if (landlock > 0)
		snprintf(version, sizeof version, "landlock beyond version %d", landlock);
	return (strstr(missing, version) != NULL) == (landlock < SCOPE) &&
	    (strstr(missing, "empty root") != NULL) == ((how & NO_CHROOT) != 0);
}

static _Noreturn void
confined(const struct attempt *a, int landlock, int how, int socket)
{
	struct confinement c = { .tmpdir = tmpdir, .uid = NOBODY, .gid = NOBODY,
	    .change_user = how & AS_ROOT, .filesize = FILE_SIZE, .memory = MEMORY,
	    .descriptors = DESCRIPTORS, .landlock = landlock, .denied = denied };
	char missing[256];
	int root = open("/", O_RDONLY);

	if (dup2(socket, CONFINE_CHANNEL) < 0 || dup2(root, 4) < 0 || dup2(root, 60) < 0)
		_exit(99);
	if (!(how & AS_ROOT))
		become_nobody();
	if (how & NO_CHROOT)
		refuse_roots();
	if (access(confine(&c, missing, sizeof missing), W_OK | X_OK) < 0)
		_exit(98);
	if (!told(missing, landlock, how))
		errx(97, "missing: %s", missing);
	_exit(a->function() ? 0 : 1);
}

/* The status as wait(2) has it. */
static int
run(const struct attempt *a, int landlock, int how)
{
	uid_t owner = how & AS_ROOT ? 0 : NOBODY;
	int ends[2], status = -1;
	pid_t pid;

	fflush(stdout);
	if ((geteuid() == 0 && chown(tmpdir, owner, owner) < 0) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0 ||
	    write(ends[0], "p", 1) != 1)
		return -1;
	atomic_store(denied, -2);
	if ((pid = fork()) == 0)
		confined(a, landlock, how, ends[1]);
	if (pid > 0)
		waitpid(pid, &status, 0);
	close(ends[0]);
	close(ends[1]);
	return status;
}

static bool
exited(int status, int with)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == with;
}

/* Only the folder and the victim are there. */
static bool
untouched(void)
{
	struct stat st;
	DIR *d = opendir(place);
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	return d != NULL && closedir(d) == 0 && n == 4 && stat(victim, &st) == 0 &&
	    st.st_size == 6 && (st.st_mode & 07777) == 0600;
}

static void
wipe(void)
{
	static const char *const made[] = { "new", "folder", "file", "large" };
	char path[128];

	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", tmpdir, made[i]);
		(void)remove(path);
	}
}

static bool
holds(const struct attempt *a, int landlock, int how)
{
	int status = run(a, landlock, how);
	bool good = a->call < 0 ? exited(status, 0) && *denied == -1 :
	    exited(status, CONFINE_DENIED) && *denied == a->call;

	if (!good)
		printf("# %s: status %#x, call %d\n", a->name, (unsigned)status, *denied);
	wipe();
	return good && untouched();
}

static void
all(int landlock, int how)
{
	static const struct attempt aborted = { "abort", fail, -1 };

	printf("# landlock %d, %s%s\n", landlock, how & AS_ROOT ? "root" : "not root",
	    how & NO_CHROOT ? ", no chroot" : "");
	for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
		if ((how & AS_ROOT) || attempts[i].function != somebody_else)
			OK(holds(&attempts[i], landlock, how));
	OK(WTERMSIG(run(&aborted, landlock, how)) == SIGABRT);
}

/* With its parent, also after a change of the user. */
static bool
ends_with_parent(int landlock, int how)
{
	static const struct attempt waits = { "the end", wait_for_end, -1 };
	int ends[2], status = -1, last;
	char byte;

	fflush(stdout);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0 ||
	    write(ends[0], "p", 1) != 1)
		return false;
	if (fork() == 0) {
		if (fork() == 0)
			confined(&waits, landlock, how, ends[1]);
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 1 ? 0 : 1);
	}
	close(ends[1]);
	while (wait(&last) > 0)
		if (WIFSIGNALED(last))
			status = last;
	close(ends[0]);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Whether the kernel lets this user, or nobody, have them. */
static bool
user_namespaces(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		become_nobody();
		_exit(unshare(CLONE_NEWUSER) < 0 || chroot("/") < 0 ? 1 : 0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && exited(status, 0);
}

static bool
setup(void)
{
	int fd;

	tester = getpid();
	denied = mmap(NULL, sizeof *denied, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (denied == MAP_FAILED || mkdtemp(place) == NULL)
		return false;
	snprintf(tmpdir, sizeof tmpdir, "%s/own", place);
	snprintf(victim, sizeof victim, "%s/victim", place);
	if (mkdir(tmpdir, 0700) < 0 ||
	    (fd = open(victim, O_WRONLY | O_CREAT, 0600)) < 0 ||
	    write(fd, "secret", 6) != 6 || close(fd) < 0)
		return false;
	return geteuid() != 0 || (chown(place, NOBODY, NOBODY) == 0 &&
	    chown(victim, NOBODY, NOBODY) == 0);
}

static void
at_each_abi(int highest, int how)
{
	bool without = how == AS_ROOT || (how == 0 && user_namespaces());
	int lowest = without ? 0 : 1;

	for (int abi = lowest; abi <= highest; abi++)
		if (!SANITIZED || abi == lowest || abi == highest)
			all(abi, how);
	/* with nothing that keeps it in its folder */
	OK(exited(run(&attempts[0], 0, how | NO_CHROOT), EXIT_RETRY));
	OK(ends_with_parent(highest, how));
}

int
main(void)
{
	long highest = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1);
	char name[32];

	alarm(120);
	confine_warm();
	OK(setup());
	if (highest < 0)
		highest = 0;
	at_each_abi((int)highest, 0);
	if (geteuid() == 0) {
		at_each_abi((int)highest, AS_ROOT);
		at_each_abi((int)highest, AS_ROOT | NO_CHROOT);
	}
	confine_call(SYS_openat, name, sizeof name);
	OK(strcmp(name, "openat") == 0);
	confine_call(100000, name, sizeof name);
	OK(strcmp(name, "100000") == 0);
	OK(rmdir(tmpdir) == 0 && unlink(victim) == 0 && rmdir(place) == 0);
	return done();
}
