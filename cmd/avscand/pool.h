/* SPDX-License-Identifier: ISC */
/*
 * The workers: processes that share the loaded engine copy-on-write, each with
 * a private temporary folder.  The parent never reads what a client sends; it
 * reaps a worker that died, wipes its folder and puts another in its place.
 */
#ifndef POOL_H
#define POOL_H

#include "cmd/avscand/listen.h"
#include "cmd/avscand/serve.h"

struct pool {
	struct service service;		/* tmpdir is set in each worker */
	const char *tmp;		/* where the workers' folders are made */
	unsigned workers;
	struct listener *listeners;
	unsigned listening;		/* 0: the one connection is stdin */
};

/*
 * Serves until SIGTERM, SIGINT or SIGHUP (0), or until the one connection ends
 * (the exit status then).  Every worker is gone and its folder wiped on return.
 */
int pool_run(struct pool *p);

#endif
