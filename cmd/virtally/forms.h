/* SPDX-License-Identifier: ISC */
/* The counts in the forms that other programs read: see export in virtally(1). */
#ifndef FORMS_H
#define FORMS_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

void form_csv(FILE *f, const struct tally *t, const struct figures *fig);
void form_json(FILE *f, const struct tally *t, const struct figures *fig);
void form_prom(FILE *f, const struct tally *t, const struct figures *fig);

/* The two files of 2002; their counts are findings: lines, as grep and wc count them. */
void form_days2002(FILE *f, const struct tally *t);
void form_top2002(FILE *f, const struct tally *t, const struct figures *fig);

#endif
