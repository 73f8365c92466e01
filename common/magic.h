/* SPDX-License-Identifier: ISC */
/*
 * What a file's octets say it is, whatever its name.  Only where the octets are
 * sure enough that honest files of other kinds are not taken for one.
 *
 * The figures are from: PE/COFF; MS-SHLLINK 2.1; System V ABI (ELF); MS-CFB 2.2;
 * MS-OXTNEF 2.1.3.1; APPNOTE.TXT 4.3 (zip; 8.5.3, 8.5.4 split markers);
 * 7zFormat.txt; the technotes of RAR 4 and 5; POSIX pax (ustar, cpio), and for
 * their elder forms tar(5), cpio(5), ar(5) of libarchive; MS-CAB 2.1; LHA header
 * levels 0 to 3 as libarchive reads them; ECMA-119 8.1 (ISO 9660), ECMA-167 2/9
 * (UDF); xar(1); RFC 1952 (gzip); bzip2 and xz file formats; RFC 8878 (zstd);
 * compress(1); RFC draft of lzip; lzma-file-format.txt; LZ4 frame format; lzop;
 * lrzip; the FAT and exFAT specifications of Microsoft; UEFI 5.2, 5.3 (MBR, GPT);
 * VHD specification; MS-VHDX 2.2.1; VMDK technote; QEMU qcow2.txt; the header of
 * VirtualBox's VDICore.h; Windows Imaging File Format; ACE and ARJ technotes;
 * the UDIF trailer ("koly"); StuffIt, ZOO, SquashFS and SZDD as file(1) tells
 * them; ext2, cramfs and romfs as Linux documents them; Parallels and the lead of
 * RPM (LSB 25.2).
 *
 * Pure: reads no more than a few places of content, no memory of its own.
 */
#ifndef MAGIC_H
#define MAGIC_H

#include "common/record.h"

#include <stdint.h>

enum magic {
	MAGIC_NONE,
	/* programs */
	MAGIC_PE,		/* MZ with a NUL in its first 64 octets, else text */
	MAGIC_LNK,
	MAGIC_ELF,
	MAGIC_SCRIPT,		/* #! */
	/* documents with others within */
	MAGIC_OLE,
	MAGIC_TNEF,
	/* archives with a reader */
	MAGIC_ZIP,
	MAGIC_7Z,
	MAGIC_RAR,		/* 1.5 to 4 */
	MAGIC_RAR5,
	MAGIC_TAR,
	MAGIC_CAB,
	MAGIC_LHA,
	MAGIC_CPIO,
	MAGIC_AR,
	MAGIC_ISO,
	MAGIC_BRIDGE,		/* ISO and UDF: the UDF side of it has no reader */
	MAGIC_XAR,
	/* one file compressed */
	MAGIC_GZIP,
	MAGIC_BZIP2,
	MAGIC_XZ,
	MAGIC_ZSTD,
	MAGIC_COMPRESS,
	MAGIC_LZIP,
	MAGIC_LZMA,
	MAGIC_LZ4,
	MAGIC_LRZIP,
	MAGIC_LZOP,
	/* known, no reader */
	MAGIC_FAT,
	MAGIC_EXFAT,
	MAGIC_NTFS,
	MAGIC_MBR,
	MAGIC_GPT,
	MAGIC_VHD,
	MAGIC_VHDX,
	MAGIC_VMDK,
	MAGIC_QCOW,
	MAGIC_VDI,
	MAGIC_WIM,
	MAGIC_ACE,
	MAGIC_ARJ,
	MAGIC_UDF,
	MAGIC_DMG,
	MAGIC_STUFFIT,
	MAGIC_ZOO,
	MAGIC_SQUASHFS,
	MAGIC_RAR1,		/* before 1.5 */
	MAGIC_SZDD,
	MAGIC_EXT,
	MAGIC_CRAMFS,
	MAGIC_ROMFS,
	MAGIC_PARALLELS,
	MAGIC_RPM,
	MAGIC_COUNT
};

/*
 * The kind of a whole file.  Where it is several at once (anything may stand in
 * front of an ISO image or a fixed VHD) the one that is told by more octets:
 * ISO, UDF, VHD, DMG and TAR before what the first octets say.
 */
enum magic magic_of(struct span content);

/* All of them: bit 1 << m for each; 0 where it is none. */
uint64_t magic_all(struct span content);

/* MAGIC_BRIDGE is an archive and unlistable; no other is two of these. */
bool magic_archive(enum magic m);
bool magic_compressor(enum magic m);
bool magic_unlistable(enum magic m);

/* Is any of these bits (magic_all) of a kind: magic_archive, ...? */
bool magic_any(uint64_t all, bool (*is)(enum magic m));

/* One word for a record; "none" for MAGIC_NONE. */
const char *magic_word(enum magic m);

/*
 * The suffix that such octets have where they are started: .exe .lnk .msi .elf
 * .sh, or NULL.  By the first octets alone, whatever else the file is.
 */
const char *magic_suffix(struct span content);

/*
 * The offset, at or after at, of the next signature of an archive that may stand
 * behind something else: the end of a zip's central directory (MAGIC_ZIP), RAR,
 * RAR5, 7Z.  content.n: there is no more, and *m is MAGIC_NONE.
 */
size_t magic_next(struct span content, size_t at, enum magic *m);

#endif
