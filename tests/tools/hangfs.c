/* SPDX-License-Identifier: ISC */
/*
 * hangfs DIR WHAT: mounts at DIR a file system of its own that holds one file,
 * file, with the text hello, world, prints ready, and serves it until its standard
 * input ends or it is told to end.  WHAT is never answered before:
 *
 *   flush    what close asks; a process that exits closes too
 *   read     what read and a mapping ask
 *   getattr  what fstat, statx and a read across the end ask, once the file
 *            was opened for the first time; an open by path asks nothing
 *   none     all is answered
 *
 * Who waits for such an answer cannot be killed.  When hangfs ends, however it
 * ends, all of them go on with ENOTCONN or ECONNABORTED.  It speaks to the
 * kernel directly, and needs root and /dev/fuse: 75 where it may not mount.
 */
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_ID = FUSE_ROOT_ID + 1, LONG = 86400 };

static const char text[] = "hello, world";
enum { LEN = sizeof text - 1 };

struct fs {
	int fd;			/* /dev/fuse */
	uint32_t mute;		/* what is not answered; 0: none */
	bool opened;		/* the file was, once */
};

/* The kernel wants room for FUSE_MIN_READ_BUFFER bytes. */
struct request {
	struct fuse_in_header head;
	union {
		struct fuse_read_in read;
		char name[FUSE_MIN_READ_BUFFER - sizeof(struct fuse_in_header)];
	} as;
};

static void
answer(const struct fs *fs, const struct request *r, int error, const void *data, size_t n)
{
	struct fuse_out_header head = {
		.len = (uint32_t)(sizeof head + n), .error = -error, .unique = r->head.unique
	};
	struct iovec io[2] = { { &head, sizeof head }, { (void *)(uintptr_t)data, n } };

	/* ENOENT: nobody waits any more. */
	if (writev(fs->fd, io, n == 0 ? 1 : 2) < 0 && errno != ENOENT && errno != ENODEV)
		warn("request %u", r->head.opcode);
}

static void
init(const struct fs *fs, const struct request *r)
{
	/* Not FUSE_ASYNC_READ, with which who reads can be killed. */
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096
	};

	answer(fs, r, 0, &out, sizeof out);
}

static uint64_t
validity(const struct fs *fs)
{
	return fs->mute == FUSE_GETATTR ? 0 : LONG;
}

static struct fuse_attr
attributes(uint64_t id)
{
	bool file = id == FILE_ID;

	return (struct fuse_attr){
		.ino = id, .size = file ? LEN : 0, .blocks = file, .blksize = 4096,
		.mode = file ? S_IFREG | 0644 : S_IFDIR | 0755, .nlink = file ? 1 : 2
	};
}

static void
getattr(const struct fs *fs, const struct request *r)
{
	struct fuse_attr_out out = {
		.attr_valid = validity(fs), .attr = attributes(r->head.nodeid)
	};

	answer(fs, r, 0, &out, sizeof out);
}

static void
lookup(const struct fs *fs, const struct request *r)
{
	struct fuse_entry_out out = {
		.nodeid = FILE_ID, .entry_valid = LONG, .attr_valid = validity(fs),
		.attr = attributes(FILE_ID)
	};

	if (strcmp(r->as.name, "file") == 0)
		answer(fs, r, 0, &out, sizeof out);
	else
		answer(fs, r, ENOENT, NULL, 0);
}

static void
open_any(struct fs *fs, const struct request *r)
{
	/* Else an open waits for those who read. */
	struct fuse_open_out out = { .open_flags = FOPEN_KEEP_CACHE };

	answer(fs, r, 0, &out, sizeof out);
	if (r->head.opcode == FUSE_OPEN)
		fs->opened = true;
}

static void
read_file(const struct fs *fs, const struct request *r)
{
	uint64_t at = r->as.read.offset < LEN ? r->as.read.offset : LEN;
	size_t n = LEN - (size_t)at;

	answer(fs, r, 0, text + at, n < r->as.read.size ? n : r->as.read.size);
}

static void
read_folder(const struct fs *fs, const struct request *r)
{
	static const char *const names[] = { ".", "..", "file" };
	struct {
		uint64_t ino, off;	/* as struct fuse_dirent */
		uint32_t namelen, type;
		char name[8];
	} out[3];
	size_t n = 0;

	_Static_assert(sizeof out[0] == FUSE_NAME_OFFSET + 8, "no struct fuse_dirent");
	memset(out, 0, sizeof out);
	for (uint64_t i = r->as.read.offset; i < 3; i++, n++) {
		out[n].ino = i < 2 ? FUSE_ROOT_ID : FILE_ID;
		out[n].off = i + 1;
		out[n].namelen = (uint32_t)strlen(names[i]);
		out[n].type = i < 2 ? DT_DIR : DT_REG;
		memcpy(out[n].name, names[i], strlen(names[i]));
	}
	answer(fs, r, 0, out, n * sizeof out[0]);
}

static void
statfs_any(const struct fs *fs, const struct request *r)
{
	struct fuse_statfs_out out = { .st = { .bsize = 4096, .frsize = 4096, .namelen = 255 } };

	answer(fs, r, 0, &out, sizeof out);
}

static bool
hangs(const struct fs *fs, const struct request *r)
{
	return r->head.opcode == fs->mute && r->head.nodeid == FILE_ID &&
	    (fs->mute != FUSE_GETATTR || fs->opened);
}

static void
serve(struct fs *fs, const struct request *r)
{
	switch (r->head.opcode) {
	case FUSE_INIT:
		init(fs, r);
		break;
	case FUSE_LOOKUP:
		lookup(fs, r);
		break;
	case FUSE_GETATTR:
		getattr(fs, r);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		open_any(fs, r);
		break;
	case FUSE_READ:
		read_file(fs, r);
		break;
	case FUSE_READDIR:
		read_folder(fs, r);
		break;
	case FUSE_STATFS:
		statfs_any(fs, r);
		break;
	case FUSE_ACCESS:
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		answer(fs, r, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:	/* it is no answer that frees who waits */
		break;
	default:
		answer(fs, r, ENOSYS, NULL, 0);
	}
}

/* Takes one request; false: the kernel has no more. */
static bool
take(struct fs *fs)
{
	struct request r;

	if (read(fs->fd, &r, sizeof r) < (ssize_t)sizeof r.head)
		return errno == EAGAIN || errno == EINTR || errno == ENOENT;
	if (!hangs(fs, &r))
		serve(fs, &r);
	return true;
}

static bool
ended(int fd)
{
	char data[512];

	return read(fd, data, sizeof data) <= 0;
}

/* Until the end of standard input or a byte from stop. */
static void
serve_all(struct fs *fs, int stop)
{
	struct pollfd p[] = {
		{ fs->fd, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 }, { stop, POLLIN, 0 }
	};

	while (poll(p, 3, -1) > 0 && p[2].revents == 0) {
		if (p[1].revents != 0 && ended(STDIN_FILENO))
			break;
		if (p[0].revents != 0 && !take(fs))
			break;
	}
}

/* What would end us without an unmount comes as bytes instead. */
static int
take_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	if ((fd = signalfd(-1, &set, SFD_CLOEXEC)) < 0)
		err(75, "signalfd");
	return fd;
}

static void
mount_at(struct fs *fs, const char *dir)
{
	char options[128];

	if ((fs->fd = open("/dev/fuse", O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
		err(75, "/dev/fuse");
	snprintf(options, sizeof options,
	    "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fs->fd);
	if (mount("hangfs", dir, "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		err(75, "%s: mount", dir);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		uint32_t mute;
	} kinds[] = {
		{ "flush", FUSE_FLUSH }, { "read", FUSE_READ },
		{ "getattr", FUSE_GETATTR }, { "none", 0 }
	};
	struct fs fs = { .fd = -1 };
	size_t i = 0;
	int stop;

	while (argc == 3 && i < 4 && strcmp(argv[2], kinds[i].name) != 0)
		i++;
	if (argc != 3 || i == 4)
		errx(64, "usage: hangfs DIR flush|read|getattr|none");
	fs.mute = kinds[i].mute;
	stop = take_signals();
	mount_at(&fs, argv[1]);
	puts("ready");
	fflush(stdout);
	serve_all(&fs, stop);
	/* EINVAL: somebody else unmounted it. */
	if (umount2(argv[1], MNT_DETACH) < 0 && errno != EINVAL)
		err(75, "%s: umount", argv[1]);
	close(fs.fd);
	return 0;
}
