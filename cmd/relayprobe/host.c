/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/host.h"
#include "common/clock.h"

#include <netinet/in.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	BATCH = 7,		/* refusals a connection; Postfix is slow after 10 */
	TRIES = 2,
	PAUSE = 1		/* seconds before a second try */
};

static void
write_address(const struct sockaddr *a, char *address, char *literal, size_t n)
{
	const struct sockaddr_in6 *v6 = (const void *)a;
	const struct sockaddr_in *v4 = (const void *)a;

	if (a->sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, address, INET6_ADDRSTRLEN);
		snprintf(literal, n, "[IPv6:%s]", address);
	} else {
		inet_ntop(AF_INET, &v4->sin_addr, address, INET6_ADDRSTRLEN);
		snprintf(literal, n, "[%s]", address);
	}
}

bool
host_resolve(struct host *h)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICSERV | (h->target->literal ? AI_NUMERICHOST : 0),
		.ai_socktype = SOCK_STREAM
	};
	int e;

	link_start(&h->link, h->plan->seconds);
	e = getaddrinfo(h->target->host, h->target->port, &hints, &h->list);

	if (e == 0) {
		for (const struct addrinfo *a = h->list; a != NULL; a = a->ai_next)
			h->addresses++;
		return true;
	}
	h->end.stage = STAGE_CONNECT;
	h->end.why = e == EAI_NONAME ? "no-host" : "dns";
	return false;
}


/* How we greet: as we are told, or by the address that we have here. */
static void
choose_hello(struct host *h)
{
	struct sockaddr_storage own;
	socklen_t n = sizeof own;
	char text[INET6_ADDRSTRLEN] = "";

	if (h->plan->hello != NULL)
		snprintf(h->hello, sizeof h->hello, "%s", h->plan->hello);
	else if (getsockname(h->link.fd, (struct sockaddr *)&own, &n) == 0)
		write_address((const struct sockaddr *)&own, text, h->hello, sizeof h->hello);
	else
		snprintf(h->hello, sizeof h->hello, "[127.0.0.1]");
}

/* The first name that the server says it has and that can be one. */
static void
choose_name(struct host *h, const struct smtp_reply *r)
{
	struct span line;
	size_t at = 0;

	if (h->name[0] == '\0' && smtp_reply_line(r, &at, &line))
		(void)target_said(h->name, line);
}

/* A connection that was greeted; false: h->end says why not. */
static bool
greet(struct host *h, const struct addrinfo *a)
{
	struct link *l = &h->link;

	l->said.lines = l->said.used = 0;
	h->refusals = 0;
	(void)link_open(l, a->ai_addr, a->ai_addrlen);
	ask_judge(&h->end, l, l->smtp != NULL ? STAGE_BANNER : STAGE_CONNECT);
	if (h->end.verdict == TAKEN) {
		choose_name(h, &l->reply);
		choose_hello(h);
		(void)link_hello(l, h->hello);
		ask_judge(&h->end, l, STAGE_EHLO);
		if (h->end.verdict == TAKEN)
			choose_name(h, &l->reply);
	}
	if (h->chosen == NULL || h->end.verdict != TAKEN)
		h->greeting = l->said;
	return h->end.verdict == TAKEN;
}

/* To the address that answered, or to the first of all that does. */
static bool
reach(struct host *h)
{
	const struct addrinfo *a = h->chosen != NULL ? h->chosen : h->list;

	for (; a != NULL; a = h->chosen != NULL ? NULL : a->ai_next) {
		bool good;

		write_address(a->ai_addr, h->address, h->literal, sizeof h->literal);
		good = greet(h, a);
		if (good || h->end.stage != STAGE_CONNECT)
			h->chosen = a;
		if (good)
			return true;
		link_close(&h->link, true);
	}
	return false;
}

bool
host_time_left(const struct host *h)
{
	return clock_ms() < h->link.end;
}

bool
host_ready(struct host *h)
{
	if (h->link.fd >= 0 && h->link.trouble == LINK_WELL && h->refusals < BATCH)
		return true;
	link_close(&h->link, true);
	for (unsigned try = 1; ; try++) {
		if (reach(h))
			return true;
		if (try == TRIES || h->end.code >= 500 || !host_time_left(h))
			return false;
		sleep(PAUSE);
	}
}

bool
host_ask(struct host *h, const struct form *f, const char *from, const char *to, bool data,
    struct answer *a)
{
	struct link *l = &h->link;

	for (unsigned try = 1; ; try++) {
		if (!host_ready(h))
			return false;
		l->said.lines = l->said.used = 0;
		if (f != NULL)
			ask_form(l, h->plan, f, a);
		else
			ask_address(l, from, to, data, a);
		h->refusals += a->refusals;
		if (!a->lost)
			break;
		link_close(l, true);
		if (try == TRIES || !host_time_left(h))
			break;
		sleep(PAUSE);
	}
	return true;
}

void
host_leave(struct host *h)
{
	link_close(&h->link, true);
}
