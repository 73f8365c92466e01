# SPDX-License-Identifier: ISC
"""make.py DIR: the messages whose splitting is timed.

DIR/big25 and big50: an attachment of 25 and 50 MiB, base64 in CRLF lines.
DIR/deep1 and deep100: a leaf of 10 MB in so many multiparts.
DIR/small/N: 2,000 messages of some kilobytes.
"""
import base64
import os
import random
import sys

FIELDS = 'From: a@example.org\r\nTo: b@example.net\r\nSubject: %s\r\nMIME-Version: 1.0\r\n'
FILE = ('Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n'
        'Content-Disposition: attachment; filename="%s"\r\n\r\n')


def lines(data):
    text = base64.b64encode(data).decode()
    return ''.join(text[i:i + 76] + '\r\n' for i in range(0, len(text), 76))


def message(name, data, text='hello\r\n'):
    return (FIELDS % name + 'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n'
            '--=_b\r\nContent-Type: text/plain\r\n\r\n' + text +
            '--=_b\r\n' + FILE % name + lines(data) + '--=_b--\r\n')


def nested(depth, data):
    opening = ''.join(f'Content-Type: multipart/mixed; boundary="=_{i}."\r\n\r\n--=_{i}.\r\n'
                      for i in range(depth - 1))
    closing = ''.join(f'--=_{i}.--\r\n' for i in reversed(range(depth - 1)))
    return FIELDS % 'deep' + opening + FILE % 'deep.bin' + lines(data) + closing


def write(path, text):
    with open(path, 'w', newline='') as f:
        f.write(text)


def main():
    out = sys.argv[1]
    rng = random.Random(1)
    write(f'{out}/big25', message('a.bin', rng.randbytes(25 << 20)))
    write(f'{out}/big50', message('a.bin', rng.randbytes(50 << 20)))
    for depth in 1, 100:
        write(f'{out}/deep{depth}', nested(depth, rng.randbytes(10_000_000)))
    os.mkdir(f'{out}/small')
    words = 'the mail gateway looks at a message and says what it found'.split()
    for i in range(2000):
        text = ''.join(' '.join(rng.choices(words, k=12)) + '\r\n'
                       for _ in range(rng.randrange(1, 30)))
        write(f'{out}/small/{i}', message(f'{i}.dat', rng.randbytes(rng.randrange(3000)), text))


main()
