/* SPDX-License-Identifier: ISC */
// with: cmd/notice/answer.c
/* The first line is a sender, the others a head: nothing leaves its bounds. */
#include "cmd/notice/answer.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct answer a;
	const char *p = (const char *)data;
	bool first = true;

	memset(&a, 0, sizeof a);
	while (n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t len = end == NULL ? n : (size_t)(end - p);

		if (first)
			answer_sender(&a, (struct span){ p, len });
		else
			answer_line(&a, (struct span){ p, len });
		if (a.n > ANSWER_LINE)
			abort();
		first = false;
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
	answer_line(&a, (struct span){ "", 0 });
	if (a.n != 0)
		abort();
	return 0;
}
