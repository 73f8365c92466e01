/* SPDX-License-Identifier: ISC */
/*
 * The conversions file: which parts get which treatment.  man/conversions.5 is
 * the description.  The first entry whose tests all hold decides.
 *
 * Pure but for memory: bytes in, entries out; what is wrong is told, and nothing
 * of a file with an error may be used.
 */
#ifndef CONVERSIONS_H
#define CONVERSIONS_H

#include "common/nets.h"
#include "common/wild.h"

enum {
	CONVERSIONS_MAX = 64 << 10,	/* bytes of a file */
	CONVERSIONS_ENTRIES = 256,
	CONVERSIONS_TESTS = 16,		/* of an entry */
	CONVERSIONS_VALUE = 1000,	/* bytes of a value */
	TREATMENT_WORD = 32		/* bytes of a treatment's word */
};

/* Treatments are numbers, and sets of them bits 1 << number. */
enum treatment {
	TREAT_STANDARD,		/* multiscan: the checks, and the policy */
	TREAT_PASS,		/* pass: what is found is logged only */
	TREAT_DELETE,		/* delete */
	TREAT_FUNCTION,		/* from here on: functions of the site */
	TREATMENTS = 24
};

enum test_of {
	TEST_CHANNEL, TEST_TYPE, TEST_SUBTYPE, TEST_DISPOSITION, TEST_DESCRIPTION,
	TEST_NAME, TEST_PARAMETER, TEST_DPARAMETER, TEST_SIZE_MIN, TEST_SIZE_MAX,
	TEST_FROM, TEST_TO, TEST_CLIENT		/* of the envelope */
};

enum { CHANNEL_OUTSIDE = 1, CHANNEL_INSIDE = 2 };

struct test {
	enum test_of of;
	unsigned number;	/* of a parameter */
	bool named, valued;	/* of a parameter: which half was given */
	struct wild name;	/* of a parameter */
	struct wild value;
	unsigned channels;	/* of a channel: those it matches */
	unsigned long long bytes;	/* of a size */
	struct net net;		/* of a client */
};

struct conversion {
	unsigned long line;
	unsigned treatment;
	size_t tests;
	struct test test[CONVERSIONS_TESTS];
};

struct conversions {
	struct conversion *entry;	/* owned */
	size_t entries;
	char word[TREATMENTS][TREATMENT_WORD + 1];	/* of treatments, "" from .. on */
	unsigned looks;			/* 1 << test_of: what any entry looks at */
	bool catches_all;		/* an entry has no test that can fail */
	uint16_t *signs;		/* owned: all patterns */
	size_t nsigns;
};

/*
 * line: where; word: the word that it is about, in the file's bytes or empty;
 * what: for the time of the call.  warning: the file can be used all the same.
 */
typedef void conversions_tell(void *ctx, unsigned long line, struct span word,
    const char *what, bool warning);

/*
 * 0: it can be used; 1: it cannot, and tell was called for each error; -1: no
 * memory.  In any case c is to be freed.
 */
int conversions_parse(struct conversions *c, const char *p, size_t n,
    conversions_tell *tell, void *ctx);

void conversions_free(struct conversions *c);

#endif
