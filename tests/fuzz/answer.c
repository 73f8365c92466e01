/* SPDX-License-Identifier: ISC */
// with: cmd/notice/answer.c cmd/notice/unfold.c
/* The first line is a sender, the others a head: nothing leaves its bounds. */
#include "cmd/notice/answer.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct unfold u;
	const char *p = (const char *)data;
	struct field f;
	bool first = true;

	memset(&u, 0, sizeof u);
	while (n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t len = end == NULL ? n : (size_t)(end - p);

		if (first)
			answer_sender((struct span){ p, len });
		else if (unfold_line(&u, (struct span){ p, len }, &f))
			answer_field(&f);
		if (u.n > UNFOLD_MAX || u.nextlen > UNFOLD_MAX)
			abort();
		first = false;
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
	if (unfold_line(&u, (struct span){ "", 0 }, &f) && f.name.n == 0)
		abort();
	return 0;
}
