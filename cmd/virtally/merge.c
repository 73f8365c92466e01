/* SPDX-License-Identifier: ISC */
/* virtally merge: tallies of several machines as one. */
#include "cmd/virtally/publish.h"
#include "cmd/virtally/tally.h"
#include "cmd/virtally/tallyfile.h"
#include "cmd/virtally/verbs.h"

#include <sys/stat.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 1024 };	/* bytes of a first line that tell what it is */

/*
 * Only a tally is written over, and not a state's, which would lose how far its logs were
 * read.
 */
static void
refuse_other(const char *path)
{
	struct stat st;
	char line[HEAD] = "";
	FILE *f;

	if (stat(path, &st) < 0)
		return;
	if (!S_ISREG(st.st_mode))
		errx(EXIT_CALL, "%s: is no file: -o takes the name of the tally to make", path);
	f = cli_file(path);
	if (fgets(line, sizeof line, f) == NULL && ferror(f))
		err(EXIT_RETRY, "%s", path);
	if (strncmp(line, "tally=", 6) != 0)
		errx(EXIT_CALL, "%s: is there and is no tally: it is not written over: give -o another "
		    "name", path);
	if (strstr(line, " key=") != NULL)
		errx(EXIT_CALL, "%s: is the state of `virtally count', which is not to be written over: "
		    "give -o another name", path);
	fclose(f);
}

int
merge_verb(const struct options *o)
{
	struct tally *t = tally_new();
	struct publish p;
	FILE *f;

	if (o->out == NULL || o->argc == 0)
		cli_usage(&virtally_cli, "merge: give -o FILE and the tallies");
	refuse_other(o->out);
	for (int i = 0; i < o->argc; i++)
		tally_read(t, o->argv[i]);
	tally_conflicts(t);
	for (size_t i = 0; i < t->nsections; i++)
		tally_check(t, &t->sections[i]);
	f = publish(&p, o->out);
	tally_write(t, f);
	publish_done(&p);
	tally_free(t);
	return EXIT_NOTHING;
}
