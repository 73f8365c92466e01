/* SPDX-License-Identifier: ISC */
/*
 * What is behind a path that a client names (SCAN): a file, or every file in and
 * below a folder.  Links below the path are not followed; what is no regular file
 * is passed over.  Everything is opened with no more rights than avscand's user.
 */
#ifndef PATHS_H
#define PATHS_H

#include <sys/types.h>

#include <stdbool.h>

struct paths;

struct paths_user {
	bool change;		/* started as root: as uid and gid */
	uid_t uid;
	gid_t gid;
};

/* NULL: no memory.  path is copied. */
struct paths *paths_open(const char *path, const struct paths_user *u);

enum paths_found {
	PATHS_FILE,		/* *fd is its descriptor, the caller's from now on */
	PATHS_WRONG,		/* *wrong, static, tells why it cannot be looked at */
	PATHS_NOTHING,		/* a name that is passed over */
	PATHS_END		/* there are no more */
};

/* A step: one name.  *name is its path, good until the next call. */
enum paths_found paths_step(struct paths *p, const char **name, int *fd,
    const char **wrong);

/* The path that the client named. */
const char *paths_named(const struct paths *p);

void paths_close(struct paths *p);

#endif
