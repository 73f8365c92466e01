/* SPDX-License-Identifier: ISC */
/*
 * The headers of a RAR archive, without unpacking: RAR 1.5 to 4 (technote.txt of
 * RAR 4; how a name is coded in Unicode is as UnRAR's EncodeFileName reads it)
 * and RAR 5 (technote of RAR 5.0, "RAR 5.0 archive format").
 *
 * Every header is told whose length fits, also with a wrong sum, and also the
 * copies for quick open, which WinRAR shows instead of the headers.  Time is
 * linear in the headers' bytes.
 * Pure: no memory of its own.
 */
#ifndef RAR_H
#define RAR_H

#include "common/record.h"

struct rar_facts {
	bool volume;		/* one of several */
	bool headers_encrypted;	/* the names are hidden */
	bool encrypted;		/* the data of a member */
	bool broken;		/* a header or data beyond the end, a wrong sum, no end */
	size_t end;		/* offset in file behind the last thing read */
};

/* A member; the spans are good until the callback returns. */
struct rar_member {
	struct span name;	/* as it stands: OEM before RAR 5, then UTF-8 */
	struct span unicode;	/* before RAR 5: its other form, in UTF-8; or none */
	struct span target;	/* of a link, where it is not compressed */
	bool link;		/* also one whose target is not seen */
	bool folder;		/* and not a link */
	bool encrypted;
	unsigned long long size;	/* unpacked, as the header has it */
};

/*
 * From the signature at at: each member in turn, until the callback says false.
 * false: there is no signature; the facts are all false then.
 */
bool rar_walk(struct span file, size_t at, struct rar_facts *f,
    bool (*member)(void *ctx, const struct rar_member *m), void *ctx);

#endif
