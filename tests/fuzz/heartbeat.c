/* SPDX-License-Identifier: ISC */
// with: cmd/multiscan-heartbeat/letter.c cmd/multiscan-heartbeat/arrival.c cmd/multiscan-heartbeat/sighting.c
/*
 * What comes to the heartbeat's address in whatever pieces is judged the same, its token is
 * one or none, and a lone text of ours behind it is always found; what is a line of a log
 * does nothing worse than to say so.
 */
#include "cmd/multiscan-heartbeat/arrival.h"
#include "cmd/multiscan-heartbeat/sighting.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
feed(struct arrival *a, const char *p, size_t n, size_t piece)
{
	arrival_start(a);
	for (size_t at = 0; at < n; at += piece)
		arrival_feed(a, p + at, n - at < piece ? n - at : piece);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arrival whole, pieces;
	const char *p = (const char *)data;
	char text[LETTER_BYTES];

	feed(&whole, p, n, n + 1);
	feed(&pieces, p, n, 1 + n % 7);
	letter_bytes(text, MAIL_VIRUS);
	arrival_feed(&pieces, text, sizeof text);
	arrival_end(&whole);
	arrival_end(&pieces);
	if (whole.bytes != n || pieces.bytes != n + sizeof text || !pieces.holds[MAIL_VIRUS] ||
	    whole.holds[MAIL_CLEAN] > pieces.holds[MAIL_CLEAN])
		abort();
	if (whole.token[0] != '\0' && !letter_token(whole.token, strlen(whole.token)))
		abort();
	feed(&pieces, p, n, 1 + n % 7);
	arrival_end(&pieces);
	if (memcmp(whole.holds, pieces.holds, sizeof whole.holds) != 0 ||
	    strcmp(whole.token, pieces.token) != 0)
		abort();
	(void)sighting_line(p, n, "heartbeat-0123456789abcdef0123456789abcdef.txt");
	return 0;
}
