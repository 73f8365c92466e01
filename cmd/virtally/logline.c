/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/logline.h"
#include "cmd/virtally/postfix.h"
#include "cmd/virtally/rest.h"
#include "cmd/virtally/stamp.h"

#include <string.h>

enum { HOST_MAX = 255, TAG_MAX = 64, NUMBER_MAX = 20 };

static const struct span TOO_LARGE = { "too%20large", 11 };

/* The words that count beside those of the event; of each key the first does. */
struct values {
	struct span why, relay, state, action, suffix, heartbeat;
	bool acted;		/* something else than to let it pass was done */
};

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* Passes over digits, 1 to max of them. */
static bool
skip_digits(struct rest *r, size_t max)
{
	size_t n = rest_skip(r, REST_DIGIT).n;

	return n > 0 && n <= max;
}

/* Takes what is before the next blank, 1 to max bytes, and passes over the blank. */
static bool
take_word(struct rest *r, size_t max, struct span *word)
{
	*word = rest_skip(r, REST_WORD);
	return word->n > 0 && word->n <= max && SKIP_TEXT(r, " ");
}

/* --- the words ------------------------------------------------------------------------- */

static void
keep_first(struct span *to, struct span value)
{
	if (to->p == NULL)
		*to = value;
}

static void
keep_value(struct event *e, struct values *v, struct span key, struct span value)
{
	switch (key.n) {
	case 1:
		if (*key.p == 'n')
			keep_first(&e->number, value);
		return;
	case 2:
		if (memcmp(key.p, "id", 2) == 0)
			keep_first(&e->id, value);
		else if (memcmp(key.p, "do", 2) == 0) {
			keep_first(&v->action, value);
			v->acted = v->acted || !is(value, "pass");
		}
		return;
	case 3:
		if (memcmp(key.p, "set", 3) == 0)
			keep_first(&e->set, value);
		else if (memcmp(key.p, "why", 3) == 0)
			keep_first(&v->why, value);
		return;
	case 4:
		if (memcmp(key.p, "made", 4) == 0)
			keep_first(&e->made, value);
		return;
	case 5:
		if (memcmp(key.p, "stale", 5) == 0)
			keep_first(&e->stale, value);
		else if (memcmp(key.p, "relay", 5) == 0)
			keep_first(&v->relay, value);
		else if (memcmp(key.p, "state", 5) == 0)
			keep_first(&v->state, value);
		return;
	case 6:
		if (memcmp(key.p, "suffix", 6) == 0)
			keep_first(&v->suffix, value);
		return;
	case 9:
		if (memcmp(key.p, "heartbeat", 9) == 0)
			keep_first(&v->heartbeat, value);
		return;
	default:
		return;
	}
}

/* The event of a line of virlog's. */
static enum logline
our_event(struct event *e, enum logkind kind, struct span subject, const struct values *v)
{
	e->kind = (enum kind)kind;
	switch (kind) {
	case LOGKIND_VIRUS:
		if (!e->passed && is(v->heartbeat, "sent"))
			e->kind = KIND_HEARTBEAT;
		else
			e->name = subject;
		return LOGLINE_EVENT;
	case LOGKIND_SUFFIX:
		/* no suffix has a blank */
		e->name = v->suffix.p == NULL && is(v->why, "size") ? TOO_LARGE : subject;
		return LOGLINE_EVENT;
	case LOGKIND_UNSCANNED:
		e->passed = v->action.p != NULL && !v->acted;
		e->name = subject;
		return LOGLINE_EVENT;
	case LOGKIND_RELAY:
		e->name = v->why;
		return is(v->relay.p != NULL ? v->relay : subject, "reject") ? LOGLINE_EVENT :
		    LOGLINE_NONE;
	case LOGKIND_SIGNATURES:
		e->name = v->state;
		return LOGLINE_EVENT;
	case LOGKIND_ACTION:
		e->name = v->action.p != NULL ? v->action : subject;
		return LOGLINE_EVENT;
	case LOGKIND_CLEAN:
	case LOGKIND_OTHER:
		return LOGLINE_EVENT;
	default:
		e->name = subject;
		return LOGLINE_EVENT;
	}
}

/* Does the text that ends at p say so? */
static inline bool
passed(enum logkind kind, const char *p)
{
	return logkind_dealt(kind) && memcmp(p - 7, " passed", 7) == 0;
}

/* --- the form of 2002 ------------------------------------------------------------------ */

/* The words behind the text: as record_word, which is asked where a byte is coded. */
static bool
take_words(struct rest *r, struct event *e, struct values *v)
{
	const char *line = r->p;
	size_t n = (size_t)(r->end - line), at;
	struct word w;

	for (;;) {
		at = (size_t)(r->p - line);
		w.key = rest_skip(r, REST_KEY);
		if (w.key.n == 0 || w.key.n > RECORD_KEYMAX || !SKIP_TEXT(r, "="))
			return false;
		w.value = rest_skip(r, REST_VALUE);
		if (r->p < r->end && *r->p == '%') {
			at -= at > 0;	/* the blank before it */
			if (!record_word(line, n, &at, &w))
				return false;
			r->p = line + at;
		}
		keep_value(e, v, w.key, w.value);
		if (r->p == r->end)
			return true;
		if (!SKIP_TEXT(r, " "))
			return false;
	}
}

/* The text; most of all that of a virus. */
static inline bool
take_kind(struct rest *r, enum logkind *kind)
{
	struct rest virus = *r;
	size_t used;

	*kind = LOGKIND_VIRUS;
	if (SKIP_TEXT(&virus, "virus found and dealt") &&
	    (virus.p == virus.end || *virus.p == ' ')) {
		*r = virus;
		return true;
	}
	if (!logkind_find(r->p, (size_t)(r->end - r->p), kind, &used))
		return false;
	r->p += used;
	return true;
}

#ifdef __SSE2__

enum { MASKS = 5, QUICK_WORDS = 64 * MASKS };

/*
 * Which of the 64 bytes at p are not of a class?  Those from the end on are not;
 * REST_BLOCK bytes before it can be read.
 */
static inline uint64_t
ends_of(const char *p, const char *end, int class)
{
	uint64_t mask = 0;
	unsigned at = 0;

	if (end - p >= 64)
		return rest_ends(p, class) | (uint64_t)rest_ends(p + 16, class) << 16 |
		    (uint64_t)rest_ends(p + 32, class) << 32 |
		    (uint64_t)rest_ends(p + 48, class) << 48;
	for (; end - p >= REST_BLOCK; p += REST_BLOCK, at += REST_BLOCK)
		mask |= (uint64_t)rest_ends(p, class) << at;
	mask |= (uint64_t)(rest_ends(end - REST_BLOCK, class) >> (REST_BLOCK - (end - p))) << at;
	return mask | ~(uint64_t)0 << (at + (unsigned)(end - p));
}

/* The next bit from at on; there is one. */
static inline size_t
next_end(const uint64_t *mask, size_t at)
{
	size_t i = at / 64;
	uint64_t m = mask[i] >> at % 64;

	if (m != 0)
		return at + (size_t)__builtin_ctzll(m);
	while ((m = mask[++i]) == 0)
		;
	return i * 64 + (size_t)__builtin_ctzll(m);
}

/*
 * take_words, where all of them are short enough and as they stand.  False: it is otherwise;
 * what was kept is what take_words will keep.
 */
static bool
quick_words(struct rest *r, struct event *e, struct values *v)
{
	uint64_t keys[MASKS], values[MASKS];
	const char *p = r->p;
	size_t n = (size_t)(r->end - p), at, end;

	if (!r->block || n >= QUICK_WORDS)
		return false;
	for (at = 0; at <= n; at += 64) {
		keys[at / 64] = ends_of(p + at, r->end, REST_KEY);
		values[at / 64] = ends_of(p + at, r->end, REST_VALUE);
	}
	for (at = 0; ; at = end + 1) {
		size_t equals = next_end(keys, at);

		if (equals == at || equals - at > RECORD_KEYMAX || equals == n || p[equals] != '=')
			return false;
		end = next_end(values, equals + 1);
		if (end < n && p[end] != ' ')
			return false;
		keep_value(e, v, (struct span){ p + at, equals - at },
		    (struct span){ p + equals + 1, end - equals - 1 });
		if (end == n)
			return true;
	}
}

#else

static bool
quick_words(struct rest *r, struct event *e, struct values *v)
{
	(void)r;
	(void)e;
	(void)v;
	return false;
}

#endif

/* Behind LOGKIND_MARK: LEVEL] SUBJECT TEXT KEY=VALUE ... */
static enum logline
text_event(struct event *e, struct rest *r)
{
	struct values v = { 0 };
	struct span subject;
	enum logkind kind;

	(void)rest_skip(r, REST_SMALL);
	if (!SKIP_TEXT(r, "] ") || !take_word(r, LOGLINE_MAX, &subject) || !take_kind(r, &kind))
		return LOGLINE_STRANGE;
	e->passed = passed(kind, r->p);
	if (r->p < r->end) {
		r->p++;
		if (!quick_words(r, e, &v) && !take_words(r, e, &v))
			return LOGLINE_STRANGE;
	}
	return our_event(e, kind, subject, &v);
}

/* --- the form of virlog -j ------------------------------------------------------------- */

/* To the next quote, which ends a text: none of virlog's has one in it. */
static bool
take_text(struct rest *r, struct span *s)
{
	s->p = r->p;
	while (r->p < r->end && *r->p != '"' && *r->p != '\\' && *r->p >= ' ' && *r->p <= '~')
		r->p++;
	s->n = (size_t)(r->p - s->p);
	return SKIP_TEXT(r, "\"");
}

/* A value of a record, or what has as little in it. */
static bool
take_string(struct rest *r, struct span *s)
{
	return take_text(r, s) && memchr(s->p, ' ', s->n) == NULL;
}

static bool
take_scalar(struct rest *r, struct span *s)
{
	if (SKIP_TEXT(r, "\""))
		return take_string(r, s);
	s->p = r->p;
	if (!skip_digits(r, NUMBER_MAX))
		return false;
	s->n = (size_t)(r->p - s->p);
	return true;
}

/* "KEY":VALUE or "KEY":[VALUE,...], behind the first quote. */
static bool
take_member(struct rest *r, struct event *e, struct values *v)
{
	struct span key, value;
	bool many;

	if (!take_string(r, &key) || !SKIP_TEXT(r, ":"))
		return false;
	many = SKIP_TEXT(r, "[");
	do {
		if (!take_scalar(r, &value))
			return false;
		keep_value(e, v, key, value);
	} while (many && SKIP_TEXT(r, ","));
	return !many || SKIP_TEXT(r, "]");
}

/* Behind {"time":" */
static enum logline
json_event(struct event *e, struct rest *r)
{
	struct span time, host, tag, level, name, subject, text;
	struct values v = { 0 };
	enum logkind kind;
	size_t used;
	enum logline bad = e->stamp.n > 0 ? LOGLINE_STRANGE : LOGLINE_NONE;

	if (!take_string(r, &time) || !SKIP_TEXT(r, ",\"host\":\"") || !take_string(r, &host) ||
	    !SKIP_TEXT(r, ",\"tag\":\"") || !take_string(r, &tag) || host.n == 0 ||
	    host.n > HOST_MAX || tag.n == 0 || tag.n > TAG_MAX || time.n == 0 ||
	    stamp_length(time.p, time.n) != time.n)
		return bad;
	e->stamp = time;
	e->host = host;
	e->tag = tag;
	if (!SKIP_TEXT(r, ",\"level\":\"") || !take_string(r, &level) ||
	    !SKIP_TEXT(r, ",\"kind\":\"") || !take_string(r, &name) ||
	    !SKIP_TEXT(r, ",\"subject\":\"") || !take_string(r, &subject) ||
	    !SKIP_TEXT(r, ",\"text\":\"") || !take_text(r, &text))
		return LOGLINE_STRANGE;
	while (SKIP_TEXT(r, ",\""))
		if (!take_member(r, e, &v))
			return LOGLINE_STRANGE;
	if (!SKIP_TEXT(r, "}") || r->p != r->end || subject.n == 0 ||
	    !logkind_find(text.p, text.n, &kind, &used) || used != text.n ||
	    !is(name, logkind_name(kind)))
		return LOGLINE_STRANGE;
	e->passed = passed(kind, text.p + text.n);
	return our_event(e, kind, subject, &v);
}

/* --- what stands before ---------------------------------------------------------------- */

/* TAG[PID]: or TAG[PID] or TAG: or TAG, and a blank. */
static bool
take_tag(struct rest *r, struct span *tag)
{
	*tag = rest_skip(r, REST_TAG);
	if (tag->n == 0 || tag->n > TAG_MAX)
		return false;
	if (SKIP_TEXT(r, "[") && (!skip_digits(r, NUMBER_MAX) || !SKIP_TEXT(r, "]")))
		return false;
	(void)SKIP_TEXT(r, ":");
	return SKIP_TEXT(r, " ");
}

/* "<17>1 " or "<17>" or nothing; *fields: RFC 5424's stand behind the tag. */
static bool
skip_priority(struct rest *r, bool *fields)
{
	*fields = false;
	if (!SKIP_TEXT(r, "<"))
		return true;
	if (!skip_digits(r, 3) || !SKIP_TEXT(r, ">"))
		return false;
	*fields = SKIP_TEXT(r, "1 ");
	return true;
}

#ifdef __SSE2__

enum { QUICK = 3 * REST_BLOCK + 16 };

/*
 * What nearly each line has, HOST TAG[PID]: with a host and a tag of less than 16 bytes,
 * without a loop.  False: it is otherwise, and nothing was passed over.
 */
static inline bool
quick_prefix(struct event *e, struct rest *r)
{
	const char *p = r->p;
	unsigned m;
	size_t n = 0;

	if (r->end - p < QUICK || (m = rest_ends(p, REST_WORD)) == 0 || (m & 1) != 0)
		return false;
	e->host = (struct span){ p, (size_t)__builtin_ctz(m) };
	p += e->host.n + 1;
	if ((m = rest_ends(p, REST_TAG)) == 0 || (m & 1) != 0)
		return false;
	e->tag = (struct span){ p, (size_t)__builtin_ctz(m) };
	p += e->tag.n;
	if (*p == '[') {
		for (p++; p[n] >= '0' && p[n] <= '9' && n < 8; n++)
			;
		p += n;
		if (n == 0 || *p++ != ']')
			return false;
	}
	if (p[0] != ':' || p[1] != ' ')
		return false;
	r->p = p + 2;
	return true;
}

#else

static bool
quick_prefix(struct event *e, struct rest *r)
{
	(void)e;
	(void)r;
	return false;
}

#endif

static bool
take_prefix(struct event *e, struct rest *r)
{
	struct span word;
	bool fields;

	if (!skip_priority(r, &fields))
		return false;
	e->stamp = (struct span){ r->p, stamp_length(r->p, (size_t)(r->end - r->p)) };
	r->p += e->stamp.n;
	if (e->stamp.n == 0 || !SKIP_TEXT(r, " "))
		return false;
	if (!fields && quick_prefix(e, r))
		return true;
	if (!take_word(r, HOST_MAX, &e->host) || !take_tag(r, &e->tag))
		return false;
	if (!fields)
		return true;
	if (!take_word(r, TAG_MAX * 2, &word) || !take_word(r, TAG_MAX, &word) ||
	    !SKIP_TEXT(r, "- "))
		return false;
	(void)SKIP_TEXT(r, "\xef\xbb\xbf");	/* a byte order mark */
	return true;
}

/* What follows "postfix/" in the tag, of an instance "postfix-out/" too. */
static bool
postfix_program(struct span tag, struct span *program)
{
	const char *slash = tag.p + 7;

	if (tag.n < 8 || memcmp(tag.p, "postfix", 7) != 0 || (*slash != '/' && *slash != '-'))
		return false;
	if (*slash == '-' && (slash = memchr(slash, '/', tag.n - 7)) == NULL)
		return false;
	program->p = slash + 1;
	program->n = tag.n - (size_t)(program->p - tag.p);
	return true;
}

/* multiscan-heartbeat's line of a run that failed. */
static enum logline
heartbeat_event(struct event *e, struct rest *r)
{
	const char *word;

	if (!SKIP_TEXT(r, LOGKIND_MARK "err] heartbeat failed why="))
		return LOGLINE_NONE;
	for (word = r->p; r->p < r->end && *r->p >= 'a' && *r->p <= 'z'; )
		r->p++;
	e->kind = KIND_MISSED;
	e->name = (struct span){ word, (size_t)(r->p - word) };
	return e->name.n > 0 ? LOGLINE_EVENT : LOGLINE_NONE;
}

/* Not by memset, which costs more than the rest of many a line. */
static void
clear(struct event *e)
{
	static const struct span none = { NULL, 0 };

	e->kind = KIND_OTHER;
	e->passed = false;
	e->stamp = none;
	e->host = none;
	e->tag = none;
	e->name = none;
	e->id = none;
	e->number = none;
	e->set = none;
	e->made = none;
	e->stale = none;
	e->print = 0;
}

enum logline
logline_parse(struct event *e, const char *line, size_t n)
{
	struct span program;
	struct rest r;

	clear(e);
	/* What a lost end, or a cut beside a writer, leaves before the next line. */
	for (; n > 0 && *line == '\0'; n--)
		line++;
	if (n > LOGLINE_MAX)
		return LOGLINE_NONE;
	n -= n > 0 && line[n - 1] == '\r';
	r = (struct rest){ line, line + n, n >= REST_BLOCK };
	if (SKIP_TEXT(&r, "{\"time\":\""))
		return json_event(e, &r);
	if (!take_prefix(e, &r))
		return LOGLINE_NONE;
	if (postfix_program(e->tag, &program))
		return postfix_event(e, program, (struct span){ r.p, (size_t)(r.end - r.p) }) ?
		    LOGLINE_EVENT : LOGLINE_NONE;
	if (is(e->tag, "multiscan-heartbeat"))
		return heartbeat_event(e, &r);
	if (memchr(e->tag.p, '/', e->tag.n) != NULL)
		return LOGLINE_NONE;
	if (SKIP_TEXT(&r, LOGKIND_MARK))
		return text_event(e, &r);
	if (SKIP_TEXT(&r, "{\"time\":\""))
		return json_event(e, &r);
	return LOGLINE_NONE;
}
