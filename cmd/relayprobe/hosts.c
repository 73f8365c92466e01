/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/hosts.h"
#include "common/clean.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 100000, STEP = 64, SHOWN = 100 };

static void
add(struct hosts *h, const struct cli *cli, struct span text, unsigned long line)
{
	char shown[SHOWN];
	size_t n = text.n < SHOWN ? text.n : SHOWN;

	if (h->n % STEP == 0) {
		h->list = realloc(h->list, (h->n + STEP) * sizeof *h->list);
		if (h->list == NULL)
			err(EXIT_RETRY, "hosts");
	}
	if (h->n == MANY)
		cli_usage(cli, "more than %d hosts", MANY);
	if (target_parse(&h->list[h->n], text)) {
		h->list[h->n].number = h->n + 1;
		h->n++;
		return;
	}
	memcpy(shown, text.p, n);
	n = clean_line(shown, n);
	if (line > 0)
		cli_usage(cli, "standard input, line %lu: `%.*s' is not HOST, HOST:PORT or "
		    "[IPV6]:PORT", line, (int)n, shown);
	cli_usage(cli, "`%.*s' is not HOST, HOST:PORT or [IPV6]:PORT", (int)n, shown);
}

static void
read_lines(struct hosts *h, const struct cli *cli)
{
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t got;

	while ((got = getline(&line, &room, stdin)) > 0) {
		struct span s = { line, (size_t)got };

		number++;
		while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL && s.p[s.n - 1] != '\0')
			s.n--;
		while (s.n > 0 && (*s.p == ' ' || *s.p == '\t')) {
			s.p++;
			s.n--;
		}
		if (s.n > 0 && *s.p != '#')
			add(h, cli, s, number);
	}
	if (ferror(stdin))
		err(EXIT_RETRY, "standard input");
	free(line);
}

void
hosts_read(struct hosts *h, const struct cli *cli, char **operands)
{
	*h = (struct hosts){ NULL, 0 };
	for (; *operands != NULL; operands++) {
		if (strcmp(*operands, "-") == 0)
			read_lines(h, cli);
		else
			add(h, cli, (struct span){ *operands, strlen(*operands) }, 0);
	}
	if (h->n == 0)
		cli_usage(cli, "name a host");
}
