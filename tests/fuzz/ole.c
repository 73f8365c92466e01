/* SPDX-License-Identifier: ISC */
/* What has an entry of a name has a root. */
#include "common/ole.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { (const char *)data, n };
	unsigned char clsid[OLE_CLSID];
	bool root = ole_root(s, clsid);

	if ((ole_has(s, "EncryptedPackage") || ole_has(s, "a")) && !root)
		abort();
	return 0;
}
