/* SPDX-License-Identifier: ISC */
// with: cmd/mimesplit/agenda.c cmd/mimesplit/boundary.c cmd/mimesplit/candidates.c cmd/mimesplit/carry.c cmd/mimesplit/clause.c cmd/mimesplit/conversions.c cmd/mimesplit/overlap.c cmd/mimesplit/cover.c cmd/mimesplit/delimiter.c cmd/mimesplit/entity.c cmd/mimesplit/kind.c cmd/mimesplit/leaf.c cmd/mimesplit/match.c cmd/mimesplit/outline.c cmd/mimesplit/prose.c cmd/mimesplit/reread.c cmd/mimesplit/settle.c cmd/mimesplit/sniff.c cmd/mimesplit/split.c cmd/mimesplit/traits.c cmd/mimesplit/treat.c cmd/mimesplit/uufile.c cmd/mimesplit/walk.c cmd/mimesplit/walkline.c cmd/mimesplit/walkpart.c cmd/mimesplit/window.c
/*
 * A whole message, in every reading: the manifest is made of records, its tree
 * is one, and no range leaves the message.  No part is without a treatment, and
 * none that is read in two ways passes.
 */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/mimesplit/split.h"
#include "cmd/mimesplit/treat.h"
#include "tests/fuzz/replay.h"

#include <sys/mman.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
keep(void *ctx, const char *p, size_t n)
{
	struct split *s = ctx;

	if (write_all(s->message, p, n) < 0)
		abort();
	s->seen += n;
}

static void
check_range(const struct range *r, unsigned long long size)
{
	if (r->set && (r->start > size || r->len > size - r->start))
		abort();
}

static void
check_outline(const struct split *s)
{
	const struct outline *o = &s->outline;

	if (o->count == 0 || o->count != o->live)
		abort();
	for (unsigned long i = 0; i < o->count; i++) {
		const struct entry *e = &o->entry[i];

		if (e->dropped || (i > 0 && e->parent >= i) || e->edit > i ||
		    o->entry[e->edit].edit != e->edit ||
		    (e->reading != NULL && e->of >= i))
			abort();
		check_range(&e->head, s->seen);
		check_range(&e->body, s->seen);
		check_range(&e->span, s->seen);
	}
}

static void
check_manifest(const struct split *s)
{
	size_t n, lines = 0;
	char *text = outline_manifest(&s->outline, "0123456789abcdef0123", &n);
	const char *p = text, *end = text + n;

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		if (stop == NULL || !record_valid(p, (size_t)(stop - p)) ||
		    stop - p >= RECORD_MAX)
			abort();
		lines++;
		p = stop + 1;
	}
	if (lines != s->outline.count)
		abort();
	free(text);
}

static void
check_files(const struct split *s)
{
	for (unsigned long i = 0; i < s->outline.count; i++) {
		int fd = workdir_part(&s->dir, i);

		if ((fd >= 0) != s->outline.entry[i].file)
			abort();
		if (fd >= 0 && (unsigned long long)lseek(fd, 0, SEEK_END) !=
		    s->outline.entry[i].size)
			abort();
		if (fd >= 0)
			close(fd);
	}
}

static void
no_error(void *ctx, unsigned long line, struct span word, const char *what, bool warning)
{
	(void)ctx, (void)line, (void)word, (void)what;
	if (!warning)
		abort();
}

static void
set_conversions(struct split *s)
{
	static const char FILE_TEXT[] = "in-type=text; in-disposition=inline; command=pass\n"
	    "in-name=*.e*; in-subtype=*t*; command=on_e\n"
	    "in-parameter-name-0=c*; in-description=*; command=on_c\n"
	    "in-dparameter-value-0=*; in-size-min=9; delete=1\n"
	    "in-type=image; command=multiscan\n";
	static struct conversions c;

	if (c.entry == NULL &&
	    conversions_parse(&c, FILE_TEXT, sizeof FILE_TEXT - 1, no_error, NULL) != 0)
		abort();
	s->outline.conversions = &c;
}

static void
check_treatments(const struct split *s)
{
	const struct entry *e = s->outline.entry;
	const unsigned pass = 1u << TREAT_PASS;

	for (unsigned long i = 0; i < s->outline.count; i++) {
		if (e[i].treat == 0 || (e[i].treat > pass && (e[i].treat & pass) != 0))
			abort();
		if ((!e[i].file || i == 0) && (e[i].treat & 1u << TREAT_STANDARD) == 0)
			abort();
		if (e[i].reading != NULL && e[i].treat == pass && e[e[i].of].treat != pass)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct split s;
	char path[64];
	int in = memfd_create("message", 0);

	snprintf(path, sizeof path, "/dev/shm/fuzz.split.%ld", (long)getpid());
	memset(&s, 0, sizeof s);
	s.max_parts = 500;
	s.max_depth = 20;
	s.max_size = 1 << 20;
	s.max_decoded = 4;
	s.agenda.times = 16;
	if (in < 0 || write_all(in, data, n) < 0 || lseek(in, 0, SEEK_SET) != 0 ||
	    workdir_create(&s.dir, path) < 0 ||
	    (s.message = workdir_create_message(&s.dir)) < 0)
		abort();
	set_conversions(&s);
	split_run(&s, in, keep, &s);
	treat_parts(&s);
	check_outline(&s);
	check_treatments(&s);
	check_manifest(&s);
	check_files(&s);
	split_free(&s);
	close(in);
	close(s.message);
	workdir_close(&s.dir);
	if (workdir_remove(path) < 0)
		abort();
	return 0;
}
