/* SPDX-License-Identifier: ISC */
/*
 * Takes out of a decoded part what it carries: each file found becomes a part
 * inside of it, and is looked at in its turn.
 */
#ifndef CARRY_H
#define CARRY_H

#include "cmd/mimesplit/split.h"

/* t->carriers says what was sniffed; fd is the file that holds them. */
void carry(struct split *s, const struct task *t, int fd);

#endif
