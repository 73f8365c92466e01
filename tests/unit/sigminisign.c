/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/minisig.c
/*
 * What minisign signed is taken, in both of its forms, and nothing that was changed.
 * The keys were made for this test.
 */
#include "cmd/sigupdate/minisig.h"
#include "tests/unit/tap.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char OURS[] = "RWTm+4/eEYwwQO8m1SPG9AoZIByZMvoef9Bi43udGkwqMTwS1jTD8OOQ";
static const char OTHER[] = "RWQo3i3ZwCgt3T22+1V0LRICTIwFE8x3pzIRMwHES/sgq+vYabHHj3d5";
static const char TEXT[] = "manifest=ours generation=1\n";

static const char HASHED[] =
    "untrusted comment: signature from minisign secret key\n"
    "RUTm+4/eEYwwQDv6pSPJJ86PBt8Pw0z5A81Kz+0U/VbS6hrvaiemoKa/J0lklB76lPLHh7lBfahQ1P5NXpgAIwzFp0E7o/S5gQU=\n"
    "trusted comment: a set, 1\n"
    "feEIRA72bcH4UV/phEVmsv6ADgCxpDCqiqikM9odhsGkb77rxOjRwfSCIgf/HtoyH9e4RBanfpR5GKeO0lyFBw==\n";
static const char LEGACY[] =
    "untrusted comment: signature from minisign secret key\n"
    "RWTm+4/eEYwwQFrdRgP9jwtmLUgJEHlOiwksgCdUIvdPKi2falHLqfch1Ufle/nVDBnDiZH2DiP/Q+Poyk+BM7Vi9gKxPG2ORgw=\n"
    "trusted comment: a set, 1\n"
    "h8YEhjA0LDMRg9mNCo2lzw24gxCEyAasJS5KHT/F341qADNOlp3gLTpxbRXqg3yAN5vq+clL0h1+2KSlwuEMDw==\n";
static const char BY_OTHER[] =
    "untrusted comment: signature from minisign secret key\n"
    "RUQo3i3ZwCgt3fvRbJzqpq0YPzVsgijliYnUWjrEAniYmiZK7tb/ydNljXFy912MmbJfcfQcJdEcjGz6lgIpoEzb3kbLVomXvgw=\n"
    "trusted comment: a set, 1\n"
    "eqMYMeoGbvrQf+xKaPdVbpa9nJRscjfoqOXCspAS0L/N43reR+AJFbfUNNgwXD9R55IyHtnUrmhaA7HyVny0BQ==\n";
static const char OF_NOTHING[] =
    "untrusted comment: signature from minisign secret key\n"
    "RUTm+4/eEYwwQFIMv7XTT0t/CK3H5HiriQcKcN1P3DqcXp2gQFdZoNHt0PaNVooAkTcRaTx4XVibzs3xmI+qxb1FAwaCP5BCxg8=\n"
    "trusted comment: of nothing\n"
    "ay1ycO93U2h+1MAZqE+Go1AImOZWGEGow65C0HoHVlwY62TBoO8L4mCWzFw4GCrZtGIYJAVC+2ejRvfNjMnXCA==\n";
static const char LEGACY_OF_NOTHING[] =
    "untrusted comment: signature from minisign secret key\n"
    "RWTm+4/eEYwwQF8QD1c53jJIQd93bHQxB2HMvRoczbBo0uJpMWuYVvbZGvR4CXA8tKf6XWE7CJ0CdI8JeCShnIquCiVWs6cmrQM=\n"
    "trusted comment: of nothing\n"
    "QDy9BmiE8qx6YiSPiZCLcZV7v29JWMeT00hi2qyFsD99CmdZTfAivxBgFyLah8h48DFRtPrVBJy3Us9uPVBHDg==\n";

static struct minisig_key keys[2];

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static const char *
parsed(const char *p, size_t n)
{
	struct minisig m;
	const char *wrong = minisig_parse(&m, (struct span){ p, n });

	return wrong == NULL ? "" : wrong;
}

/* By the first n keys; "" where it is taken. */
static const char *
verified(const char *signature, struct span text, size_t n)
{
	struct minisig m;
	const char *wrong = minisig_parse(&m, span(signature));

	if (wrong == NULL)
		wrong = minisig_verify(&m, text, keys, n);
	return wrong == NULL ? "" : wrong;
}

/* The same with each line's end as given, the last one's too. */
static const char *
ended(const char *signature, const char *end, const char *last)
{
	static char text[2048];
	size_t n = 0;

	for (const char *p = signature; *p != '\0'; p++) {
		const char *as = p[0] != '\n' ? NULL : p[1] != '\0' ? end : last;

		if (as == NULL)
			text[n++] = *p;
		for (; as != NULL && *as != '\0'; as++)
			text[n++] = *as;
	}
	text[n] = '\0';
	return text;
}

static void
key_words(void)
{
	struct minisig_key k;
	char text[80];

	OK(minisig_key(&keys[0], span(OURS)) && minisig_key(&keys[1], span(OTHER)));
	OK(memcmp(keys[0].id, "\xe6\xfb\x8f\xde\x11\x8c\x30\x40", 8) == 0);
	OK(!minisig_key(&k, span("")));
	OK(!minisig_key(&k, (struct span){ OURS, strlen(OURS) - 1 }));
	OK(!minisig_key(&k, (struct span){ OURS, sizeof OURS }));
	snprintf(text, sizeof text, "%s\n", OURS);
	OK(!minisig_key(&k, span(text)));
	snprintf(text, sizeof text, "%s=", OURS);
	OK(!minisig_key(&k, span(text)));
	snprintf(text, sizeof text, "%s", OURS);
	text[1] = 'U';			/* ED: of a signature */
	OK(!minisig_key(&k, span(text)));
	text[1] = 'W';
	text[20] = '-';
	OK(!minisig_key(&k, span(text)));
}

static void
whole(void)
{
	struct minisig m;

	OK(strcmp(verified(HASHED, span(TEXT), 1), "") == 0);
	OK(strcmp(verified(LEGACY, span(TEXT), 1), "") == 0);
	OK(strcmp(verified(OF_NOTHING, span(""), 1), "") == 0);
	OK(strcmp(verified(LEGACY_OF_NOTHING, span(""), 1), "") == 0);
	OK(strcmp(verified(HASHED, span(TEXT), 0), "by another key") == 0);
	OK(strcmp(verified(BY_OTHER, span(TEXT), 1), "by another key") == 0);
	OK(strcmp(verified(BY_OTHER, span(TEXT), 2), "") == 0);
	OK(minisig_parse(&m, span(HASHED)) == NULL && m.hashed);
	OK(m.n == 8 && memcmp(m.comment, "a set, 1", 8) == 0);
	OK(minisig_parse(&m, span(LEGACY)) == NULL && !m.hashed);
}

static void
changed_bytes(const char *signature)
{
	char text[sizeof TEXT + 1];
	unsigned refused = 0;

	for (size_t i = 0; i < strlen(TEXT); i++) {
		memcpy(text, TEXT, sizeof TEXT);
		text[i] ^= 1;
		refused += strcmp(verified(signature, span(text), 2),
		    "the signature does not fit") == 0;
	}
	OK(refused == strlen(TEXT));
	snprintf(text, sizeof text, "%s\n", TEXT);
	OK(strcmp(verified(signature, span(text), 2), "the signature does not fit") == 0);
	OK(strcmp(verified(signature, (struct span){ TEXT, strlen(TEXT) - 1 }, 2), "") != 0);
}

/* Each byte of the signature file with its lowest bit turned, but of the first line. */
static void
changed_signature(const char *signature)
{
	char text[1024];
	unsigned taken = 0;

	for (size_t i = strcspn(signature, "\n"); i < strlen(signature); i++) {
		snprintf(text, sizeof text, "%s", signature);
		text[i] ^= 1;
		taken += strcmp(verified(text, span(TEXT), 2), "") == 0;
	}
	OK(taken == 0);
	snprintf(text, sizeof text, "%s", signature);
	memcpy(strstr(text, "a set, 1"), "a set, 2", 8);
	OK(strcmp(verified(text, span(TEXT), 2),
	    "the trusted comment is not the one that was signed") == 0);
}

/* The id alone says whose it is, and is not what makes it fit. */
static void
another_id(void)
{
	struct minisig_key same[2] = { keys[1], keys[0] };
	struct minisig m;

	memcpy(same[0].id, keys[0].id, sizeof same[0].id);
	OK(minisig_parse(&m, span(HASHED)) == NULL);
	OK(minisig_verify(&m, span(TEXT), same, 1) != NULL);
	OK(minisig_verify(&m, span(TEXT), same, 2) == NULL);
	m.hashed = false;
	OK(minisig_verify(&m, span(TEXT), keys, 2) != NULL);
}

/* As minisign takes them. */
static void
line_ends(void)
{
	OK(strcmp(verified(ended(HASHED, "\r\n", "\r\n"), span(TEXT), 1), "") == 0);
	OK(strcmp(verified(ended(HASHED, "\n", ""), span(TEXT), 1), "") == 0);
	OK(strcmp(verified(ended(HASHED, "\r\n", "\r"), span(TEXT), 1), "") == 0);
	OK(strcmp(verified(ended(HASHED, "\r\r\n", "\n"), span(TEXT), 1), "") != 0);
	OK(strcmp(verified(ended(HASHED, " \n", "\n"), span(TEXT), 1), "") != 0);
	OK(strcmp(verified(ended(HASHED, "\r", "\r"), span(TEXT), 1), "") != 0);
	OK(strcmp(verified(ended(HASHED, "\n", "\n\n"), span(TEXT), 1), "more than four lines") == 0);
	OK(strcmp(verified(ended(HASHED, "\n", "\nx"), span(TEXT), 1), "more than four lines") == 0);
}

static void
malformed(void)
{
	static char text[MINISIG_MAX + 1];
	const char *rest = strchr(HASHED, '\n');
	size_t n;
	unsigned taken = 0;

	for (n = 0; n < strlen(HASHED) - 1; n++)
		taken += parsed(HASHED, n)[0] == '\0';
	OK(taken == 0);
	OK(parsed(HASHED, strlen(HASHED))[0] == '\0');
	OK(parsed(HASHED, sizeof HASHED)[0] != '\0');	/* a NUL */
	OK(parsed(HASHED + 1, strlen(HASHED) - 1)[0] != '\0');
	OK(parsed(rest + 1, strlen(rest) - 1)[0] != '\0');
	n = (size_t)snprintf(text, sizeof text, "untrusted comment: %*s%s",
	    (int)(MINISIG_MAX - strlen("untrusted comment: ") - strlen(rest)), "x", rest);
	OK(n == MINISIG_MAX && parsed(text, n)[0] == '\0');
	text[n] = '\n';
	OK(strcmp(parsed(text, n + 1), "too long for a signature") == 0);
	n = (size_t)snprintf(text, sizeof text, "untrusted comment:%s", rest);
	OK(strcmp(parsed(text, n), "its first line is no untrusted comment") == 0);
	snprintf(text, sizeof text, "%s", HASHED);
	memcpy(strstr(text, "\nRU"), "\nRX", 3);
	OK(strcmp(parsed(text, strlen(text)), "a signature of an unknown kind") == 0);
}

int
main(void)
{
	if (sodium_init() < 0)
		return 1;
	key_words();
	whole();
	changed_bytes(HASHED);
	changed_bytes(LEGACY);
	changed_signature(HASHED);
	changed_signature(LEGACY);
	another_id();
	line_ends();
	malformed();
	return done();
}
