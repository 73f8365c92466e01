/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/reread.h"

static struct task
task_of(const struct source *from, unsigned long of, offset start, offset end,
    const char *reading)
{
	return (struct task){ .message = from->message, .source = from->part,
	    .from = start, .to = end, .of = of, .reading = reading,
	    .rules = from->rules };
}

void
reread_by(struct split *s, const struct source *from, offset start, offset end,
    unsigned long of, unsigned rule, const char *reading)
{
	struct task t = task_of(from, of, start, end, reading);

	if ((from->rules & rule) != 0)
		return;
	t.rules |= rule;
	split_add(s, &t);
}

void
reread_decoded(struct split *s, unsigned long part, enum kind_is is,
    const char *boundary, size_t n, bool digest)
{
	const struct entry *e = &s->outline.entry[part];
	struct task t = { .source = part, .to = e->size, .of = part,
	    .reading = e->reading, .body = is == KIND_MULTIPART, .is = is,
	    .digest = digest, .boundary = (char *)boundary, .nboundary = n };

	split_add(s, &t);
}

/* The body as a multipart with each of its boundaries that `which' has. */
static void
as_multipart(struct split *s, struct task t, const struct entity *e, unsigned which)
{
	const struct candidates *c = e->kind.boundary;
	const char *usual = t.reading;

	t.is = KIND_MULTIPART;
	t.digest = e->kind.digest;
	for (size_t i = 0; c != NULL && i < c->count; i++) {
		if ((which & 1u << i) == 0)
			continue;
		t.boundary = (char *)c->bytes + c->one[i].at;
		t.nboundary = c->one[i].n;
		if (usual == NULL)
			t.reading = t.coding == TRANSFER_NONE ? "boundary" : "decoded";
		split_add(s, &t);
	}
}

/*
 * Is it a multipart whose parts were told, and nothing but its source text for
 * those who cannot read its type?
 */
static bool
only_shown(const struct entity *e)
{
	return e->state == PARTS && e->parts->children > 0 && e->kind.leaf_plain;
}

/* The kinds and codings that the fields allow, but for the one that was read. */
static void
other_kinds(struct split *s, struct task t, const struct entity *e)
{
	static const char *const AS[] = { [KIND_LEAF] = "leaf",
	    [KIND_MULTIPART] = "multipart", [KIND_MESSAGE] = "message" };
	const struct kind *k = &e->kind;
	unsigned rules = t.rules;

	for (int is = KIND_LEAF; is <= KIND_MESSAGE; is++) {
		for (int coding = 0; coding < TRANSFER_CODINGS; coding++) {
			bool literal = coding == TRANSFER_NONE && is != KIND_LEAF;

			if ((k->kinds & 1u << is) == 0 ||
			    (!literal && (k->codings & 1u << coding) == 0))
				continue;
			if (is == (int)k->is && (is == KIND_MULTIPART ? literal :
			    coding == (int)k->coding))
				continue;
			if (is == KIND_LEAF && coding == TRANSFER_NONE && only_shown(e))
				continue;
			t.is = (enum kind_is)is;
			t.coding = (enum transfer_coding)coding;
			t.look = k->look;
			t.plain = k->plain;
			t.reading = is != (int)k->is ? AS[is] : transfer_name(t.coding);
			t.rules = is == KIND_MESSAGE && literal && k->coding == TRANSFER_QP ?
			    rules | RULE_LITERAL : rules;
			if (is == KIND_MULTIPART)
				as_multipart(s, t, e, ~0u);
			else
				split_add(s, &t);
		}
	}
}

/*
 * What is only shown, decoded a little differently, is shown a little different:
 * it matters only for what it carries.
 */
static bool
is_slight(const struct kind *k, enum transfer_coding coding)
{
	static const unsigned SLIGHT = 1u << TRANSFER_QP_KEEP | 1u << TRANSFER_QP_DROP |
	    1u << TRANSFER_BASE64_WHOLE;

	return k->plain || (k->shown && (SLIGHT & 1u << coding) != 0);
}

/* What a leaf's own bytes leave open. */
static void
other_codings(struct split *s, struct task t, const struct entity *e,
    const struct leaf *leaf)
{
	unsigned others = transfer_others(leaf->transfer.coding, leaf->transfer.odd);
	unsigned mask = others;

	if (leaf->transfer.coding == TRANSFER_NONE &&
	    sniff_base64(&leaf->sniff, !e->kind.unsaid)) {
		mask |= 1u << TRANSFER_BASE64;
		outline_defect(&s->outline, DEFECT_BASE64_UNSAID, e->part);
	}
	if (leaf->transfer.coding == TRANSFER_NONE && e->kind.unsaid)
		mask |= 1u << TRANSFER_QP;
	t.is = e->kind.is;
	t.look = e->kind.look;
	t.plain = e->kind.plain;
	for (int coding = 0; coding < TRANSFER_CODINGS; coding++) {
		if ((mask & 1u << coding) == 0)
			continue;
		t.coding = (enum transfer_coding)coding;
		t.reading = transfer_name(t.coding);
		t.slight = (others & 1u << coding) != 0 && is_slight(&e->kind, t.coding);
		if (t.is == KIND_MULTIPART)
			as_multipart(s, t, e, ~0u);
		else
			split_add(s, &t);
	}
}

/* What stands round the parts, unless it is words for people only. */
static void
surroundings(struct split *s, const struct source *from, const struct entity *e,
    offset end)
{
	const struct parts *p = e->parts;
	struct task t;

	if ((from->rules & RULE_LITERAL) != 0)
		return;
	if (p->children > 0 && p->before.other) {
		outline_defect(&s->outline, DEFECT_PREAMBLE, e->part);
		t = task_of(from, e->part, e->body, p->first, "preamble");
		split_add(s, &t);
	}
	if (p->closed && p->after.other) {
		outline_defect(&s->outline, DEFECT_EPILOGUE, e->part);
		t = task_of(from, e->part, p->end, end, "epilogue");
		split_add(s, &t);
	}
}

/* A multipart in which no delimiter was: a leaf, or one by another boundary. */
static void
no_parts(struct split *s, struct task t, const struct entity *e)
{
	outline_defect(&s->outline, DEFECT_NO_PARTS, e->part);
	t.is = KIND_MULTIPART;
	t.digest = e->kind.digest;
	t.reading = "guess";
	for (size_t i = 0; i < e->parts->guesses && (t.rules & RULE_LITERAL) == 0; i++) {
		t.boundary = (char *)e->parts->guess[i].text;
		t.nboundary = e->parts->guess[i].n;
		split_add(s, &t);
	}
	if (e->parts->boundaries == 0)
		return;		/* a walk that was to guess: it is a leaf already */
	t.is = KIND_LEAF;
	t.coding = e->kind.coding;
	t.look = e->kind.look;
	t.boundary = NULL;
	t.nboundary = 0;
	t.reading = NULL;	/* that it is a leaf is the first thing to say */
	split_add(s, &t);
}

/* By a rule it was not read by yet. */
static void
parts_by(struct split *s, struct task t, const struct entity *e, unsigned which,
    unsigned rule, const char *reading)
{
	if ((t.rules & rule) != 0)
		return;
	t.rules |= rule;
	t.reading = reading;
	as_multipart(s, t, e, which);
}

static void
other_parts(struct split *s, const struct source *from, struct task t,
    const struct entity *e, offset end)
{
	const struct parts *p = e->parts;
	struct outline *o = &s->outline;

	as_multipart(s, t, e, p->hits);
	if (p->children == 0)
		no_parts(s, t, e);
	else if (!p->closed && (t.rules & RULE_REOPEN) == 0)
		outline_defect(o, DEFECT_NOT_CLOSED, e->part);
	surroundings(s, from, e, end);
	if (p->loose || p->within != 0)
		outline_defect(o, DEFECT_DELIMITER, e->part);
	if (p->after_close)
		outline_defect(o, DEFECT_AFTER_CLOSE, e->part);
	parts_by(s, t, e, (p->loose_hits & ~p->hits) | p->loose, RULE_LOOSE, "delimiter");
	parts_by(s, t, e, p->within, RULE_ANYWHERE, "delimiter");
	parts_by(s, t, e, p->in_head ? 1 : 0, RULE_BLIND, "no-body");
	parts_by(s, t, e, p->after_close ? 1 : 0, RULE_REOPEN, "after-close");
}

/* A multipart without a boundary: a walk collects what looks like one. */
static void
guesses(struct split *s, struct task t)
{
	t.is = KIND_MULTIPART;
	t.reading = "guess";
	split_add(s, &t);
}

/* Would it matter if the body began in the middle of what we take for the head? */
static bool
early_body(const struct split *s, const struct entity *e)
{
	/* one more text, of what is another reading of a text already */
	if (s->outline.entry[e->part].aside && e->kind.plain && !e->decides &&
	    e->kind.coding == TRANSFER_NONE)
		return e->after.begin;
	/* what is opened need not look like anything */
	return e->after.other || e->decides || e->kind.coding != TRANSFER_NONE ||
	    e->kind.opened;
}

/* What the head leaves open: where it ends, and a boundary that it lacks. */
static void
other_heads(struct split *s, const struct source *from, struct task t,
    const struct entity *e, offset end)
{
	if (e->kind.is == KIND_LEAF && (e->kind.kinds & 1u << KIND_MULTIPART) != 0 &&
	    (e->kind.boundary == NULL || e->kind.boundary->count == 0))
		guesses(s, t);
	if (e->bad_line && early_body(s, e))
		reread_by(s, from, e->head, end, e->part, RULE_STOP_BAD, "bad-line");
	if (e->blank_line && early_body(s, e))
		reread_by(s, from, e->head, end, e->part, RULE_STOP_BLANKS, "blank-line");
	if (e->space_colon && early_body(s, e))
		reread_by(s, from, e->head, end, e->part, RULE_STOP_COLON, "space-colon");
	if (e->late_head)
		reread_by(s, from, e->head, end, e->part, RULE_SKIP_EMPTY, "late-head");
}

void
reread(struct split *s, const struct source *from, const struct entity *e,
    offset end, const struct leaf *leaf)
{
	struct task t = task_of(from, e->part, e->body, end, NULL);

	t.body = true;
	if (!e->borrowed) {
		other_kinds(s, t, e);
		if ((from->rules & RULE_LITERAL) == 0)
			other_heads(s, from, t, e, end);
	}
	if (leaf != NULL && (from->rules & RULE_LITERAL) == 0)
		other_codings(s, t, e, leaf);
	if (e->state == PARTS)
		other_parts(s, from, t, e, end);
}
