/* SPDX-License-Identifier: ISC */
/* held: what is in the quarantine, and what goes from it by age and size. */
#include "cmd/held/held.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_DAYS = 36500, MOST_SECONDS = 31536000 };

const struct cli held_cli = { "held",
    "held list [-R] [-f TEXT] [-r TEXT] [-S TEXT] [-d DAYS] [-i WORD] QUARANTINE\n"
    "held show [-m] QUARANTINE ID...  |  held show FILE\n"
    "held expire [-n] [-d DAYS] [-s SIZE] [-D RECORDS] QUARANTINE\n"
    "held sweep [-nv] -t SECONDS [-D RECORDS] [-q QUARANTINE] WORK\n"
    "  list    a line for each message, by time\n"
    "    -f, -r, -S TEXT  of which sender, a recipient, a finding has TEXT in it\n"
    "    -d DAYS          that came in the last DAYS\n"
    "    -i WORD          of which the id, the queue id or the Message-ID is WORD\n"
    "    -R               records\n"
    "  show    all that is known of some, or of a FILE that write_record wrote\n"
    "    -m               the fields of the message, too\n"
    "  expire  removes those older than DAYS, then the oldest until all are SIZE at the\n"
    "          most, as 500M or 10G; those released first; a record for each\n"
    "    -D RECORDS       and the files there that are older\n"
    "    -n               says what would go\n"
    "  sweep   removes what runs that were killed left in WORK, SECONDS ago or longer\n"
    "    -D, -q           and in these folders\n"
    "    -n, -v           says what would go; says what goes\n"
    "Exit: 0 done, 64 wrong call, 75 something failed and was said.\n"
};

struct verb {
	const char *name;
	const char *letters;
	int (*run)(const struct options *);
	int least, most;	/* operands */
};

static const struct verb VERBS[] = {
	{ "list", ":Rf:r:S:d:i:", list_verb, 1, 1 },
	{ "show", ":m", show_verb, 1, 1 << 30 },
	{ "expire", ":nd:s:D:", expire_verb, 1, 1 },
	{ "sweep", ":nvt:D:q:", sweep_verb, 1, 1 },
};

int
held_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == EACCES)
		errx(EXIT_RETRY, "%s: cannot be read; be its owner", path);
	if (fd < 0)
		err(EXIT_RETRY, "%s", path);
	return fd;
}

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof VERBS / sizeof VERBS[0]; i++)
		if (strcmp(VERBS[i].name, name) == 0)
			return &VERBS[i];
	if (name != NULL)
		cli_usage(&held_cli, "`%s': say list, show, expire or sweep", name);
	cli_usage(&held_cli, "say what: list, show, expire or sweep");
}

/* A number, and K, M, G or T. */
static unsigned long long
size_of(const char *text)
{
	static const char UNITS[] = "KMGT";
	const char *unit;
	char *end;
	unsigned long long n;
	int shift = 0;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || errno != 0)
		cli_usage(&held_cli, "-s: `%s' is no size", text);
	if (*end != '\0' && (unit = strchr(UNITS, *end)) != NULL) {
		shift = 10 * (int)(unit - UNITS + 1);
		end++;
	}
	if (*end != '\0' || n > ~0ULL >> shift)
		cli_usage(&held_cli, "-s: `%s' is no size, as 500M or 10G", text);
	return n << shift;
}

static void
take_option(struct options *o, int letter)
{
	if (letter == 'R')
		o->raw = true;
	else if (letter == 'm')
		o->head = true;
	else if (letter == 'n')
		o->dry = true;
	else if (letter == 'v')
		o->verbose = true;
	else if (letter == 'f')
		o->sender = optarg;
	else if (letter == 'r')
		o->rcpt = optarg;
	else if (letter == 'S')
		o->sig = optarg;
	else if (letter == 'i')
		o->word = optarg;
	else if (letter == 'D')
		o->records = optarg;
	else if (letter == 'q')
		o->quarantine = optarg;
	else if (letter == 'd')
		o->days = cli_number(&held_cli, "-d", optarg, 1, MOST_DAYS);
	else if (letter == 't')
		o->seconds = cli_number(&held_cli, "-t", optarg, 1, MOST_SECONDS);
	else {
		o->size = size_of(optarg);
		o->limited = true;
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .argc = 0 };
	const struct verb *verb;
	int letter, status;

	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	if (cli_getopt(&held_cli, argc, argv, ":") != -1)
		cli_usage(&held_cli, "options come after the verb");
	verb = find_verb(argv[optind]);
	argc -= optind;
	argv += optind;
	optind = 1;
	while ((letter = cli_getopt(&held_cli, argc, argv, verb->letters)) != -1)
		take_option(&o, letter);
	o.argc = argc - optind;
	o.argv = argv + optind;
	if (o.argc < verb->least || o.argc > verb->most)
		cli_usage(&held_cli, "%s: name the folder", verb->name);
	if (verb->run == sweep_verb && o.seconds == 0)
		cli_usage(&held_cli, "sweep: how old is old? -t SECONDS");
	cli_deadline(0);
	tzset();
	status = verb->run(&o);
	cli_close_stdout();
	return status;
}
