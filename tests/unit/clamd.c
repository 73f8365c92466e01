/* SPDX-License-Identifier: ISC */
#include "common/clamd.h"
#include "tests/unit/tap.h"

#include <string.h>

static enum clamd_kind
kind(const char *line)
{
	return clamd_parse(line, strlen(line), 1).kind;
}

static bool
named(const char *line, const char *name)
{
	struct clamd_reply r = clamd_parse(line, strlen(line), 1);

	return r.kind == CLAMD_FOUND && r.text.n == strlen(name) &&
	    memcmp(r.text.p, name, r.text.n) == 0;
}

static void
replies(void)
{
	OK(kind("1: fd[11]: OK") == CLAMD_OK);
	OK(kind("1: stream: OK") == CLAMD_OK);
	OK(named("1: fd[11]: Eicar FOUND", "Eicar"));
	OK(named("1: stream: Eicar.UNOFFICIAL FOUND", "Eicar"));
	OK(named("1: fd[1]: .UNOFFICIAL FOUND", ".UNOFFICIAL"));
	OK(named("1: fd[1]: a b: OK FOUND", "a b: OK"));
	OK(named("1: fd[1]: E(44d88612:68) FOUND", "E(44d88612:68)"));
	OK(kind("1: fd[11]: Not a regular file ERROR") == CLAMD_ERROR);
	OK(kind("1: fd[11]: OK ERROR") == CLAMD_ERROR);
	OK(kind("1: fd[11]: Busy ERROR") == CLAMD_BUSY);
	OK(kind("1: stream: Busy ERROR") == CLAMD_BUSY);
	OK(kind("1: fd[11]: Busy  ERROR") == CLAMD_ERROR);
	OK(kind("1: INSTREAM size limit exceeded. ERROR") == CLAMD_REFUSED);
	OK(kind("1: Command invalid inside IDSESSION. ERROR") == CLAMD_REFUSED);
	OK(kind("1: Busy ERROR") == CLAMD_REFUSED);
}

static void
unscanned(void)
{
	static const char line[] = "1: fd[3]: engine-died UNSCANNED";
	struct clamd_reply r = clamd_parse(line, sizeof line - 1, 1);

	OK(r.kind == CLAMD_UNSCANNED && r.text.n == 11 &&
	    memcmp(r.text.p, "engine-died", 11) == 0);
	OK(kind("1: fd[3]: engine-timeout UNSCANNED") == CLAMD_UNSCANNED);
	OK(kind("1: fd[3]: engine-error UNSCANNED") == CLAMD_UNSCANNED);
	OK(kind("1: fd[3]: encrypted UNSCANNED") == CLAMD_STRANGE);
	OK(kind("1: fd[3]:  UNSCANNED") == CLAMD_STRANGE);
	OK(kind("1: engine-died UNSCANNED") == CLAMD_STRANGE);
	OK(kind("1: fd[3]: engine-died UNSCANNED FOUND") == CLAMD_FOUND);
}

/* Are the names of this reply these, a `|' after each? */
static bool
names_are(const char *line, const char *want)
{
	struct clamd_reply r = clamd_parse(line, strlen(line), 1);
	struct span name;
	char got[200] = "";

	while (clamd_name(&r.text, &name)) {
		strncat(got, name.p, name.n);
		strcat(got, "|");
	}
	return r.kind == CLAMD_FOUND && strcmp(got, want) == 0;
}

static void
names(void)
{
	OK(names_are("1: fd[3]: One FOUND", "One|"));
	OK(names_are("1: fd[3]: One.UNOFFICIAL Two Three.UNOFFICIAL FOUND",
	    "One|Two|Three|"));
	OK(names_are("1: fd[3]: .UNOFFICIAL One FOUND", ".UNOFFICIAL|One|"));
	OK(names_are("1: fd[3]: One  Two FOUND", "One||Two|"));
	OK(names_are("1: fd[3]: One  FOUND", "One||"));
	OK(names_are("1: fd[3]:  One FOUND", "|One|"));
}

/* Not one of these may be taken for OK, or for a finding. */
static void
not_replies(void)
{
	static const char *const bad[] = {
		"", "1", "1:", "1: ", "OK", "1: OK", "fd[11]: OK", "2: fd[11]: OK",
		"01: fd[11]: OK", "11: fd[11]: OK", "1: fd[11]: OK ", "1: fd[11]:OK",
		"1: fd[11]:  OK", "1: fd[11]: OKAY", "1: fd[11]: ok", "1: fd[]: OK",
		"1: fd[x]: OK", "1: fd[1: OK", "1: /etc/passwd: OK", " 1: fd[11]: OK",
		"1: fd[11]: OK\n", "1: stream: not OK", "1: stream:  FOUND",
		"1: stream: FOUND", "1: stream FOUND",
		"4294967297: fd[11]: OK", "18446744073709551617: fd[11]: OK",
		"-1: fd[11]: OK", "1: fd[11]: PONG", "1: fd[11]: OK: OK",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		bool strange = kind(bad[i]) == CLAMD_STRANGE;

		if (!strange)
			printf("# taken for an answer: %s\n", bad[i]);
		OK(strange);
	}
	OK(clamd_parse("1: fd[11]: OK\0", 14, 1).kind == CLAMD_STRANGE);
	OK(clamd_parse("1: fd[11]: OK", 12, 1).kind == CLAMD_STRANGE);
}

static bool
set_is(const char *line, const char *want)
{
	struct span set;
	bool answered, got = clamd_set(line, strlen(line), 3, &set, &answered);

	return answered && got == (want[0] != '\0') && set.n == strlen(want) &&
	    memcmp(set.p, want, set.n) == 0;
}

static void
sets(void)
{
	struct span set;
	bool answered;

	OK(set_is("3: ClamAV 1.4.6/27824/Tue Nov 24 09:00:00 2026", "27824"));
	OK(set_is("3: ClamAV 1.4.6/GEN.7", "GEN.7"));
	OK(set_is("3: ClamAV 1.4.6", ""));
	OK(set_is("3: ClamAV 1.4.6//x", ""));
	OK(!clamd_set("2: ClamAV 1.4.6/1/x", 19, 3, &set, &answered) && !answered);
	OK(!clamd_set("3: PONG/1", 9, 3, &set, &answered) && !answered);
}

static bool
means(const char *name, const char *verdict, const char *why)
{
	struct clamd_meaning m =
	    clamd_meaning((struct span){ name, strlen(name) });

	return strcmp(m.verdict, verdict) == 0 && strcmp(m.why, why) == 0;
}

static void
meanings(void)
{
	OK(means("Eicar-Test-Signature", "infected", ""));
	OK(means("Heuristics.Phishing.Email.SpoofedDomain", "infected", ""));
	OK(means("Heuristics.Limits.Exceeded.MaxFileSize", "unscanned", "limit-filesize"));
	OK(means("Heuristics.Limits.Exceeded.MaxRecursion", "unscanned", "limit-recursion"));
	OK(means("Heuristics.Limits.Exceeded.EmailHeaders", "unscanned", "limit-emailheaders"));
	OK(means("Heuristics.Limits.Exceeded", "unscanned", "limit-other"));
	OK(means("Heuristics.Limits.Exceeded.Max", "unscanned", "limit-other"));
	OK(means("Heuristics.Limits.Exceeded.A-b c%0123456789012345678901234567890",
	    "unscanned", "limit-abc0123456789012345678901"));
	OK(means("Heuristics.Limits.ExceededX", "infected", ""));
	OK(means("Heuristics.XZ.DicSizeLimit", "unscanned", "limit-dicsize"));
	OK(means("Heuristics.Encrypted.Zip", "unscanned", "encrypted"));
	OK(means("Heuristics.OLE2.ContainsMacros", "odd", "macro"));
	OK(means("Heuristics.OLE2.ContainsMacros.VBA", "odd", "macro"));
	OK(means("Heuristics.Broken.Executable", "odd", "broken"));
	OK(means("Win.Heuristics.Encrypted.Zip", "infected", ""));
}

int
main(void)
{
	replies();
	unscanned();
	names();
	not_replies();
	sets();
	meanings();
	return done();
}
