/* SPDX-License-Identifier: ISC */
/* held list: what is in the quarantine, a line each. */
#include "cmd/held/held.h"
#include "cmd/held/folder.h"
#include "cmd/held/kept.h"
#include "cmd/held/safe.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN = 4, WORD_LONG = 100 };	/* recipients and findings of a line; bytes of each */

static const char *const WHAT[] = { "sig", "suffix", "why" };

/* Is text in this value, decoded, whatever the case of ASCII? */
static bool
has(struct span coded, const char *text)
{
	static char bytes[RECORD_MAX];
	size_t n = record_decode(bytes, coded), len = strlen(text);

	for (size_t i = 0; i + len <= n; i++)
		if (strncasecmp(bytes + i, text, len) == 0)
			return true;
	return false;
}

static bool
equals(struct span coded, const char *word)
{
	static char bytes[RECORD_MAX];
	struct span v = { bytes, record_decode(bytes, coded) };
	size_t n = strlen(word);

	if (kept_is(v, word))
		return n > 0;
	/* a Message-ID, as people give it: without its brackets */
	return n > 0 && v.n == n + 2 && v.p[0] == '<' && v.p[n + 1] == '>' &&
	    memcmp(v.p + 1, word, n) == 0;
}

static bool
any_rcpt(const struct kept *k, const char *text)
{
	struct span line = kept_first(k, KEPT_ENVELOPE);
	struct word w;
	size_t at = 0;

	while (record_word(line.p, line.n, &at, &w))
		if (kept_is(w.key, "to") && has(w.value, text))
			return true;
	return false;
}

static bool
any_finding(struct kept *k, const char *text)
{
	struct span line, v;
	size_t at = 0;

	while (kept_next(k, k->text[KEPT_VERDICTS], &at, &line))
		for (size_t i = 0; i < sizeof WHAT / sizeof WHAT[0]; i++)
			if (record_get(line.p, line.n, WHAT[i], &v) && has(v, text))
				return true;
	return false;
}

static bool
chosen(const struct options *o, struct kept *k)
{
	if (o->word != NULL && strcmp(o->word, k->id) != 0 &&
	    !equals(kept_value(k, KEPT_ENVELOPE, "queue"), o->word) &&
	    !equals(kept_value(k, KEPT_MANIFEST, "msgid"), o->word))
		return false;
	return (o->sender == NULL || has(kept_value(k, KEPT_ENVELOPE, "from"), o->sender)) &&
	    (o->rcpt == NULL || any_rcpt(k, o->rcpt)) &&
	    (o->sig == NULL || any_finding(k, o->sig));
}

static const char *
how_released(enum kept_release release)
{
	return release == KEPT_BEGUN ? "releasing" : "release";
}

static void
add_finding(struct record *r, struct span line)
{
	struct span v;

	if (record_get(line.p, line.n, "verdict", &v))
		record_addcoded(r, "verdict", v);
	for (size_t i = 0; i < sizeof WHAT / sizeof WHAT[0]; i++)
		if (record_get(line.p, line.n, WHAT[i], &v))
			record_addcoded(r, WHAT[i], v);
}

static void
print_record(struct kept *k)
{
	static struct record r;
	struct span line = kept_first(k, KEPT_ENVELOPE), v;
	enum kept_release release;
	struct word w;
	size_t at = 0;

	v = kept_ended(k, &release);
	record_start(&r);
	record_addstr(&r, "id", k->id);
	record_addstr(&r, "stowed", folder_time(k->stowed).text);
	record_addcoded(&r, "do", v);
	if (release != KEPT_NEVER)
		record_addstr(&r, "do", how_released(release));
	record_addnum(&r, "size", k->size);
	while (record_word(line.p, line.n, &at, &w))
		if (kept_is(w.key, "queue"))
			record_addcoded(&r, "queue", w.value);
		else if (kept_is(w.key, "from"))
			record_addcoded(&r, "from", w.value);
	if ((v = kept_value(k, KEPT_MANIFEST, "msgid")).n > 0)
		record_addcoded(&r, "msgid", v);
	for (at = 0; kept_next(k, k->text[KEPT_VERDICTS], &at, &line);)
		add_finding(&r, line);
	line = kept_first(k, KEPT_ENVELOPE);
	for (at = 0; record_word(line.p, line.n, &at, &w);)
		if (kept_is(w.key, "to"))
			record_addcoded(&r, "to", w.value);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

static void
print_addresses(const struct kept *k)
{
	struct span line = kept_first(k, KEPT_ENVELOPE);
	unsigned long many = 0;
	struct word w;
	size_t at = 0;

	while (record_word(line.p, line.n, &at, &w)) {
		bool to = kept_is(w.key, "to");

		if ((!to && !kept_is(w.key, "from")) || (to && ++many > SHOWN))
			continue;
		fputs(to ? " to=" : " from=", stdout);
		safe_word(stdout, w.value, WORD_LONG);
	}
	if (many > SHOWN)
		printf(" and %lu more", many - SHOWN);
}

static void
print_findings(struct kept *k)
{
	struct span line, v;
	unsigned long many = 0;
	size_t at = 0;

	while (kept_next(k, k->text[KEPT_VERDICTS], &at, &line)) {
		if (!record_get(line.p, line.n, "verdict", &v) || ++many > SHOWN)
			continue;
		printf(" %.*s", (int)v.n, v.p);
		for (size_t i = 0; i < sizeof WHAT / sizeof WHAT[0]; i++) {
			if (!record_get(line.p, line.n, WHAT[i], &v))
				continue;
			putchar(':');
			safe_word(stdout, v, WORD_LONG);
			break;
		}
	}
	if (many > SHOWN)
		printf(" and %lu more", many - SHOWN);
}

static void
print_line(struct kept *k)
{
	enum kept_release release;
	struct span how = kept_ended(k, &release);

	printf("%s ", k->id);
	safe_time(stdout, k->stowed);
	if (release != KEPT_NEVER)
		printf(" %-9s", how_released(release));
	else
		printf(" %-9.*s", (int)how.n, how.p);
	putchar(' ');
	safe_size(stdout, k->size);
	print_addresses(k);
	print_findings(k);
	putchar('\n');
}

int
list_verb(const struct options *o)
{
	struct folder f;
	struct kept k;
	long long since = o->days == 0 ? 0 : (long long)time(NULL) - 86400LL * (long long)o->days;
	int quarantine = held_folder(o->argv[0]);

	folder_read(&f, quarantine, o->argv[0], true);
	for (size_t i = 0; i < f.n; i++) {
		if (o->days != 0 && f.entries[i].stowed < since)
			continue;
		if (!kept_open(&k, quarantine, f.entries[i].id, true)) {
			/* what is gone meanwhile is not there */
			if (errno != ENOENT || faccessat(quarantine, f.entries[i].id, F_OK, 0) == 0)
				warn("%s/%s: left out", o->argv[0], f.entries[i].id);
			continue;
		}
		if (!chosen(o, &k))
			;
		else if (o->raw)
			print_record(&k);
		else
			print_line(&k);
		if (k.bad > 0)
			warnx("%s/%s: a line in it is no record", o->argv[0], k.id);
		kept_close(&k);
	}
	folder_free(&f);
	close(quarantine);
	return EXIT_NOTHING;
}
