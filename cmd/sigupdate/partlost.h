/* SPDX-License-Identifier: ISC */
#ifndef PARTLOST_H
#define PARTLOST_H

/*
 * Says, by errno, what the disk refused of a file of .part/SOURCE, which is open as
 * dir, and ends with EXIT_RETRY.  Where it is full, what is there goes first, files
 * alone: what cannot become whole takes no room from others.
 */
_Noreturn void partlost(int dir, const char *name);

#endif
