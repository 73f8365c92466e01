/* SPDX-License-Identifier: ISC */
/* export: the counts for other programs. */
#include "cmd/virtally/figures.h"
#include "cmd/virtally/forms.h"
#include "cmd/virtally/given.h"
#include "cmd/virtally/publish.h"
#include "cmd/virtally/verbs.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

typedef void form(FILE *f, const struct tally *t, const struct figures *fig);

static void
write_form(form *make, struct tally *t, const struct options *o, const char *path,
    const char *period, bool lines)
{
	struct span_of_time s;
	struct figures *fig;

	figures_span(&s, t, period, o->end);
	s.lines = lines;
	fig = figures_make(t, &s);
	if (path != NULL) {
		struct publish p;
		FILE *f = publish(&p, path);

		make(f, t, fig);
		/* For whoever collects it. */
		if (fchmod(p.fd, 0644) < 0)
			err(EXIT_RETRY, "%s", path);
		publish_done(&p);
	} else
		make(stdout, t, fig);
	figures_free(fig);
}

static void
write_2002(struct tally *t, const struct options *o)
{
	char path[PATH_MAX], last_day[CALENDAR_TEXT];
	const char *period = o->period;
	int first, last;

	if (mkdir(o->out, 0755) < 0 && errno != EEXIST)
		err(EXIT_RETRY, "%s", o->out);
	snprintf(path, sizeof path, "%s/vir_data.dat", o->out);
	write_form(form_days2002, t, o, path, "all", true);
	if (period == NULL && o->end == NULL && tally_span(t, &first, &last)) {
		calendar_text(last_day, last);
		period = last_day;
	}
	snprintf(path, sizeof path, "%s/virus_top10.dat", o->out);
	write_form(form_top2002, t, o, path, period == NULL ? "day" : period, true);
}

static const struct export {
	const char *name;
	form *make;		/* NULL: two files of its own */
	const char *period;	/* NULL: that of -p */
} FORMS[] = {
	{ "csv", form_csv, NULL },
	{ "json", form_json, NULL },
	{ "prom", form_prom, "all" },
	{ "2002", NULL, NULL }
};

static const struct export *
find_form(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof FORMS / sizeof FORMS[0]; i++)
		if (strcmp(name, FORMS[i].name) == 0)
			return &FORMS[i];
	if (name != NULL)
		cli_usage(&virtally_cli, "-F %s: not csv, json, prom or 2002", name);
	cli_usage(&virtally_cli, "-F csv, json, prom or 2002");
}

int
export_verb(const struct options *o)
{
	const struct export *e = find_form(o->form);
	struct tally *t;

	if (e->make == NULL && o->out == NULL)
		cli_usage(&virtally_cli, "-F 2002 needs -o, a folder");
	t = given_tally(o);
	if (e->make == NULL)
		write_2002(t, o);
	else
		write_form(e->make, t, o, o->out, e->period != NULL ? e->period : o->period, false);
	tally_free(t);
	return EXIT_NOTHING;
}
