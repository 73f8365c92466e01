/* SPDX-License-Identifier: ISC */
#include "common/magic.h"
#include "common/little.h"
#include "common/ole.h"

#include <string.h>

enum {
	SECTOR = 512,
	VOLUME_AT = 32768,	/* of the first volume descriptor */
	VOLUME = 2048,
	VOLUMES = 64,		/* looked at */
	SUPERBLOCK = 1024	/* of ext2 */
};

static unsigned
u8(struct span s, size_t at)
{
	return (unsigned char)s.p[at];
}

static unsigned
u16(struct span s, size_t at)
{
	return little16(s.p + at);
}

static uint32_t
u32(struct span s, size_t at)
{
	return little32(s.p + at);
}

static bool
holds(struct span s, size_t at, const char *octets, size_t n)
{
	return at <= s.n && s.n - at >= n && memcmp(s.p + at, octets, n) == 0;
}

#define HOLDS(s, at, octets) holds(s, at, octets, sizeof octets - 1)

static bool
power_of_2(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* n octets from at, all of them between lowest and highest? */
static bool
between(struct span s, size_t at, size_t n, char lowest, char highest)
{
	for (size_t i = at; i < at + n; i++)
		if (s.p[i] < lowest || s.p[i] > highest)
			return false;
	return true;
}

static bool
pe(struct span s)
{
	return memchr(s.p, '\0', s.n < 64 ? s.n : 64) != NULL;
}

static bool
bridge(struct span s)
{
	for (size_t i = 1; i < VOLUMES; i++)
		if (HOLDS(s, VOLUME_AT + VOLUME * i + 1, "BEA01") ||
		    HOLDS(s, VOLUME_AT + VOLUME * i + 1, "NSR02") ||
		    HOLDS(s, VOLUME_AT + VOLUME * i + 1, "NSR03"))
			return true;
	return false;
}

static bool
iso(struct span s)
{
	return !bridge(s);
}

/* The footer of a fixed disk; it is 511 octets where it is old. */
static bool
vhd(struct span s)
{
	return (s.n > SECTOR && HOLDS(s, s.n - SECTOR, "conectix")) ||
	    (s.n > SECTOR && HOLDS(s, s.n - SECTOR + 1, "conectix"));
}

static bool
dmg(struct span s)
{
	return s.n >= SECTOR && HOLDS(s, s.n - SECTOR, "koly\0\0\0\4\0\0\2\0");
}

/* The header's sum, its own field taken as blanks.  Some sum signed octets: that
   may be a small number, which others hit, so it must be written as they do. */
static bool
tar(struct span s)
{
	enum { SUM = 148, SUM_N = 8 };
	uint32_t sum = 0, bare = SUM_N * ' ', minus = 0;
	size_t i = SUM, digits;
	bool written;

	if (s.n < SECTOR)
		return false;
	while (i < SUM + SUM_N && s.p[i] == ' ')
		i++;
	for (digits = i; i < SUM + SUM_N && s.p[i] >= '0' && s.p[i] <= '7'; i++)
		sum = sum * 8 + (uint32_t)(s.p[i] - '0');
	if (i == digits)
		return false;
	written = i - digits >= 3 && i < SUM + SUM_N && (s.p[i] == ' ' || s.p[i] == '\0');
	for (i = 0; i < SECTOR; i++)
		if (i < SUM || i >= SUM + SUM_N) {
			bare += u8(s, i);
			minus += u8(s, i) & 0x80 ? 256 : 0;
		}
	return sum == bare || (sum == bare - minus && written);
}

/* -lh5- and its like, at 2; the level at 20 says how the size is written. */
static bool
lha(struct span s)
{
	static const char *const FAMILY[] = { "-lh", "-lz", "-pm" };
	size_t i;

	if (s.n < 24 || s.p[6] != '-')
		return false;
	for (i = 0; i < 3 && !holds(s, 2, FAMILY[i], 3); i++)
		;
	if (i == 3 || !(between(s, 5, 1, '0', '9') || between(s, 5, 1, 'a', 'z')))
		return false;
	switch (u8(s, 20)) {
	case 0:
		return u8(s, 0) >= 20;
	case 1:
		return u8(s, 0) >= 25;
	case 2:
		return u16(s, 0) >= 24;
	case 3:
		return u16(s, 0) == 4;
	}
	return false;
}

static bool
cpio_odc(struct span s)
{
	return s.n >= 76 && between(s, 6, 70, '0', '7');
}

static bool
cpio_newc(struct span s)
{
	if (s.n < 110)
		return false;
	for (size_t i = 6; i < 110; i++)
		if (!between(s, i, 1, '0', '9') && !between(s, i, 1, 'a', 'f') &&
		    !between(s, i, 1, 'A', 'F'))
			return false;
	return true;
}

/* Two octets are no proof: a mode with a known type of file, and a name that
   ends where its length says. */
static bool
cpio_binary(struct span s, unsigned mode, size_t name)
{
	enum { HEAD = 26, NAME_MAX_N = 4096 };
	static const unsigned TYPES = 1U << 0 | 1U << 1 | 1U << 2 | 1U << 4 | 1U << 6 |
	    1U << 8 | 1U << 10 | 1U << 12;

	if (name < 2 || name > NAME_MAX_N || s.n < HEAD + name)
		return false;
	if ((TYPES >> (mode >> 12) & 1) == 0)
		return false;
	return memchr(s.p + HEAD, '\0', name) == s.p + HEAD + name - 1;
}

static unsigned
swapped(unsigned v)
{
	return (v >> 8 | v << 8) & 0xffff;
}

static bool
cpio_little(struct span s)
{
	return s.n >= 26 && cpio_binary(s, u16(s, 6), u16(s, 20));
}

static bool
cpio_big(struct span s)
{
	return s.n >= 26 && cpio_binary(s, swapped(u16(s, 6)), swapped(u16(s, 20)));
}

static bool
gzip(struct span s)
{
	return s.n >= 10 && (u8(s, 3) & 0xe0) == 0;
}

/* A block, or the end of an empty file. */
static bool
bzip2(struct span s)
{
	return s.n >= 4 && s.p[3] >= '1' && s.p[3] <= '9' &&
	    (HOLDS(s, 4, "\x31\x41\x59\x26\x53\x59") ||
	    HOLDS(s, 4, "\x17\x72\x45\x38\x50\x90"));
}

/* The widest code has 9 to 16 bits, and the first one is a plain octet. */
static bool
compress(struct span s)
{
	unsigned bits = s.n >= 5 ? u8(s, 2) & 0x7f : 0;

	return bits >= 9 && bits <= 16 && (u8(s, 4) & 1) == 0;
}

static bool
lzip(struct span s)
{
	return s.n >= 6 && u8(s, 4) <= 1 && (u8(s, 5) & 0x1f) >= 12 &&
	    (u8(s, 5) & 0x1f) <= 29;
}

/* No signature: properties, a size of dictionary that is one or three halves
   of a power of 2, a size (unknown, or below 256 GiB), the coder's first octet. */
static bool
lzma(struct span s)
{
	uint32_t dict, high;

	if (s.n < 18 || u8(s, 0) == 0 || u8(s, 0) > 224 || u8(s, 13) != 0)
		return false;
	dict = u32(s, 1);
	if (dict < 4096 || (!power_of_2(dict) && !power_of_2(dict / 3)) ||
	    (!power_of_2(dict) && dict % 3 != 0))
		return false;
	high = u32(s, 9);
	if (high == UINT32_MAX)
		return u32(s, 5) == UINT32_MAX;
	return high < 64 && (high | u32(s, 5)) != 0;
}

static bool
lz4(struct span s)
{
	return s.n >= 7 && (u8(s, 4) & 0xc0) == 0x40;
}

/* Frames to be skipped, of zstd and lz4 alike; then the frame that is meant. */
static bool
skipped(struct span s, const char *frame)
{
	size_t at = 0, n;

	while (s.n - at >= 8 && u32(s, at) >> 4 == 0x184d2a5) {
		n = u32(s, at + 4);
		if (n > s.n - at - 8)
			return false;
		at += 8 + n;
	}
	return at > 0 && holds(s, at, frame, 4);
}

static bool
skipped_zstd(struct span s)
{
	return skipped(s, "\x28\xb5\x2f\xfd");
}

static bool
skipped_lz4(struct span s)
{
	return skipped(s, "\x04\x22\x4d\x18");
}

/* A jump over the parameters, and parameters that make sense. */
/* Two octets are not enough: there are inodes, blocks of a size, a known revision. */
static bool
ext(struct span s)
{
	return s.n >= SUPERBLOCK + 80 && u32(s, SUPERBLOCK) != 0 &&
	    u32(s, SUPERBLOCK + 4) != 0 && u32(s, SUPERBLOCK + 24) <= 6 &&
	    u32(s, SUPERBLOCK + 76) <= 1;
}

static bool
cramfs(struct span s)
{
	return HOLDS(s, 0, "\x45\x3d\xcd\x28") || HOLDS(s, 0, "\x28\xcd\x3d\x45");
}

static bool
fat(struct span s)
{
	uint32_t sector = u16(s, 11);

	if (u8(s, 0) != 0xe9 && !(u8(s, 0) == 0xeb && u8(s, 2) == 0x90))
		return false;
	return power_of_2(sector) && sector >= 512 && sector <= 4096 &&
	    power_of_2(u8(s, 13)) && u16(s, 14) != 0 &&
	    (u8(s, 16) == 1 || u8(s, 16) == 2) &&
	    (u16(s, 19) != 0 || u32(s, 32) != 0);
}

/* Else a table in a text that names the file system is taken for one. */
static bool
jump(struct span s)
{
	return u8(s, 0) == 0xeb || u8(s, 0) == 0xe9;
}

/* Four partitions: unused, or with a type, a place and a size. */
static bool
mbr(struct span s)
{
	enum { TABLE = 446, ENTRY = 16 };
	int used = 0;

	for (size_t at = TABLE; at < TABLE + 4 * ENTRY; at += ENTRY) {
		if ((u8(s, at) & 0x7f) != 0)
			return false;
		if (u8(s, at + 4) == 0 && (u8(s, at) | u32(s, at + 8) | u32(s, at + 12)) != 0)
			return false;
		if (u8(s, at + 4) != 0 && (u32(s, at + 8) == 0 || u32(s, at + 12) == 0))
			return false;
		used += u8(s, at + 4) != 0;
	}
	return used > 0;
}

static bool
vmdk(struct span s)
{
	return s.n >= 8 && u32(s, 4) >= 1 && u32(s, 4) <= 3;
}

/* The main header comes first: its type is 0. */
static bool
ace(struct span s)
{
	return u8(s, 4) == 0;
}

/* Likewise; its type is 2. */
static bool
arj(struct span s)
{
	return s.n >= 34 && u16(s, 2) >= 30 && u16(s, 2) <= 2600 && u8(s, 4) >= 30 &&
	    u8(s, 4) <= u16(s, 2) && u8(s, 10) == 2;
}

static bool
stuffit(struct span s)
{
	return HOLDS(s, 10, "rLau");
}

static bool
squashfs_little(struct span s)
{
	return s.n >= 96 && u16(s, 28) >= 1 && u16(s, 28) <= 4;
}

static bool
squashfs_big(struct span s)
{
	return s.n >= 96 && swapped(u16(s, 28)) >= 1 && swapped(u16(s, 28)) <= 4;
}

#define OCTETS(o) sizeof o - 1, o
#define LNK_CLSID "\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
#define BOOTABLE OCTETS("\x55\xaa")

/* In the order of magic_of. */
static const struct sign {
	enum magic m;
	unsigned at;
	unsigned n;
	const char *octets;
	bool (*more)(struct span);
} SIGNS[] = {
	{ MAGIC_BRIDGE, VOLUME_AT + 1, OCTETS("CD001"), bridge },
	{ MAGIC_ISO, VOLUME_AT + 1, OCTETS("CD001"), iso },
	{ MAGIC_UDF, VOLUME_AT + 1, OCTETS("BEA01"), NULL },
	{ MAGIC_UDF, VOLUME_AT + 1, OCTETS("NSR02"), NULL },
	{ MAGIC_UDF, VOLUME_AT + 1, OCTETS("NSR03"), NULL },
	{ MAGIC_VHD, 0, OCTETS("conectix\0\0\0"), NULL },
	{ MAGIC_VHD, 0, 0, "", vhd },
	{ MAGIC_DMG, 0, 0, "", dmg },
	{ MAGIC_DMG, 0, OCTETS("encrcdsa"), NULL },
	{ MAGIC_TAR, 0, 0, "", tar },
	{ MAGIC_PE, 0, OCTETS("MZ"), pe },
	{ MAGIC_LNK, 0, OCTETS("\x4c\0\0\0" LNK_CLSID), NULL },
	{ MAGIC_ELF, 0, OCTETS("\x7f" "ELF"), NULL },
	{ MAGIC_SCRIPT, 0, OCTETS("#!"), NULL },
	{ MAGIC_OLE, 0, OCTETS("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), NULL },
	{ MAGIC_TNEF, 0, OCTETS("\x78\x9f\x3e\x22"), NULL },
	{ MAGIC_ZIP, 0, OCTETS("PK\3\4"), NULL },
	{ MAGIC_ZIP, 0, OCTETS("PK\5\6"), NULL },
	{ MAGIC_ZIP, 0, OCTETS("PK00PK\3\4"), NULL },
	{ MAGIC_ZIP, 0, OCTETS("PK\7\10PK\3\4"), NULL },
	{ MAGIC_7Z, 0, OCTETS("7z\xbc\xaf\x27\x1c"), NULL },
	{ MAGIC_RAR, 0, OCTETS("Rar!\x1a\7\0"), NULL },
	{ MAGIC_RAR5, 0, OCTETS("Rar!\x1a\7\1\0"), NULL },
	{ MAGIC_CAB, 0, OCTETS("MSCF\0\0\0\0"), NULL },
	{ MAGIC_LHA, 0, 0, "", lha },
	{ MAGIC_CPIO, 0, OCTETS("070707"), cpio_odc },
	{ MAGIC_CPIO, 0, OCTETS("070701"), cpio_newc },
	{ MAGIC_CPIO, 0, OCTETS("070702"), cpio_newc },
	{ MAGIC_CPIO, 0, OCTETS("\xc7\x71"), cpio_little },
	{ MAGIC_CPIO, 0, OCTETS("\x71\xc7"), cpio_big },
	{ MAGIC_AR, 0, OCTETS("!<arch>\n"), NULL },
	{ MAGIC_XAR, 0, OCTETS("xar!\0"), NULL },
	{ MAGIC_GZIP, 0, OCTETS("\x1f\x8b\x08"), gzip },
	{ MAGIC_BZIP2, 0, OCTETS("BZh"), bzip2 },
	{ MAGIC_XZ, 0, OCTETS("\xfd" "7zXZ\0"), NULL },
	{ MAGIC_ZSTD, 0, OCTETS("\x28\xb5\x2f\xfd"), NULL },
	{ MAGIC_ZSTD, 0, 0, "", skipped_zstd },
	{ MAGIC_COMPRESS, 0, OCTETS("\x1f\x9d"), compress },
	{ MAGIC_LZIP, 0, OCTETS("LZIP"), lzip },
	{ MAGIC_LZMA, 0, 0, "", lzma },
	{ MAGIC_LZ4, 0, OCTETS("\x04\x22\x4d\x18"), lz4 },
	{ MAGIC_LZ4, 0, OCTETS("\x02\x21\x4c\x18"), NULL },
	{ MAGIC_LZ4, 0, 0, "", skipped_lz4 },
	{ MAGIC_LRZIP, 0, OCTETS("LRZI"), NULL },
	{ MAGIC_LZOP, 0, OCTETS("\x89LZO\0\r\n\x1a\n"), NULL },
	{ MAGIC_VHDX, 0, OCTETS("vhdxfile"), NULL },
	{ MAGIC_VMDK, 0, OCTETS("KDMV"), vmdk },
	{ MAGIC_VMDK, 0, OCTETS("COWD"), vmdk },
	{ MAGIC_VMDK, 0, OCTETS("# Disk DescriptorFile"), NULL },
	{ MAGIC_QCOW, 0, OCTETS("QFI\xfb"), NULL },
	{ MAGIC_VDI, 64, OCTETS("\x7f\x10\xda\xbe"), NULL },
	{ MAGIC_WIM, 0, OCTETS("MSWIM\0\0\0"), NULL },
	{ MAGIC_WIM, 0, OCTETS("WLPWM\0\0\0"), NULL },
	{ MAGIC_ACE, 7, OCTETS("**ACE**"), ace },
	{ MAGIC_ARJ, 0, OCTETS("\x60\xea"), arj },
	{ MAGIC_STUFFIT, 0, OCTETS("SIT!"), stuffit },
	{ MAGIC_STUFFIT, 0, OCTETS("StuffIt (c)"), NULL },
	{ MAGIC_STUFFIT, 0, OCTETS("StuffIt!"), NULL },
	{ MAGIC_ZOO, 20, OCTETS("\xdc\xa7\xc4\xfd"), NULL },
	{ MAGIC_SQUASHFS, 0, OCTETS("hsqs"), squashfs_little },
	{ MAGIC_SQUASHFS, 0, OCTETS("sqsh"), squashfs_big },
	{ MAGIC_RAR1, 0, OCTETS("RE~^"), NULL },
	{ MAGIC_SZDD, 0, OCTETS("SZDD\x88\xf0\x27\x33"), NULL },
	{ MAGIC_EXT, SUPERBLOCK + 56, OCTETS("\x53\xef"), ext },
	{ MAGIC_CRAMFS, 16, OCTETS("Compressed ROMFS"), cramfs },
	{ MAGIC_ROMFS, 0, OCTETS("-rom1fs-"), NULL },
	{ MAGIC_PARALLELS, 0, OCTETS("WithoutFreeSpace"), NULL },
	{ MAGIC_PARALLELS, 0, OCTETS("WithouFreSpacExt"), NULL },
	{ MAGIC_RPM, 0, OCTETS("\xed\xab\xee\xdb"), NULL },
	{ MAGIC_EXFAT, 3, OCTETS("EXFAT   "), jump },
	{ MAGIC_NTFS, 3, OCTETS("NTFS    "), jump },
	{ MAGIC_FAT, 510, BOOTABLE, fat },
	{ MAGIC_GPT, 512, OCTETS("EFI PART"), NULL },
	{ MAGIC_GPT, 4096, OCTETS("EFI PART"), NULL },
	{ MAGIC_MBR, 510, BOOTABLE, mbr },
};

enum { SIGNS_N = sizeof SIGNS / sizeof SIGNS[0] };

static const struct {
	const char *word;
	enum { OTHER, ARCHIVE, COMPRESSOR, UNLISTABLE } kind;
	const char *suffix;
} KINDS[MAGIC_COUNT] = {
	[MAGIC_NONE] = { "none", OTHER, NULL },
	[MAGIC_PE] = { "pe", OTHER, ".exe" },
	[MAGIC_LNK] = { "lnk", OTHER, ".lnk" },
	[MAGIC_ELF] = { "elf", OTHER, ".elf" },
	[MAGIC_SCRIPT] = { "script", OTHER, ".sh" },
	[MAGIC_OLE] = { "ole", OTHER, NULL },
	[MAGIC_TNEF] = { "tnef", OTHER, NULL },
	[MAGIC_ZIP] = { "zip", ARCHIVE, NULL },
	[MAGIC_7Z] = { "7z", ARCHIVE, NULL },
	[MAGIC_RAR] = { "rar", ARCHIVE, NULL },
	[MAGIC_RAR5] = { "rar5", ARCHIVE, NULL },
	[MAGIC_TAR] = { "tar", ARCHIVE, NULL },
	[MAGIC_CAB] = { "cab", ARCHIVE, NULL },
	[MAGIC_LHA] = { "lha", ARCHIVE, NULL },
	[MAGIC_CPIO] = { "cpio", ARCHIVE, NULL },
	[MAGIC_AR] = { "ar", ARCHIVE, NULL },
	[MAGIC_ISO] = { "iso", ARCHIVE, NULL },
	[MAGIC_BRIDGE] = { "bridge", ARCHIVE, NULL },
	[MAGIC_XAR] = { "xar", ARCHIVE, NULL },
	[MAGIC_GZIP] = { "gzip", COMPRESSOR, NULL },
	[MAGIC_BZIP2] = { "bzip2", COMPRESSOR, NULL },
	[MAGIC_XZ] = { "xz", COMPRESSOR, NULL },
	[MAGIC_ZSTD] = { "zstd", COMPRESSOR, NULL },
	[MAGIC_COMPRESS] = { "compress", COMPRESSOR, NULL },
	[MAGIC_LZIP] = { "lzip", COMPRESSOR, NULL },
	[MAGIC_LZMA] = { "lzma", COMPRESSOR, NULL },
	[MAGIC_LZ4] = { "lz4", COMPRESSOR, NULL },
	[MAGIC_LRZIP] = { "lrzip", COMPRESSOR, NULL },
	[MAGIC_LZOP] = { "lzop", COMPRESSOR, NULL },
	[MAGIC_FAT] = { "fat", UNLISTABLE, NULL },
	[MAGIC_EXFAT] = { "exfat", UNLISTABLE, NULL },
	[MAGIC_NTFS] = { "ntfs", UNLISTABLE, NULL },
	[MAGIC_MBR] = { "mbr", UNLISTABLE, NULL },
	[MAGIC_GPT] = { "gpt", UNLISTABLE, NULL },
	[MAGIC_VHD] = { "vhd", UNLISTABLE, NULL },
	[MAGIC_VHDX] = { "vhdx", UNLISTABLE, NULL },
	[MAGIC_VMDK] = { "vmdk", UNLISTABLE, NULL },
	[MAGIC_QCOW] = { "qcow", UNLISTABLE, NULL },
	[MAGIC_VDI] = { "vdi", UNLISTABLE, NULL },
	[MAGIC_WIM] = { "wim", UNLISTABLE, NULL },
	[MAGIC_ACE] = { "ace", UNLISTABLE, NULL },
	[MAGIC_ARJ] = { "arj", UNLISTABLE, NULL },
	[MAGIC_UDF] = { "udf", UNLISTABLE, NULL },
	[MAGIC_DMG] = { "dmg", UNLISTABLE, NULL },
	[MAGIC_STUFFIT] = { "stuffit", UNLISTABLE, NULL },
	[MAGIC_ZOO] = { "zoo", UNLISTABLE, NULL },
	[MAGIC_SQUASHFS] = { "squashfs", UNLISTABLE, NULL },
	[MAGIC_RAR1] = { "rar1", UNLISTABLE, NULL },
	[MAGIC_SZDD] = { "szdd", UNLISTABLE, NULL },
	[MAGIC_EXT] = { "ext", UNLISTABLE, NULL },
	[MAGIC_CRAMFS] = { "cramfs", UNLISTABLE, NULL },
	[MAGIC_ROMFS] = { "romfs", UNLISTABLE, NULL },
	[MAGIC_PARALLELS] = { "parallels", UNLISTABLE, NULL },
	[MAGIC_RPM] = { "rpm", UNLISTABLE, NULL },
};

static bool
hits(const struct sign *sign, struct span content)
{
	return holds(content, sign->at, sign->octets, sign->n) &&
	    (sign->more == NULL || sign->more(content));
}

enum magic
magic_of(struct span content)
{
	for (size_t i = 0; content.n > 0 && i < SIGNS_N; i++)
		if (hits(&SIGNS[i], content))
			return SIGNS[i].m;
	return MAGIC_NONE;
}

uint64_t
magic_all(struct span content)
{
	uint64_t all = 0;

	for (size_t i = 0; content.n > 0 && i < SIGNS_N; i++)
		if (hits(&SIGNS[i], content))
			all |= (uint64_t)1 << SIGNS[i].m;
	return all;
}

bool
magic_archive(enum magic m)
{
	return KINDS[m].kind == ARCHIVE;
}

bool
magic_compressor(enum magic m)
{
	return KINDS[m].kind == COMPRESSOR;
}

bool
magic_unlistable(enum magic m)
{
	return KINDS[m].kind == UNLISTABLE || m == MAGIC_BRIDGE;
}

bool
magic_any(uint64_t all, bool (*is)(enum magic m))
{
	for (enum magic m = 0; m < MAGIC_COUNT; m++)
		if ((all & (uint64_t)1 << m) && is(m))
			return true;
	return false;
}

const char *
magic_word(enum magic m)
{
	return KINDS[m].word;
}

static bool
installer(struct span content)
{
	static const unsigned char MSI[OLE_CLSID] = { 0x84, 0x10, 0x0c, 0, 0, 0, 0, 0,
	    0xc0, 0, 0, 0, 0, 0, 0, 0x46 };
	unsigned char clsid[OLE_CLSID];

	return ole_root(content, clsid) && memcmp(clsid, MSI, sizeof MSI) == 0;
}

const char *
magic_suffix(struct span content)
{
	for (size_t i = 0; content.n > 0 && i < SIGNS_N; i++)
		if (KINDS[SIGNS[i].m].suffix != NULL && hits(&SIGNS[i], content))
			return KINDS[SIGNS[i].m].suffix;
	return installer(content) ? ".msi" : NULL;
}

/* What magic_next looks for: by two octets that are rare wherever they stand. */
static const struct {
	enum magic m;
	unsigned rare;		/* where these are */
	unsigned n;
	const char *octets;
} SOUGHT[] = {
	{ MAGIC_ZIP, 2, OCTETS("PK\5\6") },
	{ MAGIC_RAR, 4, OCTETS("Rar!\x1a\7\0") },
	{ MAGIC_RAR5, 4, OCTETS("Rar!\x1a\7\1\0") },
	{ MAGIC_7Z, 2, OCTETS("7z\xbc\xaf\x27\x1c") },
};

/* Sixteen octets at a time, with no intrinsic function: measured against memmem,
   memchr and a table, two to ten times as fast on noise and on text. */
typedef unsigned char lanes __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));
enum { LANES = sizeof(lanes), BLOCK = 4 * LANES };

/* Not zero in each lane where two rare octets begin; reads one octet more. */
static lanes
rare(const char *p)
{
	lanes a, b;

	memcpy(&a, p, LANES);
	memcpy(&b, p + 1, LANES);
	return (lanes)(((a == 5) & (b == 6)) | ((a == 0x1a) & (b == 7)) |
	    ((a == 0xbc) & (b == 0xaf)));
}

static bool
rare_in(const char *block)
{
	halves h = (halves)(rare(block) | rare(block + LANES) |
	    rare(block + 2 * LANES) | rare(block + 3 * LANES));

	return (h[0] | h[1]) != 0;
}

/* The signature at or after from whose rare octets are at at, or none. */
static size_t
signature(struct span s, size_t from, size_t at, enum magic *m)
{
	for (size_t i = 0; i < sizeof SOUGHT / sizeof SOUGHT[0]; i++)
		if (s.p[at] == SOUGHT[i].octets[SOUGHT[i].rare] &&
		    at - from >= SOUGHT[i].rare &&
		    holds(s, at - SOUGHT[i].rare, SOUGHT[i].octets, SOUGHT[i].n)) {
			*m = SOUGHT[i].m;
			return at - SOUGHT[i].rare;
		}
	return s.n;
}

size_t
magic_next(struct span content, size_t at, enum magic *m)
{
	size_t from = at, end, found;

	*m = MAGIC_NONE;
	while (at < content.n) {
		end = content.n - at > BLOCK ? at + BLOCK : content.n;
		if (end < content.n && !rare_in(content.p + at))
			at = end;
		for (; at < end; at++)
			if ((found = signature(content, from, at, m)) < content.n)
				return found;
	}
	return content.n;
}
