/* SPDX-License-Identifier: ISC */
/*
 * sigupdate: keeps virus signatures new, whole and tried.  The way of the data, and who
 * knows it:
 *	what is wanted		conf
 *	who is asked when	ask, mirrors (one mirror after another), state (who may be)
 *	how, by its kind	local; signed, archive (unpack), cvd: over HTTP by fetch
 *	into .part/SOURCE	part, partfile; believed by pinned (minisig, manifest, cvdhead)
 *	what came of it		candidate
 *	together into .stage	assemble, stage; compared with what is in use by current
 *	tried			trial (avscand -k)
 *	current -> GEN		swap; root has the folder, prune the old ones
 *	engines are told	notice
 *	what is said		tell (records), say and progress (people), stale, logged
 * update is that run; list, verify, rollback and author (`manifest') are the other verbs.
 */
#include "cmd/sigupdate/become.h"
#include "cmd/sigupdate/conf.h"
#include "cmd/sigupdate/logged.h"
#include "cmd/sigupdate/progress.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/stale.h"
#include "cmd/sigupdate/update.h"
#include "cmd/sigupdate/verbs.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "sigupdate",
    "sigupdate update [-aqSv] [-c CONF] [-D ROOT] [-e SECONDS] [-t SECONDS]\n"
    "sigupdate check [-aqv] [-c CONF] [-D ROOT] [-t SECONDS]\n"
    "sigupdate list [-v] [-c CONF] [-D ROOT]\n"
    "sigupdate verify [-q] [-c CONF] [-D ROOT] [-t SECONDS] [GENERATION]\n"
    "sigupdate rollback [-q] [-c CONF] [-D ROOT] [-t SECONDS] [GENERATION]\n"
    "sigupdate manifest SOURCE GENERATION FOLDER\n"
    "sigupdate -k [-c CONF]\n"
    "Keeps virus signatures new: fetches, verifies, tries, and only then swaps them in.\n"
    "  -a          ask servers that are not to be asked yet, too\n"
    "  -c CONF     else /etc/multiscan/sigupdate.conf\n"
    "  -D ROOT     else as CONF says, or /var/lib/multiscan/sigs; nothing is told or logged then\n"
    "  -e SECONDS  not before the last run is so long ago (for announcements)\n"
    "  -k          check the configuration\n"
    "  -q          say only what somebody has to act on (for cron)\n"
    "  -S          take what has shrunk, or a local .cvd that is older\n"
    "  -t SECONDS  end after so long (3600)\n"
    "  -v          say each step; of list: each file\n"
    "Exit: 0 current; 1 refused, stale, or (check) something new; 64 wrong call or\n"
    "configuration; 75 not now.\n"
};

static const char CONF[] = "/etc/multiscan/sigupdate.conf";
static const char ROOT[] = "/var/lib/multiscan/sigs";

enum { SECONDS = 3600 };

struct options {
	const char *conf, *root;
	bool check;			/* -k */
	enum say say;
	struct update_options update;
	const struct verb *verb;
	char **arguments;
};

struct verb {
	const char *name;
	const char *letters;
	int least, most;		/* arguments */
	int (*run)(struct options *o);
};

static bool
same_folder(const char *a, const char *b)
{
	struct stat x, y;

	return strcmp(a, b) == 0 || (stat(a, &x) == 0 && stat(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

/* Which root; what is told to engines and logged is of the configuration's own. */
static void
choose_root(struct options *o, struct conf *c)
{
	const char *own = c->root != NULL ? c->root : ROOT;

	if (o->root == NULL)
		o->root = own;
	else if (!same_folder(o->root, own)) {
		c->engines.n = 0;
		c->engines_said = true;
		free(c->log);
		c->log = NULL;
	}
}

static void
read_conf(struct options *o, struct conf *c)
{
	const char *path = o->conf != NULL ? o->conf : CONF;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		errx(EXIT_RETRY, "%s: %s; one to begin with is lib/multiscan/sigupdate.conf where "
		    "multiscan was installed", path, strerror(errno));
	if (!conf_read(c, path))
		exit(EXIT_CALL);
	choose_root(o, c);
}

/* One that cannot be read does not keep anybody from going back. */
static void
try_conf(struct options *o, struct conf *c)
{
	const char *path = o->conf != NULL ? o->conf : CONF;

	memset(c, 0, sizeof *c);
	if (access(path, R_OK) == 0 || o->conf != NULL)
		if (!conf_read(c, path))
			say_urgent("%s: goes on without it", path);
	choose_root(o, c);
}

static volatile pid_t child;
static volatile sig_atomic_t interrupted;

static void
pass_on(int sig)
{
	interrupted = 1;
	if (child > 0)
		kill(child, sig);
}

static const int SIGNALS[] = { SIGTERM, SIGINT, SIGHUP };

static void
on_signals(void (*what)(int))
{
	for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
		signal(SIGNALS[i], what);
}

/* While it is not known to whom one is to be passed on. */
static void
hold_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
		sigaddset(&set, SIGNALS[i]);
	sigprocmask(how, &set, NULL);
}

static _Noreturn void
be_child(const struct conf *c, const struct options *o, struct watch *w, pid_t parent)
{
	int status;

	on_signals(SIG_DFL);
	hold_signals(SIG_UNBLOCK);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent || interrupted)
		_exit(EXIT_RETRY);
	status = update(c, &o->update, w);
	cli_close_stdout();
	exit(status);
}

/* How it ended; what it did not say itself is said. */
static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "waitpid");
	child = 0;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	progress_left();
	if (interrupted)
		say_urgent("interrupted: the set in use is whole; the next run goes on from here");
	else
		say_urgent("was killed by signal %d: the set in use is whole", WTERMSIG(status));
	return WTERMSIG(status) == SIGKILL ? 128 + SIGKILL : EXIT_RETRY;
}

static int
run_once(const struct conf *c, const struct options *o, struct watch *w)
{
	pid_t parent = getpid();

	w->asking = ASK_NOBODY;
	w->over = false;
	fflush(NULL);
	hold_signals(SIG_BLOCK);
	if ((child = fork()) < 0)
		err(EXIT_RETRY, "fork");
	if (child == 0)
		be_child(c, o, w, parent);
	hold_signals(SIG_UNBLOCK);
	return wait_for(child);
}

/* Did it end while it asked somebody, whom it had not been told to leave out? */
static bool
may_go_on(const struct watch *w, int status)
{
	return !w->over && !interrupted && status != 128 + SIGKILL &&
	    w->asking != ASK_NOBODY && !w->skip[w->asking];
}

/* A run that ended while it asked somebody goes on without him.  *over: one came to its end. */
static int
run_all(const struct conf *c, struct options *o, bool *over)
{
	struct watch *w = mmap(NULL, sizeof *w, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long long end = clock_ms() + (long long)(o->update.seconds + o->update.earliest) * 1000;
	int status;

	if (w == MAP_FAILED)
		err(EXIT_RETRY, "mmap");
	while ((status = run_once(c, o, w)) != EXIT_NOTHING && may_go_on(w, status) &&
	    end - clock_ms() > 1000) {
		w->skip[w->asking] = true;
		o->update.seconds = (unsigned long)((end - clock_ms()) / 1000);
		o->update.earliest = 0;
	}
	*over = w->over;
	munmap(w, sizeof *w);
	return status > EXIT_RETRY ? EXIT_RETRY : status;
}

/*
 * The work is done by a child, so that whatever ends it, somebody is left to
 * say that a set has become too old.
 */
static int
run_update(struct options *o)
{
	struct conf c;
	struct root root;
	bool over;
	int status;

	read_conf(o, &c);
	become_owner(o->root);
	/* What is wrong with it is said once. */
	root_open(&root, o->root);
	root_close(&root);
	o->update.root = o->root;
	on_signals(pass_on);
	status = run_all(&c, o, &over);
	if (stale_say(&c, o->root) > 0)
		status = EXIT_FOUND;
	if (!over && !o->update.look)
		logged_broken(&c, o->root);
	conf_free(&c);
	return status;
}

static int
run_check(struct options *o)
{
	o->update.look = true;
	return run_update(o);
}

static int
run_list(struct options *o)
{
	struct conf c;

	try_conf(o, &c);
	become_owner(o->root);
	return verb_list(&c, o->root, o->say == SAY_VERBOSE);
}

static int
run_verify(struct options *o)
{
	struct conf c;

	try_conf(o, &c);
	become_owner(o->root);
	cli_deadline(o->update.seconds);
	return verb_verify(o->root, o->arguments[0]);
}

static int
run_rollback(struct options *o)
{
	struct conf c;

	try_conf(o, &c);
	become_owner(o->root);
	return verb_rollback(&c, o->root, o->arguments[0], o->update.seconds);
}

static int
run_manifest(struct options *o)
{
	return verb_manifest(o->arguments[0], o->arguments[1], o->arguments[2]);
}

static const struct verb VERBS[] = {
	{ "update", ":ac:D:e:qSt:v", 0, 0, run_update },
	{ "check", ":ac:D:qt:v", 0, 0, run_check },
	{ "list", ":c:D:v", 0, 0, run_list },
	{ "verify", ":c:D:qt:", 0, 1, run_verify },
	{ "rollback", ":c:D:qt:", 0, 1, run_rollback },
	{ "manifest", ":", 3, 3, run_manifest },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
		if (strcmp(VERBS[i].name, name) == 0)
			return &VERBS[i];
	cli_usage(&cli, "`%s': say update, check, list, verify, rollback or manifest", name);
}

static void
take_option(struct options *o, int letter)
{
	if (letter == 'a')
		o->update.ask_now = true;
	else if (letter == 'c')
		o->conf = optarg;
	else if (letter == 'D')
		o->root = optarg;
	else if (letter == 'e')
		o->update.earliest = cli_number(&cli, "-e", optarg, 1, 86400);
	else if (letter == 'k')
		o->check = true;
	else if (letter == 'q')
		o->say = SAY_QUIET;
	else if (letter == 'S')
		o->update.smaller = true;
	else if (letter == 't')
		o->update.seconds = cli_number(&cli, "-t", optarg, 1, 86400);
	else
		o->say = SAY_VERBOSE;
}

static void
parse(struct options *o, int argc, char **argv)
{
	int letter, given;

	while ((letter = cli_getopt(&cli, argc, argv, ":c:k")) != -1)
		take_option(o, letter);
	if (o->check) {
		if (argv[optind] != NULL)
			cli_usage(&cli, "-k goes with no verb");
		return;
	}
	if (argv[optind] == NULL)
		cli_usage(&cli, "say what: update, check, list, verify, rollback or manifest");
	o->verb = find_verb(argv[optind]);
	argc -= optind;
	argv += optind;
	optind = 1;
	while ((letter = cli_getopt(&cli, argc, argv, o->verb->letters)) != -1)
		take_option(o, letter);
	o->arguments = argv + optind;
	given = argc - optind;
	if (given < o->verb->least || given > o->verb->most)
		cli_usage(&cli, "%s: %s", o->verb->name, o->verb->most == 0 ? "takes no argument" :
		    o->verb->least == 3 ? "give SOURCE GENERATION FOLDER" :
		    "takes one GENERATION at the most");
}

int
main(int argc, char **argv)
{
	static struct options o;
	struct conf c;
	int status = EXIT_NOTHING;

	o.update.seconds = SECONDS;
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	parse(&o, argc, argv);
	cli_deadline(0);
	say_level(o.say);
	if (sodium_init() < 0)
		errx(EXIT_RETRY, "libsodium does not start");
	if (o.check) {
		read_conf(&o, &c);
		status = conf_look(&c) ? EXIT_NOTHING : EXIT_CALL;
	} else
		status = o.verb->run(&o);
	cli_close_stdout();
	return status;
}
