/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-milter/front.h"

#include "cmd/multiscan-milter/answer.h"
#include "cmd/multiscan-milter/gate.h"
#include "cmd/multiscan-milter/rcpts.h"
#include "cmd/multiscan-milter/replace.h"
#include "cmd/multiscan-milter/reply.h"
#include "cmd/multiscan-milter/run.h"
#include "common/cli.h"
#include "common/clock.h"
#include "common/workdir.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmilter/mfapi.h>

enum { QUEUE_MAX = 64, OPTIONS = 24 };

/* Where a message is; what is BEGUN has a place at the gate and a run. */
enum state { NONE, BEGUN, BUSY, FAILED };

struct session {
	unsigned long quiet;	/* events that Postfix waits for no reply to */
	char *host, *client, *helo;
	/* of the message */
	char *user, *from;
	struct rcpts rcpts;
	char queue[QUEUE_MAX];
	enum state state;
	struct run run;
};

static const struct front *front;

/* --- the message --------------------------------------------------------------- */

static void
forget(char **text)
{
	free(*text);
	*text = NULL;
}

/* Whatever there is of a message is over. */
static void
message_end(struct session *s)
{
	if (s->state == BEGUN) {
		run_stop(&s->run);
		run_free(&s->run);
		gate_leave();
	}
	s->state = NONE;
	forget(&s->user);
	forget(&s->from);
	rcpts_clear(&s->rcpts);
	s->queue[0] = '\0';
}

/* What it is called where something is said of it. */
static void
name_message(SMFICTX *ctx, struct session *s)
{
	static char macro[] = "i";
	const char *id = smfi_getsymval(ctx, macro);

	if (id != NULL && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(id))
		snprintf(s->queue, sizeof s->queue, "%s", id);
}

static char *
or_none(const char *text)
{
	static const char none[] = "";

	return (char *)(uintptr_t)(text != NULL ? text : none);
}

/* guard -t T multiscan -X OPTIONS -- RCPT...; the array is the caller's, what is in it not. */
static char **
make_argv(const struct session *s, char seconds[24])
{
	const char *const words[] = { front->guard, "-t", seconds, front->multiscan, "-X",
	    "-Q", s->queue, "-a", s->client, "-H", s->host, "-e", s->helo, "-u", s->user,
	    "-f", s->from };
	char **argv = calloc(OPTIONS + s->rcpts.count, sizeof *argv);
	const char *written, *read;
	size_t n = 0, at = 0;

	if (argv == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		argv[n++] = or_none(words[i]);
	if (front->channel != NULL) {
		argv[n++] = or_none("-g");
		argv[n++] = or_none(front->channel);
	}
	argv[n++] = or_none("--");
	while (rcpts_next(&s->rcpts, &at, &written, &read))
		argv[n++] = or_none(read);
	return argv;
}

/* With a place at the gate. */
static bool
message_run(struct session *s, long long end)
{
	long long left = (end - clock_ms()) / 1000;
	char seconds[24], **argv;
	bool good = false;

	snprintf(seconds, sizeof seconds, "%lld", left > 0 ? left : 1);
	if ((argv = make_argv(s, seconds)) != NULL)
		good = run_start(&s->run, s->queue, argv, end);
	if (!good)
		warn("%s: %s", s->queue, front->guard);
	free(argv);
	return good;
}

/* With its first field, or where there is none the end of the head: it is begun. */
static void
message_begin(SMFICTX *ctx, struct session *s)
{
	long long end = clock_ms() + (long long)front->seconds * 1000;

	name_message(ctx, s);
	s->state = FAILED;
	if (s->host == NULL || s->client == NULL || s->helo == NULL || s->from == NULL)
		return;
	switch (gate_enter(end)) {
	case GATE_BUSY:
		warnx("%s: too many at once, put off", s->queue);
		s->state = BUSY;
		return;
	case GATE_LATE:
		warnx("%s: it waited too long, put off", s->queue);
		return;
	case GATE_IN:
		break;
	}
	if (message_run(s, end))
		s->state = BEGUN;
	else
		gate_leave();
}

/* --- how it ends --------------------------------------------------------------- */

static sfsistat
reply(SMFICTX *ctx, const char *code, const char *status, const char *text)
{
	if (smfi_setreply(ctx, (char *)(uintptr_t)code, (char *)(uintptr_t)status,
	    (char *)(uintptr_t)text) != MI_SUCCESS)
		return SMFIS_TEMPFAIL;
	return code[0] == '5' ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

static sfsistat
not_now(SMFICTX *ctx)
{
	return reply(ctx, "451", "4.7.1", "could not be judged, try again later");
}

static sfsistat
busy(SMFICTX *ctx)
{
	return reply(ctx, "451", "4.3.2", "too many messages at once, try again later");
}

static sfsistat
deliver(SMFICTX *ctx, const struct session *s, const struct answer *a)
{
	if (a->to != NULL && !replace_recipients(ctx, s->queue, &s->rcpts, a->to))
		return not_now(ctx);
	if (a->changed && !replace_message(ctx, s->queue, a->dir, a->id))
		return not_now(ctx);
	return SMFIS_ACCEPT;
}

static sfsistat
refuse(SMFICTX *ctx, const struct answer *a)
{
	char line[2 * REPLY_MAX + 1];

	reply_line(line, a->text, a->id);
	return reply(ctx, "550", "5.7.1", line);
}

/* Is it in the quarantine, so that Postfix may let it go? */
static bool
is_kept(const char *name, const char *dir)
{
	struct workdir w;

	if (workdir_open(&w, dir) < 0) {
		warn("%s: %s", name, dir);
		return false;
	}
	workdir_close(&w);
	return true;
}

static sfsistat
carry_out(SMFICTX *ctx, const struct session *s, const struct answer *a)
{
	switch (a->what) {
	case ANSWER_DELIVER:
		return deliver(ctx, s, a);
	case ANSWER_REFUSE:
		return refuse(ctx, a);
	case ANSWER_HOLD:
		return is_kept(s->queue, a->dir) ? SMFIS_DISCARD : not_now(ctx);
	case ANSWER_DISCARD:
		return SMFIS_DISCARD;
	}
	return not_now(ctx);
}

static void
tell(const struct session *s, const struct answer *a, sfsistat r)
{
	static const char *const words[] = { "deliver", "hold", "refuse", "discard" };

	if (front->verbose)
		warnx("%s: id=%s do=%s%s%s", s->queue, a->id,
		    r == SMFIS_TEMPFAIL ? "retry" : words[a->what],
		    a->changed ? " changed=yes" : "", a->to != NULL ? " redirected" : "");
}

/* The message is whole. */
static sfsistat
message_judge(SMFICTX *ctx, struct session *s)
{
	int status = run_finish(&s->run);
	struct answer a;
	sfsistat r;

	if (status != EXIT_NOTHING) {
		if (status >= 0)
			warnx("%s: exit %d, put off", s->queue, status);
		return not_now(ctx);
	}
	if (!answer_parse(&a, s->run.said, s->run.len)) {
		warnx("%s: %s: what it said is no answer", s->queue, front->multiscan);
		return not_now(ctx);
	}
	r = carry_out(ctx, s, &a);
	if (a.work && workdir_remove(a.dir) < 0)
		warn("%s: %s", s->queue, a.dir);
	tell(s, &a, r);
	return r;
}

/* --- libmilter ----------------------------------------------------------------- */

static struct session *
session(SMFICTX *ctx)
{
	return smfi_getpriv(ctx);
}

/* What is returned of an event that is well, where Postfix may not want to be told. */
static sfsistat
go_on(const struct session *s, unsigned long event)
{
	return s->quiet & event ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long f2,
    unsigned long f3, unsigned long *want, unsigned long *skip, unsigned long *w2,
    unsigned long *w3)
{
	static char mail[] = "{auth_authen} {mail_addr}", rcpt[] = "{rcpt_addr}",
	    queue[] = "i", none[] = "";
	const unsigned long quiet = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL |
	    SMFIP_NR_DATA | SMFIP_NR_HDR | SMFIP_NR_BODY;
	struct session *s;

	(void)f2, (void)f3;
	*w2 = *w3 = 0;
	*want = SMFIF_CHGBODY | SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_ADDRCPT | SMFIF_DELRCPT |
	    SMFIF_SETSYMLIST;
	*skip = (steps & quiet) | SMFIP_HDR_LEADSPC | (steps & SMFIP_NOUNKNOWN);
	if ((actions & *want) != *want || (steps & SMFIP_HDR_LEADSPC) == 0) {
		warnx("the MTA does not offer enough: milter_protocol must be 6");
		return SMFIS_REJECT;
	}
	if ((s = calloc(1, sizeof *s)) == NULL || smfi_setpriv(ctx, s) != MI_SUCCESS ||
	    smfi_setsymlist(ctx, SMFIM_CONNECT, none) != MI_SUCCESS ||
	    smfi_setsymlist(ctx, SMFIM_ENVFROM, mail) != MI_SUCCESS ||
	    smfi_setsymlist(ctx, SMFIM_ENVRCPT, rcpt) != MI_SUCCESS ||
	    smfi_setsymlist(ctx, SMFIM_DATA, queue) != MI_SUCCESS) {
		warn("a session");
		return SMFIS_REJECT;
	}
	s->quiet = steps & quiet;
	run_none(&s->run);
	return SMFIS_CONTINUE;
}

/* Replaces *text; without memory there is none, and no message of it is begun. */
static bool
keep(char **text, const char *from, size_t n)
{
	free(*text);
	return (*text = strndup(from, n)) != NULL;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *sa)
{
	struct session *s = session(ctx);
	char text[INET6_ADDRSTRLEN] = "";

	if (sa != NULL && sa->sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)sa)->sin_addr, text,
		    sizeof text);
	else if (sa != NULL && sa->sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &((struct sockaddr_in6 *)(void *)sa)->sin6_addr,
		    text, sizeof text);
	/* In brackets: no name that is its own.  As pipe(8) has it. */
	if (host == NULL || host[0] == '[')
		host = or_none("unknown");
	(void)keep(&s->host, host, strlen(host));
	(void)keep(&s->client, text, sizeof text);
	(void)keep(&s->helo, "", 0);
	return go_on(s, SMFIP_NR_CONN);
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct session *s = session(ctx);

	(void)keep(&s->helo, helo, strlen(helo));
	return go_on(s, SMFIP_NR_HELO);
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	static char macro_user[] = "{auth_authen}", macro_from[] = "{mail_addr}";
	struct session *s = session(ctx);
	const char *user = smfi_getsymval(ctx, macro_user);
	const char *read = smfi_getsymval(ctx, macro_from);
	size_t n;
	const char *from = rcpts_bare(argv[0], &n);

	message_end(s);
	if (n > 0 && read != NULL && read[0] != '\0') {
		from = read;
		n = strlen(read);
	}
	if (!keep(&s->from, from, n) || (user != NULL && !keep(&s->user, user, strlen(user))))
		s->state = FAILED;
	return go_on(s, SMFIP_NR_MAIL);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	static char macro[] = "{rcpt_addr}";

	if (rcpts_add(&session(ctx)->rcpts, argv[0], smfi_getsymval(ctx, macro)) == 0)
		return SMFIS_CONTINUE;
	if (errno == E2BIG)
		return reply(ctx, "452", "4.5.3", "too many recipients, the rest later");
	return not_now(ctx);
}

static sfsistat
on_data(SMFICTX *ctx)
{
	return go_on(session(ctx), SMFIP_NR_DATA);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *s = session(ctx);

	if (s->state == NONE)
		message_begin(ctx, s);
	if (s->state == BEGUN) {
		run_feed(&s->run, name, strlen(name));
		run_feed(&s->run, ":", 1);
		run_feed(&s->run, value, strlen(value));
		run_feed(&s->run, "\n", 1);
	}
	return go_on(s, SMFIP_NR_HDR);
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	struct session *s = session(ctx);

	if (s->state == NONE)
		message_begin(ctx, s);
	if (s->state == BEGUN) {
		run_feed(&s->run, "\n", 1);
		return SMFIS_CONTINUE;
	}
	return s->state == BUSY ? busy(ctx) : not_now(ctx);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *p, size_t n)
{
	struct session *s = session(ctx);

	if (s->state == BEGUN)
		run_feed(&s->run, (const char *)p, n);
	return go_on(s, SMFIP_NR_BODY);
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct session *s = session(ctx);
	sfsistat r = s->state == BEGUN ? message_judge(ctx, s) : not_now(ctx);

	message_end(s);
	return r;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	message_end(session(ctx));
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct session *s = session(ctx);

	if (s == NULL)
		return SMFIS_CONTINUE;
	message_end(s);
	free(s->host);
	free(s->client);
	free(s->helo);
	free(s);
	(void)smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

bool
front_register(const struct front *f)
{
	static char name[] = "multiscan-milter";
	struct smfiDesc d = {
		.xxfi_name = name, .xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_CHGBODY | SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_ADDRCPT |
		    SMFIF_DELRCPT | SMFIF_SETSYMLIST,
		.xxfi_connect = on_connect, .xxfi_helo = on_helo, .xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt, .xxfi_header = on_header, .xxfi_eoh = on_eoh,
		.xxfi_body = on_body, .xxfi_eom = on_eom, .xxfi_abort = on_abort,
		.xxfi_close = on_close, .xxfi_data = on_data, .xxfi_negotiate = on_negotiate
	};

	front = f;
	return smfi_register(d) == MI_SUCCESS;
}
