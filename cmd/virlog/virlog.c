/* SPDX-License-Identifier: ISC */
/* virlog: a log line for each record, and a log shown to people. */
#include "cmd/virlog/net.h"
#include "cmd/virlog/out.h"
#include "cmd/virlog/show.h"
#include "common/cli.h"

#include <sys/un.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789._-";

static const struct cli cli = { "virlog",
    "virlog [-j] [-F FILE] [-o FILE | -s ADDRESS] [-T TAG] | virlog -r [FILE...]\n"
    "  -j          JSON: an object a line\n"
    "  -o FILE     append to FILE\n"
    "  -s ADDRESS  unix:PATH, syslog's socket ($MULTISCAN_LOG_SOCKET, or /dev/log);\n"
    "              tcp:ADDRESS:PORT, a server of syslog (RFC 5424)\n"
    "  -F FILE     append to FILE what cannot be logged ($MULTISCAN_LOG_FALLBACK)\n"
    "  -T TAG      the program's name in the log (iMS)\n"
    "  -r          show logs to people, what is coded decoded\n"
    "Reads records and logs a line for each; only a virus gets `virus found'.\n"
    "Exit: 0 all logged, 64 wrong call, 75 not all.\n"
};

static void
find_host(char host[FORM_HOST + 1])
{
	char name[256] = "";
	size_t n;

	if (gethostname(name, sizeof name - 1) < 0 || name[0] == '\0')
		snprintf(name, sizeof name, "localhost");
	n = strnlen(name, FORM_HOST);
	for (size_t i = 0; i < n; i++)
		host[i] = strchr(LETTERS, name[i]) != NULL ? name[i] : '-';
	host[n] = '\0';
}

/* The next line of stdin into line; false at the end.  *whole: it is all. */
static bool
read_line(char line[RECORD_MAX], size_t *n, bool *whole)
{
	int c;

	*n = 0;
	while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
		if (*n < RECORD_MAX)
			line[*n] = (char)c;
		if (*n <= RECORD_MAX)
			++*n;
	}
	*whole = c == '\n' && *n < RECORD_MAX;
	return c == '\n' || *n > 0;
}

/* True: each line was a record. */
static bool
log_records(struct out *o)
{
	static char record[RECORD_MAX];
	unsigned long number = 0;
	struct line l;
	size_t n;
	bool whole, good = true;

	while (read_line(record, &n, &whole)) {
		number++;
		if (!whole || !record_valid(record, n)) {
			warnx("standard input: line %lu is not a record, not logged", number);
			good = false;
			continue;
		}
		line_read(&l, record, n);
		if (l.wanted)
			out_line(o, &l);
	}
	if (ferror(stdin)) {
		warn("standard input");
		good = false;
	}
	return good;
}

static void
set_address(struct out *o, const char *text)
{
	o->name = text;
	if (!address_parse(&o->at, text) || (!o->at.local && !net_numeric(&o->at)))
		cli_usage(&cli, "`%s' is not unix:PATH, nor tcp:ADDRESS:PORT with the "
		    "number of an address", text);
	o->place = o->at.local ? FORM_SOCKET : FORM_NET;
	if (o->at.local)
		o->name = o->at.host;
}

static void
set_socket(struct out *o, const char *path)
{
	const struct sockaddr_un *sa = NULL;

	o->name = path;
	o->place = FORM_SOCKET;
	if (strlen(path) >= sizeof sa->sun_path)
		cli_usage(&cli, "%s: too long for a socket", path);
	snprintf(o->at.host, sizeof o->at.host, "%s", path);
}

static int
log_all(struct out *o, const char *file, const char *server)
{
	const char *path = getenv("MULTISCAN_LOG_SOCKET");
	char host[FORM_HOST + 1];
	bool good;

	if (file != NULL) {
		o->name = file;
		o->place = FORM_FILE;
	} else if (server != NULL)
		set_address(o, server);
	else if (path != NULL && strncmp(path, "tcp:", 4) == 0)
		set_address(o, path);
	else
		set_socket(o, path != NULL ? path : "/dev/log");
	if (o->fallback == NULL)
		o->fallback = getenv("MULTISCAN_LOG_FALLBACK");
	if (o->fallback != NULL && o->fallback[0] == '\0')
		o->fallback = NULL;
	find_host(host);
	o->form.host = host;
	out_open(o);
	good = log_records(o);
	if (!out_close(o))
		good = false;
	return good ? EXIT_NOTHING : EXIT_RETRY;
}

/* A line or, where raw is set, the last piece of one that is too long for ours. */
static void
show_end(const char *line, size_t n, bool raw)
{
	static char shown[SHOW_ROOM];
	size_t used, len = raw ? show_bytes(shown, line, n, true, &used) :
	    show_line(shown, line, n);

	fwrite(shown, 1, len, stdout);
	putchar_unlocked('\n');
}

/* Shows all but what may begin a character, and returns how much that is. */
static size_t
show_piece(char *line, size_t n)
{
	static char shown[SHOW_ROOM];
	size_t used, len = show_bytes(shown, line, n, false, &used);

	fwrite(shown, 1, len, stdout);
	memmove(line, line + used, n - used);
	return n - used;
}

static void
show_log(FILE *f, const char *name)
{
	static char line[SHOW_LINE];
	size_t n = 0;
	bool raw = false;
	int c;

	while ((c = getc_unlocked(f)) != EOF && !ferror(stdout)) {
		if (c == '\n') {
			show_end(line, n, raw);
			n = 0;
			raw = false;
			continue;
		}
		if (n == sizeof line) {
			n = show_piece(line, n);
			raw = true;
		}
		line[n++] = (char)c;
	}
	if (n > 0)
		show_end(line, n, raw);
	if (ferror(f))
		err(EXIT_RETRY, "%s", name);
}

static int
show_all(char **paths)
{
	if (*paths == NULL)
		show_log(stdin, "standard input");
	for (; *paths != NULL; paths++) {
		FILE *f = cli_file(*paths);

		show_log(f, *paths);
		fclose(f);
	}
	return EXIT_NOTHING;
}

static void
check_call(const struct out *o, const char *file, const char *server)
{
	size_t n = strlen(o->form.tag);

	if (file != NULL && server != NULL)
		cli_usage(&cli, "-o or -s, not both");
	if (o->fallback != NULL && o->fallback[0] == '\0')
		cli_usage(&cli, "-F: no file");
	if (n == 0 || n > FORM_TAG || strspn(o->form.tag, LETTERS) != n)
		cli_usage(&cli, "-T: a tag is 1 to %d of A-Z a-z 0-9 . _ -", FORM_TAG);
}

int
main(int argc, char **argv)
{
	static struct out out = { .form.tag = "iMS" };
	const char *file = NULL, *server = NULL;
	bool show = false, logs = false;
	int o, status;

	while ((o = cli_getopt(&cli, argc, argv, ":F:jo:rs:T:")) != -1) {
		*(o == 'r' ? &show : &logs) = true;
		switch (o) {
		case 'F': out.fallback = optarg; break;
		case 'j': out.form.json = true; break;
		case 'o': file = optarg; break;
		case 's': server = optarg; break;
		case 'T': out.form.tag = optarg; break;
		}
	}
	check_call(&out, file, server);
	if (show && logs)
		cli_usage(&cli, "-r goes with no other option");
	if (!show && optind != argc)
		cli_usage(&cli, "records are read on standard input");
	/* Who follows a log with -r does so for days. */
	cli_deadline(show ? 0 : CLI_SECONDS);
	status = show ? show_all(argv + optind) : log_all(&out, file, server);
	cli_close_stdout();
	return status;
}
