/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/form.h"
#include "cmd/virlog/fit.h"
#include "cmd/virlog/json.h"

#include <string.h>

bool
form_time(struct form_time *to, const struct timespec *now)
{
	char day[20], zone[6], micro[8] = ".";
	long us = now->tv_nsec / 1000;
	struct tm tm;
	struct pen p = { to->iso, 0, sizeof to->iso - 1, false };

	if (localtime_r(&now->tv_sec, &tm) == NULL ||
	    strftime(to->old, sizeof to->old, "%b %e %H:%M:%S", &tm) == 0 ||
	    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm) == 0 ||
	    strftime(zone, sizeof zone, "%z", &tm) != 5)
		return false;
	for (int i = 6; i > 0; i--, us /= 10)
		micro[i] = (char)('0' + us % 10);
	pen_say(&p, day);
	pen_say(&p, micro);
	pen_put(&p, (struct span){ zone, 3 });
	pen_say(&p, ":");
	pen_say(&p, zone + 3);
	to->iso[p.len] = '\0';
	return !p.full;
}

static void
put_priority(struct pen *p, enum line_level level)
{
	int pri = LINE_FACILITY * 8 + (int)level;
	char text[] = { '<', (char)('0' + pri / 10), (char)('0' + pri % 10), '>', '\0' };

	pen_say(p, text);
}

/* Each of texts and a blank; the last is NULL. */
static void
put_header(struct pen *p, const char *const *texts)
{
	for (; *texts != NULL; texts++) {
		pen_say(p, *texts);
		pen_say(p, " ");
	}
}

size_t
form_line(char to[LINE_BYTES], const struct form *f, enum form_place place,
    const struct form_time *now, const struct line *l)
{
	const char *net[] = { now->iso, f->host, f->tag, "-", logkind_name(l->kind), "-",
	    NULL };
	const char *socket[] = { now->old, NULL }, *file[] = { now->old, f->host, NULL };
	struct json_head head = { now->iso, f->host, f->tag };
	struct pen p = { to, 0, LINE_BYTES - 1, false };

	if (place != FORM_FILE)
		put_priority(&p, l->level);
	if (place == FORM_NET) {
		pen_say(&p, "1 ");
		put_header(&p, net);
	} else if (place == FORM_SOCKET || !f->json) {
		put_header(&p, place == FORM_SOCKET ? socket : file);
		pen_say(&p, f->tag);
		pen_say(&p, ": ");
	}
	if (f->json)
		p.len += json_line(to + p.len, p.room - p.len, l, &head);
	else
		p.len += line_text(to + p.len, p.room - p.len, l);
	return p.len;
}
