/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/replay.h"

#include <string.h>

static const char OUTSIDE[] = "tcp_local";
static const char INSIDE[] = "tcp_intranet";
static const char AUTHENTICATED[] = "tcp_auth";

/* Without one pair of < and >. */
static struct span
bare(struct span s)
{
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		return (struct span){ s.p + 1, s.n - 2 };
	return s;
}

/* The place of the last @; s.n: there is none. */
static size_t
last_at(struct span s)
{
	for (size_t i = s.n; i-- > 0; )
		if (s.p[i] == '@')
			return i;
	return s.n;
}

/* --- where it goes ---------------------------------------------------------------- */

/* Each bracket goes by itself: that one is missing was not seen. */
static struct span
without_brackets(struct span s)
{
	if (s.n > 0 && s.p[0] == '[') {
		s.p++;
		s.n--;
	}
	if (s.n > 0 && s.p[s.n - 1] == ']')
		s.n--;
	return s;
}

static bool
is_ours(const struct replay_site *site, struct span domain)
{
	struct ipaddr a;

	if (domain.n == 0)
		return false;
	return site->is_ours(site->to, domain) ||
	    (ipaddr_v4(&a, without_brackets(domain)) && site->is_own(site->to, &a));
}

static const char *
destination(const struct replay_site *site, struct span to)
{
	size_t at = last_at(to);

	if (at == to.n)		/* the host name is put behind it */
		return is_ours(site, site->hostname) ? INSIDE : OUTSIDE;
	return is_ours(site, (struct span){ to.p + at + 1, to.n - at - 1 }) ? INSIDE : OUTSIDE;
}

/* --- what is asked ---------------------------------------------------------------- */

/* The probe being made; full: it is longer than a table can be asked. */
struct probe {
	struct replay_answer *a;
	bool full;
};

static void
add(struct probe *p, struct span s)
{
	struct replay_answer *a = p->a;

	if (p->full || s.n > sizeof a->probe - a->nprobe) {
		p->full = true;
		return;
	}
	if (s.n > 0)
		memcpy(a->probe + a->nprobe, s.p, s.n);
	a->nprobe += s.n;
}

static void
add_text(struct probe *p, const char *text)
{
	add(p, (struct span){ text, strlen(text) });
}

/*
 * Has it an @ outside of quotes?  One whole quoted string has not, and neither has
 * what ends within quotes after it.
 */
static bool
has_bare_at(struct span local)
{
	bool quoted = false;

	for (size_t i = 0; i < local.n; i++) {
		if (local.p[i] == '\\')
			i++;
		else if (local.p[i] == '"')
			quoted = !quoted;
		else if (local.p[i] == '@' && !quoted)
			return true;
	}
	return false;
}

static void
add_quoted(struct probe *p, struct span local)
{
	add_text(p, "\"");
	for (size_t i = 0; i < local.n; i++) {
		if (local.p[i] == '"' || local.p[i] == '\\')
			add_text(p, "\\");
		add(p, (struct span){ local.p + i, 1 });
	}
	add_text(p, "\"");
}

/* A mailbox, whose local part is quoted where it must be. */
static void
add_mailbox(struct probe *p, struct span s)
{
	size_t at = last_at(s);
	struct span local = { s.p, at };

	if (at < s.n && has_bare_at(local)) {
		add_quoted(p, local);
		add(p, (struct span){ s.p + at, s.n - at });
	} else
		add(p, s);
}

static void
add_recipient(struct probe *p, const struct replay_site *site, struct span to)
{
	const char *colon = to.n > 0 ? memchr(to.p, ':', to.n) : NULL;
	size_t route = colon != NULL ? (size_t)(colon + 1 - to.p) : 0;

	if (to.n == 0 || to.p[0] != '@')
		add_mailbox(p, to);
	else if (route == 0)
		add(p, to);
	else {
		add(p, (struct span){ to.p, route });
		add_mailbox(p, (struct span){ to.p + route, to.n - route });
	}
	if (last_at(to) == to.n) {
		add_text(p, "@");
		add(p, site->hostname);
	}
}

static bool
make_probe(const struct replay_site *site, const struct replay_mail *mail,
    struct replay_answer *answer)
{
	struct probe p = { .a = answer };

	add_text(&p, answer->source);
	add_text(&p, "|");
	add(&p, bare(mail->sender));
	add_text(&p, "|");
	add_text(&p, answer->destination);
	add_text(&p, "|");
	add_recipient(&p, site, bare(mail->recipient));
	return !p.full;
}

/* --- the tables ------------------------------------------------------------------- */

static enum replay_verdict
verdict_of(enum mapping_said said)
{
	switch (said) {
	case MAPPING_NOTHING:
	case MAPPING_YES:
		return REPLAY_ACCEPT;
	case MAPPING_NO:
		return REPLAY_REJECT;
	case MAPPING_MEMORY:
		return REPLAY_MEMORY;
	case MAPPING_LIMIT:
		break;
	}
	return REPLAY_LIMIT;
}

/* Who sends it.  said: what INTERNAL_IP did; of one who authenticated it is not asked. */
static const char *
source(const struct replay_mail *mail, enum mapping_said said)
{
	if (mail->authenticated)
		return AUTHENTICATED;
	return said == MAPPING_YES ? INSIDE : OUTSIDE;
}

enum replay_verdict
replay_ask(const struct mapfile *m, const struct replay_site *site,
    const struct replay_mail *mail, mapping_fired *fired, void *to,
    struct replay_answer *answer)
{
	struct mapping_question q = { .probe = mail->client,
	    .authenticated = mail->authenticated, .fired = fired, .to = to };
	struct mapping_answer a;
	enum mapping_said said = mail->authenticated ? MAPPING_NOTHING :
	    mapping_ask(m->internal, &q, &a);

	answer->by = NULL;
	answer->nprobe = answer->nreply = 0;
	answer->source = source(mail, said);
	answer->destination = destination(site, bare(mail->recipient));
	if (said == MAPPING_LIMIT || said == MAPPING_MEMORY)
		return verdict_of(said);
	if (!make_probe(site, mail, answer))
		return REPLAY_LIMIT;
	q.probe = (struct span){ answer->probe, answer->nprobe };
	said = mapping_ask(m->send, &q, &a);
	if (said == MAPPING_YES || said == MAPPING_NO) {
		answer->by = a.by;
		answer->nreply = a.nreply;
		memcpy(answer->reply, a.reply, a.nreply);
	}
	return verdict_of(said);
}
