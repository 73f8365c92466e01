/* SPDX-License-Identifier: ISC */
/* avscand: holds the signatures, and scans what it is handed over a socket. */
#include "cmd/avscand/pool.h"
#include "cmd/avscand/sigset.h"
#include "common/address.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct cli cli = { "avscand",
    "avscand [-D DIR] [-l ADDRESS]... [-T DIR] [-t SECONDS] [-w WORKERS]\n"
    "  -D DIR      the signatures; else $MULTISCAN_SIGNATURES,\n"
    "              /var/lib/multiscan/sigs/current, /var/lib/clamav\n"
    "  -l ADDRESS  listen on unix:PATH, tcp:HOST:PORT or tcp:[V6]:PORT; several\n"
    "              may be given; else unix:/run/multiscan/avscand.sock\n"
    "  -l -        serve the one connection on standard input, then end\n"
    "  -T DIR      where workers keep temporary files; else $TMPDIR or /tmp\n"
    "  -t SECONDS  a scan that takes longer is ended (120)\n"
    "  -w WORKERS  how many scans at once (one a processor, at least 2)\n"
    "Speaks clamd's PING VERSION STATS FILDES INSTREAM IDSESSION END.\n"
    "Exit: 0 ended by a signal, or the one connection ended; 64 wrong call;\n"
    "75 not now (no signatures, a bad set, a socket in use).\n"
};

static const char default_address[] = "unix:/run/multiscan/avscand.sock";
enum { LISTENERS_MAX = 8, WORKERS_MAX = 256, FILESIZE_MAX = 100 << 20 };

struct options {
	const char *signatures;
	const char *tmp;
	const char *texts[LISTENERS_MAX];
	struct address addresses[LISTENERS_MAX];
	unsigned listening;
	bool once;
	unsigned long seconds;
	unsigned workers;
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

static void
parse(struct options *o, int argc, char **argv)
{
	struct stat st;
	int c;

	while ((c = cli_getopt(&cli, argc, argv, ":D:l:T:t:w:")) != -1) {
		if (c == 'D')
			o->signatures = optarg;
		else if (c == 'l')
			add_address(o, optarg);
		else if (c == 'T')
			o->tmp = optarg;
		else if (c == 't')
			o->seconds = cli_number(&cli, "-t", optarg, 1, 86400);
		else
			o->workers = (unsigned)cli_number(&cli, "-w", optarg, 1, WORKERS_MAX);
	}
	if (argv[optind] != NULL)
		cli_usage(&cli, "`%s': there are no arguments", argv[optind]);
	if (o->once && o->listening > 0)
		cli_usage(&cli, "-l - goes with no other address");
	if (o->once && (fstat(STDIN_FILENO, &st) < 0 || !S_ISSOCK(st.st_mode)))
		cli_usage(&cli, "-l -: standard input is no socket");
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
	o->workers = processors < 2 ? 2 :
	    processors > WORKERS_MAX ? WORKERS_MAX : (unsigned)processors;
}

/*
 * clamd's form: the engine, the generation, a date.  The generation is the
 * folder that sigupdate made, or the number of the official set.
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

static char *
stats(const struct engine *e, const struct options *o, const struct sigset *s)
{
	static char text[1024];

	snprintf(text, sizeof text, "POOLS: 1\n\nSTATE: VALID PRIMARY\n"
	    "WORKERS: %u\nSET: %.200s signatures %u\n", o->workers, s->name,
	    engine_signatures(e));
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

int
main(int argc, char **argv)
{
	struct listener listeners[LISTENERS_MAX];
	struct pool p = { .listeners = listeners };
	struct engine_settings settings = { .filesize = FILESIZE_MAX };
	struct options o;
	struct sigset set;
	int status;

	defaults(&o);
	parse(&o, argc, argv);
	cli_deadline(0);
	check_tmp(o.tmp);
	sigset_open(&set, o.signatures, o.once);
	settings.seconds = o.seconds;
	p.service.engine = engine_load(set.dir, &settings);
	p.service.version = version(p.service.engine, &set);
	p.service.stats = stats(p.service.engine, &o, &set);
	p.service.seconds = o.seconds;
	p.service.streamsize = FILESIZE_MAX;
	p.tmp = o.tmp;
	p.workers = o.once ? 1 : o.workers;
	for (; p.listening < o.listening; p.listening++)
		listen_on(&listeners[p.listening], o.texts[p.listening],
		    &o.addresses[p.listening]);
	if (!o.once)
		warnx("ready: %s, %u signatures, %u workers", set.dir,
		    engine_signatures(p.service.engine), p.workers);
	status = pool_run(&p);
	for (unsigned i = 0; i < p.listening; i++)
		listen_end(&listeners[i]);
	free(set.dir);
	return status;
}
