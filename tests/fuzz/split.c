/* SPDX-License-Identifier: ISC */
// with: cmd/mimesplit/agenda.c cmd/mimesplit/boundary.c cmd/mimesplit/candidates.c cmd/mimesplit/carry.c cmd/mimesplit/cover.c cmd/mimesplit/delimiter.c cmd/mimesplit/entity.c cmd/mimesplit/kind.c cmd/mimesplit/leaf.c cmd/mimesplit/outline.c cmd/mimesplit/prose.c cmd/mimesplit/reread.c cmd/mimesplit/settle.c cmd/mimesplit/sniff.c cmd/mimesplit/split.c cmd/mimesplit/uufile.c cmd/mimesplit/walk.c cmd/mimesplit/walkline.c cmd/mimesplit/walkpart.c cmd/mimesplit/window.c
/*
 * A whole message, in every reading: the manifest is made of records, its tree
 * is one, and no range leaves the message.
 */
#define _GNU_SOURCE	/* memfd_create */
#include "cmd/mimesplit/split.h"
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
	split_run(&s, in, keep, &s);
	check_outline(&s);
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
