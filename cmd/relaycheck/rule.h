/* SPDX-License-Identifier: ISC */
/* A rule: a word of a list of the configuration, and where it stands. */
#ifndef RULE_H
#define RULE_H

#include <stdbool.h>
#include <stdint.h>

struct rule {
	uint32_t text;		/* where conf_rule finds its text */
	uint32_t index;		/* in its list: of two that match, the lower one decides */
	uint32_t line;
	uint16_t file;
	bool refuse : 1;	/* it begins with a ! */
	bool below : 1;		/* then with a dot */
	bool domain : 1;	/* its text is one of domains */
};

#define RULE_NONE UINT32_MAX	/* the index of none */

#endif
