/* SPDX-License-Identifier: ISC */
// with: cmd/multiscan-milter/answer.c cmd/multiscan-milter/reply.c
/* Any bytes are an answer or none; any words make a line of printable ASCII. */
#include "cmd/multiscan-milter/answer.h"
#include "cmd/multiscan-milter/reply.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
check_line(struct span text)
{
	char line[2 * REPLY_MAX + 1];
	size_t sent = 0;

	reply_line(line, text, "0123456789abcdef0123");
	for (const char *p = line; *p != '\0'; p++, sent++) {
		if (*p < ' ' || *p > '~' || (*p == '%' && *++p != '%'))
			abort();
	}
	if (sent == 0 || sent > REPLY_MAX || strstr(line, "0123456789abcdef0123") == NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *said = malloc(n > 0 ? n : 1);
	struct answer a;

	if (said == NULL)
		return 0;
	if (n > 0)
		memcpy(said, data, n);
	if (answer_parse(&a, said, n)) {
		if (strlen(a.id) != ANSWER_IDLEN || a.dir[0] != '/' ||
		    (a.to != NULL && a.to[0] == '\0'))
			abort();
		if (a.text.p != NULL)
			check_line(a.text);
	}
	check_line((struct span){ (const char *)data, n });
	free(said);
	return 0;
}
