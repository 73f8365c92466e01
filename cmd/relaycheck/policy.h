/* SPDX-License-Identifier: ISC */
/*
 * Postfix's policy protocol (SMTPD_POLICY_README) on standard input and output, as
 * spawn(8) gives them: requests of name=value lines, an empty line behind each.
 *
 * It never answers OK: DUNNO leaves the rest to Postfix, and what could not be
 * judged is DEFER_IF_PERMIT.
 */
#ifndef POLICY_H
#define POLICY_H

/*
 * Until the input ends; each request by the rules as they are in the file then.
 * Returns the exit status.
 */
int policy_serve(const char *conf);

#endif
