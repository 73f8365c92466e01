/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/alarm.h"
#include "common/logkind.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { MAX = 4096 };

static const char *
place(void)
{
	const char *path = getenv("MULTISCAN_LOG_SOCKET");

	if (path == NULL || *path == '\0')
		return "/dev/log";
	return strncmp(path, "unix:", 5) == 0 ? path + 5 : path;
}

/* As syslog(3) writes it, with the mark that all lines of ours have. */
static size_t
write_line(char to[MAX], const char *text)
{
	time_t now = time(NULL);
	char when[20] = "";
	struct tm tm;
	int n;

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(when, sizeof when, "%b %e %H:%M:%S", &tm);
	n = snprintf(to, MAX, "<%d>%s multiscan-heartbeat: "
	    LOGKIND_MARK "err] %s", LOG_MAIL | LOG_ERR, when, text);
	return n < MAX ? (size_t)n : MAX - 1;
}

_Bool
alarm_log(const char *text)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 1 };
	const char *path = place();
	char line[MAX];
	size_t n = write_line(line, text);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	_Bool sent;

	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", path);
	/* without it a log that is stuck would have us wait for ever */
	sent = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
	    connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0 &&
	    send(fd, line, n, MSG_NOSIGNAL) == (ssize_t)n;
	if (!sent)
		warn("%s: not logged", path);
	if (fd >= 0)
		close(fd);
	return sent;
}
