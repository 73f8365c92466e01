/* SPDX-License-Identifier: ISC */
// with: cmd/relayprobe/target.c cmd/relayprobe/forms.c
/*
 * What a server says it is called, and what is read from a list of hosts, ends
 * up in a command only as a host name; no form is longer than a command, and
 * none can end it.
 */
#include "cmd/relayprobe/forms.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
check(bool good)
{
	if (!good)
		abort();
}

static void
check_forms(const char *name)
{
	static struct form list[FORMS_MAX];
	struct forms_of of = { .from = "probe@example.org", .to = "probe@example.net",
		.name = name, .literal = "[192.0.2.1]", .address = "192.0.2.1" };
	size_t n = forms_make(&of, list);

	check(n > 0 && n < FORMS_MAX);
	for (size_t i = 0; i < n; i++)
		for (const char *p = list[i].to; *p != '\0'; p++)
			check(*p > ' ' && *p < 0x7f && *p != '<' && *p != '>');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { (const char *)data, n };
	char name[TARGET_HOSTMAX + 1], address[256];
	struct target t;

	if (target_parse(&t, s)) {
		check(strlen(t.host) <= n && strlen(t.port) > 0);
		check(strspn(t.host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "0123456789-._:") == strlen(t.host));
	}
	if (target_said(name, s)) {
		check(target_name((struct span){ name, strlen(name) }));
		check_forms(name);
	}
	if (n < sizeof address) {
		memcpy(address, data, n);
		address[n] = '\0';
		(void)forms_domain(address);
		if (forms_foreign(address))
			check(forms_domain(address) == strchr(address, '@') + 1);
	}
	return 0;
}
