#!/bin/sh
# SPDX-License-Identifier: ISC
# mimejoin leaves alone what no change touches: without changes a message is the
# same to the byte; with a part replaced or deleted every byte outside of the
# range in the manifest is, and when it is split again what was taken out is in
# no part, and the parts outside of it are as they were.  A sample of the shared
# messages and of crafted ones, other ones each time: SEED=N takes the same again,
# FULL=1 takes all, for minutes.
. "${0%/*}/lib.sh"
SECONDS_MOST=8		# of a sample
CRAFTED=300

seed=${SEED:-$(date +%s)}
echo "# SEED=$seed"
if ! command -v python3 >/dev/null; then
	skip 'splitting and joining' 'python3 is not installed'
	finish
	exit
fi

# Always: a message of which each line ends in a CR, and no line in an LF.
mkdir always
tr '\n' '\r' <<'CR' >always/cr.eml
From: a@example.org
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

a text that is to be left alone
--b
Content-Type: application/octet-stream; name=a.exe
Content-Transfer-Encoding: base64

VGhpcyBpcyB3aGF0IGhhcyB0byBiZSB0YWtlbiBvdXQu
--b--
CR
"$BUILD/tools/craft" -s "$seed" -n gone.exe \
    -p 'what a reader of some kind finds in a message of this kind' craft || exit 75

cat >rejoin.py <<'PYTHON'
"""rejoin.py SEED CRAFTED SECONDS <LIST: faults to standard output, a line
`KIND WHAT' each; then `count N M ...' of what was looked at."""
import collections
import os
import random
import re
import shutil
import subprocess
import sys
import time

SEED, CRAFTED, SECONDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LEAST = 24              # bytes that are found by chance nowhere else
CHANGES = 4             # of a message
REMOVED = 'The content of this part of the message was removed.'
count = collections.Counter()


def run(*command, stdin=subprocess.DEVNULL):
    done = subprocess.run(command, stdin=stdin, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE)
    why = 'exit %d %s' % (done.returncode, done.stderr.decode(errors='replace'))
    return done.returncode, why.strip()


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def split(folder, path):
    shutil.rmtree(folder, ignore_errors=True)
    with open(path, 'rb') as f:
        return run('mimesplit', folder, stdin=f)


def manifest(folder):
    parts = []
    for line in read(folder + '/manifest').decode().splitlines():
        p = {'parent': 0, 'edit': 0}
        for key, value in (word.split('=', 1) for word in line.split(' ')):
            if key in ('part', 'parent', 'edit'):
                p[key] = int(value)
            elif key in ('head', 'body', 'span'):
                start, n = map(int, value.split('+'))
                p[key] = (start, start + n)
        parts.append(p)
    return parts


def contents(folder):
    return {int(name): read(folder + '/parts/' + name)
            for name in os.listdir(folder + '/parts')}


def place(parts, i):
    """The range of a part, or of the one that it was found in."""
    while 'body' not in parts[i]:
        i = parts[i]['parent']
    return parts[i]['head'][0], parts[i]['body'][1]


def outside(parts, i, start, end):
    """What touches an empty range is not outside: a note comes there."""
    a, z = place(parts, i)
    return a > end or z < start or (start < end and (z == start or a == end))


def expected(parts, size, i, do):
    """What goes; the text that comes, None for nothing; whether fields stay."""
    target = parts[parts[i]['edit']]
    start, end = place(parts, target['part'])
    text = 'gone' if do == 'substitute' else ''
    if target['part'] == 0:
        return 0, size, text, True
    if 'span' not in target:
        return start, end, text, True
    if do == 'substitute':
        return start, end, text, False
    sisters = [p for p in parts[1:] if 'span' in p and p['edit'] == p['part'] and
               p['parent'] == target['parent']]
    if len(sisters) == 1:
        return start, end, REMOVED, False
    return target['span'][0], target['span'][1], None, False


def note(text, eol, message):
    lines = ['Content-Type: text/plain; charset="utf-8"',
             'Content-Transfer-Encoding: quoted-printable',
             'Content-Disposition: inline']
    lines += ['MIME-Version: 1.0'] * message + [''] + [text] * (text != '')
    return ''.join(line + eol for line in lines).encode()


def wrong_bytes(old, new, start, end, text, fields):
    """Why new is not old with that text in the range; None where it is."""
    tail = len(old) - end
    if len(new) < start + tail or new[:start] != old[:start]:
        return 'the bytes before it are others'
    if new[len(new) - tail:] != old[end:]:
        return 'the bytes after it are others'
    middle = new[start:len(new) - tail]
    if text is None:
        return 'it is not deleted' if middle else None
    # mimejoin(1): as the first line ends.  Where no line ends in an LF this is
    # judged by what the message is when it is split again.
    ends = [b'\r\n', b'\r'] if b'\n' not in old else [
        b'\r\n' if old.split(b'\n', 1)[0].endswith(b'\r') else b'\n']
    for end_of_line in ends:
        whole = note(text, end_of_line.decode(), fields)
        if middle.endswith(whole):
            break
    else:
        return 'the note is another: %r' % middle[-400:]
    kept = middle[:len(middle) - len(whole)]
    before = old[:start]
    if not fields:
        ended = before.endswith((b'\n', b'\r') if b'\n' not in old else b'\n')
        if kept not in (b'', end_of_line) or (kept == b'' and not ended):
            return 'before the note: %r' % kept
        return None
    line = rb'[^\n]*\n' if b'\n' in middle else rb'[^\r]*\r'
    lines = re.findall(line, kept)
    source = iter(re.findall(line, old[start:end] + end_of_line))
    while start > 0 and lines and lines[0] == end_of_line:
        del lines[0]
    if b''.join(lines) != kept[len(kept) - len(b''.join(lines)):]:
        return 'a field does not end in a line end: %r' % kept
    for field in lines:
        if not any(field == other for other in source):
            return 'a field that was not there: %r' % field
        if not field.strip() or re.match(rb'(?i)content-|mime-version *:', field):
            return 'a field that has to go: %r' % field
    return None


def change(path, old, parts, had, i, do):
    def fault(kind, what):
        print(kind, '%s: part=%d do=%s: %s' % (path, i, do, what))

    count['changes'] += 1
    with open('d/changes', 'w') as f:
        f.write('part=%d do=%s%s\n' % (i, do, ' with=gone' * (do == 'substitute')))
    status, why = run('mimejoin', 'd')
    os.remove('d/changes')
    if status != 0:
        return fault('change', why)
    new = read('d/message.new')
    start, end, text, fields = expected(parts, len(old), i, do)
    why = wrong_bytes(old, new, start, end, text, fields)
    if why is not None:
        fault('bytes', why)
    a, z = place(parts, i)
    if a < start or z > end:
        fault('gone', 'its range is not in what goes')
    status, why = split('e', 'd/message.new')
    if status > 1:
        return fault('split', 'again: ' + why)
    now = contents('e')
    files = set(now.values())
    if text == 'gone' and not any(b.strip() == b'gone' for b in files):
        fault('note', 'it is no part')
    away = old[:start] + b'\0' + old[end:]
    stay = [(k, b) for k, b in had.items() if outside(parts, k, start, end)]
    for k, b in had.items():
        a, z = place(parts, k)
        if a < start or z > end or len(b) < LEAST or b in away or \
                any(b in other for _, other in stay):
            continue
        count['gone'] += 1
        if any(b in other for other in files):
            fault('gone', 'part %d is still there' % k)
    # Where a multipart's end is missing, the line end before the delimiter that
    # went is the last one's now.
    last = (b'\n', b'\r\n', b'\r') if text is None else ()
    for k, b in stay:
        # Another reading of the whole message: what it was for may have gone.
        if b == b'' or (k > 0 and parts[k]['edit'] == 0):
            continue
        count['others'] += 1
        if b not in files and not any(b + more in files for more in last):
            fault('others', 'part %d, which is outside, is no part any more' % k)


def message(path):
    count['messages'] += 1
    status, why = split('d', path)
    if status > 1:
        print('split', path, why)
        return
    old = read(path)
    status, why = run('mimejoin', 'd')
    if status != 0 or read('d/message.new') != old:
        print('same', path, why)
        return
    parts, had = manifest('d'), contents('d')
    if path.startswith('always/'):
        for i in range(len(parts)):
            for do in 'substitute', 'delete':
                change(path, old, parts, had, i, do)
        return
    chance = random.Random(SEED + ' ' + os.path.basename(path))
    for i in chance.sample(range(len(parts)), min(CHANGES, len(parts))):
        change(path, old, parts, had, i,
               chance.choice(['substitute', 'substitute', 'delete']))


paths = sorted(sys.stdin.read().splitlines())
first = [path for path in paths if path.startswith('always/')]
files = [path for path in paths if not path.startswith('always/')]
random.Random(SEED).shuffle(files)
crafted = [path for path in files if path.startswith('craft/')]
skipped = set(crafted[CRAFTED:])
began = time.monotonic()
for path in first:
    message(path)
for path in files:
    if path in skipped:
        continue
    message(path)
    if SECONDS > 0 and time.monotonic() - began > SECONDS:
        break
print('count', count['messages'], count['changes'], count['gone'], count['others'])
PYTHON

cp "$ROOT"/samples/*.eml always
find always craft -name '*.eml' >list
for set in mail evasion; do
	if [ -d "$SHARED/$set" ]; then
		find "$SHARED/$set" -name '*.eml' >>list
	else
		skip "the shared $set" 'it is not here'
	fi
done
[ -z "${FULL-}" ] || SECONDS_MOST=0
python3 rejoin.py "$seed" $CRAFTED $SECONDS_MOST <list >told
ok $? 'the messages are looked at'

# none KIND NAME: there is no such fault
none() {
	! grep "^$1 " told >of_kind
	ok $? "$2" || sed 's/^/# /' of_kind
}
# shellcheck disable=SC2046
set -- $(sed -n 's/^count //p' told)
messages=${1:-0} changes=${2:-0} gone=${3:-0} others=${4:-0}
[ "$messages" -ge 8 ] && [ "$changes" -ge "$messages" ] && [ "$gone" -gt 10 ] &&
    [ "$others" -gt 10 ]
ok $? "enough of them: $messages"
none split 'each is split, before and after'
none same 'without changes each is the same to the byte'
none change "a part goes: $changes times"
none bytes 'no byte outside of its range is another'
none note 'the note is a part'
none gone "what went is in no part: $gone"
none others "a part outside stays: $others"
finish
