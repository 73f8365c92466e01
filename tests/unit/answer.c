/* SPDX-License-Identifier: ISC */
// with: cmd/notice/answer.c cmd/notice/unfold.c cmd/notice/siphash.c
#include "cmd/notice/answer.h"
#include "cmd/notice/siphash.h"
#include "tests/unit/tap.h"

#include <stdbool.h>
#include <string.h>

/* why, for a sender and the lines of a head; "" where it may be answered. */
static const char *
why(const char *from, const char *head)
{
	static struct unfold u;
	struct field f;
	const char *word = answer_sender((struct span){ from, strlen(from) });
	bool end = false;

	memset(&u, 0, sizeof u);
	while (!end) {
		size_t n = strcspn(head, "\n");

		end = *head == '\0';
		if (unfold_line(&u, (struct span){ head, n }, &f) && word == NULL)
			word = answer_field(&f);
		head += n + (head[n] == '\n');
	}
	return word == NULL ? "" : word;
}

static bool
sender(const char *from)
{
	return strcmp(why(from, ""), "sender") == 0;
}

static bool
person(const char *from)
{
	return why(from, "")[0] == '\0';
}

static bool
field(const char *head, const char *want)
{
	return strcmp(why("ann@example.net", head), want) == 0;
}

static void
senders(void)
{
	OK(strcmp(why("", ""), "null-sender") == 0);
	OK(strcmp(why("<>", ""), "null-sender") == 0);
	OK(sender("MAILER-DAEMON@example.net"));
	OK(sender("MAILER-DAEMON"));
	OK(sender("Postmaster@example.net"));
	OK(sender("owner-list@example.net"));
	OK(sender("list-request@example.net"));
	OK(sender("list-bounces+ann=example.net@example.com"));
	OK(sender("bounce-17-4@example.net"));
	OK(sender("bounces+17@example.net"));
	OK(sender("no-reply@example.net"));
	OK(sender("<noreply@example.net>"));
	OK(person("ann@example.net"));
	OK(person("<ann@example.net>"));
	OK(person("ann@postmaster.example"));
	OK(person("ann.owner-x@example.net"));
	OK(person("a@postmaster@example.net"));
	OK(person("requests@example.net"));
	OK(person("SRS0=x=ann@example.net"));
}

static void
heads(void)
{
	OK(field("Subject: x\nTo: b", ""));
	OK(field("Auto-Submitted: auto-replied", "auto-submitted"));
	OK(field("AUTO-SUBMITTED:auto-generated; x=y", "auto-submitted"));
	OK(field("Auto-Submitted:\n auto-replied", "auto-submitted"));
	OK(field("Auto-Submitted : (no) x", "auto-submitted"));
	OK(field("Auto-Submitted: no", ""));
	OK(field("Auto-Submitted: No (a person)", ""));
	OK(field("Auto-Submitted: no; x", ""));
	OK(field("Auto-Submitted: nobody", "auto-submitted"));
	OK(field("Auto-Submitted: no\nAuto-Submitted: auto-replied\nTo: x", "auto-submitted"));
	OK(field("Auto-Submitted:", ""));
	OK(field("To: b\nList-Id: <x>\nTo: c", "list"));
	OK(field("List-Unsubscribe: <x>", "list"));
	OK(field("Listen: x", ""));
	OK(field("Precedence: bulk", "precedence"));
	OK(field("Precedence: JUNK", "precedence"));
	OK(field("Precedence: list", "precedence"));
	OK(field("Precedence: first-class", ""));
	OK(field("X-Auto-Response-Suppress: OOF, AutoReply", "suppress"));
	OK(field("X-Auto-Response-Suppress: All", "suppress"));
	OK(field("X-Auto-Response-Suppress: OOF", ""));
	OK(field("Content-Type: multipart/report; report-type=x", "report"));
	OK(field("Content-Type:\n\tMultipart/Report", "report"));
	OK(field("Content-Type: multipart/mixed", ""));
	OK(field("Subject: x\n Precedence: bulk", ""));
	OK(field("no field\nPrecedence: bulk", "precedence"));
	OK(field(": bulk", ""));
}

static void
hashes(void)
{
	unsigned char key[16], text[15];

	for (unsigned char i = 0; i < 16; i++)
		key[i] = i;
	for (unsigned char i = 0; i < 15; i++)
		text[i] = i;
	OK(siphash(key, text, 15) == 0xa129ca6149be45e5);	/* the paper's own example */
	OK(siphash(key, text, 0) == 0x726fdb47dd0e0e31);
	OK(siphash(key, text, 8) == 0x93f5f5799a932462);
	key[0] = 1;
	OK(siphash(key, text, 15) != 0xa129ca6149be45e5);
}

int
main(void)
{
	senders();
	heads();
	hashes();
	return done();
}
