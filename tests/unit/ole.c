/* SPDX-License-Identifier: ISC */
#include "common/ole.h"
#include "tests/cases.h"
#include "tests/unit/tap.h"

#include <string.h>

enum { SECTORS = 400, NOWHERE = -2 };

/* Sectors of 512 or 4096 octets; 0 is the FAT, from 1 on the directory. */
static char bytes[(SECTORS + 1) * 4096];
static size_t size, length;

static void
number(size_t at, long v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[at + i] = (char)((unsigned long)v >> 8 * i);
}

static size_t
sector(size_t i)
{
	return (i + 1) * size;
}

static void
fat(size_t i, long next)
{
	number(sector(0) + 4 * i, next, 4);
}

static void
start(unsigned shift, size_t sectors)
{
	memset(bytes, 0, sizeof bytes);
	size = (size_t)1 << shift;
	length = (sectors + 1) * size;
	memcpy(bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	number(30, shift, 2);
	number(48, 1, 4);
	number(68, NOWHERE, 4);
	for (size_t i = 1; i < 109; i++)
		number(76 + 4 * i, NOWHERE, 4);
	for (size_t i = 0; i < size / 4; i++)
		fat(i, NOWHERE);
}

static void
entry(size_t s, size_t i, const char *name, size_t n)
{
	size_t at = sector(s) + 128 * i;

	for (size_t k = 0; k < n; k++)
		number(at + 2 * k, name[k], 2);
	number(at + 64, (long)(2 * n + 2), 2);
	bytes[at + 66] = 2;
}

#define ENTRY(s, i, name) entry(s, i, name, sizeof name - 1)

/* A copy of just so many octets, so that a sanitizer sees one too far. */
static bool
has(const char *name)
{
	char *copy = malloc(length);
	bool is;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, length);
	is = ole_has((struct span){ copy, length }, name);
	free(copy);
	return is;
}

static void
root(void)
{
	unsigned char clsid[OLE_CLSID];

	start(9, 3);
	memcpy(bytes + sector(1) + 80, "0123456789abcdef", 16);
	OK(ole_root((struct span){ bytes, length }, clsid));
	OK(memcmp(clsid, "0123456789abcdef", 16) == 0);
	length = sector(1) + 511;
	OK(!ole_root((struct span){ bytes, length }, clsid));
	OK(!ole_root((struct span){ bytes, 511 }, clsid));
	OK(!ole_root((struct span){ bytes, 0 }, clsid));
	number(48, -1, 4);
	OK(!ole_root((struct span){ bytes, length }, clsid));
	start(12, 3);
	memcpy(bytes + sector(1) + 80, "0123456789abcdef", 16);
	OK(ole_root((struct span){ bytes, length }, clsid));
	number(30, 64, 2);
	OK(!ole_root((struct span){ bytes, length }, clsid));
	bytes[0] = 'x';
	OK(!ole_root((struct span){ bytes, length }, clsid));
}

static void
names(unsigned shift)
{
	start(shift, 5);
	ENTRY(1, 0, "Root Entry");
	ENTRY(1, 3, "EncryptedPackage");
	OK(has("EncryptedPackage") && has("Root Entry") && has("encryptedpackage"));
	OK(!has("EncryptedPackag") && !has("EncryptedPackages") && !has(""));
	OK(!has("a name that is longer than a name can be here"));
	bytes[sector(1) + 3 * 128 + 66] = 0;
	OK(!has("EncryptedPackage"));
	ENTRY(4, 1, "here");
	OK(!has("here"));
	fat(1, 3);
	fat(3, 4);
	OK(has("here"));
	fat(4, 1);
	OK(has("here") && !has("there"));
	fat(3, SECTORS);
	OK(!has("here"));
	fat(3, 4);
	number(76, SECTORS, 4);
	OK(!has("here") && has("Root Entry"));
}

/* The FAT's last part is told by a sector of the DIFAT. */
static void
difat(void)
{
	enum { PER = 128, FAR = 109 * PER + 5 };
	static const size_t END = FAR + 1;
	char *big = calloc(END + 1, 512);

	if (big == NULL)
		abort();
	start(9, 8);
	number(48, FAR, 4);
	number(68, 2, 4);
	number(sector(2), 3, 4);
	number(sector(2) + 4 * 127, NOWHERE, 4);
	number(sector(3) + 4 * (FAR % PER), 5, 4);
	fat(5, NOWHERE);
	ENTRY(5, 0, "here");
	memcpy(big, bytes, length);
	OK(ole_has((struct span){ big, (END + 1) * 512 }, "here"));
	big[68] = 7;
	OK(!ole_has((struct span){ big, (END + 1) * 512 }, "here"));
	free(big);
}

static void
cases(void)
{
	struct span s = case_file("msi-real.msi");
	unsigned char clsid[OLE_CLSID];

	if (s.p == NULL) {
		SKIP("../shared/cases is not there");
		return;
	}
	OK(ole_root(s, clsid) && clsid[0] == 0x84 &&
	    ole_has(s, "\005SummaryInformation") && !ole_has(s, "EncryptedPackage"));
	case_free(s);
}

int
main(void)
{
	root();
	names(9);
	names(12);
	difat();
	cases();
	return done();
}
