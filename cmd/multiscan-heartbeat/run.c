/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/run.h"

const char *
run_reason(enum reason reason)
{
	static const char *const WORDS[] = { "local", "passed", "connect", "refused", "changed",
		"late", "unseen", "none" };

	return WORDS[reason];
}

bool
run_good(const struct fate *f, bool over)
{
	if (f->talk.mail == MAIL_CLEAN)
		return f->arrived && f->arrival.holds[MAIL_CLEAN];
	if (f->arrived)
		return !f->arrival.holds[MAIL_VIRUS];
	return f->talk.state == TALK_REFUSED || f->seen == SIGHTING_ENDED ||
	    (over && f->seen == SIGHTING_FOUND);
}

bool
run_lost(const struct fate *f)
{
	if (f->talk.mail == MAIL_CLEAN)
		return f->arrived ? !f->arrival.holds[MAIL_CLEAN] :
		    f->talk.state == TALK_REFUSED || f->talk.state == TALK_DENIED;
	return f->arrived ? f->arrival.holds[MAIL_VIRUS] : f->talk.state == TALK_DENIED;
}

const char *
run_word(const struct fate *f)
{
	if (f->talk.mail == MAIL_CLEAN)
		return !f->arrived ? "waiting" : run_good(f, true) ? "arrived" : "changed";
	if (f->arrived)
		return run_good(f, true) ? "removed" : "whole";
	if (f->talk.state == TALK_REFUSED)
		return "refused";
	return run_good(f, true) ? "logged" : "waiting";
}

/* Was the server's last word on it that it does not take it?  Perhaps it is asked again. */
static bool
not_taken(const struct fate *f)
{
	return f->talk.state == TALK_REFUSED || f->talk.state == TALK_DENIED ||
	    f->talk.state == TALK_LATER || (f->talk.state == TALK_BUSY && f->talk.code >= 400);
}

enum reason
run_judge(const struct fate fate[MAIL_N])
{
	const struct fate *virus = &fate[MAIL_VIRUS], *clean = &fate[MAIL_CLEAN];

	if (virus->arrived && virus->arrival.holds[MAIL_VIRUS])
		return REASON_PASSED;
	if (run_good(virus, true) && run_good(clean, true))
		return REASON_NONE;
	if (virus->talk.state == TALK_FAILED || clean->talk.state == TALK_FAILED)
		return REASON_CONNECT;
	if (clean->arrived)
		return run_good(clean, true) ? REASON_UNSEEN : REASON_CHANGED;
	return not_taken(clean) ? REASON_REFUSED : REASON_LATE;
}
