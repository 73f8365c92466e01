/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/show.h"
#include "cmd/virlog/fit.h"
#include "cmd/virlog/json.h"
#include "common/clean.h"
#include "common/logkind.h"

#include <string.h>

enum { HEAD = 7 };	/* members that each object begins with */

static const char *const head_names[HEAD] = { "time", "host", "tag", "level", "kind",
    "subject", "text" };
enum { TIME, HOST, TAG, LEVEL, KIND, SUBJECT, TEXT };

static const char RENAMED[] = "record_";

_Static_assert(sizeof LOGKIND_MARK - 1 <= SHOW_KEPT, "no mark is shown in two pieces");

/* Which characters are escaped, beyond those that are not seen and the backslash. */
enum where {
	PLAIN,			/* [ of the mark */
	QUOTED,			/* " */
	BEFORE			/* the mark of one of ours: { */
};

static void
put_escape(struct pen *out, unsigned char c)
{
	static const char HEX[] = "0123456789ABCDEF";
	char text[] = { '\\', 'x', HEX[c >> 4], HEX[c & 15] };

	pen_put(out, (struct span){ text, sizeof text });
}

static bool
is_mark(const char *p, size_t n)
{
	return n >= sizeof LOGKIND_MARK - 1 &&
	    memcmp(p, LOGKIND_MARK, sizeof LOGKIND_MARK - 1) == 0;
}

/* What is shown of p.  Returns how many bytes were used: all, or but the last few. */
static size_t
put_bytes(struct pen *out, const char *p, size_t n, bool end, enum where where)
{
	size_t i = 0;

	while (i < n && (end || n - i >= SHOW_KEPT)) {
		size_t len = clean_seen(p + i, n - i);

		if ((where == PLAIN && is_mark(p + i, n - i)) ||
		    (where == BEFORE && p[i] == '{'))
			len = 0;
		if (p[i] == '\\' || (where == QUOTED && p[i] == '"'))
			pen_say(out, "\\");
		if (len > 0)
			pen_put(out, (struct span){ p + i, len });
		else
			put_escape(out, (unsigned char)p[i]);
		i += len > 0 ? len : 1;
	}
	return i;
}

/* What has an escape in quotes, decoded; what has none is as it is. */
static void
put_value(struct pen *out, struct span v)
{
	char bytes[SHOW_LINE];

	if (v.n == 0 || memchr(v.p, '%', v.n) == NULL) {
		pen_put(out, v);
		return;
	}
	pen_say(out, "\"");
	put_bytes(out, bytes, record_decode(bytes, v), true, QUOTED);
	pen_say(out, "\"");
}

/* Where in a line text begins; n: nowhere. */
static size_t
find(const char *line, size_t n, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= n; i++)
		if (line[i] == text[0] && memcmp(line + i, text, len) == 0)
			return i;
	return n;
}

/* A piece of a line that is being read. */
static bool
take(struct span *rest, const char *text)
{
	size_t len = strlen(text);

	if (rest->n < len || memcmp(rest->p, text, len) != 0)
		return false;
	rest->p += len;
	rest->n -= len;
	return true;
}

/* All before the first end, which is taken too. */
static bool
take_until(struct span *rest, char end, struct span *got)
{
	const char *at = rest->n == 0 ? NULL : memchr(rest->p, end, rest->n);

	if (at == NULL)
		return false;
	*got = (struct span){ rest->p, (size_t)(at - rest->p) };
	rest->n -= got->n + 1;
	rest->p = at + 1;
	return true;
}

/* One word of a record, and no more? */
static bool
is_word(struct span key, struct span v)
{
	char word[SHOW_LINE + RECORD_KEYMAX + 1];
	struct pen p = { word, 0, sizeof word, false };

	pen_put(&p, key);
	pen_say(&p, "=");
	pen_put(&p, v);
	return !p.full && memchr(word, ' ', p.len) == NULL && record_valid(word, p.len);
}

static bool
is_subject(struct span v)
{
	return v.n > 0 && is_word((struct span){ "x", 1 }, v);
}

static bool
is_level(struct span v)
{
	return span_is(v, line_level_name(LINE_ALERT)) ||
	    span_is(v, line_level_name(LINE_WARNING)) ||
	    span_is(v, line_level_name(LINE_NOTICE)) ||
	    span_is(v, line_level_name(LINE_INFO));
}

/* LEVEL] SUBJECT TEXT KEY=VALUE ..., behind the mark; false: out is not to be used. */
static bool
put_text(struct pen *out, struct span rest)
{
	struct span level, subject;
	enum logkind kind;
	struct word w;
	size_t used, at = 0;

	if (!take_until(&rest, ']', &level) || !is_level(level) || !take(&rest, " ") ||
	    !take_until(&rest, ' ', &subject) || !is_subject(subject) ||
	    !logkind_find(rest.p, rest.n, &kind, &used))
		return false;
	pen_say(out, LOGKIND_MARK);
	pen_put(out, level);
	pen_say(out, "] ");
	put_value(out, subject);
	pen_say(out, " ");
	pen_put(out, (struct span){ rest.p, used });
	if (used == rest.n)
		return true;
	rest.p += used + 1;
	rest.n -= used + 1;
	if (!record_valid(rest.p, rest.n))
		return false;
	while (record_word(rest.p, rest.n, &at, &w)) {
		pen_say(out, " ");
		pen_put(out, w.key);
		pen_say(out, "=");
		put_value(out, w.value);
	}
	return true;
}

static bool
put_ours(struct pen *out, const char *line, size_t n)
{
	size_t mark = find(line, n, LOGKIND_MARK);
	struct span rest = { line + mark, n - mark };

	if (!take(&rest, LOGKIND_MARK))
		return false;
	put_bytes(out, line, mark, true, BEFORE);
	return put_text(out, rest);
}

static bool
take_string(struct span *rest, struct span *got)
{
	return take(rest, "\"") && take_until(rest, '"', got);
}

static bool
take_number(struct span *rest, struct span *got)
{
	*got = (struct span){ rest->p, 0 };
	while (got->n < rest->n && rest->p[got->n] >= '0' && rest->p[got->n] <= '9')
		got->n++;
	rest->p += got->n;
	rest->n -= got->n;
	return got->n > 0;
}

/* A value of this key, as json.c writes it, as a word. */
static bool
take_word(struct pen *text, struct span *rest, struct span key)
{
	bool string = take(rest, "\"");
	struct span v;

	if (string ? !take_until(rest, '"', &v) : !take_number(rest, &v))
		return false;
	pen_say(text, " ");
	pen_put(text, key);
	pen_say(text, "=");
	pen_put(text, v);
	return is_word(key, v) && string != json_number(key, v);
}

/* The values of an array: two at least, save of cut. */
static bool
take_array(struct pen *text, struct span *rest, struct span key)
{
	size_t n = 0;

	do {
		if (!take_word(text, rest, key))
			return false;
		n++;
	} while (take(rest, ","));
	return take(rest, "]") && (n > 1 || span_is(key, "cut"));
}

/* A member of an object, as the words that it was made of. */
static bool
take_member(struct pen *text, struct span *rest, struct span *key)
{
	bool renamed;

	if (!take_string(rest, key) || !take(rest, ":"))
		return false;
	renamed = take(key, RENAMED);
	if (renamed != json_renamed(*key))
		return false;
	if (take(rest, "["))
		return take_array(text, rest, *key);
	return !span_is(*key, "cut") && take_word(text, rest, *key);
}

/* Each name once, and cut is the last. */
static bool
take_members(struct pen *text, struct span *rest)
{
	struct span keys[FIT_WORDS + 1];
	size_t n = 0;

	while (take(rest, ",")) {
		if (n == FIT_WORDS + 1 || (n > 0 && span_is(keys[n - 1], "cut")) ||
		    !take_member(text, rest, &keys[n]))
			return false;
		for (size_t i = 0; i < n; i++)
			if (span_same(keys[i], keys[n]))
				return false;
		n++;
	}
	return take(rest, "}") && rest->n == 0;
}

/* A name, or a time, that is shown as it is. */
static bool
is_name(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || v.p[i] > '~' || strchr("[]{}\\\"", v.p[i]) != NULL)
			return false;
	return v.n > 0;
}

static bool
take_head(struct span *rest, struct span head[HEAD])
{
	enum logkind kind;
	size_t used;

	for (int i = 0; i < HEAD; i++)
		if (!take(rest, i == 0 ? "{\"" : ",\"") || !take(rest, head_names[i]) ||
		    !take(rest, "\":") || !take_string(rest, &head[i]))
			return false;
	for (int i = TIME; i <= TAG; i++)
		if (!is_name(head[i]))
			return false;
	return is_subject(head[SUBJECT]) &&
	    logkind_find(head[TEXT].p, head[TEXT].n, &kind, &used) &&
	    used == head[TEXT].n && span_is(head[KIND], logkind_name(kind));
}

/* An object, with what syslog has put before it: {TIME HOST TAG} and the line of text. */
static bool
put_object(struct pen *out, const char *line, size_t n)
{
	size_t begin = find(line, n, "{\"time\":\"");
	struct span rest = { line + begin, n - begin }, head[HEAD];
	char made[SHOW_LINE];
	struct pen text = { made, 0, sizeof made, false };

	if (find(line, begin, LOGKIND_MARK) < begin || !take_head(&rest, head))
		return false;
	put_bytes(out, line, begin, true, BEFORE);
	for (int i = TIME; i <= TAG; i++) {
		pen_say(out, i == TIME ? "{" : " ");
		pen_put(out, head[i]);
	}
	pen_say(out, "} ");
	pen_put(&text, head[LEVEL]);
	pen_say(&text, "] ");
	pen_put(&text, head[SUBJECT]);
	pen_say(&text, " ");
	pen_put(&text, head[TEXT]);
	return take_members(&text, &rest) && !text.full &&
	    put_text(out, (struct span){ made, text.len });
}

size_t
show_bytes(char *to, const char *p, size_t n, bool end, size_t *used)
{
	struct pen out = { to, 0, SHOW_ROOM, false };

	*used = put_bytes(&out, p, n, end, PLAIN);
	return out.len;
}

size_t
show_line(char *to, const char *line, size_t n)
{
	struct pen out = { to, 0, SHOW_ROOM, false };
	size_t used;

	if (put_object(&out, line, n))
		return out.len;
	out.len = 0;
	if (put_ours(&out, line, n))
		return out.len;
	return show_bytes(to, line, n, true, &used);
}
