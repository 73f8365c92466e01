/* SPDX-License-Identifier: ISC */
#ifndef NOTICE_REPLY_H
#define NOTICE_REPLY_H

/*
 * Why the message in the work directory at path gets no answer, one word; NULL: it may
 * have one.  What cannot be read ends the process with EXIT_RETRY.
 */
const char *reply_refused(const char *path);

#endif
