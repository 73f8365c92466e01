/* SPDX-License-Identifier: ISC */
/*
 * What goes between a generation and a worker, one packet each way: a request
 * brings the descriptor (SCM_RIGHTS) of what is to be scanned.
 */
#ifndef JOB_H
#define JOB_H

#include "cmd/avscand/engine.h"

#include <stdint.h>

struct job_request {
	uint32_t number;	/* comes back in the reply */
	uint32_t all;		/* 1: all names, not only the first */
};

struct job_reply {
	uint32_t number;
	struct scan scan;
};

#endif
