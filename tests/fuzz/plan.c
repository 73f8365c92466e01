/* SPDX-License-Identifier: ISC */
// with: cmd/mimejoin/plan.c cmd/mimejoin/fields.c
/*
 * Any tree and any changes give no plan or one whose edits lie in the message
 * and not in each other.  The bytes: how many parts; the size; for each part its
 * parent, its edit and its three ranges; then the changes, as text.
 */
#include "cmd/mimejoin/plan.h"
#include "common/note.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 32, NODE_BYTES = 8 };

static struct range
range(const uint8_t *p)
{
	return (struct range){ p[0] != 0xff, p[0], p[1] };
}

static void
read_node(struct node *n, const uint8_t *p)
{
	n->parent = p[0];
	n->edit = p[1];
	n->head = range(p + 2);
	n->body = range(p + 4);
	n->span = range(p + 6);
}

static void
check_plan(const struct plan *p, unsigned long long size)
{
	static char text[NOTE_MAX + RECORD_MAX];
	unsigned long long at = 0;

	for (size_t i = 0; i < p->edits; i++) {
		const struct edit *e = &p->edit[i];

		if (e->start < at || e->start > size || e->len > size - e->start)
			abort();
		at = e->start + e->len;
		if (e->how == EDIT_MESSAGE && (e->head.start < e->start ||
		    e->head.start + e->head.len > at))
			abort();
		if (e->changes == 0 || e->change + e->changes > p->changes ||
		    plan_text(p, e, text, NOTE_MAX) > sizeof text)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct node nodes[PARTS_MAX];
	struct plan_error e;
	struct plan p;
	size_t parts;
	unsigned long long size;

	if (n < 2)
		return 0;
	parts = data[0] % PARTS_MAX;
	size = data[1];
	data += 2;
	n -= 2;
	if (n < parts * NODE_BYTES)
		return 0;
	for (size_t i = 0; i < parts; i++)
		read_node(&nodes[i], data + i * NODE_BYTES);
	data += parts * NODE_BYTES;
	n -= parts * NODE_BYTES;
	if (!plan_make(&p, nodes, parts, size, (const char *)data, n, &e))
		return 0;
	check_plan(&p, size);
	plan_free(&p);
	return 0;
}
