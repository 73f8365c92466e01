/* SPDX-License-Identifier: ISC */
/*
 * What Postfix says (3.7; postconf(5), smtpd(8), pipe(8) and its own log lines): received,
 * delivered, rejected, put off.  Addresses are in quotes where they must be, as they are
 * since 3.5 (info_log_addr_form).  Pure.
 */
#ifndef POSTFIX_H
#define POSTFIX_H

#include "cmd/virtally/logline.h"

/*
 * program is what follows "postfix/" in the tag ("smtpd", "submission/smtpd"; of
 * another instance's "postfix-out/smtpd" as well), text what it says.  False: nothing to
 * count.  Sets kind and name.
 */
bool postfix_event(struct event *e, struct span program, struct span text);

#endif
