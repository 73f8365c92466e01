/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/notice.h"
#include "cmd/sigupdate/say.h"
#include "common/address.h"
#include "common/clock.h"
#include "common/dial.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 86400, SECONDS = 10, LOADING = 30 * 60, REPLY = 1024 };

static const char own[] = "/run/multiscan/avscand.sock";

/* As recv, until that time: who sends a byte now and then is waited for no longer. */
static ssize_t
receive(int fd, char *to, size_t room, long long until)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long long left = until - clock_ms();
	int n = left > 0 ? poll(&p, 1, (int)left) : 0;

	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 ? recv(fd, to, room, MSG_DONTWAIT) : -1;
}

/* The answer to one command, up to its NUL; false: there is none that is whole. */
static bool
ask(const struct address *a, const char *command, char reply[REPLY], const char **why)
{
	size_t n = 0, len = strlen(command) + 1;
	int fd = dial(a, SECONDS, why);
	long long until = clock_ms() + SECONDS * 1000LL;
	ssize_t got = -1;

	if (fd < 0)
		return false;
	if (send(fd, command, len, MSG_NOSIGNAL) == (ssize_t)len)
		while (n < REPLY - 1 && memchr(reply, '\0', n) == NULL &&
		    (got = receive(fd, reply + n, REPLY - 1 - n, until)) > 0)
			n += (size_t)got;
	*why = got < 0 ? strerror(errno) : "the answer is not clamd's";
	close(fd);
	reply[n] = '\0';
	return memchr(reply, '\0', n) != NULL;
}

/* Which generation an avscand has; "": it is none of ours.  False: it says nothing. */
static bool
set_of(const struct address *a, char gen[ROOT_GEN], const char **why)
{
	char reply[REPLY];
	const char *set;
	size_t n;

	gen[0] = '\0';
	if (!ask(a, "zVERSION", reply, why))
		return false;
	if (strncmp(reply, "ClamAV ", 7) != 0 || (set = strchr(reply, '/')) == NULL)
		return true;
	n = strspn(++set, "0123456789");
	if (n == ROOT_GEN - 1 && set[n] == '/')
		snprintf(gen, ROOT_GEN, "%.*s", (int)n, set);
	return true;
}

/*
 * Why an avscand that was told has another set: what came of its last load.  False: it
 * may be at it still, for that one ended before the set was in use.
 */
static bool
last_load(const struct run *r, const struct address *a, char text[REPLY])
{
	static const char word[] = "\nRELOAD: ", ago[] = " s ago: ";
	char reply[REPLY], *line, *end;
	const char *why;
	struct stat st;
	long long before, since = 0;

	snprintf(text, REPLY, "its log says why");
	if (!ask(a, "zSTATS", reply, &why) || (line = strstr(reply, word)) == NULL)
		return true;
	before = strtoll(line + sizeof word - 1, &end, 10);
	if (strncmp(end, ago, sizeof ago - 1) != 0)
		return true;
	if (fstatat(r->root.fd, "current", &st, AT_SYMLINK_NOFOLLOW) == 0)
		since = (long long)time(NULL) - (long long)st.st_mtime;
	if (before >= since && since < LOADING)
		return false;
	end += sizeof ago - 1;
	end[strcspn(end, "\n")] = '\0';
	if (strcmp(end, "ok") == 0)
		snprintf(text, REPLY, "it loads another folder than %s/current", r->root.path);
	else
		snprintf(text, REPLY, "%s", end);
	return true;
}

/* One that is down loads the new set when it starts; one that never was there never does. */
static bool
unanswered(struct run *r, const char *text, const char *why)
{
	struct state_engine *e = state_engine(&r->state, text);

	if (e->since == 0 || e->since > r->time)
		e->since = r->time;
	if (r->time - e->since < DAY) {
		say_plain("%s: engine: cannot be told of set %s: %s; it is told next time", text,
		    r->current, why);
		return false;
	}
	say_urgent("%s: engine: cannot be told of a new set for more than a day: %s", text, why);
	r->act = true;
	return false;
}

static bool
reload(struct run *r, const struct address *a, const char *text)
{
	char reply[REPLY];
	const char *why;

	if (!ask(a, "zRELOAD", reply, &why))
		return unanswered(r, text, why);
	if (strcmp(reply, "RELOADING") != 0) {
		say_urgent("%s: engine: answers to RELOAD: %s", text, reply);
		return false;
	}
	say_more("%s: engine: told of set %s", text, r->current);
	return true;
}

static bool
notice_one(struct run *r, const char *text)
{
	struct state_engine *e = state_engine(&r->state, text);
	char has[ROOT_GEN], said[REPLY];
	struct address a;
	const char *why;
	bool told = strcmp(e->told, r->current) == 0;

	if (!address_parse(&a, text))
		return true;
	if (!set_of(&a, has, &why))
		return told || unanswered(r, text, why);
	/* One that has it may be loading another, of which it was told since. */
	if (strcmp(has, r->current) == 0 ? !told && e->told[0] != '\0' : has[0] != '\0' || !told) {
		if (told && !last_load(r, &a, said)) {
			say_more("%s: engine: has set %s until the new one is loaded", text, has);
			return true;
		}
		if (told)
			say_urgent("%s: engine: was told of set %s, and still has %s: %s", text,
			    r->current, has, said);
		if (!reload(r, &a, text) || told)
			return false;
	}
	snprintf(e->told, sizeof e->told, "%s", r->current);
	e->since = 0;
	return true;
}

bool
notice_engines(struct run *r)
{
	const struct list *l = &r->conf->engines;
	char text[sizeof own + sizeof "unix:"];
	bool all = true;

	if (r->current[0] == '\0')
		return true;
	if (!r->conf->engines_said) {
		snprintf(text, sizeof text, "unix:%s", own);
		return access(own, F_OK) != 0 || notice_one(r, text);
	}
	for (size_t i = 0; i < l->n; i++)
		all &= notice_one(r, l->word[i]);
	return all;
}
