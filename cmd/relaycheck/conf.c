/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/conf.h"
#include "common/clean.h"
#include "common/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 120 };		/* bytes of a word that a message shows */

struct reader {
	struct conf *c;
	conf_tell tell;
	void *to;
	enum conf_state state;
	uint16_t file;
	unsigned long line;
};

typedef void (*add_word)(struct reader *r, struct span word);

static void
wrong(struct reader *r, enum conf_state state, const char *text)
{
	if (state > r->state)
		r->state = state;
	r->tell(r->to, r->c->file[r->file].path, r->line, text);
}

static void
no_memory(struct reader *r)
{
	wrong(r, CONF_GONE, "there is no memory for it");
}

/* "WORD: text" */
static void
wrong_word(struct reader *r, struct span word, const char *text)
{
	char shown[SHOWN + 1], all[2 * SHOWN + 256];
	size_t n = word.n < SHOWN ? word.n : SHOWN;

	memcpy(shown, word.p, n);
	n = clean_line(shown, n);
	snprintf(all, sizeof all, "%.*s%s: %s", (int)n, shown, word.n > SHOWN ? "..." : "",
	    text);
	wrong(r, CONF_WRONG, all);
}

/* --- a word of a list ----------------------------------------------------------------- */

static void *
grown(void *all, size_t n, size_t *room, size_t size)
{
	size_t more = n < *room ? *room : 2 * n + 16;
	void *made = n < *room ? all : reallocarray(all, more, size);

	if (made != NULL)
		*room = more;
	return made;
}

/* A word that stands here, the next of its list. */
static struct rule
here(const struct reader *r, const struct rule_list *list, bool refuse)
{
	return (struct rule){ .index = (uint32_t)list->n, .line = (uint32_t)r->line,
	    .file = r->file, .refuse = refuse };
}

/* Its text is known: puts it into its list. */
static void
note(struct reader *r, struct rule_list *list, const struct rule *w)
{
	struct rule *more = grown(list->rule, list->n, &list->room, sizeof *more);

	if (more == NULL || list->n == RULE_NONE - 1 || r->line > UINT32_MAX) {
		no_memory(r);
		return;
	}
	list->rule = more;
	list->rule[list->n++] = *w;
}

/* The same of one that is no domain, whose text is kept. */
static void
keep(struct reader *r, struct rule_list *list, struct span text, bool refuse)
{
	struct conf *c = r->c;
	struct rule w = here(r, list, refuse);

	if (c->textroom - c->textn <= text.n) {
		size_t room = 2 * c->textroom + text.n + 1024;
		char *more = room > UINT32_MAX ? NULL : realloc(c->text, room);

		if (more == NULL) {
			no_memory(r);
			return;
		}
		c->text = more;
		c->textroom = room;
	}
	w.text = (uint32_t)c->textn;
	memcpy(c->text + c->textn, text.p, text.n);
	c->text[c->textn + text.n] = '\0';
	c->textn += text.n + 1;
	note(r, list, &w);
}

static bool
take(struct span *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

static void
add_internal(struct reader *r, struct span word)
{
	struct span s = word;
	bool refuse = take(&s, '!');
	struct net net;
	const char *what = net_parse(&net, s);

	if (what != NULL)
		wrong_word(r, word, what);
	else if (!nets_add(&r->c->internal, &net))
		no_memory(r);
	else
		keep(r, &r->c->internal_rule, s, refuse);
}

static void
no_domain(struct reader *r, struct span word, const char *what)
{
	char text[160];

	snprintf(text, sizeof text, "is no domain: %s", what);
	wrong_word(r, word, text);
}

static void
add_domain(struct reader *r, struct span word)
{
	struct span s = word;
	struct rule w = here(r, &r->c->domain_rule, take(&s, '!'));
	char name[MAILBOX_DOMAIN + 1];
	const char *what = NULL;
	size_t n;

	w.below = take(&s, '.');
	if (s.n > 0 && s.p[0] == '*')
		no_domain(r, word, "what is below a domain is written .DOMAIN");
	else if (s.n > 0 && s.p[0] == '[')
		no_domain(r, word, "our addresses are listed by `self'");
	else if (mailbox_domain(name, &n, s, &what) != MAILBOX_GOOD)
		no_domain(r, word, what);
	else if (!domains_add(&r->c->domains, (struct span){ name, n }, &w))
		no_memory(r);
	else
		note(r, &r->c->domain_rule, &w);
}

static void
add_self(struct reader *r, struct span word)
{
	struct conf *c = r->c;
	struct ipaddr a, *more;

	if (!ipaddr_v4(&a, word) && !ipaddr_v6(&a, word)) {
		wrong_word(r, word, "is no address");
		return;
	}
	more = reallocarray(c->self, c->self_rule.n + 1, sizeof *more);
	if (more == NULL) {
		no_memory(r);
		return;
	}
	c->self = more;
	c->self[c->self_rule.n] = a;
	keep(r, &c->self_rule, word, false);
}

static void
set_hostname(struct reader *r, struct span word)
{
	struct conf *c = r->c;
	const char *what = NULL;
	char text[160];
	size_t n;

	if (c->hostname_line != 0) {
		wrong_word(r, word, "is a second hostname, there can be one");
		return;
	}
	c->hostname_line = r->line;
	if (mailbox_domain(c->hostname, &n, word, &what) != MAILBOX_GOOD) {
		snprintf(text, sizeof text, "is no host name: %s", what);
		wrong_word(r, word, text);
	}
}

/* --- files ------------------------------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Takes the next word off; false: none is left, or a comment begins. */
static bool
next_word(struct span *line, struct span *word)
{
	while (line->n > 0 && is_blank(line->p[0])) {
		line->p++;
		line->n--;
	}
	if (line->n == 0 || line->p[0] == '#')
		return false;
	*word = (struct span){ line->p, 0 };
	while (word->n < line->n && !is_blank(line->p[word->n]))
		word->n++;
	line->p += word->n;
	line->n -= word->n;
	return true;
}

/* Adds the file to those read; NULL: it cannot be, told of `from'. */
static FILE *
open_file(struct reader *r, const char *path, uint16_t from)
{
	struct conf *c = r->c;
	struct conf_file *more = reallocarray(c->file, c->files + 1, sizeof *more);
	const char *why;
	FILE *f;

	if (more == NULL || (c->file = more, more[c->files].path = strdup(path)) == NULL ||
	    c->files == UINT16_MAX) {
		if (c->files > 0)
			no_memory(r);
		r->state = CONF_GONE;
		return NULL;
	}
	memset(&more[c->files].was, 0, sizeof more[c->files].was);
	r->file = (uint16_t)c->files++;
	f = cli_try_file(path, &why);
	if (f != NULL && fstat(fileno(f), &c->file[r->file].was) == 0)
		return f;
	if (f != NULL) {
		why = strerror(errno);
		fclose(f);
	}
	if (r->file == from)
		r->line = 0;
	wrong(r, CONF_GONE, why);
	return NULL;
}

/* Each line of it to `what'. */
static void
each_line(struct reader *r, FILE *f, void (*what)(struct reader *, struct span, void *),
    void *with)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	r->line = 0;
	while ((n = getline(&line, &size, f)) > 0) {
		r->line++;
		if (memchr(line, '\0', (size_t)n) != NULL)
			wrong(r, CONF_WRONG, "has a NUL: this is no text");
		else
			what(r, (struct span){ line, (size_t)n }, with);
	}
	if (!feof(f) || ferror(f)) {
		r->line = 0;
		wrong(r, CONF_GONE, strerror(errno));
	}
	free(line);
	fclose(f);
}

struct list_reader {
	add_word add;
};

static void
list_line(struct reader *r, struct span line, void *with)
{
	const struct list_reader *list = with;
	struct span word;

	while (next_word(&line, &word)) {
		if (word.p[0] == '/')
			wrong_word(r, word, "is a file in a file, which is not followed");
		else
			list->add(r, word);
	}
}

/* A path that does not begin with a slash is meant beside the configuration. */
static bool
join(char path[PATH_MAX], const char *conf, struct span word)
{
	const char *slash = strrchr(conf, '/');
	int folder = word.p[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - conf);
	int n = snprintf(path, PATH_MAX, "%.*s%.*s", folder, conf, (int)word.n, word.p);

	return word.n < PATH_MAX && n > 0 && n < PATH_MAX;
}

static void
read_list(struct reader *r, struct span word, add_word add)
{
	struct list_reader list = { add };
	uint16_t file = r->file;
	unsigned long line = r->line;
	char path[PATH_MAX];
	FILE *f;

	if (!join(path, r->c->file[file].path, word)) {
		wrong_word(r, word, "is longer than a path can be");
		return;
	}
	r->line = 0;
	f = open_file(r, path, file);
	if (f != NULL)
		each_line(r, f, list_line, &list);
	r->file = file;
	r->line = line;
}

static const struct {
	const char *name;
	add_word add;
	bool list;
} DIRECTIVES[] = {
	{ "internal", add_internal, true },
	{ "domains", add_domain, true },
	{ "self", add_self, true },
	{ "hostname", set_hostname, false },
};
enum { DIRECTIVE_COUNT = sizeof DIRECTIVES / sizeof DIRECTIVES[0] };

static bool
is_path(struct span s)
{
	return s.p[0] == '/' || (s.n > 1 && s.p[0] == '.' && s.p[1] == '/') ||
	    (s.n > 2 && memcmp(s.p, "../", 3) == 0);
}

static void
conf_line(struct reader *r, struct span line, void *with)
{
	struct span name, word;
	size_t i = 0;
	bool any = false;

	(void)with;
	if (!next_word(&line, &name))
		return;
	while (i < DIRECTIVE_COUNT && (strlen(DIRECTIVES[i].name) != name.n ||
	    memcmp(DIRECTIVES[i].name, name.p, name.n) != 0))
		i++;
	if (i == DIRECTIVE_COUNT) {
		wrong_word(r, name, "a line begins with internal, domains, self or hostname");
		return;
	}
	for (; next_word(&line, &word); any = true) {
		if (DIRECTIVES[i].list && is_path(word))
			read_list(r, word, DIRECTIVES[i].add);
		else
			DIRECTIVES[i].add(r, word);
	}
	if (!any && !DIRECTIVES[i].list)
		wrong_word(r, name, "has no name behind it");
}

enum conf_state
conf_read(struct conf *c, const char *path, conf_tell tell, void *to)
{
	struct reader r = { c, tell, to, CONF_GOOD, 0, 0 };
	FILE *f;

	memset(c, 0, sizeof *c);
	f = open_file(&r, path, 0);
	if (f != NULL)
		each_line(&r, f, conf_line, NULL);
	if (r.state == CONF_GOOD && !nets_seal(&c->internal))
		no_memory(&r);
	return r.state;
}

/* --- what was read -------------------------------------------------------------------------- */

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
conf_changed(const struct conf *c)
{
	for (size_t i = 0; i < c->files; i++) {
		const struct stat *was = &c->file[i].was;
		struct stat st;

		if (stat(c->file[i].path, &st) < 0)
			memset(&st, 0, sizeof st);
		if (st.st_ino != was->st_ino || st.st_dev != was->st_dev ||
		    st.st_size != was->st_size || !same_time(st.st_mtim, was->st_mtim) ||
		    !same_time(st.st_ctim, was->st_ctim))
			return true;
	}
	return c->files == 0;
}

void
conf_free(struct conf *c)
{
	for (size_t i = 0; i < c->files; i++)
		free(c->file[i].path);
	free(c->file);
	free(c->text);
	nets_free(&c->internal);
	free(c->internal_rule.rule);
	domains_free(&c->domains);
	free(c->domain_rule.rule);
	free(c->self);
	free(c->self_rule.rule);
	memset(c, 0, sizeof *c);
}

const struct rule *
conf_self(const struct conf *c, const struct ipaddr *a)
{
	for (size_t i = 0; i < c->self_rule.n; i++)
		if (ipaddr_same(&c->self[i], a))
			return &c->self_rule.rule[i];
	return NULL;
}

/* What stands before it, and it. */
static struct span
rule_text(const struct conf *c, const struct rule *w, char mark[2], size_t *marks)
{
	const char *text = c->text + (w->domain ? 0 : w->text);

	*marks = 0;
	if (w->refuse)
		mark[(*marks)++] = '!';
	if (w->below)
		mark[(*marks)++] = '.';
	return w->domain ? domains_name(&c->domains, w) : (struct span){ text, strlen(text) };
}

/* Without a printf: it is done for each answer. */
static size_t
append(char *to, size_t size, size_t n, const char *p, size_t len)
{
	if (len > size - 1 - n)
		len = size - 1 - n;
	memcpy(to + n, p, len);
	to[n + len] = '\0';
	return n + len;
}

void
conf_rule(char *to, size_t size, const struct conf *c, const struct rule *w)
{
	char mark[2];
	size_t marks;
	struct span text = rule_text(c, w, mark, &marks);

	append(to, size, append(to, size, 0, mark, marks), text.p, text.n);
}

size_t
conf_place(char *to, size_t size, const struct conf *c, const struct rule *w)
{
	const char *path = c->file[w->file].path;
	char number[16], mark[2];
	size_t at = sizeof number, n, marks;
	struct span text = rule_text(c, w, mark, &marks);

	number[--at] = ':';
	for (uint32_t line = w->line; line > 0; line /= 10)
		number[--at] = (char)('0' + line % 10);
	number[--at] = ':';
	n = append(to, size, 0, path, strlen(path));
	n = append(to, size, n, number + at, sizeof number - at);
	n = append(to, size, n, mark, marks);
	return append(to, size, n, text.p, text.n);
}
