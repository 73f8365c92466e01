# SPDX-License-Identifier: ISC
"""Tallies made at random, and merged: tally(5) once more, by its page alone.

tallymerge.py make SEED N FOLDER	writes N tallies of four writers
tallymerge.py merge FILE...		what merging them is, on standard output
"""
import datetime
import hashlib
import os
import random
import sys

KINDS = ['virus', 'conversion', 'suffix', 'odd', 'unscanned', 'ignored', 'relay', 'signatures',
         'clean', 'action', 'other', 'received', 'delivered', 'rbl', 'denied', 'refused',
         'waited', 'bounced', 'passed', 'duplicate', 'strange']
NAMES = [b'Eicar', b'W32/Klez-H', b'W32/Klez', b'%3Cscript%3E', b'a%20b', b'%2A', b'-', b'Z', b'%F0']
FIRST = datetime.date(2026, 1, 1)


def day_text(n):
    return (FIRST + datetime.timedelta(n)).isoformat()


def fingerprint(text):
    return hashlib.blake2b(text, digest_size=16).hexdigest()[:16]


def hours(rng, past):
    out = []
    for hour in [0] if past else sorted(rng.sample(range(25), rng.randint(1, 3))):
        findings = rng.randint(1, 10 ** rng.randint(1, 18) - 1)
        out.append('%d:%d:%d' % (hour, rng.randint(0, findings), findings))
    return ','.join(out)


def lines(rng, writer, past):
    out = b''
    hosts = [b'mta%d' % writer, b'mta%d.example' % writer, b'%%%02X' % (0xC0 + writer)]
    for host in sorted(rng.sample(hosts, rng.randint(1, 3))):
        out += b'host=%s' % host
        if rng.random() < .8:
            out += b' last=2026-01-%02dT01:02:03Z' % rng.randint(1, 28)
        if rng.random() < .3:
            out += b' set=2700%d setat=2026-01-01T00:00:00Z' % rng.randint(0, 9)
        out += b'\n'
        for kind in KINDS:
            if rng.random() < .6:
                continue
            names = [] if past else sorted(rng.sample(NAMES, rng.randint(0, 4)))
            for name in [b''] + names:
                out += b'host=%s %s=%s at=%s\n' % (host, kind.encode(), name, hours(rng, past).encode())
    return out


def section(rng, day, writer, generation, until=None):
    name = b'writer%d-%016x' % (writer, writer)
    text = lines(rng, writer, until is not None)
    key = (0, name) if until is not None else (1 + day, name)
    return key, (until if until is not None else -1, generation, fingerprint(text), text)


def record(key, value):
    until, generation, sum_, text = value
    day = day_text(until if key[0] == 0 else key[0] - 1).encode()
    day = b'past until=' + day if key[0] == 0 else day + b' start=' + day + b'T00:00:00Z'
    return b'day=%s writer=%s generation=%d bytes=%d sum=%s\n' % (
        day, key[1], generation, len(text), sum_.encode()) + text


def write(sections):
    return b'tally=1 generation=0\n' + b''.join(record(k, v) for k, v in sorted(sections.items()))


def parse(data):
    sections = {}
    at = data.index(b'\n') + 1
    while at < len(data):
        end = data.index(b'\n', at)
        words = dict(w.split(b'=', 1) for w in data[at:end].split(b' '))
        at = end + 1
        if b'day' not in words:
            continue
        text = data[at:at + int(words[b'bytes'])]
        at += len(text)
        number = lambda word: (datetime.date.fromisoformat(word.decode()) - FIRST).days
        past = words[b'day'] == b'past'
        sections[0 if past else number(words[b'day']) + 1, words[b'writer']] = (
            number(words[b'until']) if past else -1, int(words[b'generation']),
            words[b'sum'].decode(), text)
    return sections


def make(seed, n, folder):
    rng = random.Random(seed)
    os.makedirs(folder)
    pool = {}
    for i in range(n):
        sections = {}
        for writer in rng.sample(range(4), rng.randint(1, 4)):
            # what one has counted up to here
            age = rng.randint(0, 3)
            if rng.random() < .4:
                key, value = section(random.Random((seed, writer, age).__repr__()), 0, writer, age + 1, age)
                sections[key] = value
            for day in rng.sample(range(8), rng.randint(0, 6)):
                generation = rng.randint(1, 3)
                # of one generation there may be two: a state that was copied and counted on
                copy = rng.randint(0, 1)
                which = (seed, writer, day, generation, copy)
                if which not in pool:
                    pool[which] = section(random.Random(repr(which)), day, writer, generation)
                sections[pool[which][0]] = pool[which][1]
        pasts = {k[1]: v[0] for k, v in sections.items() if k[0] == 0}
        sections = {k: v for k, v in sections.items() if k[0] == 0 or k[0] - 1 > pasts.get(k[1], -1)}
        with open(os.path.join(folder, str(i)), 'wb') as f:
            f.write(write(sections))


def merge(files):
    best = {}
    for name in files:
        with open(name, 'rb') as f:
            for key, value in parse(f.read()).items():
                best[key] = max(best.get(key, value), value)
    pasts = {k[1]: v[0] for k, v in best.items() if k[0] == 0}
    best = {k: v for k, v in best.items() if k[0] == 0 or k[0] - 1 > pasts.get(k[1], -1)}
    sys.stdout.buffer.write(write(best))


if sys.argv[1] == 'make':
    make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
else:
    merge(sys.argv[2:])
