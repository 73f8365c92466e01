/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/conf.h"
#include "common/address.h"
#include "common/clean.h"
#include "common/cli.h"
#include "common/words.h"

#include <sys/stat.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN = 120, LIST_MAX = 256, KEYS_MAX = 16 };

struct reader {
	struct conf *c;
	struct source *source;		/* NULL: before the first */
	struct words words;
	const char *directive;		/* of this line */
	bool logs;			/* `log' was there */
	bool wrong;
};

typedef void (*take_words)(struct reader *r, struct list *l);

static void __attribute__((format(printf, 2, 3)))
wrong(struct reader *r, const char *fmt, ...)
{
	char text[SHOWN + 400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	text[clean_line(text, strlen(text))] = '\0';
	warnx("%s:%lu: %s", r->c->path, r->words.line, text);
	r->wrong = true;
}

static void *
grown(void *p, size_t n, size_t size)
{
	void *more = reallocarray(p, n, size);

	if (more == NULL)
		err(EXIT_RETRY, "the configuration");
	return more;
}

static char *
copied(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		err(EXIT_RETRY, "the configuration");
	return copy;
}

void
list_add(struct list *l, const char *word)
{
	l->word = grown(l->word, l->n + 1, sizeof *l->word);
	l->word[l->n++] = copied(word);
}

void
list_free(struct list *l)
{
	while (l->n > 0)
		free(l->word[--l->n]);
	free(l->word);
	l->word = NULL;
}

static struct limits *
limits(struct reader *r)
{
	return r->source != NULL ? &r->source->limits : &r->c->limits;
}

/* Exactly one word behind the directive, or NULL and it is told. */
static const char *
one(struct reader *r, const struct list *l)
{
	if (l->n == 1)
		return l->word[0];
	wrong(r, "%s: has to have one word behind it", r->directive);
	return NULL;
}

static bool
number(const char *text, char **end, unsigned long long *n)
{
	errno = 0;
	*n = isdigit((unsigned char)text[0]) ? strtoull(text, end, 10) : 0;
	return isdigit((unsigned char)text[0]) && errno == 0;
}

/* 24h; never is 0. */
static bool
take_time(struct reader *r, const char *text, bool never, unsigned long *to)
{
	static const struct { char letter; unsigned long seconds; } UNITS[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	unsigned long long n;
	char *end;

	if (never && strcmp(text, "never") == 0) {
		*to = 0;
		return true;
	}
	if (number(text, &end, &n) && n > 0 && n < 1000000 && end[0] != '\0' && end[1] == '\0')
		for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
			if (UNITS[i].letter == end[0]) {
				*to = (unsigned long)n * UNITS[i].seconds;
				return true;
			}
	wrong(r, "%s: %.*s: is no time: say 30s, 10m, 24h or 3d%s", r->directive, SHOWN, text,
	    never ? ", or never" : "");
	return false;
}

static bool
take_size(struct reader *r, const char *text, unsigned long long *to)
{
	static const char UNITS[] = "KMG";
	unsigned long long n;
	const char *unit;
	char *end;

	if (number(text, &end, &n) && n > 0 && n < 1ull << 40) {
		unit = end[0] == '\0' ? NULL : strchr(UNITS, end[0]);
		if (end[0] == '\0' || (unit != NULL && end[1] == '\0' && n < 1 << 20)) {
			*to = unit == NULL ? n : n << 10 * (unit - UNITS + 1);
			return true;
		}
	}
	wrong(r, "%s: %.*s: is no size: say 500, 64K, 100M or 1G", r->directive, SHOWN, text);
	return false;
}

/* A path that is absolute; a relative one is another wherever cron stands. */
static bool
take_path(struct reader *r, const char *text, char **to)
{
	if (text[0] != '/' || strlen(text) >= PATH_MAX) {
		wrong(r, "%s: %.*s: give its whole path", r->directive, SHOWN, text);
		return false;
	}
	*to = copied(text);
	return true;
}

/* --- words for all ------------------------------------------------------------------ */

static void
take_root(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL && r->c->root != NULL)
		wrong(r, "root: is there twice");
	else if (word != NULL)
		take_path(r, word, &r->c->root);
}

static void
take_keep(struct reader *r, struct list *l)
{
	const char *word = one(r, l);
	unsigned long long n;
	char *end;

	if (word == NULL)
		return;
	if (number(word, &end, &n) && *end == '\0' && n >= 2 && n <= 1000)
		r->c->keep = (unsigned)n;
	else
		wrong(r, "keep: %.*s: is no number from 2 to 1000", SHOWN, word);
}

static void
take_engine(struct reader *r, struct list *l)
{
	struct address a;

	r->c->engines_said = true;
	if (l->n == 1 && strcmp(l->word[0], "none") == 0)
		return;
	if (l->n == 0)
		wrong(r, "engine: say unix:PATH, tcp:HOST:PORT or none");
	for (size_t i = 0; i < l->n; i++)
		if (!address_parse(&a, l->word[i]))
			wrong(r, "engine: %.*s: is neither unix:PATH nor tcp:HOST:PORT", SHOWN,
			    l->word[i]);
		else
			list_add(&r->c->engines, l->word[i]);
}

static void
take_proxy(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL && r->c->proxy != NULL)
		wrong(r, "proxy: is there twice");
	else if (word != NULL)
		r->c->proxy = copied(word);
}

static void
take_log(struct reader *r, struct list *l)
{
	const char *to = l->n > 0 ? l->word[0] : "";
	struct address a;

	if (r->logs)
		wrong(r, "log: is there twice");
	r->logs = true;
	if (strcmp(to, "no") == 0 && l->n == 1)
		return;
	if (l->n > 2 || (l->n == 2 && strcmp(l->word[1], "json") != 0) ||
	    (strcmp(to, LOG_SYSLOG) != 0 && to[0] != '/' && !address_parse(&a, to)))
		wrong(r, "log: say no, or syslog, the whole path of a file, unix:PATH or "
		    "tcp:ADDRESS:PORT, and json behind it for lines of JSON");
	else {
		free(r->c->log);
		r->c->log = copied(to);
		r->c->json = l->n == 2;
	}
}

static void
take_max_age(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL)
		take_time(r, word, true, &limits(r)->max_age);
}

static void
take_changes(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL)
		take_time(r, word, true, &limits(r)->changes);
}

static void
take_shrink(struct reader *r, struct list *l)
{
	const char *word = one(r, l);
	unsigned long long n;
	char *end;

	if (word == NULL)
		return;
	if (number(word, &end, &n) && (*end == '\0' || strcmp(end, "%") == 0) && n <= 100)
		limits(r)->shrink = (unsigned long)n;
	else
		wrong(r, "shrink: %.*s: is no number from 0 to 100", SHOWN, word);
}

static void
take_max_size(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL)
		take_size(r, word, &limits(r)->max_size);
}

static void
take_max_time(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL)
		take_time(r, word, false, &limits(r)->max_time);
}

static void
take_slow(struct reader *r, struct list *l)
{
	unsigned long long bytes;
	unsigned long seconds;

	if (l->n != 2) {
		wrong(r, "slow: say a size and a time: slow 1K 30s");
		return;
	}
	if (take_size(r, l->word[0], &bytes) && take_time(r, l->word[1], false, &seconds)) {
		limits(r)->slow_bytes = bytes > LONG_MAX ? LONG_MAX : (unsigned long)bytes;
		limits(r)->slow_seconds = seconds;
	}
}

static void
take_ca(struct reader *r, struct list *l)
{
	const char *word = one(r, l);
	char *path;

	if (word == NULL || !take_path(r, word, &path))
		return;
	if (limits(r)->ca != r->c->limits.ca)
		free(limits(r)->ca);
	if (r->source == NULL && limits(r)->ca != NULL) {
		wrong(r, "ca: is there twice");
		free(path);
		return;
	}
	limits(r)->ca = path;
}

/* --- words of a source -------------------------------------------------------------- */

static void
take_source(struct reader *r, struct list *l)
{
	const char *word = one(r, l);
	struct conf *c = r->c;
	struct source *s;

	if (word == NULL)
		return;
	if (!manifest_name((struct span){ word, strlen(word) }))
		wrong(r, "source: %.*s: a name is a-z 0-9 - _, at most %d, and begins with a "
		    "letter or digit", SHOWN, word, MANIFEST_NAME);
	for (size_t i = 0; i < c->sources; i++)
		if (strcmp(c->source[i].name, word) == 0)
			wrong(r, "source: %s: is there twice", c->source[i].name);
	if (c->sources == LIST_MAX)
		errx(EXIT_CALL, "%s: there are more than %d sources", c->path, LIST_MAX);
	c->source = grown(c->source, c->sources + 1, sizeof *c->source);
	s = r->source = &c->source[c->sources++];
	memset(s, 0, sizeof *s);
	s->limits = c->limits;
	s->line = r->words.line;
	snprintf(s->name, sizeof s->name, "%s", word);
	snprintf(s->set, sizeof s->set, "%s", word);
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* One that can be told to libcurl; of a folder, a name is put behind it. */
static bool
good_url(struct reader *r, const char *url, bool folder)
{
	const char *host = strstr(url, "://");
	const char *what = NULL;

	if (!begins(url, "https://") && !begins(url, "http://"))
		what = "is no URL that begins with https://";
	else if (host[3] == '/' || host[3] == '\0')
		what = "has no host";
	else if (memchr(host + 3, '@', strcspn(host + 3, "/?#")) != NULL)
		what = "holds a name or password: put it into a file, `netrc'";
	else if (folder && strpbrk(url, "?#") != NULL)
		what = "is no folder: it has a ? or a #";
	else if (strlen(url) > 2000)
		what = "is too long";
	for (const char *p = url; what == NULL && *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			what = "holds a byte that no URL has";
	if (what != NULL)
		wrong(r, "%s: %.*s: %s", r->directive, SHOWN, url, what);
	return what == NULL;
}

static void
take_kind(struct reader *r, enum source_kind kind)
{
	if (r->source->kind != SOURCE_NONE)
		wrong(r, "%s: source %s is %s already", r->directive, r->source->name,
		    conf_kind(r->source->kind));
	r->source->kind = kind;
}

static void
take_local(struct reader *r, struct list *l)
{
	const char *word = one(r, l);
	char *path;

	take_kind(r, SOURCE_LOCAL);
	if (word != NULL && take_path(r, word, &path)) {
		list_add(&r->source->where, path);
		free(path);
	}
}

static void
take_urls(struct reader *r, struct list *l, enum source_kind kind)
{
	bool folder = kind != SOURCE_ARCHIVE;
	char url[2100];

	take_kind(r, kind);
	if (l->n == 0)
		wrong(r, "%s: has no URL behind it", r->directive);
	for (size_t i = 0; i < l->n; i++) {
		const char *w = l->word[i];

		if (!good_url(r, w, folder))
			continue;
		snprintf(url, sizeof url, "%s%s", w,
		    folder && w[strlen(w) - 1] != '/' ? "/" : "");
		list_add(&r->source->where, url);
	}
}

static void
take_signed(struct reader *r, struct list *l)
{
	take_urls(r, l, SOURCE_SIGNED);
}

static void
take_archive(struct reader *r, struct list *l)
{
	take_urls(r, l, SOURCE_ARCHIVE);
}

static void
take_cvd(struct reader *r, struct list *l)
{
	take_urls(r, l, SOURCE_CVD);
}

static void
take_files(struct reader *r, struct list *l)
{
	struct list *files = &r->source->files;

	for (size_t i = 0; i < l->n; i++) {
		struct span name = { l->word[i], strlen(l->word[i]) };
		const char *what = filename_wrong(name);

		if (what == NULL && (name.n < 4 || strcmp(name.p + name.n - 4, ".cvd") != 0))
			what = "is no .cvd";
		for (size_t j = 0; what == NULL && j < files->n; j++)
			if (filename_same(name, (struct span){ files->word[j],
			    strlen(files->word[j]) }))
				what = "is there twice";
		if (what != NULL)
			wrong(r, "files: %.*s: %s", SHOWN, name.p, what);
		else
			list_add(files, name.p);
	}
}

static void
take_key(struct reader *r, struct list *l)
{
	struct source *s = r->source;

	if (l->n == 0)
		wrong(r, "key: has no key behind it");
	for (size_t i = 0; i < l->n; i++) {
		if (s->keys == KEYS_MAX) {
			wrong(r, "key: more than %d keys", KEYS_MAX);
			return;
		}
		s->key = grown(s->key, s->keys + 1, sizeof *s->key);
		if (minisig_key(&s->key[s->keys], (struct span){ l->word[i],
		    strlen(l->word[i]) }))
			s->keys++;
		else
			wrong(r, "key: %.*s: is no public key of minisign (the second line of "
			    "its .pub, RW...)", SHOWN, l->word[i]);
	}
}

static void
take_set(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word == NULL)
		return;
	if (manifest_name((struct span){ word, strlen(word) }))
		snprintf(r->source->set, sizeof r->source->set, "%s", word);
	else
		wrong(r, "set: %.*s: is no name of a set", SHOWN, word);
}

static void
take_netrc(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL && r->source->netrc != NULL)
		wrong(r, "netrc: is there twice");
	else if (word != NULL)
		take_path(r, word, &r->source->netrc);
}

static void
take_allow(struct reader *r, struct list *l)
{
	const char *word = one(r, l);

	if (word != NULL && strcmp(word, "http") == 0)
		r->source->http = true;
	else if (word != NULL && strcmp(word, "exceptions") == 0)
		r->source->exceptions = true;
	else if (word != NULL)
		wrong(r, "allow: %.*s: what can be allowed is http, or exceptions", SHOWN, word);
}

static void
take_optional(struct reader *r, struct list *l)
{
	if (l->n > 0)
		wrong(r, "optional: has nothing behind it");
	r->source->optional = true;
}

/* --- the whole ---------------------------------------------------------------------- */

static const struct directive {
	const char *name;
	take_words take;
	enum { GLOBAL, BOTH, OF_SOURCE } place;
} DIRECTIVES[] = {
	{ "root", take_root, GLOBAL }, { "keep", take_keep, GLOBAL },
	{ "engine", take_engine, GLOBAL }, { "proxy", take_proxy, GLOBAL },
	{ "log", take_log, GLOBAL },
	{ "max-age", take_max_age, BOTH }, { "changes", take_changes, BOTH },
	{ "shrink", take_shrink, BOTH }, { "max-size", take_max_size, BOTH },
	{ "max-time", take_max_time, BOTH }, { "slow", take_slow, BOTH },
	{ "ca", take_ca, BOTH }, { "source", take_source, BOTH },
	{ "local", take_local, OF_SOURCE }, { "signed", take_signed, OF_SOURCE },
	{ "archive", take_archive, OF_SOURCE }, { "cvd", take_cvd, OF_SOURCE },
	{ "files", take_files, OF_SOURCE }, { "key", take_key, OF_SOURCE },
	{ "set", take_set, OF_SOURCE }, { "netrc", take_netrc, OF_SOURCE },
	{ "allow", take_allow, OF_SOURCE }, { "optional", take_optional, OF_SOURCE },
};

static void
take_line(struct reader *r, const char *name, struct list *l)
{
	for (size_t i = 0; i < sizeof DIRECTIVES / sizeof DIRECTIVES[0]; i++) {
		const struct directive *d = &DIRECTIVES[i];

		if (strcmp(d->name, name) != 0)
			continue;
		r->directive = d->name;
		if (d->place == OF_SOURCE && r->source == NULL)
			wrong(r, "%s: stands before the first source", d->name);
		else if (d->place == GLOBAL && r->source != NULL)
			wrong(r, "%s: belongs before the first source: it holds for all",
			    d->name);
		else
			d->take(r, l);
		return;
	}
	wrong(r, "%.*s: no line begins with that", SHOWN, name);
}

/* The words of a line; false: the file is at its end. */
static bool
read_line(struct reader *r, struct list *l)
{
	enum words_token t;

	while ((t = words_next(&r->words)) == WORDS_WORD || t == WORDS_LONG)
		if (t == WORDS_LONG)
			wrong(r, "%.*s...: is longer than any word can be", SHOWN,
			    r->words.word);
		else if (l->n == LIST_MAX)
			errx(EXIT_CALL, "%s:%lu: more than %d words", r->c->path,
			    r->words.line, LIST_MAX);
		else
			list_add(l, r->words.word);
	if (t == WORDS_NUL)
		wrong(r, "has a NUL: this is no text");
	if (t == WORDS_FAILED)
		err(EXIT_RETRY, "%s", r->c->path);
	return t == WORDS_LINE;
}

static void
check_http(struct reader *r, const struct source *s)
{
	for (size_t i = 0; s->kind != SOURCE_LOCAL && i < s->where.n; i++)
		if (begins(s->where.word[i], "http:") && s->netrc != NULL)
			wrong(r, "source %s: %.*s: is not https: the password of netrc would go "
			    "where all can read it", s->name, SHOWN, s->where.word[i]);
		else if (begins(s->where.word[i], "http:") && !s->http)
			wrong(r, "source %s: %.*s: is not https: say `allow http' if that is meant",
			    s->name, SHOWN, s->where.word[i]);
}

/* What a source lacks, or has in vain. */
static void
check_source(struct reader *r, const struct source *s)
{
	r->words.line = s->line;
	if (s->kind == SOURCE_NONE)
		wrong(r, "source %s: says neither local, signed, archive nor cvd", s->name);
	if (s->kind == SOURCE_SIGNED && s->keys == 0)
		wrong(r, "source %s: is signed, and has no key", s->name);
	if (s->keys > 0 && s->kind != SOURCE_SIGNED && s->kind != SOURCE_ARCHIVE)
		wrong(r, "source %s: has a key, and nothing that is signed by it", s->name);
	if (s->kind == SOURCE_CVD && s->files.n == 0)
		wrong(r, "source %s: does not say which files", s->name);
	if (s->files.n > 0 && s->kind != SOURCE_CVD)
		wrong(r, "source %s: files is for cvd alone", s->name);
	if (s->optional && s->kind != SOURCE_LOCAL)
		wrong(r, "source %s: optional is for local alone", s->name);
	if (s->kind == SOURCE_LOCAL && (s->netrc != NULL || s->http || s->exceptions))
		wrong(r, "source %s: asks nobody: netrc and allow do nothing", s->name);
	if (s->kind == SOURCE_CVD && s->exceptions)
		wrong(r, "source %s: a .cvd is ClamAV's: exceptions do nothing", s->name);
	check_http(r, s);
}

static void
defaults(struct conf *c, const char *path)
{
	memset(c, 0, sizeof *c);
	c->path = path;
	c->keep = 3;
	c->limits = (struct limits){ .max_age = 86400, .shrink = 20,
	    .max_size = 1 << 30, .max_time = 1800, .slow_bytes = 1024, .slow_seconds = 30 };
}

bool
conf_read(struct conf *c, const char *path)
{
	struct reader r = { .c = c, .words = { .line = 1 } };
	bool more = true;

	defaults(c, path);
	r.words.f = cli_file(path);
	while (more) {
		struct list l = { NULL, 0 };
		char *name;

		more = read_line(&r, &l);
		if (l.n > 0) {
			name = l.word[0];
			take_line(&r, name, &(struct list){ l.word + 1, l.n - 1 });
		}
		list_free(&l);
	}
	fclose(r.words.f);
	for (size_t i = 0; i < c->sources; i++)
		check_source(&r, &c->source[i]);
	if (c->sources == 0 && !r.wrong) {
		warnx("%s: names no source", path);
		r.wrong = true;
	}
	if (r.wrong)
		conf_free(c);
	return !r.wrong;
}

static bool
readable(const struct conf *c, const struct source *s, const char *word, const char *path)
{
	if (path == NULL || access(path, R_OK) == 0)
		return true;
	warnx("%s:%lu: source %s: %s: %s: %s", c->path, s->line, s->name, word, path,
	    strerror(errno));
	return false;
}

/* Can it be a file that lines are appended to? */
static bool
log_file(const struct conf *c)
{
	char *folder, *slash;
	struct stat st;
	bool good;

	if (c->log == NULL || c->log[0] != '/')
		return true;
	if (stat(c->log, &st) == 0) {
		good = !S_ISDIR(st.st_mode);
		if (!good)
			warnx("%s: log: %s is a folder: give the path of a file", c->path,
			    c->log);
		return good;
	}
	folder = copied(c->log);
	slash = strrchr(folder, '/');
	slash[slash == folder] = '\0';
	good = stat(folder, &st) == 0 && S_ISDIR(st.st_mode);
	if (!good)
		warnx("%s: log: %s: there is no such folder", c->path, folder);
	free(folder);
	return good;
}

bool
conf_look(const struct conf *c)
{
	bool good = log_file(c);

	for (size_t i = 0; i < c->sources; i++) {
		const struct source *s = &c->source[i];

		good &= readable(c, s, "ca", s->limits.ca);
		good &= readable(c, s, "netrc", s->netrc);
		if (s->kind == SOURCE_LOCAL && !s->optional)
			(void)readable(c, s, "local", s->where.word[0]);
	}
	return good;
}

const char *
conf_kind(enum source_kind kind)
{
	static const char *const WORDS[] = { "none", "local", "signed", "archive", "cvd" };

	return WORDS[kind];
}

void
conf_free(struct conf *c)
{
	for (size_t i = 0; i < c->sources; i++) {
		struct source *s = &c->source[i];

		list_free(&s->where);
		list_free(&s->files);
		free(s->key);
		free(s->netrc);
		if (s->limits.ca != c->limits.ca)
			free(s->limits.ca);
	}
	free(c->source);
	list_free(&c->engines);
	free(c->root);
	free(c->proxy);
	free(c->log);
	free(c->limits.ca);
	memset(c, 0, sizeof *c);
}
