/* SPDX-License-Identifier: ISC */
#include "common/canary.h"
#include "tests/unit/tap.h"

#include <string.h>
#include <unistd.h>

static bool
right(enum canary which, const char *sig)
{
	return canary_right(which, (struct span){ sig, strlen(sig) });
}

static void
answers(void)
{
	OK(right(CANARY_CLEAN, ""));
	OK(!right(CANARY_CLEAN, "Heuristics.Encrypted.Zip"));
	OK(right(CANARY_EICAR, "Win.Test.EICAR_HDB-1"));
	OK(right(CANARY_MAIL, "Eicar-Test-Signature"));
	OK(!right(CANARY_EICAR, ""));
	OK(!right(CANARY_MAIL, "Heuristics.Limits.Exceeded.MaxFiles"));
	OK(right(CANARY_ENCRYPTED, "Heuristics.Encrypted.Zip"));
	OK(!right(CANARY_ENCRYPTED, ""));
	OK(!right(CANARY_ENCRYPTED, "Eicar-Test-Signature"));
	OK(right(CANARY_DEEP, "Heuristics.Limits.Exceeded.MaxRecursion"));
	OK(!right(CANARY_DEEP, ""));
	OK(!right(CANARY_DEEP, "Heuristics.Encrypted.Zip"));
}

int
main(void)
{
	char bytes[CANARY_MAX], read_back[CANARY_MAX];

	for (int i = 0; i < CANARIES; i++) {
		size_t n = canary_make((enum canary)i, bytes);
		int fd = canary_open((enum canary)i);

		OK(n > 0 && n <= CANARY_MAX);
		OK(read(fd, read_back, sizeof read_back) == (ssize_t)n);
		OK(memcmp(bytes, read_back, n) == 0);
		OK(write(fd, "x", 1) < 0);
		OK(ftruncate(fd, 0) < 0);
		close(fd);
	}
	OK(canary_make(CANARY_EICAR, bytes) == 68);
	answers();
	return done();
}
