/* SPDX-License-Identifier: ISC */
/* One worker, in a process of its own after the fork. */
#ifndef WORKER_H
#define WORKER_H

#include "cmd/avscand/crew.h"

#include <sys/types.h>

/*
 * Confines itself, then scans what comes over the socket until that ends.
 * parent: who forked it, whose death is its own.
 */
_Noreturn void worker_run(struct engine *e, const struct crew_settings *s,
    const struct worker *me, int socket, pid_t parent);

#endif
