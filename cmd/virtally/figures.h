/* SPDX-License-Identifier: ISC */
/*
 * The numbers of a period, as the page, the summary and the files beside it show them: all
 * are of here, so they are the same.
 *
 * An hour counts whole or not at all: the one in which the report is made is in the
 * period.  A change is like for like: `like' are the hours of the period that are over,
 * `before' the same hours of the period before.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "cmd/virtally/tally.h"

enum {
	FIGURES_BARS = 31,
	FIGURES_TOP = 1000,	/* names of a kind at the most */
	FIGURES_SPARKS = 10,	/* viruses whose bars are kept */
	FIGURES_PAUSE = 30,	/* days in which a gateway's pauses are looked at */
	FIGURES_KNOWN = 60,	/* days in which one that was heard of is known */
	FIGURES_QUIET = 3,	/* hours of silence that say nothing yet */
	FIGURES_SELDOM = 24,	/* more than so many always say something */
	FIGURES_OLD = 7,	/* days: a set that is older is old, whatever others have */
	FIGURES_FAILED = 3	/* failed updates of signatures in a day, and no new ones */
};

/* More sums, beside those of the kinds. */
enum {
	FIGURES_VIRUS_PASSED = KIND_N,	/* of virus: passed on all the same */
	FIGURES_SUFFIX_PASSED,		/* of suffix */
	FIGURES_N
};

/* In the order of how bad they are. */
enum trouble_of {
	TROUBLE_ENGINE,		/* mail waited: no engine answered */
	TROUBLE_TRANSPORT,	/* the filter could not be started */
	TROUBLE_WAITED,		/* for another cause */
	TROUBLE_BOUNCED,	/* sent back by a filter that failed */
	TROUBLE_PASSED,		/* a virus, passed on */
	TROUBLE_MISSED,		/* a heartbeat that failed */
	TROUBLE_N
};

struct trouble {
	unsigned long long messages;	/* of what waited: tries */
	size_t hours, gateways;		/* different ones; of the past none are known */
	long long first, until;		/* where the first hour begins and the last one ends */
	long long since;		/* the first hour without a pause since */
	bool now;			/* in this hour, or in the last one that is over */
};

enum period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_ALL, PERIOD_DATE };

struct span_of_time {
	enum period period;
	long long end;		/* the moment of the report */
	int from, to;		/* days */
	int fromhour, tohour;	/* the first hour of from, the last of to */
	bool over;		/* that hour is over */
	bool given;		/* the moment was said: it may not be now */
	bool lines;		/* names stand by findings, else by messages */
};

struct count {
	unsigned long long messages, findings;
};

struct bar {
	long long start;	/* the second it begins */
	int day, hour;		/* hour -1: a whole day */
	bool over;		/* false: its time is not over */
};

struct named {
	struct span name;	/* coded; of the tally's names */
	uint32_t number;
	struct count total;
};

struct gateway {
	uint32_t host;
	struct span name;			/* coded; of the tally's names */
	struct count kinds[FIGURES_N];		/* in the period */
	unsigned long long received_before, virus_before;	/* messages */
	unsigned long long virus[FIGURES_BARS];	/* messages */
	unsigned long long engine;		/* hours in which mail waited for an engine */
	long long last;		/* its last line that counts; 0: none */
	int pause;		/* hours: its usual longest pause */
	bool seldom;		/* it has few hours with records */
	struct span set;	/* coded; n 0: not known */
	long long made;		/* of the set; 0: not known */
	long long updated;	/* sigupdate's last line; 0: none in FIGURES_PAUSE days */
	unsigned long long failed, fresh;	/* its failures and news in the last 24 hours */
	unsigned troubles;	/* a bit for each it has */
	long long waited;	/* the end of the last hour in which mail did; 0: in none */
	bool stuck;		/* that is this hour, or the last one that is over */
	bool stale;		/* sigupdate said so last */
	bool quiet;		/* silent for too long, see figures_limit */
	bool future;		/* the set is of a day to come */
	bool aged;		/* it is more than FIGURES_OLD days old */
	bool old;		/* stale, future, aged or a day older than another's set */
	bool mute;		/* sigupdate was heard of, but not in the last 24 hours */
	bool failing;		/* see FIGURES_FAILED */
};

struct figures {
	struct span_of_time span;
	size_t bars;		/* 24 hours, 7 or 30 days; a date's hours; PERIOD_ALL: 0 */
	struct bar bar[FIGURES_BARS];
	struct count kinds[FIGURES_N], like[FIGURES_N], before[FIGURES_N];
	struct trouble trouble[TROUBLE_N];
	long long recent;	/* the end of the last hour that is over */
	bool has_before;	/* the tally goes back that far */
	unsigned long long generation;	/* the highest there is in the tally */
	struct count kindbars[KIND_N][FIGURES_BARS];
	unsigned long long engine;		/* hours at whichever gateway */
	unsigned long long engine_like, engine_before;
	unsigned long long enginebars[FIGURES_BARS];
	size_t ngateways;
	struct gateway *gateways;		/* by virus messages, then by name */
	size_t quiet, old, mute, failing;	/* how many are marked */
	size_t unknown;				/* how many have a set that is not known */
	size_t ntop[KIND_N];
	struct named *top[KIND_N];		/* the most first, equal ones as `sort -nr' */
	size_t distinct[KIND_N];		/* how many names there are */
	struct count named[KIND_N];		/* their sum */
	unsigned long long sparks[FIGURES_SPARKS][FIGURES_BARS];	/* of the first viruses */
};

/*
 * -p and -e; wrong ones end with cli_usage.  NULL: a week; now.
 */
void figures_span(struct span_of_time *s, const struct tally *t, const char *period,
    const char *end);

/* Is this the text of a name? */
bool figures_is(const struct tally *t, uint32_t name, const char *text);

/* Is the hour of this place in the period? */
bool figures_within(const struct span_of_time *s, const struct place *p);

/* Opens the days it needs.  Its spans are valid until the next one is made of this tally. */
struct figures *figures_make(struct tally *t, const struct span_of_time *s);
void figures_free(struct figures *f);

/* The hours of silence after which a gateway is quiet. */
int figures_limit(const struct gateway *g);

/* Lines that were counted in the period. */
unsigned long long figures_records(const struct figures *f);

#endif
