/* SPDX-License-Identifier: ISC */
/* mimejoin: message.new of a work directory: its message with its changes. */
#include "cmd/mimejoin/fields.h"
#include "cmd/mimejoin/headedit.h"
#include "cmd/mimejoin/plan.h"
#include "cmd/mimejoin/splice.h"
#include "common/cli.h"
#include "common/note.h"
#include "common/workdir.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "mimejoin",
    "mimejoin [-t SECONDS] DIR\n"
    "  writes DIR/message.new: DIR/message with DIR/changes applied\n"
    "  -t SECONDS  give up after so long (300)\n"
    "Exit: 0 done, 64 wrong call, 75 not now: no message.new.\n"
};

/* The work directory that is at work. */
struct job {
	const char *dir;
	struct workdir w;
	char id[WORKDIR_IDLEN + 1];
	struct node *nodes;
	size_t parts;
	char *changes;
	size_t length;
	struct plan plan;
};

/* A failed file of the folder; false, so that it can be returned. */
static bool
complain(const struct job *j, const char *file)
{
	if (errno == EBADMSG)
		warnx("%s/%s: is not what workdir(5) says", j->dir, file);
	else
		warn("%s/%s", j->dir, file);
	return false;
}

static bool
add_node(struct job *j, const struct part *p)
{
	struct node *more = j->nodes;

	/* Doubled whenever parts is a power of two. */
	if ((j->parts & (j->parts - 1)) == 0) {
		more = reallocarray(j->nodes, j->parts > 0 ? 2 * j->parts : 1, sizeof *more);
		if (more == NULL)
			return false;
		j->nodes = more;
	}
	more[j->parts++] = (struct node){
		.parent = p->parent, .edit = p->edit,
		.head = p->head, .body = p->body, .span = p->span
	};
	return true;
}

static bool
read_manifest(struct job *j)
{
	struct manifest m;
	struct part p;
	int r;

	if (manifest_open(&m, &j->w) < 0)
		return complain(j, "manifest");
	memcpy(j->id, m.id, sizeof j->id);
	while ((r = manifest_next(&m, &p)) > 0)
		if (!add_node(j, &p)) {
			r = -1;
			break;
		}
	if (r < 0)
		complain(j, "manifest");
	manifest_close(&m);
	return r == 0;
}

static bool
read_changes(struct job *j)
{
	if ((j->changes = workdir_changes(&j->w, &j->length)) != NULL)
		return true;
	if (errno != EBADMSG)
		return complain(j, "changes");
	warnx("%s/changes: a line of it is not a record (`record -k' names it)", j->dir);
	return false;
}

static bool
make_plan(struct job *j, unsigned long long size)
{
	struct plan_error e;

	if (plan_make(&j->plan, j->nodes, j->parts, size, j->changes, j->length, &e))
		return true;
	if (e.where == PLAN_MEMORY)
		warnx("%s: %s", j->dir, e.what);
	else
		warnx("%s/%s: %s %llu: %s", j->dir,
		    e.where == PLAN_CHANGES ? "changes" : "manifest",
		    e.where == PLAN_CHANGES ? "line" : "part", e.number, e.what);
	return false;
}

static int
write_marks(struct splice *s, const struct plan *p)
{
	char field[FIELD_MAX], folded[3 * FIELD_MAX + 3];

	for (size_t i = 0; i < p->marks; i++) {
		size_t n = record_decode(field, p->mark[i]);

		n = field_fold(field, n, s->eol, folded);
		if (splice_text(s, folded, n) < 0)
			return -1;
	}
	return 0;
}

static int
keep(void *arg, unsigned long long start, unsigned long long len)
{
	return headedit_copy(arg, start, len);
}

/* The fields that stay of a message that becomes a note. */
static int
write_fields(struct headedit *h, const struct edit *e)
{
	if (splice_fields(h->s, e->head.start, e->head.len, keep, h) < 0)
		return -1;
	/* It may have stood in a field that did not stay. */
	return e->start == 0 && h->subjects == 0 ? headedit_subject(h) : 0;
}

/* What comes in the place of an edit. */
static int
write_edit(struct headedit *h, const struct plan *p, const struct edit *e)
{
	static char text[NOTE_MAX + RECORD_MAX];
	bool message = e->how == EDIT_MESSAGE;
	struct span span = { text, 0 };
	struct splice *s = h->s;
	char *note;
	size_t n;
	int r;

	if (e->how == EDIT_DELETE)
		return 0;
	if (message && e->start > 0 ? splice_finish_head(s) < 0 :
	    splice_finish_line(s) < 0)
		return -1;
	if (message && write_fields(h, e) < 0)
		return -1;
	span.n = plan_text(p, e, text, NOTE_MAX);
	if ((note = note_entity(span, message, s->eol, &n)) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	r = splice_text(s, note, n);
	free(note);
	return r;
}

/* What comes on top, and what stays above it: *at. */
static int
write_top(struct headedit *h, const struct job *j, unsigned long long *at)
{
	const struct plan *p = &j->plan;
	bool whole = p->edits > 0 && p->edit[0].how == EDIT_MESSAGE &&
	    p->edit[0].start == 0;

	if (p->marks == 0 && (!h->lacks || whole))
		return 0;
	if (!whole && splice_top(h->s, j->nodes[0].head.len, at) < 0)
		return -1;
	if (headedit_copy(h, 0, *at) < 0 || splice_finish_line(h->s) < 0 ||
	    write_marks(h->s, p) < 0)
		return -1;
	return h->lacks && !whole ? headedit_subject(h) : 0;
}

static int
write_message(struct splice *s, const struct job *j)
{
	static struct headedit h;
	const struct plan *p = &j->plan;
	unsigned long long at = 0;

	if (headedit_start(&h, s, p) < 0 || write_top(&h, j, &at) < 0)
		return -1;
	for (size_t i = 0; i < p->edits; i++) {
		const struct edit *e = &p->edit[i];

		if (headedit_copy(&h, at, e->start - at) < 0 || write_edit(&h, p, e) < 0)
			return -1;
		at = e->start + e->len;
	}
	if (headedit_copy(&h, at, s->size - at) < 0)
		return -1;
	return splice_end(s);
}

/* From one open file to the other, which is published. */
static bool
publish(struct job *j, struct splice *s)
{
	if (splice_start(s, s->in, s->out) < 0)
		return complain(j, "message");
	if (!make_plan(j, s->size))
		return false;
	if (write_message(s, j) < 0)
		return complain(j, s->failed == SPLICE_IN ? "message" : "message.new");
	if (workdir_publish_changed(&j->w, s->out) < 0)
		return complain(j, "message.new");
	s->out = -1;
	return true;
}

static bool
join(struct job *j)
{
	static struct splice s;
	bool good = false;

	if (!read_manifest(j) || !read_changes(j))
		return false;
	s.out = -1;
	if ((s.in = workdir_message(&j->w)) < 0)
		complain(j, "message");
	else if ((s.out = workdir_create_changed(&j->w)) < 0)
		complain(j, "message.new");
	else
		good = publish(j, &s);
	if (s.in >= 0)
		close(s.in);
	return good;
}

static void
print_check(const struct job *j)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "check", "mimejoin");
	record_addstr(&r, "id", j->id);
	record_addnum(&r, "parts", j->parts);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

int
main(int argc, char **argv)
{
	static struct job j;
	unsigned long seconds = CLI_SECONDS;
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":t:")) != -1)
		seconds = cli_number(&cli, "-t", optarg, 1, 86400);
	if (argc - optind != 1)
		cli_usage(&cli, "name one work directory");
	j.dir = argv[optind];
	cli_deadline(seconds);
	if (workdir_open(&j.w, j.dir) < 0)
		err(EXIT_RETRY, "%s", j.dir);
	if (workdir_forget_changed(&j.w) < 0)
		err(EXIT_RETRY, "%s/message.new", j.dir);
	if (!join(&j)) {
		workdir_forget_changed(&j.w);
		return EXIT_RETRY;
	}
	plan_free(&j.plan);
	free(j.nodes);
	free(j.changes);
	print_check(&j);
	if (fflush(stdout) == EOF) {
		warn("standard output");
		workdir_forget_changed(&j.w);
		return EXIT_RETRY;
	}
	workdir_close(&j.w);
	cli_close_stdout();
	return EXIT_NOTHING;
}
