/* SPDX-License-Identifier: ISC */
#include "cmd/notice/original.h"
#include "cmd/notice/answer.h"
#include "cmd/notice/headfile.h"
#include "common/cli.h"
#include "common/encword.h"
#include "common/workdir.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* The envelope's record, malloc'd, and the message, to read its head. */
struct original {
	struct span envelope;
	char *line;
	struct headfile head;
};

static void
open_original(struct original *o, const char *dir)
{
	struct workdir w;
	size_t n;
	int fd;

	memset(o, 0, sizeof *o);
	if (workdir_open(&w, dir) < 0)
		err(EXIT_RETRY, "%s", dir);
	if ((o->line = workdir_envelope(&w, &n)) == NULL)
		err(EXIT_RETRY, "%s/envelope", dir);
	o->envelope = (struct span){ o->line, n > 0 ? n - 1 : 0 };
	if ((fd = workdir_message(&w)) < 0 || (o->head.f = fdopen(fd, "r")) == NULL)
		err(EXIT_RETRY, "%s/message", dir);
	workdir_close(&w);
}

static void
close_original(struct original *o, const char *dir)
{
	if (ferror(o->head.f))
		err(EXIT_RETRY, "%s/message", dir);
	fclose(o->head.f);
	free(o->line);
}

const char *
original_refused(const char *dir)
{
	static char from[RECORD_MAX];
	struct original o;
	struct field field;
	struct span value;
	const char *why = "null-sender";

	open_original(&o, dir);
	if (record_get(o.envelope.p, o.envelope.n, "from", &value))
		why = answer_sender((struct span){ from, record_decode(from, value) });
	while (why == NULL && headfile_next(&o.head, &field))
		why = answer_field(&field);
	if (why == NULL && o.head.cut)
		why = "head";
	close_original(&o, dir);
	return why;
}

static void
take_field(struct values *v, enum value_key key, struct span value)
{
	char plain[UNFOLD_MAX], words[2 * UNFOLD_MAX];
	size_t n;

	if (v->text[key][0] != '\0')
		return;
	n = key == VALUE_SUBJECT ? encword_decode(value.p, value.n, 0, words) : 0;
	if (n > 0) {
		value_set(v, key, words, n);
		return;
	}
	memcpy(plain, value.p, value.n);
	value_set(v, key, plain, value.n);
}

void
original_values(const char *dir, struct values *v)
{
	static char room[RECORD_MAX];
	struct original o;
	struct field field;

	open_original(&o, dir);
	values_record(v, o.envelope, room);
	while (headfile_next(&o.head, &field)) {
		if (unfold_is(field.name, "subject"))
			take_field(v, VALUE_SUBJECT, field.value);
		else if (unfold_is(field.name, "date"))
			take_field(v, VALUE_DATE, field.value);
		else if (unfold_is(field.name, "message-id"))
			take_field(v, VALUE_MSGID, field.value);
	}
	close_original(&o, dir);
}
