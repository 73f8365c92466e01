/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/verdict.h"
#include "common/clock.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

void
verdict_because(struct fetched *got, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(got->why, sizeof got->why, fmt, ap);
	va_end(ap);
	for (char *p = got->why; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

static const char *
phrase(long code)
{
	static const struct {
		long code;
		const char *text;
	} phrases[] = {
		{ 204, " No Content" }, { 206, ", a part that was not asked for" },
		{ 301, " Moved Permanently" }, { 302, " Found" },
		{ 304, ", which was not asked for" }, { 400, " Bad Request" },
		{ 401, " Unauthorized" }, { 403, " Forbidden" }, { 404, " Not Found" },
		{ 407, " Proxy Authentication Required" }, { 410, " Gone" },
		{ 416, " Range Not Satisfiable" }, { 421, " Misdirected Request" },
		{ 429, " Too Many Requests" }, { 451, " Unavailable For Legal Reasons" },
		{ 500, " Internal Server Error" }, { 501, " Not Implemented" },
		{ 502, " Bad Gateway" }, { 503, " Service Unavailable" },
		{ 504, " Gateway Timeout" },
	};

	for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
		if (phrases[i].code == code)
			return phrases[i].text;
	return "";
}

/* It took too long: which of the three limits was it? */
static void
late(const struct transfer *t)
{
	const struct fetch *f = t->f;
	curl_off_t connected = 0;

	curl_easy_getinfo(t->curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
	if (f->seconds > 0 && clock_ms() - t->start >= (long long)f->seconds * 1000)
		verdict_because(t->got, "takes longer than %lu seconds", f->seconds);
	else if (connected == 0 && t->head == 0)
		verdict_because(t->got, "no connection within %lld seconds",
		    (clock_ms() - t->start) / 1000);
	else
		verdict_because(t->got, "slower than %lu bytes a second for %lu seconds",
		    f->slow_bytes, f->slow_seconds);
}

static void
ended(struct transfer *t)
{
	if (!t->begun && answer_length(t) != ULLONG_MAX)
		t->total = answer_length(t);
	if (t->total > 0)
		verdict_because(t->got, "ended after %llu of %llu bytes", t->got->size, t->total);
	else
		verdict_because(t->got, "ended after %llu bytes, before its end", t->got->size);
}

/* What libcurl found. */
static void
trouble(struct transfer *t, CURLcode rc)
{
	const char *said = t->said[0] != '\0' ? t->said : curl_easy_strerror(rc);

	if (rc == CURLE_OPERATION_TIMEDOUT)
		late(t);
	else if (rc == CURLE_UNSUPPORTED_PROTOCOL)
		verdict_because(t->got, "redirects to another scheme");
	else if (rc == CURLE_TOO_MANY_REDIRECTS)
		verdict_because(t->got, "more than %d redirects", VERDICT_REDIRECTS);
	else if (rc == CURLE_LOGIN_DENIED)
		verdict_because(t->got, "a name or password in its URL");
	else if (rc == CURLE_PEER_FAILED_VERIFICATION)
		verdict_because(t->got, "certificate is not believed: %s", said);
	else if (rc == CURLE_PARTIAL_FILE || (rc == CURLE_RECV_ERROR && t->begun))
		ended(t);
	else
		verdict_because(t->got, "%s", said);
}

static void
stopped(const struct transfer *t)
{
	struct fetched *got = t->got;

	switch (t->stop) {
	case STOP_NOT:
	case STOP_ENOUGH:
		got->state = FETCH_GOT;
		break;
	case STOP_LONG:
		got->state = FETCH_LONG;
		verdict_because(got, "longer than %llu bytes", t->most);
		break;
	case STOP_STATUS:
		verdict_because(got, "HTTP %ld%s", got->code, phrase(got->code));
		break;
	case STOP_RANGE:
		verdict_because(got, "HTTP 206, but not the part that was asked for");
		break;
	case STOP_HEAD:
		verdict_because(got, "more than %d bytes of headers", ANSWER_HEAD);
		break;
	case STOP_CODED:
		verdict_because(got, "a transfer coding that was not asked for");
		break;
	case STOP_SKIPPED:
		verdict_because(got, "more than %d bytes with a redirect", ANSWER_SKIPPED);
		break;
	}
}

void
verdict(struct transfer *t, CURLcode rc, bool conditional)
{
	struct fetched *got = t->got;

	got->state = FETCH_FAILED;
	got->code = answer_code(t);
	/* its text, cut off, is of no interest */
	if (got->code >= 400 && t->stop == STOP_NOT)
		t->stop = STOP_STATUS;
	if (t->stop == STOP_NOT && rc != CURLE_OK) {
		trouble(t, rc);
	} else if (t->stop == STOP_NOT && got->code == 304 && conditional) {
		answer_note(t);
		got->state = FETCH_SAME;
	} else {
		answer_empty(t);
		stopped(t);
		if (got->state == FETCH_GOT && got->size < t->total) {
			got->state = FETCH_FAILED;
			ended(t);
		}
	}
	if (got->state == FETCH_FAILED && got->code >= 400)
		got->after = answer_after(t);
}
