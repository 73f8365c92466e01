/* SPDX-License-Identifier: ISC */
/*
 * Which treatments the conversions file has for a part.
 *
 * What clients may read in more than one way is told as several facts of the
 * same kind, and then a test may hold in one reading only: so may an entry, and
 * the treatments of all that are possible are the answer.
 *
 * Pure: no file, no exit, no memory of its own.
 */
#ifndef MATCH_H
#define MATCH_H

#include "cmd/mimesplit/conversions.h"
#include "common/parties.h"

enum fact_of { FACT_TYPE, FACT_DISPOSITION, FACT_DESCRIPTION, FACT_NAME,
    FACT_PARAMETER, FACT_DPARAMETER };

struct fact {
	enum fact_of of;
	struct span name;	/* of a parameter */
	struct span value;	/* of a FACT_TYPE: type/subtype; of a FACT_NAME: a
				   form of a name (nameform_all), as all forms are */
};

struct facts {
	bool inside;
	const bool *elsewhere;	/* of each entry, match_envelope's; NULL: it is asked for in none */
	unsigned long long size;
	const struct fact *fact;
	size_t n;
	bool doubt;		/* other dispositions, descriptions, parameters are possible */
	bool unknown;		/* types and names too */
};

enum { MATCH_STEPS = 1 << 28 };	/* for a message: about half a second */

/*
 * Into elsewhere, c->entries of them: is the entry not for messages of these parties?
 * steps as below.
 */
void match_envelope(const struct conversions *c, const struct parties *p,
    unsigned long long *steps, bool *elsewhere);

/*
 * A set of treatments, never empty.  steps is taken off; at 0 the set means
 * nothing.
 */
unsigned match_treatments(const struct conversions *c, const struct facts *f,
    unsigned long long *steps);

#endif
