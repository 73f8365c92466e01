/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/manifest.h"
#include "common/hex.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(SHA256_BYTES == crypto_hash_sha256_BYTES, "SHA-256");

static const unsigned long long NUMBER_MAX = 0x7fffffffffffffff;
static const time_t LATEST = 253402300799;	/* 9999-12-31T23:59:59Z */

enum key {
	MANIFEST, GENERATION, MADE, FILES, SIGS, ENGINE, SOURCE, KIND, ID, NAME, SIZE,
	SHA256, KEYS
};

static const char *const KEY[KEYS] = {
	"manifest", "generation", "made", "files", "sigs", "engine", "source", "kind", "id",
	"name", "size", "sha256"
};

/* The values of one record, coded; p is NULL where it has none. */
struct fields {
	enum key first;			/* KEYS: an unknown one */
	struct span value[KEYS];
};

struct reader {
	struct manifest *m;
	unsigned long long line;
	unsigned long long files;	/* as it says */
	unsigned long long bytes;	/* of all files */
};

/* --- values ---------------------------------------------------------------------------- */

static bool
number(struct span s, unsigned long long *to)
{
	unsigned long long x = 0;

	if (s.p == NULL || s.n == 0 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9 || x > (NUMBER_MAX - digit) / 10)
			return false;
		x = x * 10 + digit;
	}
	*to = x;
	return true;
}

/* True where it is not there, too: then *to stays. */
static bool
may_number(struct span s, unsigned long long *to)
{
	return s.p == NULL || number(s, to);
}

/* The same, but never 0, which says that there is none. */
static bool
may_generation(struct span s, unsigned long long *to)
{
	return s.p == NULL || (number(s, to) && *to > 0);
}

static bool
digest(struct span s, unsigned char to[SHA256_BYTES])
{
	if (s.p == NULL || s.n != 2 * SHA256_BYTES)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = hex(s.p[i]);

		if (digit < 0 || (s.p[i] >= 'A' && s.p[i] <= 'F'))
			return false;
		if (i % 2 == 0)
			to[i / 2] = (unsigned char)(digit << 4);
		else
			to[i / 2] |= (unsigned char)digit;
	}
	return true;
}

/* Printable ASCII, at least one byte; to has room for its NUL as well. */
static bool
words(struct span s, char *to, size_t room)
{
	char text[3 * 64];
	size_t n;

	if (s.p == NULL || s.n == 0 || s.n > sizeof text)
		return false;
	n = record_decode(text, s);
	if (n >= room)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	memcpy(to, text, n);
	to[n] = '\0';
	return true;
}

static bool
source_name(struct span s, char to[MANIFEST_NAME + 1])
{
	if (s.p == NULL || !manifest_name(s))
		return false;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
	return true;
}

static bool
kind(struct span s, char *to, size_t room)
{
	if (s.p == NULL || s.n == 0 || s.n >= room)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'a' || s.p[i] > 'z')
			return false;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
	return true;
}

bool
manifest_name(struct span name)
{
	if (name.n == 0 || name.n > MANIFEST_NAME || name.p[0] == '-' || name.p[0] == '_')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return true;
}

void
manifest_time(time_t t, char text[MANIFEST_TIME])
{
	struct tm tm;

	if (t < 0)
		t = 0;
	if (t > LATEST)
		t = LATEST;
	memset(text, 0, MANIFEST_TIME);
	if (gmtime_r(&t, &tm) != NULL)
		strftime(text, MANIFEST_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* What is no digit makes a number that is written in another way. */
static int
digits(const char *p, size_t n)
{
	int x = 0;

	while (n-- > 0)
		x = x * 10 + (*p++ - '0');
	return x;
}

bool
manifest_when(struct span text, time_t *t)
{
	char again[MANIFEST_TIME];
	struct tm tm = { 0 };
	time_t when;

	if (text.p == NULL || text.n != MANIFEST_TIME - 1)
		return false;
	tm.tm_year = digits(text.p, 4) - 1900;
	tm.tm_mon = digits(text.p + 5, 2) - 1;
	tm.tm_mday = digits(text.p + 8, 2);
	tm.tm_hour = digits(text.p + 11, 2);
	tm.tm_min = digits(text.p + 14, 2);
	tm.tm_sec = digits(text.p + 17, 2);
	when = timegm(&tm);
	manifest_time(when, again);
	if (memcmp(again, text.p, text.n) != 0)
		return false;
	*t = when;
	return true;
}

/* --- order, and what is in it ------------------------------------------------------- */

static int
order(const char *a, const char *b)
{
	for (;; a++, b++) {
		unsigned char x = (unsigned char)*a, y = (unsigned char)*b;

		if (x >= 'A' && x <= 'Z')
			x = (unsigned char)(x + ('a' - 'A'));
		if (y >= 'A' && y <= 'Z')
			y = (unsigned char)(y + ('a' - 'A'));
		if (x != y || x == '\0')
			return x - y;
	}
}

static int
file_order(const void *a, const void *b)
{
	return order(((const struct manifest_file *)a)->name,
	    ((const struct manifest_file *)b)->name);
}

/* The first one that is not before name; true: it is filename_same. */
static bool
find(const struct manifest *m, const char *name, size_t *at)
{
	size_t low = 0, high = m->files;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order(m->file[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*at = low;
	return low < m->files && order(m->file[low].name, name) == 0;
}

const struct manifest_file *
manifest_file(const struct manifest *m, const char *name)
{
	size_t at;

	if (!find(m, name, &at) || strcmp(m->file[at].name, name) != 0)
		return NULL;
	return &m->file[at];
}

const struct manifest_source *
manifest_source(const struct manifest *m, const char *name)
{
	for (size_t i = 0; i < m->sources; i++)
		if (strcmp(m->source[i].name, name) == 0)
			return &m->source[i];
	return NULL;
}

/* Room for one more behind n; what is a power of two is full. */
static void *
room(void *old, size_t n, size_t size)
{
	if (n > 0 && (n & (n - 1)) != 0)
		return old;
	return realloc(old, (n == 0 ? 1 : 2 * n) * size);
}

/* At its end, whatever the order. */
static bool
append_file(struct manifest *m, const struct manifest_file *f)
{
	struct manifest_file *more;

	if (m->files == MANIFEST_FILES) {
		errno = E2BIG;
		return false;
	}
	if ((more = room(m->file, m->files, sizeof *more)) == NULL)
		return false;
	m->file = more;
	m->file[m->files++] = *f;
	return true;
}

bool
manifest_add_file(struct manifest *m, const struct manifest_file *f)
{
	struct manifest_file copy = *f;
	size_t at;

	if (find(m, copy.name, &at)) {
		errno = EEXIST;
		return false;
	}
	if (!append_file(m, &copy))
		return false;
	memmove(&m->file[at + 1], &m->file[at], (m->files - 1 - at) * sizeof copy);
	m->file[at] = copy;
	return true;
}

bool
manifest_add_source(struct manifest *m, const struct manifest_source *s)
{
	struct manifest_source copy = *s, *more;

	if (manifest_source(m, copy.name) != NULL) {
		errno = EEXIST;
		return false;
	}
	if (m->sources == MANIFEST_SOURCES) {
		errno = E2BIG;
		return false;
	}
	if ((more = room(m->source, m->sources, sizeof *more)) == NULL)
		return false;
	m->source = more;
	m->source[m->sources++] = copy;
	return true;
}

static void
add_to_id(crypto_hash_sha256_state *state, const struct manifest_file *f)
{
	unsigned char size[8];

	for (size_t i = 0; i < sizeof size; i++)
		size[i] = (unsigned char)(f->size >> (56 - 8 * i));
	crypto_hash_sha256_update(state, (const unsigned char *)f->name, strlen(f->name) + 1);
	crypto_hash_sha256_update(state, size, sizeof size);
	crypto_hash_sha256_update(state, f->sha256, sizeof f->sha256);
}

void
manifest_id(const struct manifest *m, const char *source, unsigned char id[SHA256_BYTES])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < m->files; i++)
		if (source == NULL || strcmp(m->file[i].source, source) == 0)
			add_to_id(&state, &m->file[i]);
	crypto_hash_sha256_final(&state, id);
}

void
manifest_free(struct manifest *m)
{
	free(m->source);
	free(m->file);
	memset(m, 0, sizeof *m);
}

/* --- reading ----------------------------------------------------------------------------- */

static void
say(struct manifest *m, const char *text)
{
	size_t have = strlen(m->wrong), n = strlen(text);

	if (n > sizeof m->wrong - 1 - have)
		n = sizeof m->wrong - 1 - have;
	memcpy(m->wrong + have, text, n);
	m->wrong[have + n] = '\0';
}

/* m holds nothing any more but what is wrong; name: what is checked already, or NULL. */
static const char *
refuse(struct manifest *m, const char *what, const char *name)
{
	char copy[FILENAME_MAX_BYTES + 1] = "";

	if (name != NULL)
		memcpy(copy, name, strlen(name) + 1);
	manifest_free(m);
	say(m, what);
	if (name != NULL) {
		say(m, ": ");
		say(m, copy);
	}
	return m->wrong;
}

static const char *
refuse_line(struct reader *r, const char *what)
{
	char text[24];
	size_t at = sizeof text - 1;

	manifest_free(r->m);
	text[at] = '\0';
	do
		text[--at] = (char)('0' + r->line % 10);
	while ((r->line /= 10) > 0);
	say(r->m, "line ");
	say(r->m, text + at);
	say(r->m, ": ");
	say(r->m, what);
	return r->m->wrong;
}

/* NULL, or what is wrong. */
static const char *
read_fields(struct fields *f, struct span line)
{
	struct word w;
	size_t at = 0;

	memset(f, 0, sizeof *f);
	if (!record_valid(line.p, line.n))
		return "no record";
	f->first = KEYS;
	for (bool first = true; record_word(line.p, line.n, &at, &w); first = false) {
		size_t k = 0;

		while (k < KEYS && (strlen(KEY[k]) != w.key.n ||
		    memcmp(KEY[k], w.key.p, w.key.n) != 0))
			k++;
		if (first)
			f->first = (enum key)k;
		if (k == KEYS)
			continue;
		if (f->value[k].p != NULL)
			return "a key that is there twice";
		f->value[k] = w.value;
	}
	return NULL;
}

static const char *
take_head(struct reader *r, const struct fields *f)
{
	struct manifest *m = r->m;

	if (!words(f->value[MANIFEST], m->set, sizeof m->set))
		return "manifest= is no name of a set";
	if (!may_generation(f->value[GENERATION], &m->generation))
		return "generation= is no number above 0";
	if (!manifest_when(f->value[MADE], &m->made))
		return "made= is no time";
	if (!number(f->value[FILES], &r->files))
		return "files= is no number";
	if (r->files > MANIFEST_FILES)
		return "too many files";
	if (!may_number(f->value[SIGS], &m->sigs))
		return "sigs= is no number";
	if (f->value[ENGINE].p != NULL && !words(f->value[ENGINE], m->engine, sizeof m->engine))
		return "engine= is no version";
	return NULL;
}

static const char *
take_source(struct reader *r, const struct fields *f)
{
	struct manifest_source s = { .made = 0 };

	if (!source_name(f->value[SOURCE], s.name))
		return "source= is no name of a source";
	if (!kind(f->value[KIND], s.kind, sizeof s.kind))
		return "kind= is no word";
	if (!may_generation(f->value[GENERATION], &s.generation))
		return "generation= is no number above 0";
	if (f->value[MADE].p != NULL && !manifest_when(f->value[MADE], &s.made))
		return "made= is no time";
	if (!number(f->value[SIGS], &s.sigs))
		return "sigs= is no number";
	if (!digest(f->value[ID], s.id))
		return "id= is no SHA-256";
	if (manifest_add_source(r->m, &s))
		return NULL;
	return errno == EEXIST ? "a source that is there twice" :
	    errno == E2BIG ? "too many sources" : "no memory";
}

static const char *
take_file(struct reader *r, const struct fields *f)
{
	static const char TAG[] = "file:";
	struct span name = f->value[NAME];
	struct manifest_file file = { .size = 0 };
	const char *wrong;

	if (name.n < strlen(TAG) || memcmp(name.p, TAG, strlen(TAG)) != 0)
		return "name= is no file";
	name.p += strlen(TAG);
	name.n -= strlen(TAG);
	if ((wrong = filename_wrong(name)) != NULL)
		return wrong;
	memcpy(file.name, name.p, name.n);
	if (f->value[SOURCE].p != NULL && !source_name(f->value[SOURCE], file.source))
		return "source= is no name of a source";
	if (!number(f->value[SIZE], &file.size))
		return "size= is no number";
	if (file.size > NUMBER_MAX - r->bytes)
		return "too many bytes";
	r->bytes += file.size;
	if (!digest(f->value[SHA256], file.sha256))
		return "sha256= is none";
	if (!may_number(f->value[SIGS], &file.sigs))
		return "sigs= is no number";
	if (r->m->files == r->files)
		return "more files than files= says";
	return append_file(r->m, &file) ? NULL : "no memory";
}

static const char *
take_line(struct reader *r, struct span line)
{
	struct fields f;
	const char *wrong = read_fields(&f, line);

	r->line++;
	if (wrong != NULL)
		return wrong;
	if ((f.first == MANIFEST) != (r->line == 1))
		return r->line == 1 ? "does not begin as a manifest does" :
		    "a second manifest";
	switch (f.first) {
	case MANIFEST:
		return take_head(r, &f);
	case SOURCE:
		return take_source(r, &f);
	case NAME:
		return take_file(r, &f);
	default:
		return "an unknown kind of record";
	}
}

static int
source_order(const void *a, const void *b)
{
	return strcmp((*(const struct manifest_source *const *)a)->name,
	    (*(const struct manifest_source *const *)b)->name);
}

/* All ids in one walk.  NULL, or what is wrong. */
static const char *
check_sources(struct manifest *m)
{
	const struct manifest_source *sorted[MANIFEST_SOURCES] = { NULL }, **found;
	struct manifest_source one;
	const struct manifest_source *key = &one;
	crypto_hash_sha256_state state[MANIFEST_SOURCES];
	unsigned char id[SHA256_BYTES];

	for (size_t i = 0; i < m->sources; i++) {
		sorted[i] = &m->source[i];
		crypto_hash_sha256_init(&state[i]);
	}
	qsort(sorted, m->sources, sizeof sorted[0], source_order);
	for (size_t i = 0; i < m->files; i++) {
		memcpy(one.name, m->file[i].source, sizeof one.name);
		found = bsearch(&key, sorted, m->sources, sizeof sorted[0], source_order);
		if (found == NULL)
			return refuse(m, "of no source that has a record", m->file[i].name);
		add_to_id(&state[*found - m->source], &m->file[i]);
	}
	for (size_t i = 0; i < m->sources; i++) {
		crypto_hash_sha256_final(&state[i], id);
		if (memcmp(id, m->source[i].id, sizeof id) != 0)
			return refuse(m, "id= does not fit the files of source", m->source[i].name);
	}
	return NULL;
}

static const char *
check_published(struct manifest *m)
{
	if (m->generation == 0)
		return refuse(m, "no generation=", NULL);
	for (size_t i = 0; i < m->files; i++)
		if (m->file[i].source[0] != '\0')
			return refuse(m, "of no source that has a record", m->file[i].name);
	return NULL;
}

static const char *
check_files(struct reader *r)
{
	struct manifest *m = r->m;

	if (m->files != r->files)
		return refuse(m, "fewer files than files= says", NULL);
	if (m->files > 0)
		qsort(m->file, m->files, sizeof m->file[0], file_order);
	for (size_t i = 1; i < m->files; i++)
		if (file_order(&m->file[i - 1], &m->file[i]) == 0)
			return refuse(m, "two files of one name", m->file[i].name);
	return NULL;
}

const char *
manifest_parse(struct manifest *m, struct span text)
{
	struct reader r = { .m = m };
	const char *at = text.p, *end = text.p + text.n, *wrong;

	memset(m, 0, sizeof *m);
	if (text.n == 0)
		return refuse(m, "empty", NULL);
	if (text.n > MANIFEST_BYTES)
		return refuse(m, "larger than 4 MiB", NULL);
	if (end[-1] != '\n')
		return refuse(m, "its last line is cut", NULL);
	while (at < end) {
		struct span line = { at, 0 };

		line.n = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) - at);
		if ((wrong = take_line(&r, line)) != NULL)
			return refuse_line(&r, wrong);
		at += line.n + 1;
	}
	if ((wrong = check_files(&r)) != NULL)
		return wrong;
	return m->sources > 0 ? check_sources(m) : check_published(m);
}

/* --- writing ------------------------------------------------------------------------------ */

/* p NULL: no memory. */
struct output {
	char *p;
	size_t n, room;
};

static void
write_record(struct output *o, struct record *r)
{
	record_end(r);
	if (o->p != NULL && o->room - o->n <= r->len) {
		char *more = realloc(o->p, 2 * o->room + r->len);

		if (more == NULL)
			free(o->p);
		o->p = more;
		o->room = 2 * o->room + r->len;
	}
	if (o->p != NULL) {
		memcpy(o->p + o->n, r->text, r->len + 1);
		o->n += r->len;
	}
	record_start(r);
}

static void
add_above_0(struct record *r, const char *key, unsigned long long n)
{
	if (n > 0)
		record_addnum(r, key, n);
}

static void
add_digest(struct record *r, const char *key, const unsigned char bytes[SHA256_BYTES])
{
	char text[2 * SHA256_BYTES + 1];

	sodium_bin2hex(text, sizeof text, bytes, SHA256_BYTES);
	record_addstr(r, key, text);
}

static void
add_time(struct record *r, time_t t)
{
	char text[MANIFEST_TIME];

	manifest_time(t, text);
	record_addstr(r, KEY[MADE], text);
}

static void
write_head(struct output *o, struct record *r, const struct manifest *m)
{
	record_addstr(r, KEY[MANIFEST], m->set);
	add_above_0(r, KEY[GENERATION], m->generation);
	add_time(r, m->made);
	record_addnum(r, KEY[FILES], m->files);
	add_above_0(r, KEY[SIGS], m->sigs);
	if (m->engine[0] != '\0')
		record_addstr(r, KEY[ENGINE], m->engine);
	write_record(o, r);
}

static void
write_source(struct output *o, struct record *r, const struct manifest_source *s)
{
	record_addstr(r, KEY[SOURCE], s->name);
	record_addstr(r, KEY[KIND], s->kind);
	add_above_0(r, KEY[GENERATION], s->generation);
	if (s->made != 0)
		add_time(r, s->made);
	record_addnum(r, KEY[SIGS], s->sigs);
	add_digest(r, KEY[ID], s->id);
	write_record(o, r);
}

static void
write_file(struct output *o, struct record *r, const struct manifest_file *f)
{
	record_addtagged(r, KEY[NAME], "file", f->name, strlen(f->name));
	if (f->source[0] != '\0')
		record_addstr(r, KEY[SOURCE], f->source);
	record_addnum(r, KEY[SIZE], f->size);
	add_digest(r, KEY[SHA256], f->sha256);
	add_above_0(r, KEY[SIGS], f->sigs);
	write_record(o, r);
}

char *
manifest_text(const struct manifest *m, size_t *n)
{
	struct output o = { .room = 1024 };
	struct record *r = malloc(sizeof *r);

	if (r == NULL)
		return NULL;
	o.p = malloc(o.room);
	record_start(r);
	write_head(&o, r, m);
	for (size_t i = 0; i < m->sources; i++)
		write_source(&o, r, &m->source[i]);
	for (size_t i = 0; i < m->files; i++)
		write_file(&o, r, &m->file[i]);
	free(r);
	*n = o.n;
	return o.p;
}
