/* SPDX-License-Identifier: ISC */
/* virlog: a log line for each record, and a log shown to people. */
#include "cmd/virlog/input.h"
#include "cmd/virlog/net.h"
#include "cmd/virlog/out.h"
#include "cmd/virlog/show.h"
#include "common/cli.h"

#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAD_NAMED = 10 };	/* lines that are no records: one by one on stderr */

static const char TAG[] = "iMS";
static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789._-";

static const struct cli cli = { "virlog",
    "virlog [-j] [-F FILE] [-o FILE | -s ADDRESS] [-T TAG] | virlog -r [FILE...]\n"
    "  -j          JSON: an object a line\n"
    "  -o FILE     append to FILE\n"
    "  -s ADDRESS  unix:PATH, syslog's socket (without: $MULTISCAN_LOG_SOCKET, or /dev/log);\n"
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

/* Where a line that is no record stops to be one, counted from 1. */
static size_t
wrong_byte(const char *line, size_t n)
{
	struct word w;
	size_t at = 0;

	while (record_word(line, n, &at, &w))
		continue;
	return at + 1;
}

static void
tell_bad(const struct input *in, unsigned long number)
{
	if (in->wrong != NULL)
		warnx("standard input: line %lu is not a record, not logged: %s", number,
		    in->wrong);
	else
		warnx("standard input: line %lu is not a record, not logged: from byte %zu on",
		    number, wrong_byte(in->line, in->n));
}

/* How many lines of the input, up to its end or a signal, were no records. */
static unsigned long
log_records(struct out *o, enum input_is *end)
{
	static struct input in;
	unsigned long number = 0, bad = 0;
	struct line l;

	while ((*end = input_next(&in, out_waits(o))) <= INPUT_PAUSE) {
		if (*end == INPUT_PAUSE) {
			out_pause(o);
			continue;
		}
		number++;
		if (in.wrong != NULL || !record_valid(in.line, in.n)) {
			if (bad++ < BAD_NAMED)
				tell_bad(&in, number);
			continue;
		}
		line_read(&l, in.line, in.n);
		if (l.wanted)
			out_line(o, &l);
	}
	return bad;
}

/* False, and said on stderr: not all of the input was logged. */
static bool
log_input(struct out *o)
{
	enum input_is end;
	unsigned long bad = log_records(o, &end);

	if (end == INPUT_FAILED)
		warn("standard input");
	if (end == INPUT_STOPPED)
		warnx("standard input: stopped by a signal before its end");
	if (bad > BAD_NAMED)
		warnx("standard input: %lu lines are not records, not logged", bad);
	return end == INPUT_END && bad == 0;
}

/* NULL; or what is wrong, in memory of n bytes at why. */
static const char *
set_address(struct out *o, const char *text, char *why, size_t n)
{
	o->name = text;
	if (!address_parse(&o->at, text) || (!o->at.local && !net_numeric(&o->at))) {
		if (text[0] == '/')
			snprintf(why, n, "is no address: did you mean unix:%s?", text);
		else
			snprintf(why, n, "is not unix:PATH, nor tcp:ADDRESS:PORT with the "
			    "number of an address");
		return why;
	}
	o->place = o->at.local ? FORM_SOCKET : FORM_NET;
	if (o->at.local)
		o->name = o->at.host;
	return NULL;
}

static const char *
set_socket(struct out *o, const char *path)
{
	const struct sockaddr_un *sa = NULL;

	o->name = path;
	o->place = FORM_SOCKET;
	if (strlen(path) >= sizeof sa->sun_path)
		return "is too long for a socket";
	snprintf(o->at.host, sizeof o->at.host, "%s", path);
	return NULL;
}

static const char *
set_place(struct out *o, const char *file, const char *server, char *why, size_t n)
{
	const char *path = getenv("MULTISCAN_LOG_SOCKET");

	if (file != NULL) {
		o->name = file[0] != '\0' ? file : "-o";
		o->place = FORM_FILE;
		return file[0] != '\0' ? NULL : "no file";
	}
	if (server == NULL && path != NULL &&
	    (strncmp(path, "tcp:", 4) == 0 || strncmp(path, "unix:", 5) == 0))
		server = path;
	if (server != NULL)
		return set_address(o, server, why, n);
	return set_socket(o, path != NULL && path[0] != '\0' ? path : "/dev/log");
}

/* "virus found" would stand in a line behind the name of a host that ends in virus. */
static bool
is_tag(const char *tag)
{
	size_t n = strlen(tag);

	return n > 0 && n <= FORM_TAG && strspn(tag, LETTERS) == n &&
	    strncmp(tag, "found", 5) != 0;
}

static int
log_all(struct out *o, const char *file, const char *server)
{
	char room[160], host[FORM_HOST + 1];
	const char *why = set_place(o, file, server, room, sizeof room);
	bool good;

	if (!is_tag(o->form.tag)) {
		o->name = "-T";
		o->form.tag = TAG;
		why = "a tag is 1 to 32 of A-Z a-z 0-9 . _ - and does not begin with found";
	}
	if (o->fallback == NULL)
		o->fallback = getenv("MULTISCAN_LOG_FALLBACK");
	if (o->fallback != NULL && o->fallback[0] == '\0')
		o->fallback = NULL;
	if (why != NULL && o->fallback == NULL)
		cli_usage(&cli, "%s: %s", o->name, why);
	find_host(host);
	o->form.host = host;
	input_watch();
	if (why != NULL)
		out_refuse(o, why);
	else
		out_open(o);
	good = log_input(o);
	if (!out_close(o))
		good = false;
	return good ? EXIT_NOTHING : EXIT_RETRY;
}

/* Who reads no more has seen enough: nothing is said of it. */
static void
check_reader(void)
{
	if (ferror(stdout) && errno == EPIPE)
		exit(EXIT_RETRY);
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
	check_reader();
}

/* Shows all but what may begin a character, and returns how much that is. */
static size_t
show_piece(char *line, size_t n)
{
	static char shown[SHOW_ROOM];
	size_t used, len = show_bytes(shown, line, n, false, &used);

	fwrite(shown, 1, len, stdout);
	check_reader();
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

/* A log, or a pipe that brings one. */
static void
show_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (f == NULL)
		err(EXIT_RETRY, "%s", path);
	show_log(f, path);
	fclose(f);
}

static int
show_all(char **paths)
{
	if (*paths == NULL)
		show_log(stdin, "standard input");
	for (; *paths != NULL; paths++) {
		if (strcmp(*paths, "-") == 0)
			show_log(stdin, "standard input");
		else
			show_path(*paths);
	}
	fflush(stdout);
	check_reader();
	return EXIT_NOTHING;
}

static void
check_call(const struct out *o, const char *file, const char *server)
{
	if (file != NULL && server != NULL)
		cli_usage(&cli, "-o or -s, not both");
	if (o->fallback != NULL && o->fallback[0] == '\0')
		cli_usage(&cli, "-F: no file");
}

int
main(int argc, char **argv)
{
	static struct out out = { .form.tag = TAG };
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
