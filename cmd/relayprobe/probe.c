/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/probe.h"
#include "cmd/relayprobe/confine.h"
#include "cmd/relayprobe/host.h"
#include "cmd/relayprobe/refused.h"
#include "cmd/relayprobe/tell.h"

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
	bool other;			/* something was answered that is no refusal */
	struct refused refused;
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
note_answer(struct probe *p, const struct answer *a)
{
	p->lost = a->lost ? p->lost + 1 : 0;
	p->other |= a->verdict != REJECT;
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
	else
		refused_add(&p->refused, f, &a, p->host.hello);
	tell_form(&p->teller, f, &a, &said);
	note_answer(p, &a);
	p->end = a;
	return p->lost < LOST_MAX;
}

/* False: the postmaster there is refused, or may be. */
static bool
takes_postmaster(struct probe *p, const char *domain, const struct answer *refusal)
{
	char to[FORMS_ADDRESSMAX];
	struct answer a;

	snprintf(to, sizeof to, "postmaster@%s", domain);
	return ask_control(p, refusal->from, to, refusal->stage == STAGE_DATA, &a) &&
	    a.verdict == TAKEN;
}

/*
 * Is the postmaster (RFC 5321 4.5.1) taken, from whom a stranger is not?  The one
 * without a domain shows nothing: Postfix takes that from whom it takes nothing
 * else.
 */
static bool
postmaster_taken(struct probe *p, const struct answer *refusal)
{
	const char *dot = strchr(p->host.name, '.');

	return (p->host.name[0] != '\0' && takes_postmaster(p, p->host.name, refusal)) ||
	    (dot != NULL && takes_postmaster(p, dot + 1, refusal)) ||
	    takes_postmaster(p, p->host.literal, refusal);
}

/* Is a stranger still refused as before, and not, say, all that we ask? */
static bool
unchanged(struct probe *p, const struct refused_as *as)
{
	const struct answer *b = &as->answer;
	struct answer a;

	if (!ask_control(p, b->from, as->to, b->stage == STAGE_DATA, &a))
		return false;
	if (!a.lost && (wording_alike(&a, as->to, b, as->to) || (refused_shown(as) &&
	    wording_refusal(&a, as->to, p->host.hello) == as->what)))
		return true;
	p->end = a;
	if (!a.lost)
		p->end.why = "changed";
	return false;
}

/* All forms were asked, and refused: is it relaying that is? */
static bool
judged(struct probe *p)
{
	const struct refused_as *plain = refused_plain(&p->refused);
	const struct answer *unclear = refused_unclear(&p->refused);

	if (p->other)
		return true;
	if (plain == NULL || (!refused_shown(plain) && (!refused_showable(plain) ||
	    !postmaster_taken(p, &plain->answer)))) {
		if (plain != NULL)
			p->end = plain->answer;
		p->end.why = "refuses-all";
		return false;
	}
	if (unclear != NULL) {
		p->end = *unclear;
		p->end.why = "unclear";
		return false;
	}
	return unchanged(p, plain);
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
	if (p->host.name[0] != '\0' || p->host.plan->mail[0] != NULL || p->other || p->refused.login)
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
	p.teller = (struct teller){ fd, target, h->address, &mine.letter, 0 };
	choose_nobody(&p);
	if (host_resolve(h)) {
		p.teller.addresses = h->addresses;
		confine(plan->seconds);
		all = ask_all(&p);
	} else {
		p.end = h->end;
	}
	host_leave(h);
	tell_end(&p.teller, all ? NULL : &p.end, &h->greeting);
}
