/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/forms.h"

#include <string.h>
#include <strings.h>

enum { LOCALMAX = 64 };

/*
 * $f $F the local part and the domain of the foreign sender, $t $T those of the
 * recipient; $h a name or a mail domain of the server, $p a name without its
 * first label, $i the server's address in brackets, $a bare.
 *
 * nmap's first is also MAPS' null sender; its third and fourth are MAPS' too.
 * Left out is what can be read as two mailboxes (a@HERE,b@THERE): taken, it
 * would show nothing, since the first may be the server's own.
 */
#define PLAIN "$t@$T"

static const struct shape {
	const char *name, *from, *to;
	bool vague;
} shapes[] = {
	{ "nmap-1", "", PLAIN, false },
	{ "nmap-2", "$f@$F", PLAIN, false },
	{ "nmap-3", "$f@$h", PLAIN, false },
	{ "nmap-4", "$f@$i", PLAIN, false },
	{ "nmap-5", "$f@$i", "$t%$T@$i", false },
	{ "nmap-6", "$f@$i", "$t%$T@$h", false },
	{ "nmap-7", "$f@$i", "\"$t@$T\"", false },
	{ "nmap-8", "$f@$i", "\"$t%$T\"", false },
	{ "nmap-9", "$f@$i", "$t@$T@$i", false },
	{ "nmap-10", "$f@$i", "\"$t@$T\"@$i", false },
	{ "nmap-11", "$f@$i", "$t@$T@$h", false },
	{ "nmap-12", "$f@$i", "@$i:$t@$T", false },
	{ "nmap-13", "$f@$i", "@$h:$t@$T", false },
	{ "nmap-14", "$f@$i", "$T!$t", false },
	{ "nmap-15", "$f@$i", "$T!$t@$i", false },
	{ "nmap-16", "$f@$i", "$T!$t@$h", false },

	{ "maps-word", "$f", PLAIN, false },
	{ "maps-parent", "$f@$p", PLAIN, false },
	{ "maps-nosuch", "$f@nosuch.$p", PLAIN, false },
	{ "maps-postmaster", "postmaster@$p", PLAIN, false },
	{ "maps-recipient", "$f@$T", PLAIN, false },

	{ "sender-localhost", "$f@localhost", PLAIN, false },
	{ "sender-percent", "$f%$h@$F", PLAIN, false },
	{ "sender-route", "@$h:$f@$F", PLAIN, false },

	{ "percent-word", "$f@$F", "$t%$T", false },
	{ "percent-parent", "$f@$F", "$t%$T@$p", false },
	{ "percent-below", "$f@$F", "$t%$T@nosuch.$p", false },
	{ "percent-localhost", "$f@$F", "$t%$T@localhost", false },
	{ "percent-address", "$f@$F", "$t%$T@$a", false },
	{ "percent-chain", "$f@$F", "$t%$T%$h@$h", false },
	{ "percent-inner", "$f@$F", "$t%$h%$T@$h", false },
	{ "percent-empty", "$f@$F", "%$T@$h", false },
	{ "percent-quoted", "$f@$F", "\"$t%$T\"@$h", false },
	{ "percent-route", "$f@$F", "@$h:$t%$T@$h", false },

	{ "quoted-name", "$f@$F", "\"$t@$T\"@$h", false },
	{ "quoted-parent", "$f@$F", "\"$t@$T\"@$p", false },
	{ "quoted-backslash", "$f@$F", "\"$t\\@$T\"@$h", false },
	{ "quoted-route", "$f@$F", "@$F:\"$t@$T\"@$h", false },

	{ "bang-chain", "$f@$F", "$h!$T!$t", false },
	{ "bang-chain-name", "$f@$F", "$h!$T!$t@$h", false },
	{ "bang-parent", "$f@$F", "$T!$t@$p", false },
	{ "bang-quoted", "$f@$F", "\"$T!$t\"@$h", false },
	{ "bang-route", "$f@$F", "@$h:$T!$t@$h", false },
	{ "bang-null", "$f@$F", "$T!$t@", false },

	{ "route-two", "$f@$F", "@$h,@$p:$t@$T", false },
	{ "route-foreign", "$f@$F", "@$h,@$T:$t@$T", false },
	{ "route-parent", "$f@$F", "@$p:$t@$T", false },
	{ "route-semicolon", "$f@$F", "@$h;$t@$T", true },

	{ "at-parent", "$f@$F", "$t@$T@$p", false },
	{ "at-three", "$f@$F", "$t@$T@$h@$h", false },
	{ "dot", "$f@$F", "$t@$T.", false },
};

/* What the variables of a shape stand for. */
struct values {
	struct span f, F, t, T, h, p, i, a;
};

static struct span
text(const char *s)
{
	return (struct span){ s, s == NULL ? 0 : strlen(s) };
}

/* The name without its first label, where two labels are left. */
static struct span
parent(struct span name)
{
	struct span none = { NULL, 0 };
	const char *dot = name.p == NULL ? NULL : memchr(name.p, '.', name.n);
	struct span rest;

	if (dot == NULL)
		return none;
	rest = (struct span){ dot + 1, (size_t)(name.p + name.n - dot) - 1 };
	return memchr(rest.p, '.', rest.n) == NULL ? none : rest;
}

static void
split(const char *address, struct span *local, struct span *domain)
{
	const char *at = strrchr(address, '@');

	*local = (struct span){ address, (size_t)(at - address) };
	*domain = text(at + 1);
}

static struct span
value(const struct values *v, char letter)
{
	switch (letter) {
	case 'f': return v->f;
	case 'F': return v->F;
	case 't': return v->t;
	case 'T': return v->T;
	case 'h': return v->h;
	case 'p': return v->p;
	case 'i': return v->i;
	default: return v->a;
	}
}

/* False: a value is not known, or there is no room. */
static bool
expand(char *to, const char *shape, const struct values *v)
{
	size_t n = 0;

	for (; *shape != '\0'; shape++) {
		struct span s = { shape, 1 };

		if (*shape == '$') {
			s = value(v, *++shape);
			if (s.p == NULL)
				return false;
		}
		if (s.n > FORMS_ADDRESSMAX - n)
			return false;
		memcpy(to + n, s.p, s.n);
		n += s.n;
	}
	to[n] = '\0';
	return true;
}

static bool
listed(const struct form *list, size_t n, const struct form *f)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(list[i].from, f->from) == 0 &&
		    strcasecmp(list[i].to, f->to) == 0)
			return true;
	return false;
}

/* Does the address end in this domain?  A dot at its end changes nothing. */
static bool
ends_in(const char *address, struct span domain)
{
	const char *d = forms_domain(address);
	size_t n = d == NULL ? 0 : strlen(d);

	if (n > 0 && d[n - 1] == '.')
		n--;
	return n == domain.n && n > 0 && strncasecmp(d, domain.p, n) == 0;
}

/* Is it about a name of the server? */
static bool
named(const struct shape *s)
{
	return strstr(s->from, "$h") != NULL || strstr(s->from, "$p") != NULL ||
	    strstr(s->to, "$h") != NULL || strstr(s->to, "$p") != NULL;
}

/* Both are short, and ours. */
static void
call(struct form *f, const char *name, const char *tag)
{
	size_t n = strlen(name), m = strlen(tag);

	if (n + m >= sizeof f->name)
		m = 0;
	memcpy(f->name, name, n);
	memcpy(f->name + n, tag, m);
	f->name[n + m] = '\0';
}

/* Those of one more name, behind the n that there are. */
static size_t
make(const struct values *v, bool all, const char *tag, struct form *list, size_t n)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0] && n < FORMS_MAX; i++) {
		const struct shape *s = &shapes[i];
		struct form *f = &list[n];

		if ((!all && !named(s)) || !expand(f->from, s->from, v) ||
		    !expand(f->to, s->to, v) || listed(list, n, f))
			continue;
		call(f, s->name, tag);
		f->plain = strcmp(s->to, PLAIN) == 0;
		f->foreign = ends_in(f->to, v->T);
		f->vague = s->vague;
		n++;
	}
	return n;
}

size_t
forms_make(const struct forms_of *of, struct form *list)
{
	static const char tags[FORMS_DOMAINS][8] = { ".mail1", ".mail2", ".mail3", ".mail4",
		".mail5", ".mail6", ".mail7", ".mail8" };
	const char *name = of->name != NULL ? of->name : of->greeted;
	struct values v = { .h = text(name), .i = text(of->literal), .a = text(of->address) };
	size_t n;

	v.p = parent(v.h);
	split(of->from, &v.f, &v.F);
	split(of->to, &v.t, &v.T);
	n = make(&v, true, "", list, 0);
	v.h = text(of->greeted);
	v.p = parent(v.h);
	n = make(&v, false, ".greeted", list, n);
	v.p = (struct span){ NULL, 0 };
	for (unsigned i = 0; i < FORMS_DOMAINS && of->mail[i] != NULL; i++) {
		v.h = text(of->mail[i]);
		n = make(&v, false, tags[i], list, n);
	}
	return n;
}

const char *
forms_domain(const char *address)
{
	const char *domain = NULL;
	bool quoted = false;

	for (; *address != '\0'; address++) {
		if (*address == '"')
			quoted = !quoted;
		else if (*address == '\\' && address[1] != '\0')
			address++;
		else if (*address == '@' && !quoted)
			domain = address + 1;
	}
	return domain;
}

bool
forms_foreign(const char *address)
{
	static const char atext[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789+-_=.";
	size_t n = strspn(address, atext);

	return n > 0 && n <= LOCALMAX && address[n] == '@' && address[0] != '.' &&
	    address[n - 1] != '.' && strstr(address, "..") == NULL &&
	    target_name(text(address + n + 1));
}

static bool
below(const char *name, const char *domain)
{
	size_t n = strlen(name), m = strlen(domain);

	return n >= m && strcasecmp(name + n - m, domain) == 0 &&
	    (n == m || name[n - m - 1] == '.');
}

bool
forms_own(const char *name, const char *foreign)
{
	return name != NULL && (below(name, foreign) || below(foreign, name));
}
