/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/conf.h"
#include "common/words.h"
#include "common/clean.h"
#include "common/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 120 };		/* bytes of a word that a message shows */

/* A file that is read; the one that asked for it is `by'. */
struct source {
	struct source *by;
	uint32_t file;
	struct words words;
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
	r->tell(r->to, r->c->file[r->at->file].path, r->at->words.line, text);
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
	return (struct rule){ .index = (uint32_t)list->n, .line = (uint32_t)r->at->words.line,
	    .file = (uint16_t)r->at->file, .refuse = refuse };
}

/* Its text is known: puts it into its list. */
static void
note(struct reader *r, struct rule_list *list, const struct rule *w)
{
	struct rule *more = grown(list->rule, list->n, &list->room, sizeof *more);

	if (more == NULL || list->n == RULE_NONE - 1 || r->at->words.line > UINT32_MAX) {
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
	c->hostname_line = r->at->words.line;
	if (mailbox_domain(c->hostname, &n, word, &what) != MAILBOX_GOOD) {
		snprintf(text, sizeof text, "is no host name: %s", what);
		wrong_word(r, word, text);
	}
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
		    r->c->file[by->file].path, by->words.line);
		wrong(r, CONF_GONE, text);
	}
}

static struct span
word_of(const struct source *s)
{
	return (struct span){ s->words.word, s->words.n };
}

/* The next token that is no error; WORDS_END too where the rest cannot be read. */
static enum words_token
next(struct reader *r)
{
	struct source *s = r->at;
	enum words_token token;

	while ((token = words_next(&s->words)) == WORDS_LONG)
		wrong_word(r, word_of(s), "is longer than any word can be");
	if (token == WORDS_NUL)
		wrong(r, CONF_WRONG, "has a NUL: this is no text");
	if (token == WORDS_FAILED)
		wrong(r, CONF_GONE, strerror(errno));
	if (token == WORDS_WORD || token == WORDS_LINE)
		return token;
	if (token == WORDS_END && s->words.cut)
		r->c->cut = r->c->file[s->file].path;
	return WORDS_END;
}

/* Reads it by `what', which takes all of its tokens. */
static void
read_file(struct reader *r, const char *path, void (*what)(struct reader *, add_word),
    add_word add)
{
	struct source s = { .by = r->at };
	struct conf_file *file;
	const char *why;

	if (!add_file(r, path))
		return;
	s.file = (uint32_t)r->c->files - 1;
	file = &r->c->file[s.file];
	r->at = &s;
	s.words.f = cli_try_file(path, &why);
	if (s.words.f == NULL)
		cannot_open(r, why);
	else if (fstat(fileno(s.words.f), &file->was) < 0)
		cannot_open(r, strerror(errno));
	else {
		s.words.line = 1;
		what(r, add);
	}
	if (s.words.f != NULL)
		fclose(s.words.f);
	r->at = s.by;
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
	enum words_token token;

	while ((token = next(r)) != WORDS_END) {
		if (token == WORDS_LINE) {
			words = 0;
			continue;
		}
		named = words++ == 0 ? directive(s->words.word) < DIRECTIVE_COUNT : named;
		if (s->words.word[0] == '/')
			wrong_word(r, word_of(s), "is a file in a file, which is not followed");
		else if (named && words == 2)
			wrong_word(r, word_of(s), "stands behind a word of relay.conf: this is no list");
		else
			add(r, word_of(s));
	}
}

/* A path that does not begin with a slash is meant beside the configuration. */
static void
read_named(struct reader *r, add_word add)
{
	const char *conf = r->c->file[0].path, *slash = strrchr(conf, '/');
	const char *word = r->at->words.word;
	int folder = word[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - conf);
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%.*s%s", folder, conf, word);

	if (n < 0 || n >= PATH_MAX)
		wrong_word(r, word_of(r->at), "is longer than a path can be");
	else
		read_file(r, path, read_list, add);
}

static bool
is_path(const char *word)
{
	return word[0] == '/' || strncmp(word, "./", 2) == 0 || strncmp(word, "../", 3) == 0;
}

/* The rest of a line that begins with directive i; what ended it. */
static enum words_token
read_words(struct reader *r, size_t i)
{
	struct source *s = r->at;
	enum words_token token;
	bool any = false;

	for (; (token = next(r)) == WORDS_WORD; any = true) {
		if (i == DIRECTIVE_COUNT)
			continue;
		if (DIRECTIVES[i].list && is_path(s->words.word))
			read_named(r, DIRECTIVES[i].add);
		else
			DIRECTIVES[i].add(r, word_of(s));
	}
	if (!any && i < DIRECTIVE_COUNT && !DIRECTIVES[i].list)
		wrong(r, CONF_WRONG, "hostname: has no name behind it");
	return token;
}

static void
read_conf(struct reader *r, add_word none)
{
	struct source *s = r->at;
	enum words_token token;

	(void)none;
	while ((token = next(r)) != WORDS_END) {
		size_t i;

		if (token == WORDS_LINE)
			continue;
		i = directive(s->words.word);
		if (i == DIRECTIVE_COUNT)
			wrong_word(r, word_of(s), strncmp(s->words.word, "\xef\xbb\xbf", 3) == 0 ?
			    "begins with a byte order mark, which is to go" :
			    "a line begins with internal, domains, self or hostname");
		if (read_words(r, i) == WORDS_END)
			break;
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
