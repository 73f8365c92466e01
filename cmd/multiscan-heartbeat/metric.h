/* SPDX-License-Identifier: ISC */
/* The file for Prometheus's textfile collector: man multiscan-heartbeat. */
#ifndef METRIC_H
#define METRIC_H

#include "cmd/multiscan-heartbeat/run.h"

/*
 * Published by rename; when all was well last is taken from the file that is there.
 * -1, with errno.
 */
int metric_write(const char *path, enum reason reason, const struct fate fate[MAIL_N]);

#endif
