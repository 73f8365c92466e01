/* SPDX-License-Identifier: ISC */
/* Signals as something to be read, in a loop that polls. */
#ifndef SIGNALS_H
#define SIGNALS_H

/*
 * From now on these signals (a list that ends with 0) are read from the descriptor
 * returned, as struct signalfd_siginfo, which does not wait; ends the process with
 * EXIT_RETRY.
 */
int signals_take(const int *which);

#endif
