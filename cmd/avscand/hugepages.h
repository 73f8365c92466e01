/* SPDX-License-Identifier: ISC */
/*
 * The loaded set in huge pages: a fork then copies a few page tables in place of
 * thousands, and a scan misses the TLB less often.
 */
#ifndef HUGEPAGES_H
#define HUGEPAGES_H

/* Once, after the load.  What the system cannot (before Linux 6.1) is left as it is. */
void hugepages_collapse(void);

#endif
