/* SPDX-License-Identifier: ISC */
#include "common/passing.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>

ssize_t
passing_send(int socket, const void *data, size_t n, int fd, int flags)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec io = { (void *)(size_t)data, n };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	struct cmsghdr *h;
	ssize_t sent;

	memset(&control, 0, sizeof control);
	h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(h), &fd, sizeof fd);
	do
		sent = sendmsg(socket, &m, flags | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent;
}

static void
take(struct passing *p, struct cmsghdr *h)
{
	size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
		return;
	for (size_t i = 0; i < n; i++)
		memcpy(&p->fd[p->n++], CMSG_DATA(h) + i * sizeof(int), sizeof(int));
}

ssize_t
passing_receive(int socket, void *data, size_t size, int flags, struct passing *p)
{
	union {
		char room[CMSG_SPACE(PASSING_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec io = { data, size };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n;

	p->n = 0;
	p->cut = false;
	do
		n = recvmsg(socket, &m, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return n;
	p->cut = (m.msg_flags & MSG_CTRUNC) != 0;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h != NULL; h = CMSG_NXTHDR(&m, h))
		take(p, h);
	return n;
}
