/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/become.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

void
become_owner(const char *folder)
{
	struct passwd *p;
	struct stat st;
	int groups;

	if (geteuid() != 0 || stat(folder, &st) < 0 || st.st_uid == 0)
		return;
	p = getpwuid(st.st_uid);
	groups = p != NULL ? initgroups(p->pw_name, p->pw_gid) : setgroups(0, NULL);
	if (groups < 0 || setgid(p != NULL ? p->pw_gid : st.st_gid) < 0 || setuid(st.st_uid) < 0)
		err(EXIT_RETRY, "%s: cannot become its owner", folder);
}
