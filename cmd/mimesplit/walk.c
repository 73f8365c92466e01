/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/walk.h"
#include "cmd/mimesplit/walking.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* Is the top entity's head to be read by this rule? */
static bool
head_rule(const struct walk *w, unsigned rule)
{
	return w->depth == 1 && (w->head_rules & rule) != 0;
}

/* Does an empty line end this head? */
static bool
ends_head(struct walk *w, struct entity *e)
{
	if (!head_rule(w, RULE_SKIP_EMPTY) || e->empty == EMPTY_SKIPPED)
		return true;
	e->empty = EMPTY_SKIPPING;
	return false;
}

static bool
all_blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t')
			return false;
	return n > 0;
}

static void
note_end(struct walk *w, const char *p, size_t len, size_t text)
{
	if (text == len)
		return;
	if (len - text == 2 && p[text] == '\r')
		w->crlf = true;
	else if (len - text == 1 && p[text] == '\n')
		w->lf = true;
	else
		w->bare_cr = true;
	if (w->crlf && w->lf)
		outline_defect(outline(w), DEFECT_MIXED_ENDS, top(w)->part);
}

/* Where the body may have begun already: what do the lines say since? */
static void
note_bad(struct walk *w, struct entity *e, const char *p, size_t n, bool more)
{
	e->fields |= w->headers.field;
	if ((w->headers.odd & (HEAD_BAD_LINE | HEAD_BLANK_LINE | HEAD_SPACE_COLON)) == 0)
		return;
	e->decides |= head_decides(p, n);
	if (more || !w->headers.field) {
		prose_feed(&e->after, p, n);
		prose_feed(&e->after, "\n", 1);
	}
}

/* A field whose name has blanks before its colon. */
static bool
space_colon(const char *p, size_t n)
{
	size_t namelen, skip = head_field_line(p, n, &namelen);

	return skip > namelen + 1;
}

/* One line of a head, or a piece of one. */
static void
head_step(struct walk *w, const char *p, size_t n)
{
	size_t len = walk_line_length(w, p, n), text;
	bool more = !w->line_start;
	struct entity *e = top(w);

	text = len = len == 0 ? n : len;
	while (text > 0 && (p[text - 1] == '\n' || p[text - 1] == '\r'))
		text--;
	note_end(w, p, len, text);
	if (memchr(p, '\r', text) != NULL)
		w->bare_cr = true;
	if (!more && text == 0 && ends_head(w, e)) {
		walk_advance(w, p, len);
		walk_begin_body(w, true);
		return;
	}
	if (!more && text == 0) {
		walk_advance(w, p, len);
		return;
	}
	if (e->empty == EMPTY_SKIPPING)
		e->empty = EMPTY_SKIPPED;
	if (head_rule(w, RULE_STOP_COLON) && !more && space_colon(p, text)) {
		walk_begin_body(w, true);
		return;
	}
	if (head_line(&w->headers, p, text, more) < 0)
		err(EXIT_RETRY, "memory");
	note_bad(w, e, p, text, more);
	if (head_rule(w, RULE_STOP_BAD) && (w->headers.odd & HEAD_BAD_LINE) != 0) {
		walk_begin_body(w, true);
		return;
	}
	walk_advance(w, p, len);
	if (head_rule(w, RULE_STOP_BLANKS) && !more && all_blank(p, text))
		walk_begin_body(w, true);
}

/* A "--" is at dash: by RULE_ANYWHERE, its line may be cut, and is a step's last. */
static const char *
dashes_end(const struct walk *w, const char *dash, const char *end)
{
	size_t len;

	if ((w->from.rules & RULE_ANYWHERE) == 0)
		return end;
	len = walk_line_length(w, dash, (size_t)(end - dash));
	return len == 0 ? end : dash + len;
}

/*
 * The bytes up to the next line that begins with "--": most of a body is not
 * looked at line by line.  dashes: where the first "--" is that is elsewhere in a
 * line, or n; by RULE_ANYWHERE they end with that line.
 */
static size_t
to_delimiter(struct walk *w, const char *p, size_t n, size_t *dashes)
{
	const char *end = p + n, *dash = p, *two = NULL;

	if (n > 1 && p[0] == '-' && p[1] == '-')
		end = dashes_end(w, two = p, end);
	while (++dash < end && (dash = memchr(dash, '-', (size_t)(end - dash))) != NULL) {
		if (two == NULL && dash + 1 < end && dash[1] == '-')
			end = dashes_end(w, two = dash, end);
		if (dash[-1] != '\n' && dash[-1] != '\r')
			continue;
		if (dash + 1 < end ? dash[1] != '-' : w->split->window.eof)
			continue;
		if (dash[-1] == '\n' || (w->from.rules & RULE_CR) != 0) {
			end = dash;
			break;
		}
		w->bare_cr = true;
	}
	*dashes = two == NULL ? n : (size_t)(two - p);
	return (size_t)(end - p);
}

static void
body_step(struct walk *w, const char *p, size_t n)
{
	struct entity *e = top(w);
	size_t have = n, dashes;

	if (w->boundaries->count > 0 || (e->state == PARTS && e->parts->boundaries == 0)) {
		n = to_delimiter(w, p, walk_foreseen(w, n), &dashes);
		if (dashes < n && (n = walk_within(w, p, dashes, n, have)) == 0)
			return;
	}
	if (e->state == LEAF)
		leaf_feed(w->leaf, p, n);
	else if (e->state == PARTS && e->parts->closed)
		prose_feed(&e->parts->after, p, n);
	else if (e->state == PARTS)
		prose_feed(&e->parts->before, p, n);
	walk_advance(w, p, n);
}

static void
run(struct walk *w)
{
	struct split *s = w->split;
	const char *p;
	long n;

	while ((n = window_look(&s->window, w->at, &p)) > 0) {
		if (w->whole && w->at > s->max_size) {
			outline_limit(&s->outline, LIMIT_SIZE, 0);
			walk_advance(w, p, (size_t)n);
			continue;
		}
		if (walk_delimiter(w, p, (size_t)n))
			continue;
		if (top(w)->state == HEAD) {
			if ((n = (long)walk_within_head(w, p, (size_t)n)) > 0)
				head_step(w, p, (size_t)n);
		} else
			body_step(w, p, (size_t)n);
	}
	if (n < 0)
		err(EXIT_RETRY, "the message");
	walk_pop_to(w, 0, false);
}

static void
begin(struct walk *w, struct split *s)
{
	w->split = s;
	w->line_start = true;
	w->boundaries = &s->boundaries;
	w->leaf = &s->leaf;
	head_init(&w->headers);
}

static void
end(struct walk *w)
{
	head_free(&w->headers);
	free(w->stack);
}

/* Does the message begin with lines that end in a CR and never in an LF? */
static bool
only_cr(struct split *s)
{
	const char *p;
	long n = window_look(&s->window, 0, &p);

	if (n < 0)
		err(EXIT_RETRY, "the message");
	return n > 0 && memchr(p, '\n', (size_t)n) == NULL &&
	    memchr(p, '\r', (size_t)n) != NULL;
}

void
walk_message(struct split *s)
{
	struct walk w = { .from = { .message = true }, .whole = true };

	begin(&w, s);
	w.from.rules = only_cr(s) ? RULE_CR : 0;
	walk_push_part(&w, 0);
	run(&w);
	if (w.bare_cr || w.from.rules != 0)
		outline_defect(&s->outline, DEFECT_BARE_CR, 0);
	if (w.bare_cr)
		reread_by(s, &w.from, 0, w.at, 0, RULE_CR, "cr");
	end(&w);
}

/* The body of a task: the part it is of stays as it is told. */
static void
begin_task_body(struct walk *w, const struct task *t)
{
	struct entity *e;

	if (t->is == KIND_LEAF || t->coding != TRANSFER_NONE)
		e = walk_push_part(w, t->of);
	else {
		e = walk_push(w, t->of);
		e->borrowed = true;
	}
	e->kind = (struct kind){ .is = t->is, .kinds = 1u << t->is,
	    .coding = t->coding, .codings = 1u << t->coding,
	    .digest = t->digest, .look = t->look, .plain = t->plain,
	    .slight = t->slight };
	if (t->boundary != NULL) {
		e->kind.boundary = calloc(1, offsetof(struct candidates, bytes) +
		    t->nboundary + 1);
		if (e->kind.boundary == NULL)
			err(EXIT_RETRY, "memory");
		e->kind.boundary->count = 1;
		e->kind.boundary->one[0].n = t->nboundary;
		memcpy(e->kind.boundary->bytes, t->boundary, t->nboundary);
	}
	walk_open_body(w);
}

void
walk_task(struct split *s, const struct task *t, int fd)
{
	struct walk w = { .from = { .message = t->message, .part = t->source,
	    .rules = t->rules & RULES_INHERITED }, .head_rules = t->rules,
	    .reading = t->reading, .of = t->of, .at = t->from };

	begin(&w, s);
	window_range(&s->window, fd, t->from, t->to);
	if (!split_room(s, t->of)) {
		end(&w);
		return;
	}
	if (t->body)
		begin_task_body(&w, t);
	else
		walk_push_part(&w, t->of);
	run(&w);
	if (w.bare_cr && (t->rules & RULE_CR) == 0) {
		struct task again = *t;

		again.rules |= RULE_CR;
		again.reading = "cr";
		split_add(s, &again);
	}
	end(&w);
}
