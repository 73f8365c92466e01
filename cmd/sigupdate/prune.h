/* SPDX-License-Identifier: ISC */
/*
 * The removal of generations; root_prune is in root.h.  What goes is renamed to
 * .gone.GEN first, so that no half of it is ever listed, and its manifest goes
 * last, so that what was begun can be ended.
 */
#ifndef PRUNE_H
#define PRUNE_H

#include "cmd/sigupdate/root.h"

/* With the lock: ends each removal that was begun. */
void prune_finish(const struct root *r);

#endif
