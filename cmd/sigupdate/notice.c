/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/notice.h"
#include "cmd/sigupdate/say.h"
#include "common/address.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS = 10, REPLY = 512 };

static const char own[] = "/run/multiscan/avscand.sock";

static int
connect_to(int family, const struct sockaddr *to, socklen_t n)
{
	struct timeval patience = { .tv_sec = SECONDS };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
	    connect(fd, to, n) == 0)
		return fd;
	saved = errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno;
	close(fd);
	errno = saved;
	return -1;
}

/* A connection; -1: *why says why there is none. */
static int
connect_engine(const struct address *a, const char **why)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *i;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = -1, wrong;

	if (a->local) {
		snprintf(to.sun_path, sizeof to.sun_path, "%.*s", ADDRESS_PATHMAX, a->host);
		fd = connect_to(AF_UNIX, (const struct sockaddr *)&to, sizeof to);
	} else if ((wrong = getaddrinfo(a->host, a->port, &hints, &list)) != 0) {
		*why = gai_strerror(wrong);
		return -1;
	} else {
		for (i = list; i != NULL && fd < 0; i = i->ai_next)
			fd = connect_to(i->ai_family, i->ai_addr, i->ai_addrlen);
		freeaddrinfo(list);
	}
	*why = strerror(errno);
	return fd;
}

/* The answer to one command, up to its NUL; false: there is none that is whole. */
static bool
ask(const struct address *a, const char *command, char reply[REPLY], const char **why)
{
	size_t n = 0, len = strlen(command) + 1;
	int fd = connect_engine(a, why);
	ssize_t got = 0;

	if (fd < 0)
		return false;
	if (send(fd, command, len, MSG_NOSIGNAL) == (ssize_t)len)
		while (n < REPLY - 1 && memchr(reply, '\0', n) == NULL &&
		    (got = recv(fd, reply + n, REPLY - 1 - n, 0)) > 0)
			n += (size_t)got;
	*why = got < 0 ? strerror(errno) : "the answer is not clamd's";
	close(fd);
	reply[n] = '\0';
	return n > 0 && memchr(reply, '\0', n) != NULL;
}

/* Which generation an avscand has; "": it is none of ours, or cannot be told. */
static void
set_of(const struct address *a, char gen[ROOT_GEN])
{
	char reply[REPLY];
	const char *why, *set;
	size_t n;

	gen[0] = '\0';
	if (!ask(a, "zVERSION", reply, &why) || strncmp(reply, "ClamAV ", 7) != 0 ||
	    (set = strchr(reply, '/')) == NULL)
		return;
	n = strspn(++set, "0123456789");
	if (n == ROOT_GEN - 1 && set[n] == '/')
		snprintf(gen, ROOT_GEN, "%.*s", (int)n, set);
}

static bool
notice_one(struct run *r, const char *text)
{
	struct state_engine *e = state_engine(&r->state, text);
	char has[ROOT_GEN], reply[REPLY];
	struct address a;
	const char *why;
	bool before = strcmp(e->told, r->current) == 0;

	if (!address_parse(&a, text))
		return true;
	set_of(&a, has);
	if (strcmp(has, r->current) == 0 || (has[0] == '\0' && before)) {
		snprintf(e->told, sizeof e->told, "%s", r->current);
		return true;
	}
	if (!ask(&a, "zRELOAD", reply, &why)) {
		say_plain("%s: engine: cannot be told of set %s: %s; it is told next time", text,
		    r->current, why);
		return false;
	}
	if (strcmp(reply, "RELOADING") != 0) {
		say_urgent("%s: engine: answers to RELOAD: %s", text, reply);
		return false;
	}
	snprintf(e->told, sizeof e->told, "%s", r->current);
	if (before)
		say_urgent("%s: engine: was told of set %s, and still has %s: its log says why", text,
		    r->current, has);
	else
		say_more("%s: engine: told of set %s", text, r->current);
	return !before;
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
