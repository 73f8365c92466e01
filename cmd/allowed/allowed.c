/* SPDX-License-Identifier: ISC */
/* allowed: which findings a line of the site's allow list lets pass. */
#include "cmd/allowed/list.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "allowed",
    "allowed -L FILE DIR <FINDINGS  |  allowed -L FILE -k\n"
    "  Prints n= and allow=LINE of each finding that a line of FILE allows in the\n"
    "  message of the work directory DIR.  What is infected is never allowed.\n"
    "  -L FILE  the allow list\n"
    "  -k       only look whether it is good\n"
    "Exit: 0 nothing is allowed, 1 something is, 64 wrong call or list, 75 not now.\n"
};

/* The list of a site, and whether to say what looks wrong in it. */
struct source {
	const char *path;
	bool check;
};

/* The envelope of the message, and the memory that it lies in. */
struct message {
	char *text;		/* owned */
	struct span id;		/* coded */
	char *bytes;		/* owned; the decoded words */
	struct span *to;	/* owned */
	struct parties parties;
};

static void
tell(void *ctx, unsigned long line, struct span about, const char *what, bool doubt)
{
	const struct source *s = ctx;

	if (!doubt || s->check)
		warnx("%s: line %lu: %s%.*s%s%s", s->path, line, doubt ? "warning: " : "",
		    (int)(about.n < 100 ? about.n : 100), about.p,
		    about.n > 0 ? " " : "", what);
}

/* The list of the message, or, of none, only whether it is good. */
static void
read_list(struct list *l, struct source *s, const struct parties *p)
{
	static char text[LIST_MAX + 1];
	FILE *f = cli_file(s->path);
	size_t n = fread(text, 1, sizeof text, f);
	int wrong;

	if (ferror(f))
		err(EXIT_RETRY, "%s", s->path);
	fclose(f);
	if (n > LIST_MAX)
		errx(EXIT_CALL, "%s: the list has more than 1 MiB", s->path);
	if ((wrong = list_read(l, (struct span){ text, n }, p, tell, s)) < 0)
		err(EXIT_RETRY, "memory");
	if (wrong > 0)
		exit(EXIT_CALL);
	if (l->tired)
		warnx("%s: takes too long: not all lines were looked at", s->path);
}

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* A word of the envelope, decoded behind those before it. */
static void
take_word(struct message *m, const struct word *w, size_t *used)
{
	struct parties *p = &m->parties;
	struct span value = { m->bytes + *used, record_decode(m->bytes + *used, w->value) };

	*used += value.n;
	if (is(w->key, "id"))
		m->id = w->value;
	else if (is(w->key, "from"))
		p->from = value;
	else if (is(w->key, "to"))
		m->to[p->count++] = value;
	else if (is(w->key, "host"))
		p->host = value;
	else if (is(w->key, "user"))
		p->user = value;
	else if (is(w->key, "client"))
		p->known = ipaddr_client(&p->client, value);
}

static void
read_envelope(struct message *m, const char *dir)
{
	struct workdir w;
	struct word word;
	size_t n, used = 0;

	if (workdir_open(&w, dir) < 0)
		err(EXIT_RETRY, "%s", dir);
	if ((m->text = workdir_envelope(&w, &n)) == NULL)
		err(EXIT_RETRY, "%s/envelope", dir);
	workdir_close(&w);
	n -= n > 0;	/* its newline */
	m->bytes = malloc(n + 1);
	m->to = reallocarray(NULL, n / 4 + 1, sizeof *m->to);	/* " to=" at least */
	if (m->bytes == NULL || m->to == NULL)
		err(EXIT_RETRY, "memory");
	m->parties.to = m->to;
	for (size_t at = 0; record_word(m->text, n, &at, &word); )
		take_word(m, &word, &used);
	if (m->id.n == 0)
		errx(EXIT_RETRY, "%s/envelope: has no id=", dir);
}

/* A finding that is allowed becomes a record; how many there are of both. */
static bool
answer(const struct list *l, struct span id)
{
	static char line[RECORD_MAX + 1];
	unsigned long long n, lines = 0, found = 0;

	while (fgets(line, sizeof line, stdin) != NULL) {
		struct span finding = { line, strlen(line) };
		unsigned long rule;

		lines++;
		if (finding.n == 0 || line[finding.n - 1] != '\n' ||
		    !record_valid(line, --finding.n) || !record_num(line, finding.n, "n", &n))
			errx(EXIT_RETRY, "line %llu of the findings is no record with n=", lines);
		if ((rule = list_find(l, finding)) == 0)
			continue;
		printf("n=%llu allow=%lu\n", n, rule);
		found++;
	}
	if (ferror(stdin))
		err(EXIT_RETRY, "the findings");
	printf("check=allowed id=%.*s lines=%llu\n", (int)id.n, id.p, lines);
	return found > 0;
}

int
main(int argc, char **argv)
{
	static struct source s;
	static struct message m;
	struct list l;
	bool found;
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":L:k")) != -1) {
		if (o == 'L')
			s.path = optarg;
		else
			s.check = true;
	}
	if (s.path == NULL)
		cli_usage(&cli, "say which list with -L");
	if (argc - optind != !s.check)
		cli_usage(&cli, s.check ? "-k looks at no message" :
		    "give one work directory");
	cli_deadline(CLI_SECONDS);
	if (s.check) {
		read_list(&l, &s, NULL);
		list_free(&l);
		return EXIT_NOTHING;
	}
	read_envelope(&m, argv[optind]);
	read_list(&l, &s, &m.parties);
	found = answer(&l, m.id);
	cli_close_stdout();
	list_free(&l);
	free(m.to);
	free(m.bytes);
	free(m.text);
	return found ? EXIT_FOUND : EXIT_NOTHING;
}
