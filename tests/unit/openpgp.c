/* SPDX-License-Identifier: ISC */
/* The blocks of armour were made by gpg. */
#include "common/openpgp.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

static bool bare;
TOLD_RUN(openpgp, d.bare = bare)

#define TELLS(in, want) \
	told_is(run, in, sizeof in - 1, want, sizeof want - 1)

#define LITERAL "b\x05" "a.txt\0\0\0\0hello"	/* 16 bytes */

/* 'e': encrypted, 'c': compressed, 0: neither. */
static char
flag(const char *in, size_t n)
{
	struct told t;
	struct carried to = told_carried(&t);
	struct openpgp g;

	openpgp_start(&g, &to);
	g.bare = bare;
	openpgp_feed(&g, in, n);
	openpgp_end(&g);
	free(t.text);
	return g.encrypted ? 'e' : g.compressed ? 'c' : 0;
}
#define FLAG(in) flag(in, sizeof in - 1)

static void
packets(void)
{
	bare = true;
	OK(TELLS("\xcb\x10" LITERAL, "{(a.txt)hello}"));
	OK(TELLS("\xac\x10" LITERAL, "{(a.txt)hello}"));
	OK(TELLS("\xad\x00\x10" LITERAL, "{(a.txt)hello}"));
	OK(TELLS("\xae\0\0\0\x10" LITERAL, "{(a.txt)hello}"));
	OK(TELLS("\xaf" LITERAL, "{(a.txt)hello}"));
	OK(TELLS("\xcb\xff\0\0\0\x10" LITERAL, "{(a.txt)hello}"));
	/* in pieces; a length of two bytes; cut off */
	OK(TELLS("\xcb\xe3" "b\0\0\0\0\0he" "\xe1" "ll" "\x01" "o", "{hello}"));
	OK(TELLS("\xcb\xe3" "b\0\0\0\0\0he" "\xc0\x00" "llo", "{hello}"));
	OK(TELLS("\xcb\x7f" LITERAL, "{(a.txt)hello}"));
	OK(TELLS("\xcb\x00\xcb\x06" "b\0\0\0\0\0", ""));
	/* signed: something before, and behind */
	OK(TELLS("\xc4\x01x\xcb\x10" LITERAL "\xc2\x02xx\xcb\x07" "b\0\0\0\0\0y",
	    "{(a.txt)hello}{y}"));
	/* no packets */
	OK(TELLS("\x0b\x10" LITERAL, ""));
	OK(TELLS("", ""));
}

static void
in_packets(void)
{
	bare = true;
	OK(TELLS("\xc8\x13\0\xcb\x10" LITERAL "\xcb\x07" "b\0\0\0\0\0y",
	    "{(a.txt)hello}{y}"));
	OK(TELLS("\xa3\0\xa3\0\xcb\x10" LITERAL, "{(a.txt)hello}"));
	OK(TELLS("\xc8\xe1\0\xcb\xe4\x10" "b\x05" "a.txt\0\0\0\0hell" "\x01" "o",
	    "{(a.txt)hello}"));
	/* what holds it is over: so is it */
	OK(TELLS("\xc8\x0b\0\xcb\x10" "b\0\0\0\0\0he" "\xcb\x07" "b\0\0\0\0\0y",
	    "{he}{y}"));
	OK(FLAG("\xa3\0\xa3\0\xa3\0\xa3\0\xcb\x10" LITERAL) == 'c');
	OK(FLAG("\xa3\0\xa3\0\xa3\0\xcb\x10" LITERAL) == 0);
}

static void
flags(void)
{
	bare = true;
	OK(FLAG("\xc8\x03\x01xx") == 'c');
	OK(FLAG("\xa3\x02xx") == 'c');
	OK(FLAG("\xc1\x02xx\xd2\x02xx") == 'e');
	OK(FLAG("\x85\x01") == 'e');
	OK(FLAG("\xb7xx") == 0);
	OK(FLAG("\xd4\x02xx") == 'e');
	OK(FLAG("\xa7xx") == 'e');
	OK(FLAG("\xc6\x02xx") == 0);
}

#define BLOCK "y0liAGsHpGxDb250ZW50LVR5cGU6IGFwcGxpY2F0aW9uL29jdGV0LXN0cmVhbTsg\n" \
    "bmFtZT1pbnYuZXhlCgpNWiBUb0tlTl83cVoK\n"
#define IS "{Content-Type: application/octet-stream; name=inv.exe\n\nMZ ToKeN_7qZ\n}"

static void
armour(void)
{
	bare = false;
	OK(TELLS("-----BEGIN PGP MESSAGE-----\n\n" BLOCK "=1WcT\n"
	    "-----END PGP MESSAGE-----\n", IS));
	OK(TELLS("text\r\n-----BEGIN PGP MESSAGE-----\r\nVersion: 1\r\n\r\n"
	    "ywZiAAAAAAA=\r\n=1WcT\r\n-----END PGP MESSAGE-----\r\n", ""));
	OK(TELLS("-----BEGIN PGP ANYTHING-----\nComment: a:b\n \n" BLOCK
	    "-----BEGIN PGP MESSAGE-----\n" BLOCK, IS IS));
	OK(TELLS("-----BEGIN PGP MESSAGE-----\r\rywdiAAAAAAB5\r", "{y}"));
	OK(TELLS("-----BEGIN PGP SIGNED MESSAGE-----\n\nywdiAAAAAAB5\n", ""));
	OK(TELLS(" -----BEGIN PGP MESSAGE-----\n\nywdiAAAAAAB5\n", ""));
	OK(FLAG("-----BEGIN PGP MESSAGE-----\n\nhQEMAw==\n") == 'e');
	OK(FLAG("hQEMAw==\n") == 0);
}

/* Lines longer than what is kept of one. */
static void
long_lines(void)
{
	char in[4096] = "-----BEGIN PGP MESSAGE-----\n\nr2IAAAAAAA==\n", want[4096];
	size_t n = strlen(in), x = 1;

	bare = false;
	want[0] = '{';
	for (int i = 0; i < 700; i++) {
		memcpy(in + n, "eHh4", 4);
		memcpy(want + x, "xxx", 3);
		n += 4;
		x += 3;
	}
	want[x++] = '}';
	OK(told_is(run, in, n, want, x));
	memset(in + 28, 'x', 400);
	in[28 + 1] = ':';
	memcpy(in + 428, "\n\nywdiAAAAAAB5\n", 15);
	OK(told_is(run, in, 443, "{y}", 3));
}

int
main(void)
{
	packets();
	in_packets();
	flags();
	armour();
	long_lines();
	return done();
}
