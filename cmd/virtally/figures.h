/* SPDX-License-Identifier: ISC */
/*
 * The numbers of a period, as the page, the summary and the files beside it show them: all
 * are of here, so they are the same.
 *
 * "Before" is the period before, of the same length, to the same hour: so a day that is not
 * over is compared with as much of another.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "cmd/virtally/tally.h"

enum {
	FIGURES_BARS = 31,
	FIGURES_TOP = 1000	/* names of a kind at the most */
};

enum period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_ALL, PERIOD_DATE };

struct span_of_time {
	enum period period;
	struct when end;	/* the moment of the report */
	int from, to;		/* days; PERIOD_DAY: of the first and of the last hour */
	size_t bars;		/* 24 hours, 7 or 30 days; PERIOD_DATE: its hours; PERIOD_ALL: 0 */
};

struct count {
	unsigned long long messages, findings;
};

/* Of one bar, one gateway. */
struct bar {
	long long start;	/* the second it begins */
	int day, hour;		/* hour -1: a whole day */
	bool over;		/* false: its time is not over */
};

struct named {
	uint32_t name;
	struct count total;
	struct count bars[FIGURES_BARS];
};

struct gateway {
	uint32_t host;
	struct count kinds[KIND_N];		/* in the period */
	unsigned long long virus[FIGURES_BARS];	/* messages */
	long long last;		/* the last line that counts, ever; 0: none */
	uint32_t set;
	long long made;		/* of the set; 0: not known */
	bool stale;		/* sigupdate said so last */
	bool quiet;		/* see figures.c: silent for too long */
	bool old;		/* its set is stale, or older than another gateway's */
};

struct figures {
	struct span_of_time span;
	struct bar bar[FIGURES_BARS];
	struct count kinds[KIND_N], before[KIND_N];
	bool has_before;			/* the tally goes back that far */
	struct count kindbars[KIND_N][FIGURES_BARS];
	size_t ngateways;
	struct gateway *gateways;		/* by virus messages, then by name */
	size_t ntop[KIND_N];
	struct named *top[KIND_N];		/* by messages, then by name; all names, up to FIGURES_TOP */
	size_t distinct[KIND_N];		/* how many names there are */
	unsigned long long engine_hours;	/* hours in which mail waited for an engine, gateways added */
	unsigned long long engine_bar[FIGURES_BARS];	/* the same, by bars */
};

/* -p and -e; wrong ones end with cli_usage. */
void figures_span(struct span_of_time *s, const struct tally *t, const char *period,
    const char *end);

/* Opens the days it needs. */
struct figures *figures_make(struct tally *t, const struct span_of_time *s);
void figures_free(struct figures *f);

#endif
