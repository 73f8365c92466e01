/* SPDX-License-Identifier: ISC */
/* held show: all that is known of a message, in words. */
#include "cmd/held/folder.h"
#include "cmd/held/held.h"
#include "cmd/held/kept.h"
#include "cmd/held/safe.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	HEAD_LINES = 300,	/* of the fields of a message */
	HEAD_LINE = 1000,	/* bytes of one */
	RECIPIENTS = 100,
	NAMED = 1000		/* parts of which names are looked up */
};

/* The names of parts that the findings and changes are about. */
struct names {
	size_t n;
	struct {
		unsigned long long part;
		struct span name;	/* coded; n 0: none is known */
	} parts[NAMED];
};

static struct span
get(struct span line, const char *key)
{
	struct span v;

	return record_get(line.p, line.n, key, &v) ? v : (struct span){ "", 0 };
}

static size_t
find_part(const struct names *names, unsigned long long part)
{
	size_t i = 0;

	while (i < names->n && names->parts[i].part != part)
		i++;
	return i;
}

static void
want_names(struct names *names, struct kept *k, enum kept_file file)
{
	struct span line;
	unsigned long long part;
	size_t at = 0, i;

	while (names->n < NAMED && kept_next(k, k->text[file], &at, &line)) {
		if (!record_num(line.p, line.n, "part", &part))
			continue;
		if ((i = find_part(names, part)) == names->n)
			names->parts[names->n++].part = part;
		if (names->parts[i].name.n == 0)
			names->parts[i].name = get(line, "name");
	}
}

static int
by_part(const void *a, const void *b)
{
	const unsigned long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* What the manifest, in which parts are in order, says of those that have no name yet. */
static void
find_names(struct names *names, struct kept *k)
{
	struct span line;
	unsigned long long part;
	size_t at = 0, i = 0;

	names->n = 0;
	memset(names->parts, 0, sizeof names->parts);
	want_names(names, k, KEPT_VERDICTS);
	want_names(names, k, KEPT_CHANGES);
	qsort(names->parts, names->n, sizeof names->parts[0], by_part);
	while (i < names->n && kept_next(k, k->text[KEPT_MANIFEST], &at, &line)) {
		if (!record_num(line.p, line.n, "part", &part))
			continue;
		while (i < names->n && names->parts[i].part < part)
			i++;
		if (i < names->n && names->parts[i].part == part && names->parts[i].name.n == 0)
			names->parts[i].name = get(line, "name");
	}
}

/* `part 2 "invoice.exe"' */
static void
print_part(const struct names *names, struct span line)
{
	unsigned long long part;
	struct span name;
	const char *colon;
	size_t i;

	if (!record_num(line.p, line.n, "part", &part)) {
		fputs("message", stdout);
		return;
	}
	printf("part %llu", part);
	name = get(line, "name");
	if (name.n == 0 && (i = find_part(names, part)) < names->n)
		name = names->parts[i].name;
	if (name.n == 0)
		return;
	if ((colon = memchr(name.p, ':', name.n)) != NULL)
		name = (struct span){ colon + 1, (size_t)(name.p + name.n - colon - 1) };
	fputs(" \"", stdout);
	safe_text(stdout, name, SAFE_LONG);
	putchar('"');
}

/* The words of a record that are not among those, as ", key value". */
static void
print_rest(struct span line, const char *const *without)
{
	const char *between = ": ";
	struct word w;
	size_t at = 0;

	while (record_word(line.p, line.n, &at, &w)) {
		size_t i = 0;

		while (without[i] != NULL && !kept_is(w.key, without[i]))
			i++;
		if (without[i] != NULL)
			continue;
		printf("%s%.*s ", between, (int)w.key.n, w.key.p);
		safe_word(stdout, w.value, SAFE_LONG);
		between = ", ";
	}
}

static void
print_what(struct span line)
{
	static const char *const WHAT[] = { "sig", "suffix", "why" };
	struct span v = get(line, "verdict");

	printf(": %.*s", (int)v.n, v.p);
	for (size_t i = 0; i < sizeof WHAT / sizeof WHAT[0]; i++) {
		if ((v = get(line, WHAT[i])).n == 0)
			continue;
		putchar(' ');
		safe_text(stdout, v, SAFE_LONG);
	}
}

static void
print_engine(struct span line)
{
	struct span by = get(line, "by"), set = get(line, "set");

	if (by.n > 0) {
		fputs(", by ", stdout);
		safe_text(stdout, by, SAFE_LONG);
	}
	if (set.n > 0) {
		fputs(", set ", stdout);
		safe_text(stdout, set, SAFE_LONG);
	}
}

static void
print_action(struct span line)
{
	static const char *const SAID[] = { "id", "n", "part", "do", "rule", "text", NULL };
	struct span v = get(line, "text"), rule = get(line, "rule");

	safe_text(stdout, get(line, "do"), SAFE_LONG);
	if (rule.n > 0) {
		fputs(" by ", stdout);
		safe_text(stdout, rule, SAFE_LONG);
	}
	print_rest(line, SAID);
	/* where the policy gave no reason, it is the rule */
	if (v.n > 0 && (v.n != rule.n || memcmp(v.p, rule.p, v.n) != 0)) {
		fputs(": ", stdout);
		safe_text(stdout, v, SAFE_LONG);
	}
	putchar('\n');
}

/* The actions on the finding of this number; of those on none, where it is empty. */
static void
print_actions(struct kept *k, struct span number, const char *indent)
{
	struct span line, n;
	size_t at = 0;

	while (kept_next(k, k->text[KEPT_ACTION], &at, &line)) {
		n = get(line, "n");
		if (n.n != number.n || (n.n > 0 && memcmp(n.p, number.p, n.n) != 0))
			continue;
		fputs(indent, stdout);
		print_action(line);
	}
}

static void
print_findings(struct kept *k, const struct names *names)
{
	struct span line;
	size_t at = 0;

	if (k->text[KEPT_VERDICTS].n > 0)
		puts("  found:");
	while (kept_next(k, k->text[KEPT_VERDICTS], &at, &line)) {
		fputs("    ", stdout);
		print_part(names, line);
		print_what(line);
		print_engine(line);
		putchar('\n');
		if (get(line, "n").n > 0)
			print_actions(k, get(line, "n"), "      ");
	}
}

static void
print_changes(struct kept *k, const struct names *names)
{
	static const char *const SAID[] = { "part", "do", "with", NULL };
	struct span line, with;
	size_t at = 0;

	if (k->text[KEPT_CHANGES].n > 0)
		puts("  changed, in what was delivered if it was:");
	while (kept_next(k, k->text[KEPT_CHANGES], &at, &line)) {
		with = get(line, "with");
		fputs("    ", stdout);
		print_part(names, line);
		if (record_is(line.p, line.n, "do", "substitute"))
			fputs(": a note in its place", stdout);
		else if (record_is(line.p, line.n, "do", "delete"))
			fputs(": taken out", stdout);
		else if (record_is(line.p, line.n, "do", "mark")) {
			fputs(": a field on top: ", stdout);
			safe_text(stdout, with, SAFE_LONG);
		} else {
			fputs(": ", stdout);
			safe_text(stdout, get(line, "do"), SAFE_LONG);
			print_rest(line, SAID);
		}
		putchar('\n');
	}
}

/* Of the envelope, and the Message-ID, what there is. */
static void
print_envelope(const struct kept *k)
{
	struct span line = kept_first(k, KEPT_ENVELOPE), msgid;
	unsigned long many = 0;
	struct word w;
	size_t at = 0;

	while (record_word(line.p, line.n, &at, &w)) {
		bool to = kept_is(w.key, "to");

		many += to;
		if (kept_is(w.key, "id") || (to && many > RECIPIENTS) ||
		    (w.value.n == 0 && !kept_is(w.key, "from")))
			continue;
		printf("  %-8.*s ", (int)w.key.n, w.key.p);
		if (w.value.n == 0)
			fputs("<>", stdout);
		safe_text(stdout, w.value, SAFE_LONG);
		putchar('\n');
	}
	if (many > RECIPIENTS)
		printf("  and to %lu more\n", many - RECIPIENTS);
	if ((msgid = kept_value(k, KEPT_MANIFEST, "msgid")).n > 0) {
		fputs("  msgid    ", stdout);
		safe_text(stdout, msgid, SAFE_LONG);
		putchar('\n');
	}
}

/* The message's fields, as they are but for what a terminal could take for more. */
static void
print_head(const struct kept *k)
{
	int fd = openat(k->fd, "message", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[HEAD_LINE + 2];
	size_t n = 0, lines = 0;
	int c = 0;

	if (f == NULL)
		err(EXIT_RETRY, "%s/message", k->id);
	puts("  its fields:");
	while (lines < HEAD_LINES && c != EOF) {
		bool long_one = false;

		for (n = 0; (c = getc_unlocked(f)) != EOF && c != '\n';)
			if (n <= HEAD_LINE)
				line[n++] = (char)c;
			else
				long_one = true;
		if (n > 0 && !long_one && line[n - 1] == '\r')
			n--;
		if (n == 0)
			break;
		fputs("    ", stdout);
		safe_bytes(stdout, line, n, HEAD_LINE, false);
		putchar('\n');
		lines++;
	}
	if (lines == HEAD_LINES)
		puts("    ...");
	fclose(f);
}

static void
print_kept(const struct options *o, struct kept *k)
{
	static struct names names;
	enum kept_release release;
	struct span how = kept_ended(k, &release), parts = kept_value(k, KEPT_MANIFEST, "parts");

	printf("%s\n  came     ", k->id);
	safe_time(stdout, k->stowed);
	printf("\n  ended    %.*s%s\n", (int)how.n, how.p,
	    release == KEPT_RELEASED ? ", and was released" :
	    release == KEPT_BEGUN ? ", and its release began: how that ended is not known" : "");
	if (k->fd >= 0)
		printf("  size     %llu bytes, %.*s parts\n", k->size, (int)parts.n, parts.p);
	print_envelope(k);
	find_names(&names, k);
	print_findings(k, &names);
	print_changes(k, &names);
	if (k->text[KEPT_ACTION].n > 0)
		puts("  done:");
	print_actions(k, (struct span){ "", 0 }, "    ");
	if (o->head && k->fd >= 0)
		print_head(k);
	if (k->bad > 0)
		warnx("%s: a line in it is no record", k->id);
}

int
show_verb(const struct options *o)
{
	struct kept k;
	int quarantine = -1, status = EXIT_NOTHING;

	if (o->argc > 1)
		quarantine = held_folder(o->argv[0]);
	for (int i = o->argc > 1; i < o->argc; i++) {
		const char *name = o->argv[i];

		if (quarantine >= 0 && !kept_is_id(name))
			warnx("%s: no id: 20 hex digits, as quarantine list shows them", name);
		else if (!(quarantine >= 0 ? kept_open(&k, quarantine, name, false) :
		    kept_read(&k, name)))
			warn("%s%s%s", quarantine >= 0 ? o->argv[0] : "",
			    quarantine >= 0 ? "/" : "", name);
		else {
			print_kept(o, &k);
			kept_close(&k);
			continue;
		}
		status = EXIT_RETRY;
	}
	if (quarantine >= 0)
		close(quarantine);
	return status;
}
