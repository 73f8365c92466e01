/* SPDX-License-Identifier: ISC */
/* One worker, in a process of its own after the fork. */
#ifndef WORKER_H
#define WORKER_H

#include "cmd/avscand/pool.h"

/* Serves connections until it is ended; tmpdir is its own, empty folder. */
_Noreturn void worker_run(const struct pool *p, const char *tmpdir, int parent);

#endif
