# SPDX-License-Identifier: ISC
"""browser.py FOLDER PAGE...: looks at pages in a headless Chromium.

Each page at 1080 and 360 px, light and dark, and as it is printed: nothing may be wider than
the window, written to the console or fetched.  A picture of each is put into FOLDER.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

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


def main():
    folder, good = sys.argv[1], True
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        browser.attach()
        for path in sys.argv[2:]:
            name = '-'.join(path.rsplit('.', 1)[0].split('/')[-2:])
            for width in 1080, 360:
                for scheme in 'light', 'dark':
                    good &= look(browser, path, name, folder, width, scheme)
            pdf = browser.call('Page.printToPDF', printBackground=True)
            with open('%s/%s.pdf' % (folder, name), 'wb') as f:
                f.write(base64.b64decode(pdf['data']))
        browser.session = None
        browser.call('Browser.close')
        browser.process.wait()
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
