/* SPDX-License-Identifier: ISC */
/* What was found, for people: a line a host, and a dialogue as it was. */
#ifndef TABLE_H
#define TABLE_H

#include "cmd/relayprobe/tally.h"

/* One line; how far was gone is in the plan. */
void table_host(const struct tally *t, const struct plan *p);

/* The numbers of hosts by verdict; begun: how many were to be judged. */
void table_total(const unsigned long *verdicts, size_t hosts);

/* The dialogue of a record, on standard error. */
void table_dialogue(const struct target *target, const char *line, size_t n);

#endif
