/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/tell.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static struct record record;

static void
start(const struct teller *t)
{
	record_start(&record);
	record_addstr(&record, "host", t->target->host);
	record_addstr(&record, "port", t->target->port);
	if (t->address[0] != '\0')
		record_addstr(&record, "address", t->address);
}

static void
add_answer(const struct answer *a)
{
	record_addstr(&record, "stage", ask_stage(a->stage));
	if (a->code != 0)
		record_addnum(&record, "code", (unsigned)a->code);
	if (a->why != NULL)
		record_addstr(&record, "why", a->why);
}

static void
add_words(const struct answer *a, const struct dialogue *d)
{
	if (a != NULL && a->n > 0)
		record_add(&record, "text", a->text, a->n);
	for (size_t i = 0; d != NULL && i < d->lines; i++)
		record_addtagged(&record, "dialogue", d->said[i].ours ? "C" : "S",
		    d->text + d->said[i].at, d->said[i].n);
	if (d != NULL && d->lines > 0 && d->cut)
		record_addstr(&record, "cut", "dialogue");
}

/* Where nobody reads, there is nothing left to do. */
static void
end(const struct teller *t)
{
	size_t at = 0;

	record_end(&record);
	while (at < record.len) {
		ssize_t n = write(t->fd, record.text + at, record.len - at);

		if (n < 0 && errno != EINTR)
			_exit(EXIT_FAILURE);
		at += n > 0 ? (size_t)n : 0;
	}
}

void
tell_form(const struct teller *t, const struct form *f, const struct answer *a,
    const struct dialogue *d)
{
	char id[LETTER_IDMAX];

	start(t);
	record_addstr(&record, "form", f->name);
	record_addstr(&record, "relay", ask_verdict(a->verdict));
	add_answer(a);
	record_addstr(&record, "from", a->from == NULL ? f->from : a->from);
	record_addstr(&record, "to", f->to);
	if (a->stage == STAGE_SENT) {
		letter_id(t->letter, f->name, id);
		record_addstr(&record, "msgid", id);
	}
	add_words(a, d);
	end(t);
}

void
tell_control(const struct teller *t, const char *to, const struct answer *a,
    const struct dialogue *d)
{
	start(t);
	record_addstr(&record, "control", ask_verdict(a->verdict));
	add_answer(a);
	record_addstr(&record, "from", a->from);
	record_addstr(&record, "to", to);
	add_words(a, d);
	end(t);
}

void
tell_end(const struct teller *t, const struct answer *a, const struct dialogue *d)
{
	start(t);
	record_addstr(&record, "check", "relayprobe");
	if (t->addresses > 1)
		record_addnum(&record, "addresses", t->addresses);
	if (a != NULL)
		add_answer(a);
	add_words(a, d);
	end(t);
}
