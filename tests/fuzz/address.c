/* SPDX-License-Identifier: ISC */
/* Whatever is taken for an address is one: terminated, in bounds, in form. */
#include "common/address.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct address a;
	char *text = malloc(n + 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, n);
	text[n] = '\0';
	if (address_parse(&a, text) &&
	    (a.host[0] == '\0' || memchr(a.host, '\0', sizeof a.host) == NULL ||
	    memchr(a.port, '\0', sizeof a.port) == NULL ||
	    a.local != (a.port[0] == '\0') ||
	    (a.local && strlen(a.host) > ADDRESS_PATHMAX)))
		abort();
	free(text);
	return 0;
}
