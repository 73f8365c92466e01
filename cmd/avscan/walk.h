/* SPDX-License-Identifier: ISC */
/*
 * The regular files of a folder and of those below it, in no order.  Links are
 * not followed, whoever changes the tree meanwhile.
 */
#ifndef WALK_H
#define WALK_H

#include <stdbool.h>

enum { WALK_DEPTH = 200 };	/* folders one in the other: a descriptor each */

/*
 * visit is handed each file, open for reading and the visitor's to close, and
 * its path, which begins with folder and lives for the call; false ends the
 * walk.  What is no file and no folder is passed over with a message.
 *
 * The answer is false where something could not be read, after a message.
 */
bool walk(const char *folder, bool (*visit)(void *ctx, int fd, const char *path),
    void *ctx);

#endif
