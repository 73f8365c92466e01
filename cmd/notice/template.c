/* SPDX-License-Identifier: ISC */
#include "cmd/notice/template.h"
#include "common/clean.h"

#include <string.h>
#include <strings.h>

static const char *const WORDS[WORD_NONE] = {
	"Infected", "Banned", "Size", "Encrypted", "Unscanned", "Odd", "Nameless",
};

/* A line of text in turn, without its newline; false after the last. */
static bool
next_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	line->p = rest->p;
	line->n = end == NULL ? rest->n : (size_t)(end - rest->p);
	rest->p += line->n + (end != NULL);
	rest->n -= line->n + (end != NULL);
	return true;
}

/* What stands next in a line. */
enum piece {
	PIECE_END, PIECE_TEXT, PIECE_KEY, PIECE_OPEN, PIECE_NO_KEY, PIECE_NOTHING
};

/* The piece at *at; text: its bytes, or the name of its key. */
static enum piece
next_piece(struct span line, size_t *at, struct span *text, enum value_key *key)
{
	const char *p = line.p + *at, *brace;
	size_t n = line.n - *at;

	if (n == 0)
		return PIECE_END;
	if (p[0] != '{' || (n > 1 && p[1] == '{')) {
		brace = memchr(p + 1, '{', n - 1);
		text->p = p;
		text->n = p[0] == '{' ? 1 : brace == NULL ? n : (size_t)(brace - p);
		*at += p[0] == '{' ? 2 : text->n;
		return PIECE_TEXT;
	}
	if ((brace = memchr(p, '}', n)) == NULL)
		return PIECE_OPEN;
	text->p = p + 1;
	text->n = (size_t)(brace - p) - 1;
	*at += text->n + 2;
	*key = value_key(*text);
	return text->n == 0 ? PIECE_NOTHING : *key == VALUE_UNKNOWN ? PIECE_NO_KEY : PIECE_KEY;
}

/* --- reading ----------------------------------------------------------------------- */

static bool
wrong(struct template_error *e, const char *what)
{
	e->what = what;
	return false;
}

/* Is a text one that can be filled?  without: keys that it may not ask for. */
static bool
check(struct span line, const char *without, struct template_error *e)
{
	struct span text = { "", 0 };
	enum value_key key = VALUE_UNKNOWN;
	enum piece piece;
	size_t at = 0;

	while ((piece = next_piece(line, &at, &text, &key)) != PIECE_END) {
		if (piece == PIECE_OPEN)
			return wrong(e, "a { without its }; a brace is written {{");
		if (piece == PIECE_TEXT || piece == PIECE_NOTHING ||
		    (piece == PIECE_KEY && strchr(without, (int)key + 1) == NULL))
			continue;
		for (size_t i = 0; i < text.n && i < RECORD_KEYMAX; i++)
			e->key[i] = text.p[i] > ' ' && text.p[i] <= '~' ? text.p[i] : '?';
		return wrong(e, piece == PIECE_NO_KEY ? "no such placeholder" :
		    "a placeholder that cannot stand here");
	}
	return true;
}

/* The line is clean, without blanks at its end; appended to what was read. */
static bool
take_line(struct template *t, struct span line, struct template_error *e)
{
	char *to = t->text + t->n;

	while (line.n > 0 && strchr(" \t\r", line.p[line.n - 1]) != NULL &&
	    line.p[line.n - 1] != '\0')
		line.n--;
	memcpy(to, line.p, line.n);
	if (clean_text(to, line.n) != line.n || memcmp(to, line.p, line.n) != 0)
		return wrong(e, "a character that is not shown, or that is not UTF-8");
	t->n += line.n;
	t->text[t->n++] = '\n';
	return true;
}

static bool
clean_lines(struct template *t, struct span text, struct template_error *e)
{
	struct span line;

	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0) {
		text.p += 3;
		text.n -= 3;
	}
	/* the last line may have no newline, and gets one */
	if (text.n >= TEMPLATE_MAX)
		return wrong(e, "longer than 64 KiB");
	for (e->line = 1; next_line(&text, &line); e->line++)
		if (!take_line(t, line, e))
			return false;
	return true;
}

static bool
is_name(struct span name, const char *word)
{
	return strlen(word) == name.n && strncasecmp(name.p, word, name.n) == 0;
}

static bool
take_words(struct template *t, struct span name, struct span text, struct template_error *e)
{
	static const char NOT_WHAT[] = { VALUE_WHAT + 1, '\0' };
	static const char NEITHER[] = { VALUE_WHAT + 1, VALUE_NAME + 1, '\0' };
	int w = 0;

	while (w < WORD_NONE && !is_name(name, WORDS[w]))
		w++;
	if (w == WORD_NONE)
		return wrong(e, "no such word in a head; an empty line ends it");
	if (t->wordcount == TEMPLATE_WORDS)
		return wrong(e, "too many lines like this");
	t->words[t->wordcount].word = (enum template_word)w;
	t->words[t->wordcount++].text = text;
	return check(text, w == WORD_NAMELESS ? NEITHER : NOT_WHAT, e);
}

static bool
take_field(struct template *t, struct span line, struct template_error *e)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct span name, text, *to = NULL;

	if (colon == NULL)
		return wrong(e, "no `Word: text', and an empty line ends the head");
	name = (struct span){ line.p, (size_t)(colon - line.p) };
	text = (struct span){ colon + 1, line.n - name.n - 1 };
	while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t')) {
		text.p++;
		text.n--;
	}
	if (text.n == 0)
		return wrong(e, "nothing behind the colon");
	if (is_name(name, "Subject"))
		to = &t->subject;
	else if (is_name(name, "Charset"))
		to = &t->charset;
	if (to == NULL)
		return take_words(t, name, text, e);
	if (to->n > 0)
		return wrong(e, "there was one already");
	*to = text;
	return to == &t->charset || check(text, "", e);
}

bool
template_read(struct template *t, const char *p, size_t n, struct template_error *e)
{
	struct span rest, line = { "", 0 };

	memset(e, 0, sizeof *e);
	t->n = t->wordcount = 0;
	t->subject = t->charset = t->body = (struct span){ "", 0 };
	if (!clean_lines(t, (struct span){ p, n }, e))
		return false;
	rest = (struct span){ t->text, t->n };
	for (e->line = 1; next_line(&rest, &line) && line.n > 0; e->line++)
		if (line.p[0] != '#' && !take_field(t, line, e))
			return false;
	if (t->subject.n == 0)
		return wrong(e, "no Subject before the first empty line");
	t->body = rest;
	for (e->line++; next_line(&rest, &line); e->line++)
		if (!check(line, "", e))
			return false;
	return true;
}

/* --- filling ----------------------------------------------------------------------- */

/* Those that are asked in turn. */
struct chain {
	const struct values *from[2];
	size_t n;
};

static void
put(struct text *out, const char *p, size_t n)
{
	if (n > out->size - out->n)
		n = out->size - out->n;
	if (n > 0)
		memcpy(out->p + out->n, p, n);
	out->n += n;
}

static void
put_filled(struct text *out, struct span line, const struct chain *c)
{
	struct span text = { "", 0 };
	enum value_key key = VALUE_UNKNOWN;
	enum piece piece;
	const char *value;
	size_t at = 0;

	while ((piece = next_piece(line, &at, &text, &key)) != PIECE_END &&
	    piece != PIECE_OPEN) {
		if (piece == PIECE_TEXT)
			put(out, text.p, text.n);
		if (piece != PIECE_KEY)
			continue;
		value = value_of(c->from, c->n, key);
		put(out, value, strlen(value));
	}
}

static bool
lacks(struct span line, const struct chain *c)
{
	struct span text = { "", 0 };
	enum value_key key = VALUE_UNKNOWN;
	enum piece piece;
	size_t at = 0;

	while ((piece = next_piece(line, &at, &text, &key)) != PIECE_END &&
	    piece != PIECE_OPEN)
		if (piece == PIECE_KEY && value_of(c->from, c->n, key)[0] == '\0')
			return true;
	return false;
}

/* What the message says, and for what it does not the first entry. */
static struct chain
for_all(const struct filling *f)
{
	return (struct chain){ { &f->all, &f->entry[0] }, f->entries > 0 ? 2 : 1 };
}

static struct chain
for_entry(const struct filling *f, size_t i)
{
	return (struct chain){ { &f->entry[i], &f->all }, 2 };
}

/* The first line for this word in which nothing lacks, as the value of key. */
static void
word_for(const struct template *t, enum template_word word, struct values *v,
    enum value_key key, const struct values *all)
{
	struct chain c = { { v, all }, 2 };
	char room[2 * VALUE_MAX];
	struct text out = { room, 0, sizeof room };

	for (size_t i = 0; i < t->wordcount && out.n == 0; i++)
		if (t->words[i].word == word && !lacks(t->words[i].text, &c))
			put_filled(&out, t->words[i].text, &c);
	if (out.n > 0)
		value_set(v, key, out.p, out.n);
}

static enum template_word
word_of_verdict(const struct values *v)
{
	const char *verdict = v->text[VALUE_VERDICT];

	if (strcmp(verdict, "infected") == 0)
		return WORD_INFECTED;
	if (strcmp(verdict, "banned") == 0)
		return strcmp(v->text[VALUE_WHY], "size") == 0 ? WORD_SIZE : WORD_BANNED;
	if (strcmp(verdict, "odd") == 0)
		return WORD_ODD;
	if (strcmp(verdict, "unscanned") != 0)
		return WORD_NONE;
	return strcmp(v->text[VALUE_WHY], "encrypted") == 0 ? WORD_ENCRYPTED : WORD_UNSCANNED;
}

/* One of them, what is given in it untouched. */
static void
words_of(const struct template *t, struct values *v, const struct values *given,
    const struct values *all)
{
	enum template_word word = word_of_verdict(v);
	char plain[2 * VALUE_SHORT];

	memcpy(v->text[VALUE_NAME], given->text[VALUE_NAME], sizeof v->text[0]);
	memcpy(v->text[VALUE_WHAT], given->text[VALUE_WHAT], sizeof v->text[0]);
	if (v->text[VALUE_NAME][0] == '\0' && v->text[VALUE_PART][0] != '\0')
		word_for(t, WORD_NAMELESS, v, VALUE_NAME, all);
	if (v->text[VALUE_WHAT][0] != '\0' || v->text[VALUE_VERDICT][0] == '\0')
		return;
	word_for(t, word, v, VALUE_WHAT, all);
	if (v->text[VALUE_WHAT][0] == '\0') {
		size_t n = strlen(v->text[VALUE_VERDICT]);

		memcpy(plain, v->text[VALUE_VERDICT], n);
		value_set(v, VALUE_WHAT, plain, n);
	}
}

void
template_words(const struct template *t, struct filling *f, const struct filling *given)
{
	words_of(t, &f->all, &given->all, &f->all);
	for (size_t i = 0; i < f->entries; i++)
		words_of(t, &f->entry[i], &given->entry[i], &f->all);
}

static bool
marked(struct span *line, char mark)
{
	if (line->n < 2 || line->p[0] != mark || line->p[1] != ' ')
		return false;
	line->p += 2;
	line->n -= 2;
	return true;
}

/* An empty line only between two others. */
static void
put_line(struct text *out, struct span line, const struct chain *c)
{
	size_t start = out->n;

	if (marked(&line, '?') && lacks(line, c))
		return;
	put_filled(out, line, c);
	while (out->n > start && (out->p[out->n - 1] == ' ' || out->p[out->n - 1] == '\t'))
		out->n--;
	if (out->n > start || (start > 1 && out->p[start - 2] != '\n'))
		put(out, "\n", 1);
}

/* Lines with a plus, from line on: for each entry all of them. */
static void
put_list(struct text *out, struct span line, struct span *rest, const struct filling *f)
{
	struct span from = { line.p, line.n + 1 + rest->n }, lines, next = *rest;

	while (next_line(&next, &line) && marked(&line, '+'))
		*rest = next;
	from.n -= rest->n;
	for (size_t i = 0; i < f->entries; i++) {
		struct chain c = for_entry(f, i);

		for (lines = from; next_line(&lines, &line) && marked(&line, '+'); )
			put_line(out, line, &c);
	}
}

void
template_subject(const struct template *t, const struct filling *f, struct text *out)
{
	struct chain c = for_all(f);

	put_filled(out, t->subject, &c);
}

void
template_body(const struct template *t, const struct filling *f, struct text *out)
{
	struct chain c = for_all(f);
	struct span rest = t->body, line, bare;
	size_t start = out->n;

	while (next_line(&rest, &line) && out->n < out->size) {
		bare = line;
		if (marked(&bare, '+'))
			put_list(out, line, &rest, f);
		else
			put_line(out, line, &c);
	}
	while (out->n > start + 1 && out->p[out->n - 1] == '\n' && out->p[out->n - 2] == '\n')
		out->n--;
}
