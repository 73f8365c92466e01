/* SPDX-License-Identifier: ISC */
/*
 * One LLVMFuzzerTestOneInput a parser.  With -DREPLAY its file is a program
 * that runs each file named, or in a folder named, through it: the corpus is a
 * part of the ordinary tests.  It also tries every input with its end cut off
 * and with bytes flipped, the same ones each time; with SOAK, many more of them.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#ifdef REPLAY
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { VARIANTS = 100, VARIANTS_SOAK = 2000, INPUT_MAX = 1 << 20 };

/* A copy of exactly n bytes, so that a sanitizer sees one byte too far. */
static void
replay_one(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (copy == NULL)
		err(75, "malloc");
	memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void
replay_variants(uint8_t *data, size_t n)
{
	uint32_t seed = (uint32_t)n + 1;
	int variants = getenv("SOAK") != NULL ? VARIANTS_SOAK : VARIANTS;

	replay_one(data, n);
	for (int i = 0; n > 0 && i < variants; i++) {
		size_t at;
		uint8_t old;

		seed = seed * 1664525u + 1013904223u;
		at = (seed >> 8) % n;
		old = data[at];
		data[at] = (uint8_t)(seed >> 3);
		replay_one(data, i % 3 ? n : at);
		data[at] = old;
	}
}

static void
replay_path(const char *path)
{
	struct stat st;
	DIR *d;
	FILE *f;
	struct dirent *e;
	static uint8_t data[INPUT_MAX];

	if (stat(path, &st) < 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		if ((f = fopen(path, "r")) == NULL)
			err(75, "%s", path);
		replay_variants(data, fread(data, 1, sizeof data, f));
		fclose(f);
		return;
	}
	if ((d = opendir(path)) == NULL)
		err(75, "%s", path);
	while ((e = readdir(d)) != NULL) {
		char name[4096];

		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		replay_path(name);
	}
	closedir(d);
}

int
main(int argc, char **argv)
{
	uint8_t empty[1] = { 0 };

	replay_variants(empty, 0);
	for (int i = 1; i < argc; i++)
		replay_path(argv[i]);
	return 0;
}
#endif
#endif
