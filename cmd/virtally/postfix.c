/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/postfix.h"
#include "cmd/virtally/rest.h"

#include <string.h>

enum { LIST_MAX = 255 };

static const struct span OTHER = { "other", 5 };

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
 * "<ADDRESS>, ", which a sender may have chosen: what it has that ends it, or begins
 * another, stands in quotes.
 */
static bool
skip_address(struct rest *r)
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
			return SKIP_TEXT(r, ">, ");
	}
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
		return find(r, "no engine answers") != NULL ? engine : OTHER;
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

/*
 * Behind "to=": <ADDRESS>, relay=R, delay=..., dsn=..., status=... (WHY).  Between R and WHY
 * all is Postfix's own.
 */
static bool
delivery(struct event *e, struct rest *r)
{
	struct span relay;
	const char *why;
	bool multiscan;

	if (!skip_address(r) || (SKIP_TEXT(r, "orig_to=") && !skip_address(r)) ||
	    !SKIP_TEXT(r, "relay=") || !skip_field(r, &relay) ||
	    (why = memchr(r->p, '(', (size_t)(r->end - r->p))) == NULL)
		return false;
	multiscan = relay.n >= 9 && memcmp(relay.p, "multiscan", 9) == 0;
	if (ENDS_WITH(r, why, "status=sent ")) {
		e->kind = KIND_DELIVERED;
		r->p = why;
		return !multiscan && !IS(relay, "none") && !SKIP_TEXT(r, "(delivered via multiscan");
	}
	if (!multiscan || !ENDS_WITH(r, why, "status=deferred "))
		return false;
	r->p = why;
	e->kind = KIND_WAITED;
	e->name = why_waited(r);
	return true;
}

/*
 * Behind "client=": HOST[ADDRESS], FIELD, ...  Is the first of the fields, or the last, what
 * XFORWARD says?
 */
static bool
forwarded(const struct rest *r)
{
	struct rest last = *r;
	const char *p;

	(void)rest_skip(&last, REST_FIELD);
	if (SKIP_TEXT(&last, ", orig_"))
		return true;
	while ((p = memchr(last.p, ',', (size_t)(last.end - last.p))) != NULL)
		last.p = p + 1;
	return SKIP_TEXT(&last, " orig_client=") || SKIP_TEXT(&last, " orig_queue_id=");
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

/* What is said of who may not relay: Postfix's words, and relaycheck(1)'s. */
static bool
denied(struct event *e, struct rest *r)
{
	static const struct {
		const char *text;
		struct span why;
	} texts[] = {
		{ "Relay access denied", { "relay-denied", 12 } },
		{ "Recipient address rejected: relaying denied", { "relay-denied", 12 } },
		{ "Recipient address rejected: no relaying by % in an address",
		    { "percent-route", 13 } },
		{ "Recipient address rejected: no relaying by ! in an address",
		    { "bang-route", 10 } },
		{ "Recipient address rejected: no relaying by quoted addresses",
		    { "quoted-route", 12 } },
		{ "Recipient address rejected: no relaying by source routes",
		    { "source-route", 12 } }
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (rest_text(r, texts[i].text, strlen(texts[i].text))) {
			e->kind = KIND_DENIED;
			e->name = texts[i].why;
			return r->p == r->end || *r->p == ';';
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
	const char *p;

	e->kind = KIND_REFUSED;
	if (rest_skip(r, REST_WORD).n == 0 || !SKIP_TEXT(r, " from ") ||
	    rest_skip(r, REST_WORD).n == 0 || r->p[-1] != ':' || !SKIP_TEXT(r, " ") ||
	    !skip_code(r))
		return;
	if (SKIP_TEXT(r, "Service unavailable; ")) {
		if (!blocked(e, r))
			e->kind = KIND_REFUSED;
		return;
	}
	/* here an address is not quoted: where another one could end, nothing is believed */
	if (!SKIP_TEXT(r, "<") || (p = find(r, ">: ")) == NULL)
		return;
	r->p = p + 3;
	if (find(r, ">: ") != NULL || !denied(e, r)) {
		e->kind = KIND_REFUSED;
		e->name = (struct span){ NULL, 0 };
	}
}

static bool
from_smtpd(struct event *e, struct rest *r)
{
	if (SKIP_TEXT(r, "client=")) {
		e->kind = KIND_RECEIVED;
		return !forwarded(r);
	}
	e->kind = KIND_REFUSED;
	if (SKIP_TEXT(r, "milter-reject: ") || SKIP_TEXT(r, "proxy-reject: "))
		return true;
	if (!SKIP_TEXT(r, "reject: "))
		return false;
	rejection(e, r);
	return true;
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
		return delivery(e, &r);
	if (IS(program, "smtpd") || IS(program, "postscreen"))
		return from_smtpd(e, &r);
	e->kind = KIND_RECEIVED;
	if (IS(program, "pickup"))
		return SKIP_TEXT(&r, "uid=");
	e->kind = KIND_REFUSED;
	return IS(program, "cleanup") && (SKIP_TEXT(&r, "reject: ") ||
	    SKIP_TEXT(&r, "milter-reject: "));
}
