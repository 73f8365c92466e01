/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/policy.h"
#include "cmd/relaycheck/judge.h"
#include "cmd/relaycheck/lines.h"
#include "common/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

enum { ATTRIBUTE_MAX = 4096 };	/* bytes of a value that is kept; Postfix has 2,048 */

/* The attributes that matter. */
enum attribute { REQUEST, STATE, CLIENT, USER, SENDER, RECIPIENT, ATTRIBUTES };
static const char *const NAME[ATTRIBUTES] = {
	"request", "protocol_state", "client_address", "sasl_username", "sender", "recipient",
};

struct policy {
	const char *path;
	struct conf conf;
	enum conf_state state;
	bool logged;		/* to syslog: standard error is the connection */
	bool in_place;		/* the rules were written over, and may be cut */
	const char *broken;	/* what is wrong with a line of this request, or NULL */
	bool seen[ATTRIBUTES];
	size_t n[ATTRIBUTES];
	char value[ATTRIBUTES][ATTRIBUTE_MAX];
};

/* --- what is wrong, for the operator ------------------------------------------------- */

static void
say(const struct policy *p, const char *where, unsigned long line, const char *what)
{
	char number[32] = "";

	if (line > 0)
		snprintf(number, sizeof number, ":%lu", line);
	if (p->logged)
		syslog(LOG_ERR, "%s%s: %s", where, number, what);
	else
		fprintf(stderr, "relaycheck: %s%s: %s\n", where, number, what);
}

static void
tell(void *to, const char *path, unsigned long line, const char *text)
{
	say(to, path, line, text);
}

/*
 * spawn(8) makes one socket 0, 1 and 2: what is printed there would be an answer.
 * So it would be if both went into one pipe or file.
 */
static void
find_voice(struct policy *p)
{
	struct stat out, error;
	int fd;

	p->logged = fstat(2, &error) < 0 || (!S_ISCHR(error.st_mode) && fstat(1, &out) == 0 &&
	    out.st_ino == error.st_ino && out.st_dev == error.st_dev);
	if (!p->logged)
		return;
	openlog("multiscan/relaycheck", LOG_PID | LOG_NDELAY, LOG_MAIL);
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		close(2);
	else if (fd != 2) {
		dup2(fd, 2);
		close(fd);
	}
}

/* --- a request ------------------------------------------------------------------------- */

static void
refresh(struct policy *p)
{
	struct conf old = p->conf;

	if (p->conf.files > 0 && !conf_changed(&p->conf))
		return;
	p->state = conf_read(&p->conf, p->path, tell, p);
	if (p->state == CONF_GOOD && p->conf.cut != NULL) {
		tell(p, p->conf.cut, 0, CONF_CUT);
		p->state = CONF_WRONG;
	}
	p->in_place = conf_written_over(&old, &p->conf);
	conf_free(&old);
}

static struct span
value(const struct policy *p, enum attribute a)
{
	return (struct span){ p->value[a], p->n[a] };
}

static bool
is(const struct policy *p, enum attribute a, const char *text)
{
	return p->n[a] == strlen(text) && memcmp(p->value[a], text, p->n[a]) == 0;
}

/* NULL, or why this request is none that can be answered. */
static const char *
unfit(const struct policy *p)
{
	if (p->broken != NULL)
		return p->broken;
	if (!p->seen[REQUEST] || !is(p, REQUEST, "smtpd_access_policy"))
		return "it is not smtpd_access_policy";
	if (!p->seen[CLIENT] || !p->seen[SENDER] || !p->seen[RECIPIENT])
		return "it lacks client_address, sender or recipient";
	if (!is(p, STATE, "RCPT") && !is(p, STATE, "VRFY"))
		return "it is asked when there is no recipient: the check belongs into "
		    "smtpd_relay_restrictions or smtpd_recipient_restrictions";
	return NULL;
}

static void
answer_request(struct policy *p, struct answer *a)
{
	struct question q = { value(p, CLIENT), p->n[USER] > 0, value(p, SENDER),
	    value(p, RECIPIENT), true };
	const char *what = unfit(p);

	a->relay = RELAY_TEMPFAIL;
	if (what != NULL) {
		say(p, "a policy request", 0, what);
		a->why = WHY_BAD_LINE;
		return;
	}
	refresh(p);
	a->why = WHY_BAD_CONFIG;
	if (p->state != CONF_GOOD)
		return;
	judge(&p->conf, &q, a);
	/* by half of the rules nothing is accepted too much, but refused too much */
	if (a->relay == RELAY_REJECT && p->in_place && conf_young(&p->conf)) {
		a->relay = RELAY_TEMPFAIL;
		a->why = WHY_CHANGING;
	}
}

/* False: the other side is gone. */
static bool
reply(const struct answer *a)
{
	char text[256];
	size_t n, at = 0;
	const char *action = a->relay == RELAY_REJECT ? "REJECT" : "DEFER_IF_PERMIT";

	if (a->relay == RELAY_LOCAL || a->relay == RELAY_RELAY)
		snprintf(text, sizeof text, "action=DUNNO\n\n");
	else
		snprintf(text, sizeof text, "action=%s %s %s\n\n", action, why_code(a->why),
		    why_text(a->why));
	for (n = strlen(text); at < n;) {
		ssize_t got = write(1, text + at, n - at);

		if (got < 0 && errno != EINTR)
			return false;
		at += got < 0 ? 0 : (size_t)got;
	}
	return true;
}

/* --- the loop --------------------------------------------------------------------------- */

static void
start(struct policy *p)
{
	p->broken = NULL;
	memset(p->seen, 0, sizeof p->seen);
	memset(p->n, 0, sizeof p->n);
}

static void
take_attribute(struct policy *p, struct span line)
{
	const char *equals = memchr(line.p, '=', line.n);
	size_t name = equals == NULL ? 0 : (size_t)(equals - line.p), n;

	if (equals == NULL) {
		p->broken = "it has a line without a =";
		return;
	}
	n = line.n - name - 1;
	for (int a = 0; a < ATTRIBUTES; a++) {
		if (strlen(NAME[a]) != name || memcmp(NAME[a], line.p, name) != 0)
			continue;
		/* twice, or longer than Postfix has them: not to be guessed at */
		if (p->seen[a] || n > ATTRIBUTE_MAX) {
			p->broken = p->seen[a] ? "it has an attribute twice" :
			    "it has an address or a name of more than 4,096 octets";
			return;
		}
		p->seen[a] = true;
		p->n[a] = n;
		memcpy(p->value[a], equals + 1, n);
	}
}

int
policy_serve(const char *path)
{
	static struct lines lines;
	static struct policy p = { .state = CONF_GONE };
	static struct answer answer;
	bool within = false;
	struct span line;
	enum lines_state got;

	p.path = path;
	find_voice(&p);
	lines_start(&lines, 0);
	start(&p);
	while ((got = lines_next(&lines, &line)) == LINES_ONE || got == LINES_LONG) {
		within = got == LINES_LONG || line.n > 0;
		if (got == LINES_LONG)
			p.broken = "it has a line of more than 65,536 octets";
		else if (line.n > 0)
			take_attribute(&p, line);
		if (within)
			continue;
		answer_request(&p, &answer);
		if (!reply(&answer))
			return EXIT_RETRY;
		start(&p);
	}
	conf_free(&p.conf);
	if (got == LINES_FAILED)
		say(&p, "standard input", 0, strerror(errno));
	return got == LINES_FAILED || within ? EXIT_RETRY : EXIT_NOTHING;
}
