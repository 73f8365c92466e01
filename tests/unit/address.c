/* SPDX-License-Identifier: ISC */
#include "common/address.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct address a;

static bool
is(const char *text, bool local, const char *host, const char *port)
{
	return address_parse(&a, text) && a.local == local &&
	    strcmp(a.host, host) == 0 && strcmp(a.port, port) == 0;
}

static bool
bad(const char *text)
{
	return !address_parse(&a, text);
}

int
main(void)
{
	char path[ADDRESS_PATHMAX + 7] = "unix:";

	OK(is("unix:/run/x", true, "/run/x", ""));
	OK(is("unix:tcp:a:1", true, "tcp:a:1", ""));
	OK(is("tcp:localhost:3310", false, "localhost", "3310"));
	OK(is("tcp:[::1]:65535", false, "::1", "65535"));
	OK(is("tcp:127.0.0.1:1", false, "127.0.0.1", "1"));
	OK(bad(""));
	OK(bad("/run/x"));
	OK(bad("unix:"));
	OK(bad("tcp:"));
	OK(bad("tcp:host"));
	OK(bad("tcp:host:"));
	OK(bad("tcp::1"));
	OK(bad("tcp:::1:25"));
	OK(bad("tcp:[::1:25"));
	OK(bad("tcp:[::1]25"));
	OK(bad("tcp:[]:25"));
	OK(bad("tcp:h:0"));
	OK(bad("tcp:h:065"));
	OK(bad("tcp:h:65536"));
	OK(bad("tcp:h:99999999999999999999"));
	OK(bad("tcp:h:2x"));
	OK(bad("tcp:h h:25"));
	memset(path + 5, 'p', ADDRESS_PATHMAX);
	OK(address_parse(&a, path));
	path[5 + ADDRESS_PATHMAX] = 'p';
	OK(bad(path));
	return done();
}
