/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/conf.h"
#include "common/clean.h"
#include "common/cli.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SHOWN = 120 };		/* bytes of a word that a message shows */

/* Where a word is read from; the one that asked for the file is `by'. */
struct source {
	const struct source *by;
	uint32_t file;
	unsigned long line;
	FILE *f;
	int last;		/* the octet before the next one; EOF: none */
	size_t n;		/* of word, which is terminated */
	char word[CONF_WORD];
};

struct reader {
	struct conf *c;
	conf_tell tell;
	void *to;
	enum conf_state state;
	struct source *at;	/* NULL: no file is open */
};

typedef void (*add_word)(struct reader *r, struct span word);

static void
wrong(struct reader *r, enum conf_state state, const char *text)
{
	if (state > r->state)
		r->state = state;
	r->tell(r->to, r->c->file[r->at->file].path, r->at->line, text);
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
	return (struct rule){ .index = (uint32_t)list->n, .line = (uint32_t)r->at->line,
	    .file = (uint16_t)r->at->file, .refuse = refuse };
}

/* Its text is known: puts it into its list. */
static void
note(struct reader *r, struct rule_list *list, const struct rule *w)
{
	struct rule *more = grown(list->rule, list->n, &list->room, sizeof *more);

	if (more == NULL || list->n == RULE_NONE - 1 || r->at->line > UINT32_MAX) {
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
	struct ipaddr a;
	struct net net;

	if (!ipaddr_v4(&a, word) && !ipaddr_v6(&a, word)) {
		wrong_word(r, word, "is no address");
		return;
	}
	net = (struct net){ a, a, a.v6 ? 128 : 32 };
	if (!nets_add(&r->c->self, &net))
		no_memory(r);
	else
		keep(r, &r->c->self_rule, word, false);
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
	c->hostname_line = r->at->line;
	if (mailbox_domain(c->hostname, &n, word, &what) != MAILBOX_GOOD) {
		snprintf(text, sizeof text, "is no host name: %s", what);
		wrong_word(r, word, text);
	}
}

/* --- words -------------------------------------------------------------------------------- */

enum token {
	TOKEN_WORD,		/* at->word */
	TOKEN_LINE,		/* the end of a line */
	TOKEN_END		/* of the file, or of what can be read of it */
};

static int
next_octet(struct source *s)
{
	int c = getc_unlocked(s->f);

	if (c != EOF)
		s->last = c;
	return c;
}

/* The end of the file: was it all? */
static enum token
end_of_file(struct reader *r)
{
	struct source *s = r->at;

	if (ferror(s->f)) {
		s->line = 0;
		wrong(r, CONF_GONE, strerror(errno));
	} else if (s->last != EOF && s->last != '\n')
		r->c->cut = r->c->file[s->file].path;
	return TOKEN_END;
}

static void
take_word(struct reader *r, int c)
{
	struct source *s = r->at;
	bool over = false;

	for (s->n = 0; c != EOF && c != '\0' && !isspace(c); c = next_octet(s)) {
		over |= s->n == sizeof s->word - 1;
		if (!over)
			s->word[s->n++] = (char)c;
	}
	s->word[s->n] = '\0';
	ungetc(c, s->f);
	if (over)
		wrong_word(r, (struct span){ s->word, s->n }, "is longer than any word can be");
}

static enum token
next_token(struct reader *r)
{
	struct source *s = r->at;
	int c;

	do
		c = next_octet(s);
	while (c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f');
	if (c == '#')
		while (c != '\n' && c != EOF && c != '\0')
			c = next_octet(s);
	if (c == EOF)
		return end_of_file(r);
	if (c == '\n')
		return TOKEN_LINE;
	if (c == '\0') {
		wrong(r, CONF_WRONG, "has a NUL: this is no text");
		return TOKEN_END;
	}
	take_word(r, c);
	return TOKEN_WORD;
}

/* --- files ------------------------------------------------------------------------------- */

/* Adds it to those read; false: there is no room, told. */
static bool
add_file(struct reader *r, const char *path)
{
	struct conf *c = r->c;
	struct conf_file *more;

	if (c->files == CONF_FILES) {
		wrong(r, CONF_WRONG, "there are more than 255 lists");
		return false;
	}
	more = reallocarray(c->file, c->files + 1, sizeof *more);
	if (more != NULL)
		c->file = more;
	if (more == NULL || (more[c->files].path = strdup(path)) == NULL) {
		if (r->at != NULL)
			no_memory(r);
		r->state = CONF_GONE;
		return false;
	}
	memset(&more[c->files++].was, 0, sizeof more->was);
	return true;
}

/* "TEXT (asked for by FILE:LINE)" */
static void
cannot_open(struct reader *r, const char *why)
{
	const struct source *by = r->at->by;
	char text[PATH_MAX + 200];

	if (by == NULL)
		wrong(r, CONF_GONE, why);
	else {
		snprintf(text, sizeof text, "%s (it is a list of %s:%lu)", why,
		    r->c->file[by->file].path, by->line);
		wrong(r, CONF_GONE, text);
	}
}

/* Reads it by `what', which takes all of its tokens. */
static void
read_file(struct reader *r, const char *path, void (*what)(struct reader *, add_word),
    add_word add)
{
	struct source s = { .by = r->at, .last = EOF };
	struct conf_file *file;
	const char *why;

	if (!add_file(r, path))
		return;
	s.file = (uint32_t)r->c->files - 1;
	file = &r->c->file[s.file];
	r->at = &s;
	s.f = cli_try_file(path, &why);
	if (s.f == NULL)
		cannot_open(r, why);
	else if (fstat(fileno(s.f), &file->was) < 0)
		cannot_open(r, strerror(errno));
	else {
		s.line = 1;
		what(r, add);
	}
	if (s.f != NULL)
		fclose(s.f);
	r->at = s.by == NULL ? NULL : (struct source *)(size_t)s.by;
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

static size_t
directive(const char *word)
{
	size_t i = 0;

	while (i < DIRECTIVE_COUNT && strcmp(DIRECTIVES[i].name, word) != 0)
		i++;
	return i;
}

/* Words between blanks and lines. */
static void
read_list(struct reader *r, add_word add)
{
	struct source *s = r->at;
	unsigned words = 0;
	bool named = false;
	enum token token;

	while ((token = next_token(r)) != TOKEN_END) {
		if (token == TOKEN_LINE) {
			s->line++;
			words = 0;
			continue;
		}
		named = words++ == 0 ? directive(s->word) < DIRECTIVE_COUNT : named;
		if (s->word[0] == '/')
			wrong_word(r, (struct span){ s->word, s->n },
			    "is a file in a file, which is not followed");
		else if (named && words == 2)
			wrong_word(r, (struct span){ s->word, s->n },
			    "stands behind a word of relay.conf: this is no list");
		else
			add(r, (struct span){ s->word, s->n });
	}
}

/* A path that does not begin with a slash is meant beside the configuration. */
static void
read_named(struct reader *r, add_word add)
{
	const char *conf = r->c->file[0].path, *slash = strrchr(conf, '/');
	const char *word = r->at->word;
	int folder = word[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - conf);
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%.*s%s", folder, conf, word);

	if (n < 0 || n >= PATH_MAX)
		wrong_word(r, (struct span){ word, r->at->n }, "is longer than a path can be");
	else
		read_file(r, path, read_list, add);
}

static bool
is_path(const char *word)
{
	return word[0] == '/' || strncmp(word, "./", 2) == 0 || strncmp(word, "../", 3) == 0;
}

/* The rest of a line that begins with directive i; what ended it. */
static enum token
read_words(struct reader *r, size_t i)
{
	struct source *s = r->at;
	enum token token;
	bool any = false;

	for (; (token = next_token(r)) == TOKEN_WORD; any = true) {
		if (i == DIRECTIVE_COUNT)
			continue;
		if (DIRECTIVES[i].list && is_path(s->word))
			read_named(r, DIRECTIVES[i].add);
		else
			DIRECTIVES[i].add(r, (struct span){ s->word, s->n });
	}
	if (!any && i < DIRECTIVE_COUNT && !DIRECTIVES[i].list)
		wrong(r, CONF_WRONG, "hostname: has no name behind it");
	return token;
}

static void
read_conf(struct reader *r, add_word none)
{
	struct source *s = r->at;
	enum token token;

	(void)none;
	while ((token = next_token(r)) != TOKEN_END) {
		if (token == TOKEN_WORD) {
			size_t i = directive(s->word);

			if (i == DIRECTIVE_COUNT)
				wrong_word(r, (struct span){ s->word, s->n },
				    strncmp(s->word, "\xef\xbb\xbf", 3) == 0 ?
				    "begins with a byte order mark, which is to go" :
				    "a line begins with internal, domains, self or hostname");
			token = read_words(r, i);
		}
		if (token == TOKEN_END)
			break;
		s->line++;
	}
}

enum conf_state
conf_read(struct conf *c, const char *path, conf_tell tell, void *to)
{
	struct reader r = { c, tell, to, CONF_GOOD, NULL };

	memset(c, 0, sizeof *c);
	read_file(&r, path, read_conf, NULL);
	if (c->files == 0)
		tell(to, path, 0, "there is no memory for it");
	if (r.state != CONF_GOOD)
		return r.state;
	if (!nets_seal(&c->internal) || !nets_seal(&c->self)) {
		tell(to, path, 0, "there is no memory for it");
		return CONF_GONE;
	}
	if (conf_changed(c)) {
		tell(to, path, 0, "it changed while it was read: once more");
		return CONF_GONE;
	}
	return CONF_GOOD;
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

bool
conf_young(const struct conf *c)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < c->files; i++) {
		long long age = (long long)now.tv_sec - c->file[i].was.st_mtim.tv_sec;

		if (age >= 0 && (age == 0 || (age == 1 &&
		    now.tv_nsec < c->file[i].was.st_mtim.tv_nsec)))
			return true;
	}
	return false;
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
	nets_free(&c->self);
	free(c->self_rule.rule);
	memset(c, 0, sizeof *c);
}

const struct rule *
conf_self(const struct conf *c, const struct ipaddr *a)
{
	uint32_t i = nets_find(&c->self, a);

	return i == NETS_NONE ? NULL : &c->self_rule.rule[i];
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
