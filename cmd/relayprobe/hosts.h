/* SPDX-License-Identifier: ISC */
/* The hosts that are named as operands, or, for `-', on standard input. */
#ifndef HOSTS_H
#define HOSTS_H

#include "cmd/relayprobe/target.h"
#include "common/cli.h"

struct hosts {
	struct target *list;	/* malloc'd */
	size_t n;
};

/*
 * All of them, in order; a line that is empty or begins with # names none.  What
 * is no host, or that there is none at all, is a wrong call.
 */
void hosts_read(struct hosts *h, const struct cli *cli, char **operands);

#endif
