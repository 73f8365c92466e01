/* SPDX-License-Identifier: ISC */
/*
 * The child of unpack: libarchive over one archive, which it has mapped, and a pipe;
 * nothing else.  No file can be opened, nothing sent or read, and it ends with its
 * parent.  What it writes are frames, each a struct frame and n bytes:
 *	READY (ENTRY DATA* END)* (ALL | WRONG)
 * Before READY it has looked at no byte of the archive.
 */
#ifndef UNPACKCHILD_H
#define UNPACKCHILD_H

#include <stdint.h>

enum {
	FRAME_MOST = 65536 - 12,	/* bytes of data: with its head what a pipe holds */
	FRAME_NAME = 4096		/* of a name; what is longer is cut */
};

enum frame_kind {
	FRAME_READY = 1,
	FRAME_ENTRY,		/* bytes: its name; none: it cannot be read */
	FRAME_DATA,		/* at least one byte */
	FRAME_END,
	FRAME_ALL,		/* the archive is whole */
	FRAME_WRONG		/* bytes: what is wrong */
};

enum frame_type {
	FRAME_FILE, FRAME_FOLDER, FRAME_SYMLINK, FRAME_HARDLINK, FRAME_DEVICE,
	FRAME_FIFO, FRAME_OTHER,
	FRAME_TYPES
};

struct frame {
	uint32_t kind;
	uint32_t type;		/* of FRAME_ENTRY */
	uint32_t n;
};

/*
 * In the child: confines the process, sends the archive to the pipe, and ends with 0; with
 * EXIT_RETRY, and why on standard error, before READY where it cannot be confined.
 */
_Noreturn void unpackchild(int archive, int to, unsigned long seconds);

#endif
