#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016
# The lint finds what it is there for: in a small tree, one fault at a time.
. "${0%/*}/lib.sh"
case $BUILD in
*-asan)
	skip 'lint' 'nothing of it depends on the build'
	finish
	exit
	;;
esac
for name in shellcheck mandoc cppcheck mawk; do
	command -v "$name" >/dev/null && continue
	skip 'lint' "$name is not installed"
	finish
	exit
done

licence='/* SPDX-License-Identifier: ISC */'
tree() {
	rm -rf tree
	mkdir -p tree/.ci tree/cmd/a tree/cmd/b tree/common tree/debian tree/scripts tree/systemd tree/man tree/tests
	printf '%s\n' "$licence" '/* A thing of ours.  Pure, but for the date. */' >tree/common/x.h
	printf '%s\n' "$licence" '#include "common/x.h"' '#include <string.h>' >tree/common/x.c
	printf '%s\n' "$licence" '#include "common/x.h"' '#include "cmd/a/a.h"' >tree/cmd/a/a.c
	echo "$licence" >tree/cmd/a/a.h
	echo "$licence" >tree/cmd/b/b.c
	printf '%s\n' '#!/bin/sh' '# SPDX-License-Identifier: ISC' 'echo "$1"' >tree/scripts/s
	cp "$ROOT/man/record.1" tree/man
	for name in Makefile debian/rules scripts/s.awk systemd/s.service; do
		echo '# SPDX-License-Identifier: ISC' >"tree/$name"
	done
	cp tree/scripts/s tree/debian/s.postinst
}
# finds WHAT FILE LINE: LINE added to FILE is complained of in these words
finds() {
	tree
	printf '%s\n' "$3" >>"tree/$2"
	exits 1 "$2: $3" sh "$HERE/lint" tree
	like "$(cat err)" "*$1*" "$2: says $1"
}

tree
exits 0 'a good tree' sh "$HERE/lint" tree
is "$(cat out err)" '' 'passes in silence'
finds 'common and the system only' common/x.c '#include "cmd/a/a.h"'
finds 'its own folder only' cmd/b/b.c '#include "cmd/a/a.h"'
finds 'pure' common/x.c '#include <sys/stat.h>'
finds 'pure' common/x.c 'int x(void) { return printf(""); }'
finds 'pure' common/x.c 'int x(void) { exit(1); }'
finds 'no state' common/x.c 'static int count;'
finds 'no state' common/x.c '	static char buf[10];'
finds 'banned' cmd/b/b.c 'void f(char *a, char *b) { strcpy(a, b); }'
finds 'SPDX' cmd/b/c.h 'int x;'
finds 'SPDX' systemd/other.timer '[Timer]'
finds 'SC2086' scripts/s 'rm $1'
finds 'SC2086' debian/s.postinst 'rm $1'
finds 'b: a global' scripts/a.awk '# Globals:
#	c	what it keeps
function f(a) { b = a }'
finds 'missing }' scripts/a.awk '{ print'
finds 'never defined' scripts/a.awk 'BEGIN { f(1) }'
tree
printf '%s\n' '# SPDX-License-Identifier: ISC' '#	b, c	what it keeps' 'function g(a) { b = a }' >tree/scripts/b.awk
printf '%s\n' '# SPDX-License-Identifier: ISC' '# with: b.awk' 'BEGIN { g(b) }' >tree/scripts/a.awk
exits 0 'a global that is told of, and a function of another file' sh "$HERE/lint" tree
finds 'unknown macro' man/record.1 '.Foo'
finds 'arrayIndexOutOfBounds' cmd/b/b.c 'int f(void) { int a[2]; a[2] = 1; return a[0]; }'
tree
mkdir bin
for name in sh grep sed find; do ln -s "$(command -v "$name")" bin; done
exits 75 'a missing tool is an error' env PATH="$T/bin" sh "$HERE/lint" tree
like "$(cat err)" '*apt-get install shellcheck*' 'that says what to install'
finish
