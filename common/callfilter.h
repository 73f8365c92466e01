/* SPDX-License-Identifier: ISC */
/*
 * The system calls that a process which looks into hostile content may make
 * (seccomp(2)), and its limits.  Uses libseccomp.
 */
#ifndef CALLFILTER_H
#define CALLFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call that is allowed where the bits mask of an argument have this value. */
struct callfilter_if {
	int call;		/* SCMP_SYS(name) */
	unsigned argument;
	uint64_t mask, value;
};

/* The mask of an int: a register's upper half is undefined. */
static const uint64_t CALLFILTER_INT = 0xffffffff;

/*
 * For good.  What any other call does: SCMP_ACT_TRAP, SCMP_ACT_KILL_PROCESS.
 * 0, or what libseccomp says: an error, negated.
 */
int callfilter(uint32_t otherwise, const int *allowed, size_t n,
    const struct callfilter_if *ifs, size_t m);

/* Sets a limit (RLIMIT_...), soft and hard; a lower one that is there stays. */
bool callfilter_limit(int resource, unsigned long long most);

/* Bytes that are mapped now; 0: it cannot be told. */
unsigned long long callfilter_mapped(void);

#endif
