/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/show.h"
#include "common/clean.h"

#include <string.h>

const char *
show(const char *text)
{
	static char room[1024];
	size_t n = strnlen(text, sizeof room - 1);

	memcpy(room, text, n);
	n = clean_line(room, n);
	room[n] = '\0';
	return room;
}

size_t
show_cut(const char *text, size_t max)
{
	return clean_cut(text, strlen(text), max);
}
