/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/state.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- entries --------------------------------------------------------------------------- */

static _Noreturn void
no_memory(void)
{
	err(EXIT_RETRY, "what is known of the sources");
}

static void *
room(size_t size)
{
	void *p = calloc(STATE_MOST, size);

	if (p == NULL)
		no_memory();
	return p;
}

static char *
copied(const char *text)
{
	char *p = strdup(text);

	if (p == NULL)
		no_memory();
	return p;
}

void
state_new(struct state *s)
{
	*s = (struct state){
		.source = room(sizeof *s->source), .refused = room(sizeof *s->refused),
		.mirror = room(sizeof *s->mirror), .engine = room(sizeof *s->engine)
	};
}

void
state_free(struct state *s)
{
	for (size_t i = 0; i < s->sources; i++)
		free(s->source[i].url);
	for (size_t i = 0; i < s->mirrors; i++)
		free(s->mirror[i].url);
	for (size_t i = 0; i < s->engines; i++)
		free(s->engine[i].address);
	free(s->source);
	free(s->refused);
	free(s->mirror);
	free(s->engine);
	*s = (struct state){ .sources = 0 };
}

struct state_source *
state_source(struct state *s, const char *name)
{
	struct state_source *e = s->source;

	for (size_t i = 0; i < s->sources; i++)
		if (strcmp(s->source[i].name, name) == 0)
			return &s->source[i];
	if (s->sources < STATE_MOST)
		e = &s->source[s->sources++];
	else
		for (size_t i = 1; i < s->sources; i++)
			if (s->source[i].heard < e->heard)
				e = &s->source[i];
	free(e->url);
	*e = (struct state_source){ .url = copied("") };
	snprintf(e->name, sizeof e->name, "%s", name);
	return e;
}

void
state_source_from(struct state_source *e, const char *url)
{
	char *p = copied(url);

	free(e->url);
	e->url = p;
}

struct state_mirror *
state_mirror(struct state *s, const char *url)
{
	struct state_mirror *e = s->mirror;

	for (size_t i = 0; i < s->mirrors; i++)
		if (strcmp(s->mirror[i].url, url) == 0)
			return &s->mirror[i];
	if (s->mirrors < STATE_MOST)
		e = &s->mirror[s->mirrors++];
	else
		for (size_t i = 1; i < s->mirrors; i++)
			if (s->mirror[i].until < e->until)
				e = &s->mirror[i];
	free(e->url);
	*e = (struct state_mirror){ .url = copied(url) };
	return e;
}

struct state_engine *
state_engine(struct state *s, const char *address)
{
	struct state_engine *e = s->engine;

	for (size_t i = 0; i < s->engines; i++)
		if (strcmp(s->engine[i].address, address) == 0)
			return &s->engine[i];
	if (s->engines < STATE_MOST)
		e = &s->engine[s->engines++];
	free(e->address);
	*e = (struct state_engine){ .address = copied(address) };
	return e;
}

/* Its place, or how many there are. */
static size_t
refused_at(const struct state *s, const char *name, const unsigned char of[SHA256_BYTES])
{
	size_t i = 0;

	while (i < s->refuseds && (strcmp(s->refused[i].name, name) != 0 ||
	    memcmp(s->refused[i].of, of, SHA256_BYTES) != 0))
		i++;
	return i;
}

bool
state_is_refused(const struct state *s, const char *name, const unsigned char of[SHA256_BYTES])
{
	return refused_at(s, name, of) < s->refuseds;
}

static void
drop_refused(struct state *s, size_t at)
{
	s->refuseds--;
	memmove(&s->refused[at], &s->refused[at + 1], (s->refuseds - at) * sizeof *s->refused);
}

void
state_refuse(struct state *s, const char *name, const unsigned char of[SHA256_BYTES])
{
	struct state_refused *e;

	if (state_is_refused(s, name, of))
		return;
	if (s->refuseds == STATE_MOST)
		drop_refused(s, 0);
	e = &s->refused[s->refuseds++];
	snprintf(e->name, sizeof e->name, "%s", name);
	memcpy(e->of, of, SHA256_BYTES);
}

void
state_allow_all(struct state *s, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < s->refuseds; i++)
		if (strcmp(s->refused[i].name, name) != 0)
			s->refused[n++] = s->refused[i];
	s->refuseds = n;
}

void
state_allow(struct state *s, const char *name, const unsigned char of[SHA256_BYTES])
{
	size_t at = refused_at(s, name, of);

	if (at < s->refuseds)
		drop_refused(s, at);
}

/* --- mirrors --------------------------------------------------------------------------- */

unsigned long
state_pause(unsigned fails, unsigned long after)
{
	unsigned long pause = STATE_FIRST;

	if (after > 0)
		return after < STATE_DAY ? after : STATE_DAY;
	for (unsigned i = 1; i < fails && pause < STATE_LONGEST; i++)
		pause *= 2;
	return pause < STATE_LONGEST ? pause : STATE_LONGEST;
}

void
state_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void
state_mirror_failed(struct state_mirror *m, time_t now, unsigned long after, const char *why)
{
	if (m->fails < STATE_MOST)
		m->fails++;
	m->until = now + (time_t)state_pause(m->fails, after);
	snprintf(m->why, sizeof m->why, "%s", why);
	state_printable(m->why);
}

void
state_mirror_well(struct state_mirror *m)
{
	m->fails = 0;
	m->until = 0;
	m->why[0] = '\0';
}
