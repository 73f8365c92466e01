/* SPDX-License-Identifier: ISC */
/*
 * Where memory runs out what libetpan holds already is not freed: the caller
 * can only end.
 */
#include "common/note.h"
#include "common/clean.h"
#include "common/recode.h"

#include <libetpan/mailimf_types_helper.h>
#include <libetpan/mailimf_write_mem.h>
#include <libetpan/mailmime_types_helper.h>
#include <libetpan/mailmime_write_mem.h>

#include <stdlib.h>
#include <string.h>

enum {
	RAW_LINE = 76,
	ENCODED_MAX = 75,	/* bytes of an encoded word, RFC 2047 2 */
	ENCODED_AROUND = 7	/* of these, around its charset and its bytes */
};

static const char UTF8[] = "utf-8";
static const char CUT[] = "[...]\n";

/* Text cleaned and bounded, each line ended; malloc'd. */
static char *
ready(struct span text, size_t *n)
{
	char *p = malloc(text.n + sizeof CUT + 1);
	size_t len, whole;

	if (p == NULL)
		return NULL;
	if (text.n > 0)
		memcpy(p, text.p, text.n);
	whole = clean_text(p, text.n);
	len = clean_cut(p, whole, NOTE_MAX);
	if (len > 0 && p[len - 1] != '\n')
		p[len++] = '\n';
	if (whole > NOTE_MAX) {
		memcpy(p + len, CUT, sizeof CUT - 1);
		len += sizeof CUT - 1;
	}
	*n = len;
	return p;
}

static bool
write_qp(MMAPString *out, struct span text)
{
	int col = 0;

	while (text.n > 0) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end == NULL ? text.n : (size_t)(end + 1 - text.p);
		size_t skip = text.p[0] == '-';

		if (skip > 0 && mailimf_string_write_mem(out, &col, "=2D", 3) !=
		    MAILIMF_NO_ERROR)
			return false;
		if (mailmime_quoted_printable_write_mem(out, &col, 1,
		    text.p + skip, n - skip) != MAILIMF_NO_ERROR)
			return false;
		text.p += n;
		text.n -= n;
	}
	return true;
}

static bool
write_base64(MMAPString *out, struct span text)
{
	char *crlf = malloc(2 * text.n + 1);
	size_t n = 0;
	int col = 0, r;

	if (crlf == NULL)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			crlf[n++] = '\r';
		crlf[n++] = text.p[i];
	}
	r = mailmime_base64_write_mem(out, &col, crlf, n);
	free(crlf);
	return r == MAILIMF_NO_ERROR;
}

/* Does what was written keep what note.h says of a raw line? */
static bool
tame(const char *p, size_t n)
{
	size_t line = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n') {
			line = 0;
			i++;
			continue;
		}
		if ((p[i] < ' ' && p[i] != '\t') || p[i] > '~' || line == RAW_LINE ||
		    (line == 0 && p[i] == '-'))
			return false;
		line++;
	}
	return true;
}

/* The fields Content-* and, with version, MIME-Version. */
static bool
write_fields(MMAPString *out, int encoding, bool version, const char *charset)
{
	struct mailmime_content *type = mailmime_get_content_text();
	struct mailmime_mechanism *how = mailmime_mechanism_new(encoding, NULL);
	struct mailmime_disposition *shown = mailmime_disposition_new_with_data(
	    MAILMIME_DISPOSITION_TYPE_INLINE, NULL, NULL, NULL, NULL, (size_t)-1);
	char name[] = "charset", *value = strdup(charset);
	struct mailmime_parameter *param = value == NULL ? NULL :
	    mailmime_param_new_with_data(name, value);
	struct mailmime_fields *fields;
	int col = 0;
	bool good;

	free(value);
	if (type == NULL || how == NULL || shown == NULL || param == NULL ||
	    clist_append(type->ct_parameters, param) < 0)
		return false;
	fields = version ?
	    mailmime_fields_new_with_version(how, NULL, NULL, shown, NULL) :
	    mailmime_fields_new_with_data(how, NULL, NULL, shown, NULL);
	if (fields == NULL)
		return false;
	good = mailmime_content_write_mem(out, &col, type) == MAILIMF_NO_ERROR &&
	    mailmime_fields_write_mem(out, &col, fields) == MAILIMF_NO_ERROR;
	mailmime_content_free(type);
	mailmime_fields_free(fields);
	return good;
}

/* Fields, empty line, body; text is ready. */
static bool
write_entity(MMAPString *out, struct span text, bool version, const char *charset)
{
	MMAPString *body = mmap_string_new("");
	int encoding = MAILMIME_MECHANISM_QUOTED_PRINTABLE;
	bool good;

	if (body == NULL || !write_qp(body, text))
		return false;
	if (!tame(body->str, body->len)) {
		encoding = MAILMIME_MECHANISM_BASE64;
		mmap_string_truncate(body, 0);
		if (!write_base64(body, text) || !tame(body->str, body->len))
			return false;
	}
	good = write_fields(out, encoding, version, charset) &&
	    mmap_string_append(out, "\r\n") != NULL &&
	    mmap_string_append_len(out, body->str, body->len) != NULL;
	mmap_string_free(body);
	return good;
}

/* libetpan's CRLF lines with our line ends; malloc'd; s is freed. */
static char *
finish(MMAPString *s, const char *eol, size_t *n)
{
	bool crlf = strcmp(eol, "\r\n") == 0;
	char drop = eol[0] == '\r' ? '\n' : '\r';
	char *p = malloc(s->len + 1);
	size_t len = 0;

	for (size_t i = 0; p != NULL && i < s->len; i++)
		if (crlf || s->str[i] != drop)
			p[len++] = s->str[i];
	mmap_string_free(s);
	*n = len;
	return p;
}

char *
note_entity(struct span text, bool version, const char *eol, size_t *n)
{
	MMAPString *out = mmap_string_new("");
	struct span clean;
	char *copy = ready(text, &clean.n);
	bool good;

	clean.p = copy;
	good = out != NULL && copy != NULL && write_entity(out, clean, version, UTF8);
	free(copy);
	return good ? finish(out, eol, n) : NULL;
}

static bool
plain(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] > '~' ||
		    (p[i] == '=' && i + 1 < n && p[i + 1] == '?'))
			return false;
	return true;
}

static bool
write_coded(MMAPString *out, const char *charset, const char *p, size_t n)
{
	int col = 0;

	if (mmap_string_append(out, "=?") == NULL ||
	    mmap_string_append(out, charset) == NULL ||
	    mmap_string_append(out, "?B?") == NULL ||
	    mailmime_base64_write_mem(out, &col, p, n) != MAILIMF_NO_ERROR)
		return false;
	mmap_string_truncate(out, out->len - 2);	/* its line end */
	return mmap_string_append(out, "?=") != NULL;
}

/* At most NOTE_WORDMAX bytes of UTF-8 as one encoded word. */
static bool
write_word(MMAPString *out, const char *p, size_t n, const char *charset)
{
	size_t len = 0;
	char *other = charset == NULL ? NULL : recode(charset, p, n, &len);
	bool good;

	if (other != NULL &&
	    strlen(charset) + ENCODED_AROUND + (len + 2) / 3 * 4 > ENCODED_MAX) {
		free(other);
		other = NULL;
	}
	good = other != NULL ? write_coded(out, charset, other, len) :
	    write_coded(out, UTF8, p, n);
	free(other);
	return good;
}

/* A value cleaned, bounded, in encoded words where it needs them; malloc'd. */
static char *
value(const char *s, size_t max, const char *charset)
{
	MMAPString *out = mmap_string_new("");
	char *copy = strdup(s), *p = copy, *result = NULL;
	size_t n, word;

	if (out == NULL || copy == NULL)
		return NULL;
	n = clean_line(copy, strlen(copy));
	n = clean_cut(copy, n, max);
	if (plain(copy, n))
		result = strndup(copy, n);
	else {
		for (; n > 0; p += word, n -= word) {
			word = clean_cut(p, n, NOTE_WORDMAX);
			if (out->len > 0 && mmap_string_append(out, " ") == NULL)
				break;
			if (!write_word(out, p, word, charset))
				break;
		}
		if (n == 0)
			result = strdup(out->str);
	}
	mmap_string_free(out);
	free(copy);
	return result;
}

static struct mailimf_mailbox *
mailbox(const struct note_address *a, const char *charset)
{
	size_t max = plain(a->name, strlen(a->name)) ? NOTE_SUBJECTMAX / 2 : NOTE_WORDMAX;
	char *name = a->name[0] == '\0' ? NULL : value(a->name, max, charset);
	char *address = strdup(a->address);

	if (address == NULL || (name == NULL && a->name[0] != '\0'))
		return NULL;
	return mailimf_mailbox_new(name, address);
}

static struct mailimf_mailbox_list *
sender(const struct note_mail *m)
{
	struct mailimf_mailbox_list *l = mailimf_mailbox_list_new_empty();
	struct mailimf_mailbox *mb = mailbox(&m->from, m->charset);

	if (l == NULL || mb == NULL ||
	    mailimf_mailbox_list_add(l, mb) != MAILIMF_NO_ERROR)
		return NULL;
	return l;
}

static struct mailimf_address_list *
recipients(const struct note_mail *m)
{
	struct mailimf_address_list *l = mailimf_address_list_new_empty();

	if (l == NULL)
		return NULL;
	for (size_t i = 0; i < m->recipients; i++) {
		struct mailimf_mailbox *mb = mailbox(&m->to[i], m->charset);
		struct mailimf_address *a = mb == NULL ? NULL :
		    mailimf_address_new(MAILIMF_ADDRESS_MAILBOX, mb, NULL);

		if (a == NULL || mailimf_address_list_add(l, a) != MAILIMF_NO_ERROR)
			return NULL;
	}
	return l;
}

/* A list of one Message-ID, or NULL for none. */
static clist *
ids(const char *id, bool *good)
{
	clist *l = NULL;
	char *copy;

	if (id == NULL)
		return NULL;
	if ((copy = strdup(id)) == NULL || (l = clist_new()) == NULL ||
	    clist_append(l, copy) < 0)
		*good = false;
	return l;
}

/* UTC: the mail is the same wherever it is made. */
static struct mailimf_date_time *
date(time_t when)
{
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL)
		return NULL;
	return mailimf_date_time_new(tm.tm_mday, tm.tm_mon + 1,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, 0);
}

static bool
add_field(struct mailimf_fields *fields, const char *name, const char *text)
{
	char *n = strdup(name), *v = strdup(text);
	struct mailimf_field *f;

	return n != NULL && v != NULL &&
	    (f = mailimf_field_new_custom(n, v)) != NULL &&
	    mailimf_fields_add(fields, f) == MAILIMF_NO_ERROR;
}

static struct mailimf_fields *
head(const struct note_mail *m)
{
	struct mailimf_date_time *when = date(m->date);
	struct mailimf_mailbox_list *from = sender(m);
	struct mailimf_address_list *to = recipients(m);
	char *subject = m->subject == NULL ? NULL :
	    value(m->subject, NOTE_SUBJECTMAX, m->charset);
	char *msgid = m->msgid == NULL ? NULL : strdup(m->msgid);
	bool good = true;
	clist *about = ids(m->about, &good), *references = ids(m->about, &good);
	struct mailimf_fields *fields;

	if (!good || when == NULL || from == NULL || to == NULL ||
	    (m->subject != NULL && subject == NULL) ||
	    (m->msgid != NULL && msgid == NULL))
		return NULL;
	fields = mailimf_fields_new_with_data_all(when, from, NULL, NULL, to,
	    NULL, NULL, msgid, about, references, subject);
	if (fields != NULL && m->automatic != NULL &&
	    !add_field(fields, "Auto-Submitted", m->automatic))
		return NULL;
	return fields;
}

/* In that charset if it fits; the charset it is in then. */
static const char *
other_charset(const char *charset, char **text, size_t *n)
{
	size_t len;
	char *other = recode(charset, *text, *n, &len);

	if (other == NULL)
		return UTF8;
	free(*text);
	*text = other;
	*n = len;
	return charset;
}

char *
note_mail(const struct note_mail *m, struct span text, size_t *n)
{
	MMAPString *out = mmap_string_new("");
	struct mailimf_fields *fields = head(m);
	const char *charset = UTF8;
	struct span clean;
	char *copy = ready(text, &clean.n);
	int col = 0;
	bool good;

	if (copy != NULL && m->charset != NULL)
		charset = other_charset(m->charset, &copy, &clean.n);
	clean.p = copy;
	good = out != NULL && fields != NULL && copy != NULL &&
	    mailimf_fields_write_mem(out, &col, fields) == MAILIMF_NO_ERROR &&
	    write_entity(out, clean, true, charset);
	free(copy);
	if (fields != NULL)
		mailimf_fields_free(fields);
	return good ? finish(out, "\n", n) : NULL;
}
