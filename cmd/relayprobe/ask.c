/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/ask.h"
#include "cmd/relayprobe/wording.h"

#include <stdlib.h>
#include <string.h>

enum { SENDERS = 3 };

const char *
ask_stage(enum stage stage)
{
	static const char *const words[] = { "connect", "banner", "ehlo", "mail", "rcpt",
		"data", "sent" };

	return words[stage];
}

const char *
ask_verdict(enum verdict verdict)
{
	static const char *const words[] = { "reject", "tempfail", "taken", "relay" };

	return words[verdict];
}

/* Does the code mean that it goes on? */
static bool
success(enum stage stage, int code)
{
	if (stage == STAGE_BANNER)
		return code == 220;
	return stage == STAGE_DATA ? code == 354 : code / 100 == 2;
}

void
ask_judge(struct answer *a, struct link *l, enum stage stage)
{
	a->stage = stage;
	a->code = l->reply.code;
	a->why = NULL;
	a->lost = false;
	a->n = 0;
	if (a->code == 0) {
		a->why = link_word(l->trouble);
	} else {
		a->n = smtp_reply_text(&l->reply, a->text, sizeof a->text);
		if (!success(stage, a->code) && a->code < 400)
			a->why = link_word(LINK_NOSMTP);
		a->refusals += a->code >= 400;
	}
	a->verdict = TEMPFAIL;
	if (a->why == NULL && a->code >= 500)
		a->verdict = REJECT;
	else if (a->why == NULL && success(stage, a->code))
		a->verdict = stage == STAGE_SENT ? RELAY : TAKEN;
	else
		a->lost = a->why != NULL || a->code == 421;
}

static void
ask_rcpt(struct link *l, const char *to, struct answer *a)
{
	if (a->verdict != TAKEN)
		return;
	(void)link_rcpt(l, to);
	ask_judge(a, l, STAGE_RCPT);
}

static void
ask_mail(struct link *l, const char *from, struct answer *a)
{
	a->from = from;
	(void)link_mail(l, from);
	ask_judge(a, l, STAGE_MAIL);
}

/* With the first sender that is not to blame. */
static void
ask_senders(struct link *l, const char *const *senders, size_t n, const char *to,
    struct answer *a)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && strcmp(senders[i], senders[i - 1]) == 0)
			continue;
		ask_mail(l, senders[i], a);
		ask_rcpt(l, to, a);
		if (a->lost || a->verdict == TAKEN || i + 1 == n || !wording_sender(a))
			return;
		if (a->stage == STAGE_RCPT && link_reset(l) == 0)
			return;
	}
}

/* The whole of a message; that it may have been sent makes it final. */
static void
ask_send(struct link *l, const struct plan *p, const struct form *f, struct answer *a)
{
	size_t n;
	char *mail = letter_make(&p->letter, f->name, &n);

	if (mail == NULL)
		exit(EXIT_FAILURE);	/* this host was not judged */
	(void)link_message(l, mail, n);
	ask_judge(a, l, STAGE_SENT);
	a->lost = false;
	free(mail);
}

static void
ask_data(struct link *l, struct answer *a)
{
	if (a->verdict != TAKEN)
		return;
	(void)link_data(l);
	ask_judge(a, l, STAGE_DATA);
}

/* Before a message: there is none. */
static void
hang_up(struct link *l, const struct answer *a)
{
	if (a->verdict == TAKEN && a->stage == STAGE_DATA)
		link_close(l, false);
}

/*
 * Once more a server that says something twice is believed for the wrong
 * command; then this is where the last refusal comes.
 */
static void
ask_reset(struct link *l, struct answer *a)
{
	size_t lines = l->said.lines;
	int code;

	if (l->fd < 0 || l->trouble != LINK_WELL || a->lost || a->verdict == RELAY)
		return;
	code = link_reset(l);
	if (a->verdict == TAKEN && code / 100 != 2 && (code > 0 || l->trouble == LINK_EARLY)) {
		a->verdict = TEMPFAIL;
		a->why = "out-of-step";
		a->lost = true;
		return;
	}
	l->said.lines = lines;
	if (code / 100 != 2)
		link_close(l, false);
}

void
ask_form(struct link *l, const struct plan *p, const struct form *f, struct answer *a)
{
	const char *senders[SENDERS] = { f->from, p->from, "" };

	a->refusals = 0;
	ask_senders(l, senders, f->plain ? 1 : SENDERS, f->to, a);
	if (p->data || p->send)
		ask_data(l, a);
	if (p->send && a->verdict == TAKEN)
		ask_send(l, p, f, a);
	hang_up(l, a);
	ask_reset(l, a);
}

void
ask_address(struct link *l, const char *from, const char *to, bool data, struct answer *a)
{
	a->refusals = 0;
	ask_mail(l, from, a);
	ask_rcpt(l, to, a);
	if (data)
		ask_data(l, a);
	hang_up(l, a);
	ask_reset(l, a);
}
