/* SPDX-License-Identifier: ISC */
/* The deadline says which engine was asked last. */
#ifndef LATE_H
#define LATE_H

/* After cli_deadline: from now on its line names the engine. */
void late_watch(void);

/* The engine that is asked from now on; the text must last. */
void late_asks(const char *engine);

#endif
