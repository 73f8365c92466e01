/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/probe.h"
#include "cmd/relayprobe/confine.h"
#include "cmd/relayprobe/tell.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/random.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
	BATCH = 7,		/* refusals a connection; Postfix is slow after 10 */
	TRIES = 2,
	LOST_MAX = 3,		/* forms in a row without an answer: it is over */
	PAUSE = 1,		/* seconds before a second try */
	CONTROLS = 8,
	WORDMAX = 16
};

/* What became of an address that nobody has, a domain ("": none) each. */
struct control {
	char domain[FORMS_ADDRESSMAX + 1];
	enum verdict verdict;
};

struct probe {
	const struct target *target;
	const struct plan *plan;
	struct teller teller;
	struct link link;
	struct addrinfo *list;
	const struct addrinfo *chosen;	/* NULL until one was connected to */
	unsigned refusals;		/* on this connection */
	unsigned lost;			/* forms in a row */
	char address[INET6_ADDRSTRLEN];
	char literal[INET6_ADDRSTRLEN + 8];
	char hello[TARGET_HOSTMAX + INET6_ADDRSTRLEN];
	char name[TARGET_HOSTMAX + 1];	/* the server's, or "" */
	char nobody[WORDMAX];		/* a local part that nobody has */
	struct dialogue greeting;
	struct control controls[CONTROLS];
	size_t n;
	bool reached, taken, other;	/* RCPT; something taken; something but refusals */
	bool login;			/* all refusals say: log in */
	struct form refused;		/* a plain one that was refused at RCPT or DATA */
	struct answer refusal;
	struct answer end;		/* why not all was asked, or what it is worth */
};

/* --- the connection ----------------------------------------------------------- */

static void
write_address(const struct sockaddr *a, char *address, char *literal, size_t n)
{
	const struct sockaddr_in6 *v6 = (const void *)a;
	const struct sockaddr_in *v4 = (const void *)a;

	if (a->sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, address, INET6_ADDRSTRLEN);
		snprintf(literal, n, "[IPv6:%s]", address);
	} else {
		inet_ntop(AF_INET, &v4->sin_addr, address, INET6_ADDRSTRLEN);
		snprintf(literal, n, "[%s]", address);
	}
}

/* How we greet: as we are told, or by the address that we have here. */
static void
choose_hello(struct probe *p)
{
	struct sockaddr_storage own;
	socklen_t n = sizeof own;
	char text[INET6_ADDRSTRLEN] = "";

	if (p->plan->hello != NULL)
		snprintf(p->hello, sizeof p->hello, "%s", p->plan->hello);
	else if (getsockname(p->link.fd, (struct sockaddr *)&own, &n) == 0)
		write_address((const struct sockaddr *)&own, text, p->hello, sizeof p->hello);
	else
		snprintf(p->hello, sizeof p->hello, "[127.0.0.1]");
}

/* The first name that the server says it has and that can be one. */
static void
choose_name(struct probe *p, const struct smtp_reply *r)
{
	struct span line;
	size_t at = 0;

	if (p->name[0] == '\0' && smtp_reply_line(r, &at, &line))
		(void)target_said(p->name, line);
}

/* A connection that was greeted; false: p->end says why not. */
static bool
greet(struct probe *p, const struct addrinfo *a)
{
	struct link *l = &p->link;

	l->said.lines = l->said.used = 0;
	p->refusals = 0;
	(void)link_open(l, a->ai_addr, a->ai_addrlen);
	ask_judge(&p->end, l, l->smtp != NULL ? STAGE_BANNER : STAGE_CONNECT);
	if (p->end.verdict == TAKEN) {
		choose_name(p, &l->reply);
		choose_hello(p);
		(void)link_hello(l, p->hello);
		ask_judge(&p->end, l, STAGE_EHLO);
		if (p->end.verdict == TAKEN)
			choose_name(p, &l->reply);
	}
	if (p->chosen == NULL || p->end.verdict != TAKEN)
		p->greeting = l->said;
	return p->end.verdict == TAKEN;
}

/* To the address that answered, or to the first of all that does. */
static bool
reach(struct probe *p)
{
	const struct addrinfo *a = p->chosen != NULL ? p->chosen : p->list;

	for (; a != NULL; a = p->chosen != NULL ? NULL : a->ai_next) {
		bool good;

		write_address(a->ai_addr, p->address, p->literal, sizeof p->literal);
		good = greet(p, a);
		if (good || p->end.stage != STAGE_CONNECT)
			p->chosen = a;
		if (good)
			return true;
		link_close(&p->link, true);
	}
	return false;
}

static bool
time_left(const struct probe *p)
{
	return link_now() < p->link.end;
}

/* There is a connection, on which little was refused; false: p->end says why not. */
static bool
ready(struct probe *p)
{
	if (p->link.fd >= 0 && p->link.trouble == LINK_WELL && p->refusals < BATCH)
		return true;
	link_close(&p->link, true);
	for (unsigned try = 1; ; try++) {
		if (reach(p))
			return true;
		if (try == TRIES || p->end.code >= 500 || !time_left(p))
			return false;
		sleep(PAUSE);
	}
}

/* --- forms and controls ------------------------------------------------------- */

/*
 * About a form, or, where that is NULL, an address and a sender; twice where the
 * connection was lost.  False: p->end says why there is no answer at all.
 */
static bool
ask(struct probe *p, const struct form *f, const char *from, const char *to, bool data,
    struct answer *a)
{
	struct link *l = &p->link;

	for (unsigned try = 1; ; try++) {
		if (!ready(p))
			return false;
		l->said.lines = l->said.used = 0;
		if (f != NULL)
			ask_form(l, p->plan, f, a);
		else
			ask_address(l, from, to, data, a);
		p->refusals += a->refusals;
		if (!a->lost)
			break;
		link_close(l, true);
		if (try == TRIES || !time_left(p))
			break;
		sleep(PAUSE);
	}
	return true;
}

/* Asks about an address that is no form. */
static bool
ask_control(struct probe *p, const char *from, const char *to, bool data, struct answer *a)
{
	if (!ask(p, NULL, from, to, data, a))
		return false;
	tell_control(&p->teller, to, a, &p->link.said);
	return true;
}

/* Does the server take what nobody has, in the domain of this address? */
static enum verdict
takes_anybody(struct probe *p, const char *to, const char *from)
{
	const char *domain = forms_domain(to);
	char address[FORMS_ADDRESSMAX + WORDMAX + 2];
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

/* Does the refusal speak of this? */
static bool
mentions(const struct answer *a, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= a->n; i++)
		if (strncasecmp(a->text + i, word, n) == 0)
			return true;
	return false;
}

/* 530 is also said by who wants TLS first, and after that might relay. */
static bool
wants_login(const struct answer *a)
{
	return a->code == 530 && !mentions(a, "TLS");
}

static void
note_answer(struct probe *p, const struct form *f, const struct answer *a)
{
	p->lost = a->lost ? p->lost + 1 : 0;
	p->reached |= a->stage >= STAGE_RCPT;
	p->taken |= a->verdict == TAKEN || a->verdict == RELAY;
	p->other |= a->verdict != REJECT;
	p->login &= wants_login(a);
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

	if (!ask(p, f, NULL, NULL, false, &a))
		return false;
	said = p->link.said;
	if (a.verdict == TAKEN || a.verdict == RELAY)
		weigh(p, f, &a);
	tell_form(&p->teller, f, &a, &said);
	note_answer(p, f, &a);
	p->end = a;
	return p->lost < LOST_MAX;
}

/* --- is it we that are refused? ------------------------------------------------ */

/* A refusal without the addresses in it. */
static size_t
bare(char *to, const struct answer *a, const char *address)
{
	size_t len = strlen(address), n = 0, i = 0;

	while (i < a->n) {
		const char *end = a->text[i] != '<' ? NULL : memchr(a->text + i, '>', a->n - i);

		if (end != NULL)
			i = (size_t)(end - a->text) + 1;
		else if (a->n - i >= len && memcmp(a->text + i, address, len) == 0)
			i += len;
		else
			to[n++] = a->text[i++];
	}
	return n;
}

static bool
alike(const struct answer *a, const char *to, const struct answer *b, const char *other)
{
	char s[LINK_LINE], t[LINK_LINE];
	size_t n = bare(s, a, to);

	return a->code == b->code && a->stage == b->stage && n == bare(t, b, other) &&
	    memcmp(s, t, n) == 0;
}

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Is it refused as relaying?  The word, but not within a host name or address. */
static bool
names_relaying(const struct answer *a, const char *to)
{
	static const char odd[] = "0123456789-_@.";
	char s[LINK_LINE + 1];
	size_t n = bare(s, a, to), end;

	s[n] = '\0';
	for (size_t i = 0; i + 5 <= n; i++) {
		if (strncasecmp(s + i, "relay", 5) != 0 ||
		    (i > 0 && (letter(s[i - 1]) || strchr(odd, s[i - 1]) != NULL)))
			continue;
		for (end = i + 5; letter(s[end]); end++)
			;
		if (s[end] == '\0' || strchr(odd, s[end]) == NULL ||
		    (s[end] == '.' && (s[end + 1] == '\0' || s[end + 1] == ' ')))
			return true;
	}
	return false;
}

/*
 * Is the postmaster (RFC 5321 4.5.1) refused in the words in which the foreign
 * recipient is?  The one without a domain shows nothing: Postfix takes that
 * from whom it takes nothing else.
 */
static bool
postmaster_refused(struct probe *p)
{
	const char *dot = strchr(p->name, '.');
	const char *const domains[] = { p->name, dot == NULL ? "" : dot + 1, p->literal };
	char to[FORMS_ADDRESSMAX];
	struct answer a;

	for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
		if (domains[i][0] == '\0')
			continue;
		snprintf(to, sizeof to, "postmaster@%s", domains[i]);
		if (!ask_control(p, p->refusal.from, to, p->refusal.stage == STAGE_DATA, &a))
			return true;
		if (!a.lost && !alike(&a, to, &p->refusal, p->refused.to))
			return false;
	}
	return true;
}

/* RFC 7505: the recipient's domain takes no mail, so nobody would send it there. */
static bool
names_domain(const struct answer *a)
{
	return a->code == 556 || (a->n > 7 && memcmp(a->text, "5.1.10 ", 7) == 0);
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
		if (names_domain(&p->refusal))
			return false;
		if (names_relaying(&p->refusal, p->refused.to) || !postmaster_refused(p))
			return true;
		p->end = p->refusal;
	}
	p->end.why = mentions(&p->end, "STARTTLS") ? "starttls" : "refuses-all";
	return false;
}

/* --- the host ------------------------------------------------------------------ */

static bool
resolve(struct probe *p)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICSERV | (p->target->literal ? AI_NUMERICHOST : 0),
		.ai_socktype = SOCK_STREAM
	};
	int e = getaddrinfo(p->target->host, p->target->port, &hints, &p->list);

	if (e == 0)
		return true;
	p->end.stage = STAGE_CONNECT;
	p->end.why = e == EAI_NONAME ? "no-host" : "dns";
	return false;
}

static void
choose_nobody(struct probe *p)
{
	unsigned char r[4] = { 0 };

	(void)!getrandom(r, sizeof r, 0);
	snprintf(p->nobody, sizeof p->nobody, "q%02x%02x%02x%02x", r[0], r[1], r[2], r[3]);
}

/* False: p->end says why not all was asked. */
static bool
ask_all(struct probe *p)
{
	static struct form forms[FORMS_MAX];
	const char *foreign = strchr(p->plan->to, '@') + 1;
	struct forms_of of = { p->plan->from, p->plan->to, NULL, p->literal, NULL };
	size_t n;

	if (!ready(p))
		return false;
	if (p->name[0] == '\0' && !p->target->literal)
		(void)target_said(p->name, (struct span){ p->target->host, strlen(p->target->host) });
	of.name = p->name[0] == '\0' ? NULL : p->name;
	of.address = p->chosen->ai_family == AF_INET ? p->address : NULL;
	if (forms_own(of.name, foreign) || forms_own(p->target->host, foreign)) {
		p->end = (struct answer){ .stage = STAGE_RCPT, .why = "own-recipient" };
		return false;
	}
	n = forms_make(&of, forms);
	for (size_t i = 0; i < n; i++) {
		if (!time_left(p)) {
			p->end.why = link_word(LINK_TIME);
			return false;
		}
		if (!ask_about(p, &forms[i]))
			return false;
	}
	return judged(p);
}

void
probe(const struct target *target, const struct plan *plan, int fd)
{
	static struct probe p;
	bool all;

	p.target = target;
	p.plan = plan;
	p.login = true;
	p.teller = (struct teller){ fd, target, p.address };
	choose_nobody(&p);
	link_start(&p.link, plan->seconds);
	all = resolve(&p);
	if (all) {
		confine(plan->seconds);
		all = ask_all(&p);
	}
	link_close(&p.link, true);
	tell_end(&p.teller, all ? NULL : &p.end, &p.greeting);
}
