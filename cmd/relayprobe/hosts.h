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
 * All of them, in order, each once; a line that is empty or begins with # names
 * none, and # behind a blank begins a comment.  What is no host, or that there is
 * none at all, is a wrong call; the first ten that are none are named.
 */
void hosts_read(struct hosts *h, const struct cli *cli, char **operands);

#endif
