/* SPDX-License-Identifier: ISC */
/*
 * What the conversions file may ask of a head: words type=, disposition=,
 * description=, parameter=NAME:VALUE, dparameter=NAME:VALUE as record.h codes
 * them, each value that some client may read.
 *
 * Scratch memory is static.  No memory ends the process with EXIT_RETRY.
 */
#ifndef TRAITS_H
#define TRAITS_H

#include "common/head.h"

enum { TRAITS_MAX = 4096 };	/* bytes of one head's, and of those merged */

/*
 * Malloc'd.  looks: 1 << test_of, what is asked for; type and disposition are
 * always told, the latter first.  *doubt becomes true where it is not sure that
 * every client reads the fields so.
 */
char *traits_of(const struct head *h, bool digest, unsigned looks, bool *doubt);

#endif
