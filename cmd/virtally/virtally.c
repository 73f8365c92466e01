/* SPDX-License-Identifier: ISC */
/*
 * virtally: counts what was logged, and shows what it counted.
 *
 *	count	input.c		a log as bytes (source.c): plain, gzip, xz, standard input
 *		logs.c		which log it is, and how far it was read (resume.c)
 *		scan.c		the lines that may count
 *		logline.c	a line: ours, or Postfix's (postfix.c); its stamp (stamp.c, calendar.c)
 *		tally.c		into the counts (cells.c, names.c), once (seen.c)
 *		tallystate.c	locked, and saved as a whole (publish.c)
 *		tallyfile.c	reads a tally, tallytext.c writes it
 *	merge	tallyjoin.c	days of several writers
 *	top, report, export
 *		span.c		which hours and days
 *		figures.c	their numbers (ranking.c), the gateways (fleet.c)
 *		page.c		as HTML (chart.c, tables.c, html.c, style.c), in words of wording.c
 *		summary.c	as text
 *		forms.c		as csv, json (rows.c), prom, 2002
 */
#include "cmd/virtally/verbs.h"

#include <err.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const struct cli virtally_cli = { "virtally",
    "virtally count [-qv] [-D STATE] [-T TAG] [-y YEAR] LOG...\n"
    "virtally top [-D STATE] [-e END] [-N N] [-p PERIOD] [TALLY...]\n"
    "virtally report [-D STATE] [-e END] [-o FOLDER | -p PERIOD] [TALLY...]\n"
    "virtally export -F FORM [-D STATE] [-e END] [-o FILE] [-p PERIOD] [TALLY...]\n"
    "virtally merge -o FILE TALLY...\n"
    "Counts what the gateways logged, by hour, gateway and name, and shows it.\n"
    "  -D STATE   else /var/lib/multiscan/tally; a TALLY is a file, or such a folder\n"
    "  -e END     the moment of the report: YYYY-MM-DD or YYYY-MM-DDThh:mm, else now\n"
    "  -F FORM    csv, json, prom, or 2002 (its two files, into the folder of -o)\n"
    "  -N N       so many names (10)\n"
    "  -o FILE    where to write; report without it prints a summary\n"
    "  -p PERIOD  day, yesterday, week (without it), month, all, or YYYY-MM-DD\n"
    "  -q         nothing on standard output (for cron)\n"
    "  -T TAG     only virlog's lines with this tag\n"
    "  -v         name each line that begins like virlog's, and is none\n"
    "  -y YEAR    of stamps that have none, else the latest that is not to come\n"
    "A LOG is plain, .gz, .xz or - ; what was counted is not counted again.\n"
    "Exit: 0 done; 64 wrong call, no tally, or a gateway that two count; 75 not now.\n"
};

static const char STATE[] = "/var/lib/multiscan/tally";

/* Years that days have a number in; see calendar.h. */
enum { FIRST_YEAR = 1970, LAST_YEAR = 2148, NAMES = 10, MOST_NAMES = 1000 };

static const struct verb {
	const char *name;
	const char *letters;
	int (*run)(const struct options *o);
} VERBS[] = {
	{ "count", ":D:qT:vy:", count_verb },
	{ "top", ":D:e:N:p:", top_verb },
	{ "report", ":D:e:o:p:", report_verb },
	{ "export", ":D:e:F:o:p:", export_verb },
	{ "merge", ":o:", merge_verb },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof VERBS / sizeof VERBS[0]; i++)
		if (strcmp(VERBS[i].name, name) == 0)
			return &VERBS[i];
	if (name != NULL)
		cli_usage(&virtally_cli, "`%s': say count, top, report, export or merge", name);
	cli_usage(&virtally_cli, "say what: count, top, report, export or merge");
}

static void
take_option(struct options *o, int letter)
{
	if (letter == 'D')
		o->state = optarg;
	else if (letter == 'e')
		o->end = optarg;
	else if (letter == 'F')
		o->form = optarg;
	else if (letter == 'N')
		o->names = cli_number(&virtally_cli, "-N", optarg, 1, MOST_NAMES);
	else if (letter == 'o')
		o->out = optarg;
	else if (letter == 'p')
		o->period = optarg;
	else if (letter == 'q')
		o->quiet = true;
	else if (letter == 'T')
		o->tag = optarg;
	else if (letter == 'v')
		o->verbose = true;
	else
		o->year = (int)cli_number(&virtally_cli, "-y", optarg, FIRST_YEAR, LAST_YEAR);
}

int
main(int argc, char **argv)
{
	struct options o = { .state = STATE, .names = NAMES };
	const struct verb *verb;
	int letter, status;

	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	if (cli_getopt(&virtally_cli, argc, argv, ":") != -1)
		cli_usage(&virtally_cli, "options come after the verb");
	verb = find_verb(argv[optind]);
	argc -= optind;
	argv += optind;
	optind = 1;
	while ((letter = cli_getopt(&virtally_cli, argc, argv, verb->letters)) != -1)
		take_option(&o, letter);
	o.argc = argc - optind;
	o.argv = argv + optind;
	cli_deadline(0);
	tzset();
	if (sodium_init() < 0)
		errx(EXIT_RETRY, "libsodium does not start");
	status = verb->run(&o);
	cli_close_stdout();
	return status;
}
