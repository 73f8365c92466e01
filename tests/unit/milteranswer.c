/* SPDX-License-Identifier: ISC */
// with: cmd/multiscan-milter/answer.c cmd/multiscan-milter/reply.c
#include "cmd/multiscan-milter/answer.h"
#include "cmd/multiscan-milter/reply.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define ID "0123456789abcdef0123"

static char said[1024];
static struct answer a;

static bool
parses(const char *text)
{
	snprintf(said, sizeof said, "%s", text);
	return answer_parse(&a, said, strlen(said));
}

/* What the client is told. */
static const char *
replies(const char *text, size_t n)
{
	static char line[2 * REPLY_MAX + 1];

	reply_line(line, (struct span){ text, n }, ID);
	return line;
}

static bool
replies_with(const char *text, const char *line)
{
	return strcmp(replies(text, strlen(text)), line) == 0;
}

static void
answers(void)
{
	OK(parses("id=" ID " do=deliver at=work dir=/w/1\n"));
	OK(a.what == ANSWER_DELIVER && a.work && !a.changed && a.to == NULL && a.text.p == NULL);
	OK(strcmp(a.id, ID) == 0 && strcmp(a.dir, "/w/1") == 0);
	OK(parses("id=" ID " do=deliver at=quarantine dir=/q/%C3%A4 changed=yes to=a%20b@c\n"));
	OK(!a.work && a.changed && strcmp(a.dir, "/q/\xc3\xa4") == 0 && strcmp(a.to, "a b@c") == 0);
	OK(parses("id=" ID " do=refuse at=quarantine dir=/q/1 text=no%0A%00\n"));
	OK(a.what == ANSWER_REFUSE && a.text.n == 4 && memcmp(a.text.p, "no\n", 4) == 0);
	OK(parses("id=" ID " do=refuse at=work text= dir=/q/1\n") && a.text.n == 0);
	OK(parses("id=" ID " do=hold at=quarantine dir=/q/1\n") && a.what == ANSWER_HOLD);
	OK(parses("id=" ID " do=discard at=work dir=/q/1\n") && a.what == ANSWER_DISCARD);

	OK(!parses("") && !parses("\n") && !parses("odd\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1\n\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1\nid=" ID "\n"));
	OK(!parses("id=" ID " do=deliver at=work\n"));
	OK(!parses("id=" ID " do=deliver dir=/w/1\n"));
	OK(!parses("id=" ID " at=work dir=/w/1\n"));
	OK(!parses("do=deliver at=work dir=/w/1\n"));
	OK(!parses("id=0123 do=deliver at=work dir=/w/1\n"));
	OK(!parses("id=0123456789abcdef012X do=deliver at=work dir=/w/1\n"));
	OK(!parses("id=" ID " do=bounce at=work dir=/w/1\n"));
	OK(!parses("id=" ID " do= at=work dir=/w/1\n"));
	OK(!parses("id=" ID " do=deliver at=home dir=/w/1\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=w/1\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w%00/1\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1 dir=/w/2\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1 changed=no\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1 to=\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1 text=x\n"));
	OK(!parses("id=" ID " do=deliver at=work dir=/w/1 more=x\n"));
	OK(!parses("id=" ID " do=hold at=work dir=/w/1\n"));
	OK(!parses("id=" ID " do=hold at=quarantine dir=/w/1 changed=yes\n"));
	OK(!parses("id=" ID " do=refuse at=work dir=/w/1 to=a\n"));
}

static void
lines(void)
{
	static char large[5000];
	const char *line;

	OK(replies_with("no", "no (reference " ID ")"));
	OK(replies_with("no, see " ID, "no, see " ID));
	OK(replies_with("", "refused (reference " ID ")"));
	OK(replies_with("\r\n", "refused (reference " ID ")"));
	OK(replies_with("a\r\n\r\n  b\tc\n", "a b c (reference " ID ")"));
	OK(replies_with("100% %s", "100%% %%s (reference " ID ")"));
	OK(replies_with("\x1b[2J\xc3\xa4\xe2\x82\xac\xff\xfe.exe", "?[2J????.exe (reference " ID ")"));
	OK(strcmp(replies("a\0b", 3), "a?b (reference " ID ")") == 0);
	memset(large, 'x', sizeof large);
	memcpy(large + sizeof large - 21, ID, 21);
	line = replies(large, sizeof large - 1);
	OK(strlen(line) <= REPLY_MAX && strstr(line, ID) != NULL);
	memset(large, '%', sizeof large);
	line = replies(large, sizeof large);
	OK(strlen(line) <= 2 * REPLY_MAX && strlen(line) > REPLY_MAX);
}

int
main(void)
{
	answers();
	lines();
	return done();
}
