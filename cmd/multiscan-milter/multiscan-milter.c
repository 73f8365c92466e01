/* SPDX-License-Identifier: ISC */
/* multiscan-milter: judges mail in the SMTP session, by running multiscan. */
#define _GNU_SOURCE	/* pthread_setattr_default_np */
#include "cmd/multiscan-milter/front.h"
#include "cmd/multiscan-milter/gate.h"
#include "cmd/multiscan-milter/run.h"
#include "cmd/multiscan-milter/spawn.h"
#include "common/address.h"
#include "common/cli.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

static const struct cli cli = { "multiscan-milter",
    "multiscan-milter [-v] [-g CHANNEL] [-l ADDRESS] [-m MULTISCAN] [-t SECONDS] [-u USER]\n"
    "    [-w WORKERS]\n"
    "  -g CHANNEL    where all mail here is from: inside or outside\n"
    "  -l ADDRESS    listen on unix:PATH, tcp:HOST:PORT or tcp:[V6]:PORT; else\n"
    "                unix:/var/spool/postfix/multiscan/milter.sock\n"
    "  -m MULTISCAN  run this, not the multiscan beside this program\n"
    "  -t SECONDS    what is not judged then is put off (290)\n"
    "  -u USER       started as root: whom to become\n"
    "  -v            a line for each message\n"
    "  -w WORKERS    how many messages at once (four a processor, at least 10)\n"
    "A milter for Postfix: runs multiscan -X for each message, and refuses, changes or\n"
    "takes it in the session.\n"
    "Exit: 0 ended by a signal, 64 wrong call, 75 not now (no socket, no multiscan).\n"
};

enum {
	WORKERS_MAX = 1000,
	STACK = 256 * 1024,		/* of a thread; libmilter and we need a tenth */
	END_MS = 5000, STOP_MS = 3000	/* for runs that are there at the end */
};

struct options {
	struct front front;
	const char *text;		/* of the address */
	struct address address;
	const char *user;
	unsigned workers;
};

static void
parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = cli_getopt(&cli, argc, argv, ":g:l:m:t:u:vw:")) != -1) {
		if (c == 'g')
			o->front.channel = optarg;
		else if (c == 'l')
			o->text = optarg;
		else if (c == 'm')
			o->front.multiscan = optarg;
		else if (c == 't')
			o->front.seconds = cli_number(&cli, "-t", optarg, 1, 86400);
		else if (c == 'u')
			o->user = optarg;
		else if (c == 'v')
			o->front.verbose = true;
		else
			o->workers = (unsigned)cli_number(&cli, "-w", optarg, 1, WORKERS_MAX);
	}
	if (argv[optind] != NULL)
		cli_usage(&cli, "`%s': there are no arguments", argv[optind]);
	if (!address_parse(&o->address, o->text))
		cli_usage(&cli, "`%s' is no address: say unix:PATH or tcp:HOST:PORT", o->text);
	if (o->front.channel != NULL && strcmp(o->front.channel, "inside") != 0 &&
	    strcmp(o->front.channel, "outside") != 0)
		cli_usage(&cli, "-g: `%s' is neither inside nor outside", o->front.channel);
}

/* What is mail's is never root's. */
static void
become(const char *user)
{
	const struct passwd *p;
	uid_t uid = 0;
	gid_t gid = 0;

	if (geteuid() != 0) {
		if (user != NULL)
			cli_usage(&cli, "-u: only root can become another user");
		return;
	}
	if (user == NULL)
		cli_usage(&cli, "not as root: say -u multiscan");
	if ((p = getpwnam(user)) != NULL) {
		uid = p->pw_uid;
		gid = p->pw_gid;
	}
	if (uid == 0)
		cli_usage(&cli, "-u %s: there is no such user, or it is root", user);
	if (initgroups(user, gid) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
		err(EXIT_RETRY, "%s", user);
}

/* The program that is beside ours, in memory of its own. */
static char *
beside(const char *name)
{
	char *path = malloc(PATH_MAX);

	if (path == NULL || !cli_beside(path, name))
		err(EXIT_RETRY, "%s", name);
	return path;
}

static void
find_programs(struct front *f)
{
	f->guard = beside("guard");
	if (f->multiscan == NULL)
		f->multiscan = beside("multiscan");
	if (access(f->guard, X_OK) < 0)
		err(EXIT_RETRY, "%s", f->guard);
	if (access(f->multiscan, X_OK) < 0)
		err(EXIT_RETRY, "%s", f->multiscan);
}

/* Of the settings, once: they may well be put right while we run. */
static void
check_settings(const char *guard)
{
	static char limit[] = "-t", seconds[] = "60", before[] = "-b", settings[] = "settings",
	    relay[] = "relay";
	char *check = beside("multiscan-check");
	char *argv[] = { (char *)(uintptr_t)guard, limit, seconds, check, before, settings, relay,
	    NULL };
	const int fd[3] = { STDERR_FILENO, STDERR_FILENO, STDERR_FILENO };
	int status;
	pid_t pid;

	if (access(check, X_OK) == 0) {
		pid = spawn(argv, fd);
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			warnx("%s: does not say that all is well: mail waits until it is", check);
	}
	free(check);
}

/* Is somebody listening where we would? */
static bool
in_use(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool taken;

	if (fd < 0)
		err(EXIT_RETRY, "%s", path);
	snprintf(sun.sun_path, sizeof sun.sun_path, "%.*s", ADDRESS_PATHMAX, path);
	taken = connect(fd, (struct sockaddr *)(void *)&sun, sizeof sun) == 0;
	close(fd);
	return taken;
}

/* Can nobody but this machine reach it? */
static bool
is_loopback(const char *host)
{
	struct in_addr v4;

	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	    (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET);
}

/* As libmilter has addresses. */
static void
listen_on(const struct options *o)
{
	const struct address *a = &o->address;
	bool v6 = strchr(a->host, ':') != NULL;
	char text[sizeof a->host + sizeof a->port + 16];
	mode_t old;

	if (a->local)
		snprintf(text, sizeof text, "unix:%s", a->host);
	else
		snprintf(text, sizeof text, v6 ? "inet6:%s@[%s]" : "inet:%s@%s", a->port, a->host);
	if (a->local && in_use(a->host))
		errx(EXIT_RETRY, "%s: something is listening there already", o->text);
	old = umask(0117);
	if (smfi_setconn(text) != MI_SUCCESS || smfi_opensocket(true) != MI_SUCCESS)
		errx(EXIT_RETRY, "%s: cannot be listened on; syslog may know more", o->text);
	umask(old);
	if (!a->local && !is_loopback(a->host))
		warnx("%s: not of this machine alone: who reaches it can hand in mail, to be judged, "
		    "kept and told of: let nobody but Postfix (a firewall)", o->text);
}

/* Threads come and go, and what they used is to be given back. */
static void
keep_small(void)
{
	pthread_attr_t attr;

	/* An allocator that has none of this, as a sanitizer's, does without. */
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_MMAP_THRESHOLD, 32 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 64 * 1024);
	if ((errno = pthread_attr_init(&attr)) != 0 ||
	    (errno = pthread_attr_setstacksize(&attr, STACK)) != 0 ||
	    (errno = pthread_setattr_default_np(&attr)) != 0)
		err(EXIT_RETRY, "stack size");
	pthread_attr_destroy(&attr);
}

static void
serve(const struct options *o)
{
	if (!gate_start(o->workers))
		err(EXIT_RETRY, "gate");
	warnx("ready: %s, %u workers", o->text, o->workers);
	if (smfi_main() != MI_SUCCESS)
		warnx("%s: no more connections can be taken", o->text);
	if (gate_close(END_MS))
		return;
	run_end_all();
	(void)gate_close(STOP_MS);
}

int
main(int argc, char **argv)
{
	static struct options o = { .text = "unix:/var/spool/postfix/multiscan/milter.sock",
	    .front = { .seconds = 290 } };
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	o.workers = processors < 3 ? 10 : processors > 50 ? 200 : (unsigned)processors * 4;
	parse(&o, argc, argv);
	cli_deadline(0);
	become(o.user);
	find_programs(&o.front);
	keep_small();
	if (!front_register(&o.front))
		errx(EXIT_RETRY, "libmilter");
	if (spawn_start() < 0)
		err(EXIT_RETRY, "thread");
	listen_on(&o);
	check_settings(o.front.guard);
	serve(&o);
	return EXIT_NOTHING;
}
