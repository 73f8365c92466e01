/* SPDX-License-Identifier: ISC */
/* A head of any bytes: its fields and names; uuencode lines. */
#include "common/name.h"
#include "common/uu.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
line(const char *p, size_t n)
{
	static char bytes[1 << 20];
	struct uu_head h;

	if (uu_begin(p, n, &h) && (h.name.p < p || h.name.p + h.name.n > p + n))
		abort();
	for (int how = UU_USUAL; how <= UU_STRICT; how++)
		if (uu_data(p, n, (enum uu_how)how, bytes) > UU_LINE)
			abort();
	if (n < sizeof bytes && uu_stream(&(struct uu_stream){ 0 }, p, n, bytes) > (int)n)
		abort();
	for (int trust = UU_NONE; trust <= UU_SURE; trust++)
		uu_proves(p, n, (enum uu_trust)trust, false);
	uu_end(p, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *end = p + n;
	static struct names names;
	struct head h;

	head_init(&h);
	head_start(&h);
	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((eol == NULL ? end : eol) - p);

		line(p, len);
		if (head_line(&h, p, len, len % 13 == 12) < 0)
			abort();
		p += len + 1;
	}
	name_start(&names);
	if (name_collect(&names, &h) < 0 || names.len > NAME_BYTES)
		abort();
	for (size_t i = 0; i < names.count; i++)
		if (names.name[i].n == 0 || names.name[i].n > 4 * n)
			abort();
	head_free(&h);
	return 0;
}
