/* SPDX-License-Identifier: ISC */
// with: cmd/notice/claim.c cmd/notice/siphash.c
#include "cmd/notice/claim.h"
#include "tests/unit/tap.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NOW = 1795722000, KILLS = 40 };

static const char STATE[] = "state", SAID[] = "said";
static struct claim c;

/* 1: its turn; 0: held back */
static int
take(const char *cause, long long now)
{
	c = (struct claim){ .path = STATE, .cause = cause, .period = 60, .most = 60 };
	return claim_take(&c, now);
}

static void
undo(const char *cause, long long now)
{
	c = (struct claim){ .path = STATE, .cause = cause, .period = 60, .most = 60 };
	claim_undo(&c, now);
}

/* What was said on standard error since the last time. */
static long
said(void)
{
	struct stat st;

	if (stat(SAID, &st) < 0 || truncate(SAID, 0) < 0)
		return -1;
	return (long)st.st_size;
}

static void
times(void)
{
	OK(take("a", NOW) == 1 && c.held == 0);
	OK(take("a", NOW) == 0 && c.cause_held && c.held == 1);
	OK(take("A", NOW + 10) == 0 && c.held == 2);
	OK(take("b", NOW + 10) == 1);
	OK(take("a", NOW + 59) == 0 && c.held == 3);
	OK(take("a", NOW + 60) == 1 && c.held == 3 && c.since == NOW);
	OK(take("a", NOW + 61) == 0 && c.held == 1);
	OK(take("a", NOW + 100000) == 1 && c.held == 1 && c.since == NOW + 61);
	OK(take("a", NOW + 300000) == 1 && c.held == 0);
	OK(said() == 0);
}

static void
undone(void)
{
	OK(take("u", NOW) == 1 && take("u", NOW + 1) == 0 && take("u", NOW + 2) == 0);
	OK(take("u", NOW + 60) == 1 && c.held == 2);
	OK(take("u", NOW + 61) == 0);
	undo("u", NOW + 62);
	OK(take("u", NOW + 62) == 1 && c.held == 3 && c.since == NOW + 1);
	undo("u", NOW + 62);
	undo("u", NOW + 62);
	undo("never", NOW + 62);
	OK(take("u", NOW + 62) == 1 && c.held == 3 && c.since == NOW + 1);
	OK(take("u", NOW + 122) == 1 && c.held == 0);
}

/* A clock that went back silences nobody, and forgets nothing that was held back. */
static void
backwards(void)
{
	OK(take("k", NOW + 1000000) == 1);
	OK(take("k", NOW + 1000001) == 0);
	OK(take("k", NOW) == 1 && c.held == 1);
	OK(take("k", NOW + 1) == 0);
}

static void
all_causes(void)
{
	char cause[16];
	int taken = 0;

	for (int i = 0; i < 200; i++) {
		snprintf(cause, sizeof cause, "all %d", i);
		taken += take(cause, NOW + 2000000 + i % 30);
	}
	OK(taken == 60 && !c.cause_held);
	OK(take("one more", NOW + 2000000) == 0);
	undo("all 3", NOW + 2000000);
	OK(take("one more", NOW + 2000000) == 1);
	OK(take("yet one", NOW + 2000000) == 0);
	OK(take("yet one", NOW + 2000060) == 1);
	/* whose time is still to run are not forgotten for new ones */
	OK(take("all 7", NOW + 2000040) == 0 || !c.cause_held);
}

/* Many causes make it no larger, and the last of them are known. */
static void
bounded(void)
{
	char cause[32];
	struct stat before, after;
	int wrong = 0;

	OK(stat(STATE, &before) == 0);
	for (int i = 0; i < 9000; i++) {
		snprintf(cause, sizeof cause, "many %d", i);
		wrong += take(cause, NOW + 3000000 + i) != 1;
		wrong += take(cause, NOW + 3000000 + i) != 0;
	}
	OK(wrong == 0);
	OK(stat(STATE, &after) == 0 && after.st_size == before.st_size);
	OK(after.st_size == 513 * 512);
	OK((after.st_mode & 0777) == 0600);
}

static void
flip(off_t at)
{
	int fd = open(STATE, O_RDWR);
	unsigned char byte = 0;

	if (fd < 0 || pread(fd, &byte, 1, at) != 1)
		abort();
	byte ^= 0x55;
	if (pwrite(fd, &byte, 1, at) != 1)
		abort();
	close(fd);
}

static void
damaged(void)
{
	long long now = NOW + 4000000;
	int wrong = 0, silent = 0;

	OK(take("d", now) == 1 && said() == 0);
	for (off_t at = 0; at < 48; at++) {
		flip(at);
		now += 100;
		silent += take("d", now) == 1 && said() == 0;
		wrong += take("d", now + 1) != 0 || said() != 0;
	}
	OK(silent == 0 && wrong == 0);
	OK(truncate(STATE, 700) == 0 && take("d", now) == 1 && said() > 0);
	OK(truncate(STATE, 0) == 0 && take("d", now) == 1 && said() == 0);
	OK(unlink(STATE) == 0 && take("d", now) == 1 && said() == 0);
	for (off_t at = 512; at < 513 * 512; at++)
		if (at % 64 < 44)
			flip(at);
	OK(take("d", now) == 1 && said() > 0);
	OK(take("d", now) == 0 && said() == 0);
}

/* Killed when it had its length, and no head yet: nothing was lost, so nothing is said. */
static void
unborn(void)
{
	OK(truncate(STATE, 0) == 0 && truncate(STATE, (off_t)513 * 512) == 0);
	OK(take("u", NOW) == 1 && said() == 0);
	OK(take("u", NOW + 1) == 0 && said() == 0);
}

/* Killed while it works as fast as it can: whole each time. */
static void
killed(void)
{
	int whole = 0;

	unlink(STATE);
	for (int i = 0; i < KILLS; i++) {
		struct timespec ts = { 0, 100000 + i * 37000 };
		char cause[16];
		pid_t pid = fork();

		if (pid == 0)
			for (int k = 0; ; k++) {
				snprintf(cause, sizeof cause, "k %d", k);
				take(cause, NOW + 5000000 + k);
			}
		nanosleep(&ts, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		take("after", NOW + 6000000 + i);
		whole += said() == 0;
	}
	OK(whole == KILLS);
}

/* Many at once: one has it, and each other one is counted. */
static void
together(void)
{
	int got = 0, status;

	for (int i = 0; i < 20; i++)
		if (fork() == 0)
			_exit(take("t", NOW + 7000000));
	while (wait(&status) > 0)
		got += WIFEXITED(status) && WEXITSTATUS(status) == 1;
	OK(got == 1);
	OK(take("t", NOW + 7000060) == 1 && c.held == 19);
}

int
main(void)
{
	char dir[] = "multiscan-claim.XXXXXX", *tmp = getenv("TMPDIR");

	if ((tmp == NULL || chdir(tmp) < 0) && chdir("/tmp") < 0)
		return 75;
	if (mkdtemp(dir) == NULL || chdir(dir) < 0 || freopen(SAID, "a", stderr) == NULL)
		return 75;
	setvbuf(stderr, NULL, _IONBF, 0);
	times();
	undone();
	backwards();
	all_causes();
	bounded();
	damaged();
	unborn();
	killed();
	together();
	unlink(STATE);
	unlink(SAID);
	if (chdir("..") < 0 || rmdir(dir) < 0)
		return 75;
	return done();
}
