# SPDX-License-Identifier: ISC
"""What tests/report.t asks of a page and of the files beside it.

report.py pages FOLDER    prints what is wrong with them: tags, policy, colours, size; beside each
                          NAME.html puts NAME.figures, a line NAME VALUE for each data-figure,
                          and NAME.words, its text
report.py log FILE        a log of some days at three gateways
report.py tallies FOLDER  the tallies of CASES
report.py csv | json | prom FILE
"""
import base64
import csv
import glob
import hashlib
import html.parser
import json
import os
import random
import re
import string
import sys

from tally import Tally

VOID = {'meta', 'link', 'br', 'hr', 'img', 'input'}
KNOWN = set('''html head meta title style body header h1 h2 h3 p nav a main section div ul li
span b code dl dt dd figure figcaption table thead tbody tr th td footer svg desc defs pattern
rect line text tspan polyline circle'''.split())
MAX = 50000
DAY = '2026-11-24'
PLAIN = string.ascii_letters + string.digits + '._-+/:@,='


class Page(html.parser.HTMLParser):
    """Its figures, its texts, and what is wrong with it."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.text = open(path, encoding='utf-8').read()
        self.open, self.wrong, self.ids = [], [], set()
        self.figures, self.style, self.policy, self.links = {}, '', '', []
        self.labels, self.words = [], []
        self.feed(self.text)
        self.close()
        if self.open:
            self.wrong.append('not closed: %s' % self.open)

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        get = dict(attrs)
        if tag not in KNOWN:
            self.wrong.append('<%s>' % tag)
        if len(set(names)) != len(names):
            self.wrong.append('<%s> has an attribute twice' % tag)
        for name in names:
            if name.startswith('on') or name in ('style', 'src', 'srcset'):
                self.wrong.append('<%s %s>' % (tag, name))
        if 'id' in get:
            if get['id'] in self.ids:
                self.wrong.append('twice: id=%s' % get['id'])
            self.ids.add(get['id'])
        if get.get('http-equiv') == 'Content-Security-Policy':
            self.policy = get['content']
        if 'href' in get:
            self.links.append(get['href'])
        if tag == 'th' and get.get('scope') not in ('row', 'col'):
            self.wrong.append('<th> without scope')
        if tag == 'svg' and get.get('role') == 'img':
            self.labels.append(get.get('aria-labelledby', ''))
        if tag == 'table':
            self.labels.append(get.get('aria-labelledby', 'no name'))
        if 'data-figure' in get:
            if get['data-figure'] in self.figures:
                self.wrong.append('twice: %s' % get['data-figure'])
            self.figures[get['data-figure']] = get.get('data-value', '')
            if 'data-before' in get:
                self.figures[get['data-figure'] + '.before'] = get['data-before']
        if tag not in VOID:
            self.open.append((tag, get.get('data-figure') if 'data-value' not in get else None))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.wrong.append('</%s> in %s' % (tag, self.open[-3:]))
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1][0] == 'style':
            self.style += data
        else:
            self.words.append(data)
        if self.open and self.open[-1][1]:
            self.figures[self.open[-1][1]] += data


def luminance(colour):
    part = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= .04045 else ((p + .055) / 1.055) ** 2.4 for p in part]
    return .2126 * red + .7152 * green + .0722 * blue


def contrast(a, b):
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + .05) / (dark + .05)


def schemes(style):
    """The colours of each :root, the dark ones over the light ones."""
    light = None
    for block in re.findall(r':root\{([^}]*)\}', style):
        colours = dict(re.findall(r'--(\w+):(#[0-9a-f]{6})', block))
        light = light or colours
        yield colours if colours is light else {**light, **colours}


def colours(style):
    """What WCAG 2.1 AA says: 4.5:1 for text, 3:1 for what is drawn; series tell apart in grey."""
    found = list(schemes(style))
    if len(found) != 2:
        yield 'not two colour schemes'
    for at, c in enumerate(found):
        scheme = ('light', 'dark')[at]
        pairs = [(t, b, 4.5) for t in ('fg', 'dim') for b in ('bg', 'card', 'warn', 'good')]
        pairs += [('link', 'bg', 4.5), ('bg', 'fg', 4.5), ('dim', 'bg', 3),
                  ('warnedge', 'bg', 3), ('goodedge', 'bg', 3)]
        pairs += [('s%d' % n, 'bg', 3) for n in range(1, 7)]
        pairs += [('s%d' % a, 's%d' % b, 1.25) for a in range(1, 7) for b in range(1, a)]
        for a, b, least in pairs:
            if contrast(c[a], c[b]) < least:
                yield '%s: %s on %s is %.2f, less than %.2f' % (
                    scheme, a, b, contrast(c[a], c[b]), least)


def complain(page):
    yield from page.wrong
    yield from colours(page.style)
    if len(page.text.encode()) > MAX:
        yield '%d bytes' % len(page.text.encode())
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    if not page.policy.startswith("default-src 'none'; style-src 'sha256-%s'" % digest):
        yield 'the style is sha256-%s, the policy %s' % (digest, page.policy)
    if 'unsafe' in page.policy:
        yield page.policy
    if not page.text.startswith('<!DOCTYPE html>\n<html lang="en">'):
        yield 'its first line'
    for link in page.links:
        if not re.fullmatch(r'(day|week|month)\.(html|csv|json)', link):
            yield 'a link to ' + link
    for labels in filter(None, page.labels):
        for label in labels.split():
            if label not in page.ids:
                yield 'aria-labelledby=' + label
    if re.search(r'[\x00-\x08\x0b-\x1f\x7f\u202e]', page.text):
        yield 'a control character'


def number(text):
    """1,321 as 1321, without what is no number."""
    plain = text.replace(',', '')
    return plain if re.fullmatch('[0-9]+', plain) else text


def make_log(path):
    """Findings and Postfix's lines, each the n-th of its message; every tenth logged twice."""
    chance = random.Random(8)
    names = ['W32/Klez-H', 'W32/Sircam-A', 'EICAR', '%3Cscript%3Ealert%281%29%3C/script%3E',
             'W95/CIH-10xx', 'Win.Trojan.Emotet-9000481-0', 'X=1', '=1+1', 'W32/Yaha-A',
             'W32/Yaha-D', 'W32/Yaha-E', 'W95/Spaces', 'A,B', '+1', '-1', '@SUM']
    with open(path, 'w') as log:
        for at in range(3000):
            day, hour = chance.choice([14, 15, 20, 22, 23, 24]), chance.randrange(24)
            if day == 24:
                hour %= 16
            host = 'mta%d' % min(3, 1 + int(chance.expovariate(1)))
            head = '2026-11-%dT%02d:%02d:%02d.5+01:00 %s ' % (
                day, hour, chance.randrange(60 if day < 24 or hour < 15 else 20),
                chance.randrange(60), host)
            lines = []
            for n in range(chance.choice([1, 1, 1, 2, 3])):
                kind, name = chance.choice([
                    ('alert', '%s virus found and dealt' % chance.choice(names)),
                    ('alert', '%s virus found and dealt' % chance.choice(names[:3])),
                    ('notice', '%s suffix dealt' % chance.choice(['.exe', '.scr'])),
                    ('notice', 'reject relay dealt relay=reject why=relay-attempt'),
                    ('warning', '%s not scanned' % chance.choice(['encrypted', 'limit']))])
                lines.append('%siMS: [ID 702911 mail.%s] %s id=%08x n=%d\n' % (
                    head, kind, name, at, n + 1))
            log.writelines(lines)
            if at % 10 == 0:
                log.writelines(lines)


def case_number(n):
    """n messages with a virus today, and n in the same hour a week before."""
    def make():
        t = Tally()
        for day in ('2026-11-17', DAY):
            if n:
                t.add(day, 9, 'mta1', 'virus', 'EICAR', n)
                t.add(day, 9, 'mta1', 'suffix', '.exe', n)
                t.add(day, 9, 'mta1', 'received', '', 2 * n)
                t.add(day, 9, 'mta1', 'unscanned', 'encrypted', n)
            t.heard(day, 'mta1', day + 'T15:10:00Z')
        t.heard('2026-11-01', 'mta1', '2026-11-01T15:10:00Z')
        return t
    return make


def case_many():
    """300 gateways and as many names of 500 bytes, hostile ones."""
    t = Tally()
    odd = ['%3C' * 160, '%22' * 160, '%FF' * 160, '%3Cscript%3E' * 40, '%E5%90%8D' * 55, 'x' * 490,
           '%26amp%3B' * 40, '%1B%5B31m' * 55]
    for back in range(30):
        day = '2026-11-%02d' % (24 - back) if back < 24 else '2026-10-%02d' % (31 - back + 24)
        for at in range(300 if back == 1 else 8):
            host = 'g%03d' % at + re.sub('%.?$', '', odd[at % len(odd)][:490])
            hour = at % 15
            t.add(day, hour, host, 'received', '', 12345678)
            for kind in ('virus', 'suffix', 'relay', 'denied', 'rbl', 'odd', 'conversion',
                         'ignored', 'unscanned')[:9 if at < 30 else 1]:
                name = re.sub('%.?$', '', odd[(at + back) % 8][:480]) + 'n%d' % (at % 60)
                t.add(day, hour, host, kind, name, 1234567)
            t.add(day, hour, host, 'waited', 'engine', 7)
            t.heard(day, host, day + 'T00:30:00Z', 'set=%s setat=%sT00:30:00Z' % (
                '20261120000000' if at % 2 else '20261124000000', day))
    return t


def case_marks():
    """mta1 works; mta2 is quiet for 9 h; mta3 has an old set; mta4 is called stale."""
    t = Tally()
    for day in ['2026-11-%02d' % d for d in range(20, 25)]:
        for host in 'mta1', 'mta2', 'mta3', 'mta4':
            last = 6 if host == 'mta2' and day == DAY else 15 if day == DAY else 23
            for hour in range(last + 1):
                t.add(day, hour, host, 'clean', '', 10)
            said = 'set=%s setat=%sT01:00:00Z' % (
                '20261122010000' if host == 'mta3' else '20261124010000', day)
            if host == 'mta4':
                said += ' stale=24h staleat=%sT02:00:00Z' % day
            t.heard(day, host, '%sT%02d:10:00Z' % (day, last - 1), said)
    t.add(DAY, 10, 'mta1', 'waited', 'engine', 5)
    t.add(DAY, 11, 'mta1', 'waited', 'engine', 5)
    t.add(DAY, 11, 'mta2', 'waited', 'engine', 5)
    t.add(DAY, 12, 'mta2', 'waited', 'other', 5)
    return t


def alive(t, *hosts, made='20261124010000', days=range(20, 25), until=15):
    """Gateways with records each hour of some days of November, the last one at 15:10."""
    for host in hosts:
        for day in ['2026-11-%02d' % d for d in days]:
            last = until if day == DAY else 23
            for at in range(last + 1):
                t.add(day, at, host, 'clean', '', 10)
            t.heard(day, host, '%sT%02d:10:00Z' % (day, last - 1), made and
                    'set=%s setat=%sT%02d:00:00Z' % (made, day, last - 1))
    return t


def case_well():
    return alive(Tally(), 'mta1', 'mta2')


def case_stuck():
    """mta2 waits for another cause since 13:00, and did so once on Friday."""
    t = alive(Tally(), 'mta1', 'mta2')
    t.add('2026-11-20', 9, 'mta2', 'waited', 'other', 1)
    for at in 13, 14, 15:
        t.add(DAY, at, 'mta2', 'waited', 'other', 400)
    return t


def case_missed():
    """mta1's heartbeat fails since 14:00."""
    t = alive(Tally(), 'mta1', 'mta2')
    t.add(DAY, 14, 'mta1', 'missed', 'late', 11)
    t.add(DAY, 15, 'mta1', 'missed', 'passed', 4)
    return t


def case_over():
    t = alive(Tally(), *['g%03d' % n for n in range(300)], days=range(24, 25))
    for n in range(300):
        t.add(DAY, 9, 'g%03d' % n, 'waited', 'engine', 2)
    t.add(DAY, 4, 'g007', 'waited', 'transport', 1)
    return t


def case_bounced(name='failed'):
    t = case_well()
    t.add(DAY, 15, 'mta1', 'bounced', name, 3)
    return t


def case_passed():
    t = case_well()
    t.add(DAY, 9, 'mta1', 'virus', 'EICAR', 10)
    t.add(DAY, 9, 'mta1', 'suffix', '.exe', 6)
    t.add(DAY, 9, 'mta1', 'passed', 'virus', 4)
    t.add(DAY, 9, 'mta1', 'passed', 'suffix', 2)
    return t


def case_signatures():
    """mta1's set is too old, mta2's of a day to come, mta3's sigupdate is silent, mta4's
    fails; mta5's fails, and brings new ones; mta6 says nothing of a set."""
    t = alive(Tally(), 'mta3', 'mta4', 'mta5', made='20261118010000')
    alive(t, 'mta1', made='20261114010000')
    alive(t, 'mta2', made='20270101000000')
    alive(t, 'mta6', made='')
    for at in 1, 5, 9:
        t.add('2026-11-22', at, 'mta3', 'signatures', 'current', 1)
        t.add(DAY, at, 'mta4', 'signatures', 'failed' if at < 9 else 'refused', 1)
        t.add(DAY, at, 'mta5', 'signatures', 'failed', 1)
    t.add(DAY, 13, 'mta5', 'signatures', 'new', 1)
    return t


def case_aged():
    return alive(Tally(), 'mta1', made='20261114010000')


def case_unknown():
    return alive(alive(Tally(), 'mta1'), 'mta2', made='')


def case_lost():
    """mta2 was last heard of 43 days ago, mta3 25 hours ago, as every other day."""
    t = alive(Tally(), 'mta1')
    t.add('2026-10-12', 9, 'mta2', 'clean', '', 10)
    t.heard('2026-10-12', 'mta2', '2026-10-12T08:10:00Z', 'set=20261012000000 '
            'setat=2026-10-12T08:10:00Z')
    for day in range(1, 24, 2):
        for at in range(15):
            t.add('2026-11-%02d' % day, at, 'mta3', 'clean', '', 1)
        t.heard('2026-11-%02d' % day, 'mta3', '2026-11-%02dT13:10:00Z' % day)
    return t


def case_share(received=100):
    """Two weeks, in which mta2 has no lines of Postfix's, or has."""
    t = alive(Tally(), 'mta1', 'mta2', days=range(9, 25))
    for day, n in ('2026-11-16', 2), (DAY, 1):
        for host, lines in ('mta1', 100), ('mta2', received):
            t.add(day, 9, host, 'virus', 'EICAR', n)
            if lines:
                t.add(day, 9, host, 'received', '', lines)
    return t


def case_first(day):
    """The first day of the tally."""
    return alive(Tally(), 'mta1', days=range(day, 25))


def case_bytes():
    """Each byte there is, in ten names of a virus and in those of the gateways."""
    t = Tally()
    every = [chr(b) if chr(b) in PLAIN else '%%%02X' % b for b in range(256)]
    for n in range(10):
        host = 'h%d' % n + ''.join(every[n::10])
        t.add(DAY, 10, host, 'virus', ''.join(every[26 * n:26 * n + 26]), 20 - n)
        t.heard(DAY, host, DAY + 'T10:59:00Z', 'set=%s setat=%sT10:00:00Z' % (
            ''.join(every[n::10]), DAY))
    return t


CASES = {'0': case_number(0), '1': case_number(1), '9': case_number(9),
         '10000000': case_number(10000000), 'none': Tally, 'many': case_many,
         'marks': case_marks, 'bytes': case_bytes, 'well': case_well, 'stuck': case_stuck,
         'missed': case_missed,
         'over': case_over, 'bounced': case_bounced, 'passed': case_passed,
         'refused': lambda: case_bounced('refused'), 'signatures': case_signatures,
         'aged': case_aged, 'unknown': case_unknown, 'lost': case_lost, 'share': case_share,
         'noshare': lambda: case_share(0), 'whole': lambda: case_first(10),
         'half': lambda: case_first(11)}

PROM = re.compile(r'[a-z_]+(\{gateway="(?:[^"\\\n]|\\["\\n])*"(,kind="[a-z]+")?\})? [0-9]+')


def check_prom(path):
    types = {}
    for line in open(path):
        line = line.rstrip('\n')
        if line.startswith('# TYPE '):
            _, _, name, kind = line.split(' ')
            assert name not in types and kind in ('counter', 'gauge'), line
            types[name] = kind
        elif not line.startswith('# HELP '):
            assert PROM.fullmatch(line), line
            name = re.match('[a-z_]+', line)[0]
            assert name in types and (types[name] == 'counter') == name.endswith('_total'), line


def check_csv(path):
    with open(path, newline='') as f:
        text = f.read()
    assert '\r' not in text, 'lines of Unix'
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == 'day,hour,gateway,kind,name,messages,findings'.split(',')
    for row in rows[1:]:
        assert len(row) == 7, row
        assert not any(field[:1] and field[:1] in '=+-@' for field in row), row
    sums = {}
    for row in rows[1:]:
        if row[4] == '':
            sums[row[3]] = sums.get(row[3], 0) + int(row[5])
    print(json.dumps(sums, sort_keys=True))


def check_json(path):
    what = json.load(open(path))
    sums = {}
    for row in what['counts']:
        if row['name'] == '':
            sums[row['kind']] = sums.get(row['kind'], 0) + row['messages']
    for kind, count in what['totals'].items():
        assert count['messages'] == sums.get(kind, 0), kind
    print(json.dumps(sums, sort_keys=True))


def read_pages(folder):
    for path in sorted(glob.glob(folder + '/*.html')):
        page = Page(path)
        for line in complain(page):
            print('%s: %s' % (path, line))
        with open(path[:-4] + 'figures', 'w') as f:
            f.writelines('%s %s\n' % (name, number(value))
                         for name, value in sorted(page.figures.items()))
        with open(path[:-4] + 'words', 'w') as f:
            f.write(' '.join(' '.join(page.words).split()) + '\n')


def make_tallies(folder):
    os.mkdir(folder)
    for case, make in CASES.items():
        with open('%s/%s' % (folder, case), 'w') as f:
            f.write(make().text())


def main():
    {'pages': read_pages, 'log': make_log, 'tallies': make_tallies, 'csv': check_csv,
     'json': check_json, 'prom': check_prom}[sys.argv[1]](sys.argv[2])


if __name__ == '__main__':
    main()
