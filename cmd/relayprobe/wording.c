/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/wording.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT = LINK_LINE + 3,
	NEAR = 6,		/* words between relaying and its being denied */
	ADVICE = 4		/* and between "use" and the relay that is advised */
};

/*
 * Of the words below the first that occur decide.  A blank is where a word begins
 * or ends.  What shows nothing, though it may be said along with relaying, is
 * looked for before that; the rest after it; the least after the enhanced code.
 */
static const struct phrase {
	enum refusal refusal;
	const char *words;
} before[] = {
	{ REFUSAL_UNKNOWN, " temporar" },
	{ REFUSAL_UNKNOWN, " try again" },
	{ REFUSAL_UNKNOWN, " disk full" },
	{ REFUSAL_CLIENT, " blocked" },
	{ REFUSAL_CLIENT, "blocklist" },
	{ REFUSAL_CLIENT, " block list" },
	{ REFUSAL_CLIENT, " block-list" },
	{ REFUSAL_CLIENT, "blacklist" },
	{ REFUSAL_CLIENT, " black list" },
	{ REFUSAL_CLIENT, " black-list" },
	{ REFUSAL_CLIENT, "denylist" },
	{ REFUSAL_CLIENT, " listed " },
	{ REFUSAL_CLIENT, "rbl" },
	{ REFUSAL_CLIENT, "dnsbl" },
	{ REFUSAL_CLIENT, "spamhaus" },
	{ REFUSAL_CLIENT, "spamcop" },
	{ REFUSAL_CLIENT, " spam " },
	{ REFUSAL_CLIENT, " spamm" },
	{ REFUSAL_CLIENT, " unsolicited" },
	{ REFUSAL_CLIENT, " banned" },
	{ REFUSAL_CLIENT, " helo " },
	{ REFUSAL_CLIENT, " ehlo " },
	{ REFUSAL_CLIENT, " ptr " },
	{ REFUSAL_CLIENT, " reverse " },
	{ REFUSAL_CLIENT, " rdns " },
	{ REFUSAL_CLIENT, " reputation" },
	{ REFUSAL_CLIENT, " rate " },
	{ REFUSAL_CLIENT, " rate-limit" },
	{ REFUSAL_CLIENT, " too many" },
	{ REFUSAL_CLIENT, " too much" },
	{ REFUSAL_CLIENT, " dynamic " },
	{ REFUSAL_CLIENT, " open relay" },
	{ REFUSAL_CLIENT, " the ip you" },
	{ REFUSAL_SENDER, " spf " },
	{ REFUSAL_SENDER, " dmarc " },
	{ REFUSAL_SENDER, " dkim " },
	{ REFUSAL_SENDER, " authentication fail" },
	{ REFUSAL_SENDER, " pass authentication" },
	{ REFUSAL_SENDER, " authentication check" },
	{ REFUSAL_SENDER, "mail authentication" },
	{ REFUSAL_SENDER, " message authentication" },
	{ REFUSAL_TLS, "starttls" },
	{ REFUSAL_TLS, " tls " },
	{ REFUSAL_TLS, " ssl " },
	{ REFUSAL_TLS, " encrypt" },
	{ REFUSAL_RELAY, " no such domain at this location" },
	{ REFUSAL_DOMAIN, " null mx " },
	{ REFUSAL_DOMAIN, " no mx " },
	{ REFUSAL_DOMAIN, " mx record" },
	{ REFUSAL_DOMAIN, "nullmx" },
	{ REFUSAL_DOMAIN, "nxdomain" },
	{ REFUSAL_DOMAIN, " domain not found" },
	{ REFUSAL_DOMAIN, " domain name not found" },
	{ REFUSAL_DOMAIN, " host not found" },
	{ REFUSAL_DOMAIN, " host lookup" },
	{ REFUSAL_DOMAIN, " domain does not exist" },
	{ REFUSAL_DOMAIN, " no such domain" },
	{ REFUSAL_DOMAIN, " bad destination" },
	{ REFUSAL_DOMAIN, " unroutable" },
	{ REFUSAL_DOMAIN, " unrouteable" },
	{ REFUSAL_DOMAIN, " undeliverable address" },
	{ REFUSAL_DOMAIN, " unverified address" },
	{ REFUSAL_LOGIN, " authenticat" },
	{ REFUSAL_LOGIN, " auth " },
	{ REFUSAL_LOGIN, " log in " },
	{ REFUSAL_LOGIN, " login " },
	{ REFUSAL_LOGIN, " logged in " },
	{ REFUSAL_LOGIN, " sign in " },
	{ REFUSAL_RELAY, "rcpthosts" },
	{ REFUSAL_RELAY, " not a gateway" },
	{ REFUSAL_RELAY, " non-accepted domain" },
}, after[] = {
	{ REFUSAL_CLIENT, " client" },
	{ REFUSAL_CLIENT, " your ip " },
	{ REFUSAL_CLIENT, " your host" },
	{ REFUSAL_CLIENT, " your address" },
	{ REFUSAL_CLIENT, " your system" },
	{ REFUSAL_CLIENT, " your server" },
	{ REFUSAL_CLIENT, " your network" },
	{ REFUSAL_CLIENT, " ip address" },
	{ REFUSAL_CLIENT, " your hostname" },
	{ REFUSAL_SENDER, " sender" },
	{ REFUSAL_SENDER, " unauthenticat" },
	{ REFUSAL_SENDER, " reverse-path" },
}, least[] = {
	{ REFUSAL_ADDRESS, " recipient address rejected" },
	{ REFUSAL_ADDRESS, " syntax" },
	{ REFUSAL_ADDRESS, " malformed" },
	{ REFUSAL_ADDRESS, " invalid " },
	{ REFUSAL_ADDRESS, " illegal " },
	{ REFUSAL_ADDRESS, " bad recipient" },
	{ REFUSAL_ADDRESS, " bad address" },
	{ REFUSAL_ADDRESS, " restricted character" },
	{ REFUSAL_ADDRESS, " source rout" },
	{ REFUSAL_ADDRESS, " mailbox" },
	{ REFUSAL_ADDRESS, " user unknown" },
	{ REFUSAL_ADDRESS, " unknown user" },
	{ REFUSAL_ADDRESS, " recipient unknown" },
	{ REFUSAL_ADDRESS, " unknown recipient" },
	{ REFUSAL_ADDRESS, " address unknown" },
	{ REFUSAL_ADDRESS, " unknown address" },
	{ REFUSAL_ADDRESS, " unknown local" },
	{ REFUSAL_ADDRESS, " no such" },
	{ REFUSAL_ADDRESS, " not found " },
	{ REFUSAL_ADDRESS, " not exist" },
};

/* The enhanced code (RFC 3463), or what it begins with. */
static const struct phrase enhanced_codes[] = {
	{ REFUSAL_SENDER, "5.7.23" },
	{ REFUSAL_SENDER, "5.7.26" },
	{ REFUSAL_SENDER, "5.1.7" },
	{ REFUSAL_SENDER, "5.1.8" },
	{ REFUSAL_TLS, "5.7.10" },
	{ REFUSAL_DOMAIN, "5.1.2" },
	{ REFUSAL_DOMAIN, "5.1.10" },
	{ REFUSAL_DOMAIN, "5.4." },
	{ REFUSAL_ADDRESS, "5.1.1" },
	{ REFUSAL_ADDRESS, "5.1.3" },
	{ REFUSAL_ADDRESS, "5.1.6" },
	{ REFUSAL_ADDRESS, "5.5.2" },
	{ REFUSAL_ADDRESS, "5.5.4" },
};

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Of the bytes at p, how many are an address that is no word of the server's? */
static size_t
address_at(const char *p, size_t n, const char *address)
{
	const char *end = *p != '<' ? NULL : memchr(p, '>', n);
	size_t len = strlen(address);

	if (end != NULL)
		return (size_t)(end - p) + 1;
	return len > 0 && n >= len && memcmp(p, address, len) == 0 ? len : 0;
}

/*
 * The words in lower case, a blank before and after each, without addresses.  A
 * name is one word, so what is within it is none.
 */
static void
split(char *to, const struct answer *a, const char *address)
{
	size_t n = 0, i = 0, len;

	to[n++] = ' ';
	while (i < a->n) {
		char c = lower(a->text[i]);
		bool inner = i + 1 < a->n && alnum(lower(a->text[i + 1])) && to[n - 1] != ' ';

		if ((len = address_at(a->text + i, a->n - i, address)) > 0) {
			i += len;
			c = ' ';
		} else
			i++;
		if (c != '\0' && (alnum(c) || (inner && strchr(".-_@'%!", c) != NULL)))
			to[n++] = c;
		else if (to[n - 1] != ' ')
			to[n++] = ' ';
	}
	if (to[n - 1] != ' ')
		to[n++] = ' ';
	to[n] = '\0';
}

static bool
find(const struct phrase *list, size_t n, const char *text, enum refusal *refusal)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, list[i].words) != NULL) {
			*refusal = list[i].refusal;
			return true;
		}
	return false;
}

static bool
one_of(const char *list, const char *word, size_t n)
{
	char s[32];

	if (n + 3 > sizeof s)
		return false;
	snprintf(s, sizeof s, " %.*s ", (int)n, word);
	return strstr(list, s) != NULL;
}

/* A word that relaying is denied with. */
static bool
denial(const char *word, size_t n)
{
	return one_of(" not no never denied deny denies prohibited prohibit rejected reject "
	    "rejects refused refuse refuses unable cannot can't don't doesn't won't isn't "
	    "forbidden disallowed disabled unauthorized unauthorised restricted ", word, n);
}

static bool
advice(const char *word, size_t n)
{
	return one_of(" use using via through open see ", word, n);
}

/* Is relaying denied: do the words stand near each other, and no relay is advised? */
static bool
relaying(const char *text)
{
	const char *words[TEXT / 2];
	size_t lens[TEXT / 2], n = 0;

	for (const char *p = text + 1; *p != '\0'; p += lens[n++] + 1) {
		words[n] = p;
		lens[n] = strcspn(p, " ");
	}
	for (size_t i = 0; i < n; i++) {
		bool denied = false, advised = false;

		if (lens[i] < 5 || memcmp(words[i], "relay", 5) != 0 ||
		    strspn(words[i], "relayingdtos") != lens[i])
			continue;
		for (size_t k = i > NEAR ? i - NEAR : 0; k < n && k <= i + NEAR; k++) {
			denied |= denial(words[k], lens[k]);
			advised |= k < i && i - k <= ADVICE && advice(words[k], lens[k]);
		}
		if (denied && !advised)
			return true;
	}
	return false;
}

/* The enhanced code, or "". */
static void
enhanced(char *to, size_t size, const struct answer *a)
{
	size_t i = a->n > 0 && a->text[0] == '#', n = 0;

	while (i < a->n && n + 1 < size &&
	    ((a->text[i] >= '0' && a->text[i] <= '9') || a->text[i] == '.'))
		to[n++] = a->text[i++];
	to[n] = '\0';
	if (n < 5 || to[1] != '.')
		to[0] = '\0';
}

static bool
find_code(const struct answer *a, enum refusal *refusal)
{
	char code[16];

	enhanced(code, sizeof code, a);
	for (size_t i = 0; i < sizeof enhanced_codes / sizeof enhanced_codes[0]; i++) {
		const struct phrase *p = &enhanced_codes[i];
		size_t n = strlen(p->words);

		if (strncmp(code, p->words, n) == 0 && (p->words[n - 1] == '.' || code[n] == '\0')) {
			*refusal = p->refusal;
			return true;
		}
	}
	return false;
}

static enum refusal
by_number(int code)
{
	switch (code) {
	case 551: return REFUSAL_RELAY;
	case 512:
	case 556: return REFUSAL_DOMAIN;
	case 500:
	case 501:
	case 553:
	case 555: return REFUSAL_ADDRESS;
	default: return REFUSAL_UNKNOWN;
	}
}

/* Do the words have how we greeted, be it our address? */
static bool
names_us(const char *text, const char *hello)
{
	struct answer us = { .n = strlen(hello) };
	char name[TEXT];

	if (us.n == 0 || us.n > sizeof us.text)
		return false;
	memcpy(us.text, hello, us.n);
	split(name, &us, "");
	return strstr(text, name) != NULL;
}

static enum refusal
by_words(const struct answer *a, const char *to, const char *hello)
{
	enum refusal r;
	char text[TEXT];

	split(text, a, to);
	if (a->code == 523)
		return REFUSAL_TLS;
	if (find(before, sizeof before / sizeof before[0], text, &r))
		return r;
	if (relaying(text))
		return REFUSAL_RELAY;
	if (find(after, sizeof after / sizeof after[0], text, &r))
		return r;
	if (find_code(a, &r) || find(least, sizeof least / sizeof least[0], text, &r))
		return r;
	r = by_number(a->code);
	return r == REFUSAL_UNKNOWN && names_us(text, hello) ? REFUSAL_CLIENT : r;
}

enum refusal
wording_refusal(const struct answer *a, const char *to, const char *hello)
{
	enum refusal r = by_words(a, to, hello);
	char text[TEXT];

	if (r != REFUSAL_DOMAIN && r != REFUSAL_ADDRESS && r != REFUSAL_UNKNOWN)
		return r;
	split(text, a, to);
	return a->stage == STAGE_MAIL || strstr(text, " sender") != NULL ? REFUSAL_SENDER : r;
}

bool
wording_sender(const struct answer *a)
{
	char text[TEXT];

	split(text, a, "");
	return a->stage == STAGE_MAIL || strstr(text, " sender") != NULL ||
	    by_words(a, "", "") == REFUSAL_SENDER;
}

bool
wording_nullmx(const struct answer *a)
{
	char code[16], text[TEXT];

	enhanced(code, sizeof code, a);
	split(text, a, "");
	return a->code == 556 || strcmp(code, "5.1.10") == 0 ||
	    strstr(text, " null mx ") != NULL || strstr(text, "nullmx") != NULL;
}

/* Leaves out the words that differ each time: names, numbers and identifiers. */
static void
keep_plain(char *text)
{
	char *to = text, *p = text;

	while (*p != '\0') {
		size_t n = strcspn(p + 1, " ") + 1;
		bool hex = n > 6 && strspn(p + 1, "abcdef") == n - 1;

		if (!hex && strcspn(p, "0123456789@%!") >= n) {
			memmove(to, p, n);
			to += n;
		}
		p += n;
	}
	*to = '\0';
}

bool
wording_alike(const struct answer *a, const char *to, const struct answer *b,
    const char *other)
{
	char s[TEXT], t[TEXT], code[16], code2[16];

	split(s, a, to);
	split(t, b, other);
	keep_plain(s);
	keep_plain(t);
	enhanced(code, sizeof code, a);
	enhanced(code2, sizeof code2, b);
	return a->code == b->code && strcmp(code, code2) == 0 && strcmp(s, t) == 0;
}
