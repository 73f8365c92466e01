# SPDX-License-Identifier: ISC
"""Tallies of tally(5), written from what they are to hold."""
import hashlib
import time

KINDS = """virus conversion suffix odd unscanned ignored relay signatures clean action other
received delivered rbl denied refused waited bounced passed duplicate strange
heartbeat missed""".split()


class Tally:
    """add() what was counted, heard() what was said; text() is the file."""

    def __init__(self, writer='test-0123456789abcdef', generation=1):
        self.writer, self.generation = writer, generation
        self.days = {}          # day -> host -> (kind, name) -> hour -> [messages, findings]
        self.said = {}          # day -> host -> text

    def add(self, day, hour, host, kind, name, messages, findings=None, sum=True):
        """name '': only the sum; sum=False: only the name."""
        hosts = self.days.setdefault(day, {}).setdefault(host, {})
        for n in ([''] if sum else []) + ([name] if name else []):
            cell = hosts.setdefault((kind, n), {}).setdefault(hour, [0, 0])
            cell[0] += messages
            cell[1] += messages if findings is None else findings

    def heard(self, day, host, last, more=''):
        self.said.setdefault(day, {})[host] = 'last=%s%s' % (last, more and ' ' + more)

    def section(self, day):
        lines = []
        hosts = sorted(set(self.days.get(day, {})) | set(self.said.get(day, {})),
                       key=lambda h: h.encode())
        for host in hosts:
            lines.append('host=%s %s' % (host, self.said.get(day, {}).get(host, '')))
            cells = self.days.get(day, {}).get(host, {})
            for kind, name in sorted(cells, key=lambda c: (KINDS.index(c[0]), c[1].encode())):
                at = ','.join('%d:%d:%d' % (h, *cells[kind, name][h])
                              for h in sorted(cells[kind, name]))
                lines.append('host=%s %s=%s at=%s' % (host, kind, name, at))
        text = ''.join(line.rstrip() + '\n' for line in lines)
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()[:16]
        time.tzset()
        start = time.mktime(time.strptime(day, '%Y-%m-%d'))
        start = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(start))
        return 'day=%s start=%s writer=%s generation=%d bytes=%d sum=%s\n%s' % (
            day, start, self.writer, self.generation, len(text), digest, text)

    def text(self):
        days = sorted(set(self.days) | set(self.said))
        return 'tally=1 writer=%s generation=%d\n%s' % (
            self.writer, self.generation, ''.join(map(self.section, days)))
