/* SPDX-License-Identifier: ISC */
#ifndef GIVEN_H
#define GIVEN_H

#include "cmd/virtally/tally.h"
#include "cmd/virtally/verbs.h"

/* The tallies that a call names, merged; the state's where it names none. */
struct tally *given_tally(const struct options *o);

#endif
