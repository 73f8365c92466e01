/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/mapfile.h"
#include "common/cli.h"
#include "common/fieldtext.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An entry as it is written, its continuations joined. */
struct raw {
	char *text;
	size_t n;
	const char *path;
	unsigned long line;
};

/* What was read of a table; it has the same index as the table. */
struct draft {
	struct raw *raw;
	size_t n, room;
	bool compiled;
};

struct file {
	const char *path;
	unsigned long line;	/* read last */
	dev_t dev;
	ino_t ino;
	struct file *by;	/* that includes it; NULL: none */
	size_t depth;
};

enum place { OUTSIDE, NAMED, INSIDE };	/* of a table: NAMED, below its name */

struct reader {
	struct mapfile *m;
	struct draft *draft;
	mapping_tell tell;
	void *to;
	bool wrong;
	bool includes;		/* there may be some */
	enum place place;
	size_t entries, files;
	struct file *file;	/* that is being read */
	unsigned long from;	/* where what was joined began; 0: there is none */
	size_t joined;
	char join[MAPFILE_LINE];
};

/* --- what is wrong ---------------------------------------------------------------- */

enum { SHOWN = 64 };	/* bytes of a sign */

/* The message: "`SIGN' WHAT", or WHAT where sign is empty. */
static void
complain_at(struct reader *r, const char *path, unsigned long line, struct span sign,
    const char *what)
{
	char shown[SHOWN + 1], text[SHOWN + 256];
	size_t n = sign.n < SHOWN ? sign.n : SHOWN;

	for (size_t i = 0; i < n; i++)
		shown[i] = sign.p[i] >= ' ' && sign.p[i] < 0x7f ? sign.p[i] : '?';
	shown[n] = '\0';
	if (n > 0)
		snprintf(text, sizeof text, "`%s%s' %s", shown, n < sign.n ? "..." : "", what);
	else
		snprintf(text, sizeof text, "%s", what);
	r->wrong = true;
	r->tell(r->to, path, line, text);
}

static void
complain(struct reader *r, const char *what)
{
	complain_at(r, r->file->path, r->file->line, (struct span){ "", 0 }, what);
}

static _Noreturn void
no_memory(void)
{
	err(EXIT_RETRY, "the mapping tables");
}

/* --- tables ----------------------------------------------------------------------- */

static bool
same(struct span a, const char *b)
{
	if (a.n != strlen(b))
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (fieldtext_lower(a.p[i]) != fieldtext_lower(b[i]))
			return false;
	return true;
}

/* NULL: there is none. */
static struct maptable *
find(const struct mapfile *m, struct span name)
{
	for (size_t i = 0; i < m->tables; i++)
		if (same(name, m->table[i].name))
			return &m->table[i];
	return NULL;
}

/* A copy that lives as long as the tables. */
static const char *
keep(struct mapfile *m, struct span text)
{
	char **more = reallocarray(m->name, m->names + 1, sizeof *more);

	if (more == NULL)
		no_memory();
	m->name = more;
	if ((m->name[m->names] = strndup(text.p, text.n)) == NULL)
		no_memory();
	return m->name[m->names++];
}

/* Why a table of this name cannot be in the file; NULL: it can. */
static const char *
why_no_table(const struct reader *r, struct span name)
{
	static const char *const DECIDE[] = { "PORT_ACCESS", "MAIL_ACCESS",
	    "ORIG_MAIL_ACCESS", "SEND_ACCESS", "FROM_ACCESS" };

	for (size_t i = 0; i < sizeof DECIDE / sizeof *DECIDE; i++)
		if (same(name, DECIDE[i]))
			return "decides about mail as well, and is not understood";
	if (find(r->m, name) != NULL)
		return "is a table that the file has already";
	if (name.n > MAPFILE_NAME)
		return "is longer than a table's name can be";
	return NULL;
}

/* One with an error is there all the same, for its entries to belong to. */
static void
begin_table(struct reader *r, struct span name)
{
	struct mapfile *m = r->m;
	const char *wrong = why_no_table(r, name);

	if (r->place == NAMED || (r->place == INSIDE && r->draft[m->tables - 1].n > 0))
		complain(r, "an empty line is missing above the name of a table");
	r->place = NAMED;
	if (wrong != NULL)
		complain_at(r, r->file->path, r->file->line, name, wrong);
	if (m->tables == MAPFILE_TABLES) {
		complain(r, "more than 200 tables");
		return;
	}
	m->table[m->tables] = (struct maptable){ .name = keep(m, name),
	    .path = r->file->path, .line = r->file->line };
	r->draft[m->tables++] = (struct draft){ .n = 0 };
}

static void
add_entry(struct reader *r, struct span text)
{
	struct draft *d = &r->draft[r->m->tables - 1];

	if (r->entries == MAPFILE_ENTRIES)
		complain(r, "more than 10000 entries");
	if (r->entries++ >= MAPFILE_ENTRIES)
		return;
	if (d->n == d->room) {
		d->room = 2 * d->room + 8;
		if ((d->raw = reallocarray(d->raw, d->room, sizeof *d->raw)) == NULL)
			no_memory();
	}
	d->raw[d->n] = (struct raw){ malloc(text.n), text.n, r->file->path, r->file->line };
	if (d->raw[d->n].text == NULL)
		no_memory();
	memcpy(d->raw[d->n++].text, text.p, text.n);
}

/* --- lines ------------------------------------------------------------------------ */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_letter(char c)
{
	return fieldtext_lower(c) >= 'a' && fieldtext_lower(c) <= 'z';
}

static struct span
without_blanks_behind(struct span s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static void
take_name(struct reader *r, struct span line)
{
	struct span name = without_blanks_behind(line);

	for (size_t i = 0; i < name.n; i++)
		if (!is_letter(name.p[i]) && !(name.p[i] >= '0' && name.p[i] <= '9') &&
		    strchr("_-.", name.p[i]) == NULL) {
			complain(r, "holds more than the name of a table; an entry begins "
			    "with a blank");
			return;
		}
	begin_table(r, name);
}

static void include(struct reader *r, struct span name);

/* One without its continuations. */
static void
take_line(struct reader *r, struct span line)
{
	if (without_blanks_behind(line).n == 0)
		r->place = r->place == NAMED ? INSIDE : OUTSIDE;
	else if (line.p[0] == '<')
		include(r, without_blanks_behind((struct span){ line.p + 1, line.n - 1 }));
	else if (is_letter(line.p[0]))
		take_name(r, line);
	else if (!is_blank(line.p[0]))
		complain(r, "column 1 is for the name of a table, ! or <; an entry begins "
		    "with a blank");
	else if (r->place == INSIDE)
		add_entry(r, line);
	else
		complain(r, r->place == NAMED ?
		    "an empty line is missing between the name of a table and this entry" :
		    "an entry outside of a table: an empty line ended the one above");
}

/* What was joined is a line, where it began. */
static void
take_joined(struct reader *r)
{
	unsigned long here = r->file->line;

	if (r->from == 0)
		return;
	r->file->line = r->from;
	r->from = 0;
	take_line(r, (struct span){ r->join, r->joined });
	r->file->line = here;
}

static void
join(struct reader *r, struct span s)
{
	if (r->from == 0) {
		r->from = r->file->line;
		r->joined = 0;
	}
	if (s.n > sizeof r->join - r->joined) {
		complain(r, "the entry has more than 4096 bytes");
		s.n = sizeof r->join - r->joined;
	}
	memcpy(r->join + r->joined, s.p, s.n);
	r->joined += s.n;
}

static bool
has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return true;
	return false;
}

/* A \ at its end, or blanks behind one. */
static bool
goes_on(struct reader *r, struct span *line)
{
	struct span s = without_blanks_behind(*line);

	if (s.n == 0 || s.p[s.n - 1] != '\\')
		return false;
	if (s.n < line->n) {
		complain(r, "blanks stand behind the \\ at the end of the line");
		return false;
	}
	line->n--;
	return true;
}

static void
take_comment(struct reader *r, struct span line)
{
	if (r->from != 0)
		complain(r, "a comment stands within an entry that goes on");
	else if (goes_on(r, &line))
		complain(r, "a comment ends with \\: nobody can tell whether the next line "
		    "is one");
}

/* As it stands in the file, without its newline. */
static void
take_raw(struct reader *r, struct span line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (has_control(line)) {
		complain(r, "holds a control character");
		return;
	}
	if (line.n > 0 && line.p[0] == '!') {
		take_comment(r, line);
		return;
	}
	if (without_blanks_behind(line).n == 0) {
		if (r->from != 0)
			complain(r, "the line above ends with \\, and this one is empty");
		take_joined(r);
		take_line(r, line);
		return;
	}
	if (goes_on(r, &line)) {
		join(r, line);
		return;
	}
	join(r, line);
	take_joined(r);
}

static void
take_bytes(struct reader *r, struct span bytes)
{
	if (bytes.n >= 3 && memcmp(bytes.p, "\xef\xbb\xbf", 3) == 0) {
		r->file->line = 1;
		complain(r, "the file begins with a byte order mark: save it without");
		return;
	}
	for (size_t at = 0, n; at < bytes.n; at += n + 1) {
		const char *end = memchr(bytes.p + at, '\n', bytes.n - at);

		n = end == NULL ? bytes.n - at : (size_t)(end - (bytes.p + at));
		r->file->line++;
		take_raw(r, (struct span){ bytes.p + at, n });
	}
	if (r->from != 0)
		complain(r, "the file ends with a line that goes on");
	take_joined(r);
}

/* --- files ------------------------------------------------------------------------ */

static bool
is_open(const struct file *f, const struct stat *st)
{
	for (; f != NULL; f = f->by)
		if (f->dev == st->st_dev && f->ino == st->st_ino)
			return true;
	return false;
}

/* -1 and a complaint of who includes it: it cannot be used. */
static int
open_file(struct reader *r, const char *path, struct stat *st)
{
	struct span sign = { path, strlen(path) };
	const char *wrong = NULL, *by = r->file != NULL ? r->file->path : path;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, st) < 0)
		wrong = strerror(errno);
	else if (!S_ISREG(st->st_mode))
		wrong = "is no regular file";
	else if (st->st_size > MAPFILE_MAX)
		wrong = "has more than 1 MiB";
	else if (is_open(r->file, st))
		wrong = "includes itself";
	if (wrong == NULL)
		return fd;
	if (r->file == NULL)
		sign.n = 0;
	complain_at(r, by, r->file != NULL ? r->file->line : 0, sign, wrong);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* All of it and at most a byte more than may be; to be freed. */
static char *
read_all(int fd, const char *path, size_t *n)
{
	char *p = malloc(MAPFILE_MAX + 1);
	ssize_t got = 1;

	if (p == NULL)
		no_memory();
	for (*n = 0; *n <= MAPFILE_MAX && got > 0; *n += (size_t)got)
		if ((got = read(fd, p + *n, MAPFILE_MAX + 1 - *n)) < 0)
			err(EXIT_RETRY, "%s", path);
	return p;
}

/* false: it could not be opened. */
static bool
read_file(struct reader *r, const char *path)
{
	struct stat st;
	struct file f = { .path = path, .by = r->file };
	char *bytes;
	size_t n;
	int fd = open_file(r, path, &st);

	if (fd < 0)
		return false;
	f.dev = st.st_dev;
	f.ino = st.st_ino;
	f.depth = r->file != NULL ? r->file->depth + 1 : 1;
	bytes = read_all(fd, path, &n);
	close(fd);
	r->file = &f;
	if (n > MAPFILE_MAX)	/* it grew meanwhile */
		complain(r, "has more than 1 MiB");
	else
		take_bytes(r, (struct span){ bytes, n });
	r->file = f.by;
	free(bytes);
	return true;
}

/* Why it cannot be included; NULL: it can. */
static const char *
why_not_included(struct reader *r, struct span name)
{
	const char *colon = memchr(name.p, ':', name.n);

	if (!r->includes)
		return "is a file to include, which is not possible here";
	if (name.n == 0)
		return "a < without the name of a file";
	if (name.n >= 6 && memcmp(name.p, "IMTA_", 5) == 0 && colon != NULL)
		return "is a logical name, which is not understood: write the path";
	if (r->file->depth == MAPFILE_DEPTH)
		return "is a file too deep within others";
	if (++r->files >= MAPFILE_FILES)
		return "is one file too many";
	return NULL;
}

static void
include(struct reader *r, struct span name)
{
	char path[PATH_MAX];
	const char *wrong = why_not_included(r, name), *slash = strrchr(r->file->path, '/');
	int folder = slash == NULL || name.p[0] == '/' ? 0 : (int)(slash + 1 - r->file->path);
	int n;

	if (wrong == NULL) {
		n = snprintf(path, sizeof path, "%.*s%.*s", folder, r->file->path, (int)name.n,
		    name.p);
		if (n > 0 && n < (int)sizeof path) {
			(void)read_file(r, keep(r->m, (struct span){ path, (size_t)n }));
			return;
		}
		wrong = "is too long a path";
	}
	complain_at(r, r->file->path, r->file->line, name, wrong);
}

/* --- entries ---------------------------------------------------------------------- */

/* What stands at *at up to an unquoted blank; behind that, *at is where it goes on. */
static struct span
column(const struct raw *raw, size_t *at)
{
	struct span s;
	size_t from = *at;

	while (*at < raw->n && !is_blank(raw->text[*at]))
		*at += raw->text[*at] == '$' && *at + 1 < raw->n ? 2 : 1;
	s = (struct span){ raw->text + from, *at - from };
	while (*at < raw->n && is_blank(raw->text[*at]))
		++*at;
	return s;
}

/* The tables that it asks are reached. */
static void
find_called(struct reader *r, struct mapentry *e)
{
	for (size_t i = 0; i < e->template.n; i++) {
		struct mapstep *s = &e->template.step[i];
		struct maptable *called;

		if (s->op != MAPPING_CALL)
			continue;
		if ((called = find(r->m, s->text)) == NULL) {
			complain_at(r, e->path, e->line, s->text, "is a table that is asked, "
			    "and is not in the file");
			continue;
		}
		called->reached = true;
		s->table = called;
	}
}

static void
compile_entry(struct reader *r, const struct raw *raw, struct mapentry *e)
{
	static const struct span NONE = { "", 0 };
	struct mapwrong wrong;
	size_t at = 0;
	struct span pattern, template;
	int failed;

	(void)column(raw, &at);		/* nothing: the blanks that it begins with */
	pattern = column(raw, &at);
	template = column(raw, &at);
	if (template.n == 0)
		complain_at(r, raw->path, raw->line, NONE, "an entry without a template");
	else if (at < raw->n)
		complain_at(r, raw->path, raw->line, (struct span){ raw->text + at, raw->n - at },
		    "stands behind the template: write `$ ' for a blank");
	if ((failed = mapmatch_compile(&e->pattern, pattern, &wrong)) == 0 &&
	    (failed = mapping_template(&e->template, template, e->pattern.wildcards,
	    &wrong)) == 0)
		find_called(r, e);
	if (failed < 0)
		no_memory();
	if (failed > 0)
		complain_at(r, raw->path, raw->line, wrong.sign, wrong.what);
}

static void
compile_table(struct reader *r, struct maptable *t, struct draft *d)
{
	d->compiled = true;
	if (d->n > 0 && (t->entry = calloc(d->n, sizeof *t->entry)) == NULL)
		no_memory();
	for (t->entries = 0; t->entries < d->n; t->entries++) {
		struct mapentry *e = &t->entry[t->entries];

		e->path = d->raw[t->entries].path;
		e->line = d->raw[t->entries].line;
		e->number = t->entries + 1;
		compile_entry(r, &d->raw[t->entries], e);
	}
}

static void
compile_reached(struct reader *r)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < r->m->tables; i++)
			if (r->m->table[i].reached && !r->draft[i].compiled) {
				compile_table(r, &r->m->table[i], &r->draft[i]);
				more = true;
			}
	}
}

/* --- all of it -------------------------------------------------------------------- */

static const struct maptable *
root(struct reader *r, const char *path, const char *name)
{
	struct maptable *t = find(r->m, (struct span){ name, strlen(name) });

	if (t == NULL)
		complain_at(r, path, 0, (struct span){ name, strlen(name) },
		    "is a table that the file lacks");
	else
		t->reached = true;
	return t;
}

static void
begin(struct reader *r, mapping_tell tell, void *to)
{
	*r = (struct reader){ .tell = tell, .to = to };
	r->m = calloc(1, sizeof *r->m);
	r->draft = calloc(MAPFILE_TABLES, sizeof *r->draft);
	if (r->m == NULL || r->draft == NULL ||
	    (r->m->table = calloc(MAPFILE_TABLES, sizeof *r->m->table)) == NULL)
		no_memory();
}

static void
use(struct reader *r, const char *path)
{
	r->m->internal = root(r, path, "INTERNAL_IP");
	r->m->send = root(r, path, "ORIG_SEND_ACCESS");
	compile_reached(r);
}

static struct mapfile *
end(struct reader *r)
{
	struct mapfile *m = r->m;

	for (size_t i = 0; i < m->tables; i++) {
		for (size_t k = 0; k < r->draft[i].n; k++)
			free(r->draft[i].raw[k].text);
		free(r->draft[i].raw);
	}
	free(r->draft);
	if (!r->wrong)
		return m;
	mapfile_free(m);
	return NULL;
}

struct mapfile *
mapfile_read(const char *path, mapping_tell tell, void *to)
{
	struct reader r;

	begin(&r, tell, to);
	r.includes = true;
	if (read_file(&r, keep(r.m, (struct span){ path, strlen(path) })))
		use(&r, path);
	return end(&r);
}

struct mapfile *
mapfile_parse(const char *path, struct span bytes, mapping_tell tell, void *to)
{
	struct reader r;
	struct file f = { .depth = 1 };

	begin(&r, tell, to);
	f.path = keep(r.m, (struct span){ path, strlen(path) });
	r.file = &f;
	take_bytes(&r, bytes);
	use(&r, path);
	return end(&r);
}

void
mapfile_free(struct mapfile *m)
{
	for (size_t i = 0; i < m->tables; i++) {
		for (size_t k = 0; k < m->table[i].entries; k++) {
			mapmatch_free(&m->table[i].entry[k].pattern);
			mapping_template_free(&m->table[i].entry[k].template);
		}
		free(m->table[i].entry);
	}
	for (size_t i = 0; i < m->names; i++)
		free(m->name[i]);
	free(m->name);
	free(m->table);
	free(m);
}

void
mapfile_unused(const struct mapfile *m, mapping_tell tell, void *to)
{
	char text[MAPFILE_NAME + 100];

	for (size_t i = 0; i < m->tables; i++) {
		const struct maptable *t = &m->table[i];

		if (t->reached)
			continue;
		snprintf(text, sizeof text, "table %s is not read: neither INTERNAL_IP nor "
		    "ORIG_SEND_ACCESS asks it", t->name);
		tell(to, t->path, t->line, text);
	}
}
