/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/manifest.c cmd/sigupdate/filename.c
/* Manifests: what is read, what is refused and why, and that both forms are printed as read. */
#include "cmd/sigupdate/manifest.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEAD "manifest=ours generation=43 made=2026-11-26T15:00:00Z files="
#define KEPT "manifest=20261126150000 made=2026-11-26T15:00:00Z files="
#define FILE_OF(name) "name=file:" name " size=5 sha256=" SUM "\n"
#define MOST "9223372036854775807"

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* Why it is refused; "" where it is not. */
static const char *
wrong(const char *text)
{
	static char why[MANIFEST_WRONG];
	struct manifest m;
	const char *what = manifest_parse(&m, span(text));

	snprintf(why, sizeof why, "%s", what == NULL ? "" : what);
	if (what != NULL && (m.file != NULL || m.source != NULL || m.files + m.sources > 0))
		snprintf(why, sizeof why, "something is left");
	manifest_free(&m);
	return why;
}

static bool
refused(const char *text, const char *why)
{
	const char *what = wrong(text);

	if (strcmp(what, why) == 0)
		return true;
	printf("# %s\n", what);
	return false;
}

/* Is what is printed of it just this? */
static bool
prints(const struct manifest *m, const char *text)
{
	size_t n;
	char *got = manifest_text(m, &n);
	bool good = got != NULL && n == strlen(text) && strcmp(got, text) == 0;

	free(got);
	return good;
}

static bool
stays(const char *text)
{
	struct manifest m;
	bool good = manifest_parse(&m, span(text)) == NULL && prints(&m, text);

	manifest_free(&m);
	return good;
}

/* --- times and names ------------------------------------------------------------------- */

static void
times(void)
{
	static const char *const BAD[] = { "", "2026-11-26T15:00:00", "2026-11-26T15:00:00z",
	    "2026-11-26 15:00:00Z", "2026-11-26T15:00:00ZZ", "2026-11-31T15:00:00Z",
	    "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
	    "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
	    "2026-01-01T00:60:00Z", "2016-12-31T23:59:60Z", "1969-12-31T23:59:59Z",
	    "0000-01-01T00:00:00Z", "-026-01-01T00:00:00Z", "2026-1 -01T00:00:00Z",
	    "2026-+1-01T00:00:00Z", "2026-11-26T15:00:0:Z", "20261126T150000.000Z" };
	static const struct {
		const char *text;
		time_t t;
	} GOOD[] = { { "1970-01-01T00:00:00Z", 0 }, { "2026-11-26T15:00:00Z", 1795705200 },
	    { "2024-02-29T23:59:59Z", 1709251199 }, { "2000-02-29T00:00:00Z", 951782400 },
	    { "9999-12-31T23:59:59Z", 253402300799 } };
	char text[MANIFEST_TIME];
	time_t t;

	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		OK(!manifest_when(span(BAD[i]), &t));
	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
		OK(manifest_when(span(GOOD[i].text), &t) && t == GOOD[i].t);
		manifest_time(GOOD[i].t, text);
		OK(strcmp(text, GOOD[i].text) == 0);
	}
	manifest_time(-1, text);
	OK(strcmp(text, "1970-01-01T00:00:00Z") == 0);
	manifest_time(253402300800, text);
	OK(strcmp(text, "9999-12-31T23:59:59Z") == 0);
}

static void
names(void)
{
	OK(manifest_name(span("a")) && manifest_name(span("9-_a")));
	OK(manifest_name(span("abcdefghijklmnopqrstuvwxyz012345")));
	OK(!manifest_name(span("abcdefghijklmnopqrstuvwxyz0123456")));
	OK(!manifest_name(span("")) && !manifest_name(span("A")) && !manifest_name(span("-a")));
	OK(!manifest_name(span("_a")) && !manifest_name(span("a.b")) && !manifest_name(span("a/b")));
}

/* --- one that is published -------------------------------------------------------------- */

static void
published(void)
{
	struct manifest m;

	OK(manifest_parse(&m, span(HEAD "2 odd=1\n" FILE_OF("b.ndb")
	    "name=file:A.ndb size=" MOST " sha256=" SUM "\n")) != NULL);	/* too many bytes */
	OK(manifest_parse(&m, span(HEAD "2 odd=1\n" FILE_OF("b.ndb")
	    "name=file:A.ndb odd=1 sha256=" SUM " size=0 sigs=7\n")) == NULL);
	OK(strcmp(m.set, "ours") == 0 && m.generation == 43 && m.made == 1795705200);
	OK(m.sources == 0 && m.files == 2 && strcmp(m.file[0].name, "A.ndb") == 0);
	OK(m.file[0].size == 0 && m.file[0].sigs == 7 && m.file[0].source[0] == '\0');
	OK(m.file[1].size == 5 && m.file[1].sha256[0] == 0xe3 && m.file[1].sha256[31] == 0x55);
	OK(manifest_file(&m, "b.ndb") == &m.file[1] && manifest_file(&m, "B.ndb") == NULL);
	OK(manifest_file(&m, "c.ndb") == NULL && manifest_source(&m, "ours") == NULL);
	OK(prints(&m, HEAD "2\nname=file:A.ndb size=0 sha256=" SUM " sigs=7\n" FILE_OF("b.ndb")));
	manifest_free(&m);
	OK(stays(HEAD "0\n"));
	OK(stays("manifest=a%20b generation=" MOST " made=1970-01-01T00:00:00Z files=0\n"));
}

static void
heads(void)
{
	OK(refused("", "empty"));
	OK(refused("\n", "line 1: no record"));
	OK(refused(HEAD "0", "its last line is cut"));
	OK(refused(HEAD "0\n\n", "line 2: no record"));
	OK(refused(HEAD "0\r\n", "line 1: no record"));
	OK(refused(" " HEAD "0\n", "line 1: no record"));
	OK(refused("<html>\n", "line 1: no record"));
	OK(refused(FILE_OF("a.ndb"), "line 1: does not begin as a manifest does"));
	OK(refused("generation=43 manifest=ours made=2026-11-26T15:00:00Z files=0\n",
	    "line 1: does not begin as a manifest does"));
	OK(refused(HEAD "0\n" HEAD "0\n", "line 2: a second manifest"));
	OK(refused(HEAD "0 files=0\n", "line 1: a key that is there twice"));
	OK(refused(HEAD "0\nodd=1\n", "line 2: an unknown kind of record"));
	OK(refused("manifest=ours made=2026-11-26T15:00:00Z files=0\n", "no generation="));
	OK(refused("manifest=ours generation=0 made=2026-11-26T15:00:00Z files=0\n",
	    "line 1: generation= is no number above 0"));
	OK(refused("manifest=ours generation=043 made=2026-11-26T15:00:00Z files=0\n",
	    "line 1: generation= is no number above 0"));
	OK(refused("manifest=ours generation=9223372036854775808 made=2026-11-26T15:00:00Z "
	    "files=0\n", "line 1: generation= is no number above 0"));
	OK(refused("manifest=ours generation=99999999999999999999 made=2026-11-26T15:00:00Z "
	    "files=0\n", "line 1: generation= is no number above 0"));
	OK(refused("manifest= generation=43 made=2026-11-26T15:00:00Z files=0\n",
	    "line 1: manifest= is no name of a set"));
	OK(refused("manifest=a%0A generation=43 made=2026-11-26T15:00:00Z files=0\n",
	    "line 1: manifest= is no name of a set"));
	OK(refused("manifest=ours generation=43 files=0\n", "line 1: made= is no time"));
	OK(refused("manifest=ours generation=43 made=now files=0\n", "line 1: made= is no time"));
	OK(refused("manifest=ours generation=43 made=2026-11-26T15:00:00Z\n",
	    "line 1: files= is no number"));
	OK(refused(HEAD "-1\n", "line 1: files= is no number"));
	OK(refused(HEAD "\n", "line 1: files= is no number"));
	OK(refused(HEAD "4097\n", "line 1: too many files"));
	OK(refused(HEAD "0 sigs=1x\n", "line 1: sigs= is no number"));
	OK(refused(HEAD "0 engine=%7F\n", "line 1: engine= is no version"));
}

static void
files(void)
{
	OK(refused(HEAD "1\n", "fewer files than files= says"));
	OK(refused(HEAD "1\n" FILE_OF("a.ndb") FILE_OF("b.ndb"),
	    "line 3: more files than files= says"));
	OK(refused(HEAD "2\n" FILE_OF("a.ndb") FILE_OF("a.ndb"), "two files of one name: a.ndb"));
	OK(strncmp(wrong(HEAD "4\n" FILE_OF("a.NDB") FILE_OF("b.ndb") FILE_OF("B_.ndb")
	    FILE_OF("A.ndb")), "two files of one name: ", 23) == 0);
	OK(refused(HEAD "1\n" FILE_OF("a.txt"), "line 2: a name without a suffix of signatures"));
	OK(refused(HEAD "1\n" FILE_OF("../a.ndb"),
	    "line 2: a name with other bytes than A-Z a-z 0-9 . _ -"));
	OK(refused(HEAD "1\n" FILE_OF("a%0A.ndb"),
	    "line 2: a name with other bytes than A-Z a-z 0-9 . _ -"));
	OK(refused(HEAD "1\n" FILE_OF(""), "line 2: a name that is empty"));
	OK(refused(HEAD "1\nname=a.ndb size=5 sha256=" SUM "\n", "line 2: name= is no file"));
	OK(refused(HEAD "1\nname=file:a.ndb sha256=" SUM "\n", "line 2: size= is no number"));
	OK(refused(HEAD "1\nname=file:a.ndb size=00 sha256=" SUM "\n",
	    "line 2: size= is no number"));
	OK(refused(HEAD "1\nname=file:a.ndb size=1\n", "line 2: sha256= is none"));
	OK(refused(HEAD "1\nname=file:a.ndb size=1 sha256=" SUM "0\n", "line 2: sha256= is none"));
	OK(refused(HEAD "1\nname=file:a.ndb size=1 sha256=E3B0C44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855\n", "line 2: sha256= is none"));
	OK(refused(HEAD "1\nname=file:a.ndb size=1 sha256=" SUM " size=2\n",
	    "line 2: a key that is there twice"));
	OK(refused(HEAD "1\nname=file:a.ndb source=x size=1 sha256=" SUM "\n",
	    "of no source that has a record: a.ndb"));
	OK(refused(HEAD "2\nname=file:a.ndb size=" MOST " sha256=" SUM "\n" FILE_OF("b.ndb"),
	    "line 3: too many bytes"));
}

/* --- one that is kept ---------------------------------------------------------------------- */

static void
add(struct manifest *m, const char *name, const char *source)
{
	struct manifest_file f = { .size = 5, .sigs = 2 };

	snprintf(f.name, sizeof f.name, "%s", name);
	snprintf(f.source, sizeof f.source, "%s", source);
	f.sha256[0] = (unsigned char)m->files;
	if (!manifest_add_file(m, &f))
		abort();
}

static void
add_source(struct manifest *m, const char *name)
{
	struct manifest_source s = { .kind = "local", .sigs = 4, .made = 1795705200 };

	snprintf(s.name, sizeof s.name, "%s", name);
	manifest_id(m, name, s.id);
	if (!manifest_add_source(m, &s))
		abort();
}

static void
fill(struct manifest *m)
{
	memset(m, 0, sizeof *m);
	memcpy(m->set, "20261126150000", 15);
	memcpy(m->engine, "1.4.3", 6);
	m->made = 1795705200;
	m->sigs = 6;
	add(m, "c.ndb", "ours");
	add(m, "B.ndb", "official");
	add(m, "a.ndb", "official");
	add_source(m, "official");
	add_source(m, "ours");
}

static void
kept(void)
{
	struct manifest m, again;
	unsigned char one[SHA256_BYTES], all[SHA256_BYTES];
	size_t n;
	char *text;

	fill(&m);
	OK(strcmp(m.file[0].name, "a.ndb") == 0 && strcmp(m.file[2].name, "c.ndb") == 0);
	OK((text = manifest_text(&m, &n)) != NULL && strlen(text) == n);
	OK(manifest_parse(&again, span(text)) == NULL && prints(&again, text));
	OK(again.sources == 2 && strcmp(again.source[0].kind, "local") == 0);
	OK(manifest_source(&again, "ours") != NULL && again.sigs == 6);
	OK(strcmp(manifest_file(&again, "B.ndb")->source, "official") == 0);
	manifest_id(&again, NULL, all);
	manifest_id(&m, NULL, one);
	OK(memcmp(one, all, sizeof one) == 0);
	manifest_id(&m, "ours", one);
	OK(memcmp(one, m.source[1].id, sizeof one) == 0 && memcmp(one, all, sizeof one) != 0);
	manifest_free(&again);
	/* a file that says another size */
	memcpy(strstr(text, "size=5"), "size=6", 6);
	OK(refused(text, "id= does not fit the files of source: official"));
	free(text);
	manifest_free(&m);
	OK(m.file == NULL && m.files == 0);
}

static void
adding(void)
{
	struct manifest m;
	struct manifest_file f = { .name = "C.NDB" };
	struct manifest_source s = { .name = "ours" };

	fill(&m);
	OK(!manifest_add_file(&m, &f) && errno == EEXIST && m.files == 3);
	OK(!manifest_add_source(&m, &s) && errno == EEXIST && m.sources == 2);
	s.name[0] = 'x';
	OK(manifest_add_source(&m, &s) && m.sources == 3);
	OK(manifest_add_file(&m, &m.file[0]) == false);
	manifest_free(&m);
}

static void
sources(void)
{
	static const char *const BAD[][2] = {
		{ "source=A kind=local sigs=0 id=" SUM, "source= is no name of a source" },
		{ "source=a sigs=0 id=" SUM, "kind= is no word" },
		{ "source=a kind=Local sigs=0 id=" SUM, "kind= is no word" },
		{ "source=a kind=abcdefghijklmnop sigs=0 id=" SUM, "kind= is no word" },
		{ "source=a kind=local id=" SUM, "sigs= is no number" },
		{ "source=a kind=local sigs=0", "id= is no SHA-256" },
		{ "source=a kind=local sigs=0 generation=0 id=" SUM,
		    "generation= is no number above 0" },
		{ "source=a kind=local sigs=0 made=x id=" SUM, "made= is no time" },
		{ "source=a source=b kind=local sigs=0 id=" SUM, "a key that is there twice" } };
	char text[400], why[100];

	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		snprintf(text, sizeof text, KEPT "0\n%s\n", BAD[i][0]);
		snprintf(why, sizeof why, "line 2: %s", BAD[i][1]);
		OK(refused(text, why));
	}
	/* SUM is of nothing at all, and so of no file */
	OK(stays(KEPT "0\nsource=a kind=local generation=3 sigs=0 id=" SUM "\n"));
	OK(stays(KEPT "0 sigs=3\nsource=b kind=x sigs=0 id=" SUM "\nsource=a kind=x sigs=0 id="
	    SUM "\n"));
	OK(refused(KEPT "0\nsource=a kind=x sigs=0 id=" SUM "\nsource=a kind=x sigs=0 id=" SUM
	    "\n", "line 3: a source that is there twice"));
	OK(refused(KEPT "1\nsource=a kind=x sigs=0 id=" SUM "\n" FILE_OF("a.ndb"),
	    "of no source that has a record: a.ndb"));
	OK(refused(KEPT "1\nsource=a kind=x sigs=0 id=" SUM "\nname=file:a.ndb source=b size=1 "
	    "sha256=" SUM "\n", "of no source that has a record: a.ndb"));
	OK(refused(KEPT "1\nsource=a kind=x sigs=0 id=" SUM "\nname=file:a.ndb source=a size=1 "
	    "sha256=" SUM "\n", "id= does not fit the files of source: a"));
}

/* --- bounds ------------------------------------------------------------------------------------ */

/* n files, the last of them first; where twice, two are one but for the case. */
static const char *
many(unsigned n, unsigned said, bool twice)
{
	static char text[MANIFEST_BYTES];
	size_t at = (size_t)snprintf(text, sizeof text, HEAD "%u\n", said);

	for (unsigned i = n; i-- > 0;)
		at += (size_t)snprintf(text + at, sizeof text - at, FILE_OF("%s%u.ndb"),
		    i % 2 != 0 ? "A" : "a", twice && i == 0 ? n - 1 : i);
	return wrong(text);
}

static void
bounds(void)
{
	struct manifest m = { .files = 0 };
	struct manifest_file f = { .size = 1 };
	struct manifest_source s = { .kind = "local" };
	static char text[MANIFEST_BYTES + 2];
	unsigned added = 0;

	OK(strcmp(many(MANIFEST_FILES, MANIFEST_FILES, false), "") == 0);
	OK(strncmp(many(MANIFEST_FILES, MANIFEST_FILES, true), "two files of one name", 21) == 0);
	OK(strcmp(many(MANIFEST_FILES + 1, MANIFEST_FILES, false),
	    "line 4098: more files than files= says") == 0);
	OK(strcmp(many(MANIFEST_FILES + 1, MANIFEST_FILES + 1, false), "line 1: too many files") == 0);
	for (int i = 0; i <= MANIFEST_FILES; i++) {
		snprintf(f.name, sizeof f.name, "%d.ndb", i);
		added += manifest_add_file(&m, &f);
	}
	OK(added == MANIFEST_FILES && errno == E2BIG);
	added = 0;
	for (int i = 0; i <= MANIFEST_SOURCES; i++) {
		snprintf(s.name, sizeof s.name, "s%d", i);
		added += manifest_add_source(&m, &s);
	}
	OK(added == MANIFEST_SOURCES && errno == E2BIG);
	manifest_free(&m);
	memset(text, 'a', sizeof text - 1);
	text[MANIFEST_BYTES] = '\n';
	OK(strcmp(wrong(text), "larger than 4 MiB") == 0);
	text[MANIFEST_BYTES - 1] = '\n';
	text[MANIFEST_BYTES] = '\0';
	OK(strcmp(wrong(text), "line 1: no record") == 0);
}

/* The largest that can be printed is still read: all of the longest. */
static void
largest(void)
{
	struct manifest m = { .set = "x", .generation = 1 }, again;
	struct manifest_file f = { .sigs = 0x7fffffffffffffff, .size = 1000000000000000 };
	struct manifest_source s = { .kind = "abcdefghijklmno", .made = 1,
	    .generation = 0x7fffffffffffffff, .sigs = 0x7fffffffffffffff };
	char *text;
	size_t n;

	for (int i = 0; i < MANIFEST_FILES; i++) {
		snprintf(f.name, sizeof f.name, "%096d.ndb", i);
		snprintf(f.source, sizeof f.source, "%032d", i % MANIFEST_SOURCES);
		manifest_add_file(&m, &f);
	}
	for (int i = 0; i < MANIFEST_SOURCES; i++) {
		snprintf(s.name, sizeof s.name, "%032d", i);
		manifest_id(&m, s.name, s.id);
		manifest_add_source(&m, &s);
	}
	OK((text = manifest_text(&m, &n)) != NULL && n <= MANIFEST_BYTES);
	OK(manifest_parse(&again, (struct span){ text, n }) == NULL);
	OK(again.files == MANIFEST_FILES && again.sources == MANIFEST_SOURCES && prints(&again, text));
	free(text);
	manifest_free(&m);
	manifest_free(&again);
}

int
main(void)
{
	times();
	names();
	published();
	heads();
	files();
	kept();
	adding();
	sources();
	bounds();
	largest();
	return done();
}
