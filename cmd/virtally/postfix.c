/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/postfix.h"
#include "cmd/virtally/rest.h"

#include <string.h>

#define TAIL "; from=<"

enum { LIST_MAX = 255, TAILS = 16, ID_DIGITS = 20 };

static const struct span OTHER = { "other", 5 }, TRANSPORT = { "transport", 9 };
static const struct span REFUSED = { "refused", 7 }, FAILED = { "failed", 6 };

#define IS(s, text) ((s).n == sizeof(text) - 1 && memcmp((s).p, text, sizeof(text) - 1) == 0)

/* Where text stands next, or NULL. */
static const char *
find(const struct rest *r, const char *text)
{
	size_t n = strlen(text);

	for (const char *p = r->p; (size_t)(r->end - p) >= n; p++) {
		if ((p = memchr(p, *text, (size_t)(r->end - p) - n + 1)) == NULL)
			return NULL;
		if (memcmp(p, text, n) == 0)
			return p;
	}
	return NULL;
}

/* "QUEUEID: ", or "NOQUEUE: ". */
static bool
skip_queue(struct rest *r)
{
	return rest_skip(r, REST_NAME).n > 0 && SKIP_TEXT(r, ": ");
}

/*
 * "<ADDRESS>", which a sender may have chosen: what it has that ends it, or begins
 * another, stands in quotes.
 */
static inline bool
skip_quoted(struct rest *r)
{
	bool quoted = false;

	if (!SKIP_TEXT(r, "<"))
		return false;
	for (;; r->p++) {
		(void)rest_skip(r, REST_ADDRESS);
		if (r->p == r->end)
			return false;
		if (*r->p == '"')
			quoted = !quoted;
		else if (quoted && *r->p == '\\' && r->end - r->p > 1)
			r->p++;
		else if (!quoted && *r->p != '\\')
			return SKIP_TEXT(r, ">");
	}
}

static bool
skip_address(struct rest *r)
{
	return skip_quoted(r) && SKIP_TEXT(r, ", ");
}

/* "VALUE, ", which has no blank and no comma. */
static bool
skip_field(struct rest *r, struct span *value)
{
	*value = rest_skip(r, REST_FIELD);
	return value->n > 0 && SKIP_TEXT(r, ", ");
}

/*
 * Why it was put off: what multiscan-pipe(1) said.  avscan(1) tells of each engine before it
 * says that there is none; what other tools say may be of a sender's.
 */
static struct span
why_waited(struct rest *r)
{
	static const struct span engine = { "engine", 6 };

	if (!SKIP_TEXT(r, "(temporary failure. Command output: multiscan-pipe: "))
		return OTHER;
	if (SKIP_TEXT(r, "avscan: "))
		return find(r, "no engine a") != NULL ? engine : OTHER;
	return rest_skip(r, REST_WORD).n > 0 && SKIP_TEXT(r, " no engine: ") ? engine : OTHER;
}

/* Do the bytes from r->p to p end with this field and a blank? */
static inline bool
ends_with(const struct rest *r, const char *p, const char *field, size_t n)
{
	return (size_t)(p - r->p) >= n && memcmp(p - n, field, n) == 0 &&
	    ((size_t)(p - r->p) == n || p[-(ptrdiff_t)n - 1] == ' ');
}

#define ENDS_WITH(r, p, field) ends_with(r, p, field, sizeof(field) - 1)

/* What our filter's transport says; r is at WHY, behind status=... */
static bool
of_filter(struct event *e, struct rest *r, const char *why)
{
	if (ENDS_WITH(r, why, "status=deferred ")) {
		r->p = why;
		e->kind = KIND_WAITED;
		e->name = why_waited(r);
		return true;
	}
	e->kind = KIND_BOUNCED;
	e->name = FAILED;
	if (ENDS_WITH(r, why, "dsn=5.0.0, status=bounced "))
		e->name = REFUSED;
	return ENDS_WITH(r, why, "status=bounced ");
}

/*
 * Behind "to=": <ADDRESS>, relay=R, delay=..., dsn=..., status=... (WHY).  Between R and WHY
 * all is Postfix's own.  Of pipe(8) R is the name of a transport, of others it may be
 * that of a host.
 */
static bool
delivery(struct event *e, struct rest *r, struct span program)
{
	static const char unavailable[] = "(mail transport unavailable)";
	struct span relay;
	const char *why;
	bool sent;

	if (!skip_address(r) || (SKIP_TEXT(r, "orig_to=") && !skip_address(r)) ||
	    !SKIP_TEXT(r, "relay=") || !skip_field(r, &relay) ||
	    (why = memchr(r->p, '(', (size_t)(r->end - r->p))) == NULL)
		return false;
	sent = ENDS_WITH(r, why, "status=sent ");
	if (!sent && ENDS_WITH(r, why, "status=deferred ") && IS(relay, "none") &&
	    (size_t)(r->end - why) == sizeof unavailable - 1 &&
	    memcmp(why, unavailable, sizeof unavailable - 1) == 0) {
		e->kind = KIND_WAITED;
		e->name = TRANSPORT;
		return true;
	}
	if (IS(program, "pipe") && relay.n >= 9 && memcmp(relay.p, "multiscan", 9) == 0)
		return !sent && of_filter(e, r, why);
	r->p = why;
	e->kind = KIND_DELIVERED;
	/* what local(8) sends on is delivered by another; what pipe(8) says no host can */
	return sent && !IS(relay, "none") && !SKIP_TEXT(r, "(delivered via multiscan") &&
	    !(IS(program, "local") && SKIP_TEXT(r, "(forwarded as "));
}

/* ", KEY=VALUE", where it stands next. */
#define SKIP_FIELD(r, key) (SKIP_TEXT(r, ", " key "=") && rest_skip(r, REST_FIELD).n > 0)

/*
 * Behind "client=": HOST[ADDRESS], FIELD, ...  Is it one that XFORWARD tells of?  Postfix
 * has what SASL says before it, and at the end of that what a client may have chosen.
 */
static bool
forwarded(const struct rest *r)
{
	struct rest at = *r;

	(void)rest_skip(&at, REST_FIELD);
	(void)SKIP_FIELD(&at, "sasl_method");
	(void)SKIP_FIELD(&at, "sasl_username");
	return SKIP_TEXT(&at, ", orig_");
}

/* Does what a list has blocked hold nothing of a sender's choice? */
static bool
skip_client(struct rest *r)
{
	return SKIP_TEXT(r, "Client host [") || SKIP_TEXT(r, "client [") ||
	    SKIP_TEXT(r, "Unverified Client host [");
}

/* Behind "Service unavailable; ": CLASS [WHAT] blocked using LIST */
static bool
blocked(struct event *e, struct rest *r)
{
	static const char using[] = "] blocked using ";
	bool client = skip_client(r);
	const char *p = find(r, using);
	struct span list;

	if (p == NULL)
		return false;
	e->kind = KIND_RBL;
	e->name = OTHER;
	r->p = p + sizeof using - 1;
	list = rest_skip(r, REST_TAG);
	if (list.n == 0 || list.n > LIST_MAX || memchr(list.p, '/', list.n) != NULL ||
	    (r->p < r->end && *r->p != ';' && *r->p != ',' && *r->p != ' ' && *r->p != '='))
		return true;
	/* an address that looks like this has the true one behind it */
	if (client || find(r, using) == NULL)
		e->name = list;
	return true;
}

/* Does a reply end with what is said of who may not relay, by Postfix or relaycheck(1)? */
static bool
denied(struct event *e, const struct rest *reply)
{
	static const struct {
		struct span text, why;
	} texts[] = {
#define TEXT(text, why) { { text, sizeof(text) - 1 }, { why, sizeof(why) - 1 } }
		TEXT(">: Relay access denied", "relay-denied"),
		TEXT(">: Recipient address rejected: relaying denied", "relay-denied"),
		TEXT(">: Recipient address rejected: no relaying by % in an address", "percent-route"),
		TEXT(">: Recipient address rejected: no relaying by ! in an address", "bang-route"),
		TEXT(">: Recipient address rejected: no relaying by quoted addresses", "quoted-route"),
		TEXT(">: Recipient address rejected: no relaying by source routes", "source-route")
#undef TEXT
	};
	size_t n = (size_t)(reply->end - reply->p);

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct span text = texts[i].text;

		if (n < text.n || memcmp(reply->end - text.n, text.p, text.n) != 0)
			continue;
		e->kind = KIND_DENIED;
		e->name = texts[i].why;
		return true;
	}
	return false;
}

/*
 * Behind "; from=": <SENDER> to=<RECIPIENT> proto=P helo=<H>, and no more; with commas, of
 * postscreen.  In H no < or > is left.
 */
static bool
is_tail(struct rest r)
{
	if (!skip_quoted(&r))
		return false;
	(void)SKIP_TEXT(&r, ",");
	if (SKIP_TEXT(&r, " to=") && !skip_quoted(&r))
		return false;
	(void)SKIP_TEXT(&r, ",");
	if (!SKIP_TEXT(&r, " proto=") || rest_skip(&r, REST_FIELD).n == 0)
		return false;
	(void)SKIP_TEXT(&r, ",");
	if (SKIP_TEXT(&r, " helo=<")) {
		while (r.p < r.end && *r.p != '<' && *r.p != '>')
			r.p++;
		if (!SKIP_TEXT(&r, ">"))
			return false;
	}
	return r.p == r.end || (SKIP_TEXT(&r, " sasl_username=") && find(&r, TAIL) == NULL);
}

/*
 * Ends *r where the reply in it ends.  In a reply a recipient stands without quotes, and may
 * have in it what looks like the tail; but behind that no line ends as it should.
 */
static bool
cut_tail(struct rest *r)
{
	struct rest at = *r;
	const char *p;

	for (int tries = 0; tries < TAILS && (p = find(&at, TAIL)) != NULL; tries++) {
		at.p = p + sizeof TAIL - 2;
		if (is_tail(at)) {
			r->end = p;
			r->block = r->end - r->p >= REST_BLOCK;
			return true;
		}
	}
	return false;
}

/* "550 5.7.1 " */
static bool
skip_code(struct rest *r)
{
	const char *p = r->p;

	while (r->p < r->end && ((*r->p >= '0' && *r->p <= '9') || *r->p == '.' || *r->p == ' '))
		r->p++;
	return r->p > p && r->p[-1] == ' ';
}

/* Behind "reject: ": WHERE from HOST[ADDRESS]: REPLY; from=... */
static void
rejection(struct event *e, struct rest *r)
{
	struct rest reply;
	bool whole;

	e->kind = KIND_REFUSED;
	if (rest_skip(r, REST_WORD).n == 0 || !SKIP_TEXT(r, " from ") ||
	    rest_skip(r, REST_WORD).n == 0 || r->p[-1] != ':' || !SKIP_TEXT(r, " ") ||
	    !skip_code(r))
		return;
	reply = *r;
	whole = cut_tail(&reply);
	if (SKIP_TEXT(&reply, "Service unavailable; "))
		(void)blocked(e, &reply);
	else if (whole)
		(void)denied(e, &reply);
}

/* Is there an id of ours in it: 20 hex digits that stand alone? */
static bool
names_ours(const struct rest *r)
{
	size_t run = 0;
	bool hex = true;

	for (const char *p = r->p; p < r->end; p++) {
		bool digit = *p >= '0' && *p <= '9', small = *p >= 'a' && *p <= 'z';

		if (!digit && !small && (*p < 'A' || *p > 'Z')) {
			if (hex && run == ID_DIGITS)
				return true;
			run = 0;
			hex = true;
			continue;
		}
		run++;
		hex = hex && (digit || (small && *p <= 'f'));
	}
	return hex && run == ID_DIGITS;
}

/*
 * Behind "milter-reject: ": WHERE from HOST[ADDRESS]: [CODE ]STATUS TEXT; from=...  Where no
 * milter answers, Postfix says so of each command; there is one MAIL, or one message.
 */
static bool
of_milter(struct event *e, struct rest *r)
{
	struct span where = rest_skip(r, REST_WORD);
	struct rest reply;

	e->kind = KIND_REFUSED;
	if (where.n == 0 || !SKIP_TEXT(r, " from ") || rest_skip(r, REST_WORD).n == 0 ||
	    r->p[-1] != ':' || !SKIP_TEXT(r, " "))
		return true;
	reply = *r;
	if (!skip_code(&reply))
		return true;
	if (*r->p != '4') {
		(void)cut_tail(&reply);
		return !IS(where, "END-OF-MESSAGE") || !names_ours(&reply);
	}
	e->name = OTHER;
	if (SKIP_TEXT(&reply, "Service unavailable - try again later"))
		e->name = TRANSPORT;
	else if (!SKIP_TEXT(&reply, "could not be judged, try again later") &&
	    !SKIP_TEXT(&reply, "too many messages at once, try again later")) {
		e->name = (struct span){ NULL, 0 };
		return true;
	}
	e->kind = KIND_WAITED;
	return !IS(where, "CONNECT") && !IS(where, "EHLO") && !IS(where, "HELO");
}

static bool
from_smtpd(struct event *e, struct rest *r)
{
	if (SKIP_TEXT(r, "client=")) {
		e->kind = KIND_RECEIVED;
		return !forwarded(r);
	}
	if (SKIP_TEXT(r, "milter-reject: "))
		return of_milter(e, r);
	e->kind = KIND_REFUSED;
	if (SKIP_TEXT(r, "proxy-reject: "))
		return true;
	if (!SKIP_TEXT(r, "reject: "))
		return false;
	rejection(e, r);
	return true;
}

/* uid=UID from=<SENDER>; what postsuper -r put back has orig_id= behind it. */
static bool
submitted(struct rest *r)
{
	if (!SKIP_TEXT(r, "uid="))
		return false;
	(void)rest_skip(r, REST_DIGIT);
	return !(SKIP_TEXT(r, " from=") && skip_quoted(r) && SKIP_TEXT(r, " orig_id="));
}

bool
postfix_event(struct event *e, struct span program, struct span text)
{
	struct rest r = { text.p, text.p + text.n, text.n >= REST_BLOCK };

	for (size_t i = program.n; i > 0; i--)
		if (program.p[i - 1] == '/') {
			program.p += i;
			program.n -= i;
			break;
		}
	if (!skip_queue(&r))
		return false;
	if (SKIP_TEXT(&r, "to="))
		return delivery(e, &r, program);
	if (IS(program, "smtpd") || IS(program, "postscreen"))
		return from_smtpd(e, &r);
	e->kind = KIND_RECEIVED;
	if (IS(program, "pickup"))
		return submitted(&r);
	if (!IS(program, "cleanup"))
		return false;
	e->kind = KIND_REFUSED;
	return SKIP_TEXT(&r, "reject: ") ||
	    (SKIP_TEXT(&r, "milter-reject: ") && of_milter(e, &r));
}
