/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/metric.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "multiscan_heartbeat_"

static const char LAST_OK[] = PREFIX "last_ok_timestamp_seconds ";

/* In a file of ours; 0: it does not say. */
static unsigned long long
last_ok(const char *path)
{
	const char *why;
	FILE *f = cli_try_file(path, &why);
	unsigned long long when = 0;
	char line[256];
	int lines = 0;

	while (f != NULL && lines++ < 100 && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, LAST_OK, sizeof LAST_OK - 1) == 0)
			when = strtoull(line + sizeof LAST_OK - 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return when;
}

static void
describe(FILE *f, const char *name, const char *help)
{
	fprintf(f, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name, help, name);
}

static void
put_all(FILE *f, enum reason reason, const struct fate fate[MAIL_N], unsigned long long ok)
{
	const time_t now = time(NULL);

	describe(f, "ok", "Whether the virus was caught and the clean mail arrived.");
	fprintf(f, PREFIX "ok %d\n", reason == REASON_NONE);
	describe(f, "failed", "Why not.");
	for (int i = 0; i < REASON_N; i++)
		fprintf(f, PREFIX "failed{reason=\"%s\"} %d\n", run_reason((enum reason)i),
		    (enum reason)i == reason);
	describe(f, "last_run_timestamp_seconds", "When the last run ended.");
	fprintf(f, PREFIX "last_run_timestamp_seconds %lld\n", (long long)now);
	describe(f, "last_ok_timestamp_seconds", "When the last one ended in which all was well.");
	fprintf(f, "%s%llu\n", LAST_OK, reason == REASON_NONE ? (unsigned long long)now : ok);
	describe(f, "seconds", "How long it took.");
	for (int m = 0; m < MAIL_N; m++)
		if (run_good(&fate[m], true))
			fprintf(f, PREFIX "seconds{mail=\"%s\"} %lld.%03lld\n",
			    letter_mail((enum mail)m), fate[m].ms / 1000, fate[m].ms % 1000);
}

int
metric_write(const char *path, enum reason reason, const struct fate fate[MAIL_N])
{
	char temporary[PATH_MAX];
	int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path), fd, saved;
	unsigned long long ok = last_ok(path);
	bool good;
	FILE *f;

	if (n < 0 || (size_t)n >= sizeof temporary) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if ((fd = mkstemp(temporary)) < 0)
		return -1;
	if ((f = fdopen(fd, "w")) == NULL) {
		saved = errno;
		close(fd);
	} else {
		put_all(f, reason, fate, ok);
		good = fflush(f) == 0 && ferror(f) == 0 && fchmod(fd, 0644) == 0;
		saved = errno;
		if (fclose(f) == 0 && good && rename(temporary, path) == 0)
			return 0;
		saved = good ? errno : saved;
	}
	(void)unlink(temporary);
	errno = saved;
	return -1;
}
