/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/filename.c cmd/sigupdate/cvdhead.c
/* Names of signature files, and the heads of containers. */
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/filename.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static void
names(void)
{
	static const char *const GOOD[] = { "a.ndb", "daily.cvd", "daily.CLD", "9.hsb",
	    "_x.ign2", "a-b_c.d.yara", "x..fp", "A.db" };
	static const char *const BAD[] = { "", ".", "..", ".ndb", ".a.ndb", "-a.ndb", "a", "a.txt",
	    "a.ndb.", "a.ndb ", " a.ndb", "a/b.ndb", "../a.ndb", "/a.ndb", "a\\b.ndb", "a\n.ndb",
	    "a%2F.ndb", "\xc3\xa4.ndb", "a:b.ndb", "manifest", "manifest.minisig", "a.cdiff",
	    "a.info", "ndb", "a~.ndb", "\x7f.ndb" };
	char longest[FILENAME_MAX_BYTES + 2];

	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
		OK(filename_wrong(span(GOOD[i])) == NULL);
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		OK(filename_wrong(span(BAD[i])) != NULL);
	OK(filename_wrong((struct span){ "a\0.ndb", 6 }) != NULL);
	OK(filename_wrong((struct span){ "a.ndb\0", 6 }) != NULL);
	memset(longest, 'a', sizeof longest);
	memcpy(longest + FILENAME_MAX_BYTES - 4, ".ndb", 4);
	OK(filename_wrong((struct span){ longest, FILENAME_MAX_BYTES }) == NULL);
	memcpy(longest + FILENAME_MAX_BYTES - 3, ".ndb", 4);
	OK(filename_wrong((struct span){ longest, FILENAME_MAX_BYTES + 1 }) != NULL);
	OK(filename_same(span("aZ.ndb"), span("Az.NDB")));
	OK(!filename_same(span("a.ndb"), span("a.ndb2")));
	OK(!filename_same(span("a-.ndb"), span("a_.ndb")));
	OK(!filename_same(span("@.ndb"), span("`.ndb")) && !filename_same(span("[a"), span("{a")));
}

/* Blanks to the end, as in a file. */
static bool
head(struct cvdhead *h, const char *text)
{
	char bytes[CVDHEAD_BYTES];

	memset(bytes, ' ', sizeof bytes);
	memcpy(bytes, text, strlen(text));
	return cvdhead_parse(h, (struct span){ bytes, sizeof bytes });
}

static void
heads(void)
{
	static const char *const BAD[] = { "", "ClamAV-VDB", "ClamAV-VDB:", "<html>",
	    "ClamAV-VDB:date", "ClamAV-VDB:date:1:2:3", "ClamAV-VDB:date:1:2:3:md5",
	    "ClamAV-VDB:date::2:3:md5:sig:me:1", "ClamAV-VDB:date:-1:2:3:md5:sig:me:1",
	    "ClamAV-VDB:date:1:2x:3:md5:sig:me:1", "ClamAV-VDB:date:1:2::md5:sig:me:1",
	    "ClamAV-VDB:date:1 :2: 3:md5:sig:me:1", "clamav-vdb:date:1:2:3:md5:sig:me:1",
	    "ClamAV-VDB:date:1234567890123456789:2:3:md5:sig:me:1" };
	static const char GOOD[] = "ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:"
	    "137a1f88d4e7bd2d6a8bd6d3b0b6c3b6:sig/na+ture:sigmgr:1631795562";
	struct cvdhead h;

	OK(head(&h, GOOD) && h.number == 62 && h.signatures == 6647427 && h.level == 90 &&
	    h.made == 1631795562);
	OK(head(&h, "ClamAV-VDB:d:1:2:3:m:s:me") && h.number == 1 && h.made == 0);
	OK(head(&h, "ClamAV-VDB:d:1:2:3:m:s:me:12x") && h.made == 0);
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		OK(!head(&h, BAD[i]) && h.number == 0);
	OK(!cvdhead_parse(&h, span(GOOD)));
	OK(!cvdhead_parse(&h, span("")));
}

int
main(void)
{
	names();
	heads();
	return done();
}
