/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/conversions.h"
#include "cmd/mimesplit/clause.h"
#include "cmd/mimesplit/overlap.h"
#include "common/fieldtext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNS_GROW = 3 };	/* what is folded may become that much longer */

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

/* An entry may begin here; false: there are too many, or no memory. */
static bool
begin_entry(struct parser *p)
{
	if (p->open)
		return true;
	if (p->c->entries == CONVERSIONS_ENTRIES) {
		parser_complain(p, (struct span){ "", 0 }, "more than 256 entries");
		return false;
	}
	if (p->c->entries == p->room) {
		struct conversion *e = reallocarray(p->c->entry, 2 * p->room + 2, sizeof *e);

		if (e == NULL) {
			p->no_memory = true;
			return false;
		}
		p->c->entry = e;
		p->room = 2 * p->room + 2;
	}
	p->open = true;
	p->spoilt = false;
	p->actions = 0;
	*current(p) = (struct conversion){ .line = p->line };
	return true;
}

static void
end_entry(struct parser *p)
{
	unsigned long here = p->line;

	if (!p->open)
		return;
	p->line = current(p)->line;
	if (p->actions == 0 && !p->spoilt)
		parser_complain(p, (struct span){ "", 0 },
		    "the entry that begins here has no command= and no delete=1");
	p->line = here;
	if (!p->spoilt)
		p->c->entries++;
	p->open = false;
}

static const char COMMENT[] = "holds a comment: one begins in column 1";

/* What stands in quotes, \\" for a quote in it; false: they do not end. */
static bool
unquote(struct parser *p, struct span line, size_t *i, struct span *value)
{
	*value = (struct span){ p->value, 0 };
	for (; *i < line.n && line.p[*i] != '"'; ++*i) {
		if (line.p[*i] == '\\' && *i + 1 < line.n && line.p[*i + 1] == '"')
			++*i;
		if (value->n < sizeof p->value)
			p->value[value->n++] = line.p[*i];
	}
	return (*i)++ < line.n;
}

/* Why what stands there without quotes is no value; NULL: it is one. */
static const char *
no_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '!' && i > 0 && blank(s.p[i - 1]))
			return COMMENT;
		if (s.p[i] == '"')
			return "has a \" inside its value";
	}
	return NULL;
}

/*
 * The value at *i, moved to the semicolon behind it or the end of the line.
 * NULL, or what is wrong.
 */
static const char *
read_value(struct parser *p, struct span line, size_t *i, struct span *value)
{
	bool quoted = *i < line.n && line.p[*i] == '"';
	size_t start = *i += quoted;

	if (quoted) {
		if (!unquote(p, line, i, value))
			return "lacks the \" that ends its value";
		while (*i < line.n && blank(line.p[*i]))
			++*i;
	} else {
		while (*i < line.n && line.p[*i] != ';')
			++*i;
		*value = fieldtext_trim((struct span){ line.p + start, *i - start });
	}
	if (value->n > CONVERSIONS_VALUE)
		return "has a value of more than 1000 bytes";
	if (!quoted)
		return no_value((struct span){ line.p + start, *i - start });
	if (*i == line.n || line.p[*i] == ';')
		return NULL;
	return line.p[*i] == '!' ? COMMENT : "has something behind its value: a ; is missing";
}

/* One clause at *i, moved behind its semicolon; false: there was none behind it. */
static bool
read_clause(struct parser *p, struct span line, size_t *i)
{
	size_t start = *i;
	struct span word, value;
	const char *wrong;

	while (*i < line.n && line.p[*i] != '=' && line.p[*i] != ';')
		++*i;
	word = fieldtext_trim((struct span){ line.p + start, *i - start });
	if (word.n > 0 && word.p[0] == '!') {
		parser_complain(p, (struct span){ "", 0 }, COMMENT);
		*i = line.n;
	} else if (*i == line.n || line.p[*i] == ';') {
		parser_complain(p, word, "is no clause: name=value;");
	} else {
		for (++*i; *i < line.n && blank(line.p[*i]); )
			++*i;
		if ((wrong = read_value(p, line, i, &value)) != NULL)
			parser_complain(p, word, wrong);
		else
			clause_take(p, word, value);
		if (wrong == COMMENT)
			*i = line.n;
	}
	while (*i < line.n && line.p[*i] != ';')	/* of what was told to be wrong */
		++*i;
	return (*i)++ < line.n;
}

static bool
has_control(struct span s)
{
	for (size_t k = 0; k < s.n; k++)
		if (((unsigned char)s.p[k] < ' ' && s.p[k] != '\t' && s.p[k] != '\r') ||
		    s.p[k] == 0x7f)
			return true;
	return false;
}

/* One without its continuations. */
static void
read_line(struct parser *p, struct span line)
{
	size_t i = 0;

	line = fieldtext_trim(line);
	if (line.n == 0) {
		end_entry(p);
		return;
	}
	if (!begin_entry(p))
		return;
	while (read_clause(p, line, &i)) {
		while (i < line.n && blank(line.p[i]))
			i++;
		if (i >= line.n)
			return;		/* it goes on in the next line */
	}
	end_entry(p);
}

/* What was joined is a line, where it began. */
static void
read_joined(struct parser *p)
{
	unsigned long here = p->line;

	if (p->from == 0)
		return;
	p->line = p->from;
	p->from = 0;
	read_line(p, (struct span){ p->joined, p->njoined });
	p->line = here;
}

static void
join(struct parser *p, struct span s)
{
	if (p->from == 0) {
		p->from = p->line;
		p->njoined = 0;
	}
	memcpy(p->joined + p->njoined, s.p, s.n);
	p->njoined += s.n;
}

/* As it stands in the file; a \ at its end: it goes on in the next one. */
static void
take_line(struct parser *p, struct span line)
{
	struct span s = line;

	if (s.n > 0 && s.p[0] == '!')
		return;
	if (has_control(s)) {
		parser_complain(p, (struct span){ "", 0 }, "holds a control character");
		return;
	}
	while (s.n > 0 && fieldtext_blank(s.p[s.n - 1]))
		s.n--;
	if (s.n == 0) {
		read_joined(p);
		read_line(p, s);
		return;
	}
	if (s.p[s.n - 1] == '\\') {
		s.n--;
		join(p, s);
	} else if (p->from != 0) {
		join(p, s);
		read_joined(p);
	} else
		read_line(p, s);
}

/* A file that is no text of ours as a whole. */
static bool
is_file(struct parser *p, const char *text, size_t n)
{
	p->line = 1;
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		parser_complain(p, (struct span){ "", 0 }, "the file begins with a byte order mark: "
		    "save it without");
	if (n > CONVERSIONS_MAX) {
		for (size_t i = 0; i < CONVERSIONS_MAX; i++)
			p->line += text[i] == '\n';
		parser_complain(p, (struct span){ "", 0 }, "the file has more than 64 KiB");
	}
	return !p->wrong;
}

static void
read_file(struct parser *p, const char *text, size_t n)
{
	p->line = 0;
	for (size_t at = 0, len; at < n; at += len + 1) {
		const char *end = memchr(text + at, '\n', n - at);

		len = end == NULL ? n - at : (size_t)(end - (text + at));
		p->line++;
		take_line(p, (struct span){ text + at, len });
	}
	read_joined(p);
	end_entry(p);
	p->line += p->line == 0;
	if (p->c->entries == 0 && !p->wrong)
		parser_complain(p, (struct span){ "", 0 }, "the file ends without an entry: all would "
		    "pass; for the standard checks write command=multiscan");
}

int
conversions_parse(struct conversions *c, const char *p, size_t n,
    conversions_tell *tell, void *ctx)
{
	struct parser parser = { .c = c, .tell = tell, .ctx = ctx };

	*c = (struct conversions){ .word = { [TREAT_STANDARD] = "multiscan",
	    [TREAT_PASS] = "pass", [TREAT_DELETE] = "delete" } };
	if (!is_file(&parser, p, n))
		return 1;
	parser.sign_room = SIGNS_GROW * n + 64;
	c->signs = calloc(parser.sign_room, sizeof *c->signs);
	if (c->signs == NULL || (parser.joined = malloc(n + 1)) == NULL)
		return -1;
	read_file(&parser, p, n);
	fold_free(&parser.fold);
	free(parser.joined);
	if (parser.no_memory)
		return -1;
	if (!parser.wrong)
		overlap_find(c, tell, ctx);
	return parser.wrong;
}

void
conversions_free(struct conversions *c)
{
	free(c->entry);
	free(c->signs);
	*c = (struct conversions){ .entry = NULL };
}
