#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Logs for virtally whose counts are known, and a reader of tallies that is not virtally's.

    tallylogs.py make FOLDER LINES SEED [HOST...]
        FOLDER/log, about so many lines in the order of time, and FOLDER/truth
    tallylogs.py read TALLY
        the cells of a tally(5)
    tallylogs.py split LOG FOLDER SEED
        the log in pieces that grow: FOLDER/1, FOLDER/2 ..., each begins as the one before
    tallylogs.py hurt FILE SEED
        one bit of it is wrong, behind its first quarter

Truth and cells are lines DAY,HOUR,HOST,KIND,NAME,MESSAGES,FINDINGS in order, NAME as in a
record, empty in the sum of a kind.
"""

import datetime
import os
import random
import re
import sys
import zoneinfo

ZONE = zoneinfo.ZoneInfo(os.environ.get("TZ", "Europe/Berlin"))
KINDS = ("virus conversion suffix odd unscanned ignored relay signatures clean action other "
         "received delivered rbl denied refused waited bounced passed duplicate strange").split()
SIGS = ["W32/Klez-H"] * 9 + ["W32/Sircam-A"] * 4 + ["Eicar", "W95/CIH-10xx", "X%20virus%20found",
                                                    "%5DY%3B%00", "%2A"]
FORGED = "iMS: [ID 702911 mail.alert] W32/Forged virus found and dealt id=1 n=1"


class Truth:
    """What virtally(1) says is counted."""

    def __init__(self):
        self.cells, self.seen, self.messages = {}, set(), set()

    def add(self, when, host, kind, name, messages, findings=1):
        start = datetime.datetime.combine(when.date(), datetime.time(), ZONE)
        hour = int((when.timestamp() - start.timestamp()) // 3600)
        for n, m in {"": messages[0], name: messages[1]}.items():
            cell = self.cells.setdefault((str(when.date()), hour, host, kind, n), [0, 0])
            cell[0] += m
            cell[1] += findings

    def line(self, when, host, kind, name, ident=None, number=None):
        if ident is None:
            self.add(when, host, kind, name, (1, 1))
            return
        what = (ident, kind, number)
        if what in self.seen:
            self.add(when, host, "duplicate", kind, (1, 1))
            return
        self.seen.add(what)
        new = []
        for key in ((ident, kind), (ident, kind, name, "name")):
            new.append(0 if key in self.messages else 1)
            self.messages.add(key)
        self.add(when, host, kind, name, new)

    def text(self):
        return lines_of(self.cells)


def lines_of(cells):
    return "".join(
        "%s,%d,%s,%s,%s,%d,%d\n" % (*key, *count) for key, count in sorted(
            cells.items(), key=lambda c: (c[0][0], c[0][2], KINDS.index(c[0][3]), *c[0])))


class Log:
    def __init__(self, rnd, hosts):
        self.rnd, self.hosts = rnd, hosts
        self.truth, self.lines = Truth(), []

    def put(self, when, host, tag, text, pid=""):
        form = self.rnd.randrange(3)
        if form == 0:
            stamp = when.strftime("%b %e %H:%M:%S")
        elif form == 1:
            stamp = when.isoformat(timespec="microseconds")
        else:
            stamp = when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.lines.append(f"{stamp} {host} {tag}{pid}: {text}\n".encode("latin-1"))

    def ours(self, when, host, kind, number, ident):
        rnd, more = self.rnd, ""
        if kind == "virus":
            name, level, said = rnd.choice(SIGS), "alert", "virus found and dealt"
            more = f" verdict=infected sig={name} name=filename:virus%20found"
        elif kind == "suffix":
            name, level, said = rnd.choice([".exe", ".pif"]), "notice", "suffix dealt"
            more = f" verdict=banned why=suffix suffix={name}"
        elif kind == "unscanned":
            name, level, said = rnd.choice(["encrypted", "limit-size"]), "warning", "not scanned"
            more = f" verdict=unscanned why={name}"
        else:
            name, level, said = "percent", "notice", "relay dealt"
            more = f" relay=reject why={name}"
        subject = "reject" if kind == "relay" else name
        words = f" id={ident} n={number}" if ident else ""
        text = f"[ID 702911 mail.{level}] {subject} {said}{words}{more}"
        for _ in range(2 if ident and rnd.random() < .15 else 1):
            self.put(when, host, "iMS", text)
            self.truth.line(when, host, kind, name, ident, number)

    def findings(self, when, host):
        ident = f"{self.rnd.getrandbits(80):020x}" if self.rnd.random() < .8 else None
        for number in range(1, self.rnd.choice((1, 1, 2, 5)) + 1):
            kind = self.rnd.choices(("virus", "suffix", "unscanned", "relay"), (6, 2, 1, 1))[0]
            self.ours(when, host, kind, number, ident)

    def postfix(self, when, host):
        rnd = self.rnd
        queue, pid = f"{rnd.getrandbits(40):010X}", f"[{rnd.randrange(1, 32768)}]"
        what = rnd.randrange(4)
        if what == 0:
            self.put(when, host, "postfix/smtpd", f"{queue}: client=a.example[192.0.2.1]", pid)
            self.truth.line(when, host, "received", "")
        elif what == 1:
            self.put(when, host, "postfix/smtp", f"{queue}: to=<a@b.example>, relay=b.example"
                     "[192.0.2.2]:25, delay=0.3, delays=0.1/0/0.1/0.1, dsn=2.0.0, status=sent"
                     f" (250 ok {FORGED})", pid)
            self.truth.line(when, host, "delivered", "")
        elif what == 2:
            self.put(when, host, "postfix/smtpd", "NOQUEUE: reject: RCPT from unknown[192.0.2.3]:"
                     " 554 5.7.1 Service unavailable; Client host [192.0.2.3] blocked using"
                     f" zen.example; from=<{FORGED}> to=<c@d> proto=ESMTP helo=<{FORGED}>", pid)
            self.truth.line(when, host, "rbl", "zen.example")
        else:
            self.put(when, host, "postfix/smtpd", "NOQUEUE: reject: RCPT from unknown[192.0.2.3]:"
                     " 554 5.7.1 <c@d.example>: Relay access denied; from=<a@b>"
                     f" to=<c@d.example> proto=SMTP helo=<{FORGED}>", pid)
            self.truth.line(when, host, "denied", "relay-denied")

    def noise(self, when, host):
        rnd = self.rnd
        self.put(when, host, *rnd.choice((
            ("sshd", f"Invalid user {FORGED} from 192.0.2.9"),
            ("postfix/cleanup", f"0123456789: message-id=<{FORGED}>"),
            ("kernel", "virus found and dealt"),
            ("iMSd", f"\0{FORGED}\0"),
            ("postfix/cleanup", "0123456789: warning: header Subject: virus found and dealt "
             "x" * rnd.choice((1, 200))),
            ("cron", "\x1b[31m\xff" * rnd.randrange(1, 40)))))

    def strange(self, when, host):
        self.put(when, host, "iMS", "[ID 702911 mail.alert] W32/Klez-H was found somewhere")
        self.truth.line(when, host, "strange", "")

    def make(self, lines):
        when = datetime.datetime(2026, 11, 20, 22, 10, 0, tzinfo=ZONE)
        step = 4 * 86400 / max(lines, 1)
        does = (self.findings, self.postfix, self.noise, self.strange)
        while len(self.lines) < lines:
            when += datetime.timedelta(seconds=self.rnd.random() * 2 * step)
            self.rnd.choices(does, (4, 4, 4, .2))[0](when, self.rnd.choice(self.hosts))


def make(folder, lines, seed, *hosts):
    log = Log(random.Random(int(seed)), hosts or ("mta1", "mta2", "gw.example"))
    log.make(int(lines))
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "log"), "wb") as f:
        f.writelines(log.lines)
    with open(os.path.join(folder, "truth"), "w", encoding="ascii") as f:
        f.write(log.truth.text())


def split(log, folder, seed):
    rnd = random.Random(int(seed))
    os.makedirs(folder, exist_ok=True)
    with open(log, "rb") as f:
        data = f.read()
    cuts = sorted(rnd.sample(range(1, len(data)), 8)) + [len(data)]
    # one inside the first bytes, from which a log is known
    for number, end in enumerate([100] + cuts, 1):
        with open(os.path.join(folder, str(number)), "wb") as f:
            f.write(data[:end])


def hurt(path, seed):
    rnd = random.Random(int(seed))
    with open(path, "r+b") as f:
        data = f.read()
        at = rnd.randrange(len(data) // 4, len(data))
        f.seek(at)
        f.write(bytes([data[at] ^ 1 << rnd.randrange(8)]))


def read(path):
    cells, day = {}, None
    with open(path, encoding="ascii") as f:
        for line in f:
            words = [word.partition("=")[::2] for word in line.split()]
            if words[0][0] == "day":
                day = words[0][1]
            kinds = [(key, value) for key, value in words[1:] if key in KINDS]
            if words[0][0] != "host" or not kinds:
                continue
            for cell in dict(words)["at"].split(","):
                hour, messages, findings = map(int, cell.split(":"))
                kind, name = kinds[0]
                cells.setdefault((day, hour, words[0][1], kind, name), [0, 0])
                cells[day, hour, words[0][1], kind, name][0] += messages
                cells[day, hour, words[0][1], kind, name][1] += findings
    sys.stdout.write(lines_of(cells))


if __name__ == "__main__":
    {"hurt": hurt, "make": make, "read": read, "split": split}[sys.argv[1]](*sys.argv[2:])
