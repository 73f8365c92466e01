/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/hosts.h"
#include "common/clean.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MANY = 100000, STEP = 64, SHOWN = 100, COMPLAINTS = 10, WHAT = 512 };

/* What is read, and what was found wrong with it. */
struct reading {
	struct hosts *h;
	const struct cli *cli;
	unsigned long wrong;
	bool input;		/* there was a - */
	char what[WHAT];	/* the last of it that is to be said, not said yet */
};

static void
complain(struct reading *r, struct span text, unsigned long line)
{
	char shown[SHOWN], at[64] = "";
	size_t n = text.n < SHOWN ? text.n : SHOWN;

	if (r->wrong > 0 && r->wrong <= COMPLAINTS)
		warnx("%s", r->what);
	if (++r->wrong > COMPLAINTS)
		return;
	if (line > 0)
		snprintf(at, sizeof at, "standard input, line %lu: ", line);
	memcpy(shown, text.p, n);
	n = clean_line(shown, n);
	if (memchr(text.p, '%', text.n) != NULL && memchr(text.p, ':', text.n) != NULL)
		snprintf(r->what, sizeof r->what, "%s`%.*s': an address with a zone (%%) means something on this machine "
		    "only, and cannot stand in a command of SMTP; give one without", at, (int)n,
		    shown);
	else
		snprintf(r->what, sizeof r->what,
		    "%s`%.*s' is not HOST, HOST:PORT or [IPV6]:PORT", at, (int)n, shown);
}

static void
add(struct reading *r, struct span text, unsigned long line)
{
	struct hosts *h = r->h;

	if (h->n % STEP == 0) {
		h->list = realloc(h->list, (h->n + STEP) * sizeof *h->list);
		if (h->list == NULL)
			err(EXIT_RETRY, "hosts");
	}
	if (h->n == MANY)
		cli_usage(r->cli, "more than %d hosts", MANY);
	if (!target_parse(&h->list[h->n], text)) {
		complain(r, text, line);
		return;
	}
	h->list[h->n].number = h->n + 1;
	h->n++;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What a line names: without blanks around it, and a comment behind one. */
static struct span
named(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '#' && (i == 0 || blank(s.p[i - 1])))
			s.n = i;
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	for (; s.n > 0 && blank(*s.p); s.n--)
		s.p++;
	return s;
}

static void
read_lines(struct reading *r)
{
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t got;

	r->input = true;
	while ((got = getline(&line, &room, stdin)) > 0) {
		struct span s = named((struct span){ line, (size_t)got });

		number++;
		if (s.n > 0)
			add(r, s, number);
	}
	if (ferror(stdin))
		err(EXIT_RETRY, "standard input");
	free(line);
}

static int
by_name(const void *a, const void *b)
{
	const struct target *s = a, *t = b;
	int order = strcasecmp(s->host, t->host);

	if (order == 0)
		order = strcmp(s->port, t->port);
	return order != 0 ? order : s->number < t->number ? -1 : s->number > t->number;
}

static int
by_number(const void *a, const void *b)
{
	const struct target *s = a, *t = b;

	return s->number < t->number ? -1 : s->number > t->number;
}

/* Of those that are named twice the first is asked. */
static void
drop_doubles(struct hosts *h)
{
	size_t n = 1;

	qsort(h->list, h->n, sizeof *h->list, by_name);
	for (size_t i = 1; i < h->n; i++)
		if (strcasecmp(h->list[i].host, h->list[n - 1].host) != 0 ||
		    strcmp(h->list[i].port, h->list[n - 1].port) != 0)
			h->list[n++] = h->list[i];
	h->n = n;
	qsort(h->list, h->n, sizeof *h->list, by_number);
}

void
hosts_read(struct hosts *h, const struct cli *cli, char **operands)
{
	struct reading r = { .h = h, .cli = cli };

	*h = (struct hosts){ NULL, 0 };
	for (; *operands != NULL; operands++) {
		if (strcmp(*operands, "-") == 0)
			read_lines(&r);
		else
			add(&r, (struct span){ *operands, strlen(*operands) }, 0);
	}
	if (r.wrong == 1)
		cli_usage(cli, "%s", r.what);
	if (r.wrong > 1 && r.wrong <= COMPLAINTS)
		warnx("%s", r.what);
	if (r.wrong > 0)
		cli_usage(cli, "%lu of what was named are no hosts: nothing was asked", r.wrong);
	if (h->n == 0)
		cli_usage(cli, r.input ? "the list on standard input is empty" : "name a host");
	drop_doubles(h);
}
