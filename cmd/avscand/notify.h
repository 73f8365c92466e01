/* SPDX-License-Identifier: ISC */
#ifndef NOTIFY_H
#define NOTIFY_H

/*
 * Tells systemd that we are ready, if it asked for it ($NOTIFY_SOCKET, sd_notify(3)).
 * What goes wrong is said, and no more than that.
 */
void notify_ready(void);

#endif
