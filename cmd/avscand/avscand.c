/* SPDX-License-Identifier: ISC */
/* avscand: holds the signatures, and scans what it is handed over a socket. */
#include "cmd/avscand/check.h"
#include "cmd/avscand/confine.h"
#include "cmd/avscand/folder.h"
#include "cmd/avscand/serve.h"
#include "cmd/avscand/sigset.h"
#include "cmd/avscand/supervise.h"
#include "common/address.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct cli cli = { "avscand",
    "avscand [-c SECONDS] [-D DIR] [-l ADDRESS]... [-m MODE] [-T DIR] [-t SECONDS]\n"
    "        [-u USER] [-w WORKERS]\n"
    "avscand -k [-n] [-D DIR] [-T DIR]\n"
    "  -c SECONDS  how often it looks whether the signatures are others (60); 0: never\n"
    "  -D DIR      the signatures; else $MULTISCAN_SIGNATURES,\n"
    "              /var/lib/multiscan/sigs/current, /var/lib/clamav\n"
    "  -k          check the signatures, say what they are, and end\n"
    "  -l ADDRESS  listen on unix:PATH, tcp:HOST:PORT or tcp:[V6]:PORT; several\n"
    "              may be given; else the sockets that systemd hands over,\n"
    "              else unix:/run/multiscan/avscand.sock\n"
    "  -l -        serve the one connection on standard input, then end\n"
    "  -m MODE     of the unix sockets, in octal; who may write may connect; else as\n"
    "              the umask says\n"
    "  -n          with -k: each file by itself, and no load of the whole\n"
    "  -T DIR      where workers keep temporary files; else $TMPDIR or /tmp\n"
    "  -t SECONDS  a scan that takes longer is ended (120)\n"
    "  -u USER     started as root: whom the workers become (avscand, or nobody)\n"
    "  -w WORKERS  how many scans at once (one a processor, at least 2)\n"
    "Speaks clamd's protocol.  SIGHUP, or RELOAD, loads the set anew beside the old.\n"
    "Exit: 0 ended by a signal, or the one connection ended; 64 wrong call;\n"
    "75 not now (no signatures, a bad set, a socket in use).\n"
};

static const char default_address[] = "unix:/run/multiscan/avscand.sock";
enum { LISTENERS_MAX = 8, WORKERS_MAX = 256, FILESIZE_MAX = 100 << 20 };

struct options {
	const char *signatures;
	const char *tmp;
	const char *user;
	const char *texts[LISTENERS_MAX];
	struct address addresses[LISTENERS_MAX];
	struct listener listeners[LISTENERS_MAX];
	int mode;
	unsigned listening;
	bool check, alone, once;
	unsigned long seconds, look;
	unsigned workers;
	struct crew_settings crew;
};

static void
add_address(struct options *o, const char *text)
{
	if (strcmp(text, "-") == 0) {
		o->once = true;
		return;
	}
	if (o->listening == LISTENERS_MAX)
		cli_usage(&cli, "more than %d addresses", LISTENERS_MAX);
	if (!address_parse(&o->addresses[o->listening], text))
		cli_usage(&cli, "`%s' is no address: say unix:PATH or "
		    "tcp:HOST:PORT", text);
	o->texts[o->listening++] = text;
}

/* The mode of a file. */
static int
octal(const char *text)
{
	size_t n = strspn(text, "01234567");

	if (n == 0 || n > 4 || text[n] != '\0' || strtol(text, NULL, 8) > 0777)
		cli_usage(&cli, "-m: `%s' is no mode: say 660, say", text);
	return (int)strtol(text, NULL, 8);
}

static void
parse(struct options *o, int argc, char **argv)
{
	struct stat st;
	int c;

	while ((c = cli_getopt(&cli, argc, argv, ":c:D:kl:m:nT:t:u:w:")) != -1) {
		if (c == 'c')
			o->look = cli_number(&cli, "-c", optarg, 0, 86400);
		else if (c == 'D')
			o->signatures = optarg;
		else if (c == 'k')
			o->check = true;
		else if (c == 'l')
			add_address(o, optarg);
		else if (c == 'm')
			o->mode = octal(optarg);
		else if (c == 'n')
			o->alone = true;
		else if (c == 'T')
			o->tmp = optarg;
		else if (c == 'u')
			o->user = optarg;
		else if (c == 't')
			o->seconds = cli_number(&cli, "-t", optarg, 1, 86400);
		else
			o->workers = (unsigned)cli_number(&cli, "-w", optarg, 1, WORKERS_MAX);
	}
	if (argv[optind] != NULL)
		cli_usage(&cli, "`%s': there are no arguments", argv[optind]);
	if (o->once && o->listening > 0)
		cli_usage(&cli, "-l - goes with no other address");
	if (o->alone && !o->check)
		cli_usage(&cli, "-n goes with -k alone");
	if (o->check && (o->once || o->listening > 0))
		cli_usage(&cli, "-k goes with no address");
	if (o->once && (fstat(STDIN_FILENO, &st) < 0 || !S_ISSOCK(st.st_mode)))
		cli_usage(&cli, "-l -: standard input is no socket");
	if (o->check)
		return;
	if (!o->once && o->listening == 0)
		o->listening = listen_inherit(o->listeners, LISTENERS_MAX);
	if (!o->once && o->listening == 0)
		add_address(o, default_address);
}

static void
defaults(struct options *o)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	memset(o, 0, sizeof *o);
	o->tmp = getenv("TMPDIR");
	if (o->tmp == NULL || o->tmp[0] == '\0')
		o->tmp = "/tmp";
	o->seconds = 120;
	o->look = 60;
	o->mode = -1;
	o->workers = processors < 2 ? 2 :
	    processors > WORKERS_MAX ? WORKERS_MAX : (unsigned)processors;
}

/*
 * clamd's form: the engine, the generation, a date.  The generation is the
 * folder's name, or the number of the official set.
 */
static char *
version(const struct engine *e, const struct sigset *s)
{
	static char text[512];
	char date[64], number[32];
	const char *name = s->name;
	struct tm tm;

	snprintf(number, sizeof number, "%lu", engine_official(e));
	if (strcmp(name, "clamav") == 0 && strcmp(number, "0") != 0)
		name = number;
	if (gmtime_r(&s->newest, &tm) == NULL ||
	    strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &tm) == 0)
		date[0] = '\0';
	snprintf(text, sizeof text, "ClamAV %s/%.200s/%s", engine_version(), name, date);
	return text;
}

static void
check_tmp(const char *tmp)
{
	struct stat st;

	if (stat(tmp, &st) < 0)
		err(EXIT_RETRY, "%s", tmp);
	if (!S_ISDIR(st.st_mode) || access(tmp, W_OK | X_OK) < 0)
		errx(EXIT_RETRY, "%s: not a folder to write in; say -T DIR", tmp);
}

static char own[PATH_MAX];	/* of the one connection: our folder ... */
static pid_t owner;		/* ... and who made it: workers end as well */

static void
wipe_own(void)
{
	if (getpid() == owner)
		folder_wipe(own);
}

/* The folder of a process that nobody supervises. */
static const char *
own_folder(const char *tmp)
{
	if (!folder_make(tmp, own, sizeof own))
		exit(EXIT_RETRY);
	owner = getpid();
	if (atexit(wipe_own) != 0)
		errx(EXIT_RETRY, "atexit");
	return own;
}

/* Names the file for which the set does not load, as the last word; the status. */
static int
blame(const char *dir)
{
	char text[512];

	if (sigset_blame(dir, text, sizeof text))
		warnx("%s", text);
	return EXIT_RETRY;
}

/* One generation, from its load to its end. */
static void
live(void *ctx, struct board *b, const char *tmp)
{
	const struct options *o = ctx;
	struct engine_settings settings = { .filesize = FILESIZE_MAX,
	    .seconds = o->seconds };
	struct serve_settings s = { .crew = o->crew, .streamsize = FILESIZE_MAX,
	    .workers = o->once ? 1 : o->workers, .board = b,
	    .channel = b != NULL ? supervise_channel() : -1 };
	struct engine *e;
	struct sigset set;
	struct serve *v;
	bool good = true;

	sigset_open(&set, o->signatures, o->once);
	if (b != NULL) {
		b->loading = set.mark;
		b->place = (int)set.place;
	}
	confine_warm();
	if ((e = engine_load(set.dir, &settings)) == NULL)
		exit(blame(set.dir));
	sigset_release(&set);
	s.set = set.name;
	s.newest = set.newest;
	s.version = version(e, &set);
	s.crew.tmp = o->once ? own_folder(tmp) : tmp;
	s.crew.stderr_fd = supervise_stderr();
	s.crew.filesize = FILESIZE_MAX;
	v = serve_start(e, &s);
	if (o->once)
		good = serve_one(v, STDIN_FILENO);
	else {
		supervise_ready();
		warnx("ready: %s, %u signatures, %u workers", set.dir,
		    engine_signatures(e), s.workers);
		serve_run(v, o->listeners, o->listening);
	}
	serve_end(v);
	sigset_free(&set);
	if (!good)
		exit(EXIT_RETRY);
}

static uint64_t
look(void *ctx, int place)
{
	const struct options *o = ctx;

	return sigset_look(o->signatures, (enum sigset_place)place);
}

/* -k */
static int
check(const struct options *o, const char *tmp)
{
	struct engine_settings settings = { .filesize = FILESIZE_MAX,
	    .seconds = o->seconds };
	struct sigset set;
	int status;

	sigset_find(&set, o->signatures, false);
	status = check_set(&set, &settings, o->alone ? NULL : tmp);
	sigset_free(&set);
	cli_close_stdout();
	return status;
}

/* The user's groups, with whose rights paths are opened too; workers have none. */
static void
take_groups(const char *user, gid_t gid)
{
	static gid_t groups[256];
	int n = sizeof groups / sizeof groups[0];

	if (getgrouplist(user, gid, groups, &n) < 0)
		errx(EXIT_RETRY, "%s: is in too many groups", user);
	if (setgroups((size_t)n, groups) < 0)
		err(EXIT_RETRY, "setgroups");
}

/* Who the workers are, where this is root. */
static void
find_user(struct options *o)
{
	const char *name = o->user != NULL ? o->user : "avscand";
	struct passwd *p;

	if (geteuid() != 0) {
		if (o->user != NULL)
			cli_usage(&cli, "-u: only root can become another user");
		return;
	}
	if ((p = getpwnam(name)) == NULL && o->user == NULL)
		p = getpwnam("nobody");
	if (p != NULL && p->pw_uid != 0) {
		o->crew.change_user = true;
		o->crew.uid = p->pw_uid;
		o->crew.gid = p->pw_gid;
	} else
		cli_usage(&cli, "-u %s: there is no such user, or it is root", name);
	if (o->crew.change_user)
		take_groups(p->pw_name, p->pw_gid);
}

int
main(int argc, char **argv)
{
	static struct options o;
	struct supervise s = { .live = live, .look = look, .ctx = &o,
	    .listener = o.listeners };
	int status;

	/* Several processes write to it: by the line. */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	defaults(&o);
	parse(&o, argc, argv);
	cli_deadline(0);
	find_user(&o);
	if ((s.tmp = realpath(o.tmp, NULL)) == NULL)
		err(EXIT_RETRY, "%s", o.tmp);
	check_tmp(s.tmp);
	o.crew.seconds = o.seconds;
	if (o.check)
		return check(&o, s.tmp);
	if (o.once) {
		live(&o, NULL, s.tmp);
		return EXIT_NOTHING;
	}
	for (unsigned i = 0; i < o.listening && !o.listeners[i].inherited; i++)
		listen_on(&o.listeners[i], o.texts[i], &o.addresses[i], o.mode);
	s.listening = o.listening;
	s.seconds = o.look;
	status = supervise(&s);
	for (unsigned i = 0; i < o.listening; i++)
		listen_end(&o.listeners[i]);
	return status;
}
