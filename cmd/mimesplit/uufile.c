/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/uufile.h"

#include <string.h>

void
uufile_start(struct uufile *u, const struct carried *to, bool said, enum uu_how how)
{
	u->to = to;
	u->said = said;
	u->how = how;
	u->at = UU_TEXT;
}

void
uufile_end(struct uufile *u)
{
	char rest[TRANSFER_KEPT];
	size_t n;

	if (u->at == UU_DATA) {
		if (u->head.base64 && (n = transfer_end(&u->transfer, rest)) > 0)
			u->to->data(u->to->ctx, rest, n);
		u->to->end(u->to->ctx);
	}
	u->at = UU_TEXT;
}

static void
coded_name(struct uufile *u)
{
	char name[LINE_KEPT + 2 * TRANSFER_KEPT];
	struct transfer t;
	size_t n;

	transfer_start(&t, TRANSFER_BASE64);
	n = transfer_feed(&t, u->name, u->head.name.n, name);
	n += transfer_end(&t, name + n);
	if (n > 0)
		u->to->name(u->to->ctx, name, n);
}

static void
open_file(struct uufile *u)
{
	if (u->at != UU_NAMED)
		return;
	u->at = UU_DATA;
	u->to->file(u->to->ctx);
	if (u->head.name.n > 0)
		u->to->name(u->to->ctx, u->name, u->head.name.n);
	if (u->head.coded)
		coded_name(u);
}

/* Does a file begin in this line, perhaps? */
static bool
begins(struct uufile *u, const char *p, size_t n)
{
	struct uu_head h;

	if (u->at == UU_DATA && u->how == UU_STRICT)
		return false;	/* there, the first one is the only one */
	if (!uu_begin(p, n, &h))
		return false;
	if (u->said || (h.base64 && h.trust >= UU_MODE))
		h.trust = UU_SURE;
	if (h.trust == UU_NONE || (h.trust == UU_WORD && u->at == UU_DATA))
		return false;
	uufile_end(u);
	u->at = UU_NAMED;
	u->head = h;
	u->lines = 0;
	if (h.name.n > 0)
		memcpy(u->name, h.name.p, h.name.n);
	u->head.name.p = u->name;
	transfer_start(&u->transfer, TRANSFER_BASE64);
	u->stream = (struct uu_stream){ 0 };
	return true;
}

/* A line after one that may have begun a file: does it prove that? */
static bool
proved(struct uufile *u, const char *p, size_t n)
{
	if (u->at == UU_DATA || u->head.trust == UU_SURE)
		return true;
	if (uu_proves(p, n, u->head.trust, u->lines == 0))
		return true;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == ' ' || p[i] == '\t' || p[i] == '\r')
			continue;
		if (++u->lines == UUFILE_NEAR)
			u->at = UU_TEXT;
		break;
	}
	return false;
}

void
uufile_line(struct uufile *u, const char *p, size_t n)
{
	char bytes[LINE_KEPT + TRANSFER_KEPT];
	int got;

	if (begins(u, p, n) || u->at == UU_TEXT || !proved(u, p, n))
		return;
	if (u->head.base64 ? n >= 4 && memcmp(p, "====", 4) == 0 : uu_end(p, n)) {
		open_file(u);
		uufile_end(u);
		return;
	}
	/* A line that is no data may be somebody's, in the middle of it. */
	if (u->head.base64)
		got = (int)transfer_feed(&u->transfer, p, n, bytes);
	else if (u->how == UU_STREAM)
		got = uu_stream(&u->stream, p, n, bytes);
	else
		got = uu_data(p, n, u->how, bytes);
	if (got > 0) {
		open_file(u);
		u->to->data(u->to->ctx, bytes, (size_t)got);
	}
}
