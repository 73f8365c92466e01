/* SPDX-License-Identifier: ISC */
/* report: the pages of a day, a week and a month, or one of them as text. */
#include "cmd/virtally/figures.h"
#include "cmd/virtally/forms.h"
#include "cmd/virtally/given.h"
#include "cmd/virtally/page.h"
#include "cmd/virtally/publish.h"
#include "cmd/virtally/summary.h"
#include "cmd/virtally/verbs.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

typedef void form(FILE *f, const struct tally *t, const struct figures *fig);

static void
page(FILE *f, const struct tally *t, const struct figures *fig)
{
	(void)t;
	page_html(f, fig);
}

struct folder {
	int fd;
	const char *path;
};

static struct folder
open_folder(const char *path)
{
	struct folder d = { .path = path };
	bool made = mkdir(path, 0755) == 0;

	if (!made && errno != EEXIST)
		err(EXIT_RETRY, "%s", path);
	d.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* A web server is to read it, whatever the umask of cron. */
	if (d.fd < 0 || (made && fchmod(d.fd, 0755) < 0))
		err(EXIT_RETRY, "%s", path);
	return d;
}

static void
write_file(const struct folder *d, const char *name, const char *ending, form *make,
    const struct tally *t, const struct figures *fig)
{
	char file[32], path[PATH_MAX];
	struct publish p;

	snprintf(file, sizeof file, "%s.%s", name, ending);
	snprintf(path, sizeof path, "%s/%s", d->path, file);
	make(publish_at(&p, d->fd, file, path), t, fig);
	if (fchmod(p.fd, 0644) < 0)
		err(EXIT_RETRY, "%s", path);
	publish_done(&p);
}

static void
write_pages(struct tally *t, const struct options *o)
{
	struct folder d = open_folder(o->out);

	for (enum period p = PERIOD_DAY; p <= PERIOD_MONTH; p++) {
		struct span_of_time s;
		struct figures *f;

		figures_span(&s, t, page_name(p), o->end);
		f = figures_make(t, &s);
		write_file(&d, page_name(p), "csv", form_csv, t, f);
		write_file(&d, page_name(p), "json", form_json, t, f);
		write_file(&d, page_name(p), "html", page, t, f);
		if (p == PERIOD_WEEK)
			write_file(&d, "index", "html", page, t, f);
		figures_free(f);
	}
	if (close(d.fd) < 0)
		err(EXIT_RETRY, "%s", o->out);
}

static void
print_summary(struct tally *t, const struct options *o)
{
	struct span_of_time s;
	struct figures *f;

	figures_span(&s, t, o->period, o->end);
	f = figures_make(t, &s);
	summary_text(stdout, f);
	figures_free(f);
}

int
report_verb(const struct options *o)
{
	struct tally *t;

	if (o->out != NULL && o->period != NULL)
		cli_usage(&virtally_cli, "-o writes all periods, without -p");
	t = given_tally(o);
	if (o->out != NULL)
		write_pages(t, o);
	else
		print_summary(t, o);
	tally_free(t);
	return EXIT_NOTHING;
}
