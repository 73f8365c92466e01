/* SPDX-License-Identifier: ISC */
/*
 * The report as plain text for a terminal or a mail: at most 80 columns, but for the first
 * line.  That is what matters of it, the subject of a mail; the second one is WHOSE: ...
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

void summary_text(FILE *f, const struct figures *fig);

#endif
