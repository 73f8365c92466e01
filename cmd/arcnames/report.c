/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/report.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <err.h>

enum { TOLD = 16000 };	/* bytes of a name, so that a record has room for it */

const char *
report_word(enum why why)
{
	static const char *const words[] = { "encrypted", "volume", "depth", "limit",
		"broken", "unlistable" };

	return words[why];
}

static void
start(struct record *r, const struct place *at)
{
	record_start(r);
	record_addnum(r, "level", at->level);
	record_addstr(r, "type", magic_word(at->type));
	if (at->in.n > 0)
		record_add(r, "in", at->in.p, at->in.n);
}

static void
put(const struct report *report, struct record *r)
{
	record_end(r);
	if (write_all(report->fd, r->text, r->len) < 0)
		err(EXIT_RETRY, "what was found");
}

static void
put_name(const struct report *report, const struct place *at, const char *source,
    struct span name, struct span link, bool cut)
{
	static struct record r;

	start(&r, at);
	record_addtagged(&r, "name", source, name.p, name.n);
	if (link.p != NULL)
		record_add(&r, "link", link.p, link.n);
	if (cut)
		record_addstr(&r, "cut", "name");
	put(report, &r);
}

static struct span
first(struct span s)
{
	return (struct span){ s.p, s.n < TOLD ? s.n : TOLD };
}

/* Of one that is too long both ends are told: either may decide. */
bool
report_name(struct report *report, const struct place *at, const char *source,
    struct span name, struct span link)
{
	bool cut = name.n > TOLD;

	if (report->names == REPORT_NAMES || report->bytes > REPORT_BYTES) {
		report->full = true;
		return false;
	}
	report->names++;
	report->bytes += name.n;
	if (link.p != NULL)
		link = first(link);
	put_name(report, at, source, first(name), link, cut);
	if (cut)
		put_name(report, at, source,
		    (struct span){ name.p + name.n - TOLD, TOLD }, link, cut);
	return true;
}

void
report_magic(struct report *report, const struct place *at, const char *suffix)
{
	static struct record r;

	start(&r, at);
	record_addstr(&r, "magic", suffix);
	put(report, &r);
}

void
report_place(struct report *report)
{
	report->whys = 0;
}

void
report_why(struct report *report, const struct place *at, enum why why)
{
	static struct record r;

	if (report->whys & 1u << why)
		return;
	report->whys |= 1u << why;
	start(&r, at);
	record_addstr(&r, "why", report_word(why));
	put(report, &r);
}
