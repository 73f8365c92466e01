/* SPDX-License-Identifier: ISC */
/*
 * The confinement of the lister: it has the file, mapped, and a pipe.  No file can
 * be opened, nothing sent; memory and time are limited, and it ends with its
 * parent.
 */
#ifndef CONFINE_H
#define CONFINE_H

/*
 * For good.  All descriptors but `to' and standard error are closed.  Ends the
 * process with EXIT_RETRY where that cannot be had.
 */
void confine(int to, unsigned long seconds);

#endif
