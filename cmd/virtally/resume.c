/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/resume.h"
#include "cmd/virtally/progress.h"

#include <err.h>

enum { LONGER_MAX = 8 };

/* What the marks say of a log. */
struct search {
	const struct logmark *at;	/* the farthest that has it; NULL: none */
	const struct logmark *longer[LONGER_MAX];
	size_t nlonger;		/* marks of which it may be the beginning */
};

/* False: an error, or it was no file that can be read twice. */
static bool
search(struct search *s, const struct logs *l, struct input *in)
{
	const struct span head = input_head(in);
	const struct logmark *m = NULL;
	bool moved = false;

	while ((m = logs_find(l, head, m)) != NULL) {
		if (moved && !input_rewind(in))
			return false;
		moved = true;
		if (input_skip(in, m->offset)) {
			if (input_tail(in) == m->tail) {
				s->at = m;
				return true;
			}
		} else if (!input_good(in))
			return false;
		else if (m->nhead == LOGS_PRINT && s->nlonger < LONGER_MAX)
			s->longer[s->nlonger++] = m;
	}
	return !moved || s->nlonger > 0 || input_rewind(in);
}

static void
to_end(struct input *in)
{
	struct span lines;

	while (input_lines(in, &lines))
		progress_tick(input_done(in));
}

static bool
own(const struct logmark *m, const struct stat *st)
{
	return m != NULL && m->device == st->st_dev && m->inode == st->st_ino;
}

enum prefix { YES, NO, UNKNOWN };

/*
 * Is what was read of `in' also in the file that a mark is of, if that is still there?  A
 * file that was cut has nothing to say about what it was.
 */
static enum prefix
is_prefix(const struct input *in, const struct logmark *m)
{
	struct stat st;
	struct input *other;
	enum prefix answer = UNKNOWN;

	if (m->inode == 0 || own(m, input_stat(in)) || stat(m->name, &st) < 0 ||
	    !S_ISREG(st.st_mode) || !own(m, &st) ||
	    (other = input_open(m->name)) == NULL)
		return UNKNOWN;
	if (input_skip(other, input_offset(in)))
		answer = input_tail(other) == input_tail(in) ? YES : NO;
	input_close(other);
	return answer;
}

static enum prefix
is_prefix_of_any(const struct search *s, const struct input *in)
{
	enum prefix answer = NO;

	for (size_t i = 0; i < s->nlonger; i++) {
		enum prefix one = is_prefix(in, s->longer[i]);

		if (one == YES)
			return YES;
		if (one == UNKNOWN)
			answer = UNKNOWN;
	}
	return answer;
}

/* It is shorter than a log that begins like it: an older copy, or it goes on differently. */
static enum resume
shorter(const struct search *s, struct input *in)
{
	enum prefix prefix;

	if (s->at == NULL && !input_rewind(in))
		return input_good(in) ? RESUME_OLDER : RESUME_LOST;
	to_end(in);
	prefix = is_prefix_of_any(s, in);
	if (prefix == YES || (prefix == UNKNOWN && !own(s->at, input_stat(in))))
		return RESUME_OLDER;
	if (!input_rewind(in))
		return RESUME_LOST;
	if (s->at == NULL)
		return RESUME_NEW;
	return input_skip(in, s->at->offset) ? RESUME_MORE : RESUME_LOST;
}

enum resume
resume(const struct logs *l, const char *name, struct input *in)
{
	struct search s = { 0 };

	if (search(&s, l, in)) {
		if (s.nlonger > 0)
			return shorter(&s, in);
		return s.at != NULL ? RESUME_MORE : RESUME_NEW;
	}
	if (input_good(in)) {
		progress_erase();
		warnx("%s: begins like a log that was counted; give it as a file", name);
	}
	return RESUME_LOST;
}
