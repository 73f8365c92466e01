/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* __rlimit_resource_t */
#include "common/callfilter.h"

#include <sys/resource.h>

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

int
callfilter(uint32_t otherwise, const int *allowed, size_t n,
    const struct callfilter_if *ifs, size_t m)
{
	scmp_filter_ctx filter = seccomp_init(otherwise);
	int rc = filter == NULL ? -ENOMEM : 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; rc == 0 && i < m; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, ifs[i].call, 1,
		    SCMP_CMP(ifs[i].argument, SCMP_CMP_MASKED_EQ,
		    ifs[i].mask, ifs[i].value));
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	return rc;
}

bool
callfilter_limit(int resource, unsigned long long most)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)resource, &r) < 0)
		return false;
	if (r.rlim_cur > most)
		r.rlim_cur = most;
	if (r.rlim_max > most)
		r.rlim_max = most;
	return setrlimit((__rlimit_resource_t)resource, &r) == 0;
}

unsigned long long
callfilter_mapped(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return (unsigned long long)pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}
