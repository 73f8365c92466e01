/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/refused.h"

#include <string.h>

static bool
known(const struct refused_as *list, size_t n, const struct answer *a, const char *to)
{
	for (size_t i = 0; i < n; i++)
		if (wording_alike(&list[i].answer, list[i].to, a, to))
			return true;
	return false;
}

static void
remember(struct refused *r, struct refused_as *list, size_t *n, const struct form *f,
    const struct answer *a, enum refusal what)
{
	if (known(list, *n, a, f->to))
		return;
	if (*n < REFUSED_MAX)
		list[(*n)++] = (struct refused_as){ what, *a, f->to };
	else
		r->many = true;
}

/* What is no refusal of the form, as the word for why; NULL: it is one. */
static const char *
excuse(const struct form *f, const struct answer *a, enum refusal what)
{
	switch (what) {
	case REFUSAL_CLIENT: return "client";
	case REFUSAL_TLS: return "starttls";
	case REFUSAL_SENDER: return f->plain ? NULL : "sender";
	case REFUSAL_DOMAIN:
		if (wording_nullmx(a))
			return "null-mx";
		return f->plain || f->foreign ? "domain" : NULL;
	default: return NULL;
	}
}

void
refused_add(struct refused *r, const struct form *f, struct answer *a, const char *hello)
{
	enum refusal what;

	if (a->code < 400 || a->lost)
		return;
	what = wording_refusal(a, f->to, hello);
	if (a->code < 500 && what != REFUSAL_RELAY && what != REFUSAL_TLS)
		return;
	a->why = excuse(f, a, what);
	a->verdict = a->why == NULL ? REJECT : TEMPFAIL;
	r->login = what == REFUSAL_LOGIN && (r->login || r->n + r->odd == 0);
	if (a->why == NULL && f->plain)
		remember(r, r->plain, &r->n, f, a, what);
	else if (a->why == NULL && what == REFUSAL_UNKNOWN)
		remember(r, r->others, &r->odd, f, a, what);
}

bool
refused_shown(const struct refused_as *as)
{
	return as->what == REFUSAL_RELAY || as->what == REFUSAL_LOGIN;
}

bool
refused_showable(const struct refused_as *as)
{
	return as->what == REFUSAL_UNKNOWN || as->what == REFUSAL_ADDRESS;
}

const struct refused_as *
refused_plain(const struct refused *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (refused_shown(&r->plain[i]))
			return &r->plain[i];
	for (size_t i = 0; i < r->n; i++)
		if (refused_showable(&r->plain[i]))
			return &r->plain[i];
	return r->n > 0 ? &r->plain[0] : NULL;
}

const struct answer *
refused_unclear(const struct refused *r)
{
	for (size_t i = 0; i < r->odd; i++)
		if (r->many || !known(r->plain, r->n, &r->others[i].answer, r->others[i].to))
			return &r->others[i].answer;
	return NULL;
}
