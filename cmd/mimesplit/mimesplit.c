/* SPDX-License-Identifier: ISC */
/* mimesplit: a message on standard input becomes a work directory. */
#include "cmd/mimesplit/split.h"
#include "cmd/mimesplit/treat.h"
#include "common/cli.h"
#include "common/fieldfind.h"

#include <nettle/sha2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "mimesplit",
    "mimesplit [-i QUEUE | -Q QUEUE] [-a CLIENT] [-H HOST] [-e HELO] [-u USER]\n"
    "                 [-g CHANNEL] [-f FROM] [-r RCPT]... [-t SECONDS] [-d DEPTH]\n"
    "                 [-p PARTS] [-m BYTES] [-z TIMES] [-y TIMES] [-M NAME] [-C FILE] DIR\n"
    "mimesplit -k -C FILE\n"
    "  Splits the message on stdin into the new work directory DIR.\n"
    "  -C FILE    the conversions file: the treatment of each part\n"
    "  -k         only look whether that file is good, and tell its functions\n"
    "  -M NAME    a field that is ours: the manifest tells how many the message has\n"
    "  -i QUEUE   the MTA's queue id         -f FROM     envelope sender\n"
    "  -Q QUEUE   the same, but no part of the message's id\n"
    "  -a CLIENT  the client's address       -r RCPT     a recipient\n"
    "  -H HOST    the client's name          -u USER     who logged in\n"
    "  -e HELO    its greeting               -g CHANNEL  inside or outside\n"
    "  -d DEPTH   levels opened (100)        -p PARTS    parts told (10000)\n"
    "  -m BYTES   of the message looked at (100 MiB)\n"
    "  -z TIMES   the message's size that is decoded at most (4, and 1 MiB)\n"
    "  -y TIMES   the message's size that is read again at most (64, and 1 MiB)\n"
    "  -t SECONDS give up after (300)\n"
    "Exit: 0 split, 1 a limit was reached (a verdict says which), 64 wrong call,\n"
    "75 not now; then DIR is not there.\n"
};

struct envelope {
	const char *queue, *client, *host, *helo, *user, *channel, *from;
	char **to;
	int count;
	int queue_option;	/* which of -i and -Q was given, or 0 */
};

/* The message on its way from stdin into the work directory. */
struct intake {
	struct split *split;
	struct sha256_ctx sha;
	struct fieldfind *ours;	/* NULL: no field is looked for */
};

/*
 * Of a large message the id covers both ends and the length: it tells retries
 * from other messages, it does not vouch for content, and hashing all of it
 * would be a third of the work.
 */
enum { ID_EDGE = 512 << 10 };

static const char OPTIONS[] = ":i:Q:a:H:e:u:g:f:r:t:d:p:m:z:y:M:C:k";

static const char *unfinished;	/* the folder to remove if we fail */

/* We may be here because there are no descriptors; to remove takes some. */
static void
remove_unfinished(void)
{
	if (unfinished == NULL)
		return;
	close(STDIN_FILENO);
	closefrom(STDERR_FILENO + 1);
	workdir_remove(unfinished);
}

static void
hash_word(struct sha256_ctx *sha, const char *word)
{
	sha256_update(sha, strlen(word) + 1, (const uint8_t *)word);
}

/*
 * The envelope's share of the id; each word with its NUL, an empty one last.  A retry
 * of a session comes under another queue id.
 */
static void
hash_envelope(struct sha256_ctx *sha, const struct envelope *e)
{
	const char *origin = e->queue_option == 'Q' ? e->client : e->queue;

	hash_word(sha, origin != NULL ? origin : "");
	hash_word(sha, e->from != NULL ? e->from : "");
	for (int i = 0; i < e->count; i++)
		hash_word(sha, e->to[i]);
	hash_word(sha, "");
}

static void
look_for_ours(struct fieldfind *ours, const char *p, size_t n)
{
	enum fieldfind_event event;

	for (size_t at = 0; at < n && !ours->done; )
		at += fieldfind_feed(ours, p + at, n - at, &event);
}

static void
take_in(void *ctx, const char *p, size_t n)
{
	struct intake *in = ctx;

	if (write_all(in->split->message, p, n) < 0)
		err(EXIT_RETRY, "message");
	if (in->ours != NULL)
		look_for_ours(in->ours, p, n);
	if (in->split->seen < ID_EDGE) {
		size_t more = ID_EDGE - (size_t)in->split->seen;

		sha256_update(&in->sha, n < more ? n : more, (const uint8_t *)p);
	}
	in->split->seen += n;
}

/* What comes after the first ID_EDGE bytes, the last ID_EDGE of it at the most. */
static void
hash_tail(struct intake *in)
{
	unsigned long long size = in->split->seen, at = ID_EDGE;
	static char piece[64 << 10];
	ssize_t n;

	if (size > 2 * ID_EDGE)
		at = size - ID_EDGE;
	for (; at < size; at += (unsigned long long)n) {
		n = pread(in->split->message, piece, sizeof piece, (off_t)at);
		if (n <= 0)
			err(EXIT_RETRY, "message");
		sha256_update(&in->sha, (size_t)n, (const uint8_t *)piece);
	}
}

static void
finish_id(struct intake *in, char id[WORKDIR_IDLEN + 1])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	char size[24];

	hash_tail(in);
	snprintf(size, sizeof size, "%llu", in->split->seen);
	hash_word(&in->sha, size);
	sha256_digest(&in->sha, sizeof digest, digest);
	for (int i = 0; i < WORKDIR_IDLEN / 2; i++)
		snprintf(id + 2 * i, 3, "%02x", digest[i]);
}

static void
add_word(struct record *r, const char *key, const char *value)
{
	if (value != NULL)
		record_addstr(r, key, value);
}

static void
write_envelope(const struct split *s, const struct envelope *e, const char *id)
{
	static struct record r;
	struct span cut;
	int fd;

	record_start(&r);
	record_addstr(&r, "id", id);
	add_word(&r, "queue", e->queue);
	add_word(&r, "client", e->client);
	add_word(&r, "host", e->host);
	add_word(&r, "helo", e->helo);
	add_word(&r, "user", e->user);
	add_word(&r, "channel", e->channel);
	record_addstr(&r, "from", e->from != NULL ? e->from : "");
	for (int i = 0; i < e->count; i++)
		record_addstr(&r, "to", e->to[i]);
	if (r.full || record_get(r.text, r.len, "cut", &cut))
		errx(EXIT_RETRY, "envelope: %d recipients do not fit in 64 KiB; "
		    "give the transport fewer a message", e->count);
	record_end(&r);
	if ((fd = workdir_create_envelope(&s->dir)) < 0 ||
	    write_all(fd, r.text, r.len) < 0 || close(fd) < 0)
		err(EXIT_RETRY, "envelope");
}

/* Splits stdin into s->dir; the id is known only after the last byte. */
static void
split(struct split *s, const struct envelope *e, struct fieldfind *ours,
    char id[WORKDIR_IDLEN + 1])
{
	struct intake in = { .split = s, .ours = ours };

	sha256_init(&in.sha);
	hash_envelope(&in.sha, e);
	if ((s->message = workdir_create_message(&s->dir)) < 0)
		err(EXIT_RETRY, "message");
	split_run(s, STDIN_FILENO, take_in, &in);
	finish_id(&in, id);
	if (ours != NULL) {
		fieldfind_finish(ours);
		s->outline.forged = fieldfind_count(ours);
	}
	if (close(s->message) < 0)
		err(EXIT_RETRY, "message");
}

static void
publish(struct split *s, const struct envelope *e, const char *id)
{
	size_t n;
	char *text;

	write_envelope(s, e, id);
	text = outline_manifest(&s->outline, id, &n);
	if (workdir_publish_manifest(&s->dir, text, n) < 0)
		err(EXIT_RETRY, "manifest");
	free(text);
}

static int
answer(const struct split *s, const char *id)
{
	unsigned verdicts = outline_print_verdicts(&s->outline, id);

	printf("check=mimesplit id=%s parts=%lu\n", id, s->outline.count);
	cli_close_stdout();
	return verdicts > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

static void
queue_option(struct envelope *e, int o)
{
	if (e->queue_option != 0 && e->queue_option != o)
		cli_usage(&cli, "-i or -Q, not both");
	e->queue_option = o;
	e->queue = optarg;
}

static void
envelope_option(struct envelope *e, int o)
{
	switch (o) {
	case 'i':
	case 'Q': queue_option(e, o); break;
	case 'a': e->client = optarg; break;
	case 'H': e->host = optarg; break;
	case 'e': e->helo = optarg; break;
	case 'u': e->user = optarg; break;
	case 'f': e->from = optarg; break;
	case 'r': e->to[e->count++] = optarg; break;
	case 'g':
		if (strcmp(optarg, "inside") != 0 && strcmp(optarg, "outside") != 0)
			cli_usage(&cli, "-g: `%s' is neither inside nor outside", optarg);
		e->channel = optarg;
		break;
	}
}

static void
usual_limits(struct split *s)
{
	s->max_parts = 10000;
	s->max_depth = 100;
	s->max_size = 100ull << 20;
	s->max_decoded = 4;
	s->agenda.times = 64;
}

/* -k: is the conversions file good?  Which functions of the site does it name? */
static _Noreturn void
check_file(const char *path)
{
	struct conversions c;
	bool good;

	if (path == NULL)
		cli_usage(&cli, "-k: say which file with -C");
	good = treat_read(&c, path, true);
	for (int t = TREAT_FUNCTION; good && t < TREATMENTS && c.word[t][0] != '\0'; t++)
		printf("treat=%s\n", c.word[t]);
	cli_close_stdout();
	exit(good ? EXIT_NOTHING : EXIT_CALL);
}

static struct span
span(const char *text)
{
	return text == NULL ? (struct span){ "", 0 } : (struct span){ text, strlen(text) };
}

static const struct parties *
parties_of(const struct envelope *e)
{
	static struct parties p;
	struct span *to = calloc((size_t)e->count + 1, sizeof *to);

	if (to == NULL)
		err(EXIT_RETRY, "memory");
	for (int i = 0; i < e->count; i++)
		to[i] = span(e->to[i]);
	p = (struct parties){ .from = span(e->from), .host = span(e->host),
	    .user = span(e->user), .to = to, .count = (size_t)e->count };
	p.known = ipaddr_client(&p.client, span(e->client));
	return &p;
}

static void
take_conversions(struct split *s, const struct envelope *e, const char *path)
{
	static struct conversions c;

	if (path == NULL)
		return;
	if (!treat_read(&c, path, false))
		exit(EXIT_CALL);
	s->inside = e->channel != NULL && strcmp(e->channel, "inside") == 0;
	s->parties = parties_of(e);
	s->outline.conversions = &c;
}

static struct fieldfind *
ours_option(const char *name)
{
	static struct fieldfind ours;

	if (!fieldfind_start(&ours, (struct span){ name, strlen(name) }))
		cli_usage(&cli, "-M: `%s' is no name of a field", name);
	return &ours;
}

static void
limit_option(struct split *s, int o)
{
	if (o == 'd')
		s->max_depth = (unsigned)cli_number(&cli, "-d", optarg, 1, 10000);
	else if (o == 'p')
		s->max_parts = cli_number(&cli, "-p", optarg, 1, 1000000);
	else if (o == 'm')
		s->max_size = cli_number(&cli, "-m", optarg, 1, 1ul << 40);
	else if (o == 'z')
		s->max_decoded = cli_number(&cli, "-z", optarg, 1, 1000);
	else
		s->agenda.times = cli_number(&cli, "-y", optarg, 0, 1000);
}

int
main(int argc, char **argv)
{
	static struct split s;
	struct envelope e = { .count = 0 };
	unsigned long seconds = CLI_SECONDS;
	const char *conversions = NULL;
	struct fieldfind *ours = NULL;
	bool check = false;
	char id[WORKDIR_IDLEN + 1];
	int o, status;

	/* Buffers come and go with each part; the kernel need not see it. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 4 << 20);
	usual_limits(&s);
	if ((e.to = calloc((size_t)argc + 1, sizeof *e.to)) == NULL)
		err(EXIT_RETRY, "memory");
	while ((o = cli_getopt(&cli, argc, argv, OPTIONS)) != -1) {
		if (o == 't')
			seconds = cli_number(&cli, "-t", optarg, 1, 86400);
		else if (o == 'C')
			conversions = optarg;
		else if (o == 'M')
			ours = ours_option(optarg);
		else if (o == 'k')
			check = true;
		else if (strchr("dpmzy", o) != NULL)
			limit_option(&s, o);
		else
			envelope_option(&e, o);
	}
	if (argc - optind != !check)
		cli_usage(&cli, check ? "-k makes no work directory" :
		    "give one work directory to make");
	cli_deadline(seconds);
	if (check)
		check_file(conversions);
	take_conversions(&s, &e, conversions);
	if (workdir_create(&s.dir, argv[optind]) < 0)
		err(EXIT_RETRY, "%s", argv[optind]);
	unfinished = argv[optind];
	atexit(remove_unfinished);
	split(&s, &e, ours, id);
	if (s.outline.conversions != NULL)
		treat_parts(&s);
	publish(&s, &e, id);
	status = answer(&s, id);
	unfinished = NULL;
	split_free(&s);
	workdir_close(&s.dir);
	free(e.to);
	return status;
}
