/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/resume.h"
#include "cmd/virtally/progress.h"

#include <stdlib.h>

/* What the marks say of a log. */
struct search {
	const char *name;
	struct logknown *known;		/* owned, n of them, in order */
	size_t n;
	size_t nhere;			/* of these: not behind the end of the log */
	struct logplace at;		/* the last one that the log has; 0: its beginning */
	const struct logmark *mark;	/* a mark with that place, best the file's own; or NULL */
};

static bool
is_own(const struct logmark *m, const struct stat *st)
{
	return m->inode != 0 && m->device == st->st_dev && m->inode == st->st_ino;
}

static bool
is_last(const struct logknown *k)
{
	return k->place.offset == k->mark->offset;
}

static void
found(struct search *s, const struct logknown *k, const struct stat *st)
{
	bool better = s->mark == NULL || k->place.offset > s->at.offset ||
	    (is_last(k) && (s->mark->offset != s->at.offset || is_own(k->mark, st)));

	s->at = k->place;
	if (better)
		s->mark = k->mark;
}

/* False: an error. */
static bool
search(struct search *s, struct logs *l, struct input *in)
{
	const struct stat *st = input_stat(in);
	unsigned long long at = 0;
	uint64_t tail = 0;
	bool here = true;

	s->known = logs_known(l, input_head(in), &s->n);
	for (size_t i = 0; i < s->n; i++) {
		const struct logknown *k = &s->known[i];

		if (here && k->place.offset != at)
			here = input_tail_at(in, k->place.offset, &tail);
		at = k->place.offset;
		if (!here)
			continue;
		s->nhere = i + 1;
		if (tail == k->place.tail)
			found(s, k, st);
		else if (k->mark->differs == 0)
			k->mark->differs = at;
	}
	return input_good(in);
}

/* To a place that it has. */
static bool
go(struct input *in, unsigned long long offset)
{
	if (offset >= input_offset(in))
		return input_skip(in, offset);
	return input_rewind(in) && input_skip(in, offset);
}

static void
to_end(struct input *in, struct logpast *past)
{
	struct span lines;

	while (input_lines(in, &lines)) {
		input_pass(in, past);
		progress_tick(input_done(in));
	}
}

/* The places of a mark up to that one. */
static void
take_past(struct logpast *past, const struct search *s)
{
	past->n = 0;
	if (s->mark == NULL)
		return;
	*past = s->mark->past;
	while (past->n > 0 && past->at[past->n - 1].offset >= s->at.offset)
		past->n--;
	logs_pass(past, s->at.offset, s->at.tail);
}

enum prefix { YES, NO, UNKNOWN };

/*
 * Is a log that ends so the beginning of the file that a mark is of?  A file that was cut
 * has nothing to say about what it was.
 */
static enum prefix
is_prefix(const struct logplace *end, const struct logmark *m, const struct stat *own)
{
	struct stat st;
	struct input *other;
	enum prefix answer = UNKNOWN;
	uint64_t tail;

	if (m->differs > 0 || is_own(m, own))
		return NO;
	if (m->inode == 0 || stat(m->name, &st) < 0 || !S_ISREG(st.st_mode) || !is_own(m, &st) ||
	    (other = input_open(m->name)) == NULL)
		return UNKNOWN;
	if (input_tail_at(other, end->offset, &tail))
		answer = tail == end->tail ? YES : NO;
	if (answer != UNKNOWN && !(input_tail_at(other, m->offset, &tail) && tail == m->tail))
		answer = UNKNOWN;
	input_close(other);
	return answer;
}

static enum prefix
is_prefix_of_any(const struct search *s, const struct input *in, const struct logplace *end)
{
	enum prefix answer = NO;

	for (size_t i = s->nhere; i < s->n; i++) {
		const struct logknown *k = &s->known[i];
		enum prefix one = is_last(k) ? is_prefix(end, k->mark, input_stat(in)) : NO;

		if (one == YES)
			return YES;
		if (one == UNKNOWN)
			answer = UNKNOWN;
	}
	return answer;
}

static enum resume
older(const struct search *s, struct input *in, struct logpast *past)
{
	if (!go(in, s->at.offset))
		return input_good(in) ? RESUME_NOTHING : RESUME_LOST;
	to_end(in, past);
	return RESUME_OLDER;
}

/* Up to where what is behind the place may have been counted as the bytes of a mark. */
static unsigned long long
counted(const struct search *s, unsigned long long end)
{
	unsigned long long to = s->at.offset;

	for (size_t i = 0; i < s->n; i++) {
		const struct logmark *m = s->known[i].mark;
		unsigned long long until = m->differs > 0 ? m->differs : m->offset;

		if (until > to)
			to = until;
	}
	return to < end ? to : end;
}

static void
say_again(const struct search *s, unsigned long long end, enum prefix prefix)
{
	unsigned long long again = counted(s, end) - s->at.offset;

	if (prefix == UNKNOWN)
		progress_warn(s->name, "begins like a log of which more was counted, and which is"
		    " not there to be compared: up to %llu bytes are counted again",
		    end - s->at.offset);
	else if (again > 0)
		progress_warn(s->name, "has lost its end, or goes on in another way: up to %llu"
		    " bytes are counted again", again);
}

static enum resume
decide(const struct search *s, struct input *in, bool later, struct logpast *past)
{
	const bool goes_on = s->mark != NULL && s->mark->offset == s->at.offset &&
	    is_own(s->mark, input_stat(in));
	struct logplace end = { .offset = UINT64_MAX };
	enum prefix prefix = NO;

	if (s->nhere < s->n) {
		if (!input_all(in, &end))
			return RESUME_LOST;
		if (end.offset == s->at.offset)
			return older(s, in, past);
		prefix = is_prefix_of_any(s, in, &end);
		if (prefix == YES)
			return older(s, in, past);
		if (prefix == UNKNOWN && !goes_on && later && S_ISREG(input_stat(in)->st_mode))
			return RESUME_LATER;
	}
	if (!go(in, s->at.offset)) {
		if (input_good(in))
			progress_warn(s->name,
			    "begins like a log that was counted; give it as a file");
		return RESUME_LOST;
	}
	if (!goes_on)
		say_again(s, end.offset, prefix);
	return s->at.offset > 0 ? RESUME_MORE : RESUME_NEW;
}

enum resume
resume(struct logs *l, const char *name, struct input *in, bool later, struct logpast *past)
{
	struct search s = { .name = name };
	enum resume answer = RESUME_LOST;

	if (search(&s, l, in)) {
		take_past(past, &s);
		answer = decide(&s, in, later, past);
	}
	free(s.known);
	return answer;
}
