/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/check.h"
#include "cmd/avscan/ask.h"
#include "common/canary.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct sample {
	enum canary which;
	const char *name;
	const char *remedy;	/* where it is answered wrongly */
} SAMPLES[] = {
	{ CANARY_CLEAN, "clean", "take that signature out of its set" },
	{ CANARY_MAIL, "mail",
	    "set `ScanMail yes' and `ScanArchive yes' in clamd.conf" },
	{ CANARY_EICAR, "eicar",
	    "its signatures are missing or not whole, see DatabaseDirectory in "
	    "clamd.conf, and freshclam" },
	{ CANARY_ENCRYPTED, "encrypted",
	    "set `AlertEncrypted yes' in clamd.conf, and AlertOLE2Macros if macros "
	    "are to be marked" },
	{ CANARY_DEEP, "deep", "set `AlertExceedsMax yes' in clamd.conf" },
};

enum { N = sizeof SAMPLES / sizeof SAMPLES[0] };

static void
print_sample(struct asker *a, const struct sample *s, bool proved, struct span name)
{
	static struct record r;
	char copy[SESSION_LINE];
	struct span set;

	memcpy(copy, name.p, name.n);
	set = ask_set(a);
	record_start(&r);
	record_addstr(&r, "sample", s->name);
	record_addstr(&r, "proved", proved ? "yes" : "no");
	if (name.n > 0)
		record_add(&r, "sig", copy, name.n);
	record_addstr(&r, "by", ask_engine(a));
	if (set.n > 0)
		record_add(&r, "set", set.p, set.n);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

/* What is to be done: clamd has a configuration, an avscand nothing but its set. */
static const char *
remedy(struct asker *a, const struct sample *s, int fd)
{
	if (s->which == CANARY_CLEAN || !ask_avscand(a, fd))
		return s->remedy;
	return "see what `avscand -k' says of its set, mend that, and restart it";
}

/* False: it is of no use to ask this engine for more. */
static bool
prove(struct asker *a, const struct sample *s, bool *good)
{
	int fd = canary_open(s->which);
	struct span text = { "", 0 };
	enum answer answer;
	bool proved;

	if (fd < 0)
		err(EXIT_RETRY, "the sample %s", s->name);
	answer = ask_scan(a, fd, s->name, &text);
	if (answer != ASK_FOUND)
		text.n = 0;
	proved = (answer == ASK_CLEAN || answer == ASK_FOUND) &&
	    canary_right(s->which, text);
	*good &= proved;
	if (answer != ASK_LOST)
		print_sample(a, s, proved, text);
	if (!proved && answer != ASK_FAILED && answer != ASK_LOST)
		warnx("%s: %s: %s: %s", ask_engine(a), canary_name(s->which),
		    answer == ASK_CLEAN ? "called clean" : "found what is not in it",
		    remedy(a, s, fd));
	close(fd);
	return answer != ASK_LOST;
}

/* In a pool of its own: no other answers for it. */
static bool
check_engine(const struct engine *e)
{
	static struct engines alone;
	static struct asker a;
	bool good = true;

	alone.n = 1;
	alone.list[0] = *e;
	asker_start(&a, &alone);
	for (size_t i = 0; i < N && prove(&a, &SAMPLES[i], &good); i++)
		;
	return asker_end(&a) && good;
}

bool
check_engines(const struct engines *e)
{
	bool good = true;

	for (size_t i = 0; i < e->n; i++)
		good &= check_engine(&e->list[i]);
	if (good)
		printf("check=avscan-k parts=%zu\n", N * e->n);
	return good;
}
