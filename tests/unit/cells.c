/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/cells.c cmd/virtally/table.c
#include "cmd/virtally/cells.h"
#include "tests/unit/tap.h"

/* What all cells of these days have together. */
static void
total(struct cells *c, int from, int to, size_t *n, unsigned long long *messages,
    unsigned long long *findings)
{
	struct cell cell;

	*n = 0;
	*messages = *findings = 0;
	for (size_t at = 0; cells_next(c, &at, &cell); ) {
		if (cell.place.day < from || cell.place.day > to)
			continue;
		++*n;
		*messages += cell.messages;
		*findings += cell.findings;
	}
}

static void
ends(void)
{
	struct cells *c = cells_new();
	struct place last = { 65535, 24, CELLS_HOSTS - 1, KIND_STRANGE, (1 << 20) - 1 };
	struct place first = { 0, 0, 0, KIND_VIRUS, 0 };
	struct cell cell;
	size_t at = 0;

	OK(!cells_next(c, &at, &cell));
	cells_add(c, &last, 1, 2);
	at = 0;
	OK(cells_next(c, &at, &cell));
	OK(cell.place.day == 65535 && cell.place.hour == 24 && cell.place.host == CELLS_HOSTS - 1 &&
	    cell.place.kind == KIND_STRANGE && cell.place.name == (1 << 20) - 1);
	OK(cell.messages == 1 && cell.findings == 2);
	OK(!cells_next(c, &at, &cell));
	cells_drop(c, 65535, 65535);
	cells_add(c, &first, CELLS_COUNT, CELLS_COUNT - 1);
	cells_add(c, &first, 5, 5);
	at = 0;
	OK(cells_next(c, &at, &cell) && cell.place.day == 0 && cell.place.name == 0);
	OK(cell.messages == CELLS_COUNT && cell.findings == CELLS_COUNT);
	cells_free(c);
	cells_free(NULL);
}

static void
many(void)
{
	enum { EACH = 200000 };
	struct cells *c = cells_new();
	unsigned long long messages, findings;
	size_t n;

	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < EACH; i++) {
			struct place p = { .day = 1 + (int)(i % 10), .hour = (int)(i % 24), .host = i % 7,
			    .kind = KIND_RBL, .name = i };

			cells_add(c, &p, 1, 3);
			p.name = 0;
			cells_add(c, &p, 0, 1);
		}
	total(c, 0, 65535, &n, &messages, &findings);
	OK(n >= EACH && n <= EACH + 24 * 7 * 10);
	OK(messages == 2 * EACH);
	OK(findings == 2 * 4 * EACH);
	cells_drop(c, 3, 9);
	total(c, 0, 65535, &n, &messages, &findings);
	OK(findings == 2 * 4 * EACH / 10 * 3);
	total(c, 3, 9, &n, &messages, &findings);
	OK(n == 0);
	cells_free(c);
}

int
main(void)
{
	ends();
	many();
	return done();
}
