/* SPDX-License-Identifier: ISC */
/*
 * The process that talks to a server: it needs its connections, its pipe and
 * memory, and gets nothing else.
 */
#ifndef CONFINE_H
#define CONFINE_H

/* For good; ends the process where that cannot be done. */
void confine(unsigned long seconds);

#endif
