/* SPDX-License-Identifier: ISC */
/* A configuration that was read; confread.c reads it. */
#include "cmd/relaycheck/conf.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static bool
same_bytes(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && same_time(a->st_mtim, b->st_mtim);
}

bool
conf_changed(const struct conf *c)
{
	for (size_t i = 0; i < c->files; i++) {
		const struct stat *was = &c->file[i].was;
		struct stat st;

		if (stat(c->file[i].path, &st) < 0)
			memset(&st, 0, sizeof st);
		if (!same_file(&st, was) || !same_bytes(&st, was) ||
		    !same_time(st.st_ctim, was->st_ctim))
			return true;
	}
	return c->files == 0;
}

bool
conf_written_over(const struct conf *old, const struct conf *now)
{
	for (size_t i = 0; i < old->files && i < now->files; i++)
		if (same_file(&old->file[i].was, &now->file[i].was) &&
		    !same_bytes(&old->file[i].was, &now->file[i].was))
			return true;
	return false;
}

bool
conf_young(const struct conf *c)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < c->files; i++) {
		long long age = (long long)now.tv_sec - c->file[i].was.st_mtim.tv_sec;

		if (age >= 0 && (age == 0 || (age == 1 &&
		    now.tv_nsec < c->file[i].was.st_mtim.tv_nsec)))
			return true;
	}
	return false;
}

void
conf_free(struct conf *c)
{
	for (size_t i = 0; i < c->files; i++)
		free(c->file[i].path);
	free(c->file);
	free(c->text);
	nets_free(&c->internal);
	free(c->internal_rule.rule);
	domains_free(&c->domains);
	free(c->domain_rule.rule);
	nets_free(&c->self);
	free(c->self_rule.rule);
	memset(c, 0, sizeof *c);
}

const struct rule *
conf_self(const struct conf *c, const struct ipaddr *a)
{
	uint32_t i = nets_find(&c->self, a);

	return i == NETS_NONE ? NULL : &c->self_rule.rule[i];
}

/* What stands before it, and it. */
static struct span
rule_text(const struct conf *c, const struct rule *w, char mark[2], size_t *marks)
{
	const char *text = c->text + (w->domain ? 0 : w->text);

	*marks = 0;
	if (w->refuse)
		mark[(*marks)++] = '!';
	if (w->below)
		mark[(*marks)++] = '.';
	return w->domain ? domains_name(&c->domains, w) : (struct span){ text, strlen(text) };
}

/* Without a printf: it is done for each answer. */
static size_t
append(char *to, size_t size, size_t n, const char *p, size_t len)
{
	if (len > size - 1 - n)
		len = size - 1 - n;
	memcpy(to + n, p, len);
	to[n + len] = '\0';
	return n + len;
}

void
conf_rule(char *to, size_t size, const struct conf *c, const struct rule *w)
{
	char mark[2];
	size_t marks;
	struct span text = rule_text(c, w, mark, &marks);

	append(to, size, append(to, size, 0, mark, marks), text.p, text.n);
}

size_t
conf_place(char *to, size_t size, const struct conf *c, const struct rule *w)
{
	const char *path = c->file[w->file].path;
	char number[16], mark[2];
	size_t at = sizeof number, n, marks;
	struct span text = rule_text(c, w, mark, &marks);

	number[--at] = ':';
	for (uint32_t line = w->line; line > 0; line /= 10)
		number[--at] = (char)('0' + line % 10);
	number[--at] = ':';
	n = append(to, size, 0, path, strlen(path));
	n = append(to, size, n, number + at, sizeof number - at);
	n = append(to, size, n, mark, marks);
	return append(to, size, n, text.p, text.n);
}
