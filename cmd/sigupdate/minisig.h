/* SPDX-License-Identifier: ISC */
/*
 * Signatures of minisign(1): Ed25519 over the bytes ("Ed") or over their
 * BLAKE2b-512 ("ED"); a second one covers the first and the trusted comment.
 * https://jedisct1.github.io/minisign/  Uses libsodium.  Pure: bytes in, an answer out.
 */
#ifndef MINISIG_H
#define MINISIG_H

#include "common/record.h"

enum {
	MINISIG_COMMENT = 8192,	/* bytes of the trusted comment: all that a file can hold */
	MINISIG_MAX = 8192	/* bytes of a signature file */
};

struct minisig_key {
	unsigned char id[8];
	unsigned char key[32];
};

struct minisig {
	bool hashed;
	unsigned char id[8];
	unsigned char signature[64];
	unsigned char global[64];
	size_t n;		/* of the comment */
	char comment[MINISIG_COMMENT];
};

/* The base64 word of a public key file; false: it is none. */
bool minisig_key(struct minisig_key *k, struct span text);

/* A key's number as minisign shows it, in hexadecimal. */
void minisig_id(const unsigned char id[8], char text[17]);

/* A signature file: four lines, nothing behind them.  NULL, or what is wrong. */
const char *minisig_parse(struct minisig *m, struct span text);

/*
 * Has one of the n keys signed these bytes, and the comment?  NULL: yes; else
 * what is wrong ("by another key", "the signature does not fit", ...).
 * sodium_init must have been called.
 */
const char *minisig_verify(const struct minisig *m, struct span bytes,
    const struct minisig_key *keys, size_t n);

#endif
