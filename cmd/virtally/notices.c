/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/notices.h"
#include "cmd/virtally/markup.h"
#include "cmd/virtally/wording.h"
#include "common/cli.h"

#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	EACH = 5,		/* gateways that are named for a reason */
	NAMES = 3,		/* gateways that are named in a line */
	NAME = 48,		/* bytes of a name */
	BRIEF_NAME = 24,
	BRIEF = 72,
	HOUR = 3600
};

struct notes {
	FILE *f;
	const struct figures *fig;
	size_t n;
	char brief[BRIEF];	/* the first one */
};

/* A line begins; in a headline it is this. */
__attribute__((format(printf, 2, 3))) static void
begin(struct notes *o, const char *brief, ...)
{
	va_list ap;

	if (o->n++ > 0)
		return;
	va_start(ap, brief);
	vsnprintf(o->brief, sizeof o->brief, brief, ap);
	va_end(ap);
}

/* --- mail that is stuck, lost, or went on --------------------------------------------- */

static const char *
name_of(char text[MARKUP_NAME], const struct gateway *g, size_t max)
{
	markup_name(text, g->name, max, NULL);
	return text;
}

/* " at mx1, mx2", where there are several gateways. */
static void
put_where(const struct notes *o, enum trouble_of k)
{
	const struct figures *fig = o->fig;
	size_t n = fig->trouble[k].gateways;
	const char *before = " at ";
	char name[MARKUP_NAME];

	if (fig->ngateways < 2 || n == 0)
		return;
	if (n > NAMES && n == fig->ngateways)
		fprintf(o->f, " at all %zu gateways", n);
	else if (n > NAMES)
		fprintf(o->f, " at %zu of %zu gateways", n, fig->ngateways);
	for (size_t i = 0; i < fig->ngateways && n <= NAMES; i++)
		if ((fig->gateways[i].troubles & 1U << k) != 0) {
			fprintf(o->f, "%s%s", before, name_of(name, &fig->gateways[i], NAME));
			before = ", ";
		}
}

/* The same for a headline. */
static const char *
brief_where(char text[BRIEF], const struct figures *fig, enum trouble_of k)
{
	size_t n = fig->trouble[k].gateways;
	char name[MARKUP_NAME];

	text[0] = '\0';
	if (fig->ngateways > 1 && n > 1)
		snprintf(text, BRIEF, " at %zu gateways", n);
	for (size_t i = 0; fig->ngateways > 1 && n == 1 && i < fig->ngateways; i++)
		if ((fig->gateways[i].troubles & 1U << k) != 0)
			snprintf(text, BRIEF, " at %.*s", BRIEF_NAME,
			    name_of(name, &fig->gateways[i], BRIEF_NAME));
	return text;
}

/* "since 10:00", "in 1 hour (Thu 26 Nov, 09:00-10:00)", "in 5 hours between A and B" */
static void
put_when(const struct notes *o, const struct trouble *a)
{
	char from[WORDING_MAX], to[WORDING_MAX];
	long long end = o->fig->span.end;

	if (a->hours == 0)
		return;
	if (a->now) {
		fprintf(o->f, " since %s", wording_moment(from, a->since, end));
		if (a->first < a->since)
			fprintf(o->f, ", and before, since %s",
			    wording_moment(from, a->first, end));
		return;
	}
	wording_moment(from, a->first, end);
	if (a->hours == 1)
		fprintf(o->f, " in 1 hour (%s-%s)", from,
		    markup_time(to, sizeof to, "%H:%M", a->until));
	else
		fprintf(o->f, " in %zu hours between %s and %s", a->hours, from,
		    wording_moment(to, a->until, end));
}

static void
stuck(struct notes *o, enum trouble_of k, bool now)
{
	static const struct {
		const char *brief, *is, *was, *help;
	} WORDS[] = {
		[TROUBLE_ENGINE] = { "no engine", "no engine has answered", "no engine answered",
		    "systemctl status avscand" },
		[TROUBLE_TRANSPORT] = { "no transport",
		    "Postfix has not started a transport (the filter, or another)",
		    "Postfix could not start a transport (the filter, or another)",
		    "postfix check, and the mail log" },
		[TROUBLE_WAITED] = { "not judged", "it has not been judged",
		    "it could not be judged", "multiscan-check" }
	};

	const struct trouble *a = &o->fig->trouble[k];
	const struct span_of_time *s = &o->fig->span;
	char number[MARKUP_NUMBER], text[WORDING_MAX], where[BRIEF];

	if (a->messages == 0 || a->now != now)
		return;
	brief_where(where, o->fig, k);
	begin(o, "mail %s stuck%s (%s)", now ? "is" : "was", where, WORDS[k].brief);
	fputs(!now ? "Mail was stuck" : s->period == PERIOD_DATE && s->over ?
	    "At the end of the day mail was stuck" : "Mail is stuck", o->f);
	put_where(o, k);
	fprintf(o->f, ": %s", now ? WORDS[k].is : WORDS[k].was);
	put_when(o, a);
	fprintf(o->f, " (%s %s", markup_number(number, a->messages),
	    a->messages == 1 ? "try" : "tries");
	if (a->hours > 0)
		fprintf(o->f, ", %s %s", now ? "the last one after" : "over since",
		    wording_moment(text, now ? a->until - HOUR : a->until, s->end));
	if (now)
		fprintf(o->f, "). It waits in this gateway's queue, or at "
		    "who sends it: mailq; %s; postqueue -f\n",
		    WORDS[k].help);
	else
		fputs("). What of it still waits: mailq; postqueue -f\n", o->f);
}

static void
bounced(struct notes *o, bool now)
{
	const struct trouble *a = &o->fig->trouble[TROUBLE_BOUNCED];
	char number[MARKUP_NUMBER], where[BRIEF];

	if (a->messages == 0 || a->now != now)
		return;
	markup_number(number, a->messages);
	brief_where(where, o->fig, TROUBLE_BOUNCED);
	begin(o, "%s sent back by a failed filter%s", number, where);
	fprintf(o->f, "%s message%s sent back by a filter that failed", number,
	    a->messages == 1 ? " was" : "s were");
	put_where(o, TROUBLE_BOUNCED);
	put_when(o, a);
	fputs(": senders were told. What failed is in the mail log: grep status=bounced\n",
	    o->f);
}

static void
passed(struct notes *o)
{
	const struct trouble *a = &o->fig->trouble[TROUBLE_PASSED];
	char number[MARKUP_NUMBER];

	if (a->messages == 0)
		return;
	markup_number(number, a->messages);
	begin(o, "%s with a virus passed on", number);
	fprintf(o->f, "%s message%s with a virus %s passed on", number, wording_s(a->messages),
	    a->messages == 1 ? "was" : "were");
	put_where(o, TROUBLE_PASSED);
	fputs(", as the policy says: see conversions(5) and multiscan.conf(5)\n", o->f);
}

static void
missed(struct notes *o, bool now)
{
	const struct trouble *a = &o->fig->trouble[TROUBLE_MISSED];
	char number[MARKUP_NUMBER], where[BRIEF];

	if (a->messages == 0 || a->now != now)
		return;
	brief_where(where, o->fig, TROUBLE_MISSED);
	begin(o, "the heartbeat %s%s", now ? "fails" : "failed", where);
	fprintf(o->f, "The heartbeat %s", now ? "fails" : "failed");
	put_where(o, TROUBLE_MISSED);
	put_when(o, a);
	fprintf(o->f, " (%s run%s): a virus was not caught, or a clean mail not delivered. Which, "
	    "the mail log says: grep 'heartbeat failed'\n", markup_number(number, a->messages),
	    wording_s(a->messages));
}

/* --- gateways ------------------------------------------------------------------------- */

enum mark { QUIET, OLD, MUTE, FAILING };

static bool
is_marked(const struct gateway *g, enum mark m)
{
	return m == QUIET ? g->quiet : m == OLD ? g->old : m == MUTE ? g->mute : g->failing;
}

static void
put_old(const struct notes *o, const char *name, const struct gateway *g)
{
	char set[WORDING_MAX];

	fprintf(o->f, "%s has %s signatures: %s, ", name, g->future ? "strange" : "old",
	    wording_set(set, g));
	if (g->future)
		fputs("which is still to come: see its clock\n", o->f);
	else if (g->stale)
		fputs("and sigupdate calls them stale\n", o->f);
	else if (g->aged)
		fprintf(o->f, "%lld days: sigupdate check\n",
		    ((g->quiet ? g->last : o->fig->span.end) - g->made) / 86400);
	else
		fputs("more than a day behind another gateway\n", o->f);
}

static void
put_marked(struct notes *o, const struct gateway *g, enum mark m)
{
	long long end = o->fig->span.end;
	char name[MARKUP_NAME], at[WORDING_MAX], age[MARKUP_NUMBER];

	name_of(name, g, BRIEF_NAME);
	begin(o, m == QUIET ? "%s is quiet" : m == OLD ? "%s has old signatures" :
	    m == MUTE ? "%s: sigupdate is silent" : "%s: signature updates fail", name);
	name_of(name, g, NAME);
	if (m == QUIET)
		fprintf(o->f, "%s is quiet: its last record is of %s, %s ago\n", name,
		    wording_moment(at, g->last, end), markup_age(age, end - g->last));
	else if (m == OLD)
		put_old(o, name, g);
	else if (m == MUTE)
		fprintf(o->f, "%s: sigupdate has not been heard since %s: see its timer or "
		    "cron\n", name, wording_moment(at, g->updated, end));
	else
		fprintf(o->f, "%s: %llu signature updates failed or were refused in 24 hours, "
		    "and none brought new ones: sigupdate check\n", name, g->failed);
}

/* EACH at the most, and how many more. */
static void
gateways(struct notes *o, enum mark m)
{
	static const char *const ONE[] = { "is quiet", "has old signatures",
	    "has a sigupdate that is silent", "has signature updates that fail" };
	static const char *const MORE[] = { "are quiet", "have old signatures",
	    "have a sigupdate that is silent", "have signature updates that fail" };

	const struct figures *fig = o->fig;
	const size_t counts[] = { fig->quiet, fig->old, fig->mute, fig->failing };
	size_t all = counts[m], done = 0;

	for (size_t i = 0; i < fig->ngateways && done < EACH && done < all; i++)
		if (is_marked(&fig->gateways[i], m)) {
			put_marked(o, &fig->gateways[i], m);
			done++;
		}
	if (done == all)
		return;
	o->n++;
	fprintf(o->f, "%zu more gateway%s %s\n", all - done, wording_s(all - done),
	    all - done == 1 ? ONE[m] : MORE[m]);
}

static void
write_all_of(struct notes *o)
{
	missed(o, true);
	for (int k = TROUBLE_ENGINE; k <= TROUBLE_WAITED; k++)
		stuck(o, (enum trouble_of)k, true);
	bounced(o, true);
	passed(o);
	for (int m = QUIET; m <= FAILING; m++)
		gateways(o, (enum mark)m);
	for (int k = TROUBLE_ENGINE; k <= TROUBLE_WAITED; k++)
		stuck(o, (enum trouble_of)k, false);
	bounced(o, false);
	missed(o, false);
}

/* The caller frees. */
static char *
write_memory(struct notes *o, size_t *n)
{
	char *text = NULL;

	o->f = open_memstream(&text, n);
	if (o->f == NULL)
		err(EXIT_RETRY, "report");
	write_all_of(o);
	if (fclose(o->f) != 0)
		err(EXIT_RETRY, "report");
	return text;
}

char *
notices_text(const struct figures *fig, size_t *n, size_t *lines)
{
	struct notes o = { .fig = fig };
	char *text = write_memory(&o, n);

	*lines = o.n;
	return text;
}

/* "1,728 viruses (+39 %)" */
static void
viruses(char text[WORDING_MAX], const struct figures *fig)
{
	unsigned long long n = fig->kinds[KIND_VIRUS].messages;
	unsigned long long like = fig->like[KIND_VIRUS].messages;
	unsigned long long before = fig->before[KIND_VIRUS].messages;
	char number[MARKUP_NUMBER], change[MARKUP_NUMBER];

	markup_number(number, n);
	if (fig->has_before && like > 0 && before > 0) {
		markup_change(change, like, before);
		snprintf(text, WORDING_MAX, "%s virus%s (%s%s)", number, n == 1 ? "" : "es",
		    change, strstr(change, "times") != NULL ? " as many" : "");
	} else
		snprintf(text, WORDING_MAX, "%s virus%s", number, n == 1 ? "" : "es");
}

const char *
notices_headline(char text[NOTICES_HEADLINE], const struct figures *fig)
{
	struct notes o = { .fig = fig };
	char title[WORDING_MAX], found[WORDING_MAX], more[MARKUP_NUMBER] = "";
	size_t n;

	free(write_memory(&o, &n));
	viruses(found, fig);
	wording_title(title, &fig->span);
	if (fig->span.period != PERIOD_DATE)
		title[0] = (char)(title[0] - 'A' + 'a');
	if (o.n > 1)
		snprintf(more, sizeof more, " (+ %zu more)", o.n - 1);
	if (o.n > 0)
		snprintf(text, NOTICES_HEADLINE, "[!] %s%s, %.40s, %.40s", o.brief, more, found,
		    title);
	else if (fig->ngateways == 0)
		snprintf(text, NOTICES_HEADLINE, "nothing was counted, %.40s", title);
	else if (fig->unknown > 0)
		snprintf(text, NOTICES_HEADLINE, "%.40s, %.40s: signatures not known", found,
		    title);
	else
		snprintf(text, NOTICES_HEADLINE, "%.40s, %.40s: all is well", found, title);
	return text;
}

const char *
notices_unknown(char text[NOTICES_HEADLINE], const struct figures *fig)
{
	text[0] = '\0';
	if (fig->unknown > 0)
		snprintf(text, NOTICES_HEADLINE, "Signatures not known: %zu of %zu gateway%s",
		    fig->unknown, fig->ngateways, wording_s(fig->ngateways));
	return text;
}
