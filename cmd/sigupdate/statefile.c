/* SPDX-License-Identifier: ISC */
/* The file of what state.h says. */
#include "cmd/sigupdate/state.h"
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/say.h"
#include "common/cli.h"
#include "common/hex.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char FILE_NAME[] = ".state", FILE_NEW[] = ".state.new";

/* --- reading --------------------------------------------------------------------------- */

/* Each of these is true, and what it fills empty, where the line has no such word. */
static bool
get_text(struct span line, const char *key, char *to, size_t size)
{
	static char whole[RECORD_MAX];
	struct span v;
	size_t n;

	to[0] = '\0';
	if (!record_get(line.p, line.n, key, &v))
		return true;
	n = record_decode(whole, v);
	if (n >= size || memchr(whole, '\0', n) != NULL)
		return false;
	memcpy(to, whole, n);
	to[n] = '\0';
	return true;
}

static bool
get_id(struct span line, const char *key, unsigned char id[SHA256_BYTES])
{
	struct span v;

	memset(id, 0, SHA256_BYTES);
	if (!record_get(line.p, line.n, key, &v))
		return true;
	if (v.n != 2 * SHA256_BYTES)
		return false;
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		int high = hex(v.p[2 * i]), low = hex(v.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		id[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}

static bool
get_time(struct span line, const char *key, time_t *t)
{
	struct span v;

	*t = 0;
	return !record_get(line.p, line.n, key, &v) || manifest_when(v, t);
}

static bool
get_number(struct span line, const char *key, unsigned long long *n)
{
	struct span v;

	*n = 0;
	if (!record_get(line.p, line.n, key, &v))
		return true;
	if (v.n == 0 || v.n > 20)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		unsigned digit = (unsigned char)v.p[i] - (unsigned)'0';

		if (digit > 9 || *n > (ULLONG_MAX - digit) / 10)
			return false;
		*n = *n * 10 + digit;
	}
	return true;
}

static bool
get_name(struct span line, const char *key, char name[MANIFEST_NAME + 1])
{
	return get_text(line, key, name, MANIFEST_NAME + 1) &&
	    manifest_name((struct span){ name, strlen(name) });
}

static bool
get_why(struct span line, char why[FETCH_WHY])
{
	if (!get_text(line, "why", why, FETCH_WHY))
		return false;
	state_printable(why);
	return true;
}

static bool
read_source(struct state *s, struct span line)
{
	char name[MANIFEST_NAME + 1], url[STATE_URL];
	struct state_source *e;

	if (!get_name(line, "source", name) || !get_text(line, "url", url, sizeof url))
		return false;
	e = state_source(s, name);
	state_source_from(e, url);
	return get_time(line, "heard", &e->heard) && get_number(line, "highest", &e->highest) &&
	    get_time(line, "made", &e->made) && get_why(line, e->why) &&
	    get_text(line, "tag", e->tag, sizeof e->tag) &&
	    get_text(line, "modified", e->modified, sizeof e->modified) &&
	    get_id(line, "of", e->of) && get_id(line, "said", e->said) &&
	    get_time(line, "saidat", &e->saidat);
}

static bool
read_refused(struct state *s, struct span line)
{
	char name[MANIFEST_NAME + 1];
	unsigned char of[SHA256_BYTES];

	if (!get_name(line, "refused", name) || !get_id(line, "of", of))
		return false;
	state_refuse(s, name, of);
	return true;
}

static bool
read_mirror(struct state *s, struct span line)
{
	char url[STATE_URL];
	struct state_mirror *e;
	unsigned long long fails;

	if (!get_text(line, "mirror", url, sizeof url) || !get_number(line, "fails", &fails) ||
	    fails > STATE_MOST)
		return false;
	e = state_mirror(s, url);
	e->fails = (unsigned)fails;
	return get_time(line, "until", &e->until) && get_why(line, e->why);
}

static bool
read_engine(struct state *s, struct span line)
{
	char address[STATE_URL];
	struct state_engine *e;

	if (!get_text(line, "engine", address, sizeof address))
		return false;
	e = state_engine(s, address);
	return get_text(line, "told", e->told, sizeof e->told) &&
	    get_time(line, "since", &e->since);
}

static bool
read_ran(struct state *s, struct span line)
{
	return get_time(line, "ran", &s->ran);
}

static bool
read_line(struct state *s, struct span line)
{
	static const struct {
		const char *key;
		bool (*read)(struct state *s, struct span line);
	} KINDS[] = {
		{ "source", read_source }, { "refused", read_refused },
		{ "mirror", read_mirror }, { "engine", read_engine },
		{ "ran", read_ran },
	};
	struct word first;
	size_t at = 0;

	if (!record_valid(line.p, line.n) || !record_word(line.p, line.n, &at, &first))
		return false;
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
		if (first.key.n == strlen(KINDS[i].key) &&
		    memcmp(first.key.p, KINDS[i].key, first.key.n) == 0)
			return KINDS[i].read(s, line);
	return false;
}

/* 0, or the number of the first line that is wrong. */
static unsigned long
read_lines(struct state *s, const char *p, size_t n)
{
	unsigned long number = 1;

	for (; n > 0; number++) {
		const char *end = memchr(p, '\n', n);

		if (end == NULL || !read_line(s, (struct span){ p, (size_t)(end - p) }))
			return number;
		n -= (size_t)(end + 1 - p);
		p = end + 1;
	}
	return 0;
}

static void
other_clock(struct state *s, time_t now)
{
	for (size_t i = 0; i < s->sources; i++) {
		if (s->source[i].heard > now)
			s->source[i].heard = now;
		if (s->source[i].saidat > now)
			s->source[i].saidat = now;
	}
	for (size_t i = 0; i < s->mirrors; i++)
		if (s->mirror[i].until > now + STATE_DAY)
			s->mirror[i].until = 0;
}

void
state_read(const struct root *r, struct state *s)
{
	unsigned long wrong;
	size_t n;
	char *text;

	state_new(s);
	if ((text = folder_read(r->fd, FILE_NAME, STATE_BYTES, &n)) == NULL) {
		s->missing = errno == ENOENT;
		if (s->missing)
			return;
		if (errno != EACCES && errno != EFBIG && errno != EINVAL && errno != ELOOP)
			root_lost(r, FILE_NAME);
		say_urgent("%s/%s: %s", r->path, FILE_NAME, strerror(errno));
		s->broken = true;
		return;
	}
	if ((wrong = read_lines(s, text, n)) > 0) {
		say_urgent("%s/%s, line %lu: is broken; what it told of earlier runs is lost", r->path,
		    FILE_NAME, wrong);
		state_free(s);
		state_new(s);
		s->broken = true;
	}
	free(text);
	other_clock(s, time(NULL));
}

/* --- writing --------------------------------------------------------------------------- */

static void
add_text(struct record *rec, const char *key, const char *text)
{
	if (text[0] != '\0')
		record_addstr(rec, key, text);
}

static void
add_id(struct record *rec, const char *key, const unsigned char id[SHA256_BYTES])
{
	static const unsigned char NONE[SHA256_BYTES];
	static const char DIGITS[] = "0123456789abcdef";
	char text[2 * SHA256_BYTES];

	if (memcmp(id, NONE, SHA256_BYTES) == 0)
		return;
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		text[2 * i] = DIGITS[id[i] >> 4];
		text[2 * i + 1] = DIGITS[id[i] & 15];
	}
	record_add(rec, key, text, sizeof text);
}

static void
add_time(struct record *rec, const char *key, time_t t)
{
	char text[MANIFEST_TIME];

	if (t == 0)
		return;
	manifest_time(t, text);
	record_addstr(rec, key, text);
}

static void
put(struct record *rec, FILE *to)
{
	record_end(rec);
	(void)fwrite(rec->text, 1, rec->len, to);
}

static void
put_source(struct record *rec, const struct state_source *e, FILE *to)
{
	size_t bare;

	record_start(rec);
	record_addstr(rec, "source", e->name);
	bare = rec->len;
	add_time(rec, "heard", e->heard);
	if (e->highest > 0)
		record_addnum(rec, "highest", e->highest);
	add_time(rec, "made", e->made);
	add_text(rec, "why", e->why);
	add_text(rec, "url", e->url);
	add_text(rec, "tag", e->tag);
	add_text(rec, "modified", e->modified);
	add_id(rec, "of", e->of);
	add_id(rec, "said", e->said);
	add_time(rec, "saidat", e->saidat);
	if (rec->len > bare)
		put(rec, to);
}

static void
put_mirror(struct record *rec, const struct state_mirror *e, FILE *to)
{
	if (e->fails == 0)
		return;
	record_start(rec);
	record_addstr(rec, "mirror", e->url);
	record_addnum(rec, "fails", e->fails);
	add_time(rec, "until", e->until);
	add_text(rec, "why", e->why);
	put(rec, to);
}

static void
put_engine(struct record *rec, const struct state_engine *e, FILE *to)
{
	if (e->told[0] == '\0' && e->since == 0)
		return;
	record_start(rec);
	record_addstr(rec, "engine", e->address);
	add_text(rec, "told", e->told);
	add_time(rec, "since", e->since);
	put(rec, to);
}

static void
put_all(const struct state *s, FILE *to)
{
	static struct record rec;

	for (size_t i = 0; i < s->sources; i++)
		put_source(&rec, &s->source[i], to);
	for (size_t i = 0; i < s->refuseds; i++) {
		record_start(&rec);
		record_addstr(&rec, "refused", s->refused[i].name);
		add_id(&rec, "of", s->refused[i].of);
		put(&rec, to);
	}
	for (size_t i = 0; i < s->mirrors; i++)
		put_mirror(&rec, &s->mirror[i], to);
	for (size_t i = 0; i < s->engines; i++)
		put_engine(&rec, &s->engine[i], to);
	if (s->ran > 0) {
		record_start(&rec);
		add_time(&rec, "ran", s->ran);
		put(&rec, to);
	}
}

static bool
replace(const struct root *r, const char *text, size_t n)
{
	return folder_unlink(r->fd, FILE_NEW) && folder_write(r->fd, FILE_NEW, text, n, 0600) &&
	    renameat(r->fd, FILE_NEW, r->fd, FILE_NAME) == 0 && fsync(r->fd) == 0;
}

bool
state_write(const struct root *r, const struct state *s)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	bool good;

	if (to == NULL)
		err(EXIT_RETRY, "%s/%s", r->path, FILE_NAME);
	put_all(s, to);
	good = ferror(to) == 0;
	if (fclose(to) != 0 || !good)
		err(EXIT_RETRY, "%s/%s", r->path, FILE_NAME);
	if (!(good = replace(r, text, n)))
		say_urgent("%s/%s: %s", r->path, FILE_NAME, strerror(errno));
	free(text);
	return good;
}
