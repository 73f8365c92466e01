/* SPDX-License-Identifier: ISC */
/* sigupdate: keeps virus signatures new, whole and tried. */
#include "cmd/sigupdate/become.h"
#include "cmd/sigupdate/conf.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/stale.h"
#include "cmd/sigupdate/update.h"
#include "cmd/sigupdate/verbs.h"
#include "common/cli.h"

#include <sys/prctl.h>
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
    "sigupdate check [-aqv] [-c CONF] [-D ROOT]\n"
    "sigupdate list [-v] [-D ROOT]\n"
    "sigupdate verify [-D ROOT] [GENERATION]\n"
    "sigupdate rollback [-qv] [-c CONF] [-D ROOT] [GENERATION]\n"
    "sigupdate manifest SOURCE GENERATION FOLDER\n"
    "sigupdate -k [-c CONF]\n"
    "Keeps virus signatures new: fetches, verifies, tries, and only then swaps them in.\n"
    "  -a          ask servers that are not to be asked yet, too\n"
    "  -c CONF     else /etc/multiscan/sigupdate.conf\n"
    "  -D ROOT     else as CONF says, or /var/lib/multiscan/sigs\n"
    "  -e SECONDS  not before the last run is so long ago (for announcements)\n"
    "  -k          check the configuration\n"
    "  -q          say only what somebody has to act on (for cron)\n"
    "  -S          take a set that has shrunk\n"
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

static void
read_conf(struct options *o, struct conf *c)
{
	if (!conf_read(c, o->conf != NULL ? o->conf : CONF))
		exit(EXIT_CALL);
	if (o->root == NULL)
		o->root = c->root != NULL ? c->root : ROOT;
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
	if (o->root == NULL)
		o->root = c->root != NULL ? c->root : ROOT;
}

/* How the child ended; what it did not say itself is said. */
static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "waitpid");
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	say_urgent("was killed by signal %d: what was in use before, is", WTERMSIG(status));
	return EXIT_RETRY;
}

static pid_t child;

static void
pass_on(int sig)
{
	if (child > 0)
		kill(child, sig);
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
	pid_t parent = getpid();
	int status;

	read_conf(o, &c);
	become_owner(o->root);
	/* What is wrong with it is said once. */
	root_open(&root, o->root);
	root_close(&root);
	o->update.root = o->root;
	fflush(NULL);
	if ((child = fork()) < 0)
		err(EXIT_RETRY, "fork");
	if (child == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
			_exit(EXIT_RETRY);
		status = update(&c, &o->update);
		cli_close_stdout();
		exit(status);
	}
	signal(SIGTERM, pass_on);
	signal(SIGINT, pass_on);
	signal(SIGHUP, pass_on);
	status = wait_for(child);
	if (stale_say(&c, o->root) > 0)
		status = EXIT_FOUND;
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
	return verb_list(o->root, o->say == SAY_VERBOSE);
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
	{ "list", ":c:D:qv", 0, 0, run_list },
	{ "verify", ":c:D:qt:v", 0, 1, run_verify },
	{ "rollback", ":c:D:qt:v", 0, 1, run_rollback },
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
	if (o.check)
		read_conf(&o, &c);
	else
		status = o.verb->run(&o);
	cli_close_stdout();
	return status;
}
