/* SPDX-License-Identifier: ISC */
/*
 * The counts in the forms that other programs read: see export in virtally(1).  Names stand
 * as in a record: printable, and each another.
 */
#ifndef FORMS_H
#define FORMS_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

void form_csv(FILE *f, const struct tally *t, const struct figures *fig);
void form_json(FILE *f, const struct tally *t, const struct figures *fig);

/* Of PERIOD_ALL. */
void form_prom(FILE *f, const struct tally *t, const struct figures *fig);

/*
 * The two files of 2002; their counts are findings: lines, as grep and wc count them.
 * The first one is of all days, fig of PERIOD_ALL; the second of a fig with lines set.
 */
void form_days2002(FILE *f, const struct tally *t, const struct figures *fig);
void form_top2002(FILE *f, const struct tally *t, const struct figures *fig);

#endif
