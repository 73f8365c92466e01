/* SPDX-License-Identifier: ISC */
/*
 * A request of ours and the answers to it, as libcurl hands them over: which of them
 * is taken, and where its bytes go.  Those of redirections, of proxies and 1xx are passed
 * over, and nothing of their heads, nor of trailers, is used.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "cmd/sigupdate/fetch.h"
#include "cmd/sigupdate/partfile.h"

#include <curl/curl.h>

enum {
	ANSWER_HEAD = 65536,	/* bytes of the heads of all answers, */
	ANSWER_SKIPPED = 1 << 20	/* and of what comes with those that are not the last */
};

/* Why we ended it ourselves. */
enum stop {
	STOP_NOT,
	STOP_ENOUGH,		/* all that was asked for is there */
	STOP_LONG,
	STOP_STATUS,		/* an answer without what was asked for */
	STOP_RANGE,		/* a part, but not the one that was asked for */
	STOP_HEAD,
	STOP_CODED,
	STOP_SKIPPED
};

/* One request, until its last answer. */
struct transfer {
	CURL *curl;
	const struct fetch *f;
	struct fetched *got;
	char *to;			/* memory, with room for most bytes, */
	struct partfile *part;		/* or NULL: a file */
	unsigned long long most;
	bool first;			/* more than most is not read, and no error */
	bool begun;			/* its answer is one that we take */
	unsigned long long from;	/* where the part begins that was asked for */
	unsigned long long total;	/* of the whole; 0: not known */
	size_t head;
	enum stop stop;			/* not STOP_NOT: nothing more is taken */
	long long start;		/* ms */
	char said[CURL_ERROR_SIZE];
};

/* CURLOPT_HEADERFUNCTION, WRITEFUNCTION and XFERINFOFUNCTION; arg: the transfer. */
size_t answer_head(char *line, size_t one, size_t n, void *arg);
size_t answer_body(char *bytes, size_t one, size_t n, void *arg);
int answer_progress(void *arg, curl_off_t total, curl_off_t done, curl_off_t to_send,
    curl_off_t sent);

/* At the end of an answer without a body: as answer_body does before its first byte. */
void answer_empty(struct transfer *t);

/* The last answer's: HTTP's code, 0 where none came; bytes of its body, ULLONG_MAX: not said. */
long answer_code(const struct transfer *t);
unsigned long long answer_length(const struct transfer *t);

/* Notes its ETag and Last-Modified. */
void answer_note(const struct transfer *t);

/* Its Retry-After in seconds from now; 0: it has none. */
unsigned long answer_after(const struct transfer *t);

#endif
