/* SPDX-License-Identifier: ISC */
#include "cmd/notice/find.h"

#include <err.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char SITE[] = "/etc/multiscan/notices";
static const char SHIPPED[] = "../share/multiscan/notices";
static const char WORD[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

enum { LANG_MAX = 32, NAME_MAXLEN = 64 };

/* true: *f is it.  false: there is none there; all else ends the process. */
static bool
open_at(struct found *f, const char *dir, size_t dirlen, const char *lang, size_t len,
    const char *name)
{
	int n = snprintf(f->path, sizeof f->path, "%.*s/%.*s/%s", (int)dirlen, dir, (int)len,
	    lang, name);

	if (n < 0 || (size_t)n >= sizeof f->path)
		return false;
	if (access(f->path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return false;
	f->f = cli_file(f->path);
	return true;
}

/* In the first folder that has it. */
static bool
open_in(struct found *f, const char *dirs, const char *lang, size_t len, const char *name)
{
	while (*dirs != '\0') {
		size_t n = strcspn(dirs, ":");

		if (n > 0 && open_at(f, dirs, n, lang, len, name))
			return true;
		dirs += n + (dirs[n] == ':');
	}
	return false;
}

/* The language, else what is before its country. */
static bool
open_lang(struct found *f, const char *dirs, const char *lang, size_t len, const char *name)
{
	size_t head = strcspn(lang, "-_");

	return open_in(f, dirs, lang, len, name) ||
	    (head > 0 && head < len && open_in(f, dirs, lang, head, name));
}

static void
check_words(const struct cli *cli, const char *langs, const char *name)
{
	size_t count = 0;

	if (name[0] == '\0' || name[strspn(name, WORD)] != '\0' || strlen(name) > NAME_MAXLEN)
		cli_usage(cli, "a template is a name of A-Z, a-z, 0-9, _, -, or has a slash");
	do {
		size_t n = strcspn(langs, ",");

		if (n == 0 || n > LANG_MAX || strspn(langs, WORD) < n)
			cli_usage(cli, "-l: languages are of A-Z, a-z, 0-9, _, -");
		if (++count > FIND_LANGS)
			cli_usage(cli, "-l: more than %d languages", FIND_LANGS);
		langs += n;
	} while (*langs++ == ',');
}

/* The folders, in room where there are none given. */
static const char *
folders(const struct where *w, char *room, size_t size)
{
	char shipped[PATH_MAX];

	if (w->dirs != NULL)
		return w->dirs;
	cli_beside(shipped, SHIPPED);
	snprintf(room, size, "%s:%s", SITE, shipped);
	return room;
}

size_t
find_templates(const struct cli *cli, const struct where *w, const char *name,
    struct found found[FIND_LANGS], size_t *lacking)
{
	char room[PATH_MAX + sizeof SITE + 1];
	const char *dirs = folders(w, room, sizeof room);
	size_t count = 0;

	*lacking = 0;
	if (strchr(name, '/') != NULL) {
		if (strlen(name) >= sizeof found[0].path)
			cli_usage(cli, "a path is too long");
		memcpy(found[0].path, name, strlen(name) + 1);
		if (access(name, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
			return 0;
		found[0].f = cli_file(name);
		return 1;
	}
	check_words(cli, w->langs, name);
	for (const char *l = w->langs; ; l++) {
		size_t n = strcspn(l, ",");

		if (open_lang(&found[count], dirs, l, n, name))
			count++;
		else {
			warnx("there is no %s in %.*s", name, (int)n, l);
			++*lacking;
		}
		l += n;
		if (*l == '\0')
			break;
	}
	return count > 0 ? count : open_in(&found[0], dirs, "en", 2, name);
}

bool
find_read(struct found *f, struct template *t)
{
	static char file[TEMPLATE_MAX + 1];
	struct template_error e;
	size_t n = fread(file, 1, sizeof file, f->f);

	if (ferror(f->f))
		err(EXIT_RETRY, "%s", f->path);
	fclose(f->f);
	if (template_read(t, file, n, &e))
		return true;
	if (e.key[0] != '\0')
		warnx("%s:%lu: %s: {%s}", f->path, e.line, e.what, e.key);
	else
		warnx("%s:%lu: %s", f->path, e.line, e.what);
	return false;
}
