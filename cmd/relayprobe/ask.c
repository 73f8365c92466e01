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

/* Does the code mean that it goes on?  At RCPT and after it only what RFC 5321 has. */
static bool
success(enum stage stage, int code)
{
	switch (stage) {
	case STAGE_BANNER: return code == 220;
	case STAGE_RCPT: return code >= 250 && code <= 252;
	case STAGE_DATA: return code == 354;
	case STAGE_SENT: return code == 250;
	default: return code / 100 == 2;
	}
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
out_of_step(struct answer *a)
{
	a->verdict = TEMPFAIL;
	a->why = "out-of-step";
	a->lost = true;
}

/* After RSET there are servers that want to be greeted again: so they are. */
static void
ask_mail(struct link *l, const char *from, struct answer *a)
{
	a->from = from;
	(void)link_mail(l, from);
	ask_judge(a, l, STAGE_MAIL);
	if (l->reset && (a->code == 502 || a->code == 503)) {
		l->single = true;
		out_of_step(a);
	}
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

/* Is what is no command refused, so that no other reply is behind? */
static bool
refuses_nonsense(struct link *l, struct answer *a)
{
	int code = link_nonsense(l);

	a->refusals++;
	l->mute |= code == 0 && l->trouble == LINK_TIMEOUT;
	return l->trouble != LINK_EARLY && (code == 0 || code >= 500);
}

/* Is RSET not? */
static bool
takes_reset(struct link *l)
{
	int code = link_reset(l);

	l->noreset = code >= 500;
	return code / 100 == 2 || (code == 0 && l->trouble != LINK_EARLY);
}

/* Where there is no RSET: was that refused in the words that it was before? */
static bool
same_nonsense(struct link *l, const struct answer *before)
{
	struct answer b = { .code = l->reply.code };

	b.n = smtp_reply_text(&l->reply, b.text, sizeof b.text);
	return b.code == before->code && wording_alike(&b, "", before, "");
}

/*
 * Is a yes the reply to RCPT?  The first one of a connection is followed by what
 * is no command, by RSET, and that again; those behind it by RSET.
 */
static void
ask_step(struct link *l, const struct answer *nonsense, struct answer *a)
{
	bool first = !l->stepped && !l->mute;

	if (first && !refuses_nonsense(l, a)) {
		out_of_step(a);
		return;
	}
	if (l->trouble != LINK_WELL)
		return;
	if (l->noreset ? !same_nonsense(l, nonsense) : !takes_reset(l)) {
		out_of_step(a);
		return;
	}
	if (first && !l->noreset && l->trouble == LINK_WELL && !refuses_nonsense(l, a))
		out_of_step(a);
	l->stepped = true;
}

/* So that the next is asked as this was, or on a connection of its own. */
static void
ask_reset(struct link *l, const struct answer *nonsense, struct answer *a)
{
	size_t lines = l->said.lines;
	bool taken = a->verdict == TAKEN;
	int code = 0;

	if (l->fd < 0 || l->trouble != LINK_WELL || a->lost || a->verdict == RELAY)
		return;
	if (taken)
		ask_step(l, nonsense, a);
	else
		code = link_reset(l);
	if (a->lost)
		return;
	if (l->trouble != LINK_EARLY)
		l->said.lines = lines;
	if (l->trouble != LINK_WELL || l->single || l->noreset || (!taken && code / 100 != 2))
		link_close(l, false);
}

/* Where there is no RSET: what is said to what is no command. */
static bool
ask_nonsense(struct link *l, struct answer *b, struct answer *a)
{
	size_t lines = l->said.lines;

	b->n = 0;
	b->code = l->noreset ? link_nonsense(l) : 0;
	if (!l->noreset)
		return true;
	if (b->code > 0)
		b->n = smtp_reply_text(&l->reply, b->text, sizeof b->text);
	if (b->code >= 500) {
		l->said.lines = lines;
		return true;
	}
	ask_judge(a, l, STAGE_EHLO);
	out_of_step(a);
	return false;
}

void
ask_form(struct link *l, const struct plan *p, const struct form *f, struct answer *a)
{
	const char *senders[SENDERS] = { f->from, p->from, "" };

	struct answer nonsense;

	a->refusals = 0;
	a->from = f->from;
	if (!ask_nonsense(l, &nonsense, a))
		return;
	ask_senders(l, senders, f->plain ? 1 : SENDERS, f->to, a);
	if (p->data || p->send)
		ask_data(l, a);
	if (p->send && a->verdict == TAKEN)
		ask_send(l, p, f, a);
	hang_up(l, a);
	ask_reset(l, &nonsense, a);
}

void
ask_address(struct link *l, const char *from, const char *to, bool data, struct answer *a)
{
	struct answer nonsense;

	a->refusals = 0;
	a->from = from;
	if (!ask_nonsense(l, &nonsense, a))
		return;
	ask_mail(l, from, a);
	ask_rcpt(l, to, a);
	if (data)
		ask_data(l, a);
	hang_up(l, a);
	ask_reset(l, &nonsense, a);
}
