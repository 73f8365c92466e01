/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/logline.c cmd/virtally/postfix.c cmd/virtally/rest.c
// with: cmd/virtally/stamp.c cmd/virtally/calendar.c cmd/virtally/kinds.c
#include "cmd/virtally/logline.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define OLD "Nov 26 18:00:01"
#define NEW "2026-11-26T18:00:01.123456+01:00"
#define MARK "[ID 702911 mail."
#define VIRUS MARK "alert] W32/Klez-H virus found and dealt"
#define WORDS " part=2 verdict=infected sig=W32/Klez-H id=0123456789abcdef0123 n=4 set=27"
#define MX OLD " mx1 postfix/"

static struct event e;
static char *copy;

/* Of a copy that has exactly these bytes. */
static enum logline
parse_n(const char *line, size_t n)
{
	free(copy);
	copy = malloc(n > 0 ? n : 1);
	if (copy == NULL)
		abort();
	memcpy(copy, line, n);
	return logline_parse(&e, copy, n);
}

static enum logline
parse(const char *line)
{
	return parse_n(line, strlen(line));
}

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && (s.n == 0 || memcmp(s.p, text, s.n) == 0);
}

/* Is it an event of this kind, with this name? */
static bool
event(const char *line, enum kind kind, const char *name)
{
	return parse(line) == LOGLINE_EVENT && e.kind == kind && is(e.name, name);
}

static bool
none(const char *line)
{
	return parse(line) == LOGLINE_NONE;
}

static bool
strange(const char *line)
{
	return parse(line) == LOGLINE_STRANGE && is(e.host, "mx1") && is(e.tag, "iMS") &&
	    e.stamp.n > 0;
}

/* A virus line with this before it. */
static bool
before(const char *prefix, const char *stamp, const char *host, const char *tag)
{
	char line[1024];

	snprintf(line, sizeof line, "%s%s%s", prefix, VIRUS, WORDS);
	return event(line, KIND_VIRUS, "W32/Klez-H") && is(e.stamp, stamp) && is(e.host, host) &&
	    is(e.tag, tag);
}

static bool
no_line(const char *prefix)
{
	char line[1024];

	snprintf(line, sizeof line, "%s%s%s", prefix, VIRUS, WORDS);
	return none(line);
}

static void
prefixes(void)
{
	OK(before(OLD " mx1 iMS: ", OLD, "mx1", "iMS"));
	OK(before("Sep  8 16:45:44 mta iMS: ", "Sep  8 16:45:44", "mta", "iMS"));
	OK(before(NEW " mx1.example iMS[123]: ", NEW, "mx1.example", "iMS"));
	OK(before(NEW " 2001:db8::1 iMS ", NEW, "2001:db8::1", "iMS"));
	OK(before("<17>1 " NEW " mx1 i.M_S-2 - virus - ", NEW, "mx1", "i.M_S-2"));
	OK(before("<17>1 " NEW " mx1 iMS 123 virus - \xef\xbb\xbf", NEW, "mx1", "iMS"));
	OK(before("<17>" OLD " mx1 iMS: ", OLD, "mx1", "iMS"));
	OK(no_line("") && no_line(OLD) && no_line(OLD " ") && no_line(OLD " iMS: "));
	OK(no_line(OLD "  mx1 iMS: ") && no_line(OLD " mx1  iMS: "));
	OK(no_line(OLD " mx1 iMS:") && no_line(OLD " mx1 iMS:  "));
	OK(no_line(OLD " mx1 iMS[]: ") && no_line(OLD " mx1 iMS[x]: "));
	OK(no_line(OLD " mx1 i/MS: ") && no_line(OLD " mx1 i\"MS: "));
	OK(no_line(OLD " mx1 iMS: iMS: ") && no_line(OLD " mx1 iMS: x "));
	OK(no_line(OLD " mx1 postfix/smtpd[1]: ") && no_line("x" OLD " mx1 iMS: "));
	OK(no_line("<>" OLD " mx1 iMS: ") && no_line("<1234>" OLD " mx1 iMS: "));
	OK(no_line("<17>2 " NEW " mx1 iMS - - - ") && no_line("<17>1 " NEW " mx1 iMS "));
	OK(no_line("<17>1 " NEW " mx1 iMS - - [a b=\"c\"] "));
}

static void
ours(void)
{
#define IMS OLD " mx1 iMS: "
#define BEAT MARK "err] heartbeat failed why="
	OK(event(IMS VIRUS WORDS, KIND_VIRUS, "W32/Klez-H") && is(e.id, "0123456789abcdef0123") &&
	    is(e.number, "4") && is(e.set, "27") && e.made.n == 0 && e.stale.n == 0);
	OK(event(IMS VIRUS, KIND_VIRUS, "W32/Klez-H") && e.id.n == 0 && e.number.n == 0);
	OK(event(IMS VIRUS " id=a n=12\r", KIND_VIRUS, "W32/Klez-H") && is(e.number, "12"));
	OK(event(IMS VIRUS "\r", KIND_VIRUS, "W32/Klez-H") && !e.passed && none("\r"));
	OK(event(IMS MARK "alert] W32/Klez-H virus found and passed id=a", KIND_VIRUS, "W32/Klez-H") &&
	    e.passed && event(IMS MARK "notice] passed suffix dealt", KIND_SUFFIX, "passed") &&
	    !e.passed);
	OK(event(IMS VIRUS " id=a n=1 from=h@a heartbeat=sent", KIND_HEARTBEAT, ""));
	OK(event(IMS VIRUS " id=a heartbeat=sent heartbeat=x", KIND_HEARTBEAT, ""));
	OK(event(IMS VIRUS " id=a heartbeat=x heartbeat=sent", KIND_VIRUS, "W32/Klez-H"));
	OK(event(IMS VIRUS " id=a from=heartbeat@a to=heartbeat@a", KIND_VIRUS, "W32/Klez-H"));
	OK(event(IMS VIRUS " id=a heartbeat=", KIND_VIRUS, "W32/Klez-H"));
	OK(event(OLD " mx1 multiscan-heartbeat: " BEAT "late server=[::1]:25", KIND_MISSED,
	    "late"));
	OK(event(NEW " mx1 multiscan-heartbeat[7]: " BEAT "passed", KIND_MISSED,
	    "passed"));
	OK(no_line(OLD " mx1 multiscan-heartbeat: " BEAT));
	OK(no_line(OLD " mx1 multiscan-heartbeat: heartbeat failed why=late"));
	OK(event(IMS MARK "alert] X virus found and passed heartbeat=sent", KIND_VIRUS, "X") &&
	    e.passed);
	OK(event(IMS MARK "alert] X virus found and passed id=1 id=2", KIND_VIRUS, "X") &&
	    is(e.id, "1"));
	OK(event(IMS MARK "notice] multiscan conversion dealt why=conversions", KIND_CONVERSION,
	    "multiscan"));
	OK(event(IMS MARK "notice] .exe suffix passed why=suffix", KIND_SUFFIX, ".exe"));
	OK(event(IMS MARK "notice] macro odd part dealt why=macro", KIND_ODD, "macro"));
	OK(event(IMS MARK "warning] encrypted not scanned why=encrypted", KIND_UNSCANNED,
	    "encrypted"));
	OK(event(IMS MARK "notice] a%20b finding ignored n=1", KIND_IGNORED, "a%20b"));
	OK(event(IMS MARK "notice] reject relay dealt relay=reject why=percent-route",
	    KIND_RELAY, "percent-route"));
	OK(none(IMS MARK "notice] tempfail relay dealt relay=tempfail why=reject"));
	OK(none(IMS MARK "notice] reject relay dealt relay=local"));
	OK(event(IMS MARK "notice] reject relay dealt", KIND_RELAY, ""));
	OK(event(IMS MARK "warning] clamav signatures source=clamav state=failed set=3 "
	    "made=2026-11-26T15:00:00Z stale=max-age", KIND_SIGNATURES, "failed") &&
	    is(e.set, "3") && is(e.made, "2026-11-26T15:00:00Z") && is(e.stale, "max-age"));
	OK(event(IMS MARK "info] abc clean clean=yes id=abc", KIND_CLEAN, "") && is(e.id, "abc"));
	OK(event(IMS MARK "notice] hold action do=hold text=x", KIND_ACTION, "hold"));
	OK(event(IMS MARK "warning] unknown other record x=", KIND_OTHER, ""));
}

static void
not_ours(void)
{
	OK(strange(IMS MARK "alert] W32/Klez-H virus found"));
	OK(strange(IMS MARK "alert] W32/Klez-H virus found and dealtx"));
	OK(strange(IMS MARK "alert] W32/Klez-H  virus found and dealt"));
	OK(strange(IMS MARK "alert] virus found and dealt"));
	OK(strange(IMS MARK "alert]") && strange(IMS MARK) && strange(IMS MARK "ALERT] X clean"));
	OK(strange(IMS VIRUS " ") && strange(IMS VIRUS " a") && strange(IMS VIRUS " a=b "));
	OK(strange(IMS VIRUS " a=b  c=d") && strange(IMS VIRUS " a=\"b\"") &&
	    strange(IMS VIRUS " A=b") && strange(IMS VIRUS " a=%41"));
	OK(strange(IMS MARK "info] client=x[1.2.3.4] status=sent"));
	OK(none(IMS "[ID 702912 mail.alert] X virus found and dealt"));
	OK(none("") && none("\n") && none(OLD) && none("{") && none("{}"));
	OK(none(MX "smtpd[1]: warning: x " IMS VIRUS));
}

#define JSON(tail) "{\"time\":\"" NEW "\",\"host\":\"mx1\",\"tag\":\"iMS\"," \
	"\"level\":\"alert\"," \
	"\"kind\":\"virus\",\"subject\":\"W32/Klez-H\",\"text\":\"virus found and dealt\"" tail
#define OTHER_JSON(kind, text, tail) "{\"time\":\"" NEW "\",\"host\":\"mx1\"," \
	"\"tag\":\"iMS\",\"level\":\"notice\",\"kind\":\"" kind "\",\"subject\":\"s\"," \
	"\"text\":\"" text "\"" tail

static void
json(void)
{
	OK(event(JSON(",\"part\":2,\"id\":\"ab\",\"do\":[\"mark\",\"hold\"],\"n\":4,\"set\":\"27\","
	    "\"cut\":[\"a\"]}"), KIND_VIRUS, "W32/Klez-H") && is(e.stamp, NEW) &&
	    is(e.host, "mx1") && is(e.tag, "iMS") && is(e.id, "ab") && is(e.number, "4") &&
	    is(e.set, "27"));
	OK(event(JSON("}"), KIND_VIRUS, "W32/Klez-H") && e.id.n == 0);
	OK(event(OLD " relay x: " JSON("}"), KIND_VIRUS, "W32/Klez-H") && is(e.host, "mx1"));
	OK(event("<17>1 " NEW " relay x - virus - " JSON("}"), KIND_VIRUS, "W32/Klez-H"));
	OK(event(OTHER_JSON("relay", "relay dealt", ",\"relay\":\"reject\",\"why\":\"w\"}"),
	    KIND_RELAY, "w"));
	OK(none(OTHER_JSON("relay", "relay dealt", ",\"relay\":\"local\",\"why\":\"reject\"}")));
	OK(event(OTHER_JSON("action", "action", ",\"do\":[\"hold\",\"mark\"]}"), KIND_ACTION,
	    "hold"));
	OK(event(OTHER_JSON("odd", "odd part passed", ",\"record_kind\":\"x\"}"), KIND_ODD, "s"));
	OK(e.passed && event(OTHER_JSON("odd", "odd part dealt", "}"), KIND_ODD, "s") && !e.passed);
	OK(event(JSON("}\r"), KIND_VIRUS, "W32/Klez-H") && !e.passed);
	OK(strange(OTHER_JSON("virus", "odd part passed", "}")));
	OK(strange(OTHER_JSON("odd", "odd part passed more", "}")));
	OK(strange(JSON("")) && strange(JSON("} ")) && strange(JSON(",}")) &&
	    strange(JSON(",\"a\"}")));
	OK(strange(JSON(",\"a\":}")) && strange(JSON(",\"a\":[}")) && strange(JSON(",\"a\":[]}")));
	OK(strange(JSON(",\"a\":\"\\\"\"}")) && strange(JSON(",\"a\":-1}")));
	OK(strange(JSON(",\"a\":\"b c\"}")) && strange(JSON(",\"a b\":1}")));
	OK(strange(JSON(",\"a\":{\"id\":\"x\"}}")));
	OK(strange("{\"time\":\"" NEW "\",\"host\":\"mx1\",\"tag\":\"iMS\"}"));
	OK(none("{\"time\":\"yesterday\",\"host\":\"mx1\",\"tag\":\"iMS\"}"));
	OK(none("{\"host\":\"mx1\",\"time\":\"" NEW "\"}"));
	OK(strange(IMS "{\"time\":\"yesterday\",\"host\":\"mx2\",\"tag\":\"x\"}"));
}

/* Real lines of Postfix 3.7. */
static void
received(void)
{
	OK(event(MX "smtpd[24441]: B466FB2E2F2: client=localhost[127.0.0.1]", KIND_RECEIVED, ""));
	OK(is(e.host, "mx1") && is(e.tag, "postfix/smtpd") && e.id.n == 0);
	OK(event(NEW " mx1 postfix-out/submission/smtpd[1]: 4ZkXb9zK1Qz: "
	    "client=unknown[2001:db8::1], sasl_method=PLAIN, sasl_username=a@b.example",
	    KIND_RECEIVED, ""));
	OK(event("<22>1 " NEW " mx1 postfix/smtpd 123 - - B466: client=a[1.2.3.4]", KIND_RECEIVED,
	    ""));
	OK(none(MX "smtpd[1]: C937EB2E2F9: client=localhost[127.0.0.1], orig_queue_id=B466FB2E2F2, "
	    "orig_client=localhost[127.0.0.1]"));
	OK(none(MX "smtpd[1]: C937EB2E2F9: client=localhost[127.0.0.1], orig_queue_id=B466FB2E2F2"));
	OK(none(MX "smtpd[1]: C9: client=a[127.0.0.1], sasl_username=u, orig_client=b[192.0.2.1]"));
	OK(none(MX "smtp[1]: C9: to=<a@x>, relay=x, status=sent (delivered via multiscan x)"));
	/* AUTH=a,+20orig_client=b */
	OK(event(MX "smtpd[1]: C9: client=a[192.0.2.1], sasl_method=PLAIN, sasl_username=u, "
	    "sasl_sender=a, orig_client=b", KIND_RECEIVED, ""));
	OK(event(MX "smtpd[1]: C9: client=a[192.0.2.1], sasl_sender=a, orig_client=b[192.0.2.1]",
	    KIND_RECEIVED, ""));
	OK(event(MX "pickup[24436]: 03007B2E348: uid=0 from=<root>", KIND_RECEIVED, ""));
	OK(event(MX "pickup[1]: 03007B2E348: uid=0 from=<\"> orig_id=1\"@x>", KIND_RECEIVED, ""));
	OK(none(MX "pickup[1]: 03007B2E348: uid=33 from=<a@b> orig_id=4617419DFE89"));
	OK(none(MX "smtpd[1]: 03007B2E348: uid=0 from=<root>"));
	OK(none(MX "pickup[1]: B466FB2E2F2: client=localhost[127.0.0.1]"));
	OK(none(MX "smtpd[1]: connect from client=localhost[127.0.0.1]"));
	OK(none(OLD " mx1 postfixx/smtpd[1]: B466: client=a[1.2.3.4]"));
	OK(none(OLD " mx1 smtpd[1]: B466: client=a[1.2.3.4]"));
	OK(none(MX "cleanup[1]: B466: message-id=<client=x: uid=status=sent>"));
}

#define REST "delay=0.03, delays=0/0.01/0.01/0, dsn=2.0.0, status=sent (250 kept)"
#define SINK ", relay=127.0.0.1[127.0.0.1]:25625, conn_use=2, " REST
#define OURS ", relay=multiscan, delay=0.06, delays=0/0/0/0.06, dsn=4.3.0, "
#define PIPE_SAID OURS "status=deferred (temporary failure. Command output: multiscan-pipe: "

static void
delivered(void)
{
	OK(event(MX "smtp[1]: C937: to=<c@example.net>" SINK, KIND_DELIVERED, ""));
	OK(event(MX "relay/smtp[1]: C937: to=<c@example.net>, orig_to=<c>" SINK, KIND_DELIVERED, ""));
	OK(event(MX "local[1]: C9: to=<c@x>, relay=local, " REST, KIND_DELIVERED, ""));
	OK(event(MX "lmtp[1]: C9: to=<c@x>, relay=mx1[private/lmtp], " REST, KIND_DELIVERED, ""));
	OK(event(MX "smtp[1]: C937: to=<\"c d, status=sent (x) <z>\\\"\\\\ \"@example.net>" SINK,
	    KIND_DELIVERED, ""));
	OK(event(MX "smtp[1]: C9: to=<\"a>, relay=multiscan, status=deferred (\"@x>" SINK,
	    KIND_DELIVERED, ""));
	OK(none(MX "pipe[1]: C937: to=<c@example.net>, relay=multiscan, " REST));
	OK(none(MX "pipe[1]: C937: to=<c@example.net>, relay=multiscan-big, " REST));
	OK(event(MX "smtp[1]: C9: to=<c@x>, relay=multiscan.example[1.2.3.4]:25, " REST,
	    KIND_DELIVERED, ""));
	OK(none(MX "local[1]: C9: to=<c@x>, relay=local, delay=0, dsn=2.0.0, status=sent (forwarded "
	    "as 4617419DFE89)"));
	OK(none(MX "discard[1]: C937: to=<c@example.net>, relay=none, " REST));
	OK(none(MX "smtp[1]: C9: to=<a@x>, relay=x, dsn=5.0.0, status=bounced (y, status=sent (z))"));
	OK(none(MX "smtp[1]: C9: to=<a@x>, relay=x, dsn=4.0.0, status=deferred (status=sent)"));
	OK(none(MX "smtp[1]: C9: to=<a b@x>" SINK) && none(MX "smtp[1]: C9: to=<a\"@x>" SINK));
	OK(none(MX "smtp[1]: C9: to=<a<b@x>" SINK) && none(MX "smtp[1]: C9: to=a@x" SINK));
	OK(none(MX "smtp[1]: C9: to=<a@x>, " REST) && none(MX "smtp[1]: C9: to=<a@x"));
	OK(none(MX "smtp[1]: C9: to=<a@x>, relay=x, status=sentry (x)"));
}

static void
waited(void)
{
	OK(event(MX "pipe[1]: C9: to=<c@x>" PIPE_SAID "avscan: /run/avscand.sock: engine: No such "
	    "file or directory avscan: no engine answers: is avscand or clamd running there? "
	    "multiscan-pipe: avscan: exit 75)", KIND_WAITED, "engine"));
	OK(event(MX "pipe[1]: C9: to=<c@x>" PIPE_SAID "multiscan-check: no engine: start avscand, "
	    "or see avscan(1))", KIND_WAITED, "engine"));
	OK(event(MX "pipe[1]: C9: to=<c@x>" PIPE_SAID "reinject: said: no engine answers)",
	    KIND_WAITED, "other"));
	OK(event(MX "pipe[1]: C9: to=<c@x>" PIPE_SAID "avscan: x)", KIND_WAITED, "other"));
	OK(event(MX "pipe[1]: C9: to=<c@x>" PIPE_SAID, KIND_WAITED, "other"));
	OK(event(MX "pipe[1]: C9: to=<c@x>" OURS "status=deferred (command time limit exceeded: "
	    "\"guard\")", KIND_WAITED, "other"));
	OK(none(MX "smtp[1]: C9: to=<c@x>, relay=multiscan.example[1.2.3.4]:25, dsn=4.3.0, "
	    "status=deferred (x)"));
	OK(event(MX "pipe[1]: C9: to=<c@x>" OURS "status=bounced (no engine answers)", KIND_BOUNCED,
	    "failed"));
	OK(event(MX "pipe[1]: C9: to=<c@x>, relay=multiscan, delay=1, dsn=5.0.0, status=bounced (x)",
	    KIND_BOUNCED, "refused"));
	OK(none(MX "smtp[1]: C9: to=<c@x>, relay=x, delay=1, dsn=5.0.0, status=bounced (x)"));
	OK(event(MX "error[27395]: 4617419DFE89: to=<c@ok.example>, relay=none, delay=0.07, "
	    "delays=0.01/0.03/0/0.03, dsn=4.3.0, status=deferred (mail transport unavailable)",
	    KIND_WAITED, "transport"));
	OK(none(MX "smtp[1]: C9: to=<c@x>, relay=x[1.2.3.4]:25, dsn=4.3.0, status=deferred (host x "
	    "said: 451 (mail transport unavailable)"));
}

#define CLIENT "smtpd[1]: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: "
#define WHO "; from=<a@b.example> to=<c@x.example> proto=ESMTP helo=<h>"
#define BLOCKED "554 5.7.1 Service unavailable; "

static void
lists(void)
{
	OK(event(MX CLIENT BLOCKED "Client host [192.0.2.1] blocked using zen.spamhaus.org; "
	    "https://www.spamhaus.org/x" WHO, KIND_RBL, "zen.spamhaus.org"));
	OK(event(MX CLIENT BLOCKED "Client host [192.0.2.1] blocked using bl.example" WHO, KIND_RBL,
	    "bl.example"));
	OK(event(MX "postscreen[1]: NOQUEUE: reject: RCPT from [192.0.2.1]:4711: 550 5.7.1 Service "
	    "unavailable; client [192.0.2.1] blocked using zen.spamhaus.org; from=<a@b>, to=<c@x>, "
	    "proto=ESMTP, helo=<h>", KIND_RBL, "zen.spamhaus.org"));
	OK(event(MX CLIENT BLOCKED "Client host [192.0.2.1] blocked using bl.example; from=<\"x] "
	    "blocked using y;\"@x> to=<c@x> proto=SMTP", KIND_RBL, "bl.example"));
	OK(event(MX CLIENT BLOCKED "Sender address [a@b.example] blocked using dbl.example; x" WHO,
	    KIND_RBL, "dbl.example"));
	OK(event(MX CLIENT BLOCKED "Sender address [x] blocked using forged.example; @b] blocked "
	    "using dbl.example; x" WHO, KIND_RBL, "other"));
	OK(event(MX CLIENT BLOCKED "Client host [192.0.2.1] blocked using b\"l; x" WHO, KIND_RBL,
	    "other"));
	OK(event(MX CLIENT BLOCKED "Helo command [h] blocked using dbl.example; from=<\"x] blocked "
	    "using y\"@b> to=<c@x> proto=SMTP helo=<h>", KIND_RBL, "dbl.example"));
	OK(event(MX CLIENT BLOCKED "x" WHO, KIND_REFUSED, ""));
	OK(parse_n(MX CLIENT BLOCKED "Client host [1] blocked using a\0b",
	    sizeof MX CLIENT BLOCKED "Client host [1] blocked using a" + 1) == LOGLINE_EVENT &&
	    is(e.name, "other"));
}

#define REJECTED "554 5.7.1 <c@x.example>: Recipient address rejected: "

static void
denied(void)
{
	OK(event(MX CLIENT "454 4.7.1 <c@x.example>: Relay access denied" WHO, KIND_DENIED,
	    "relay-denied"));
	OK(event(MX CLIENT REJECTED "relaying denied" WHO, KIND_DENIED, "relay-denied"));
	OK(event(MX CLIENT REJECTED "no relaying by % in an address" WHO, KIND_DENIED,
	    "percent-route"));
	OK(event(MX CLIENT REJECTED "no relaying by ! in an address" WHO, KIND_DENIED, "bang-route"));
	OK(event(MX CLIENT REJECTED "no relaying by quoted addresses" WHO, KIND_DENIED,
	    "quoted-route"));
	OK(event(MX CLIENT REJECTED "no relaying by source routes" WHO, KIND_DENIED, "source-route"));
	OK(event(MX "smtpd[1]: 4A: reject: RCPT from a.example[192.0.2.1]:4711: 454 4.7.1 <c@x>: "
	    "Relay access denied" WHO, KIND_DENIED, "relay-denied"));
	OK(event(MX CLIENT "450 4.1.1 <a>: Relay access denied; b@x>: Recipient address rejected: "
	    "User unknown; from=<> to=<\"a>: Relay access denied; b\"@x> proto=ESMTP helo=<h>",
	    KIND_REFUSED, ""));
	OK(event(MX CLIENT REJECTED "relaying denied too" WHO, KIND_REFUSED, ""));
	OK(event(MX CLIENT "554 5.7.1 <c@x>: Relay access denied; from=<\">: \"@b> to=<c@x> "
	    "proto=ESMTP helo=<x?:?y> sasl_username=a", KIND_DENIED, "relay-denied"));
	OK(event(MX CLIENT "554 5.7.1 <c@x>: Relay access denied; from=<\">: \"@b> to=<c@x> "
	    "proto=ESMTP helo=<x?:?y>", KIND_DENIED, "relay-denied"));
	OK(event(MX CLIENT "554 5.7.1 <a\"b>: c@x>: Relay access denied; from=<> "
	    "to=<\"a\\\"b>: c\"@x> proto=ESMTP helo=<h>", KIND_DENIED, "relay-denied"));
	OK(event(MX CLIENT "554 5.7.1 <a>: Relay access denied; from=<b@x>: Relay access denied; "
	    "from=<> to=<\"a>: Relay access denied; from=<b\"@x> proto=SMTP helo=<h>", KIND_DENIED,
	    "relay-denied"));
	OK(event(MX CLIENT "450 4.1.1 <a>: Relay access denied; from=<> to=<b> proto=SMTP helo=<h>@x>"
	    ": User unknown; from=<> to=<\"a>: Relay access denied; from=<> to=<b> proto=SMTP "
	    "helo=<h>\"@x> proto=SMTP helo=<h>", KIND_REFUSED, ""));
}

static void
refused(void)
{
	OK(event(MX CLIENT "550 5.1.1 <c@x>: Recipient address rejected: User unknown" WHO,
	    KIND_REFUSED, ""));
	OK(event(MX "smtpd[1]: NOQUEUE: reject: CONNECT from a[192.0.2.1]: 554 5.7.1 <a[192.0.2.1]>: "
	    "Client host rejected: Access denied; proto=SMTP", KIND_REFUSED, ""));
	OK(event(MX "cleanup[1]: 4A: milter-reject: END-OF-MESSAGE from a[192.0.2.1]: 5.7.1 <c@x>: "
	    "Relay access denied; from=<a@b>", KIND_REFUSED, ""));
	OK(event(MX "smtpd[1]: NOQUEUE: milter-reject: RCPT from a[192.0.2.1]: 451 4.7.1 x" WHO,
	    KIND_REFUSED, ""));
	OK(event(MX "cleanup[1]: 4A: reject: header Subject: <x>: Relay access denied; from a[1]; "
	    "from=<a@b>: 5.7.1 x", KIND_REFUSED, ""));
	OK(none(MX "smtpd[1]: NOQUEUE: reject_warning: RCPT from a[192.0.2.1]: 450 4.1.2 x" WHO));
	OK(none(MX "cleanup[1]: 4A: warning: header Subject: reject: x"));
	OK(none(MX "smtp[1]: NOQUEUE: reject: RCPT from a[192.0.2.1]: 450 4.1.2 x" WHO));
	OK(none(MX "smtpd[1]: warning: NOQUEUE: reject: RCPT from x"));
}

/* Cut at each byte, nothing outside is read; too long, nothing is looked at. */
static void
bounds(void)
{
	static const char *const lines[] = { IMS VIRUS WORDS, JSON(",\"a\":[1,\"b\"]}"),
	    MX "smtp[1]: C937: to=<c@example.net>, orig_to=<c>" SINK, MX CLIENT BLOCKED
	    "Client host [192.0.2.1] blocked using bl.example" WHO, MX CLIENT REJECTED WHO };
	static char big[LOGLINE_MAX + 1];
	size_t events = 0, all = 0;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		for (size_t n = 0; n <= strlen(lines[i]); n++, all++)
			events += parse_n(lines[i], n) == LOGLINE_EVENT;
	OK(all > 500 && events > 5 && events < all / 2);
	memset(big, 'x', sizeof big);
	memcpy(big, IMS VIRUS " a=", sizeof IMS VIRUS " a=" - 1);
	OK(parse_n(big, LOGLINE_MAX) == LOGLINE_EVENT);
	OK(parse_n(big, LOGLINE_MAX + 1) == LOGLINE_NONE);
}

int
main(void)
{
	prefixes();
	ours();
	not_ours();
	json();
	received();
	delivered();
	waited();
	lists();
	denied();
	refused();
	bounds();
	free(copy);
	return done();
}
