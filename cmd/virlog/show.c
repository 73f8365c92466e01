/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/show.h"
#include "cmd/virlog/fit.h"
#include "common/clean.h"
#include "common/logkind.h"

#include <string.h>

enum {
	CHARACTER = 4,		/* bytes of one at the most */
	HEAD = 7		/* members that each object begins with */
};

static const char *const head_names[HEAD] = { "time", "host", "tag", "level", "kind",
    "subject", "text" };
enum { TIME, HOST, TAG, LEVEL, KIND, SUBJECT, TEXT };

static const char RENAMED[] = "record_";

/* The length of the character at p, if it is one that may be shown; else 0. */
static size_t
shown_length(const char *p, size_t n)
{
	char copy[CHARACTER];

	for (size_t len = 1; len <= CHARACTER && len <= n; len++) {
		memcpy(copy, p, len);
		if (clean_line(copy, len) == len && memcmp(copy, p, len) == 0)
			return len;
	}
	return 0;
}

static void
put_escape(struct pen *out, unsigned char c)
{
	static const char HEX[] = "0123456789ABCDEF";
	char text[] = { '\\', 'x', HEX[c >> 4], HEX[c & 15] };

	pen_put(out, (struct span){ text, sizeof text });
}

/* What is shown of p; quoted: it stands in quotes.  Returns how many bytes were used. */
static size_t
put_bytes(struct pen *out, const char *p, size_t n, bool end, bool quoted)
{
	size_t i = 0;

	while (i < n && (end || n - i >= CHARACTER)) {
		size_t len = shown_length(p + i, n - i);

		if (p[i] == '\\' || (quoted && p[i] == '"'))
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
	put_bytes(out, bytes, record_decode(bytes, v), true, true);
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

static bool
is_value(struct span v)
{
	char word[SHOW_LINE + 2] = "x=";

	memcpy(word + 2, v.p, v.n);
	return memchr(v.p, ' ', v.n) == NULL && record_valid(word, v.n + 2);
}

/* [ID ...] SUBJECT TEXT KEY=VALUE ...; false: it is none, and out is not to be used. */
static bool
put_ours(struct pen *out, const char *line, size_t n)
{
	size_t mark = find(line, n, LOGKIND_MARK), used, at = 0;
	struct span rest = { line + mark, n - mark }, level, subject;
	enum logkind kind;
	struct word w;

	if (!take(&rest, LOGKIND_MARK) || !take_until(&rest, ']', &level) ||
	    !take(&rest, " ") || !take_until(&rest, ' ', &subject) || subject.n == 0 ||
	    !is_value(subject) || !logkind_find(rest.p, rest.n, &kind, &used))
		return false;
	put_bytes(out, line, (size_t)(subject.p - line), true, false);
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

static bool
take_word(struct pen *text, struct span *rest, struct span key)
{
	struct span v;

	if (!take_string(rest, &v) && !take_number(rest, &v))
		return false;
	pen_say(text, " ");
	pen_put(text, key);
	pen_say(text, "=");
	pen_put(text, v);
	return true;
}

/* A member of an object, as the words that it was made of. */
static bool
take_member(struct pen *text, struct span *rest)
{
	struct span key;

	if (!take_string(rest, &key) || !take(rest, ":"))
		return false;
	take(&key, RENAMED);
	if (!take(rest, "["))
		return take_word(text, rest, key);
	do
		if (!take_word(text, rest, key))
			return false;
	while (take(rest, ","));
	return take(rest, "]");
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
	return logkind_find(head[TEXT].p, head[TEXT].n, &kind, &used) &&
	    used == head[TEXT].n && span_is(head[KIND], logkind_name(kind));
}

/* An object, with what syslog has put before it, as the line of text that it could be. */
static bool
make_text(struct pen *text, const char *line, size_t n)
{
	size_t begin = find(line, n, "{\"time\":\"");
	struct span rest = { line + begin, n - begin }, head[HEAD];

	if (!take_head(&rest, head))
		return false;
	if (begin > 0)
		pen_put(text, (struct span){ line, begin });
	for (int i = TIME; begin == 0 && i <= TAG; i++) {
		pen_put(text, head[i]);
		pen_say(text, i == TAG ? ": " : " ");
	}
	pen_say(text, LOGKIND_MARK);
	pen_put(text, head[LEVEL]);
	pen_say(text, "] ");
	pen_put(text, head[SUBJECT]);
	pen_say(text, " ");
	pen_put(text, head[TEXT]);
	while (take(&rest, ","))
		if (!take_member(text, &rest))
			return false;
	return take(&rest, "}") && rest.n == 0 && !text->full;
}

size_t
show_bytes(char *to, const char *p, size_t n, bool end, size_t *used)
{
	struct pen out = { to, 0, SHOW_ROOM, false };

	*used = put_bytes(&out, p, n, end, false);
	return out.len;
}

size_t
show_line(char *to, const char *line, size_t n)
{
	char made[SHOW_LINE];
	struct pen text = { made, 0, sizeof made, false };
	struct pen out = { to, 0, SHOW_ROOM, false };
	size_t used;

	if (make_text(&text, line, n) && put_ours(&out, made, text.len))
		return out.len;
	out.len = 0;
	if (put_ours(&out, line, n))
		return out.len;
	return show_bytes(to, line, n, true, &used);
}
