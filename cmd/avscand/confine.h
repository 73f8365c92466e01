/* SPDX-License-Identifier: ISC */
/*
 * The confinement of a worker.  A process that looks into hostile content keeps
 * its memory, its own folder, the socket to its parent and standard error.  The
 * layers do not rely on each other:
 *	- limits of memory, file size and descriptors; no core file;
 *	- an empty root, as root by chroot, which then becomes somebody else, in
 *	  a network of its own; with neither root nor landlock by a user namespace;
 *	- landlock, as much of it as the kernel has;
 *	- a list of the system calls that there are: any other ends the process.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <sys/types.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	CONFINE_CHANNEL = 3,	/* the number of the socket to the parent */
	CONFINE_DENIED = 70	/* exit status after a call that is not on the list */
};

struct confinement {
	const char *tmpdir;	/* its own, empty folder; absolute, without links */
	uid_t uid;		/* with change_user: who it becomes, not 0; */
	gid_t gid;		/* tmpdir is given to them */
	bool change_user;	/* started as root */
	unsigned long long filesize;	/* bytes a file */
	unsigned long long memory;	/* bytes beyond what is mapped now */
	unsigned descriptors;
	int landlock;		/* the highest ABI to use: 0 none, INT_MAX any */
	_Atomic int *denied;	/* shared with the parent: -1, then the number of
				   the call that ended the process */
};

/*
 * Once, in the parent, before workers are forked: loads what the C library would
 * else look for in the file system in the middle of a scan.
 */
void confine_warm(void);

/*
 * For good; ends with the parent.  Standard input and output become /dev/null,
 * descriptors beyond the channel are closed.  Returns tmpdir's path as it is
 * seen from then on, valid as long as c->tmpdir; what this system lacks is said
 * in missing, "" if nothing.  Where it cannot be confined it says why, and ends
 * the process with EXIT_RETRY.
 */
const char *confine(const struct confinement *c, char *missing, size_t size);

/* The name of a system call, as "openat"; its number where it has none. */
void confine_call(int number, char *name, size_t size);

#endif
