/* SPDX-License-Identifier: ISC */
/* avscan: hands every part of a message, or files, to a virus scanner's engine. */
#include "cmd/avscan/connect.h"
#include "cmd/avscan/session.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "avscan",
    "avscan [-s ENGINE]... [-P [-D DIR]] [-t SECONDS] DIR|FILE...\n"
    "  DIR         a work directory: its parts, then the message\n"
    "  FILE...     files\n"
    "  -s ENGINE   unix:PATH, tcp:HOST:PORT or tcp:[V6]:PORT; of several the\n"
    "              first that answers; else $MULTISCAN_SOCKET (several with\n"
    "              blanks between), else /run/multiscan/avscand.sock\n"
    "  -P          where there is none of these: an avscand of our own\n"
    "  -D DIR      with -P: an avscand of our own, with these signatures\n"
    "  -t SECONDS  end after so long with 75 (300)\n"
    "Exit: 0 nothing found, 1 records on stdout, 64 wrong call, 75 not now:\n"
    "what an engine did not say OK of is never taken for clean.\n"
};

/* A longer word of a part is not repeated in a finding: scripts handle these. */
enum { WORD_MAX = 1000 };

static const char default_socket[] = "/run/multiscan/avscand.sock";

struct options {
	struct engines engines;
	const char *signatures;
	bool own;		/* -P */
	unsigned long seconds;
};

/* What was found so far. */
struct findings {
	struct session session;
	bool any;
	bool asked;		/* for the set */
	char set[256];
	size_t setlen;
	bool infected;		/* a leaf is */
	char **names;		/* the signatures found in leaves */
	size_t n;
};

static void
parse(struct options *o, int argc, char **argv)
{
	int c;

	o->seconds = CLI_SECONDS;
	while ((c = cli_getopt(&cli, argc, argv, ":s:PD:t:")) != -1) {
		if (c == 's' && !engines_add(&o->engines, optarg))
			cli_usage(&cli, "`%s' is no engine: say unix:PATH or "
			    "tcp:HOST:PORT, %d at most", optarg, ENGINES_MAX);
		if (c == 'P')
			o->own = true;
		if (c == 'D')
			o->signatures = optarg;
		if (c == 't')
			o->seconds = cli_number(&cli, "-t", optarg, 1, 86400);
	}
	if (argv[optind] == NULL)
		cli_usage(&cli, "name a work directory or files");
	if (o->signatures != NULL && !o->own)
		cli_usage(&cli, "-D goes with -P: it names the signatures of an "
		    "avscand of our own");
	if (o->signatures != NULL && o->engines.n > 0)
		cli_usage(&cli, "-s and -D: an engine has its own signatures");
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
			    "unix:PATH or tcp:HOST:PORT", word);
	free(copy);
}

/* Finds an engine, connects, and begins the session. */
static void
start(struct session *s, struct options *o)
{
	static char name[sizeof "tcp:[]:" + sizeof o->engines.list[0].host + 6];
	const struct address *a;
	int fd;

	if (o->engines.n == 0 && o->signatures == NULL)
		from_environment(&o->engines);
	if (o->engines.n == 0 && o->signatures == NULL &&
	    access(default_socket, F_OK) == 0) {
		snprintf(name, sizeof name, "unix:%s", default_socket);
		engines_add(&o->engines, name);
	}
	if (o->engines.n == 0 && !o->own)
		errx(EXIT_RETRY, "no engine: start avscand, name one with -s or "
		    "$MULTISCAN_SOCKET, or say -P for an avscand of our own");
	if (o->engines.n == 0) {
		session_start(s, avscand_start(o->signatures), true, "avscand");
		return;
	}
	fd = engines_connect(&o->engines, &a);
	if (a->local)
		snprintf(name, sizeof name, "%s", a->host);
	else if (strchr(a->host, ':') != NULL)
		snprintf(name, sizeof name, "tcp:[%s]:%s", a->host, a->port);
	else
		snprintf(name, sizeof name, "tcp:%s:%s", a->host, a->port);
	session_start(s, fd, a->local, name);
}

static void
ask_set(struct findings *f)
{
	struct span set = session_set(&f->session);

	f->asked = true;
	f->setlen = set.n < sizeof f->set ? set.n : sizeof f->set;
	memcpy(f->set, set.p, f->setlen);
}

/*
 * Of another reading of a part, the name of what it reads: the part's own.  Kept
 * in room, which has RECORD_MAX bytes; false: it has none either.
 */
static bool
name_read(const struct workdir *w, const struct part *reading, char *room,
    struct span *name)
{
	unsigned long long of;
	struct manifest m;
	struct part p;
	bool found = false;

	if (!record_num(reading->line, reading->linelen, "of", &of))
		return false;
	if (manifest_open(&m, w) < 0)
		err(EXIT_RETRY, "manifest");
	while (!found && manifest_next(&m, &p) > 0) {
		if (p.part != of)
			continue;
		if (!record_get(p.line, p.linelen, "name", name))
			break;
		memcpy(room, name->p, name->n);
		name->p = room;
		found = true;
	}
	manifest_close(&m);
	return found;
}

/* The words of a part's own record that tell people which one it is. */
static void
copy_words(struct record *r, const struct workdir *w, const struct part *p)
{
	static const char *const KEYS[] = { "reading", "of", "type", "size", "name" };
	static char room[RECORD_MAX];
	struct span v;

	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
		if (!record_get(p->line, p->linelen, KEYS[i], &v) &&
		    !(strcmp(KEYS[i], "name") == 0 && name_read(w, p, room, &v)))
			continue;
		if (v.n <= WORD_MAX)
			record_addcoded(r, KEYS[i], v);
		else
			record_addstr(r, "cut", KEYS[i]);
	}
}

static bool
infects(const char *name)
{
	struct clamd_meaning m = clamd_meaning((struct span){ name, strlen(name) });

	return strcmp(m.verdict, "infected") == 0;
}

/* Prints one finding; r holds what it is about, p is the part of w or NULL. */
static void
print_finding(struct findings *f, struct record *r, const char *name,
    const struct workdir *w, const struct part *p)
{
	struct clamd_meaning m = clamd_meaning((struct span){ name, strlen(name) });

	record_addstr(r, "verdict", m.verdict);
	if (m.why[0] != '\0')
		record_addstr(r, "why", m.why);
	record_addstr(r, "sig", name);
	record_addstr(r, "by", f->session.engine);
	if (!f->asked)
		ask_set(f);
	if (f->setlen > 0)
		record_add(r, "set", f->set, f->setlen);
	if (p != NULL && p->line != NULL)
		copy_words(r, w, p);
	record_end(r);
	fwrite(r->text, 1, r->len, stdout);
	f->any = true;
}

/* Scans fd and closes it; the signature found, malloc'd, or NULL: clean. */
static char *
scan(struct findings *f, int fd, const char *name)
{
	struct clamd_reply reply;
	struct stat st;
	char *sig = NULL;

	if (fd < 0 || fstat(fd, &st) < 0)
		err(EXIT_RETRY, "%s", name);
	if (!S_ISREG(st.st_mode))
		errx(EXIT_RETRY, "%s: not a regular file", name);
	reply = session_scan(&f->session, fd, name);
	close(fd);
	if (reply.kind == CLAMD_FOUND &&
	    (sig = strndup(reply.text.p, reply.text.n)) == NULL)
		err(EXIT_RETRY, "malloc");
	return sig;
}

static void
remember(struct findings *f, char *name)
{
	char **more = reallocarray(f->names, f->n + 1, sizeof *more);

	if (more == NULL)
		err(EXIT_RETRY, "malloc");
	f->names = more;
	f->names[f->n++] = name;
}

static bool
remembered(const struct findings *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->names[i], name) == 0)
			return true;
	return false;
}

static void
report_part(struct findings *f, const struct workdir *w, const struct part *p,
    const char *name)
{
	static struct record r;

	record_start(&r);
	record_addnum(&r, "part", p->part);
	print_finding(f, &r, name, w, p);
}

/*
 * The message itself comes last: the engine's cache then answers for the
 * leaves.  It is a finding of its own only where no leaf has it, by that name
 * or, if it is infected, by any: whoever takes the leaf out scans again.
 */
static void
scan_message(struct findings *f, const struct workdir *w, const char *dir)
{
	static const struct part whole;
	char *name = scan(f, workdir_message(w), dir);

	if (name != NULL && !remembered(f, name) && !(f->infected && infects(name)))
		report_part(f, w, &whole, name);
	free(name);
}

static void
scan_workdir(struct findings *f, struct options *o, const char *dir)
{
	struct workdir w;
	struct manifest m;
	struct part p;
	int more;

	if (workdir_open(&w, dir) < 0 || manifest_open(&m, &w) < 0)
		err(EXIT_RETRY, "%s", dir);
	start(&f->session, o);
	while ((more = manifest_next(&m, &p)) > 0) {
		char what[4200], *name;

		if (!p.file)
			continue;
		snprintf(what, sizeof what, "%s: part %llu", dir, p.part);
		if ((name = scan(f, workdir_part(&w, p.part), what)) == NULL)
			continue;
		report_part(f, &w, &p, name);
		f->infected |= infects(name);
		remember(f, name);
	}
	if (more < 0)
		err(EXIT_RETRY, "%s: manifest", dir);
	scan_message(f, &w, dir);
	/* Not said before the engine has ended well: it may have said too much. */
	session_end(&f->session);
	printf("check=avscan id=%s parts=%llu\n", m.id, m.parts);
	manifest_close(&m);
	workdir_close(&w);
}

static void
scan_files(struct findings *f, struct options *o, char **files)
{
	static struct record r;
	size_t n;

	start(&f->session, o);
	for (n = 0; files[n] != NULL; n++) {
		/* Without O_NONBLOCK a pipe would hold us up before it is refused. */
		int fd = open(files[n], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		char *name = scan(f, fd, files[n]);

		if (name == NULL)
			continue;
		record_start(&r);
		record_addtagged(&r, "name", "file", files[n], strlen(files[n]));
		print_finding(f, &r, name, NULL, NULL);
		free(name);
	}
	session_end(&f->session);
	printf("check=avscan parts=%zu\n", n);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
main(int argc, char **argv)
{
	static struct options o;
	static struct findings f;

	parse(&o, argc, argv);
	argv += optind;
	for (char **file = argv; argv[1] != NULL && *file != NULL; file++)
		if (is_folder(*file))
			cli_usage(&cli, "%s: a work directory goes alone", *file);
	cli_deadline(o.seconds);
	if (is_folder(argv[0]))
		scan_workdir(&f, &o, argv[0]);
	else
		scan_files(&f, &o, argv);
	avscand_wait();
	for (size_t i = 0; i < f.n; i++)
		free(f.names[i]);
	free(f.names);
	cli_close_stdout();
	return f.any ? EXIT_FOUND : EXIT_NOTHING;
}
