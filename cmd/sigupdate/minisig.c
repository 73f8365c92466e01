/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/minisig.h"

#include <sodium.h>
#include <string.h>

static const char UNTRUSTED[] = "untrusted comment: ";
static const char TRUSTED[] = "trusted comment: ";

enum { ID = 8, LINES = 4, HASH = 64 };

_Static_assert(sizeof ((struct minisig_key *)0)->key == crypto_sign_PUBLICKEYBYTES, "key");
_Static_assert(sizeof ((struct minisig *)0)->signature == crypto_sign_BYTES, "signature");

/* Exactly n bytes, in the one spelling that they have. */
static bool
base64(unsigned char *to, size_t n, struct span s)
{
	const char *end;
	size_t got;

	return sodium_base642bin(to, n, s.p, s.n, NULL, &got, &end,
	    sodium_base64_VARIANT_ORIGINAL) == 0 && got == n && end == s.p + s.n;
}

/*
 * The next line; the last one needs no newline.  A CR before it goes: minisign takes
 * a file that came by way of a system whose lines end so.
 */
static bool
next_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	line->p = rest->p;
	line->n = end == NULL ? rest->n : (size_t)(end - rest->p);
	rest->p += line->n + (end != NULL);
	rest->n -= line->n + (end != NULL);
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static bool
begins(struct span s, const char *text)
{
	return s.n >= strlen(text) && memcmp(s.p, text, strlen(text)) == 0;
}

bool
minisig_key(struct minisig_key *k, struct span text)
{
	unsigned char bytes[2 + ID + sizeof k->key];

	memset(k, 0, sizeof *k);
	if (!base64(bytes, sizeof bytes, text) || memcmp(bytes, "Ed", 2) != 0)
		return false;
	memcpy(k->id, bytes + 2, ID);
	memcpy(k->key, bytes + 2 + ID, sizeof k->key);
	return true;
}

static const char *
take_signature(struct minisig *m, struct span line)
{
	unsigned char bytes[2 + ID + sizeof m->signature];

	if (!base64(bytes, sizeof bytes, line))
		return "its second line is no signature";
	if (memcmp(bytes, "Ed", 2) != 0 && memcmp(bytes, "ED", 2) != 0)
		return "a signature of an unknown kind";
	m->hashed = bytes[1] == 'D';
	memcpy(m->id, bytes + 2, ID);
	memcpy(m->signature, bytes + 2 + ID, sizeof m->signature);
	return NULL;
}

const char *
minisig_parse(struct minisig *m, struct span text)
{
	struct span line[LINES], rest = text;
	const char *wrong;

	memset(m, 0, sizeof *m);
	if (text.n > MINISIG_MAX)
		return "too long for a signature";
	if (text.n == 0 || memchr(text.p, '\0', text.n) != NULL)
		return "no text";
	for (size_t i = 0; i < LINES; i++)
		if (!next_line(&rest, &line[i]))
			return "fewer than four lines";
	if (rest.n > 0)
		return "more than four lines";
	if (!begins(line[0], UNTRUSTED))
		return "its first line is no untrusted comment";
	if ((wrong = take_signature(m, line[1])) != NULL)
		return wrong;
	if (!begins(line[2], TRUSTED))
		return "its third line is no trusted comment";
	m->n = line[2].n - strlen(TRUSTED);
	memcpy(m->comment, line[2].p + strlen(TRUSTED), m->n);
	if (!base64(m->global, sizeof m->global, line[3]))
		return "its fourth line is no signature";
	return NULL;
}

/* The second signature is over the first one and the comment. */
static bool
comment_fits(const struct minisig *m, const unsigned char *key)
{
	unsigned char both[sizeof m->signature + sizeof m->comment];

	memcpy(both, m->signature, sizeof m->signature);
	memcpy(both + sizeof m->signature, m->comment, m->n);
	return crypto_sign_verify_detached(m->global, both, sizeof m->signature + m->n, key) == 0;
}

static bool
bytes_fit(const struct minisig *m, struct span bytes, const unsigned char *key)
{
	unsigned char hash[HASH];
	const unsigned char *p = (const unsigned char *)bytes.p;

	if (!m->hashed)
		return crypto_sign_verify_detached(m->signature, p, bytes.n, key) == 0;
	return crypto_generichash(hash, sizeof hash, p, bytes.n, NULL, 0) == 0 &&
	    crypto_sign_verify_detached(m->signature, hash, sizeof hash, key) == 0;
}

const char *
minisig_verify(const struct minisig *m, struct span bytes, const struct minisig_key *keys,
    size_t n)
{
	const char *wrong = "by another key";

	/* two keys may have one id: it is not part of what is signed */
	for (size_t i = 0; i < n; i++) {
		if (memcmp(m->id, keys[i].id, ID) != 0)
			continue;
		if (!bytes_fit(m, bytes, keys[i].key))
			wrong = "the signature does not fit";
		else if (!comment_fits(m, keys[i].key))
			wrong = "the trusted comment is not the one that was signed";
		else
			return NULL;
	}
	return wrong;
}

void
minisig_id(const unsigned char id[8], char text[17])
{
	static const char DIGITS[] = "0123456789ABCDEF";

	for (int i = 0; i < 8; i++) {
		text[2 * i] = DIGITS[id[7 - i] >> 4];
		text[2 * i + 1] = DIGITS[id[7 - i] & 15];
	}
	text[16] = '\0';
}
