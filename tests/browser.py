# SPDX-License-Identifier: ISC
"""browser.py FOLDER [CASE...]: the pages of virtally in a headless Chromium.

Each page at 1080 and 360 px, light and dark, and as it is printed: nothing may be wider than
the window, written to the console or fetched.  A picture of each is put into FOLDER, for
somebody to look at.  virtally is looked for in PATH.
"""
import base64
import datetime
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

import report
from tally import Tally

CHROMIUM = os.environ.get('CHROMIUM', 'chromium')
WIDER = '''(() => {
  const wide = document.documentElement.clientWidth, out = [];
  for (const e of document.querySelectorAll('body *')) {
    const r = e.getBoundingClientRect();
    if (r.width > 0 && r.right > wide + 0.5 && !e.closest('thead')) out.push(e.tagName + ' ' +
        (e.getAttribute('class') || '') + ' ' + Math.round(r.right) + ' ' +
        e.textContent.slice(0, 30));
  }
  return JSON.stringify({scroll: document.documentElement.scrollWidth, client: wide,
    height: document.documentElement.scrollHeight, out: out.slice(0, 5)});
})()'''

END = datetime.datetime(2026, 11, 24, 15, 20)
VIRUSES = '''W32/Klez-H W32/Sircam-A W32/Fcoss W32/Magistr-B Win.Trojan.Emotet-9000481-0
Doc.Dropper.Agent-6412 W95/CIH-10xx W32/Yaha-D W95/Spaces W32/Yaha-A'''.split() + [
    'Win.Malware.Agent-%d' % n for n in range(23)]
OTHERS = (('suffix', '.exe', 1.3), ('suffix', '.scr', .7), ('suffix', '.pif', .4),
          ('relay', 'relay-attempt', 1), ('denied', 'relay-denied', 3), ('odd', 'macro', .4),
          ('rbl', 'zen.spamhaus.org', 20), ('rbl', 'bl.spamcop.net', 4),
          ('unscanned', 'encrypted', .5), ('unscanned', 'limit', .2))


def hour(chance, t, day, at, host, much):
    """What a gateway counts in an hour."""
    t.add(day, at, host, 'received', '', int(120 * much) + 2)
    t.add(day, at, host, 'delivered', '', int(90 * much) + 1)
    found = 0
    for n, name in enumerate(VIRUSES):
        count = int(much * chance.uniform(0, 4) / (1 + n * .6) + .3)
        found += count
        if count:
            t.add(day, at, host, 'virus', name, count, sum=False)
    if found:
        t.add(day, at, host, 'virus', '', found)
    for kind, name, often in OTHERS:
        count = int(much * often * chance.uniform(.5, 1.5) + chance.random() * .5)
        if count:
            t.add(day, at, host, kind, name, count)


def go_wrong(chance, t, day, back, at, host):
    """Mail is stuck since 10:00, and was in the night; some is sent back, some passed on."""
    if back == 1 and at > 20 or back == 0 and (at < 5 or at > 9):
        t.add(day, at, host, 'waited', 'engine', chance.randrange(1, 30))
        t.add(day, at, host, 'waited', 'transport', chance.randrange(1, 3))
    if back == 2 and at == 9:
        t.add(day, at, host, 'bounced', 'failed', 3)
        t.add(day, at, host, 'passed', 'virus', 2)
        t.add(day, at, host, 'signatures', 'failed', 1)


def fleet(hosts, much, marked=None, outage=None):
    """62 days; `marked' is quiet for 9 h and has an old set."""
    chance, t = random.Random(1), Tally(generation=8812)
    for back in range(62):
        date = END - datetime.timedelta(days=back)
        day = date.strftime('%Y-%m-%d')
        for n, host in enumerate(hosts):
            last = 23 if back else 6 if host == marked else 15
            for at in range(last + 1):
                shape = .4 + 1.2 * max(0, 1 - abs(at - 12) / 12)
                hour(chance, t, day, at, host, much * shape * (1, .9, .8, .5)[n % 4] *
                     (2 if date.weekday() == 5 else 1) * chance.uniform(.8, 1.2))
                if host == outage:
                    go_wrong(chance, t, day, back, at, host)
            said = '%sT%02d:18:00Z' % (day, last - 1)
            t.heard(day, host, said, 'set=%s setat=%s' % (
                '20261120011000' if host == marked else '20261124011200', said))
    return t


CASES = {'four': lambda: fleet(['nammta01', 'eurmta01', 'eurmta02', 'feamta01'], 3, 'feamta01'),
         'one': lambda: fleet(['mx1'], .3),
         'outage': lambda: fleet(['mx1', 'mx2'], .5, outage='mx1'),
         'large': lambda: fleet(['mta%d' % n for n in range(9)], 2500),
         **{name: report.CASES[name] for name in '0 1 9 10000000 none many marks bytes well over '
            'signatures'.split()}}


class Browser:
    """Chromium by --remote-debugging-pipe: messages of JSON, each with a NUL behind it."""

    def __init__(self, folder):
        to, self.to = os.pipe()
        self.out, out = os.pipe()
        command = [CHROMIUM, '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
                   '--hide-scrollbars', '--user-data-dir=' + folder, '--remote-debugging-pipe',
                   'about:blank']
        # It reads 3 and writes 4.
        self.process = subprocess.Popen(
            ['sh', '-c', 'exec "$@" 3<&%d 4>&%d' % (to, out), 'sh'] + command,
            pass_fds=(to, out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to)
        os.close(out)
        self.number, self.rest, self.events, self.session = 0, b'', [], None

    def receive(self):
        while b'\0' not in self.rest:
            got = os.read(self.out, 1 << 20)
            if not got:
                sys.exit('browser.py: %s ended' % CHROMIUM)
            self.rest += got
        one, self.rest = self.rest.split(b'\0', 1)
        return json.loads(one)

    def call(self, method, **params):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        os.write(self.to, json.dumps(message).encode() + b'\0')
        while True:
            got = self.receive()
            if got.get('id') == self.number:
                if 'error' in got:
                    sys.exit('browser.py: %s: %s' % (method, got['error']))
                return got['result']
            self.events.append(got)

    def wait(self, method):
        while not any(e.get('method') == method for e in self.events):
            self.events.append(self.receive())

    def attach(self):
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target,
                                 flatten=True)['sessionId']
        for domain in 'Page', 'Runtime', 'Log', 'Network':
            self.call(domain + '.enable')


def complaints(events):
    """What a page wrote to the console, and what it fetched beside itself."""
    for event in events:
        method, params = event.get('method'), event.get('params', {})
        if method == 'Log.entryAdded':
            yield params['entry']['text']
        elif method in ('Runtime.consoleAPICalled', 'Runtime.exceptionThrown'):
            yield json.dumps(params)[:300]
        elif method == 'Network.requestWillBeSent' and params.get('type') != 'Document':
            yield 'fetches ' + params['request']['url']


def look(browser, path, name, folder, width, scheme):
    """One page at one width; prints what is wrong, and is false then."""
    browser.events = []
    browser.call('Emulation.setDeviceMetricsOverride', width=width, height=900,
                 deviceScaleFactor=1 if width > 500 else 2, mobile=width < 500)
    browser.call('Emulation.setEmulatedMedia', features=[
        {'name': 'prefers-color-scheme', 'value': scheme}])
    browser.call('Page.navigate', url='file://' + os.path.abspath(path))
    browser.wait('Page.loadEventFired')
    seen = json.loads(browser.call('Runtime.evaluate', expression=WIDER)['result']['value'])
    picture = browser.call('Page.captureScreenshot', captureBeyondViewport=True, clip={
        'x': 0, 'y': 0, 'width': width, 'height': seen['height'], 'scale': 1})
    with open('%s/%s-%d-%s.png' % (folder, name, width, scheme), 'wb') as f:
        f.write(base64.b64decode(picture['data']))
    wrong = list(complaints(browser.events))
    if seen['scroll'] > seen['client'] or seen['out']:
        wrong.append('%d wide of %d: %s' % (seen['scroll'], seen['client'], seen['out']))
    for what in wrong:
        print('%s at %d, %s: %s' % (name, width, scheme, what))
    return not wrong


def make_pages(folder, cases):
    """The pages of each case, in a folder of its name."""
    for name in cases or CASES:
        tally = '%s/%s.tally' % (folder, name)
        with open(tally, 'w') as f:
            f.write(CASES[name]().text())
        subprocess.check_call(['virtally', 'report', '-e', END.strftime('%Y-%m-%dT%H:%M'), '-o',
                               '%s/%s' % (folder, name), tally])
        for path in sorted(glob.glob('%s/%s/*.html' % (folder, name))):
            if not path.endswith('/index.html'):
                yield path


def print_page(browser, name, folder):
    pdf = browser.call('Page.printToPDF', printBackground=True)
    with open('%s/%s.pdf' % (folder, name), 'wb') as f:
        f.write(base64.b64decode(pdf['data']))


def main():
    folder, good = sys.argv[1], True
    os.makedirs(folder, exist_ok=True)
    os.environ['TZ'] = 'CET-1CEST,M3.5.0,M10.5.0/3'
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        browser.attach()
        for path in make_pages(folder, sys.argv[2:]):
            name = '-'.join(path[:-len('.html')].split('/')[-2:])
            for width in 1080, 360:
                for scheme in 'light', 'dark':
                    good &= look(browser, path, name, folder, width, scheme)
            print_page(browser, name, folder)
        browser.session = None
        browser.call('Browser.close')
        browser.process.wait()
    print('look at the pictures in', folder)
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
