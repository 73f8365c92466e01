/* SPDX-License-Identifier: ISC */
/* What was found, for people: a row a host, and a dialogue as it was. */
#ifndef TABLE_H
#define TABLE_H

#include "cmd/relayprobe/tally.h"

/* A line of at most 79 columns, and more where it is not enough. */
void table_host(const struct tally *t);

/*
 * What is bad once more, where it is far up by now, and the numbers of hosts by
 * verdict; hosts: how many were to be judged, some perhaps not asked.
 */
void table_total(const unsigned long *verdicts, size_t hosts, const struct plan *p);

/* The dialogue of a record, on standard error. */
void table_dialogue(const struct target *target, const char *line, size_t n);

#endif
