/* SPDX-License-Identifier: ISC */
#include "common/transfer.h"
#include "tests/unit/tap.h"

#include <string.h>

static unsigned odd;	/* of what was decoded last */

/* n bytes of in, fed whole, one byte and five bytes at a time, are want? */
static bool
gives(enum transfer_coding coding, const char *in, size_t n, const char *want)
{
	static const size_t STEP[] = { SIZE_MAX, 1, 5 };
	bool same = true;

	for (size_t i = 0; i < 3; i++) {
		char out[256 + 2 * TRANSFER_KEPT];
		struct transfer t;
		size_t o = 0, k;

		transfer_start(&t, coding);
		for (size_t at = 0; at < n; at += k) {
			k = n - at < STEP[i] ? n - at : STEP[i];
			o += transfer_feed(&t, in + at, k, out + o);
		}
		o += transfer_end(&t, out + o);
		same = same && o == strlen(want) && memcmp(out, want, o) == 0;
		same = same && (i == 0 || odd == t.odd);
		odd = t.odd;
	}
	return same;
}

static bool
is(enum transfer_coding coding, const char *in, const char *want)
{
	return gives(coding, in, strlen(in), want);
}

static bool
others(enum transfer_coding coding, unsigned mask)
{
	return transfer_others(coding, odd) == mask;
}

static void
base64(void)
{
	enum transfer_coding usual = TRANSFER_BASE64;

	OK(is(usual, "aGVs\r\nbG8=\r\n", "hello") && odd == 0);
	OK(is(usual, "aGVsbG8=", "hello") && odd == 0);
	OK(is(usual, "aGVsbG8", "hello") && (odd & ODD_BASE64_SHORT) != 0);
	OK(others(usual, 1u << TRANSFER_BASE64_WHOLE));
	OK(is(TRANSFER_BASE64_WHOLE, "aGVsbG8", "hel"));
	OK(is(usual, "a_GVsbG8=", "hello") && others(usual,
	    1u << TRANSFER_BASE64_URL | 1u << TRANSFER_BASE64_LINES));
	OK(is(usual, "\taGVs \r\n bG8= \r\n", "hello") && odd == 0);
	OK(is(usual, "aGVs aGVs\r\nbG8=", "helhello") && odd == ODD_BASE64_JUNK);
	OK(is(usual, "aG Vs", "hel") && odd == ODD_BASE64_JUNK);
	OK(is(TRANSFER_BASE64_LINES, "aG!s\naGVsbG8=", "hello"));
	OK(is(TRANSFER_BASE64_STOP, "aGU=bGxv", "he"));
	OK(is(TRANSFER_BASE64_SOLID, "aGVs=bG8=", "hello"));
}

/* A padding as one of the four characters. */
static void
token(void)
{
	enum transfer_coding usual = TRANSFER_BASE64, other = TRANSFER_BASE64_TOKEN;
	unsigned mask = 1u << TRANSFER_BASE64_STOP | 1u << TRANSFER_BASE64_SOLID;

	OK(is(other, "aGVsbG8=", "hello") && is(other, "aGVsbG8", "hello"));
	OK(is(other, "ag==aGVs", "jhel") && is(other, "aGU=aGVs", "hehel"));
	OK(is(other, "eH=4aGVsbG8=", "xphello"));
	OK(is(other, "=eeeaGVs", "\x01\xe7hel"));
	OK(is(other, "e==eaGVs", "xhel"));
	OK(is(other, "=\r\n=\r\n=AaGVs", "hel") && is(other, "====aGVs", "hel"));
	OK(is(other, "eH=", "x") && is(other, "e=H", "x") && is(other, "e=", ""));
	/* asked for only where it differs */
	OK(is(usual, "ag==aGVs", "jhel") && others(usual, mask));
	OK(is(usual, "aGVs====aGVs", "helhel") && others(usual, mask));
	OK(is(usual, "aGVs=", "hel") && others(usual, mask));
	mask |= 1u << other;
	OK(is(usual, "aGVs=aGVs", "helhel") && others(usual, mask));
	OK(is(usual, "ag=aGVsbG8=", "jhello") && others(usual, mask));
	(void)is(usual, "e=AAaGVs", "");
	OK(others(usual, mask | 1u << TRANSFER_BASE64_WHOLE));
}

/* A longer line behind one that is no whole number of quanta. */
static void
uneven(void)
{
	enum transfer_coding usual = TRANSFER_BASE64, other = TRANSFER_BASE64_LINES;
	unsigned mask = 1u << other | 1u << TRANSFER_BASE64_WHOLE;

	OK(is(other, "aGV\naGVsbG8=\n", "hello") && is(other, "aGV\naGVsbG8=", "hello"));
	(void)is(usual, "aGV\naGVsbG8=\n", "");
	OK(others(usual, mask));
	(void)is(usual, "aGV\naGVsbG8=", "");
	OK(others(usual, mask));
	(void)is(usual, "aGVsbG\n8=", "");
	OK(others(usual, 0));
}

static void
quoted_printable(void)
{
	enum transfer_coding usual = TRANSFER_QP;

	OK(is(usual, "a=3Db=\r\nc=\n d \r\n", "a=bc d\r\n") && others(usual, 0));
	OK(is(usual, "a=xb", "a=xb") && others(usual,
	    1u << TRANSFER_QP_KEEP | 1u << TRANSFER_QP_DROP));
	OK(is(TRANSFER_QP_DROP, "a=xb= c", "axbc"));
	OK(is(TRANSFER_QP_KEEP, "a= \nb", "a= \nb"));
}

/* An escape with a soft line break in it. */
static void
join(void)
{
	enum transfer_coding usual = TRANSFER_QP, other = TRANSFER_QP_JOIN;
	unsigned mask = 1u << TRANSFER_QP_KEEP | 1u << TRANSFER_QP_DROP;

	OK(is(other, "a=3Db=\r\nc=\n d \r\n", "a=bc d\r\n"));
	OK(is(other, "=6=\n1", "a") && is(other, "==\r\n61", "a"));
	OK(is(other, "==\n6= \t\r\n1=", "a") && is(other, "==\n=\n6=\n=\n1", "a"));
	OK(is(other, "=6=\nx==\n\n", "=6x=\n") && is(other, "=6=x1", "=6=x1"));
	OK(is(other, "==6=\n1", "=a") && is(other, "=6==\n61", "=6a"));
	OK(is(other, "=6", "=6") && is(other, "==\n", "=") && is(other, "= ", ""));
	OK(is(other, "= \t6=\r1", "= \t6=\r1"));
	/* asked for only where it may differ */
	OK(is(usual, "=6=x=\n=61==61=\n", "=6=xa=a") && others(usual, mask));
	mask |= 1u << other;
	OK(is(usual, "=6=\n1", "=61") && others(usual, mask));
	OK(is(usual, "==\r\n61", "=61") && others(usual, mask));
	OK(is(usual, "== \r\n61", "=61") && others(usual, mask));
}

int
main(void)
{
	base64();
	token();
	uneven();
	quoted_printable();
	join();
	return done();
}
