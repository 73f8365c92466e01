/* SPDX-License-Identifier: ISC */
#ifndef BECOME_H
#define BECOME_H

/*
 * Started as root: becomes the owner of the folder, with his groups, so that nothing is
 * left there that only root can change.  A folder that is not there is left to
 * root_open.  No way to become him ends the process with EXIT_RETRY.
 */
void become_owner(const char *folder);

#endif
