/* SPDX-License-Identifier: ISC */
/*
 * virtally: counts what was logged, and shows what it counted.
 *
 *	count	input.c		a log as bytes: plain, gzip, xz, standard input
 *		logs.c		which log it is, and how far it was read
 *		scan.c		the lines that may count
 *		logline.c	a line: ours, or Postfix's (postfix.c); its stamp (stamp.c, calendar.c)
 *		tally.c		into the counts (cells.c, names.c), once (seen.c)
 *		tallyfile.c	read, and written as a whole (publish.c)
 *	merge	tally.c		days of several writers
 *	top, report, export
 *		figures.c	the numbers of a period
 *		page.c		as HTML (chart.c, text.c), forms.c as csv, json, prom, 2002
 */
#include "cmd/virtally/verbs.h"
