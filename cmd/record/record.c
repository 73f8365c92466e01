/* SPDX-License-Identifier: ISC */
/* record: makes, checks and reads records, for scripts and for people. */
#include "common/cli.h"
#include "common/record.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "record",
    "record [KEY VALUE]...  |  record -k  |  record [-r] -d KEY\n"
    "  KEY VALUE...  print one record of these words\n"
    "  -k            read records on stdin; exit 1 and name the first bad line\n"
    "  -d KEY        read records on stdin; print each value of KEY, decoded,\n"
    "                control bytes and \\ as \\xHH\n"
    "  -r            with -d: the bytes as they are\n"
    "Exit: 0 done, 1 a bad line, 64 wrong call, 75 not now.\n"
};

static bool
good_key(const char *key)
{
	size_t n = strlen(key);

	return n > 0 && n <= RECORD_KEYMAX &&
	    strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789") == n;
}

static void
make(char **argv)
{
	static struct record r;

	record_start(&r);
	for (; argv[0] != NULL; argv += 2) {
		if (!good_key(argv[0]))
			cli_usage(&cli, "`%s' is no key: use a-z and 0-9", argv[0]);
		if (argv[1] == NULL)
			cli_usage(&cli, "key %s has no value", argv[0]);
		record_addstr(&r, argv[0], argv[1]);
	}
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

/* What a terminal, or a shell's echo, could take for more than text becomes \xHH. */
static void
print_safe(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= 0x20 && c < 0x7f && c != '\\')
			putchar(c);
		else
			printf("\\x%02X", c);
	}
}

static void
print_values(char *line, size_t n, const char *key, bool raw)
{
	struct word w;
	size_t at = 0, len;
	static char value[RECORD_MAX];

	while (record_word(line, n, &at, &w)) {
		if (w.key.n != strlen(key) || memcmp(w.key.p, key, w.key.n) != 0)
			continue;
		len = record_decode(value, w.value);
		if (raw)
			fwrite(value, 1, len, stdout);
		else
			print_safe(value, len);
		putchar('\n');
	}
}

/* Reads records, and prints the values of key unless it is NULL. */
static int
read_records(const char *key, bool raw)
{
	char *line = NULL;
	size_t size = 0;
	unsigned long number = 0;
	ssize_t n;
	int status = EXIT_NOTHING;

	while ((n = getline(&line, &size, stdin)) > 0) {
		bool whole = line[n - 1] == '\n';

		number++;
		if (!whole || !record_valid(line, (size_t)n - 1)) {
			warnx("standard input: line %lu is not a record", number);
			status = EXIT_FOUND;
			break;
		}
		if (key != NULL)
			print_values(line, (size_t)n - 1, key, raw);
	}
	if (ferror(stdin))
		err(EXIT_RETRY, "standard input");
	free(line);
	return status;
}

int
main(int argc, char **argv)
{
	const char *key = NULL;
	bool check = false, raw = false;
	int o, status = EXIT_NOTHING;

	while ((o = cli_getopt(&cli, argc, argv, ":kd:r")) != -1) {
		if (o == 'k')
			check = true;
		else if (o == 'd')
			key = optarg;
		else
			raw = true;
	}
	argv += optind;
	cli_deadline(CLI_SECONDS);
	if (key != NULL && !good_key(key))
		cli_usage(&cli, "`%s' is no key: use a-z and 0-9", key);
	if ((check || key != NULL) == (argv[0] != NULL))
		cli_usage(&cli, "give words to print, or one of -k and -d");
	if (check || key != NULL)
		status = read_records(key, raw);
	else
		make(argv);
	cli_close_stdout();
	return status;
}
