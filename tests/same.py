#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What same.t sends, and what it compares.

same.py send PORT PREFIX CONNECTIONS LIST   over that many connections at once; the Nth
    message of LIST, a file with a name a line, goes from sN@example.org to
    PREFIXN@example.net.  Prints PREFIXN and the last answer, a line each.
same.py hand DIR   judges those that were found something in, by `judged' in DIR,
    once more, each with a work directory DIR/PREFIXN.
same.py compare DIR N     prints, a line each, ASPECT MESSAGE WHAT; and last a count.

In DIR: got/PREFIXN, what the front was given; judged, what multiscan -n says of these;
hand/PREFIXN, a work directory of multiscan -w, and hand/PREFIXN.said; replies; and the
gateway's sink, spool and milter.log.  p is the pipe, m the milter.
"""
import concurrent.futures, glob, os, re, socket, subprocess, sys, time

KEYS = ('part', 'verdict', 'sig', 'why', 'suffix')
ENDINGS = ('deliver', 'hold', 'refuse', 'discard')


def read(name):
    with open(name, 'rb') as f:
        return f.read()


def lines(name):
    return read(name).decode('latin-1').split('\n')[:-1] if os.path.exists(name) else []


# --- send ----------------------------------------------------------------------------

class Client:
    def __init__(self, port):
        self.port, self.file = port, None

    def say(self, data):
        self.file.write(data)
        self.file.flush()
        return self.answer()

    def answer(self):
        while True:
            line = self.file.readline()
            if line[3:4] != b'-':
                return line.decode('latin-1').rstrip()

    def connect(self):
        for _ in range(100):    # it may just begin to listen
            try:
                server = socket.create_connection(('127.0.0.1', self.port))
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        self.file = server.makefile('rwb')
        self.answer()
        self.say(b'EHLO client.example\r\n')

    def close(self):
        if self.file:
            self.file.close()
        self.file = None

    def send(self, n, to, name):
        data = re.sub(rb'(?<!\r)\n', b'\r\n', read(name))
        if data[-2:] != b'\r\n':
            data += b'\r\n'
        data = re.sub(rb'(?m)^\.', b'..', data)
        if self.file is None:
            self.connect()
        for command in (f'MAIL FROM:<s{n}@example.org> BODY=8BITMIME',
                        f'RCPT TO:<{to}@example.net>', 'DATA'):
            answer = self.say(command.encode() + b'\r\n')
            if answer[:1] not in '23':
                break
        else:
            answer = self.say(data + b'.\r\n')
        if answer[:1] != '2':    # Postfix is slow with whom it has refused something
            self.close()
        return answer


def send(port, prefix, connections, names):
    def some(first):
        client = Client(int(port))
        said = [(f'{prefix}{n}', client.send(n, f'{prefix}{n}', name))
                for n, name in todo[first::int(connections)]]
        client.close()
        return said

    todo = list(enumerate(lines(names), 1))
    with concurrent.futures.ThreadPoolExecutor(int(connections)) as pool:
        for said in pool.map(some, range(int(connections))):
            for to, answer in said:
                print(f'{to}\t{answer}')


# --- by hand -------------------------------------------------------------------------

def judged(place):
    """Of each message what multiscan -n says: its ending, and what was found"""
    said = {}
    for line in lines(f'{place}/judged'):
        name, colon, words = line.partition(': ')
        if not name.startswith('got/'):
            continue
        words, found = words.split(), []
        for word in words[1:]:
            key, _, value = word.partition('=')
            if key == 'part':
                found.append({})
            found[-1][key] = value
        said[name[4:]] = words[0], found
    return said


def hand(place):
    def one(name):
        with open(f'{place}/got/{name}', 'rb') as message:
            run = subprocess.run(['multiscan', '-w', f'{place}/hand/{name}'], stdin=message,
                                 stdout=subprocess.PIPE, check=False)
        with open(f'{place}/hand/{name}.said', 'wb') as f:
            f.write(run.stdout)

    os.makedirs(f'{place}/hand', exist_ok=True)
    names = [name for name, (_, found) in judged(place).items()
             if found or b'X-Multiscan' in read(f'{place}/got/{name}')]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(one, names))


# --- compare -------------------------------------------------------------------------

def words_of(line):
    words = {}
    for word in line.split():
        key, equals, value = word.partition('=')
        if equals:
            words.setdefault(key, value)
    return words


def log(place):
    """Of each message the lines of the log"""
    of = {}
    for line in lines(f'{place}/spool/log'):
        words = words_of(line)
        of.setdefault(words.get('to', '').partition('@')[0], []).append(
            (words, re.findall(r' do=(\S+) rule=(\S+)', line)))
    return of


def sink(place):
    """Of each recipient what arrived, with LF, and without the top field of Postfix"""
    of = {}
    for name in glob.glob(f'{place}/sink/*.env'):
        data = read(name[:-3] + 'eml').replace(b'\r\n', b'\n')
        data = re.sub(rb'\AReceived: from .*\n(?:[ \t].*\n)*', b'', data)
        for to in re.findall(r'RCPT TO:<([^@>]*)@', read(name).decode('latin-1')):
            of.setdefault(to, []).append(data)
    return of


def ending_of_pipe(place, ident, arrived):
    if arrived:
        return 'deliver'
    for line in reversed(lines(f'{place}/spool/quarantine/{ident}/action')):
        how = words_of(line).get('do')
        if how in ENDINGS:
            return how
    return 'discard'


def endings_of_milter(place):
    said = {}
    for line in lines(f'{place}/milter.log'):
        words = words_of(line)
        if 'id' in words:
            said[words['id']] = words['do']
    return said


def told(how, answer):
    """Is it what the client is to be told of it?"""
    return answer.startswith('550 5.7.1 ' if how == 'refuse' else '250 ')


def without_end(message):
    """The milter is given the end of a head, even where there is neither that nor a body"""
    return message[:-1] if message.find(b'\n\n') == len(message) - 2 else message


def where(one, other):
    """What of each is to be shown where they begin to differ"""
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b),
              min(len(one), len(other)))
    start = max(at - 20, 0)
    return f'{at}: {one[start:at + 40]!r}', f'{other[start:at + 40]!r}'


class Comparison:
    def __init__(self, place):
        self.place, self.hand = place, judged(place)
        self.log, self.sink = log(place), sink(place)
        self.milter = endings_of_milter(place)
        self.reply = dict(line.split('\t') for line in lines(f'{place}/replies'))
        self.count = dict.fromkeys(ENDINGS + ('changed',), 0)

    def differ(self, aspect, name, what):
        print(aspect, name, what)

    def equal(self, aspect, name, front, by_hand):
        if front != by_hand:
            self.differ(aspect, name, f'{front!r}, by hand {by_hand!r}')

    def ident(self, name):
        return self.log[name][0][0]['id']

    def front_ending(self, name):
        arrived = name in self.sink
        if name[0] == 'p':
            return ending_of_pipe(self.place, self.ident(name), arrived)
        how = self.milter.get(self.ident(name), 'nothing')
        if arrived != (how == 'deliver') or not told(how, self.reply[name]):
            how += f', it said {self.reply[name]}, arrived: {arrived}'
        return how

    def findings(self, name, found):
        logged = self.log[name]
        self.equal('findings', name,
                   [{k: w[k] for k in KEYS if k in w} for w, _ in logged if 'verdict' in w],
                   found)
        said = f'{self.place}/hand/{name}.said'
        if found:
            done = re.findall(r'^\tby (.*?): (.*)$', '\n'.join(lines(said)), re.M)
            self.equal('findings', name, [(rule, do) for _, all_done in logged
                                          for do, rule in all_done], done)

    def bytes(self, name):
        """What arrived is what by hand is made of what the front was given"""
        front, changed = self.ident(name), f'{self.place}/hand/{name}/message.new'
        want, got = read(f'{self.place}/got/{name}'), self.sink[name][0]
        if os.path.exists(changed):
            self.count['changed'] += 1
            by_hand = words_of(lines(f'{self.place}/hand/{name}/manifest')[0])['id']
            want = read(changed).replace(by_hand.encode(), front.encode())
        if want[-1:] != b'\n':
            want += b'\n'
        if name[0] == 'm':
            want, got = without_end(want), without_end(got)
        if got != want:
            self.differ('bytes', name, '{}, by hand {}'.format(*where(got, want)))

    def front(self, name):
        if name not in self.hand:
            self.differ('endings', name, f'{self.reply.get(name)}; the front had nothing')
        elif name not in self.log:
            self.differ('endings', name, f'{self.reply.get(name)}; the front logged nothing')
        else:
            how, found = self.hand[name]
            self.count[how] = self.count.get(how, 0) + 1
            self.equal('endings', name, self.front_ending(name), how)
            self.findings(name, found)
            if len(self.sink.get(name, [])) > 1:
                self.differ('endings', name, 'it arrived more than once')
            if how == 'deliver' and name in self.sink:
                self.bytes(name)

    def envelope(self, name):
        """Of what is kept, but for what each has of its own"""
        kept = f'{self.place}/spool/quarantine/{self.ident(name)}/envelope'
        words = read(kept).decode('latin-1').split() if os.path.exists(kept) else []
        return [word for word in words if word.partition('=')[0] not in ('id', 'queue', 'to')]

    def given(self, n):
        """The milter is given what the pipe is given, but for what same.t says"""
        pipe, milter = (f'{self.place}/got/{front}{n}' for front in 'pm')
        if f'p{n}' not in self.log or f'm{n}' not in self.log:
            return
        if self.envelope(f'p{n}') != self.envelope(f'm{n}'):
            self.differ('given', n, f'pipe {self.envelope(f"p{n}")}, '
                        f'milter {self.envelope(f"m{n}")}')
        pipe, milter = read(pipe), read(milter)
        pipe = re.sub(rb'\AReceived: from .*\n(?:[ \t].*\n)*', b'', pipe)
        own = rb'(?m)^Message-Id: <\d{14}\.\w+@gateway\.example>\n|^Date: .*\n'
        pipe, milter = re.sub(own, b'', pipe, count=2), re.sub(own, b'', milter, count=2)
        # Postfix cuts a long field, and not always at the same place.
        pipe, milter = (re.sub(rb'(?m)^(.{50000}).*', rb'\1', without_end(text))
                        for text in (pipe, milter))
        if pipe != milter:
            self.differ('given', n, 'pipe {}, milter {}'.format(*where(pipe, milter)))


def compare(place, number):
    c = Comparison(place)
    for n in range(1, int(number) + 1):
        c.front(f'p{n}')
        c.front(f'm{n}')
        c.given(n)
    print('count', *(f'{key}={value}' for key, value in c.count.items()))


{'send': send, 'hand': hand, 'compare': compare}[sys.argv[1]](*sys.argv[2:])
