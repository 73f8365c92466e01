#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""badserver.py [--cert FILE --key FILE] [--log FILE] DOCROOT PORTFILE

An HTTP/1.1 server (HTTPS with --cert) on 127.0.0.1 that misbehaves as it is told.  It
chooses a port, writes it into PORTFILE, in one step, once it listens, and serves the
files of DOCROOT: strong ETag, Last-Modified, If-None-Match, If-Modified-Since, Range,
If-Range.  It ends when its parent does, or when it is killed.

Each request is a line of the log, written before the body is sent:
    METHOD PATH RANGE STATUS USER CONDITIONS
with - for what is not there; CONDITIONS are the conditional fields, in lower case, with
commas.

DOCROOT/.faults, read anew at each request, says what goes wrong, a line each:
    PATH-GLOB [once|N times] FAULT [ARGUMENT ...]
The glob is matched against the path (/x.ndb); # begins a comment line.  `once' and
`N times' hold for the first requests that the line matches, counted since the file was
written.  All lines that match apply.

Another content or other fields:
    auth USER PASS      401 without them
    flip N              the bit N mod size is another
    append N            N bytes of junk behind
    cut-line [N]        cut behind the last line end before byte N (half), and well formed
    empty               no bytes
    html                what a captive portal shows
    etag-change         the first request of the path is cut at half; for those after it
                        content (its bytes in reverse) and ETag are others
    same-etag-change    likewise, with the ETag of the first
    weak-etag, no-etag, no-modified
    gzip                Content-Encoding: gzip, unasked
    te-gzip             Transfer-Encoding: gzip, chunked, unasked
    chunked             no Content-Length; short, reset, drip and stall cut it
    no-range            Range is not known: 200
    no-if-range         If-Range is not looked at
    bad-206 [FIRST]     a part that begins at FIRST (0), whatever was asked for
    lying-206           Content-Range says what was asked for, the bytes are the first ones
    small-206 [N]       of a part N bytes (10) less than were asked for
    unasked-206         206 to a request without Range
    always-304          304, asked for or not
    big-headers [N]     N bytes (1000000) of header fields
    hint                103 with an ETag, Last-Modified and Retry-After of its own before it
Another answer:
    status CODE [RETRY-AFTER]
    redirect URL        302; redirects have fields of their own that do not count
    redirect-loop
    redirect-endless URL    302, with a body that does not end
    endless             bytes without end, no length
    hang                nothing
    endless-100         100 Continue without end
Another way of sending it:
    short [N]           N bytes (half) of what Content-Length says, then the end
    short-close [N]     likewise, without Content-Length: it looks whole
    reset [N]           likewise, with Content-Length and a RST
    stall [N]           the header and N bytes (0), then nothing
    drip [N]            N bytes (2) a second
    slow [N]            N bytes (100000) a second, smoothly
"""
import argparse, base64, email.utils, fnmatch, gzip, hashlib, http.server, os, socket, ssl, struct
import sys, threading, time, urllib.parse

LOCK = threading.Lock()
used = {}       # how often a line of .faults was applied,
seen = {}       # how often a path was asked for, with etag-change,
version = None  # of this .faults
parent = os.getppid()

HTML = (b'<!DOCTYPE html>\n<html><head><title>Welcome</title></head>\n'
        b'<body>Please log in to use this network.</body></html>\n')


def applies(line, words):
    """The fault and its arguments, or [] where it was applied often enough."""
    if words[0] == 'once':
        most, words = 1, words[1:]
    elif len(words) > 1 and words[1] == 'times':
        most, words = int(words[0]), words[2:]
    else:
        return words
    with LOCK:
        used[line] = used.get(line, 0) + 1
        return words if used[line] <= most else []


def faults_of(path):
    """{fault: arguments} of the lines that match."""
    global version
    found = {}
    try:
        with open(os.path.join(root, '.faults')) as f:
            lines = f.read().splitlines()
            st = os.fstat(f.fileno())
    except FileNotFoundError:
        return found
    with LOCK:
        if version != (st.st_mtime_ns, st.st_ino):
            version = st.st_mtime_ns, st.st_ino
            used.clear()
            seen.clear()
    for at, line in enumerate(lines):
        words = line.split()
        if len(words) < 2 or words[0].startswith('#') or not fnmatch.fnmatchcase(path, words[0]):
            continue
        words = applies(at, words[1:])
        if words:
            found[words[0]] = words[1:]
    return found


def number(arguments, default):
    return int(arguments[0]) if arguments else default


def changed(data, faults):
    """The content as the faults have it."""
    if 'empty' in faults:
        return b''
    if 'html' in faults:
        return HTML
    if 'flip' in faults and data:
        bit = number(faults['flip'], 0) % (8 * len(data))
        data = bytearray(data)
        data[bit // 8] ^= 1 << bit % 8
        data = bytes(data)
    if 'append' in faults:
        data += b'\xa5' * number(faults['append'], 1)
    if 'cut-line' in faults:
        data = data[:data.rfind(b'\n', 0, number(faults['cut-line'], len(data) // 2)) + 1]
    return data


def part_of(text, size):
    """(first, last) of a Range of one part, (): not satisfiable, None: not understood."""
    if not text.startswith('bytes=') or ',' in text:
        return None
    first, sign, last = text[6:].partition('-')
    if not sign or not (first or last) or not (first + last).isdigit():
        return None
    if not first:
        part = max(0, size - int(last)), size - 1
    else:
        part = int(first), min(int(last), size - 1) if last else size - 1
    return part if part[0] <= part[1] and part[0] < size else ()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version = 'bad'

    def log_message(self, *_):
        pass

    def log(self, status):
        conditions = [name for name in ('if-none-match', 'if-modified-since', 'if-range')
                      if name in self.headers]
        line = ' '.join((self.command, self.path, self.headers.get('Range', '-').replace(' ', '+'),
                         str(status), self.user or '-', ','.join(conditions) or '-'))
        with LOCK:
            print(line, file=log, flush=True)

    def wait(self):
        """For the client to leave."""
        self.connection.settimeout(3600)
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass
        self.close_connection = True

    def bye(self):
        """The end of the connection, well formed where it is TLS."""
        self.close_connection = True
        self.wfile.flush()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.settimeout(1)
            try:
                self.connection.unwrap()
            except (OSError, ValueError):
                pass

    def head(self, status, fields):
        self.log(status)
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    def simple(self, status, fields=(), body=b'no\n'):
        self.head(status, [('Content-Length', len(body)), *fields])
        if self.command != 'HEAD':
            self.wfile.write(body)

    def answer_instead(self):
        """True: a fault has answered."""
        faults = self.faults
        other = [('ETag', '"other"'), ('Last-Modified', 'Thu, 01 Jan 1970 00:00:00 GMT'),
                 ('Content-Range', 'bytes 0-1/2')]
        if 'hang' in faults:
            self.log('-')
            self.wait()
        elif 'endless-100' in faults:
            self.log(100)
            while True:
                self.wfile.write(b'HTTP/1.1 100 Continue\r\n\r\n')
        elif 'status' in faults:
            after = ' '.join(faults['status'][1:])
            self.simple(int(faults['status'][0]), [('Retry-After', after)] if after else [])
        elif 'redirect' in faults:
            self.simple(302, [('Location', faults['redirect'][0]), *other])
        elif 'redirect-loop' in faults:
            self.simple(302, [('Location', self.path), *other])
        elif 'redirect-endless' in faults:
            self.head(302, [('Location', faults['redirect-endless'][0]),
                            ('Transfer-Encoding', 'chunked')])
            self.pour(b'10000\r\n' + b'x' * 65536 + b'\r\n')
        elif 'endless' in faults:
            self.head(200, [('ETag', '"endless"')])
            self.pour()
        else:
            return False
        return True

    def pour(self, piece=b'\0' * 65536):
        self.close_connection = True
        while True:
            self.wfile.write(piece)

    def allowed(self):
        if 'auth' not in self.faults:
            return True
        want = base64.b64encode(':'.join(self.faults['auth'][:2]).encode()).decode()
        return self.headers.get('Authorization') == 'Basic ' + want

    def name_user(self):
        kind, _, value = self.headers.get('Authorization', '').partition(' ')
        try:
            return base64.b64decode(value).decode().partition(':')[0] if kind == 'Basic' else kind
        except ValueError:
            return 'garbage'

    def content(self):
        """The bytes and their ETag; cuts of etag-change become a `short'."""
        path = os.path.normpath(root + urllib.parse.unquote(self.path.partition('?')[0]))
        if not path.startswith(root + '/') or os.path.basename(path) == '.faults':
            raise FileNotFoundError
        with open(path, 'rb') as f:
            data = f.read()
            self.modified = int(os.fstat(f.fileno()).st_mtime)
        tag = data
        if 'etag-change' in self.faults or 'same-etag-change' in self.faults:
            with LOCK:
                seen[self.path] = seen.get(self.path, 0) + 1
            if seen[self.path] == 1:
                self.faults.setdefault('short', [])
            else:
                data = data[::-1]
                tag = data if 'etag-change' in self.faults else tag
        return changed(data, self.faults), '"%s"' % hashlib.sha256(tag).hexdigest()[:20]

    def not_modified(self, tag):
        if 'always-304' in self.faults:
            return True
        if 'If-None-Match' in self.headers:
            tags = [t.strip() for t in self.headers['If-None-Match'].split(',')]
            return '*' in tags or any(t.removeprefix('W/') == tag.removeprefix('W/') for t in tags)
        if 'If-Modified-Since' in self.headers:
            try:
                since = email.utils.parsedate_to_datetime(self.headers['If-Modified-Since'])
                return self.modified <= since.timestamp()
            except (TypeError, ValueError):
                pass
        return False

    def part(self, size, tag, modified):
        """What of it: (first, last), () or None: all."""
        if 'no-range' in self.faults or 'Range' not in self.headers:
            return None
        condition = self.headers.get('If-Range')
        if condition is not None and 'no-if-range' not in self.faults and \
                (condition not in (tag, modified) or condition.startswith('W/')):
            return None
        return part_of(self.headers['Range'], size)

    def fields(self, tag, modified):
        fields = [] if 'no-etag' in self.faults else [('ETag', tag)]
        if 'no-modified' not in self.faults:
            fields.append(('Last-Modified', modified))
        if 'no-range' not in self.faults:
            fields.append(('Accept-Ranges', 'bytes'))
        left = number(self.faults['big-headers'], 1000000) if 'big-headers' in self.faults else 0
        while left > 0:
            fields.append(('X-Big', 'x' * min(left, 1000)))
            left -= 1000
        return fields

    def do_GET(self):
        self.user = self.name_user()
        self.faults = faults_of(self.path.partition('?')[0])
        try:
            self.answer()
        except OSError:
            self.close_connection = True

    do_HEAD = do_GET

    def answer(self):
        if not self.allowed():
            return self.simple(401, [('WWW-Authenticate', 'Basic realm="bad"')])
        if self.answer_instead():
            return None
        try:
            data, tag = self.content()
        except OSError:
            return self.simple(404)
        if 'weak-etag' in self.faults:
            tag = 'W/' + tag
        modified = email.utils.formatdate(self.modified, usegmt=True)
        fields = self.fields(tag, modified)
        if 'hint' in self.faults:
            self.wfile.write(b'HTTP/1.1 103 Early Hints\r\nETag: "hint"\r\n'
                             b'Last-Modified: never\r\nRetry-After: 99\r\n\r\n')
        if self.not_modified(tag):
            return self.head(304, fields)
        part = self.part(len(data), tag, modified)
        if part == ():
            return self.simple(416, [('Content-Range', 'bytes */%d' % len(data))])
        return self.whole_or_part(data, part, fields)

    def whole_or_part(self, data, part, fields):
        faults, size = self.faults, len(data)
        if part is None and 'unasked-206' in faults:
            part = 0, size - 1
        if part is None:
            return self.deliver(200, data, fields)
        first, last = part
        if 'bad-206' in faults:
            first = number(faults['bad-206'], 0)
        if 'small-206' in faults:
            last = max(first, last - number(faults['small-206'], 10))
        body = data[first:last + 1]
        if 'lying-206' in faults:
            body = data[:last + 1 - first]
        return self.deliver(206, body, [*fields, ('Content-Range', 'bytes %d-%d/%d' %
                                                  (first, last, size))])

    def deliver(self, status, body, fields):
        faults = self.faults
        chunked = 'chunked' in faults or 'te-gzip' in faults
        if 'gzip' in faults or 'te-gzip' in faults:
            body = gzip.compress(body)
        if 'gzip' in faults:
            fields.append(('Content-Encoding', 'gzip'))
        if chunked:
            fields.append(('Transfer-Encoding',
                           'gzip, chunked' if 'te-gzip' in faults else 'chunked'))
        elif 'short-close' in faults:
            self.close_connection = True
            fields.append(('Connection', 'close'))
        else:
            fields.append(('Content-Length', len(body)))
        self.head(status, fields)
        if self.command == 'HEAD':
            return
        for fault in ('short', 'short-close', 'reset', 'stall'):
            if fault in faults:
                n = number(faults[fault], 0 if fault == 'stall' else len(body) // 2)
                self.send(body[:n], chunked)
                return self.end(fault)
        self.send(body, chunked)
        if chunked:
            self.wfile.write(b'0\r\n\r\n')
        return None

    def end(self, fault):
        self.wfile.flush()
        if fault == 'stall':
            return self.wait()
        if fault == 'reset':
            time.sleep(0.2)     # so that what was sent is read before
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack('ii', 1, 0))
            self.close_connection = True
            self.server.drop(self.connection)
            return None
        return self.bye()

    def send(self, body, chunked):
        step, pause = 65536, 0
        if 'drip' in self.faults:
            step, pause = number(self.faults['drip'], 2), 1
        if 'slow' in self.faults:
            step, pause = max(1, number(self.faults['slow'], 100000) // 10), 0.1
        for at in range(0, len(body), step):
            piece = body[at:at + step]
            if chunked:
                piece = b'%x\r\n%s\r\n' % (len(piece), piece)
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(pause)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    dropped = set()

    def drop(self, connection):
        """Closed at once: with SO_LINGER, by a RST; no shutdown before it."""
        self.dropped.add(id(connection))
        os.close(connection.detach())

    def shutdown_request(self, request):
        if id(request) in self.dropped:
            self.dropped.discard(id(request))
            return
        super().shutdown_request(request)

    def handle_error(self, *_):
        pass            # a client that leaves, or does not believe us


def follow_parent():
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


def main():
    global root, log
    parser = argparse.ArgumentParser()
    parser.add_argument('--cert')
    parser.add_argument('--key')
    parser.add_argument('--log', default=os.devnull)
    parser.add_argument('root')
    parser.add_argument('port')
    given = parser.parse_args()
    root = os.path.realpath(given.root)
    log = open(given.log, 'a')
    server = Server(('127.0.0.1', 0), Handler)
    if given.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.cert, given.key)
        # the handshake is the first read, in the connection's own thread
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    threading.Thread(target=follow_parent, daemon=True).start()
    with open(given.port + '.new', 'w') as f:
        print(server.server_address[1], file=f)
    os.rename(given.port + '.new', given.port)
    server.serve_forever()


main()
