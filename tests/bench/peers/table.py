# SPDX-License-Identifier: ISC
"""table.py crafted OUT LIST KINDS TEXT NAME
   table.py missed OUT LIST
   table.py differ OUT LIST
   table.py manifests OUT LIST
   table.py costs FILE

OUT holds a folder for each peer, as pyemail.py and tools.sh write them, for the
messages of LIST.  crafted: of how many a peer has a part with TEXT, or NAME where
KINDS (`FILE content|name' a line) says so.  missed: the attachments that three or
more of the others see and it does not; -v lists those of mimesplit.  differ: the
attachments that any of the others sees and mimesplit does not, a line each.
manifests: what mimesplit tells of the messages.  costs: medians of what
tests/tools/cpu says, lines `NAME|RECORD'.
"""
import collections
import hashlib
import os
import re
import statistics
import sys
import urllib.parse

PEERS = ['python', 'perl', 'gmime', 'ripmime', 'munpack', 'mblaze', 'reformime', 'mimesplit']
# Those that say which part a name belongs to.
NUMBERED = ['python', 'perl', 'gmime']


def lines(path):
    with open(path, errors='surrogateescape') as f:
        return f.read().splitlines()


def read(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except OSError:
        return b''


def manifest(folder):
    """The records, each a dictionary of lists."""
    records = []
    for line in read(f'{folder}/w/manifest').decode('ascii', 'replace').splitlines():
        record = collections.defaultdict(list)
        for word in line.split(' '):
            key, _, value = word.partition('=')
            record[key].append(urllib.parse.unquote_to_bytes(value))
        records.append(record)
    return records


def parts(peer, folder):
    if peer == 'mimesplit':
        folder = f'{folder}/w/parts'
    if not os.path.isdir(folder):
        return
    for name in os.listdir(folder):
        if name != 'NAMES':
            yield name, read(f'{folder}/{name}')


def names(peer, folder):
    """All that may be a name, as one text."""
    if peer == 'mimesplit':
        return b'\n'.join(n for r in manifest(folder) for n in r['name'])
    told = read(f'{folder}/NAMES')
    files = os.listdir(folder) if os.path.isdir(folder) else []
    return told + b'\n' + '\n'.join(files).encode('utf-8', 'surrogateescape')


def crafted(out, paths, kinds, text, name):
    kinds = dict(line.split() for line in lines(kinds))
    found = {peer: collections.Counter() for peer in PEERS}
    total = collections.Counter()
    for i, path in enumerate(paths):
        kind = kinds[os.path.basename(path)]
        seen = []
        for peer in PEERS:
            folder = f'{out}/{peer}/{i}'
            if kind == 'name' and name in names(peer, folder) or kind == 'content' and \
                    any(text in data for _, data in parts(peer, folder)):
                seen.append(peer)
        total[kind] += 1
        for peer in seen:
            found[peer][kind] += 1
        found.setdefault('any peer', collections.Counter())[kind] += \
            any(peer != 'mimesplit' for peer in seen)
    for peer, counts in found.items():
        print(f'{peer:12}', *(f'{kind} {counts[kind]:4} of {total[kind]:4} '
                              f'{100 * counts[kind] / max(total[kind], 1):5.1f} %   '
                              for kind in ('content', 'name')))


def digest(data):
    data = data.replace(b'\r', b'').rstrip()
    return hashlib.sha1(data).digest() if data else None


def numbered(folder):
    told = collections.defaultdict(list)
    for line in read(f'{folder}/NAMES').splitlines():
        number, _, name = line.partition(b' ')
        told[number.decode('ascii', 'replace')].append(name)
    return told


def attachments(out, i):
    """The peers that emit each content of message I, and a name of it."""
    seen, named = collections.defaultdict(set), {}
    for peer in PEERS:
        folder = f'{out}/{peer}/{i}'
        told = numbered(folder) if peer in NUMBERED else {}
        for number, data in parts(peer, folder):
            key = digest(data)
            if key is None:
                continue
            seen[key].add(peer)
            for name in told.get(number, []):
                named.setdefault(key, name)
    return seen, named


def missed(out, paths, verbose):
    lost, messages = collections.Counter(), collections.defaultdict(set)
    total = 0
    for i, path in enumerate(paths):
        seen, named = attachments(out, i)
        for key, name in named.items():
            others = seen[key] - {'mimesplit'}
            total += len(others) >= 3
            for peer in PEERS:
                if peer in seen[key] or len(others) < 3:
                    continue
                lost[peer] += 1
                messages[peer].add(i)
                if verbose and peer == 'mimesplit':
                    print('missed:', path, name.decode('utf-8', 'replace'))
    print(f'of {total} attachments in {len(paths)} messages')
    for peer in PEERS:
        print(f'{peer:12} missed {lost[peer]:4} in {len(messages[peer]):4} messages')


def differ(out, paths):
    for i, path in enumerate(paths):
        seen, named = attachments(out, i)
        for key, name in named.items():
            if 'mimesplit' not in seen[key]:
                print(os.path.basename(path), name.decode('utf-8', 'replace'),
                      'of', ', '.join(sorted(seen[key])))


def manifests(out, paths):
    files = readings = plain = 0
    defects = collections.Counter()
    for i, _ in enumerate(paths):
        records = manifest(f'{out}/mimesplit/{i}')
        told = set()
        for record in records:
            files += b'yes' in record['file']
            readings += b'yes' in record['file'] and not record['reading']
            told.update(d for d in record['defect'])
        plain += bool(records) and b'yes' in records[0]['unambiguous']
        defects.update(re.sub(rb'.*:', b'', d).decode('ascii', 'replace') for d in told)
    print(f'parts scanned, a leaf: {files / max(readings, 1):.3f}')
    print(f'unambiguous: {plain} of {len(paths)} messages, '
          f'{100 * plain / max(len(paths), 1):.1f} %')
    for word, n in defects.most_common():
        print(f'  defect={word:20} {n}')


def costs(path):
    rounds = collections.defaultdict(list)
    for line in lines(path):
        name, _, record = line.partition('|')
        rounds[name].append(dict(word.split('=') for word in record.split()))
    for name, records in rounds.items():
        ms = statistics.median(float(r['ms']) for r in records)
        rss = max(int(r['rss']) for r in records)
        bad = sum(int(r['bad']) for r in records)
        print(f'{name:32} {ms:8.2f} ms {rss:7} KiB', f'{bad} failed' if bad else '')


def main():
    verbose = '-v' in sys.argv
    what, out, *rest = [word for word in sys.argv[1:] if word != '-v']
    paths = lines(rest[0]) if rest else []
    if what == 'crafted':
        crafted(out, paths, rest[1], rest[2].encode(), rest[3].encode())
    elif what == 'missed':
        missed(out, paths, verbose)
    elif what == 'differ':
        differ(out, paths)
    elif what == 'manifests':
        manifests(out, paths)
    else:
        costs(out)


main()
