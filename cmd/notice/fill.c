/* SPDX-License-Identifier: ISC */
#include "cmd/notice/fill.h"
#include "cmd/notice/original.h"
#include "common/clean.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char BETWEEN[] = "\n----------------------------------------\n\n";

static struct template template[FIND_LANGS];
static size_t templates;
static struct filling given, filling;
static unsigned long beyond;	/* entries that are not shown */

static bool
usable_charset(const struct template *t, char *name)
{
	name[0] = '\0';
	if (t->charset.n == 0)
		return true;
	if (t->charset.n > RECODE_NAME)
		return false;
	memcpy(name, t->charset.p, t->charset.n);
	name[t->charset.n] = '\0';
	if (recode_usable(name))
		return true;
	name[0] = '\0';
	return false;
}

void
fill_open(const struct cli *cli, const struct where *w, const char *name)
{
	static struct found found[FIND_LANGS];
	size_t lacking;

	templates = find_templates(cli, w, name, found, &lacking);
	if (templates == 0)
		errx(EXIT_CALL, "%s: there is no such template", name);
	for (size_t i = 0; i < templates; i++)
		if (!find_read(&found[i], &template[i]))
			exit(EXIT_CALL);
}

void
fill_words(const struct cli *cli, char **words, int count)
{
	if (count % 2 != 0)
		cli_usage(cli, "a key without its value");
	for (int i = 0; i < count; i += 2) {
		enum value_key key = value_key((struct span){ words[i], strlen(words[i]) });

		if (key == VALUE_UNKNOWN)
			cli_usage(cli, "there is no such key; notices(5) has them");
		value_set(&given.all, key, words[i + 1], strlen(words[i + 1]));
	}
}

/* A line of standard input without its newline; false at the end. */
static bool
read_line(char *line, size_t *n)
{
	int c;

	*n = 0;
	while ((c = getc(stdin)) != EOF && c != '\n')
		if (*n < RECORD_MAX)
			line[(*n)++] = (char)c;
	if (ferror(stdin))
		err(EXIT_RETRY, "standard input");
	return c != EOF || *n > 0;
}

const char *
fill_original(const char *dir)
{
	original_values(dir, &given.all);
	return given.all.text[VALUE_MSGID];
}

void
fill_records(bool all_entries)
{
	static char line[RECORD_MAX], room[RECORD_MAX];
	size_t n;

	for (unsigned long i = 1; read_line(line, &n); i++) {
		struct span record = { line, n };

		if (n == 0)
			continue;
		if (!record_valid(line, n))
			errx(EXIT_RETRY, "standard input: line %lu is no record", i);
		if (i == 1 && !all_entries)
			values_record(&given.all, record, room);
		else if (given.entries == TEMPLATE_ENTRIES)
			beyond++;
		else
			values_record(&given.entry[given.entries++], record, room);
	}
}

static void
set_number(enum value_key key, unsigned long number)
{
	char text[24];

	value_set(&given.all, key, text, (size_t)snprintf(text, sizeof text, "%lu", number));
}

void
fill_held(unsigned long count, long long since)
{
	time_t when = (time_t)since;
	char text[64];
	struct tm tm;

	if (count == 0 || gmtime_r(&when, &tm) == NULL)
		return;
	set_number(VALUE_COUNT, count);
	value_set(&given.all, VALUE_SINCE, text,
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm));
}

static void
copy_given(void)
{
	filling.all = given.all;
	for (size_t i = 0; i < given.entries; i++)
		filling.entry[i] = given.entry[i];
	filling.entries = given.entries;
}

void
fill_make(struct filled *out)
{
	struct text subject = { out->subject, 0, sizeof out->subject - 1 };
	struct text body = { out->body, 0, sizeof out->body };

	if (beyond > 0)
		set_number(VALUE_MORE, beyond);
	copy_given();
	for (size_t i = 0; i < templates; i++) {
		template_words(&template[i], &filling, &given);
		if (i == 0)
			template_subject(&template[0], &filling, &subject);
		else if (body.size - body.n > sizeof BETWEEN) {
			memcpy(body.p + body.n, BETWEEN, sizeof BETWEEN - 1);
			body.n += sizeof BETWEEN - 1;
		}
		template_body(&template[i], &filling, &body);
	}
	usable_charset(&template[0], out->charset);
	if (subject.n == subject.size)	/* cut: maybe in a character */
		subject.n = clean_cut(subject.p, subject.n, subject.n - 1);
	subject.p[subject.n] = '\0';
	out->n = body.n == body.size ? clean_cut(body.p, body.n, body.n - 1) : body.n;
}

/* Does the template's own text fit in the charset that it names? */
static bool
fits(const struct template *t, const char *path)
{
	char charset[RECODE_NAME + 1], *other;
	size_t len;

	if (!usable_charset(t, charset)) {
		warnx("%s: its charset is not known, or has ASCII otherwise", path);
		return false;
	}
	if (charset[0] == '\0')
		return true;
	if ((other = recode(charset, t->text, t->n, &len)) == NULL)
		warnx("%s: its text does not fit in %s", path, charset);
	free(other);
	return other != NULL;
}

bool
fill_check(const struct cli *cli, const struct where *w, const char *name)
{
	static struct found found[FIND_LANGS];
	size_t lacking, n = find_templates(cli, w, name, found, &lacking);
	bool good = lacking == 0 && n > 0;

	if (n == 0)
		warnx("%s: there is no such template", name);
	for (size_t i = 0; i < n; i++)
		if (!find_read(&found[i], &template[0]) || !fits(&template[0], found[i].path))
			good = false;
	return good;
}
