/* SPDX-License-Identifier: ISC */
#include "common/recode.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

enum { GROWTH = 4, STATES = 16 };	/* bytes for one of UTF-8; for the way back */

static const char WORD[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static bool
named(const char *charset)
{
	return charset[0] != '\0' && charset[strspn(charset, WORD)] == '\0' &&
	    strlen(charset) <= RECODE_NAME;
}

bool
recode_usable(const char *charset)
{
	char ascii[128 - ' ' + 2], *other;
	size_t n = 0, len = 0;
	bool good;

	ascii[n++] = '\t';
	ascii[n++] = '\n';
	for (int c = ' '; c < 127; c++)
		ascii[n++] = (char)c;
	other = recode(charset, ascii, n, &len);
	good = other != NULL && len == n && memcmp(other, ascii, n) == 0;
	free(other);
	return good;
}

char *
recode(const char *charset, const char *p, size_t n, size_t *len)
{
	size_t room = n * GROWTH + STATES, left = room;
	char *in = malloc(n + 1), *out = malloc(room), *from = in, *to = out;
	iconv_t how = named(charset) ? iconv_open(charset, "UTF-8") : (iconv_t)-1;
	bool good = in != NULL && out != NULL && how != (iconv_t)-1;

	if (good && n > 0)
		memcpy(in, p, n);
	/* 0: none was changed on the way */
	good = good && iconv(how, &from, &n, &to, &left) == 0 && n == 0 &&
	    iconv(how, NULL, NULL, &to, &left) == 0;
	if (how != (iconv_t)-1)
		iconv_close(how);
	free(in);
	if (!good) {
		free(out);
		return NULL;
	}
	*len = room - left;
	return out;
}
