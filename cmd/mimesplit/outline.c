/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/outline.h"
#include "cmd/mimesplit/traits.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static const char *const WHY[LIMITS] = {
	[LIMIT_DEPTH] = "limit-depth", [LIMIT_PARTS] = "limit-parts",
	[LIMIT_SIZE] = "limit-size", [LIMIT_DECODED] = "limit-decoded",
	[LIMIT_HEAD] = "limit-head", [LIMIT_NAMES] = "limit-names",
	[LIMIT_BOUNDARY] = "limit-boundary", [LIMIT_READINGS] = "limit-readings",
	[LIMIT_PARTIAL] = "partial", [LIMIT_ENCRYPTED] = "encrypted",
	[LIMIT_COMPRESSED] = "compressed", [LIMIT_CONVERSIONS] = "limit-conversions",
};

static const char *const DEFECT[DEFECTS] = {
	[DEFECT_BAD_LINE] = "bad-line", [DEFECT_BLANK_LINE] = "blank-line",
	[DEFECT_SPACE_COLON] = "space-colon",
	[DEFECT_LEADING_SPACE] = "leading-space", [DEFECT_NUL] = "nul",
	[DEFECT_CONTROL] = "control", [DEFECT_EIGHT_BIT] = "eight-bit",
	[DEFECT_BARE_CR] = "bare-cr", [DEFECT_MIXED_ENDS] = "mixed-ends",
	[DEFECT_LATE_HEAD] = "late-head", [DEFECT_NO_BODY] = "no-body",
	[DEFECT_FIELD_TWICE] = "field-twice", [DEFECT_TYPE] = "type",
	[DEFECT_BOUNDARY] = "boundary", [DEFECT_NO_BOUNDARY] = "no-boundary",
	[DEFECT_ENCODING] = "encoding",
	[DEFECT_ENCODED_MULTIPART] = "encoded-multipart",
	[DEFECT_NAMES] = "names", [DEFECT_NO_PARTS] = "no-parts",
	[DEFECT_NOT_CLOSED] = "not-closed", [DEFECT_DELIMITER] = "delimiter",
	[DEFECT_AFTER_CLOSE] = "after-close",
	[DEFECT_SAME_BOUNDARY] = "same-boundary",
	[DEFECT_PREAMBLE] = "preamble", [DEFECT_EPILOGUE] = "epilogue",
	[DEFECT_BASE64_JUNK] = "base64-junk",
	[DEFECT_BASE64_PADDING] = "base64-padding",
	[DEFECT_BASE64_URL] = "base64-url", [DEFECT_BASE64_SHORT] = "base64-short",
	[DEFECT_BASE64_LINE] = "base64-line",
	[DEFECT_BASE64_UNSAID] = "base64-unsaid",
	[DEFECT_QP_ILLEGAL] = "qp-illegal", [DEFECT_QP_LOWER] = "qp-lower",
	[DEFECT_QP_BREAK] = "qp-break", [DEFECT_QP_BLANKS] = "qp-blanks",
};

/* Bytes of a part's words: with what else its record has they fit in a line. */
enum { NAMES_MAX = RECORD_MAX - 4096, APPLY_LEAST = 1024 };

/* The manifest while it is made. */
struct text {
	char *p;
	size_t n, room;
};

unsigned long
outline_add(struct outline *o, unsigned long parent)
{
	struct entry *e;

	if (o->count == o->room) {
		o->room = o->room ? o->room * 2 : 16;
		e = reallocarray(o->entry, o->room, sizeof *e);
		if (e == NULL)
			err(EXIT_RETRY, "memory for %lu parts", o->room);
		o->entry = e;
	}
	e = &o->entry[o->count];
	memset(e, 0, sizeof *e);
	e->parent = parent;
	e->edit = o->count;
	o->live++;
	return o->count++;
}

void
outline_take_back(struct outline *o)
{
	struct entry *e = &o->entry[--o->count];

	for (int limit = 0; limit < LIMITS; limit++)
		if (o->reached[limit] && o->where[limit] == o->count)
			o->where[limit] = e->parent;
	free(e->words);
	free(e->traits);
	free(e->imap);
	o->live--;
}

void
outline_limit(struct outline *o, enum limit limit, unsigned long part)
{
	if (!o->reached[limit])
		o->where[limit] = part;
	o->reached[limit] = true;
}

void
outline_defect(struct outline *o, enum defect defect, unsigned long part)
{
	o->entry[part].defects |= UINT64_C(1) << defect;
}

void
outline_set_words(struct outline *o, unsigned long part, char *words,
    unsigned long long allowed)
{
	size_t n = strlen(words);
	char *name = strstr(words, "name=");

	if (o->words + n > allowed && name != NULL) {
		*(name > words ? name - 1 : name) = '\0';
		outline_limit(o, LIMIT_NAMES, part);
		n = strlen(words);
	}
	o->words += n;
	o->entry[part].words = words;
}

/* Has the line this word, whole? */
static bool
has_word(const char *line, const char *word, size_t n)
{
	while (*line != '\0') {
		size_t len = strcspn(line, " ");

		if (len == n && memcmp(line, word, n) == 0)
			return true;
		line += len;
		line += *line == ' ';
	}
	return false;
}

void
outline_merge_words(struct outline *o, unsigned long part, const char *more)
{
	struct entry *e = &o->entry[part];
	size_t have = e->words == NULL ? 0 : strlen(e->words), n;

	if (more == NULL)
		return;
	e->words = realloc(e->words, have + strlen(more) + 2);
	if (e->words == NULL)
		err(EXIT_RETRY, "memory");
	e->words[have] = '\0';
	for (; *more != '\0'; more += n + (more[n] == ' ')) {
		n = strcspn(more, " ");
		if (strncmp(more, "name=", 5) != 0 || has_word(e->words, more, n))
			continue;
		if (have + n + 1 > NAMES_MAX) {
			outline_limit(o, LIMIT_NAMES, part);
			return;
		}
		if (have > 0)
			e->words[have++] = ' ';
		memcpy(e->words + have, more, n);
		have += n;
		e->words[have] = '\0';
	}
}

void
outline_set_traits(struct outline *o, unsigned long part, char *traits,
    unsigned long long allowed)
{
	struct entry *e = &o->entry[part];
	size_t n = strlen(traits);

	if (n > TRAITS_MAX || o->words + n > allowed) {
		traits[0] = '\0';
		e->unknown = true;
		n = 0;
	}
	o->words += n;
	e->traits = traits;
}

unsigned long
outline_headed(const struct outline *o, unsigned long part)
{
	while (part > 0 && o->entry[part].traits == NULL)
		part = o->entry[part].parent;
	return part;
}

/* Adds a word that is not there; what it has then is in doubt. */
static void
merge_trait(struct entry *e, const char *word, size_t n)
{
	size_t have = e->traits == NULL ? 0 : strlen(e->traits);

	if (e->traits != NULL && has_word(e->traits, word, n))
		return;
	e->doubt = true;
	if (have + n + 2 > TRAITS_MAX) {
		e->unknown = true;
		return;
	}
	if ((e->traits = realloc(e->traits, have + n + 2)) == NULL)
		err(EXIT_RETRY, "memory");
	if (have > 0)
		e->traits[have++] = ' ';
	memcpy(e->traits + have, word, n);
	e->traits[have + n] = '\0';
}

void
outline_merge_traits(struct outline *o, unsigned long heir, unsigned long part)
{
	static const char FILE_TYPE[] = "type=application/octet-stream";
	unsigned long head = outline_headed(o, part), to = outline_headed(o, heir);
	const char *more = o->entry[head].traits;
	struct entry *e = &o->entry[heir];

	if (more == NULL || head == to)
		return;
	if (e->traits == NULL) {	/* it was under another head so far */
		e->traits = strdup(o->entry[to].traits);
		if (e->traits == NULL)
			err(EXIT_RETRY, "memory");
		if (e->reading == NULL)
			merge_trait(e, FILE_TYPE, sizeof FILE_TYPE - 1);
	}
	e->doubt |= o->entry[head].doubt || o->entry[to].doubt;
	e->unknown |= o->entry[head].unknown || o->entry[to].unknown;
	for (size_t n; *more != '\0'; more += n + (more[n] == ' ')) {
		n = strcspn(more, " ");
		merge_trait(e, more, n);
	}
	if (head != part && o->entry[part].reading == NULL)
		merge_trait(e, FILE_TYPE, sizeof FILE_TYPE - 1);
}

size_t
outline_room(const struct outline *o, size_t most)
{
	const char *words = o->entry[0].words;
	size_t used = words == NULL ? 0 : strlen(words);

	if (used + APPLY_LEAST >= NAMES_MAX)
		return APPLY_LEAST;
	return NAMES_MAX - used < most ? NAMES_MAX - used : most;
}

bool
outline_inside(const struct outline *o, unsigned long part, unsigned long in)
{
	while (part > in)
		part = o->entry[part].parent;
	return part == in;
}

unsigned long
outline_readings(const struct outline *o, bool *any)
{
	for (unsigned long i = 0; i < o->count; i++)
		if (o->entry[i].reading != NULL) {
			*any = true;
			return o->entry[i].of;
		}
	*any = false;
	return 0;
}

static void
append(struct text *t, const char *p, size_t n)
{
	if (t->room - t->n < n) {
		t->room = (t->room + n) * 2;
		if ((t->p = realloc(t->p, t->room)) == NULL)
			err(EXIT_RETRY, "memory for the manifest");
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

static void
add_range(struct record *r, const char *key, const struct range *range)
{
	char text[48];

	if (!range->set)
		return;
	snprintf(text, sizeof text, "%llu+%llu", range->start, range->len);
	record_addstr(r, key, text);
}

/* KEY=PART:WHY: a verdict of ours, for who reads one record only. */
static void
add_verdict(struct record *r, const char *key, unsigned long part, const char *why)
{
	char text[64];

	snprintf(text, sizeof text, "%lu:%s", part, why);
	record_addstr(r, key, text);
}

static bool
unambiguous(const struct outline *o)
{
	for (unsigned long i = 0; i < o->count; i++)
		if (o->entry[i].defects != 0 || o->entry[i].reading != NULL)
			return false;
	for (int limit = 0; limit < LIMITS; limit++)
		if (o->reached[limit])
			return false;
	return !o->carriers;
}

static void
add_verdicts(struct record *r, const struct outline *o)
{
	bool any;
	unsigned long of = outline_readings(o, &any);

	if (unambiguous(o))
		record_addstr(r, "unambiguous", "yes");
	for (int limit = 0; limit < LIMITS; limit++)
		if (o->reached[limit])
			add_verdict(r, "unscanned", o->where[limit], WHY[limit]);
	if (any)
		add_verdict(r, "odd", of, "readings");
}

static void
add_defects(struct record *r, uint64_t defects)
{
	for (int d = 0; d < DEFECTS; d++)
		if (defects & UINT64_C(1) << d)
			record_addstr(r, "defect", DEFECT[d]);
}

/* Where there is a conversions file: what its functions want to know, too. */
static void
add_treatments(struct record *r, const struct outline *o, const struct entry *e)
{
	struct span v;

	if (e->traits != NULL && record_get(e->traits, strlen(e->traits), "disposition", &v) &&
	    v.n > 0)
		record_addcoded(r, "disposition", v);
	for (unsigned t = 0; t < TREATMENTS; t++)
		if ((e->treat & 1u << t) != 0)
			record_addstr(r, "treat", o->conversions->word[t]);
}

static void
add_entry(struct text *t, const struct outline *o, unsigned long n, const char *id,
    struct record *r)
{
	const struct entry *e = &o->entry[n];

	record_start(r);
	record_addnum(r, "part", n);
	if (n == 0) {
		record_addstr(r, "id", id);
		record_addnum(r, "parts", o->count);
		if (o->forged > 0)
			record_addnum(r, "forged", o->forged);
		add_verdicts(r, o);
	} else {
		record_addnum(r, "parent", e->parent);
		record_addnum(r, "edit", e->edit);
	}
	if (e->reading != NULL) {
		record_addstr(r, "reading", e->reading);
		record_addnum(r, "of", e->of);
	}
	if (e->imap != NULL)
		record_addstr(r, "imap", e->imap);
	if (e->file)
		record_addstr(r, "file", "yes");
	record_addnum(r, "size", e->size);
	add_range(r, "head", &e->head);
	add_range(r, "body", &e->body);
	add_range(r, "span", &e->span);
	add_defects(r, e->defects);
	if (o->conversions != NULL)
		add_treatments(r, o, e);
	append(t, r->text, r->len);
	if (n == 0 && o->apply != NULL)
		append(t, o->apply, strlen(o->apply));
	if (e->words != NULL && e->words[0] != '\0') {
		append(t, " ", 1);
		append(t, e->words, strlen(e->words));
	}
	append(t, "\n", 1);
}

char *
outline_manifest(const struct outline *o, const char *id, size_t *n)
{
	static struct record r;
	struct text t = { NULL, 0, 0 };

	for (unsigned long i = 0; i < o->count; i++)
		add_entry(&t, o, i, id, &r);
	*n = t.n;
	return t.p;
}

static void
print_verdict(const char *id, unsigned long part, const char *verdict, const char *why)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "id", id);
	record_addnum(&r, "part", part);
	record_addstr(&r, "verdict", verdict);
	record_addstr(&r, "why", why);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

unsigned
outline_print_verdicts(const struct outline *o, const char *id)
{
	unsigned count = 0;
	bool any;
	unsigned long of = outline_readings(o, &any);

	for (int limit = 0; limit < LIMITS; limit++) {
		if (!o->reached[limit])
			continue;
		print_verdict(id, o->where[limit], "unscanned", WHY[limit]);
		count++;
	}
	if (any)
		print_verdict(id, of, "odd", "readings");
	return count + any;
}

void
outline_free(struct outline *o)
{
	for (unsigned long i = 0; i < o->count; i++) {
		free(o->entry[i].imap);
		free(o->entry[i].words);
		free(o->entry[i].traits);
	}
	free(o->entry);
	free(o->apply);
	memset(o, 0, sizeof *o);
}
