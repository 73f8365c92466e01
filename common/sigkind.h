/* SPDX-License-Identifier: ISC */
/*
 * What libclamav's cl_load takes from a folder of signatures: a file's suffix
 * decides how it reads it, and it passes over all else.  Pure.
 */
#ifndef SIGKIND_H
#define SIGKIND_H

enum sigkind {
	SIGKIND_NONE,		/* it passes over such a file */
	SIGKIND_LINES,		/* a signature a line */
	SIGKIND_CONTAINER,	/* a header and an archive: .cvd, .cld, .cud */
	SIGKIND_LENIENT,	/* what it cannot use in it, it drops, and loads on */
	SIGKIND_OTHER
};

enum sigkind sigkind(const char *name);

#endif
