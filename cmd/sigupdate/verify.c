/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/tell.h"
#include "cmd/sigupdate/trial.h"
#include "cmd/sigupdate/verbs.h"
#include "common/cli.h"

#include <sys/file.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TRIAL_SECONDS = 1800 };

/* Is each file what it came as?  How many are not. */
static unsigned
compare(int folder, const struct manifest *m)
{
	unsigned bad = 0;

	for (size_t i = 0; i < m->files; i++) {
		struct manifest_file f = m->file[i];
		const char *why = NULL;

		if (!root_digest(folder, f.name, &f))
			why = errno == ENOENT ? "missing" : "unreadable";
		else if (!candidate_same_file(&f, &m->file[i]))
			why = "changed";
		if (why == NULL)
			continue;
		tell_file(&m->file[i], why);
		say_urgent("%s: %s since it was put there", f.name, why);
		bad++;
	}
	return bad;
}

/* What avscand -k makes of it. */
static int
try_it(const struct root *r, const char *gen, struct manifest *m)
{
	char path[PATH_MAX];
	struct trial t;
	int status;

	if (snprintf(path, sizeof path, "%s/%s", r->path, gen) >= (int)sizeof path)
		errx(EXIT_RETRY, "%s: too long a path", r->path);
	trial_run(&t, path, TRIAL_SECONDS, TRIAL_WHOLE);
	for (size_t i = 0; i < t.files; i++) {
		const struct manifest_file *f = manifest_file(m, t.file[i].name);

		if (t.file[i].bad[0] != '\0' && f != NULL)
			tell_file(f, t.file[i].bad);
	}
	if (!t.good)
		say_urgent("%s: %s: %s", gen, t.lost ? "could not be tried" : "not good", t.said);
	else
		say_plain("%s: %llu signatures in %zu files, all as they came, tried with libclamav %s",
		    gen, t.sigs, m->files, t.engine);
	status = t.good ? EXIT_NOTHING : t.lost ? EXIT_RETRY : EXIT_FOUND;
	trial_free(&t);
	return status;
}

int
verb_verify(const char *path, const char *name)
{
	struct manifest m = { .files = 0 };
	char gen[ROOT_GEN];
	struct root root;
	unsigned bad;
	int folder, status;

	root_open(&root, path);
	if (name == NULL ? !root_link(&root, "current", gen) : !root_has(&root, name))
		errx(name == NULL ? EXIT_RETRY : EXIT_CALL, "%s: there is no generation %s", path,
		    name == NULL ? "yet" : name);
	if (name != NULL)
		snprintf(gen, sizeof gen, "%s", name);
	folder = root_folder(&root, gen);
	/* So that nobody takes it away meanwhile; who holds it for himself does not stop us. */
	(void)flock(folder, LOCK_SH | LOCK_NB);
	if (!root_manifest(&root, gen, &m))
		return errno != 0 ? EXIT_RETRY : EXIT_FOUND;
	bad = compare(folder, &m);
	tell_by_hand(&root, gen, &m);
	status = bad > 0 ? EXIT_FOUND : try_it(&root, gen, &m);
	manifest_free(&m);
	close(folder);
	root_close(&root);
	return status;
}
