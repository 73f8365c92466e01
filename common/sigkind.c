/* SPDX-License-Identifier: ISC */
#include "common/sigkind.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *suffix;
	enum sigkind kind;
} suffixes[] = {
	{ ".cat", SIGKIND_OTHER }, { ".cbc", SIGKIND_LENIENT },
	{ ".cdb", SIGKIND_LINES }, { ".cfg", SIGKIND_LINES },
	{ ".cld", SIGKIND_CONTAINER }, { ".crb", SIGKIND_LINES },
	{ ".cud", SIGKIND_CONTAINER }, { ".cvd", SIGKIND_CONTAINER },
	{ ".db", SIGKIND_LINES }, { ".fp", SIGKIND_LINES },
	{ ".ftm", SIGKIND_LINES }, { ".gdb", SIGKIND_LINES },
	{ ".hdb", SIGKIND_LINES }, { ".hdu", SIGKIND_LINES },
	{ ".hsb", SIGKIND_LINES }, { ".hsu", SIGKIND_LINES },
	{ ".idb", SIGKIND_LINES }, { ".ign", SIGKIND_LINES },
	{ ".ign2", SIGKIND_LINES }, { ".imp", SIGKIND_LINES },
	{ ".ioc", SIGKIND_LENIENT }, { ".ldb", SIGKIND_LINES },
	{ ".ldu", SIGKIND_LINES }, { ".mdb", SIGKIND_LINES },
	{ ".mdu", SIGKIND_LINES }, { ".msb", SIGKIND_LINES },
	{ ".msu", SIGKIND_LINES }, { ".ndb", SIGKIND_LINES },
	{ ".ndu", SIGKIND_LINES }, { ".pdb", SIGKIND_LINES },
	{ ".pwdb", SIGKIND_LINES }, { ".rmd", SIGKIND_LINES },
	{ ".sdb", SIGKIND_LINES }, { ".sfp", SIGKIND_LINES },
	{ ".wdb", SIGKIND_LINES }, { ".yar", SIGKIND_LENIENT },
	{ ".yara", SIGKIND_LENIENT }, { ".zmd", SIGKIND_LINES },
};

enum sigkind
sigkind(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (strcasecmp(dot, suffixes[i].suffix) == 0)
			return suffixes[i].kind;
	return SIGKIND_NONE;
}
