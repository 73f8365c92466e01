/* SPDX-License-Identifier: ISC */
// with: cmd/multiscan-heartbeat/letter.c cmd/multiscan-heartbeat/arrival.c cmd/multiscan-heartbeat/sighting.c cmd/multiscan-heartbeat/run.c
/* What arrives, what a log says, and what both come to. */
#include "cmd/multiscan-heartbeat/run.h"
#include "tests/unit/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN "0123456789abcdef0123456789abcdef"
#define NAME "heartbeat-" TOKEN ".txt"
#define FIELD "X-Multiscan-Heartbeat: " TOKEN

static struct arrival a;

/* Fed in pieces of so many bytes. */
static const char *
fed(const char *text, size_t n, size_t piece)
{
	arrival_start(&a);
	for (size_t at = 0; at < n; at += piece)
		arrival_feed(&a, text + at, n - at < piece ? n - at : piece);
	arrival_end(&a);
	return arrival_holds(&a);
}

static bool
holds(const char *head, const char *bytes, size_t n, const char *tail, const char *want)
{
	char text[8192];
	size_t len = (size_t)snprintf(text, sizeof text, "%s\n\n%s%.*s%s", FIELD, head, (int)n,
	    bytes, tail);

	return strcmp(fed(text, len, len), want) == 0 && strcmp(fed(text, len, 1), want) == 0 &&
	    strcmp(a.token, TOKEN) == 0 && a.bytes == len;
}

static bool
has_token(const char *head, const char *want)
{
	return fed(head, strlen(head), 3) != NULL && strcmp(a.token, want) == 0;
}

static void
test_letters(void)
{
	char text[LETTER_MAX];

	for (int m = 0; m < MAIL_N; m++) {
		struct letter l = { (enum mail)m, TOKEN, "a@b.example", "c@d.example", "b.example" };
		size_t n = letter_make(&l, text);

		OK(n > 500 && memcmp(text + n - 2, "\r\n", 2) == 0);
		OK(strcmp(fed(text, n, n), letter_mail((enum mail)m)) == 0);
		OK(strcmp(a.token, TOKEN) == 0);
		for (size_t i = 1; i < n; i++)
			if (text[i - 1] == '\n' && text[i] == '.')
				OK(0);
	}
	memset(text, 'a', LETTER_ADDRESS - 1);
	text[LETTER_ADDRESS - 1] = '\0';
	{
		char out[LETTER_MAX], host[256];
		struct letter l = { MAIL_VIRUS, TOKEN, text, text, host };

		snprintf(host, sizeof host, "%.255s", text);
		OK(letter_make(&l, out) > 0);
	}
}

/* Wherever its base64 begins, and however it is broken. */
static void
test_places(void)
{
	static const char head[] = "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJE";
	static const char tail[] = "LUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo";
	char bytes[LETTER_BYTES], text[512];

	letter_bytes(bytes, MAIL_VIRUS);
	OK(holds("", bytes, sizeof bytes, "", "virus"));
	OK(holds("XXX5O!P", bytes, sizeof bytes, "", "virus"));
	OK(holds("", bytes, sizeof bytes - 1, "", "nothing"));
	OK(holds("", bytes + 1, sizeof bytes - 1, "", "nothing"));
	snprintf(text, sizeof text, "%.30s=\r\n%.*s\n", bytes, LETTER_BYTES - 30, bytes + 30);
	OK(holds("", text, strlen(text), "", "virus"));
	for (const char *before = "abcd"; *before != '\0'; before++) {
		snprintf(text, sizeof text, "%s%s=\n", head, tail);
		OK(holds(before, text, strlen(text), "", "virus"));
		snprintf(text, sizeof text, "%.5s\r\n%s\t%s", head, head + 5, tail);
		OK(holds(before, text, strlen(text), "", "virus"));
	}
	snprintf(text, sizeof text, "%s%.*s", head, (int)sizeof tail - 3, tail);
	OK(holds("", text, strlen(text), "", "nothing"));
	letter_bytes(bytes, MAIL_CLEAN);
	OK(holds("", bytes, sizeof bytes, "", "clean"));
	snprintf(text, sizeof text, "%.68s\n%s%s", bytes, head, tail);
	OK(holds("", text, strlen(text), "", "both"));
}

static void
test_tokens(void)
{
	char text[1024];

	OK(has_token(FIELD "\n\n", TOKEN));
	OK(has_token(FIELD, TOKEN));
	OK(has_token("A: b\r\nx-multiscan-HEARTBEAT:" TOKEN " \r\n\r\n", TOKEN));
	OK(has_token(FIELD "\nX-Multiscan-Heartbeat: ffffffffffffffffffffffffffffffff\n\n", TOKEN));
	OK(has_token("", ""));
	OK(has_token("A: b\n\n" FIELD "\n", ""));
	OK(has_token("\r\n" FIELD "\n", ""));
	OK(has_token(FIELD "0\n\n", ""));
	OK(has_token("X-Multiscan-Heartbeat: 0123456789abcdef0123456789abcde\n\n", ""));
	OK(has_token("X-Multiscan-Heartbeat: 0123456789ABCDEF0123456789abcdef\n\n", ""));
	OK(has_token("X-Multiscan-Heartbeat: ../../../../../../../../../etc/pa\n\n", ""));
	OK(has_token("X-Multiscan-Heartbeat:\n\n", ""));
	OK(has_token(" " FIELD "\n\n", ""));
	snprintf(text, sizeof text, "%s%200s\n\n", FIELD, "");
	OK(has_token(text, ""));
}

#define MARK "Nov 26 18:00:01 mta iMS: [ID 702911 mail.alert] "

static enum sighting
says(const char *line)
{
	return sighting_line(line, strlen(line), NAME);
}

static void
test_sightings(void)
{
	OK(says(MARK "Eicar virus found and dealt name=filename:" NAME " do=substitute") ==
	    SIGHTING_FOUND);
	OK(says(MARK "Eicar virus found and dealt name=filename:" NAME " do=hold") ==
	    SIGHTING_ENDED);
	OK(says(MARK "Eicar virus found and dealt do=discard name=x:a name=x:" NAME) ==
	    SIGHTING_ENDED);
	OK(says(MARK "Eicar virus found and passed name=filename:" NAME " do=pass") ==
	    SIGHTING_NONE);
	OK(says(MARK "Eicar virus found and dealt name=filename:" NAME "x do=hold") ==
	    SIGHTING_NONE);
	OK(says(MARK "Eicar virus found and dealt name=filename:a do=hold") == SIGHTING_NONE);
	OK(says(MARK ".txt suffix dealt name=filename:" NAME " do=hold") == SIGHTING_NONE);
	OK(says(MARK "Eicar virus found and dealt msgid=filename:" NAME " do=hold") ==
	    SIGHTING_NONE);
	OK(says(MARK "Eicar virus found and dealt") == SIGHTING_NONE);
	OK(says(MARK "Eicar virus found and dealt name=filename:" NAME " a b") == SIGHTING_NONE);
	OK(says("Nov 26 18:00:01 mta postfix/cleanup: virus found and dealt name=filename:" NAME) ==
	    SIGHTING_NONE);
	OK(says("[ID 702911 mail." NAME) == SIGHTING_NONE);
	OK(says("[ID 702911 mail.alert]" NAME) == SIGHTING_NONE);
	OK(says(NAME) == SIGHTING_NONE);
	OK(says("{\"time\":\"t\",\"kind\":\"virus\",\"text\":\"virus found and dealt\","
	    "\"name\":\"filename:" NAME "\",\"do\":\"substitute\"}") == SIGHTING_FOUND);
	OK(says("x {\"time\":\"t\",\"kind\":\"virus\",\"text\":\"virus found and dealt\","
	    "\"name\":[\"a:b\",\"filename:" NAME "\"],\"do\":[\"mark\",\"hold\"]}") ==
	    SIGHTING_ENDED);
	OK(says("{\"time\":\"t\",\"kind\":\"virus\",\"text\":\"virus found and passed\","
	    "\"name\":\"filename:" NAME "\",\"do\":\"pass\"}") == SIGHTING_NONE);
	OK(says("{\"time\":\"t\",\"text\":\"virus found and dealt\",\"name\":\"" NAME) ==
	    SIGHTING_NONE);
}

/* The virus as this, the clean one as that. */
static enum reason
judged(struct fate virus, struct fate clean)
{
	struct fate f[MAIL_N] = { virus, clean };

	f[MAIL_VIRUS].talk.mail = MAIL_VIRUS;
	f[MAIL_CLEAN].talk.mail = MAIL_CLEAN;
	return run_judge(f);
}

#define IN_STATE(s) (struct fate){ .talk.state = (s) }
#define ARRIVED(v, c) (struct fate){ .talk.state = TALK_TAKEN, .arrived = true, \
    .arrival.holds = { (v), (c) } }

static void
test_reasons(void)
{
	const struct fate well = ARRIVED(false, true), gone = ARRIVED(false, false);
	struct fate logged = IN_STATE(TALK_TAKEN), asked_again = IN_STATE(TALK_BUSY);

	logged.seen = SIGHTING_FOUND;
	OK(judged(gone, well) == REASON_NONE);
	OK(judged(IN_STATE(TALK_REFUSED), well) == REASON_NONE);
	OK(judged(logged, well) == REASON_NONE);
	OK(!run_good(&logged, false));
	logged.seen = SIGHTING_ENDED;
	OK(run_good(&logged, false));
	OK(judged(ARRIVED(true, false), well) == REASON_PASSED);
	logged = ARRIVED(true, false);
	logged.seen = SIGHTING_ENDED;
	OK(judged(logged, well) == REASON_PASSED);
	OK(judged(ARRIVED(true, false), IN_STATE(TALK_FAILED)) == REASON_PASSED);
	OK(judged(gone, gone) == REASON_CHANGED);
	OK(judged(IN_STATE(TALK_TAKEN), well) == REASON_UNSEEN);
	OK(judged(IN_STATE(TALK_DENIED), well) == REASON_UNSEEN);
	OK(judged(IN_STATE(TALK_LATER), well) == REASON_UNSEEN);
	OK(judged(gone, IN_STATE(TALK_TAKEN)) == REASON_LATE);
	OK(judged(gone, IN_STATE(TALK_BUSY)) == REASON_LATE);
	asked_again.talk.code = 451;
	OK(judged(gone, asked_again) == REASON_REFUSED);
	OK(judged(IN_STATE(TALK_REFUSED), IN_STATE(TALK_REFUSED)) == REASON_REFUSED);
	OK(judged(IN_STATE(TALK_LATER), IN_STATE(TALK_LATER)) == REASON_REFUSED);
	OK(judged(IN_STATE(TALK_FAILED), IN_STATE(TALK_FAILED)) == REASON_CONNECT);
	OK(judged(IN_STATE(TALK_FAILED), well) == REASON_CONNECT);
}

int
main(void)
{
	test_letters();
	test_places();
	test_tokens();
	test_sightings();
	test_reasons();
	return done();
}
