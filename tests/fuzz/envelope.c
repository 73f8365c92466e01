/* SPDX-License-Identifier: ISC */
// with: cmd/relaycheck/mailbox.c cmd/relaycheck/judge.c cmd/relaycheck/conf.c cmd/relaycheck/confread.c cmd/relaycheck/domains.c cmd/relaycheck/ask.c
/*
 * A line of a question, or else an address.  What is printed of an address is one, and
 * the same; who is outside gets nothing but what is ours; what is accepted would be
 * accepted again, as itself.
 */
#include "cmd/relaycheck/ask.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct conf conf;

static void
no_error(void *to, const char *path, unsigned long line, const char *text)
{
	(void)to, (void)path, (void)line, (void)text;
	abort();
}

static void
make_conf(void)
{
	static const char text[] = "internal !192.0.2.66 192.0.2.0/24 2001:db8::/32\n"
	    "domains !no.company.com company.com .company.com\n"
	    "self 203.0.113.25 2001:db8::25\nhostname mta.company.com\n";
	char path[] = "/tmp/fuzz.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, text, sizeof text - 1) != sizeof text - 1 ||
	    conf_read(&conf, path, no_error, NULL) != CONF_GOOD)
		abort();
	close(fd);
	unlink(path);
}

static bool
same(const struct mailbox *a, const struct mailbox *b)
{
	return a->localn == b->localn && memcmp(a->local, b->local, a->localn) == 0 &&
	    a->domainn == b->domainn && memcmp(a->domain, b->domain, a->domainn) == 0 &&
	    a->host == b->host && a->at == b->at && a->percent == b->percent &&
	    a->bang == b->bang;
}

/* What was GOOD and has a domain. */
static void
check_printed(const struct mailbox *m)
{
	char text[MAILBOX_TEXT], raw[MAILBOX_TEXT];
	size_t n = mailbox_print(text, m);
	struct mailbox again, bare;

	if (mailbox_parse(&again, (struct span){ text, n }) != MAILBOX_GOOD ||
	    !same(m, &again) || again.route)
		abort();
	memcpy(raw, m->local, m->localn);
	raw[m->localn] = '@';
	memcpy(raw + m->localn + 1, m->domain, m->domainn);
	if (mailbox_parse_bare(&bare, (struct span){ raw, m->localn + 1 + m->domainn }) !=
	    MAILBOX_GOOD || !same(m, &bare))
		abort();
}

static void
check_address(struct span s)
{
	struct mailbox m;

	if (mailbox_parse(&m, s) == MAILBOX_GOOD && m.host != MAILBOX_NONE)
		check_printed(&m);
	if (mailbox_parse_bare(&m, s) == MAILBOX_GOOD && m.host != MAILBOX_NONE)
		check_printed(&m);
}

/* Of what was accepted for who is outside. */
static void
check_ours(const struct answer *a)
{
	struct mailbox m;
	const struct rule *r;

	if (mailbox_parse(&m, (struct span){ a->to, a->ton }) != MAILBOX_GOOD)
		abort();
	if (m.host == MAILBOX_LITERAL) {
		if (conf_self(&conf, &m.literal) == NULL)
			abort();
		return;
	}
	r = domains_find(&conf.domains, (struct span){ m.domain, m.domainn });
	if (r == NULL || r->refuse || (!m.quoted && (m.percent || m.bang)))
		abort();
}

static void
check_answer(const struct question *q)
{
	static struct record r;
	static struct answer a, b;
	struct question again = *q;

	judge(&conf, q, &a);
	ask_record(&r, &conf, &a);
	if (!record_valid(r.text, r.len - 1))
		abort();
	if (a.relay == RELAY_REJECT || a.relay == RELAY_TEMPFAIL) {
		if (a.ton != 0)
			abort();
		return;
	}
	if (a.relay == RELAY_RELAY && !a.inside)
		abort();
	if (!a.inside && a.why != WHY_POSTMASTER)
		check_ours(&a);
	if (q->bare)
		return;
	again.rcpt = (struct span){ a.to, a.ton };
	judge(&conf, &again, &b);
	if (b.relay != a.relay || b.ton != a.ton || memcmp(b.to, a.to, a.ton) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *line = malloc(n + 1);
	struct span text = { line, n };
	struct question q;

	if (line == NULL)
		return 0;
	if (conf.files == 0)
		make_conf();
	memcpy(line, data, n);
	line[n] = '\0';
	check_address(text);
	if (!ask_line(&q, line, n)) {
		memcpy(line, data, n);
		q = (struct question){ { "198.51.100.7", 12 }, false, { "", 0 }, text, false };
	}
	check_answer(&q);
	q.bare = true;
	check_answer(&q);
	q.client = (struct span){ "192.0.2.7", 9 };
	q.bare = false;
	check_answer(&q);
	free(line);
	return 0;
}
