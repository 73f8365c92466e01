/* SPDX-License-Identifier: ISC */
#ifndef ALARM_H
#define ALARM_H

/*
 * A line to syslog's socket, mail.err, under our name; text is printable.  False: it is not
 * there, and standard error says why.
 */
_Bool alarm_log(const char *text);

#endif
