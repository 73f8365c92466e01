/* SPDX-License-Identifier: ISC */
/*
 * The directory of a compound file (MS-CFB; OLE2: .doc, .xls, .msi), versions
 * 3 and 4: header 2.2, FAT 2.3, DIFAT 2.5, directory entry 2.6.1.
 *
 * A chain that is damaged, leaves the file or turns in a circle ends there; what
 * was seen until then counts.  No more sectors are visited than the file has.
 * Pure: no memory of its own.
 */
#ifndef OLE_H
#define OLE_H

#include "common/record.h"

enum { OLE_CLSID = 16 };

/* The class of the root entry, as it is stored; false: there is no such entry. */
bool ole_root(struct span file, unsigned char clsid[OLE_CLSID]);

/*
 * Has the directory a stream or storage of this name, at whatever depth?  ASCII
 * letters in either case: Windows finds them so (2.6.4).
 */
bool ole_has(struct span file, const char *name);

#endif
