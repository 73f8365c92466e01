/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/fetch.h"
#include "cmd/sigupdate/progress.h"
#include "cmd/sigupdate/ranges.h"
#include "cmd/sigupdate/verdict.h"
#include "common/cli.h"
#include "common/clock.h"

#include <curl/curl.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* One for all, so that a server is greeted once for all its files. */
static CURL *curl;

#define SET(option, value) do { \
	if (curl_easy_setopt(curl, option, value) != CURLE_OK) \
		errx(EXIT_RETRY, "libcurl: no %s", #option); \
} while (0)

/* https or http, where it may be that; else NULL. */
static const char *
scheme(const struct fetch *f)
{
	if (strncasecmp(f->url, "https://", 8) == 0)
		return "https";
	if (f->http && strncasecmp(f->url, "http://", 7) == 0)
		return "http";
	return NULL;
}

static void
set_address(const struct fetch *f)
{
	SET(CURLOPT_URL, f->url);
	SET(CURLOPT_PROTOCOLS_STR, scheme(f));
	SET(CURLOPT_REDIR_PROTOCOLS_STR, scheme(f));
	SET(CURLOPT_FOLLOWLOCATION, 1L);
	SET(CURLOPT_MAXREDIRS, (long)VERDICT_REDIRECTS);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_USERAGENT, "multiscan-sigupdate/" VERSION);
	if (f->proxy != NULL)
		SET(CURLOPT_PROXY, f->proxy);
	if (f->ca != NULL) {
		SET(CURLOPT_CAINFO, f->ca);
		/* the system's, which would be believed too */
		SET(CURLOPT_CAPATH, NULL);
	}
	if (f->netrc != NULL) {
		SET(CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
		SET(CURLOPT_NETRC_FILE, f->netrc);
		SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	}
}

static long
shorter(unsigned long a, unsigned long b)
{
	return (long)(a < b ? a : b);
}

static void
set_bounds(const struct transfer *t)
{
	const struct fetch *f = t->f;
	long long left = (long long)f->seconds * 1000 - (clock_ms() - t->start);

	SET(CURLOPT_NOSIGNAL, 1L);
	/* 0 would be none */
	if (f->seconds > 0)
		SET(CURLOPT_TIMEOUT_MS, left < 1 ? 1L : (long)left);
	SET(CURLOPT_CONNECTTIMEOUT, shorter(f->seconds == 0 ? VERDICT_CONNECT : f->seconds,
	    VERDICT_CONNECT));
	SET(CURLOPT_LOW_SPEED_LIMIT, shorter(f->slow_bytes, LONG_MAX));
	SET(CURLOPT_LOW_SPEED_TIME, shorter(f->slow_seconds, LONG_MAX));
}

static void
set_callbacks(struct transfer *t)
{
	SET(CURLOPT_WRITEFUNCTION, answer_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERFUNCTION, answer_head);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_XFERINFOFUNCTION, answer_progress);
	SET(CURLOPT_XFERINFODATA, t);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_ERRORBUFFER, t->said);
}

static bool
has_text(const char *text)
{
	return text != NULL && ranges_text((struct span){ text, strlen(text) });
}

static struct curl_slist *
add_field(struct curl_slist *list, const char *name, const char *value)
{
	char line[FETCH_TAG + 64];
	int n = snprintf(line, sizeof line, "%s: %s", name, value);
	struct curl_slist *longer;

	if (n < 0 || (size_t)n >= sizeof line)
		return list;
	if ((longer = curl_slist_append(list, line)) == NULL)
		errx(EXIT_RETRY, "libcurl: no memory");
	return longer;
}

/* The fields that make it conditional, or a part; the list is to be freed. */
static struct curl_slist *
set_fields(const struct transfer *t)
{
	struct curl_slist *list = NULL;
	char range[64];

	if (has_text(t->f->tag))
		list = add_field(list, "If-None-Match", t->f->tag);
	if (has_text(t->f->modified))
		list = add_field(list, "If-Modified-Since", t->f->modified);
	if (t->from > 0)
		list = add_field(list, "If-Range", t->part->tag);
	if (t->first)
		snprintf(range, sizeof range, "0-%llu", t->most - 1);
	else
		snprintf(range, sizeof range, "%llu-", t->from);
	if (t->first || t->from > 0)
		SET(CURLOPT_RANGE, range);
	SET(CURLOPT_HTTPHEADER, list);
	return list;
}

/* The URL, without what may be secret in it, and what came. */
static void
tell(const struct transfer *t)
{
	const char *url = t->f->url, *host = strstr(url, "//"), *at;
	const struct fetched *got = t->got;

	host = host == NULL ? url : host + 2;
	if ((at = memchr(host, '@', strcspn(host, "/?#"))) != NULL)
		host = at + 1;
	progress_erase();
	fprintf(stderr, "sigupdate: GET %s://%.*s", scheme(t->f), (int)strcspn(host, "?#"), host);
	if (t->from > 0)
		fprintf(stderr, " from byte %llu", t->from);
	if (t->begun || got->state == FETCH_SAME)
		fprintf(stderr, ": %ld, %llu bytes", got->code, got->size);
	fprintf(stderr, "%s%s\n", got->why[0] == '\0' ? "" : ": ", got->why);
}

static void
ask(struct transfer *t)
{
	struct curl_slist *list;
	CURLcode rc;

	*t->got = (struct fetched){ .state = FETCH_FAILED };
	t->curl = curl;
	t->begun = false;
	t->stop = STOP_NOT;
	t->total = t->head = 0;
	t->said[0] = '\0';
	curl_easy_reset(curl);
	set_address(t->f);
	set_bounds(t);
	set_callbacks(t);
	list = set_fields(t);
	progress_start(t->f->what);
	rc = curl_easy_perform(curl);
	progress_end();
	verdict(t, rc, has_text(t->f->tag) || has_text(t->f->modified));
	if (t->f->verbose)
		tell(t);
	SET(CURLOPT_HTTPHEADER, NULL);
	SET(CURLOPT_ERRORBUFFER, NULL);
	curl_slist_free_all(list);
}

/* What libcurl passes over or says unclearly. */
static bool
usable(const struct fetch *f, struct fetched *got)
{
	*got = (struct fetched){ .state = FETCH_FAILED };
	if (scheme(f) == NULL)
		verdict_because(got, "its URL begins with something else than https://%s",
		    f->http ? " or http://" : "");
	else if (f->netrc != NULL && access(f->netrc, R_OK) < 0)
		verdict_because(got, "%s: %s", f->netrc, strerror(errno));
	else if (f->ca != NULL && access(f->ca, R_OK) < 0)
		verdict_because(got, "%s: %s", f->ca, strerror(errno));
	else
		return true;
	return false;
}

void
fetch_start(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (curl = curl_easy_init()) == NULL)
		errx(EXIT_RETRY, "libcurl cannot be used");
}

void
fetch_end(void)
{
	curl_easy_cleanup(curl);
	curl = NULL;
	curl_global_cleanup();
}

void
fetch_memory(const struct fetch *f, char *to, struct fetched *got)
{
	struct transfer t = { .f = f, .got = got, .to = to, .most = f->most, .start = clock_ms() };

	if (usable(f, got))
		ask(&t);
}

void
fetch_first(const struct fetch *f, char *to, size_t n, struct fetched *got)
{
	struct transfer t = { .f = f, .got = got, .to = to, .most = n, .first = true,
		.start = clock_ms() };

	if (usable(f, got))
		ask(&t);
}

void
fetch_file(const struct fetch *f, int dir, const char *name, struct fetched *got)
{
	struct partfile part;
	struct transfer t = { .f = f, .got = got, .part = &part, .most = f->most,
		.start = clock_ms() };

	if (!usable(f, got))
		return;
	partfile_open(&part, dir, name, f->url);
	if (part.size > f->most)
		partfile_remove(&part);
	t.from = part.size;
	ask(&t);
	if (t.from > 0 && (t.stop == STOP_RANGE || got->code == 416)) {
		partfile_remove(&part);
		t.from = 0;
		ask(&t);
	}
	if (got->state == FETCH_GOT)
		partfile_whole(&part);
	else if (got->state == FETCH_FAILED)
		partfile_leave(&part);
	else
		partfile_remove(&part);
}
