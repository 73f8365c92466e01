/* SPDX-License-Identifier: ISC */
// with: cmd/mimejoin/plan.c cmd/mimejoin/fields.c
#include "cmd/mimejoin/plan.h"
#include "tests/unit/tap.h"

#include <string.h>

#define RANGE(start, len) { true, start, len }

/*
 * A message of 1000 bytes: 1 a text, 2 a multipart (3, 4), 5 a message/rfc822
 * with its content 6 (a multipart of 7), 8 found in 4 when that was decoded.
 */
static const struct node TREE[] = {
	{ 0, 0, RANGE(0, 100), RANGE(100, 900), { false, 0, 0 } },
	{ 0, 1, RANGE(110, 20), RANGE(130, 60), RANGE(100, 92) },
	{ 0, 2, RANGE(200, 50), RANGE(250, 245), RANGE(192, 305) },
	{ 2, 3, RANGE(260, 10), RANGE(270, 48), RANGE(250, 70) },
	{ 2, 4, RANGE(330, 10), RANGE(340, 98), RANGE(320, 120) },
	{ 0, 5, RANGE(510, 40), RANGE(550, 348), RANGE(497, 403) },
	{ 5, 6, RANGE(550, 50), RANGE(600, 298), { false, 0, 0 } },
	{ 6, 7, RANGE(610, 20), RANGE(630, 250), RANGE(600, 282) },
	{ 4, 4, { false, 0, 0 }, { false, 0, 0 }, { false, 0, 0 } },
};
enum { PARTS = sizeof TREE / sizeof TREE[0], SIZE = 1000 };

static struct plan_error why;

/* "how start+len text|..." of each edit, or what is wrong. */
static bool
plans(const char *changes, const char *want)
{
	static char text[4096 + RECORD_MAX];
	char got[2048] = "";
	struct plan p;

	if (!plan_make(&p, TREE, PARTS, SIZE, changes, strlen(changes), &why)) {
		snprintf(got, sizeof got, "%llu: %s", why.number, why.what);
		return strcmp(got, want) == 0;
	}
	for (size_t i = 0; i < p.edits; i++) {
		const struct edit *e = &p.edit[i];
		size_t n = plan_text(&p, e, text, 4096), at = strlen(got);

		text[e->how == EDIT_DELETE ? 0 : n] = '\0';
		snprintf(got + at, sizeof got - at, "%c %llu+%llu %.200s|",
		    "DPM"[e->how], e->start, e->len, text);
	}
	plan_free(&p);
	if (strcmp(got, want) == 0)
		return true;
	printf("# got %s\n", got);
	return false;
}

static void
single(void)
{
	OK(plans("", ""));
	OK(plans("part=1 do=substitute with=a%20b\n", "P 110+80 a b|"));
	OK(plans("part=1 do=delete\n", "D 100+92 |"));
	OK(plans("part=0 do=substitute with=x\n", "M 0+1000 x|"));
	OK(plans("part=0 do=delete\n", "M 0+1000 |"));
	OK(plans("part=6 do=substitute with=x\n", "M 550+348 x|"));
	OK(plans("part=6 do=delete\n", "M 550+348 |"));
	OK(plans("part=8 do=substitute with=x\n", "P 330+108 x|"));
}

static void
several(void)
{
	OK(plans("part=4 do=substitute with=2\npart=1 do=substitute with=1\n",
	    "P 110+80 1|P 330+108 2|"));
	OK(plans("part=4 do=substitute with=b\npart=8 do=substitute with=a\n"
	    "part=4 do=substitute with=b\n", "P 330+108 b\n\na|"));
	OK(plans("part=4 do=substitute with=b%0A\npart=3 do=delete\n"
	    "part=2 do=substitute with=a%0A\n", "P 200+295 b\n\na\n|"));
	OK(plans("part=4 do=delete with=x\npart=4 do=substitute with=y\n", "P 330+108 y|"));
	OK(plans("part=4 do=substitute with=y\npart=2 do=delete\n", "D 192+305 |"));
	OK(plans("part=7 do=substitute with=y\npart=6 do=delete\n", "M 550+348 y|"));
	OK(plans("part=1 do=substitute with=\n", "P 110+80 |"));
}

/* A multipart keeps a note for the last child it loses. */
static void
last_child(void)
{
	const char *removed = "The content of this part of the message was removed.\n";
	char want[256];

	OK(plans("part=3 do=delete\n", "D 250+70 |"));
	snprintf(want, sizeof want, "D 250+70 |P 330+108 %s|", removed);
	OK(plans("part=3 do=delete\npart=4 do=delete\n", want));
	OK(plans("part=4 do=delete\npart=3 do=delete\n", want));
	OK(plans("part=4 do=delete with=gone\npart=3 do=delete with=x\n",
	    "D 250+70 |P 330+108 gone|"));
	OK(plans("part=4 do=delete\npart=3 do=substitute with=x\n",
	    "P 260+58 x|D 320+120 |"));
	snprintf(want, sizeof want, "P 610+270 %s|", removed);
	OK(plans("part=7 do=delete\n", want));
	OK(plans("part=1 do=delete\npart=2 do=delete\npart=5 do=delete with=all\n",
	    "D 100+92 |D 192+305 |P 510+388 all|"));
}

static void
marks(void)
{
	struct plan p;
	const char *two = "part=0 do=mark with=X-A:%201\npart=0 do=mark with=X-B:%202\n";

	OK(plan_make(&p, TREE, PARTS, SIZE, two, strlen(two), &why));
	OK(p.marks == 2 && p.edits == 0);
	OK(p.mark[1].n == 8 && memcmp(p.mark[1].p, "X-B:%202", 8) == 0);
	plan_free(&p);
	OK(plans("part=1 do=mark with=X-A:%201\n", "1: is no mark: with= must be a field, part= 0"));
	OK(plans("part=0 do=mark\n", "1: is no mark: with= must be a field, part= 0"));
	OK(plans("part=0 do=mark with=a%0Ab\n", "1: is no mark: with= must be a field, part= 0"));
}

static void
refused(void)
{
	OK(plans("part=9 do=delete\n", "1: there is no such part"));
	OK(plans("part=1 do=delete\npart=1 do=burn\n", "2: do= is not substitute, delete, mark, strip or subject"));
	OK(plans("part=1 do=substitute\n", "1: a substitute needs with="));
	OK(plans("do=delete\n", "1: needs one part= and one do="));
	OK(plans("part=1 part=2 do=delete\n", "1: needs one part= and one do="));
	OK(plans("part=01 do=delete\n", "1: needs one part= and one do="));
	OK(plans("part=1 do=delete", "1: is not a record"));
	OK(plans("part=1 do=delete \n", "1: is not a record"));
}

/* The tree with one range or link of it changed. */
static bool
bad(size_t part, struct node with)
{
	struct node tree[PARTS];
	struct plan p;

	memcpy(tree, TREE, sizeof tree);
	tree[part] = with;
	why.number = 99;
	return !plan_make(&p, tree, PARTS, SIZE, "", 0, &why) &&
	    why.where == PLAN_MANIFEST && why.number >= part;
}

static void
manifests(void)
{
	struct node n = TREE[1];
	struct plan p;

	OK(!plan_make(&p, TREE, 0, SIZE, "", 0, &why));
	OK(!plan_make(&p, TREE, PARTS, SIZE - 1, "", 0, &why));
	n.span.len = 93;			/* into its neighbour */
	OK(bad(1, n));
	n = TREE[1];
	n.body.len = 70;			/* beyond its span */
	OK(bad(1, n));
	n = TREE[1];
	n.head.start = 99;			/* before it */
	OK(bad(1, n));
	n = TREE[1];
	n.head.len = 21;			/* into its body */
	OK(bad(1, n));
	n = TREE[1];
	n.body.set = false;
	OK(bad(1, n));
	n = TREE[4];
	n.span.start = 319;			/* into the one before */
	OK(bad(4, n));
	n = TREE[4];
	n.parent = 1;				/* not in that one */
	OK(bad(4, n));
	n = TREE[4];
	n.parent = 8;				/* has no range */
	OK(bad(4, n));
	n = TREE[8];
	n.edit = 99;
	OK(bad(8, n));
	n = TREE[5];
	n.span.len = 1ULL << 62;
	OK(bad(5, n));
}

int
main(void)
{
	single();
	several();
	last_child();
	marks();
	refused();
	manifests();
	return done();
}
