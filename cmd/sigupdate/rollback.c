/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/logged.h"
#include "cmd/sigupdate/notice.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/tell.h"
#include "cmd/sigupdate/verbs.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* `previous' where that is older, else the newest that is: never forward. */
static void
before(const struct root *r, const char *current, char gen[ROOT_GEN])
{
	char (*gens)[ROOT_GEN];
	size_t n, i = 0;

	if (root_link(r, "previous", gen) && strcmp(gen, current) < 0)
		return;
	n = root_list(r, &gens);
	while (i < n && strcmp(gens[i], current) >= 0)
		i++;
	if (i == n)
		errx(EXIT_RETRY, "%s: there is no generation before %s; forward is sigupdate "
		    "rollback GENERATION", r->path, current);
	memcpy(gen, gens[i], ROOT_GEN);
	free(gens);
}

/* Is each file what it came as?  Else it is named, and nothing is changed. */
static void
check_whole(const struct root *r, const char *gen, const struct manifest *m)
{
	int folder = root_folder(r, gen);

	for (size_t i = 0; i < m->files; i++) {
		struct manifest_file f = m->file[i];

		if (!root_digest(folder, f.name, &f) || !candidate_same_file(&f, &m->file[i]))
			errx(EXIT_RETRY, "%s/%s/%s: is not as it came: name another generation, "
			    "sigupdate list has them", r->path, gen, f.name);
	}
	close(folder);
}

/*
 * What the newer one has of a source and the older one has not, is not taken again;
 * what the one that becomes current has, may be.
 */
static void
remember(struct state *s, const struct manifest *from, const struct manifest *to, bool back)
{
	for (size_t i = 0; back && i < from->sources; i++) {
		const struct manifest_source *f = &from->source[i];
		const struct manifest_source *t = manifest_source(to, f->name);

		if (t != NULL && memcmp(t->id, f->id, sizeof t->id) == 0)
			continue;
		state_refuse(s, f->name, f->id);
		state_source(s, f->name)->made = 0;
		say_plain("%s: what it brought is taken back, and not taken again", f->name);
	}
	for (size_t i = 0; i < to->sources; i++)
		state_allow(s, to->source[i].name, to->source[i].id);
}

int
verb_rollback(const struct conf *c, const char *path, const char *name, unsigned long seconds)
{
	struct run r = { .conf = c, .time = time(NULL) };
	struct manifest to = { .files = 0 };
	char gen[ROOT_GEN], from[ROOT_GEN];
	bool told, back;

	root_open(&r.root, path);
	cli_deadline(seconds);
	root_lock(&r.root, seconds, say_how() == SAY_QUIET);
	root_tidy(&r.root);
	state_read(&r.root, &r.state);
	if (!root_link(&r.root, "current", r.current))
		r.current[0] = '\0';
	else if (!root_manifest(&r.root, r.current, &r.now)) {
		memset(&r.now, 0, sizeof r.now);
		say_urgent("what %s has cannot be told: the next update takes it again", r.current);
	}
	if (name == NULL)
		before(&r.root, r.current, gen);
	else if (strlen(name) == ROOT_GEN - 1 && root_has(&r.root, name))
		memcpy(gen, name, ROOT_GEN);
	else
		errx(EXIT_CALL, "%s: there is no generation %s: sigupdate list names them", path,
		    name);
	if (!root_manifest(&r.root, gen, &to))
		errx(EXIT_RETRY, "%s/%s: is not to be used", path, gen);
	check_whole(&r.root, gen, &to);
	back = strcmp(gen, r.current) < 0;
	memcpy(from, r.current, sizeof from);
	remember(&r.state, &r.now, &to, back);
	if (!state_write(&r.root, &r.state))
		say_urgent("what is taken back cannot be remembered: the next update takes it again");
	root_switch(&r.root, gen);
	memcpy(r.current, gen, ROOT_GEN);
	say_plain("set %s is in use: %llu signatures in %zu files%s%s", gen, to.sigs, to.files,
	    back ? "; to have the other again: sigupdate rollback " : "", back ? from : "");
	if (say_how() > SAY_QUIET)
		tell_generation(stdout, &to, gen, "current");
	logged_set(c, &to, gen);
	told = notice_engines(&r);
	(void)state_write(&r.root, &r.state);
	manifest_free(&to);
	manifest_free(&r.now);
	state_free(&r.state);
	root_close(&r.root);
	return told ? EXIT_NOTHING : EXIT_RETRY;
}
