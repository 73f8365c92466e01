/* SPDX-License-Identifier: ISC */
#include "common/ole.h"
#include "common/little.h"

#include <stdint.h>
#include <string.h>

enum {
	HEADER = 512,
	SECTOR_SHIFT = 30,
	DIRECTORY = 48,
	DIFAT = 68,
	HEADER_DIFAT = 76,
	HEADER_FATS = 109
};

enum {
	ENTRY = 128,
	ENTRY_NAME = 64,	/* bytes; their number follows, with the NUL */
	ENTRY_TYPE = 66,	/* 0: not in use */
	ENTRY_CLSID = 80
};

/* A walk along the sectors of the directory. */
struct walk {
	const unsigned char *p;
	size_t n;
	unsigned shift;
	size_t sectors;
	size_t budget;		/* visits still allowed */
	uint32_t sector;
};

/* A whole sector, or NULL: there is none, or enough were seen. */
static const unsigned char *
sector(struct walk *w, uint32_t number)
{
	if (number >= w->sectors || w->budget == 0)
		return NULL;
	w->budget--;
	return w->p + (((size_t)number + 1) << w->shift);
}

/* Where the FAT's sector of this index is; beyond all: nowhere. */
static uint32_t
fat_sector(struct walk *w, size_t index)
{
	size_t each = ((size_t)1 << w->shift) / 4 - 1;
	const unsigned char *p;
	uint32_t next = little32(w->p + DIFAT);

	if (index < HEADER_FATS)
		return little32(w->p + HEADER_DIFAT + 4 * index);
	for (index -= HEADER_FATS; (p = sector(w, next)) != NULL; index -= each) {
		if (index < each)
			return little32(p + 4 * index);
		next = little32(p + 4 * each);
	}
	return UINT32_MAX;
}

static uint32_t
following(struct walk *w, uint32_t number)
{
	size_t each = ((size_t)1 << w->shift) / 4;
	const unsigned char *p = sector(w, fat_sector(w, number / each));

	return p == NULL ? UINT32_MAX : little32(p + 4 * (number % each));
}

static bool
begin(struct walk *w, struct span file)
{
	w->p = (const unsigned char *)file.p;
	w->n = file.n;
	if (w->n < HEADER || memcmp(w->p, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) != 0)
		return false;
	w->shift = w->p[SECTOR_SHIFT];
	if ((w->shift != 9 && w->shift != 12) || w->n >> w->shift == 0)
		return false;
	w->sectors = (w->n >> w->shift) - 1;
	w->budget = 3 * w->sectors;	/* one of the directory, FAT and DIFAT each */
	w->sector = little32(w->p + DIRECTORY);
	return true;
}

bool
ole_root(struct span file, unsigned char clsid[OLE_CLSID])
{
	struct walk w;
	const unsigned char *p;

	if (!begin(&w, file) || (p = sector(&w, w.sector)) == NULL)
		return false;
	memcpy(clsid, p + ENTRY_CLSID, OLE_CLSID);
	return true;
}

static bool
same(unsigned char a, unsigned char b)
{
	if (a == b)
		return true;
	return (a ^ b) == 0x20 && (a | 0x20) >= 'a' && (a | 0x20) <= 'z';
}

/* Is the entry in use, and called name, of n letters? */
static bool
called(const unsigned char *entry, const char *name, size_t n)
{
	if (entry[ENTRY_TYPE] == 0 || entry[ENTRY_NAME + 1] != 0 ||
	    entry[ENTRY_NAME] != 2 * (n + 1))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same(entry[2 * i], (unsigned char)name[i]) || entry[2 * i + 1] != 0)
			return false;
	return true;
}

bool
ole_has(struct span file, const char *name)
{
	struct walk w;
	const unsigned char *p;
	size_t n = strlen(name);

	if (n >= ENTRY_NAME / 2 || !begin(&w, file))
		return false;
	while ((p = sector(&w, w.sector)) != NULL) {
		for (size_t at = 0; at < (size_t)1 << w.shift; at += ENTRY)
			if (called(p + at, name, n))
				return true;
		w.sector = following(&w, w.sector);
	}
	return false;
}
