/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/check.h"
#include "cmd/suffixcheck/endings.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

/* Bytes of a name that a finding repeats: scripts handle these. */
enum { NAME_TOLD = 1000 };

static bool
begins(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p, with, n) == 0;
}

static void
set_seen(struct seen *s, enum odd odd, const char *p, size_t n)
{
	s->odd = odd;
	s->n = n < sizeof s->name ? n : sizeof s->name;
	if (n > 0)
		memcpy(s->name, p, s->n);
}

void
check_start(struct check *c, struct span type)
{
	static const char applefile[] = "application/applefile";

	c->banned = c->named = false;
	c->endings = 0;
	c->excepted = (struct span){ NULL, 0 };
	c->odd.odd = c->unscanned.odd = ODD_NONE;
	c->name.n = c->lessname.n = 0;
	c->described = !begins(type, "text/") && !begins(type, "multipart/") &&
	    !begins(type, "message/");
	c->applefile = type.n == sizeof applefile - 1 && begins(type, applefile);
	check_odd(c, odd_type(type), NULL, 0);
}

static void
begin(struct record *r, const struct check *c, const char *verdict, const char *why)
{
	record_start(r);
	if (c->numbered)
		record_addnum(r, "part", c->part);
	record_addstr(r, "verdict", verdict);
	record_addstr(r, "why", why);
}

static void
add_name(struct record *r, const char *p, size_t n)
{
	if (n == 0)
		return;
	record_add(r, "name", p, n < NAME_TOLD ? n : NAME_TOLD);
	if (n > NAME_TOLD)
		record_addstr(r, "cut", "name");
}

static void
print(struct record *r)
{
	record_end(r);
	fwrite(r->text, 1, r->len, stdout);
}

void
check_ban(struct check *c, const char *why, struct span item, const char *p, size_t n)
{
	static struct record r;

	if (c->banned)
		return;
	begin(&r, c, "banned", why);
	record_add(&r, "suffix", item.p, item.n);
	add_name(&r, p, n);
	print(&r);
	c->banned = true;
}

void
check_odd(struct check *c, enum odd odd, const char *p, size_t n)
{
	struct seen *s = odd_unscanned(odd) ? &c->unscanned : &c->odd;

	if (odd < s->odd)
		set_seen(s, odd, p, n);
}

/* What the content will have to do with. */
static void
keep(struct check *c, const char *p, size_t n, struct span name)
{
	struct span last = nameform_component(name);
	struct span less = endings_less(last);

	if (c->name.n == 0 && name.n > 0)
		set_seen(&c->name, ODD_NONE, p, n);
	if (!fold_name(&c->fold, last))
		err(EXIT_RETRY, "a name");
	c->endings |= endings(c->fold.form[0]) | endings(c->fold.form[1]);
	if (c->lessname.n > 0 || less.n == 0)
		return;
	switch (suffix_hit(c->list, less, &c->fold, &c->less)) {
	case 1: set_seen(&c->lessname, ODD_NONE, p, n); break;
	case -1: err(EXIT_RETRY, "a name");
	}
}

/* The first that hits decides; what is odd waits for the others. */
static void
look(struct check *c, const char *p, size_t n, struct span name)
{
	struct hit hit;
	enum odd odd;
	int got;

	if ((got = suffix_hit(c->list, name, &c->fold, &hit)) < 0 ||
	    !odd_name(c->list, name, &c->fold, &odd))
		err(EXIT_RETRY, "a name");
	if (got > 0) {
		check_ban(c, hit.why, hit.item, p, n);
		return;
	}
	if (hit.excepted.n > 0)
		c->excepted = hit.excepted;
	check_odd(c, odd, p, n);
	keep(c, p, n, name);
}

void
check_name(struct check *c, const char *p, size_t start, size_t n, bool last)
{
	struct span source = { p, n }, name = { p + start, n - start };
	bool description = begins(source, "description:");
	bool by_place = description || begins(source, "location:");

	if (c->banned || by_place != last)
		return;
	if (!by_place)
		c->named |= n > start;
	else if (c->named || (description && !c->described))
		return;
	look(c, p, n, begins(source, "location:") ? nameform_location(name) : name);
}

static bool
tell(const struct check *c, const char *verdict, const struct seen *s)
{
	static struct record r;

	if (s->odd == ODD_NONE)
		return false;
	begin(&r, c, verdict, odd_word(s->odd));
	add_name(&r, s->name, s->n);
	print(&r);
	return true;
}

bool
check_end(struct check *c, bool cut)
{
	static struct record r;
	bool told;

	if (c->banned)
		return true;
	told = tell(c, "odd", &c->odd);
	told |= tell(c, "unscanned", &c->unscanned);
	if (cut) {
		begin(&r, c, "unscanned", "limit-names");
		print(&r);
	}
	return told || cut;
}
