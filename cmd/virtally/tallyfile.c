/* SPDX-License-Identifier: ISC */
/*
 * Reads tally(5).  There is one spelling of a tally: whatever is not as we would write it,
 * to the byte, is damaged.
 */
#include "cmd/virtally/tallyfile.h"
#include "cmd/virtally/logs.h"
#include "common/cli.h"
#include "common/hex.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char TALLY_NAME[] = "tally";

#define HEAD "tally="
#define DAY_SECONDS 86400LL

enum { FILE_MAX = 1 << 30 };	/* bytes of one that is read and not mapped */

enum { ZONE_MAX = 36 * 3600 };	/* no zone's midnight is further from that of UTC */

/* Where the reading of a file is. */
struct reader {
	const struct tally_file *file;
	const char *at, *end;
};

/* --- the file ------------------------------------------------------------------------- */

static _Noreturn void damaged(const struct tally_file *f, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static _Noreturn void
damaged(const struct tally_file *f, const char *at, const char *fmt, ...)
{
	char why[256];
	unsigned long line = 1;
	va_list ap;

	for (const char *p = f->p; p < at; p++)
		line += *p == '\n';
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	errx(EXIT_CALL, "%s: line %lu: %s; it is left as it is: put a copy of it in its place, or "
	    "move it away to begin anew", f->path, line, why);
}

/* What is none is not read to its end. */
static void
refuse_other(const struct tally_file *f, int fd, bool mapped)
{
	char head[sizeof HEAD - 1];
	ssize_t got = pread(fd, head, sizeof head, 0);

	if (got < 0)
		err(EXIT_RETRY, "%s", f->path);
	if (got < (ssize_t)sizeof head || memcmp(head, HEAD, sizeof head) != 0)
		errx(EXIT_CALL, "%s: is no tally of virtally", f->path);
	if (!mapped && f->n > FILE_MAX)
		errx(EXIT_CALL, "%s: is larger than a tally may be: 1 GiB", f->path);
}

static void
read_whole(struct tally_file *f, int fd)
{
	size_t n = 0;
	ssize_t got;

	if ((f->p = malloc(f->n + 1)) == NULL)
		err(EXIT_RETRY, "%s", f->path);
	while (n < f->n && (got = read(fd, f->p + n, f->n - n)) != 0) {
		if (got < 0 && errno != EINTR)
			err(EXIT_RETRY, "%s", f->path);
		n += got < 0 ? 0 : (size_t)got;
	}
	f->n = n;
}

static void
cut(int sig)
{
	static const char what[] = "virtally: a tally was cut while it was read\n";

	(void)sig;
	(void)!write(STDERR_FILENO, what, sizeof what - 1);
	_exit(EXIT_RETRY);
}

/* Only who writes over a state, and not by rename, could cut it. */
static void
map(struct tally_file *f, int fd)
{
	struct sigaction sa = { .sa_handler = cut };

	sigaction(SIGBUS, &sa, NULL);
	if ((f->p = mmap(NULL, f->n, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
		err(EXIT_RETRY, "%s", f->path);
}

/*
 * A state's is only ever replaced by rename, and is mapped; one that was copied here may be
 * written to while it is read.
 */
static struct tally_file *
open_file(struct tally *t, int dir, const char *name, const char *path, bool mapped)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct tally_file *f = calloc(1, sizeof *f);
	struct stat st;

	if (f == NULL || (f->path = strdup(path)) == NULL)
		err(EXIT_RETRY, "%s", path);
	f->next = t->files;
	t->files = f;
	if (fd < 0 || fstat(fd, &st) < 0)
		err(EXIT_RETRY, "%s", path);
	if (!S_ISREG(st.st_mode))
		errx(EXIT_CALL, "%s: is no tally, and no file", path);
	f->n = (size_t)st.st_size;
	refuse_other(f, fd, mapped);
	f->mapped = mapped;
	if (f->mapped)
		map(f, fd);
	else
		read_whole(f, fd);
	close(fd);
	return f;
}

void
tally_files_free(struct tally *t)
{
	for (struct tally_file *f = t->files, *next; f != NULL; f = next) {
		next = f->next;
		if (f->mapped)
			munmap(f->p, f->n);
		else
			free(f->p);
		free(f->path);
		free(f);
	}
	t->files = NULL;
}

/* The next line, without its newline; false at the end. */
static bool
next_line(struct reader *r, struct span *line)
{
	size_t n = (size_t)(r->end - r->at);
	const char *newline = n == 0 ? NULL : memchr(r->at, '\n', n);

	if (newline != NULL) {
		*line = (struct span){ r->at, (size_t)(newline - r->at) };
		r->at = newline + 1;
		return true;
	}
	if (n > 0)
		damaged(r->file, r->at, "it ends in the middle of a line");
	return false;
}

static bool
begins(struct span line, const char *with)
{
	size_t n = strlen(with);

	return line.n >= n && memcmp(line.p, with, n) == 0;
}

/* Would a record that we made be this line? */
static bool
is_record(struct record *r, struct span line)
{
	return r->len == line.n && memcmp(r->text, line.p, line.n) == 0;
}

/* --- values --------------------------------------------------------------------------- */

uint64_t
tally_sum(const char *p, size_t n)
{
	unsigned char h[crypto_generichash_BYTES_MIN];
	uint64_t sum = 0;

	crypto_generichash(h, sizeof h, (const unsigned char *)p, n, NULL, 0);
	for (size_t i = 0; i < 8; i++)
		sum = sum << 8 | h[i];
	return sum;
}

void
tally_time(char text[TALLY_TIME], long long t)
{
	time_t at = (time_t)t;
	struct tm tm;

	if (t < 0 || gmtime_r(&at, &tm) == NULL ||
	    strftime(text, TALLY_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}

bool
tally_parse_time(struct span text, long long *t)
{
	static const char FORM[] = "0000-00-00T00:00:00Z";
	struct tm tm = { .tm_sec = 0 };
	char back[TALLY_TIME];
	int *parts[] = { &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec };

	if (text.n != sizeof FORM - 1)
		return false;
	for (size_t i = 0, part = 0; i < text.n; i++) {
		if (FORM[i] != '0' && text.p[i] == FORM[i])
			part++;
		else if (FORM[i] == '0' && text.p[i] >= '0' && text.p[i] <= '9')
			*parts[part] = *parts[part] * 10 + (text.p[i] - '0');
		else
			return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*t = timegm(&tm);
	tally_time(back, *t);
	return memcmp(back, text.p, text.n) == 0;
}

static bool
parse_hex(struct span text, unsigned char *to, size_t n)
{
	if (text.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex(text.p[2 * i]), lo = hex(text.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		to[i] = (unsigned char)(hi * 16 + lo);
	}
	return true;
}

/* --- a day ---------------------------------------------------------------------------- */

enum { NONE = -2, HEARD = -1 };

/* Where a line stands among those of its section. */
struct where {
	struct tally *t;	/* where it is kept; else only looked at */
	const struct section *s;
	struct span hosttext, name;	/* of the line before */
	uint32_t host;
	int kind;		/* HEARD: what was heard of the host; NONE: there is none yet */
};

static bool
get_time(struct span line, const char *key, long long *t)
{
	struct span text;

	return record_get(line.p, line.n, key, &text) && tally_parse_time(text, t);
}

/* Coded as a name is kept, in a line that is a record. */
static bool
get_name(struct span line, const char *key, struct span *text)
{
	return record_get(line.p, line.n, key, text) && text->n <= NAMES_LEN;
}

/* A gateway, and what was heard of it. */
static bool
take_heard(struct tally *t, struct where *w, struct span line, struct span host)
{
	static struct record r;
	struct heard h = { .day = w->s->day };
	struct heard_texts texts = { .host = host };

	if ((w->kind != NONE && tally_compare(host, w->hosttext) <= 0) ||
	    host.n > NAMES_LEN || !record_valid(line.p, line.n))
		return false;
	w->hosttext = host;
	w->kind = HEARD;
	get_time(line, "last", &h.last);
	get_time(line, "made", &h.made);
	get_time(line, "madeat", &h.madeat);
	get_time(line, "freshat", &h.freshat);
	if (get_name(line, "set", &texts.set))
		get_time(line, "setat", &h.setat);
	if (get_name(line, "stale", &texts.warned))
		get_time(line, "staleat", &h.warnedat);
	tally_heard_record(&r, &h, &texts);
	if (!is_record(&r, line))
		return false;
	if (w->t == NULL)
		return true;
	w->host = h.host = tally_host(t, host);
	h.set = names_number(t->names, texts.set);
	h.warned = names_number(t->names, texts.warned);
	tally_hear_of(t, &h);
	return true;
}

/* A number without sign or leading zero, more than 0 where it says so, and `end' behind it. */
static bool
take_number(const char **at, const char *end, char stop, unsigned long long *n)
{
	const char *p = *at;

	*n = 0;
	while (p < end && *p >= '0' && *p <= '9' && p - *at < 18)
		*n = *n * 10 + (unsigned long long)(*p++ - '0');
	if (p == *at || (**at == '0' && p - *at > 1) || (p < end ? *p != stop : stop != ','))
		return false;
	*at = p < end ? p + 1 : p;
	return true;
}

/* HOUR:MESSAGES:FINDINGS,... */
static bool
take_hours(struct where *w, struct place *p, const char *at, const char *end)
{
	unsigned long long hour, messages, findings;
	int before = -1;

	if (at == end || end[-1] == ',')
		return false;
	while (at < end) {
		if (!take_number(&at, end, ':', &hour) || !take_number(&at, end, ':', &messages) ||
		    !take_number(&at, end, ',', &findings) || (long long)hour <= before ||
		    hour >= CALENDAR_HOURS || findings == 0 || messages > findings ||
		    (p->day == TALLY_PAST && hour > 0))
			return false;
		before = p->hour = (int)hour;
		if (w->t != NULL)
			cells_add(w->t->cells, p, messages, findings);
	}
	return true;
}

/* Nearly always that of the line before. */
static bool
find_kind(const struct where *w, struct span key, enum kind *kind)
{
	const char *name;

	if (w->kind >= 0) {
		*kind = (enum kind)w->kind;
		name = kind_name(*kind);
		if (strlen(name) == key.n && memcmp(name, key.p, key.n) == 0)
			return true;
	}
	return kind_find(key, kind);
}

/* KIND= or KIND=NAME, behind what is before it; *name is empty in a sum. */
static bool
take_kind(struct where *w, struct span word, struct span *name)
{
	const char *equals = memchr(word.p, '=', word.n);
	struct span key = { word.p, equals == NULL ? 0 : (size_t)(equals - word.p) };
	enum kind kind;

	if (equals == NULL || !find_kind(w, key, &kind) || (int)kind < w->kind)
		return false;
	*name = (struct span){ equals + 1, word.n - key.n - 1 };
	if ((int)kind > w->kind)
		return w->kind = (int)kind, name->n == 0;
	return w->s->day != TALLY_PAST && tally_compare(*name, w->name) > 0;
}

/* The number of a name; false: it is none as it stands. */
static bool
find_name(struct tally *t, const struct where *w, struct span line, struct span name,
    uint32_t *number)
{
	struct span text;

	*number = NAMES_EMPTY;
	if (w->t != NULL) {
		*number = names_number(t->names, name);
		text = names_text(t->names, *number);
		/* what is no coded value would be another text */
		if (*number != NAMES_MANY)
			return text.n == name.n && memcmp(text.p, name.p, text.n) == 0;
	}
	return name.n <= NAMES_LEN && record_valid(line.p, line.n);
}

static bool
take_counts(struct tally *t, struct where *w, struct span line, size_t at)
{
	const char *end = line.p + line.n, *hours = memchr(line.p + at, ' ', line.n - at);
	struct place p = { .day = w->s->day, .host = w->host };
	struct span name;

	if (hours == NULL || end - hours < 4 || memcmp(hours, " at=", 4) != 0 ||
	    !take_kind(w, (struct span){ line.p + at, (size_t)(hours - line.p) - at }, &name))
		return false;
	p.kind = (enum kind)w->kind;
	w->name = name;
	if (!find_name(t, w, line, name, &p.name))
		return false;
	return take_hours(w, &p, hours + 4, end);
}

static bool
take_line(struct tally *t, struct where *w, struct span line)
{
	const char *blank, *end = line.p + line.n;
	struct span host;

	if (!begins(line, "host="))
		return false;
	blank = memchr(line.p + 5, ' ', line.n - 5);
	if (blank == NULL)
		blank = end;
	host = (struct span){ line.p + 5, (size_t)(blank - line.p) - 5 };
	if (w->kind == NONE || host.n != w->hosttext.n || memcmp(host.p, w->hosttext.p, host.n) != 0)
		return take_heard(t, w, line, host);
	return blank < end && take_counts(t, w, line, host.n + 6);
}

static void
read_lines(struct tally *t, const struct section *s, bool keep)
{
	struct reader r = { s->file, s->text.p, s->text.p + s->text.n };
	struct where w = { .t = keep ? t : NULL, .s = s, .kind = NONE };
	char date[CALENDAR_TEXT];
	struct span line;

	tally_day_text(date, s->day);
	if (tally_sum(s->text.p, s->text.n) != s->sum)
		damaged(s->file, s->text.p, "what follows day=%s is not what its sum= says", date);
	while (next_line(&r, &line))
		if (!take_line(t, &w, line))
			damaged(s->file, line.p, "is no line of day=%s as tally(5) has it", date);
}

void
tally_parse(struct tally *t, struct section *s)
{
	read_lines(t, s, true);
	s->open = true;
}

void
tally_check(struct tally *t, const struct section *s)
{
	read_lines(t, s, false);
}

/* --- the records before a day --------------------------------------------------------- */

static bool
get_sum(struct span line, uint64_t *sum)
{
	unsigned char bytes[8];
	struct span text;

	if (!record_get(line.p, line.n, "sum", &text) || !parse_hex(text, bytes, sizeof bytes))
		return false;
	*sum = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		*sum = *sum << 8 | bytes[i];
	return true;
}

/* The day of a section, and of the past which is the last one in it. */
static bool
get_day(struct span line, struct section *s)
{
	struct span text;

	if (!record_get(line.p, line.n, "day", &text))
		return false;
	if (text.n != 4 || memcmp(text.p, "past", 4) != 0)
		return calendar_parse(text, &s->day) && s->day > TALLY_PAST &&
		    get_time(line, "start", &s->start) &&
		    llabs(s->start - s->day * DAY_SECONDS) <= ZONE_MAX;
	s->day = TALLY_PAST;
	return record_get(line.p, line.n, "until", &text) && calendar_parse(text, &s->until);
}

/* A record day= and its lines, which are passed over. */
static void
take_day(struct tally *t, struct reader *r, struct span line, struct section *s)
{
	static struct record rec;
	unsigned long long bytes;
	struct span writer;

	*s = (struct section){ .file = r->file };
	if (!get_day(line, s) || !record_get(line.p, line.n, "writer", &writer) ||
	    !record_num(line.p, line.n, "generation", &s->generation) ||
	    !record_num(line.p, line.n, "bytes", &bytes) || !get_sum(line, &s->sum))
		damaged(r->file, line.p, "is no record day= as tally(5) has it");
	if (bytes > (size_t)(r->end - r->at) || (bytes > 0 && r->at[bytes - 1] != '\n'))
		damaged(r->file, line.p, "its lines end before or after the bytes= it has");
	s->text = (struct span){ r->at, bytes };
	r->at += bytes;
	s->writer = names_number(t->names, writer);
	if (s->writer == NAMES_MANY && names_count(t->names) >= NAMES_MAX)
		errx(EXIT_CALL, "%s: is of one writer too many", r->file->path);
	tally_day_record(&rec, t, s);
	if (!is_record(&rec, line))
		damaged(r->file, line.p, "is no record day= as tally(5) has it");
}

/* The head; it names who counts only where it is a state's. */
static struct span
take_head(struct reader *r, unsigned long long *generation, struct span *writer)
{
	struct span line, version;

	if (r->at == r->end || memchr(r->at, '\n', (size_t)(r->end - r->at)) == NULL)
		errx(EXIT_CALL, "%s: is no tally of virtally", r->file->path);
	next_line(r, &line);
	if (line.n >= RECORD_MAX || !begins(line, HEAD) || !record_valid(line.p, line.n) ||
	    !record_get(line.p, line.n, "tally", &version))
		errx(EXIT_CALL, "%s: is no tally of virtally", r->file->path);
	if (version.n != 1 || version.p[0] != '0' + TALLY_VERSION)
		errx(EXIT_CALL, "%s: is a tally of version %.*s, and this virtally knows only %d: use the "
		    "virtally that wrote it, or move it away to begin anew", r->file->path,
		    (int)(version.n < 32 ? version.n : 32), version.p, TALLY_VERSION);
	*writer = (struct span){ NULL, 0 };
	record_get(line.p, line.n, "writer", writer);
	if (!record_num(line.p, line.n, "generation", generation) || *generation > CELLS_COUNT)
		damaged(r->file, line.p, "the head has no generation=");
	return line;
}

/* --- any tally ------------------------------------------------------------------------ */

/* The path of the file in the folder of a state; to be freed. */
static char *
inside(const char *path)
{
	size_t n = strlen(path) + sizeof TALLY_NAME + 1;
	char *p = malloc(n);

	if (p == NULL)
		err(EXIT_RETRY, "%s", path);
	snprintf(p, n, "%s/%s", path, TALLY_NAME);
	return p;
}

/* The file of a tally: of a folder, that of the state in it. */
static struct tally_file *
open_any(struct tally *t, const char *path)
{
	struct tally_file *f;
	struct stat st;
	char *name;

	if (stat(path, &st) < 0)
		err(EXIT_RETRY, "%s: no tally, which `virtally count' makes", path);
	if (!S_ISDIR(st.st_mode))
		return open_file(t, AT_FDCWD, path, path, false);
	name = inside(path);
	if (access(name, F_OK) < 0 && errno == ENOENT)
		errx(EXIT_RETRY, "%s: nothing was counted there yet: there is no %s", path, name);
	f = open_file(t, AT_FDCWD, name, name, true);
	free(name);
	return f;
}

/* Remembers a section until all are there. */
static void
keep(struct tally_index *x, const struct section *s)
{
	if (x->ntaken == x->taken_room) {
		x->taken_room = x->taken_room == 0 ? 64 : x->taken_room * 2;
		if ((x->taken = realloc(x->taken, x->taken_room * sizeof *x->taken)) == NULL)
			err(EXIT_RETRY, "the tally");
	}
	x->taken[x->ntaken++] = *s;
}

void
tally_read(struct tally *t, const char *path)
{
	struct tally_index *x = t->index;
	struct tally_file *f = open_any(t, path);
	struct reader r = { f, f->p, f->p + f->n };
	unsigned long long generation;
	struct span line, writer;
	struct section s;

	take_head(&r, &generation, &writer);
	x->ntaken = 0;
	while (next_line(&r, &line)) {
		if (x->ntaken == 0 && (begins(line, "log=") || begins(line, "seen=")))
			continue;
		take_day(t, &r, line, &s);
		if (x->ntaken > 0 && tally_order(t, &x->taken[x->ntaken - 1], &s) >= 0)
			damaged(f, line.p, "this day= is not behind the one before");
		keep(x, &s);
	}
	tally_take_in(t, x->taken, x->ntaken);
}

/* --- a state's ------------------------------------------------------------------------ */

/* One that was never saved. */
static void
begin(struct tally *t)
{
	char text[300], host[256];
	unsigned char id[8];

	if (gethostname(host, sizeof host) < 0)
		err(EXIT_RETRY, "gethostname");
	host[sizeof host - 1] = '\0';
	tally_random(id, sizeof id);
	tally_random(t->key, sizeof t->key);
	snprintf(text, sizeof text, "%s-%02x%02x%02x%02x%02x%02x%02x%02x", host, id[0], id[1], id[2],
	    id[3], id[4], id[5], id[6], id[7]);
	t->writer = names_number(t->names, (struct span){ text, strlen(text) });
	t->seen = seen_new(t->key);
}

void
tally_load(struct tally *t, int dir, const char *path, struct logs *logs)
{
	struct span line, writer, key;
	struct tally_file *f;
	struct reader r;

	t->index->path = inside(path);
	if (faccessat(dir, TALLY_NAME, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT) {
		begin(t);
		return;
	}
	f = open_file(t, dir, TALLY_NAME, t->index->path, true);
	r = (struct reader){ f, f->p, f->p + f->n };
	line = take_head(&r, &t->generation, &writer);
	key = (struct span){ NULL, 0 };
	record_get(line.p, line.n, "key", &key);
	if (writer.n == 0 && key.n == 0)
		errx(EXIT_CALL, "%s: is no state, but a tally that was merged: move it away to begin one",
		    f->path);
	if (writer.n == 0 || !parse_hex(key, t->key, sizeof t->key))
		damaged(f, line.p, "the head has no writer= or no key= as tally(5) has it");
	t->writer = names_number(t->names, writer);
	t->seen = seen_new(t->key);
	for (f->rest = (size_t)(r.at - f->p); next_line(&r, &line) && begins(line, "log=");
	    f->rest = (size_t)(r.at - f->p))
		if (!logs_load(logs, line.p, line.n))
			damaged(f, line.p, "is no record log= as tally(5) has it");
}

static void
take_seen(struct tally *t, struct reader *r, struct span line)
{
	struct span text, ids;
	int day;

	if (line.n >= RECORD_MAX || !record_get(line.p, line.n, "seen", &text) ||
	    !calendar_parse(text, &day) || !record_get(line.p, line.n, "ids", &ids) ||
	    !seen_load(t->seen, day, ids))
		damaged(r->file, line.p, "is no record seen= as tally(5) has it");
}

void
tally_load_rest(struct tally *t)
{
	struct tally_file *f = t->files;
	struct reader r;
	struct section s;
	struct span line;

	if (f == NULL || t->index->loaded)
		return;
	t->index->loaded = true;
	r = (struct reader){ f, f->p + f->rest, f->p + f->n };
	while (next_line(&r, &line)) {
		if (t->nsections == 0 && begins(line, "seen=")) {
			take_seen(t, &r, line);
			continue;
		}
		take_day(t, &r, line, &s);
		if (s.writer != t->writer)
			damaged(f, line.p, "it is of another writer, in a state");
		if (t->nsections > 0 && tally_order(t, &t->sections[t->nsections - 1], &s) >= 0)
			damaged(f, line.p, "this day= is not behind the one before");
		if (s.day == TALLY_PAST)
			t->index->until = s.until;
		tally_add_section(t, &s);
	}
	tally_sort(t);
	if (t->nsections > 0)
		tally_check_zone(t, &t->sections[t->nsections - 1]);
}
