/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/memory.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

static volatile bool *told;

void
memory_watch(volatile bool *refused)
{
	told = refused;
}

void
memory_failed(void)
{
	if (told != NULL && errno == ENOMEM)
		*told = true;
}

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

/* A sanitizer has its own, and ends the process. */
#ifndef __SANITIZE_ADDRESS__
/* Not by dlsym, which may call them itself. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

void *
malloc(size_t n)
{
	void *p = __libc_malloc(n);

	if (p == NULL)
		memory_failed();
	return p;
}

void *
calloc(size_t n, size_t size)
{
	void *p = __libc_calloc(n, size);

	if (p == NULL)
		memory_failed();
	return p;
}

/* Of size 0 it frees, and says NULL. */
void *
realloc(void *old, size_t n)
{
	void *p = __libc_realloc(old, n);

	if (p == NULL && n > 0)
		memory_failed();
	return p;
}
#endif
