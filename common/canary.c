/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memfd_create, F_ADD_SEALS */
#include "common/canary.h"
#include "common/clamd.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
	EICAR_SIZE = 68,
	MIME_LINE = 57,		/* bytes that a line of base64 holds */
	ZIP_LOCAL = 30,		/* a header before an entry's name */
	ZIP_CENTRAL = 46,
	ZIP_END = 22,
	DEPTH = 110		/* libclamav: 17 if nothing is said, 100 at the most */
};

static const char clean[] =
    "Dear Anna,\n\nthe train leaves at 9:13 and I shall be at the station.\n"
    "Bring the blue folder, please.\n\nBen\n";

static const char mail_begin[] =
    "From: a@example.org\nTo: b@example.org\nSubject: canary\n"
    "Date: Tue, 3 Nov 2026 09:13:00 +0100\nMessage-ID: <canary@example.org>\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"part\"\n\n"
    "--part\nContent-Type: text/plain\n\nThe file is attached.\n\n"
    "--part\nContent-Type: application/octet-stream; name=\"eicar.com\"\n"
    "Content-Disposition: attachment; filename=\"eicar.com\"\n"
    "Content-Transfer-Encoding: base64\n\n";
static const char mail_end[] = "--part--\n";

static const char zip_name[] = "a.zip";
enum { NAME_SIZE = sizeof zip_name - 1 };
_Static_assert(sizeof clean + DEPTH * (ZIP_LOCAL + ZIP_CENTRAL + ZIP_END +
    2 * NAME_SIZE) < CANARY_MAX, "the deep zip has room");

struct out {
	char *p;
	size_t n;
};

static void
put(struct out *o, const void *p, size_t n)
{
	memcpy(o->p + o->n, p, n);
	o->n += n;
}

/* In two halves, so that the whole stands in no program. */
static void
put_eicar(struct out *o)
{
	static const char first[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-";
	static const char second[] = "ANTIVIRUS-TEST-FILE!$H+H*";

	put(o, first, sizeof first - 1);
	put(o, second, sizeof second - 1);
}

static void
put_base64(struct out *o, const char *from, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		char text[4] = "====";
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < n ? (unsigned char)from[i + k] : 0);
		for (size_t k = 0; k < 4 && i + k <= n; k++)
			text[k] = digits[v >> (18 - 6 * k) & 63];
		put(o, text, sizeof text);
		if ((i + 3) % MIME_LINE == 0 || i + 3 >= n)
			put(o, "\n", 1);
	}
}

static void
put_mail(struct out *o)
{
	char bytes[EICAR_SIZE];
	struct out eicar = { bytes, 0 };

	put_eicar(&eicar);
	put(o, mail_begin, sizeof mail_begin - 1);
	put_base64(o, bytes, eicar.n);
	put(o, mail_end, sizeof mail_end - 1);
}

static uint32_t
crc32_of(const char *p, size_t n)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

/* Little-endian, as all of a zip. */
static void
put_number(struct out *o, unsigned bytes, uint32_t v)
{
	for (; bytes > 0; bytes--, v >>= 8)
		o->p[o->n++] = (char)(v & 0xff);
}

/* What the header before the entry and the one at the end have in common. */
static void
put_entry(struct out *o, unsigned flags, const char *data, size_t n)
{
	put_number(o, 2, 20);		/* the version that can read it */
	put_number(o, 2, flags);
	put_number(o, 2, 0);		/* stored */
	put_number(o, 2, 0x49a0);	/* 09:13 */
	put_number(o, 2, 0x5d63);	/* 2026-11-03 */
	put_number(o, 4, crc32_of(data, n));
	put_number(o, 4, (uint32_t)n);
	put_number(o, 4, (uint32_t)n);
	put_number(o, 2, NAME_SIZE);
	put_number(o, 2, 0);		/* nothing extra */
}

/*
 * Makes the n bytes at p the one entry of a zip, around them: there is room for
 * the header before p.  Returns the size; the zip begins at p - ZIP_LOCAL -
 * NAME_SIZE.
 */
static size_t
zip_around(char *p, size_t n, unsigned flags)
{
	struct out head = { p - ZIP_LOCAL - NAME_SIZE, 0 };
	struct out o = { head.p, ZIP_LOCAL + NAME_SIZE + n };
	size_t central = o.n;

	put_number(&head, 4, 0x04034b50);
	put_entry(&head, flags, p, n);
	put(&head, zip_name, NAME_SIZE);
	put_number(&o, 4, 0x02014b50);
	put_number(&o, 2, 20);
	put_entry(&o, flags, p, n);
	put_number(&o, 2, 0);		/* no comment */
	put_number(&o, 2, 0);		/* the first volume */
	put_number(&o, 2, 0);
	put_number(&o, 4, 0);
	put_number(&o, 4, 0);		/* where the entry begins */
	put(&o, zip_name, NAME_SIZE);
	put_number(&o, 4, 0x06054b50);
	put_number(&o, 4, 0);
	put_number(&o, 2, 1);
	put_number(&o, 2, 1);
	put_number(&o, 4, ZIP_CENTRAL + NAME_SIZE);
	put_number(&o, 4, (uint32_t)central);
	put_number(&o, 2, 0);
	return o.n;
}

static void
put_zip(struct out *o, unsigned depth, unsigned flags)
{
	char *p = o->p + depth * (ZIP_LOCAL + NAME_SIZE);
	size_t n = sizeof clean - 1;

	memcpy(p, clean, n);
	for (; depth > 0; depth--) {
		n = zip_around(p, n, flags);
		p -= ZIP_LOCAL + NAME_SIZE;
	}
	o->n = n;
}

size_t
canary_make(enum canary which, char to[CANARY_MAX])
{
	struct out o = { to, 0 };

	if (which == CANARY_MAIL)
		put_mail(&o);
	else if (which == CANARY_EICAR)
		put_eicar(&o);
	else if (which == CANARY_ENCRYPTED)
		put_zip(&o, 1, 1);
	else if (which == CANARY_DEEP)
		put_zip(&o, DEPTH, 0);
	else
		put(&o, clean, sizeof clean - 1);
	return o.n;
}

int
canary_open(enum canary which)
{
	char bytes[CANARY_MAX];
	size_t n = canary_make(which, bytes);
	int fd = memfd_create("canary", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int saved;

	if (fd < 0)
		return -1;
	errno = ENOSPC;
	if (write(fd, bytes, n) == (ssize_t)n &&
	    lseek(fd, 0, SEEK_SET) == 0 &&
	    fcntl(fd, F_ADD_SEALS,
	    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

const char *
canary_name(enum canary which)
{
	static const char *const names[CANARIES] = {
		"a harmless text", "a mail with EICAR attached", "EICAR",
		"an encrypted zip", "a zip that is too deep",
	};

	return names[which];
}

bool
canary_right(enum canary which, struct span sig)
{
	struct clamd_meaning m;

	if (sig.n == 0)
		return which == CANARY_CLEAN;
	m = clamd_meaning(sig);
	if (which == CANARY_MAIL || which == CANARY_EICAR)
		return strcmp(m.verdict, "infected") == 0;
	if (which == CANARY_ENCRYPTED)
		return strcmp(m.why, "encrypted") == 0;
	return which == CANARY_DEEP && strncmp(m.why, "limit-", 6) == 0;
}
