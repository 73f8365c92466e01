/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/probe.h"
#include "cmd/relayprobe/confine.h"
#include "cmd/relayprobe/host.h"
#include "cmd/relayprobe/tell.h"
#include "cmd/relayprobe/wording.h"

#include <sys/random.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>

enum {
	LOST_MAX = 3,		/* forms in a row without an answer: it is over */
	CONTROLS = 32,
	NOBODY_MAX = 16
};

/* What became of an address that nobody has, one a domain ("": without). */
struct control {
	char domain[FORMS_ADDRESSMAX + 1];
	enum verdict verdict;
};

struct probe {
	struct host host;
	struct teller teller;
	char nobody[NOBODY_MAX];	/* a local part that nobody has */
	struct control controls[CONTROLS];
	size_t n;
	unsigned lost;			/* forms in a row */
	bool reached;			/* RCPT was */
	bool other;			/* something was answered that is no refusal */
	bool login;			/* all refusals ask for a login */
	struct form refused;		/* a plain one that was refused at RCPT or DATA, */
	struct answer refusal;		/* and how; from NULL: there is none */
	struct answer end;		/* why not all was asked, or what it is worth */
};

/* Asks about an address that is no form. */
static bool
ask_control(struct probe *p, const char *from, const char *to, bool data, struct answer *a)
{
	if (!host_ask(&p->host, NULL, from, to, data, a)) {
		p->end = p->host.end;
		return false;
	}
	tell_control(&p->teller, to, a, &p->host.link.said);
	return true;
}

/* Does the server take what nobody has, in the domain of this address? */
static enum verdict
takes_anybody(struct probe *p, const char *to, const char *from)
{
	const char *domain = forms_domain(to);
	char address[FORMS_ADDRESSMAX + NOBODY_MAX + 2];
	struct control *c;
	struct answer a;

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->controls[i].domain, domain == NULL ? "" : domain) == 0)
			return p->controls[i].verdict;
	if (p->n == CONTROLS)
		return TEMPFAIL;
	c = &p->controls[p->n++];
	snprintf(c->domain, sizeof c->domain, "%s", domain == NULL ? "" : domain);
	snprintf(address, sizeof address, "%s%s%s", p->nobody, domain == NULL ? "" : "@",
	    c->domain);
	c->verdict = TEMPFAIL;
	if (ask_control(p, from, address, false, &a) && a.stage == STAGE_RCPT)
		c->verdict = a.verdict;
	return c->verdict;
}

/* What was taken is proved only where no other reading of it is at hand. */
static void
weigh(struct probe *p, const struct form *f, struct answer *a)
{
	enum verdict v;

	if (f->vague) {
		a->why = "vague";
	} else if (!f->foreign) {
		v = takes_anybody(p, f->to, a->from);
		if (v != REJECT)
			a->why = v == TAKEN ? "catch-all" : "no-control";
	}
	if (a->why != NULL)
		a->verdict = TAKEN;
}

static void
note_answer(struct probe *p, const struct form *f, const struct answer *a)
{
	p->lost = a->lost ? p->lost + 1 : 0;
	p->reached |= a->stage >= STAGE_RCPT;
	p->other |= a->verdict != REJECT;
	p->login &= wording_login(a);
	if (f->plain && a->verdict == REJECT &&
	    (a->stage == STAGE_RCPT || a->stage == STAGE_DATA)) {
		p->refused = *f;
		p->refusal = *a;
	}
}

/* False: nothing more can be asked; p->end says why. */
static bool
ask_about(struct probe *p, const struct form *f)
{
	static struct dialogue said;
	struct answer a;

	if (!host_ask(&p->host, f, NULL, NULL, false, &a)) {
		p->end = p->host.end;
		return false;
	}
	said = p->host.link.said;
	if (a.verdict == TAKEN || a.verdict == RELAY)
		weigh(p, f, &a);
	tell_form(&p->teller, f, &a, &said);
	note_answer(p, f, &a);
	p->end = a;
	return p->lost < LOST_MAX;
}

/*
 * Is the postmaster (RFC 5321 4.5.1) refused in the words in which the foreign
 * recipient is?  The one without a domain shows nothing: Postfix takes that
 * from whom it takes nothing else.
 */
static bool
postmaster_refused(struct probe *p)
{
	const char *dot = strchr(p->host.name, '.');
	const char *const domains[] = { p->host.name, dot == NULL ? "" : dot + 1, p->host.literal };
	char to[FORMS_ADDRESSMAX];
	struct answer a;

	for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
		if (domains[i][0] == '\0')
			continue;
		snprintf(to, sizeof to, "postmaster@%s", domains[i]);
		if (!ask_control(p, p->refusal.from, to, p->refusal.stage == STAGE_DATA, &a))
			return true;
		if (!a.lost && !wording_alike(&a, to, &p->refusal, p->refused.to))
			return false;
	}
	return true;
}

/*
 * All forms were asked: is it relaying that is refused?  Where it is us, or the
 * domain of the recipient, others may be relayed for.
 */
static bool
judged(struct probe *p)
{
	if (p->other || p->login)
		return true;
	if (p->reached) {
		if (p->refusal.from == NULL)
			return true;
		p->end = p->refusal;
		p->end.why = "null-mx";
		if (wording_nullmx(&p->refusal))
			return false;
		if (wording_relaying(&p->refusal, p->refused.to) || !postmaster_refused(p))
			return true;
		p->end = p->refusal;
	}
	p->end.why = wording_tls(&p->end) ? "starttls" : "refuses-all";
	return false;
}

static void
choose_nobody(struct probe *p)
{
	unsigned char r[4] = { 0 };

	(void)!getrandom(r, sizeof r, 0);
	snprintf(p->nobody, sizeof p->nobody, "q%02x%02x%02x%02x", r[0], r[1], r[2], r[3]);
}

/* The names of the server, and so the forms; false: they would show nothing. */
static bool
make_forms(struct probe *p, struct form *forms, size_t *n)
{
	struct host *h = &p->host;
	const char *given = h->target->host, *foreign = strchr(h->plan->to, '@') + 1;
	struct forms_of of = { .from = h->plan->from, .to = h->plan->to, .literal = h->literal };

	memcpy(of.mail, h->plan->mail, sizeof of.mail);
	if (h->name[0] != '\0')
		of.greeted = h->name;
	if (target_name((struct span){ given, strlen(given) }))
		of.name = given;
	if (h->name[0] == '\0' && of.name != NULL)
		(void)target_said(h->name, (struct span){ given, strlen(given) });
	of.address = h->chosen->ai_family == AF_INET ? h->address : NULL;
	if (forms_own(of.greeted, foreign) || forms_own(given, foreign)) {
		p->end = (struct answer){ .stage = STAGE_RCPT, .why = "own-recipient" };
		return false;
	}
	*n = forms_make(&of, forms);
	return true;
}

/* False: the forms with a name of the server in them were not asked. */
static bool
named(struct probe *p)
{
	if (p->host.name[0] != '\0' || p->host.plan->mail[0] != NULL || p->other || p->login)
		return true;
	p->end = (struct answer){ .stage = STAGE_RCPT, .why = "no-name" };
	return false;
}

/* False: p->end says why not all was asked. */
static bool
ask_all(struct probe *p)
{
	static struct form forms[FORMS_MAX];
	size_t n;

	if (!host_ready(&p->host)) {
		p->end = p->host.end;
		return false;
	}
	if (!make_forms(p, forms, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!host_time_left(&p->host)) {
			p->end.why = link_word(LINK_TIME);
			return false;
		}
		if (!ask_about(p, &forms[i]))
			return false;
	}
	return judged(p) && named(p);
}

void
probe(const struct target *target, const struct plan *plan, int fd)
{
	static struct probe p;
	static struct plan mine;
	struct host *h = &p.host;
	bool all = false;

	mine = *plan;
	mine.letter.target = target;
	mine.letter.address = h->address;
	h->target = target;
	h->plan = &mine;
	p.login = true;
	p.teller = (struct teller){ fd, target, h->address, &mine.letter };
	choose_nobody(&p);
	if (host_resolve(h)) {
		confine(plan->seconds);
		all = ask_all(&p);
	} else {
		p.end = h->end;
	}
	host_leave(h);
	tell_end(&p.teller, all ? NULL : &p.end, &h->greeting);
}
