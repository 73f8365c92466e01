/* SPDX-License-Identifier: ISC */
/*
 * gmime LIST OUT: GMime as a peer of mimesplit; see pyemail.py.
 * gmime -1 MESSAGE OUT: one message, without the names: for its speed.
 */
#include <gmime/gmime.h>

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct task {
	const char *dir;
	unsigned n;
	FILE *names;
};

static void
write_part(GMimePart *part, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	GMimeStream *out;

	if (fd < 0)
		err(75, "%s", path);
	out = g_mime_stream_fs_new(fd);
	if (g_mime_part_get_content(part) != NULL)
		g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), out);
	g_mime_stream_flush(out);
	g_object_unref(out);
}

static void
tell(GMimeObject *parent, GMimeObject *object, gpointer arg)
{
	struct task *t = arg;
	const char *name = NULL;
	char path[4096];

	(void)parent;
	snprintf(path, sizeof path, "%s/%u", t->dir, t->n);
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *m = g_mime_message_part_get_message((GMimeMessagePart *)object);

		if (m != NULL)
			g_mime_message_foreach(m, tell, t);
	} else if (GMIME_IS_PART(object)) {
		name = g_mime_part_get_filename((GMimePart *)object);
		write_part((GMimePart *)object, path);
	}
	if (name != NULL && t->names != NULL)
		fprintf(t->names, "%u %s\n", t->n, name);
	t->n++;
}

static void
split(const char *path, const char *dir, bool names)
{
	int fd = open(path, O_RDONLY);
	GMimeStream *in;
	GMimeParser *parser;
	GMimeMessage *m;
	struct task t = { .dir = dir };
	char file[4096];

	if (fd < 0 || mkdir(dir, 0700) < 0)
		err(75, "%s", path);
	snprintf(file, sizeof file, "%s/NAMES", dir);
	if (names && (t.names = fopen(file, "w")) == NULL)
		err(75, "%s", file);
	in = g_mime_stream_fs_new(fd);
	parser = g_mime_parser_new_with_stream(in);
	g_object_unref(in);
	if ((m = g_mime_parser_construct_message(parser, NULL)) != NULL) {
		g_mime_message_foreach(m, tell, &t);
		g_object_unref(m);
	}
	g_object_unref(parser);
	if (t.names != NULL)
		fclose(t.names);
}

int
main(int argc, char **argv)
{
	char line[4096], dir[4096];
	FILE *list;

	if (argc != 3 && !(argc == 4 && strcmp(argv[1], "-1") == 0))
		errx(64, "gmime LIST OUT, or gmime -1 MESSAGE OUT");
	g_mime_init();
	if (argc == 4) {
		split(argv[2], argv[3], false);
		return 0;
	}
	if (mkdir(argv[2], 0700) < 0 || (list = fopen(argv[1], "r")) == NULL)
		err(75, "%s", argv[1]);
	for (unsigned i = 0; fgets(line, sizeof line, list) != NULL; i++) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(dir, sizeof dir, "%s/%u", argv[2], i);
		split(line, dir, true);
	}
	return 0;
}
