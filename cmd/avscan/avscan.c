/* SPDX-License-Identifier: ISC */
/* avscan: hands every part of a message, or files, to a virus scanner's engine. */
#include "cmd/avscan/check.h"
#include "cmd/avscan/files.h"
#include "cmd/avscan/late.h"
#include "cmd/avscan/message.h"
#include "cmd/avscan/show.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "avscan",
    "avscan [-r] [-s ENGINE]... [-P [-D DIR]] [-I FILE] [-t SECONDS] "
    "WORKDIR | FILE...\n"
    "avscan -k [-s ENGINE]... [-P [-D DIR]] [-t SECONDS]\n"
    "  WORKDIR     a work directory: its parts, then the message\n"
    "  FILE...     files, pipes, - for standard input; with -r also folders\n"
    "  -r          of a folder, all files in it and below\n"
    "  -s ENGINE   unix:PATH, tcp:HOST:PORT or tcp:[V6]:PORT; several are a\n"
    "              pool: the next one where one is down or busy; else\n"
    "              $MULTISCAN_SOCKET (several with blanks between), else\n"
    "              /run/multiscan/avscand.sock\n"
    "  -P          where there is none of these: an avscand of our own\n"
    "  -D DIR      with -P: an avscand of our own, with these signatures\n"
    "  -I FILE     what is ignored: lines `SIGNATURE|sha256:HEX YYYY-MM-DD\n"
    "              REASON'; else $MULTISCAN_IGNORE, else /etc/multiscan/ignore\n"
    "  -k          prove that each engine alerts on what it must\n"
    "  -t SECONDS  end after so long with 75 (300)\n"
    "Exit: 0 nothing found, 1 records on stdout, 64 wrong call, 75 not now:\n"
    "what an engine did not say OK of is never taken for clean.\n"
};

static const char default_engine[] = "unix:/run/multiscan/avscand.sock";

struct options {
	struct engines engines;
	const char *signatures;
	const char *ignore;
	bool own;		/* -P */
	bool folders;		/* -r */
	bool check;		/* -k */
	unsigned long seconds;
};

static void
parse(struct options *o, int argc, char **argv)
{
	int c;

	o->seconds = CLI_SECONDS;
	while ((c = cli_getopt(&cli, argc, argv, ":s:PD:I:rkt:")) != -1) {
		if (c == 's' && !engines_add(&o->engines, optarg))
			cli_usage(&cli, "`%s' is no engine: say unix:PATH or "
			    "tcp:HOST:PORT, %d at most", show(optarg), ENGINES_MAX);
		if (c == 'D')
			o->signatures = optarg;
		if (c == 'I')
			o->ignore = optarg;
		if (c == 't')
			o->seconds = cli_number(&cli, "-t", optarg, 1, 86400);
		o->own |= c == 'P';
		o->folders |= c == 'r';
		o->check |= c == 'k';
	}
	if (o->signatures != NULL && !o->own)
		cli_usage(&cli, "-D goes with -P: it names the signatures of an "
		    "avscand of our own");
	if (o->signatures != NULL && o->engines.n > 0)
		cli_usage(&cli, "-s and -D: an engine has its own signatures");
}

/* What is named on the command line must be what its options are for. */
static void
check_paths(const struct options *o, char **paths)
{
	bool input = false;

	if (o->check && (paths[0] != NULL || o->folders || o->ignore != NULL))
		cli_usage(&cli, "-k has samples of its own: no file, no -r, no -I");
	if (!o->check && paths[0] == NULL)
		cli_usage(&cli, "name a work directory or files");
	for (char **path = paths; *path != NULL; path++) {
		if (strcmp(*path, "-") == 0 && input)
			cli_usage(&cli, "standard input can be read once");
		input |= strcmp(*path, "-") == 0;
		if (o->folders || !files_is_folder(*path))
			continue;
		if (!files_is_workdir(*path))
			cli_usage(&cli, "%s: a folder, and no work directory: say -r "
			    "to scan the files in it", show(*path));
		if (paths[1] != NULL)
			cli_usage(&cli, "%s: a work directory goes alone", show(*path));
	}
}

/* The engines that the environment names. */
static void
from_environment(struct engines *e)
{
	const char *text = getenv("MULTISCAN_SOCKET");
	char *copy, *word, *rest;

	if (text == NULL)
		return;
	if ((copy = strdup(text)) == NULL)
		err(EXIT_RETRY, "malloc");
	for (word = strtok_r(copy, " \t\n", &rest); word != NULL;
	    word = strtok_r(NULL, " \t\n", &rest))
		if (!engines_add(e, word))
			cli_usage(&cli, "$MULTISCAN_SOCKET: `%s' is no engine: say "
			    "unix:PATH or tcp:HOST:PORT", show(word));
	free(copy);
}

/* Which engines there are, where the command line names none. */
static void
find_engines(struct options *o)
{
	if (o->engines.n == 0 && o->signatures == NULL)
		from_environment(&o->engines);
	if (o->engines.n == 0 && o->signatures == NULL &&
	    access(default_engine + strlen("unix:"), o->own ? W_OK : F_OK) == 0)
		engines_add(&o->engines, default_engine);
	if (o->engines.n == 0 && !o->own)
		errx(EXIT_RETRY, "no engine at %s: start avscand, name another "
		    "(ENGINES of multiscan.conf, -s, $MULTISCAN_SOCKET), or say -P for one of our own",
		    default_engine);
	if (o->engines.n == 0)
		engines_add_own(&o->engines, o->signatures);
}

static int
scan(struct options *o, char **paths)
{
	static struct findings f;
	bool whole = true;

	ignore_read(&f.ignore, o->ignore);
	asker_start(&f.asker, &o->engines);
	if (!o->folders && files_is_folder(paths[0]))
		message_scan(&f, paths[0], o->seconds);
	else
		whole = files_scan(&f, paths, o->seconds);
	findings_free(&f);
	return !whole ? EXIT_RETRY : f.any ? EXIT_FOUND : EXIT_NOTHING;
}

int
main(int argc, char **argv)
{
	static struct options o;
	int status;

	parse(&o, argc, argv);
	check_paths(&o, argv + optind);
	cli_deadline(o.seconds);
	late_watch();
	find_engines(&o);
	if (o.check)
		status = check_engines(&o.engines) ? EXIT_NOTHING : EXIT_RETRY;
	else
		status = scan(&o, argv + optind);
	avscand_wait();
	cli_close_stdout();
	return status;
}
