/* SPDX-License-Identifier: ISC */
/*
 * The files of an archive (tar, plain or by gzip or xz; zip), by libarchive in a child
 * process that has the archive, mapped, and a pipe, and nothing else: see
 * unpackchild.h.  The parent believes nothing of what it is told: names, sizes and
 * numbers are checked by it, and it alone makes files.
 *
 * What the disk refuses ends the process with EXIT_RETRY.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stdbool.h>

struct unpack_limits {
	unsigned long long bytes;	/* of all files together */
	unsigned files;
	unsigned ratio;			/* bytes of all files for one of the archive; 0: any */
	unsigned long seconds;
};

enum { UNPACK_WHY = 256 };

/*
 * Each entry into a new file of the folder dir (O_EXCL, O_NOFOLLOW, 0600, fsynced).
 * Regular files only; the names `manifest' and `manifest.minisig', and else what
 * filename_wrong does not refuse; a `./' before them, and the entry `./', are passed
 * over; no two names that filename_same.  None of them may be in dir already: that
 * is an error of the disk.  The whole archive, and nothing behind it: a tar that is
 * cut between two files is refused.
 * True, or false and why, for people, in printable ASCII; then what was made is
 * removed again.
 */
bool unpack(int archive, int dir, const struct unpack_limits *limits, char why[UNPACK_WHY]);

#endif
