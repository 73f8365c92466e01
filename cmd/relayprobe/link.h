/* SPDX-License-Identifier: ISC */
/*
 * A connection to a server, and on it libetpan's SMTP client (RFC 5321).
 *
 * libetpan's reader takes half a line at the end of a connection for a reply,
 * 4294967546 for 250 and "550-no, 250 yes" for yes, and keeps what never ends.
 * So it reads from us: it is handed whole replies that common/smtp has found to
 * be well formed, of at most SMTP_REPLYMAX bytes, in time, and none that was
 * there before it was asked for.  What counts is our own reading of them.
 *
 * A function that talks returns the code of the reply, or 0: there was none,
 * trouble says why, and all that is left to do is link_close.
 */
#ifndef LINK_H
#define LINK_H

#include "common/smtp.h"

#include <sys/socket.h>

enum trouble {
	LINK_WELL,
	LINK_TIMEOUT,		/* no reply while one was waited for */
	LINK_TIME,		/* the host's time is over */
	LINK_REFUSED,
	LINK_UNREACHABLE,
	LINK_CLOSED,
	LINK_NOSMTP,
	LINK_ENDLESS,		/* a reply of more than SMTP_REPLYMAX bytes */
	LINK_EARLY,		/* a reply to nothing of ours */
	LINK_MEMORY
};

/* The word for why=. */
const char *link_word(enum trouble trouble);

enum {
	LINK_LINES = 64,	/* of a dialogue that are kept, */
	LINK_LINE = 512,	/* bytes of each, */
	LINK_TEXT = 16384,	/* and bytes in all; */
	LINK_REPLY = 2048	/* and of one reply, after which there are dots */
};

/* What was said, without line ends; a line is n bytes of text. */
struct dialogue {
	size_t lines, used;
	bool cut;		/* not all of it is there */
	struct said {
		bool ours;
		size_t at, n;
	} said[LINK_LINES];
	char text[LINK_TEXT];
};

struct mailsmtp;

struct link {
	struct mailsmtp *smtp;
	int fd;			/* -1: there is no connection */
	long long end;		/* when the host's time is over: ms, monotonic */
	long long patience;	/* ms that a reply may take */
	enum trouble trouble;
	struct smtp_reply reply;	/* the last, until the next command; code 0: none */
	bool message;		/* what is sent is no dialogue */
	bool helo;		/* to EHLO it hung up */
	bool reset;		/* RSET was said on this connection, */
	bool stepped;		/* and it was seen that its replies are to the commands */
	bool single;		/* each form wants a connection of its own */
	bool noreset;		/* it has no RSET */
	bool mute;		/* it does not answer to what it does not know */
	size_t inlen;		/* bytes of in: a reply, and what came with it */
	size_t whole;		/* of these, of the reply */
	size_t handed;		/* of these, what libetpan has */
	struct dialogue said;
	char in[SMTP_REPLYMAX];
};

/* No connection yet; seconds: all the time there is for this host. */
void link_start(struct link *l, unsigned long seconds);

/* Connects and waits for the greeting; a code other than 220 is no success. */
int link_open(struct link *l, const struct sockaddr *to, socklen_t n);

/* EHLO, and where that is not known, HELO; where it was hung up at, the next time. */
int link_hello(struct link *l, const char *name);

int link_mail(struct link *l, const char *from);
int link_rcpt(struct link *l, const char *to);
int link_data(struct link *l);
int link_message(struct link *l, const char *mail, size_t n);
int link_reset(struct link *l);

/* A command that there is not. */
int link_nonsense(struct link *l);

/* Says QUIT where polite, and waits for nothing. */
void link_close(struct link *l, bool polite);

#endif
