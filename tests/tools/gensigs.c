/* SPDX-License-Identifier: ISC */
/*
 * gensigs [-b BODIES] [-s SEED] DIR SIGNATURES: a made-up set of signatures in the
 * folder DIR, for benchmarks of an engine.  BODIES of them (a tenth, 180,000 at the
 * most, as in the official set) are bytes to look for, half of them alone (.ndb), half
 * two to five together (.ldb); the others are hashes of files and of sections of
 * programs.  The bytes are taken from programs and texts of this machine and changed
 * here and there, so that beginnings are as alike, and near misses as many, as with
 * real ones.  The same seed makes the same hashes everywhere, the same bytes on the
 * same machine only.
 */
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "gensigs",
    "gensigs [-b BODIES] [-s SEED] DIR SIGNATURES\n"
    "Signatures for a benchmark; see the comment in its source.\n"
};

enum { ROOM = 32 << 20, LONGEST = 96 };

static uint64_t seed = 42;

/* What bytes are taken from. */
struct source {
	unsigned char *p;
	size_t n;
};
static struct source programs, texts;

static uint64_t
next(void)
{
	uint64_t x = seed += 0x9e3779b97f4a7c15;	/* splitmix64 */

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static unsigned
below(unsigned n)
{
	return (unsigned)(next() >> 33) % n;
}

/* --- what the bytes are taken from ------------------------------------------------ */

static void
slurp_file(struct source *s, const char *path, size_t most)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return;
	if (most > ROOM - s->n)
		most = ROOM - s->n;
	s->n += fread(s->p + s->n, 1, most, f);
	fclose(f);
}

/* The files of a folder, in the order of their names. */
static void
slurp(struct source *s, const char *folder, size_t most)
{
	struct dirent **e;
	int n = scandir(folder, &e, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];
		struct stat st;

		if (snprintf(path, sizeof path, "%s/%s", folder, e[i]->d_name) <
		    (int)sizeof path && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size > 2048)
			slurp_file(s, path, most);
		free(e[i]);
	}
	if (n >= 0)
		free(e);
}

static void
slurp_all(void)
{
	static const char *const PLACES[] = { "/usr/share/perl/5.36", "/usr/share/perl5",
	    "/usr/share/common-licenses", "/usr/share/vim/vim90/syntax", "/usr/lib/python3.11",
	    "/usr/share/perl/5.36/unicore", "/usr/include", "/usr/include/linux", "/etc" };

	programs.p = malloc(ROOM);
	texts.p = malloc(ROOM);
	if (programs.p == NULL || texts.p == NULL)
		err(EXIT_RETRY, "malloc");
	slurp(&programs, "/usr/bin", 262144);
	for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++)
		slurp(&texts, PLACES[i], 65536);
	if (programs.n < 1000000 || texts.n < 1000000)
		errx(EXIT_RETRY, "there are too few files here to take bytes from");
}

/* --- signatures ------------------------------------------------------------------ */

static void
hex(FILE *f, const unsigned char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		putc(digits[p[i] >> 4], f);
		putc(digits[p[i] & 15], f);
	}
}

static void
hash(FILE *f, size_t n)
{
	unsigned char b[32];

	for (size_t i = 0; i < n; i++)
		b[i] = (unsigned char)next();
	hex(f, b, n);
}

static void
name(FILE *f, unsigned long number)
{
	static const char *const FAMILY[] = { "Win.Trojan.Agent", "Win.Downloader.Small",
	    "Win.Worm.Mytob", "Win.Ransomware.Locky", "Doc.Dropper.Emotet",
	    "Html.Phishing.Bank", "Js.Malware.Generic", "Unix.Spyware.Zbot" };

	fprintf(f, "Made.%s-%lu-0", FAMILY[below(8)], number);
}

/* Bytes with some structure, a few of them changed, to b. */
static void
sample(unsigned char *b, size_t n, bool text)
{
	const struct source *s = text ? &texts : &programs;
	size_t dull;

	do {
		memcpy(b, s->p + next() % (s->n - n), n);
		dull = 0;
		for (size_t i = 1; i < n; i++)
			dull += b[i] == b[i - 1] || b[i] == 0 || b[i] == 0xff || b[i] == ' ';
	} while (dull * 4 > n || (b[0] == 0 && b[1] == 0));
	for (size_t i = 3 + below(4); i < n; i += 5 + below(6))
		b[i] = text ? (unsigned char)('a' + below(26)) : (unsigned char)next();
}

/* One piece, sometimes with a byte that may be another. */
static void
piece(FILE *f, size_t n, bool text)
{
	unsigned char b[LONGEST];
	unsigned kind = below(100);
	size_t at = 6 + below((unsigned)n - 7);

	sample(b, n, text);
	if (n < 16 || kind >= 16) {
		hex(f, b, n);
		return;
	}
	hex(f, b, at);
	if (kind < 8)
		fputs("??", f);
	else
		fprintf(f, "(%02x|%02x)", below(256), below(256));
	hex(f, b + at + 1, n - at - 1);
}

/* One to four pieces, with gaps of some length. */
static void
pattern(FILE *f, bool text)
{
	unsigned r = below(100), pieces = r < 48 ? 1 : r < 78 ? 2 : r < 93 ? 3 : 4;

	for (unsigned i = 0; i < pieces; i++) {
		if (i > 0 && below(100) < 40)
			fprintf(f, "{%u}", 1 + below(40));
		else if (i > 0)
			fprintf(f, "{%u-%u}", 1 + below(10), 20 + below(100));
		piece(f, 8 + below(pieces == 1 ? 72 : 28), text);
	}
}

/* What kind of file it is for: a program, any, HTML, mail, text, a document. */
static unsigned
target(bool *text)
{
	unsigned r = below(100);

	*text = r >= 62 && r < 93;
	return r < 55 ? 1 : r < 70 ? 0 : r < 82 ? 3 : r < 88 ? 4 : r < 93 ? 7 : 2;
}

static void
single(FILE *f, unsigned long number)
{
	bool text;
	unsigned t = target(&text), r = below(100);

	name(f, number);
	if (t == 1 && r < 12)
		fprintf(f, ":1:EP+%u:", below(64));
	else if (r < 18)
		fprintf(f, ":%u:EOF-%u:", t, 200 + below(2000));
	else if (r < 22)
		fprintf(f, ":%u:%u:", t, below(512));
	else
		fprintf(f, ":%u:*:", t);
	pattern(f, text);
	putc('\n', f);
}

static void
logical(FILE *f, unsigned long number)
{
	bool text;
	unsigned t = target(&text), parts = 2 + below(4);

	name(f, number);
	fprintf(f, ";Engine:81-255,Target:%u;(0", t);
	for (unsigned i = 1; i < parts; i++)
		fprintf(f, "&%u", i);
	putc(')', f);
	for (unsigned i = 0; i < parts; i++) {
		putc(';', f);
		pattern(f, text);
	}
	putc('\n', f);
}

/* --- files ------------------------------------------------------------------------- */

static FILE *
create(const char *dir, const char *end)
{
	char path[PATH_MAX];
	FILE *f = NULL;

	if (snprintf(path, sizeof path, "%s/made.%s", dir, end) >= (int)sizeof path ||
	    (f = fopen(path, "w")) == NULL)
		err(EXIT_RETRY, "%s/made.%s", dir, end);
	return f;
}

static void
finish(FILE *f)
{
	if (ferror(f) || fclose(f) == EOF)
		err(EXIT_RETRY, "write");
}

static void
hashes(const char *dir, unsigned long n)
{
	FILE *md5 = create(dir, "hdb"), *sha = create(dir, "hsb"), *section = create(dir, "mdb");

	for (unsigned long i = 0; i < n; i++) {
		unsigned kind = below(100);
		unsigned size = 512 + below(kind < 50 ? 2000 : 2000000);
		FILE *f = kind < 50 ? section : kind < 80 ? sha : md5;

		if (f == section)
			fprintf(f, "%u:", (size + 511) / 512 * 512);
		hash(f, f == sha ? 32 : 16);
		if (f != section)
			fprintf(f, ":%u", size);
		putc(':', f);
		name(f, i);
		putc('\n', f);
	}
	finish(md5);
	finish(sha);
	finish(section);
}

static void
bodies(const char *dir, unsigned long n, unsigned long first)
{
	FILE *ndb = create(dir, "ndb"), *ldb = create(dir, "ldb");

	for (unsigned long i = 0; i < n; i++) {
		if (i % 2 == 0)
			single(ndb, first + i);
		else
			logical(ldb, first + i);
	}
	finish(ndb);
	finish(ldb);
}

int
main(int argc, char **argv)
{
	unsigned long n, body = ULONG_MAX;
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":b:s:")) != -1) {
		if (o == 'b')
			body = cli_number(&cli, "-b", optarg, 0, 100000000);
		else
			seed = cli_number(&cli, "-s", optarg, 0, ULONG_MAX);
	}
	if (argc - optind != 2)
		cli_usage(&cli, "give a folder and a number");
	n = cli_number(&cli, "SIGNATURES", argv[optind + 1], 1, 100000000);
	if (body == ULONG_MAX)
		body = n / 10 < 180000 ? n / 10 : 180000;
	if (body > n)
		cli_usage(&cli, "-b: more than there are in all");
	if (mkdir(argv[optind], 0755) < 0 && errno != EEXIST)
		err(EXIT_RETRY, "%s", argv[optind]);
	slurp_all();
	hashes(argv[optind], n - body);
	bodies(argv[optind], body, n - body);
	free(programs.p);
	free(texts.p);
	return EXIT_NOTHING;
}
