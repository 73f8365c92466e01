/* SPDX-License-Identifier: ISC */
#include "common/magic.h"
#include "tests/cases.h"
#include "tests/unit/tap.h"

#include <string.h>

/* A file of n octets, zero where nothing is put. */
static struct file {
	char b[65536];
	size_t n;
} file;

static void
start(size_t n)
{
	memset(file.b, 0, sizeof file.b);
	file.n = n;
}

static void
put(size_t at, const void *p, size_t n)
{
	memcpy(file.b + at, p, n);
	if (file.n < at + n)
		file.n = at + n;
}

#define PUT(at, text) put(at, text, sizeof text - 1)

/* A copy of just so many octets, so that a sanitizer sees one too far. */
static enum magic
magic(void)
{
	char *copy = malloc(file.n + (file.n == 0));
	enum magic m;

	if (copy == NULL)
		abort();
	memcpy(copy, file.b, file.n);
	m = magic_of((struct span){ copy, file.n });
	free(copy);
	return m;
}

#define OF(text) (start(0), PUT(0, text), magic())

static const char *
suffix(void)
{
	const char *s = magic_suffix((struct span){ file.b, file.n });

	return s == NULL ? "" : s;
}

static void
programs(void)
{
	OK(OF("MZ\x90\0") == MAGIC_PE && strcmp(suffix(), ".exe") == 0);
	OK(OF("MZ") == MAGIC_NONE && strcmp(suffix(), "") == 0);
	OK(OF("MZ;Name;Ort\r\n1;a;b\r\n") == MAGIC_NONE);
	start(0);
	memset(file.b, 'x', 100);
	PUT(0, "MZ");
	PUT(64, "\0");
	OK(magic() == MAGIC_NONE);
	PUT(63, "\0");
	OK(magic() == MAGIC_PE);
	OK(OF("\x7f" "ELF\2") == MAGIC_ELF && strcmp(suffix(), ".elf") == 0);
	OK(OF("#!/bin/sh\n") == MAGIC_SCRIPT && strcmp(suffix(), ".sh") == 0);
	OK(OF("\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46") == MAGIC_LNK);
	OK(strcmp(suffix(), ".lnk") == 0);
	OK(OF("\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x47") == MAGIC_NONE);
	OK(OF("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == MAGIC_OLE);
	OK(strcmp(suffix(), "") == 0);
	OK(OF("\x78\x9f\x3e\x22") == MAGIC_TNEF);
	OK(OF("") == MAGIC_NONE && OF("P") == MAGIC_NONE);
}

static void
archives(void)
{
	OK(OF("PK\3\4") == MAGIC_ZIP && OF("PK\5\6") == MAGIC_ZIP);
	OK(OF("PK00PK\3\4") == MAGIC_ZIP && OF("PK\7\10PK\3\4") == MAGIC_ZIP);
	OK(OF("PK\1\2") == MAGIC_NONE && OF("PK text") == MAGIC_NONE);
	OK(OF("7z\xbc\xaf\x27\x1c") == MAGIC_7Z);
	OK(OF("Rar!\x1a\7\0") == MAGIC_RAR && OF("Rar!\x1a\7\1\0") == MAGIC_RAR5);
	OK(OF("Rar! text") == MAGIC_NONE && OF("RE~^") == MAGIC_RAR1);
	OK(OF("MSCF\0\0\0\0") == MAGIC_CAB && OF("MSCF text") == MAGIC_NONE);
	OK(OF("!<arch>\n") == MAGIC_AR && OF("xar!\0\x1c") == MAGIC_XAR);
	start(32);
	PUT(0, "\x1b\0-lh5-");
	OK(magic() == MAGIC_LHA);
	PUT(20, "\4");
	OK(magic() == MAGIC_NONE);
	OK(OF("a -lh5- is written so in a text of enough octets") == MAGIC_NONE);
}

static void
cpio(void)
{
	start(0);
	memset(file.b, '0', 200);
	PUT(0, "070707");
	OK(magic() == MAGIC_NONE);
	file.n = 76;
	OK(magic() == MAGIC_CPIO);
	PUT(0, "070701");
	OK(magic() == MAGIC_NONE);
	file.n = 110;
	OK(magic() == MAGIC_CPIO);
	PUT(0, "070702");
	PUT(109, "F");
	OK(magic() == MAGIC_CPIO);
	PUT(109, "x");
	OK(magic() == MAGIC_NONE);
	start(26);
	PUT(0, "\xc7\x71");
	PUT(6, "\xa4\x81");
	PUT(20, "\2");
	PUT(26, "a\0");
	OK(magic() == MAGIC_CPIO);
	PUT(26, "ab");
	OK(magic() == MAGIC_NONE);
	PUT(0, "\x71\xc7");
	PUT(6, "\x81\xa4");
	PUT(20, "\0\2a\0");
	PUT(26, "a\0");
	OK(magic() == MAGIC_CPIO);
}

static void
tar(void)
{
	start(512);
	OK(magic() == MAGIC_NONE);
	PUT(0, "a.exe");
	PUT(148, "001321\0 ");
	OK(magic() == MAGIC_TAR);
	PUT(148, "  1321 ");
	OK(magic() == MAGIC_TAR);
	PUT(148, "  1322 ");
	OK(magic() == MAGIC_NONE);
	PUT(0, "\xe4.exe");
	PUT(148, "001124\0 ");
	OK(magic() == MAGIC_TAR);
	PUT(148, "001524\0 ");
	OK(magic() == MAGIC_TAR);
	file.n = 511;
	OK(magic() == MAGIC_NONE);
}

static void
images(void)
{
	start(40000);
	PUT(32768, "\1CD001");
	OK(magic() == MAGIC_ISO && !magic_unlistable(MAGIC_ISO));
	PUT(36864, "\0BEA01");
	OK(magic() == MAGIC_BRIDGE && magic_archive(MAGIC_BRIDGE) &&
	    magic_unlistable(MAGIC_BRIDGE));
	PUT(32768, "\0BEA01");
	OK(magic() == MAGIC_UDF);
	PUT(32768, "\0NSR02");
	OK(magic() == MAGIC_UDF);
	PUT(32768, "\1CD001");
	PUT(0, "MZ");
	OK(magic() == MAGIC_BRIDGE && strcmp(suffix(), ".exe") == 0);
	OK(magic_all((struct span){ file.b, file.n }) ==
	    ((uint64_t)1 << MAGIC_BRIDGE | (uint64_t)1 << MAGIC_PE));
	start(1024);
	PUT(512, "conectix");
	OK(magic() == MAGIC_VHD);
	PUT(512, "koly\0\0\0\4\0\0\2\0");
	OK(magic() == MAGIC_DMG);
	start(1023);
	PUT(512, "conectix");
	OK(magic() == MAGIC_VHD);
	OK(OF("conectix\0\0\0\2") == MAGIC_VHD && OF("vhdxfile") == MAGIC_VHDX);
	OK(OF("KDMV\1\0\0\0") == MAGIC_VMDK && OF("KDMV text") == MAGIC_NONE);
	OK(OF("# Disk DescriptorFile\nversion=1\n") == MAGIC_VMDK);
	OK(OF("QFI\xfb") == MAGIC_QCOW);
	start(0);
	PUT(64, "\x7f\x10\xda\xbe");
	OK(magic() == MAGIC_VDI);
}

static void
sectors(void)
{
	start(512);
	PUT(510, "\x55\xaa");
	OK(magic() == MAGIC_NONE);
	PUT(446, "\x80\0\0\0\7\0\0\0\1\0\0\0\1\0\0\0");
	OK(magic() == MAGIC_MBR);
	PUT(462, "\x12");
	OK(magic() == MAGIC_NONE);
	PUT(462, "\0");
	PUT(512, "EFI PART");
	OK(magic() == MAGIC_GPT);
	start(512);
	PUT(510, "\x55\xaa");
	PUT(0, "\xeb\x3c\x90MSDOS5.0\0\2\1\1\0\2\xe0\0\x40\x0b\xf0");
	OK(magic() == MAGIC_FAT);
	PUT(13, "\3");
	OK(magic() == MAGIC_NONE);
	PUT(3, "NTFS    ");
	OK(magic() == MAGIC_NTFS);
	PUT(3, "EXFAT   ");
	OK(magic() == MAGIC_EXFAT);
}

static void
others(void)
{
	OK(OF("MSWIM\0\0\0") == MAGIC_WIM && OF("MSWIM text") == MAGIC_NONE);
	OK(OF("1234\0" "67**ACE**") == MAGIC_ACE && OF("1234567**ACE**") == MAGIC_NONE);
	OK(OF("C: NTFS    10 GB\r\n") == MAGIC_NONE);
	start(40);
	PUT(0, "\x60\xea\x29\0\x22\x0b\1\2\x10\0\2");
	OK(magic() == MAGIC_ARJ);
	PUT(10, "\3");
	OK(magic() == MAGIC_NONE);
	start(22);
	PUT(0, "SIT!");
	OK(magic() == MAGIC_NONE);
	PUT(10, "rLau");
	OK(magic() == MAGIC_STUFFIT);
	OK(OF("StuffIt (c)1997-") == MAGIC_STUFFIT);
	start(24);
	PUT(20, "\xdc\xa7\xc4\xfd");
	OK(magic() == MAGIC_ZOO);
	start(96);
	PUT(0, "hsqs");
	OK(magic() == MAGIC_NONE);
	PUT(28, "\4");
	OK(magic() == MAGIC_SQUASHFS);
	OK(OF("SZDD\x88\xf0\x27\x33") == MAGIC_SZDD);
	OK(OF("\x45\x3d\xcd\x28............Compressed ROMFS") == MAGIC_CRAMFS);
	OK(OF("no cramfs.......Compressed ROMFS") == MAGIC_NONE);
	OK(OF("-rom1fs-") == MAGIC_ROMFS);
	OK(OF("WithoutFreeSpace") == MAGIC_PARALLELS);
	OK(OF("\xed\xab\xee\xdb\3") == MAGIC_RPM);
}

static void
compressors(void)
{
	OK(OF("\x1f\x8b\x08\0\0\0\0\0\0\0") == MAGIC_GZIP);
	OK(OF("\x1f\x8b\x08\x20\0\0\0\0\0\0") == MAGIC_NONE);
	OK(OF("BZh91AY&SY") == MAGIC_BZIP2 && OF("BZh9\x17rE8P\x90") == MAGIC_BZIP2);
	OK(OF("BZh01AY&SY") == MAGIC_NONE && OF("BZhang, text") == MAGIC_NONE);
	OK(OF("\xfd" "7zXZ\0") == MAGIC_XZ && OF("\x28\xb5\x2f\xfd") == MAGIC_ZSTD);
	OK(OF("\x50\x2a\x4d\x18\1\0\0\0x\x28\xb5\x2f\xfd") == MAGIC_ZSTD);
	OK(OF("\x5f\x2a\x4d\x18\0\0\0\0\x04\x22\x4d\x18") == MAGIC_LZ4);
	OK(OF("\x50\x2a\x4d\x18\xff\xff\xff\xff\x28\xb5\x2f\xfd") == MAGIC_NONE);
	OK(OF("\x1f\x9d\x90" "ab") == MAGIC_COMPRESS);
	OK(OF("\x1f\x9d\xf0" "ab") == MAGIC_NONE && OF("\x1f\x9d\x88" "ab") == MAGIC_NONE);
	OK(OF("\x1f\x9d\x90" "aa") == MAGIC_NONE);
	OK(OF("LZIP\1\x10") == MAGIC_LZIP && OF("LZIP text") == MAGIC_NONE);
	OK(OF("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0abcd") == MAGIC_LZMA);
	OK(OF("\x5d\0\0\x81\0\xff\xff\xff\xff\xff\xff\xff\xff\0abcd") == MAGIC_NONE);
	OK(OF("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\1abcd") == MAGIC_NONE);
	OK(OF("\x04\x22\x4d\x18\x40\0\0") == MAGIC_LZ4 && OF("LRZI") == MAGIC_LRZIP);
	OK(OF("\x89LZO\0\r\n\x1a\n") == MAGIC_LZOP);
}

static void
classes(void)
{
	bool good = true;

	for (enum magic m = MAGIC_NONE; m < MAGIC_COUNT; m++) {
		int n = magic_archive(m) + magic_compressor(m) + magic_unlistable(m);

		good = good && magic_word(m) != NULL && *magic_word(m) != '\0' &&
		    n == (m < MAGIC_ZIP ? 0 : 1 + (m == MAGIC_BRIDGE));
		for (enum magic k = MAGIC_NONE; k < m; k++)
			good = good && strcmp(magic_word(m), magic_word(k)) != 0;
	}
	OK(good);
	OK(MAGIC_COUNT <= 64);
}

/* At every place around the edges of what is looked at in one go. */
static void
next(void)
{
	static const struct {
		const char *p;
		size_t n;
		enum magic m;
	} ONE[] = { { "PK\5\6", 4, MAGIC_ZIP }, { "Rar!\x1a\7\0", 7, MAGIC_RAR },
	    { "Rar!\x1a\7\1\0", 8, MAGIC_RAR5 }, { "7z\xbc\xaf\x27\x1c", 6, MAGIC_7Z } };
	bool good = true;
	enum magic m;

	for (size_t i = 0; i < 4; i++)
		for (size_t at = 0; at < 140; at++)
			for (size_t n = at + ONE[i].n; n < 200; n += 7) {
				struct span s = { file.b, n };

				start(n);
				put(at, ONE[i].p, ONE[i].n);
				good = good && magic_next(s, 0, &m) == at && m == ONE[i].m &&
				    magic_next(s, at, &m) == at && m == ONE[i].m &&
				    magic_next(s, at + 1, &m) == n && m == MAGIC_NONE;
				s.n = at + ONE[i].n - 1;
				good = good && magic_next(s, 0, &m) == s.n && m == MAGIC_NONE;
			}
	OK(good);
	start(0);
	OK(magic_next((struct span){ file.b, 0 }, 0, &m) == 0 && m == MAGIC_NONE);
	OK(magic_next((struct span){ file.b, 8 }, 20, &m) == 8 && m == MAGIC_NONE);
	PUT(0, "PK\3\4PK\1\2\5\6Rar!\x1a\7PK\5\6Rar!\x1a\7\0");
	OK(magic_next((struct span){ file.b, file.n }, 0, &m) == 16 && m == MAGIC_ZIP);
	OK(magic_next((struct span){ file.b, file.n }, 17, &m) == 20 && m == MAGIC_RAR);
}

static const struct {
	const char *name;
	enum magic m;
	const char *suffix;
} CASES[] = {
	{ "cab-multi.cab", MAGIC_CAB, "" }, { "bomb.zip", MAGIC_ZIP, "" },
	{ "elf64.bin", MAGIC_ELF, ".elf" }, { "enc-hdr.7z", MAGIC_7Z, "" },
	{ "fat.img", MAGIC_FAT, "" }, { "iso9660.iso", MAGIC_ISO, "" },
	{ "msi-real.msi", MAGIC_OLE, ".msi" }, { "mz-text.csv", MAGIC_NONE, "" },
	{ "pe.exe", MAGIC_PE, ".exe" }, { "pe.exe.bz2", MAGIC_BZIP2, "" },
	{ "prepended.zip", MAGIC_NONE, "" }, { "rar-sfx.exe", MAGIC_PE, ".exe" },
	{ "rar4.rar", MAGIC_RAR, "" }, { "rar5-enchdr.rar", MAGIC_RAR5, "" },
	{ "sh.txt", MAGIC_SCRIPT, ".sh" }, { "smuggle.html", MAGIC_NONE, "" },
	{ "split.001", MAGIC_7Z, "" }, { "t.a", MAGIC_AR, "" },
	{ "t.cpio", MAGIC_CPIO, "" }, { "t.tgz", MAGIC_GZIP, "" },
	{ "t.txz", MAGIC_XZ, "" }, { "text.Z", MAGIC_COMPRESS, "" },
	{ "text.zip", MAGIC_NONE, "" }, { "winmail.dat", MAGIC_TNEF, "" },
	{ "x.ace", MAGIC_ACE, "" }, { "x.arj", MAGIC_ARJ, "" },
	{ "x.deb", MAGIC_AR, "" }, { "x.lnk", MAGIC_LNK, ".lnk" },
	{ "x.lzh", MAGIC_LHA, "" }, { "x.one", MAGIC_NONE, "" },
	{ "x.vhd", MAGIC_VHD, "" }, { "zip-noeocd.zip", MAGIC_ZIP, "" },
};

static void
cases(void)
{
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct span s = case_file(CASES[i].name);
		const char *is = s.p != NULL ? magic_suffix(s) : NULL;
		bool good = s.p != NULL && magic_of(s) == CASES[i].m &&
		    strcmp(is == NULL ? "" : is, CASES[i].suffix) == 0;

		if (s.p == NULL) {
			SKIP(CASES[i].name);
			continue;
		}

		if (!good)
			printf("# %s: %s\n", CASES[i].name, magic_word(magic_of(s)));
		OK(good);
		case_free(s);
	}
}

int
main(void)
{
	programs();
	archives();
	cpio();
	tar();
	images();
	sectors();
	others();
	compressors();
	classes();
	next();
	cases();
	return done();
}
